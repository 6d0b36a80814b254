"""What stands on the board: rows of teachers, cards of sections, which card is in which cell."""

from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.scope import department_of
from echelon_desktop.solver.assign.openings import as_given
from echelon_desktop.ui.natural import natural

NOBODY = ""  # the row of sections without a teacher
TRAY = 0  # the column of sections that have no period yet


@dataclass(frozen=True, slots=True)
class Card:
    """
    A section on the board.

    Parameters
    ----------
    section, course
        Ids.
    title
        The course in words.
    enrolled, seats
        Students in it, and how many it holds.
    terms
        Terms it stands in; () is all.
    locked, only
        Whether it is locked; whether it is the course's only section.
    teachers
        Its teachers beside the one in whose row the card is.
    """

    section: str
    course: str
    title: str
    enrolled: int
    seats: int
    terms: tuple[str, ...]
    locked: bool
    only: bool
    teachers: tuple[str, ...]

    @property
    def overfull(self) -> bool:
        """Whether more students sit in it than it has seats."""
        return 0 < self.seats < self.enrolled

    @property
    def words(self) -> str:
        """The card for a screen reader."""
        parts = [f"{self.title}, section {self.section}", f"{self.enrolled} of {self.seats} seats"]
        parts += ["term " + " and ".join(self.terms)] if self.terms else []
        parts += ["locked"] if self.locked else []
        parts += ["only section"] if self.only else []
        parts += ["more students than seats"] if self.overfull else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A teacher's row; ``teacher`` is :data:`NOBODY` for sections without one."""

    teacher: str
    title: str
    department: str


class BoardData:
    """
    Rows and cells of the board for one schedule.

    Parameters
    ----------
    school, schedule
        Read now; make it anew after a change.
    """

    def __init__(self, school: School, schedule: Schedule) -> None:
        self.periods = tuple(period.id for period in school.periods.values())
        self.schedule = schedule
        self._column = {period: i + 1 for i, period in enumerate(self.periods)}
        enrolled = self.enrolled = dict[str, int]()
        for seating in schedule.seatings.values():
            for seat in seating.seats:
                enrolled[seat.section] = enrolled.get(seat.section, 0) + 1
        counts: dict[str, int] = {}
        for section in school.sections.values():
            counts[section.course] = counts.get(section.course, 0) + 1
        school = as_given(school, schedule)
        self.teachers_of = {section.id: section.teachers for section in school.sections.values()}
        self.rows = _rows(school)
        self.row_of = {row.teacher: i for i, row in enumerate(self.rows)}
        self.cells: dict[tuple[int, int], list[Card]] = {}
        self.columns_of: dict[str, tuple[int, ...]] = {}
        for section in school.sections.values():
            placement = schedule.placements.get(section.id)
            columns = self._columns(placement)
            self.columns_of[section.id] = columns
            course = school.courses.get(section.course)
            for teacher in section.teachers or (NOBODY,):
                card = Card(
                    section.id,
                    section.course,
                    (course.title if course else "") or section.course,
                    enrolled.get(section.id, 0),
                    section.seats,
                    placement.terms if placement else (),
                    bool(placement and placement.locked),
                    counts[section.course] == 1,
                    tuple(t for t in section.teachers if t != teacher),
                )
                for column in columns:
                    self.cells.setdefault((self.row_of[teacher], column), []).append(card)

    def cards(self, row: int, column: int) -> list[Card]:
        """Cards in a cell, in the order of the sections."""
        return self.cells.get((row, column), [])

    def most_in_a_cell(self, row: int) -> int:
        """Cards in the fullest period of a row, at least 1."""
        return max([1, *(len(self.cards(row, c)) for c in range(1, len(self.periods) + 1))])

    def _columns(self, placement: e.Placement | None) -> tuple[int, ...]:
        known = [self._column[p] for p in (placement.periods if placement else ()) if p in self._column]
        return tuple(known) or (TRAY,)


def _rows(school: School) -> list[BoardRow]:
    """Teachers who teach, by department and name, and last a row for sections without a teacher."""
    departments: dict[str, str] = {}
    without = False
    for section in school.sections.values():
        without = without or not section.teachers
        for teacher in section.teachers:
            record = school.teachers.get(teacher)
            own = record.department if record else ""
            departments.setdefault(teacher, own or department_of(school, section))
    rows = []
    for teacher, department in departments.items():
        record = school.teachers.get(teacher)
        rows.append(BoardRow(teacher, (record.name if record else "") or teacher, department))
    rows.sort(key=lambda row: (natural(row.department), natural(row.title)))
    return [*rows, *([BoardRow(NOBODY, "No teacher", "")] if without else [])]
