"""
Sheets of a workbook (.xlsx) as rows of text, as one sees them in the spreadsheet.

openpyxl is loaded only once there is a workbook: it takes as long as half of the window's start.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.etree import ElementTree

from echelon_desktop.errors import InputError
from echelon_desktop.model.codes import Code
from echelon_desktop.model.csv_io.cellcode import neutralised
from echelon_desktop.model.csv_io.log import FindingLog

if TYPE_CHECKING:
    from openpyxl.cell.read_only import ReadOnlyCell

WORKBOOK = ".xlsx"
WORKBOOKS = (WORKBOOK, ".xlsm")
OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")  # told of, not read
MOST_BYTES = 2**30  # unpacked
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # name of a stream in the container around it
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FORMULA = re.compile(rb"<(\w{1,9}:)?f[\s/>]")
_MARK = 12  # bytes in which the beginning of a formula may be cut in two
_ZEROS = re.compile(r"0{2,}")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_AS_WORKBOOK = "Save it as an Excel workbook (.xlsx), or its sheets as CSV UTF-8."

Row = tuple[int, list[str]]


class WorkbookError(InputError):
    """A workbook cannot be read: ``problem`` says why, ``remedy`` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A sheet of a workbook.

    Parameters
    ----------
    workbook
        File name of the workbook.
    title
        As on its tab.
    hidden
        Whether the spreadsheet shows no tab for it.
    source
        What openpyxl reads it by; None for a sheet without cells, such as a chart.
    """

    workbook: str
    title: str
    hidden: bool
    source: Any

    @property
    def name(self) -> str:
        """As findings name it."""
        return f"{self.workbook}, sheet {self.title}"

    def rows(self, log: FindingLog) -> list[Row]:
        """
        Rows with something in them, each with its number in the sheet, all of one length.

        Cells are as in a CSV file: what a spreadsheet would run as a formula has an apostrophe before it.

        Raises
        ------
        WorkbookError
            If the sheet is damaged.
        """
        if self.source is None:
            return []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what openpyxl cannot keep, as charts and colours
                rows = list(self._rows(log))
        except Exception as error:  # openpyxl lets all sorts through from what is in the file
            raise _damaged(self.name) from error
        width = max((len(cells) for _, cells in rows), default=0)
        for _, cells in rows:
            cells += [""] * (width - len(cells))
        return rows

    def _rows(self, log: FindingLog) -> Iterator[Row]:
        missing = self._formulas_without_result()
        titles: list[str] = []
        self.source.reset_dimensions()  # which programs get wrong, and cells beyond them would be dropped
        for number, cells in enumerate(self.source.iter_rows(), 1):
            texts: list[str] = []
            last, is_row = 0, False
            for i, cell in enumerate(cells):
                text = ""
                if cell.value is not None:
                    text = self._text(cell, number, titles, i, log)
                elif missing and (number, i + 1) in missing:
                    self._tell_no_result(number, _title(titles, i), log)
                    is_row = True  # though it may have nothing else
                texts.append(text)
                if text:
                    last = i + 1
                    is_row = is_row or not text.isspace()
            if is_row:
                titles = titles or texts[:last]
                yield number, [neutralised(text) for text in texts[:last]]

    def _text(self, cell: "ReadOnlyCell", row: int, titles: list[str], column: int, log: FindingLog) -> str:
        value = cell.value
        if isinstance(value, str):
            if cell.data_type == "e":
                self._tell_error(row, _title(titles, column), value, log)
                return ""
            return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value
        if isinstance(value, (bool, int, float)):
            return number_text(value, cell.number_format)
        text = date_text(value, cell.number_format)
        title = _title(titles, column)
        log.add(
            Code.DATE_READ,
            f"A date or time was read as {text}.",
            "If it was an id or a number, format the column as text in the spreadsheet and enter it again.",
            file=self.name,
            row=row,
            column=title,
            value=text,
        )
        return text

    def _formulas_without_result(self) -> frozenset[tuple[int, int]]:
        """
        (row, column) of each formula whose result the file does not hold.

        openpyxl tells either formulas or results, so the sheet is looked through for those that have none.
        """
        with self.source._get_source() as data:
            if not _has_formulas(data):
                return frozenset()
        found, row, column = set(), 0, 0
        with self.source._get_source() as data:
            for event, element in ElementTree.iterparse(data, ("start", "end")):
                tag = element.tag.rpartition("}")[2]
                if event == "start" and tag == "row":
                    row, column = int(element.get("r", row + 1)), 0
                elif event == "start" and tag == "c":
                    column = _column_number(element.get("r", "")) or column + 1
                elif tag == "c":
                    parts = {part.tag.rpartition("}")[2]: part.text for part in element}
                    # A result that is an empty text has the type of a text, and nothing else.
                    if "f" in parts and not parts.get("v") and element.get("t") != "str":
                        found.add((row, column))
                elif tag == "row":
                    element.clear()
        return frozenset(found)

    def _tell_no_result(self, row: int, column: str, log: FindingLog) -> None:
        log.add(
            Code.FORMULA_WITHOUT_RESULT,
            "The file does not hold the result of a formula; the cell was read as blank.",
            "Open the workbook in the spreadsheet, save it there, and read it again.",
            file=self.name,
            row=row,
            column=column,
            once_per=(self.name, column),
        )

    def _tell_error(self, row: int, column: str, value: str, log: FindingLog) -> None:
        log.add(
            Code.FORMULA_FAILED,
            f"The spreadsheet shows {value} here; the cell was read as blank.",
            "Mend the formula, or enter what it should give.",
            file=self.name,
            row=row,
            column=column,
            value=value,
            once_per=(self.name, column),
        )


def open_workbook(path: Path, data: bytes) -> list[Sheet]:
    """
    Sheets of a workbook, in the order of their tabs.

    Parameters
    ----------
    path
        For its name.
    data
        The content of the file.

    Raises
    ------
    WorkbookError
        If it is no workbook that can be read.
    """
    _refuse(path.name, data)
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise WorkbookError(
                    f"{path.name} unpacks to more than {MOST_BYTES // 2**30} GB.",
                    "Copy what is needed to a new workbook, without formats.",
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl lets all sorts through from what is in the file
        raise _damaged(path.name) from error
    with_cells = {sheet.title: sheet for sheet in book.worksheets}
    return [
        Sheet(path.name, title, book[title].sheet_state != "visible", with_cells.get(title))
        for title in book.sheetnames
    ]


def _has_formulas(data: IO[bytes]) -> bool:
    end = b""
    while chunk := data.read(2**20):
        if _FORMULA.search(end + chunk):
            return True
        end = chunk[-_MARK:]
    return False


def _refuse(name: str, data: bytes) -> None:
    """Refuse what is known not to be an .xlsx, with the remedy for what it is."""
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            raise WorkbookError(
                f"{name} is protected by a password.",
                "Take the password off in the spreadsheet (File, Info, Protect Workbook), and save it.",
            )
        raise WorkbookError(f"{name} is a workbook of the old form (.xls).", _AS_WORKBOOK)
    if not data.startswith(ZIP):
        raise WorkbookError(f"{name} is not a workbook.", "Export it again, as .xlsx or as CSV UTF-8.")
    if b"xl/workbook.bin" in data:
        raise WorkbookError(f"{name} is a binary workbook (.xlsb).", _AS_WORKBOOK)
    if b"application/vnd.oasis.opendocument" in data[:200]:
        raise WorkbookError(f"{name} is an OpenDocument workbook (.ods).", _AS_WORKBOOK)


def _damaged(name: str) -> WorkbookError:
    return WorkbookError(
        f"{name} is damaged, or not a workbook.", "Open it in the spreadsheet and save it again, as .xlsx."
    )


def number_text(value: bool | int | float, number_format: str = "General") -> str:
    """Digits of a number without a needless point, with the leading zeros that its format shows."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not value.is_integer():
            return f"{value:.15g}"  # as many digits as spreadsheets keep
        value = int(value)
    digits = str(value)
    if value >= 0 and _ZEROS.fullmatch(number_format):
        return digits.zfill(len(number_format))
    return digits


def date_text(value: object, number_format: str = "") -> str:
    """Date or time as ISO 8601 writes it; what the spreadsheet made of an id such as 1/2, as it shows it."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date) and not isinstance(value, datetime):
        month = _MONTHS[value.month - 1]
        if number_format == "d-mmm":
            return f"{value.day}-{month}"
        if number_format == "mmm-yy":
            return f"{month}-{value.year % 100:02}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _title(titles: list[str], column: int) -> str:
    return titles[column].strip() if column < len(titles) else ""


def _column_number(reference: str) -> int:
    """``B7`` is 2; 0 for no reference."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = 26 * number + ord(letter.upper()) - ord("A") + 1
    return number
