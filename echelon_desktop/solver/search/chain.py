"""One chain of the search: a schedule, and the kernels that better it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.anneal import ANNEAL, CONSTRUCT, RESEAT, seek
from echelon_desktop.solver.search.balance import LEVEL, PRICE, SOFTEN, even_out
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.seating import seat_all, seat_evenly
from echelon_desktop.solver.search.state import (
    BEST,
    COST,
    COST_TEMPERATURE,
    LEAST,
    MISS_TEMPERATURE,
    MISSED,
    Board,
    lay_out,
)
from echelon_desktop.solver.search.two_speeds import TwoSpeeds

FORGOTTEN = 1 << 40
"""More weight than any schedule misses."""


def warmup() -> jit.Warmup:
    """Start compiling the kernels, or reading them from the cache, by calling each on the smallest school."""
    one, zero, no = np.ones(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.bool_)
    mask, none = np.ones(1, np.int64), np.zeros(1, np.int64)
    board = lay_out(
        PlainProblem(
            n_slots=1,
            n_courses=1,
            n_teachers=1,
            section_course=zero,
            section_teacher=zero,
            section_seats=one,
            section_sped=one,
            section_allowed=mask,
            student_sped=no,
            student_blocked=none,
            request_student=zero,
            request_course=zero,
            request_weight=mask,
            request_section=-one,
            section_lab=no,
            adjacent=none,
        )
    )
    at, data, heat = jit.record(board.at), board.data.copy(), np.ones(4)
    return jit.Warmup(
        {
            seek: lambda: jit.compiled(seek)(at, data, heat, CONSTRUCT, 0, 0),
            even_out: lambda: jit.compiled(even_out)(at, data, heat, PRICE, 0, 0),
        }
    )


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
        self._seated_anew = np.zeros(0, dtype=np.int64)

    @property
    def missed(self) -> int:
        """Weight missed by the present schedule."""
        return int(self._data[MISSED]) + self.board.base

    @property
    def best(self) -> int:
        """Weight missed by the best schedule of this chain."""
        return int(self._data[BEST]) + self.board.base

    def schedule(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Slots of sections and of requests (in the board's order) in the best schedule."""
        at = self.at
        return (
            self._part(at.best_section_slot, at.n_sections),
            self._part(at.best_request_slot, at.n_requests),
        )

    def pools(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Of the present state: slots of sections; students and sections of each course in each slot."""
        at = self.at
        n, shape = at.n_courses * at.n_slots, (at.n_courses, at.n_slots)
        load, sections = self._part(at.load, n), self._part(at.sections_at, n)
        return self._part(at.section_slot, at.n_sections), load.reshape(shape), sections.reshape(shape)

    def begin(self, slots: Sequence[int] | NDArray[Any], seats: Sequence[int] | NDArray[Any] | None) -> None:
        """Start from sections in ``slots`` and, where they fit, requests in ``seats`` (board's order)."""
        at = self.at
        fresh = self._fresh()
        fresh[at.best_section_slot : at.best_section_slot + at.n_sections] = slots
        if seats is not None:
            fresh[at.best_request_slot : at.best_request_slot + at.n_requests] = seats
        self._take(fresh)
        self._call(seek, CONSTRUCT, 0, 0)

    def reseat(self, seconds: float) -> None:
        """
        Meet more requests of the best schedule where its sections stand.

        Students pass seats on to one another. Before, with some time to spend, all are seated anew at once.
        """
        places, seats = self.schedule()
        if seconds > 0 and self.best > self.board.base and not np.array_equal(places, self._seated_anew):
            self._seated_anew = places
            missed, anew = self.best, seat_all(self.board, *self.seats(), seconds)
            if anew is not None:
                self.begin(places, anew)
                if self.best > missed:
                    self.begin(places, seats)
        self._call(seek, RESEAT, 0, 0)

    def seat_evenly(self, seconds: float) -> None:
        """Even out sections where those of the best schedule stand, missing no more: all are seated anew."""
        places, held = self.schedule()
        self.begin(places, held)
        missed = self.best
        _, _, sections = self.pools()
        anew = seat_evenly(self.board, *self.seats(), sections, held, seconds)
        if anew is not None:
            self.begin(places, anew)
            self._call(seek, RESEAT, 0, 0)
        if self.best > missed:
            self.begin(places, held)
        self.price_all()

    def seats(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of the present state: seats, and seats for SPED students, of each course in each slot."""
        at = self.at
        n, shape = at.n_courses * at.n_slots, (at.n_courses, at.n_slots)
        return self._part(at.seats, n).reshape(shape), self._part(at.sped_seats, n).reshape(shape)

    def anneal(self, moves: int, temperature: float, cooling: float, target: int) -> int:
        """Make up to ``moves`` moves, cooling after each; stops at ``target`` missed. Returns moves made."""
        self._set_heat((temperature, 1.0), (cooling, 1.0))
        return self._call(seek, ANNEAL, moves, target - self.board.base)

    def hold(self, section: int) -> None:
        """Leave a section where it stands until the chain begins anew."""
        at = self.at
        self._data[at.section_allowed + section] = 1 << int(self._data[at.section_slot + section])

    def forget_best(self) -> None:
        """Let the best be the best from now on."""
        self._data[BEST] = FORGOTTEN

    def level(self, first: int, last: int) -> int:
        """Level the sections over students ``first`` to ``last - 1``; the number of students who changed."""
        return self._call(even_out, LEVEL, first, last)

    def price_all(self) -> None:
        """Reckon costs anew and make the present schedule the best."""
        self._call(even_out, PRICE, 0, 0)

    @property
    def least(self) -> int:
        """What the best schedule costs for want of balance."""
        return int(self._data[LEAST])

    def keep_if_better(self) -> None:
        """Make the present schedule the best if it costs less; annealing looks for that only now and then."""
        if self._data[MISSED] == self._data[BEST] and self._data[COST] < self._data[LEAST]:
            self.price_all()

    def soften(self, steps: int, temperatures: tuple[float, float], coolings: tuple[float, float]) -> int:
        """
        Anneal seats and sections for balance.

        Parameters
        ----------
        steps
            How many there are.
        temperatures
            Of requests, in those of usual weight, and of costs.
        coolings
            What each is multiplied by at every step.

        Returns
        -------
        int
            Steps made.
        """
        self._set_heat(temperatures, coolings)
        return self._call(even_out, SOFTEN, 0, steps)

    @property
    def temperature(self) -> float:
        """Temperature of requests after the last move, in those of usual weight."""
        return float(self._heat[MISS_TEMPERATURE]) / self.board.unit

    @property
    def cost_temperature(self) -> float:
        """Temperature of costs after the last step."""
        return float(self._heat[COST_TEMPERATURE])

    def _set_heat(self, temperatures: tuple[float, float], coolings: tuple[float, float]) -> None:
        misses, costs = temperatures
        self._heat[:] = misses * self.board.unit, coolings[0], costs, coolings[1]
