"""The part of the order form for a run on AWS: how many computers, how large, and what that comes to."""

from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel

from cloud_runner.client.estimate import estimate
from cloud_runner.client.order import Order
from echelon_desktop.solver.result import DEFAULT_STRATEGY, STRATEGIES
from echelon_desktop.ui.numbers import NumberBox

MOST_SEEDS = 256  # of one run from the window; the command line takes more


@dataclass(frozen=True, slots=True)
class Size:
    """A computer to order."""

    vcpu: int
    memory_mb: int

    @property
    def words(self) -> str:
        """As the form shows it."""
        return f"{self.vcpu} vCPU, {self.memory_mb / 1024:,.0f} GB"


SIZES = (Size(2, 4096), Size(4, 8192), Size(8, 16384), Size(16, 32768), Size(32, 65536))
USUAL = 1


class Machines:
    """
    Rows of the form that are about AWS.

    Parameters
    ----------
    form
        Where they are added; hidden until :meth:`show`.
    """

    def __init__(self, form: QFormLayout) -> None:
        self._form = form
        self.seeds = NumberBox()
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setValue(4)
        self.seeds.setAccessibleName("Computers")
        self.seeds.setToolTip("Each solves with a seed of its own; the best schedule and the best proof win")
        form.addRow("Computers", self.seeds)
        self.size = QComboBox()
        self.size.setAccessibleName("Size of each")
        for size in SIZES:
            self.size.addItem(size.words, size)
        self.size.setCurrentIndex(USUAL)
        form.addRow("Each of", self.size)
        self.scarce = QCheckBox("Each seed for scarce seats, too")
        self.scarce.setToolTip(
            "Twice the computers: half of them search in a way that finds more where seats are scarce"
        )
        form.addRow(self.scarce)
        self.keep = QCheckBox("Keep the data on AWS afterwards")
        self.keep.setToolTip("Otherwise it is deleted, all versions of it, as soon as the result is here")
        form.addRow(self.keep)
        self.words = QLabel()
        self.words.setProperty("kind", "small")
        self.words.setWordWrap(True)
        self.words.setAccessibleName("Estimate")
        form.addRow(self.words)
        self.show(False)

    def show(self, shown: bool) -> None:
        """Show or hide the rows."""
        for widget in (self.seeds, self.size, self.scarce, self.keep, self.words):
            self._form.setRowVisible(widget, shown)

    def order(self, first_seed: int, time_limit_s: float) -> Order:
        """What the rows say, with seeds that follow each other."""
        size: Size = self.size.currentData()
        return Order(
            seeds=tuple(range(first_seed, first_seed + self.seeds.value())),
            strategies=tuple(STRATEGIES) if self.scarce.isChecked() else (DEFAULT_STRATEGY,),
            time_limit_s=time_limit_s,
            vcpu=size.vcpu,
            memory_mb=size.memory_mb,
            keep_remote=self.keep.isChecked(),
        )

    def show_estimate(self, order: Order) -> None:
        """Say what an order will roughly cost and take."""
        self.words.setText(estimate(order).words)
