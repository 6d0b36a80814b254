"""
A school small enough to judge by eye, and schedules of it; tests say only what differs from it.

          R1        R2        R3        G1        G2
    Tan   A-1                 A-2
    Uhl             B-1                 C-1
    -                                             D-1

Ana (grade 10) asks for Art and for Bio or else Drama; Ben (SPED, grade 11) for Art and Chem. Both hold them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.tables import TABLES

PERIODS = tuple(e.Period(f"{day}{order}", day=day, order=order) for day in "RG" for order in range(1, 4))
TERMS = (e.Term("S1"), e.Term("S2"))

RECORDS: dict[str, tuple[e.Record, ...]] = {
    "periods": PERIODS,
    "rooms": (e.Room("101"), e.Room("102")),
    "groups": (e.Group("Band"),),
    "courses": (e.Course("Art"), e.Course("Bio"), e.Course("Chem"), e.Course("Drama")),
    "teachers": (e.Teacher("Tan", "Arts"), e.Teacher("Uhl", "Science")),
    "sections": (
        e.Section("A-1", "Art", ("Tan",), 2, "Arts"),
        e.Section("A-2", "Art", ("Tan",), 2, "Arts"),
        e.Section("B-1", "Bio", ("Uhl",), 2, "Science"),
        e.Section("C-1", "Chem", ("Uhl",), 2, "Science"),
        e.Section("D-1", "Drama", (), 2),
    ),
    "students": (e.Student("Ana", grade="10"), e.Student("Ben", sped=True, grade="11")),
    "requests": (
        e.RequestList("Ana", (e.CourseRequest("Art"), e.CourseRequest("Bio", alternates=("Drama",)))),
        e.RequestList("Ben", (e.CourseRequest("Art"), e.CourseRequest("Chem"))),
    ),
}
PLACES = {"A-1": "R1", "A-2": "R3", "B-1": "R2", "C-1": "G1", "D-1": "G2"}
SEATS = {"Ana": {"Art": "A-1", "Bio": "B-1"}, "Ben": {"Art": "A-1", "Chem": "C-1"}}


def school(**records: Iterable[e.Record]) -> School:
    """Make the school; records given replace those of their key, or come after the others."""
    tables = {}
    for name in {**RECORDS, **records}:
        rows = {TABLES[name].key_of(record): record for record in RECORDS.get(name, ())}
        rows.update({TABLES[name].key_of(record): record for record in records.get(name, ())})
        tables[name] = rows.values()
    return School(**tables)


def section(section_id: str, **changes: object) -> e.Section:
    """Give a section of the school, changed."""
    found = next(s for s in RECORDS["sections"] if isinstance(s, e.Section) and s.id == section_id)
    return replace(found, **changes)


def asks(student: str, *wanted: str | e.CourseRequest) -> e.RequestList:
    """Make a request list."""
    requests = (e.CourseRequest(course) if isinstance(course, str) else course for course in wanted)
    return e.RequestList(student, tuple(requests))


def schedule(
    of: School,
    places: Mapping[str, str | tuple[str, ...] | e.Placement] | None = None,
    seats: Mapping[str, Mapping[str, str] | e.Seating] | None = None,
) -> Schedule:
    """
    Make the schedule; sections and students named replace what they have there.

    A place is a period, several ("S1:R1" stands for R1 in term S1), or a whole placement; seats go by
    requested course, or are a whole seating.
    """
    placements = {}
    for section_id, place in {**PLACES, **(places or {})}.items():
        if isinstance(place, e.Placement):
            placements[section_id] = replace(place, section=place.section or section_id)
            continue
        record = of.sections.get(section_id)
        texts = (place,) if isinstance(place, str) else place
        terms = tuple(dict.fromkeys(t.partition(":")[0] for t in texts if ":" in t))
        placements[section_id] = e.Placement(
            "",
            section_id,
            tuple(text.rpartition(":")[2] for text in texts),
            terms,
            record.teachers if record else (),
            record.room if record else "",
        )
    seatings = {}
    for student, held in {**SEATS, **(seats or {})}.items():
        if isinstance(held, e.Seating):
            seatings[student] = held
        else:
            seatings[student] = seating(student, *held.items())
    return Schedule(placements, seatings)


def seating(student: str, *seats: tuple[str, str], pinned: tuple[str, ...] = ()) -> e.Seating:
    """Make a student's seats from (requested course, section)."""
    return e.Seating("", student, tuple(e.Seat(course, section) for course, section in seats), pinned)


def link(kind: str, *sections: str) -> e.Link:
    """Make a link of the sections."""
    return e.Link("L", e.LinkKind(kind), sections)
