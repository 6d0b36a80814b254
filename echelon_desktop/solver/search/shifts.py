"""
Sections of uneven courses put elsewhere, one at a time, so that sizes can be more even.

What a shift gives up and how much more even it leaves the rest is found by making it: students who are
displaced are seated again, and all are levelled. Where seats alone can be no more even, that is the way on.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.state import Board

SETTLE = (1.5, 0.7)
"""In costs, from and to which seats settle that a linear programme gave."""
SETTLED_MISSES = 0.03
"""Temperature of requests meanwhile."""
SETTLING_STEPS = 100
"""For each (section, other slot) there is."""

Numbers = NDArray[np.int64]


class Shift(NamedTuple):
    """
    A section put elsewhere, before anything else is done about it.

    ``given_up`` is the weight that is missed besides, ``change`` that of the size spread; ``places`` are the
    slots of all sections.
    """

    given_up: int
    change: int
    section: int
    places: Numbers


def shifts(
    chain: Chain,
    problem: PlainProblem,
    schedule: tuple[Numbers, Numbers],
    most: int,
    over: Callable[[], bool],
) -> list[Shift]:
    """
    Shifts that make sections more even.

    Parameters
    ----------
    chain
        Tries them; it stands at the last one afterwards.
    problem
        The plain school.
    schedule
        Slots of sections and of requests (in the board's order) before.
    most
        Weight that may be given up.
    over
        Asked before each is tried, the most uneven courses first; True ends that.
    """
    places, held = schedule
    chain.begin(places, held)
    missed, (_, least) = chain.missed, spreads(chain)
    level(chain, problem)  # as after each shift
    spread, _ = spreads(chain)
    found: list[Shift] = []
    for course in np.argsort(least - spread, kind="stable").tolist():
        if spread[course] <= least[course]:
            break
        for section, moved in _elsewhere(problem, places, course):
            if over():
                return found
            chain.begin(moved, held)
            given_up = chain.missed - missed
            if given_up <= most:
                level(chain, problem)
                change = int((spreads(chain)[0] - spread).sum())
                if change < 0:
                    found.append(Shift(given_up, change, section, moved))
    return found


def even_out(chain: Chain, problem: PlainProblem, seconds: float = math.inf) -> None:
    """Seat everybody of the best schedule anew where sections stand, the same requests met."""
    chain.begin(*chain.schedule())
    level(chain, problem)
    chain.price_all()
    _settle(chain)
    chain.seat_evenly(seconds)
    _settle(chain)  # not levelled: that may widen what the programme has made even


def level(chain: Chain, problem: PlainProblem) -> None:
    """Level sections until nobody changes seats."""
    while chain.level(0, problem.n_students):
        pass


def total_spread(board: Board, schedule: tuple[Numbers, Numbers]) -> int:
    """Sum of the courses' spreads, with sections and requests (in the board's order) in these slots."""
    at, data = board.at, board.data
    courses = data[at.request_course : at.request_course + at.n_requests]
    of_section = data[at.section_course : at.section_course + at.n_sections]
    places, held = schedule
    load, sections = (
        np.bincount(course * at.n_slots + slot, minlength=at.n_courses * at.n_slots)
        for course, slot in ((courses[held >= 0], held[held >= 0]), (of_section, places))
    )
    shape = at.n_courses, at.n_slots
    return int(_spreads(load.reshape(shape), sections.reshape(shape))[0].sum())


def spreads(chain: Chain) -> tuple[Numbers, Numbers]:
    """Of each course in the present state: its spread, and the least that so many students allow."""
    _, load, sections = chain.pools()
    return _spreads(load, sections)


def _spreads(load: Numbers, sections: Numbers) -> tuple[Numbers, Numbers]:
    number, some = sections.sum(axis=1), sections > 0
    per_section = np.where(some, sections, 1)
    largest = np.where(some, -(-load // per_section), 0).max(axis=1, initial=0)
    smallest = np.where(some, load // per_section, np.iinfo(np.int64).max).min(axis=1, initial=1 << 40)
    spread = np.where(number > 0, largest - smallest, 0)
    return spread, (load.sum(axis=1) % np.maximum(number, 1) > 0).astype(np.int64)


def as_even_as_can_be(chain: Chain) -> bool:
    """Whether sizes differ in no course by more than the number of its students makes them."""
    spread, least = spreads(chain)
    return bool((spread <= least).all())


def _settle(chain: Chain) -> None:
    hot, cold = SETTLE
    steps = SETTLING_STEPS * chain.board.n_places
    if steps:
        chain.soften(steps, (SETTLED_MISSES, hot), (1.0, (cold / hot) ** (1 / steps)))
        chain.keep_if_better()


def _elsewhere(problem: PlainProblem, places: Numbers, course: int) -> Iterator[tuple[int, Numbers]]:
    """Each section of a course in each other slot; what its teacher has there goes to where it was."""
    allowed = problem.section_allowed
    for section in np.flatnonzero(problem.section_course == course).tolist():
        teacher = problem.section_teacher[section]
        here = int(places[section])
        for slot in range(problem.n_slots):
            if slot == here or not int(allowed[section]) >> slot & 1:
                continue
            moved = places.copy()
            moved[section] = slot
            if teacher >= 0:
                there = np.flatnonzero((problem.section_teacher == teacher) & (places == slot))
                if any(problem.section_course[o] == course or not int(allowed[o]) >> here & 1 for o in there):
                    continue
                moved[there] = here
            yield section, moved
