"""
Sections that students need not be told apart for.

Sections of one course and audience that stand in the same slots are one pool there: whoever sits in one
could sit in another, and how a pool's students are dealt out to its sections is decided by counts alone
(SPED students first, then all others, is always possible when the totals fit). Sections that are named by a
pin or a link of students are pools of their own.
"""

from dataclasses import dataclass

from echelon_desktop.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Pool:
    """
    Sections of one course and audience.

    Parameters
    ----------
    course, audience
        As of its sections.
    sections
        Their numbers.
    at
        For each mask of slots the choices, as (section, choice), that put a section there.
    """

    course: int
    audience: int
    sections: tuple[int, ...]
    at: dict[int, list[tuple[int, int]]]


def section_pools(problem: Problem) -> list[Pool]:
    """The pools of a problem; every section is in exactly one."""
    named = {int(s) for s in problem.same_students.items}
    named |= {int(s) for s in problem.request_pin if s >= 0}
    members: dict[tuple[int, int, int], list[int]] = {}
    for s in range(problem.n_sections):
        key = (int(problem.section_course[s]), int(problem.section_audience[s]), s if s in named else -1)
        members.setdefault(key, []).append(s)
    pools = []
    for (course, audience, _), sections in members.items():
        at: dict[int, list[tuple[int, int]]] = {}
        for s in sections:
            for k in problem.choices_of(s):
                at.setdefault(int(problem.choice_mask[k]), []).append((s, k))
        pools.append(Pool(course, audience, tuple(sections), at))
    return pools
