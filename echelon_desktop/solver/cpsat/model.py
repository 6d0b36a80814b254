"""
The hard rules of a problem as a CP-SAT model.

Variables are the choice of each section and, for each class of students, request, pool of sections and mask
of slots, how many of the class hold a seat of that pool in those slots. A student's section is not a
variable: with sections standing, all of a pool that share their slots are alike. Where sizes of single
sections matter (a stack's shared seats, even sizes), a pool's students are split into counts per section.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.solver.cpsat.classes import StudentClass, student_classes
from echelon_desktop.solver.cpsat.pools import Pool, section_pools, twin_sections
from echelon_desktop.solver.cpsat.seating import Count, deal, fill
from echelon_desktop.solver.problem import GoalKind, Problem, Solution

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


class Missed(NamedTuple):
    """Variable: how many of a class have no seat for one of their requests."""

    group: int
    row: int
    missing: cp_model.IntVar


@dataclass(frozen=True, slots=True)
class Share:
    """How many students, and how many SPED among them, a section has in the slots of one of its choices."""

    choice: int
    size: Linear
    sped: Linear | None = None


class SchoolModel:
    """
    A CP-SAT model of sections, seats and hard rules; goals are added by ``costs``.

    Attributes
    ----------
    model
        The model.
    twins
        First twin → its twins; see ``pools``.
    first
        For each section its first twin.
    taken
        For each choice of a first twin the variable: whether one of the twins takes it.
    classes, pools
        Of students and of sections.
    places, missed
        Seats that may be held; requests without one.
    """

    def __init__(self, problem: Problem, merge: bool = True) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.twins = twin_sections(problem, merge)
        self.first = {s: first for first, twins in self.twins.items() for s in twins}
        self.taken = {k: self.model.new_bool_var("") for s in self.twins for k in problem.choices_of(s)}
        self.classes: list[StudentClass] = student_classes(problem, merge)
        self.pools: list[Pool] = section_pools(problem, self.twins)
        self.places: list[Place] = []
        self.missed: list[Missed] = []
        self._section_of = {k: s for s in self.twins for k in problem.choices_of(s)}
        self._pool_of = {
            s: p for p, pool in enumerate(self.pools) for first in pool.sections for s in self.twins[first]
        }
        self._pools_of_course: dict[int, list[int]] = {}
        for p, pool in enumerate(self.pools):
            self._pools_of_course.setdefault(pool.course, []).append(p)
        self._at_seat: dict[tuple[int, int], list[Place]] = {}  # by pool and mask
        self._of_class: list[list[Place]] = [[] for _ in self.classes]
        self._shares: dict[tuple[int, int], list[Share]] = {}  # by pool and mask
        self._counts_sped = any(goal.kind is GoalKind.SPED_BALANCE for goal in problem.goals)
        self._post_sections()
        for group in range(len(self.classes)):
            self._add_places(group)
            self._post_class(group)
        self._post_seats()
        self._post_stacks()

    def _post_sections(self) -> None:
        problem, model = self.problem, self.model
        for first, twins in self.twins.items():
            ways = [self.taken[k] for k in problem.choices_of(first)]
            if len(twins) == 1:
                model.add_exactly_one(ways)
            else:
                model.add(total(ways) == len(twins))
        for sections in problem.exclusive:
            at_slot: dict[tuple[int, ...], None] = {}
            for slot in range(problem.n_slots):
                at_slot[tuple(self.meeting(sections, 1 << slot))] = None
            for choices in at_slot:
                model.add_at_most_one(self.taken[k] for k in choices)
        limits = zip(problem.slot_limit_sections, problem.slot_limit_most, strict=True)
        for sections, most in limits:
            for slot, number in enumerate(most.tolist()):
                there = [self.taken[k] for k in self.meeting(sections, 1 << slot)]
                if len(there) > number:
                    model.add(total(there) <= number)
        for table in problem.pair_tables:
            for side, section in ((0, table.a), (1, table.b)):
                for k in problem.choices_of(section):
                    partners = table.pairs[table.pairs[:, side] == k, 1 - side]
                    model.add_bool_or([self.taken[k].negated(), *(self.taken[j] for j in partners)])

    def enrolled(self, course: int) -> Linear:
        """Students who hold a course; a whole number at once where nobody may miss it."""
        taking: list[Linear] = []
        for group, row, missed in self.missed:
            members = self.classes[group]
            options = self.problem.options[int(members.requests[row, 0])].tolist()
            if options == [course]:
                taking.append(members.size - missed)
            elif course in options:
                places = self._of_class[group]
                taking += [x.count for x in places if x.row == row and x.course == course]
        return total(taking)

    def first_twins(self, sections: Iterable[int]) -> list[int]:
        """First twins of some sections, each once."""
        return list(dict.fromkeys(self.first[int(s)] for s in sections))

    def meeting(self, sections: Iterable[int], slots: int) -> Iterator[int]:
        """Choices of first twins that make one of the sections meet in some of these slots."""
        for s in self.first_twins(sections):
            for k in self.problem.choices_of(s):
                if int(self.problem.choice_mask[k]) & slots:
                    yield k

    def _add_places(self, group: int) -> None:
        problem, members = self.problem, self.classes[group]
        student = int(members.students[0])
        blocked = int(problem.student_blocked[student])
        for row, request in enumerate(members.requests[:, 0]):
            start = problem.options.start[request]
            pin = int(problem.request_pin[request])
            for i, course in enumerate(problem.options[request]):
                for p in self._pools_of_course.get(int(course), ()):
                    pool = self.pools[p]
                    if pool.audience >= 0 and not problem.audience[pool.audience, student]:
                        continue
                    if pin >= 0 and self._pool_of[pin] != p:
                        continue
                    for mask in pool.at:
                        if mask & blocked:
                            continue
                        count = self.model.new_int_var(0, members.size, "")
                        cost = int(problem.option_cost[start + i])
                        place = Place(group, row, p, mask, int(course), cost, count)
                        self.places.append(place)
                        self._of_class[group].append(place)
                        self._at_seat.setdefault((p, mask), []).append(place)

    def _post_class(self, group: int) -> None:
        members, places = self.classes[group], self._of_class[group]
        for row, request in enumerate(members.requests[:, 0]):
            missed = self.model.new_int_var(0, members.size, "")
            self.missed.append(Missed(group, row, missed))
            ways = [missed, *(place.count for place in places if place.row == row)]
            if members.size == 1:
                self.model.add_exactly_one(ways)
            else:
                self.model.add(total(ways) == members.size)
            if self.problem.request_pin[request] >= 0:
                self.model.add(missed == 0)
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
        pools = {self._pool_of[s] for s in linked}
        for course in {int(self.problem.section_course[s]) for s in linked}:
            outside = [x.count for x in places if x.course == course and x.pool not in pools]
            for p in pools if outside else ():
                if self.pools[p].course != course:
                    inside = [x.count for x in places if x.pool == p]
                    self.model.add(total(inside) + total(outside) <= 1)

    def _post_seats(self) -> None:
        problem = self.problem
        limits = np.minimum(problem.section_sped, problem.section_seats)
        for (p, mask), places in self._at_seat.items():
            there = [(self._section_of[k], self.taken[k]) for k in self.pools[p].at[mask]]
            held = total(x.count for x in places)
            self.model.add(held <= total(int(problem.section_seats[s]) * taken for s, taken in there))
            sped_counts = [x.count for x in places if self._is_sped(x)]
            if sped_counts and any(limits[s] < problem.section_seats[s] for s, _ in there):
                self.model.add(total(sped_counts) <= total(int(limits[s]) * taken for s, taken in there))

    def _is_sped(self, place: Place) -> bool:
        return bool(self.problem.student_sped[self.classes[place.group].students[0]])

    def _post_stacks(self) -> None:
        for stack, seats in zip(self.problem.capacity_sections, self.problem.capacity_seats, strict=True):
            sizes = (share.size for s in stack for share in self.shares(int(s)))
            self.model.add(total(sizes) <= int(seats))

    def places_of(self, group: int) -> list[Place]:
        """Seats that a class may hold."""
        return self._of_class[group]

    def shares(self, section: int) -> Iterator[Share]:
        """For each choice of a first twin the students there; splits pools the first time."""
        p = self._pool_of[section]
        for k in self.problem.choices_of(section):
            mask = int(self.problem.choice_mask[k])
            if (p, mask) not in self._shares:
                self._shares[p, mask] = self._split(p, mask)
            yield next(share for share in self._shares[p, mask] if share.choice == k)

    def _split(self, p: int, mask: int) -> list[Share]:
        problem, model = self.problem, self.model
        places, choices = self._at_seat.get((p, mask), []), self.pools[p].at[mask]
        held = total(x.count for x in places)
        sped_counts = [x.count for x in places if self._is_sped(x)]
        if len(choices) == 1 or not places:
            return [Share(k, held, total(sped_counts) if sped_counts else None) for k in choices]
        limits = {k: int(problem.section_sped[self._section_of[k]]) for k in choices}
        seats = {k: int(problem.section_seats[self._section_of[k]]) for k in choices}
        sped_matters = bool(sped_counts) and (self._counts_sped or any(limits[k] < seats[k] for k in choices))
        shares = []
        for k in choices:
            size = model.new_int_var(0, seats[k], "")
            model.add(size <= seats[k] * self.taken[k])
            sped = model.new_int_var(0, min(seats[k], limits[k]), "") if sped_matters else None
            if sped is not None:
                model.add(sped <= size)
            shares.append(Share(k, size, sped))
        model.add(total(share.size for share in shares) == held)
        if sped_matters:
            model.add(total(share.sped for share in shares if share.sped is not None) == total(sped_counts))
        return shares

    def hint(self, solution: Solution) -> None:
        """Start from a schedule: replaces all hints by its choices and counts."""
        model, problem = self.model, self.problem
        model.clear_hints()  # type: ignore[no-untyped-call]
        standing = self._standing(solution)
        for k, variable in self.taken.items():
            model.add_hint(variable, k in standing)
        for place in self.places:
            model.add_hint(place.count, self._count(place, solution))
        for group, row, count in self.missed:
            model.add_hint(count, int((solution.seat[self.classes[group].requests[row]] < 0).sum()))
        seated = solution.seat >= 0
        sizes = np.bincount(solution.seat[seated], minlength=problem.n_sections)
        with_sped = seated & problem.student_sped[problem.request_student]
        sped_sizes = np.bincount(solution.seat[with_sped], minlength=problem.n_sections)
        split = (shares for shares in self._shares.values() if len(shares) > 1)
        for share in (share for shares in split for share in shares):
            s = standing.get(share.choice)
            if isinstance(share.size, cp_model.IntVar):
                model.add_hint(share.size, 0 if s is None else int(sizes[s]))
            if isinstance(share.sped, cp_model.IntVar):
                model.add_hint(share.sped, 0 if s is None else int(sped_sizes[s]))

    def _standing(self, solution: Solution) -> dict[int, int]:
        """Choice of a first twin → the twin that takes it in a solution."""
        standing = {}
        for first, twins in self.twins.items():
            for s in twins:
                position = int(solution.choice[s]) - int(self.problem.choice_start[s])
                standing[int(self.problem.choice_start[first]) + position] = s
        return standing

    def _count(self, place: Place, solution: Solution) -> int:
        seats = solution.seat[self.classes[place.group].requests[place.row]]
        return sum(
            self._pool_of[int(s)] == place.pool
            and int(self.problem.choice_mask[solution.choice[s]]) == place.mask
            for s in seats
            if s >= 0
        )

    def read(self, solver: cp_model.CpSolver) -> Solution:
        """The schedule that the solver's answer stands for."""
        problem = self.problem
        choice = np.full(problem.n_sections, -1, np.int32)
        standing = {}
        for first, twins in self.twins.items():
            ways = (k for k in problem.choices_of(first) if solver.boolean_value(self.taken[k]))
            for s, k in zip(twins, ways, strict=True):
                standing[k] = s
                choice[s] = k - problem.choice_start[first] + problem.choice_start[s]
        seat = np.full(problem.n_requests, -1, np.int32)
        for (p, mask), seated in self._seated(solver).items():
            there = [standing[k] for k in self.pools[p].at[mask] if k in standing]
            quota = {
                standing[share.choice]: (
                    solver.value(share.size),
                    -1 if share.sped is None else solver.value(share.sped),
                )
                for share in self._shares.get((p, mask), ())
                if share.choice in standing
            }
            requests = np.array(seated, np.int32)
            seat[requests] = fill(problem, there, requests, quota)
        return Solution(choice, seat)

    def _seated(self, solver: cp_model.CpSolver) -> dict[tuple[int, int], list[int]]:
        """Requests by the pool and mask where they hold a seat."""
        seated: dict[tuple[int, int], list[int]] = {}
        for members, places in zip(self.classes, self._of_class, strict=True):
            counts = [Count(x.row, x.pool, x.mask, count) for x in places if (count := solver.value(x.count))]
            for i, held in enumerate(deal(counts, members.size)):
                for row, pool, mask in held:
                    seated.setdefault((pool, mask), []).append(int(members.requests[row, i]))
        return seated
