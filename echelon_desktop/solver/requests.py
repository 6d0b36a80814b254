"""Course requests as the compiler takes them: once per student and course, with the seats pinned for them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School


class Asked(NamedTuple):
    """
    A course request.

    Parameters
    ----------
    student
        Number of the student.
    request
        The first for its course, where a student's list names the course twice.
    pin
        Number of the section that the student keeps, or -1.
    options
        Courses that satisfy it, its own first.
    """

    student: int
    request: e.CourseRequest
    pin: int
    options: tuple[str, ...]


def read_requests(
    school: School, students: Sequence[e.Student], baseline: Schedule, number: Mapping[str, int]
) -> tuple[list[Asked], int]:
    """
    The requests of all students, in their order, and how many pinned seats answer none of them.

    Parameters
    ----------
    school, students
        The school, and its students in the order in which they are numbered.
    baseline
        Its pinned seats are kept.
    number
        Of each section that is compiled.
    """
    known = {student.id for student in students}
    asked: list[Asked] = []
    lost = sum(len(x.pinned) for x in baseline.seatings.values() if x.student not in known)
    for n, student in enumerate(students):
        request_list = school.requests.get(student.id)
        wanted: dict[str, e.CourseRequest] = {}
        for request in request_list.requests if request_list else ():
            wanted.setdefault(request.course, request)
        options = {c: tuple(dict.fromkeys((c, *request.alternates))) for c, request in wanted.items()}
        pins: dict[str, int] = {}
        seating = baseline.seatings.get(student.id)
        if seating is not None:
            pins = _pins(school, seating, options, number)
            lost += len(set(seating.pinned)) - len(pins)
        asked += [Asked(n, request, pins.get(c, -1), options[c]) for c, request in wanted.items()]
    return asked, lost


def _pins(
    school: School, seating: e.Seating, options: Mapping[str, tuple[str, ...]], number: Mapping[str, int]
) -> dict[str, int]:
    """For each request with a pinned seat its section; a pin that no request answers to is left out."""
    given = {seat.section: seat.course for seat in seating.seats}
    pins: dict[str, int] = {}
    for section in dict.fromkeys(seating.pinned):
        taught = school.sections[section].course if section in number else None
        answering = [c for c, those in options.items() if taught in those and c not in pins]
        if answering:
            first = given.get(section)
            pins[first if first in answering else answering[0]] = number[section]
    return pins
