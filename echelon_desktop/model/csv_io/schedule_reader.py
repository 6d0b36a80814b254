"""Reads back the files of a schedule, which people may have edited."""

from dataclasses import dataclass, field
from pathlib import Path

from echelon_desktop.errors import InputError
from echelon_desktop.model import cells
from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import Column, FileSpec, Need
from echelon_desktop.model.csv_io.bell import SlotNames
from echelon_desktop.model.csv_io.folder import Part, find_parts
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.reading import RawTable
from echelon_desktop.model.csv_io.rows import Row, RowReader
from echelon_desktop.model.csv_io.schedule_writer import SECTION_SCHEDULE, STUDENT_SCHEDULE
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Placement, Seat, Seating
from echelon_desktop.model.findings import Finding

_ID = cells.Identifier()
_SECTIONS = FileSpec(
    SECTION_SCHEDULE,
    "placements",
    (
        Column("section", "Section ID", _ID, Need.REQUIRED, ("Section",), filled=True),
        Column("period", "Period", _ID, Need.REQUIRED, ("Period Name",)),
        Column("term", "Term", _ID),
        Column("course", "Course ID", _ID, Need.OPTIONAL, ("Course",)),
        Column("teachers", "Teacher ID", cells.IdList(careful=True), Need.OPTIONAL, ("Teacher",), "teachers"),
        Column("room", "Room", _ID),
    ),
)
_STUDENTS = FileSpec(
    STUDENT_SCHEDULE,
    "seatings",
    (
        Column("student", "Student ID", _ID, Need.REQUIRED, ("Student",), filled=True),
        Column("section", "Section ID", _ID, Need.REQUIRED, ("Section",), filled=True),
        Column("course", "Course ID", _ID, Need.OPTIONAL, ("Course",)),
        Column("period", "Period", _ID),
        Column("term", "Term", _ID),
        Column("asked", "Requested Course", _ID),
    ),
)


@dataclass(frozen=True, slots=True)
class ImportedSchedule:
    """A schedule that was read, and what was noticed about its files."""

    schedule: Schedule
    findings: list[Finding]


@dataclass(slots=True)
class _Meeting:
    """What the rows of one section say."""

    line: int
    slots: list[tuple[str, str]] = field(default_factory=list)  # (period, term)
    teachers: tuple[str, ...] = ()
    room: str = ""


def read_schedule(school: School, folder: str | Path, scenario: str = "") -> ImportedSchedule:
    """
    Read section_schedule.csv and student_schedule.csv back.

    Where a section meets is what section_schedule.csv says. Locks and forbidden places are in no file.

    Parameters
    ----------
    school
        What was scheduled; rows about other sections, students, periods or terms are errors.
    folder
        Where the files are, or a workbook that has them as sheets.
    scenario
        Put into the records.

    Returns
    -------
    ImportedSchedule
        The schedule as far as it could be read. Bad content never raises.

    Raises
    ------
    InputError
        If one of the files cannot be read at all.
    """
    reader = _ScheduleReader(school, Path(folder), scenario)
    placements = reader.placements()
    seatings = reader.seatings(placements)
    return ImportedSchedule(Schedule(placements, seatings), reader.log.findings())


class _ScheduleReader:
    def __init__(self, school: School, folder: Path, scenario: str) -> None:
        self.school = school
        self.folder = folder
        self.scenario = scenario
        self.log = FindingLog()
        self.parts: dict[str, Part] = {}
        for part in find_parts(self.folder, FindingLog()):  # what else is there is no matter of the schedule
            self.parts.setdefault(part.called, part)
        self.slots = SlotNames(school.periods.values())
        self.rows = RowReader({"teachers": set(map(str, school.teachers))}, self.slots, self.log)

    def table(self, spec: FileSpec) -> RawTable | None:
        part = self.parts.get(spec.name)
        if part is None:
            raise InputError(f"{self.folder} has no {spec.name}.")
        return part.read(spec, self.log, [])

    def name(self, spec: FileSpec) -> str:
        """The file or sheet, as findings name it."""
        return self.parts[spec.name].name

    def placements(self) -> dict[str, Placement]:
        table = self.table(_SECTIONS)
        meetings: dict[str, _Meeting] = {}
        for row in self.rows.rows(table) if table else ():
            if row.id not in self.school.sections:
                self.unknown(_SECTIONS, row, "section", row.id)
                continue
            if not self.known_slot(_SECTIONS, row):
                continue
            meeting = meetings.setdefault(row.id, _Meeting(row.line))
            slot = row.values["period"], row.values["term"]
            if slot[0] and slot in meeting.slots:
                message = f"{row.id!r} stands in {slot[0]} in more than one row; it counts once."
                self.contradiction(_SECTIONS, row, "period", message)
            elif slot[0]:
                meeting.slots.append(slot)
            meeting.teachers = meeting.teachers or row.values["teachers"]
            meeting.room = meeting.room or row.values["room"]
        result = {}
        for id_, meeting in meetings.items():
            placement = self.placement(id_, meeting)
            section = self.school.sections[id_]
            chosen = placement.teachers != section.teachers or placement.room != section.room
            if placement.periods or chosen:
                result[id_] = placement
        return result

    def placement(self, section: str, meeting: _Meeting) -> Placement:
        periods = tuple(dict.fromkeys(period for period, _ in meeting.slots))
        terms = tuple(dict.fromkeys(term for _, term in meeting.slots))
        if len(periods) * len(terms) != len(meeting.slots) or ("" in terms and len(terms) > 1):
            self.log.add(
                Code.SCHEDULE_UNEVEN,
                f"{section!r} does not meet in the same periods in each of its terms.",
                "Give it the same periods in each term, or a blank term for all of them.",
                file=self.name(_SECTIONS),
                row=meeting.line,
                value=section,
                table="sections",
                key=section,
            )
        terms = () if "" in terms or set(terms) == set(self.school.terms) else terms
        return Placement(self.scenario, section, periods, terms, meeting.teachers, meeting.room)

    def seatings(self, placements: dict[str, Placement]) -> dict[str, Seating]:
        table = self.table(_STUDENTS)
        seats: dict[str, dict[str, Seat]] = {}
        for row in self.rows.rows(table) if table else ():
            section = self.school.sections.get(row.values["section"])
            if row.id not in self.school.students and row.id not in self.school.requests:
                self.unknown(_STUDENTS, row, "student", row.id)
                continue
            if section is None:
                if row.values["section"]:
                    self.unknown(_STUDENTS, row, "section", row.values["section"])
                continue
            placement = placements.get(section.id)
            period = self.slots.resolve(row.values["period"]) or row.values["period"]
            if period and placement is not None and period not in placement.periods:
                message = f"{section.id!r} does not meet in {period}; {SECTION_SCHEDULE} was believed."
                self.contradiction(_STUDENTS, row, "period", message)
            course = row.values["course"]
            if course and course != section.course:
                message = f"{section.id!r} is a section of {section.course!r}, not of {course!r}."
                self.contradiction(_STUDENTS, row, "course", message)
            seat = Seat(row.values["asked"] or section.course, section.id)
            seats.setdefault(row.id, {}).setdefault(section.id, seat)
        return {
            student: Seating(self.scenario, student, tuple(own.values())) for student, own in seats.items()
        }

    def known_slot(self, spec: FileSpec, row: Row) -> bool:
        """Whether the row's period and term are known, the period put as it should be written."""
        period, term = row.values["period"], row.values["term"]
        if period:
            found = self.slots.resolve(period)
            if found is None:
                self.unknown(spec, row, "period", period)
                return False
            row.values["period"] = found
        if term and term not in self.school.terms:
            self.unknown(spec, row, "term", term)
            return False
        return True

    def unknown(self, spec: FileSpec, row: Row, field: str, value: str) -> None:
        self.log.add(
            Code.SCHEDULE_UNKNOWN,
            f"The school has no {field} {value!r}; the row was left out.",
            "Correct it, or take the row out.",
            file=self.name(spec),
            row=row.line,
            column=spec.column(field).title,
            value=value,
            table="sections" if spec is _SECTIONS else "students",
            key=row.id,
        )

    def contradiction(self, spec: FileSpec, row: Row, field: str, message: str) -> None:
        self.log.add(
            Code.SCHEDULE_CONTRADICTS,
            message,
            "Make the rows agree.",
            file=self.name(spec),
            row=row.line,
            column=spec.column(field).title,
            value=row.values[field],
            table="sections" if spec is _SECTIONS else "students",
            key=row.id,
        )
