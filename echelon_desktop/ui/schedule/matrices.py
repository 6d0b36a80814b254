"""The tabs of the heat map and of the master grid."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QHeaderView, QLabel, QPushButton, QVBoxLayout

from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.tables import ROW_HEIGHT, ReadingTable
from echelon_desktop.ui.schedule.matrix import LEFT, MatrixModel
from echelon_desktop.ui.schedule.overview import Measure, heat_map, master_grid
from echelon_desktop.ui.schedule.tab import ScheduleTab
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.theme import SPACE, theme

SIDE_WIDTH = 176
LEAST_WIDTH = 76
LEAST_MASTER_WIDTH = 112


class HeatTab(ScheduleTab):
    """Seats against demand: courses or departments by periods."""

    def __init__(self) -> None:
        super().__init__()
        self._timetable: Timetable | None = None
        self.model = MatrixModel(parent=self)
        self.table = _matrix_table(self.model, "Seats by period", LEAST_WIDTH)
        self.filters = FilterRow("Course or department", "What is shown")
        self.filters.fill([(measure.value, measure) for measure in Measure])
        self.filters.words.below = self.table
        self.filters.changed.connect(self._show)
        self._by = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE.xs)
        for at, words in enumerate(("Courses", "Departments")):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setChecked(at == 0)
            self._by.addButton(button, at)
            row.addWidget(button)
        self._by.idClicked.connect(lambda _id: self._show())
        row.addSpacing(SPACE.m)
        row.addWidget(self.filters, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.xl, SPACE.m)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self.hint = QLabel(
            "Wanted: students who have the course then, and those with an unmet request for it who are free "
            "then. The darker, the fuller; where more is wanted than there are seats, a section is missing."
        )
        self.hint.setProperty("kind", "small")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)

    def show_timetable(self, timetable: Timetable) -> None:
        """Show another state."""
        self._timetable = timetable
        self._show()

    def tables(self) -> tuple[ReadingTable, ...]:
        """The heat map."""
        return (self.table,)

    def _show(self) -> None:
        if self._timetable is None:
            return
        measure = self.filters.choice.currentData() or Measure.WANTED
        self.model.set_matrix(heat_map(self._timetable, self._by.checkedId() == 1, measure))
        self.model.filter(self.filters.words.text())
        self.hint.setVisible(measure is Measure.WANTED)
        what = "department" if self._by.checkedId() == 1 else "course"
        self.filters.count(self.model.rowCount(), len(self.model.matrix.rows), what)


class MasterTab(ScheduleTab):
    """The master grid: courses by periods with teacher and section."""

    def __init__(self) -> None:
        super().__init__()
        self.model = MatrixModel(LEFT, self)
        self.table = _matrix_table(self.model, "Master grid", LEAST_MASTER_WIDTH)
        self.table.setWordWrap(True)
        self.filters = FilterRow("Course, teacher or section")
        self.filters.changed.connect(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.xl, SPACE.m)
        column.addWidget(self.filters)
        column.addWidget(self.table, 1)

    def show_timetable(self, timetable: Timetable) -> None:
        """Show another state."""
        self.model.set_matrix(master_grid(timetable))
        self._filter()

    def tables(self) -> tuple[ReadingTable, ...]:
        """The grid."""
        return (self.table,)

    def _filter(self) -> None:
        self.model.filter(self.filters.words.text())
        line = QFontMetrics(theme().font()).lineSpacing()
        for row in range(self.model.rowCount()):
            lines = max(
                (self.model.cell(row, c).text.count("\n") + 1 for c in range(self.model.columnCount())),
                default=1,
            )
            self.table.setRowHeight(row, max(ROW_HEIGHT, lines * line + SPACE.m))
        self.filters.count(self.model.rowCount(), len(self.model.matrix.rows), "course")


def _matrix_table(model: MatrixModel, name: str, least_width: int) -> ReadingTable:
    table = ReadingTable(model, name)
    table.setShowGrid(True)
    side = table.verticalHeader()
    side.setFixedWidth(SIDE_WIDTH)
    side.setSectionsClickable(False)
    side.setHighlightSections(False)
    side.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head = table.horizontalHeader()
    head.setMinimumSectionSize(least_width)
    head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    head.setSectionsClickable(False)
    return table
