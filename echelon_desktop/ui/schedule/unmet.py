"""The tab of unmet requests: by course at the left, student by student with reasons at the right."""

from collections import Counter
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.demand import another_section, read_demand
from echelon_desktop.model.row_edits import next_id
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.explain import ReasonKind
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.one_more import Gain, OneMoreSection
from echelon_desktop.ui.schedule.tab import Reasons, ScheduleTab
from echelon_desktop.ui.schedule.timetable import Timetable, Unmet
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

HINT = "Double-click a request to see the student's week."
LONGEST = 24  # letters of a title on the button
EVERY = ""  # key of the line that stands for all courses


@dataclass(frozen=True, slots=True)
class CourseLine:
    """Unmet requests of one course, or of all."""

    course: str
    title: str
    unmet: int
    requests: int
    seats: int
    reasons: dict[str, int] = field(default_factory=dict)
    one_more: Gain | None = None  # section; None where that is not known yet

    @property
    def main_reason(self) -> str:
        """The most frequent reason, with its number when there are others."""
        if not self.reasons:
            return ""
        kind, number = max(self.reasons.items(), key=lambda item: item[1])
        kind = kind[0].upper() + kind[1:]
        return kind if number == self.unmet else f"{kind} ({number:,})"


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """One unmet request with its reason."""

    unmet: Unmet
    name: str
    grade: str
    title: str
    kind: str
    reason: str


class UnmetTab(ScheduleTab):
    """Courses with unmet requests, and the requests of the one selected."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._timetable: Timetable | None = None
        self.one_more = OneMoreSection(workspace, self)
        self.one_more.changed.connect(self._show_gains)
        self._reasons: Reasons | None = None
        self.courses: RecordModel[CourseLine] = RecordModel(_course_columns(), lambda line: line.course, self)
        self.course_table = ReadingTable(self.courses, "Unmet requests by course")
        self.requests: RecordModel[UnmetLine] = RecordModel(_request_columns(), _request_key, self)
        self.request_table = ReadingTable(self.requests, "Unmet requests")
        self.filters = FilterRow("Student, course or reason", "Reason")
        kinds = [(kind.value[0].upper() + kind.value[1:], str(kind)) for kind in ReasonKind]
        self.filters.fill([("All reasons", ""), *kinds])
        self.filters.words.below = self.request_table
        self.filters.changed.connect(self._filter)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.m, SPACE.m)
        column.addWidget(self.course_table, 1)
        self.add = QPushButton("Add a section")
        self.add.setToolTip("Adds a section of usual size without a teacher, and shows it on the board")
        self.add.clicked.connect(lambda _=False: self._add_section())
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        column.addLayout(row)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.m)
        column.addWidget(self.filters)
        column.addWidget(self.request_table, 1)
        self.hint = QLabel(HINT)
        self.hint.setWordWrap(True)
        self.hint.setMinimumHeight(3 * self.hint.fontMetrics().lineSpacing())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.hint)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([600, 560])
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)
        self.course_table.moved.connect(lambda _row: self._filter())
        self.course_table.opened.connect(self._open_course)
        self.request_table.moved.connect(self._show_reason)
        self.request_table.opened.connect(
            lambda index: self.go.emit("students", self.requests.row_at(index.row()).unmet.student)
        )

    def show_timetable(self, timetable: Timetable) -> None:
        """Show the unmet requests of another state."""
        self._timetable = timetable
        self.one_more.look(timetable)
        self._fill()

    def show_reasons(self, reasons: Reasons | None) -> None:
        """Put the reasons beside the requests."""
        self._reasons = reasons
        self._fill()

    def select(self, key: str) -> None:
        """Select a course."""
        self.course_table.choose(self.courses.find(key))

    def tables(self) -> tuple[ReadingTable, ...]:
        """Requests, and courses."""
        return self.request_table, self.course_table

    def _fill(self) -> None:
        timetable = self._timetable
        if timetable is None:
            return
        lines = [_line(timetable, each, self._reasons) for each in timetable.unmet]
        course = self._course()
        self.courses.set_rows(_course_lines(timetable, lines))
        self._show_gains()
        self.requests.set_rows(lines)
        self.course_table.choose(max(0, self.courses.find(course)))
        self._filter()

    def _show_gains(self) -> None:
        """Put what one more section would do beside the courses."""
        for at, line in enumerate(self.courses.rows):
            gain = self.one_more.gains.get(line.course)
            if gain != line.one_more:
                self.courses.replace(at, replace(line, one_more=gain))

    def _course(self) -> str:
        row = self.course_table.currentIndex().row()
        return self.courses.key_at(row) if 0 <= row < self.courses.rowCount() else EVERY

    def _filter(self) -> None:
        course, kind = self._course(), self.filters.choice.currentData()

        def admits(line: UnmetLine) -> bool:
            return course in (EVERY, line.unmet.course) and kind in ("", line.kind)

        self.add.setEnabled(course != EVERY and not self.workspace.document.read_only)
        self.add.setText("Add a section" if course == EVERY else f"Add a section of {self._title()}")
        self.requests.filter(self.filters.words.text(), admits)
        self.filters.count(self.requests.rowCount(), len(self.requests.rows), "unmet request")
        self._show_reason(-1)

    def _show_reason(self, row: int) -> None:
        """The reason in full: it rarely fits its column."""
        known = 0 <= row < self.requests.rowCount()
        self.hint.setText(self.requests.row_at(row).reason if known else HINT)

    def _title(self) -> str:
        row = self.courses.row_at(self.course_table.currentIndex().row())
        return row.title if len(row.title) <= LONGEST else f"{row.title[:LONGEST]}…"

    def _add_section(self) -> None:
        """Add one more section of the course, as the figure beside it is about, and show it on the board."""
        document, course = self.workspace.document, self._course()
        demand = read_demand(document.school)[course]
        name = next_id(map(str, document.school.sections))
        section = another_section(document.school, demand, name)
        title = f"Add section {name} of {course}"
        with told(self, "The section was not added"):
            document.apply(Edit(title, (RowChange("sections", name, section),)))
            self.leave.emit("board", "sections", name)
            words = "Put it where the board says it helps; its teacher is entered in Data."
            self.workspace.notice.emit("good", f"{title}: {counted(section.seats, 'seat')}. {words}")

    def _open_course(self) -> None:
        course = self._course()
        if course != EVERY:
            self.leave.emit("data", "courses", course)


def _line(timetable: Timetable, unmet: Unmet, reasons: Reasons | None) -> UnmetLine:
    student = timetable.students[unmet.student]
    reason = reasons.get((unmet.student, unmet.course)) if reasons is not None else None
    kind, text = (str(reason.kind), reason.text) if reason is not None else ("", "…")
    return UnmetLine(
        unmet,
        student.name or student.id,
        student.grade,
        timetable.course_title(unmet.course),
        kind,
        text,
    )


def _course_lines(timetable: Timetable, lines: list[UnmetLine]) -> list[CourseLine]:
    by_course: dict[str, Counter[str]] = {}
    for line in lines:
        by_course.setdefault(line.unmet.course, Counter())[line.kind] += 1
    found = []
    for course, kinds in by_course.items():
        meetings = timetable.sections_of.get(course, [])
        found.append(
            CourseLine(
                course,
                timetable.course_title(course),
                kinds.total(),
                timetable.requests_of.get(course, 0),
                sum(m.seats for m in meetings),
                {kind: number for kind, number in kinds.items() if kind},
            )
        )
    found.sort(key=lambda line: (-line.unmet, natural(line.title)))
    kinds = sum((Counter(line.reasons) for line in found), Counter())
    whole = CourseLine(
        EVERY,
        "All courses",
        len(lines),
        sum(timetable.requests_of.values()),
        sum(m.seats for m in timetable.meetings.values()),
        dict(kinds),
    )
    return [whole, *found]


_ONE_MORE_TIP = (
    "How many fewer requests would be unmet with one more section of usual size in its best period; "
    "teachers and rooms are left aside"
)


def _course_columns() -> list[Column[CourseLine]]:
    return [
        Column("Course", 118, lambda line: line.title),
        Column("Unmet", 62, lambda line: f"{line.unmet:,}", lambda line: line.unmet, True),
        Column("Requests", 80, lambda line: f"{line.requests:,}", lambda line: line.requests, True),
        Column("Seats", 62, lambda line: f"{line.seats:,}", lambda line: line.seats, True),
        Column(
            "One more section",
            124,
            lambda line: line.one_more.words if line.one_more is not None else "",
            lambda line: line.one_more.unmet if line.one_more is not None else 0,
            tip=_ONE_MORE_TIP,
        ),
        Column("Mostly", 96, lambda line: line.main_reason),
    ]


def _request_columns() -> list[Column[UnmetLine]]:
    return [
        Column("Student", 140, lambda line: line.name),
        Column("Grade", 56, lambda line: line.grade),
        Column("Course", 140, lambda line: line.title),
        Column("Rank", 52, lambda line: str(line.unmet.rank), lambda line: line.unmet.rank, True),
        Column("Why", 220, lambda line: line.reason),
    ]


def _request_key(line: UnmetLine) -> str:
    return f"{line.unmet.student}\t{line.unmet.course}"
