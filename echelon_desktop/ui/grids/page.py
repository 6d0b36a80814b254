"""The Data page: the list of tables, and the grid of the one chosen."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from echelon_desktop.model.checks import by_table
from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.sheets import SHEETS, RowId, marks
from echelon_desktop.ui.grids.model import Marks
from echelon_desktop.ui.grids.panel import SheetPanel
from echelon_desktop.ui.grids.sheet_list import SheetList
from echelon_desktop.ui.page import Page, Target, page_header
from echelon_desktop.ui.theme import SPACE, theme
from echelon_desktop.ui.workspace import Workspace

Key = QKeySequence.StandardKey

# Name of the method of SheetCommands, title, shortcut, icon, whether it writes.
COMMANDS: tuple[tuple[str, str, Key | str, str, bool], ...] = (
    ("add_row", "Add row", "Ins", "plus", True),
    ("duplicate", "Duplicate", "Ctrl+Shift+D", "copy", True),
    ("delete", "Delete", "Ctrl+-", "trash-2", True),
    ("paste", "Paste", Key.Paste, "clipboard-paste", True),
    ("paste_new", "Paste as new rows", "Ctrl+Shift+V", "plus", True),
    ("fill_down", "Fill down", "Ctrl+D", "chevron-down", True),
    ("clear", "Clear cells", Key.Delete, "x", True),
)
ON_TOP = ("add_row", "duplicate", "delete")


class DataPage(Page):
    """All facts about the school, to read and to change."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.panels: dict[str, SheetPanel] = {}
        self.marks: Marks = {}
        self._make_commands()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        text = "Everything the school's files say. What you change here is saved at once; undo takes it back."
        column.addWidget(page_header("Data", text, *(self._make_button(name) for name in ON_TOP)))
        line = QFrame()
        line.setProperty("kind", "line")
        column.addWidget(line)
        body = QHBoxLayout()
        body.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.l)
        body.setSpacing(SPACE.m)
        self.list = SheetList()
        body.addWidget(self.list)
        self.stack = QStackedWidget()
        body.addWidget(self.stack, 1)
        column.addLayout(body, 1)
        self.list.selectionModel().currentChanged.connect(lambda index, _: self.show_sheet(index.row()))
        self.list.setCurrentIndex(self.list.sheets.index(0))
        workspace.findings_changed.connect(self._on_findings)
        theme().changed.connect(self._paint)
        self._paint()
        self._on_findings()

    @property
    def panel(self) -> SheetPanel:
        """The sheet on the screen."""
        return self.panels[SHEETS[self.list.currentIndex().row()].table]

    def show_sheet(self, number: int) -> None:
        """Show a sheet, made now if it was never shown."""
        sheet = SHEETS[number]
        panel = self.panels.get(sheet.table)
        if panel is None:
            panel = self.panels[sheet.table] = SheetPanel(self.workspace, sheet)
            panel.wanted_finding.connect(self.step_finding)
            panel.set_marks(self.marks)
            panel.view.addActions(list(self.commands.values()))
            panel.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
            self.stack.addWidget(panel)
        elif panel.is_stale:
            panel.follow(None)
        self.stack.setCurrentWidget(panel)

    # What the window calls -------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show what changed on the sheet shown; the others do so when they are shown."""
        for panel in self.panels.values():
            if panel is self.panel:
                panel.follow(changes)
            else:
                panel.is_stale = True
        self._show_counts()

    def show_scenario(self) -> None:
        """The facts are those of every scenario."""

    def take_to(self, target: Target) -> None:
        """Show a table, a row and a field of it."""
        number = next((i for i, sheet in enumerate(SHEETS) if sheet.table == target.table), None)
        if number is None:
            return
        self.list.setCurrentIndex(self.list.sheets.index(number))
        key = target.key if isinstance(target.key, str) else str(target.key[-1])
        if key:
            part = self._part_found(target.table, key, target.field)
            self.panel.show_row(RowId(key, part), target.field)
        self.panel.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def search_items(self) -> list[tuple[str, str, Target]]:
        """Each table by its name."""
        return [(sheet.title, "Table", Target("data", sheet.table)) for sheet in SHEETS]

    def begin(self) -> None:
        """Begin in the grid, or in the list of tables while this one is empty."""
        panel = self.panel
        (panel.view if panel.view.isVisible() else self.list).setFocus(Qt.FocusReason.TabFocusReason)

    def copy(self) -> bool:
        """Copy the selected cells."""
        return self.panel.commands.copy()

    def replace(self) -> None:
        """Find and replace in the sheet on the screen."""
        self.panel.commands.replace()

    # Findings --------------------------------------------------------------------------------------

    def step_finding(self, step: int = 1) -> None:
        """Go to the next cell with a finding (``step`` 1) or the previous one (-1), over all tables."""
        order = {sheet.table: i for i, sheet in enumerate(SHEETS)}
        places = []
        for table, row, field in self.marks:
            panel = self.panels.get(table)
            line = panel.model.place_of(row) if panel else -1
            column = next((i for i, c in enumerate(SHEETS[order[table]].file.columns) if c.key == field), 0)
            places.append(((order[table], line, row, column), (table, row, field)))
        if not places:
            return
        places.sort()
        here, column = self.panel.here()
        if here is None:
            at = (self.list.currentIndex().row(), -1, RowId("", -1), -1)
        else:
            at = (self.list.currentIndex().row(), self.panel.model.place_of(here), here, column)
        later = [cell for place, cell in places if place > at]
        earlier = [cell for place, cell in places if place < at]
        if step > 0:
            table, row, field = (later or [places[0][1]])[0]
        else:
            table, row, field = (earlier or [places[-1][1]])[-1]
        self.list.setCurrentIndex(self.list.sheets.index(order[table]))
        self.panel.show_row(row, field)
        self.panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
        found = self.marks[table, row, field][0]
        self.workspace.notice.emit("note", f"{found.message} {found.remedy}")

    def _part_found(self, table: str, key: str, field: str) -> int:
        """The row of a record that a finding marks, if one does; the first otherwise."""
        rows = [row for t, row, f in self.marks if (t, row.key) == (table, key) and field in ("", f)]
        return min(rows).part if rows else 0

    def _on_findings(self) -> None:
        self.marks = marks(self.document.dataset, self.workspace.findings)
        for panel in self.panels.values():
            panel.set_marks(self.marks)
        self._show_counts()

    # Showing ---------------------------------------------------------------------------------------

    def _show_counts(self) -> None:
        dataset = self.document.dataset
        counts = {
            sheet.table: (
                sum(len(getattr(r, sheet.parts)) for r in dataset.table(sheet.table).values())
                if sheet.parts
                else len(dataset.table(sheet.table))
            )
            for sheet in SHEETS
        }
        self.list.sheets.show(counts, by_table(self.workspace.findings))

    def _make_commands(self) -> None:
        self.commands: dict[str, QAction] = {}
        for name, title, shortcut, _icon, writes in COMMANDS:
            action = QAction(title, self)
            action.setIconText(f" {title}")  # Qt lets the icon of a button almost touch its words
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setEnabled(not (writes and self.document.read_only))
            shown = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{title} ({shown})")
            action.triggered.connect(lambda _=False, n=name: getattr(self.panel.commands, n)())
            self.addAction(action)
            self.commands[name] = action
        for keys, run in (
            ("F8", lambda: self.step_finding(1)),
            ("Shift+F8", lambda: self.step_finding(-1)),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _=False, r=run: r())
            self.addAction(action)

    def _make_button(self, name: str) -> QWidget:
        button = QToolButton()
        button.setDefaultAction(self.commands[name])
        button.setProperty("kind", "button")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(16, 16))
        return button

    def _paint(self) -> None:
        for name, _title, _shortcut, icon, _writes in COMMANDS:
            self.commands[name].setIcon(theme().icon(icon))
