"""
Sections that need not be told apart.

Sections that exclude each other (a teacher's three of one course) and are equal in everything a problem says
of them are *twins*: only the set of their times matters, so one yes or no for each time stands for all.

Sections of one course and audience that stand in the same slots are one *pool* there: whoever sits in one
could sit in another, and how a pool's students are dealt out to its sections is decided by counts alone
(SPED students first, then all others, is always possible when the totals fit). Sections that are named by a
pin or a link of students are pools of their own.
"""

from dataclasses import dataclass

from echelon_desktop.solver.problem import GoalKind, Problem, Ragged


@dataclass(frozen=True, slots=True)
class Pool:
    """
    Sections of one course and audience.

    Parameters
    ----------
    course, audience
        As of its sections.
    sections
        Its first twins.
    at
        For each mask of slots the choices of first twins that put a section there.
    """

    course: int
    audience: int
    sections: tuple[int, ...]
    at: dict[int, list[int]]


def twin_sections(problem: Problem, merge: bool = True) -> dict[int, tuple[int, ...]]:
    """
    First twin → all its twins, itself included, in order; most sections have none but themselves.

    Choices of twins correspond by their position. ``merge`` False leaves every section alone.
    """
    alone = _named(problem)
    alone.update(s for table in problem.pair_tables for s in (table.a, table.b))
    alone.update(int(s) for s in problem.capacity_sections.items)
    exclusive = _memberships(problem.exclusive, problem.n_sections)
    in_goals = [
        _memberships(goal.groups, problem.n_sections)
        for goal in problem.goals
        if goal.kind not in {GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE}
    ]
    limited = _memberships(problem.slot_limit_sections, problem.n_sections)
    costs = [goal.cost for goal in problem.goals if goal.kind in {GoalKind.CHOICE_COST, GoalKind.CHANGES}]
    alike: dict[object, list[int]] = {}
    for s in range(problem.n_sections):
        key: object = s
        choices = problem.choices_of(s)
        if merge and s not in alone and exclusive[s] and all(problem.choice_mask[k] for k in choices):
            key = (
                int(problem.section_course[s]),
                int(problem.section_seats[s]),
                int(problem.section_sped[s]),
                int(problem.section_audience[s]),
                tuple(int(problem.choice_mask[k]) for k in choices),
                tuple(tuple(int(cost[k]) for k in choices) for cost in costs),
                exclusive[s],
                limited[s],
                int(problem.section_building[s]),
                tuple(member_of[s] for member_of in in_goals),
            )
        alike.setdefault(key, []).append(s)
    return {twins[0]: tuple(twins) for twins in alike.values()}


def section_pools(problem: Problem, twins: dict[int, tuple[int, ...]]) -> list[Pool]:
    """The pools of a problem; every first twin is in exactly one."""
    named = _named(problem)
    members: dict[tuple[int, int, int], list[int]] = {}
    for s in twins:
        key = (int(problem.section_course[s]), int(problem.section_audience[s]), s if s in named else -1)
        members.setdefault(key, []).append(s)
    pools = []
    for (course, audience, _), sections in members.items():
        at: dict[int, list[int]] = {}
        for k in (k for s in sections for k in problem.choices_of(s)):
            at.setdefault(int(problem.choice_mask[k]), []).append(k)
        pools.append(Pool(course, audience, tuple(sections), at))
    return pools


def _named(problem: Problem) -> set[int]:
    """Sections that a pin, a link of students, or a seat that counts as a change when lost names."""
    seats = [problem.request_pin, *(g.limits for g in problem.goals if g.kind is GoalKind.CHANGES)]
    return {int(s) for s in problem.same_students.items} | {int(s) for x in seats for s in x if s >= 0}


def _memberships(groups: Ragged, n_sections: int) -> list[tuple[int, ...]]:
    """For each section the numbers of the groups it is in."""
    member_of: list[list[int]] = [[] for _ in range(n_sections)]
    for g, group in enumerate(groups):
        for s in group:
            member_of[s].append(g)
    return [tuple(groups) for groups in member_of]
