"""The kinds of findings that reading a school's files can give, explained for people in docs/files.md."""

from enum import StrEnum

from echelon_desktop.model.findings import Severity


class Code(StrEnum):
    """Stable name of a kind of finding; ``severity`` says how much it matters."""

    severity: Severity

    def __new__(cls, value: str, severity: Severity) -> "Code":
        """Make a member that is its own text and knows its severity."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.severity = severity
        return member

    # The file as a whole
    FILE_MISSING = "file-missing", Severity.ERROR
    FILE_ABSENT = "file-absent", Severity.WARNING
    FILE_NOT_GIVEN = "file-not-given", Severity.NOTE
    FILE_NAME = "file-name", Severity.NOTE
    FILE_TWICE = "file-twice", Severity.WARNING
    FILE_UNKNOWN = "file-unknown", Severity.NOTE
    FILE_EMPTY = "file-empty", Severity.ERROR
    NO_ROWS = "no-rows", Severity.WARNING
    NOT_CSV = "not-csv", Severity.ERROR
    NOT_UTF8 = "not-utf8", Severity.NOTE
    BROKEN_CHARACTERS = "broken-characters", Severity.WARNING
    NUL_CHARACTERS = "nul-characters", Severity.WARNING
    WORKBOOK_UNREADABLE = "workbook-unreadable", Severity.ERROR
    WORKBOOK_NOT_READ = "workbook-not-read", Severity.WARNING
    SHEET_HIDDEN = "sheet-hidden", Severity.WARNING

    # The header
    HEADER_UNKNOWN = "header-unknown", Severity.ERROR
    COLUMN_MISSING = "column-missing", Severity.ERROR
    COLUMN_ABSENT = "column-absent", Severity.WARNING
    COLUMN_TWICE = "column-twice", Severity.ERROR
    COLUMN_UNTITLED = "column-untitled", Severity.NOTE

    # Rows
    TITLES_AGAIN = "titles-again", Severity.NOTE
    TOTALS_ROW = "totals-row", Severity.WARNING
    ROW_SHORT = "row-short", Severity.WARNING
    ROW_LONG = "row-long", Severity.ERROR
    ROW_OPEN_QUOTE = "row-open-quote", Severity.ERROR
    ID_MISSING = "id-missing", Severity.ERROR
    ID_TWICE = "id-twice", Severity.ERROR
    ROWS_MERGED = "rows-merged", Severity.NOTE
    ROW_EXTRA_LOST = "row-extra-lost", Severity.WARNING

    # Cells
    CELL_MISSING = "cell-missing", Severity.ERROR
    CELL_BLANK_NO = "cell-blank-no", Severity.NOTE
    NOT_A_COUNT = "not-a-count", Severity.ERROR
    COUNT_WITH_POINT = "count-with-point", Severity.NOTE
    NOT_A_NUMBER = "not-a-number", Severity.ERROR
    NOT_YES_OR_NO = "not-yes-or-no", Severity.ERROR
    NOT_A_LINK_KIND = "not-a-link-kind", Severity.ERROR
    LIST_SEPARATOR = "list-separator", Severity.NOTE
    LIST_REPEATS = "list-repeats", Severity.WARNING
    REQUEST_TWICE = "request-twice", Severity.WARNING
    EXCEL_TEXT = "excel-text", Severity.NOTE
    EXCEL_SCIENTIFIC = "excel-scientific", Severity.ERROR
    EXCEL_DATE = "excel-date", Severity.WARNING
    EXCEL_LONG_NUMBER = "excel-long-number", Severity.WARNING
    DATE_READ = "date-read", Severity.NOTE
    FORMULA_FAILED = "formula-failed", Severity.ERROR
    FORMULA_WITHOUT_RESULT = "formula-without-result", Severity.ERROR
    LOST_ZEROS = "lost-zeros", Severity.WARNING
    PERIOD_BY_NUMBER = "period-by-number", Severity.NOTE
    SEPARATOR_IN_ID = "separator-in-id", Severity.WARNING

    # The school
    RECORDS_IMPLIED = "records-implied", Severity.NOTE

    # A schedule read back
    SCHEDULE_UNKNOWN = "schedule-unknown", Severity.ERROR
    SCHEDULE_CONTRADICTS = "schedule-contradicts", Severity.WARNING
    SCHEDULE_UNEVEN = "schedule-uneven", Severity.ERROR

    # Writing
    UNWRITABLE = "unwritable", Severity.ERROR
