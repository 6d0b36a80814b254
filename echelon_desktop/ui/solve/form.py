"""The order form of the Solve page: what to solve, where, for how long, and what the result is called."""

import os

from PySide6.QtCore import Qt, Signal
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
)

from cloud_runner.client.order import Order as RemoteOrder
from echelon_desktop.model.scope import department_of
from echelon_desktop.model.store import Run
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.scopes import Part, Scope
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.numbers import NumberBox
from echelon_desktop.ui.overflow import Overflow
from echelon_desktop.ui.solve.case import Order
from echelon_desktop.ui.solve.machines import Machines
from echelon_desktop.ui.solve.place import PlaceBox
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

TIMES = ((15, "15 seconds"), (60, "1 minute"), (300, "5 minutes"), (1800, "30 minutes"), (7200, "2 hours"))
OTHER = "Other…"
USUAL_S, USUAL_FAR_S = 60, 1800  # a computer on AWS takes minutes to start
WIDTH = 334


class OrderForm(QFrame):
    """
    The card at the left of the Solve page; it asks for what the place chosen needs.

    Signals: ``start_wanted`` and ``stop_wanted`` when a button was pressed, ``moved`` when another place was
    chosen.

    Parameters
    ----------
    workspace
        Whose schools, scenarios and remotes it offers.
    """

    start_wanted = Signal()
    stop_wanted = Signal()
    moved = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.document = workspace.document
        self.setProperty("kind", "card")
        self.setFixedWidth(WIDTH)
        self.rows = QFormLayout()
        self.rows.setSpacing(SPACE.s)
        self.rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.place = PlaceBox(workspace.desk, self)
        self.place.set_up_wanted.connect(lambda: workspace.act.emit("remote"))
        self.rows.addRow("Where", self.place)
        self.scope = QComboBox()
        # All the room there is: its entries change, and it would keep the width of the first.
        self.scope.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.rows.addRow("Solve", self.scope)
        self._add_limits()
        self._add_result()
        self.machines = Machines(self.rows)
        self.locks = QLabel()
        self.locks.setProperty("kind", "small")
        self.locks.setWordWrap(True)
        fields = QVBoxLayout()
        fields.addLayout(self.rows)
        fields.addWidget(self.locks)
        fields.addStretch(1)
        self.fields = Overflow(fields)
        above = QHBoxLayout()
        above.setContentsMargins(0, 0, SPACE.l - self.fields.bar_width, 0)
        above.addWidget(self.fields)
        below = self._make_buttons()
        below.setContentsMargins(0, 0, SPACE.l, 0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.l, SPACE.m, 0, SPACE.m)
        outer.addLayout(above, 1)
        outer.addLayout(below)
        self._follow_each_other()
        self._on_time_chosen()

    # What the page calls --------------------------------------------------------------------------

    def offer_scopes(self) -> None:
        """Offer the departments and grades that there are; what is chosen stays so while it is there."""
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

    def show_start(self) -> None:
        """Say what the schedule on the screen means for a solve."""
        locked = sum(p.locked for p in self.document.schedule().placements.values())
        self.scope.setItemText(0, "Only what is not locked" if locked else "Whole school")
        stay = "stays" if locked == 1 else "stay"
        self.locks.setText(f"{counted(locked, 'locked section')} {stay} in place.")
        self.locks.setVisible(bool(locked))
        self.warm.setEnabled(bool(self.document.scenario))
        self.repair.setEnabled(bool(self.document.scenario))
        self.name.setPlaceholderText(self._next_name())

    def fill_in(self, run: Run) -> None:
        """Fill in what a run was asked for, with the next seed: that of the run has had its turn."""
        self.place.choose("")
        words = [self.scope.itemData(at).words for at in range(self.scope.count())]
        part = run.settings.get("scope", "")
        self.scope.setCurrentIndex(words.index(part) if part in words else 0)
        seconds = round(run.settings.get("time_limit_s", USUAL_S))
        known = self.time.findData(seconds)
        self.time.setCurrentIndex(known if known >= 0 else self.time.findText(OTHER))
        self.seconds.setValue(seconds)
        self.seed.setValue((run.seed or 0) + 1)
        self.name.clear()

    def order(self) -> Order:
        """What is asked for, on this computer."""
        params = Params(
            time_limit_s=float(self.seconds.value()),
            workers=self.workers.value(),
            seed=self.seed.value(),
        )
        close = self.repair.isEnabled() and self.repair.isChecked()
        return Order(self.scope.currentData() or Scope(), params, self.starts_warm, self.scenario_name, close)

    def remote_order(self) -> RemoteOrder:
        """What is asked for, on AWS."""
        return self.machines.order(self.seed.value(), float(self.seconds.value()))

    @property
    def starts_warm(self) -> bool:
        """Whether to start from the schedule on the screen."""
        return self.warm.isEnabled() and self.warm.isChecked()

    @property
    def scenario_name(self) -> str:
        """Of the scenario that is made of the result."""
        return self.name.text().strip() or self._next_name()

    def allow(self, *, start: bool, stop: bool) -> None:
        """Which of the buttons can be pressed."""
        self.start_button.setEnabled(start)
        self.stop_button.setEnabled(stop)

    # Building -------------------------------------------------------------------------------------

    def _add_limits(self) -> None:
        """Time, threads and seed."""
        self.time = QComboBox()
        for seconds, words in TIMES:
            self.time.addItem(words, seconds)
        self.time.addItem(OTHER, 0)
        self.time.setCurrentIndex(self.time.findData(USUAL_S))
        self.time.setAccessibleName("For at most")
        self.seconds = NumberBox()
        self.seconds.setRange(1, 24 * 3600)
        self.seconds.setValue(USUAL_S)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName("Seconds")
        limit = QHBoxLayout()
        limit.setSpacing(SPACE.s)
        limit.addWidget(self.time)
        limit.addWidget(self.seconds)
        limit.addStretch(1)
        self.rows.addRow("For at most", limit)
        self.workers = NumberBox()
        self.workers.setRange(1, max(1, os.cpu_count() or 1))
        self.workers.setValue(os.cpu_count() or 1)
        self.workers.setToolTip("How many cores work at the same time")
        self.rows.addRow("Threads", self.workers)
        self.seed = NumberBox()
        self.seed.setRange(1, 999_999)
        self.seed.setToolTip("Another seed takes other turns at random, and may end elsewhere")
        self.rows.addRow("Seed", self.seed)

    def _add_result(self) -> None:
        """The name of the result, and how near it shall be to what is on the screen."""
        self.name = QLineEdit()
        self.rows.addRow("Result in", self.name)
        self.warm = QCheckBox("Start from the schedule on the screen")
        self.rows.addRow(self.warm)
        self.repair = QCheckBox("Repair: keep changes few")
        self.repair.setToolTip(
            "After unmet requests, as few sections and seats as can be differ from the schedule on the screen"
        )
        self.rows.addRow(self.repair)

    def _make_buttons(self) -> QHBoxLayout:
        self.start_button = QPushButton("Solve")
        self.start_button.setProperty("kind", "primary")
        self.start_button.setToolTip("F5")
        self.start_button.clicked.connect(lambda _checked: self.start_wanted.emit())
        self.stop_button = QPushButton("Stop and keep the best")
        self.stop_button.setToolTip("Shift+F5")
        self.stop_button.clicked.connect(lambda _checked: self.stop_wanted.emit())
        row = QHBoxLayout()
        row.addWidget(self.start_button)
        row.addWidget(self.stop_button, 1)
        return row

    def _follow_each_other(self) -> None:
        """Fields depend on the place and the time; the estimate on all that is ordered."""
        self.place.chosen.connect(self._on_place_chosen)
        self.time.currentIndexChanged.connect(self._on_time_chosen)
        for field in (self.machines.seeds, self.seconds, self.seed):
            field.valueChanged.connect(self._show_estimate)
        self.machines.size.currentIndexChanged.connect(self._show_estimate)
        self.machines.scarce.toggled.connect(self._show_estimate)

    # Reacting -------------------------------------------------------------------------------------

    def _on_time_chosen(self) -> None:
        seconds = self.time.currentData()
        if seconds:
            self.seconds.setValue(seconds)
        self.seconds.setVisible(not seconds)

    def _on_place_chosen(self) -> None:
        """Ask what there is to ask for the place."""
        far = self.place.remote is not None
        for field in (self.scope, self.workers, self.seed, self.repair):
            self.rows.setRowVisible(field, not far)
        if far and self.time.currentData() == USUAL_S:
            self.time.setCurrentIndex(self.time.findData(USUAL_FAR_S))
        self.machines.show(far)
        self.start_button.setText("Review and send…" if far else "Solve")
        self.stop_button.setVisible(not far)
        self._show_estimate()
        self.moved.emit()

    def _show_estimate(self) -> None:
        if self.place.remote is not None:
            self.machines.show_estimate(self.remote_order())

    def _next_name(self) -> str:
        taken = {scenario.name for scenario in self.document.dataset.scenarios.values()}
        number = len(taken) + 1
        while f"Draft {number}" in taken:
            number += 1
        return f"Draft {number}"
