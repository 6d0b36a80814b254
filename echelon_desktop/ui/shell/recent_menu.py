"""File → Open recent: the files of the start page, wherever one is."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from echelon_desktop.ui.shell import recent


class RecentMenu(QMenu):
    """``picked`` carries the path of a file; ``cleared`` comes when the list has been emptied."""

    picked = Signal(str)
    cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Open recen&t", parent)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """List the files as they are now; those that are gone are shown but cannot be chosen."""
        self.clear()
        paths = recent.recent_files()
        for number, path in enumerate(paths, 1):
            self._add(number, path)
        self.addSeparator()
        self.addAction("&Clear list", self._forget).setToolTip("The files themselves stay where they are.")
        # A menu that is disabled says that there is nothing; one that opens empty looks broken.
        self.menuAction().setEnabled(bool(paths))

    def _add(self, number: int, path: Path) -> None:
        gone = not path.exists()
        key = f"&{number}" if number < 10 else "1&0" if number == 10 else str(number)
        name = path.stem.replace("&", "&&") + ("  (not found)" if gone else "")
        action = self.addAction(f"{key}  {name}", lambda: self.picked.emit(str(path)))
        action.setEnabled(not gone)
        action.setToolTip(str(path.parent))
        action.setStatusTip(str(path.parent))

    def _forget(self) -> None:
        recent.forget_files()
        self.fill()
        self.cleared.emit()
