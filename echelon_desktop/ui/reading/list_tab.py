"""A tab with a filtered list at the left, and at the right what belongs to the record selected there."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import RecordModel
from echelon_desktop.ui.reading.tab import Tab
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.theme import SPACE

R = TypeVar("R")


class ListTab(Tab, Generic[R]):
    """
    Base of the tabs of sections, students, teachers, courses and what else is listed.

    ``chosen`` is emitted with the row whose record is to be shown at the right; -1 is none.

    Parameters
    ----------
    model, filters
        The list and what stands above it.
    what
        What is listed, in the plural ("sections").
    """

    chosen = Signal(int)

    def __init__(self, model: RecordModel[R], filters: FilterRow, what: str) -> None:
        super().__init__()
        self.model, self.filters, self.what = model, filters, what
        model.setParent(self)
        self.table = ReadingTable(model, what.capitalize())
        self.table.moved.connect(self.chosen)
        filters.words.below = self.table
        filters.changed.connect(self.filter)
        self.left = QVBoxLayout()
        self.left.setContentsMargins(SPACE.xl, SPACE.m, SPACE.m, SPACE.m)
        self.left.addWidget(filters)
        self.left.addWidget(self.table, 1)

    def admits(self) -> Callable[[R], bool] | None:
        """The condition that the choice above the list makes; None admits all."""
        return None

    def make_side(self, table: QWidget, *buttons: QPushButton) -> QWidget:
        """What belongs to the selected record: ``title`` and ``facts`` in words, a table, and buttons."""
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.m)
        self.title, self.facts = QLabel(), QLabel()
        for label, kind in ((self.title, "lead"), (self.facts, "soft")):
            label.setProperty("kind", kind)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(table, 1)
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return side

    def lay_out(self, side: QWidget, sizes: list[int], stretched: int) -> None:
        """Put list and side next to each other; the ``stretched`` one (0 or 1) takes what is left."""
        left = QWidget()
        left.setLayout(self.left)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(side)
        splitter.setStretchFactor(stretched, 1)
        splitter.setSizes(sizes)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    @property
    def selected(self) -> str:
        """Key of the record that is selected, empty when none is."""
        row = self.table.currentIndex().row()
        return self.model.key_at(row) if 0 <= row < self.model.rowCount() else ""

    def select(self, key: str) -> None:
        """Select a record; the filter is cleared when it hides it."""
        if self.model.find(key) < 0:
            self.filters.clear()
        self.table.choose(self.model.find(key))

    def set_rows(self, rows: list[R]) -> None:
        """List other records; the one selected stays so where it still is."""
        key = self.selected
        self.model.set_rows(rows)
        self.filter(key)

    def filter(self, key: str = "") -> None:
        """List what the filter lets through, with the same record selected, or else the first."""
        key = key or self.selected
        self.model.filter(self.filters.words.text(), self.admits())
        self.filters.count(self.model.rowCount(), len(self.model.rows), self.what.removesuffix("s"))
        row = self.model.find(key) if key else -1
        row = row if row >= 0 else min(0, self.model.rowCount() - 1)
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self.chosen.emit(row)
