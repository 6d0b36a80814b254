"""Who teaches what in a sample school, and when sections meet in its hidden schedule."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from echelon_desktop.model.sample.planning import PlannedCourse
from echelon_desktop.model.sample.shape import Shape
from echelon_desktop.model.slots import SlotGrid

SPECIAL_EDUCATION = "Special Education"
_ZERO_PERIOD_DEPARTMENTS = ("Performing Arts", "PE")
_CO_TAUGHT_DEPARTMENTS = ("English", "Math")
_CO_TAUGHT_EVERY = 6  # sections of these departments


@dataclass(slots=True, eq=False)
class PlannedSection:
    """A section of the school to be, with the students who sit in it in the hidden schedule."""

    id: str
    course: PlannedCourse
    seats: int
    term: str = ""
    students: list[int] = field(default_factory=list)
    sped: int = 0


@dataclass(slots=True, eq=False)
class Meeting:
    """
    What takes a teacher's time at once: a section, a stack, or two half-year sections in one period.

    Parameters
    ----------
    sections
        One, or the two of a stack or pair.
    length
        Periods in a row.
    teachers
        Ids of those who teach it.
    target, seats
        Students to expect, and the most there may be.
    periods, mask
        Where it meets: names, and bits of the periods.
    """

    sections: list[PlannedSection]
    length: int
    target: int
    seats: int
    teachers: list[str] = field(default_factory=list)
    periods: tuple[str, ...] = ()
    mask: int = 0

    @property
    def department(self) -> str:
        """The department that teaches it."""
        return self.sections[0].course.offer.department

    @property
    def is_pair(self) -> bool:
        """Whether its sections share their students, half a year each."""
        return len(self.sections) > 1 and self.sections[0].course.partner is self.sections[1].course


@dataclass(slots=True, eq=False)
class PlannedTeacher:
    """A teacher of the school to be; ``away`` and ``busy`` are bits of the periods."""

    id: str
    department: str
    away: int = 0
    busy: int = 0


def meetings_of(shape: Shape, courses: Sequence[PlannedCourse]) -> list[Meeting]:
    """The sections of the courses, those that meet as one put together."""
    meetings = []
    number = 0
    guests = {course.stacked_with: course for course in courses if course.stacked_with is not None}
    joined = {course.partner for course in courses} | set(guests.values())
    for course in courses:
        if course in joined:
            continue
        second = course.partner or guests.get(course)
        for i, target in enumerate(course.targets):
            seats = max(target, shape.seats)
            sections = []
            for member in (course, second) if second is not None else (course,):
                number += 1
                sections.append(PlannedSection(f"S{number:04d}", member, seats))
            if course.partner is not None:
                terms = ("S1", "S2") if i % 2 == 0 else ("S2", "S1")
                sections[0].term, sections[1].term = terms
            length = int(course.pattern or 1)
            meetings.append(Meeting(sections, length, target, seats))
    return meetings


def fit_seats(shape: Shape, meetings: Iterable[Meeting]) -> None:
    """Give each section the seats it needs and the slack, once students are seated."""
    for meeting in meetings:
        seated = {student for section in meeting.sections for student in section.students}
        meeting.seats = max(1, math.ceil(len(seated) * (1 + shape.seat_slack)))
        for section in meeting.sections:
            section.seats = meeting.seats


def staff(shape: Shape, meetings: Sequence[Meeting], grid: SlotGrid, random: Random) -> list[PlannedTeacher]:
    """Assign a teacher of its department to every meeting, and say when teachers are away."""
    teachers: list[PlannedTeacher] = []
    zero = grid.mask_of([p.id for p in grid.periods if p.order == 0], ()) & _year(grid)
    by_department: dict[str, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        by_department[meeting.department].append(meeting)
    for department, taught in by_department.items():
        closed = zero if department not in _ZERO_PERIOD_DEPARTMENTS else 0
        open_periods = (_year(grid) & ~closed).bit_count()
        waiting = list(taught)
        while waiting:
            teacher = _hire(teachers, department, closed)
            load = min(random.randint(*shape.loads), open_periods)
            # The sections of a course stand together, so that a teacher has few courses to prepare.
            own = [waiting.pop(0)]
            while waiting and len(own) < load and sum(m.length for m in [*own, waiting[0]]) <= open_periods:
                own.append(waiting.pop(0))
            for meeting in own:
                meeting.teachers.append(teacher.id)
            # Two consecutive periods need room, so absences are for others.
            if all(m.length == 1 for m in own):
                _send_away(shape, teacher, open_periods - len(own), grid, random)
    if shape.co_teaching:
        taught = [m for m in meetings if m.department in _CO_TAUGHT_DEPARTMENTS][::_CO_TAUGHT_EVERY]
        for i, meeting in enumerate(taught):
            if i % shape.loads[0] == 0:
                _hire(teachers, SPECIAL_EDUCATION, zero)
            meeting.teachers.append(teachers[-1].id)
    return teachers


def _hire(teachers: list[PlannedTeacher], department: str, away: int) -> PlannedTeacher:
    teacher = PlannedTeacher(f"T{len(teachers) + 1:03d}", department, away)
    teachers.append(teacher)
    return teacher


def _send_away(shape: Shape, teacher: PlannedTeacher, spare: int, grid: SlotGrid, random: Random) -> None:
    if random.randrange(1000) >= shape.absences * 1000:
        return
    here = [bit for bit in range(len(grid.periods)) if not teacher.away >> bit & 1]
    for bit in random.sample(here, min(spare, random.randint(1, 2))):
        teacher.away |= 1 << bit


def place(
    meetings: Sequence[Meeting], teachers: Sequence[PlannedTeacher], grid: SlotGrid, random: Random
) -> None:
    """Place all meetings so that no teacher is in two at once and the sections of a course are spread out."""
    by_id = {teacher.id: teacher for teacher in teachers}
    year = _year(grid)
    runs = {length: grid.runs(length) for length in {m.length for m in meetings}}
    runs[1] = [(period.id,) for period in grid.periods]
    at_once: Counter[str] = Counter()
    of_course: Counter[tuple[str, str]] = Counter()
    # What is hard to place comes first: long meetings, then those of two teachers, then of busy teachers.
    load = Counter(teacher for meeting in meetings for teacher in meeting.teachers)
    freedom = {t.id: (year & ~t.away).bit_count() - load[t.id] for t in teachers}
    order = sorted(
        meetings,
        key=lambda m: (-m.length, -len(m.teachers), freedom[m.teachers[0]], m.sections[0].id),
    )
    for meeting in order:
        options = _open_runs(meeting, by_id, runs[meeting.length], grid)
        while not options and len(meeting.teachers) > 1:
            meeting.teachers.pop()
            options = _open_runs(meeting, by_id, runs[meeting.length], grid)
        if not options:  # no two periods in a row are left: any one will do
            meeting.length = 1
            options = _open_runs(meeting, by_id, runs[1], grid)
        random.shuffle(options)
        course = meeting.sections[0].course.id
        meeting.periods = min(
            options, key=lambda run: (sum(of_course[course, p] for p in run), sum(at_once[p] for p in run))
        )
        meeting.mask = grid.mask_of(meeting.periods, ()) & year
        for period in meeting.periods:
            at_once[period] += 1
            of_course[course, period] += 1
        for teacher in meeting.teachers:
            by_id[teacher].busy |= meeting.mask


def _open_runs(
    meeting: Meeting, by_id: dict[str, PlannedTeacher], runs: list[tuple[str, ...]], grid: SlotGrid
) -> list[tuple[str, ...]]:
    taken = 0
    for teacher in meeting.teachers:
        taken |= by_id[teacher].away | by_id[teacher].busy
    return [run for run in runs if grid.mask_of(run, ()) & _year(grid) & taken == 0]


def _year(grid: SlotGrid) -> int:
    """Bits of the periods; within the hidden schedule everything takes its period all year."""
    return (1 << len(grid.periods)) - 1
