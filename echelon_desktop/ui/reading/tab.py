"""What the tabs of a page have in common."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from echelon_desktop.ui.reading.tables import ReadingTable


class Tab(QWidget):
    """
    One view of what a page is about.

    ``go`` asks for another record of this page: table ("sections", "students", "teachers", "rooms") and key;
    ``leave`` for a record on another page: page, table and key.
    """

    go = Signal(str, str)
    leave = Signal(str, str, str)

    def select(self, key: str) -> None:
        """Select a record and bring it into view, whatever the filter says."""

    def tables(self) -> tuple[ReadingTable, ...]:
        """The tables that can be copied, the main one first."""
        return ()

    def begin(self) -> None:
        """Put the focus into the main table."""
        table = next((t for t in self.tables() if t.isVisibleTo(self)), None)  # or will be, with the tab
        if table is not None:
            table.setFocus(Qt.FocusReason.TabFocusReason)

    def copy(self) -> bool:
        """Copy from the table that has the focus, or the main one."""
        tables = self.tables()
        return next((t for t in tables if t.hasFocus()), tables[0]).copy() if tables else False
