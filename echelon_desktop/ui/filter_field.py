"""The field of words above a table: Ctrl+F goes to it, Esc empties it, Down and Enter go on in the table."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

DOWN = {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FilterField(QLineEdit):
    """
    A line of words that narrows what is shown below.

    Parameters
    ----------
    placeholder
        What can be typed.
    name
        For screen readers.

    Attributes
    ----------
    below
        What is filtered, to which Down and Enter go; None where that does not take keys.
    """

    def __init__(self, placeholder: str, name: str = "Filter") -> None:
        super().__init__()
        self.below: QWidget | None = None
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)

    def begin(self) -> None:
        """Put the focus here; what stands here is replaced by what is typed."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field with Esc, leave it downward with Down or Enter."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in DOWN and self.below is not None and self.below.isVisible():
            self.below.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
