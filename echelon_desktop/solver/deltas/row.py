"""
What each place would cost one section: estimates at once, then exact figures.

A :class:`Deltas` holds the present schedule laid out, so that a question costs only its own moves.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import STANDARD, preset_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.deltas.desk import lay_out
from echelon_desktop.solver.deltas.layout import CHANGED, CONCERNED, COUNTED, LOST
from echelon_desktop.solver.deltas.reseat import reseat
from echelon_desktop.solver.deltas.ties import Ties
from echelon_desktop.solver.deltas.weigh import LEAST, MAKE, UNDO, weigh
from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.problem import OF_SECTIONS, GoalKind, Problem, Solution
from echelon_desktop.solver.search import jit

ROW_S = 0.9
"""For the exact figures of all places of a section."""

_SEPARABLE = {GoalKind.UNMET, GoalKind.ALTERNATES, GoalKind.CHANGES}
"""What each student's seats cost apart from everybody else's."""


@dataclass(frozen=True, slots=True)
class Move:
    """
    A move and what it would cost.

    Parameters
    ----------
    choices
        Section → choice that it would take, the section asked about first; more than one where a stack moves
        or a section in the way takes the place that becomes free.
    seats
        Request → section it would have instead (-1 none), for each request whose seat would be another.
    unmet
        Change in the number of unmet requests, negative for the better.
    levels
        Change of every level of ``problem.levels()``.
    students
        How many students would change a seat.
    exact
        Figures of so many levels, from the first on, are exact (docs/glossary.md); the rest are estimates.
    """

    choices: Mapping[int, int]
    seats: Mapping[int, int]
    unmet: int
    levels: tuple[int, ...]
    students: int
    exact: int = 0


def after(solution: Solution, move: Move) -> Solution:
    """The schedule after a move."""
    return placed(solution, move.choices, move.seats)


def placed(solution: Solution, choices: Mapping[int, int], seats: Mapping[int, int]) -> Solution:
    """A schedule with other choices for some sections and other seats for some requests."""
    choice, seat = solution.choice.copy(), solution.seat.copy()
    choice[list(choices)] = list(choices.values())
    seat[list(seats)] = list(seats.values())
    return Solution(choice, seat)


class Deltas:
    """
    Answers what moves of sections would cost, all about one schedule.

    Parameters
    ----------
    problem, solution
        The situation.
    warmup
        Says when compiled kernels can be had. Until then they run interpreted, with the same answers.
    """

    def __init__(self, problem: Problem, solution: Solution, warmup: jit.Warmup) -> None:
        self.problem, self.solution = problem, solution
        desk = lay_out(problem, solution)
        self._at, self._tier_levels = desk.at, desk.tier_levels
        self._record = jit.record(desk.at)
        self._data: Any = desk.data.tolist()
        self._warmup, self._compiled = warmup, False
        self._ties = Ties(problem)
        self._choices: list[int] = solution.choice.tolist()
        levels = problem.levels()
        self._lacking: list[bool] = (solution.seat < 0).tolist()
        self._student: list[int] = problem.request_student.tolist()
        self._wanted = max((i for i, level in enumerate(levels, 1) if level.rank is not None), default=0)
        self._before = level_values(problem, solution)
        self._lost: int = self._data[LOST]
        self._uncounted = [
            (i, problem.goals[g], goal_count(problem, problem.goals[g], solution))
            for i, goals in enumerate([_hard(problem), *(level.goals for level in levels)])
            for g in goals
            if problem.goals[g].kind not in COUNTED
        ]

    def moves(self, section: int) -> Iterator[Move]:
        """
        Every place a section could take, itself or by swapping with the sections in the way; estimates.

        Places where neither is possible are left out, and so is the one where it stands.
        """
        for changes in self._rows(section):
            self._make(changes)
            move = self._made(changes)
            self._call(UNDO, 0)
            if move is not None:
                yield move

    def exact(self, section: int, seconds: float = ROW_S) -> Iterator[Move]:
        """
        The same places with exact figures, as far as they can be had in the time; the rest are left out.

        First those for which the estimate is proven by what each student concerned can have at best, then
        those that take CP-SAT.
        """
        import ortools.sat.python.cp_model  # noqa: F401  # takes a second the first time, which is not the row's

        began = time.monotonic()
        open_rows: list[tuple[dict[int, int], Move | None, tuple[int, ...]]] = []
        for changes in self._rows(section):
            self._make(changes)
            move = self._made(changes)
            students = tuple(self._part(self._at.concerned, int(self._data[CONCERNED])))
            proven = self._proven(move) if move is not None else 0
            self._call(UNDO, 0)
            if move is not None and proven >= self._wanted:
                yield replace(move, exact=proven)
            else:
                open_rows.append((changes, move, students))
        for i, (changes, move, students) in enumerate(open_rows):
            left = seconds - (time.monotonic() - began)
            if left <= 0:
                return
            better = self._reseated(changes, move, students, left / (len(open_rows) - i))
            if better is not None:
                yield better

    def _rows(self, section: int) -> Iterator[dict[int, int]]:
        for choice in self.problem.choices_of(section):
            if choice != self._choices[section]:
                changes = self._ties.swapped(self._choices, section, choice)
                if changes is not None:
                    yield changes

    def _proven(self, move: Move) -> int:
        """How many levels of the move that was just made no seating of the students concerned betters."""
        at = self._at
        values = self._part(at.value, at.n_levels)
        complete = self._call(LEAST, 0)
        bounds = self._part(at.bound, at.n_levels)
        proven = 0
        for i, level in enumerate(self.problem.levels(), 1):
            kinds = {self.problem.goals[g].kind for g in level.goals}
            if not kinds <= OF_SECTIONS:
                separable = complete and i in self._tier_levels and kinds <= _SEPARABLE | OF_SECTIONS
                if not separable or values[i] > bounds[i]:
                    break
            proven = i
        return proven

    def _reseated(
        self, changes: Mapping[int, int], estimate: Move | None, students: Sequence[int], seconds: float
    ) -> Move | None:
        """A move with the best seats there are for the students concerned; None when nothing is proven."""
        standing = placed(self.solution, changes, {})
        seats = estimate.seats if estimate is not None else {}
        hint = None
        if estimate is not None:
            mine = np.flatnonzero(np.isin(self.problem.request_student, students)).tolist()
            hint = {r: seats.get(r, int(self.solution.seat[r])) for r in mine}
        seats_now = reseat(self.problem, standing, students, hint, wanted=self._wanted, seconds=seconds)
        if seats_now is None:
            return None
        changed = {r: s for r, s in seats_now.items() if s != self.solution.seat[r]}
        values = level_values(self.problem, placed(self.solution, changes, changed))
        levels = tuple(b - a for a, b in zip(self._before, values, strict=True))
        if estimate is not None and estimate.levels <= levels:
            return replace(estimate, exact=self._wanted)
        return replace(self._move(changes, changed, levels), exact=self._wanted)

    def _make(self, changes: Mapping[int, int]) -> None:
        for i, (section, choice) in enumerate(changes.items()):
            self._data[self._at.moving + 2 * i] = section
            self._data[self._at.moving + 2 * i + 1] = choice
        self._call(MAKE, len(changes))

    def _made(self, changes: Mapping[int, int]) -> Move | None:
        """
        The move that was just made; None when it breaks more that is hard than is broken now.

        A section may leave the board whatever that breaks: what is not whole is there to be completed.
        """
        leaves = self.problem.choice_mask[next(iter(changes.values()))] == 0
        if self._data[LOST] > self._lost and not leaves:
            return None
        seat = self._at.seat
        seats = {r: int(self._data[seat + r]) for r in self._part(self._at.changed, int(self._data[CHANGED]))}
        values = self._part(self._at.value, self._at.n_levels)
        before = self._part(self._at.value_before, self._at.n_levels)
        if self._uncounted:
            whole = placed(self.solution, changes, seats)
            for level, goal, count in self._uncounted:
                values[level] += goal.weight * goal_count(self.problem, goal, whole)
                before[level] += goal.weight * count
        if values[0] > before[0] and not leaves:
            return None
        levels = tuple(b - a for a, b in zip(before[1:], values[1:], strict=True))
        return self._move(changes, seats, levels)

    def _move(self, changes: Mapping[int, int], seats: Mapping[int, int], levels: tuple[int, ...]) -> Move:
        unmet = sum((s < 0) - self._lacking[r] for r, s in seats.items())
        return Move(dict(changes), dict(seats), unmet, levels, len({self._student[r] for r in seats}))

    def _part(self, first: int, n: int) -> list[int]:
        part: Any = self._data[first : first + n]
        return list(part if isinstance(part, list) else part.tolist())

    def _call(self, job: int, n: int) -> int:
        """Call the kernel at the best speed there is."""
        if not self._compiled and self._warmup.ready(weigh):
            self._compiled, self._data = True, np.array(self._data, np.int64)
        if self._compiled:
            return int(jit.compiled(weigh)(self._record, self._data, job, n))
        return weigh(self._at, self._data, job, n)


def _hard(problem: Problem) -> tuple[int, ...]:
    """Numbers of the goals that must cost nothing."""
    return tuple(g for g, goal in enumerate(problem.goals) if goal.level == 0)


def warmup() -> jit.Warmup:
    """Start compiling the kernels, or reading them from the cache, by a call on the smallest problem."""
    school = School(
        periods=[e.Period("1")],
        courses=[e.Course("A")],
        sections=[e.Section("A1", "A", seats=1)],
        students=[e.Student("P")],
        requests=[e.RequestList("P", (e.CourseRequest("A"),))],
    )
    problem, _ = compile_school(school, preset_rules(STANDARD))
    nothing = np.zeros(1, np.int32)
    desk = lay_out(problem, Solution(nothing, nothing))
    record, data = jit.record(desk.at), desk.data.copy()
    return jit.Warmup({weigh: lambda: jit.compiled(weigh)(record, data, UNDO, 0)})
