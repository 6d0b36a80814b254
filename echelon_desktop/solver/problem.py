"""
The problem as the solvers see it: integers and arrays, no names, no school.

Rules are compiled (``compile.py``) to a few primitives that the local search and CP-SAT both read:

choices
    Each section has a list of ways to meet, each a mask of slots. Everything that forbids a slot (course and
    section restrictions, absent teachers, locks, forbidden places) has already shortened the list.
exclusive groups
    Sections of one teacher or one room: no two may meet in a common slot. A stack appears once, by its first
    section.
slot limits
    Sections of which at most so many may meet in a slot, since no more teachers or rooms could take them (see
    ``assign``). A stack appears once, by its first section.
pair tables
    Pairs of sections with the combinations of their choices that are allowed (stacks, links).
shared capacities
    Sets of sections with seats in common (stacks). Every section has its own seats and SPED limit besides.
goals
    What costs something, and at which level; level 0 must cost nothing.

Integers stand for students, sections and courses in the order of :class:`Keys`, which stays with the caller:
what is in a Problem may leave the workstation.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model.slots import Choice

VERSION = 2
NO_LIMIT = np.iinfo(np.int32).max

Ints = NDArray[np.int32]
Masks = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of integers: list ``i`` is ``items[start[i]:start[i + 1]]``; shapes (n + 1,) and (total,)."""

    start: Ints
    items: Ints

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> "Ragged":
        """Pack lists of integers."""
        start = np.zeros(len(lists) + 1, np.int32)
        np.cumsum([len(items) for items in lists], out=start[1:])
        flat = [item for items in lists for item in items]
        return cls(start, np.array(flat, np.int32))

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, i: int) -> Ints:
        return self.items[self.start[i] : self.start[i + 1]]

    def __iter__(self) -> Iterator[Ints]:
        return (self[i] for i in range(len(self)))


class GoalKind(StrEnum):
    """What a goal counts; docs/rules.md defines each count."""

    UNMET = "unmet"  # requests without a seat, at the sub-level of their rank
    ALTERNATES = "alternates"  # option_cost of the options granted
    BALANCE = "balance"  # sum over courses of largest minus smallest section
    SPED_BALANCE = "SPED balance"  # the same of SPED students
    SPACING = "spacing"  # groups: pairs of sections in adjacent slots
    RUNS = "runs"  # groups: windows of limits[i] + 1 consecutive slots all taught
    CHOICE_COST = "choice cost"  # cost of the choices taken
    FREE = "free"  # free periods of students above the limit, per term
    HOLES = "holes"  # free periods of students between two classes of a day
    DAY_BALANCE = (
        "day balance"  # classes of students on their fullest day less their emptiest, above the limit
    )
    LOAD = "load"  # groups: sections of one term above limits[i], in the worst term
    LOAD_SPREAD = "load spread"  # per department: largest minus smallest load of its groups, per FTE
    TRAVEL = "travel"  # groups: slots after which the next is taught in another building
    CHANGES = "changes"  # choices at their cost, and requests whose seat is another than in limits
    CONSTANT = "constant"  # what no schedule can change


OF_SECTIONS = frozenset(
    {
        GoalKind.SPACING,
        GoalKind.RUNS,
        GoalKind.LOAD,
        GoalKind.LOAD_SPREAD,
        GoalKind.TRAVEL,
        GoalKind.CHOICE_COST,
        GoalKind.CONSTANT,
    }
)
"""Kinds whose count depends on where sections stand, and on no seat."""


@dataclass(frozen=True, slots=True)
class Goal:
    """
    One thing that costs.

    Parameters
    ----------
    kind, level, weight
        What is counted, where (0 is hard) and how much each costs there.
    name
        The rule's kind, for figures.
    groups
        SPACING, RUNS, LOAD, LOAD_SPREAD, TRAVEL: lists of sections (one list a teacher). FREE, HOLES,
        DAY_BALANCE: one list of students.
    limits
        RUNS, LOAD: how many are allowed, per group. LOAD_SPREAD: hundredths of a full post, per group. FREE,
        DAY_BALANCE, CONSTANT: one number. CHANGES: shape (requests,), the section held before, or -1.
    cost
        CHOICE_COST, CHANGES: shape (choices,). LOAD_SPREAD: number of the department, per group.
    """

    kind: GoalKind
    level: int
    weight: int = 1
    name: str = ""
    groups: Ragged = field(default_factory=lambda: Ragged.of([]))
    limits: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    cost: Masks = field(default_factory=lambda: np.zeros(0, np.int64))


class Level(NamedTuple):
    """A figure to minimise before all that follow: a level of the rules, unmet requests split by rank."""

    name: str
    number: int
    rank: int | None  # 0, 1, 2 for unmet requests of that rank class; None otherwise
    goals: tuple[int, ...]


class PairTable(NamedTuple):
    """Sections ``a`` and ``b`` must take one of these pairs of choices; shape (pairs, 2), global numbers."""

    a: int
    b: int
    pairs: Ints


@dataclass(frozen=True, slots=True)
class Problem:
    """
    A school as arrays. All arrays are read-only by convention; see the module for the primitives.

    Parameters
    ----------
    slot_term, slot_period
        Shape (slots,): slot = term × number of periods + period.
    adjacent
        Shape (slots,): mask of the slots right before or after it in the same day and term.
    next_slot
        Shape (slots,): the slot right after it in the same day and term, or -1.
    days
        Slots of each day of each term, in the order of the day.
    section_course, section_seats, section_sped
        Shape (sections,): course number, seats, most SPED students (NO_LIMIT for none).
    section_building
        Shape (sections,): number of the building of its room, or -1 where that is not known.
    section_audience
        Shape (sections,): row of ``audience``, or -1 when anyone may sit there.
    audience
        Shape (audiences, students): who may sit.
    choice_start, choice_mask
        Choices of section s are ``choice_start[s]:choice_start[s + 1]``; their masks of slots.
    exclusive
        Lists of sections of which no two may meet in a common slot.
    slot_limit_sections, slot_limit_most
        Lists of sections; shape (lists, slots): how many of a list may meet in the slot.
    pair_tables
        Allowed combinations of choices.
    capacity_sections, capacity_seats
        Sets of sections and the seats they share.
    same_students
        Lists of sections: who sits in one of a list and holds the course of another sits, for that course
        too, in a section of the list.
    student_sped, student_blocked
        Shape (students,): SPED flag; mask of slots where the student cannot be.
    request_student, request_rank, request_pin
        Shape (requests,): student; rank class 0, 1, 2 (third and lower); section to keep, or -1.
    options, option_cost
        Per request the courses that satisfy it, its own first; cost 0 for that, then 1, 2, ...
    goals
        What costs.
    n_courses
        Number of courses, including those that are requested and have no section.
    """

    slot_term: Ints
    slot_period: Ints
    adjacent: Masks
    next_slot: Ints
    days: Ragged
    section_course: Ints
    section_seats: Ints
    section_sped: Ints
    section_building: Ints
    section_audience: Ints
    audience: Bools
    choice_start: Ints
    choice_mask: Masks
    exclusive: Ragged
    slot_limit_sections: Ragged
    slot_limit_most: Ints
    pair_tables: tuple[PairTable, ...]
    capacity_sections: Ragged
    capacity_seats: Ints
    same_students: Ragged
    student_sped: Bools
    student_blocked: Masks
    request_student: Ints
    request_rank: Ints
    request_pin: Ints
    options: Ragged
    option_cost: Ints
    goals: tuple[Goal, ...]
    n_courses: int

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return len(self.slot_term)

    @property
    def n_sections(self) -> int:
        """Number of sections."""
        return len(self.section_course)

    @property
    def n_students(self) -> int:
        """Number of students."""
        return len(self.student_sped)

    @property
    def n_requests(self) -> int:
        """Number of course requests."""
        return len(self.request_student)

    def levels(self) -> tuple[Level, ...]:
        """The figures to minimise, the most important first."""
        ranks = np.unique(self.request_rank).tolist() or [0]
        out = []
        for number in sorted({goal.level for goal in self.goals if goal.level > 0}):
            at = [i for i, goal in enumerate(self.goals) if goal.level == number]
            unmet = [i for i in at if self.goals[i].kind is GoalKind.UNMET]
            for rank in ranks if unmet else []:
                label = f", rank {rank + 1}" if len(ranks) > 1 else ""
                out.append(Level(f"unmet requests{label}", number, rank, tuple(unmet)))
            rest = tuple(i for i in at if i not in unmet)
            if rest:
                names = dict.fromkeys(self.goals[i].name for i in rest)
                out.append(Level(" + ".join(names), number, None, rest))
        return tuple(out)

    def choices_of(self, section: int) -> range:
        """Numbers of the choices of a section."""
        return range(int(self.choice_start[section]), int(self.choice_start[section + 1]))

    def course_sections(self) -> list[list[int]]:
        """Sections of each course."""
        sections: list[list[int]] = [[] for _ in range(self.n_courses)]
        for s, c in enumerate(self.section_course):
            sections[c].append(s)
        return sections

    def may_sit(self, student: int, section: int) -> bool:
        """Whether the section's grades and groups admit the student."""
        row = self.section_audience[section]
        return bool(row < 0 or self.audience[row, student])

    def to_bytes(self) -> bytes:
        """The problem as bytes: an npz archive of the arrays and a version; no pickles."""
        arrays: dict[str, NDArray[Any]] = {}
        goals = []
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Ragged):
                arrays[f"{f.name}.start"], arrays[f"{f.name}.items"] = value.start, value.items
            elif isinstance(value, np.ndarray):
                arrays[f.name] = value
        for i, goal in enumerate(self.goals):
            goals.append({"kind": goal.kind, "level": goal.level, "weight": goal.weight, "name": goal.name})
            arrays[f"goal{i}.start"], arrays[f"goal{i}.items"] = goal.groups.start, goal.groups.items
            arrays[f"goal{i}.limits"], arrays[f"goal{i}.cost"] = goal.limits, goal.cost
        for i, table in enumerate(self.pair_tables):
            arrays[f"table{i}.pairs"] = table.pairs
        head = {
            "version": VERSION,
            "n_courses": self.n_courses,
            "goals": goals,
            "tables": [[table.a, table.b] for table in self.pair_tables],
        }
        arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Problem":
        """The problem that :meth:`to_bytes` gave; UnsupportedError when another version wrote it."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            if head["version"] != VERSION:
                raise UnsupportedError(
                    f"The problem has format {head['version']}; this version reads {VERSION}."
                )
            values: dict[str, Any] = {"n_courses": head["n_courses"]}
            for f in fields(cls):
                if f.name in arrays:
                    values[f.name] = arrays[f.name]
                elif f"{f.name}.start" in arrays:
                    values[f.name] = Ragged(arrays[f"{f.name}.start"], arrays[f"{f.name}.items"])
            values["goals"] = tuple(
                Goal(
                    GoalKind(goal["kind"]),
                    goal["level"],
                    goal["weight"],
                    goal["name"],
                    Ragged(arrays[f"goal{i}.start"], arrays[f"goal{i}.items"]),
                    arrays[f"goal{i}.limits"],
                    arrays[f"goal{i}.cost"],
                )
                for i, goal in enumerate(head["goals"])
            )
            values["pair_tables"] = tuple(
                PairTable(a, b, arrays[f"table{i}.pairs"]) for i, (a, b) in enumerate(head["tables"])
            )
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Keys:
    """What the integers of a Problem stand for; never leaves the workstation."""

    sections: tuple[str, ...]
    students: tuple[str, ...]
    courses: tuple[str, ...]
    choices: tuple[Choice, ...]
    requests: tuple[tuple[str, str], ...]  # student, course


@dataclass(frozen=True, slots=True)
class Solution:
    """
    A schedule in a problem's numbers.

    Parameters
    ----------
    choice
        Shape (sections,): number of the choice taken, global.
    seat
        Shape (requests,): section that satisfies the request, or -1.
    """

    choice: Ints
    seat: Ints
