"""One chain of the general search: a schedule, and the kernels that better it."""

from collections.abc import Callable, Sequence

import numpy as np

from echelon_desktop.solver.general.anneal import ANNEAL, COUNT, FILL, KEEP, PLACE, SEAT, SWEEP, work
from echelon_desktop.solver.general.board import Board
from echelon_desktop.solver.general.layout import ANYTHING, EASE, INFINITE, KNOWN, STEPS, SWIFT
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.two_speeds import TwoSpeeds

PIECE = 50
"""Requests or students that are seated at once while kernels are interpreted."""
SLACK = 64
"""Units of load by which a seating may miss the best while levels before balance are annealed."""


class Chain(TwoSpeeds):
    """
    A schedule under search.

    Parameters
    ----------
    board
        The problem as laid out; shared, never written.
    seed
        Of this chain's random numbers. What a chain does depends on it and on the numbers of moves asked for,
        not on when numba is ready.
    warmup
        Says when compiled kernels can be had.
    """

    def __init__(self, board: Board, seed: int, warmup: jit.Warmup) -> None:
        super().__init__(board.at, board.data, seed, warmup)
        self.board, self.at = board, board.at

    @property
    def values(self) -> tuple[int, ...]:
        """What the present schedule costs at each level of the kernels."""
        return self._numbers(self.at.value)

    @property
    def best(self) -> tuple[int, ...]:
        """What the best schedule since the last start costs."""
        return self._numbers(self.at.best_value)

    def solution(self) -> Solution:
        """The best schedule since the last start; sections without a place have choice -1."""
        at = self.at
        choice = self._part(at.best_choice, at.n_sections)
        return Solution(choice.astype(np.int32), self._part(at.best_seat, at.n_requests).astype(np.int32))

    def begin(
        self,
        solution: Solution | None,
        bare: bool = False,
        should_end: Callable[[], bool] = lambda: False,
    ) -> None:
        """
        Start from a solution as far as it keeps the rules, or from nothing.

        Parameters
        ----------
        solution
            Sections without a place have choice -1.
        bare
            Whether nobody is to be seated.
        should_end
            Asked now and then; who is not seated by then stays so.
        """
        at = self.at
        fresh = self._fresh()
        if solution is not None:
            fresh[at.best_choice : at.best_choice + at.n_sections] = solution.choice
            fresh[at.best_seat : at.best_seat + at.n_requests] = solution.seat
        self._take(fresh)
        self._call(work, PLACE, int(bare), 0)
        if not bare:
            for job, n in ((SEAT, at.n_requests), (FILL, at.n_students)):
                first = 0
                while first < n and not should_end():
                    last = n if self.compiled else min(n, first + PIECE)
                    self._call(work, job, first, last)
                    first = last
        self._call(work, COUNT, 0, 0)

    def aim(
        self,
        factor: Sequence[int],
        held: Sequence[int | None],
        least: Sequence[int],
        exact: bool,
        known: int = ANYTHING,
    ) -> None:
        """
        Say what is annealed.

        Parameters
        ----------
        factor, held, least
            For each level its energy per unit (0: not annealed), the most it may cost (None: anything), and
            what it costs at least.
        exact
            Whether students must be seated as well as can be at all levels, not only at the first ones.
        known
            What the energy depends on, so that hopeless moves end early.
        """
        at = self.at
        for level, numbers in enumerate(zip(factor, held, least, strict=True)):
            self._data[at.factor + level] = numbers[0]
            self._data[at.held + level] = INFINITE if numbers[1] is None else numbers[1]
            self._data[at.least + level] = numbers[2]
        self._data[EASE] = 0 if exact else SLACK * at.load_price
        self._data[KNOWN] = known
        self._data[STEPS] = 0
        self._data[SWIFT] = 0 if exact else 1

    def seat_exactly(self) -> None:
        """Seat students as well as can be at all levels from now on."""
        self._data[EASE] = 0
        self._data[SWIFT] = 0

    def anneal(self, moves: int, temperature: float, cooling: float, at_once: bool) -> int:
        """Make up to ``moves`` moves, cooling after each (temperatures in grains); returns moves made."""
        self._heat[0], self._heat[1] = temperature, cooling
        return self._call(work, ANNEAL, moves, int(at_once))

    def sweep(self, first: int, last: int) -> int:
        """Seat students ``first`` to ``last - 1`` anew; the number of those who changed."""
        return self._call(work, SWEEP, first, last)

    def keep_if_better(self) -> None:
        """Keep the present schedule if it is better than the one kept."""
        self._call(work, KEEP, 0, 0)

    @property
    def temperature(self) -> float:
        """Temperature after the last move."""
        return float(self._heat[0])

    def _numbers(self, first: int) -> tuple[int, ...]:
        return tuple(int(x) for x in self._data[first : first + self.at.n_levels])
