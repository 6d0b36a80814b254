"""
What more even sections would cost in unmet requests: trade-offs from a schedule on.

Levels are strict: a solve gives up no request for the sake of even sections. Here one is given up after the
other: of all ways to put one section of an uneven course elsewhere, the one that evens out most for a request
is taken, everybody is seated anew, and so on from there. What is met and how even it is at each step is what
a school can choose from. Each step is the best of single moves, so that there may be better ones.
"""

import time
from collections.abc import Iterator

import numpy as np

from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.search.adapter import plain_from, solution_of, start_from
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.search.shifts import Numbers, Shift, as_even_as_can_be, even_out, shifts, spreads
from echelon_desktop.solver.search.split import seat_students, size_spread
from echelon_desktop.solver.search.state import lay_out
from echelon_desktop.solver.trade_offs import TradeOff

MOST_MORE = 8
"""Requests given up besides, in those of usual weight."""
MOST_AT_ONCE = 4
"""Of these by one step."""
FOLLOWING = 4
"""By how much the spread falls further, as a rule, once students are seated anew after a shift."""
LIKELIEST = 4
"""Shifts that are gone through with at each step, until one proves good."""
PROGRAMME_S, TRIALS_S = 3.0, 2.0
"""For a linear programme, and for trying shifts; those of some hundred sections take a tenth of it."""


def trade_offs(problem: Problem, solution: Solution) -> Iterator[TradeOff]:
    """
    Schedules with ever more unmet requests and ever more even sections.

    The first may be one that meets as many as ``solution`` does. None is less even than one before.

    Raises
    ------
    UnsupportedError
        If the school is more than plain (``search/adapter.py``).
    """
    walk = _Walk(problem, solution)
    missed, spread = walk.missed, walk.spread
    if walk.is_even:
        return
    walk.even_out()
    if walk.spread < spread:
        yield walk.trade_off()
    while walk.missed - missed <= MOST_MORE * walk.unit and walk.step():
        yield walk.trade_off()


class _Walk:
    """The schedule that has been come to, and how to go on."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self._problem, self._plain = problem, plain_from(problem)
        self._board = lay_out(self._plain)
        self.unit = self._board.unit
        kernels = warm_up()
        kernels.wait()
        self._chain = Chain(self._board, 1, kernels)
        start = start_from(problem, solution)
        held = np.where(start.request_section >= 0, start.section_slot[start.request_section], -1)
        self._chain.begin(start.section_slot, held[self._board.order])
        self._places, self._held, self.missed, self.spread = self._state()

    @property
    def is_even(self) -> bool:
        """Whether no seats and places could make sizes more even."""
        return as_even_as_can_be(self._chain)

    def even_out(self) -> None:
        """Seat everybody anew, the same requests met."""
        even_out(self._chain, self._plain, PROGRAMME_S)
        self._places, self._held, self.missed, self.spread = self._state()

    def step(self) -> bool:
        """Shift a section such that all is more even; False where none of the likeliest shifts does that."""
        before = self._places, self._held, self.missed, self.spread
        end = time.perf_counter() + TRIALS_S
        found = shifts(
            *(self._chain, self._plain, before[:2], MOST_AT_ONCE * self.unit),
            over=lambda: time.perf_counter() > end,
        )
        for shift in sorted(found, key=_price)[:LIKELIEST]:
            self._chain.begin(shift.places, before[1])
            self.even_out()
            if self.spread < before[3]:
                return True
            self._places, self._held, self.missed, self.spread = before
        return False

    def trade_off(self) -> TradeOff:
        """The present schedule, students in sections."""
        slots = np.full(self._plain.n_requests, -1, dtype=np.int64)
        slots[self._board.order] = self._held
        seats = seat_students(self._plain, self._places, slots)
        solution = solution_of(self._problem, self._places, seats)
        return TradeOff(int(np.count_nonzero(seats < 0)), size_spread(self._plain, seats), solution)

    def _state(self) -> tuple[Numbers, Numbers, int, int]:
        """Slots of sections and requests in the best schedule, what it misses, and its spread."""
        places, held = self._chain.schedule()
        self._chain.begin(places, held)
        return places, held, self._chain.missed, int(spreads(self._chain)[0].sum())


def _price(shift: Shift) -> tuple[bool, float]:
    """By which the best shift comes first: those that cost nothing, then by what each request brings."""
    change = shift.change - FOLLOWING
    return shift.given_up > 0, change / max(1, shift.given_up)
