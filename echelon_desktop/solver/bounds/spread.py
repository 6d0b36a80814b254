"""How uneven the sections of courses certainly are, by arithmetic on who asks for them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from echelon_desktop.solver.bounds.wishes import Wishes
from echelon_desktop.solver.problem import Problem


class _Course(NamedTuple):
    """Its spread with all requests met; numbers of unmet requests that lower it, and by how much."""

    spread: int
    steps: tuple[tuple[int, int], ...]


class Spreads:
    """
    Least sum over courses of largest minus smallest section, for any number of unmet requests.

    Of a course all of whose requests can be met by nothing else, the students are those who ask for it less
    those unmet. A section holds at least those who are pinned to it and at most its seats, and none whom it
    does not admit; with that alone the spread is at least :func:`spread_of`. The unmet requests are given to
    courses where they lower the sum most (a knapsack, solved exactly), so the bound holds wherever they
    really fall. Courses that an alternate could lead to or away from are left out: their students are not
    known. So is where sections stand, and who sits in several of them.

    Parameters
    ----------
    problem, wishes
        Any problem, and what its requests can use.
    sped
        Whether SPED students alone are counted, against their limits.
    """

    def __init__(self, problem: Problem, wishes: Wishes, *, sped: bool) -> None:
        self._closed = wishes.closed
        self._courses = [
            _Course(full, tuple(_steps(seats, students, held, full)))
            for students, seats, held in _fillings(problem, wishes, sped)
            if (full := spread_of(seats, students, held))
        ]

    def least(self, unmet: int) -> int:
        """The least sum when so many requests of the school stay unmet."""
        elsewhere = max(0, unmet - self._closed)
        saved = np.zeros(elsewhere + 1, np.int64)  # most that so many unmet requests can take off the sum
        for course in self._courses:
            best = saved.copy()
            for fewer, gain in course.steps:
                if fewer > elsewhere:
                    break
                best[fewer:] = np.maximum(best[fewer:], saved[: elsewhere + 1 - fewer] + gain)
            saved = best
        return sum(course.spread for course in self._courses) - int(saved[-1])


def _fillings(problem: Problem, wishes: Wishes, sped: bool) -> Iterator[tuple[int, list[int], list[int]]]:
    """Of each course whose students are known: how many; per section at most how many, and at least."""
    counted = problem.student_sped[problem.request_student] if sped else np.ones(problem.n_requests, np.bool_)
    asking = np.bincount(wishes.of_request[counted], minlength=len(wishes.kinds)).tolist()
    students = [0] * problem.n_courses
    known = [True] * problem.n_courses
    admitted, held = [0] * problem.n_sections, [0] * problem.n_sections
    for wish, number in zip(wishes.kinds, asking, strict=True):
        for course in wish.courses if number else ():
            known[course] &= len(wish.courses) == 1
            students[course] += number
        for s in wish.sections:
            admitted[s] += number
            held[s] += number if wish.pinned else 0
    limits = np.minimum(problem.section_seats, problem.section_sped) if sped else problem.section_seats
    for course, sections in enumerate(problem.course_sections()):
        if len(sections) > 1 and known[course]:
            yield (
                students[course],
                [min(int(limits[s]), admitted[s]) for s in sections],
                [held[s] for s in sections],
            )


def spread_of(seats: Sequence[int], students: int, held: Sequence[int] = ()) -> int:
    """
    Least difference of largest and smallest section, for so many students in sections of these seats.

    The largest section has at least the height to which all must be filled to hold everybody, the smallest at
    most the height that is left for it when all are as even as can be.

    Parameters
    ----------
    seats
        Of each section.
    students
        More than there are seats count as all seats taken.
    held
        Of each section the students who are in it whatever one does, at most as many as seats; nobody when
        left out.
    """
    held = held or [0] * len(seats)
    students = max(sum(held), min(students, sum(seats)))
    left, height = students, 0
    for i, limit in enumerate(sorted(seats)):
        remaining = len(seats) - i
        if limit * remaining >= left:
            height = -(-left // remaining)
            break
        left -= limit
        height = limit
    left, floor = students, 0
    for i, number in enumerate(sorted(held, reverse=True)):
        floor = left // (len(held) - i)
        if number <= floor:
            break
        left -= number
    return max(height, *held) - min(floor, *seats)


def _steps(seats: Sequence[int], students: int, held: Sequence[int], full: int) -> Iterator[tuple[int, int]]:
    """The smallest numbers of unmet requests that each lower the spread further."""
    reached = full
    for fewer in range(1, students - sum(held) + 1):
        if reached == 0:
            break
        spread = spread_of(seats, students - fewer, held)
        if spread < reached:
            yield fewer, full - spread
            reached = spread
