"""A schedule as files for people and for other programs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from echelon_desktop.model.cells import SEPARATOR
from echelon_desktop.model.csv_io.replacing import replace_files
from echelon_desktop.model.csv_io.school_writer import encode
from echelon_desktop.model.csv_io.workbook_writer import Table, columns_called
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Placement

SECTION_SCHEDULE = "section_schedule.csv"
STUDENT_SCHEDULE = "student_schedule.csv"
TEACHER_SCHEDULE = "teacher_schedule.csv"
UNMET_REQUESTS = "unmet_requests.csv"
CONSTRAINT_VIOLATIONS = "constraint_violations.csv"
_NUMBERS = {"Seats", "Enrolled", "SPED", "Count", "Total", "Percentage"}  # titles of columns


def write_schedule(
    school: School,
    schedule: Schedule,
    folder: str | Path,
    unmet: Mapping[tuple[str, str], str] | None = None,
    metrics: Iterable[tuple[str, int, int, float]] = (),
    beside: Mapping[str, bytes] | None = None,
    outdated: Iterable[str] = (),
) -> list[Path]:
    """
    Write the five files of a schedule, in the order of the school's own files.

    A section that meets in several slots has a row for each. Terms are blank for what meets in all of them.

    Parameters
    ----------
    school, schedule
        What was scheduled and how. Sections without a placement are listed with a blank period.
    folder
        Made if it is not there.
    unmet
        (student, course) → why the request was not met.
    metrics
        Lines of constraint_violations.csv: metric, count, total, percentage.
    beside
        Further files about the schedule, by name. Whoever finds the first of them finds all files.
    outdated
        Names of files about an earlier schedule, which are to be gone.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If the folder cannot be written to, or a file is in use; the files are then as they were.
    """
    tables = schedule_tables(school, schedule, unmet, metrics)
    files = {name: encode(table.lines) for name, table in tables.items()}
    return replace_files(Path(folder), {**(beside or {}), **files}, outdated)


def schedule_tables(
    school: School,
    schedule: Schedule,
    unmet: Mapping[tuple[str, str], str] | None = None,
    metrics: Iterable[tuple[str, int, int, float]] = (),
) -> dict[str, Table]:
    """The five files of a schedule as rows of text, by name; parameters as of :func:`write_schedule`."""
    rows = _Rows(school, schedule)
    contents = {
        SECTION_SCHEDULE: rows.sections(),
        STUDENT_SCHEDULE: rows.students(),
        TEACHER_SCHEDULE: rows.teachers(),
        UNMET_REQUESTS: [
            ["Student ID", "Course ID", "Reason"],
            *([student, course, reason] for (student, course), reason in (unmet or {}).items()),
        ],
        CONSTRAINT_VIOLATIONS: [
            ["Metric", "Count", "Total", "Percentage"],
            *([name, str(count), str(total), f"{share:.2f}"] for name, count, total, share in metrics),
        ],
    }
    listed = {name: list(lines) for name, lines in contents.items()}
    return {name: Table(lines, columns_called(lines[0], _NUMBERS)) for name, lines in listed.items()}


class _Rows:
    def __init__(self, school: School, schedule: Schedule) -> None:
        self.school = school
        self.placements = schedule.placements
        # In the school's order, whatever order the solver found them in; then those it does not know.
        order = dict.fromkeys([*map(str, school.students), *schedule.seatings])
        self.seatings = [schedule.seatings[id_] for id_ in order if id_ in schedule.seatings]
        self.term = ["Term"] if school.terms else []

    def slots(self, section: str) -> list[list[str]]:
        """[period] or [period, term] of each slot, a blank period when it is not placed."""
        placement = self.placements.get(section) or Placement("", section)
        periods = placement.periods or ("",)
        if not self.term:
            return [[period] for period in periods]
        terms: tuple[str, ...] = placement.terms
        if not terms or set(terms) == set(self.school.terms):
            terms = ("",)
        return [[period, term] for term in terms for period in periods]

    def staff(self, section: str) -> tuple[str, ...]:
        """Teachers as placed, else as the school's file has them."""
        placement = self.placements.get(section)
        return (placement.teachers if placement else ()) or self.school.sections[section].teachers

    def sections(self) -> Iterator[list[str]]:
        enrolled: dict[str, int] = {}
        sped: dict[str, int] = {}
        for seating in self.seatings:
            student = self.school.students.get(seating.student)
            for seat in seating.seats:
                enrolled[seat.section] = enrolled.get(seat.section, 0) + 1
                sped[seat.section] = sped.get(seat.section, 0) + (student is not None and student.sped)
        yield [
            *("Section ID", "Period", *self.term),
            *("Course ID", "Teacher ID", "Room", "Seats", "Enrolled", "SPED"),
        ]
        for section in self.school.sections.values():
            placement = self.placements.get(section.id)
            room = (placement.room if placement else "") or section.room
            teachers = SEPARATOR.join(self.staff(section.id))
            people = [str(section.seats), str(enrolled.get(section.id, 0)), str(sped.get(section.id, 0))]
            for slot in self.slots(section.id):
                yield [section.id, *slot, section.course, teachers, room, *people]

    def students(self) -> Iterator[list[str]]:
        sections = self.school.sections
        # The course asked for is told apart only where an alternate was given.
        asked = any(
            seat.section in sections and seat.course != sections[seat.section].course
            for seating in self.seatings
            for seat in seating.seats
        )
        yield ["Student ID", "Section ID", "Course ID", "Period", *self.term, *(["Requested Course"] * asked)]
        for seating in self.seatings:
            for seat in seating.seats:
                section = sections.get(seat.section)
                course = section.course if section else seat.course
                for slot in self.slots(seat.section):
                    yield [seating.student, seat.section, course, *slot, *([seat.course] * asked)]

    def teachers(self) -> Iterator[list[str]]:
        yield ["Teacher ID", "Section ID", "Period", "Course ID", *self.term]
        taught: dict[str, list[str]] = {}
        for section in self.school.sections.values():
            for teacher in self.staff(section.id):
                taught.setdefault(teacher, []).append(section.id)
        for teacher in dict.fromkeys([*map(str, self.school.teachers), *taught]):
            for id_ in taught.get(teacher, ()):
                for period, *term in self.slots(id_):
                    if period:
                        yield [teacher, id_, period, self.school.sections[id_].course, *term]
