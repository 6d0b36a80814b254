"""The list of all changes of the school file; choosing a line goes back, or forth, to it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.ui.dialogs import resize_within_screen
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.theme import SPACE, soften_choice, theme


class HistoryDialog(QDialog):
    """
    Every change since the file was made, the present one marked.

    Parameters
    ----------
    document
        Whose history it is.
    """

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self.document = document
        self.setWindowTitle("History")
        resize_within_screen(self, 560, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        words = QLabel(
            "Choose a line to have everything as it was then. Nothing is lost until you change something."
        )
        words.setProperty("kind", "soft")
        words.setWordWrap(True)
        column.addWidget(words)
        self.list = QListWidget()
        soften_choice(self.list)  # its icons would not be seen on the strong accent
        self.list.setAccessibleName("Changes")
        self.list.setEnabled(not document.read_only)
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        column.addWidget(self.list)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.refresh()

    def refresh(self) -> None:
        """Show the history as it is now, the newest first."""
        self.list.clear()
        for entry in reversed(self.document.file.history()):
            item = QListWidgetItem(f"{moment(entry.when)}    {entry.title}")
            item.setData(Qt.ItemDataRole.UserRole, entry.seq)
            item.setIcon(
                theme().icon(
                    "circle-check" if entry.current else "history",
                    "accent" if entry.current else "text_faint",
                )
            )
            if not entry.done:
                item.setForeground(theme().color("text_faint"))
                item.setText(f"{item.text()}  (taken back)")
            self.list.addItem(item)
            if entry.current:
                self.list.setCurrentItem(item)

    def _on_activated(self, item: QListWidgetItem) -> None:
        with told(self, "The change could not be made"):
            self.document.go_to(item.data(Qt.ItemDataRole.UserRole))
        self.refresh()
