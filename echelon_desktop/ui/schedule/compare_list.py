"""The three lists of the tab of comparisons: their columns, and what can be chosen of them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from echelon_desktop.solver.comparison import Side
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable, listed_texts
from echelon_desktop.ui.schedule.compare_lines import FigureLine, SectionLine, StudentLine
from echelon_desktop.ui.theme import SPACE

R = TypeVar("R")
Choices = Sequence[tuple[str, Callable[[R], bool] | None]]
"""What can be chosen: words, and the lines that they let through; None lets all through."""
# Columns that a school does not need which has no rooms, names or grades.
ROOM = 3
NAME, GRADE = 1, 2

SECTION_CHOICES: Choices[SectionLine] = (
    ("All changes", None),
    ("Meet elsewhere", lambda line: line.moved),
    ("Other teacher or room", lambda line: "→" in line.teachers + line.room),
)
STUDENT_CHOICES: Choices[StudentLine] = (
    ("All changes", None),
    ("Lose a request", lambda line: bool(line.change.only_there)),
    ("Gain a request", lambda line: bool(line.change.only_here)),
    ("Other sections or periods", lambda line: bool(line.elsewhere)),
)


class CompareList(QWidget, Generic[R]):
    """
    A filtered list of lines.

    Parameters
    ----------
    columns
        For scenarios without a name; :meth:`show_columns` gives others.
    key
        By which a line is found again.
    one, name
        What is listed, for screen readers and the count of lines: for one, and for several.
    words, choices
        What the field above the list says, and what can be chosen there; without them nothing stands above.
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        one: str,
        name: str,
        words: str = "",
        choices: Choices[R] = (),
    ) -> None:
        super().__init__()
        self.one, self.name, self._choices = one, name, choices
        self.model: RecordModel[R] = RecordModel(columns, key, self)
        self.table = ReadingTable(self.model, name.capitalize())
        self.table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)  # names may be long
        self.filters = FilterRow(words, f"Which {name}")
        self.filters.fill([(title, at) for at, (title, _) in enumerate(choices)])
        self.filters.words.below = self.table
        self.filters.changed.connect(self._filter)
        self.filters.setVisible(bool(choices))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        column.addWidget(self.filters)
        column.addWidget(self.table, 1)

    def show_columns(self, columns: Sequence[Column[R]]) -> None:
        """Take other titles; the widths stay as the user made them."""
        self.model.columns = tuple(columns)

    def show_lines(self, lines: Sequence[R]) -> None:
        """List other lines; the one selected stays so where it still is."""
        row = self.table.currentIndex().row()
        key = self.model.key_at(row) if 0 <= row < self.model.rowCount() else ""
        self.model.set_rows(lines)
        self._filter()
        self.table.choose(self.model.find(key) if key else -1)

    def key_at(self, row: int) -> str:
        """Key of a line as shown."""
        return self.model.key_at(row)

    def texts(self) -> list[list[str]]:
        """Titles and lines as shown, without columns that are hidden."""
        return listed_texts(self.table)

    def _filter(self) -> None:
        admits = self._choices[self.filters.choice.currentData()][1] if self._choices else None
        self.model.filter(self.filters.words.text(), admits)
        self.filters.count(self.model.rowCount(), len(self.model.rows), self.one, self.name)


def figure_columns(there: str = "", here: str = "") -> list[Column[FigureLine]]:
    """Columns of figures; ``there`` and ``here`` are the names of the scenarios, here as below."""
    return [
        Column("Figure", 300, lambda line: line.title),
        Column("Counts at", 84, lambda line: line.place),
        Column(
            there, 120, lambda line: f"{line.figure.there:,}", lambda line: line.figure.there, True, tip=there
        ),
        Column(
            here, 120, lambda line: f"{line.figure.here:,}", lambda line: line.figure.here, True, tip=here
        ),
        Column(
            "Better",
            150,
            lambda line: line.signed,
            lambda line: (list(Side).index(line.figure.better), line.better),
            spoken=lambda line: line.better,
            copied=lambda line: line.better,
        ),
    ]


def section_columns(there: str = "", here: str = "") -> list[Column[SectionLine]]:
    """Columns of sections."""
    return [
        Column("Section", 84, lambda line: line.section),
        Column("Course", 160, lambda line: line.title),
        Column("Teacher", 170, lambda line: line.teachers),
        Column("Room", 110, lambda line: line.room),
        Column(there, 120, lambda line: line.there, lambda line: _first(line.there_mask), tip=there),
        Column(here, 120, lambda line: line.here, lambda line: _first(line.here_mask), tip=here),
    ]


def student_columns(there: str = "", here: str = "") -> list[Column[StudentLine]]:
    """Columns of students; requests are sorted by their number."""
    return [
        Column("Student", 84, lambda line: line.change.student),
        Column("Name", 120, lambda line: line.name),
        Column("Grade", 56, lambda line: line.grade),
        Column(
            f"Met only in {there}",
            150,
            lambda line: line.only_there,
            lambda line: len(line.change.only_there),
            tip=f"Requests that are met in {there} and not in {here}",
        ),
        Column(
            f"Met only in {here}",
            150,
            lambda line: line.only_here,
            lambda line: len(line.change.only_here),
            tip=f"Requests that are met in {here} and not in {there}",
        ),
        Column("Other sections or periods", 200, lambda line: line.elsewhere),
    ]


def _first(mask: int) -> tuple[bool, int]:
    """Sections by their first slot, those without a place last."""
    return not mask, mask & -mask
