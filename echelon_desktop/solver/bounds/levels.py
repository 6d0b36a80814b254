"""What each level of a schedule certainly costs, given what the levels before it cost."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from echelon_desktop.solver.bounds.alternates import least_without_first_choice
from echelon_desktop.solver.bounds.bound import Bound
from echelon_desktop.solver.bounds.days import least_pairs, least_runs
from echelon_desktop.solver.bounds.loads import least_load, least_load_spread
from echelon_desktop.solver.bounds.spread import Spreads
from echelon_desktop.solver.bounds.student_days import StudentDays
from echelon_desktop.solver.bounds.travel import least_changes_of_building
from echelon_desktop.solver.bounds.wishes import Wishes, choice_masks, find_wishes
from echelon_desktop.solver.problem import Goal, GoalKind, Level, Problem


def level_bounds(problem: Problem, bound: Bound, values: Sequence[int]) -> tuple[int, ...]:
    """
    Bound every level of a schedule; see :class:`LevelBounds`, which is faster where it is asked again.

    Parameters
    ----------
    problem
        Any problem.
    bound
        Of its unmet requests.
    values
        What the schedule costs at each of ``problem.levels()``, in that order.
    """
    return LevelBounds(problem).of(bound, values)


class LevelBounds:
    """
    Bounds on every level of the schedules of a problem.

    Parameters
    ----------
    problem
        Any problem.

    Notes
    -----
    Unmet requests of a rank are those of all ranks up to it less those before it, which are given. Section
    and SPED balance, alternates, holes and even days of students are bounded by arithmetic that needs the
    number of unmet requests, so that they are 0 where they are more important than unmet requests. Days and
    loads of teachers are bounded one by one. Each bound leaves all other rules out.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._always: dict[int, int] = {}  # by goal: what it costs whatever stays unmet
        self._given: dict[tuple[int, int], int] = {}  # by goal and number of unmet requests

    def of(self, bound: Bound, values: Sequence[int]) -> tuple[int, ...]:
        """
        Bound every level of a schedule.

        Parameters
        ----------
        bound
            Of the problem's unmet requests.
        values
            What the schedule costs at each of ``problem.levels()``, in that order.

        Returns
        -------
        tuple of int
            For each level a number that no schedule falls below which costs the same as this one at all
            levels before it. A schedule is optimal up to the last level before which, and at which, values
            and bounds are equal.
        """
        problem = self._problem
        out = []
        before = 0  # unmet requests of the ranks before
        known = False  # whether the number of all unmet requests is given at this point
        ranks = [level.rank for level in problem.levels() if level.rank is not None]
        for level, value in zip(problem.levels(), values, strict=True):
            if level.rank is not None:
                weight = sum(problem.goals[i].weight for i in level.goals)
                out.append(max(0, bound.unmet[level.rank] - before) * weight)
                before += value // weight
                known = known or level.rank == max(ranks)
            else:
                out.append(self._rest(level, before if known else None))
        return tuple(out)

    def _rest(self, level: Level, unmet: int | None) -> int:
        total = 0
        for i in level.goals:
            goal = self._problem.goals[i]
            total += goal.weight * (self._least(i, goal) + self._least_given(i, goal, unmet))
        return total

    def _least(self, i: int, goal: Goal) -> int:
        if i not in self._always:
            of_sections = _OF_SECTIONS.get(goal.kind)
            if of_sections is not None:
                self._always[i] = of_sections(self._problem, goal)
            else:
                self._always[i] = self._student_days.free(goal) if goal.kind is GoalKind.FREE else 0
        return self._always[i]

    def _least_given(self, i: int, goal: Goal, unmet: int | None) -> int:
        if unmet is None:
            return 0
        if (i, unmet) not in self._given:
            self._given[i, unmet] = self._of_seats(goal, unmet)
        return self._given[i, unmet]

    def _of_seats(self, goal: Goal, unmet: int) -> int:
        if goal.kind is GoalKind.BALANCE:
            return self._spreads.least(unmet)
        if goal.kind is GoalKind.SPED_BALANCE:
            return self._sped_spreads.least(unmet)
        if goal.kind is GoalKind.ALTERNATES:
            return max(0, self._without_first_choice - unmet)
        if goal.kind is GoalKind.HOLES:
            return self._student_days.holes(goal, unmet)
        if goal.kind is GoalKind.DAY_BALANCE:
            return self._student_days.uneven(goal, unmet)
        return 0

    @cached_property
    def _wishes(self) -> Wishes:
        return find_wishes(self._problem)

    @cached_property
    def _spreads(self) -> Spreads:
        return Spreads(self._problem, self._wishes, sped=False)

    @cached_property
    def _sped_spreads(self) -> Spreads:
        return Spreads(self._problem, self._wishes, sped=True)

    @cached_property
    def _without_first_choice(self) -> int:
        return least_without_first_choice(self._problem)

    @cached_property
    def _student_days(self) -> StudentDays:
        return StudentDays(self._problem, self._wishes)


def _least_choice_cost(problem: Problem, goal: Goal) -> int:
    start = problem.choice_start
    costs = (goal.cost[start[s] : start[s + 1]] for s in range(problem.n_sections))
    return sum(int(cost.min()) for cost in costs if len(cost))


def _least_changes(problem: Problem, goal: Goal) -> int:
    return _least_choice_cost(problem, goal) + _lost_seats(problem, goal)


def _lost_seats(problem: Problem, goal: Goal) -> int:
    """Requests that cannot have the seat they had, whatever one does."""
    lost = 0
    for r in np.flatnonzero(goal.limits >= 0).tolist():
        home, student = int(goal.limits[r]), int(problem.request_student[r])
        blocked = int(problem.student_blocked[student])
        lost += (
            int(problem.section_course[home]) not in problem.options[r]
            or not problem.may_sit(student, home)
            or not any(mask & blocked == 0 for mask in choice_masks(problem, home))
            or problem.request_pin[r] not in (-1, home)
        )
    return lost


_OF_SECTIONS: dict[GoalKind, Callable[[Problem, Goal], int]] = {
    GoalKind.CONSTANT: lambda problem, goal: int(goal.limits.sum()),
    GoalKind.CHOICE_COST: _least_choice_cost,
    GoalKind.CHANGES: _least_changes,
    GoalKind.LOAD: least_load,
    GoalKind.LOAD_SPREAD: least_load_spread,
    GoalKind.SPACING: least_pairs,
    GoalKind.RUNS: least_runs,
    GoalKind.TRAVEL: least_changes_of_building,
}
