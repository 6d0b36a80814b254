"""
What numbers of slots, day by day, say of a student's free periods, holes and even days; fast for any number.

Of each request only the slots are known that it takes in any case, and those it may: that two requests may
want the same slot is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.spread import spread_of
from echelon_desktop.solver.bounds.wishes import Wish, Wishes
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Problem

Counts: TypeAlias = NDArray[np.int64]

_MANY = 1 << 30


class Day(NamedTuple):
    """Slots of a day that are free to a student, must hold a class, may hold one; and how many do."""

    free: int
    forced: int
    open: int
    least: int
    most: int


class SlotCounts:
    """
    Counts of students all of whose requests are met that can be.

    Each is of shape (students, terms), and no more than what any seating of the student comes to.

    Parameters
    ----------
    problem, wishes
        Any problem, and what its requests can use.
    """

    def __init__(self, problem: Problem, wishes: Wishes) -> None:
        self._problem = problem
        self._terms = term_masks(problem)
        self._days = [[int(slot) for slot in day] for day in problem.days]
        # Students of whom the same is known are looked at once.
        self._alike, like = np.unique(self._known(wishes), axis=0, return_inverse=True)
        self._like = like.ravel()

    def free(self) -> Counts:
        """Free periods."""
        counts = np.zeros((len(self._alike), len(self._terms)), np.int64)
        for i, (blocked, _, open_, *taken) in enumerate(self._alike.tolist()):
            for t, term in enumerate(self._terms):
                most = min(taken[2 * t + 1], (term & open_).bit_count())
                counts[i, t] = (term & ~blocked).bit_count() - most
        return counts[self._like]

    def holes(self) -> Counts:
        """Free periods between two classes of a day."""
        return self._counted(least_holes)

    def differences(self) -> Counts:
        """Classes on the fullest day less those on the emptiest."""
        return self._counted(least_difference)

    def _known(self, wishes: Wishes) -> Counts:
        """
        What is known of each student, shape (students, columns).

        Slots away, forced and open; per term the fewest and most slots taken; per day the same.
        """
        problem = self._problem
        parts = [*self._terms, *(_mask(day) for day in self._days)]
        of_kind = np.array([_row(wish, parts) for wish in wishes.kinds], np.int64).reshape(
            len(wishes.kinds), 2 + 2 * len(parts)
        )
        rows = of_kind[wishes.of_request]
        known = np.zeros((problem.n_students, 3 + 2 * len(parts)), np.int64)
        known[:, 0] = problem.student_blocked
        np.bitwise_or.at(known[:, 1:3], problem.request_student, rows[:, :2])
        np.add.at(known[:, 3:], problem.request_student, rows[:, 2:])
        return known

    def _counted(self, count: Callable[[tuple[Day, ...], int, int], int]) -> Counts:
        """What a function of a term's days, and of the fewest and most slots taken, says of each."""
        counts = np.zeros((len(self._alike), len(self._terms)), np.int64)
        for i, row in enumerate(self._alike.tolist()):
            days: list[list[Day]] = [[] for _ in self._terms]
            for d, slots in enumerate(self._days, start=len(self._terms)):
                day = _day(slots, row[:3], row[3 + 2 * d : 5 + 2 * d])
                if day.free:
                    days[self._term_of(slots)].append(day)
            for t, those in enumerate(days):
                counts[i, t] = count(tuple(those), row[3 + 2 * t], row[4 + 2 * t])
        return counts[self._like]

    def _term_of(self, slots: Sequence[int]) -> int:
        return next(t for t, term in enumerate(self._terms) if term >> slots[0] & 1)


def _row(wish: Wish, parts: Sequence[int]) -> list[int]:
    """Of a wish the slots it takes in any case, and those it may; per part the fewest slots and the most."""
    if not wish.masks:
        return [0] * (2 + 2 * len(parts))
    forced, open_ = -1, 0
    for mask in wish.masks:
        forced, open_ = forced & mask, open_ | mask
    row = [forced, open_]
    for part in parts:
        taken = [(mask & part).bit_count() for mask in wish.masks]
        row += [min(taken), max(taken)]
    return row


def _mask(slots: Iterable[int]) -> int:
    return sum(1 << slot for slot in slots)


def _day(slots: Sequence[int], masks: Sequence[int], taken: Sequence[int]) -> Day:
    blocked, forced, open_ = (_packed(mask, slots) for mask in masks)
    least, most = taken
    return Day(_packed(-1, slots) & ~blocked, forced, open_, least, min(most, open_.bit_count()))


def _packed(mask: int, day: Sequence[int]) -> int:
    """The slots of a day as bits in the order of the day."""
    return sum(1 << i for i, slot in enumerate(day) if mask >> slot & 1)


@lru_cache(maxsize=1 << 16)
def least_difference(days: tuple[Day, ...], fewest: int, most: int) -> int:
    """Least difference of fullest and emptiest day when so many slots are taken in all."""
    limits, held = [day.most for day in days], [day.least for day in days]
    fewest, most = max(fewest, sum(held)), min(most, sum(limits))
    if fewest > most or any(day.least > day.most for day in days):
        return 0  # then the student misses something
    return min((spread_of(limits, n, held) for n in range(fewest, most + 1)), default=0) if days else 0


@lru_cache(maxsize=1 << 16)
def least_holes(days: tuple[Day, ...], fewest: int, most: int) -> int:
    """Fewest holes of a term when so many slots are taken in all."""
    best = {0: 0}  # slots taken → fewest holes, of the days so far
    for day in days:
        following: dict[int, int] = {}
        for taken in range(day.least, day.most + 1):
            holes = _holes_of_day(day.free, day.forced, day.open, taken)
            for n, cost in best.items():
                if holes < _MANY and n + taken <= most:
                    following[n + taken] = min(cost + holes, following.get(n + taken, _MANY))
        best = following
    return min((cost for n, cost in best.items() if n >= fewest), default=0)


@lru_cache(maxsize=1 << 16)
def _holes_of_day(free: int, forced: int, open_: int, taken: int) -> int:
    """Fewest free slots between the first and the last of so many slots taken; _MANY where they cannot be."""
    if taken < forced.bit_count():
        return _MANY
    if taken == 0:
        return 0
    least = _MANY
    ends = [i for i in range(open_.bit_length()) if open_ >> i & 1]
    for first in ends:
        for last in ends:
            span = (1 << last + 1) - (1 << first)
            if first <= last and forced & ~span == 0:
                inside = (open_ & span).bit_count()
                if inside >= taken:
                    least = min(least, (free & span).bit_count() - taken)
    return least
