"""The school file as the application sees it: open it, change it, go back in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from echelon_desktop.errors import EditError, StoreError
from echelon_desktop.model.dataset import Changes, Dataset, Edit
from echelon_desktop.model.difference import difference
from echelon_desktop.model.store import backup, journal, meta, opening, rows, runs, snapshots
from echelon_desktop.model.store.connect import explained
from echelon_desktop.model.store.lock import WriteLock, Writer
from echelon_desktop.model.store.opening import decoding


class SchoolFile:
    """
    An open school file; made by :meth:`create` and :meth:`open`, and a context manager that closes it.

    Every change is made in memory, then on the disk in one transaction, then announced. When one of these
    methods returns, the change outlives the process; when it raises, there was no change.

    Not to be used by two threads at a time.

    Attributes
    ----------
    path
        Where it is, links resolved.
    read_only
        Whether changes are refused; the data are then those of the moment it was opened.
    dataset
        What is in it. Read it freely; change it by :meth:`apply` only.
    title, created
        The first line of the history, and when (ISO 8601, UTC).
    left_by
        The writer before, if it ended without closing the file (a crash, or, in a folder that is
        synchronised between computers, a writer elsewhere). Nothing has to be done about it.
    notices
        Sentences for the user about the opening: that no backup could be made, and why.
    """

    def __init__(self, path: Path, connection: sa.Connection, lock: WriteLock | None) -> None:
        self.path = path
        self.read_only = lock is None
        self.left_by: Writer | None = lock.left_by if lock else None
        self.notices: tuple[str, ...] = ()
        self._lock = lock
        self._connection = connection
        with decoding(path), explained(path), connection.begin():
            self._identity = path.stat()
            facts = meta.read(connection)
            self.title, self.created = facts["title"], facts["created"]
            self.dataset, self._positions = rows.read(connection)

    @classmethod
    def create(cls, path: Path, dataset: Dataset, title: str) -> Self:
        """
        Make a new school file and open it for writing.

        Parameters
        ----------
        path
            Must not exist.
        dataset
            What it shall hold; not kept.
        title
            First line of its history ("Import of Chico High").

        Raises
        ------
        StoreError
            If the file exists, or the folder or the disk does not allow it. No file is left then.
        """
        path = path.resolve()
        lock = opening.lock(path)
        try:
            opening.make(path, dataset, title)
            return cls._open(path, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """
        Open a school file.

        A file of an older format is updated, after a backup; for a reader, only the copy in memory is. A
        backup is also made if the file has changed since the last one.

        Raises
        ------
        FileLockedError
            If another process, or this one, has it open for writing and ``read_only`` is false.
        NewerFormatError
            If it was written by a newer version.
        DamagedFileError
            If it is no school file, or its contents are damaged.
        StoreError
            If it is missing, or the folder or the disk does not allow it.
        """
        path = path.resolve()
        if read_only:
            connection = opening.reader(path)
            try:
                return cls(path, connection, None)
            except BaseException:
                connection.close()
                raise
        lock = opening.lock(path)
        try:
            return cls._open(path, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _open(cls, path: Path, lock: WriteLock) -> Self:
        connection = opening.writer(path)
        try:
            file = cls(path, connection, lock)
            file._back_up()
            return file
        except BaseException:
            connection.close()
            raise

    def _back_up(self) -> None:
        # Only now: a file that could not be read must not push a good backup out.
        try:
            if backup.changed_since_backup(self.path, self._connection):
                backup.make_backup(self.path, self._connection)
        except StoreError as exc:
            self.notices += (f"No backup was made at opening. {exc}",)

    def close(self) -> None:
        """Close the file and let others write it; closing twice is harmless."""
        self._connection.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def apply(self, edit: Edit) -> Changes:
        """
        Make an edit, which can be undone from then on; what could be redone cannot be any more.

        Raises
        ------
        EditError
            If it does not fit the data.
        StoreError
            If it could not be written, or the file is open for reading only.
        """
        self._require_writable()
        inverse, changes = self.dataset.apply(edit)
        if changes:
            with self._written(edit, inverse):
                journal.add(self._connection, edit, inverse)
        return changes

    def undo(self) -> tuple[str, Changes] | None:
        """Take back the last edit: its title and what that touched, or None when there is none."""
        self._require_writable()
        with self._reading():
            found = journal.to_undo(self._connection)
        return found and self._step(*found, undone=True)

    def redo(self) -> tuple[str, Changes] | None:
        """Make the edit again that was undone last: title and what that touched, or None."""
        self._require_writable()
        with self._reading():
            found = journal.to_redo(self._connection)
        return found and self._step(*found, undone=False)

    def _step(self, seq: int, edit: Edit, *, undone: bool) -> tuple[str, Changes]:
        with decoding(self.path):
            back, changes = self.dataset.apply(edit)
        with self._written(edit, back):
            journal.mark(self._connection, seq, undone=undone)
        return edit.title, changes

    @property
    def undo_title(self) -> str | None:
        """Title of the edit that :meth:`undo` would take back, None when there is none."""
        with self._reading():
            return journal.title_to_undo(self._connection)

    @property
    def redo_title(self) -> str | None:
        """Title of the edit that :meth:`redo` would make again, None when there is none."""
        with self._reading():
            return journal.title_to_redo(self._connection)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self.undo_title is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return self.redo_title is not None

    def history(self) -> list[journal.Entry]:
        """All edits, oldest first, after a line for the file as it was created."""
        with self._reading():
            return journal.entries(self._connection, self.title, self.created)

    def snapshot(self, name: str) -> None:
        """
        Keep the present state under a name.

        Raises
        ------
        EditError
            If the name is empty or taken.
        StoreError
            If it could not be written.
        """
        self._require_writable()
        if not name.strip():
            raise EditError("A snapshot needs a name.")
        if name in (s.name for s in self.snapshots()):
            raise EditError(f"There is already a snapshot {name!r}. Choose another name.")
        with self._writing():
            snapshots.add(self._connection, name, self.dataset)

    def snapshots(self) -> list[snapshots.Snapshot]:
        """All snapshots, oldest first."""
        with self._reading():
            return snapshots.names(self._connection)

    def restore_snapshot(self, name: str) -> Changes:
        """
        Go back to a snapshot, by an edit like any other: it can be undone.

        Raises
        ------
        EditError
            If there is no such snapshot.
        StoreError
            If it could not be written.
        """
        self._require_writable()
        with self._reading():
            state = snapshots.read(self._connection, name)
        if state is None:
            raise EditError(f"There is no snapshot {name!r}.")
        return self.apply(difference(self.dataset, state, f"Restore snapshot {name}"))

    def record_run(self, run: runs.Run) -> None:
        """Keep the facts of a solver run; one of the same id is replaced."""
        self._require_writable()
        with self._writing():
            runs.put(self._connection, run)

    def forget_run(self, run_id: str) -> None:
        """Delete what is known of a run."""
        self._require_writable()
        with self._writing():
            runs.drop(self._connection, run_id)

    def runs(self) -> list[runs.Run]:
        """All solver runs, in the order in which they started."""
        with self._reading():
            return runs.read(self._connection)

    def _require_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.path.name} is open for reading only. Open it for writing to change it.")

    def _require_in_place(self) -> None:
        # Where open files can be renamed and deleted (not on Windows), SQLite would go on writing a file that
        # has no name any more; programs that synchronise folders replace files like that.
        with suppress(OSError):
            if os.path.samestat(self._identity, self.path.stat()):
                return
        raise StoreError(
            f"{self.path} was moved, deleted or replaced by another program since it was opened. "
            "The change was not made. Put the file back, or close it and open it where it is now."
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with decoding(self.path), explained(self.path), self._connection.begin():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._require_in_place()
        with explained(self.path), self._connection.begin():
            meta.touch(self._connection)
            yield

    @contextmanager
    def _written(self, edit: Edit, inverse: Edit) -> Iterator[None]:
        """Bring an edit made in memory to the disk, or take it back in memory."""
        try:
            with self._writing():
                moved = rows.write(self._connection, self.dataset, edit, self._positions)
                yield
        except BaseException:
            self.dataset.apply(inverse)
            raise
        self._positions |= moved
