"""Why hard rules about students' days cannot be kept: too few seats, or places and pins in the way."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.wording import counted, few_of
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.conflicts.claims import Claim, Impossible
from echelon_desktop.solver.conflicts.seats import too_few_seats
from echelon_desktop.solver.cpsat.costs import forbid_hard_costs
from echelon_desktop.solver.cpsat.model import SchoolModel
from echelon_desktop.solver.cpsat.run import Limits, new_solver, run_solver
from echelon_desktop.solver.cpsat.size import fits
from echelon_desktop.solver.problem import Goal, GoalKind, Keys, Problem, Ragged
from echelon_desktop.solver.project import kept_requests, project

RULES = ("student-free-periods", "student-holes", "student-day-balance")
GOALS = (GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE)
ALONE_SHARE = 0.5
"""Of the time, for students one by one, where all of them can be asked about together."""
QUESTION_SHARE = 0.25
"""Of the time left, for one question."""


def days_conflict(
    school: School, rules: Iterable[e.Rule], baseline: Schedule, limit_s: float
) -> tuple[Claim, ...]:
    """
    Find hard rules about students' days that cannot be kept.

    Seats are counted for all students together. Then students are looked at one by one, each with all
    sections of the courses he asks for, and in small schools all together. What is left out of account makes
    it easier only, so that what is impossible then is impossible.

    Parameters
    ----------
    school, rules, baseline
        A school whose sections all find a place.
    limit_s
        Seconds.

    Returns
    -------
    tuple of Claim
        What cannot hold together; empty when nothing was found in time.
    """
    until = time.monotonic() + limit_s
    rules = tuple(rules)
    hard = [rule for rule in rules if rule.kind in RULES and rule.level is None]
    if not hard:
        return ()
    problem, keys = compile_school(school, rules, baseline)
    goals = [goal for goal in problem.goals if goal.level == 0 and goal.kind in GOALS]
    for goal, rule in zip(goals, hard, strict=True):
        if goal.kind is GoalKind.FREE and (claim := too_few_seats(problem, keys, goal, rule)):
            return (claim,)
    found = _Days(problem, goals, until).smallest()
    return () if found is None else tuple(_words(*found, hard, problem, keys))


class _Days:
    """Looks for students whose days cannot be as the goals say."""

    def __init__(self, problem: Problem, goals: Sequence[Goal], until: float) -> None:
        self.problem, self.goals, self.until = problem, goals, until
        students = problem.request_student.tolist()
        self.pinned = {r: students[r] for r in np.flatnonzero(problem.request_pin >= 0).tolist()}
        concerned = {student for goal in goals for student in goal.groups.items.tolist()}
        self.students = sorted(concerned & set(students))

    @property
    def left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    def smallest(self) -> tuple[list[int], list[int], list[int]] | None:
        """Students, numbers of goals and pinned requests that cannot hold together, as few as time allows."""
        every, small = range(len(self.goals)), fits(self.problem)
        until = self.left * (1 - ALONE_SHARE) if small else 0.0
        for student in self._one_of_each():
            if self.left <= until:
                break
            pins = [r for r, who in self.pinned.items() if who == student]
            if self.impossible([student], every, pins):
                return self._shrunk([student], list(every), pins)
        pins = list(self.pinned)
        if small and self.impossible(self.students, every, pins):
            return self._shrunk(self.students, list(every), pins)
        return None

    def _one_of_each(self) -> Iterator[int]:
        """One of the students of equal requests, those with pins first."""
        problem = self.problem
        wishes: dict[int, list[object]] = {student: [] for student in self.students}
        pinned = set(self.pinned.values())
        groups = [frozenset(goal.groups.items.tolist()) for goal in self.goals]
        for r, student in enumerate(problem.request_student.tolist()):
            if student in wishes:
                wishes[student].append((problem.options[r].tobytes(), int(problem.request_pin[r])))
        known = set()
        for student in sorted(self.students, key=lambda n: n not in pinned):
            audience = problem.audience[:, student].tobytes()
            of_goals = tuple(student in group for group in groups)
            kind = (tuple(wishes[student]), int(problem.student_blocked[student]), audience, of_goals)
            if kind not in known:
                known.add(kind)
                yield student

    def impossible(self, students: Collection[int], goals: Iterable[int], pins: Collection[int]) -> bool:
        """Whether these goals certainly cannot be kept for these students, with these seats pinned."""
        problem = self.problem
        among = np.isin(problem.request_student, list(students))
        courses = {int(c) for r in np.flatnonzero(among) for c in problem.options[int(r)]}
        kept = np.isin(np.arange(problem.n_requests), list(pins))
        free = replace(problem, request_pin=np.where(kept, problem.request_pin, -1).astype(np.int32))
        part = project(free, courses, among)
        numbers = np.unique(problem.request_student[kept_requests(problem, courses, among)]).tolist()
        number = {student: i for i, student in enumerate(numbers)}
        for i in goals:
            goal = self.goals[i]
            group = [number[n] for n in goal.groups.items.tolist() if n in number]
            part = replace(part, goals=(*part.goals, replace(goal, groups=Ragged.of([group]))))
        school = SchoolModel(part)
        forbid_hard_costs(school)
        limits = Limits(QUESTION_SHARE * self.left)
        return run_solver(new_solver(), school.model, limits) == cp_model.INFEASIBLE

    def _shrunk(
        self, students: list[int], goals: list[int], pins: list[int]
    ) -> tuple[list[int], list[int], list[int]]:
        several = len(students)
        while several := several // 2:
            for first in range(0, len(students), several)[::-1]:
                fewer = students[:first] + students[first + several :]
                if fewer and self.left and self.impossible(fewer, goals, pins):
                    students = fewer
        pins = [r for r in pins if self.pinned[r] in students]
        for i in goals[:]:
            rest = [j for j in goals if j != i]
            if rest and self.left and self.impossible(students, rest, pins):
                goals = rest
        for r in pins[:]:
            others = [q for q in pins if q != r]
            if self.left and self.impossible(students, goals, others):
                pins = others
        return students, goals, pins


def _words(
    students: list[int],
    goals: list[int],
    pins: list[int],
    rules: Sequence[e.Rule],
    problem: Problem,
    keys: Keys,
) -> Iterator[Claim]:
    """The rules, then the pins. The sections with their places and seats are what they conflict with."""
    for i in goals:
        rule = rules[i]
        who = few_of([keys.students[n] for n in students])
        most = counted(rule.limit or 0, "free period")
        wants = {
            "student-free-periods": f"{who} shall have at most {most} in a term",
            "student-holes": f"{who} shall have no free period between two classes of a day",
            "student-day-balance": f"the days of {who} shall differ by at most "
            f"{counted(rule.limit or 0, 'class', 'classes')}",
        }[rule.kind]
        alone = len(goals) == 1 and not pins
        why = "; no places and seats of the courses requested allow that" if alone else ""
        yield Impossible(
            "rules",
            rule.id,
            (),
            f'By the rule "{rule.id}" {wants}{why}.',
            f'Give the rule "{rule.id}" a level, or change the requests.',
        )
    for r in pins:
        student = keys.students[int(problem.request_student[r])]
        section = keys.sections[int(problem.request_pin[r])]
        yield Impossible(
            "seatings",
            student,
            (section,),
            f"Student {student} is pinned into {section}.",
            f"Unpin {section} for student {student}.",
        )
