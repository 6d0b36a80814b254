"""The rules that cost something, compiled to the goals of a problem."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.scope import concerns, concerns_teacher, is_lab
from echelon_desktop.model.slots import Choice, SlotGrid
from echelon_desktop.solver.problem import Goal, GoalKind, Ints, Masks, Ragged


def compile_goals(
    school: School,
    rules: Iterable[e.Rule],
    choices: Sequence[Choice],
    choice_start: Sequence[int],
    first: Sequence[int],
) -> Iterator[Goal]:
    """
    Goals of the rules, in their order.

    Parameters
    ----------
    school, rules
        What is compiled. Hard ``allowed-periods`` and ``sped-limit`` make no goal: they are in choices and
        limits of the sections.
    choices, choice_start
        Choices of section s are ``choices[choice_start[s]:choice_start[s + 1]]``.
    first
        For each section the number of the first section of its stack.
    """
    goals = _Goals(school, choices, choice_start, first)
    for rule in rules:
        level, weight = rule.level or 0, rule.weight
        if rule.kind == "unmet-requests":
            yield Goal(GoalKind.UNMET, level, weight, rule.kind)
        elif rule.kind == "granted-alternates":
            if any(r.alternates for x in school.requests.values() for r in x.requests):
                yield Goal(GoalKind.ALTERNATES, level, weight, rule.kind)
        elif rule.kind == "section-balance":
            yield Goal(GoalKind.BALANCE, level, weight, rule.kind)
        elif rule.kind == "allowed-periods" and rule.level is not None:
            yield Goal(GoalKind.CHOICE_COST, level, weight, rule.kind, cost=goals.outside(rule))
        elif rule.kind == "lab-spacing":
            yield Goal(GoalKind.SPACING, level, weight, rule.kind, goals.labs(rule))
        elif rule.kind == "teacher-consecutive":
            yield Goal(GoalKind.RUNS, level, weight, rule.kind, *goals.runs(rule))
        elif rule.kind == "teacher-load":
            yield Goal(GoalKind.LOAD, level, weight, rule.kind, *goals.loads(rule))
        elif rule.kind == "teacher-preps":
            yield Goal(GoalKind.CONSTANT, level, weight, rule.kind, limits=goals.preps_excess(rule))
        elif rule.kind == "student-free-periods":
            yield Goal(GoalKind.FREE, level, weight, rule.kind, *goals.free(rule))


class _Goals:
    def __init__(
        self, school: School, choices: Sequence[Choice], choice_start: Sequence[int], first: Sequence[int]
    ) -> None:
        self.school, self.choices, self.start, self.first = school, choices, choice_start, first
        self.grid = SlotGrid(school)
        self.sections = list(school.sections.values())

    def teaching(self, rule: e.Rule) -> dict[str, list[int]]:
        """Sections of each teacher in the rule's scope, a stack by its first."""
        taught: dict[str, dict[int, None]] = {}
        for s, section in enumerate(self.sections):
            for teacher in section.teachers:
                if concerns_teacher(rule, self.teacher(teacher)):
                    taught.setdefault(teacher, {})[self.first[s]] = None
        return {teacher: list(sections) for teacher, sections in taught.items()}

    def teacher(self, teacher: str) -> e.Teacher:
        return self.school.teachers.get(teacher) or e.Teacher(teacher)

    def outside(self, rule: e.Rule) -> Masks:
        inside = self.grid.mask(rule.periods)
        cost = np.zeros(len(self.choices), np.int64)
        for s, section in enumerate(self.sections):
            if concerns(rule, self.school, section):
                for k in range(self.start[s], self.start[s + 1]):
                    cost[k] = self.choices[k].mask & ~inside != 0
        return cost

    def labs(self, rule: e.Rule) -> Ragged:
        stacks = {self.first[s] for s, section in enumerate(self.sections) if is_lab(self.school, section)}
        groups = [[s for s in sections if s in stacks] for sections in self.teaching(rule).values()]
        return Ragged.of([group for group in groups if len(group) > 1])

    def runs(self, rule: e.Rule) -> tuple[Ragged, Ints]:
        taught = self.teaching(rule)
        limits = [_least(rule.limit, self.teacher(teacher).max_consecutive) for teacher in taught]
        return Ragged.of(list(taught.values())), np.array(limits, np.int32)

    def loads(self, rule: e.Rule) -> tuple[Ragged, Ints]:
        taught = self.teaching(rule)
        limits = []
        for teacher in map(self.teacher, taught):
            share = 1.0 if teacher.fte is None else teacher.fte
            full = None if rule.limit is None else int(rule.limit * share + 1e-9)
            limits.append(_least(full, teacher.max_load))
        return Ragged.of(list(taught.values())), np.array(limits, np.int32)

    def preps_excess(self, rule: e.Rule) -> Ints:
        """Different courses above the limit, summed over teachers; no placement changes it."""
        excess = 0
        for teacher in self.teaching(rule):
            courses = {section.course for section in self.sections if teacher in section.teachers}
            excess += max(0, len(courses) - _least(rule.limit, self.teacher(teacher).max_preps))
        return np.array([excess], np.int32)

    def free(self, rule: e.Rule) -> tuple[Ragged, Ints]:
        # The order in which the compiler numbers students: those of the table, then unknown ones.
        records = [
            *self.school.students.values(),
            *(e.Student(str(s)) for s in self.school.requests if s not in self.school.students),
        ]
        concerned = [n for n, x in enumerate(records) if not rule.grades or x.grade in rule.grades]
        return Ragged.of([concerned]), np.array([rule.limit or 0], np.int32)


def _least(*limits: int | None) -> int:
    return min(limit for limit in limits if limit is not None)
