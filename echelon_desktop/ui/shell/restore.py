"""Going back: the snapshots one named and the backups that were made by themselves."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout

from echelon_desktop.model.store import Backup, SchoolFile, Snapshot, backups, restore_backup
from echelon_desktop.ui.dialogs import resize_within_screen
from echelon_desktop.ui.messages import ask, told
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.theme import SPACE, soften_choice, theme

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow


class RestoreDialog(QDialog):
    """
    Lists what one can go back to, and goes back.

    Parameters
    ----------
    path
        The school file; the window's document is closed and opened again for a backup.
    """

    def __init__(self, path: Path, window: "MainWindow") -> None:
        super().__init__(window)
        self.path, self.main = path, window
        self.setWindowTitle(f"Restore {path.stem}")
        resize_within_screen(self, 560, 440)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        self.words = QLabel()
        self.words.setProperty("kind", "soft")
        self.words.setWordWrap(True)
        column.addWidget(self.words)
        self.list = QListWidget()
        soften_choice(self.list)  # its icons would not be seen on the strong accent
        self.list.setAccessibleName("Snapshots and backups")
        self.list.itemDoubleClicked.connect(lambda _item: self.restore())
        column.addWidget(self.list)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton("Restore", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("kind", "primary")
        buttons.accepted.connect(self.restore)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._fill()

    def restore(self) -> None:
        """Go back to the line chosen."""
        index = self.list.currentIndex()
        if not index.isValid():
            return
        point = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(point, Snapshot):
            document = self.main.document
            if document is not None:
                document.restore_snapshot(point.name)
        elif ask(
            self,
            "Restore a backup",
            f"{self.path.name} becomes what it was at {moment(str(point.when))}.",
            "Restore",
            "What it holds now becomes a backup itself.",
            danger=True,
        ):
            self.accept()
            _replace(self.main, self.path, point)
            return
        self.accept()

    def _fill(self) -> None:
        points: list[tuple[Snapshot | Backup, str, str]] = []
        if self.main.document is not None:
            points += [(s, f"Snapshot “{s.name}”", "camera") for s in _snapshots(self.main.document.file)]
        points += [(b, "Backup", "history") for b in backups(self.path)]
        for point, title, icon in points:
            item = QListWidgetItem(theme().icon(icon), f"{moment(str(point.when))}    {title}")
            item.setData(Qt.ItemDataRole.UserRole, point)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.go.setEnabled(bool(points))
        self.words.setText(
            "A snapshot comes back as a change that undo takes back. A backup replaces the whole file, "
            "its history included; the present file becomes a backup first."
            if points
            else "There are no snapshots or backups yet. Ctrl+S keeps a snapshot; a backup is made "
            "whenever a changed school is opened."
        )


def _replace(window: "MainWindow", path: Path, backup: Backup) -> None:
    """Put a backup in place of the file, which is closed meanwhile; a solve that runs is asked about."""
    if not window.leaving.ready(lambda: _replace(window, path, backup)):
        return
    reopen = window.document is not None
    window.close_document()
    with told(window, "Nothing was restored"):
        restore_backup(path, backup.path)
    if reopen:
        window.files.open_path(path)


def _snapshots(file: SchoolFile) -> list[Snapshot]:
    return list(reversed(file.snapshots()))
