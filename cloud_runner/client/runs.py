"""
What this workstation knows of its remote runs: a folder per run, written whole or not at all.

``run.json`` is the :class:`Run`; ``keys.json.gz`` says what the numbers stand for and never leaves;
``input.npz`` is what leaves; ``best.npz`` is the best schedule brought back so far, in the run's numbers, and
``schedule.json.gz`` the same in the school's words.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cloud_runner.client.files import write_whole
from cloud_runner.client.order import Order
from cloud_runner.client.remotes import Remote
from cloud_runner.wire import fields
from cloud_runner.wire.documents import Level, Point, RunId, Sha256
from cloud_runner.wire.errors import WireError
from cloud_runner.wire.layout import is_run_id
from echelon_desktop.errors import FileLockedError, RemoteError, StoreError
from echelon_desktop.paths import data_folder

RUN_FILE = "run.json"
KEYS_FILE = "keys.json.gz"
INPUT_FILE = "input.npz"
START_FILE = "start.npz"
BEST_FILE = "best.npz"
SCHEDULE_FILE = "schedule.json.gz"
CANCEL_FILE = "cancel"
DELETED_FILE = "deleted.json"
ABANDONED_S = 86_400.0
"""Age in seconds of a folder without a run that nobody can still be filling."""
VERSION = 1
NOT_LOST = "Nothing is lost by this: it is tried again by itself."
GONE = "Its data in the bucket are gone: deleted from another workstation, or expired."


class State(StrEnum):
    """Where a run, or a child of one, is."""

    UPLOADING = "uploading"
    QUEUED = "queued"  # sent; no dispatcher has taken it yet
    DISPATCHED = "dispatched"  # a job that waits for a machine
    STARTING = "starting"
    RUNNING = "running"
    DOWNLOADING = "downloading"  # all children have ended
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Child:
    """
    One seed and strategy of a run.

    Parameters
    ----------
    unmet, bound
        Unmet requests of its best so far (None before the first), and what certainly stays unmet.
    seconds, attempts
        Of solving, in all attempts.
    progress
        Its curve: (seconds, unmet, bound), oldest first.
    message
        What happened to it, in words; empty when all is well.
    has_result
        Whether its worker ended by itself and said what it came to.
    """

    index: int
    seed: int
    strategy: str
    state: State
    unmet: int | None = None
    bound: int = 0
    seconds: float = 0.0
    attempts: int = 0
    progress: tuple[Point, ...] = ()
    message: str = ""
    has_result: bool = False
    log_stream: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """
    What was deleted of a run in the bucket.

    Parameters
    ----------
    objects, versions, markers, bytes
        How many keys; how many versions of them; how many delete markers; how large together.
    left
        Versions and markers that a last look still found; 0 when all is gone.
    text
        A confirmation that can be filed.
    """

    run: str
    bucket: str
    at: str
    objects: int
    versions: int
    markers: int
    bytes: int
    left: int
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """
    A remote run as this workstation knows it.

    Parameters
    ----------
    remote
        The stack it was sent to, as it was set up then.
    school_path, school_name, school_digest
        Which school, and its state when it was sent (see ``keytable.school_digest``).
    created
        UTC, ISO 8601.
    message
        What is the matter and what to do, in words; may be empty.
    children
        Its portfolio, by index.
    best_unmet, best_child, levels
        The best schedule brought back so far: its unmet requests, whose it is, and its figures.
    certain
        Requests that certainly stay unmet, by the best proof of all children.
    deleted
        Once its objects in the bucket are deleted.
    keys_here
        Whether this workstation can tell what the numbers stand for.
    sent
        When its message was sent; empty before.
    job
        Its job in AWS Batch; empty before it is submitted.
    collected
        Whether all that is to be brought back is here; only then is it deleted in the bucket.
    trouble
        The last look at the remote failed; ``message`` says how. The run itself is not concerned.
    folder
        Where it is kept here; not part of the file.
    """

    id: RunId
    remote: Remote
    school_path: str
    school_name: str
    school_digest: str
    created: str
    order: Order
    input_sha256: Sha256
    state: State = State.UPLOADING
    message: str = ""
    children: tuple[Child, ...] = ()
    best_unmet: int | None = None
    best_child: int | None = None
    levels: tuple[Level, ...] = ()
    status: str = ""
    stop_reason: str = ""
    certain: int = 0
    deleted: Deletion | None = None
    keys_here: bool = True
    has_start: bool = False
    sent: str = ""
    job: str = ""
    collected: bool = False
    ended: str = ""
    cancelled: bool = False
    trouble: bool = False
    retry_of: RunId | None = None
    folder: str = ""

    @property
    def path(self) -> Path:
        """The run's folder."""
        return Path(self.folder)

    @property
    def gone(self) -> bool:
        """Whether the run ended because its data in the bucket had been deleted by somebody else."""
        return self.state is State.FAILED and self.message == GONE


class Runs:
    """
    The remote runs of this user on this workstation.

    Parameters
    ----------
    folder
        Where they are kept; the usual place when left out. Made when the first run is.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "runs"

    def all(self) -> tuple[Run, ...]:
        """The runs, newest first; folders that hold none that can be read are passed over."""
        found = []
        for path in self.folder.glob(f"*/{RUN_FILE}"):
            with suppress(RemoteError):
                found.append(self.get(path.parent.name))
        return tuple(sorted(found, key=lambda run: (run.created, run.id), reverse=True))

    def get(self, run_id: str) -> Run:
        """
        A run as it was last known.

        Raises
        ------
        RemoteError
            If there is none of that id, or its file cannot be read.
        """
        path = self._path(run_id) / RUN_FILE
        try:
            value = json.loads(path.read_bytes())
            if not isinstance(value, dict) or value.get("v") != VERSION:
                raise RemoteError(
                    f"The run in {path} was written by another version of the application. "
                    "Open it with that one."
                )
            run: Run = fields.from_json(Run, value)
        except FileNotFoundError as error:
            raise RemoteError(f"There is no run {run_id} on this workstation.") from error
        except (OSError, ValueError, WireError) as error:
            raise RemoteError(f"The run in {path} cannot be read: {error}.") from error
        return replace(run, folder=str(path.parent))

    def find(self, text: str) -> Run:
        """The run whose id begins with a text, "last" for the newest; RemoteError when that is not one."""
        runs = [run for run in self.all() if run.id.startswith(text)]
        if text == "last":
            runs = list(self.all()[:1])
            if not runs:
                raise RemoteError("No run was sent from this computer yet. echelon submit sends one.")
        if len(runs) != 1:
            raise RemoteError(f"{len(runs) or 'No'} runs on this workstation begin with {text!r}.")
        return runs[0]

    def new(self, run: Run, files: dict[str, bytes]) -> Run:
        """
        Keep a new run: its files first, then the run itself, so that a run that is found is complete.

        Raises
        ------
        RemoteError
            If the folder cannot be written; nothing of the run is left then.
        """
        folder = self._path(run.id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            folder.mkdir(mode=0o700)
            for name, data in files.items():
                write_whole(folder / name, data)
        except OSError as error:
            with suppress(OSError):
                _clear(folder)
                folder.rmdir()
            raise RemoteError(f"The run cannot be kept in {folder}: {error.strerror}.") from error
        run = replace(run, folder=str(folder))
        self.save(run)
        return run

    def _sweep(self) -> None:
        """Remove what is left of runs that were never begun: whoever made them was killed before that."""
        for folder in self.folder.iterdir():
            with suppress(OSError):
                age = time.time() - folder.stat().st_mtime
                if is_run_id(folder.name) and not (folder / RUN_FILE).exists() and age > ABANDONED_S:
                    _clear(folder)
                    (folder / f"{RUN_FILE}.lock").unlink(missing_ok=True)
                    folder.rmdir()

    def save(self, run: Run) -> None:
        """Write a run down; RemoteError when that fails."""
        value = {"v": VERSION} | fields.to_json(run)
        del value["folder"]
        try:
            write_whole(self._path(run.id) / RUN_FILE, json.dumps(value).encode())
        except OSError as error:
            raise RemoteError(f"The run cannot be kept in {run.folder}: {error.strerror}.") from error

    def forget(self, run_id: str) -> None:
        """
        Remove a run from this workstation, key table included; what is in the bucket stays there.

        Raises
        ------
        RemoteError
            If there is none, or some of it cannot be removed.
        FileLockedError
            If another process is busy with it.
        """
        folder = self.get(run_id).path
        try:
            with self.locked(run_id):
                _clear(folder)
            folder.rmdir()
        except OSError as error:
            raise RemoteError(f"The run cannot be removed from {folder}: {error.strerror}.") from error

    @contextmanager
    def locked(self, run_id: str) -> Iterator[None]:
        """
        Be the only one, of all processes, who moves a run on.

        Raises
        ------
        FileLockedError
            If another one does.
        RemoteError
            If the folder cannot be written.
        """
        # Imported late: it brings the whole store along.
        from echelon_desktop.model.store.lock import WriteLock

        try:
            lock = WriteLock(self._path(run_id) / RUN_FILE)
        except FileLockedError:
            raise
        except StoreError as error:
            raise RemoteError(str(error)) from error
        try:
            yield
        finally:
            lock.release()

    def _path(self, run_id: str) -> Path:
        if not is_run_id(run_id):
            raise RemoteError(f"{run_id!r} is not the id of a run.")
        return self.folder / run_id


def _clear(folder: Path) -> None:
    """Remove a run's files but its lock, the run itself first: what is left is then none."""
    (folder / RUN_FILE).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.name != f"{RUN_FILE}.lock":
            path.unlink()
