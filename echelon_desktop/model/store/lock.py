"""
One writer at a time: a lock on a file beside the school file.

The lock is the operating system's, so it dies with the process that holds it, however that ends; the text
in the file only says who holds it. SQLite's own locks cannot serve: they are held for the moment of a
transaction, and a second window would learn of the first only when both have changed something.
"""

import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from echelon_desktop.errors import FileLockedError, StoreError

if sys.platform == "win32":
    import msvcrt

    # Far behind the text: Windows forbids others to read bytes that are locked.
    _LOCKED_BYTE = 1 << 30

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Writer:
    """Who holds, or held, a school file open for writing."""

    pid: int
    host: str
    since: str  # ISO 8601, UTC


class WriteLock:
    """
    The right to write a school file, from construction to :meth:`release`.

    Parameters
    ----------
    path
        The school file, which need not exist yet; its folder must.

    Attributes
    ----------
    left_by
        The writer before, when it ended without releasing the lock (a crash, a power cut, or, in a folder
        that is synchronised between computers, a writer elsewhere); None usually.

    Raises
    ------
    FileLockedError
        If another process, or another part of this one, holds it.
    StoreError
        If the folder is missing, cannot be written or knows no locks.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        try:
            self._fd = self._acquire(path)
        except OSError as exc:
            raise StoreError(
                f"{path.name} cannot be opened for writing, because {self._path} cannot be made or locked "
                f"({exc.strerror}). Copy the school file to a folder of your own and open it there, "
                "or open it for reading only."
            ) from exc
        self.left_by = _read(self._fd)
        writer = Writer(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))
        # The text is a courtesy; on a full disk the lock holds without it.
        with suppress(OSError):
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, json.dumps(asdict(writer)).encode())

    def _acquire(self, path: Path) -> int:
        while True:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                if not _try_lock(fd):
                    raise FileLockedError(_refusal(path, _read(fd)))
                # The writer before may have removed the file between our opening and locking it.
                with suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(fd), self._path.stat()):
                        return fd
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)

    def release(self) -> None:
        """Let others write; releasing twice is harmless."""
        if self._fd < 0:
            return
        fd, self._fd = self._fd, -1
        if sys.platform == "win32":
            os.close(fd)  # an open file cannot be removed there
        # Whoever has it open by now keeps it, and it is only an empty promise when it stays.
        with suppress(OSError):
            self._path.unlink()
        if sys.platform != "win32":
            os.close(fd)


def _read(fd: int) -> Writer | None:
    try:
        os.lseek(fd, 0, os.SEEK_SET)
        found = json.loads(os.read(fd, 4096))
        return Writer(int(found["pid"]), str(found["host"]), str(found["since"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _refusal(path: Path, writer: Writer | None) -> str:
    who = f" (process {writer.pid} on {writer.host}, since {_local(writer.since)})" if writer else ""
    return (
        f"{path.name} is open for writing in another window or program{who}. "
        "Close it there, or open it here for reading only."
    )


def _local(moment: str) -> str:
    """A moment as a clock on the wall shows it; as it stands when it is none."""
    with suppress(ValueError):
        return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    return moment
