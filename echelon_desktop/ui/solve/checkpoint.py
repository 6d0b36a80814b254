"""The best schedule of a solve so far, kept in the school file so that it outlives the application."""

import logging
import zlib
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.fitting import fitting_schedule
from echelon_desktop.model.store import Run, checkpoint_of, with_checkpoint, without_checkpoint
from echelon_desktop.solver.verify import Verdict
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.workspace import Workspace

_LOG = logging.getLogger(__name__)

KEEP_MS = 20_000

Checked = tuple[Schedule, Verdict]


class Checkpoint(QObject):
    """
    Keeps the last schedule it is told of, now and then.

    Parameters
    ----------
    workspace
        Of the document that is solved.
    run
        What is known of the run before it ends.
    """

    def __init__(self, workspace: Workspace, run: Run, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._run = workspace, run
        self._latest: Callable[[], Checked] | None = None
        self._kept = self._over = False
        timer = QTimer(self)
        timer.timeout.connect(self._keep)
        timer.start(KEEP_MS)

    def know(self, schedule: Callable[[], Checked]) -> None:
        """Keep what this makes, off the window's thread, next time: a whole schedule and its verdict."""
        self._latest = schedule

    def end(self, recorded: bool) -> None:
        """The solve is over: nothing is kept any more, and what was is deleted unless its run is recorded."""
        if self._kept and not recorded and not self._over:
            self._told(lambda: self._workspace.document.file.forget_run(self._run.id))
        self._over = True

    def _keep(self) -> None:
        make, self._latest = self._latest, None
        if make is None or self._over:
            return

        def packed() -> Run:
            schedule, verdict = make()
            counts = verdict.counts
            return with_checkpoint(self._run, schedule, {"unmet": counts.unmet, "requests": counts.requests})

        self._workspace.background.run(packed, self._write, self._explain)

    def _write(self, run: Run) -> None:
        if not self._over:
            self._kept = self._told(lambda: self._workspace.document.file.record_run(run)) or self._kept

    def _told(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except EchelonError as error:
            self._explain(error)
            return False
        return True

    def _explain(self, error: Exception) -> None:
        """A schedule that is not kept on the way is no trouble for the user as long as the solve goes on."""
        if not isinstance(error, EchelonError):
            raise error
        _LOG.warning("no checkpoint was kept: %s", type(error).__name__)


def take_up(document: Document) -> str:
    """
    Make scenarios of the checkpoints of solves that the end of the application cut short.

    Returns
    -------
    str
        A sentence about it, empty where there was none.

    Raises
    ------
    StoreError
        If it could not be written; it is tried again at the next opening.
    """
    told = []
    for run in [] if document.read_only else document.file.runs():
        try:
            schedule = checkpoint_of(run)
        except (zlib.error, KeyError, TypeError, ValueError):
            document.file.forget_run(run.id)
            continue
        if schedule is None:
            continue
        name = f"{run.settings.get('name') or 'Draft'}, cut short"
        scenario = Scenario(new_scenario_id(document.dataset), name, run.started)
        fitting = fitting_schedule(document.school, schedule)
        document.apply(adopt_schedule(document.dataset, scenario, fitting, f"Keep {name}"))
        document.file.record_run(
            without_checkpoint(replace(run, settings={**run.settings, "name": name}), scenario.id)
        )
        document.show_scenario(scenario.id)
        unmet, requests = run.figures["unmet"], run.figures["requests"]
        told.append(f"“{name}”, with {unmet:,} of {requests:,} requests unmet")
    if not told:
        return ""
    return (
        f"A solve was cut short when the application ended. What it had found is kept as {', '.join(told)}."
    )
