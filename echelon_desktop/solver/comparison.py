"""
Two schedules of a school side by side: sections, students, and the figures of their verdicts.

One stands *there*, on the left, the other *here*; of a repair, there is what it started from.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import CourseRequest, Placement, Seat
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.verify import Figure, Verdict
from echelon_desktop.solver.verify.reading import answers

Meets = Callable[[str, Seat], bool]
"""Whether a seat of a student meets the request for which it is given."""
HARD_RULES = "hard rules"


class Side(StrEnum):
    """Where something is better."""

    THERE = "there"
    HERE = "here"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class SectionChange:
    """
    A section that meets elsewhere, or with other teachers, or in another room.

    Parameters
    ----------
    section
        Its id.
    there, here
        Where it stands; None where the schedule says nothing of it.
    there_mask, here_mask
        The slots in which it meets; 0 where it has no place.
    other_teachers, other_room
        Whether those differ; of a section without a place on one side they are not compared.
    """

    section: str
    there: Placement | None
    here: Placement | None
    there_mask: int
    here_mask: int
    other_teachers: bool
    other_room: bool

    @property
    def moved(self) -> bool:
        """Whether it meets at other times."""
        return self.there_mask != self.here_mask


@dataclass(frozen=True, slots=True)
class SeatChange:
    """
    A seat that is not the same: given up, gained, in another section, or in a section that moved.

    Parameters
    ----------
    course
        The course it was requested as.
    there, here
        The section; empty where there is no such seat.
    """

    course: str
    there: str
    here: str

    @property
    def kept(self) -> bool:
        """Whether there is a seat on both sides."""
        return bool(self.there and self.here)


@dataclass(frozen=True, slots=True)
class StudentChange:
    """
    A student whose seats differ.

    Parameters
    ----------
    student
        His id.
    only_there, only_here
        Courses he requested whose request is met on that side alone.
    seats
        All seats that differ.
    """

    student: str
    only_there: tuple[str, ...]
    only_here: tuple[str, ...]
    seats: tuple[SeatChange, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two schedules; students who lose the most requests come first."""

    sections: tuple[SectionChange, ...]
    students: tuple[StudentChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.sections or self.students)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """
    One figure of two schedules.

    Parameters
    ----------
    name
        :data:`HARD_RULES`, the name of a figure, the kind of a rule, or the field of the plain counts.
    there, here
        Its values.
    level
        Of graded rules; None for hard rules and plain counts.
    rule
        Id of the rule, where the figure is of one rule alone.
    ranked
        Whether it takes part in the order in which schedules are judged; parts of a level and plain counts
        do not.
    more_is_better
        For what is met rather than missed.
    """

    name: str
    there: int
    here: int
    level: int | None = None
    rule: str = ""
    ranked: bool = True
    more_is_better: bool = False

    @property
    def better(self) -> Side:
        """The side with the better value."""
        if self.there == self.here:
            return Side.NEITHER
        return Side.HERE if (self.here > self.there) is self.more_is_better else Side.THERE


def compare(
    grid: SlotGrid, there: Schedule, here: Schedule, meets: Meets = lambda student, seat: True
) -> Comparison:
    """
    What differs between two schedules.

    Parameters
    ----------
    grid
        Of the school.
    there, here
        Schedules of the same school.
    meets
        Which seats meet a request, see :func:`meets_requests`; by default all do, as in every schedule that
        keeps the hard rules.
    """
    sections = tuple(_section_changes(grid, there, here))
    moved = {change.section for change in sections if change.moved}
    students = []
    for student in _all_keys(there.seatings, here.seatings):
        old, new = _seats(there, student), _seats(here, student)
        if old == new and all(seat.section not in moved for seat in old):
            continue
        met_there = dict.fromkeys(seat.course for seat in old if meets(student, seat))
        met_here = dict.fromkeys(seat.course for seat in new if meets(student, seat))
        change = StudentChange(
            student,
            tuple(course for course in met_there if course not in met_here),
            tuple(course for course in met_here if course not in met_there),
            tuple(_seat_changes(old, new, moved)),
        )
        if change.seats:  # the same seats in another order are no change
            students.append(change)
    students.sort(key=lambda each: (-len(each.only_there), -len(each.only_here), -len(each.seats)))
    return Comparison(sections, tuple(students))


def meets_requests(school: School) -> Meets:
    """Tell of seats whether they are in a requested course, or in an alternate of it."""
    requests: dict[tuple[str, str], CourseRequest] = {}
    for wishes in school.requests.values():
        for request in wishes.requests:
            requests.setdefault((wishes.student, request.course), request)

    def meets(student: str, seat: Seat) -> bool:
        request, section = requests.get((student, seat.course)), school.sections.get(seat.section)
        return request is not None and section is not None and answers(request, section.course)

    return meets


def compare_figures(there: Verdict, here: Verdict) -> tuple[FigureChange, ...]:
    """
    The figures of two verdicts by the same rules: hard rules, each level with its parts, plain counts.

    Plain counts that a graded rule says already are left out, and alternates where none is granted.
    """
    changes = [FigureChange(HARD_RULES, len(there.violations), len(here.violations))]
    parts = []
    for old, new in zip(there.figures, here.figures, strict=True):
        changes += _figure_changes(old, new)
        parts += [(a.kind, a.cost, b.cost) for a, b in zip(old.parts, new.parts, strict=True)]
    for count, kind in _COUNTS.items():
        values = getattr(there.counts, count), getattr(here.counts, count)
        if (kind, *values) not in parts and (any(values) or count != "alternates_granted"):
            changes.append(FigureChange(count, *values, ranked=False, more_is_better=not kind))
    return tuple(changes)


def decisive(figures: Iterable[FigureChange]) -> FigureChange | None:
    """The figure by which one schedule is better than the other; None when they are equally good."""
    return next((each for each in figures if each.ranked and each.better is not Side.NEITHER), None)


# Plain counts, and the kind of rule that counts the same.
_COUNTS = {
    "students_with_every_request": "",
    "unmet": "unmet-requests",
    "alternates_granted": "granted-alternates",
    "size_spread": "section-balance",
    "sped_spread": "sped-balance",
    "load_spread": "teacher-load-spread",
}


def _figure_changes(there: Figure, here: Figure) -> Iterator[FigureChange]:
    """A level of one rule as that counts; one of several in all, with weights, and rule by rule."""
    parts = [
        FigureChange(a.name, a.cost, b.cost, there.level, a.rule, ranked=len(there.parts) == 1)
        for a, b in zip(there.parts, here.parts, strict=True)
    ]
    if len(parts) > 1:
        yield FigureChange(there.name, there.value, here.value, there.level)
    yield from parts


def _section_changes(grid: SlotGrid, there: Schedule, here: Schedule) -> Iterator[SectionChange]:
    for section in _all_keys(there.placements, here.placements):
        old, new = there.placements.get(section), here.placements.get(section)
        old_mask, new_mask = grid.mask_of_placement(old), grid.mask_of_placement(new)
        other_teachers = other_room = False
        if old is not None and new is not None and old_mask and new_mask:
            other_teachers, other_room = set(old.teachers) != set(new.teachers), old.room != new.room
        change = SectionChange(section, old, new, old_mask, new_mask, other_teachers, other_room)
        if change.moved or change.other_teachers or change.other_room:
            yield change


def _seat_changes(there: tuple[Seat, ...], here: tuple[Seat, ...], moved: set[str]) -> Iterator[SeatChange]:
    """Course by course: seats in sections that moved, then those in different sections side by side."""
    for course in dict.fromkeys(seat.course for seat in (*there, *here)):
        old = Counter(seat.section for seat in there if seat.course == course)
        new = Counter(seat.section for seat in here if seat.course == course)
        for section in (old & new).elements():
            if section in moved:
                yield SeatChange(course, section, section)
        for a, b in zip_longest((old - new).elements(), (new - old).elements(), fillvalue=""):
            yield SeatChange(course, a, b)


def _seats(schedule: Schedule, student: str) -> tuple[Seat, ...]:
    seating = schedule.seatings.get(student)
    return seating.seats if seating is not None else ()


def _all_keys(there: Mapping[str, object], here: Mapping[str, object]) -> Iterable[str]:
    return dict.fromkeys((*there, *here))
