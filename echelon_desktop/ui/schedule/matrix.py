"""A table of cells with tones: courses down, periods across, as in the heat map and the master grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from echelon_desktop.ui.reading.records import COPIED
from echelon_desktop.ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
CENTER = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What a cell shows, its tone (an index of ``tokens.heat``, 0 is none), and what it means in words."""

    text: str
    tone: int = 0
    words: str = ""
    copied: str = ""  # in place of the text, where a spreadsheet would take that for a date


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows and columns of cells, ``cells[row][column]``."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[MatrixCell, ...], ...]


class MatrixModel(QAbstractTableModel):
    """Serves a :class:`Matrix`; its tones come from the tokens of the present appearance."""

    def __init__(self, align: Qt.AlignmentFlag = CENTER, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.matrix = Matrix((), (), ())
        self._align = align
        self._grounds: list[QColor] = []
        self._inks: list[QColor] = []
        self.visible: list[int] = []
        self._words: list[str] = []
        self._take_colors()
        theme().changed.connect(self._repaint)

    def set_matrix(self, matrix: Matrix) -> None:
        """Show another matrix; the filter stays."""
        self.beginResetModel()
        self.matrix = matrix
        self.visible = self._filtered()
        self.endResetModel()

    def filter(self, words: str) -> None:
        """Show only rows in whose title or cells all words occur."""
        self.beginResetModel()
        self._words = words.casefold().split()
        self.visible = self._filtered()
        self.endResetModel()

    def cell(self, row: int, column: int) -> MatrixCell:
        """A cell as shown."""
        return self.matrix.cells[self.visible[row]][column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Rows that are not filtered out."""
        return 0 if parent.isValid() else len(self.visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self.matrix.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, tone and words of a cell."""
        if role == Role.DisplayRole:
            return self.cell(index.row(), index.column()).text
        if role == COPIED:
            return self.cell(index.row(), index.column()).copied or None
        if role == Role.TextAlignmentRole:
            return self._align
        if role == Role.BackgroundRole:
            tone = self.cell(index.row(), index.column()).tone
            return self._grounds[tone] if tone else None
        if role == Role.ForegroundRole:
            tone = self.cell(index.row(), index.column()).tone
            return self._inks[tone] if tone else None
        if role == Role.AccessibleTextRole:
            row, cell = self.matrix.rows[self.visible[index.row()]], self.cell(index.row(), index.column())
            return f"{row}, {self.matrix.columns[index.column()]}: {cell.words or cell.text or 'nothing'}"
        if role == Role.ToolTipRole:
            return self.cell(index.row(), index.column()).words or None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles of rows and columns."""
        across = orientation == Qt.Orientation.Horizontal
        if role == Role.DisplayRole or (role == Role.ToolTipRole and not across):
            return self.matrix.columns[section] if across else self.matrix.rows[self.visible[section]]
        if role == Role.TextAlignmentRole and not across:
            return LEFT
        return None

    def _filtered(self) -> list[int]:
        def text(row: int) -> str:
            return " ".join([self.matrix.rows[row], *(c.text for c in self.matrix.cells[row])]).casefold()

        return [r for r in range(len(self.matrix.rows)) if all(word in text(r) for word in self._words)]

    def _take_colors(self) -> None:
        tokens = theme().tokens
        self._grounds = [QColor(color) for color in tokens.heat]
        self._inks = [ink_on(color) for color in self._grounds]

    def _repaint(self) -> None:
        self._take_colors()
        if self.visible:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Role.BackgroundRole, Role.ForegroundRole])


def ink_on(ground: QColor) -> QColor:
    """The one of the appearance's two inks that is easier to read on a ground."""
    tokens = theme().tokens
    inks: Sequence[QColor] = [QColor(tokens.text), QColor(tokens.surface)]
    return max(inks, key=lambda ink: contrast(ink, ground))


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
