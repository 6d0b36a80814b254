"""Find and replace in the cells of sheets: what a text is found in, and the edit that puts another there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from echelon_desktop.errors import EditError
from echelon_desktop.model.cells import IdList, Terms
from echelon_desktop.model.columns import Column
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.entry import EntryReader
from echelon_desktop.model.pasting import Pasted, Refusal
from echelon_desktop.model.row_edits import write_rows
from echelon_desktop.model.sheets import RowId, Sheet
from echelon_desktop.model.wording import counted

_BETWEEN = re.compile(r"([;|])")  # between the items of lists


class Written(NamedTuple):
    """A text for a cell: its line on the screen (from 1), row and column."""

    line: int
    row: RowId
    column: Column
    text: str


@dataclass(frozen=True, slots=True)
class Sought:
    """
    What is looked for in cells, in capitals or not.

    Parameters
    ----------
    text
        Blank finds nothing.
    whole
        Whether it must be all of a cell, or of an item of a list: T1 is then not found in T10.
    """

    text: str
    whole: bool = True

    def is_in(self, cell: str, column: Column) -> bool:
        """Whether the text of a cell holds it."""
        sought = self.text.strip().casefold()
        if not sought or sought not in cell.casefold():
            return False
        return not self.whole or any(_is(item, sought) for item in _items(cell, column))

    def replaced(self, cell: str, column: Column, by: str) -> str:
        """The text of a cell with ``by`` wherever this stood."""
        if not self.whole:
            return re.sub(re.escape(self.text.strip()), lambda _: by, cell, flags=re.IGNORECASE)
        sought = self.text.strip().casefold()
        return "".join(by if _is(item, sought) else item for item in _items(cell, column))


def write_texts(dataset: Dataset, sheet: Sheet, cells: Sequence[Written], title: str) -> Pasted:
    """
    Write texts into cells, all or none; ``title`` says what is done, as "Replace T1 by T2 in 3 cells".

    Unlike a block, they may stand anywhere.
    """
    reader = EntryReader(dataset, sheet)
    refusals: list[Refusal] = []
    values: dict[RowId, dict[str, object]] = {}
    for line, row, column, text in cells:
        entry = reader.read(column, text, row)
        if entry.refusal:
            refusals.append(Refusal(line, column.title, text, entry.refusal))
        else:
            values.setdefault(row, {})[column.key] = entry.value
    if refusals:
        return Pasted(None, tuple(refusals))
    try:
        edit = write_rows(dataset, sheet, values, (), title)
    except EditError as error:
        return Pasted(None, (Refusal(0, "", "", str(error)),))
    return Pasted(edit, (), tuple(values), len(cells))


def replace_title(sought: str, by: str, cells: int) -> str:
    """What replacing is called among the changes of a school."""
    instead = f"by {by}" if by else "by nothing"
    return f"Replace {sought} {instead} in {counted(cells, 'cell')}"


def _items(cell: str, column: Column) -> list[str]:
    """The items of a list with what stands between them; of other columns the cell itself."""
    return _BETWEEN.split(cell) if isinstance(column.cell, IdList | Terms) else [cell]


def _is(item: str, sought: str) -> bool:
    return item.strip().casefold() == sought
