"""
A problem in an order of its own for every run, and what is found for it put back into the caller's order.

The integers of a problem are what stands for students, courses and sections outside this workstation. Drawn
anew for each run, they tell nothing by themselves, and two runs of one school cannot be laid side by side
number by number. Slots keep their order, since time has one.
"""

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.problem import Goal, GoalKind, Ints, PairTable, Problem, Ragged, Solution

_ALIKE = (  # slots and numbers of things that are not shuffled
    "slot_term slot_period adjacent next_slot days n_courses".split()
)
_BY_SECTION = "section_seats section_sped".split()
_BY_STUDENT = "student_sped student_blocked".split()
_BY_REQUEST = "request_rank".split()
_STUDENT_GOALS = {GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE}


@dataclass(frozen=True, slots=True)
class Permutation:
    """
    How a problem was shuffled: for each number of the shuffled problem the number it had before.

    Parameters
    ----------
    sections, students, courses, requests, choices
        Each of the shape of its kind.
    """

    sections: Ints
    students: Ints
    courses: Ints
    requests: Ints
    choices: Ints

    def out(self, solution: Solution) -> Solution:
        """A solution of the problem before, in the shuffled problem's numbers."""
        section, choice = _inverse(self.sections), _inverse(self.choices)
        seat = solution.seat[self.requests]
        return Solution(
            choice[solution.choice[self.sections]],
            np.where(seat >= 0, section[seat], -1).astype(np.int32),
        )

    def back(self, solution: Solution) -> Solution:
        """A solution of the shuffled problem, in the numbers before."""
        seat = np.where(solution.seat >= 0, self.sections[solution.seat], -1)
        return Solution(
            self.choices[solution.choice][_inverse(self.sections)].astype(np.int32),
            seat[_inverse(self.requests)].astype(np.int32),
        )

    def after(self, earlier: "Permutation") -> "Permutation":
        """Both as one: ``earlier`` first, and what it gave shuffled by this."""
        return Permutation(*(getattr(earlier, f.name)[getattr(self, f.name)] for f in fields(self)))

    def to_bytes(self) -> bytes:
        """The permutation as an npz archive."""
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **{f.name: getattr(self, f.name) for f in fields(self)})
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Permutation":
        """The permutation that :meth:`to_bytes` gave."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(**{f.name: arrays[f.name].astype(np.int32) for f in fields(cls)})


def secret_rng() -> np.random.Generator:
    """A generator that nobody can foretell; each run takes its own."""
    return np.random.default_rng(secrets.randbits(256))


def shuffle(problem: Problem, rng: np.random.Generator) -> tuple[Problem, Permutation]:
    """
    Shuffle a problem.

    Parameters
    ----------
    problem
        The problem; it is not changed.
    rng
        Where the order comes from; see :func:`secret_rng`.

    Returns
    -------
    tuple
        A problem with the same values for the same schedules, and the way back.
    """
    return _Shuffle(problem, rng).run()


class _Shuffle:
    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self.problem, self.rng = problem, rng
        self.sections = self.order(problem.n_sections)
        self.students = self.order(problem.n_students)
        self.courses = self.order(problem.n_courses)
        self.section = _inverse(self.sections)
        self.student = _inverse(self.students)
        self.course = _inverse(self.courses)
        # A student's requests stay together: the solvers walk through them, and it says no more than the
        # student's number does.
        owner = self.student[problem.request_student]
        self.requests = np.lexsort((rng.random(len(owner)), owner)).astype(np.int32)
        self.choices = np.array([k for s in self.sections for k in problem.choices_of(int(s))], np.int32)
        self.choice = _inverse(self.choices)
        self.audiences = self.order(len(problem.audience))
        self.values: dict[str, Any] = {}

    def order(self, n: int) -> Ints:
        return self.rng.permutation(n).astype(np.int32)

    def run(self) -> tuple[Problem, Permutation]:
        p = self.problem
        handlers: dict[str, Callable[[], Any]] = {
            "section_course": lambda: self.course[p.section_course[self.sections]],
            "section_audience": lambda: _numbered(
                p.section_audience[self.sections], _inverse(self.audiences)
            ),
            "section_building": lambda: self.relabelled(p.section_building[self.sections]),
            "audience": lambda: p.audience[self.audiences][:, self.students],
            "choice_start": lambda: np.concatenate(
                [[0], np.cumsum(np.diff(p.choice_start)[self.sections])]
            ).astype(np.int32),
            "choice_mask": lambda: p.choice_mask[self.choices],
            "exclusive": lambda: self.lists(p.exclusive)[0],
            "same_students": lambda: self.lists(p.same_students)[0],
            "pair_tables": self.pair_tables,
            "request_student": lambda: self.student[p.request_student[self.requests]],
            "request_pin": lambda: _numbered(p.request_pin[self.requests], self.section),
            "options": self.options,
            "option_cost": self.option_cost,
            "goals": lambda: tuple(self.goal(goal) for goal in p.goals),
        }
        pairs = {"capacity_sections": "capacity_seats", "slot_limit_sections": "slot_limit_most"}
        for name in (f.name for f in fields(p)):
            if name in _ALIKE:
                self.values[name] = getattr(p, name)
            elif name in _BY_SECTION:
                self.values[name] = getattr(p, name)[self.sections]
            elif name in _BY_STUDENT:
                self.values[name] = getattr(p, name)[self.students]
            elif name in _BY_REQUEST:
                self.values[name] = getattr(p, name)[self.requests]
            elif name in pairs:
                self.values[name], order = self.lists(getattr(p, name))
                self.values[pairs[name]] = getattr(p, pairs[name])[order]
            elif name in handlers:
                self.values[name] = handlers[name]()
            elif name not in pairs.values():
                # What is not known here must not leave in the school's order.
                raise TypeError(f"shuffle() does not know the problem's field {name!r}")
        permutation = Permutation(self.sections, self.students, self.courses, self.requests, self.choices)
        return Problem(**self.values), permutation

    def lists(self, lists: Ragged) -> tuple[Ragged, Ints]:
        """Lists of sections, renumbered, in a new order; and that order."""
        order = self.order(len(lists))
        return Ragged.of([self.rng.permutation(self.section[lists[int(i)]]).tolist() for i in order]), order

    def relabelled(self, labels: NDArray[np.integer[Any]]) -> Ints:
        """Labels that only mean "the same" and "another", by others; -1 stays."""
        n = int(labels.max(initial=-1)) + 1
        return _numbered(labels, self.order(n))

    def pair_tables(self) -> tuple[PairTable, ...]:
        tables = [self.problem.pair_tables[int(i)] for i in self.order(len(self.problem.pair_tables))]
        return tuple(
            PairTable(
                int(self.section[table.a]),
                int(self.section[table.b]),
                self.rng.permutation(self.choice[table.pairs]).astype(np.int32).reshape(-1, 2),
            )
            for table in tables
        )

    def options(self) -> Ragged:
        return Ragged.of([self.course[self.problem.options[int(r)]].tolist() for r in self.requests])

    def option_cost(self) -> Ints:
        start, cost = self.problem.options.start, self.problem.option_cost
        parts = [cost[start[r] : start[r + 1]] for r in self.requests]
        return np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int32)

    def goal(self, goal: Goal) -> Goal:
        if goal.kind is GoalKind.CHOICE_COST:
            return replace(goal, cost=goal.cost[self.choices])
        if goal.kind is GoalKind.CHANGES:
            seats = _numbered(goal.limits[self.requests], self.section)
            return replace(goal, cost=goal.cost[self.choices], limits=seats)
        if goal.kind in _STUDENT_GOALS:
            students = [self.rng.permutation(self.student[group]).tolist() for group in goal.groups]
            return replace(goal, groups=Ragged.of(students))
        if not len(goal.groups):
            return goal
        groups, order = self.lists(goal.groups)
        limits = goal.limits[order] if len(goal.limits) == len(order) else goal.limits
        cost = goal.cost
        if len(cost) == len(order):
            cost = self.relabelled(cost[order]).astype(goal.cost.dtype)
        return replace(goal, groups=groups, limits=limits, cost=cost)


def _inverse(order: Ints) -> Ints:
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return number


def _numbered(values: NDArray[np.integer[Any]], number: Ints) -> Ints:
    """Values by their new numbers; -1, which is nothing, stays."""
    if not len(number):
        return values.astype(np.int32)
    return np.where(values >= 0, number[values], -1).astype(np.int32)
