"""Whether the seats of the courses asked for can fill students' periods as a hard rule wants."""

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.wording import counted, few_of
from echelon_desktop.solver.conflicts.claims import Impossible
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, Keys, Problem


def too_few_seats(problem: Problem, keys: Keys, goal: Goal, rule: e.Rule) -> Impossible | None:
    """
    Count the seats that students need so as not to have more free periods than the rule allows.

    Each student needs at least so many seats; each seat is of a course he asks for. Of the maximum flow from
    students to seats the minimum cut names students who need more seats than there are for them. Where the
    sections stand is left out, so that what this finds impossible is impossible.

    Parameters
    ----------
    problem, keys
        The school.
    goal, rule
        The rule on free periods, as a goal of the problem and as people wrote it.

    Returns
    -------
    Impossible or None
        None when the seats may do.
    """
    from ortools.graph.python import max_flow

    needs = _seats_needed(problem, goal)
    if not needs:
        return None
    courses_of: dict[int, set[int]] = {student: set() for student in needs}
    for student, options in zip(problem.request_student.tolist(), problem.options, strict=True):
        if student in needs:
            courses_of[student].update(options.tolist())
    seats = np.zeros(problem.n_courses, np.int64)
    np.add.at(seats, problem.section_course, problem.section_seats)
    node = {student: 2 + problem.n_courses + i for i, student in enumerate(needs)}
    arcs = [(0, node[student], need) for student, need in needs.items()]
    arcs += [(node[student], 2 + c, 1) for student, courses in courses_of.items() for c in sorted(courses)]
    arcs += [(2 + c, 1, int(seats[c])) for c in range(problem.n_courses)]
    solver = max_flow.SimpleMaxFlow()
    tails, heads, limits = np.array(arcs, np.int64).T
    solver.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), limits)
    if solver.solve(0, 1) != solver.OPTIMAL or solver.optimal_flow() >= sum(needs.values()):
        return None
    short = set(solver.get_source_side_min_cut())
    students = [student for student in needs if node[student] in short]
    full = [c for c in range(problem.n_courses) if 2 + c in short]
    there = int(seats[full].sum()) + sum(len(courses_of[student] - set(full)) for student in students)
    who = few_of([keys.students[student] for student in students])
    needed = sum(needs[student] for student in students)
    return Impossible(
        "rules",
        rule.id,
        (),
        f'Not more than {counted(rule.limit or 0, "free period")} (rule "{rule.id}") for {who} takes at '
        f"least {counted(needed, 'seat')}, and the courses requested have {there} for them.",
        f'Add seats to {few_of([keys.courses[c] for c in full])}, or give the rule "{rule.id}" a level.',
    )


def _seats_needed(problem: Problem, goal: Goal) -> dict[int, int]:
    """For each student whom requests can save from too many free periods the fewest seats that do."""
    terms, limit = term_masks(problem), int(goal.limits[0])
    widest = np.zeros((problem.n_courses, len(terms)), np.int64)
    for s, course in enumerate(problem.section_course.tolist()):
        for mask in problem.choice_mask[problem.choices_of(s)].tolist():
            for t, term in enumerate(terms):
                widest[course, t] = max(widest[course, t], (mask & term).bit_count())
    filled: dict[int, list[list[int]]] = {}
    for student, options in zip(problem.request_student.tolist(), problem.options, strict=True):
        filled.setdefault(student, []).append(widest[options].max(axis=0).tolist())
    needs: dict[int, int] = {}
    for student in goal.groups.items.tolist():
        blocked = int(problem.student_blocked[student])
        for t, term in enumerate(terms):
            short = (term & ~blocked).bit_count() - limit
            most_first = sorted((widths[t] for widths in filled.get(student, [])), reverse=True)
            number = 0
            while short > 0 and number < len(most_first) and most_first[number]:
                short -= most_first[number]
                number += 1
            needs[student] = max(number, needs.get(student, 0))
    return {student: need for student, need in needs.items() if need}
