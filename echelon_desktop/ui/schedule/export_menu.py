"""The button that writes files: the school with its schedule, as CSV or Excel, and the comparison."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from echelon_desktop.ui.paper.listed import Listed
from echelon_desktop.ui.paper.spreadsheets import save_as_csv, save_as_workbook
from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from echelon_desktop.ui.schedule.page import SchedulePage


class ExportButton(QPushButton):
    """Opens the menu of what can be written to files."""

    def __init__(self, page: "SchedulePage") -> None:
        super().__init__("Export")
        self._page = page
        self.setToolTip("Write files, as spreadsheets open them")
        menu = QMenu(self)
        menu.addAction("School and &schedule…").triggered.connect(
            lambda _checked: page.workspace.act.emit("export")
        )
        menu.addAction("School and schedule as Excel &workbook…").triggered.connect(
            lambda _checked: page.workspace.act.emit("export-workbook")
        )
        menu.addAction("For &Aeries…").triggered.connect(
            lambda _checked: page.workspace.act.emit("export-aeries")
        )
        menu.addAction("&Comparison as CSV files…").triggered.connect(
            lambda _checked: self.write_comparison(save_as_csv)
        )
        menu.addAction("Comparison as E&xcel workbook…").triggered.connect(
            lambda _checked: self.write_comparison(save_as_workbook)
        )
        self.setMenu(menu)

    def write_comparison(self, save: Callable[[QWidget, Workspace, Listed], None]) -> None:
        """Write the lists of the comparison; where none is shown, how to get one is told."""
        listed = self._page.listed_comparison()
        if listed is not None:
            save(self, self._page.workspace, listed)
