"""Connections to SQLite, the way this application wants them, and its errors in words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from echelon_desktop.errors import DamagedFileError, FileLockedError, StoreError

_BUSY_S = 10.0  # a reader blocks a commit, and a commit a reader, for as long as reading a school takes


def connect(path: Path, *, read_only: bool = False) -> sa.Connection:
    """
    Open an existing database.

    A reader opens it for writing too, if it may, and then forbids itself to: what a killed writer left
    half done must be taken back before anything can be read.

    Raises
    ------
    StoreError
        If it cannot be opened or is no database.
    """
    with explained(path):
        _recognise(path, read_only)
        raw = sqlite3.connect(
            uri(path.absolute(), "rw"),
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            raw.execute("PRAGMA trusted_schema = OFF")  # files come from strangers
            if read_only:
                raw.execute("PRAGMA query_only = ON")
            else:
                # docs/decisions/0005-school-file.md says why not WAL.
                raw.execute("PRAGMA journal_mode = DELETE")
                raw.execute("PRAGMA synchronous = EXTRA")
                raw.execute("PRAGMA fullfsync = ON")  # macOS
            return adopt(raw)
        except BaseException:
            raw.close()
            raise


def _recognise(path: Path, read_only: bool) -> None:
    """Say what is wrong with a file that is no database, better than SQLite does."""
    if not path.exists():
        raise StoreError(f"There is no file {path}. Check its name, and that its folder can be reached.")
    if not path.is_file():
        raise StoreError(f"{path} is a folder, not a school file.")
    try:
        # SQLite opens for reading what may not be written, and tells at the first change.
        with path.open("rb" if read_only else "r+b") as file:
            start = file.read(16)
    except OSError as exc:
        if not read_only and exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise _protected(path) from exc
        raise
    if not start:
        raise DamagedFileError(f"{path.name} is empty (0 bytes). Restore one of its backups.")
    if start != b"SQLite format 3\0":
        raise DamagedFileError(
            f"{path.name} is not a school file. If it is a table (CSV or a spreadsheet), import it; "
            "if it was a school file once, restore one of its backups."
        )


def adopt(raw: sqlite3.Connection) -> sa.Connection:
    """
    A connection of SQLAlchemy over one of sqlite3, which closes with it.

    ``raw`` must leave transactions alone (``isolation_level=None``): by itself sqlite3 begins them late, and
    a change of the schema would stand outside.
    """
    engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine.connect()


def driver(connection: sa.Connection) -> sqlite3.Connection:
    """The connection of sqlite3 below one of SQLAlchemy."""
    raw: Any = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def uri(path: PurePath, mode: str) -> str:
    """An absolute path as SQLite's URI, for drives (``C:/``) and network folders (``//server/``) too."""
    text = path.as_posix()
    return f"file://{'' if text.startswith('/') else '/'}{quote(text, safe='/:')}?mode={mode}"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system complain of into a StoreError that says what to do."""
    try:
        yield
    except (sa.exc.ProgrammingError, sa.exc.InterfaceError):
        raise  # a mistake in this program
    except sa.exc.DBAPIError as exc:
        raise _store_error(path, exc.orig) from exc
    except (sqlite3.Error, OSError) as exc:
        raise _store_error(path, exc) from exc
    except UnicodeDecodeError as exc:  # of a name in the schema, say, or of SQLite's own message about it
        raise _store_error(path, exc) from exc
    except (UnicodeEncodeError, OverflowError) as exc:
        raise _cannot_hold(path, exc) from exc


def _protected(path: Path) -> StoreError:
    return StoreError(
        f"{path.name} is write-protected, or its folder is. Nothing was changed. Ask for the right to write "
        "there, copy the file to a folder of your own, or open it for reading only."
    )


def _cannot_hold(path: Path, exc: BaseException | None) -> StoreError:
    return StoreError(f"{path.name} cannot hold a value: {exc}. The change was not made; correct the value.")


def _store_error(path: Path, exc: BaseException | None) -> StoreError:
    name = path.name
    if isinstance(exc, OSError):
        return StoreError(
            f"{name}: {exc.strerror or exc} ({exc.filename or path}). Nothing was changed. "
            "Check the disk, the folder and your permissions."
        )
    detailed = getattr(exc, "sqlite_errorcode", 0)
    code = detailed & 0xFF  # the low byte is the kind, the rest its details
    if detailed == sqlite3.SQLITE_READONLY_ROLLBACK:
        return StoreError(
            f"{name} was being changed when its program was stopped. That change must be taken back first, "
            f"which takes the right to write in its folder. Ask for that right, or copy {name} together with "
            f"{name}-journal to a folder of your own and open it there."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"The disk that holds {name} is full. The change was not made, and everything before it is safe. "
            "Free some space, then repeat the change."
        )
    if code == sqlite3.SQLITE_READONLY:
        return _protected(path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"{path} cannot be opened or written. Nothing was changed. Check that its folder can be reached "
            "and that you may write there."
        )
    if code == sqlite3.SQLITE_IOERR:
        detail = getattr(exc, "sqlite_errorname", "")
        return StoreError(
            f"Reading or writing {name} failed ({detail}): the disk may be full or broken, or the network "
            "folder out of reach. The change was not made, and everything before it is safe. "
            "Repeat the change when the disk can be reached again."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return FileLockedError(
            f"Another program is using {name} at this moment. Close it there, then repeat the change."
        )
    if code in (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG):
        return _cannot_hold(path, exc)
    return DamagedFileError(f"{name} is damaged or is no school file ({exc}). Restore one of its backups.")
