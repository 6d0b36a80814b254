"""What dialogs have in common: how large they come up, and their head."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout

from echelon_desktop.ui.theme import SPACE

FRAME = QSize(16, 48)  # what a window manager adds to a window, at most


def resize_within_screen(dialog: QDialog, width: int, height: int) -> None:
    """
    Make a dialog so large (pixels), or as large as its screen has room for.

    Its buttons are at its foot, and could not be reached below the screen.
    """
    parent = dialog.parentWidget()
    room = (dialog if parent is None else parent).screen().availableGeometry().size()
    dialog.resize(QSize(width, height).boundedTo(room - FRAME))


def headed_column(dialog: QDialog, title: str, text: str) -> tuple[QVBoxLayout, QLabel]:
    """The column that fills a dialog, begun with its title and a line of explanation, and that line."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(SPACE.xl, SPACE.l, SPACE.xl, SPACE.l)
    column.setSpacing(SPACE.m)
    head = QLabel(title)
    head.setProperty("kind", "title")
    column.addWidget(head)
    words = QLabel(text)
    words.setProperty("kind", "soft")
    words.setWordWrap(True)
    column.addWidget(words)
    return column, words
