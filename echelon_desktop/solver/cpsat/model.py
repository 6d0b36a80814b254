"""
The hard rules of a problem as a CP-SAT model.

Variables are the choice of each section and, for each class of students, request, pool of sections and mask
of slots, how many of the class hold a seat of that pool in those slots. A student's section is not a
variable: with sections standing, all of a pool that share their slots are alike. Where sizes of single
sections matter (a stack's shared seats, even sizes), a pool's students are split into counts per section.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.solver.cpsat.classes import StudentClass, student_classes
from echelon_desktop.solver.cpsat.pools import Pool, section_pools
from echelon_desktop.solver.cpsat.seating import Count, deal, fill
from echelon_desktop.solver.problem import Problem, Solution

Linear: TypeAlias = cp_model.LinearExpr | int


def total(terms: Iterable[Linear]) -> Linear:
    """Sum of expressions, 0 when there are none."""
    return cp_model.LinearExpr.sum(list(terms))


@dataclass(frozen=True, slots=True)
class Place:
    """
    A seat that students of a class may hold for one of their requests.

    Parameters
    ----------
    group
        Number of the class.
    row
        Row of the request in the class.
    pool, mask
        Where and when.
    course
        Course of the pool.
    cost
        What it costs as an alternate.
    count
        Variable: how many of the class hold it.
    """

    group: int
    row: int
    pool: int
    mask: int
    course: int
    cost: int
    count: cp_model.IntVar


@dataclass(frozen=True, slots=True)
class Share:
    """Variables: how many students, and how many SPED among them, a section has when it takes a choice."""

    section: int
    choice: int
    size: cp_model.IntVar
    sped: cp_model.IntVar | None


class SchoolModel:
    """
    A CP-SAT model of sections, seats and hard rules; goals are added by ``costs``.

    Attributes
    ----------
    model
        The model.
    taken
        Variable of each choice: whether its section takes it.
    places
        Seats that may be held.
    shares
        By (pool, mask): counts per section, for pools that were split.
    """

    def __init__(self, problem: Problem, merge: bool = True) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.classes: list[StudentClass] = student_classes(problem, merge)
        self.pools: list[Pool] = section_pools(problem)
        self.taken = [self.model.new_bool_var("") for _ in problem.choice_mask]
        self.places: list[Place] = []
        self.at_seat: dict[tuple[int, int], list[Place]] = {}  # by (pool, mask)
        self.of_class: list[list[Place]] = [[] for _ in self.classes]
        self.shares: dict[tuple[int, int], list[Share]] = {}
        self.pool_of = {s: p for p, pool in enumerate(self.pools) for s in pool.sections}
        self._post_sections()
        for group in range(len(self.classes)):
            self._add_places(group)
            self._post_class(group)
        self._post_seats()
        self._post_stacks()

    def _post_sections(self) -> None:
        problem, model = self.problem, self.model
        for s in range(problem.n_sections):
            model.add_exactly_one(self.taken[k] for k in problem.choices_of(s))
        for sections in problem.exclusive:
            at_slot: dict[tuple[int, ...], None] = {}
            for slot in range(problem.n_slots):
                meeting = (k for s in sections for k in self.meeting(int(s), 1 << slot))
                at_slot[tuple(meeting)] = None
            for choices in at_slot:
                model.add_at_most_one(self.taken[k] for k in choices)
        for table in problem.pair_tables:
            for side, section in ((0, table.a), (1, table.b)):
                for k in problem.choices_of(section):
                    partners = table.pairs[table.pairs[:, side] == k, 1 - side]
                    model.add_bool_or([self.taken[k].negated(), *(self.taken[j] for j in partners)])

    def meeting(self, section: int, slots: int) -> Iterator[int]:
        """Choices that make the section meet in some of these slots."""
        return (k for k in self.problem.choices_of(section) if int(self.problem.choice_mask[k]) & slots)

    def _add_places(self, group: int) -> None:
        problem, members = self.problem, self.classes[group]
        student, by_course = int(members.students[0]), self._pools_of_course
        blocked = int(problem.student_blocked[student])
        for row, request in enumerate(members.requests[:, 0]):
            start = problem.options.start[request]
            pin = int(problem.request_pin[request])
            for i, course in enumerate(problem.options[request]):
                for p in by_course.get(int(course), ()):
                    pool = self.pools[p]
                    if pool.audience >= 0 and not problem.audience[pool.audience, student]:
                        continue
                    if pin >= 0 and self.pool_of[pin] != p:
                        continue
                    for mask in pool.at:
                        if mask & blocked:
                            continue
                        count = self.model.new_int_var(0, members.size, "")
                        cost = int(problem.option_cost[start + i])
                        place = Place(group, row, p, mask, int(course), cost, count)
                        self.places.append(place)
                        self.of_class[group].append(place)
                        self.at_seat.setdefault((p, mask), []).append(place)

    @property
    def _pools_of_course(self) -> dict[int, list[int]]:
        by_course: dict[int, list[int]] = {}
        for p, pool in enumerate(self.pools):
            by_course.setdefault(pool.course, []).append(p)
        return by_course

    def _post_class(self, group: int) -> None:
        members, places = self.classes[group], self.of_class[group]
        for row, request in enumerate(members.requests[:, 0]):
            held = [place.count for place in places if place.row == row]
            self._at_most(held, members.size)
            if self.problem.request_pin[request] >= 0:
                self.model.add(total(held) == members.size)
        # Slots in which the same seats meet (the terms of a course that lasts all year) are one constraint.
        sets: dict[tuple[int, ...], None] = {}
        for slot in range(self.problem.n_slots):
            sets[tuple(i for i, place in enumerate(places) if place.mask >> slot & 1)] = None
        for course in dict.fromkeys(place.course for place in places):
            sets[tuple(i for i, place in enumerate(places) if place.course == course)] = None
        for chosen in sets:
            if len({places[i].row for i in chosen}) > 1:
                self._at_most([places[i].count for i in chosen], members.size)
        for linked in self.problem.same_students:
            self._keep_together([int(s) for s in linked], places)

    def _at_most(self, counts: list[cp_model.IntVar], most: int) -> None:
        if most == 1:
            self.model.add_at_most_one(counts)
        elif counts:
            self.model.add(total(counts) <= most)

    def _keep_together(self, linked: list[int], places: list[Place]) -> None:
        """A student in one of the linked sections holds no other section of another's course."""
        pools = {self.pool_of[s] for s in linked}
        for course in {int(self.problem.section_course[s]) for s in linked}:
            outside = [x.count for x in places if x.course == course and x.pool not in pools]
            for p in pools if outside else ():
                if self.pools[p].course != course:
                    inside = [x.count for x in places if x.pool == p]
                    self.model.add(total(inside) + total(outside) <= 1)

    def _post_seats(self) -> None:
        problem = self.problem
        for (p, mask), places in self.at_seat.items():
            choices = self.pools[p].at[mask]
            held = total(x.count for x in places)
            self.model.add(held <= total(int(problem.section_seats[s]) * self.taken[k] for s, k in choices))
            disabled = [x for x in places if self._is_sped(x)]
            if self._sped_matters(p) and disabled:
                limits = np.minimum(problem.section_sped, problem.section_seats)
                self.model.add(
                    total(x.count for x in disabled)
                    <= total(int(limits[s]) * self.taken[k] for s, k in choices)
                )

    def _is_sped(self, place: Place) -> bool:
        return bool(self.problem.student_sped[self.classes[place.group].students[0]])

    def _sped_matters(self, pool: int) -> bool:
        """Whether a SPED limit of the pool is below its section's seats."""
        problem, sections = self.problem, list(self.pools[pool].sections)
        return bool((problem.section_sped[sections] < problem.section_seats[sections]).any())

    def _post_stacks(self) -> None:
        for stack, seats in zip(self.problem.capacity_sections, self.problem.capacity_seats, strict=True):
            self.model.add(total(self.size(int(s)) for s in stack) <= int(seats))

    def size(self, section: int) -> Linear:
        """Number of students in a section; splits its pool the first time."""
        p = self.pool_of[section]
        pool = self.pools[p]
        if len(pool.sections) == 1:
            return total(x.count for mask in pool.at for x in self.at_seat.get((p, mask), ()))
        sizes = []
        for mask in pool.at:
            if (p, mask) not in self.shares:
                self._split(p, mask)
            sizes += [share.size for share in self.shares[p, mask] if share.section == section]
        return total(sizes)

    def _split(self, p: int, mask: int) -> None:
        problem, model = self.problem, self.model
        places = self.at_seat.get((p, mask), [])
        sped_matters = self._sped_matters(p)
        shares = []
        for s, k in self.pools[p].at[mask] if places else ():
            seats, limit = int(problem.section_seats[s]), int(problem.section_sped[s])
            size = model.new_int_var(0, seats, "")
            model.add(size <= seats * self.taken[k])
            sped = None
            if sped_matters:
                sped = model.new_int_var(0, min(seats, limit), "")
                model.add(sped <= size)
            shares.append(Share(s, k, size, sped))
        self.shares[p, mask] = shares
        model.add(total(share.size for share in shares) == total(x.count for x in places))
        if sped_matters:
            disabled = total(x.count for x in places if self._is_sped(x))
            model.add(total(share.sped for share in shares if share.sped is not None) == disabled)

    def hint(self, solution: Solution) -> None:
        """Start from a schedule: replaces all hints by its choices and counts."""
        model, problem = self.model, self.problem
        model.clear_hints()  # type: ignore[no-untyped-call]
        chosen = set(solution.choice.tolist())
        for k, variable in enumerate(self.taken):
            model.add_hint(variable, k in chosen)
        for place in self.places:
            model.add_hint(place.count, self._count(place, solution))
        seated = solution.seat >= 0
        sizes = np.bincount(solution.seat[seated], minlength=problem.n_sections)
        with_sped = seated & problem.student_sped[problem.request_student]
        sped_sizes = np.bincount(solution.seat[with_sped], minlength=problem.n_sections)
        for shares in self.shares.values():
            for share in shares:
                here = share.choice in chosen
                model.add_hint(share.size, int(sizes[share.section]) if here else 0)
                if share.sped is not None:
                    model.add_hint(share.sped, int(sped_sizes[share.section]) if here else 0)

    def _count(self, place: Place, solution: Solution) -> int:
        seats = solution.seat[self.classes[place.group].requests[place.row]]
        return sum(
            self.pool_of[int(s)] == place.pool
            and int(self.problem.choice_mask[solution.choice[s]]) == place.mask
            for s in seats
            if s >= 0
        )


def read_solution(school: SchoolModel, solver: cp_model.CpSolver) -> Solution:
    """The schedule that the solver's answer stands for."""
    problem = school.problem
    taken = [k for k, variable in enumerate(school.taken) if solver.boolean_value(variable)]
    times = list(school.at_seat)
    number = {time: i for i, time in enumerate(times)}
    requests_at: list[list[int]] = [[] for _ in times]
    for members, places in zip(school.classes, school.of_class, strict=True):
        counts = [
            Count(x.row, number[x.pool, x.mask], x.mask, count)
            for x in places
            if (count := solver.value(x.count))
        ]
        for i, held in enumerate(deal(counts, members.size)):
            for row, time in held:
                requests_at[time].append(int(members.requests[row, i]))
    seat = np.full(problem.n_requests, -1, np.int32)
    standing = set(taken)
    for (p, mask), seated in zip(times, requests_at, strict=True):
        quota = None
        if (p, mask) in school.shares:
            quota = {
                share.section: (
                    solver.value(share.size),
                    -1 if share.sped is None else solver.value(share.sped),
                )
                for share in school.shares[p, mask]
            }
        sections = [s for s, k in school.pools[p].at[mask] if k in standing]
        seat[seated] = fill(problem, sections, np.array(seated, np.int32), quota)
    return Solution(np.array(taken, np.int32), seat)
