"""From rows of text to the values of records, cell by cell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from echelon_desktop.model.cells import SEPARATOR, Known, Problem, YesNo, nothing_known
from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import Column
from echelon_desktop.model.csv_io.bell import SlotNames
from echelon_desktop.model.csv_io.cellcode import excel_text, restored
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.reading import RawTable

_TOTALS = re.compile(
    r"((grand |sub-?)?totals?|(total |row |record |student |section )?(count|sum)"
    r"|total (students|sections|teachers|courses|requests|rows|records))\s*([:=]\s*)?[\d.,]*",
    re.IGNORECASE,
)
_NAMED_IN_LISTS = frozenset({"periods", "terms", "groups", "teachers", "sections"})


@dataclass(slots=True)
class Row:
    """A row as values by field; columns that the file does not have are at their blank value."""

    line: int
    id: str
    values: dict[str, Any]
    extra: dict[str, str]


class RowReader:
    """
    Reads the cells of tables.

    Parameters
    ----------
    known
        Table → its ids read so far, to understand commas in lists; filled by the caller as reading goes on.
    slots
        Understands slot texts.
    log
        Where doubts and repairs go.
    """

    def __init__(self, known: Mapping[str, set[str]], slots: SlotNames, log: FindingLog) -> None:
        self.known = known
        self.slots = slots
        self.log = log

    def rows(self, table: RawTable) -> Iterator[Row]:
        """Rows that have an id, each told about as it is read."""
        id_column = table.spec.id_column
        at = {column.key: i for i, column in table.columns}
        if id_column.key not in at:
            return
        id_at = at[id_column.key]
        others = [(i, c, self._known(c)) for i, c in table.columns if c is not id_column]
        blank = {c.key: c.cell.blank for c in table.spec.columns}
        for line, cells in table.rows:
            row = Row(line, "", dict(blank), {title: restored(cells[i]) for i, title in table.extra})
            text = self._text(table, row, id_column, cells[id_at])
            if not text:
                self._tell_no_id(table, row, id_column)
                continue
            parsed = id_column.cell.parse(text, nothing_known)
            row.id = row.values[id_column.key] = parsed.value
            if parsed.problems and not self._accept_id(table, row, id_column, parsed.problems):
                continue
            if line == table.rows[-1][0] and _TOTALS.fullmatch(row.id):
                self._tell_totals(table, row, id_column)
            if SEPARATOR in row.id and table.spec.table in _NAMED_IN_LISTS:
                self._tell_separator(table, row, id_column)
            for i, column, known in others:
                raw = cells[i]
                if not raw:
                    if column.filled or column.cell.blank is False:
                        self._tell_blank(table, row, column)
                    continue
                text = self._text(table, row, column, raw)
                if text:
                    self._parse(table, row, column, text, known)
                elif column.filled or column.cell.blank is False:
                    self._tell_blank(table, row, column)
            yield row

    def _known(self, column: Column) -> Known:
        if column.refers == "periods":
            return self.slots.known
        return self.known.get(column.refers, set()).__contains__

    def _text(self, table: RawTable, row: Row, column: Column, raw: str) -> str:
        text = raw.strip()
        if text[:1] == "'":
            return restored(text).strip()
        if text[:1] == "=" and (inner := excel_text(text)) is not None:
            problem = Problem(Code.EXCEL_TEXT, f"{text} was read as {inner}.", "Nothing need be done.", text)
            self._tell(table, row, column, problem)
            return inner
        return text

    def _parse(self, table: RawTable, row: Row, column: Column, text: str, known: Known) -> None:
        parsed = column.cell.parse(text, known)
        value = parsed.value
        for problem in parsed.problems:
            self._tell(table, row, column, problem)
        if column.refers == "periods":
            value = self._slots(table, row, column, value)
        row.values[column.key] = value

    def _slots(self, table: RawTable, row: Row, column: Column, texts: tuple[str, ...]) -> tuple[str, ...]:
        named = []
        for text in texts:
            slot = self.slots.resolve(text) or text
            if slot != text:
                message = f"{text!r} was read as the period {slot}."
                problem = Problem(
                    Code.PERIOD_BY_NUMBER, message, "Nothing need be done if that is right.", text
                )
                self._tell(table, row, column, problem)
            named.append(slot)
        return tuple(dict.fromkeys(named))

    def _accept_id(self, table: RawTable, row: Row, column: Column, problems: tuple[Problem, ...]) -> bool:
        lost = any(problem.code is Code.EXCEL_SCIENTIFIC for problem in problems)
        for problem in problems:
            if lost:
                problem = problem._replace(message=f"{problem.message} The row was left out.")
            self._tell(table, row, column, problem)
        return not lost

    def _tell(self, table: RawTable, row: Row, column: Column, problem: Problem) -> None:
        # A column of long numbers is one story; so is any note (the log sees to that).
        same = problem.code is Code.EXCEL_LONG_NUMBER
        self.log.add(
            problem.code,
            problem.message,
            problem.remedy,
            file=table.source.name,
            row=row.line,
            column=table.source.titles[column.key],
            value=problem.value,
            table=table.spec.table,
            key=row.id,
            once_per=(table.source.name, column.key) if same else (),
        )

    def _tell_blank(self, table: RawTable, row: Row, column: Column) -> None:
        if column.filled:
            message, remedy = f"{column.title} is blank.", f"Enter {column.title}."
            self._tell(table, row, column, Problem(Code.CELL_MISSING, message, remedy, ""))
        elif isinstance(column.cell, YesNo):
            message, remedy = f"A blank {column.title} was read as No.", "Enter Yes or No."
            self._tell(table, row, column, Problem(Code.CELL_BLANK_NO, message, remedy, ""))

    def _tell_no_id(self, table: RawTable, row: Row, column: Column) -> None:
        message = f"The row has no {column.title}; it was left out."
        self._tell(table, row, column, Problem(Code.ID_MISSING, message, f"Enter {column.title}.", ""))

    def _tell_totals(self, table: RawTable, row: Row, column: Column) -> None:
        message = f"The last row, {row.id!r}, looks like a row of totals; it was read as any other."
        self._tell(
            table, row, column, Problem(Code.TOTALS_ROW, message, "Remove the row, if it is one.", row.id)
        )

    def _tell_separator(self, table: RawTable, row: Row, column: Column) -> None:
        message = f"{row.id!r} has a semicolon, which separates the items of lists: no list can name it."
        problem = Problem(Code.SEPARATOR_IN_ID, message, "Use an id without a semicolon.", row.id)
        self._tell(table, row, column, problem)
