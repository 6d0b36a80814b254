"""How large a dialog comes up."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog

FRAME = QSize(16, 48)  # what a window manager adds to a window, at most


def resize_within_screen(dialog: QDialog, width: int, height: int) -> None:
    """
    Make a dialog so large (pixels), or as large as its screen has room for.

    Its buttons are at its foot, and could not be reached below the screen.
    """
    parent = dialog.parentWidget()
    room = (dialog if parent is None else parent).screen().availableGeometry().size()
    dialog.resize(QSize(width, height).boundedTo(room - FRAME))
