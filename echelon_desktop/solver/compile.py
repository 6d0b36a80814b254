"""From school, rules and locks to a :class:`Problem`; :mod:`schedules` goes back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.model.scope import admits, concerns, sped_limit, stacks, students_of
from echelon_desktop.model.slots import MAX_SLOTS, Choice, SlotGrid
from echelon_desktop.solver.assign.limits import slot_limits
from echelon_desktop.solver.assign.openings import Openings, as_locked, find_openings, settled
from echelon_desktop.solver.goals import Given, compile_goals
from echelon_desktop.solver.problem import (
    NO_LIMIT,
    Goal,
    GoalKind,
    Ints,
    Keys,
    PairTable,
    Problem,
    Ragged,
)
from echelon_desktop.solver.requests import read_requests

NO_SCHEDULE = Schedule({}, {})


def compile_school(
    school: School,
    rules: Iterable[e.Rule],
    baseline: Schedule = NO_SCHEDULE,
    openings: Openings | None = None,
) -> tuple[Problem, Keys]:
    """
    Compile a school to arrays.

    Parameters
    ----------
    school, rules
        The facts and what is wanted.
    baseline
        Its locks, forbidden places and pinned seats are kept; the rest of it is ignored.
    openings
        Sections that get their teachers and rooms when they have their periods. What they certainly cost is
        in the problem, and never more of them meet at once than can be taught. Those of the rules when left
        out; with none, sections without a teacher or a room stay without.

    Raises
    ------
    UnsupportedError
        If the school has more slots than a mask holds.
    """
    rules = tuple(rules)
    if openings is None:
        openings = find_openings(school, rules, baseline)
    return _Compiler(school, rules, baseline, openings).compile()


class _Compiler:
    def __init__(
        self, school: School, rules: tuple[e.Rule, ...], baseline: Schedule, openings: Openings
    ) -> None:
        school, openings = settled(as_locked(in_order(school), baseline), openings)
        self.school, self.rules, self.baseline = school, rules, baseline
        self.grid = SlotGrid(school)
        if self.grid.n_slots > MAX_SLOTS:
            raise UnsupportedError(
                f"The school has {self.grid.n_slots} slots (periods × terms); "
                f"at most {MAX_SLOTS} can be solved."
            )
        self.sections = list(school.sections.values())
        self.number = {section.id: s for s, section in enumerate(self.sections)}
        heads = stacks(school)
        self.first = [self.number[heads[section.id]] for section in self.sections]
        self.openings = openings.named_by(heads)  # rows may have been in another order there
        self.students = students_of(school)
        self.requests, self.lost_pins = read_requests(school, self.students, baseline, self.number)
        courses = dict.fromkeys(section.course for section in self.sections)
        for request_list in school.requests.values():
            for request in request_list.requests:
                courses.update(dict.fromkeys((request.course, *request.alternates)))
        self.courses = {course: c for c, course in enumerate(courses)}

    def compile(self) -> tuple[Problem, Keys]:
        choices, starts = self._choices()
        masks = np.array([choice.mask for choice in choices], np.int64)
        audience_of, audience = self._audiences()
        capacity_sections, capacity_seats = self._capacities()
        requests = self.requests
        limits = slot_limits(self.school, self.rules, self.openings)
        n_periods = len(self.grid.periods)
        slots = np.arange(self.grid.n_slots, dtype=np.int32)
        problem = Problem(
            slot_term=slots // max(n_periods, 1),
            slot_period=slots % max(n_periods, 1),
            adjacent=np.array(self.grid.adjacent(), np.int64),
            next_slot=np.array(self.grid.following(), np.int32),
            days=Ragged.of(self.grid.days()),
            section_course=np.array([self.courses[x.course] for x in self.sections], np.int32),
            section_seats=np.array([self._seats(x) for x in self.sections], np.int32),
            section_sped=np.array([self._sped_limit(x) for x in self.sections], np.int32),
            section_building=self._buildings(),
            section_audience=audience_of,
            audience=audience,
            choice_start=np.array(starts, np.int32),
            choice_mask=masks,
            exclusive=Ragged.of(self._exclusive()),
            slot_limit_sections=Ragged.of([[self.number[s] for s in limit.sections] for limit in limits]),
            slot_limit_most=np.array([limit.most for limit in limits], np.int32).reshape(
                len(limits), self.grid.n_slots
            ),
            pair_tables=tuple(self._pair_tables(choices, starts)),
            capacity_sections=capacity_sections,
            capacity_seats=capacity_seats,
            same_students=self._same_students(),
            student_sped=np.array([x.sped for x in self.students], np.bool_),
            student_blocked=np.array([self.grid.mask(x.unavailable) for x in self.students], np.int64),
            request_student=np.array([r.student for r in requests], np.int32),
            request_rank=np.array([min(max(r.request.rank, 1), 3) - 1 for r in requests], np.int32),
            request_pin=np.array([r.pin for r in requests], np.int32),
            options=Ragged.of([[self.courses[c] for c in r.options] for r in requests]),
            option_cost=np.array([i for r in requests for i in range(len(r.options))], np.int32),
            goals=(
                *compile_goals(
                    self.school,
                    self.rules,
                    choices,
                    starts,
                    self.first,
                    self.openings,
                    self._given(choices, starts),
                ),
                *self._contradictions(),
            ),
            n_courses=len(self.courses),
        )
        keys = Keys(
            tuple(self.number),
            tuple(student.id for student in self.students),
            tuple(self.courses),
            tuple(choices),
            tuple((self.students[r.student].id, r.request.course) for r in requests),
        )
        return problem, keys

    def _given(self, choices: Sequence[Choice], starts: Sequence[int]) -> Given | None:
        """The baseline as a schedule that changes are counted against; None when nothing is placed in it."""
        if self.baseline.is_empty:
            return None
        moved = np.zeros(len(choices), np.int64)
        for s, section_id in enumerate(self.number):
            mask = self.grid.mask_of_placement(self.baseline.placements.get(section_id))
            for k in range(starts[s], starts[s + 1]) if mask else ():
                moved[k] = choices[k].mask != mask
        held = {
            (student, seat.course): self.number.get(seat.section, -1)
            for student, seating in self.baseline.seatings.items()
            for seat in seating.seats
        }
        seats = [held.get((self.students[r.student].id, r.request.course), -1) for r in self.requests]
        return Given(moved, np.array(seats, np.int32))

    def _contradictions(self) -> Iterator[Goal]:
        """What was pinned or locked and cannot be, as a hard cost that no schedule avoids."""
        moved = 0
        for section in self.sections:
            placement = self.baseline.placements.get(section.id)
            if placement is not None and placement.locked:
                moved += bool(placement.teachers) and set(placement.teachers) != set(section.teachers)
                moved += bool(placement.room) and placement.room != section.room
        for name, count in (("pinned", self.lost_pins), ("locked", moved)):
            if count:
                yield Goal(GoalKind.CONSTANT, 0, 1, name, limits=np.array([count], np.int32))

    def _choices(self) -> tuple[list[Choice], list[int]]:
        choices: list[Choice] = []
        starts = [0]
        for section in self.sections:
            allowed = self._allowed(section)
            placement = self.baseline.placements.get(section.id)
            for choice in self.grid.choices(section):
                moved = (
                    placement is not None
                    and placement.locked
                    and not choice.is_in(placement, len(self.grid.terms))
                )
                if choice.mask & ~allowed == 0 and not moved:
                    choices.append(choice)
            starts.append(len(choices))
        return choices, starts

    def _allowed(self, section: e.Section) -> int:
        """Slots in which nothing hard forbids the section."""
        course = self.school.courses.get(section.course)
        allowed = self.grid.allowed(section.allowed_periods)
        allowed &= self.grid.allowed(course.allowed_periods if course else ())
        for teacher in section.teachers:
            absence = self.school.unavailability.get(teacher)
            if absence is not None:
                allowed &= ~self.grid.mask(absence.slots)
        for rule in self.rules:
            if rule.kind == "allowed-periods" and rule.level is None and concerns(rule, self.school, section):
                allowed &= self.grid.mask(rule.periods)
        placement = self.baseline.placements.get(section.id)
        if placement is not None:
            allowed &= ~self.grid.mask(placement.forbidden)
        return allowed

    def _seats(self, section: e.Section) -> int:
        return max(0, min([section.seats, *self._room_seats(section)]))

    def _room_seats(self, section: e.Section) -> list[int]:
        """Seats of the room, or of the largest that the section can be given; none where nothing is known."""
        names: tuple[str, ...] = (section.room,) if section.room else ()
        head = self.sections[self.first[self.number[section.id]]].id
        if not section.room and head not in self.openings.without_room:
            names = self.openings.rooms.get(head, ())
        rooms = [self.school.rooms.get(name) for name in names]
        seats = [room.seats for room in rooms if room is not None and room.seats is not None]
        return [max(seats)] if seats and len(seats) == len(rooms) else []

    def _sped_limit(self, section: e.Section) -> int:
        limit = sped_limit(self.school, self.rules, section)
        return NO_LIMIT if limit is None else limit

    def _buildings(self) -> Ints:
        """Number of the building in which each section, or its stack, is known to meet; -1 otherwise."""
        building_of_stack: dict[int, str] = {}
        for s, section in enumerate(self.sections):
            room = self.school.rooms.get(section.room)
            if room is not None and room.building:
                building_of_stack.setdefault(self.first[s], room.building)
        numbers = {name: i for i, name in enumerate(dict.fromkeys(building_of_stack.values()))}
        return np.array([numbers.get(building_of_stack.get(f, ""), -1) for f in self.first], np.int32)

    def _audiences(self) -> tuple[np.ndarray, np.ndarray]:
        """For each section its row, or -1 where everybody may sit; who may sit, by row and student."""
        rows: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        audience: list[list[bool]] = []
        audience_of = np.full(len(self.sections), -1, np.int32)
        for s, section in enumerate(self.sections):
            if section.grades or section.groups:
                audience_of[s] = row = rows.setdefault((section.grades, section.groups), len(rows))
                if row == len(audience):
                    audience.append([admits(section, x.grade, x.groups) for x in self.students])
        return audience_of, np.reshape(np.array(audience, np.bool_), (len(rows), len(self.students)))

    def _capacities(self) -> tuple[Ragged, np.ndarray]:
        stacked: dict[int, list[int]] = {}
        for s, first in enumerate(self.first):
            stacked.setdefault(first, []).append(s)
        shared = [members for members in stacked.values() if len(members) > 1]
        seats = []
        for members in shared:
            room_seats = [seats for s in members for seats in self._room_seats(self.sections[s])]
            largest = max(self.sections[s].seats for s in members)
            seats.append(max(0, min([largest, *room_seats])))
        return Ragged.of(shared), np.array(seats, np.int32)

    def _teaching(self) -> dict[str, list[int]]:
        """Sections of each teacher, a stack by its first."""
        teaching: dict[str, dict[int, None]] = {}
        for s, section in enumerate(self.sections):
            for teacher in section.teachers:
                teaching.setdefault(teacher, {})[self.first[s]] = None
        return {teacher: list(sections) for teacher, sections in teaching.items()}

    def _exclusive(self) -> list[list[int]]:
        rooms: dict[str, dict[int, None]] = {}
        for s, section in enumerate(self.sections):
            if section.room:
                rooms.setdefault(section.room, {})[self.first[s]] = None
        groups = [*self._teaching().values(), *(list(sections) for sections in rooms.values())]
        return [group for group in groups if len(group) > 1]

    def _pair_tables(self, choices: Sequence[Choice], starts: Sequence[int]) -> Iterable[PairTable]:
        for link in self.school.links.values():
            if link.kind is e.LinkKind.SAME_STUDENTS:
                continue
            members = [self.number[s] for s in link.sections if s in self.number]
            for a, b in pairwise(members):
                pairs = [
                    (i, j)
                    for i in range(starts[a], starts[a + 1])
                    for j in range(starts[b], starts[b + 1])
                    if self.grid.linked(link.kind, choices[i], choices[j])
                ]
                yield PairTable(a, b, np.array(pairs, np.int32).reshape(-1, 2))

    def _same_students(self) -> Ragged:
        return Ragged.of(
            [
                [self.number[s] for s in dict.fromkeys(link.sections) if s in self.number]
                for link in self.school.links.values()
                if link.kind is e.LinkKind.SAME_STUDENTS
            ]
        )
