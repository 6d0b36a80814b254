"""Which file of a folder is which, and reading one whole."""

from collections.abc import Mapping
from pathlib import Path

from echelon_desktop.errors import InputError
from echelon_desktop.model.codes import Code
from echelon_desktop.model.columns import (
    COURSE_REQUESTS,
    PREFERENCES,
    SCHOOL_FILES,
    FileSpec,
    Need,
    bare_file_name,
)
from echelon_desktop.model.csv_io.log import FindingLog

SUFFIXES = (".csv", ".tsv", ".txt")


def find_files(folder: Path, log: FindingLog) -> dict[FileSpec, Path | None]:
    """
    Find the files of a school by their names, forgiving case, spaces, hyphens and small variants.

    Raises
    ------
    InputError
        If the folder cannot be read or has none of the files.
    """
    try:
        paths = sorted(
            path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()
        )
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be read: {error.strerror or error}.") from error
    roles = {
        bare_file_name(name): spec for spec in SCHOOL_FILES for name in (Path(spec.name).stem, *spec.aliases)
    }
    candidates: dict[FileSpec, list[Path]] = {spec: [] for spec in SCHOOL_FILES}
    for path in paths:
        role = roles.get(bare_file_name(path.stem))
        if role is not None:
            candidates[role].append(path)
        elif path.suffix.lower() == ".csv" and path.name not in RESULT_FILES:
            log.add(
                Code.FILE_UNKNOWN,
                f"{path.name} is none of the files of a school; it was not read.",
                "If it should have been, give it one of the names in docs/files.md.",
                file=path.name,
            )
    if not any(candidates.values()):
        names = ", ".join(spec.name for spec in SCHOOL_FILES if spec.need is not Need.OPTIONAL)
        raise InputError(f"{folder} has none of the files of a school, such as {names}.")
    found = {spec: _choose(spec, paths, log) for spec, paths in candidates.items()}
    for spec, file in found.items():
        if file is None:
            _tell_missing(spec, found, log)
    return found


def _choose(spec: FileSpec, paths: list[Path], log: FindingLog) -> Path | None:
    """Choose the file of that very name if it is there, else the first by name."""
    if not paths:
        return None
    best = min(paths, key=lambda path: (path.name != spec.name, path.name.lower() != spec.name.lower()))
    for path in paths:
        if path != best:
            log.add(
                Code.FILE_TWICE,
                f"{path.name} and {best.name} are both taken for {spec.name}; only {best.name} was read.",
                "Remove the one that is out of date.",
                file=path.name,
            )
    if bare_file_name(best.stem) != bare_file_name(Path(spec.name).stem):
        log.add(
            Code.FILE_NAME,
            f"{best.name} was read as {spec.name}.",
            "Nothing need be done if that is right.",
            file=best.name,
        )
    return best


def is_missing(spec: FileSpec, found: Mapping[FileSpec, Path | None]) -> bool:
    """Whether a file that has to be there is not; requests may be in either of two files."""
    return (
        found[spec] is None
        and spec.need is Need.REQUIRED
        and not (spec is PREFERENCES and found[COURSE_REQUESTS])
    )


def _tell_missing(spec: FileSpec, found: Mapping[FileSpec, Path | None], log: FindingLog) -> None:
    if is_missing(spec, found):
        message, remedy = f"{spec.name} is missing.", "Put it in the folder."
        log.add(Code.FILE_MISSING, message, remedy, file=spec.name)
    elif spec.need is Need.EXPECTED:
        remedy = "Put it in the folder, so that what it says is heeded."
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
