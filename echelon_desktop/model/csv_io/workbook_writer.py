"""Tables as the sheets of an Excel workbook, from which reading gives the same texts again."""

import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from echelon_desktop.errors import InputError
from echelon_desktop.model.columns import FILES
from echelon_desktop.model.csv_io.folder import RESULT_FILES, RULES, read_bytes
from echelon_desktop.model.csv_io.replacing import replace_file
from echelon_desktop.model.csv_io.workbook_reader import WorkbookError, open_workbook
from echelon_desktop.model.wording import few_of

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_CHARACTERS = 32_767  # in a cell
MOST_ROWS = 1_048_576
WIDTHS = 9, 60  # of a column, in characters
TEXT = "@"
# What XML cannot hold or would change, and what looks like the way of writing that; Excel knows _x000D_.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Table:
    """
    Rows of text, the titles first.

    Parameters
    ----------
    lines
        The cells of each row.
    numbers
        Which columns hold numbers, for a spreadsheet to reckon with; what is none there is text.
    """

    lines: Sequence[Sequence[str]]
    numbers: Collection[int] = ()


def write_workbook(tables: Mapping[str, Table], path: str | Path) -> Path:
    """
    Write tables to a workbook, a sheet each; whatever fails, the old file stands or the whole new one.

    Parameters
    ----------
    tables
        File name, such as "Student_Info.csv" → rows.
    path
        A workbook that is there is replaced if all its sheets are those of ``tables`` or of a school.

    Raises
    ------
    InputError
        If it cannot be written, or would take sheets of the user's own with it; it is then as it was.
    """
    path = Path(path)
    _check_replaceable(path, tables)
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, table in tables.items():
        _check(name, table)
        _fill(book.create_sheet(name.removesuffix(".csv")), table)
    content = io.BytesIO()
    book.save(content)
    replace_file(path, content.getvalue())
    return path


def _check_replaceable(path: Path, names: Iterable[str]) -> None:
    if not path.exists():
        return
    try:
        sheets = open_workbook(path, read_bytes(path))
    except WorkbookError as error:
        raise InputError(
            f"{path.name} is there, and is no workbook that Echelon wrote. Choose another name."
        ) from error
    ours = {name.removesuffix(".csv") for name in (*FILES, *RESULT_FILES, RULES.name, *names)}
    others = [sheet.title for sheet in sheets if sheet.title not in ours]
    if others:
        raise InputError(
            f"{path.name} has sheets that Echelon did not write, which would be lost: {few_of(others)}. "
            "Choose another name."
        )


def _check(name: str, table: Table) -> None:
    if len(table.lines) > MOST_ROWS:
        raise InputError(f"{name} has more rows than a sheet can hold. Write CSV files instead.")
    for line in table.lines:
        for title, cell in zip(table.lines[0], line, strict=True):
            if len(cell) > MOST_CHARACTERS:
                raise InputError(
                    f"{name}: {title} of {line[0]} is longer than the {MOST_CHARACTERS:,} characters that a "
                    "cell of a workbook can hold. Write CSV files instead."
                )


def _fill(sheet: "WriteOnlyWorksheet", table: Table) -> None:
    """Titles bold and in sight, columns as wide as their texts, and of the right kind for rows to come."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    titles, *rows = table.lines
    letters = [get_column_letter(n) for n in range(1, len(titles) + 1)]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{letters[-1]}{len(table.lines)}"
    for i, letter in enumerate(letters):
        longest = max(len(line[i]) for line in table.lines)
        column = sheet.column_dimensions[letter]
        column.width = min(max(longest + 2, WIDTHS[0]), WIDTHS[1])
        if i not in table.numbers:
            column.number_format = TEXT  # an id that is typed below keeps its zeros
    bold = Font(bold=True)
    sheet.append(_text_cell(sheet, title, bold) for title in titles)
    for line in rows:
        sheet.append(
            _text_cell(sheet, cell) if number is None else number
            for cell, number in (
                (cell, _number(cell) if i in table.numbers else None) for i, cell in enumerate(line)
            )
        )


def _text_cell(sheet: "WriteOnlyWorksheet", text: str, font: object = None) -> "WriteOnlyCell | None":
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    cell = WriteOnlyCell(sheet, _UNSAFE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))
    cell.data_type = "s"  # also where it looks like a formula or an error
    cell.number_format = TEXT
    if font is not None:
        cell.font = font
    return cell


def _number(text: str) -> int | float | None:
    """The number a text is, as "+12" and "1,234" are; None where it is none."""
    plain = text.replace(",", "")
    try:
        return int(plain) if plain.lstrip("+-").isdecimal() else float(plain)
    except ValueError:
        return None


def columns_called(titles: Iterable[str], numbers: Collection[str]) -> frozenset[int]:
    """Positions of the titles that are among ``numbers``."""
    return frozenset(i for i, title in enumerate(titles) if title in numbers)
