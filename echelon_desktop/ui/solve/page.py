"""The Solve page: an order form at the left, live figures and chart at the right, all runs below."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run as RemoteRun
from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.store import has_checkpoint
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.result import Progress
from echelon_desktop.ui.messages import ask
from echelon_desktop.ui.page import Page, Target, page_header
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.remote.courier import alive
from echelon_desktop.ui.solve.form import OrderForm
from echelon_desktop.ui.solve.found import Found, found_by
from echelon_desktop.ui.solve.live import FAR_HINT, HINT, Live
from echelon_desktop.ui.solve.place import send_dialog
from echelon_desktop.ui.solve.runs import RunsModel
from echelon_desktop.ui.solve.session import Session
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

TICK_MS = 200


class SolvePage(Page):
    """Starts, shows and stops a solve; its result becomes a scenario by itself."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.session: Session | None = None
        self._sent = ""  # id of the run that was sent last
        self._found: Found | None = None  # by the last solve
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE.l)
        column.setSpacing(SPACE.m)
        head = "Gives sections their periods and students their seats. The result is a new scenario."
        column.addWidget(page_header("Solve", head))
        middle = QHBoxLayout()
        middle.setContentsMargins(SPACE.xl, 0, SPACE.xl, 0)
        middle.setSpacing(SPACE.l)
        self.form = OrderForm(workspace)
        self.form.start_wanted.connect(self.start)
        self.form.stop_wanted.connect(self.stop)
        self.form.moved.connect(self._on_moved)
        middle.addWidget(self.form)
        self.live = Live()
        self.chart = self.live.chart
        self.live.onward.connect(self._show_found)
        middle.addWidget(self.live, 1)
        column.addLayout(middle, 3)
        column.addWidget(self._make_runs(), 2)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        workspace.engine.state_changed.connect(self._enable)
        workspace.desk.ended.connect(self._on_run_ended)
        workspace.arrivals.changed.connect(lambda _run_id: self._show_runs())
        self.refresh(None)
        self.live.show_idle()

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show the runs, and the departments and grades that there are."""
        if changes is None or changes.keys.keys() & {"sections", "courses", "students", "scenarios"}:
            self.form.offer_scopes()
        self.form.show_start()
        self._show_runs()
        if self._found is not None and self._found.scenario not in self.document.dataset.scenarios:
            self._found = None  # as after undo
            self.live.offer("")
        self._enable()

    def start(self) -> None:
        """Solve what the form says, where it says."""
        if self.form.place.remote is not None:
            self.send(self.form.place.remote)
            return
        if self.session is not None or self.workspace.engine.solving or self.document.read_only:
            return
        self.live.say("", "")
        self._found = None
        order = self.form.order()
        self.session = Session(self.workspace, order, self)
        self.session.progressed.connect(self._on_progressed)
        self.session.ended.connect(self._on_ended)
        self.chart.clear(order.params.time_limit_s)
        self.live.begin()
        self._timer.start()
        self._pass_focus(self._enable, self.form.stop_button)
        self.session.start()
        self.workspace.set_session(self.session)

    def take_to(self, target: Target) -> None:
        """Fill the form in as it was for a run of the solver."""
        run = next((run for run in self.document.file.runs() if run.id == target.key), None)
        if run is None:
            return
        self.form.fill_in(run)
        self.form.start_button.setFocus()

    def begin(self) -> None:
        """Begin at the button that starts, or that ends what goes on."""
        super().begin()
        for button in (self.form.start_button, self.form.stop_button):
            if button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def stop(self) -> None:
        """End the solve that runs and keep its best."""
        if self.session is not None:
            self.session.stop()
            self.live.phase.setText("Stopping; the best so far is kept…")
            self._pass_focus(lambda: self.form.stop_button.setEnabled(False), self)

    def send(self, remote: Remote) -> None:
        """Show what would leave for AWS, and send it when the user agrees."""
        if self.document.read_only or not self._is_sound():
            return
        dialog = send_dialog(self.workspace, remote, self.form.remote_order(), self.form.starts_warm, self)
        if dialog.exec() and dialog.prepared is not None:
            name = self.form.scenario_name
            self.form.name.clear()
            document = self.document
            self.workspace.desk.submit(
                dialog.prepared,
                remote,
                document.path,
                alive(self, lambda run: self._on_sent(run, name)),
                alive(self, lambda error: self.live.say("bad", str(error))),
            )
        dialog.deleteLater()

    def _is_sound(self) -> bool:
        """Whether the checks found no error, or the user wants to pay for a solve all the same."""
        errors = sum(finding.severity is Severity.ERROR for finding in self.workspace.findings)
        return not errors or ask(
            self,
            "Send it all the same?",
            f"The checks found {counted(errors, 'error')}; there may be no schedule.",
            "Send all the same",
            "The Checks page says what to mend.",
            danger=True,
        )

    def copy(self) -> bool:
        """Copy the table of runs, or what is selected in it."""
        return self.table.copy()

    def shut(self) -> None:
        """The document closes: the solve ends with it."""
        self._timer.stop()
        if self.session is not None:
            self.session.abandon()

    # Building -------------------------------------------------------------------------------------

    def _make_runs(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(SPACE.xl, 0, SPACE.xl, 0)
        title = QLabel("Runs")
        title.setProperty("kind", "lead")
        column.addWidget(title)
        self.runs = RunsModel(self)
        self.table = ReadingTable(self.runs, "Runs")
        self.table.setToolTip("Double-click a run, or press Enter on it, to show its scenario")
        self.table.opened.connect(lambda index: self._show_run(index.row()))
        column.addWidget(self.table)
        return box

    # Reacting -------------------------------------------------------------------------------------

    def _on_moved(self) -> None:
        self.live.hint(FAR_HINT if self.form.place.remote is not None else HINT)
        self._enable()

    def _on_sent(self, run: RemoteRun, name: str) -> None:
        self._sent = run.id
        self.workspace.arrivals.expect(run, name)
        self.live.say("note", f"Sent to “{run.remote.name}”. Runs shows how it goes.")
        self.workspace.go_to("runs", key=run.id)

    def _on_run_ended(self, run: RemoteRun) -> None:
        if run.id == self._sent:
            self.live.say("", "")  # "sent" is no news any more

    def _on_tick(self) -> None:
        if self.session is None:
            return
        seconds = self.session.seconds
        self.chart.reach(seconds)
        if self.session.stopping:
            return
        self.live.show_time(seconds, self.session.order.params.time_limit_s)
        if self.session.waiting:
            self.live.phase.setText("The solver is starting…")

    def _on_progressed(self, progress: Progress) -> None:
        self.live.show_figures(progress.unmet, progress.bound)
        self.chart.add(progress.seconds, progress.unmet, progress.bound)

    def _on_ended(self, kind: str, text: str) -> None:
        if self.session is not None:
            self.chart.reach(self.session.seconds)
            self._found = found_by(self.session)
        self.session = None
        self.workspace.set_session(None)
        self._timer.stop()
        self.live.end()
        onward = "" if self._found is None else self._found.onward
        self.live.say(kind, text, onward)
        self.form.name.clear()
        self._pass_focus(
            lambda: self.refresh(None), self.live.onward_button if onward else self.form.start_button
        )

    def _show_found(self) -> None:
        if self._found is not None:
            self._found.show(self.workspace)

    def _pass_focus(self, change: Callable[[], object], to: QWidget) -> None:
        """Give the focus that a button of the form may lose by a change to what one does next."""
        before = self.window().focusWidget()
        change()
        if self.isVisible() and before in (None, self, self.form.start_button, self.form.stop_button):
            to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_runs(self) -> None:
        self.runs.show_runs([run for run in self.document.file.runs() if not has_checkpoint(run)])

    def _show_run(self, row: int) -> None:
        scenario = self.runs.row_at(row).scenario
        if scenario in self.document.dataset.scenarios:
            self.document.show_scenario(scenario)
            self.workspace.go_to("schedule")

    def _enable(self) -> None:
        # The engine may still be ending the solve of a school that was closed.
        busy = self.form.place.remote is None and (self.session is not None or self.workspace.engine.solving)
        self.form.allow(
            start=not busy and not self.document.read_only,
            stop=self.session is not None and not self.session.stopping,
        )
