"""A plain school in numbers, read from its records, and a schedule made of numbers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import concerns, sped_limit


class NotTriedError(Exception):
    """The method cannot be run here: a library is missing, or its model would be too large."""


@dataclass(frozen=True)
class PlainSchool:
    """
    What the plain methods need to know.

    Parameters
    ----------
    periods
        How many.
    course, teacher, seats, sped_seats, allowed
        By section: number of its course, teacher or -1, seats, most SPED students, periods it may meet in.
    sped
        By student.
    requests
        Pairs of student and course.
    """

    periods: int
    course: Sequence[int]
    teacher: Sequence[int]
    seats: Sequence[int]
    sped_seats: Sequence[int]
    allowed: Sequence[Sequence[int]]
    sped: Sequence[bool]
    requests: Sequence[tuple[int, int]]

    def sections_of(self) -> dict[int, list[int]]:
        """Sections of each course."""
        sections = defaultdict(list)
        for section, course in enumerate(self.course):
            sections[course].append(section)
        return sections


@dataclass(frozen=True)
class Outcome:
    """
    What a method found.

    Parameters
    ----------
    period
        Of each section; None when nothing was found.
    seat
        Section of each request, -1 unmet.
    bound
        Requests that certainly stay unmet, None where a method proves nothing.
    note
        Size of the model and such.
    """

    period: Sequence[int] | None
    seat: Sequence[int]
    bound: int | None = None
    note: str = ""


def plain_school(school: School, rules: Sequence[e.Rule]) -> PlainSchool:
    """Read a school of plain records; what the six files cannot say is left out."""
    periods = {period: i for i, period in enumerate(school.periods)}
    teachers = {
        teacher: i for i, teacher in enumerate({t: 0 for s in school.sections.values() for t in s.teachers})
    }
    students = {student: i for i, student in enumerate(school.students)}
    wanted = [
        (students[entry.student], request.course)
        for entry in school.requests.values()
        if entry.student in students
        for request in {r.course: r for r in entry.requests}.values()
    ]
    names = dict.fromkeys([s.course for s in school.sections.values()] + [c for _, c in wanted])
    courses = {course: i for i, course in enumerate(names)}
    sections = list(school.sections.values())
    limits = [sped_limit(school, rules, section) for section in sections]
    return PlainSchool(
        periods=len(periods),
        course=[courses[s.course] for s in sections],
        teacher=[teachers[s.teachers[0]] if s.teachers else -1 for s in sections],
        seats=[s.seats for s in sections],
        sped_seats=[s.seats if n is None else min(n, s.seats) for s, n in zip(sections, limits, strict=True)],
        allowed=[[periods[p] for p in _allowed(school, rules, s)] for s in sections],
        sped=[student.sped for student in school.students.values()],
        requests=[(student, courses[course]) for student, course in wanted],
    )


def _allowed(school: School, rules: Sequence[e.Rule], section: e.Section) -> list[str]:
    allowed = set(section.allowed_periods or school.periods)
    course = school.courses.get(section.course)
    if course is not None and course.allowed_periods:
        allowed &= set(course.allowed_periods)
    for rule in rules:
        if rule.kind == "allowed-periods" and rule.level is None and concerns(rule, school, section):
            allowed &= set(rule.periods)
    for teacher in section.teachers:
        if teacher in school.unavailability:
            allowed -= set(school.unavailability[teacher].slots)
    return [period.id for period in school.periods.values() if period.id in allowed]


def seat_pools(school: PlainSchool, period: Sequence[int], attends: Sequence[int]) -> list[int]:
    """From the period in which each request is met (-1: none) to its section, SPED students first."""
    seat = [-1] * len(school.requests)
    seats, sped_seats = list(school.seats), list(school.sped_seats)
    pools = defaultdict(list)
    for section, course in enumerate(school.course):
        pools[course, period[section]].append(section)
    for request in sorted(range(len(seat)), key=lambda r: not school.sped[school.requests[r][0]]):
        student, course = school.requests[request]
        sped = school.sped[student]
        open_sections = [
            s for s in pools[course, attends[request]] if seats[s] > 0 and (not sped or sped_seats[s] > 0)
        ]
        if attends[request] >= 0 and open_sections:
            section = max(open_sections, key=lambda s: (sped_seats[s], seats[s]) if sped else (seats[s], -s))
            seat[request] = section
            seats[section] -= 1
            sped_seats[section] -= sped
    return seat


def schedule_of(school: School, plain: PlainSchool, outcome: Outcome) -> Schedule:
    """A schedule of the school's records."""
    assert outcome.period is not None
    periods, sections = [p.id for p in school.periods.values()], list(school.sections.values())
    placements = {
        section.id: e.Placement(
            "", section.id, (periods[outcome.period[i]],), (), section.teachers, section.room
        )
        for i, section in enumerate(sections)
    }
    seats = defaultdict(list)
    students = [s.id for s in school.students.values()]
    for (student, _), section in zip(plain.requests, outcome.seat, strict=True):
        if section >= 0:
            seats[students[student]].append(e.Seat(sections[section].course, sections[section].id))
    seatings = {student: e.Seating("", student, tuple(held)) for student, held in seats.items()}
    return Schedule(placements, seatings)
