"""A school becomes files or sheets, from which reading gives the same school again."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from echelon_desktop.errors import InputError
from echelon_desktop.model import columns as c
from echelon_desktop.model import entities as e
from echelon_desktop.model.cells import SEPARATOR, Count, IdList, Number, Terms
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.bell import default_places
from echelon_desktop.model.csv_io.cellcode import neutralised
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.replacing import replace_files
from echelon_desktop.model.csv_io.requests import split_requests
from echelon_desktop.model.csv_io.workbook_writer import Table
from echelon_desktop.model.dataset import School


def write_school(school: School, folder: str | Path) -> list[Path]:
    """
    Write the files of a school, in UTF-8 with a mark, as spreadsheets want it.

    The six files are always written; the optional ones when there is something in them, or when a file of
    that name is there already and would otherwise speak for a school that is no longer so.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If the folder cannot be written to (nothing is changed then, short of a failing disk), or a record
        cannot be told in such files; its findings say which.
    """
    folder = Path(folder)
    there = [spec.name for spec in c.SCHOOL_FILES if (folder / spec.name).exists()]
    tables = school_tables(school, there)
    return replace_files(folder, {name: encode(table.lines) for name, table in tables.items()})


def school_tables(school: School, also: Collection[str] = ()) -> dict[str, Table]:
    """
    The files of a school as rows of text, by name.

    Parameters
    ----------
    also
        Names of optional files that are wanted even if there is nothing in them.

    Raises
    ------
    InputError
        If a record cannot be told in such files; its findings say which.
    """
    log = FindingLog()
    tables: dict[str, Table] = {}
    for spec, rows in _files(school).items():
        rows = list(rows)
        wanted = spec.need is not c.Need.OPTIONAL or spec is c.UNAVAILABILITY or _needed(spec, school, rows)
        if wanted or spec.name in also:
            tables[spec.name] = _table(spec, rows, _implied_columns(spec, school), log)
    findings = log.findings()
    if findings:
        raise InputError("The school has records that CSV files cannot tell.", findings)
    return tables


def write_tables(tables: Mapping[str, Iterable[Sequence[str]]], folder: str | Path) -> list[Path]:
    """
    Write tables for people, each to a file of the name it has here; all of them or none.

    Raises
    ------
    InputError
        If the folder cannot be written to, or one of the files is in use.
    """
    return replace_files(Path(folder), {name: encode(lines) for name, lines in tables.items()})


def encode(rows: Iterable[Sequence[str]]) -> bytes:
    """Text cells as the bytes of a file for people: UTF-8 with a mark, CRLF, formulas made harmless."""
    text = io.StringIO()
    csv.writer(text).writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _files(school: School) -> dict[c.FileSpec, Iterable[Any]]:
    """The rows of each file, as records or as mappings where a row is not a record."""
    lists = school.requests.values()
    return {
        c.PERIODS: school.periods.values(),
        c.TERMS: school.terms.values(),
        c.PATTERNS: [
            {"id": pattern.id, "choices": choice, "extra": pattern.extra}
            for pattern in school.patterns.values()
            for choice in pattern.choices or ((),)
        ],
        c.ROOMS: school.rooms.values(),
        c.GROUPS: school.groups.values(),
        c.COURSES: school.courses.values(),
        c.TEACHERS: school.teachers.values(),
        c.SECTIONS: school.sections.values(),
        c.LINKS: school.links.values(),
        c.UNAVAILABILITY: school.unavailability.values(),
        c.STUDENTS: school.students.values(),
        c.PREFERENCES: [
            {"student": each.student, "requests": split_requests(each)[0], "extra": each.extra}
            for each in lists
        ],
        c.COURSE_REQUESTS: [
            {
                "student": each.student,
                "course": request.course,
                "rank": request.rank,
                "alternates": request.alternates,
                "extra": request.extra,
            }
            for each in lists
            for request in split_requests(each)[1]
        ],
    }


def _needed(spec: c.FileSpec, school: School, rows: list[Any]) -> bool:
    """Whether an optional file has something to say."""
    if spec is c.COURSES:
        return list(school.courses.values()) != _implied_courses(school)
    # Without the file, reading would take what other files name; an empty one says that there are none.
    if spec is c.ROOMS:
        return bool(rows) or any(section.room for section in school.sections.values())
    if spec is c.GROUPS:
        return bool(rows) or any(student.groups for student in school.students.values())
    return bool(rows)


def _implied_courses(school: School) -> list[e.Course]:
    """Courses as reading would take them from the sections alone."""
    departments: dict[str, str] = {}
    for section in school.sections.values():
        if section.course:
            departments[section.course] = departments.get(section.course) or section.department
    return [e.Course(id_, department=department) for id_, department in departments.items()]


def _implied_columns(spec: c.FileSpec, school: School) -> dict[str, bool]:
    """Optional columns that reading can work out → whether it would work out what the records say."""
    if spec is not c.PERIODS:
        return {}
    periods = list(school.periods.values())
    places = default_places([period.id for period in periods])
    return {
        "day": [period.day for period in periods] == [day for day, _ in places],
        "order": [period.order for period in periods] == [order for _, order in places],
    }


def _table(spec: c.FileSpec, rows: list[Any], implied: Mapping[str, bool], log: FindingLog) -> Table:
    values = [row if isinstance(row, Mapping) else _fields(row) for row in rows]
    extra = list(dict.fromkeys(title for row in values for title in row["extra"]))
    # An unknown column that goes by another title of a known one must find that one there when it is read.
    claimed = [column for column in c.match_titles(spec.columns, extra) if column is not None]
    columns = []
    for column in spec.columns:
        wanted = column.need is not c.Need.OPTIONAL or column in claimed
        if column.key in implied:
            wanted = wanted or not implied[column.key]
        elif not wanted:
            wanted = any(row[column.key] != column.cell.blank for row in values)
        if wanted:
            columns.append(column)
    lines = [[*(column.title for column in columns), *extra]]
    for row in values:
        line = []
        for column in columns:
            value = row[column.key]
            if isinstance(column.cell, (IdList, Terms)):
                _check_list(spec, row, column, value, log)
            line.append(column.cell.format(value))
        lines.append(line + [row["extra"].get(title, "") for title in extra])
    numbers = [i for i, column in enumerate(columns) if isinstance(column.cell, (Count, Number))]
    return Table(lines, frozenset(numbers))


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).__slots__}


def _check_list(
    spec: c.FileSpec, row: Mapping[str, Any], column: c.Column, value: tuple[Any, ...], log: FindingLog
) -> None:
    """Tell of items that a list could not hold."""
    bad = (SEPARATOR, "|") if isinstance(column.cell, Terms) else (SEPARATOR,)
    items = [item for part in value for item in part] if isinstance(column.cell, Terms) else value
    for item in items:
        if not item or item != item.strip() or any(mark in item for mark in bad):
            log.add(
                Code.UNWRITABLE,
                f"{item!r} cannot stand in a list, where {' and '.join(bad)} separate.",
                "Give it another id.",
                file=spec.name,
                column=column.title,
                value=item,
                table=spec.table,
                key=str(row[spec.id_column.key]),
            )
