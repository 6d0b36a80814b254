"""A line of text that is cut where there is no room for it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class ElidedLabel(QLabel):
    """
    A text that ends in dots where it is too long, rather than make the window wider than a screen.

    Parameters
    ----------
    least
        Pixels of it that are always there.
    """

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least

    def minimumSizeHint(self) -> QSize:
        """Room for the beginning."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self._least), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as there is room for."""
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.style().drawItemText(
            QPainter(self), room, self.alignment(), self.palette(), True, text, self.foregroundRole()
        )
