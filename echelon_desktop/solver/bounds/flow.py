"""
Bound by counting: students' slots and courses' seats, together, as one maximum flow.

A unit of flow is a met request: from the seats of a course, through the request, into a slot of the student.
What the network knows: seats and SPED seats of courses (sections pooled by course, audience and stack),
seats shared by a stack, who may sit where, pins, when students and sections can be there at all. What it
leaves out: where sections really stand, so teachers, rooms, links; and, of a course that needs several slots,
that they must be those of one section. Leaving out can only let more requests be met, so requests less
maximum flow is a valid bound on unmet requests of any schedule.

A request that takes several slots asks the network for one of them, in a term in which the course meets in
any case if there is one (so full-year courses compete for the periods of a year); besides, a student's met
requests together take no more slots than the student has, each counted with the fewest its course needs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.bounds.bound import RANKS, Bound, Reason, Witness
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Problem

RELAXED = ("places of sections", "teachers", "rooms", "links")
_UNLIMITED = 1 << 30


@dataclass(frozen=True, slots=True)
class _Need:
    """What requests of one kind can use: seat pools, slots (-1 alone: none needed), the fewest slots."""

    pools: tuple[int, ...]
    slots: tuple[int, ...]
    width: int


class FlowRelaxation:
    """
    The counting relaxation of a problem, made once and asked for any part of its requests.

    Parameters
    ----------
    problem
        Any problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._make_pools()
        self._terms = term_masks(problem)
        self._sections_of = problem.course_sections()
        kinds: dict[tuple[object, ...], _Need] = {}
        self._needs = []
        for r in range(problem.n_requests):
            student = int(problem.request_student[r])
            kind = (
                problem.options[r].tobytes(),
                int(problem.student_blocked[student]),
                problem.audience[:, student].tobytes(),
                int(problem.request_pin[r]),
            )
            if kind not in kinds:
                kinds[kind] = self._need(r)
            self._needs.append(kinds[kind])
        self._easy = self._students_with_room()

    def unmet(self, chosen: NDArray[np.bool_]) -> int:
        """
        Least number of unmet requests among some requests, the others taking nothing.

        Parameters
        ----------
        chosen
            Shape (requests,).
        """
        return int(chosen.sum()) - self._solve(np.flatnonzero(chosen), seats=True)[0]

    def scarce(self, chosen: NDArray[np.bool_]) -> tuple[frozenset[int], frozenset[int]]:
        """Students short of slots, and courses short of seats: requests of these are charged here."""
        requests = np.flatnonzero(chosen)
        crowded, full = self._solve(requests, seats=False)[1], self._solve(requests, seats=True)[2]
        return frozenset(crowded), frozenset(full)

    def witnesses(self, chosen: NDArray[np.bool_]) -> tuple[Witness, ...]:
        """Why that many of the chosen requests stay unmet: no section, then slots alone, then seats."""
        found = []
        problem = self.problem
        requests = np.flatnonzero(chosen)
        closed = [int(r) for r in requests if not self._needs[r].pools]
        if closed:
            courses = sorted({int(problem.options[r][0]) for r in closed})
            students = {int(problem.request_student[r]) for r in closed}
            found.append(Witness(Reason.NO_SECTION, len(closed), tuple(courses), students=len(students)))
        flow, crowded, _ = self._solve(requests, seats=False)
        by_slots = len(requests) - len(closed) - flow
        if by_slots:
            found.append(
                Witness(Reason.SLOTS, by_slots, students=len(crowded), slots=problem.n_slots, relaxed=RELAXED)
            )
        flow, _, full = self._solve(requests, seats=True)
        by_seats = len(requests) - len(closed) - by_slots - flow
        if by_seats:
            found.append(Witness(Reason.SEATS, by_seats, full, relaxed=RELAXED))
        return tuple(found)

    def _make_pools(self) -> None:
        """Pool the sections that differ in nothing the network knows."""
        problem = self.problem
        stack_of = np.full(problem.n_sections, -1, np.int32)
        for n, members in enumerate(problem.capacity_sections):
            stack_of[members] = n
        pools: dict[tuple[int, int, int], int] = {}
        self._pool_of = [
            pools.setdefault(key, len(pools))
            for key in zip(
                problem.section_course.tolist(),
                problem.section_audience.tolist(),
                stack_of.tolist(),
                strict=True,
            )
        ]
        self._pool_course = [course for course, _, _ in pools]
        self._pool_stack = [stack for _, _, stack in pools]
        self._pool_seats, self._pool_sped = [0] * len(pools), [0] * len(pools)
        for s, pool in enumerate(self._pool_of):
            seats = int(problem.section_seats[s])
            self._pool_seats[pool] += seats
            self._pool_sped[pool] += min(seats, int(problem.section_sped[s]))

    def _need(self, r: int) -> _Need:
        problem = self.problem
        student, pin = int(problem.request_student[r]), int(problem.request_pin[r])
        blocked = int(problem.student_blocked[student])
        pools: dict[int, None] = {}
        masks: list[int] = []
        for course in problem.options[r]:
            for s in self._sections_of[course]:
                if pin not in (-1, s) or not problem.may_sit(student, s):
                    continue
                choices = problem.choice_mask[problem.choice_start[s] : problem.choice_start[s + 1]].tolist()
                usable = [mask for mask in choices if mask & blocked == 0]
                if usable:
                    pools[self._pool_of[s]] = None
                    masks += usable
        if not masks or 0 in masks:
            return _Need(tuple(pools), (-1,) if masks else (), 0)
        reach = 0
        for mask in masks:
            reach |= mask
        for term in self._terms:
            if all(mask & term for mask in masks):
                reach &= term
                break
        slots = tuple(slot for slot in range(problem.n_slots) if reach >> slot & 1)
        return _Need(tuple(pools), slots, min(mask.bit_count() for mask in masks))

    def _students_with_room(self) -> set[int]:
        """Students whose requests fit their slots side by side, so that slots need no arcs; most do."""
        problem = self.problem
        needs: dict[int, list[_Need]] = {}
        for student, need in zip(problem.request_student.tolist(), self._needs, strict=True):
            if need.slots and need.width:
                needs.setdefault(student, []).append(need)
        known: dict[tuple[tuple[int, ...], ...], bool] = {}
        easy = set(problem.request_student.tolist())
        for student, wanted in needs.items():
            alike = tuple(sorted(need.slots for need in wanted))
            if alike not in known:
                known[alike] = _fit(alike)
            wide = self._most(student, [need.width for need in wanted]) == len(wanted)
            if not (known[alike] and wide):
                easy.discard(student)
        return easy

    def _most(self, student: int, widths: list[int]) -> int:
        """How many of a student's requests can have the fewest slots they need, side by side."""
        free = self.problem.n_slots - int(self.problem.student_blocked[student]).bit_count()
        most = 0
        for width in sorted(widths):
            free -= width
            most += free >= 0
        return most

    def _solve(
        self, requests: NDArray[np.intp], *, seats: bool
    ) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Most requests met, the students short of slots, the courses short of seats (by a minimum cut)."""
        from ortools.graph.python import max_flow

        problem = self.problem
        students = problem.request_student[requests].tolist()
        widths: dict[int, list[int]] = {}
        for r, student in zip(requests.tolist(), students, strict=True):
            if student not in self._easy:
                widths.setdefault(student, []).append(self._needs[r].width)
        n_pools, n_slots = len(self._pool_seats), problem.n_slots
        source, sink, pool0 = 0, 1, 2
        sped0 = pool0 + n_pools
        stack0 = sped0 + n_pools
        request0 = stack0 + len(problem.capacity_seats)
        student0 = request0 + len(requests)
        slot0 = student0 + len(widths)
        number = {student: i for i, student in enumerate(widths)}
        tails: list[int] = []
        heads: list[int] = []
        limits: list[int] = []

        def arc(tail: int, head: int, limit: int) -> None:
            tails.append(tail)
            heads.append(head)
            limits.append(limit)

        for pool, stack in enumerate(self._pool_stack):
            own = self._pool_seats[pool] if seats else _UNLIMITED
            arc(source if stack < 0 else stack0 + stack, pool0 + pool, own)
            arc(pool0 + pool, sped0 + pool, self._pool_sped[pool] if seats else _UNLIMITED)
        for stack, shared in enumerate(problem.capacity_seats.tolist()):
            arc(source, stack0 + stack, shared if seats else _UNLIMITED)
        sped = problem.student_sped.tolist()
        for i, (r, student) in enumerate(zip(requests.tolist(), students, strict=True)):
            need = self._needs[r]
            pool_side = sped0 if sped[student] else pool0
            for pool in need.pools:
                arc(pool_side + pool, request0 + i, 1)
            if student in self._easy:
                arc(request0 + i, sink, 1)
                continue
            first_slot = slot0 + number[student] * n_slots
            for slot in need.slots:
                arc(request0 + i, sink if slot < 0 else first_slot + slot, 1)
        for student, i in number.items():
            arc(student0 + i, sink, self._most(student, widths[student]))
            for slot in range(n_slots):
                arc(slot0 + i * n_slots + slot, student0 + i, 1)
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(
            np.array(tails, np.int32), np.array(heads, np.int32), np.array(limits, np.int64)
        )
        if not tails or solver.solve(source, sink) != solver.OPTIMAL:
            return 0, (), ()
        # Of the minimum cuts the one at the sink shows the courses whose seats somebody still lacks, the one
        # at the source the students whose slots are all wanted by more requests than they hold.
        near_sink, near_source = set(solver.get_sink_side_min_cut()), set(solver.get_source_side_min_cut())
        full = {
            course
            for pool, course in enumerate(self._pool_course)
            if pool0 + pool in near_sink or sped0 + pool in near_sink
        }
        crowded = tuple(
            student
            for student, i in number.items()
            if student0 + i in near_source
            or any(slot0 + i * n_slots + slot in near_source for slot in range(n_slots))
        )
        return int(solver.optimal_flow()), crowded, tuple(sorted(full))


def _fit(requests: tuple[tuple[int, ...], ...]) -> bool:
    """Whether every request can have a slot of its own (augmenting paths)."""
    holder: dict[int, int] = {}

    def place(request: int, tried: set[int]) -> bool:
        for slot in requests[request]:
            if slot not in tried:
                tried.add(slot)
                if slot not in holder or place(holder[slot], tried):
                    holder[slot] = request
                    return True
        return False

    return all(place(request, set()) for request in range(len(requests)))


def flow_bound(problem: Problem) -> Bound:
    """
    Bound unmet requests by counting; under a second for 25,000 requests.

    Returns
    -------
    Bound
        For each rank class the joint bound of the requests up to that class, which holds because requests
        left out take no seat and no slot.

    References
    ----------
    docs/solver.md, bounds. Ford and Fulkerson, "Maximal flow through a network" (1956), for the equality of
    maximum flow and minimum cut from which the witnesses are read.
    """
    relaxation = FlowRelaxation(problem)
    unmet: list[int] = []
    for rank in range(RANKS):
        chosen = problem.request_rank <= rank
        if rank and not (problem.request_rank == rank).any():
            unmet.append(unmet[-1])
        else:
            unmet.append(relaxation.unmet(chosen))
    all_requests = np.ones(problem.n_requests, np.bool_)
    witnesses = relaxation.witnesses(all_requests) if unmet[-1] else ()
    return Bound((unmet[0], unmet[1], unmet[2]), witnesses)
