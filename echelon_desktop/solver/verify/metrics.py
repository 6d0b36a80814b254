"""The lines of ``constraint_violations.csv``: how often each thing went wrong, of how many."""

from collections import Counter
from typing import NamedTuple

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.verify.verdict import Verdict


class Metric(NamedTuple):
    """One line; ``percentage`` is of ``total`` (0.0 when that is 0), to two decimals."""

    name: str
    number: int
    total: int
    percentage: float


_SECTION_FACTS = {
    "placed": "Sections without a period",
    "pattern": "Sections outside their pattern",
    "allowed-periods": "Sections outside their allowed periods",
    "section-seats": "Sections over their seats",
    "stack-seats": "Stacks over their seats",
    "room-seats": "Sections over the seats of their room",
    "sped-limit": "Sections over their SPED limit",
    "assigned-teachers": "Sections with other teachers than assigned",
    "assigned-room": "Sections in another room than assigned",
    "locked": "Locked sections moved",
    "forbidden": "Sections in forbidden slots",
}
_TEACHER_FACTS = {
    "teacher-once": "Teachers with two sections at once",
    "teacher-available": "Teachers teaching when unavailable",
}
_ROOM_FACTS = {"room-once": "Rooms with two sections at once"}
_STUDENT_FACTS = {
    "student-once": "Students with two sections at once",
    "student-available": "Students seated when unavailable",
    "requested-courses": "Students in courses not requested",
    "one-seat-per-request": "Students with two seats for a request",
    "course-once": "Students with a course twice",
    "grades-and-groups": "Students in sections of other grades or groups",
    "same-students": "Students apart from their linked section",
    "pinned": "Students moved from pinned sections",
}
_LINK_FACTS = {
    "stacked": "Stacked sections apart",
    "same-period": "Linked sections not in the same periods",
    "consecutive": "Linked sections not consecutive",
}


def metrics(verdict: Verdict, school: School, schedule: Schedule) -> list[Metric]:
    """
    Lines for reports: requests first, then the graded rules, then every broken or kept fact.

    A fact is counted by the records that break it (a teacher with three clashes counts once), so that no
    percentage exceeds 100.
    """
    counts = verdict.counts
    lines = [
        _metric("Unmet requests", counts.unmet, counts.requests),
        _metric("Alternates granted", counts.alternates_granted, counts.requests),
        _metric("Students without every request", _missing_some(verdict), counts.students),
        _metric("Seats filled", counts.enrolled, counts.seats),
        _metric("Size spread", counts.size_spread, counts.enrolled),
        _metric("SPED size spread", counts.sped_spread, counts.enrolled),
        _metric("Teacher-load spread", counts.load_spread, counts.sections),
        _metric("Slots used of rooms in use", counts.room_slots_taught, counts.room_slots),
        _metric("Seats filled of rooms in use", counts.room_seats_taken, counts.room_seats),
    ]
    for figure in verdict.figures:
        for part in figure.parts:
            if part.kind in _GRADED:
                name, records = _GRADED[part.kind]
                broken = len({(breach.table, breach.key) for breach in part.breaches})
                lines.append(_metric(f"{name} (rule {part.rule})", broken, len(getattr(school, records))))
    listed_here = set()
    for table, facts in _BY_TABLE.items():
        total = len(schedule.seatings) if table == "students" else len(getattr(school, table))
        for fact, name in facts.items():
            keys = {v.key for v in verdict.violations if (v.rule, v.table) == (fact, table)}
            lines.append(_metric(name, len(keys), total))
            listed_here.add((fact, table))
    others = Counter(v.rule for v in verdict.violations if (v.rule, v.table) not in listed_here)
    lines += [_metric(f"Other violations: {rule}", number, number) for rule, number in others.items()]
    return lines


_GRADED = {
    "allowed-periods": ("Sections outside preferred periods", "sections"),
    "lab-spacing": ("Teachers with labs in consecutive periods", "teachers"),
    "teacher-consecutive": ("Teachers with too many periods in a row", "teachers"),
    "teacher-load": ("Teachers with too many sections", "teachers"),
    "teacher-preps": ("Teachers with too many courses", "teachers"),
    "teacher-travel": ("Teachers who change buildings between periods", "teachers"),
    "teacher-rooms": ("Teachers with too many rooms", "teachers"),
    "section-teachers": ("Sections without a fitting teacher", "sections"),
    "section-rooms": ("Sections without a fitting room", "sections"),
    "room-fit": ("Sections in rooms of other size", "sections"),
    "room-use": ("Rooms in use", "rooms"),
    "student-free-periods": ("Students with too many free periods", "students"),
    "student-holes": ("Students with free periods between classes", "students"),
    "student-day-balance": ("Students with uneven days", "students"),
}
_BY_TABLE = {
    "sections": _SECTION_FACTS,
    "teachers": _TEACHER_FACTS,
    "rooms": _ROOM_FACTS,
    "students": _STUDENT_FACTS,
    "links": _LINK_FACTS,
}


def _missing_some(verdict: Verdict) -> int:
    return verdict.counts.students - verdict.counts.students_with_every_request


def _metric(name: str, count: int, total: int) -> Metric:
    return Metric(name, count, total, round(100 * count / total, 2) if total else 0.0)
