"""How the tables of the page look, and how a block of them is copied."""

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from echelon_desktop.model.csv_io import neutralised
from echelon_desktop.model.pasting import format_block
from echelon_desktop.ui.reading.records import COPIED, RIGHT, SHARE, RecordModel
from echelon_desktop.ui.theme import SPACE, theme

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 30
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,2}(,\d{3})*|[1-9]\d{0,14})(\.\d+)?")
BAR_HEIGHT = 3
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellDelegate(QStyledItemDelegate):
    """Paints text in line with the headers, and below it a bar where the model gives a share."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look, rect = theme(), option.rect
        chosen = chosen_colors(option)
        if chosen is not None:
            painter.fillRect(rect, look.color(chosen[0]))
        inner = rect.adjusted(SPACE.s, 0, -SPACE.s, 0)
        share = index.data(SHARE)
        if share is not None:
            self._paint_bar(painter, inner, share, chosen is not None and chosen[0] == "accent")
        painter.setFont(option.font)
        painter.setPen(look.color("text" if chosen is None else chosen[1]))
        side = index.data(Qt.ItemDataRole.TextAlignmentRole) or LEFT
        text = option.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, inner.width() + 1
        )
        painter.drawText(inner, side, text)

    def _paint_bar(self, painter: QPainter, rect: QRect, share: float, chosen: bool) -> None:
        look = theme()
        track = QRect(rect)
        track.setTop(rect.bottom() - BAR_HEIGHT)
        track.setHeight(BAR_HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("on_accent_soft" if chosen else "line"))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        track.setWidth(round(track.width() * min(1.0, share)))
        painter.setBrush(look.color("on_accent" if chosen else "bad" if share > 1 else "accent"))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.restore()


def chosen_colors(option: QStyleOptionViewItem) -> tuple[str, str] | None:
    """Ground and ink of a selected row, strong where the keys go and pale elsewhere; None of another row."""
    if not option.state & QStyle.StateFlag.State_Selected:
        return None
    table = option.widget
    focused = table is None or table.hasFocus()
    return ("accent", "on_accent") if focused else ("accent_soft", "on_accent_soft")


class ReadingTable(QTableView):
    """
    A table to read and copy from. ``opened`` follows a double click, or Enter, on a row.

    Parameters
    ----------
    model
        What it shows; sortable by its headers when it is a :class:`RecordModel`.
    name
        For screen readers.
    """

    opened = Signal(QModelIndex)
    moved = Signal(int)  # row that has become the current one

    def __init__(self, model: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFixedHeight(ROW_HEIGHT + 2)
        if isinstance(model, RecordModel):
            side.hide()
            self.setItemDelegate(CellDelegate(self))
            self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
            head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            head.setSortIndicatorClearable(True)
            self.setSortingEnabled(True)
            for at, column in enumerate(model.columns):
                self.setColumnWidth(at, column.width)
            head.setStretchLastSection(True)
        self.doubleClicked.connect(self.opened)
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self.moved.emit(now.row()))

    def choose(self, row: int) -> None:
        """Make a row the current one and bring it into view."""
        if row >= 0:
            index = self.model().index(row, max(0, self.currentIndex().column()))
            self.setCurrentIndex(index)
            self.scrollTo(index, QTableView.ScrollHint.PositionAtCenter)

    def copy(self) -> bool:
        """Copy what is selected here with its headers, or everything when the focus is elsewhere."""
        model = self.model()
        selected = self.selectedIndexes() if self.hasFocus() else []
        rows = sorted({index.row() for index in selected}) or list(range(model.rowCount()))
        columns = sorted({index.column() for index in selected}) or list(range(model.columnCount()))
        if rows and columns:
            QGuiApplication.clipboard().setMimeData(clipping(table_block(model, rows, columns)))
        return bool(rows and columns)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the current row; the copy key copies as the menu does."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


def table_block(model: QAbstractItemModel, rows: Sequence[int], columns: Sequence[int]) -> list[list[str]]:
    """Cells with their headers above, and at the left where rows have any; formulas made harmless."""
    return [[_harmless(text) for text in line] for line in table_texts(model, rows, columns)]


def table_texts(model: QAbstractItemModel, rows: Sequence[int], columns: Sequence[int]) -> list[list[str]]:
    """Cells as they are, with the same headers."""
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    named = any(model.headerData(row, down) not in (None, row + 1) for row in rows[:1])
    block = [[*([""] if named else []), *(str(model.headerData(c, across) or "") for c in columns)]]
    for row in rows:
        cells = [model.index(row, column) for column in columns]
        texts = [str(cell.data(COPIED) or cell.data() or "") for cell in cells]
        block.append([*([str(model.headerData(row, down) or "")] if named else []), *texts])
    return block


def listed_texts(table: QTableView) -> list[list[str]]:
    """Headers, then all rows of a table as shown, without columns that are hidden."""
    model = table.model()
    return table_texts(model, range(model.rowCount()), _shown_columns(table))


def listed_numbers(table: QTableView) -> frozenset[int]:
    """Which columns of :func:`listed_texts` hold numbers: those that stand at the right."""
    model, side = table.model(), Qt.ItemDataRole.TextAlignmentRole
    shown = enumerate(_shown_columns(table))
    return frozenset(i for i, column in shown if model.index(0, column).data(side) == RIGHT)


def _shown_columns(table: QTableView) -> list[int]:
    return [c for c in range(table.model().columnCount()) if not table.isColumnHidden(c)]


def clipping(block: list[list[str]]) -> QMimeData:
    """A block for the clipboard: as text, and as a table in which "0042" stays what it is."""
    data = QMimeData()
    data.setText(format_block(block))
    lines = "".join(f"<tr>{''.join(map(_html_cell, line))}</tr>" for line in block)
    data.setHtml(f'<meta charset="utf-8"><table>{lines}</table>')
    return data


def _html_cell(text: str) -> str:
    # Excel's own style for "this is text"; other spreadsheets ignore it.
    style = "" if _is_plain_number(text) else ' style="mso-number-format:\\@"'
    return f"<td{style}>{escape(text).replace(chr(10), '<br>')}</td>"


def _is_plain_number(text: str) -> bool:
    """A number that loses nothing when it is read as one, unlike an id with zeros in front."""
    return _NUMBER.fullmatch(text) is not None


def _harmless(text: str) -> str:
    """The text, unless a spreadsheet would run it as a formula."""
    return text if _is_plain_number(text) else neutralised(text)
