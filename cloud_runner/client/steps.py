"""
The steps of a run, from the upload to the deletion; the state says which is next.

A step that raises has changed nothing but the bucket, and is taken again.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cloud_runner.client import batch
from cloud_runner.client.collect import collect
from cloud_runner.client.connect import Connection
from cloud_runner.client.deletion import delete_run
from cloud_runner.client.judge import NO_KEYS
from cloud_runner.client.order import Pace
from cloud_runner.client.runs import (
    CANCEL_FILE,
    DELETED_FILE,
    GONE,
    INPUT_FILE,
    START_FILE,
    Child,
    Deletion,
    Run,
    State,
)
from cloud_runner.client.trouble import trouble_of
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents
from cloud_runner.wire.documents import (
    Blob,
    CancelMarker,
    Dispatch,
    Manifest,
    Message,
    ProgressReport,
    RunError,
    written,
)
from cloud_runner.wire.errors import WireError
from echelon_desktop import __version__
from echelon_desktop.errors import RemoteError
from echelon_desktop.solver import problem as problems

_REFUSED = "Its result was refused"
_POINTS = 20_000  # of all curves of a run, which is written whole at each look


class Steps:
    """
    What can be done next for one run.

    Parameters
    ----------
    run
        As it is known here; nobody else moves it on meanwhile.
    connection, pace, clock
        The services of its remote, how patient the desktop is, and the time, aware of its zone.
    etags
        Key → ETag of what was read before; it is kept between looks, and empty at first.
    """

    def __init__(
        self,
        run: Run,
        connection: Connection,
        pace: Pace,
        clock: Callable[[], datetime],
        etags: dict[str, str],
    ) -> None:
        self.run, self.connection, self.pace, self.clock, self.etags = run, connection, pace, clock, etags
        self.objects = RunObjects(connection.s3, run.remote.bucket, run.id)
        self.keys = self.objects.keys

    def take(self) -> Run:
        """The next step; the run after it."""
        if self.run.state is State.UPLOADING:
            return self.upload()
        if self.run.state is State.DOWNLOADING:
            return self.download()
        return self.watch()

    def upload(self) -> Run:
        """Put the input, then the manifest, then send the message; what is there already is left."""
        run, keys, there = self.run, self.keys, self.objects.list()
        if self.wants_cancel() and keys.manifest not in there:
            # Nothing can have been sent: a message goes out after the manifest only.
            deleted = self.deleted(run) if there else None
            run = replace(run, cancelled=True, deleted=deleted)
            return self.ended(run, State.CANCELLED, "Cancelled before it was sent.")
        if keys.dispatch not in there and keys.error not in there:
            files = {keys.input: INPUT_FILE} | ({keys.start: START_FILE} if run.has_start else {})
            for key, name in files.items():
                if key not in there:
                    self.objects.write(key, (run.path / name).read_bytes())
            if keys.manifest not in there:
                self.objects.write_document(keys.manifest, self.manifest())
            self.send("solve")
        children = tuple(replace(child, state=State.QUEUED) for child in run.children)
        return replace(run, state=State.QUEUED, sent=self.now(), message="", children=children)

    def manifest(self) -> Manifest:
        """What the run is to do."""
        run, order = self.run, self.run.order
        return Manifest(
            run=run.id,
            app_version=__version__,
            solver_version=str(problems.VERSION),
            input=_blob(self.keys.input, run.path / INPUT_FILE),
            start=_blob(self.keys.start, run.path / START_FILE) if run.has_start else None,
            seeds=order.seeds,
            strategies=order.strategies,
            time_limit_s=order.time_limit_s,
            vcpu=order.vcpu,
            memory_mb=order.memory_mb,
            created=run.created,
            retry_of=run.retry_of,
        )

    def watch(self) -> Run:
        """See how far the run is."""
        run, there = self.run, self.objects.list()
        if self.keys.manifest not in there:
            return self.ended(run, State.FAILED, GONE)
        if self.keys.error in there and not run.job and not self.job_there(there):
            return self.refused(run)
        if self.wants_cancel() and not run.cancelled:
            run = self.cancel(there)
            there = self.objects.list()
        if self.keys.dispatch not in there:
            return replace(run, message=self.not_picked_up())
        if not run.job:
            dispatch = self.objects.read_document(Dispatch, self.keys.dispatch)
            if dispatch.cancelled:
                run = replace(run, cancelled=True, children=_all(run, State.CANCELLED))
                return self.cleared(run, State.CANCELLED, "Cancelled before it began.")
            if not dispatch.job:
                return replace(run, message=self.not_picked_up())
            run = replace(run, job=dispatch.job)
        children = self.children(run, there)
        state = _state_of(children)
        waiting = next((c.message for c in children if not c.state.ended and c.message), "")
        message = "Cancelling; the best so far is kept." if run.cancelled else waiting
        return replace(run, state=state, children=children, message=message)

    def job_there(self, there: Mapping[str, str]) -> bool:
        """Whether a job was submitted: workers may be writing until it has ended."""
        if self.keys.dispatch not in there:
            return False
        return bool(self.objects.read_document(Dispatch, self.keys.dispatch).job)

    def refused(self, run: Run) -> Run:
        """A run that cannot be done at all, at its end."""
        error = self.objects.read_document(RunError, self.keys.error)
        return self.cleared(replace(run, children=_all(run, State.FAILED)), State.FAILED, error.words)

    def children(self, run: Run, there: Mapping[str, str]) -> tuple[Child, ...]:
        """The children as AWS Batch and their own reports have them."""
        seen = batch.look_at(self.connection.batch, run.job, run.children)
        if any(each.state.ended for each in seen.values()):
            there = self.objects.list()  # a result may have come between the last look and this one
        forgotten = self.since(run.sent) > self.pace.forgotten_s
        found = []
        for child in run.children:
            report_key = self.keys.progress(child.index)
            if report_key in there and self.etags.get(report_key) != there[report_key]:
                # A report that cannot be read concerns the chart only.
                with suppress(WireError):
                    report = self.objects.read_document(ProgressReport, report_key)
                    child = _told(child, report, max(2, _POINTS // len(run.children)))
                self.etags[report_key] = there[report_key]
            if child.index in seen:
                child = batch.taken(
                    child, seen[child.index], self.keys.result(child.index) in there, forgotten
                )
            if run.cancelled and child.index in seen and child.state is State.FAILED:
                child = replace(child, state=State.CANCELLED, message="")
            found.append(child)
        return tuple(found)

    def cancel(self, there: Mapping[str, str]) -> Run:
        """Ask everybody to end the run; whoever makes ``dispatch.json`` first decides whether it begins."""
        if self.keys.cancel not in there:
            self.objects.write_document(self.keys.cancel, CancelMarker(self.run.id, self.now()))
        if not self.objects.create(self.keys.dispatch, Dispatch(self.run.id, "", True, self.now())):
            self.send("cancel")
        return replace(self.run, cancelled=True)

    def download(self) -> Run:
        """Bring back the best there is and judge it; once that is kept here, delete the rest."""
        run = self.run
        if run.collected:
            return self.cleared(run, *_end_of(run))
        there = self.objects.list()
        if self.keys.manifest not in there:
            return self.ended(run, State.FAILED, GONE)
        if self.keys.error in there and not any(self.keys.result(c.index) in there for c in run.children):
            return self.refused(run)
        if not run.keys_here:
            return self.ended(run, _end_of(run)[0], NO_KEYS)
        return replace(collect(run, self.objects, there), collected=True)

    def deleted(self, run: Run) -> Deletion:
        """Delete what the run has in the bucket."""
        return delete_run(self.objects.s3, self.objects.bucket, run.id, run.path / DELETED_FILE)

    def cleared(self, run: Run, state: State, message: str) -> Run:
        """The run at its end, without its objects in the bucket unless they are kept or one was refused."""
        refused = any(child.message.startswith(_REFUSED) for child in run.children)
        if run.order.keep_remote or refused or not run.keys_here:
            note = " Its data in the bucket are kept, to be looked into." if refused else ""
            return self.ended(run, state, message + note)
        try:
            deleted = self.deleted(run)
        except Exception as error:
            trouble = trouble_of(error, run.remote)
            if isinstance(error, RemoteError):
                words = str(error)
            elif trouble is None or trouble.passes:
                raise  # the step is taken again
            else:
                words = trouble.words
            return self.ended(
                run, state, f"{message} Its data in the bucket are not deleted yet: {words}".strip()
            )
        return self.ended(replace(run, deleted=deleted), state, message)

    def ended(self, run: Run, state: State, message: str) -> Run:
        """The run at its end."""
        children = tuple(
            child if child.state.ended else replace(child, state=state) for child in run.children
        )
        return replace(run, state=state, message=message, children=children, ended=self.now())

    def wants_cancel(self) -> bool:
        """Whether the user asked to cancel, here."""
        return (self.run.path / CANCEL_FILE).is_file()

    def not_picked_up(self) -> str:
        """Words for a run that waits too long in the queue; none before."""
        waited = self.since(self.run.sent)
        if waited < self.pace.picked_up_s:
            return ""
        return (
            f"Not picked up for {waited / 60:.0f} minutes: the stack's dispatcher does not answer. Ask IT to "
            f"look at the dead letters and the dispatcher of {self.run.remote.name}. The run begins by "
            "itself once that is mended; it can also be cancelled."
        )

    def send(self, kind: str) -> None:
        """Put a message into the queue; a second one of its kind does no harm."""
        remote = self.run.remote
        message = Message(kind, self.run.id, remote.bucket, self.keys.manifest)  # type: ignore[arg-type]
        body = documents.write(message).decode()
        self.connection.sqs.send_message(QueueUrl=remote.queue_url, MessageBody=body)

    def since(self, moment: str) -> float:
        """Seconds since a moment as documents write it."""
        return (self.clock() - datetime.fromisoformat(moment)).total_seconds()

    def now(self) -> str:
        """The present moment as documents write it."""
        return written(self.clock())


def _blob(key: str, path: Path) -> Blob:
    data = path.read_bytes()
    return Blob(key, hashlib.sha256(data).hexdigest(), len(data))


def _all(run: Run, state: State) -> tuple[Child, ...]:
    return tuple(replace(child, state=state) for child in run.children)


def _told(child: Child, report: ProgressReport, most: int) -> Child:
    """The child as its report has it, with so many points of the curve at most, the last among them."""
    step = -(-len(report.points) // most) or 1
    return replace(
        child,
        unmet=report.unmet,
        bound=max(child.bound, report.bound),
        seconds=report.seconds,
        attempts=max(child.attempts, report.attempt),
        progress=report.points[::-1][::step][::-1],
    )


def _state_of(children: tuple[Child, ...]) -> State:
    """Where a run is, by its children: as far as the one that is furthest, at its end with the last."""
    states = {child.state for child in children}
    if all(state.ended for state in states):
        return State.DOWNLOADING
    if State.RUNNING in states or any(state.ended for state in states):
        return State.RUNNING
    return State.STARTING if State.STARTING in states else State.DISPATCHED


def _end_of(run: Run) -> tuple[State, str]:
    """How a run ended whose children have all ended, and words for it."""
    failed = [child for child in run.children if child.state is State.FAILED]
    finished = [child for child in run.children if child.has_result or child.state is State.DONE]
    kept = "" if run.best_unmet is None else f" The best so far ({run.best_unmet} unmet) was brought back."
    if run.cancelled:
        return State.CANCELLED, f"Cancelled.{kept}"
    why = failed[0].message if failed else ""
    if not finished:
        return State.FAILED, f"{why}{kept}".strip()
    if run.best_unmet is None and run.keys_here:
        nothing = {
            "infeasible": "No schedule can keep all hard rules: that is proven. Solve it here to see which.",
            "nothing found": "No schedule was found in the time; order more.",
        }
        told = next((child.message for child in run.children if child.message), "")
        return State.DONE, nothing.get(run.status, told)
    if failed:
        return State.DONE, f"{len(failed)} of {len(run.children)} computers failed: {why}"
    return State.DONE, ""
