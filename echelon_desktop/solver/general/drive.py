"""Annealing a chain for a time or for a number of moves, in pieces short enough for a stop to be heard."""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from statistics import fmean

from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.layout import HARD
from echelon_desktop.solver.general.plan import Stage
from echelon_desktop.solver.general.shared import Shared
from echelon_desktop.solver.search.cooling import STEPS, Cycle
from echelon_desktop.solver.search.heats import race
from echelon_desktop.solver.search.pace import Pace

STUDENTS = 200
"""Students who are seated anew between two looks at the clock."""
MOST_SWEEPS = 20


class Drive:
    """
    What a chain is made to do.

    Parameters
    ----------
    shared
        What all chains know.
    chain
        The chain.

    Attributes
    ----------
    moves_left
        Of the chain's part of the moves, None where time is what limits it.
    """

    def __init__(self, shared: Shared, chain: Chain) -> None:
        self.shared, self.chain = shared, chain
        limits = shared.limits
        self.moves_left = None if limits.moves is None else limits.moves // limits.workers

    def anneal(self, stage: Stage, cycle: Cycle, exact: bool) -> None:
        """Anneal a stage; temperatures in grains, the length in moves where these are limited, else in s."""
        self.aim(stage, exact)
        self._run(stage, cycle, 0.0, 1.0)

    def race(self, stage: Stage, cycle: Cycle, anew: Callable[[], object]) -> None:
        """The same by several annealings that race, all but the first of which ``anew`` starts."""

        def start() -> None:
            anew()
            self.aim(stage, exact=False)

        self.aim(stage, exact=False)
        race(self.chain, cycle.rounds, start, partial(self._run, stage, cycle), self.done)

    def _run(self, stage: Stage, cycle: Cycle, begin: float, end: float) -> float:
        """Anneal from one share of a cycle to another; the energy in the later half, on average."""
        looks: list[int] = []

        def look() -> None:
            values = self.chain.values
            looks.append(sum(stage.factor[level] * values[level] for level in stage.levels))

        if self.moves_left is None:
            self._by_time(cycle, begin, end, stage.unmet, look)
        else:
            for hot, cold in cycle.steps(begin, end):
                self.by_moves(hot, cold, int((end - begin) * cycle.length / STEPS), at_once=stage.unmet)
                look()
        self.chain.keep_if_better()
        self.shared.publish(self.chain, 0)
        return fmean(looks[len(looks) // 2 :] or [inf])

    def aim(self, stage: Stage, exact: bool, least: Sequence[int] | None = None) -> None:
        """Hold the levels before a stage at what they are, or at their best where that is no better."""
        best = self.shared.best
        known = self.chain.best if best is None else (0, 0, *best.values)
        held: list[int | None] = [None] * len(known)
        for level in range(stage.levels[0]):
            held[level] = max(known[level], self.chain.values[level])
        if least is None:
            least = (0, 0, *self.shared.certain(known[HARD + 1 :]))
        self.chain.aim(stage.factor, held, least, exact, stage.known)

    def _by_time(
        self, cycle: Cycle, begin: float, end: float, at_once: bool, look: Callable[[], None]
    ) -> None:
        pace, began = Pace(self.shared.warmup), self.shared.elapsed()
        while not self.done():
            share = begin + (self.shared.elapsed() - began) / max(cycle.length, 1e-6)
            if share >= end:
                break
            heat = cycle.temperature(share)
            moves = pace.run(partial(self.chain.anneal, temperature=heat, cooling=1.0, at_once=at_once))
            self.spend(moves)
            look()
            if moves == 0:
                break
            pace.give_way(self.chain.compiled)

    def by_moves(self, hot: float, cold: float, moves: int, at_once: bool, until_s: float = inf) -> None:
        """Anneal what was aimed at by moves: the same whenever it runs, unless ``until_s`` ends it."""
        cooling = (cold / hot) ** (1 / max(1, moves))
        heat, left, pace = hot, moves, Pace(self.shared.warmup)
        while left > 0 and not self.done() and self.shared.elapsed() < until_s:
            at_most = left if self.moves_left is None else min(left, self.moves_left)
            piece = partial(self.chain.anneal, temperature=heat, cooling=cooling, at_once=at_once)
            n = pace.run(piece, at_most)
            heat = self.chain.temperature
            left -= n
            self.spend(n)
            if n == 0:
                break
            pace.give_way(self.chain.compiled)

    def sweep(self) -> None:
        """Seat students anew, one after the other, until nobody changes."""
        n_students, changed, sweeps = self.shared.board.at.n_students, 1, 0
        self.chain.seat_exactly()
        while changed and sweeps < MOST_SWEEPS and not self.over():
            sweeps += 1
            changed = 0
            for first in range(0, n_students, STUDENTS):
                changed += self.chain.sweep(first, min(n_students, first + STUDENTS))
                if self.over():
                    break
            self.chain.keep_if_better()
        self.shared.publish(self.chain, 0)

    def spend(self, moves: int) -> None:
        """Count moves made."""
        self.shared.publish(self.chain, moves)
        if self.moves_left is not None:
            self.moves_left -= moves

    def over(self) -> bool:
        """Whether the search must end."""
        return self.shared.over() or (self.moves_left is not None and self.moves_left <= 0)

    def done(self) -> bool:
        """Whether the search must end, or has nothing left to better."""
        return self.over() or self.shared.reached()
