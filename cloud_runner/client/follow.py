"""
Moves runs on: one look, one step, whatever happened since the last.

Each step can be repeated: what is written to the bucket is there already or is written again, and what a
crash interrupted is found by looking at the bucket. Nothing that the network or a sign-in does ends a run; it
is only told in the run's message.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from cloud_runner.client.collect import Outcome, collect, outcome_of
from cloud_runner.client.connect import Connection
from cloud_runner.client.files import write_whole
from cloud_runner.client.judge import NO_KEYS
from cloud_runner.client.keytable import KeyTable
from cloud_runner.client.order import Order, Pace
from cloud_runner.client.prepare import Prepared, prepare_again
from cloud_runner.client.remotes import Remote, Remotes
from cloud_runner.client.runs import (
    BEST_FILE,
    CANCEL_FILE,
    INPUT_FILE,
    KEYS_FILE,
    NOT_LOST,
    START_FILE,
    Child,
    Deletion,
    Run,
    Runs,
    State,
)
from cloud_runner.client.steps import Steps
from cloud_runner.client.trouble import trouble_of
from cloud_runner.wire.documents import written
from cloud_runner.wire.errors import WireError
from cloud_runner.wire.layout import new_run_id
from echelon_desktop.errors import EchelonError, FileLockedError, RemoteError

T = TypeVar("T")

_PAUSE_S = 0.1  # between two tries to be alone with a run
_LOG_LINES = 5000  # of one child, at most
_NO_LOG = "(There is no log: it wrote nothing, its log has expired, or the setting log_group is wrong.)"
_BUSY = (
    "This run is busy: AWS has not answered the last look at it, or another window or program is at work "
    "on it. Try again in a moment."
)


class Follower:
    """
    Sends runs, follows them and brings them back.

    Parameters
    ----------
    runs
        What is known of them here.
    pace
        How patient it is.
    remotes
        Where newer settings of a run's remote may be found (a changed sign-in); None for none.
    connect
        Makes the services of a remote.
    clock
        The time, aware of its zone.

    Notes
    -----
    One per thread. Any number of followers, in any number of processes, may follow the same runs.
    """

    def __init__(
        self,
        runs: Runs,
        pace: Pace | None = None,
        *,
        remotes: Remotes | None = None,
        connect: Callable[[Remote, Pace], Connection] = Connection,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.runs, self.pace = runs, pace or Pace()
        self.remotes, self.connect, self.clock = remotes, connect, clock
        self._connections: dict[Remote, Connection] = {}
        self._etags: dict[str, dict[str, str]] = {}  # run → key → ETag of what was read
        self._quiet: dict[str, tuple[object, float]] = {}  # run → what it was, and the wait since

    # What the user asks for -------------------------------------------------------------------------

    def submit(
        self,
        prepared: Prepared,
        remote: Remote,
        school_path: Path | str,
        school_name: str,
        retry_of: str | None = None,
    ) -> Run:
        """
        Keep a prepared run; from then on it is sent by being followed, whatever happens to this process.

        Raises
        ------
        RemoteError
            If it cannot be kept here.
        """
        order = prepared.order
        pairs = [(seed, strategy) for seed in order.seeds for strategy in order.strategies]
        run = Run(
            id=new_run_id(),
            remote=remote,
            school_path=str(school_path),
            school_name=school_name,
            school_digest=prepared.digest,
            created=written(self.clock()),
            order=order,
            input_sha256=prepared.receipt.sha256,
            children=tuple(Child(i, *pair, State.UPLOADING) for i, pair in enumerate(pairs)),
            has_start=prepared.start_bytes is not None,
            retry_of=retry_of,
        )
        files = {INPUT_FILE: prepared.input_bytes, KEYS_FILE: prepared.key_table.to_bytes()}
        if prepared.start_bytes is not None:
            files[START_FILE] = prepared.start_bytes
        return self.runs.new(run, files)

    def cancel(self, run_id: str) -> Run:
        """
        End a run; its best so far is kept.

        The wish is written down first, and carried out by whoever follows the run, at once or later.
        """
        run = self.runs.get(run_id)
        if run.state.ended:
            return run
        try:
            write_whole(run.path / CANCEL_FILE, b"")
        except OSError as error:
            raise RemoteError(f"The run cannot be cancelled from here: {error.strerror}.") from error
        return self.advance(run_id)

    def retry(self, run_id: str, order: Order) -> Run:
        """
        Send the problem of an ended run again, beginning with the best it came to; a new run.

        Raises
        ------
        RemoteError
            If the run goes on, or its files are not here.
        """
        run = self.runs.get(run_id)
        if not run.state.ended:
            raise RemoteError("The run goes on; cancel it before you send it again.")
        if not run.keys_here:
            raise RemoteError(NO_KEYS)
        try:
            table = KeyTable.from_bytes((run.path / KEYS_FILE).read_bytes())
            best = run.path / (BEST_FILE if run.best_child is not None else START_FILE)
            prepared = prepare_again(
                table,
                (run.path / INPUT_FILE).read_bytes(),
                order,
                best.read_bytes() if best.is_file() else None,
            )
        except RemoteError:
            raise
        except Exception as error:  # a damaged archive can be wrong in any way
            why = error if isinstance(error, OSError | EchelonError | WireError) else "they are damaged"
            raise RemoteError(f"The run's files in {run.folder} cannot be read: {why}.") from error
        return self.submit(prepared, run.remote, run.school_path, run.school_name, retry_of=run.id)

    def fetch_best(self, run_id: str) -> Outcome:
        """
        Bring back the best schedule so far; the run goes on.

        Raises
        ------
        RemoteError
            If there is none yet, the remote cannot be asked, or another process is busy with the run.
        """
        run = self.runs.get(run_id)
        if not run.state.ended:
            run = self._alone(run_id, lambda run, steps: collect(run, steps.objects, steps.objects.list()))
        return outcome_of(run)

    def delete_remote(self, run_id: str) -> Deletion:
        """
        Delete an ended run's objects in the bucket, all versions included.

        Raises
        ------
        RemoteError
            If the run goes on, or the remote refuses or cannot be asked.
        """
        run = self.runs.get(run_id)
        if not run.state.ended:
            raise RemoteError("The run goes on; cancel it before you delete its data.")

        def delete(run: Run, steps: Steps) -> Run:
            return replace(run, deleted=steps.deleted(run))

        deleted = self._alone(run_id, delete).deleted
        assert deleted is not None
        return deleted

    def log_lines(self, run_id: str) -> tuple[str, ...]:
        """What the run's workers wrote, child by child; RemoteError when it cannot be read."""
        run = self.runs.get(run_id)
        lines: list[str] = []
        for child in run.children:
            if child.log_stream:
                if len(run.children) > 1:
                    lines.append(f"-- seed {child.seed}, {child.strategy}")
                lines += self._guarded(run.remote, partial(self._log, run, child.log_stream))
        return tuple(lines)

    # Following --------------------------------------------------------------------------------------

    def advance(self, run_id: str) -> Run:
        """
        Look at a run and do what is next; the run as it is then.

        Raises nothing for the network, a sign-in or a permission: the run's message says it, and the next
        look tries again. When another process moves the run on, that is all that happens.
        """
        try:
            with self.runs.locked(run_id):
                run = self.runs.get(run_id)
                if run.state.ended:
                    return run
                while True:
                    moved = self._moved(run)
                    if moved != run:
                        self.runs.save(moved)
                    if moved.trouble or moved.state is not State.DOWNLOADING or moved == run:
                        return moved
                    run = moved
        except FileLockedError:
            return self.runs.get(run_id)

    def next_poll_s(self, run: Run) -> float:
        """How long to wait before the next :meth:`advance`: the longer, the longer nothing has changed."""
        look = (run.state, run.message, [(c.state, c.unmet, c.bound) for c in run.children])
        before, wait = self._quiet.get(run.id, (None, 0.0))
        if look != before and not run.trouble:
            wait = self.pace.poll_min_s
        else:
            wait = min(max(wait, self.pace.poll_min_s) * 1.5, self.pace.poll_max_s)
        self._quiet[run.id] = (look, wait)
        return wait

    def _moved(self, run: Run) -> Run:
        """The run after its next step, or as it is, with words for what is in the way."""
        try:
            return self._steps(run).take()
        except Exception as error:
            trouble = trouble_of(error, run.remote)
            if trouble is None and not isinstance(error, WireError | RemoteError | OSError):
                raise
            self._connections.clear()  # a sign-in that is renewed is read by a new session
            self._etags.pop(run.id, None)  # what was read was not kept
            words = _of_this_computer(error, run) if trouble is None else trouble.words
            return replace(run, message=words, trouble=True)

    def _steps(self, run: Run) -> Steps:
        connection = self._connection(run)
        etags = self._etags.setdefault(run.id, {})
        return Steps(replace(run, trouble=False), connection, self.pace, self.clock, etags)

    def _connection(self, run: Run) -> Connection:
        remote = run.remote
        if self.remotes is not None:
            # How to sign in may have changed since; where the run is has not.
            for other in self.remotes.all():
                if (other.name, other.bucket) == (remote.name, remote.bucket):
                    remote = other
        if remote not in self._connections:
            self._connections[remote] = self.connect(remote, self.pace)
        return self._connections[remote]

    def _alone(self, run_id: str, action: Callable[[Run, Steps], Run]) -> Run:
        """Do something to a run that nobody else moves on meanwhile, and keep what it is then."""
        until = time.monotonic() + self.pace.busy_s
        while True:
            try:
                with self.runs.locked(run_id):
                    run = self.runs.get(run_id)
                    run = self._guarded(run.remote, partial(self._do, action, run))
                    self.runs.save(run)
                    return run
            except FileLockedError as error:
                if time.monotonic() >= until:
                    raise RemoteError(_BUSY) from error
                time.sleep(_PAUSE_S)

    def _do(self, action: Callable[[Run, Steps], Run], run: Run) -> Run:
        return action(run, self._steps(run))

    def _guarded(self, remote: Remote, action: Callable[[], T]) -> T:
        """Do something that the user waits for; what goes wrong on the way is raised in words."""
        try:
            return action()
        except WireError as error:
            raise RemoteError(str(error)) from error
        except Exception as error:
            trouble = trouble_of(error, remote)
            if trouble is None:
                raise
            self._connections.clear()
            raise RemoteError(trouble.words) from error

    def _log(self, run: Run, stream: str) -> list[str]:
        logs = self._connection(run).logs
        lines: list[str] = []
        token: dict[str, str] = {}
        while len(lines) < _LOG_LINES:
            try:
                page = logs.get_log_events(
                    logGroupName=run.remote.log_group, logStreamName=stream, startFromHead=True, **token
                )
            except logs.exceptions.ResourceNotFoundException:
                return [*lines, _NO_LOG]
            lines += [event["message"] for event in page["events"]]
            if page["nextForwardToken"] == token.get("nextToken"):  # the end, as CloudWatch says it
                break
            token = {"nextToken": page["nextForwardToken"]}
        return lines


def _of_this_computer(error: Exception, run: Run) -> str:
    """What is in the way here, such as a full disk, in words."""
    if isinstance(error, OSError):
        return f"The run cannot be kept in {run.folder}: {error.strerror or error}. {NOT_LOST}"
    return str(error)
