"""
The records of a school, its rules and its schedules.

All are frozen dataclasses with text ids, so that a record can be compared, journalled and sent about as it
stands. ``extra`` keeps columns of the school's own files that mean nothing here, by their title as found.

Words used in several places:

slot text
    ``R1`` (that period in every term) or ``S1:R1`` (in one term).
term choices
    The sets of terms a section may meet in, one of which is chosen; ``()`` is "all terms of the school".
    ``(("S1",), ("S2",))`` is a one-semester section that may stand in either semester.
pattern
    How many periods a section needs: ``""`` or ``"1"`` one, ``"2"`` two consecutive periods of a day (and so
    on), or the id of a :class:`Pattern` that lists the choices.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Key: TypeAlias = str | tuple[str, ...]
TermChoices: TypeAlias = tuple[tuple[str, ...], ...]
Extra: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """A line of the bell schedule, named as people say it ("R1"); ``order`` counts within the ``day``."""

    id: str
    number: str = ""  # period_id of Period.csv
    day: str = ""
    order: int = 0
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the year scheduled apart from the others. A school without terms has one, all year."""

    id: str
    name: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named list of the period sets that a section may meet in, one of which is chosen."""

    id: str
    choices: tuple[tuple[str, ...], ...]
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """
    A room; holds one section (or stack) per slot, and ``seats`` students when given.

    ``type`` says what it is equipped for ("lab", "gym"): it is given to courses that ask for that type, one
    without a type to courses that ask for none.
    """

    id: str
    seats: int | None = None
    building: str = ""
    type: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of students (a team, a programme), to which sections may be restricted."""

    id: str
    name: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """What students request. ``lab`` None means "as the department says" (Science has labs)."""

    id: str
    title: str = ""
    department: str = ""
    allowed_periods: tuple[str, ...] = ()  # slot texts; () is everywhere
    lab: bool | None = None
    sped_limit: int | None = None
    pattern: str = ""
    term_choices: TermChoices = ()
    room_type: str = ""
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """
    One class of a course, with its teachers (none, one or several) and its seats.

    ``pattern``, ``term_choices`` and ``sped_limit`` override the course's when given. ``grades`` and
    ``groups`` restrict who may sit in it; empty means anyone.
    """

    id: str
    course: str
    teachers: tuple[str, ...] = ()
    seats: int = 0
    department: str = ""
    room: str = ""
    pattern: str = ""
    term_choices: TermChoices = ()
    allowed_periods: tuple[str, ...] = ()  # slot texts; () is wherever the course may be
    grades: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sped_limit: int | None = None
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Teacher:
    """
    A teacher. ``load`` and ``science_sections`` are what the school's file says, to be checked.

    ``courses`` are those that he may be given; none are those of his department.
    """

    id: str
    department: str = ""
    dedicated_course: str = ""
    load: int | None = None  # sections
    science_sections: int | None = None
    name: str = ""
    fte: float | None = None  # 1.0 is full time, 0.5 half time
    max_load: int | None = None  # sections at one time of the year
    max_preps: int | None = None  # different courses
    max_consecutive: int | None = None  # periods in a row
    courses: tuple[str, ...] = ()
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unavailability:
    """Slots in which a teacher cannot teach."""

    teacher: str
    slots: tuple[str, ...] = ()  # slot texts
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Student:
    """A student; nothing but the id and the SPED flag is ever required."""

    id: str
    sped: bool = False
    name: str = ""
    grade: str = ""
    counselor: str = ""
    groups: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()  # slot texts
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CourseRequest:
    """A course a student wants. Rank 1 matters most; any of ``alternates`` will do, the first one best."""

    course: str
    rank: int = 1
    alternates: tuple[str, ...] = ()
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestList:
    """All course requests of one student."""

    student: str
    requests: tuple[CourseRequest, ...] = ()
    extra: Extra = field(default_factory=dict)


class LinkKind(StrEnum):
    """What a link says of its sections."""

    STACKED = "stacked"  # one teacher, one room, the same slots, the seats of the largest shared by all
    SAME_STUDENTS = "same students"  # who holds courses of two of them holds both sections
    SAME_PERIOD = "same period"  # the same periods, in whatever terms
    CONSECUTIVE = "consecutive"  # one after the other in a day, in the order listed


@dataclass(frozen=True, slots=True)
class Link:
    """Sections that belong together."""

    id: str
    kind: LinkKind
    sections: tuple[str, ...]
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule of the school; docs/rules.md explains each kind and which of the fields it uses.

    ``level`` None is a hard rule. Otherwise 1 is the most important level; levels are strictly ordered and
    ``weight`` acts among the rules of one level. Empty scope fields mean "all".
    """

    id: str
    kind: str
    level: int | None = None
    weight: int = 1
    courses: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()  # slot texts
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named schedule: a draft, a solver's result, the one that is used."""

    id: str
    name: str
    created: str = ""  # ISO 8601, UTC
    note: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """
    Where a section stands in a scenario, and what the user fixed about it.

    ``periods`` empty means not placed yet; ``terms`` empty means all terms. A ``locked`` placement stays;
    ``forbidden`` lists slots where the section must not be put.
    """

    scenario: str
    section: str
    periods: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    teachers: tuple[str, ...] = ()
    room: str = ""
    locked: bool = False
    forbidden: tuple[str, ...] = ()  # slot texts


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat in a section, given for the request of ``course`` (the section's own, unless an alternate)."""

    course: str
    section: str


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of one student in a scenario; ``pinned`` sections are kept by the solver."""

    scenario: str
    student: str
    seats: tuple[Seat, ...] = ()
    pinned: tuple[str, ...] = ()


Record: TypeAlias = (
    Period
    | Term
    | Pattern
    | Room
    | Group
    | Course
    | Section
    | Teacher
    | Unavailability
    | Student
    | RequestList
    | Link
    | Rule
    | Scenario
    | Placement
    | Seating
)
