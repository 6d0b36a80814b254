"""
Backups of a school file: ten, in a folder beside it.

Beside it rather than in the user's profile, because that is where people look, because whoever has the
right to the file has the right to them, and because a backup on another disk under other permissions would
be one more place where students' data lies.
"""

import os
import re
import shutil
import sqlite3
import sys
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
_NAME = re.compile(r" (\d{4}-\d{2}-\d{2} \d{6}\.\d{3})Z(?: (?P<reason>[a-z ]+))?$")


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
    found = []
    with explained(path):
        if not folder(path).is_dir():
            return []
        for file in folder(path).iterdir():
            match = _NAME.match(file.stem.removeprefix(path.stem))
            if file.suffix == path.suffix and file.stem.startswith(path.stem) and match:
                made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                found.append(Backup(file, made, file.stat().st_size, match["reason"] or ""))
    return sorted(found, key=lambda b: b.when, reverse=True)


def make_backup(path: Path, connection: sa.Connection, reason: str = "") -> Backup:
    """Copy an open school file, and let go of the oldest copies; the caller holds the write lock."""
    with explained(path):
        target = _new_name(path, reason)
        target.parent.mkdir(exist_ok=True)
        _copy(connection, target)
        for old in backups(path)[KEEP:]:
            # One that is being read, on Windows, goes the next time.
            with suppress(PermissionError):
                old.path.unlink()
        return next(b for b in backups(path) if b.path == target)


def changed_since_backup(path: Path, connection: sa.Connection) -> bool:
    """Whether a school file differs from its newest backup, or has none."""
    newest = next(iter(backups(path)), None)
    if newest is None:
        return True
    try:
        with explained(newest.path), closing(connect(newest.path, read_only=True)) as copy, copy.begin():
            copied = meta.read(copy).get(meta.CONTENT)
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
            with closing(connect(backup, read_only=True)) as source:
                check(backup, source)
                part = path.with_name(path.name + ".part")
                _copy(source, part, rename=False)
            if path.exists():
                _set_aside(path)
            replace(part, path)
        finally:
            lock.release()


def check(path: Path, connection: sa.Connection) -> None:
    """Raise DamagedFileError or NewerFormatError unless this is a school file whose pages are sound."""
    with explained(path), connection.begin():
        migrate.file_format(connection, path)
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if verdict != "ok":
        raise DamagedFileError(f"{path.name} is damaged ({verdict}). Restore one of its backups.")


def replace(source: Path, target: Path) -> None:
    """Rename a finished file over another, so that a power cut leaves the one or the other."""
    source.replace(target)
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


def _copy(source: sa.Connection, target: Path, *, rename: bool = True) -> None:
    """Copy a database as of one moment; ``target`` appears whole or not at all if it is to be renamed."""
    part = target.with_name(target.name + ".part") if rename else target
    for left_over in part.parent.glob("*.part*") if rename else (part,):
        left_over.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part)) as copy:
            copy.execute("PRAGMA synchronous = FULL")
            driver(source).backup(copy)
        if rename:
            replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


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
