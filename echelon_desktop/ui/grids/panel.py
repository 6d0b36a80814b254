"""One sheet with its filter, its commands and its findings."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.sheets import RowId, Sheet
from echelon_desktop.model.wording import an, counted
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.grids.commands import SheetCommands
from echelon_desktop.ui.grids.model import GridModel, Marks
from echelon_desktop.ui.grids.replace_bar import ReplaceBar
from echelon_desktop.ui.grids.view import GridView
from echelon_desktop.ui.page import empty_state
from echelon_desktop.ui.theme import SPACE, theme
from echelon_desktop.ui.workspace import Workspace

FILTER_MS = 150


class SheetPanel(QWidget):
    """
    A sheet of the school.

    Parameters
    ----------
    workspace
        Whose document it shows and changes.
    sheet
        Which.
    """

    wanted_finding = Signal(int)  # 1 the next, -1 the previous

    def __init__(self, workspace: Workspace, sheet: Sheet) -> None:
        super().__init__()
        self.workspace, self.document, self.sheet = workspace, workspace.document, sheet
        self.is_stale = False
        self.commands = SheetCommands(self)
        self.model = GridModel(
            self.document.dataset, sheet, None if self.document.read_only else self.commands.write, self
        )
        self.view = GridView(self.model)
        self.view.said.connect(self._say)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FILTER_MS)
        self._timer.timeout.connect(self._on_filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = self._make_bar()
        column.addWidget(self.bar)
        self.replace_bar = ReplaceBar(
            self.view, None if self.document.read_only else self.commands.write_texts
        )
        column.addWidget(self.replace_bar)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self._make_empty())
        column.addWidget(self.stack, 1)
        self.words = QLabel()
        self.words.setProperty("kind", "bad")
        self.words.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.words.setAccessibleName("Why the text is refused")
        self.words.hide()
        column.addWidget(self.words)
        theme().changed.connect(self._paint)
        self._paint()
        self._show_count()

    # What the page and the commands call ------------------------------------------------------------

    def follow(self, changes: Changes | None) -> None:
        """Show what an edit changed, staying where the user is."""
        row, column = self.here()
        line = self.view.currentIndex().row()
        columns = self.model.columns
        if changes is None:
            self.model.load()
        else:
            self.model.follow(changes)
        self.is_stale = False
        if self.model.columns != columns:
            self.view.fit_columns()
        gone = row is not None and not self.view.currentIndex().isValid()
        if row is not None and gone and not self.go(row, column):
            self.view.choose(min(line, self.model.rowCount() - 1), column)  # what stands where it stood
        self._show_count()

    def here(self) -> tuple[RowId | None, int]:
        """Row and column of the current cell."""
        index = self.view.currentIndex()
        return (self.model.row_id(index.row()), index.column()) if index.isValid() else (None, 0)

    def selected_rows(self) -> list[RowId]:
        """The rows with a selected cell."""
        return [self.model.row_id(line) for line in self.view.lines()]

    def show_row(self, row: RowId, field: str) -> bool:
        """Select a cell, giving up the filter if that hides it; False when there is no such row."""
        if self.model.place_of(row) < 0:
            self.filter.clear()
            self._on_filter()
        return self.go(row, self.model.column_of(field))

    def go(self, row: RowId, column: int) -> bool:
        """Select a cell; False when its row is not shown."""
        place = self.model.place_of(row)
        if place >= 0:
            self.view.choose(place, column)
        return place >= 0

    def go_last(self, key: str) -> None:
        """Show the last row of a record; the filter must not hide what was just added."""
        parts = [row for row in self.model.rows if row.key == key]
        if parts:
            self.show_row(parts[-1], self.sheet.id_field)
            self._show_count()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_marks(self, marks: Marks) -> None:
        """Mark cells with findings."""
        self.model.set_marks(marks)
        number = sum(len(found) for (table, _, _), found in marks.items() if table == self.sheet.table)
        self.findings.setText(counted(number, "finding") if number else "No findings")
        for button in (self.previous_button, self.next_button):
            button.setEnabled(bool(marks))

    # Showing ---------------------------------------------------------------------------------------

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, SPACE.s)
        row.setSpacing(SPACE.s)
        words = f"Filter {self.sheet.title.lower()}"
        self.filter = FilterField(words, words)
        self.filter.below = self.view
        self.filter.setFixedWidth(260)
        self.filter.setToolTip("Rows that hold all these words (Ctrl+F)")
        self.filter.textChanged.connect(lambda _text: self._timer.start())
        row.addWidget(self.filter)
        self.count = QLabel()
        self.count.setProperty("kind", "soft")
        row.addWidget(self.count)
        self.replace_button = QToolButton()
        self.replace_button.setProperty("kind", "quiet")
        self.replace_button.setProperty("sign", "search")
        self.replace_button.setToolTip("Find and replace (Ctrl+R)")
        self.replace_button.setAccessibleName("Find and replace")
        self.replace_button.clicked.connect(lambda _=False: self.commands.replace())
        row.addWidget(self.replace_button)
        row.addStretch(1)
        self.findings = QLabel("No findings")
        self.findings.setProperty("kind", "soft")
        row.addWidget(self.findings)
        self.previous_button = self._make_step("arrow-left", "Previous finding (Shift+F8)", -1)
        self.next_button = self._make_step("arrow-right", "Next finding (F8)", 1)
        row.addWidget(self.previous_button)
        row.addWidget(self.next_button)
        return bar

    def _make_step(self, icon: str, words: str, step: int) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "quiet")
        button.setProperty("sign", icon)
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: self.wanted_finding.emit(step))
        return button

    def _make_empty(self) -> QWidget:
        name = self.sheet.file.name
        writable = not self.document.read_only
        text = f"They come from {name}, or from here: add rows one by one, or paste them from a spreadsheet."
        return empty_state(
            "table-2",
            f"No {self.sheet.title.lower()} yet",
            text,
            f"Add {an(self.sheet.singular)}" if writable else "",
            self.commands.add_row,
        )

    def _paint(self) -> None:
        for button in (self.previous_button, self.next_button, self.replace_button):
            button.setIcon(theme().icon(str(button.property("sign"))))
        self.view.viewport().update()

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), len(self.model.rows)
        filtered = bool(self.filter.text().strip())
        rows = counted(total, "row")
        self.count.setText(f"Showing {shown:,} of {total:,}" if filtered else rows)
        self.stack.setCurrentIndex(0 if total else 1)
        self.bar.setVisible(bool(total))
        if not total:
            self.replace_bar.hide()

    def _say(self, text: str) -> None:
        self.words.setText(text)
        self.words.setVisible(bool(text))

    def _on_filter(self) -> None:
        self._timer.stop()
        row, column = self.here()
        self.model.filter(self.filter.text())
        if row is None or not self.go(row, column):
            self.view.choose(0, column)
        self._show_count()
