"""
From the bytes of a file, or the rows of a sheet, to titles and rows of text, whatever program wrote it.

Sources: RFC 4180 for quoting; the table in docs/files.md for what spreadsheets do to files.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import Column, FileSpec, Need, match_titles, normal_title
from echelon_desktop.model.csv_io.cellcode import plain_title
from echelon_desktop.model.csv_io.decoding import decode
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.workbook_reader import OLE, ZIP

DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?[,;\t|\s]*', re.IGNORECASE)
_END = "\0"  # cannot be in the text, NULs having been taken out
SHOWN_ROWS = 3  # kept of each file to be shown before it is taken over
_LEAST_TITLES = 2  # one cell may well be called as its title
_MAX_RESTARTS = 20  # after so many open quotes the marks are taken literally: the file is not CSV anyway


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    A file, or a sheet of a workbook, that was read.

    Parameters
    ----------
    name
        As found in the folder, and as findings name it.
    role
        Its documented name, such as "Student_Info.csv".
    encoding
        "utf-8", "utf-16" or "cp1252"; empty for a sheet.
    delimiter
        The character between cells; empty for a sheet.
    rows
        Rows with something in them, the header aside.
    titles
        Field of the record → title as found.
    header
        All titles as found, in order; a column without one has an empty text.
    first_rows
        The cells of the first rows, to show what is in the columns.
    sheet
        The title of the sheet; empty for a file.
    """

    name: str
    role: str
    encoding: str
    delimiter: str
    rows: int
    titles: dict[str, str]
    header: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """
    A file as titles and rows of undecoded cells.

    ``columns`` and ``extra`` hold, with its position in a row, each column that is known and the unique
    title of each that is not. Rows have their line number, the first line of the file being 1; their cells
    are at least as many as there are titles.
    """

    source: SourceFile
    spec: FileSpec
    columns: list[tuple[int, Column]]
    extra: list[tuple[int, str]]
    rows: list[tuple[int, list[str]]]


def read_table(
    name: str, data: bytes, spec: FileSpec, log: FindingLog, sources: list[SourceFile] | None = None
) -> RawTable | None:
    """
    Read the bytes of one file.

    Parameters
    ----------
    sources
        Takes up what is known of the file, also when none of its titles is known.

    Returns
    -------
    RawTable or None
        None when no row could be read; the log says why.
    """
    if data.startswith((ZIP, OLE)):
        log.add(
            Code.NOT_CSV,
            f"{name} is a spreadsheet workbook, not a CSV file.",
            "Open it in the spreadsheet and save it as an Excel workbook (.xlsx), or as CSV UTF-8.",
            file=name,
        )
        return None
    text, encoding = decode(name, data, log)
    lines = list(io.StringIO(text, newline=""))
    first_line, delimiter = 0, ""
    if lines and (match := _SEP_LINE.fullmatch(lines[0])):
        first_line, delimiter = 1, match[1]
    delimiter = delimiter or _sniff(lines, spec)
    source = SourceFile(name, spec.name, encoding, delimiter, 0, {})
    records = _records(lines, first_line, delimiter, name, log)
    return _table(source, records, spec, log, sources)


def read_sheet(
    name: str,
    title: str,
    rows: list[tuple[int, list[str]]],
    spec: FileSpec,
    log: FindingLog,
    sources: list[SourceFile] | None = None,
) -> RawTable | None:
    """
    Read the rows of a sheet, as :func:`read_table` does a file.

    Parameters
    ----------
    name, title
        How findings name it, and its own title.
    rows
        Each with its number in the sheet, as a CSV file would have them.
    """
    return _table(SourceFile(name, spec.name, "", "", 0, {}, sheet=title), rows, spec, log, sources)


def _table(
    source: SourceFile,
    records: Iterable[tuple[int, list[str]]],
    spec: FileSpec,
    log: FindingLog,
    sources: list[SourceFile] | None,
) -> RawTable | None:
    name, records = source.name, iter(records)
    header = next(((line, cells) for line, cells in records if _has_text(cells)), None)
    if header is None:
        log.add(
            Code.FILE_EMPTY,
            f"{name} is empty.",
            "Put the column titles in the first row and the records below.",
            file=name,
        )
        return None
    header_line, cells = header
    rows = [(line, row) for line, row in records if _has_text(row)]
    titles = [plain_title(cell) for cell in cells]
    while (
        titles
        and not titles[-1]
        and not any(len(row) >= len(titles) and row[len(titles) - 1].strip() for _, row in rows)
    ):
        titles.pop()
    rows = _without_titles(name, titles, rows, log)
    columns, extra = _columns(name, header_line, titles, rows, spec, log)
    source = replace(
        source,
        rows=len(rows),
        titles={c.key: titles[i] for i, c in columns},
        header=tuple(titles),
        first_rows=tuple(tuple(cells) for _, cells in rows[:SHOWN_ROWS]),
    )
    if sources is not None:
        sources.append(source)
    if not columns:
        required = " and ".join(column.title for column in spec.columns if column.need is Need.REQUIRED)
        log.add(
            Code.HEADER_UNKNOWN,
            f"None of the titles in {name} is one of its columns.",
            f"The first row must hold titles, among them {required}.",
            file=name,
            row=header_line,
            value=(source.delimiter or ", ").join(titles),
        )
        return None
    _even_out(name, len(titles), rows, log)
    return RawTable(source, spec, columns, extra, rows)


def _has_text(cells: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _sniff(lines: list[str], spec: FileSpec) -> str:
    """Find the delimiter under which most titles of the header are known; the comma wins ties."""
    header = next((line for line in lines if line.strip(" \t\r\n,;|")), "")
    best, delimiter = 0, ","
    for candidate in DELIMITERS:
        try:
            titles = next(csv.reader([header], delimiter=candidate), [])
        except csv.Error:
            continue
        known = sum(c is not None for c in match_titles(spec.columns, [plain_title(t) for t in titles]))
        if known > best:
            best, delimiter = known, candidate
    return delimiter


def _records(
    lines: list[str], start: int, delimiter: str, name: str, log: FindingLog
) -> Iterator[tuple[int, list[str]]]:
    """
    Cells of each record, with the line where it begins.

    A quotation mark that is never closed would swallow the rest of the file. It is noticed because it also
    swallows an end mark put behind the last line; that line is then read with its marks taken literally.
    """
    restarts = 0
    while start < len(lines):
        rest = chain(lines[start:], (_END,))
        if restarts < _MAX_RESTARTS:
            reader = csv.reader(rest, delimiter=delimiter)
        else:
            reader = csv.reader(rest, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        begin = start
        try:
            for cells in reader:
                if cells == [_END]:
                    return
                end = start + reader.line_num
                if end > len(lines):
                    break
                yield begin + 1, cells
                begin = end
        except csv.Error:  # a cell beyond csv.field_size_limit(): an open quote in a large file
            pass
        restarts += 1
        log.add(
            Code.ROW_OPEN_QUOTE,
            "A quotation mark in this row is never closed.",
            'Remove it, or write it twice ("") within a cell that begins and ends with quotation marks.',
            file=name,
            row=begin + 1,
            value=lines[begin].strip()[:80],
        )
        yield begin + 1, lines[begin].rstrip("\r\n").split(delimiter)
        start = begin + 1


def _without_titles(
    name: str, titles: list[str], rows: list[tuple[int, list[str]]], log: FindingLog
) -> list[tuple[int, list[str]]]:
    """Leave out rows that say the titles again: files put one behind the other, or the head of each page."""
    wanted = [normal_title(title) for title in titles]
    if sum(map(bool, wanted)) < _LEAST_TITLES:
        return rows
    again = {
        line
        for line, cells in rows
        if [normal_title(plain_title(cell)) for cell in cells[: len(wanted)]] == wanted
    }
    for line in sorted(again):
        log.add(
            Code.TITLES_AGAIN,
            "The row repeats the titles; it was left out.",
            "Nothing need be done.",
            file=name,
            row=line,
        )
    return [(line, cells) for line, cells in rows if line not in again]


def _columns(
    name: str,
    header_line: int,
    titles: list[str],
    rows: list[tuple[int, list[str]]],
    spec: FileSpec,
    log: FindingLog,
) -> tuple[list[tuple[int, Column]], list[tuple[int, str]]]:
    """Tell known from unknown columns, giving each unknown one a title of its own."""
    found = match_titles(spec.columns, titles)
    columns = [(i, column) for i, column in enumerate(found) if column is not None]
    if not columns:
        return [], []
    extra: list[tuple[int, str]] = []
    seen: dict[str, str] = {}
    for i, (title, column) in enumerate(zip(titles, found, strict=True)):
        own = title
        if not title:
            if not any(len(row) > i and row[i].strip() for _, row in rows):
                continue
            own = f"Column {i + 1}"
            log.add(
                Code.COLUMN_UNTITLED,
                f'Column {i + 1} has no title; it is kept as "{own}".',
                "Give it a title.",
                file=name,
                row=header_line,
            )
        again = next((t for t in (normal_title(own),) if t in seen), None)
        meant = "" if column else _already_given(spec, columns, titles, title)
        if again is not None or meant:
            other = seen[again] if again is not None else meant
            log.add(
                Code.COLUMN_TWICE,
                f'The columns "{other}" and "{title}" mean the same; the former was used.',
                "Remove one of them, or give it another title.",
                file=name,
                row=header_line,
                column=title,
            )
        if column is None:
            number, base = 2, own
            while normal_title(own) in seen:
                own, number = f"{base} ({number})", number + 1
            extra.append((i, own))
        seen.setdefault(normal_title(own), own)
    for column in spec.columns:
        if column.need is Need.OPTIONAL or column in found:
            continue
        required = column.need is Need.REQUIRED
        log.add(
            Code.COLUMN_MISSING if required else Code.COLUMN_ABSENT,
            f'{name} has no column "{column.title}".',
            "Add the column, or give the one that holds it this title.",
            file=name,
            row=header_line,
            column=column.title,
        )
    return columns, extra


def _already_given(spec: FileSpec, columns: list[tuple[int, Column]], titles: list[str], title: str) -> str:
    """Title of the column that already holds what this one seems to mean, if any."""
    (column,) = match_titles(spec.columns, [title])
    return next((titles[i] for i, c in columns if column is not None and c.key == column.key), "")


def _even_out(name: str, width: int, rows: list[tuple[int, list[str]]], log: FindingLog) -> None:
    """Give every row as many cells as there are titles, and tell of those that had fewer or more."""
    for line, cells in rows:
        if len(cells) < width:
            log.add(
                Code.ROW_SHORT,
                f"The row ends with cell {len(cells)} of {width}; the missing ones are blank.",
                "Compare the row with the source: it may have been cut off.",
                file=name,
                row=line,
            )
            cells += [""] * (width - len(cells))
        elif len(cells) > width and _has_text(cells[width:]):
            surplus = [cell for cell in cells[width:] if cell.strip()]
            log.add(
                Code.ROW_LONG,
                f"The row has {len(cells)} cells where there are {width} titles; the last were not used.",
                "Put a cell that holds the delimiter (a list, say) in quotation marks.",
                file=name,
                row=line,
                value="; ".join(surplus),
            )
