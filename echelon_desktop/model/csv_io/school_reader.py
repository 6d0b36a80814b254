"""A folder of files, or a workbook, becomes a school, with everything that was noticed on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from echelon_desktop.model import columns as c
from echelon_desktop.model import entities as e
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.bell import SlotNames, default_places
from echelon_desktop.model.csv_io.cellcode import restored
from echelon_desktop.model.csv_io.folder import RULES, Part, choose_parts, find_parts, is_missing
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.reading import RawTable, SourceFile
from echelon_desktop.model.csv_io.references import tell_lost_zeros
from echelon_desktop.model.csv_io.requests import read_requests, tell_merged
from echelon_desktop.model.csv_io.rows import Row, RowReader
from echelon_desktop.model.dataset import School
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.tables import TABLES
from echelon_desktop.model.wording import counted


@dataclass(frozen=True, slots=True)
class Imported:
    """
    What a folder of files gave.

    Parameters
    ----------
    school
        The records; rows that could not become one are told of in ``findings``.
    findings
        All repairs, doubts and faults.
    files
        The files that were read, and those whose titles mean nothing.
    places
        (table, key) → file name and line where the record begins.
    unread
        Tables ("rooms") and required columns ("sections.course") that could not be read; the findings have
        an error about each.
    request_places
        Student → requested course → file name and line of that request.
    rules_text
        What the sheet "rules.toml" of a workbook says, as such a file would; empty without one.
    """

    school: School
    findings: list[Finding]
    files: list[SourceFile]
    places: Mapping[tuple[str, str], tuple[str, int]]
    unread: frozenset[str] = frozenset()
    request_places: Mapping[str, Mapping[str, tuple[str, int]]] = field(default_factory=dict)
    rules_text: str = ""

    def place(self, table: str, key: str, field: str = "", course: str = "") -> tuple[str, int | None, str]:
        """File, row and column title of a record's field; blank and None when it came from no file."""
        found = self.request_places.get(key, {}).get(course) if table == "requests" else None
        found = found or self.places.get((table, key))
        file, row = found or ("", None)
        titles = next((source.titles for source in self.files if source.name == file), {})
        title = titles.get(field, "")
        if not title and (table, field) == ("requests", "requests"):
            title = titles.get("course", "")  # the long file has a row for each
        return file, row, title


def read_school(folder: str | Path, titles: Mapping[str, Mapping[str, str]] | None = None) -> Imported:
    """
    Read the files of a school.

    Parameters
    ----------
    folder
        Where the files are, or a workbook that has them as sheets; docs/files.md names them.
    titles
        Further titles that columns go by here: file as documented → title as found → title as documented.
        A column that is there under a title of its own does not need them.

    Returns
    -------
    Imported
        The school as far as it could be read, and the findings. Bad content never raises.

    Raises
    ------
    InputError
        If the folder or one of its files cannot be read, or none of the files is there. A workbook in a
        folder that cannot be read is a finding.
    """
    folder = Path(folder)
    log = FindingLog()
    tables: dict[str, RawTable | None] = {}
    sources: list[SourceFile] = []
    unread: set[str] = set()
    parts = find_parts(folder, log)
    found = choose_parts(folder, parts, log)
    for spec, part in found.items():
        if part is None:
            tables[spec.name] = None
            if is_missing(spec, found):
                unread.add(spec.table)
            continue
        meant = c.also_called(spec, (titles or {}).get(spec.name, {}))
        table = tables[spec.name] = part.read(meant, log, sources)
        unread.update(_unread(spec, table))
    imported = _SchoolReader(tables, log, sources, frozenset(unread)).read()
    return replace(imported, rules_text=_rules_text(parts, log))


def _rules_text(parts: Iterable[Part], log: FindingLog) -> str:
    part = next((part for part in parts if part.called == RULES.name), None)
    table = part.read(RULES, log, []) if part else None
    return "\n".join(restored(cells[0]) for _, cells in table.rows) if table else ""


def _unread(spec: c.FileSpec, table: RawTable | None) -> Iterator[str]:
    """The table, when no row of the file can be read, and the required columns that it does not have."""
    titles = table.source.titles if table is not None else {}
    if spec.id_column.key not in titles:
        yield spec.table
    for column in spec.columns:
        if column.need is c.Need.REQUIRED and column.key not in titles:
            yield f"{spec.table}.{column.key}"


class _SchoolReader:
    def __init__(
        self,
        tables: Mapping[str, RawTable | None],
        log: FindingLog,
        sources: list[SourceFile],
        unread: frozenset[str],
    ) -> None:
        self.tables = tables
        self.sources = sources
        self.log = log
        self.unread = unread
        self.known: dict[str, set[str]] = {name: set() for name in TABLES}
        self.reader = RowReader(self.known, SlotNames(), log)
        self.places: dict[tuple[str, str], tuple[str, int]] = {}
        self.request_places: dict[str, dict[str, tuple[str, int]]] = {}  # by student and course
        self.records: dict[str, list[Any]] = {}

    def read(self) -> Imported:
        self._periods()
        self._plain(c.TERMS, e.Term)
        self.reader.slots = SlotNames(self.records["periods"], self.known["terms"])
        self._patterns()
        self._plain(c.ROOMS, e.Room)
        self._plain(c.GROUPS, e.Group)
        self._plain(c.COURSES, e.Course)
        self._plain(c.TEACHERS, e.Teacher)
        self._plain(c.SECTIONS, e.Section)
        self._courses_of_sections()
        self._links()
        self._unavailability()
        self._plain(c.STUDENTS, e.Student)
        self._requests()
        self._imply_records()
        school = School(**self.records)
        tell_lost_zeros(school, self.places, self.request_places, self._titles(), self.log)
        return Imported(
            school, self.log.findings(), self.sources, self.places, self.unread, self.request_places
        )

    def _rows(self, spec: c.FileSpec) -> Iterator[Row]:
        table = self.tables.get(spec.name)
        if table is None:
            return
        if not table.rows and spec.need is not c.Need.OPTIONAL:
            self.log.add(
                Code.NO_ROWS,
                f"{table.source.name} has titles but no rows.",
                "Export the file again.",
                file=table.source.name,
            )
        yield from self.reader.rows(table)

    def _unique(self, spec: c.FileSpec) -> Iterator[Row]:
        """Rows with an id not seen before in the table."""
        known = self.known[spec.table]
        for row in self._rows(spec):
            if row.id in known:
                self._tell_duplicate(spec, row)
                continue
            known.add(row.id)
            self.places[spec.table, row.id] = self._name(spec), row.line
            yield row

    def _plain(self, spec: c.FileSpec, record: Any) -> None:
        """Read a file whose rows are records, field for field."""
        self.records[spec.table] = [record(**row.values, extra=row.extra) for row in self._unique(spec)]

    def _periods(self) -> None:
        rows = list(self._unique(c.PERIODS))
        titles = self._titles().get(self._name(c.PERIODS), {})
        periods = []
        for row, (day, order) in zip(rows, default_places([row.id for row in rows]), strict=True):
            if "day" not in titles:
                row.values["day"] = day
            if row.values["order"] is None:
                row.values["order"] = order
            periods.append(e.Period(**row.values, extra=row.extra))
        self.records["periods"] = periods

    def _patterns(self) -> None:
        patterns: dict[str, e.Pattern] = {}
        table = self.tables.get(c.PATTERNS.name)
        for row in self._rows(c.PATTERNS):
            choice = row.values["choices"]
            pattern = patterns.get(row.id)
            if pattern is None:
                self.known["patterns"].add(row.id)
                self.places["patterns", row.id] = self._name(c.PATTERNS), row.line
                pattern = e.Pattern(row.id, (), row.extra)
            elif table is not None:
                self._tell_extra_lost(table, row, pattern)
            if choice and choice not in pattern.choices:
                pattern = replace(pattern, choices=(*pattern.choices, choice))
            patterns[row.id] = pattern
        self.records["patterns"] = list(patterns.values())

    def _links(self) -> None:
        # Without a kind a link says nothing; the reader has told of it.
        self.records["links"] = [
            e.Link(row.id, row.values["kind"], row.values["sections"], row.extra)
            for row in self._unique(c.LINKS)
            if row.values["kind"] is not None
        ]

    def _unavailability(self) -> None:
        absences: dict[str, e.Unavailability] = {}
        table = self.tables.get(c.UNAVAILABILITY.name)
        for row in self._rows(c.UNAVAILABILITY):
            slots = row.values["slots"]
            before = absences.get(row.id)
            if before is None:
                self.places["unavailability", row.id] = self._name(c.UNAVAILABILITY), row.line
                absences[row.id] = e.Unavailability(row.id, slots, row.extra)
            elif table is not None:
                first = self.places["unavailability", row.id][1]
                tell_merged(table, row, first, dict(before.extra), self.log)
                absences[row.id] = replace(before, slots=tuple(dict.fromkeys((*before.slots, *slots))))
        self.records["unavailability"] = list(absences.values())

    def _requests(self) -> None:
        lists = []
        wide, long = self.tables.get(c.PREFERENCES.name), self.tables.get(c.COURSE_REQUESTS.name)
        for requests, place, places in read_requests(wide, long, self.reader):
            self.places["requests", requests.student] = place
            self.request_places[requests.student] = places
            lists.append(requests)
        self.records["requests"] = lists

    def _courses_of_sections(self) -> None:
        """Make a record for each course that has sections; its department is theirs unless it has its own."""
        departments: dict[str, str] = {}
        for section in self.records["sections"]:
            if section.course:
                departments[section.course] = departments.get(section.course) or section.department
        courses = {course.id: course for course in self.records["courses"]}
        table = self.tables.get(c.COURSES.name)
        blank = {title: "" for _, title in table.extra} if table else {}  # as when written and read again
        for id_, department in departments.items():
            course = courses.get(id_) or e.Course(id_, extra=blank)
            courses[id_] = course if course.department else replace(course, department=department)
        self.records["courses"] = list(courses.values())
        self.known["courses"].update(courses)

    def _imply_records(self) -> None:
        """Make records for what is named where the file that would list them is not there."""
        sections, students = self.records["sections"], self.records["students"]
        absences, requests = self.records["unavailability"], self.records["requests"]
        named: list[tuple[c.FileSpec, type, list[str]]] = [
            (
                c.TEACHERS,
                e.Teacher,
                [*(t for section in sections for t in section.teachers), *(a.teacher for a in absences)],
            ),
            (c.STUDENTS, e.Student, [request.student for request in requests]),
            (c.ROOMS, e.Room, [section.room for section in sections if section.room]),
            (c.GROUPS, e.Group, [group for student in students for group in student.groups]),
        ]
        for spec, record, ids in named:
            if self.tables.get(spec.name) is not None or not ids:
                continue
            distinct = dict.fromkeys(ids)
            self.records[spec.table] = [record(id_) for id_ in distinct]
            self.known[spec.table].update(distinct)
            if spec.table in self.unread:
                continue  # there is a file, which could not be read
            noun = TABLES[spec.table].singular
            named_elsewhere = counted(
                len(distinct), f"{noun} that other files name was", f"{noun}s that other files name were"
            )
            self.log.add(
                Code.RECORDS_IMPLIED,
                f"Without {spec.name}, {named_elsewhere} taken.",
                f"Add {spec.name} to say more about them.",
                file=spec.name,
                table=spec.table,
            )

    def _name(self, spec: c.FileSpec) -> str:
        table = self.tables.get(spec.name)
        return spec.name if table is None else table.source.name

    def _titles(self) -> dict[str, dict[str, str]]:
        return {table.source.name: table.source.titles for table in self.tables.values() if table is not None}

    def _tell_duplicate(self, spec: c.FileSpec, row: Row) -> None:
        file, first = self.places[spec.table, row.id]
        title = spec.id_column.title
        self.log.add(
            Code.ID_TWICE,
            f"{title} {row.id!r} is already that of row {first}; this row was left out.",
            "Give one of them another id, or remove the row that is out of date.",
            file=file,
            row=row.line,
            column=self._titles()[file].get(spec.id_column.key, title),
            value=row.id,
            table=spec.table,
            key=row.id,
        )

    def _tell_extra_lost(self, table: RawTable, row: Row, pattern: e.Pattern) -> None:
        for title, text in row.extra.items():
            if text and text != pattern.extra.get(title):
                first = self.places["patterns", row.id][1]
                self.log.add(
                    Code.ROW_EXTRA_LOST,
                    f"{text!r} could not be kept: row {first} says otherwise for {row.id!r}.",
                    "Say the same in all rows of one pattern.",
                    file=table.source.name,
                    row=row.line,
                    column=title,
                    value=text,
                    table="patterns",
                    key=row.id,
                )
