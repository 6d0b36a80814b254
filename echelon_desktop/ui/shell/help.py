"""Help: every action with its key, and who made what."""

from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop import __version__
from echelon_desktop.ui.actions import ACTIONS, Actions, plain_title
from echelon_desktop.ui.dialogs import resize_within_screen
from echelon_desktop.ui.shell import page_keys
from echelon_desktop.ui.theme import SPACE


class ShortcutsDialog(QDialog):
    """The table of actions."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        resize_within_screen(self, 680, 560)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        lines = [(plain_title(spec), actions[spec.id].shortcut().toString(), spec.help) for spec in ACTIONS]
        lines += page_keys.lines()
        table = self.table = QTableWidget(len(lines), 3)
        table.setAccessibleName("Actions and keys")
        table.setTabKeyNavigation(False)
        table.setHorizontalHeaderLabels(["Action", "Key", "What it does"])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        for row, line in enumerate(lines):
            for at, text in enumerate(line):
                table.setItem(row, at, QTableWidgetItem(text))
        table.resizeColumnsToContents()
        for column_of_words in (0, 1):
            table.setColumnWidth(column_of_words, table.columnWidth(column_of_words) + SPACE.l)
        table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        column.addWidget(table)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


ABOUT_WIDTH = 420  # its lines are wrapped; by themselves they would ask for a narrow column


class AboutDialog(QDialog):
    """Version, licences, versions of the libraries."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Echelon Desktop")
        self.setMinimumWidth(ABOUT_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        for text, kind in (
            ("Echelon Desktop", "title"),
            (f"Version {__version__}", "soft"),
            ("Builds a high school's master schedule from its course requests, and says how good it is.", ""),
            (_libraries(), "small"),
            ("Font: Inter (SIL Open Font License). Icons: Lucide (ISC License).", "small"),
        ):
            label = QLabel(text)
            label.setProperty("kind", kind)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _libraries() -> str:
    names = ("PySide6-Essentials", "ortools", "numba", "numpy", "SQLAlchemy")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)
