"""The field of words above a table: Ctrl+F goes to it, Esc empties it, Down and Enter go on in the table."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
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

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the school's where there is nothing of the field's own to take back."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if (event.matches(undo) and not self.isUndoAvailable()) or (
                event.matches(redo) and not self.isRedoAvailable()
            ):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field with Esc, leave it downward with Down or Enter."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.setText("")  # and with it what could be undone, which clear() keeps
        elif event.key() in DOWN and self.below is not None and self.below.isVisible():
            self.below.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)
