"""What each level of a schedule certainly costs, given what the levels before it cost."""

from collections.abc import Callable, Sequence

import numpy as np

from echelon_desktop.solver.bounds.alternates import least_alternates
from echelon_desktop.solver.bounds.bound import Bound
from echelon_desktop.solver.bounds.days import least_free, least_pairs, least_runs
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, GoalKind, Level, Problem


def level_bounds(problem: Problem, bound: Bound, values: Sequence[int]) -> tuple[int, ...]:
    """
    Bound every level of a schedule.

    Parameters
    ----------
    problem
        Any problem.
    bound
        Of its unmet requests.
    values
        What the schedule costs at each of ``problem.levels()``, in that order.

    Returns
    -------
    tuple of int
        For each level a number that no schedule falls below which costs the same as this one at all levels
        before it. A schedule is optimal up to the last level before which, and at which, values and bounds
        are equal.

    Notes
    -----
    Unmet requests of a rank are those of all ranks up to it less those before it, which are given. Section
    balance and alternates are bounded by arithmetic, which needs the number of unmet requests, so that they
    are 0 where they are more important than unmet requests. Days of teachers and of students are bounded one
    by one (``days``). Each bound leaves all other rules out; what no function bounds is bounded by 0.
    """
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
            out.append(_rest(problem, level, before if known else None))
    return tuple(out)


def _rest(problem: Problem, level: Level, unmet: int | None) -> int:
    least: dict[GoalKind, Callable[[Goal], int]] = {
        GoalKind.CONSTANT: lambda goal: int(goal.limits.sum()),
        GoalKind.BALANCE: lambda goal: 0 if unmet is None else least_spread(problem, unmet),
        GoalKind.ALTERNATES: lambda goal: 0 if unmet is None else least_alternates(problem, unmet),
        GoalKind.CHOICE_COST: lambda goal: _least_choice_cost(problem, goal),
        GoalKind.CHANGES: lambda goal: _least_choice_cost(problem, goal) + _lost_seats(problem, goal),
        GoalKind.LOAD: lambda goal: _least_load(problem, goal),
        GoalKind.SPACING: lambda goal: least_pairs(problem, goal),
        GoalKind.RUNS: lambda goal: least_runs(problem, goal),
        GoalKind.FREE: lambda goal: least_free(problem, goal),
    }
    goals = (problem.goals[i] for i in level.goals)
    return sum(goal.weight * least[goal.kind](goal) for goal in goals if goal.kind in least)


def least_spread(problem: Problem, unmet: int) -> int:
    """
    Least sum over courses of largest minus smallest section, when so many requests stay unmet.

    Of a course all of whose requests name nothing else, the students are those who ask for it less those
    unmet; with ``n`` students in sections of given seats the spread is at least :func:`spread_of`. The unmet
    requests are given to courses where they lower the sum most (a knapsack, solved exactly), so the bound
    holds wherever they really fall. Courses among alternates are left out: their students are not known.
    """
    demand = np.zeros(problem.n_courses, np.int64)
    exact = np.ones(problem.n_courses, np.bool_)
    for options in problem.options:
        demand[options[0]] += 1
        if len(options) > 1:
            exact[options] = False
    spread = 0
    saved = np.zeros(unmet + 1, np.int64)  # most that so many unmet requests can take off the spread
    for course, sections in enumerate(problem.course_sections()):
        if len(sections) < 2 or not exact[course]:
            continue
        students = int(demand[course])
        seats = sorted(min(int(problem.section_seats[s]), students) for s in sections)
        full = spread_of(seats, students)
        spread += full
        steps = _steps(seats, students, unmet, full)
        best = saved.copy()
        for fewer, gain in steps:
            best[fewer:] = np.maximum(best[fewer:], saved[: unmet + 1 - fewer] + gain)
        saved = best
    return max(0, spread - int(saved[-1]))


def spread_of(seats: Sequence[int], students: int) -> int:
    """
    Least difference of largest and smallest section, for so many students in sections of these seats.

    The largest section has at least the height to which all must be filled to hold everybody, the smallest at
    most an even share and at most the fewest seats. More students than seats count as all seats taken.
    """
    students = min(students, sum(seats))
    smallest = min(*seats, students // len(seats))
    left, height = students, 0
    for i, limit in enumerate(sorted(seats)):
        remaining = len(seats) - i
        if limit * remaining >= left:
            height = -(-left // remaining)
            break
        left -= limit
        height = limit
    return height - smallest


def _steps(seats: Sequence[int], students: int, unmet: int, full: int) -> list[tuple[int, int]]:
    """The smallest numbers of unmet requests, up to the given one, that each lower the spread further."""
    steps = []
    reached = full
    for fewer in range(1, min(unmet, students) + 1):
        if reached == 0:
            break
        spread = spread_of(seats, students - fewer)
        if spread < reached:
            steps.append((fewer, full - spread))
            reached = spread
    return steps


def _least_choice_cost(problem: Problem, goal: Goal) -> int:
    start = problem.choice_start
    costs = (goal.cost[start[s] : start[s + 1]] for s in range(problem.n_sections))
    return sum(int(cost.min()) for cost in costs if len(cost))


def _masks(problem: Problem, section: int) -> list[int]:
    masks: list[int] = problem.choice_mask[problem.choices_of(section)].tolist()
    return masks


def _lost_seats(problem: Problem, goal: Goal) -> int:
    """Requests that cannot have the seat they had, whatever one does."""
    lost = 0
    for r in np.flatnonzero(goal.limits >= 0).tolist():
        home, student = int(goal.limits[r]), int(problem.request_student[r])
        blocked = int(problem.student_blocked[student])
        lost += (
            int(problem.section_course[home]) not in problem.options[r]
            or not problem.may_sit(student, home)
            or not any(mask & blocked == 0 for mask in _masks(problem, home))
            or problem.request_pin[r] not in (-1, home)
        )
    return lost


def _least_load(problem: Problem, goal: Goal) -> int:
    """Each section counts in the terms it must meet in; the worst term has at least the mean."""
    terms = term_masks(problem)
    total = 0
    for group, limit in zip(goal.groups, goal.limits, strict=True):
        always = [0] * len(terms)
        fewest = 0
        for s in group:
            masks = _masks(problem, s)
            met = [[bool(mask & term) for term in terms] for mask in masks]
            for t in range(len(terms)):
                always[t] += bool(met) and all(in_term[t] for in_term in met)
            fewest += min((sum(in_term) for in_term in met), default=0)
        worst = max([*always, -(-fewest // len(terms)) if terms else 0])
        total += max(0, worst - int(limit))
    return total
