"""
What moving a section would cost, estimated: students concerned are re-seated one at a time.

Concerned are the students in moved sections whom the move makes clash, and those with an unmet request for a
moved course. Each is given the best seating of his own requests that the seats left by all others allow; no
other student moves. The true optimum over the students concerned can only be better, so the change in unmet
requests is an estimate from above (docs/glossary.md, "estimate").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.problem import NO_LIMIT, Problem, Solution

MOST_NODES = 3000  # of the search for one student's seating; the best so far is taken then


@dataclass(frozen=True, slots=True)
class Move:
    """
    A move and what it would cost.

    Parameters
    ----------
    choices
        Section → choice that it would take, the section asked about first; more than one where a stack moves
        or a section in the way takes the place that becomes free.
    unmet
        Change in the number of unmet requests (≈), negative for the better.
    levels
        Change of every level of ``problem.levels()``.
    students
        How many students would change a seat.
    solution
        The schedule after the move.
    """

    choices: Mapping[int, int]
    unmet: int
    levels: tuple[int, ...]
    students: int
    solution: Solution


def moves_of(problem: Problem, solution: Solution, section: int) -> Iterator[Move]:
    """
    Every place a section could take, itself or by swapping with the sections in the way.

    Places where neither is possible are left out, and so is the one where it stands.
    """
    before = level_values(problem, solution)
    for choice in range(problem.choice_start[section], problem.choice_start[section + 1]):
        if choice == solution.choice[section]:
            continue
        choices = swapped(problem, solution, section, choice)
        if choices is None:
            continue
        after = moved(problem, solution, choices)
        if not _breaks_something(problem, after):
            yield _move(problem, solution, choices, before, after)


def swapped(problem: Problem, solution: Solution, section: int, choice: int) -> dict[int, int] | None:
    """
    Choices to change so that ``section`` takes ``choice``: its stack along with it, and the sections in the
    way to where it comes from. None when that breaks something hard.
    """
    changes = _with_ties(problem, solution, section, choice)
    if changes is None:
        return None
    left = int(problem.choice_mask[solution.choice[section]])
    for other in sorted(_in_the_way(problem, solution, changes) - changes.keys()):
        room = [
            k
            for k in range(problem.choice_start[other], problem.choice_start[other + 1])
            if problem.choice_mask[k] == left
        ]
        more = _with_ties(problem, solution, other, room[0]) if room else None
        if more is None or any(changes.get(s, k) != k for s, k in more.items()):
            return None
        changes |= more
    return None if _in_the_way(problem, solution, changes) or _broken(problem, solution, changes) else changes


def moved(problem: Problem, solution: Solution, choices: Mapping[int, int]) -> Solution:
    """The schedule after sections take other choices, with the students concerned re-seated."""
    return _Reseating(problem, solution, choices).run()


def _breaks_something(problem: Problem, solution: Solution) -> bool:
    """Whether a goal that must cost nothing costs something, or a pinned seat is lost."""
    lost = (problem.request_pin >= 0) & (solution.seat != problem.request_pin)
    hard = (goal for goal in problem.goals if goal.level == 0)
    return bool(lost.any()) or any(goal_count(problem, goal, solution) > 0 for goal in hard)


def _move(
    problem: Problem,
    solution: Solution,
    choices: Mapping[int, int],
    before: tuple[int, ...],
    after: Solution,
) -> Move:
    changes = tuple(b - a for a, b in zip(before, level_values(problem, after), strict=True))
    unmet = int((after.seat < 0).sum() - (solution.seat < 0).sum())
    students = len(np.unique(problem.request_student[after.seat != solution.seat]))
    return Move(dict(choices), unmet, changes, students, after)


def _with_ties(problem: Problem, solution: Solution, section: int, choice: int) -> dict[int, int] | None:
    """A choice, and those that pair tables then force on others where they now do not fit."""
    changes = {section: choice}
    queue = [section]
    while queue:
        moving = queue.pop()
        for table in problem.pair_tables:
            if moving not in {table.a, table.b}:
                continue
            mine, other = (0, table.b) if moving == table.a else (1, table.a)
            fitting = table.pairs[table.pairs[:, mine] == changes[moving]][:, 1 - mine]
            now = changes.get(other, int(solution.choice[other]))
            if now in fitting:
                continue
            if not len(fitting) or other in changes:
                return None
            changes[other] = int(fitting[0])
            queue.append(other)
    return changes


def _mask(problem: Problem, solution: Solution, changes: Mapping[int, int], section: int) -> int:
    return int(problem.choice_mask[changes.get(section, int(solution.choice[section]))])


def _in_the_way(problem: Problem, solution: Solution, changes: Mapping[int, int]) -> set[int]:
    """Sections that meet at the same time as a moved one and must not."""
    found = set()
    for group in problem.exclusive:
        members = group.tolist()
        for section in changes.keys() & set(members):
            mask = _mask(problem, solution, changes, section)
            found |= {
                other
                for other in members
                if other != section and _mask(problem, solution, changes, other) & mask
            }
    return found


def _broken(problem: Problem, solution: Solution, changes: Mapping[int, int]) -> bool:
    """Whether moved sections clash or a pair table forbids the combination."""
    for table in problem.pair_tables:
        if table.a in changes or table.b in changes:
            pair = [changes.get(s, int(solution.choice[s])) for s in (table.a, table.b)]
            if not (table.pairs == pair).all(axis=1).any():
                return True
    return False


class _Reseating:
    def __init__(self, problem: Problem, solution: Solution, choices: Mapping[int, int]) -> None:
        self.problem = problem
        self.choice = solution.choice.copy()
        for section, choice in choices.items():
            self.choice[section] = choice
        self.seat = solution.seat.copy()
        self.masks = [int(m) for m in problem.choice_mask[self.choice]]
        self.moving = set(choices)
        self.courses = {int(problem.section_course[s]) for s in self.moving}
        self.load: list[int] = np.bincount(self.seat[self.seat >= 0], minlength=problem.n_sections).tolist()
        special = self.seat[(self.seat >= 0) & problem.student_sped[problem.request_student]]
        self.sped: list[int] = np.bincount(special, minlength=problem.n_sections).tolist()
        self.stack_of: dict[int, int] = {}
        for number, members in enumerate(problem.capacity_sections):
            self.stack_of.update(dict.fromkeys(members.tolist(), number))
        self.linked: dict[int, list[set[int]]] = {}
        for members in problem.same_students:
            for section in members.tolist():
                self.linked.setdefault(section, []).append(set(members.tolist()))

    def run(self) -> Solution:
        requests = self.requests_in_question()
        self.sections = self.problem.course_sections()
        for student in self.concerned(requests):
            self.reseat(student, requests[student])
        return Solution(self.choice, self.seat)

    def requests_in_question(self) -> dict[int, list[int]]:
        """All requests of each student who sits in a moved section or lacks one of a moved course."""
        student_of = self.problem.request_student
        in_moved = np.isin(self.seat, list(self.moving))
        lacking = [r for r in np.flatnonzero(self.seat < 0).tolist() if self.hopes(r)]
        asked = [*np.flatnonzero(in_moved).tolist(), *lacking]
        students = np.unique(student_of[asked])
        requests: dict[int, list[int]] = {}
        for r in np.flatnonzero(np.isin(student_of, students)).tolist():
            requests.setdefault(int(student_of[r]), []).append(r)
        return requests

    def hopes(self, request: int) -> bool:
        """Whether a section of a moved course would meet a request."""
        return not self.courses.isdisjoint(self.problem.options[request].tolist())

    def concerned(self, requests: Mapping[int, list[int]]) -> list[int]:
        clashing, hoping = [], []
        for student, own in requests.items():
            held = [int(self.seat[r]) for r in own if self.seat[r] >= 0]
            if not self.moving.isdisjoint(held) and not self.compatible(student, held):
                clashing.append(student)
            elif any(self.seat[r] < 0 and self.hopes(r) for r in own):
                hoping.append(student)
        # Seats that clash are given up before anybody is re-seated, or the order of students would decide.
        for student in clashing:
            for r in requests[student]:
                if self.seat[r] in self.moving:
                    self.leave(student, r)
        return clashing + hoping

    def compatible(self, student: int, held: list[int]) -> bool:
        taken = int(self.problem.student_blocked[student])
        for section in held:
            if taken & self.masks[section]:
                return False
            taken |= self.masks[section]
        return True

    def leave(self, student: int, request: int) -> None:
        section = int(self.seat[request])
        if section >= 0:
            self.load[section] -= 1
            self.sped[section] -= bool(self.problem.student_sped[student])
            self.seat[request] = -1

    def reseat(self, student: int, own: list[int]) -> None:
        before = {r: int(self.seat[r]) for r in own}
        for r in own:
            self.leave(student, r)
        options = {r: self.free(student, r, before[r]) for r in own}
        best = _Seating(self, own, options, before).best(int(self.problem.student_blocked[student]))
        for r, section in best.items():
            self.seat[r] = section
            self.load[section] += 1
            self.sped[section] += bool(self.problem.student_sped[student])

    def free(self, student: int, request: int, held: int) -> list[int]:
        """Sections with a seat for a request: the one held first, then one for each time, the emptiest."""
        problem = self.problem
        pin = int(problem.request_pin[request])
        by_time: dict[tuple[int, int], int] = {}
        for course in problem.options[request].tolist():
            for section in self.sections[course]:
                if pin not in {-1, section} or not self.has_seat(student, section):
                    continue
                time = (course, self.masks[section] if section not in self.linked else -1 - section)
                rival = by_time.get(time)
                if (
                    rival is None
                    or section == held
                    or (rival != held and self.load[section] < self.load[rival])
                ):
                    by_time[time] = section
        return sorted(by_time.values(), key=lambda s: s != held)

    def has_seat(self, student: int, section: int) -> bool:
        problem = self.problem
        full = self.load[section] >= int(problem.section_seats[section])
        if full or not problem.may_sit(student, section):
            return False
        limit = int(problem.section_sped[section])
        if problem.student_sped[student] and limit != NO_LIMIT and self.sped[section] >= limit:
            return False
        stack = self.stack_of.get(section)
        if stack is None:
            return True
        taken: int = sum(self.load[s] for s in problem.capacity_sections[stack].tolist())
        return taken < int(problem.capacity_seats[stack])


class _Seating:
    """The best seating of one student: most requests met, rank by rank, then fewest seats changed."""

    def __init__(
        self,
        around: _Reseating,
        requests: list[int],
        options: Mapping[int, list[int]],
        before: Mapping[int, int],
    ) -> None:
        self.problem, self.masks, self.linked = around.problem, around.masks, around.linked
        self.options, self.before = options, before
        self.order = sorted(requests, key=lambda r: (len(options[r]), r))
        self.nodes = 0
        self.found: dict[int, int] = {}
        self.score: tuple[int, ...] | None = None

    def best(self, blocked: int) -> dict[int, int]:
        self.extend(0, blocked, {}, (0, 0, 0, 0, 0))
        return self.found

    def extend(self, at: int, taken: int, chosen: dict[int, int], cost: tuple[int, ...]) -> None:
        self.nodes += 1
        if self.score is not None and (cost >= self.score or self.nodes > MOST_NODES):
            return
        if at == len(self.order):
            self.found, self.score = dict(chosen), cost
            return
        r = self.order[at]
        for section in self.options[r]:
            if taken & self.masks[section] or not self.allowed(section, chosen):
                continue
            course = int(self.problem.section_course[section])
            choices = self.problem.options[r].tolist()
            start = int(self.problem.options.start[r])
            alternate = int(self.problem.option_cost[start + choices.index(course)])
            chosen[r] = section
            self.extend(
                at + 1,
                taken | self.masks[section],
                chosen,
                _plus(cost, alternates=alternate, changed=section != self.before[r]),
            )
            del chosen[r]
        self.extend(at + 1, taken, chosen, _plus(cost, rank=int(self.problem.request_rank[r])))

    def allowed(self, section: int, chosen: Mapping[int, int]) -> bool:
        """Whether a student who holds the chosen sections may take this one: courses once, links kept."""
        courses = self.problem.section_course
        for held in chosen.values():
            if int(courses[held]) == int(courses[section]):
                return False
            for one, other in ((held, section), (section, held)):
                for link in self.linked.get(one, ()):
                    if other not in link and courses[other] in courses[list(link)]:
                        return False
        return True


def _plus(
    cost: tuple[int, ...], rank: int | None = None, alternates: int = 0, changed: bool = False
) -> tuple[int, ...]:
    unmet = [n + (rank == i) for i, n in enumerate(cost[:3])]
    return (*unmet, cost[3] + alternates, cost[4] + changed)
