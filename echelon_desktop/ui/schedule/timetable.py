"""What a schedule gives everybody, read once: sections with their fill, seats, unmet requests."""

from collections.abc import Iterable
from dataclasses import dataclass

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule, Student
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.ui.natural import natural


@dataclass(frozen=True, slots=True)
class Meeting:
    """
    A section as it stands in the schedule.

    Parameters
    ----------
    section, course, title, department
        Ids and words.
    teachers, room
        Ids, as scheduled.
    periods, terms, mask
        Where it stands; ``periods`` is empty when it has no place, ``terms`` when it stands in all.
    enrolled, seats
        Students in it, and how many it holds.
    sped, sped_limit
        SPED students in it, and the most there may be (None is any number).
    mean
        Students in the sections of its course on average.
    locked
        Whether the scheduler fixed it.
    """

    section: str
    course: str
    title: str
    department: str
    teachers: tuple[str, ...]
    room: str
    periods: tuple[str, ...]
    terms: tuple[str, ...]
    mask: int
    enrolled: int
    seats: int
    sped: int
    sped_limit: int | None
    mean: float
    locked: bool


@dataclass(frozen=True, slots=True)
class Unmet:
    """A request for which its student holds no seat."""

    student: str
    course: str
    rank: int
    alternates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A seat of a student: the section, and the course it was requested as (another one: an alternate)."""

    section: str
    requested: str
    pinned: bool


class Timetable:
    """
    A schedule read against its school.

    Parameters
    ----------
    school, rules, schedule
        Read now; make it anew after a change.

    Attributes
    ----------
    meetings
        Section → how it stands, in the order of the school.
    roster
        Section → its students.
    held, unmet_of, busy
        Student → seats; unmet requests; slots in which he is in class or away.
    unmet
        All unmet requests, in the order of the school's requests.
    stack_of
        Section → the first of its stack (itself, when it stands alone).
    of_teacher, of_room
        Teacher → his sections; room → the sections in it.
    requests_of, alternates_of
        Course → number of requests for it; → seats in it given in place of another course.
    """

    def __init__(self, school: School, rules: Iterable[Rule], schedule: Schedule) -> None:
        reading = Reading(school, rules, schedule)
        self.school = school
        self.grid = reading.grid
        self.roster = reading.roster
        self.meetings = _meetings(reading)
        self.stack_of = {section: stack[0] for section, stack in reading.stacks.items()}
        self.sections_of: dict[str, list[Meeting]] = {}
        self.of_teacher: dict[str, list[Meeting]] = {str(t): [] for t in school.teachers}
        self.of_room: dict[str, list[Meeting]] = {str(r): [] for r in school.rooms}
        for meeting in self.meetings.values():
            self.sections_of.setdefault(meeting.course, []).append(meeting)
            for teacher in meeting.teachers:
                self.of_teacher.setdefault(teacher, []).append(meeting)
            if meeting.room:
                self.of_room.setdefault(meeting.room, []).append(meeting)
        self.students = _students(school)
        self.away = {s.id: self.grid.mask(s.unavailable) for s in self.students.values() if s.unavailable}
        self.teacher_away: dict[str, int] = {}
        for absence in school.unavailability.values():
            mask = self.grid.mask(absence.slots)
            self.teacher_away[absence.teacher] = self.teacher_away.get(absence.teacher, 0) | mask
        self.held: dict[str, tuple[Held, ...]] = {}
        self.busy = dict(self.away)
        for student, seats in reading.seats.items():
            pinned = schedule.seatings[student].pinned
            self.held[student] = tuple(Held(s.id, seat.course, s.id in pinned) for seat, s in seats)
            for _, section in seats:
                self.busy[student] = self.busy.get(student, 0) | reading.masks.get(section.id, 0)
        self.requests_of: dict[str, int] = {}
        self.number_of_requests: dict[str, int] = {}
        unmet = []
        for student, requests in reading.requests.items():
            met = reading.met[student]
            self.number_of_requests[student] = len(requests)
            for course, request in requests.items():
                self.requests_of[course] = self.requests_of.get(course, 0) + 1
                if course not in met:
                    unmet.append(Unmet(student, course, request.rank, request.alternates))
        self.unmet = tuple(unmet)
        self.unmet_of: dict[str, list[Unmet]] = {}
        for each in unmet:
            self.unmet_of.setdefault(each.student, []).append(each)

    def course_title(self, course: str) -> str:
        """The course in words, or its id."""
        record = self.school.courses.get(course)
        return (record.title if record is not None else "") or course

    def teacher_name(self, teacher: str) -> str:
        """The teacher's name, or id."""
        record = self.school.teachers.get(teacher)
        return (record.name if record is not None else "") or teacher

    def teacher_names(self, meeting: Meeting) -> str:
        """All teachers of a section."""
        return ", ".join(map(self.teacher_name, meeting.teachers))

    def student_name(self, student: str) -> str:
        """The student's name, or id."""
        record = self.students.get(student)
        return (record.name if record is not None else "") or student

    def place(self, meeting: Meeting) -> str:
        """Where a section stands: "R1+R2", "G3 (S1)", "not placed"."""
        if not meeting.periods:
            return "not placed"
        return "+".join(meeting.periods) + (f" ({', '.join(meeting.terms)})" if meeting.terms else "")

    def departments(self) -> list[str]:
        """Departments of the sections, sorted."""
        return sorted({m.department for m in self.meetings.values()} - {""}, key=natural)

    def grades(self) -> list[str]:
        """Grades of the students, sorted as numbers where they are."""
        return sorted({s.grade for s in self.students.values()} - {""}, key=natural)


def _students(school: School) -> dict[str, Student]:
    """The table's students, then those known only by their requests."""
    students = {student.id: student for student in school.students.values()}
    for requests in school.requests.values():
        students.setdefault(requests.student, Student(requests.student))
    return students


def _meetings(reading: Reading) -> dict[str, Meeting]:
    school = reading.school
    sped = {student.id for student in school.students.values() if student.sped}
    totals: dict[str, list[int]] = {}
    for section in school.sections.values():
        totals.setdefault(section.course, []).append(len(reading.roster[section.id]))
    meetings = {}
    for section in school.sections.values():
        placement = reading.schedule.placements.get(section.id)
        placed = section.id in reading.masks and placement is not None
        course = school.courses.get(section.course)
        sizes = totals[section.course]
        meetings[section.id] = Meeting(
            section=section.id,
            course=section.course,
            title=(course.title if course else "") or section.course,
            department=reading.department(section.id),
            teachers=reading.teachers(section.id) or section.teachers,
            room=reading.room(section.id) or section.room,
            periods=placement.periods if placement is not None and placed else (),
            terms=placement.terms if placement is not None and placed else (),
            mask=reading.masks.get(section.id, 0),
            enrolled=len(reading.roster[section.id]),
            seats=section.seats,
            sped=sum(student in sped for student in reading.roster[section.id]),
            sped_limit=reading.sped_limit(section.id),
            mean=sum(sizes) / len(sizes),
            locked=placement is not None and placement.locked,
        )
    return meetings
