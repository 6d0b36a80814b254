"""Collects findings: names the place in the school's files, and keeps a flood of one kind readable."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from echelon_desktop.model.checks.kinds import KINDS
from echelon_desktop.model.checks.places import TABLES_IN_ORDER, place_of
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Course, Rule
from echelon_desktop.model.findings import Finding

Source = Mapping[tuple[str, str], tuple[str, int]]

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
        (table, key) → (file, row) of the records, where known. Otherwise the file is the documented one
        and the row the record's position in its table, below a header.
    """

    def __init__(self, school: School, rules: tuple[Rule, ...], source: Source | None = None) -> None:
        self.school = school
        self.rules = rules
        self._source = source or {}
        self._rows: dict[str, dict[str, int]] = {}
        self._found: dict[str, list[Finding]] = defaultdict(list)

    def course(self, course: str) -> str:
        """What people call a course: its title, with the id, or the id alone."""
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
    ) -> None:
        """
        Add a finding about ``field`` of a record.

        Parameters
        ----------
        remedy
            Replaces that of the kind.
        shown_at
            Table, key and field whose place in the files is named, for a record that has none of its own.
        """
        kind = KINDS[code]
        place_table, place_key, place_field = shown_at or (table, key, field)
        file, column = place_of(place_table, place_field)
        file, row = self._source.get((place_table, place_key)) or (
            file,
            self._position(place_table, place_key),
        )
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

    def add_course(self, code: str, message: str, course: str, field: str = "id", value: str = "") -> None:
        """
        Add a finding about a course.

        A course that only its sections name is shown where the first of them names it.
        """
        first = self._first_sections.get(course)
        shown_at = ("sections", first, "course") if first and self.is_implied(course) else None
        table, key = ("courses", course) if course in self.school.courses else ("sections", first or "")
        self.add(code, message, table, key, field, value or course, shown_at=shown_at)

    def is_implied(self, course: str) -> bool:
        """Whether no row of its own says anything about the course."""
        record = self.school.courses.get(course)
        return record is None or (record == Course(course) and ("courses", course) not in self._source)

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
