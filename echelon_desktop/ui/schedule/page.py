"""The Schedule page: a summary, and the schedule on the screen from all sides."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import Changes
from echelon_desktop.solver.verify import Violation
from echelon_desktop.ui.page import Page, Target, empty_state, page_header
from echelon_desktop.ui.paper.listed import Listed
from echelon_desktop.ui.schedule.compare_tab import CompareTab
from echelon_desktop.ui.schedule.export_menu import ExportButton
from echelon_desktop.ui.schedule.holders import rooms_tab, teachers_tab
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.matrices import HeatTab, MasterTab
from echelon_desktop.ui.schedule.print_menu import PrintButton
from echelon_desktop.ui.schedule.sections import SectionsTab
from echelon_desktop.ui.schedule.students import StudentsTab
from echelon_desktop.ui.schedule.summary import Summary
from echelon_desktop.ui.schedule.tab import ScheduleTab
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.schedule.trade_offs import TradeOffsTab
from echelon_desktop.ui.schedule.unmet import UnmetTab
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

HERE = {"sections", "students", "teachers", "rooms", "unmet"}
TABS: tuple[tuple[str, str, Callable[[Workspace], ScheduleTab]], ...] = (
    ("sections", "&Sections", lambda _workspace: SectionsTab()),
    ("students", "S&tudents", lambda workspace: StudentsTab(workspace.document)),
    ("teachers", "Te&achers", lambda _workspace: teachers_tab()),
    ("rooms", "&Rooms", lambda _workspace: rooms_tab()),
    ("unmet", "&Unmet", UnmetTab),
    ("heat", "Seats by &period", lambda _workspace: HeatTab()),
    ("master", "&Master", lambda _workspace: MasterTab()),
    ("compare", "&Compare", CompareTab),
    ("trade-offs", "Trade-&offs", TradeOffsTab),
)


class SchedulePage(Page):
    """
    Shows the scenario on the screen.

    The schedule is read, verified and explained beside the window (:class:`Judge`); each tab takes up what
    has been found out when it is next shown.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.judge = Judge.of(workspace)
        self.judge.changed.connect(self._show_findings)
        self._timetable: Timetable | None = None
        self._target: Target | None = None
        self._shown: dict[str, Timetable] = {}  # tab → what it shows
        self._tabs: dict[str, ScheduleTab] = {}
        self._slots: dict[str, QVBoxLayout] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        self.stack = QStackedWidget()
        self.empty = empty_state(
            "calendar-days",
            "No schedule yet",
            "Solve makes one from the requests. Sections, weeks and the master grid then stand here.",
            "Solve",
            lambda: workspace.act.emit("solve"),
        )
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._make_body())
        column.addWidget(self.stack, 1)
        self.refresh(None)

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Look at the schedule as it is now; what was found out before stays until then."""
        self.stack.setCurrentIndex(1 if self.document.scenario else 0)
        for button in (self.print_button, self.export_button):
            button.setEnabled(bool(self.document.scenario))
        if self.document.scenario:
            self.judge.look(reasons=True)
            self._show_findings()

    def take_to(self, target: Target) -> None:
        """Select a section, student, teacher, room or unmet course, as soon as the schedule was read."""
        if target.table not in HERE:
            return
        self.show_tab(target.table)
        if self.judge.timetable is None:
            self._target = target
            return
        self._target = None
        self.tab(target.table).select(str(target.key))
        if self.isVisible():
            self.tab(target.table).begin()

    def begin(self) -> None:
        """Begin in the tab that is shown."""
        super().begin()
        if self.document.scenario:
            self.current.begin()

    def copy(self) -> bool:
        """Copy from the tab that is shown."""
        return bool(self.document.scenario) and self.current.copy()

    def hand_out(self) -> bool:
        """Open the menu of handouts."""
        self.print_button.showMenu()
        return True

    @property
    def timetable(self) -> Timetable | None:
        """What was read last; None when nothing has been read yet."""
        return self._timetable

    def tab(self, name: str) -> ScheduleTab:
        """A tab, made when it is first asked for, and brought up to date."""
        tab = self._tabs.get(name)
        if tab is None:
            make = next(make for known, _, make in TABS if known == name)
            tab = self._tabs[name] = make(self.workspace)
            tab.go.connect(self._go)
            tab.leave.connect(self._leave)
            tab.show_reasons(self.judge.reasons)
            self._slots[name].addWidget(tab)
        if self._timetable is not None and self._shown.get(name) is not self._timetable:
            self._shown[name] = self._timetable
            tab.show_timetable(self._timetable)
        return tab

    def listed_comparison(self) -> Listed | None:
        """The comparison as listed; where there is none yet the tab is shown, which says what is missing."""
        tab = self.tab("compare")
        assert isinstance(tab, CompareTab)
        listed = tab.listed()
        if listed is None:
            self.show_tab("compare")
            self.workspace.notice.emit("doubt", "There is no comparison yet. Choose what to compare with.")
        return listed

    def show_tab(self, name: str) -> None:
        """Show a tab."""
        self.book.setCurrentIndex(_position(name))

    @property
    def current(self) -> ScheduleTab:
        """The tab that is shown."""
        return self.tab(TABS[self.book.currentIndex()][0])

    # Building -------------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        self.export_button = ExportButton(self)
        text = "What the scenario on the screen gives sections, students, teachers and rooms."
        self.print_button = PrintButton(self)
        return page_header("Schedule", text, self.print_button, self.export_button)

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.summary = Summary()
        self.summary.chosen.connect(self._go_to_violation)
        column.addWidget(self.summary)
        self.book = QTabWidget()
        self.book.setDocumentMode(True)
        indent = QWidget()
        indent.setFixedWidth(SPACE.s)  # so that the first title stands above what is below it
        self.book.setCornerWidget(indent, Qt.Corner.TopLeftCorner)
        self.book.tabBar().setAccessibleName("Views of the schedule")
        for name, title, _ in TABS:
            slot = QWidget()
            self._slots[name] = QVBoxLayout(slot)
            self._slots[name].setContentsMargins(0, 0, 0, 0)
            self.book.addTab(slot, title)
        self.book.currentChanged.connect(lambda _at: self.current)
        column.addWidget(self.book, 1)
        return body

    # Reacting -------------------------------------------------------------------------------------

    def _show_findings(self) -> None:
        judge = self.judge
        self.summary.show_facts(judge.timetable, judge.verdict)
        if judge.timetable is not None and judge.timetable is not self._timetable:
            self._timetable = judge.timetable
            self.book.setTabVisible(_position("rooms"), bool(judge.timetable.of_room))
        for tab in self._tabs.values():
            tab.show_reasons(judge.reasons)
        _ = self.current
        if self._target is not None and judge.timetable is not None:
            self.take_to(self._target)

    def _go(self, table: str, key: str) -> None:
        self.take_to(Target("schedule", table, key))

    def _leave(self, page: str, table: str, key: str) -> None:
        self.workspace.go_to(page, table, key)

    def _go_to_violation(self, violation: Violation) -> None:
        if violation.table in HERE:
            self._go(violation.table, str(violation.key))
        elif violation.table:
            self.workspace.go_to("data", violation.table, violation.key)


def _position(name: str) -> int:
    return [known for known, _, _ in TABS].index(name)
