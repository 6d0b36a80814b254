"""Claims about students: seats pinned for them, and what stands against those."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import admits, sped_limit, students_of
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.conflicts import claims as c
from echelon_desktop.solver.conflicts.board import Board, PinnedSeat


@dataclass(frozen=True, slots=True)
class Pinned(c.Claim):
    """A student keeps a section."""

    seat: PinnedSeat

    def text(self) -> str:
        return f"Student {self.seat.student} is pinned into {self.seat.section}."

    def remedy(self) -> str:
        return f"Unpin {self.seat.section} for student {self.seat.student}."

    def post(self, board: Board) -> None:
        if self.seat in board.held:
            board.any_of([board.held[self.seat]])


@dataclass(frozen=True, slots=True)
class StudentAway(c.Worded):
    """A student cannot be there in some slots."""

    away: int

    def post(self, board: Board) -> None:
        for seat, held in board.held.items():
            if seat.student == self.key:
                for literal in board.meets(seat.section, self.away):
                    board.at_most([held, literal], 1)


@dataclass(frozen=True, slots=True)
class SeatLimit(c.Worded):
    """A section holds so many students, or so many SPED students."""

    limit: int
    sped: bool

    def post(self, board: Board) -> None:
        held = [x for s, x in board.held.items() if s.section in self.sections and (s.sped or not self.sped)]
        board.at_most(held, self.limit)


@dataclass(frozen=True, slots=True)
class NotTogether(c.Worded):
    """Pinned seats of which a student cannot hold both, or which the student cannot hold at all."""

    seats: tuple[PinnedSeat, ...]

    def post(self, board: Board) -> None:
        held = [board.held[seat] for seat in self.seats if seat in board.held]
        board.at_most(held, len(self.seats) - 1)


def pinned_seats(school: School, baseline: Schedule) -> tuple[PinnedSeat, ...]:
    """Pinned seats of known students in known sections."""
    seats = []
    for student in students_of(school):
        seating = baseline.seatings.get(student.id)
        for section in dict.fromkeys(seating.pinned) if seating else ():
            if section in school.sections:
                course = school.sections[section].course
                seats.append(PinnedSeat(student.id, section, course, student.sped))
    return tuple(seats)


def pin_claims(
    school: School, rules: Iterable[e.Rule], baseline: Schedule, seats: Iterable[PinnedSeat]
) -> Iterator[c.Claim]:
    """What pins demand, and what the school says against them."""
    rules, grid = list(rules), SlotGrid(school)
    by_student: dict[str, list[PinnedSeat]] = {}
    by_section: dict[str, list[PinnedSeat]] = {}
    for seat in seats:
        by_student.setdefault(seat.student, []).append(seat)
        by_section.setdefault(seat.section, []).append(seat)
        yield Pinned("seatings", seat.student, (seat.section,), seat)
    yield from _lost(school, baseline)
    for student in students_of(school):
        held = by_student.get(student.id, [])
        where = tuple(dict.fromkeys(seat.section for seat in held))
        away = grid.mask(student.unavailable)
        if held and away:
            sentence = f"Student {student.id} is unavailable in {listed(grid.names(away))}."
            advice = f"Let student {student.id} come in one of these periods."
            yield StudentAway("students", student.id, where, sentence, advice, away)
        for seat in held:
            yield from _closed(school, student, seat)
        for one, other in combinations(held, 2):
            yield from _linked(school, one, other)
        yield from _unasked(school, student.id, held)
    for section, held in by_section.items():
        yield from _seat_limits(school, rules, school.sections[section], held)


def _lost(school: School, baseline: Schedule) -> Iterator[c.Claim]:
    """Pins of students or sections that the school does not have."""
    known = {student.id for student in students_of(school)}
    for seating in baseline.seatings.values():
        for section in dict.fromkeys(seating.pinned):
            if seating.student not in known or section not in school.sections:
                what = section if section not in school.sections else f"student {seating.student}"
                sentence = f"Student {seating.student} is pinned into {section}; there is no {what}."
                advice = f"Unpin {section} for student {seating.student}."
                yield c.Impossible("seatings", seating.student, (), sentence, advice)


def _unasked(school: School, student: str, held: list[PinnedSeat]) -> Iterator[c.Claim]:
    """Pinned seats that no request is left for, the earlier pins having taken the first that they answer."""
    wishes = school.requests.get(student)
    options: dict[str, tuple[str, ...]] = {}
    for request in wishes.requests if wishes else ():
        options.setdefault(request.course, (request.course, *request.alternates))
    taken: dict[str, PinnedSeat] = {}
    for seat in held:
        answered = [course for course, courses in options.items() if seat.course in courses]
        free = [course for course in answered if course not in taken]
        if free:
            taken[seat.course if seat.course in free else free[0]] = seat
            continue
        rivals = [taken[course] for course in answered if taken[course].course != seat.course]
        if len(rivals) < len(answered):
            continue  # one of them is of the same course, which a student holds once in any school
        if rivals:
            courses = listed([s.course for s in (*rivals, seat)])
            sentence = f"Student {student} has too few requests to hold {courses}."
        else:
            sentence = f"Student {student} does not ask for {seat.course}."
        together = (*rivals, seat)
        sections = tuple(s.section for s in together)
        advice = f"Add {seat.course} to the requests of student {student}."
        yield NotTogether("requests", student, sections, sentence, advice, together)


def _closed(school: School, student: e.Student, seat: PinnedSeat) -> Iterator[c.Claim]:
    section = school.sections[seat.section]
    if not admits(section, student.grade, student.groups):
        who = listed([*(f"grade {g}" for g in section.grades), *(f"group {g}" for g in section.groups)])
        sentence = f"{section.id} is only for {who}, and student {student.id} is not among them."
        advice = f"Open {section.id} to student {student.id}."
        yield NotTogether("sections", section.id, (section.id,), sentence, advice, (seat,))


def _linked(school: School, a: PinnedSeat, b: PinnedSeat) -> Iterator[c.Claim]:
    for link in school.links.values():
        if link.kind is not e.LinkKind.SAME_STUDENTS:
            continue
        courses = {school.sections[s].course for s in link.sections if s in school.sections}
        for one, other in ((a, b), (b, a)):
            apart = one.section in link.sections and other.section not in link.sections
            if apart and other.course in courses:
                sentence = f"{listed(link.sections)} have the same students."
                advice = f"Take the link {link.id} off, or a section out of it."
                yield NotTogether("links", link.id, (a.section, b.section), sentence, advice, (a, b))


def _seat_limits(
    school: School, rules: list[e.Rule], section: e.Section, held: list[PinnedSeat]
) -> Iterator[c.Claim]:
    own, advice = (section.id,), f"Give {section.id} more seats, or unpin a student."
    if len(held) > section.seats:
        sentence = f"{section.id} has {counted(section.seats, 'seat')}."
        yield SeatLimit("sections", section.id, own, sentence, advice, max(0, section.seats), False)
    room = school.rooms.get(section.room)
    if room is not None and room.seats is not None and len(held) > room.seats:
        sentence = f"Room {room.id} of {section.id} has {counted(room.seats, 'seat')}."
        yield SeatLimit("rooms", room.id, own, sentence, advice, max(0, room.seats), False)
    limit = sped_limit(school, rules, section)
    if limit is not None and sum(seat.sped for seat in held) > limit:
        sentence = f"{section.id} takes at most {counted(limit, 'SPED student')}."
        yield SeatLimit("sections", section.id, own, sentence, advice, limit, True)
