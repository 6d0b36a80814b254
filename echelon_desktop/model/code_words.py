"""What several findings of one kind are called, whoever made them: reading the files or the checks."""

from echelon_desktop.model.checks.kinds import KINDS
from echelon_desktop.model.codes import Code

_READING = {
    Code.FILE_MISSING: "files that are missing",
    Code.FILE_ABSENT: "files that are not there",
    Code.FILE_NOT_GIVEN: "optional files that are not there",
    Code.FILE_NAME: "files with another name",
    Code.FILE_TWICE: "files that are there twice",
    Code.FILE_UNKNOWN: "files that were not read",
    Code.FILE_EMPTY: "empty files",
    Code.NO_ROWS: "files without rows",
    Code.NOT_CSV: "files that are not CSV",
    Code.NOT_UTF8: "files in another encoding",
    Code.BROKEN_CHARACTERS: "characters that cannot be read",
    Code.NUL_CHARACTERS: "files with NUL characters",
    Code.WORKBOOK_UNREADABLE: "workbooks that cannot be read",
    Code.WORKBOOK_NOT_READ: "workbooks that were not read",
    Code.SHEET_HIDDEN: "hidden sheets, not read",
    Code.HEADER_UNKNOWN: "files whose titles mean nothing",
    Code.COLUMN_MISSING: "columns that are missing",
    Code.COLUMN_ABSENT: "columns that are not there",
    Code.COLUMN_TWICE: "columns that are there twice",
    Code.COLUMN_UNTITLED: "columns without a title",
    Code.TITLES_AGAIN: "rows that repeat the titles, left out",
    Code.TOTALS_ROW: "rows that are probably totals",
    Code.ROW_SHORT: "rows that end too soon",
    Code.ROW_LONG: "rows with too many cells",
    Code.ROW_OPEN_QUOTE: "quotation marks that are never closed",
    Code.ID_MISSING: "rows without an id, left out",
    Code.ID_TWICE: "ids given twice",
    Code.ROWS_MERGED: "rows that were put together",
    Code.ROW_EXTRA_LOST: "cells that could not be kept",
    Code.CELL_MISSING: "blank cells that should not be",
    Code.CELL_BLANK_NO: "blank cells read as No",
    Code.NOT_A_COUNT: "texts that are no whole number",
    Code.COUNT_WITH_POINT: "whole numbers written with a point",
    Code.NOT_A_NUMBER: "texts that are no number",
    Code.NOT_YES_OR_NO: "texts that are neither Yes nor No",
    Code.NOT_A_LINK_KIND: "texts that are no kind of link",
    Code.LIST_SEPARATOR: "lists with another separator",
    Code.LIST_REPEATS: "lists that repeat an item",
    Code.REQUEST_TWICE: "courses requested twice by one student",
    Code.EXCEL_TEXT: "cells in the spreadsheet's way of keeping text",
    Code.EXCEL_SCIENTIFIC: "ids that a spreadsheet turned into numbers",
    Code.EXCEL_DATE: "ids that a spreadsheet may have turned into dates",
    Code.EXCEL_LONG_NUMBER: "long ids that may have lost their last digits",
    Code.DATE_READ: "dates and times read as text",
    Code.FORMULA_FAILED: "cells in which a spreadsheet shows an error",
    Code.FORMULA_WITHOUT_RESULT: "formulas without their result",
    Code.LOST_ZEROS: "ids that probably lost leading zeros",
    Code.PERIOD_BY_NUMBER: "periods called by their number",
    Code.SEPARATOR_IN_ID: "ids with a semicolon",
    Code.RECORDS_IMPLIED: "records taken from what other files name",
    Code.SCHEDULE_UNKNOWN: "schedule rows that name something unknown",
    Code.SCHEDULE_CONTRADICTS: "schedule rows that contradict each other",
    Code.SCHEDULE_UNEVEN: "schedule rows that do not fit together",
    Code.UNWRITABLE: "records that CSV files cannot tell",
}


def words_of(code: str) -> str:
    """Words for findings of a kind ("teachers without a section"); the code itself when it has none."""
    if code in KINDS:
        return KINDS[code].many
    return next((words for known, words in _READING.items() if known == code), code.replace("-", " "))
