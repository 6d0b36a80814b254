"""Owners and cells: whose count each goal is, in the numbers of the kernels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from echelon_desktop.solver.general import layout as the
from echelon_desktop.solver.general.scheme import Placed, Scheme
from echelon_desktop.solver.problem import GoalKind, Problem

_COURSE = {GoalKind.BALANCE: the.BALANCE, GoalKind.SPED_BALANCE: the.SPED_BALANCE}
_TEACHER = {
    GoalKind.SPACING: the.SPACING,
    GoalKind.RUNS: the.RUNS,
    GoalKind.LOAD: the.LOAD,
    GoalKind.TRAVEL: the.TRAVEL,
}
_STUDENT = {GoalKind.FREE: the.FREE, GoalKind.HOLES: the.HOLES, GoalKind.DAY_BALANCE: the.DAY_BALANCE}


@dataclass(frozen=True, slots=True)
class SectionList:
    """Sections of one teacher, and the hundredths of a full post he has (100 where that does not matter)."""

    sections: tuple[int, ...]
    full_time: int = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One goal's count for one owner."""

    kind: int
    level: int
    weight: int
    limit: int = 0
    lists: tuple[SectionList, ...] = ()


@dataclass(slots=True)
class Owners:
    """
    Cells of each owner: the courses, then lists of sections, then the students (those with cells or not).

    ``of_section`` names the lists of sections each section is in, by their numbers as owners.
    """

    cells: list[list[Cell]]
    first_student: int
    of_section: list[list[int]] = field(default_factory=list)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.cells)


def owners_of(problem: Problem, scheme: Scheme) -> Owners:
    """Find the owners of a problem's goals."""
    several = np.bincount(problem.section_course, minlength=problem.n_courses) > 1
    courses: list[list[Cell]] = [[] for _ in range(problem.n_courses)]
    lists: list[Cell] = []
    students: list[list[Cell]] = [[] for _ in range(problem.n_students)]
    for placed in scheme.goals:
        goal, level, weight = placed.goal, placed.level, placed.goal.weight
        if goal.kind in _COURSE:
            for course in np.flatnonzero(several).tolist():
                courses[course].append(Cell(_COURSE[goal.kind], level, weight))
        elif goal.kind in _TEACHER:
            limits = goal.limits.tolist() or [0] * len(goal.groups)
            for group, limit in zip(goal.groups, limits, strict=True):
                members = (SectionList(tuple(group.tolist())),)
                lists.append(Cell(_TEACHER[goal.kind], level, weight, int(limit), members))
        elif goal.kind is GoalKind.LOAD_SPREAD:
            lists += _departments(placed)
        elif goal.kind in _STUDENT:
            limit = int(goal.limits[0]) if len(goal.limits) else 0
            for n in goal.groups.items.tolist():
                students[n].append(Cell(_STUDENT[goal.kind], level, weight, limit))
    owners = Owners([*courses, *([cell] for cell in lists), *students], len(courses) + len(lists))
    owners.of_section = _owners_of_sections(problem, lists)
    return owners


def _departments(placed: Placed) -> list[Cell]:
    goal = placed.goal
    departments: dict[int, list[SectionList]] = {}
    for group, full_time, department in zip(goal.groups, goal.limits, goal.cost, strict=True):
        members = SectionList(tuple(group.tolist()), int(full_time))
        departments.setdefault(int(department), []).append(members)
    return [
        Cell(the.LOAD_SPREAD, placed.level, goal.weight, 0, tuple(members))
        for members in departments.values()
    ]


def _owners_of_sections(problem: Problem, lists: Sequence[Cell]) -> list[list[int]]:
    owners: list[list[int]] = [[] for _ in range(problem.n_sections)]
    for number, cell in enumerate(lists, start=problem.n_courses):
        for s in {s for members in cell.lists for s in members.sections}:
            owners[s].append(number)
    return owners
