"""
Backups of a school file: ten, in a folder beside it.

Beside it rather than in the user's profile, because that is where people look, because whoever has the
right to the file has the right to them, and because a backup on another disk under other permissions would
be one more place where students' data lies.
"""

import math
import os
import re
import shutil
import sqlite3
import sys
import unicodedata
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from echelon_desktop.errors import DamagedFileError, NewerFormatError, StoreError
from echelon_desktop.model.store import meta, migrate
from echelon_desktop.model.store.connect import connect, driver, explained
from echelon_desktop.model.store.lock import WriteLock

KEEP = 10

_STAMP = "%Y-%m-%d %H%M%S.%f"
_NAME = re.compile(r"(?P<name>.*) (?P<when>\d{4}-\d\d-\d\d \d{6}\.\d{3})Z(?: (?P<reason>[a-z ]+))?")


@dataclass(frozen=True, slots=True)
class Backup:
    """
    A copy of a school file.

    Parameters
    ----------
    path
        The copy; a school file itself.
    when
        In UTC.
    size
        Bytes.
    reason
        "" for the rolling ones made at opening, else "before update" or "before restore".
    """

    path: Path
    when: datetime
    size: int
    reason: str = ""


def folder(path: Path) -> Path:
    """Where the backups of a school file are."""
    return path.with_name(f"{path.stem} backups")


def backups(path: Path) -> list[Backup]:
    """Backups of a school file, newest first; the file itself may be gone."""
    path = path.resolve()
    with explained(path):
        if not folder(path).is_dir():
            return []
        found = [_backup(path, file) for file in folder(path).iterdir()]
    return sorted((b for b in found if b), key=lambda b: b.when, reverse=True)


def _backup(path: Path, file: Path) -> Backup | None:
    """What a file in the folder is, judged by its name; None for a stranger."""
    match = _NAME.fullmatch(file.stem)
    if match is None or _folded(match["name"] + file.suffix) != _folded(path.name):
        return None
    try:
        when = datetime.strptime(match["when"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(file, when, file.stat().st_size, match["reason"] or "")


def _folded(name: str) -> str:
    """A name as macOS and Windows compare it, so that a file opened as "SCHOOL" finds its backups."""
    return unicodedata.normalize("NFC", name).casefold()


def make_backup(path: Path, connection: sa.Connection, reason: str = "") -> None:
    """Copy an open school file, and let go of the oldest copies; the caller holds the write lock."""
    with explained(path):
        target = _new_name(path, reason)
        target.parent.mkdir(exist_ok=True)
        for file in target.parent.iterdir():
            if file.suffix == ".part" and _NAME.fullmatch(Path(file.stem).stem):
                discard(file)  # left by a process that was killed
        part = part_of(target)
        copy(connection, part)
        replace(part, target)
        for old in backups(path)[KEEP:]:
            # One that is being read, on Windows, goes the next time.
            with suppress(PermissionError):
                old.path.unlink()


def changed_since_backup(path: Path, connection: sa.Connection) -> bool:
    """Whether a school file differs from its newest backup, or has none."""
    newest = next(iter(backups(path)), None)
    if newest is None:
        return True
    try:
        with explained(newest.path), closing(connect(newest.path, read_only=True)) as other, other.begin():
            copied = meta.read(other).get(meta.CONTENT)
    except DamagedFileError:
        return True  # such a copy is none
    with explained(path), connection.begin():
        return copied != meta.read(connection)[meta.CONTENT]


def restore_backup(path: Path, backup: Path) -> None:
    """
    Put a backup in the place of a school file, which is itself kept among the backups.

    Parameters
    ----------
    path
        The school file; may be damaged or gone.
    backup
        One of :func:`backups`, or any other school file.

    Raises
    ------
    FileLockedError
        If the school file is open for writing.
    DamagedFileError, NewerFormatError
        If the backup cannot be used; the school file is as it was.
    StoreError
        If the disk or the folder does not allow it; the school file is as it was.
    """
    path = path.resolve()
    with explained(path):
        if not backup.is_file():
            raise StoreError(f"There is no backup {backup}.")
        lock = WriteLock(path)
        try:
            part = part_of(path)
            with closing(connect(backup, read_only=True)) as source:
                check(backup, source)
                copy(source, part)
            try:
                if path.exists():
                    _set_aside(path)
                replace(part, path)
            except BaseException:
                discard(part)
                raise
        finally:
            lock.release()


def check(path: Path, connection: sa.Connection) -> None:
    """Raise DamagedFileError or NewerFormatError unless this is a school file whose pages are sound."""
    with explained(path), connection.begin():
        migrate.file_format(connection, path)
        # SQLite takes what is missing from the last page for zeros.
        size = math.prod(
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
        if path.stat().st_size < size:
            raise DamagedFileError(f"The end of {path.name} is missing. Restore one of its backups.")
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if verdict != "ok":
        raise DamagedFileError(f"{path.name} is damaged ({verdict}). Restore one of its backups.")


def part_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(path.name + ".part")


def discard(part: Path) -> None:
    """Remove a database that was not finished, and its journal, which would spoil the next of that name."""
    part.with_name(part.name + "-journal").unlink(missing_ok=True)  # first, so that none is left alone
    part.unlink(missing_ok=True)


def copy(source: sa.Connection, part: Path) -> None:
    """Copy a database as of one moment; nothing is left if that fails."""
    discard(part)
    try:
        with closing(sqlite3.connect(part)) as target:
            driver(source).backup(target)
    except BaseException:
        discard(part)
        raise


def replace(part: Path, target: Path) -> None:
    """Give a finished file its name, so that a power cut leaves the old one or the new one."""
    part.replace(target)
    if sys.platform != "win32":
        fd = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _new_name(path: Path, reason: str) -> Path:
    made = datetime.now(UTC)
    newest = next(iter(backups(path)), None)
    if newest and newest.when >= made - timedelta(milliseconds=1):  # a clock set back, or a fast machine
        made = newest.when + timedelta(milliseconds=1)
    stamp = made.strftime(_STAMP)[:-3] + "Z"
    return folder(path) / f"{path.stem} {stamp}{' ' if reason else ''}{reason}{path.suffix}"


def _set_aside(path: Path) -> None:
    """Back up a file that is about to be replaced, whatever state it is in, and its journal with it."""
    try:
        with closing(connect(path)) as connection:
            check(path, connection)
            make_backup(path, connection, "before restore")
    except (DamagedFileError, NewerFormatError):
        # What cannot be opened is kept byte by byte, and does not count among the backups.
        aside = _new_name(path, "before restore")
        aside = aside.with_name(f"damaged {aside.name}")
        aside.parent.mkdir(exist_ok=True)
        shutil.copy2(path, aside)
        hot = path.with_name(path.name + "-journal")
        if hot.exists():
            shutil.copy2(hot, aside.with_name(aside.name + "-journal"))
            # SQLite would play it into the file that takes the place of this one.
            hot.unlink()
