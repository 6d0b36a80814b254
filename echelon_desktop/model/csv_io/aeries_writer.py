"""The files for Aeries: as it reads them, and beside them a list for people of what they lack."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from echelon_desktop.errors import InputError
from echelon_desktop.model.aeries import REQUESTS, SECTIONS, ForAeries
from echelon_desktop.model.columns import FILES
from echelon_desktop.model.csv_io.replacing import replace_files
from echelon_desktop.model.csv_io.school_writer import encode

NOT_WRITTEN = "Not_Written.csv"
_TITLES = ("File", "Section ID", "Student ID", "Course ID", "Column", "Value", "Why", "What to do")


def write_for_aeries(rows: ForAeries, folder: str | Path) -> list[Path]:
    """
    Write SMS.csv, SSS.csv and, when something is not written, Not_Written.csv; all of them or none.

    Raises
    ------
    InputError
        If the folder cannot be written to, or holds the files of a school: SSS.csv would be read as one.
    """
    folder = Path(folder)
    there = sorted(name for name in FILES if (folder / name).exists())
    if there:
        raise InputError(
            f"{folder} holds files of a school, as {there[0]}; {REQUESTS}.csv would be read as one of them. "
            "Choose another folder."
        )
    files = {
        f"{SECTIONS}.csv": _plain(rows.sections),
        f"{REQUESTS}.csv": _plain(rows.requests),
    }
    if rows.not_written:
        lines = [
            (n.file, n.section, n.student, n.course, n.column, n.value, n.why.words, n.why.remedy)
            for n in rows.not_written
        ]
        files = {NOT_WRITTEN: encode([_TITLES, *lines]), **files}
    return replace_files(folder, files, [] if rows.not_written else [NOT_WRITTEN])


def _plain(rows: Iterable[Sequence[str]]) -> bytes:
    """As a program reads it: no mark before the titles, no apostrophes before texts."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
