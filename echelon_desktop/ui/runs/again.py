"""Sending a run's problem once more, with more time or larger computers."""

from dataclasses import replace

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from cloud_runner.client.estimate import estimate
from cloud_runner.client.order import Order
from cloud_runner.client.runs import Run
from echelon_desktop.ui.numbers import NumberBox
from echelon_desktop.ui.solve.machines import MOST_SEEDS, SIZES, Size
from echelon_desktop.ui.theme import SPACE

MINUTES = 14 * 24 * 60


class AgainDialog(QDialog):
    """
    Asks with what order to repeat a run; begins with the run's own, and seeds that follow on its.

    Parameters
    ----------
    run
        The one to repeat.
    """

    def __init__(self, run: Run, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._before = run.order
        self.setWindowTitle("Solve again")
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.l, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.m)
        title = QLabel(f"Solve {run.school_name} again")
        title.setProperty("kind", "title")
        column.addWidget(title)
        words = QLabel(
            "The problem is sent as it was, in a new random order, and begins with the best schedule that is "
            "here. For the school as it is now, use the Solve page."
        )
        words.setProperty("kind", "soft")
        words.setWordWrap(True)
        column.addWidget(words)
        form = QFormLayout()
        form.setSpacing(SPACE.m)
        self.minutes = NumberBox()
        self.minutes.setRange(1, MINUTES)
        self.minutes.setSuffix(" min")
        self.minutes.setValue(max(1, round(run.order.time_limit_s / 60)))
        form.addRow("For at most", self.minutes)
        self.seeds = NumberBox()
        self.seeds.setRange(1, max(MOST_SEEDS, len(run.order.seeds)))
        self.seeds.setValue(len(run.order.seeds))
        form.addRow("Computers", self.seeds)
        self.machine = QComboBox()
        own = Size(run.order.vcpu, run.order.memory_mb)
        for size in sorted({own, *SIZES}, key=lambda size: (size.vcpu, size.memory_mb)):
            self.machine.addItem(size.words, size)
            if size == own:
                self.machine.setCurrentIndex(self.machine.count() - 1)
        form.addRow("Each of", self.machine)
        column.addLayout(form)
        self.words = QLabel()
        self.words.setProperty("kind", "small")
        self.words.setAccessibleName("Estimate")
        column.addWidget(self.words)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        send = buttons.addButton("Send", QDialogButtonBox.ButtonRole.AcceptRole)
        send.setProperty("kind", "primary")
        send.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        for field in (self.minutes, self.seeds):
            field.valueChanged.connect(self._show_estimate)
        self.machine.currentIndexChanged.connect(self._show_estimate)
        self._show_estimate()

    def order(self) -> Order:
        """What was chosen."""
        size: Size = self.machine.currentData()
        first = max(self._before.seeds) + 1  # the seeds before have had their turn
        return replace(
            self._before,
            seeds=tuple(range(first, first + self.seeds.value())),
            time_limit_s=float(self.minutes.value() * 60),
            vcpu=size.vcpu,
            memory_mb=size.memory_mb,
        )

    def _show_estimate(self) -> None:
        self.words.setText(estimate(self.order()).words)
