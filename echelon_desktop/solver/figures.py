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
    if goal.kind is GoalKind.SPED_BALANCE:
        sped = (solution.seat >= 0) & problem.student_sped[problem.request_student]
        numbers = np.bincount(solution.seat[sped], minlength=problem.n_sections)
        return int(sum(np.ptp(numbers[sections]) for sections in problem.course_sections() if sections))
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
    if goal.kind is GoalKind.HOLES:
        return _holes(problem, goal, solution, masks)
    if goal.kind is GoalKind.DAY_BALANCE:
        return _day_excess(problem, goal, solution, masks)
    if goal.kind is GoalKind.LOAD:
        loads = _loads(problem, goal, masks)
        return sum(max(0, load - int(limit)) for load, limit in zip(loads, goal.limits, strict=True))
    if goal.kind is GoalKind.LOAD_SPREAD:
        return _load_spread(problem, goal, masks)
    if goal.kind is GoalKind.TRAVEL:
        return sum(_changes_of_building(problem, group.tolist(), masks) for group in goal.groups)
    if goal.kind is GoalKind.CHANGES:
        moved = (goal.limits >= 0) & (goal.limits != solution.seat)
        return int(goal.cost[solution.choice].sum()) + int(moved.sum())
    return int(goal.limits.sum())


def term_masks(problem: Problem) -> list[int]:
    """The slots of each term."""
    return [
        sum(1 << slot for slot in np.flatnonzero(problem.slot_term == term).tolist())
        for term in np.unique(problem.slot_term)
    ]


def load_per_fte(load: int, hundredths: int) -> int:
    """Hundredths of a section that a load comes to for a full post; FTE in hundredths, above 0."""
    return load * 100 * 100 // hundredths


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


def _taken(problem: Problem, solution: Solution, masks: list[int]) -> list[int]:
    """For each student the slots in which he holds a seat."""
    taken = [0] * problem.n_students
    for r in np.flatnonzero(solution.seat >= 0):
        taken[problem.request_student[r]] |= masks[solution.seat[r]]
    return taken


def _free(problem: Problem, goal: Goal, solution: Solution, masks: list[int]) -> int:
    taken = _taken(problem, solution, masks)
    terms, limit = term_masks(problem), int(goal.limits[0])
    free = (
        (term & ~taken[n] & ~int(problem.student_blocked[n])).bit_count()
        for n in goal.groups.items
        for term in terms
    )
    return sum(max(0, number - limit) for number in free)


def _holes(problem: Problem, goal: Goal, solution: Solution, masks: list[int]) -> int:
    taken = _taken(problem, solution, masks)
    holes = 0
    for n in goal.groups.items.tolist():
        for day in problem.days:
            held = [i for i, slot in enumerate(day) if taken[n] >> int(slot) & 1]
            within = day[held[0] : held[-1]] if held else day[:0]
            busy = taken[n] | int(problem.student_blocked[n])
            holes += sum(not busy >> int(slot) & 1 for slot in within)
    return holes


def _day_excess(problem: Problem, goal: Goal, solution: Solution, masks: list[int]) -> int:
    taken, limit = _taken(problem, solution, masks), int(goal.limits[0])
    days = [(int(problem.slot_term[day[0]]), sum(1 << int(slot) for slot in day)) for day in problem.days]
    excess = 0
    for n in goal.groups.items.tolist():
        by_term: dict[int, list[int]] = {}
        for term, day in days:
            if day & ~int(problem.student_blocked[n]):  # a day of which he is away altogether says nothing
                by_term.setdefault(term, []).append((taken[n] & day).bit_count())
        excess += sum(max(0, max(classes) - min(classes) - limit) for classes in by_term.values())
    return excess


def _loads(problem: Problem, goal: Goal, masks: list[int]) -> list[int]:
    """Sections of each group in its fullest term."""
    terms = term_masks(problem)
    return [max(sum(bool(masks[s] & term) for s in group) for term in terms) for group in goal.groups]


def _load_spread(problem: Problem, goal: Goal, masks: list[int]) -> int:
    """Whole sections between the largest and the smallest load of each department."""
    by_department: dict[int, list[int]] = {}
    for load, fte, department in zip(_loads(problem, goal, masks), goal.limits, goal.cost, strict=True):
        by_department.setdefault(int(department), []).append(load_per_fte(load, int(fte)))
    return sum((max(loads) - min(loads)) // 100 for loads in by_department.values())


def _changes_of_building(problem: Problem, group: list[int], masks: list[int]) -> int:
    """Slots in which a section of a group meets and right after which one does in another building."""
    changes = 0
    for slot, following in enumerate(problem.next_slot.tolist()):
        here, there = (
            {int(problem.section_building[s]) for s in group if i >= 0 and masks[s] >> i & 1} - {-1}
            for i in (slot, following)
        )
        changes += any(a != b for a in here for b in there)
    return changes
