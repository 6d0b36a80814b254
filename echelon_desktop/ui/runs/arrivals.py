"""
Makes scenarios of the runs that came back for the school that is open.

A run that fits the school becomes a scenario by itself, once; the school's own history remembers that. Of one
that no longer fits, because the school was edited meanwhile, the page shows what does not, and the rest is
taken over when the user says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cloud_runner.client.history import record_of
from cloud_runner.client.runs import Run
from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import School
from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.scopes import Scope
from echelon_desktop.ui.remote.desk import RemoteDesk

if TYPE_CHECKING:
    from cloud_runner.client.apply import Applied
    from echelon_desktop.ui.workspace import Workspace

SO_FAR = " so far"  # of a scenario that is made before its run has ended


@dataclass(slots=True)
class Standing:
    """What is known of a run that came back: what would be taken over, or why nothing can be."""

    applied: "Applied | None" = None
    trouble: str = ""
    final: bool = True  # of a run that has ended, not of its best so far

    @property
    def misfits(self) -> tuple[str, ...]:
        """What of it does not fit the school as it is now, a line each."""
        if self.applied is None:
            return ()
        return self.applied.dropped or tuple(v.message for v in self.applied.verdict.violations)


class Arrivals(QObject):
    """
    Takes runs home for one document.

    Parameters
    ----------
    workspace
        Of the document.
    desk
        Tells of runs that have ended.
    """

    changed = Signal(str)  # id of a run of which more is known

    def __init__(self, workspace: "Workspace", desk: RemoteDesk, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace, self.desk = workspace, desk
        self.standing: dict[str, Standing] = {}
        self._looking: set[str] = set()
        self._shut = False
        document = workspace.document
        self._records = {record.id: record for record in document.file.runs()}
        document.closed.connect(self._on_closed)
        desk.changed.connect(self._on_changed)
        desk.listed.connect(self.look)
        self.look()

    # What pages ask -----------------------------------------------------------------------------------

    def is_ours(self, run: Run) -> bool:
        """Whether a run is of the school that is open; one whose file is gone, of a school of its name."""
        sent, path = Path(run.school_path), self.workspace.document.path
        return (
            sent == path or sent.resolve() == path.resolve() or (sent.name == path.name and not sent.exists())
        )

    def scenario_of(self, run_id: str) -> str:
        """Id of the scenario made of a run, of an ended one of its end; empty when there is none."""
        record, run = self._records.get(run_id), self.desk.runs.get(run_id)
        if record is None or (run is not None and run.state.ended and not record.ended):
            return ""
        scenario = record.scenario
        return scenario if scenario in self.workspace.document.dataset.scenarios else ""

    def expect(self, run: Run, name: str) -> None:
        """Write down that a run was sent, and what its scenario shall be called."""
        self._write(run, "", name, {})

    def name_of(self, run: Run) -> str:
        """What the scenario of a run's result shall be called."""
        record = self._records.get(run.id)
        return (str(record.settings.get("name", "")) if record is not None else "") or "AWS"

    def forget(self, run_id: str) -> None:
        """
        Delete what the school's history says of a run; what was made of it stays.

        Raises
        ------
        StoreError
            If the school's file cannot be written.
        """
        if not self.workspace.document.read_only:
            self.workspace.document.file.forget_run(run_id)
            self._records.pop(run_id, None)
        self.standing.pop(run_id, None)
        self.changed.emit(run_id)

    def look(self) -> None:
        """See which runs have come back, and take home those that fit."""
        for run in self.desk.runs.values():
            self._consider(run)

    def take(self, run: Run, done: Callable[[str], None]) -> None:
        """
        Make a scenario of a run's best schedule, or of what of it fits; ``done`` gets the scenario's id.

        What goes wrong is in ``standing``.
        """
        self._judge(run, lambda standing: self._adopt(run, standing, done))

    # Taking home --------------------------------------------------------------------------------------

    def _on_changed(self, run: Run) -> None:
        self._consider(run)

    def _consider(self, run: Run) -> None:
        if not run.state.ended or run.best_unmet is None or not run.keys_here or not self.is_ours(run):
            return
        record = self._records.get(run.id)
        standing = self.standing.get(run.id)
        taken = record is not None and record.scenario and record.ended  # not only its best so far
        if taken or (standing is not None and standing.final):
            return
        self._judge(run, lambda standing: self._arrive(run, standing))

    def _arrive(self, run: Run, standing: Standing) -> None:
        if standing.applied is None or standing.misfits or self.workspace.document.read_only:
            return
        self._adopt(run, standing, lambda scenario: self._announce(run, scenario))

    def _announce(self, run: Run, scenario: str) -> None:
        name = self.workspace.document.dataset.scenarios[scenario].name
        self.workspace.notice.emit("good", f"Back from AWS: “{name}”. Runs shows what came of it.")

    def _judge(self, run: Run, then: Callable[[Standing], None]) -> None:
        """Find out, beside the window, what of a run's schedule fits the school as it is now."""
        if run.id in self._looking:
            return
        self._looking.add(run.id)
        document = self.workspace.document
        school = School(**{spec.name: getattr(document.school, spec.name).values() for spec in SCHOOL_TABLES})
        rules, baseline = document.rules, document.dataset.schedule(self._sent_from(run))

        def work() -> "Applied":
            from cloud_runner.client.apply import schedule_of_run

            return schedule_of_run(run, school, rules, baseline)

        def known(standing: Standing) -> None:
            self._looking.discard(run.id)
            if self._shut:
                return
            self.standing[run.id] = standing
            then(standing)
            self.changed.emit(run.id)
            now = self.desk.runs.get(run.id)
            if now is not None and not standing.final:
                self._consider(now)  # it may have ended while its best so far was looked at

        def failed(error: Exception) -> None:
            known(Standing(trouble=str(error), final=run.state.ended))
            if not isinstance(error, EchelonError):
                raise error

        self.workspace.background.run(
            work, lambda applied: known(Standing(applied, final=run.state.ended)), failed
        )

    def _adopt(self, run: Run, standing: Standing, done: Callable[[str], None]) -> None:
        applied, document = standing.applied, self.workspace.document
        if applied is None:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        name = self._unused(self.name_of(run) + ("" if run.state.ended else SO_FAR))
        scenario = Scenario(new_scenario_id(document.dataset), name, now)
        try:
            edit = adopt_schedule(document.dataset, scenario, applied.schedule, f"Bring {name} back from AWS")
            document.apply(edit)
            counts = applied.verdict.counts
            self._write(
                run,
                scenario.id,
                name if run.state.ended else self.name_of(run),
                {"unmet": counts.unmet, "requests": counts.requests},
            )
        except EchelonError as error:
            standing.trouble = str(error)
            return
        standing.trouble = ""
        done(scenario.id)

    def _unused(self, stem: str) -> str:
        taken = {scenario.name for scenario in self.workspace.document.dataset.scenarios.values()}
        names = chain([stem], (f"{stem} {number}" for number in count(2)))
        return next(name for name in names if name not in taken)

    # The school's history -----------------------------------------------------------------------------

    def _sent_from(self, run: Run) -> str:
        """The scenario whose locks the run was to keep; the one on the screen when that is not known."""
        record, document = self._records.get(run.id), self.workspace.document
        scenario = str(record.settings.get("from", "")) if record is not None else document.scenario
        return scenario if scenario in document.dataset.scenarios else document.scenario

    def _write(self, run: Run, scenario: str, name: str, figures: dict[str, int]) -> None:
        if self.workspace.document.read_only:
            return
        document, before = self.workspace.document, self._records.get(run.id)
        known = before.settings if before is not None else {}
        settings = {
            "scope": known.get("scope") or Scope().words_from(document.schedule()),
            "name": name,
            "from": known.get("from", "") if before is not None else document.scenario,
        }
        record = record_of(run, settings, figures, scenario)
        document.file.record_run(record)
        self._records[run.id] = record

    def _on_closed(self) -> None:
        self._shut = True
