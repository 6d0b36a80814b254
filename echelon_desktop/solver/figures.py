"""What a solution costs, level by level, counted from a problem's arrays."""

from itertools import combinations

import numpy as np

from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Solution


def level_values(problem: Problem, solution: Solution) -> tuple[int, ...]:
    """
    Value of each level of ``problem.levels()``, weights included.

    Parameters
    ----------
    problem
        The problem.
    solution
        A schedule that keeps the hard rules; this does not check them.

    References
    ----------
    docs/rules.md defines every count.
    """
    return tuple(
        sum(
            problem.goals[g].weight * goal_count(problem, problem.goals[g], solution, level.rank)
            for g in level.goals
        )
        for level in problem.levels()
    )


def goal_count(problem: Problem, goal: Goal, solution: Solution, rank: int | None = None) -> int:
    """What one goal counts before its weight; ``rank`` confines unmet requests to one rank class."""
    masks = [int(m) for m in problem.choice_mask[solution.choice]]
    if goal.kind is GoalKind.UNMET:
        unmet = solution.seat < 0
        return int((unmet if rank is None else unmet & (problem.request_rank == rank)).sum())
    if goal.kind is GoalKind.ALTERNATES:
        return _alternates(problem, solution)
    if goal.kind is GoalKind.BALANCE:
        sizes = np.bincount(solution.seat[solution.seat >= 0], minlength=problem.n_sections)
        return int(sum(np.ptp(sizes[sections]) for sections in problem.course_sections() if sections))
    if goal.kind is GoalKind.SPACING:
        beside = {mask: _beside(problem, mask) for mask in set(masks)}
        return sum(
            bool(beside[masks[a]] & masks[b])
            for group in goal.groups
            for a, b in combinations(group.tolist(), 2)
        )
    if goal.kind is GoalKind.RUNS:
        return sum(
            _full_windows(problem, _union(masks, group.tolist()), int(limit))
            for group, limit in zip(goal.groups, goal.limits, strict=True)
        )
    if goal.kind is GoalKind.CHOICE_COST:
        return int(goal.cost[solution.choice].sum())
    if goal.kind is GoalKind.FREE:
        return _free(problem, goal, solution, masks)
    if goal.kind is GoalKind.LOAD:
        terms = term_masks(problem)
        loads = [max(sum(bool(masks[s] & term) for s in group) for term in terms) for group in goal.groups]
        return sum(max(0, load - int(limit)) for load, limit in zip(loads, goal.limits, strict=True))
    return int(goal.limits.sum())


def term_masks(problem: Problem) -> list[int]:
    """The slots of each term."""
    return [
        sum(1 << slot for slot in np.flatnonzero(problem.slot_term == term).tolist())
        for term in np.unique(problem.slot_term)
    ]


def _alternates(problem: Problem, solution: Solution) -> int:
    cost = 0
    for r in np.flatnonzero(solution.seat >= 0).tolist():
        course = problem.section_course[solution.seat[r]]
        option = int(np.flatnonzero(problem.options[r] == course)[0])
        cost += int(problem.option_cost[problem.options.start[r] + option])
    return cost


def _beside(problem: Problem, mask: int) -> int:
    return _union([int(m) for m in problem.adjacent], [s for s in range(problem.n_slots) if mask >> s & 1])


def _union(masks: list[int], members: list[int]) -> int:
    union = 0
    for i in members:
        union |= masks[i]
    return union


def _full_windows(problem: Problem, taught: int, limit: int) -> int:
    full = 0
    for slot in range(problem.n_slots):
        run = 0
        while slot >= 0 and taught >> slot & 1 and run <= limit:
            slot, run = int(problem.next_slot[slot]), run + 1
        full += run > limit
    return full


def _free(problem: Problem, goal: Goal, solution: Solution, masks: list[int]) -> int:
    busy = [int(mask) for mask in problem.student_blocked]
    for r in np.flatnonzero(solution.seat >= 0):
        busy[problem.request_student[r]] |= masks[solution.seat[r]]
    terms, limit = term_masks(problem), int(goal.limits[0])
    free = ((term & ~busy[n]).bit_count() for n in goal.groups.items for term in terms)
    return sum(max(0, number - limit) for number in free)
