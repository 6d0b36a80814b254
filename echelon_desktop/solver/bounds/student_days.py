"""
What the days of single students certainly cost: too few periods on one day, classes far apart.

Each student is looked at by himself, with all requests met that can be: where his sections may meet in few
ways all of these are tried, elsewhere slots are counted. Seats, and where the sections of others stand, are
left out. Some students' requests stay unmet; those who cost most are taken to be these.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.seatings import Seatings
from echelon_desktop.solver.bounds.slot_counts import SlotCounts
from echelon_desktop.solver.bounds.wishes import Wishes
from echelon_desktop.solver.problem import Goal, Problem


class StudentDays:
    """
    Free periods, holes and uneven days that students have for certain, for any number of unmet requests.

    Parameters
    ----------
    problem, wishes
        Any problem, and what its requests can use.
    """

    def __init__(self, problem: Problem, wishes: Wishes) -> None:
        self._counts = SlotCounts(problem, wishes)
        self._seatings = Seatings(problem, wishes)
        self._days = _Days(problem)
        movable = np.array([bool(wish.sections) and not wish.pinned for wish in wishes.kinds], np.bool_)
        self._full = ~self._seatings.impossible  # students all of whose requests can be met
        self._certain = wishes.closed + int((~self._full).sum())  # requests that stay unmet in any case
        self._may_miss = np.zeros(problem.n_students, np.bool_)
        self._may_miss[problem.request_student[movable[wishes.of_request]]] = True
        self._uneven: dict[int, NDArray[np.int64]] = {}  # by limit

    def free(self, goal: Goal) -> int:
        """Free periods above the limit that students have even with every request met."""
        above = np.maximum(0, self._counts.free() - int(goal.limits[0]))
        return int(above.sum(axis=1)[goal.groups.items].sum())

    def holes(self, goal: Goal, unmet: int) -> int:
        """Free periods between two classes of a day, when so many requests of the school stay unmet."""
        return self._spared(goal, self._holes, unmet)

    def uneven(self, goal: Goal, unmet: int) -> int:
        """Classes on the fullest day less those on the emptiest above the limit, with so many unmet."""
        limit = int(goal.limits[0])
        if limit not in self._uneven:
            counted = np.maximum(0, self._counts.differences() - limit).sum(axis=1)
            tried = self._seatings.least(lambda away, taken: self._days.excess(away, taken, limit))
            self._uneven[limit] = np.maximum(counted, tried)
        return self._spared(goal, self._uneven[limit], unmet)

    @cached_property
    def _holes(self) -> NDArray[np.int64]:
        tried = self._seatings.least(self._days.holes)
        return np.array(np.maximum(self._counts.holes().sum(axis=1), tried), np.int64)

    def _spared(self, goal: Goal, costs: NDArray[np.int64], unmet: int) -> int:
        """The costs of the goal's students, less those who cost most: one for each unmet request."""
        students = goal.groups.items[self._full[goal.groups.items]]
        may_miss = np.sort(costs[students[self._may_miss[students]]])[::-1]
        return int(costs[students].sum() - may_miss[: max(0, unmet - self._certain)].sum())


class _Days:
    """What a student's slots come to, day by day."""

    def __init__(self, problem: Problem) -> None:
        self._days = [[int(slot) for slot in day] for day in problem.days]
        self._masks = [sum(1 << slot for slot in day) for day in self._days]
        self._terms: dict[int, list[int]] = {}  # masks of its days
        for day, mask in zip(self._days, self._masks, strict=True):
            self._terms.setdefault(int(problem.slot_term[day[0]]), []).append(mask)
        self._known: dict[tuple[int, int, int], int] = {}

    def holes(self, away: int, taken: int) -> int:
        """Free slots between the first and the last taken of each day."""
        holes = 0
        for d, mask in enumerate(self._masks):
            key = (d, away & mask, taken & mask)
            if key not in self._known:
                self._known[key] = self._holes_of_day(*key)
            holes += self._known[key]
        return holes

    def _holes_of_day(self, d: int, away: int, taken: int) -> int:
        held = [i for i, slot in enumerate(self._days[d]) if taken >> slot & 1]
        within = self._days[d][held[0] : held[-1]] if held else []
        return sum(not (taken | away) >> slot & 1 for slot in within)

    def excess(self, away: int, taken: int, limit: int) -> int:
        """Slots taken on the fullest day of a term less those on the emptiest, above the limit."""
        excess = 0
        for days in self._terms.values():
            classes = [(taken & day).bit_count() for day in days if day & ~away]
            excess += max(0, max(classes) - min(classes) - limit) if classes else 0
        return excess
