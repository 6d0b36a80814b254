"""The button that writes files: the school with its schedule, as CSV or Excel, and the comparison."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from echelon_desktop.model.csv_io import write_tables
from echelon_desktop.ui.messages import told

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
        menu.addAction("&Comparison as listed…").triggered.connect(lambda _checked: self.write_comparison())
        self.setMenu(menu)

    def write_comparison(self) -> None:
        """Ask for a folder and write the lists of the comparison there, a file each."""
        listed = self._page.listed_comparison()
        if listed is None:
            return
        beside = str(self._page.document.path.parent)
        name = QFileDialog.getExistingDirectory(self, "Folder to write to", beside)
        if name:
            with told(self, "The files were not written"):
                write_tables(
                    {f"comparison_{table.title.lower()}.csv": table.lines for table in listed.tables},
                    Path(name),
                )
                self._page.workspace.notice.emit("good", f"Written to {name}.")
