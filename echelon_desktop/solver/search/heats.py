"""
Annealings of one chain: alone, or several that race.

How many requests an annealing from a new start will leave unmet is plain while it is still hot (figures in
docs/decisions/0016-a-race-of-annealings.md). In a race all begin, and those that stand best go on, fewer in
each round.
"""

from collections.abc import Callable
from functools import partial
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.cooling import STEPS, Cooling, Cycle, Rounds
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.shared import Shared
from echelon_desktop.solver.search.sounding import sound
from echelon_desktop.solver.search.two_speeds import TwoSpeeds


def race(
    chain: TwoSpeeds,
    rounds: Rounds,
    anew: Callable[[], object],
    anneal: Callable[[float, float], float],
    over: Callable[[], bool],
) -> None:
    """
    Run annealings of which fewer go on in each round; the chain then is where the last one ended.

    Parameters
    ----------
    chain
        It stands where the first one begins.
    rounds
        How many go on, and over which share of a whole annealing.
    anew
        Starts the chain anew, for each of the others.
    anneal
        Anneals from one share (0 to 1) to another, and tells how the chain stood meanwhile: less is better.
    over
        Whether all must end.
    """
    begun, field = 0.0, list[tuple[float, NDArray[np.int64]]]()
    for number, (runs, share) in enumerate(rounds):
        before, field = sorted(field, key=lambda runner: runner[0])[:runs], []
        for i in range(runs):
            if number:
                chain.resume(before[i][1])
            elif i:
                anew()
            standing = anneal(begun, begun + share)
            if over():
                return
            field.append((standing, chain.state()))
        begun += share


class Heats:
    """
    What a chain anneals.

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

    def over(self) -> bool:
        """Whether the phase is over, or nothing is left to better."""
        out_of_moves = self.moves_left is not None and self.moves_left <= 0
        return out_of_moves or self.shared.over() or self.shared.reached()

    def sound(self, length: float) -> Cooling | None:
        """Find out when to be slow, by a quick annealing of so many s or moves from here."""
        began = self.shared.elapsed()

        def passed(moves: int) -> float:
            done = self.shared.elapsed() - began if self.moves_left is None else float(moves)
            return done / max(length, 1e-6)

        cooling, moves = sound(self._look, lambda: self.chain.missed, passed)
        if self.moves_left is not None:
            self.moves_left -= moves
        return cooling

    def _look(self, moves: int, temperature: float) -> int:
        if self.over():
            return 0
        made = self.chain.anneal(moves, temperature, 1.0, self.shared.target)
        self.shared.publish(self.chain, made)
        return made

    def race(self, cycle: Cycle, anew: Callable[[], object]) -> None:
        """Run a cycle from where the chain stands, others in the race from where ``anew`` puts it."""
        race(self.chain, cycle.rounds, anew, partial(self._anneal, cycle), self.over)

    def _anneal(self, cycle: Cycle, begin: float, end: float) -> float:
        """Anneal from one share of a cycle to another; the weight missed in the later half, on average."""
        looks = (self._by_time if self.moves_left is None else self._by_moves)(cycle, begin, end)
        return fmean(looks[len(looks) // 2 :] or [self.chain.missed])

    def _by_time(self, cycle: Cycle, begin: float, end: float) -> list[int]:
        """The temperature follows the share of the time that has passed."""
        pace, began, looks = Pace(self.shared.warmup), self.shared.elapsed(), []
        while not self.over():
            share = begin + (self.shared.elapsed() - began) / cycle.length
            if share >= end:
                break
            self._piece(pace, cycle.temperature(share), 1.0)
            looks.append(self.chain.missed)
        return looks

    def _by_moves(self, cycle: Cycle, begin: float, end: float) -> list[int]:
        """By moves: the same whenever it runs and whatever else does."""
        assert self.moves_left is not None
        pace, looks = Pace(self.shared.warmup), []
        moves = max(1, min(self.moves_left, int((end - begin) * cycle.length)))
        done = 0
        for step, (heat, cold) in enumerate(cycle.steps(begin, end), start=1):
            last = step * moves // STEPS
            cooling = (cold / heat) ** (1 / max(1, last - done))
            while done < last and not self.over():
                done += self._piece(pace, heat, cooling, last - done)
                heat = self.chain.temperature
            looks.append(self.chain.missed)
        self.moves_left -= moves
        return looks

    def _piece(self, pace: Pace, heat: float, cooling: float, at_most: int | None = None) -> int:
        """Anneal for so long that a stop is heard in time; the moves made."""
        piece = partial(self.chain.anneal, temperature=heat, cooling=cooling, target=self.shared.target)
        moves = pace.run(piece, at_most)
        self.shared.publish(self.chain, moves)
        pace.give_way(self.chain.compiled)
        return moves
