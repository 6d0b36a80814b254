"""The Board page: filters above, the board, and a line that says what the card in hand would cost."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.edits import change_schedule, lock_sections, section_title
from echelon_desktop.model.slots import Choice
from echelon_desktop.solver.assign.openings import as_given
from echelon_desktop.solver.deltas.row import after
from echelon_desktop.solver.schedules import rows_changed
from echelon_desktop.ui.board.cards import TRAY, BoardData
from echelon_desktop.ui.board.lock_menu import LockMenu
from echelon_desktop.ui.board.model import TRAY_TITLE, BoardModel
from echelon_desktop.ui.board.targets import Standing, TargetPlace, Targets
from echelon_desktop.ui.board.view import BoardView
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.page import Page, Target, empty_state, page_header
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

FILTER_MS = 150
HINT = (
    "Drag a card, or pick it up with Space, walk with the arrows and put it down with Enter. L locks, "
    "Delete takes off the board. A bar at its edge marks a course's only section."
)
READ_ONLY = "The file is open for reading only: no card can be moved."


class BoardPage(Page):
    """Shows the scenario on the screen as cards; every move is one change that undo takes back."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.model = BoardModel(self)
        self.view = BoardView(self.model)
        self.targets = Targets(workspace, self)
        self.targets.changed.connect(self._show_targets)
        self._passing = False  # whether the line is about where the card in hand is just now
        self._waiting: tuple[str, int] | None = None  # a drop whose cost is not known yet: section, mask
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(page_header("Board", "Where every section stands, and what moving it would cost."))
        self.filters = QWidget()
        self.filters.setLayout(self._make_filters())
        column.addWidget(self.filters)
        self.stack = QStackedWidget()
        self.empty = empty_state(
            "layout-grid",
            "No schedule yet",
            "Solve makes one from the requests. To place sections yourself, choose Schedule → New scenario.",
            "Solve",
            lambda: workspace.act.emit("solve"),
        )
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        self.setFocusProxy(self.view)
        column.addWidget(self.stack, 1)
        column.addWidget(self._make_line())
        self._connect()
        self.refresh(None)

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show the schedule as it is now."""
        self.view.carrying = ""
        self._waiting = None
        self.targets.drop()
        document = self.document
        self.stack.setCurrentWidget(self.view if document.scenario else self.empty)
        self.filters.setVisible(bool(document.scenario))
        self.line.setVisible(bool(document.scenario))
        if not document.scenario:
            return
        reshaped = changes is None or bool(changes.keys.keys() - {"placements", "seatings", "scenarios"})
        board = BoardData(document.school, document.schedule())
        if reshaped or board.rows != self.model.board.rows:
            self._fill_departments(board)
        self.model.set_board(board)
        days: dict[str, int] = {}
        columns = {}
        for column, period in enumerate(document.school.periods.values(), 1):
            columns[column] = days.setdefault(period.day, len(days))
        self.view.set_days(columns)
        self.view.fit()
        self.targets.prepare()
        self._say("", self._hint())

    def take_to(self, target: Target) -> None:
        """Show a section's card, or a teacher's row."""
        if target.table == "teachers":
            row = self.model.board.row_of.get(str(target.key))
            if row in self.model.visible:
                self.view.scrollTo(self.model.index(self.model.visible.index(row), 1))
            return
        self._clear_filters()
        self.view.show_section(str(target.key))

    def copy(self) -> bool:
        """Copy the board as it is shown."""
        QGuiApplication.clipboard().setText(self.model.text())
        return self.model.rowCount() > 0

    # Moving ---------------------------------------------------------------------------------------

    def move_section(self, section: str, column: int) -> None:
        """Put a section into a period, if it may stand there, or off the board."""
        place = self._place_at(column)
        if place is None or place.standing is Standing.HERE:
            return
        self.go(section, place)

    def go(self, section: str, place: TargetPlace) -> None:
        """Put a section into a place, with the students whom that concerns."""
        if place.standing is Standing.CLOSED:
            self.workspace.notice.emit("bad", place.words)
            self._say("bad", place.words)
            return
        document, situation = self.document, self.targets.situation
        name = section_title(document.dataset, section)
        where = ", ".join(place.choice.periods)
        title = f"Move {name} to {where}" if where else f"Take {name} off the board"
        with told(self, "The section was not moved", lambda: self.refresh(None)):
            if place.move is not None and situation is not None:
                rows = rows_changed(
                    situation.solution,
                    after(situation.solution, place.move),
                    situation.problem,
                    situation.keys,
                    as_given(document.school, situation.baseline),
                    situation.baseline,
                )
                document.apply(change_schedule(document.scenario, rows, title))
                stands = f"stands in {where}" if where else "is off the board"
                self._say("doubt" if place.move.unmet > 0 else "good", f"{name} {stands}. {place.words}")
            else:
                self._waiting = (section, place.choice.mask)
                self._say("note", f"Finding seats for the students of {name}…")
                return
        self.view.show_section(section)

    def set_locked(self, section: str) -> None:
        """Lock a section where it stands, or unlock it."""
        document = self.document
        placement = document.dataset.placements.get((document.scenario, section))
        if placement is not None and placement.periods:
            self.lock((section,), not placement.locked)

    def lock(self, sections: tuple[str, ...], locked: bool) -> None:
        """Lock sections where they stand, or unlock them, as one change."""
        document = self.document
        with told(self, "The lock was not changed"):
            document.apply(lock_sections(document.dataset, document.scenario, sections, locked))

    def _place_at(self, column: int) -> TargetPlace | None:
        """The place of the card in hand that a column stands for: the one that begins there."""
        if column == TRAY:
            return self.targets.places.get(0)
        period = self.model.board.periods[column - 1]
        return self.targets.at(lambda choice: _begins(choice, period))

    # Building -------------------------------------------------------------------------------------

    def _make_filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.xl, 0, SPACE.xl, SPACE.m)
        row.setSpacing(SPACE.s)
        self.department = QComboBox()
        self.department.setAccessibleName("Department")
        self.department.setMinimumWidth(180)
        row.addWidget(self.department)
        self.words = FilterField("Teacher, course or section")
        self.words.below = self.view
        self.words.setMaximumWidth(280)
        row.addWidget(self.words, 1)
        self.counts = QLabel()
        self.counts.setProperty("kind", "soft")
        row.addWidget(self.counts)
        row.addStretch(1)
        self.locks = LockMenu(self.model, self.lock)
        self.locks.setEnabled(not self.document.read_only)
        row.addWidget(self.locks)
        return row

    def _make_line(self) -> QFrame:
        self.line = QFrame()
        row = QHBoxLayout(self.line)
        row.setContentsMargins(SPACE.xl, SPACE.s, SPACE.xl, SPACE.s)
        self.line_text = QLabel(HINT)
        self.line_text.setWordWrap(True)
        row.addWidget(self.line_text)
        return self.line

    def _connect(self) -> None:
        self._filter_timer = QTimer(self)
        self._filter_timer.setSingleShot(True)
        self._filter_timer.setInterval(FILTER_MS)
        self._filter_timer.timeout.connect(self._filter)
        self.words.textChanged.connect(lambda _text: self._filter_timer.start())
        self.department.activated.connect(lambda _index: self._filter())
        self.view.picked.connect(self._on_picked)
        self.view.put_back.connect(self._on_put_back)
        self.view.hovered.connect(self._on_hovered)
        self.view.dropped.connect(self.move_section)
        self.view.opened.connect(lambda s: self.workspace.go_to("schedule", "sections", s))
        self.view.menu_wanted.connect(self._show_menu)
        self.view.lock_wanted.connect(self.set_locked)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_context_menu)

    # Reacting -------------------------------------------------------------------------------------

    def _on_picked(self, section: str) -> None:
        placement = self.document.dataset.placements.get((self.document.scenario, section))
        if self.document.read_only or (placement is not None and placement.locked):
            self._say("doubt", READ_ONLY if self.document.read_only else f"{section} is locked.")
            self.view.carrying = ""
            return
        self.view.delegate.in_hand = section
        self.targets.pick(section)

    def _on_put_back(self) -> None:
        if self._waiting is None:
            self.targets.drop()
        self._say_no_place()

    def _show_targets(self) -> None:
        """Paint where the card in hand may go; make the drop that waited for an answer."""
        waiting, situation = self._waiting, self.targets.situation
        place = self.targets.places.get(waiting[1]) if waiting and self.targets.prepared else None
        if waiting and place is not None and (place.standing is Standing.CLOSED or place.move is not None):
            self._waiting = None
            self.go(waiting[0], place)
            self.targets.drop()
            return
        if self.targets.prepared and situation is not None:
            self.model.against = situation.against
        section, delegate = self.targets.section, self.view.delegate
        delegate.in_hand = section
        delegate.targets = {}
        if not section:
            delegate.hover = None
        else:
            teachers = self.model.board.teachers_of[section] or ("",)
            rows = [self.model.board.row_of[t] for t in teachers if t in self.model.board.row_of]
            for column in range(self.model.columnCount()):
                place = self._place_at(column)
                for source in rows if place is not None else ():
                    if source in self.model.visible and place is not None:
                        delegate.targets[self.model.visible.index(source), column] = place
        self.view.viewport().update()
        if delegate.hover:
            self._on_hovered(*delegate.hover)

    def _on_hovered(self, row: int, column: int) -> None:
        self.view.delegate.hover = (row, column)
        place = self.view.delegate.targets.get((row, column))
        if place is not None:
            kind = {Standing.CLOSED: "bad", Standing.HERE: ""}.get(place.standing, "note")
            self._say(kind, f"{_where(place)}: {place.words}", passing=True)
        else:
            self._say_no_place()
        self.view.viewport().update()

    def _on_context_menu(self, point: QPoint) -> None:
        card = self.view.card_at(point)
        if card is not None:
            self._show_menu(card.section, self.view.viewport().mapToGlobal(point))

    def _show_menu(self, section: str, where: QPoint) -> None:
        """Everything that can be done with a card, moves with the same answers as a drag, as they come."""
        self.targets.pick(section)
        menu = QMenu(self)
        moves = menu.addMenu("Move to")
        actions = {mask: moves.addAction("") for mask in self.targets.places if mask}
        placement = self.document.dataset.placements.get((self.document.scenario, section))
        locked = placement is not None and placement.locked
        menu.addAction("Unlock" if locked else "Lock", lambda: self.set_locked(section))
        actions[0] = menu.addAction("")
        for mask, action in actions.items():
            action.triggered.connect(lambda _=False, m=mask: self.go(section, self.targets.places[m]))

        def tell() -> None:
            for mask, place in self.targets.places.items():
                where = ", ".join(place.choice.periods) or "Take off the board"
                actions[mask].setText(f"{where}    {place.words}")
                actions[mask].setEnabled(place.standing in {Standing.FREE, Standing.SWAP})

        tell()
        self.targets.changed.connect(tell)
        menu.addSeparator()
        menu.addAction("Show its students", lambda: self.workspace.go_to("schedule", "sections", section))
        menu.addAction("Show in Data", lambda: self.workspace.go_to("data", "sections", section))
        menu.exec(where)
        self.targets.changed.disconnect(tell)
        self._on_put_back()

    def _fill_departments(self, board: BoardData) -> None:
        chosen = self.department.currentData() or ""
        self.department.clear()
        self.department.addItem("All departments", "")
        for department in sorted({row.department for row in board.rows} - {""}, key=natural):
            self.department.addItem(department, department)
        self.department.setCurrentIndex(max(0, self.department.findData(chosen)))

    def _filter(self) -> None:
        self.model.filter(self.department.currentData() or "", self.words.text())
        total = len(self.model.board.rows)
        shown = self.model.rowCount()
        self.counts.setText("" if shown == total else f"Showing {shown:,} of {total:,} teachers")

    def _clear_filters(self) -> None:
        self.words.clear()
        self.department.setCurrentIndex(0)
        self._filter_timer.stop()
        self._filter()

    def _say_no_place(self) -> None:
        """The card in hand is over no place any more."""
        if self._passing:
            self._say("", self._hint())

    def _hint(self) -> str:
        return READ_ONLY if self.document.read_only else HINT

    def _say(self, kind: str, text: str, passing: bool = False) -> None:
        self._passing = passing
        self.line_text.setText(text)
        self.line.setProperty("kind", kind)
        self.line.style().polish(self.line)
        self.line_text.style().polish(self.line_text)


def _where(place: TargetPlace) -> str:
    return ", ".join(place.choice.periods) or TRAY_TITLE


def _begins(choice: Choice, period: str) -> bool:
    return bool(choice.periods) and choice.periods[0] == period
