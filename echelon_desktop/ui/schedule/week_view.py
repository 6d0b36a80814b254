"""A week on screen: days across, periods down, a card for each section."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.weeks import Entry, Week
from echelon_desktop.ui.theme import SPACE, TYPE, theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ENTRY_HEIGHT = 46
SIDE_WIDTH = 44
LEAST_HEIGHT = 2 * ENTRY_HEIGHT


class WeekModel(QAbstractTableModel):
    """Serves a :class:`Week`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.week = Week((), (), {}, {})

    def set_week(self, week: Week) -> None:
        """Show another week."""
        if week.rows == self.week.rows and week.days == self.week.days:
            self.week = week
            if week.rows:
                last = self.index(len(week.rows) - 1, len(week.days) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.week = week
        self.endResetModel()

    def entries(self, index: Index) -> tuple[Entry, ...]:
        """Sections in a cell."""
        return self.week.entries.get((index.row(), index.column()), ())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Periods of a day."""
        return 0 if parent.isValid() else len(self.week.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Days."""
        return 0 if parent.isValid() else len(self.week.days)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words of a cell; the delegate paints the entries."""
        cell = (index.row(), index.column())
        if role == Role.DisplayRole:
            return "; ".join(entry.words for entry in self.week.entries.get(cell, ()))
        if role == Role.ToolTipRole:
            return self.week.words(cell) or None
        if role == Role.AccessibleTextRole:
            where = self.week.periods.get(cell)
            return f"{where}: {self.week.words(cell)}" if where else "no period"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Days above, numbers of the periods at the left."""
        if role == Role.DisplayRole:
            return (
                self.week.days[section]
                if orientation == Qt.Orientation.Horizontal
                else self.week.rows[section]
            )
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        return None


class WeekDelegate(QStyledItemDelegate):
    """Paints the sections of a cell as cards in the colours of the day."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model, look = index.model(), theme()
        if not isinstance(model, WeekModel):
            return
        cell = (index.row(), index.column())
        rect = option.rect.adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if cell not in model.week.periods:
            painter.restore()
            return
        entries = model.week.entries.get(cell, ())
        if entries:
            height = rect.height() // len(entries)
            for i, entry in enumerate(entries):
                part = QRect(
                    rect.left(), rect.top() + i * height, rect.width(), height - (i < len(entries) - 1) * 3
                )
                self._paint_entry(painter, part, entry, model.week.periods[cell], index.column())
        else:
            self._paint_nothing(painter, rect, model.week.periods[cell], cell in model.week.away)
        if option.state & QStyle.StateFlag.State_HasFocus:
            pen = painter.pen()
            pen.setColor(look.color("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, 6, 6)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for the entries."""
        model = index.model()
        number = len(model.entries(index)) if isinstance(model, WeekModel) else 1
        return QSize(160, ENTRY_HEIGHT * max(1, number) + 6)

    def _paint_entry(self, painter: QPainter, rect: QRect, entry: Entry, period: str, day: int) -> None:
        look = theme()
        ground, ink = look.tokens.day[day % len(look.tokens.day)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(rect, 6, 6)
        inner = rect.adjusted(SPACE.s + 2, 3, -SPACE.s, -3)
        painter.setPen(QColor(ink))
        painter.setFont(look.font(TYPE.small))
        period_width = painter.fontMetrics().horizontalAdvance(period) + SPACE.s
        top = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        bottom = QRect(inner.left(), top.bottom(), inner.width(), inner.height() - top.height())
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, period)
        painter.setFont(look.font(TYPE.body, QFont.Weight.DemiBold))
        top.setRight(top.right() - period_width)
        title = entry.title + (f" ({', '.join(entry.terms)})" if entry.terms else "")
        _draw(painter, top, title)
        painter.setFont(look.font(TYPE.small))
        _draw(painter, bottom, "  ·  ".join(part for part in (entry.line, entry.mark) if part))

    def _paint_nothing(self, painter: QPainter, rect: QRect, period: str, away: bool) -> None:
        look = theme()
        pen = painter.pen()
        pen.setColor(look.color("line_strong"))
        pen.setStyle(Qt.PenStyle.SolidLine if away else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(look.color("sunken") if away else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, 6, 6)
        inner = rect.adjusted(SPACE.s + 2, 3, -SPACE.s, -3)
        painter.setFont(look.font(TYPE.small))
        painter.setPen(look.color("text_soft"))
        painter.drawText(
            inner,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            "Unavailable" if away else "Free",
        )
        painter.drawText(
            QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            period,
        )


class WeekView(ReadingTable):
    """
    Shows a :class:`WeekModel`, whole where there is room for it.

    Columns share the width, rows are as high as their fullest cell.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self.week_model = WeekModel(parent)
        self._whole = LEAST_HEIGHT  # of the week that is shown
        super().__init__(self.week_model, name)
        self.setItemDelegate(WeekDelegate(self))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionsClickable(False)
        side = self.verticalHeader()
        side.setSectionsClickable(False)
        side.setHighlightSections(False)
        side.setFixedWidth(SIDE_WIDTH)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(ReadingTable.Shape.NoFrame)

    def show_week(self, week: Week) -> None:
        """Show another week, in as much height as it takes."""
        self.week_model.set_week(week)
        height = self.horizontalHeader().height() + 4
        for row in range(len(week.rows)):
            most = max(len(week.entries.get((row, column), ())) for column in range(len(week.days)))
            self.setRowHeight(row, ENTRY_HEIGHT * max(1, most) + 6)
            height += self.rowHeight(row)
        self._whole = height
        self.setMinimumHeight(min(height, LEAST_HEIGHT))
        self.setMaximumHeight(height)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The height of the week that is shown."""
        return QSize(super().sizeHint().width(), self._whole)


def _draw(painter: QPainter, rect: QRect, text: str) -> None:
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
