"""The rules that cost something, compiled to the goals of a problem."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import CHANGES
from echelon_desktop.model.scope import concerns, concerns_teacher, is_lab, students_of
from echelon_desktop.model.slots import Choice, SlotGrid
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.even_loads import Load, least_spread_of_loads
from echelon_desktop.solver.figures import load_per_fte
from echelon_desktop.solver.problem import Goal, GoalKind, Ints, Masks, Ragged

_ASSIGNED = {"section-teachers", "section-rooms", "teacher-rooms", "room-fit", "room-use"}


@dataclass(frozen=True, slots=True)
class Given:
    """
    The schedule that a solve starts from, in the numbers of a problem.

    Parameters
    ----------
    moved
        Shape (choices,): 1 where its section stands elsewhere in that schedule, else 0.
    seats
        Shape (requests,): the section held in that schedule, or -1.
    """

    moved: Masks
    seats: Ints


def compile_goals(
    school: School,
    rules: Iterable[e.Rule],
    choices: Sequence[Choice],
    choice_start: Sequence[int],
    first: Sequence[int],
    openings: Openings,
    given: Given | None,
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
    openings
        What is given out when all sections have their periods.
    given
        The schedule started from; None without one.
    """
    goals = _Goals(school, choices, choice_start, first, openings)
    for rule in rules:
        level, weight = rule.level or 0, rule.weight
        if rule.kind == "unmet-requests":
            yield Goal(GoalKind.UNMET, level, weight, rule.kind)
        elif rule.kind == "granted-alternates":
            if any(r.alternates for x in school.requests.values() for r in x.requests):
                yield Goal(GoalKind.ALTERNATES, level, weight, rule.kind)
        elif rule.kind == "sped-balance":
            yield Goal(GoalKind.SPED_BALANCE, level, weight, rule.kind)
        elif rule.kind == CHANGES:
            if given is not None:
                yield Goal(GoalKind.CHANGES, level, weight, rule.kind, limits=given.seats, cost=given.moved)
        elif rule.kind == "section-balance":
            yield Goal(GoalKind.BALANCE, level, weight, rule.kind)
        elif rule.kind == "allowed-periods" and rule.level is not None:
            yield Goal(GoalKind.CHOICE_COST, level, weight, rule.kind, cost=goals.outside(rule))
        elif rule.kind == "lab-spacing":
            yield Goal(GoalKind.SPACING, level, weight, rule.kind, goals.labs(rule))
        elif rule.kind == "teacher-consecutive":
            yield Goal(GoalKind.RUNS, level, weight, rule.kind, *goals.runs(rule))
        elif rule.kind == "teacher-travel":
            yield Goal(GoalKind.TRAVEL, level, weight, rule.kind, goals.travelling(rule))
        elif rule.kind == "teacher-load":
            yield Goal(GoalKind.LOAD, level, weight, rule.kind, *goals.loads(rule))
        elif rule.kind == "teacher-preps":
            yield Goal(GoalKind.CONSTANT, level, weight, rule.kind, limits=goals.preps_excess(rule))
        elif rule.kind == "teacher-load-spread":
            yield goals.load_spread(rule)
        elif rule.kind in _ASSIGNED:
            count = goals.assigned(rule)
            yield Goal(GoalKind.CONSTANT, level, weight, rule.kind, limits=np.array([count], np.int32))
        elif rule.kind == "student-free-periods":
            yield Goal(GoalKind.FREE, level, weight, rule.kind, *goals.students(rule))
        elif rule.kind == "student-holes":
            yield Goal(GoalKind.HOLES, level, weight, rule.kind, goals.students(rule)[0])
        elif rule.kind == "student-day-balance":
            yield Goal(GoalKind.DAY_BALANCE, level, weight, rule.kind, *goals.students(rule))


class _Goals:
    def __init__(
        self,
        school: School,
        choices: Sequence[Choice],
        choice_start: Sequence[int],
        first: Sequence[int],
        openings: Openings,
    ) -> None:
        self.school, self.choices, self.start, self.first = school, choices, choice_start, first
        self.openings = openings
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

    def travelling(self, rule: e.Rule) -> Ragged:
        return Ragged.of([group for group in self.teaching(rule).values() if len(group) > 1])

    def load_spread(self, rule: e.Rule) -> Goal:
        teaching = self.teaching(rule)
        concerned = [
            (teaching.get(x.id, []), hundredths, x.department, str(x.id))
            for x in self.school.teachers.values()
            if x.department and concerns_teacher(rule, x) and (hundredths := fte_hundredths(x)) > 0
        ]
        if self.openings.teachers:  # then loads are known when all are given out
            count = np.array([self.certain_load_spread(concerned)], np.int32)
            return Goal(GoalKind.CONSTANT, rule.level or 0, rule.weight, rule.kind, limits=count)
        if len(self.grid.terms) < 2:  # then every section counts, wherever it stands
            loads: dict[str, list[int]] = {}
            for group, hundredths, department, _ in concerned:
                loads.setdefault(department, []).append(load_per_fte(len(group), hundredths))
            spread = sum((max(those) - min(those)) // 100 for those in loads.values())
            count = np.array([spread], np.int32)
            return Goal(GoalKind.CONSTANT, rule.level or 0, rule.weight, rule.kind, limits=count)
        departments = {name: i for i, name in enumerate(dict.fromkeys(x[2] for x in concerned))}
        return Goal(
            GoalKind.LOAD_SPREAD,
            rule.level or 0,
            rule.weight,
            rule.kind,
            Ragged.of([x[0] for x in concerned]),
            np.array([x[1] for x in concerned], np.int32),
            np.array([departments[x[2]] for x in concerned], np.int64),
        )

    def certain_load_spread(self, concerned: Iterable[tuple[list[int], int, str, str]]) -> int:
        """
        What even loads cost at least, whoever teaches the sections that have no teacher yet.

        Who may teach each is known, and which of them somebody of the department must; not when they meet.
        """
        teachers = self.openings.teachers
        waiting = [(head, set(teachers[head])) for head in teachers]
        terms = max(1, len(self.grid.terms))
        departments: dict[str, list[tuple[str, int, int]]] = {}
        for group, hundredths, department, teacher in concerned:
            departments.setdefault(department, []).append((teacher, len(group), hundredths))
        spread = 0
        for those in departments.values():
            names = {teacher for teacher, _, _ in those}
            loads = [
                Load(-(-taught // terms), taught + sum(teacher in may for _, may in waiting), hundredths)
                for teacher, taught, hundredths in those
            ]
            taught = sum(number for _, number, _ in those)
            must = sum(
                may <= names and bool(may)
                for head, may in waiting
                if head not in self.openings.without_teacher
            )
            can = sum(not may.isdisjoint(names) for _, may in waiting)
            spread += least_spread_of_loads(loads, -(-(taught + must) // terms), taught + can)
        return spread

    def students(self, rule: e.Rule) -> tuple[Ragged, Ints]:
        concerned = [
            n for n, x in enumerate(students_of(self.school)) if not rule.grades or x.grade in rule.grades
        ]
        return Ragged.of([concerned]), np.array([rule.limit or 0], np.int32)

    def assigned(self, rule: e.Rule) -> int:
        """What a rule about who teaches and in which room counts; no placement changes it."""
        if rule.kind == "section-teachers":
            taught = {self.first[s] for s, section in enumerate(self.sections) if section.teachers}
            taught |= self.offered(self.openings.teachers)
            return sum(self.first[s] not in taught for s in self.concerned(rule))
        rooms = self.rooms()
        if rule.kind == "section-rooms":
            held = rooms.keys() | self.offered(self.openings.rooms)
            return sum(self.first[s] not in held for s in self.concerned(rule))
        if rule.kind == "teacher-rooms":
            taught_in = ({rooms[s] for s in group if s in rooms} for group in self.teaching(rule).values())
            return sum(max(0, len(those) - (rule.limit or 0)) for those in taught_in)
        if rule.kind == "room-use":
            return len(set(rooms.values()))
        wasted = 0
        for stack in {self.first[s] for s in self.concerned(rule)} & rooms.keys():
            room = self.school.rooms.get(rooms[stack])
            if room is not None and room.seats is not None:
                members = (x for s, x in enumerate(self.sections) if self.first[s] == stack)
                wasted += abs(room.seats - max(section.seats for section in members))
        return wasted

    def offered(self, candidates: Mapping[str, Sequence[str]]) -> set[int]:
        """Stacks for which there is somebody, or a room, by their first section."""
        return {f for f in self.first if candidates.get(self.sections[f].id)}

    def concerned(self, rule: e.Rule) -> list[int]:
        return [s for s, section in enumerate(self.sections) if concerns(rule, self.school, section)]

    def rooms(self) -> dict[int, str]:
        """Room of each stack that has one, by its first section."""
        rooms: dict[int, str] = {}
        for s, section in enumerate(self.sections):
            if section.room:
                rooms.setdefault(self.first[s], section.room)
        return rooms


def fte_hundredths(teacher: e.Teacher) -> int:
    """Hundredths of a full post; a teacher of whom nothing is said has one."""
    return 100 if teacher.fte is None else round(100 * teacher.fte)


def _least(*limits: int | None) -> int:
    return min(limit for limit in limits if limit is not None)
