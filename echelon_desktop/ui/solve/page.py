"""The Solve page: an order form at the left, live figures and chart at the right, all runs below."""

import os
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cloud_runner.client.order import Order as RemoteOrder
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run as RemoteRun
from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.scope import department_of
from echelon_desktop.model.store import has_checkpoint
from echelon_desktop.solver.result import Params, Progress
from echelon_desktop.solver.scopes import Part, Scope
from echelon_desktop.ui.messages import ask
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.numbers import NumberBox
from echelon_desktop.ui.page import Page, Target, page_header
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.remote.courier import alive
from echelon_desktop.ui.solve.case import Order
from echelon_desktop.ui.solve.found import Found, found_by
from echelon_desktop.ui.solve.live import FAR_HINT, HINT, Live
from echelon_desktop.ui.solve.machines import Machines
from echelon_desktop.ui.solve.place import PlaceBox, send_dialog
from echelon_desktop.ui.solve.runs import RunsModel
from echelon_desktop.ui.solve.session import Session
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

TICK_MS = 200
TIMES = ((15, "15 seconds"), (60, "1 minute"), (300, "5 minutes"), (1800, "30 minutes"), (7200, "2 hours"))
OTHER = "Other…"
USUAL_S, USUAL_FAR_S = 60, 1800  # a computer on AWS takes minutes to start


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
        middle.addWidget(self._make_form())
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
        self.refresh(None)
        self.live.show_idle()

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show the runs, and the departments and grades that there are."""
        if changes is None or changes.keys.keys() & {"sections", "courses", "students", "scenarios"}:
            self._fill_scopes()
        self._show_start()
        self.runs.show_runs([run for run in self.document.file.runs() if not has_checkpoint(run)])
        if self._found is not None and self._found.scenario not in self.document.dataset.scenarios:
            self._found = None  # as after undo
            self.live.offer("")
        self._enable()

    def start(self) -> None:
        """Solve what the form says, where it says."""
        if self.place.remote is not None:
            self.send(self.place.remote)
            return
        if self.session is not None or self.workspace.engine.solving or self.document.read_only:
            return
        self.live.say("", "")
        self._found = None
        order = self.order()
        self.session = Session(self.workspace, order, self)
        self.session.progressed.connect(self._on_progressed)
        self.session.ended.connect(self._on_ended)
        self.chart.clear(order.params.time_limit_s)
        self.live.begin()
        self._timer.start()
        self._pass_focus(self._enable, self.stop_button)
        self.session.start()
        self.workspace.set_session(self.session)

    def take_to(self, target: Target) -> None:
        """Fill the form in as it was for a run of the solver."""
        run = next((run for run in self.document.file.runs() if run.id == target.key), None)
        if run is None:
            return
        self.place.choose("")
        words = [self.scope.itemData(at).words for at in range(self.scope.count())]
        part = run.settings.get("scope", "")
        self.scope.setCurrentIndex(words.index(part) if part in words else 0)
        seconds = round(run.settings.get("time_limit_s", USUAL_S))
        known = self.time.findData(seconds)
        self.time.setCurrentIndex(known if known >= 0 else self.time.findText(OTHER))
        self.seconds.setValue(seconds)
        self.seed.setValue((run.seed or 0) + 1)  # the seed before has had its turn
        self.name.clear()
        self.start_button.setFocus()

    def begin(self) -> None:
        """Begin at the button that starts, or that ends what goes on."""
        super().begin()
        for button in (self.start_button, self.stop_button):
            if button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def stop(self) -> None:
        """End the solve that runs and keep its best."""
        if self.session is not None:
            self.session.stop()
            self.live.phase.setText("Stopping; the best so far is kept…")
            self._pass_focus(lambda: self.stop_button.setEnabled(False), self)

    def send(self, remote: Remote) -> None:
        """Show what would leave for AWS, and send it when the user agrees."""
        if self.document.read_only or not self._is_sound():
            return
        dialog = send_dialog(self.workspace, remote, self.remote_order(), self._warm(), self)
        if dialog.exec() and dialog.prepared is not None:
            name = self.name.text().strip() or self._next_name()
            self.name.clear()
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
            f"The checks found {errors:,} error{'' if errors == 1 else 's'}; there may be no schedule.",
            "Send all the same",
            "The Checks page says what to mend.",
            danger=True,
        )

    def remote_order(self) -> RemoteOrder:
        """What the form says, for a run on AWS."""
        return self.machines.order(self.seed.value(), float(self.seconds.value()))

    def copy(self) -> bool:
        """Copy the table of runs, or what is selected in it."""
        return self.table.copy()

    def shut(self) -> None:
        """The document closes: the solve ends with it."""
        self._timer.stop()
        if self.session is not None:
            self.session.abandon()

    def order(self) -> Order:
        """What the form says."""
        scope = self.scope.currentData() or Scope()
        params = Params(
            time_limit_s=float(self.seconds.value()),
            workers=self.workers.value(),
            seed=self.seed.value(),
        )
        name = self.name.text().strip() or self._next_name()
        close = self.repair.isEnabled() and self.repair.isChecked()
        return Order(scope, params, self._warm(), name, close)

    def _warm(self) -> bool:
        return self.warm.isEnabled() and self.warm.isChecked()

    # Building -------------------------------------------------------------------------------------

    def _make_form(self) -> QWidget:
        card = QFrame()
        card.setProperty("kind", "card")
        card.setFixedWidth(340)
        outer = QVBoxLayout(card)
        outer.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        form = QFormLayout()
        form.setSpacing(SPACE.s)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form = form
        self.place = PlaceBox(self.workspace.desk, self)
        self.place.chosen.connect(self._on_place_chosen)
        self.place.set_up_wanted.connect(lambda: self.workspace.act.emit("remote"))
        form.addRow("Where", self.place)
        self.scope = QComboBox()
        # All the room there is: its entries change, and it would keep the width of the first.
        self.scope.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        form.addRow("Solve", self.scope)
        self.time = QComboBox()
        for seconds, words in TIMES:
            self.time.addItem(words, seconds)
        self.time.addItem(OTHER, 0)
        self.time.setCurrentIndex(self.time.findData(USUAL_S))
        self.time.currentIndexChanged.connect(self._on_time_chosen)
        self.time.setAccessibleName("For at most")
        self.seconds = NumberBox()
        self.seconds.setRange(1, 24 * 3600)
        self.seconds.setValue(60)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName("Seconds")
        limit = QHBoxLayout()
        limit.setSpacing(SPACE.s)
        limit.addWidget(self.time)
        limit.addWidget(self.seconds)
        limit.addStretch(1)
        form.addRow("For at most", limit)
        self.workers = NumberBox()
        self.workers.setRange(1, max(1, os.cpu_count() or 1))
        self.workers.setValue(os.cpu_count() or 1)
        self.workers.setToolTip("How many cores work at the same time")
        form.addRow("Threads", self.workers)
        self.seed = NumberBox()
        self.seed.setRange(1, 999_999)
        self.seed.setToolTip("Another seed takes other turns at random, and may end elsewhere")
        form.addRow("Seed", self.seed)
        self.name = QLineEdit()
        form.addRow("Result in", self.name)
        self.warm = QCheckBox("Start from the schedule on the screen")
        form.addRow(self.warm)
        self.repair = QCheckBox("Repair: keep changes few")
        self.repair.setToolTip(
            "After unmet requests, as few sections and seats as can be differ from the schedule on the screen"
        )
        form.addRow(self.repair)
        self.machines = Machines(form)
        for field in (self.machines.seeds, self.seconds, self.seed):
            field.valueChanged.connect(self._show_estimate)
        self.machines.size.currentIndexChanged.connect(self._show_estimate)
        self.machines.scarce.toggled.connect(self._show_estimate)
        outer.addLayout(form)
        self.locks = QLabel()
        self.locks.setProperty("kind", "small")
        self.locks.setWordWrap(True)
        outer.addWidget(self.locks)
        outer.addStretch(1)
        row = QHBoxLayout()
        self.start_button = QPushButton("Solve")
        self.start_button.setProperty("kind", "primary")
        self.start_button.setToolTip("F5")
        self.start_button.clicked.connect(self.start)
        self.stop_button = QPushButton("Stop and keep the best")
        self.stop_button.setToolTip("Shift+F5")
        self.stop_button.clicked.connect(self.stop)
        row.addWidget(self.start_button)
        row.addWidget(self.stop_button, 1)
        outer.addLayout(row)
        self._on_time_chosen()
        return card

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

    def _fill_scopes(self) -> None:
        school = self.document.school
        chosen = self.scope.currentData()
        self.scope.clear()
        self.scope.addItem("Whole school", Scope())
        departments = {department_of(school, s) for s in school.sections.values()} - {""}
        for department in sorted(departments, key=natural):
            self.scope.addItem(f"{department} only", Scope(Part.DEPARTMENT, department))
        grades = {s.grade for s in school.students.values()} - {""}
        for grade in sorted(grades, key=natural):
            self.scope.addItem(f"Grade {grade} only", Scope(Part.GRADE, grade))
        for at in range(self.scope.count()):
            if self.scope.itemData(at) == chosen:
                self.scope.setCurrentIndex(at)

    def _show_start(self) -> None:
        """Say what the schedule on the screen means for a solve."""
        locked = sum(p.locked for p in self.document.schedule().placements.values())
        self.scope.setItemText(0, "Only what is not locked" if locked else "Whole school")
        sections = "1 locked section stays" if locked == 1 else f"{locked:,} locked sections stay"
        self.locks.setText(f"{sections} in place.")
        self.locks.setVisible(bool(locked))
        self.warm.setEnabled(bool(self.document.scenario))
        self.repair.setEnabled(bool(self.document.scenario))
        self.name.setPlaceholderText(self._next_name())

    def _next_name(self) -> str:
        taken = {scenario.name for scenario in self.document.dataset.scenarios.values()}
        number = len(taken) + 1
        while f"Draft {number}" in taken:
            number += 1
        return f"Draft {number}"

    def _on_time_chosen(self) -> None:
        seconds = self.time.currentData()
        if seconds:
            self.seconds.setValue(seconds)
        self.seconds.setVisible(not seconds)

    def _on_place_chosen(self) -> None:
        """Ask what there is to ask for the place."""
        far = self.place.remote is not None
        for field in (self.scope, self.workers, self.seed, self.repair):
            self.form.setRowVisible(field, not far)
        if far and self.time.currentData() == USUAL_S:
            self.time.setCurrentIndex(self.time.findData(USUAL_FAR_S))
        self.machines.show(far)
        self.start_button.setText("Review and send…" if far else "Solve")
        self.stop_button.setVisible(not far)
        self.live.hint(FAR_HINT if far else HINT)
        self._show_estimate()
        self._enable()

    def _show_estimate(self) -> None:
        if self.place.remote is not None:
            self.machines.show_estimate(self.remote_order())

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
        self.name.clear()
        self._pass_focus(lambda: self.refresh(None), self.live.onward_button if onward else self.start_button)

    def _show_found(self) -> None:
        if self._found is not None:
            self._found.show(self.workspace)

    def _pass_focus(self, change: Callable[[], object], to: QWidget) -> None:
        """Give the focus that a button of the form may lose by a change to what one does next."""
        before = self.window().focusWidget()
        change()
        if self.isVisible() and before in (None, self, self.start_button, self.stop_button):
            to.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_run(self, row: int) -> None:
        scenario = self.runs.row_at(row).scenario
        if scenario in self.document.dataset.scenarios:
            self.document.show_scenario(scenario)
            self.workspace.go_to("schedule")

    def _enable(self) -> None:
        running = self.session is not None
        # The engine may still be ending the solve of a school that was closed.
        busy = self.place.remote is None and (running or self.workspace.engine.solving)
        self.start_button.setEnabled(not busy and not self.document.read_only)
        self.stop_button.setEnabled(running and self.session is not None and not self.session.stopping)
