"""The tables of a school file: which record each holds, what its key is, and what it refers to."""

from dataclasses import dataclass, fields
from typing import cast

from echelon_desktop.model import entities as e


@dataclass(frozen=True, slots=True)
class TableSpec:
    """
    A table of records.

    Parameters
    ----------
    name
        As used in edits, findings and the school file ("sections").
    record
        The dataclass of its rows.
    key
        Fields that name a row; a single one gives a text key, several a tuple.
    singular
        For messages ("section").
    references
        Field → table it refers to; a tuple field refers once per item.
    """

    name: str
    record: type
    key: tuple[str, ...]
    singular: str
    references: tuple[tuple[str, str], ...] = ()

    def key_of(self, record: e.Record) -> e.Key:
        """Key of a record of this table."""
        if len(self.key) == 1:
            return cast(str, getattr(record, self.key[0]))
        return tuple(cast(str, getattr(record, name)) for name in self.key)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the record's fields, in order."""
        return tuple(f.name for f in fields(self.record))


# Facts about the school, in the order in which they are read: what is referred to comes first.
SCHOOL_TABLES = (
    TableSpec("periods", e.Period, ("id",), "period"),
    TableSpec("terms", e.Term, ("id",), "term"),
    TableSpec("patterns", e.Pattern, ("id",), "pattern"),
    TableSpec("rooms", e.Room, ("id",), "room"),
    TableSpec("groups", e.Group, ("id",), "group"),
    TableSpec("courses", e.Course, ("id",), "course"),
    TableSpec(
        "teachers",
        e.Teacher,
        ("id",),
        "teacher",
        (("dedicated_course", "courses"), ("courses", "courses")),
    ),
    TableSpec(
        "sections",
        e.Section,
        ("id",),
        "section",
        (("course", "courses"), ("teachers", "teachers"), ("room", "rooms"), ("groups", "groups")),
    ),
    TableSpec("links", e.Link, ("id",), "link", (("sections", "sections"),)),
    TableSpec("unavailability", e.Unavailability, ("teacher",), "absence", (("teacher", "teachers"),)),
    TableSpec("students", e.Student, ("id",), "student", (("groups", "groups"),)),
    TableSpec("requests", e.RequestList, ("student",), "request list", (("student", "students"),)),
)

# What people decide about it.
DECISION_TABLES = (
    TableSpec(
        "rules",
        e.Rule,
        ("id",),
        "rule",
        (("courses", "courses"), ("teachers", "teachers"), ("sections", "sections")),
    ),
    TableSpec("scenarios", e.Scenario, ("id",), "scenario"),
    TableSpec(
        "placements",
        e.Placement,
        ("scenario", "section"),
        "placement",
        (("scenario", "scenarios"), ("section", "sections"), ("teachers", "teachers"), ("room", "rooms")),
    ),
    TableSpec(
        "seatings",
        e.Seating,
        ("scenario", "student"),
        "seating",
        (("scenario", "scenarios"), ("student", "students")),
    ),
)

TABLES = {spec.name: spec for spec in (*SCHOOL_TABLES, *DECISION_TABLES)}
