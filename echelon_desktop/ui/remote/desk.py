"""
The window's side of remote solving: follows every run on its own, and carries out what the user asks of one.

It lives as long as the application, whichever school is open. All that it knows is in the runs' folders, so
that it may end, or be ended, at any moment; the next one goes on from there.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from cloud_runner.client.order import Order, Pace
from cloud_runner.client.remotes import Remote, Remotes
from cloud_runner.client.runs import NOT_LOST, Run, Runs
from echelon_desktop.errors import EchelonError
from echelon_desktop.ui.remote.courier import Courier

if TYPE_CHECKING:
    from cloud_runner.client.follow import Follower
    from cloud_runner.client.prepare import Prepared

FOLLOW, ASK = "follow", "ask"  # lanes: what the user asks for does not wait for the polls

Done = Callable[[Any], None]
Refused = Callable[[EchelonError], None]


class RemoteDesk(QObject):
    """
    Follows the remote runs of this workstation.

    Parameters
    ----------
    folder, settings
        Where runs are kept and the remotes' file; the user's usual places when left out.
    pace
        How patient it is.
    """

    changed = Signal(object)  # Run: a run that is new, or has moved on
    ended = Signal(object)  # Run: one that has just ended
    listed = Signal()  # runs were read from the disk anew, or one was forgotten
    remotes_changed = Signal()
    probed = Signal(object)  # Probe: one more answer of a test of the connection

    def __init__(
        self,
        folder: Path | None = None,
        settings: Path | None = None,
        pace: Pace | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = Runs(folder)
        self.remotes = Remotes(settings)
        self.pace = pace or Pace()
        self.runs: dict[str, Run] = {}
        self.courier = Courier(self)
        self._own = threading.local()
        self._due: dict[str, float] = {}  # run → moment of its next poll
        self._stuck: dict[str, str] = {}  # run → why it cannot be moved on here
        self._polled: set[str] = set()  # runs of which a poll is under way
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_due)

    @property
    def going(self) -> int:
        """How many runs have not ended."""
        return sum(not run.state.ended for run in self.runs.values())

    @property
    def words(self) -> str:
        """What goes on, for the status bar; empty when nothing does."""
        going = self.going
        return "" if not going else "1 run on AWS" if going == 1 else f"{going:,} runs on AWS"

    def start(self) -> None:
        """Read what runs there are, and follow those that go on."""
        self.reload()

    def reload(self) -> None:
        """Read the runs anew: another window or the command line may have added some."""
        if self.store.folder.is_dir():
            self.courier.run(FOLLOW, self.store.all, self._on_listed)

    def shut(self, patience_s: float = 0.5) -> None:
        """Stop following; the runs go on, and so does following them when the application starts again."""
        self._timer.stop()
        self.courier.shut(patience_s)

    # What the user asks for -------------------------------------------------------------------------

    def submit(
        self, prepared: "Prepared", remote: Remote, school_path: Path, done: Done, refused: Refused
    ) -> None:
        """Keep a prepared run and send it; ``done`` gets the run, which is sent by being followed."""

        def kept(run: Run) -> None:
            self._take(run, 0.0)
            done(run)

        facts = (str(school_path), school_path.stem)
        self._ask(lambda: self._follower().submit(prepared, remote, *facts), kept, refused)

    def cancel(self, run_id: str, refused: Refused) -> None:
        """End a run; its best so far is kept."""
        self._ask(lambda: self._follower().cancel(run_id), self._on_moved, refused)

    def retry(self, run_id: str, order: Order, done: Done, refused: Refused) -> None:
        """Send the same problem again; ``done`` gets the new run."""

        def kept(run: Run) -> None:
            self._take(run, 0.0)
            done(run)

        self._ask(lambda: self._follower().retry(run_id, order), kept, refused)

    def fetch_best(self, run_id: str, done: Done, refused: Refused) -> None:
        """Bring back the best schedule so far; ``done`` gets an Outcome."""

        def fetched(outcome: Any) -> None:
            self._take(outcome.run, 0.0)
            done(outcome)

        self._ask(lambda: self._follower().fetch_best(run_id), fetched, refused)

    def delete_remote(self, run_id: str, done: Done, refused: Refused) -> None:
        """Delete a run's objects in the bucket; ``done`` gets the Deletion."""

        def work() -> tuple[Any, Run]:
            return self._follower().delete_remote(run_id), self.store.get(run_id)

        def deleted(result: tuple[Any, Run]) -> None:
            self._take(result[1], 0.0)
            done(result[0])

        self._ask(work, deleted, refused)

    def read_log(self, run_id: str, done: Callable[[Sequence[str]], None], refused: Refused) -> None:
        """Read what the run's computers have written so far."""
        self._ask(lambda: tuple(self._follower().log_lines(run_id)), done, refused)

    def forget(self, run_id: str) -> None:
        """Strike a run off the list; its objects in the bucket stay until they expire."""
        self.store.forget(run_id)
        self.runs.pop(run_id, None)
        self._due.pop(run_id, None)
        self.listed.emit()

    def probe(self, remote: Remote, done: Done, refused: Refused) -> None:
        """Try each permission; ``probed`` follows each answer, ``done`` the last."""

        def work() -> None:
            from cloud_runner.client.probe import probe

            for answer in probe(remote, self.pace):
                self.probed.emit(answer)

        self._ask(work, done, refused)

    # Following --------------------------------------------------------------------------------------

    def _wake(self) -> None:
        """Come back when the next poll is due."""
        if self._due:
            self._timer.start(max(0, round(1000 * (min(self._due.values()) - time.monotonic()))))
        else:
            self._timer.stop()

    def _on_due(self) -> None:
        now = time.monotonic()
        for run_id in [run_id for run_id, moment in self._due.items() if moment <= now]:
            del self._due[run_id]
            self._polled.add(run_id)
            # A stack that cannot be reached holds up its own runs only.
            lane = f"{FOLLOW} {self.runs[run_id].remote.name}"
            stuck = partial(self._on_stuck, run_id)
            self.courier.run(lane, partial(self._advance, run_id), self._on_advanced, stuck)
        self._wake()

    def _advance(self, run_id: str) -> tuple[Run, float]:
        try:
            follower = self._follower()
            run = follower.advance(run_id)
            return run, follower.next_poll_s(run)
        finally:
            self._polled.discard(run_id)

    def _on_advanced(self, moved: tuple[Run, float]) -> None:
        run, wait_s = moved
        self._stuck.pop(run.id, None)
        if run.id in self.runs:  # or it was forgotten meanwhile
            self._take(run, wait_s)

    def _on_stuck(self, run_id: str, error: Exception) -> None:
        """A run cannot be moved on because of this computer: its folder is gone, or the disk is full."""
        if not isinstance(error, EchelonError):
            raise error
        if run_id in self.runs:
            self._stuck[run_id] = f"{error} {NOT_LOST}"
            self._take(self._as_told(self.runs[run_id]), self.pace.poll_max_s)
        QTimer.singleShot(round(1000 * self.pace.poll_max_s), self, self.reload)

    def _as_told(self, run: Run) -> Run:
        """A run with the words for what could not be written down with it."""
        words = self._stuck.get(run.id)
        return run if words is None or run.state.ended else replace(run, message=words, trouble=True)

    def _on_moved(self, run: Run) -> None:
        self._take(run, 0.0)

    def _on_listed(self, runs: tuple[Run, ...]) -> None:
        self.runs = {run.id: self._as_told(run) for run in runs}
        for run in runs:
            if run.id not in self._polled and not run.state.ended:
                self._due.setdefault(run.id, time.monotonic())
        self._due = {run_id: moment for run_id, moment in self._due.items() if run_id in self.runs}
        self._wake()
        self.listed.emit()

    def _take(self, run: Run, wait_s: float) -> None:
        before = self.runs.get(run.id)
        self.runs[run.id] = run
        if run.state.ended:
            self._due.pop(run.id, None)
        else:
            self._due[run.id] = time.monotonic() + wait_s
        self._wake()
        if run != before:
            self.changed.emit(run)
        if run.state.ended and before is not None and not before.state.ended:
            self.ended.emit(run)

    def _ask(self, work: Callable[[], Any], done: Done, refused: Refused) -> None:
        def failed(error: Exception) -> None:
            if not isinstance(error, EchelonError):
                raise error
            refused(error)

        self.courier.run(ASK, work, done, failed)

    def _follower(self) -> "Follower":
        """The follower of the thread that asks: sessions of boto3 are not to be shared among threads."""
        follower = getattr(self._own, "follower", None)
        if follower is None:
            from cloud_runner.client.follow import Follower

            follower = self._own.follower = Follower(self.store, self.pace, remotes=self.remotes)
        return follower
