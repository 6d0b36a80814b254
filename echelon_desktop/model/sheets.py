"""
The tables of a school as people read them: rows of cells, with the titles of the files.

A sheet shows a record as one row, save request lists and patterns: these have a row for each request and for
each choice, as in the files. A row is therefore addressed by the key of its record and a part of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from echelon_desktop.model import columns as c
from echelon_desktop.model import entities as e
from echelon_desktop.model.cells import IdList, Text
from echelon_desktop.model.columns import Column, FileSpec
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.tables import TABLES, TableSpec

OWN = "extra:"  # before the title of a column of the school's own, as a column's key
LIST = "list:"  # the same, of what stands for all parts of a record


class RowId(NamedTuple):
    """A row of a sheet: its record, and which part of it (0 where a record is a row)."""

    key: str
    part: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A table as a sheet.

    Parameters
    ----------
    table
        Whose records it shows.
    title
        What people call it ("Sections").
    file
        The file that fills it, whose columns it has.
    parts
        Field of the record that holds its rows; empty where the record is the row.
    """

    table: str
    title: str
    file: FileSpec
    parts: str = ""

    @property
    def spec(self) -> TableSpec:
        """The table."""
        return TABLES[self.table]

    @property
    def singular(self) -> str:
        """What a row is called."""
        return {"requests": "request", "patterns": "choice of periods"}.get(self.table, self.spec.singular)

    @property
    def id_field(self) -> str:
        """Field that names the record."""
        return self.spec.key[0]

    @property
    def names_another(self) -> bool:
        """Whether the id is that of a record of another table (the teacher of an absence)."""
        return bool(self.file.column(self.id_field).refers)

    def columns(self, dataset: Dataset) -> tuple[Column, ...]:
        """The columns of the file, then the school's own by their titles."""
        own: dict[str, Column] = {}
        for record in dataset.table(self.table).values():
            for key in _own_keys(self, record):
                if key not in own:
                    own[key] = Column(key, key.partition(":")[2], Text())
        return (*self.file.columns, *own.values())

    def rows(self, record: e.Record) -> list[RowId]:
        """The rows of a record."""
        key = str(self.spec.key_of(record))
        return [RowId(key, part) for part in range(len(self._parts_of(record)))]

    def reader(self, columns: Iterable[Column]) -> Callable[[Any], list[tuple[Any, ...]]]:
        """
        What gives the values of each row of a record, in the order of the columns.

        Made once for many records: a large school has tens of thousands of rows.
        """
        fields = [column.key for column in columns]
        if not any(":" in field for field in fields):
            if not self.parts:
                plain = attrgetter(*fields)
                return lambda record: [plain(record)]
            if self.table == "requests":
                rest = attrgetter(*fields[1:])
                return lambda record: [(record.student, *rest(part)) for part in record.requests]
        return lambda record: [
            tuple(self.value(record, part, field) for field in fields) for part in self._parts_of(record)
        ]

    def value(self, record: e.Record, part: Any, field: str) -> Any:
        """The value of a field of one part."""
        kind, _, title = field.partition(":")
        if title or field == OWN:
            extra = part.extra if kind == "extra" and hasattr(part, "extra") else record.extra  # type: ignore[union-attr]
            return extra.get(title, "")
        if self.table == "patterns" and field == "choices":
            return part
        if self.table == "requests" and field != self.id_field:
            return getattr(part, field)
        return getattr(record, field)

    def _parts_of(self, record: Any) -> tuple[Any, ...]:
        return getattr(record, self.parts) if self.parts else (record,)


def _own_keys(sheet: Sheet, record: Any) -> Iterator[str]:
    for title in record.extra:
        yield f"{LIST if sheet.table == 'requests' else OWN}{title}"
    if sheet.table == "requests":
        for request in record.requests:
            for title in request.extra:
                yield OWN + title


SHEETS = (
    Sheet("sections", "Sections", c.SECTIONS),
    Sheet("courses", "Courses", c.COURSES),
    Sheet("teachers", "Teachers", c.TEACHERS),
    Sheet("unavailability", "Teachers away", c.UNAVAILABILITY),
    Sheet("students", "Students", c.STUDENTS),
    Sheet("requests", "Requests", c.COURSE_REQUESTS, "requests"),
    Sheet("periods", "Periods", c.PERIODS),
    Sheet("terms", "Terms", c.TERMS),
    Sheet("patterns", "Patterns", c.PATTERNS, "choices"),
    Sheet("rooms", "Rooms", c.ROOMS),
    Sheet("groups", "Groups", c.GROUPS),
    Sheet("links", "Links", c.LINKS),
)
"""All sheets, in the order of their list."""

_BY_TABLE = {sheet.table: sheet for sheet in SHEETS}


def sheet_of(table: str) -> Sheet:
    """The sheet of a table; KeyError when it has none."""
    return _BY_TABLE[table]


def is_required(sheet: Sheet, column: Column) -> bool:
    """Whether a row cannot do without the cell."""
    return column.filled or column.key == sheet.id_field


def holds_several(column: Column) -> bool:
    """Whether the cell is a list of names."""
    return isinstance(column.cell, IdList)


def names_for(dataset: Dataset, column: Column) -> tuple[str, ...]:
    """The names that a cell of the column can hold; empty where it can hold anything."""
    if column.refers:
        return tuple(str(key) for key in dataset.table(column.refers))
    if column.key == "pattern":
        return ("1", "2", *map(str, dataset.school.patterns))
    if column.key == "department":
        records: list[Any] = [*dataset.school.teachers.values(), *dataset.school.sections.values()]
        return tuple(sorted({record.department for record in records if record.department}))
    if column.key in {"grade", "grades"}:
        return tuple(sorted({s.grade for s in dataset.school.students.values() if s.grade}))
    return ()


def title_of(record: object) -> str:
    """What people call a record that has an id: a course's title, a person's name; empty without one."""
    return str(getattr(record, "title", "") or getattr(record, "name", "") or "")


def field_of(finding: Finding) -> str:
    """The field of a finding's column; the id of its table's rows when it names none that is shown."""
    sheet = _BY_TABLE[finding.table]
    if finding.table == "requests" and finding.column == c.PREFERENCES.column("requests").title:
        return "course"
    for column in sheet.file.columns:
        if finding.column in {column.title, column.key}:
            return column.key
    return sheet.id_field


def row_of(dataset: Dataset, finding: Finding) -> RowId | None:
    """The row that a finding is about; None when there is none such now."""
    if finding.table not in _BY_TABLE:
        return None
    record = dataset.table(finding.table).get(finding.key)
    if record is None:
        return None
    if finding.table == "requests":
        for part, request in enumerate(record.requests):
            if finding.value and finding.value in (request.course, *request.alternates):
                return RowId(finding.key, part)
    rows = _BY_TABLE[finding.table].rows(record)
    return rows[0] if rows else None


def marks(dataset: Dataset, findings: Iterable[Finding]) -> Mapping[tuple[str, RowId, str], list[Finding]]:
    """Findings by the cell they are shown at: table, row, field."""
    found: dict[tuple[str, RowId, str], list[Finding]] = {}
    for finding in findings:
        row = row_of(dataset, finding)
        if row is not None:
            found.setdefault((finding.table, row, field_of(finding)), []).append(finding)
    return found
