"""
Solving a part of a school: a department or a grade, with the rest kept as it stands.

What is outside the part and has a place keeps it; what is outside and has none is left out altogether, so
that a department can be drafted before the others are thought of.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import department_of
from echelon_desktop.model.tables import SCHOOL_TABLES


class Part(StrEnum):
    """What a scope is a part of the school by."""

    ALL = "all"
    DEPARTMENT = "department"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part is solved; ``value`` names the department or the grade."""

    part: Part = Part.ALL
    value: str = ""

    @property
    def words(self) -> str:
        """The scope for people: "Science only"."""
        if self.part is Part.ALL:
            return "whole school"
        return f"{'grade ' if self.part is Part.GRADE else ''}{self.value} only"

    def words_from(self, schedule: Schedule) -> str:
        """The same for a solve from a schedule, whose locked sections are no part of it."""
        locked = any(placement.locked for placement in schedule.placements.values())
        return "what is not locked" if locked and self.part is Part.ALL else self.words


def confine(school: School, schedule: Schedule, scope: Scope) -> tuple[School, Schedule]:
    """
    The school and baseline to solve for a scope.

    Parameters
    ----------
    school, schedule
        The whole; the schedule may be empty or partial.
    scope
        What is to be solved.

    Returns
    -------
    tuple
        A school without what is left out, and a baseline that locks and pins what stays as it is. Use
        :func:`merged` on the result.
    """
    if scope.part is Part.ALL:
        return school, schedule
    placed = {s for s, placement in schedule.placements.items() if placement.periods}
    closed = _held_by_others(school, schedule, scope)
    free_sections = {
        s.id for s in school.sections.values() if s.id not in closed and _in_scope(school, s, scope)
    }
    kept_sections = [s for s in school.sections.values() if s.id in free_sections or s.id in placed]
    free_courses = {s.course for s in school.sections.values() if s.id in free_sections}
    lists = []
    for x in school.requests.values():
        student = school.students.get(x.student)
        free_student = scope.part is Part.DEPARTMENT or (student is not None and student.grade == scope.value)
        held = {seat.course for seat in _seats(schedule, x.student)}
        wanted = tuple(
            r for r in x.requests if r.course in held or (free_student and _asks_for(r, free_courses, scope))
        )
        lists.append(replace(x, requests=wanted))
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    tables |= {"sections": kept_sections, "requests": lists}
    sections = {s.id for s in kept_sections}
    tables["links"] = [x for x in school.links.values() if sections.issuperset(x.sections)]
    baseline = Schedule(
        {
            s: replace(placement, locked=placement.locked or s not in free_sections)
            for s, placement in schedule.placements.items()
            if s in sections
        },
        {
            student: replace(seating, pinned=_pinned(seating, school, free_sections, scope))
            for student, seating in schedule.seatings.items()
        },
    )
    return School(**tables), baseline


def merged(schedule: Schedule, result: Schedule) -> Schedule:
    """The result put into the schedule it was made from, with that schedule's own locks and pins."""
    placements = dict(schedule.placements)
    for section, placement in result.placements.items():
        before = schedule.placements.get(section)
        placements[section] = replace(
            placement,
            locked=before.locked if before else False,
            forbidden=before.forbidden if before else (),
        )
    seatings = dict(schedule.seatings)
    for student, seating in result.seatings.items():
        mine = schedule.seatings.get(student)
        seatings[student] = replace(seating, pinned=mine.pinned if mine else ())
    return Schedule(placements, seatings)


def _in_scope(school: School, section: e.Section, scope: Scope) -> bool:
    """Whether a section is the department's, or open to the grade."""
    if scope.part is Part.DEPARTMENT:
        return department_of(school, section) == scope.value
    return not section.grades or scope.value in section.grades


def _held_by_others(school: School, schedule: Schedule, scope: Scope) -> set[str]:
    """Sections in which students of other grades sit; they cannot move without them."""
    if scope.part is Part.DEPARTMENT:
        return set()
    held: set[str] = set()
    for seating in schedule.seatings.values():
        student = school.students.get(seating.student)
        if student is None or student.grade != scope.value:
            held.update(seat.section for seat in seating.seats)
    return held


def _asks_for(request: e.CourseRequest, courses: set[str], scope: Scope) -> bool:
    return scope.part is Part.GRADE or not courses.isdisjoint((request.course, *request.alternates))


def _seats(schedule: Schedule, student: str) -> tuple[e.Seat, ...]:
    seating = schedule.seatings.get(student)
    return seating.seats if seating else ()


def _pinned(seating: e.Seating, school: School, free_sections: set[str], scope: Scope) -> tuple[str, ...]:
    """Seats that stay: all those of other grades, or those outside the department."""
    student = school.students.get(seating.student)
    if scope.part is Part.GRADE and (student is None or student.grade != scope.value):
        return tuple(seat.section for seat in seating.seats)
    if scope.part is Part.GRADE:
        return seating.pinned
    outside = (seat.section for seat in seating.seats if seat.section not in free_sections)
    return tuple(dict.fromkeys((*seating.pinned, *outside)))
