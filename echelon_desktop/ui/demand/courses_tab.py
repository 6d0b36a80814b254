"""The tab of courses: requests, seats and sections of each, and beside it who wants the one selected."""

from collections import Counter
from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from echelon_desktop.model.demand import CourseDemand, Wish
from echelon_desktop.model.entities import Student
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.list_tab import ListTab
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable

CHOICES: tuple[tuple[str, Callable[[CourseDemand], bool] | None], ...] = (
    ("All courses", None),
    ("Too few seats", lambda line: line.spare < 0),
    ("One section", lambda line: len(line.sections) == 1),
    ("More sections than needed", lambda line: (line.needed or 0) < len(line.sections)),
    ("No section", lambda line: not line.sections),
    ("No request", lambda line: not line.requests),
)


class CoursesTab(ListTab[CourseDemand]):
    """Courses at the left, the students who want the selected one at the right."""

    def __init__(self) -> None:
        model: RecordModel[CourseDemand] = RecordModel(_columns(), lambda line: line.course)
        filters = FilterRow("Course or department", "Which courses")
        filters.fill([(title, at) for at, (title, _) in enumerate(CHOICES)])
        super().__init__(model, filters, "courses")
        self._students: dict[str, Student] = {}
        self.wishes: RecordModel[Wish] = RecordModel(self._wish_columns(), lambda wish: wish.student, self)
        self.wish_table = ReadingTable(self.wishes, "Students who want the course")
        self.data_button = QPushButton("Show in Data")
        self.data_button.clicked.connect(self._leave_for_course)
        self.lay_out(self.make_side(self.wish_table, self.data_button), [760, 416], stretched=0)
        self.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda _index: self._leave_for_course())
        self.wish_table.opened.connect(lambda i: self.go.emit("students", self.wishes.key_at(i.row())))

    def show_demand(self, courses: list[CourseDemand], students: dict[str, Student]) -> None:
        """List other courses, wanted by these students."""
        self._students = students
        self.table.setColumnHidden(_ALTERNATES, not any(line.alternates for line in courses))
        self.table.setColumnHidden(_DEPARTMENT, not any(line.department for line in courses))
        self.set_rows(courses)

    def admits(self) -> Callable[[CourseDemand], bool] | None:
        """Courses of the kind that is chosen."""
        chosen: int = self.filters.choice.currentData()
        return CHOICES[chosen][1]

    def tables(self) -> tuple[ReadingTable, ...]:
        """Courses, and students of the selected one."""
        return self.table, self.wish_table

    def _wish_columns(self) -> list[Column[Wish]]:
        def student(wish: Wish) -> Student:
            return self._students.get(wish.student) or Student(wish.student)

        return [
            Column("Student", 88, lambda w: w.student),
            Column("Name", 124, lambda w: student(w).name),
            Column("Grade", 58, lambda w: student(w).grade),
            Column("Rank", 88, _rank_words, lambda w: (w.alternate, w.rank)),
        ]

    def _leave_for_course(self) -> None:
        self.leave.emit("data", "courses", self.selected)

    def _on_chosen(self, row: int) -> None:
        known = 0 <= row < self.model.rowCount()
        self.data_button.setEnabled(known)
        if not known:
            self.title.setText("Select a course to see who wants it")
            self.facts.clear()
            self.wishes.set_rows([])
            return
        line = self.model.row_at(row)
        self.title.setText(line.title)
        self.facts.setText(" ".join(filter(None, (facts_of(line), self._grades_of(line)))))
        self.wishes.set_rows(line.wishes)

    def _grades_of(self, line: CourseDemand) -> str:
        """How many of each grade request it."""
        wishes = (wish for wish in line.wishes if not wish.alternate and wish.student in self._students)
        grades = Counter(self._students[wish.student].grade for wish in wishes)
        known = sorted(grades.keys() - {""}, key=natural)
        return f"Grade {', '.join(f'{grade}: {grades[grade]:,}' for grade in known)}." if known else ""


_DEPARTMENT, _ALTERNATES = 1, 3


def _columns() -> list[Column[CourseDemand]]:
    return [
        Column("Course", 176, lambda x: x.title),
        Column("Department", 110, lambda x: x.department),
        Column("Requests", 84, lambda x: f"{x.requests:,}", lambda x: x.requests, True),
        Column("Alternates", 88, lambda x: f"{x.alternates:,}", lambda x: x.alternates, True, tip=_ALT_TIP),
        Column("Sections", 78, lambda x: f"{len(x.sections):,}", lambda x: len(x.sections), True),
        Column("Needed", 74, _needed, lambda x: x.needed or 0, True, tip=_NEEDED_TIP),
        Column("Seats", 70, lambda x: f"{x.seats:,}", lambda x: x.seats, True, _fill, _SEATS_TIP),
        Column("To spare", 78, lambda x: f"{x.spare:+,}", lambda x: x.spare, True, tip=_SPARE_TIP),
    ]


_ALT_TIP = "Students who name it only as an alternate"
_NEEDED_TIP = "Sections of its usual size that its requests fill"
_SEATS_TIP = "Seats of its sections; the bar says how many of them its requests take"
_SPARE_TIP = "Seats beyond its requests"


def _needed(line: CourseDemand) -> str:
    return "?" if line.needed is None else f"{line.needed:,}"


def _fill(line: CourseDemand) -> float | None:
    return line.requests / line.seats if line.seats else None


def _rank_words(wish: Wish) -> str:
    return "alternate" if wish.alternate else str(wish.rank)


def facts_of(line: CourseDemand) -> str:
    """Requests against seats, and what would be enough, in sentences."""
    has = f"{counted(len(line.sections), 'section')} with {counted(line.seats, 'seat')}"
    wants = [counted(line.requests, "request")]
    wants += [f"{line.alternates:,} more as an alternate"] if line.alternates else []
    parts = [f"{listed(wants)}; {has if line.sections else 'no section'}."]
    if line.spare < 0 and line.sections:
        parts.append(f"{counted(-line.spare, 'seat')} too few.")
    if line.needed is not None and line.needed != len(line.sections):
        would = f"{counted(line.needed, 'section')} of {line.class_size:,} seats would do."
        parts.append(would)
    return " ".join(parts)
