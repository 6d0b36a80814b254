"""The Demand page: what students want, before and while there is a schedule."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.demand import CourseDemand, Together, read_demand, wanted_together
from echelon_desktop.model.entities import Student
from echelon_desktop.ui.demand.courses_tab import CoursesTab
from echelon_desktop.ui.demand.together_tab import TogetherTab
from echelon_desktop.ui.page import Page, empty_state, page_header
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.tab import Tab
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

READ_FROM = {"courses", "sections", "requests", "students"}
Read = tuple[list[CourseDemand], list[Together], dict[str, Student]]


class DemandPage(Page):
    """Requests course by course and pair by pair; read beside the window whenever they change."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.judge = Judge.of(workspace)
        self.judge.changed.connect(self._show_timetable)
        self._reading = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        words = "What students want: seats and sections for each course, and courses to be kept apart."
        column.addWidget(page_header("Demand", words))
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
        self._show_timetable()

    def begin(self) -> None:
        """Begin in the tab that is shown."""
        super().begin()
        self.current.begin()

    def copy(self) -> bool:
        """Copy from the tab that is shown."""
        return self.current.copy()

    @property
    def current(self) -> Tab:
        """The tab that is shown."""
        return (self.courses, self.together)[self.book.currentIndex()]

    # Building -------------------------------------------------------------------------------------

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

    def _look(self) -> None:
        """Read the requests beside the window, unless that is being done."""
        if self._reading:
            return
        self._reading, revision, school = True, self.document.revision, self.document.school

        def read() -> Read:
            demand = read_demand(school)
            students = {str(student.id): student for student in school.students.values()}
            return list(demand.values()), wanted_together(demand), students

        def done(found: Read) -> None:
            self._reading = False
            courses, pairs, students = found
            self.courses.show_demand(courses, students)
            self.together.show_demand(pairs, students)
            if revision != self.document.revision:
                self._look()

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read; the next look sees them as they are.
            self._reading = False
            if revision == self.document.revision:
                raise error
            self._look()

        self.workspace.background.run(read, done, failed)

    def _show_timetable(self) -> None:
        timetable = self.judge.timetable if self.document.scenario else None
        if timetable is not self.together.timetable and (timetable is not None or not self.document.scenario):
            self.together.show_timetable(timetable)

    def _go(self, _table: str, student: str) -> None:
        """To the student's week, or where there is none to the requests."""
        if self.document.scenario:
            self.workspace.go_to("schedule", "students", student)
        else:
            self.workspace.go_to("data", "requests", student)
