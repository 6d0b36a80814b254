"""Blocks of text cells, as spreadsheets exchange them, into and out of sheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from echelon_desktop.errors import EditError
from echelon_desktop.model.columns import Column, bare_title
from echelon_desktop.model.dataset import Dataset, Edit
from echelon_desktop.model.entry import EntryReader
from echelon_desktop.model.row_edits import next_id, write_rows
from echelon_desktop.model.sheets import RowId, Sheet, is_required
from echelon_desktop.model.wording import counted

Block = list[list[str]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A text that a cell did not take: its line in the block (from 1), the column's title, and why.

    The title is empty where there is no such column; the line is 0 where it is about the whole block.
    """

    line: int
    column: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a block becomes: one edit, or the reasons why nothing is done; ``rows`` are those written to."""

    edit: Edit | None
    refusals: tuple[Refusal, ...] = ()
    rows: tuple[RowId, ...] = ()
    cells: int = 0
    added: int = 0


def parse_block(text: str) -> Block:
    """Cells of a text from a spreadsheet's clipboard; a last line break is not a line."""
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), dialect="excel-tab")]


def format_block(block: Iterable[Sequence[str]]) -> str:
    """Text that a spreadsheet takes for these cells."""
    text = io.StringIO()
    csv.writer(text, dialect="excel-tab", lineterminator="\r\n").writerows(block)
    return text.getvalue()


def spread(block: Block, height: int, width: int) -> Block:
    """
    The block as often as it fits into a selection, each way.

    A selection that is smaller, or not a multiple, gives the block as it is, as in a spreadsheet.
    """
    own_height, own_width = len(block), max(map(len, block), default=0)
    if not own_height or not own_width:
        return block
    times_down = height // own_height if height % own_height == 0 else 1
    times_across = width // own_width if width % own_width == 0 else 1
    padded = [row + [""] * (own_width - len(row)) for row in block]
    return [row * max(1, times_across) for _ in range(max(1, times_down)) for row in padded]


def without_titles(block: Block, columns: Sequence[Column]) -> Block:
    """The block without a first line that only repeats the titles of the columns."""
    if len(block) > 1 and len(block[0]) <= len(columns):
        pairs = zip(block[0], columns, strict=False)
        if all(bare_title(text) == bare_title(column.title) for text, column in pairs):
            return block[1:]
    return block


def write_block(
    dataset: Dataset,
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[RowId],
    block: Block,
    title: str = "Paste",
) -> Pasted:
    """
    Write a block of texts, whole or not at all.

    Parameters
    ----------
    columns
        The columns that the block's columns go to, the first first; what is beyond them is refused.
    rows
        The rows that its lines go to; lines beyond them become new rows.
    title
        What the user did ("Paste", "Fill down").
    """
    reader = EntryReader(dataset, sheet)
    refusals: list[Refusal] = []
    cells: dict[RowId, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    count = 0
    taken = [str(key) for key in dataset.table(sheet.table)]
    freed = _freed_ids(sheet, columns, rows[: len(block)])
    seen: set[str] = set()
    for line, texts in enumerate(block, 1):
        row = rows[line - 1] if line <= len(rows) else None
        values: dict[str, Any] = {}
        for column, text in zip(columns, texts, strict=False):
            entry = reader.read(column, text, row)
            is_id = column.key == sheet.id_field and not sheet.parts
            if entry.refusal and is_id and text.strip() in freed - seen:
                entry = type(entry)(text.strip())  # another row of the block gives the id away
            if entry.refusal:
                refusals.append(Refusal(line, column.title, text, entry.refusal))
                continue
            if is_id:
                if entry.value in seen:
                    why = f"The id {entry.value!r} stands in the block twice."
                    refusals.append(Refusal(line, column.title, text, why))
                seen.add(entry.value)
            values[column.key] = entry.value
        surplus = [text for text in texts[len(columns) :] if text.strip()]
        if surplus:
            why = f"There is no column for {surplus[0]!r}. Paste it further left, or leave it out."
            refusals.append(Refusal(line, "", surplus[0], why))
        count += len(values)
        if row is not None:
            cells[row] = values
        elif any(text.strip() for text in texts):
            _complete(sheet, values, taken, line, refusals)
            taken.append(str(values.get(sheet.id_field, "")))
            added.append(values)
    if refusals:
        return Pasted(None, tuple(refusals))
    where = "into" if title == "Paste" else "of"
    words = f"{title} {counted(count, 'cell')} {where} {sheet.title.lower()}"
    try:
        edit = write_rows(dataset, sheet, cells, added, words)
    except EditError as error:
        return Pasted(None, (Refusal(0, "", "", str(error)),))
    return Pasted(edit, (), tuple(cells), count, len(added))


def _freed_ids(sheet: Sheet, columns: Sequence[Column], rows: Sequence[RowId]) -> set[str]:
    writes_ids = any(column.key == sheet.id_field for column in columns)
    return {row.key for row in rows} if writes_ids else set()


def _complete(
    sheet: Sheet, values: dict[str, Any], taken: list[str], line: int, refusals: list[Refusal]
) -> None:
    """Give a new row the id it lacks, and tell of other cells that it cannot be without."""
    if sheet.id_field not in values and not sheet.names_another and not sheet.parts:
        values[sheet.id_field] = next_id(taken)
    refused = {refusal.column for refusal in refusals if refusal.line == line}
    for column in sheet.file.columns:
        if is_required(sheet, column) and column.key not in values and column.title not in refused:
            if column.cell.blank not in ("", (), None):
                continue
            why = f"A new {sheet.singular} cannot be without {column.title}."
            refusals.append(Refusal(line, column.title, "", why))
