"""What verify says: broken rules, figures in their order, and plain counts."""

from dataclasses import dataclass

from echelon_desktop.model.entities import Key

# What holds in every school, whatever its rules say. docs/rules.md explains each.
FACTS = {
    "known-records": "A schedule names only records of the school.",
    "placed": "Every section has a period.",
    "pattern": "A section meets in one of the choices that its pattern and terms leave it.",
    "allowed-periods": "A section meets only where it and its course may.",
    "assigned-teachers": "A section keeps the teachers that it names.",
    "assigned-room": "A section keeps the room that it names.",
    "teacher-once": "A teacher teaches one section (or stack) at a time.",
    "teacher-available": "A teacher does not teach in an unavailable slot.",
    "room-once": "A room holds one section (or stack) at a time.",
    "student-once": "A student holds one seat at a time.",
    "student-available": "A student holds no seat in an unavailable slot.",
    "requested-courses": "A seat is given for a requested course, in it or one of its alternates.",
    "one-seat-per-request": "A request is met by one seat.",
    "course-once": "A student holds a course once.",
    "section-seats": "A section has no more students than seats.",
    "stack-seats": "A stack has no more students than its largest section has seats.",
    "room-seats": "A room has no more students than seats.",
    "sped-limit": "A section has no more SPED students than its limit.",
    "grades-and-groups": "A section restricted to grades or groups holds only their students.",
    "stacked": "Stacked sections meet at the same time, with the same teachers in the same room.",
    "same-students": "Who holds courses of two such linked sections holds both sections.",
    "same-period": "Sections linked so meet in the same periods.",
    "consecutive": "Sections linked so meet one right after the other in a day.",
    "locked": "A locked section stays as it was.",
    "forbidden": "A section does not meet in a slot forbidden to it.",
    "pinned": "A student keeps the sections pinned for him.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One broken fact or hard rule.

    Parameters
    ----------
    rule
        A name of :data:`FACTS`, or the kind of the rule.
    message
        What is broken, as a sentence that names the records.
    table, key
        The record concerned, for "take me there".
    sections
        Those that break it by where they stand together, where the record is none of them.
    """

    rule: str
    message: str
    table: str = ""
    key: Key = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that a graded rule counts: its cost before weights, in words, where, by which sections."""

    cost: int
    message: str
    table: str = ""
    key: Key = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule adds to a figure; ``cost`` is before the weight."""

    rule: str
    kind: str
    name: str
    cost: int
    weight: int
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number to be made small; the figures before it matter more, however little they change."""

    name: str
    level: int
    value: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """
    Plain counts for reports, whatever the rules say.

    ``size_spread`` is the sum over courses of largest minus smallest section, ``sped_spread`` the same of
    SPED students; ``load_spread`` is that of the rule teacher-load-spread over all teachers. In rooms in use,
    ``room_slots_taught`` of ``room_slots`` have a section, and ``room_seats_taken`` of the ``room_seats`` of
    those (slot by slot, where seats are known) a student.
    """

    students: int  # with a request
    students_with_every_request: int
    requests: int
    met: int
    unmet: int
    unmet_by_rank: tuple[int, int, int]  # rank 1, rank 2, rank 3 and lower
    alternates_granted: int
    sections: int
    placed: int
    seats: int
    enrolled: int
    size_spread: int
    sped_spread: int
    load_spread: int
    rooms_in_use: int
    room_slots: int
    room_slots_taught: int
    room_seats: int
    room_seats_taken: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What a schedule is worth.

    Parameters
    ----------
    violations
        Broken facts and hard rules; none in a schedule that may be used.
    figures
        What the graded rules count, the most important first; compare :attr:`score`.
    counts
        Plain counts.
    """

    violations: tuple[Violation, ...]
    figures: tuple[Figure, ...]
    counts: Counts

    @property
    def ok(self) -> bool:
        """Whether no fact and no hard rule is broken."""
        return not self.violations

    @property
    def score(self) -> tuple[int, ...]:
        """Values of the figures in order: of two schedules that are ok, the smaller tuple is better."""
        return tuple(figure.value for figure in self.figures)
