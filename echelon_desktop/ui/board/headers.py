"""The heads of the board: periods above, teachers at the left."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from echelon_desktop.ui.board.cards import BoardRow
from echelon_desktop.ui.board.painting import CARD_HEIGHT, GAP, day_ground
from echelon_desktop.ui.theme import SPACE, TYPE, theme

TEACHER_WIDTH, MOST_TEACHER_WIDTH = 152, 264


class DayHeader(QHeaderView):
    """The periods, each in the colours of its day."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.days: dict[int, int] = {}
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFixedHeight(34)

    def paintSection(self, painter: QPainter, rect: QRect, column: int) -> None:
        """Paint one head."""
        look = theme()
        surface, ink = (
            day_ground(self.days[column])
            if column in self.days
            else (look.color("sunken"), look.color("text_soft"))
        )
        painter.fillRect(rect, surface)
        painter.setPen(look.color("line"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(ink)
        painter.setFont(look.font(TYPE.body))
        text = self.model().headerData(column, Qt.Orientation.Horizontal)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(text))


class TeacherHeader(QHeaderView):
    """The teachers, each above the department: two lines, of which each is cut by itself where it must be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(CARD_HEIGHT + 2 * GAP + 1)
        self.setFixedWidth(TEACHER_WIDTH)

    def fit(self, rows: Iterable[BoardRow]) -> None:
        """Make the longest line fit, within limits."""
        titles, departments = map(QFontMetrics, _teacher_fonts())
        widths = [
            width
            for row in rows
            for width in (
                titles.horizontalAdvance(row.title),
                departments.horizontalAdvance(row.department),
            )
        ]
        width = min(MOST_TEACHER_WIDTH, max(TEACHER_WIDTH, max(widths, default=0) + 2 * SPACE.m))
        if self.width() != width:
            self.setFixedWidth(width)

    def paintSection(self, painter: QPainter, rect: QRect, row: int) -> None:
        """Paint one head."""
        look = theme()
        painter.fillRect(rect, look.color("sunken"))
        painter.setPen(look.color("line"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = str(self.model().headerData(row, Qt.Orientation.Vertical))
        room = rect.adjusted(SPACE.m, 0, -SPACE.s, 0)
        lines = list(zip(text.split("\n"), _teacher_fonts(), ("text", "text_soft"), strict=False))
        heights = [QFontMetrics(font).height() for _, font, _ in lines]
        top = room.center().y() - sum(heights) // 2
        for (line, font, color), height in zip(lines, heights, strict=True):
            painter.setFont(font)
            painter.setPen(look.color(color))
            shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            place = QRect(room.left(), top, room.width(), height)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            top += height


def _teacher_fonts() -> tuple[QFont, QFont]:
    return theme().font(TYPE.body), theme().font(TYPE.small)
