"""Making a school file and opening it: the way from a path to a connection that can be trusted."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from echelon_desktop import __version__
from echelon_desktop.errors import DamagedFileError, EditError, StoreError
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.store import backup, journal, meta, migrate, rows
from echelon_desktop.model.store.connect import adopt, connect, driver, explained
from echelon_desktop.model.store.lock import WriteLock


def lock(path: Path) -> WriteLock:
    """The right to write a file, which need not exist; raises as :class:`WriteLock` does."""
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent}. Check its name, and that it can be reached.")
    return WriteLock(path)


def make(path: Path, dataset: Dataset, title: str) -> None:
    """Write a new file, which appears whole or not at all; the caller holds the lock."""
    with explained(path):
        if path.exists():
            raise StoreError(f"{path} exists already. Choose another name, or delete it first.")
        part = backup.part_of(path)
        backup.discard(part)
        try:
            raw = sqlite3.connect(part, isolation_level=None)
            with closing(adopt(raw)) as connection, connection.begin():
                migrate.migrate(connection)
                rows.write_all(connection, dataset)
                meta.put(connection, {"title": title, "created": journal.now(), "app_version": __version__})
                meta.touch(connection)
            backup.replace(part, path)
        except BaseException:
            backup.discard(part)
            raise


def writer(path: Path) -> sa.Connection:
    """A connection to a file that is sound and of the newest format; the caller holds the lock."""
    connection = connect(path)
    try:
        if _is_older(path, connection):
            backup.make_backup(path, connection, "before update")
            with explained(path), connection.begin():
                migrate.migrate(connection)
                meta.touch(connection)
        return connection
    except BaseException:
        connection.close()
        raise


def reader(path: Path) -> sa.Connection:
    """A connection to a sound file; to a copy in memory when its format is older."""
    connection = connect(path, read_only=True)
    try:
        return _updated_copy(path, connection) if _is_older(path, connection) else connection
    except BaseException:
        connection.close()
        raise


def _is_older(path: Path, connection: sa.Connection) -> bool:
    backup.check(path, connection)
    with explained(path), connection.begin():
        return migrate.file_format(connection, path) < migrate.newest_format()


def _updated_copy(path: Path, connection: sa.Connection) -> sa.Connection:
    """A copy in memory of a file of an older format, in the newest; closes the file."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    copy = adopt(raw)
    try:
        with explained(path):
            driver(connection).backup(raw)
            with copy.begin():
                migrate.migrate(copy)
    except BaseException:
        copy.close()
        raise
    connection.close()
    return copy


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """What SQLite took for sound may still be no record, edit or state."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, EditError, zlib.error) as exc:
        raise DamagedFileError(
            f"{path.name} is damaged: something in it cannot be read ({type(exc).__name__}). "
            "Restore one of its backups."
        ) from exc
