"""From a plan to the records of a school, and its hidden schedule as a schedule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.sample import names
from echelon_desktop.model.sample.catalogue import SCIENCE
from echelon_desktop.model.sample.planning import PlannedCourse
from echelon_desktop.model.sample.sectioning import Pupil
from echelon_desktop.model.sample.shape import Shape
from echelon_desktop.model.sample.staffing import Meeting, PlannedSection, PlannedTeacher

_STUDENTS_PER_COUNSELOR = 400
_HALF_YEARS = (("S1",), ("S2",))
_ROOMS_PER_WING = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """
    All that was decided about a sample school.

    Parameters
    ----------
    shape
        What it was made for.
    periods, terms
        Its calendar.
    meetings, teachers
        Placed, and who teaches them.
    pupils
        Seated.
    """

    shape: Shape
    periods: Sequence[e.Period]
    terms: Sequence[e.Term]
    meetings: Sequence[Meeting]
    teachers: Sequence[PlannedTeacher]
    pupils: Sequence[Pupil]

    def held(self) -> list[tuple[Meeting, PlannedSection]]:
        """The sections that are offered, with their meetings: what nobody chose is not."""
        chosen = {section.course for pupil in self.pupils for section in pupil.taken}
        return [(m, section) for m in self.meetings for section in m.sections if section.course in chosen]

    def room(self, meeting: Meeting) -> str:
        """The room of the meeting's teacher, if rooms are wanted."""
        if not self.shape.rooms:
            return ""
        number = next(i for i, t in enumerate(self.teachers) if t.id == meeting.teachers[0])
        wing, door = divmod(number, _ROOMS_PER_WING)
        return f"{chr(ord('A') + wing % 26)}{wing // 26 + 1}{door + 1:02d}"


def school_of(plan: Plan, requests: Sequence[tuple[e.CourseRequest, ...]], random: Random) -> School:
    """The records of the school; people get their names and numbers here."""
    held = plan.held()
    courses = list(dict.fromkeys(section.course for _, section in held))
    students = _students(plan, random)
    room_seats: dict[str, int] = defaultdict(int)
    for meeting, _ in held:
        room_seats[plan.room(meeting)] = max(room_seats[plan.room(meeting)], plan.shape.seats, meeting.seats)
    return School(
        periods=plan.periods,
        terms=plan.terms,
        rooms=[e.Room(room, seats) for room, seats in sorted(room_seats.items()) if room],
        courses=[_course(course) for course in courses],
        teachers=_teachers(plan, held, random),
        sections=[_section(plan, meeting, section) for meeting, section in held],
        links=_links(plan, held),
        unavailability=[
            e.Unavailability(t.id, tuple(p.id for bit, p in enumerate(plan.periods) if t.away >> bit & 1))
            for t in plan.teachers
            if t.away
        ],
        students=students,
        requests=[e.RequestList(s.id, wanted) for s, wanted in zip(students, requests, strict=True)],
    )


def schedule_of(plan: Plan, school: School) -> Schedule:
    """The hidden schedule."""
    placements = {
        section.id: e.Placement(
            scenario="",
            section=section.id,
            periods=meeting.periods,
            terms=(section.term,) if section.term else (),
            teachers=tuple(meeting.teachers),
            room=plan.room(meeting),
        )
        for meeting, section in plan.held()
    }
    seatings = {}
    for pupil, student in zip(plan.pupils, school.students.values(), strict=True):
        seats = tuple(e.Seat(section.course.id, section.id) for section in pupil.taken)
        seatings[student.id] = e.Seating("", student.id, seats)
    return Schedule(placements, seatings)


def _course(course: PlannedCourse) -> e.Course:
    return e.Course(
        id=course.id,
        title=course.offer.title,
        department=course.offer.department,
        pattern=course.pattern,
        term_choices=_HALF_YEARS if course.half_year else (),
    )


def _section(plan: Plan, meeting: Meeting, section: PlannedSection) -> e.Section:
    grades = section.course.offer.shares
    only = (str(next(iter(grades))),) if plan.shape.grade_restrictions and len(grades) == 1 else ()
    shortened = section.course.pattern and meeting.length == 1
    return e.Section(
        id=section.id,
        course=section.course.id,
        teachers=tuple(meeting.teachers),
        seats=section.seats,
        department=section.course.offer.department,
        room=plan.room(meeting),
        pattern="1" if shortened else "",
        grades=only,
    )


def _teachers(plan: Plan, held: Iterable[tuple[Meeting, PlannedSection]], random: Random) -> list[e.Teacher]:
    load: Counter[str] = Counter()
    science: Counter[str] = Counter()
    taught: dict[str, set[str]] = defaultdict(set)
    teachers_of: dict[str, set[str]] = defaultdict(set)
    for meeting, section in held:
        for teacher_id in meeting.teachers:
            load[teacher_id] += 1
            science[teacher_id] += section.course.offer.department == SCIENCE
            taught[teacher_id].add(section.course.id)
            teachers_of[section.course.id].add(teacher_id)
    records = []
    for teacher in plan.teachers:
        if teacher.id not in load:
            continue
        own = min(taught[teacher.id])
        is_specialist = taught[teacher.id] == {own} and teachers_of[own] == {teacher.id}
        records.append(
            e.Teacher(
                id=teacher.id,
                department=teacher.department,
                dedicated_course=own if is_specialist else "",
                load=load[teacher.id],
                science_sections=science[teacher.id],
                name=names.person(random),
            )
        )
    return records


def _students(plan: Plan, random: Random) -> list[e.Student]:
    count = len(plan.pupils)
    ids = sorted(random.sample(range(1_000, 1_000_000), count))
    counselors = [names.person(random) for _ in range(count // _STUDENTS_PER_COUNSELOR + 1)]
    return [
        e.Student(
            id=f"{number:06d}",
            sped=pupil.sped,
            name=names.person(random),
            grade=str(pupil.grade),
            counselor=counselors[pupil.number % len(counselors)],
        )
        for number, pupil in zip(ids, plan.pupils, strict=True)
    ]


def _links(plan: Plan, held: Iterable[tuple[Meeting, PlannedSection]]) -> list[e.Link]:
    together: dict[Meeting, list[str]] = defaultdict(list)
    for meeting, section in held:
        together[meeting].append(section.id)
    links: list[e.Link] = []
    for meeting, sections in together.items():
        if len(sections) < 2:
            continue
        kinds = [e.LinkKind.STACKED]
        if meeting.is_pair:
            kinds = [e.LinkKind.SAME_PERIOD, e.LinkKind.SAME_STUDENTS]
        links += [e.Link(f"L{len(links) + i:03d}", kind, tuple(sections)) for i, kind in enumerate(kinds, 1)]
    return links
