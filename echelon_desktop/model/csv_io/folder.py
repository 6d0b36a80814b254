"""Which file of a folder, or which sheet of a workbook, is which, and reading one whole."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from echelon_desktop.errors import InputError
from echelon_desktop.model.cells import Text
from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import (
    COURSE_REQUESTS,
    PREFERENCES,
    SCHOOL_FILES,
    Column,
    FileSpec,
    Need,
    bare_file_name,
)
from echelon_desktop.model.csv_io.log import FindingLog
from echelon_desktop.model.csv_io.reading import RawTable, SourceFile, read_sheet, read_table
from echelon_desktop.model.csv_io.workbook_reader import (
    OTHER_WORKBOOKS,
    WORKBOOKS,
    Sheet,
    WorkbookError,
    open_workbook,
)

SUFFIXES = (".csv", ".tsv", ".txt")
RULES = FileSpec("rules.toml", "rules", (Column("line", "Rules", Text(), Need.REQUIRED),))
"""The sheet with the lines of the rules; a folder has a file of that name."""

Reader = Callable[[FileSpec, FindingLog, list[SourceFile]], RawTable | None]


@dataclass(frozen=True, slots=True)
class Part:
    """
    A file of a folder, or a sheet of a workbook.

    Parameters
    ----------
    name
        As findings name it.
    called
        The file name that it has, or that a file with the name of the sheet would have (``Courses.csv``).
    read
        Reads it as the file that it is meant to be.
    """

    name: str
    called: str
    read: Reader

    @property
    def role(self) -> FileSpec | None:
        """The file of a school that it goes by the name of."""
        return _ROLES.get(bare_file_name(Path(self.called).stem))


def holds_files(path: Path) -> bool:
    """Whether a path is where the files of a school may be: a folder, or a workbook."""
    return path.is_dir() or is_workbook(path)


def is_workbook(path: Path) -> bool:
    """Whether a path is a spreadsheet workbook, by its ending; not all of them can be read."""
    return path.suffix.lower() in (*WORKBOOKS, *OTHER_WORKBOOKS) and path.is_file()


def is_file_of_school(path: Path) -> bool:
    """Whether a file goes by the name of one of the files of a school."""
    return bare_file_name(path.stem) in _ROLES


def find_parts(source: Path, log: FindingLog) -> list[Part]:
    """
    Find all that goes by a name in a folder or a workbook; the log tells of what does not.

    Raises
    ------
    InputError
        If the folder or the workbook cannot be read.
    """
    if is_workbook(source):
        return _sheets(source, open_workbook(source, read_bytes(source)), log)
    try:
        paths = sorted(path for path in source.iterdir() if path.is_file())
    except OSError as error:
        raise InputError(f"The folder {source} cannot be read: {error.strerror or error}.") from error
    parts = []
    for path in paths:
        suffix = path.suffix.lower()
        if suffix in SUFFIXES:
            parts.append(Part(path.name, path.name, partial(_read_file, path)))
            if suffix == ".csv" and parts[-1].role is None and path.name not in RESULT_FILES:
                _tell_unknown(path.name, log)
    for path in paths:
        # Excel puts a file "~$School.xlsx" beside each workbook that is open, a Mac "._School.xlsx".
        if is_workbook(path) and not path.name.startswith(("~$", ".")):
            parts += _of_workbook(path, log)
    return parts


def _of_workbook(path: Path, log: FindingLog) -> list[Part]:
    """What a workbook in a folder has; when nothing of it is known, or can be read, that is told once."""
    own = Part(path.name, f"{path.stem}.csv", lambda _spec, _log, _sources: None)
    try:
        sheets = open_workbook(path, read_bytes(path))
    except WorkbookError as error:
        if own.role is not None:
            return [Part(own.name, own.called, partial(_tell_unreadable, path.name, error))]
        remedy = f"{error.remedy} If it has nothing to do with the school, take it out of the folder."
        log.add(Code.WORKBOOK_NOT_READ, error.problem, remedy, file=path.name)
        return []
    unsaid = FindingLog()
    parts = _sheets(path, sheets, unsaid)
    if not any(part.role for part in parts) and not any(part.called in RESULT_FILES for part in parts):
        _tell_unknown(path.name, log)
        return []
    log.take_over(unsaid)
    return parts


def _sheets(path: Path, sheets: list[Sheet], log: FindingLog) -> list[Part]:
    """The sheets of a workbook; one that stands alone may also go by the name of the workbook."""
    shown = [sheet for sheet in sheets if not sheet.hidden]
    parts = []
    for sheet in sheets:
        called = sheet.title if sheet.title == RULES.name else f"{sheet.title}.csv"
        part = Part(sheet.name, called, partial(_read_sheet, sheet))
        if part.role is None and [sheet] == shown:
            by_file = Part(part.name, f"{path.stem}.csv", part.read)
            part = by_file if by_file.role is not None else part
        if sheet.hidden and part.role is not None:
            log.add(
                Code.SHEET_HIDDEN,
                f"{sheet.name} is hidden; it was not read.",
                "If it should have been, show it in the spreadsheet; if not, delete or rename it.",
                file=sheet.name,
            )
        elif part.role is not None or part.called in {*RESULT_FILES, RULES.name}:
            parts.append(part)
        else:
            _tell_unknown(sheet.name, log)
    return parts


def _tell_unknown(name: str, log: FindingLog) -> None:
    log.add(
        Code.FILE_UNKNOWN,
        f"{name} is none of the files of a school; it was not read.",
        "If it should have been, give it one of the names in docs/files.md.",
        file=name,
    )


def _read_file(path: Path, spec: FileSpec, log: FindingLog, sources: list[SourceFile]) -> RawTable | None:
    return read_table(path.name, read_bytes(path), spec, log, sources)


def _read_sheet(sheet: Sheet, spec: FileSpec, log: FindingLog, sources: list[SourceFile]) -> RawTable | None:
    try:
        rows = sheet.rows(log)
    except WorkbookError as error:
        _tell_unreadable(sheet.name, error, spec, log, sources)
        return None
    return read_sheet(sheet.name, sheet.title, rows, spec, log, sources)


def _tell_unreadable(
    name: str, error: WorkbookError, _spec: FileSpec, log: FindingLog, _sources: list[SourceFile]
) -> None:
    log.add(Code.WORKBOOK_UNREADABLE, error.problem, error.remedy, file=name)


def choose_parts(source: Path, parts: Iterable[Part], log: FindingLog) -> dict[FileSpec, Part | None]:
    """
    Choose which part is which file of a school.

    Raises
    ------
    InputError
        If none of the parts is a file of a school.
    """
    candidates: dict[FileSpec, list[Part]] = {spec: [] for spec in SCHOOL_FILES}
    for part in parts:
        if part.role is not None:
            candidates[part.role].append(part)
    if not any(candidates.values()):
        files = [Path(spec.name) for spec in SCHOOL_FILES if spec.need is not Need.OPTIONAL]
        names = ", ".join(file.stem if is_workbook(source) else file.name for file in files)
        what = "sheets" if is_workbook(source) else "files"
        told = "".join(f" {finding.message}" for finding in log.findings() if finding.code in _WHY_NONE)
        raise InputError(f"{source} has none of the {what} of a school, such as {names}.{told}")
    found = {spec: _choose(spec, own, log) for spec, own in candidates.items()}
    for spec, chosen in found.items():
        if chosen is None:
            _tell_missing(spec, found, is_workbook(source), log)
    return found


def _choose(spec: FileSpec, parts: list[Part], log: FindingLog) -> Part | None:
    """Choose the part of that very name if it is there, else the first."""
    if not parts:
        return None
    best = min(parts, key=lambda part: (part.called != spec.name, part.called.lower() != spec.name.lower()))
    for part in parts:
        if part is not best:
            log.add(
                Code.FILE_TWICE,
                f"{part.name} and {best.name} are both taken for {spec.name}; only {best.name} was read.",
                "Remove the one that is out of date.",
                file=part.name,
            )
    if bare_file_name(Path(best.called).stem) != bare_file_name(Path(spec.name).stem):
        log.add(
            Code.FILE_NAME,
            f"{best.name} was read as {spec.name}.",
            "Nothing need be done if that is right.",
            file=best.name,
        )
    return best


def is_missing(spec: FileSpec, found: Mapping[FileSpec, Part | None]) -> bool:
    """Whether a file that has to be there is not; requests may be in either of two files."""
    return (
        found[spec] is None
        and spec.need is Need.REQUIRED
        and not (spec is PREFERENCES and found[COURSE_REQUESTS])
    )


def _tell_missing(
    spec: FileSpec, found: Mapping[FileSpec, Part | None], in_workbook: bool, log: FindingLog
) -> None:
    add = f"Add a sheet {Path(spec.name).stem}" if in_workbook else "Put it in the folder"
    if is_missing(spec, found):
        log.add(Code.FILE_MISSING, f"{spec.name} is missing.", f"{add}.", file=spec.name)
    elif spec.need is Need.EXPECTED:
        remedy = f"{add}, so that what it says is heeded."
        log.add(Code.FILE_ABSENT, f"{spec.name} is not there.", remedy, file=spec.name)
    elif spec.table == "unavailability":
        message = f"{spec.name} is not there: every teacher is taken to be free in every period."
        log.add(Code.FILE_NOT_GIVEN, message, "Add it if that is not so.", file=spec.name)


def read_bytes(path: Path) -> bytes:
    """
    Content of a file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


RESULT_FILES = frozenset(
    {
        "section_schedule.csv",
        "student_schedule.csv",
        "teacher_schedule.csv",
        "unmet_requests.csv",
        "constraint_violations.csv",
    }
)

_ROLES = {
    bare_file_name(name): spec for spec in SCHOOL_FILES for name in (Path(spec.name).stem, *spec.aliases)
}
_WHY_NONE = {Code.WORKBOOK_NOT_READ, Code.SHEET_HIDDEN}
