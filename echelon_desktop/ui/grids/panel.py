"""One sheet with its filter, its commands and its findings."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.columns import Column
from echelon_desktop.model.dataset import Changes, Edit
from echelon_desktop.model.demand import usual_size
from echelon_desktop.model.find_replace import Written, write_texts
from echelon_desktop.model.pasting import (
    Block,
    Pasted,
    format_block,
    parse_block,
    spread,
    without_titles,
    write_block,
)
from echelon_desktop.model.row_edits import consequences, delete_rows, duplicate_rows, next_id, write_rows
from echelon_desktop.model.sheets import RowId, Sheet
from echelon_desktop.model.wording import an, counted, listed
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.grids.model import GridModel, Marks
from echelon_desktop.ui.grids.refused import tell_refused
from echelon_desktop.ui.grids.replace_bar import ReplaceBar
from echelon_desktop.ui.grids.row_dialog import RowDialog
from echelon_desktop.ui.grids.view import GridView
from echelon_desktop.ui.messages import ask, told
from echelon_desktop.ui.page import empty_state
from echelon_desktop.ui.theme import SPACE, theme
from echelon_desktop.ui.workspace import Workspace

FILTER_MS = 150
NOT_MADE = "The change was not made"


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
        self.model = GridModel(
            self.document.dataset, sheet, None if self.document.read_only else self._write, self
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
        self.replace_bar = ReplaceBar(self.view, None if self.document.read_only else self._write_texts)
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

    # What the page calls ---------------------------------------------------------------------------

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
        if row is not None and gone and not self._go(row, column):
            self.view.choose(min(line, self.model.rowCount() - 1), column)  # what stands where it stood
        self._show_count()

    def here(self) -> tuple[RowId | None, int]:
        """Row and column of the current cell."""
        index = self.view.currentIndex()
        return (self.model.row_id(index.row()), index.column()) if index.isValid() else (None, 0)

    def show_row(self, row: RowId, field: str) -> bool:
        """Select a cell, giving up the filter if that hides it; False when there is no such row."""
        if self.model.place_of(row) < 0:
            self.filter.clear()
            self._on_filter()
        return self._go(row, self.model.column_of(field))

    def set_marks(self, marks: Marks) -> None:
        """Mark cells with findings."""
        self.model.set_marks(marks)
        number = sum(len(found) for (table, _, _), found in marks.items() if table == self.sheet.table)
        self.findings.setText(counted(number, "finding") if number else "No findings")
        for button in (self.previous_button, self.next_button):
            button.setEnabled(bool(marks))

    # Commands --------------------------------------------------------------------------------------

    def add_row(self) -> None:
        """Ask for the cells of a new row, and add it."""
        taken = list(map(str, self.document.dataset.table(self.sheet.table)))
        texts = {}
        if not self.sheet.names_another and not self.sheet.parts:
            texts[self.sheet.id_field] = next_id(taken) if taken else ""
        here, _ = self.here()
        if here is not None and self.sheet.table == "requests":
            texts[self.sheet.id_field] = here.key
        sections = self.document.school.sections.values()
        if self.sheet.table == "sections" and sections:
            texts["seats"] = str(usual_size(sections))
        dialog = RowDialog(self.document.dataset, self.sheet, texts, self)
        if not dialog.exec():
            return
        with told(self, NOT_MADE):
            self._apply(write_rows(self.document.dataset, self.sheet, {}, [dialog.values]))
            self._go_last(str(dialog.values[self.sheet.id_field]))

    def duplicate(self) -> None:
        """Copy the selected rows under the next free ids."""
        rows = self.selected_rows()
        if not rows:
            return
        with told(self, NOT_MADE):
            edit = duplicate_rows(self.document.dataset, self.sheet, rows)
            self._apply(edit)
            self._go_last(str(edit.changes[-1].key))

    def delete(self) -> None:
        """Delete the selected rows, once the user knows what goes with them."""
        rows = self.selected_rows()
        if not rows:
            return
        with told(self, NOT_MADE):
            edit = delete_rows(self.document.dataset, self.sheet, rows)
            also = consequences(edit, self.sheet.table)
            what = f"the {self.sheet.singular} {rows[0].key}" if len(rows) == 1 else f"{len(rows):,} rows"
            if also or len(rows) > 1:
                more = f"With it: {'; '.join(also)}.\n\n" if also else ""
                if not ask(
                    self, "Delete", f"Delete {what}?", "Delete", f"{more}Undo brings all of it back.", True
                ):
                    return
            line, (_, column) = self.view.lines()[0], self.here()
            self._apply(edit)
            self.view.choose(min(line, self.model.rowCount() - 1), column)

    def paste(self) -> None:
        """Write the clipboard's cells from the first selected cell on; more lines add rows."""
        block = parse_block(QGuiApplication.clipboard().text())
        if not block or self.document.read_only:
            return
        lines, columns = self.view.lines(), self.view.selected_columns()
        top, left = (lines[0], columns[0]) if lines else (self.model.rowCount(), 0)
        self._paste_at(block, top, left, (len(lines), len(columns)))

    def paste_new(self) -> None:
        """Add the clipboard's lines as rows below the last, from the first column on."""
        block = parse_block(QGuiApplication.clipboard().text())
        if block and not self.document.read_only:
            self._paste_at(block, self.model.rowCount(), 0, (0, 0))

    def _paste_at(self, block: Block, top: int, left: int, chosen: tuple[int, int]) -> None:
        block = without_titles(block, self.model.columns[left:])
        block = spread(block, *chosen)
        rows = [self.model.row_id(n) for n in range(top, min(top + len(block), self.model.rowCount()))]
        before = set(self.model.rows)
        pasted = self._write_block(self.model.columns[left:], rows, block, "Paste")
        if pasted is None or not (rows or pasted.added):
            return
        width = max(map(len, block))
        # A row that the block gave another id stays where it was, unless the table is sorted by it.
        places = {self.model.place_of(row) for row in rows} - {-1}
        places = places if len(places) == len(rows) else set(range(top, top + len(rows)))
        added = [row for row in self.model.rows if row not in before] if pasted.added else []
        # A new request stands with the others of its student, and a sorted table puts rows anywhere.
        seen = {self.model.place_of(row) for row in added} - {-1}
        self.view.choose_lines(places | seen, left, width)
        if places | seen:
            self.view.widen_columns(left, width, min(places | seen))
        words = [f"{counted(len(rows), 'row')} changed"] if rows else []
        words += [f"{counted(pasted.added, 'row')} added"] if pasted.added else []
        hint = "" if pasted.added else " Ctrl+Shift+V pastes as new rows."
        if len(seen) < len(added):
            hint = " The filter does not show all of them."
        self.workspace.notice.emit("note", f"Pasted: {listed(words)}.{hint}")

    def fill_down(self) -> None:
        """Write the first selected line into the others; of a single one, the line above into it."""
        lines, columns = self.view.lines(), self.view.selected_columns()
        if not lines or self.document.read_only:
            return
        source = lines[0] if len(lines) > 1 else lines[0] - 1
        targets = lines[1:] if len(lines) > 1 else lines
        if source < 0 or not targets:
            return
        texts = [self.model.text(source, n) for n in columns]
        rows = [self.model.row_id(n) for n in targets]
        self._write_block([self.model.columns[n] for n in columns], rows, [texts] * len(rows), "Fill")

    def replace(self) -> None:
        """Open the bar that finds and replaces; there is nothing to find in an empty sheet."""
        if self.model.rows:
            self.replace_bar.begin()

    def clear(self) -> None:
        """Blank the selected cells."""
        lines, columns = self.view.lines(), self.view.selected_columns()
        if not lines or self.document.read_only:
            return
        rows = [self.model.row_id(n) for n in lines]
        blank = [[""] * len(columns)] * len(rows)
        self._write_block([self.model.columns[n] for n in columns], rows, blank, "Clear")

    def copy(self) -> bool:
        """Put the selected cells on the clipboard, as a spreadsheet takes them."""
        lines, columns = self.view.lines(), self.view.selected_columns()
        if not lines:
            return False
        block = [[self.model.text(line, column) for column in columns] for line in lines]
        QGuiApplication.clipboard().setText(format_block(block))
        return True

    def selected_rows(self) -> list[RowId]:
        """The rows with a selected cell."""
        return [self.model.row_id(line) for line in self.view.lines()]

    # Writing ---------------------------------------------------------------------------------------

    def _write(self, row: RowId, column: Column, value: Any) -> bool:
        written = False
        with told(self, NOT_MADE):
            edit = write_rows(self.document.dataset, self.sheet, {row: {column.key: value}})
            self._apply(edit)
            written = True
            also = consequences(edit, self.sheet.table)
            if also:  # as students lose their seats where a section gets another course
                words = f"{edit.title}. With it: {'; '.join(also)}. Undo takes all of it back."
                self.workspace.notice.emit("note", words)
            if column.key == self.sheet.id_field and not self.view.currentIndex().isValid():
                self._go(RowId(value), self.model.column_of(column.key))
        return written

    def _write_block(
        self, columns: Sequence[Column], rows: list[RowId], block: Block, title: str
    ) -> Pasted | None:
        pasted = write_block(self.document.dataset, self.sheet, columns, rows, block, title)
        if pasted.edit is None:
            tell_refused(self, title, pasted)
            return None
        applied = False
        with told(self, NOT_MADE):
            self._apply(pasted.edit)
            applied = True
        return pasted if applied else None

    def _write_texts(self, cells: Sequence[Written], title: str) -> bool:
        written = write_texts(self.document.dataset, self.sheet, cells, title)
        if written.edit is None:
            tell_refused(self, "Replace", written)
            return False
        applied = False
        with told(self, NOT_MADE):
            self._apply(written.edit)
            applied = True
            also = consequences(written.edit, self.sheet.table)
            more = f" With it: {'; '.join(also)}." if also else ""
            self.workspace.notice.emit("note", f"{title}.{more} Undo takes all of it back.")
        return applied

    def _apply(self, edit: Edit) -> None:
        self.document.apply(edit)

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
        self.replace_button.clicked.connect(lambda _=False: self.replace())
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
            self.add_row,
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
        if row is None or not self._go(row, column):
            self.view.choose(0, column)
        self._show_count()

    def _go(self, row: RowId, column: int) -> bool:
        place = self.model.place_of(row)
        if place >= 0:
            self.view.choose(place, column)
        return place >= 0

    def _go_last(self, key: str) -> None:
        """Show the last row of a record; the filter must not hide what was just added."""
        parts = [row for row in self.model.rows if row.key == key]
        if parts:
            self.show_row(parts[-1], self.sheet.id_field)
            self._show_count()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
