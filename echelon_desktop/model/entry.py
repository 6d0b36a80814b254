"""What a text typed or pasted into a cell of a sheet means, or why it is refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from echelon_desktop.model.cells import SEPARATOR, Count, IdList, Number
from echelon_desktop.model.columns import Column
from echelon_desktop.model.csv_io.bell import SlotNames
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.sheets import RowId, Sheet, is_required
from echelon_desktop.model.tables import TABLES
from echelon_desktop.model.wording import an

_MARKS = re.compile("[,'\N{RIGHT SINGLE QUOTATION MARK}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} ]")
_THOUSANDS = re.compile(rf"\d{{1,3}}({_MARKS.pattern})\d{{3}}(\1\d{{3}})*(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a text; ``refusal`` says why it is none, ``note`` what was repaired or seems doubtful."""

    value: Any = None
    refusal: str = ""
    note: str = ""


class EntryReader:
    """
    Reads texts for the cells of a sheet.

    What a file may say with a warning is refused here where it names something that does not exist: somebody
    is there to correct it.

    Parameters
    ----------
    dataset, sheet
        What the texts are for, as it is now; make another reader after a change.
    """

    def __init__(self, dataset: Dataset, sheet: Sheet) -> None:
        self.dataset, self.sheet = dataset, sheet
        self._slots = SlotNames(dataset.school.periods.values(), map(str, dataset.school.terms))

    def read(self, column: Column, text: str, row: RowId | None = None) -> Entry:
        """
        Read a text.

        Parameters
        ----------
        row
            The row it is for; None for one that is yet to be added.
        """
        text = text.strip()
        if not text:
            if is_required(self.sheet, column) or (self.sheet.table, column.key) == ("periods", "order"):
                return Entry(refusal=f"{column.title} cannot be blank.")
            return Entry(column.cell.blank)
        if isinstance(column.cell, Count | Number):
            text = without_thousands(text)
        known = self._slots.known if column.refers == "periods" else self._known(column).__contains__
        parsed = column.cell.parse(text, known)
        wrong = [p for p in parsed.problems if p.code.severity is Severity.ERROR]
        if wrong:
            return Entry(refusal=f"{wrong[0].message} {wrong[0].remedy}")
        value = parsed.value
        if column.refers == "periods":
            value = tuple(dict.fromkeys(self._slots.resolve(item) or item for item in value))
        refusal = self._refusal(column, value, row)
        if refusal:
            return Entry(refusal=refusal)
        return Entry(value, note=" ".join(problem.message for problem in parsed.problems))

    def _known(self, column: Column) -> Any:
        return self.dataset.table(column.refers) if column.refers else {}

    def _refusal(self, column: Column, value: Any, row: RowId | None) -> str:
        sheet = self.sheet
        if column.refers:
            missing = self._missing(column, value)
            if missing:
                singular = TABLES[column.refers].singular
                return f"There is no {singular} {missing!r}. Choose one of the list, or add it first."
        if column.key == "pattern" and not self._is_pattern(value):
            return (
                f"There is no pattern {value!r}. Enter a number of consecutive periods, or add the pattern."
            )
        if column.key != sheet.id_field or sheet.parts:
            return ""
        if SEPARATOR in value:
            return "An id cannot have a semicolon, which separates the items of lists."
        if value in self.dataset.table(sheet.table) and (row is None or row.key != value):
            return f"There is already {an(sheet.spec.singular)} {value!r}."
        return ""

    def _missing(self, column: Column, value: Any) -> str:
        """The first name in a value that nothing goes by."""
        if column.refers == "periods":
            return next((item for item in value if not self._slots.known(item)), "")
        table = self.dataset.table(column.refers)
        return next((item for item in _names(column, value) if item not in table), "")

    def _is_pattern(self, value: str) -> bool:
        return value in self.dataset.school.patterns or (value.isdecimal() and int(value) > 0)


def without_thousands(text: str) -> str:
    """A number without the marks that spreadsheets put between its thousands; other texts as they are."""
    return _MARKS.sub("", text) if _THOUSANDS.fullmatch(text) else text


def _names(column: Column, value: Any) -> Iterator[str]:
    if isinstance(column.cell, IdList):
        yield from value
    elif isinstance(value, str):
        yield value
    else:
        for choice in value:
            yield from choice
