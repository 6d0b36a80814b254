"""The journal of edits in a school file: undo, redo and the history list, across restarts."""

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from echelon_desktop.model.codec import edit_from_json, edit_to_json
from echelon_desktop.model.dataset import Edit
from echelon_desktop.model.store.schema import journal


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A line of the history list.

    Parameters
    ----------
    seq
        Number of the edit, rising; 0 is the file as it was created.
    when
        ISO 8601 in UTC.
    title
        What the user calls it.
    done
        False when it was undone and can be redone.
    current
        True for the one line whose state is on the screen: the last that is not undone.
    """

    seq: int
    when: str
    title: str
    done: bool
    current: bool


def now() -> str:
    """Now, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def add(connection: sa.Connection, edit: Edit, inverse: Edit) -> None:
    """Write down an edit that was made; what could be redone until now cannot be any more."""
    connection.execute(sa.delete(journal).where(journal.c.undone == 1))
    row = {"at": now(), "title": edit.title, "undone": 0, "edit": pack(edit), "inverse": pack(inverse)}
    connection.execute(sa.insert(journal), row)


def mark(connection: sa.Connection, seq: int, *, undone: bool) -> None:
    """Note that an entry was undone, or done again."""
    connection.execute(sa.update(journal).where(journal.c.seq == seq).values(undone=int(undone)))


_last_done = sa.select(sa.func.max(journal.c.seq)).where(journal.c.undone == 0).scalar_subquery()
_next_undone = sa.select(sa.func.min(journal.c.seq)).where(journal.c.undone == 1).scalar_subquery()
_undo = sa.select(journal.c.seq, journal.c.title, journal.c.inverse).where(journal.c.seq == _last_done)
_redo = sa.select(journal.c.seq, journal.c.title, journal.c.edit).where(journal.c.seq == _next_undone)
_undo_title = sa.select(journal.c.title).where(journal.c.seq == _last_done)
_redo_title = sa.select(journal.c.title).where(journal.c.seq == _next_undone)
_titles = sa.select(journal.c.seq, journal.c.at, journal.c.title, journal.c.undone).order_by(journal.c.seq)


def title_to_undo(connection: sa.Connection) -> str | None:
    """Title of the edit that would be undone."""
    title: str | None = connection.execute(_undo_title).scalar_one_or_none()
    return title


def title_to_redo(connection: sa.Connection) -> str | None:
    """Title of the edit that would be redone."""
    title: str | None = connection.execute(_redo_title).scalar_one_or_none()
    return title


def to_undo(connection: sa.Connection) -> tuple[int, Edit] | None:
    """Number and inverse of the last edit that is not undone; raises as :func:`unpack` does."""
    row = connection.execute(_undo).one_or_none()
    return None if row is None else (row.seq, unpack(row.title, row.inverse))


def to_redo(connection: sa.Connection) -> tuple[int, Edit] | None:
    """Number and edit of the first entry that is undone; raises as :func:`unpack` does."""
    row = connection.execute(_redo).one_or_none()
    return None if row is None else (row.seq, unpack(row.title, row.edit))


def entries(connection: sa.Connection, title: str, created: str) -> list[Entry]:
    """The history, oldest first; the first line is the file as created."""
    rows = connection.execute(_titles).all()
    current = max((row.seq for row in rows if not row.undone), default=0)
    first = Entry(0, created, title, done=True, current=current == 0)
    return [first, *(Entry(r.seq, r.at, r.title, not r.undone, r.seq == current) for r in rows)]


def pack(edit: Edit) -> bytes:
    """An edit as compressed JSON."""
    # Level 1: a whole solver result in a third of the time, at a sixth more bytes.
    return zlib.compress(json.dumps(edit_to_json(edit)["changes"], separators=(",", ":")).encode(), 1)


def unpack(title: str, data: bytes) -> Edit:
    """
    The edit that :func:`pack` was given.

    Raises
    ------
    zlib.error, KeyError, TypeError, ValueError
        If the bytes describe no edit.
    """
    return edit_from_json({"title": title, "changes": json.loads(zlib.decompress(data))})
