"""
The students concerned by a move, seated as well as can be while all others keep their seats: CP-SAT.

The sections' places are given, so that the model is small: one Boolean for each request of these students and
each section with a seat left for them. Levels are minimised in their order, each then fixed.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import NO_LIMIT, OF_SECTIONS, Goal, GoalKind, Level, Problem, Solution

FEW_CHANGES_S = 0.1
"""For as few other seats as can be, once the levels wanted are proven."""


def reseat(
    problem: Problem,
    standing: Solution,
    students: Iterable[int],
    hint: Mapping[int, int] | None,
    *,
    wanted: int,
    seconds: float,
) -> dict[int, int] | None:
    """
    Seat students anew, at the least cost there is.

    Parameters
    ----------
    problem
        Any problem.
    standing
        Where sections stand, and the seats of everybody else.
    students
        Who is seated anew.
    hint
        A seating of theirs that is known, request → section or -1.
    wanted
        So many levels from the first on are to be proven; those after them are not looked at.
    seconds
        Time limit, of wall time.

    Returns
    -------
    dict or None
        Request → section or -1, for every request of these students: no seating of theirs costs less at the
        levels wanted. None when they cannot be seated under the hard rules, or nothing was proven in time.
    """
    return _Reseating(problem, standing, students).run(hint, wanted, seconds)


class _Reseating:
    def __init__(self, problem: Problem, standing: Solution, students: Iterable[int]) -> None:
        from ortools.sat.python import cp_model

        self.cp, self.model = cp_model, cp_model.CpModel()
        self.problem = problem
        self.mask: list[int] = problem.choice_mask[standing.choice].tolist()
        self.own: dict[int, list[int]] = {n: [] for n in students}
        for r in np.flatnonzero(np.isin(problem.request_student, list(self.own))).tolist():
            self.own[int(problem.request_student[r])].append(r)
        mine = [r for requests in self.own.values() for r in requests]
        others = standing.seat.copy()
        self.before = {r: int(others[r]) for r in mine}
        others[mine] = -1
        self.load = np.bincount(others[others >= 0], minlength=problem.n_sections)
        sped = problem.student_sped[problem.request_student] & (others >= 0)
        self.sped = np.bincount(others[sped], minlength=problem.n_sections)
        self.sections = problem.course_sections()
        self.seat: dict[int, dict[int, Any]] = {r: {} for r in mine}
        self.holders: dict[int, list[int]] = {}
        for student, requests in self.own.items():
            self._student(student, requests)
        self._limits()

    def run(self, hint: Mapping[int, int] | None, wanted: int, seconds: float) -> dict[int, int] | None:
        ended = time.monotonic() + seconds
        for goal in self.problem.goals:
            if goal.level == 0 and goal.kind not in OF_SECTIONS:
                cost = self._cost(goal, None)
                if cost is None:
                    return None
                self.model.add(cost == 0)
        found = dict(hint) if hint is not None else None
        for level in self.problem.levels()[:wanted]:
            total = self._level(level)
            if total is None:
                return None
            if isinstance(total, int):
                continue
            found, status = self._minimise(total, found, ended - time.monotonic())
            if status != self.cp.OPTIMAL:
                return None
        changes = self._changes(self.before)
        if found is not None and not isinstance(changes, int):
            found, _ = self._minimise(changes, found, min(FEW_CHANGES_S, ended - time.monotonic()))
        return found

    def _changes(self, seats: Any) -> Any:
        """How many of these students' seats are other than given, by request; what was none, may be one."""
        stays = (self.seat[r].get(int(seats[r])) for r in self.seat if seats[r] >= 0)
        return sum(1 - x for x in stays if x is not None)

    def _level(self, level: Level) -> Any:
        """What a level costs for these students, but for a constant; None when that is not expressed here."""
        total: Any = 0
        for g in level.goals:
            goal = self.problem.goals[g]
            if goal.kind not in OF_SECTIONS:
                cost = self._cost(goal, level.rank)
                if cost is None:
                    return None
                total = total + goal.weight * cost
        return total

    def _minimise(
        self, total: Any, known: dict[int, int] | None, seconds: float
    ) -> tuple[dict[int, int] | None, Any]:
        """Minimise, and fix what was reached; the seats found, or those known where nothing was."""
        from echelon_desktop.solver.cpsat.run import new_solver

        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for r, section in (known or {}).items():
            for s, x in self.seat[r].items():
                self.model.add_hint(x, s == section)
        self.model.minimize(total)
        solver = new_solver()
        # Where sections stand is given, and the linear relaxation all but integral: it alone closes the gap.
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.random_seed = 1
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
        status = solver.solve(self.model)
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return known, status
        self.model.add(total <= round(solver.objective_value))
        seats = {
            r: next((s for s, x in seats.items() if solver.boolean_value(x)), -1)
            for r, seats in self.seat.items()
        }
        return seats, status

    def _student(self, student: int, requests: Sequence[int]) -> None:
        """A student's seats: one a slot, one a request, a course once, linked sections together."""
        problem = self.problem
        blocked = int(problem.student_blocked[student])
        at: dict[int, list[Any]] = {}
        of_course: dict[int, list[Any]] = {}
        for r in requests:
            pin = int(problem.request_pin[r])
            for s in (s for c in problem.options[r].tolist() for s in self.sections[c]):
                if pin not in {-1, s} or self.mask[s] & blocked or not self._open(student, s):
                    continue
                x = self.model.new_bool_var("")
                self.seat[r][s] = x
                self.holders.setdefault(s, []).append(r)
                of_course.setdefault(int(problem.section_course[s]), []).append((s, x))
                for slot in range(problem.n_slots):
                    if self.mask[s] >> slot & 1:
                        at.setdefault(slot, []).append(x)
            if pin >= 0:
                self.model.add_exactly_one(self.seat[r].values())
            else:
                self.model.add_at_most_one(self.seat[r].values())
        for seats in at.values():
            self.model.add_at_most_one(seats)
        for held in of_course.values():
            self.model.add_at_most_one(x for _, x in held)
        for link in problem.same_students:
            members = set(link.tolist())
            courses = {int(problem.section_course[s]) for s in members}
            held = [(s, x) for c in courses for s, x in of_course.get(c, [])]
            for s, x in held:
                for other, y in held:
                    if s in members and other not in members:
                        self.model.add_at_most_one(x, y)

    def _open(self, student: int, section: int) -> bool:
        problem = self.problem
        full = self.load[section] >= problem.section_seats[section]
        barred = problem.student_sped[student] and self.sped[section] >= problem.section_sped[section]
        nowhere = self.mask[section] == 0
        return not (full or barred or nowhere) and problem.may_sit(student, section)

    def _limits(self) -> None:
        problem = self.problem
        for s, requests in self.holders.items():
            left = int(problem.section_seats[s] - self.load[s])
            if len(requests) > left:
                self.model.add(sum(self.seat[r][s] for r in requests) <= left)
            limit = int(problem.section_sped[s])
            special = [r for r in requests if problem.student_sped[problem.request_student[r]]]
            if limit != NO_LIMIT and len(special) > limit - self.sped[s]:
                self.model.add(sum(self.seat[r][s] for r in special) <= limit - int(self.sped[s]))
        for members, seats in zip(problem.capacity_sections, problem.capacity_seats, strict=True):
            inside = [self.seat[r][s] for s in members.tolist() for r in self.holders.get(s, ())]
            if inside:
                self.model.add(sum(inside) <= int(seats - self.load[members].sum()))

    def _cost(self, goal: Goal, rank: int | None) -> Any:
        """What a goal costs for these students, but for a constant; None for one not expressed here."""
        express: dict[GoalKind, Callable[[], Any]] = {
            GoalKind.UNMET: lambda: self._unmet(rank),
            GoalKind.ALTERNATES: self._alternates,
            GoalKind.BALANCE: lambda: self._spread(self.load, lambda r: True),
            GoalKind.SPED_BALANCE: lambda: self._spread(self.sped, self._is_sped),
            GoalKind.FREE: lambda: self._free(goal),
            GoalKind.CHANGES: lambda: self._changes(goal.limits),
        }
        return express[goal.kind]() if goal.kind in express else None

    def _is_sped(self, request: int) -> bool:
        return bool(self.problem.student_sped[self.problem.request_student[request]])

    def _unmet(self, rank: int | None) -> Any:
        ranks = self.problem.request_rank
        mine = {r: seats for r, seats in self.seat.items() if rank is None or ranks[r] == rank}
        return len(mine) - sum(x for seats in mine.values() for x in seats.values())

    def _alternates(self) -> Any:
        problem, terms = self.problem, []
        for r, seats in self.seat.items():
            options = problem.options[r].tolist()
            for s, x in seats.items():
                option = options.index(int(problem.section_course[s]))
                terms.append(int(problem.option_cost[problem.options.start[r] + option]) * x)
        return sum(terms)

    def _spread(self, load: Any, counts: Callable[[int], bool]) -> Any:
        """Largest minus smallest section, over the courses where these students can make a difference."""
        courses = {int(self.problem.section_course[s]) for s in self.holders}
        total: list[Any] = []
        for course in sorted(courses):
            sections = self.sections[course]
            if len(sections) < 2:
                continue
            most = self.model.new_int_var(0, self.problem.n_requests, "")
            least = self.model.new_int_var(0, self.problem.n_requests, "")
            for s in sections:
                size = int(load[s]) + sum(self.seat[r][s] for r in self.holders.get(s, ()) if counts(r))
                self.model.add(most >= size)
                self.model.add(least <= size)
            total.append(most - least)
        return sum(total)

    def _free(self, goal: Goal) -> Any:
        terms, limit, total = term_masks(self.problem), int(goal.limits[0]), []
        for student in sorted(set(goal.groups.items.tolist()) & self.own.keys()):
            blocked = int(self.problem.student_blocked[student])
            for term in terms:
                taken = sum(
                    (self.mask[s] & term).bit_count() * x
                    for r in self.own[student]
                    for s, x in self.seat[r].items()
                )
                excess = self.model.new_int_var(0, self.problem.n_slots, "")
                self.model.add(excess >= (term & ~blocked).bit_count() - limit - taken)
                total.append(excess)
        return sum(total)
