"""What stands beside a list of students, teachers or rooms: who is selected, and that one's week."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from echelon_desktop.ui.schedule.week_view import WeekView
from echelon_desktop.ui.schedule.weeks import Week
from echelon_desktop.ui.theme import SPACE


class WeekPane(QWidget):
    """
    Name, facts and week of the one selected, and the ways to other pages.

    ``opened`` is emitted with the section whose cell is opened. What belongs below the week is added to
    ``column``.

    Parameters
    ----------
    what
        Who has the week, in the singular ("student").
    """

    opened = Signal(str)

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.m)
        self.column.setSpacing(SPACE.s)
        self.title = QLabel()
        self.title.setProperty("kind", "lead")
        self.facts = QLabel()
        self.facts.setProperty("kind", "soft")
        self.facts.setWordWrap(True)
        self.board_button = QPushButton("Show on the board")
        self.data_button = QPushButton("Show in Data")
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.board_button)
        top.addWidget(self.data_button)
        self.column.addLayout(top)
        self.column.addWidget(self.facts)
        self.week = WeekView(f"Week of the {what}", self)
        self.week.opened.connect(self._on_opened)
        self.column.addWidget(self.week)

    def show_week(self, title: str, facts: Iterable[str], week: Week) -> None:
        """Show somebody's week; empty facts are left out."""
        self._enable(True)
        self.title.setText(title)
        self.facts.setText("  ·  ".join(fact for fact in facts if fact))
        self.week.show_week(week)

    def show_nobody(self) -> None:
        """Ask to select somebody."""
        self._enable(False)
        self.title.setText(f"Select a {self._what} to see the week")
        self.facts.clear()

    def section(self) -> str:
        """The first section of the cell with the focus; empty when there is none."""
        entries = self.week.week_model.entries(self.week.currentIndex())
        return entries[0].section if entries else ""

    def _enable(self, known: bool) -> None:
        self.week.setVisible(known)
        for button in (self.board_button, self.data_button):
            button.setEnabled(known)

    def _on_opened(self) -> None:
        section = self.section()
        if section:
            self.opened.emit(section)
