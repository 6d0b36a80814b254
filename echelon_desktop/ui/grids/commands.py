"""What a user does to a sheet: rows and cells added, pasted, filled, deleted, each as one change."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from echelon_desktop.model.columns import Column
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
from echelon_desktop.model.sheets import RowId
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.ui.grids.model import GridModel
from echelon_desktop.ui.grids.refused import tell_refused
from echelon_desktop.ui.grids.row_dialog import RowDialog
from echelon_desktop.ui.grids.view import GridView
from echelon_desktop.ui.messages import ask, told

if TYPE_CHECKING:
    from echelon_desktop.ui.grids.panel import SheetPanel

NOT_MADE = "The change was not made"


class SheetCommands:
    """
    The commands of a sheet.

    Parameters
    ----------
    panel
        Whose sheet it is; its selection says where, and it shows what came of it.
    """

    def __init__(self, panel: "SheetPanel") -> None:
        self.panel = panel
        self.document, self.sheet = panel.document, panel.sheet
        self._notice = panel.workspace.notice

    @property
    def _model(self) -> GridModel:
        return self.panel.model

    @property
    def _view(self) -> GridView:
        return self.panel.view

    # Rows ------------------------------------------------------------------------------------------

    def add_row(self) -> None:
        """Ask for the cells of a new row, and add it."""
        taken = list(map(str, self.document.dataset.table(self.sheet.table)))
        texts = {}
        if not self.sheet.names_another and not self.sheet.parts:
            texts[self.sheet.id_field] = next_id(taken) if taken else ""
        here, _ = self.panel.here()
        if here is not None and self.sheet.table == "requests":
            texts[self.sheet.id_field] = here.key
        sections = self.document.school.sections.values()
        if self.sheet.table == "sections" and sections:
            texts["seats"] = str(usual_size(sections))
        dialog = RowDialog(self.document.dataset, self.sheet, texts, self.panel)
        if not dialog.exec():
            return
        with told(self.panel, NOT_MADE):
            self.document.apply(write_rows(self.document.dataset, self.sheet, {}, [dialog.values]))
            self.panel.go_last(str(dialog.values[self.sheet.id_field]))

    def duplicate(self) -> None:
        """Copy the selected rows under the next free ids."""
        rows = self.panel.selected_rows()
        if not rows:
            return
        with told(self.panel, NOT_MADE):
            edit = duplicate_rows(self.document.dataset, self.sheet, rows)
            self.document.apply(edit)
            self.panel.go_last(str(edit.changes[-1].key))

    def delete(self) -> None:
        """Delete the selected rows, once the user knows what goes with them."""
        rows = self.panel.selected_rows()
        if not rows:
            return
        with told(self.panel, NOT_MADE):
            edit = delete_rows(self.document.dataset, self.sheet, rows)
            also = consequences(edit, self.sheet.table)
            what = f"the {self.sheet.singular} {rows[0].key}" if len(rows) == 1 else f"{len(rows):,} rows"
            if also or len(rows) > 1:
                more = f"With it: {'; '.join(also)}.\n\n" if also else ""
                after = f"{more}Undo brings all of it back."
                if not ask(self.panel, "Delete", f"Delete {what}?", "Delete", after, danger=True):
                    return
            line, (_, column) = self._view.lines()[0], self.panel.here()
            self.document.apply(edit)
            self._view.choose(min(line, self._model.rowCount() - 1), column)

    # Cells -----------------------------------------------------------------------------------------

    def paste(self) -> None:
        """Write the clipboard's cells from the first selected cell on; more lines add rows."""
        block = parse_block(QGuiApplication.clipboard().text())
        if not block or self.document.read_only:
            return
        lines, columns = self._view.lines(), self._view.selected_columns()
        top, left = (lines[0], columns[0]) if lines else (self._model.rowCount(), 0)
        self._paste_at(block, top, left, (len(lines), len(columns)))

    def paste_new(self) -> None:
        """Add the clipboard's lines as rows below the last, from the first column on."""
        block = parse_block(QGuiApplication.clipboard().text())
        if block and not self.document.read_only:
            self._paste_at(block, self._model.rowCount(), 0, (0, 0))

    def _paste_at(self, block: Block, top: int, left: int, chosen: tuple[int, int]) -> None:
        block = without_titles(block, self._model.columns[left:])
        block = spread(block, *chosen)
        rows = [self._model.row_id(n) for n in range(top, min(top + len(block), self._model.rowCount()))]
        before = set(self._model.rows)
        pasted = self._write_block(self._model.columns[left:], rows, block, "Paste")
        if pasted is None or not (rows or pasted.added):
            return
        width = max(map(len, block))
        # A row that the block gave another id stays where it was, unless the table is sorted by it.
        places = {self._model.place_of(row) for row in rows} - {-1}
        places = places if len(places) == len(rows) else set(range(top, top + len(rows)))
        added = [row for row in self._model.rows if row not in before] if pasted.added else []
        # A new request stands with the others of its student, and a sorted table puts rows anywhere.
        seen = {self._model.place_of(row) for row in added} - {-1}
        self._view.choose_lines(places | seen, left, width)
        if places | seen:
            self._view.widen_columns(left, width, min(places | seen))
        words = [f"{counted(len(rows), 'row')} changed"] if rows else []
        words += [f"{counted(pasted.added, 'row')} added"] if pasted.added else []
        hint = "" if pasted.added else " Ctrl+Shift+V pastes as new rows."
        if len(seen) < len(added):
            hint = " The filter does not show all of them."
        self._notice.emit("note", f"Pasted: {listed(words)}.{hint}")

    def fill_down(self) -> None:
        """Write the first selected line into the others; of a single one, the line above into it."""
        lines, columns = self._view.lines(), self._view.selected_columns()
        if not lines or self.document.read_only:
            return
        source = lines[0] if len(lines) > 1 else lines[0] - 1
        targets = lines[1:] if len(lines) > 1 else lines
        if source < 0 or not targets:
            return
        texts = [self._model.text(source, n) for n in columns]
        rows = [self._model.row_id(n) for n in targets]
        self._write_block([self._model.columns[n] for n in columns], rows, [texts] * len(rows), "Fill")

    def replace(self) -> None:
        """Open the bar that finds and replaces; there is nothing to find in an empty sheet."""
        if self._model.rows:
            self.panel.replace_bar.begin()

    def clear(self) -> None:
        """Blank the selected cells."""
        lines, columns = self._view.lines(), self._view.selected_columns()
        if not lines or self.document.read_only:
            return
        rows = [self._model.row_id(n) for n in lines]
        blank = [[""] * len(columns)] * len(rows)
        self._write_block([self._model.columns[n] for n in columns], rows, blank, "Clear")

    def copy(self) -> bool:
        """Put the selected cells on the clipboard, as a spreadsheet takes them."""
        lines, columns = self._view.lines(), self._view.selected_columns()
        if not lines:
            return False
        block = [[self._model.text(line, column) for column in columns] for line in lines]
        QGuiApplication.clipboard().setText(format_block(block))
        return True

    # Writing ---------------------------------------------------------------------------------------

    def write(self, row: RowId, column: Column, value: Any) -> bool:
        """Write a cell, and say what changes with it; False when it could not be written."""
        written = False
        with told(self.panel, NOT_MADE):
            edit = write_rows(self.document.dataset, self.sheet, {row: {column.key: value}})
            self.document.apply(edit)
            written = True
            also = consequences(edit, self.sheet.table)
            if also:  # as students lose their seats where a section gets another course
                words = f"{edit.title}. With it: {'; '.join(also)}. Undo takes all of it back."
                self._notice.emit("note", words)
            if column.key == self.sheet.id_field and not self._view.currentIndex().isValid():
                self.panel.go(RowId(value), self._model.column_of(column.key))
        return written

    def _write_block(
        self, columns: Sequence[Column], rows: list[RowId], block: Block, title: str
    ) -> Pasted | None:
        pasted = write_block(self.document.dataset, self.sheet, columns, rows, block, title)
        if pasted.edit is None:
            tell_refused(self.panel, title, pasted)
            return None
        applied = False
        with told(self.panel, NOT_MADE):
            self.document.apply(pasted.edit)
            applied = True
        return pasted if applied else None

    def write_texts(self, cells: Sequence[Written], title: str) -> bool:
        """Write texts into cells, as one change; False when one of them is refused."""
        written = write_texts(self.document.dataset, self.sheet, cells, title)
        if written.edit is None:
            tell_refused(self.panel, "Replace", written)
            return False
        applied = False
        with told(self.panel, NOT_MADE):
            self.document.apply(written.edit)
            applied = True
            also = consequences(written.edit, self.sheet.table)
            more = f" With it: {'; '.join(also)}." if also else ""
            self._notice.emit("note", f"{title}.{more} Undo takes all of it back.")
        return applied
