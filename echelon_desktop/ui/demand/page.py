"""The Demand page: what students want, before and while there is a schedule."""

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.demand import CourseDemand, Together, read_demand, wanted_together
from echelon_desktop.model.entities import Student
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.demand.courses_tab import CoursesTab
from echelon_desktop.ui.demand.pair_lines import PairLine, pair_lines
from echelon_desktop.ui.demand.together_tab import TogetherTab
from echelon_desktop.ui.page import Page, empty_state, page_header
from echelon_desktop.ui.paper.asking import PaperButton, heading_of, print_out, save_as_pdf
from echelon_desktop.ui.paper.listed import Listed, ListedTable, listed_pages
from echelon_desktop.ui.paper.spreadsheets import save_as_csv, save_as_workbook
from echelon_desktop.ui.reading.tab import Tab
from echelon_desktop.ui.reading.tables import listed_numbers, listed_texts
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

READ_FROM = {"courses", "sections", "requests", "students"}


class Found(NamedTuple):
    """What was read of the requests: courses, pairs of them, and the school's students by id."""

    courses: list[CourseDemand]
    pairs: list[Together]
    students: dict[str, Student]


class DemandPage(Page):
    """Requests course by course and pair by pair; read beside the window whenever they change."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.judge = Judge.of(workspace)
        self.judge.changed.connect(self._show_pairs)
        self._reading = False
        self._found: Found | None = None
        self._laid_out: tuple[Found, Timetable | None] | None = None  # what the pairs are shown of
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        words = "What students want: seats and sections for each course, and courses to be kept apart."
        self.print_button, self.export_button = self._make_buttons()
        column.addWidget(page_header("Demand", words, self.print_button, self.export_button))
        self.courses, self.together = CoursesTab(), TogetherTab()
        self.stack = QStackedWidget()
        self.stack.addWidget(
            empty_state(
                "book-open",
                "No requests yet",
                "Import the school's files, or enter students' requests in Data.",
                "Go to Data",
                lambda: workspace.go_to("data", "requests"),
            )
        )
        self.stack.addWidget(self._make_book())
        column.addWidget(self.stack, 1)
        self.refresh(None)

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read anew what has changed; what was read before stays until then."""
        self.stack.setCurrentIndex(bool(self.document.school.requests))
        if changes is None or changes.keys.keys() & READ_FROM:
            self._look()
        if self.document.scenario:
            self.judge.look()
        self._show_pairs()

    def showEvent(self, event: QShowEvent) -> None:
        """Take up what has been found out meanwhile."""
        super().showEvent(event)
        self._show_pairs()

    def begin(self) -> None:
        """Begin in the tab that is shown."""
        super().begin()
        self.current.begin()

    def copy(self) -> bool:
        """Copy from the tab that is shown."""
        return self.current.copy()

    def hand_out(self) -> bool:
        """Open the menu of what can be done with paper."""
        self.print_button.showMenu()
        return True

    def save(self) -> None:
        """Ask for a file and write both lists to it, as they are shown."""
        listed, heading = self._listed(), heading_of(self.document)
        save_as_pdf(self, self.workspace, lambda: [listed_pages(listed, heading)], "Demand", False)

    def print(self) -> None:
        """Ask for a printer and print both lists."""
        listed, heading = self._listed(), heading_of(self.document)
        print_out(self, self.workspace, lambda: [listed_pages(listed, heading)], "Demand", False)

    def save_csv(self) -> None:
        """Ask for a folder and write the lists there, as they are shown, a CSV file each."""
        save_as_csv(self, self.workspace, self._listed())

    def save_workbook(self) -> None:
        """Ask for a workbook and write the lists there, as they are shown, a sheet each."""
        save_as_workbook(self, self.workspace, self._listed())

    @property
    def current(self) -> Tab:
        """The tab that is shown."""
        return (self.courses, self.together)[self.book.currentIndex()]

    # Building -------------------------------------------------------------------------------------

    def _make_buttons(self) -> tuple[QPushButton, QPushButton]:
        paper = PaperButton("Print both lists as they are shown, or save them as PDF")
        export = QPushButton("Export")
        export.setToolTip("Write both lists as they are shown, as spreadsheets open them")
        menu = QMenu(paper)
        menu.addAction("&Save as PDF…").triggered.connect(lambda _checked: self.save())
        menu.addAction("&Print…").triggered.connect(lambda _checked: self.print())
        paper.setMenu(menu)
        files = QMenu(export)
        files.addAction("As &CSV files…").triggered.connect(lambda _checked: self.save_csv())
        files.addAction("As Excel &workbook…").triggered.connect(lambda _checked: self.save_workbook())
        export.setMenu(files)
        return paper, export

    def _make_book(self) -> QWidget:
        self.book = QTabWidget()
        self.book.setDocumentMode(True)
        indent = QWidget()
        indent.setFixedWidth(SPACE.s)  # so that the first title stands above what is below it
        self.book.setCornerWidget(indent, Qt.Corner.TopLeftCorner)
        self.book.tabBar().setAccessibleName("Views of the demand")
        for tab, title in ((self.courses, "&Courses"), (self.together, "&Wanted together")):
            tab.go.connect(self._go)
            tab.leave.connect(self.workspace.go_to)
            self.book.addTab(tab, title)
        return self.book

    # Reacting -------------------------------------------------------------------------------------

    def _listed(self) -> Listed:
        """Both lists as they are shown, without columns that are hidden."""
        requests = sum(line.requests for line in self.courses.model.rows)
        seats = sum(line.seats for line in self.courses.model.rows)
        tabs: tuple[tuple[str, CoursesTab | TogetherTab], ...] = (
            ("Courses", self.courses),
            ("Wanted together", self.together),
        )
        tables = (
            ListedTable(title, listed_texts(tab.table), listed_numbers(tab.table)) for title, tab in tabs
        )
        words = f"{counted(requests, 'request')}, {counted(seats, 'seat')}"
        return Listed("Demand", words, tuple(tables))

    def _look(self) -> None:
        """Read the requests beside the window, unless that is being done."""
        if self._reading:
            return
        self._reading, revision, school = True, self.document.revision, self.document.school

        def read() -> Found:
            demand = read_demand(school)
            students = {str(student.id): student for student in school.students.values()}
            return Found(list(demand.values()), wanted_together(demand), students)

        def done(found: Found) -> None:
            self._reading, self._found = False, found
            self.courses.show_demand(found.courses, found.students)
            self._show_pairs()
            if revision != self.document.revision:
                self._look()

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read; the next look sees them as they are.
            self._reading = False
            if revision == self.document.revision:
                raise error
            self._look()

        self.workspace.background.run(read, done, failed)

    def _show_pairs(self) -> None:
        """Show the pairs that were read in the schedule that is known; reckoned beside the window."""
        found, timetable = self._found, self.judge.timetable if self.document.scenario else None
        if not self.isVisible() or found is None or (timetable is None and self.document.scenario):
            return  # what was shown before stays until both are there, and somebody looks
        if self._laid_out is not None and self._laid_out[0] is found and self._laid_out[1] is timetable:
            return
        laid_out = self._laid_out = (found, timetable)

        def show(lines: list[PairLine]) -> None:
            if self._laid_out is laid_out:
                self.together.show_pairs(lines, timetable, found.students)

        self.workspace.background.run(lambda: pair_lines(found.pairs, timetable), show)

    def _go(self, _table: str, student: str) -> None:
        """To the student's week, or where there is none to the requests."""
        if self.document.scenario:
            self.workspace.go_to("schedule", "students", student)
        else:
            self.workspace.go_to("data", "requests", student)
