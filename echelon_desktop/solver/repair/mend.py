"""
The schedule that changes are counted against, mended: fewest sections elsewhere, seats where they remain.

Which sections must move is found exactly, by CP-SAT, students left aside; where to and who follows is for
the search that comes after.
"""

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.deltas.desk import home_choices
from echelon_desktop.solver.problem import Goal, GoalKind, Ints, Problem, Solution
from echelon_desktop.solver.seats_kept import seats_kept

MEND_S = 20.0
"""Most seconds for placing sections; a school's worth takes a fraction of one."""


def changes_goal(problem: Problem) -> Goal | None:
    """The goal of few changes, None where changes do not count."""
    return next((goal for goal in problem.goals if goal.kind is GoalKind.CHANGES and goal.level > 0), None)


def mend(problem: Problem, goal: Goal) -> Solution | None:
    """
    A schedule as near as can be to the one that changes are counted against, but for unmet requests.

    Hard rules about sections' neighbours, loads and students' days may be broken in it, facts are not. None
    when sections cannot be placed at all, or not in time.
    """
    choice = _placed(problem)
    return None if choice is None else Solution(choice, seats_kept(problem, choice, goal.limits))


def _placed(problem: Problem) -> Ints | None:
    homes = home_choices(problem)
    moving = _to_place(problem, homes)
    if not moving:
        return homes.astype(np.int32)
    from ortools.sat.python import cp_model

    from echelon_desktop.solver.cpsat.run import new_solver

    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in problem.choice_mask]
    for s in range(problem.n_sections):
        if s in moving:
            model.add_exactly_one(taken[k] for k in problem.choices_of(s))
        if s in moving and homes[s] >= 0:
            model.add_hint(taken[homes[s]], True)
    meeting = [np.flatnonzero(problem.choice_mask >> slot & 1) for slot in range(problem.n_slots)]
    owner = np.repeat(np.arange(problem.n_sections), np.diff(problem.choice_start))
    lists = [(group, [1] * problem.n_slots) for group in problem.exclusive]
    lists += [
        (group, most.tolist())
        for group, most in zip(problem.slot_limit_sections, problem.slot_limit_most, strict=True)
    ]
    for group, most in lists:
        if not moving.issuperset(group.tolist()):
            continue
        inside = np.isin(owner, group)
        for slot, number in enumerate(most):
            there = [taken[k] for k in meeting[slot] if inside[k]]
            if len(there) > number:
                model.add(cp_model.LinearExpr.sum(there) <= number)
    for table in (table for table in problem.pair_tables if table.a in moving):
        for side, section in ((0, table.a), (1, table.b)):
            for k in problem.choices_of(section):
                partners = table.pairs[table.pairs[:, side] == k, 1 - side]
                model.add_bool_or([taken[k].negated(), *(taken[j] for j in partners)])
    model.maximize(cp_model.LinearExpr.sum([taken[homes[s]] for s in moving if homes[s] >= 0]))
    solver = new_solver()
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = MEND_S
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return np.array(
        [
            next(k for k in problem.choices_of(s) if solver.boolean_value(taken[k])) if s in moving else home
            for s, home in enumerate(homes)
        ],
        np.int32,
    )


def _to_place(problem: Problem, homes: NDArray[np.int64]) -> set[int]:
    """
    Sections that cannot all be at home, with all that are tied to them by teachers, rooms and links.

    Sections tied to none of these stay: what is apart from them is decided apart from them.
    """
    ties = [*(group.tolist() for group in problem.exclusive), *([t.a, t.b] for t in problem.pair_tables)]
    ties += [group.tolist() for group in problem.slot_limit_sections]
    tied: dict[int, list[int]] = {}
    for number, members in enumerate(ties):
        for s in members:
            tied.setdefault(s, []).append(number)
    found = set(np.flatnonzero(homes < 0).tolist()) | _clashing(problem, homes)
    queue, seen = list(found), set[int]()
    for s in queue:
        for number in tied.get(s, ()):
            if number not in seen:
                seen.add(number)
                queue += [other for other in ties[number] if other not in found]
                found.update(ties[number])
    return found


def _clashing(problem: Problem, homes: NDArray[np.int64]) -> set[int]:
    """Sections with a home that cannot be side by side there."""
    masks = np.zeros(len(homes), np.int64)
    masks[homes >= 0] = problem.choice_mask[homes[homes >= 0]]
    found: set[int] = set()
    for group in problem.exclusive:
        union = 0
        for mask in masks[group].tolist():
            if union & mask:
                found.update(group.tolist())
            union |= mask
    for group, most in zip(problem.slot_limit_sections, problem.slot_limit_most, strict=True):
        meeting = [int((masks[group] >> slot & 1).sum()) for slot in range(problem.n_slots)]
        if any(number > limit for number, limit in zip(meeting, most.tolist(), strict=True)):
            found.update(group.tolist())
    for table in problem.pair_tables:
        if not (table.pairs == [homes[table.a], homes[table.b]]).all(axis=1).any():
            found.update((table.a, table.b))
    return found
