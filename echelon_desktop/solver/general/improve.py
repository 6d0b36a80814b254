"""What one chain does: a first schedule, annealings for unmet requests, then each later level in turn."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain as joined
from itertools import repeat
from math import inf

from echelon_desktop.solver.general.anneal import work
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.drive import Drive
from echelon_desktop.solver.general.layout import HARD, UNPLACED
from echelon_desktop.solver.general.plan import Stage, single, stages_of
from echelon_desktop.solver.general.shared import Shared
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.search.cooling import RACES, USUAL, WARM, Cycle, cycles, evenly, fresh_moves
from echelon_desktop.solver.search.pace import Pace

HEAT, LONGER, MOST_FRESH = 0.85, 1.8, 0.8
"""What fits this search, times temperatures and lengths of plain schools; see :mod:`search.cooling`."""
ROUNDS = ((0.85, 0.85), (0.6, 0.5))
LAST_ROUND = (1.0, 0.5)
"""
Shares of what time is left that rounds over all levels take, and of each for unmet requests, where other
levels follow that are not at their least.
"""
MET_SHARE = 0.15
"""The same where the start comes from a search for them."""
STANDING_MOVES = 400
"""Moves for each section of an attempt at a first place for all."""
FIRST_SHARE, FIRST_S = 0.1, 2.0
"""Share of the time or the moves, and seconds, after which CP-SAT is asked for a first place for all."""
NEARLY = 2
"""Units of a level by which a chain's own best may be worse than the best and still be returned to."""
RATE_S = 0.1
UNLIMITED_S = 10.0
"""Length of a round where there is no limit."""


class Improver:
    """
    A chain at work.

    Parameters
    ----------
    shared
        What all chains know.
    chain, k
        The chain and its number. Only chain 0 works while kernels are being compiled.
    met
        Whether the start comes from a search for unmet requests, so that the other levels come first.
    """

    def __init__(self, shared: Shared, chain: Chain, k: int, met: bool = False) -> None:
        self.shared, self.chain, self.k = shared, chain, k
        self.met = met
        self.scheme = shared.board.scheme
        self.stages = stages_of(self.scheme)
        self.drive = Drive(shared, chain)

    def run(self, start: Solution | None, fresh: bool = True, short: bool = False) -> None:
        """
        Search until the limits or the bounds are reached.

        Parameters
        ----------
        start
            A schedule to start from, None to find one.
        fresh
            Whether to anneal at full heat first, since nothing has been bettered yet.
        short
            Whether to give up where the first attempts of all chains at a first schedule fail.
        """
        if not self._begin(start, short):
            return
        self._while_compiling()
        for share, unmet_share in joined(ROUNDS, repeat(LAST_ROUND)):
            if self.drive.done():
                break
            self.drive.spend(1)  # a round that finds nothing to do must not go on for ever
            self._round(self._amount(share), unmet_share, fresh)
            fresh = self.k > 0

    def _begin(self, start: Solution | None, short: bool) -> bool:
        """A schedule that keeps every hard rule; False if none is found in the time there is."""
        if start is not None:
            self.chain.begin(start, should_end=self.shared.over)
            if self.chain.best[UNPLACED] == 0 and self.chain.best[HARD]:
                self._bring_to_zero(HARD)
            self.shared.publish(self.chain, 0)
            if self._keeps_rules():
                return True
        while not self.drive.over():
            if self._stand_anew(short):
                return True
            if self.shared.best is not None:
                self._return_to_best()
                return True
            if short and self.shared.all_failed(self.k):
                break
        return False

    def _stand_anew(self, short: bool = False) -> bool:
        """From an empty board to a schedule that keeps every hard rule; False if this attempt fails."""
        self.chain.begin(None, bare=True)
        self._bring_to_zero(UNPLACED, short)
        if self.chain.best[UNPLACED]:
            return False
        if self.chain.best[HARD]:
            self._bring_to_zero(HARD)
        self.chain.begin(self.chain.solution(), should_end=self.shared.over)
        if self.chain.best[HARD]:
            self._bring_to_zero(HARD)
        self.shared.publish(self.chain, 0)
        return self._keeps_rules()

    def _keeps_rules(self) -> bool:
        return not any(self.chain.best[: HARD + 1])

    def _bring_to_zero(self, level: int, short: bool = False) -> None:
        """Anneal one of the levels before those of the problem, ``short`` for a while at most."""
        stage = single(self.scheme, level)
        moves = max(1000, STANDING_MOVES * self.shared.board.at.n_sections)
        until_s, limit_s = inf, self.shared.limits.time_s
        if short and self.drive.moves_left is not None:
            moves = min(moves, 1 + int(FIRST_SHARE * self.drive.moves_left))
        elif short:
            until_s = FIRST_S if limit_s is None else min(FIRST_S, FIRST_SHARE * limit_s)
        self.drive.aim(stage, exact=False, least=[0] * self.scheme.n_levels)
        self.drive.by_moves(stage.hot, stage.cold, moves, at_once=True, until_s=until_s)
        self.chain.keep_if_better()

    def _while_compiling(self) -> None:
        """Use the time at a low temperature; the compiler gets half of it, and other chains wait."""
        pace, warmup = Pace(self.shared.warmup), self.shared.warmup
        stages = [stage for some in self._open_stages() for stage in some]
        if self.drive.moves_left is not None or not stages:
            return
        self.drive.aim(stages[0], exact=False)
        piece = partial(
            self.chain.anneal, temperature=USUAL.at(1.0) * stages[0].cold, cooling=1.0, at_once=True
        )
        while not (warmup.ready(work) or warmup.over or self.drive.done()):
            if self.k == 0:
                self.drive.spend(pace.run(piece))
            pace.give_way(compiled=False)

    def _amount(self, share: float) -> float:
        """Time or moves of a round."""
        if self.drive.moves_left is not None:
            return max(1.0, self.drive.moves_left * share)
        left = self.shared.left()
        return UNLIMITED_S if left is None else left * share

    def _round(self, amount: float, unmet_share: float, fresh: bool) -> None:
        """All stages in turn, but for those that are at their least."""
        before, after = self._open_stages()
        share = (MET_SHARE if self.met else unmet_share) if after else 1.0
        if before:
            self._meet(before, amount * share, fresh)
            amount *= 1 - share
        for number, stage in enumerate(self.stages):
            _, after = self._open_stages()
            if self.drive.done():
                return
            if stage not in after:
                continue
            begun = self._spent()
            self._return_to_best()
            self.drive.sweep()
            self._return_to_best()
            # What a stage leaves, since it came to its least, is for those after it.
            levels = sum(len(other.levels) for other in after if self.stages.index(other) >= number)
            part = amount * len(stage.levels) / levels
            self.drive.anneal(stage, Cycle(evenly(stage.hot, stage.cold), part), exact=True)
            self._sweep_best()
            amount = max(0.0, amount - (self._spent() - begun))

    def _spent(self) -> float:
        """Time or moves since the start, in the unit of a round."""
        left = self.drive.moves_left
        return self.shared.elapsed() if left is None else -float(left)

    def _open_stages(self) -> tuple[list[Stage], list[Stage]]:
        """Stages that may still be bettered: up to unmet requests, and after them."""
        best = self.shared.best
        assert best is not None
        values = (0, 0, *best.values)
        least = (0, 0, *self.shared.certain(best.values))
        last = max((i for i, stage in enumerate(self.stages) if stage.unmet), default=-1)
        open_ = [(i, stage) for i, stage in enumerate(self.stages) if not stage.at_least(values, least)]
        return [stage for i, stage in open_ if i <= last], [stage for i, stage in open_ if i > last]

    def _meet(self, stages: Sequence[Stage], amount: float, fresh: bool) -> None:
        """Anneal the stages up to unmet requests in cycles, from new places of sections and from the best."""
        length = LONGER * fresh_moves(self.shared.board.n_places)
        if self.drive.moves_left is None:
            length /= self._rate(stages[0])
        spent = 0.0
        cooling = USUAL.times(HEAT * self.shared.limits.heat)
        # Several ranks are settled one after the other as it cools: how the first stands says little.
        races = RACES if fresh and len(stages) == 1 and len(stages[0].levels) == 1 else ()
        for i, cycle in enumerate(cycles(amount, length, cooling, MOST_FRESH, races)):
            if (i and (spent >= amount or self._is_met(stages))) or self.drive.done():
                return
            anew = cycle.fresh and fresh
            if not anew:
                self._return_to_best()
            elif i or self.k:
                self._start_anew()
            for stage in stages:
                part = min(cycle.length, amount - spent) / len(stages)
                leg = self._leg(stage, cycle, part, anew)
                if anew:
                    self.drive.race(stage, leg, self._start_anew)
                else:
                    self.drive.anneal(stage, leg, exact=False)
            spent += cycle.whole if anew else cycle.length
            self._sweep_best()

    def _leg(self, stage: Stage, cycle: Cycle, length: float, anew: bool) -> Cycle:
        """What of a cycle is a stage's."""
        # Ranks are settled one after the other as it cools, each at a heat of its own.
        if anew and len(stage.levels) == 1:
            return replace(cycle, cooling=cycle.cooling.times(stage.hot), length=length)
        begin = WARM[0] if cycle.fresh and not anew else cycle.begin
        hot, cold = cycle.cooling.at(begin) * stage.hot, cycle.cooling.at(1.0) * stage.cold
        return Cycle(evenly(hot, cold), length, rounds=cycle.rounds)

    def _start_anew(self) -> None:
        """From an empty board where that works, else from the best."""
        if not self._stand_anew():
            self._return_to_best()

    def _is_met(self, stages: Sequence[Stage]) -> bool:
        still_open, _ = self._open_stages()
        return not any(stage in still_open for stage in stages)

    def _rate(self, stage: Stage) -> float:
        """Moves a second at a middling temperature, by trying."""
        moves, began = self.shared.moves, self.shared.elapsed()
        self.drive.anneal(stage, Cycle(evenly(stage.cold, stage.cold), RATE_S), exact=False)
        moves = (self.shared.moves - moves) // self.shared.limits.workers
        return max(1.0, moves / max(1e-6, self.shared.elapsed() - began))

    def _return_to_best(self) -> None:
        best = self.shared.best_for(self.chain, NEARLY if self.k else 0)
        assert best is not None
        self.chain.begin(best.solution, should_end=self.shared.over)

    def _sweep_best(self) -> None:
        """Seat everybody of the chain's best schedule as well as can be."""
        self.chain.begin(self.chain.solution(), should_end=self.shared.over)
        self.drive.sweep()
