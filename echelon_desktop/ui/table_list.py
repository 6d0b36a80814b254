"""A list of the school's tables at the left of a page: a line each, painted on a common ground."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from echelon_desktop.ui.theme import SPACE, theme

Index = QModelIndex | QPersistentModelIndex
PaintLine = Callable[[QPainter, QRect, int, bool], None]
"""Paints the line of a row in a rectangle; the last argument says whether it is the selected one."""
RADIUS = 6


class TableList(QListView):
    """
    Shows the lines of a model; the current one says what the page shows.

    Parameters
    ----------
    model
        A row for each line.
    paint
        Paints what stands in a line; its ground and its frame are painted already.
    size
        Of a line, in pixels.
    name
        For those who cannot see the list.
    """

    def __init__(self, model: QAbstractItemModel, paint: PaintLine, size: QSize, name: str) -> None:
        super().__init__()
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(_Painter(self, paint, size))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFixedWidth(size.width())
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        theme().changed.connect(self.viewport().update)


class _Painter(QStyledItemDelegate):
    def __init__(self, parent: QListView, paint: PaintLine, size: QSize) -> None:
        super().__init__(parent)
        self._paint, self._size = paint, size

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, state = theme(), option.state
        rect: QRect = option.rect.adjusted(SPACE.s, 1, -SPACE.s, -1)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent_soft" if chosen else "sunken"))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(look.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        self._paint(painter, rect, index.row(), chosen)
        painter.restore()
