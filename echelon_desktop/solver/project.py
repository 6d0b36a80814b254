"""
A problem confined to some of its courses.

The sections of those courses stay, with all that forbids two of them to stand somewhere together, and the
requests that nothing but those courses can satisfy. A schedule of the whole, confined in the same way, is a
schedule of the projection; so what the projection must leave unmet, the whole must leave unmet among those
requests, and over disjoint sets of courses such bounds add up.
"""

from collections.abc import Iterable

import numpy as np

from echelon_desktop.solver.problem import (
    Bools,
    Goal,
    GoalKind,
    Ints,
    PairTable,
    Problem,
    Ragged,
)

# What fewer sections or fewer seats cannot make dearer; the others would no longer be bounds.
_SHRINKING = {GoalKind.SPACING, GoalKind.RUNS, GoalKind.LOAD, GoalKind.TRAVEL, GoalKind.CHOICE_COST}


def kept_sections(problem: Problem, courses: Iterable[int]) -> Ints:
    """Sections that :func:`project` keeps, in the order of their new numbers."""
    return np.flatnonzero(np.isin(problem.section_course, list(courses))).astype(np.int32)


def kept_requests(problem: Problem, courses: Iterable[int], among: Bools | None = None) -> Ints:
    """Requests that :func:`project` keeps, in the order of their new numbers."""
    inside = np.isin(problem.options.items, list(courses))
    kept = np.ones(problem.n_requests, np.bool_) if among is None else among.copy()
    owner = np.repeat(np.arange(problem.n_requests), np.diff(problem.options.start))
    kept[owner[~inside]] = False
    return np.flatnonzero(kept).astype(np.int32)


def project(problem: Problem, courses: Iterable[int], among: Bools | None = None) -> Problem:
    """
    Confine a problem to some courses.

    Parameters
    ----------
    problem
        The whole.
    courses
        Numbers of the courses to keep. Courses keep their numbers; sections, choices, students and requests
        are renumbered in their order (see :func:`kept_sections` and :func:`kept_requests`).
    among
        Shape (requests,): requests that may be kept, None for all; the rest are treated as not made.

    Returns
    -------
    Problem
        Its only graded goal is unmet requests, at level 1. Hard goals that fewer sections cannot make dearer
        are kept.
    """
    courses = set(courses)
    sections, requests = kept_sections(problem, courses), kept_requests(problem, courses, among)
    section_number = np.full(problem.n_sections, -1, np.int32)
    section_number[sections] = np.arange(len(sections))
    students, request_student = np.unique(problem.request_student[requests], return_inverse=True)
    ranges = [problem.choices_of(int(s)) for s in sections]
    choices = np.array([k for r in ranges for k in r], np.int32)
    choice_number = np.full(len(problem.choice_mask), -1, np.int32)
    choice_number[choices] = np.arange(len(choices))
    heads = _heads(problem, section_number)
    capacity = _confined(problem.capacity_sections, section_number)
    pins = problem.request_pin[requests]
    goals = [Goal(GoalKind.UNMET, 1, 1, "unmet-requests")]
    for goal in problem.goals:
        if goal.level == 0 and goal.kind in _SHRINKING:
            groups = Ragged.of([_renumbered(g, section_number, heads) for g in goal.groups])
            cost = goal.cost[choices] if goal.kind is GoalKind.CHOICE_COST else goal.cost
            goals.append(Goal(goal.kind, 0, goal.weight, goal.name, groups, goal.limits, cost))
    return Problem(
        slot_term=problem.slot_term,
        slot_period=problem.slot_period,
        adjacent=problem.adjacent,
        next_slot=problem.next_slot,
        days=problem.days,
        section_course=problem.section_course[sections],
        section_seats=problem.section_seats[sections],
        section_sped=problem.section_sped[sections],
        section_building=problem.section_building[sections],
        section_audience=problem.section_audience[sections],
        audience=problem.audience[:, students],
        choice_start=np.cumsum([0, *map(len, ranges)]).astype(np.int32),
        choice_mask=problem.choice_mask[choices],
        exclusive=Ragged.of([_renumbered(g, section_number, heads) for g in problem.exclusive]),
        slot_limit_sections=Ragged.of(
            [_renumbered(g, section_number, heads) for g in problem.slot_limit_sections]
        ),
        slot_limit_most=problem.slot_limit_most,
        pair_tables=tuple(
            PairTable(int(section_number[t.a]), int(section_number[t.b]), choice_number[t.pairs])
            for t in problem.pair_tables
            if section_number[t.a] >= 0 and section_number[t.b] >= 0
        ),
        capacity_sections=capacity,
        capacity_seats=problem.capacity_seats,
        same_students=_confined(problem.same_students, section_number),
        student_sped=problem.student_sped[students],
        student_blocked=problem.student_blocked[students],
        request_student=request_student.astype(np.int32),
        request_rank=problem.request_rank[requests],
        request_pin=np.where(pins >= 0, section_number[pins], -1).astype(np.int32),
        options=Ragged.of([problem.options[int(r)].tolist() for r in requests]),
        option_cost=np.concatenate(
            [
                np.zeros(0, np.int32),
                *(
                    problem.option_cost[problem.options.start[r] : problem.options.start[r + 1]]
                    for r in requests
                ),
            ]
        ).astype(np.int32),
        goals=tuple(goals),
        n_courses=problem.n_courses,
    )


def _heads(problem: Problem, section_number: Ints) -> dict[int, int]:
    """For members of a stack that are gone, one that stays and so stands where they would."""
    heads = {}
    for stack in problem.capacity_sections:
        kept = [int(s) for s in stack if section_number[s] >= 0]
        if kept:
            heads.update({int(s): kept[0] for s in stack if section_number[s] < 0})
    return heads


def _renumbered(group: Ints, section_number: Ints, heads: dict[int, int]) -> list[int]:
    kept = (int(section_number[heads.get(int(s), int(s))]) for s in group)
    return list(dict.fromkeys(s for s in kept if s >= 0))


def _confined(lists: Ragged, section_number: Ints) -> Ragged:
    return Ragged.of([[int(section_number[s]) for s in group if section_number[s] >= 0] for group in lists])
