"""The list of sheets: title, number of rows, and the worst that was found in each."""

from functools import partial

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter

from echelon_desktop.model.findings import Severity
from echelon_desktop.model.sheets import SHEETS
from echelon_desktop.ui.grids.model import SIGNS, TOKENS, Index, Role
from echelon_desktop.ui.table_list import TableList
from echelon_desktop.ui.theme import SPACE, TYPE, theme

WIDTH = 184
HEIGHT = 34
SIGN = 16
WORDS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTE: "notes"}


class SheetListModel(QAbstractListModel):
    """A line for each sheet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counts: dict[str, int] = {}
        self.worst: dict[str, Severity | None] = {}

    def show(self, counts: dict[str, int], worst: dict[str, Severity | None]) -> None:
        """Show numbers of rows, and the worst finding of each table."""
        self.counts, self.worst = counts, worst
        self.dataChanged.emit(self.index(0), self.index(len(SHEETS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """As many as there are sheets."""
        return 0 if parent.isValid() else len(SHEETS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """Title, and what is said of it."""
        sheet = SHEETS[index.row()]
        if role == Role.DisplayRole:
            return sheet.title
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            worst = self.worst.get(sheet.table)
            found = f", {WORDS[worst]} found" if worst else ""
            return f"{sheet.title}, {self.counts.get(sheet.table, 0):,} rows{found}"
        return None


class SheetList(TableList):
    """Shows the sheets; the current line is the one on the screen."""

    def __init__(self) -> None:
        self.sheets = SheetListModel()
        super().__init__(
            self.sheets, partial(_paint, self.sheets), QSize(WIDTH, HEIGHT), "Tables of the school"
        )


def _paint(model: SheetListModel, painter: QPainter, rect: QRect, row: int, chosen: bool) -> None:
    sheet, look = SHEETS[row], theme()
    count = model.counts.get(sheet.table, 0)
    painter.setPen(look.color("on_accent_soft" if chosen else "text" if count else "text_soft"))
    painter.setFont(look.font())
    words = rect.adjusted(SPACE.m, 0, -SPACE.m, 0)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, sheet.title)
    worst = model.worst.get(sheet.table)
    if worst:
        left = words.left() + painter.fontMetrics().horizontalAdvance(sheet.title) + SPACE.s
        top = rect.top() + (rect.height() - SIGN) // 2
        look.icon(SIGNS[worst], TOKENS[worst]).paint(painter, left, top, SIGN, SIGN)
    painter.setPen(look.color("on_accent_soft" if chosen else "text_soft"))
    painter.setFont(look.font(TYPE.small))
    painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, f"{count:,}" if count else "–")
