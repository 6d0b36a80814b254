"""
What more even sections would cost in unmet requests: trade-offs from a schedule on.

Levels are strict: a solve gives up no request for the sake of even sections. Here one is given up after the
other: of all ways to put one section of an uneven course elsewhere, the one that evens out most for a request
is taken, everybody is seated anew, and so on from there. What is met and how even it is at each step is what
a school can choose from. Each step is the best of single moves, so that there may be better ones.
"""

import math
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.search.adapter import plain_from, solution_of, start_from
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.search.split import seat_students, size_spread
from echelon_desktop.solver.search.state import lay_out
from echelon_desktop.solver.trade_offs import TradeOff

MOST_MORE = 8
"""Requests given up besides, in those of usual weight."""
MOST_AT_ONCE = 4
"""Of these by one step."""
FOLLOWING = 4
"""By how much the spread falls further, as a rule, once students are seated anew after a move."""
TRIALS_S = 2.0
"""For trying moves, the most uneven courses first; some hundred sections take a tenth of it."""
LIKELIEST = 4
"""Moves that are gone through with at each step, until one proves good."""
SETTLING_STEPS = 200_000
SETTLE = (1.5, 0.7)
"""Temperatures in costs from and to which seats settle."""
SETTLED_MISSES = 0.03

Places = NDArray[np.int64]


class _Trial(NamedTuple):
    """What a move comes to before anybody is seated anew: weight given up, change of the spread, places."""

    given_up: int
    change: int
    places: Places


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
    missed, least = walk.missed, walk.spread
    walk.even_out()
    if walk.spread < least:
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

    def even_out(self) -> None:
        """Seat everybody anew, the same requests met."""
        self._level()
        self._chain.price_all()
        self._settle()
        self._chain.seat_evenly(math.inf)
        self._settle()  # not levelled: that may widen what the programme has made even
        self._places, self._held, self.missed, self.spread = self._state()

    def step(self) -> bool:
        """Move a section such that all is more even; False where none of the likeliest moves does that."""
        before = self._places, self._held, self.missed, self.spread
        for trial in self._trials()[:LIKELIEST]:
            self._chain.begin(trial.places, before[1])
            self.even_out()
            if self.spread < before[3]:
                return True
            self._places, self._held, self.missed, self.spread = before
        return False

    def _trials(self) -> list[_Trial]:
        """Moves that even out something, those first that do so most for each request that they cost."""
        chain, began = self._chain, time.perf_counter()
        found: list[_Trial] = []
        chain.begin(self._places, self._held)
        _, least = _spreads(chain)
        self._level()  # as all that it is compared with
        spread, _ = _spreads(chain)
        for course in np.argsort(least - spread, kind="stable").tolist():
            if spread[course] <= least[course] or time.perf_counter() - began > TRIALS_S:
                break
            for places in _moves(self._plain, self._places, course):
                chain.begin(places, self._held)
                given_up = chain.missed - self.missed
                if given_up <= MOST_AT_ONCE * self.unit:
                    self._level()
                    change = int((_spreads(chain)[0] - spread).sum())
                    found.append(_Trial(given_up, change, places))
        return sorted((trial for trial in found if trial.change < 0), key=_price)

    def trade_off(self) -> TradeOff:
        """The present schedule, students in sections."""
        slots = np.full(self._plain.n_requests, -1, dtype=np.int64)
        slots[self._board.order] = self._held
        seats = seat_students(self._plain, self._places, slots)
        solution = solution_of(self._problem, self._places, seats)
        return TradeOff(int(np.count_nonzero(seats < 0)), size_spread(self._plain, seats), solution)

    def _settle(self) -> None:
        """Anneal coldly."""
        chain = self._chain
        hot, cold = SETTLE
        cooling = (cold / hot) ** (1 / SETTLING_STEPS)
        chain.soften(SETTLING_STEPS, (SETTLED_MISSES, hot), (1.0, cooling))
        chain.keep_if_better()

    def _level(self) -> None:
        while self._chain.level(0, self._plain.n_students):
            pass

    def _state(self) -> tuple[Places, Places, int, int]:
        """Slots of sections and requests in the best schedule, what it misses, and its spread."""
        places, held = self._chain.schedule()
        self._chain.begin(places, held)
        return places, held, self._chain.missed, int(_spreads(self._chain)[0].sum())


def _price(trial: _Trial) -> tuple[bool, float]:
    """By which the best trial comes first: those that cost nothing, then by what each request brings."""
    change = trial.change - FOLLOWING
    return trial.given_up > 0, change / max(1, trial.given_up)


def _spreads(chain: Chain) -> tuple[Places, Places]:
    """Of each course: its spread, and the least there can be, as many students left over or not."""
    _, load, sections = chain.pools()
    number, some = sections.sum(axis=1), sections > 0
    per_section = np.where(some, sections, 1)
    largest = np.where(some, -(-load // per_section), 0).max(axis=1, initial=0)
    smallest = np.where(some, load // per_section, np.iinfo(np.int64).max).min(axis=1, initial=1 << 40)
    spread = np.where(number > 0, largest - smallest, 0)
    return spread, (load.sum(axis=1) % np.maximum(number, 1) > 0).astype(np.int64)


def _moves(plain: PlainProblem, places: Places, course: int) -> Iterator[Places]:
    """Each section of a course in each other slot; what its teacher has there goes to where it was."""
    allowed = plain.section_allowed
    for section in np.flatnonzero(plain.section_course == course).tolist():
        teacher = plain.section_teacher[section]
        here = int(places[section])
        for slot in range(plain.n_slots):
            if slot == here or not int(allowed[section]) >> slot & 1:
                continue
            moved = places.copy()
            moved[section] = slot
            if teacher >= 0:
                there = np.flatnonzero((plain.section_teacher == teacher) & (places == slot))
                if any(plain.section_course[o] == course or not int(allowed[o]) >> here & 1 for o in there):
                    continue
                moved[there] = here
            yield moved
