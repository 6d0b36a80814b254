"""Collects findings: names the place in the school's files, and keeps a flood of one kind readable."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

from echelon_desktop.model.checks.kinds import KINDS
from echelon_desktop.model.checks.places import TABLES_IN_ORDER, place_of
from echelon_desktop.model.checks.unread import is_read, rests_on
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Course, Rule
from echelon_desktop.model.findings import Finding


class Source(Protocol):
    """Knows where records were read from; what reading a school's files gives is one."""

    @property
    def unread(self) -> Collection[str]:
        """Tables ("rooms") and required columns ("sections.course") that could not be read, as was told."""

    def place(self, table: str, key: str, field: str = "", course: str = "") -> tuple[str, int | None, str]:
        """
        File, row and column title of a record's field; blank and None where there are none.

        Of a list of requests, ``course`` says which one is meant.
        """


MANY = 20  # findings of one kind that are still read one by one
SHOWN = 5  # of more than that


class Report:
    """
    The findings about a school so far.

    Parameters
    ----------
    school, rules
        What is checked.
    source
        Where the records came from. Without it the file is the documented one and the row the record's
        position in its table, below a header.
    """

    def __init__(self, school: School, rules: tuple[Rule, ...], source: Source | None = None) -> None:
        self.school = school
        self.rules = rules
        self._source = source
        self._unread = source.unread if source is not None else ()
        self._rows: dict[str, dict[str, int]] = {}
        self._found: dict[str, list[Finding]] = defaultdict(list)

    def course(self, course: str) -> str:
        """What people call a course: its title, with the id, or the id alone; blank is "no course"."""
        if not course:
            return "no course"
        record = self.school.courses.get(course)
        title = record.title if record else ""
        return f"{title} ({course})" if title and title != course else course

    def add(
        self,
        code: str,
        message: str,
        table: str = "",
        key: str = "",
        field: str = "",
        value: str = "",
        remedy: str = "",
        shown_at: tuple[str, str, str] | None = None,
        needs: tuple[str, ...] | None = None,
        request: str = "",
    ) -> None:
        """
        Add a finding about ``field`` of a record, unless it only follows from what could not be read.

        Parameters
        ----------
        remedy
            Replaces that of the kind.
        shown_at
            Table, key and field whose place in the files is named, for a record that has none of its own.
        needs
            Tables and columns that the finding rests on, in place of those of the kind.
        request
            Of a list of requests, the course of the one that is meant.
        """
        if not is_read(rests_on(code) if needs is None else needs, self._unread):
            return
        kind = KINDS[code]
        file, row, column = self._place(*(shown_at or (table, key, field)), request)
        self._found[code].append(
            Finding(
                code=code,
                severity=kind.severity,
                message=message,
                remedy=remedy or kind.remedy,
                file=file,
                row=row,
                column=column,
                value=value,
                table=table,
                key=key,
            )
        )

    def add_course(
        self, code: str, message: str, course: str, field: str = "id", value: str = "", remedy: str = ""
    ) -> None:
        """
        Add a finding about a course.

        A course that only its sections name is shown where the first of them names it.
        """
        first = self._first_sections.get(course)
        shown_at = ("sections", first, "course") if first and self.is_implied(course) else None
        table, key = ("courses", course) if course in self.school.courses else ("sections", first or "")
        self.add(code, message, table, key, field, value or course, remedy, shown_at)

    def is_implied(self, course: str) -> bool:
        """Whether no row of its own says anything about the course."""
        record = self.school.courses.get(course)
        if record is None:
            return True
        if self._source is not None:
            return not self._source.place("courses", course)[0]
        return replace(record, department="") == Course(course)

    @cached_property
    def _first_sections(self) -> dict[str, str]:
        sections = reversed(list(self.school.sections.values()))
        return {section.course: section.id for section in sections}

    def findings(self, fold: bool) -> list[Finding]:
        """All findings, the worst first; ``fold`` keeps a few of a kind with many and sums up the rest."""
        kept = []
        for code, found in self._found.items():
            found.sort(key=_order)
            if not fold or len(found) <= MANY:
                kept += found
                continue
            rest = found[SHOWN:]
            first = rest[0]
            message = f"{len(rest):,} more {KINDS[code].many}, {len(found):,} in all."
            summary = Finding(
                code,
                first.severity,
                message,
                KINDS[code].remedy,
                first.file,
                value=str(len(rest)),
                table=first.table,
            )
            kept += [*found[:SHOWN], summary]
        return sorted(kept, key=_order)

    def _place(self, table: str, key: str, field: str, request: str) -> tuple[str, int | None, str]:
        file, column = place_of(table, field)
        if self._source is None or table == "rules":
            return file, self._position(table, key), column
        found, row, title = self._source.place(table, key, field if column else "", request)
        # A column that the file does not have has its documented title, unless it belongs to another file.
        return found or file, row, title or (column if found in {"", file} else "")

    def _position(self, table: str, key: str) -> int | None:
        """Row of a record if its file has a header and one row for each record of the table."""
        if table not in self._rows:
            records: Any = getattr(self.school, table, ())
            self._rows[table] = {str(known): row for row, known in enumerate(records, 2)}
        return self._rows[table].get(key)


_TABLE_ORDER = {table: i for i, table in enumerate(TABLES_IN_ORDER)}
_LAST = 1 << 60  # after every row and table


def _order(finding: Finding) -> tuple[int, int, int, str, str]:
    row = _LAST if finding.row is None else finding.row
    table = _TABLE_ORDER.get(finding.table, _LAST)
    return -finding.severity, table, row, finding.code, finding.value
