"""Fields in a low window: every one can be reached, and none moves when the bar comes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLineEdit
from pytestqt.qtbot import QtBot

from echelon_desktop.ui.overflow import Overflow


def test_fields_are_scrolled_to_and_keep_their_width(qtbot: QtBot) -> None:
    rows = QFormLayout()
    fields = [QLineEdit() for _ in range(12)]
    for number, field in enumerate(fields):
        rows.addRow(f"Field {number}", field)
    shown = Overflow(rows)
    qtbot.addWidget(shown)
    assert shown.minimumSizeHint().height() < shown.sizeHint().height()
    shown.resize(shown.sizeHint())
    shown.show()
    qtbot.waitUntil(lambda: not shown.verticalScrollBar().isVisible())
    width = fields[0].width()

    shown.resize(shown.width(), shown.minimumSizeHint().height())
    qtbot.waitUntil(shown.verticalScrollBar().isVisible)
    qtbot.waitUntil(lambda: fields[0].width() == width)
    fields[-2].setFocus()
    qtbot.keyClick(fields[-2], Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: not fields[-1].visibleRegion().isEmpty())
    assert fields[-1].visibleRegion().boundingRect() == fields[-1].rect()
