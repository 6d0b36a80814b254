"""
The chart of a running solve: unmet requests falling, the bound rising, what lies between still open.

Drawn by hand: two stepped lines need no chart library, and the one at hand takes over a second to load.
"""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from echelon_desktop.ui.theme import TYPE, theme

MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 56, 96, 16, 34
STEPS = (1, 2, 5)
LINE_ROOM, LABEL_ROOM = 24, 64  # between lines and labels, so that they can be told apart
UNITS = ((3600, "h"), (60, "min"), (1, "s"))
RUSH = 0.05  # of the time there is: what falls from the sky at first would flatten all that follows
LEAST_UNITS = 4  # of a unit on the axis; fewer are told in the next smaller one


class ProgressChart(QWidget):
    """Add points with :meth:`add`; time runs to the right, requests up."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Unmet requests and bound over time")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clear(60.0)
        theme().changed.connect(self.update)

    def clear(self, limit_s: float) -> None:
        """Begin anew, with an axis of so many seconds."""
        self.limit_s = limit_s
        self.now = 0.0
        self.unmet: list[tuple[float, int]] = []
        self.bound: list[tuple[float, int]] = []
        self.update()

    def add(self, seconds: float, unmet: int | None, bound: int) -> None:
        """Add what is known at a moment."""
        if unmet is not None:
            self.unmet.append((seconds, unmet))
        self.bound.append((seconds, bound))
        last = f"{unmet:,} unmet, " if unmet is not None else ""
        self.setAccessibleDescription(f"After {seconds:.0f} s: {last}{bound:,} certainly")
        self.update()

    def reach(self, seconds: float) -> None:
        """Draw the lines up to a moment, although nothing new is known."""
        self.now = seconds
        self.update()

    def sizeHint(self) -> QSize:
        """As large as there is room, but not less than is readable."""
        return QSize(560, 260)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, the open region, the lines and their last values."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(MARGIN_LEFT, MARGIN_TOP, -MARGIN_RIGHT, -MARGIN_BOTTOM)
        top = self.top()
        now = max(self.now, self.bound[-1][0] if self.bound else 0.0)
        seconds = max(self.limit_s, now)
        self._draw_axes(painter, area, top, seconds)
        if not self.bound:
            return

        def point(at: float, value: float) -> QPointF:
            y = area.bottom() - area.height() * min(value, top) / top
            return QPointF(area.left() + area.width() * at / seconds, y)

        tokens = theme().tokens
        lines = ((self.bound, tokens.series[1], "certainly"), (self.unmet, tokens.series[0], "unmet"))
        taken: list[float] = []
        for values, color, word in lines:
            if not values:
                continue
            path = QPainterPath(point(*values[0]))
            for (_, before), (at, value) in pairwise(values):
                path.lineTo(point(at, before))
                path.lineTo(point(at, value))
            path.lineTo(point(now, values[-1][1]))
            style = Qt.PenStyle.SolidLine if word == "unmet" else Qt.PenStyle.DashLine
            painter.setPen(QPen(QColor(color), 2, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            y = point(now, values[-1][1]).y()
            # What is unmet is never below the bound, so its label goes above where both are close; below
            # are the words of the axis.
            y = min([y, *(other - 18 for other in taken if other - y < 18)])
            taken.append(y)
            painter.setFont(theme().font(TYPE.small))
            place = QRectF(point(now, 0).x() + 8, y - 10, MARGIN_RIGHT, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{values[-1][1]:,} {word}")

    def top(self) -> int:
        """
        Top of the scale: a little above all that is shown, or that is once the first rush is over.

        It is made smaller once at most, when the rush is over: a scale that moved would say that something
        had happened.
        """
        if not self.unmet:
            return 10
        most, rush = max(value for _, value in self.unmet), RUSH * self.limit_s
        if max(self.now, self.bound[-1][0]) > rush:
            at_its_end = [value for at, value in self.unmet if at <= rush][-1:]
            settled = max([*at_its_end, *(value for at, value in self.unmet if at > rush)])
            most = settled or most  # zero alone is seen on any scale
        return max(4, round(most * 1.15) + 1)

    def _draw_axes(self, painter: QPainter, area: QRectF, top: int, seconds: float) -> None:
        look = theme()
        painter.setFont(look.font(TYPE.small))
        for value in _ticks(top, round(area.height() / LINE_ROOM)):
            y = area.bottom() - area.height() * value / top
            painter.setPen(QPen(look.color("line"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(look.color("text_soft"))
            place = QRectF(0, y - 10, MARGIN_LEFT - 8, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:,}")
        painter.setPen(look.color("text_soft"))
        unit, word = next((u, w) for u, w in UNITS if seconds >= LEAST_UNITS * u or u == 1)
        for number in _ticks(int(seconds / unit), round(area.width() / LABEL_ROOM)):
            at = number * unit
            x = area.left() + area.width() * at / seconds
            text = f"{number:,} {word}"
            place = QRectF(x - 40, area.bottom() + 6, 80, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)


def _ticks(most: int, number: int) -> list[int]:
    """Round numbers from 0 to ``most``, no more than ``number`` of them (but two, and seven at most)."""
    wanted = max(1, min(6, number - 1))
    step, power = 1, 1
    while most // step > wanted:
        step = next((s * power for s in STEPS if most // (s * power) <= wanted), 10 * power)
        power *= 10
    return list(range(0, most + 1, step))
