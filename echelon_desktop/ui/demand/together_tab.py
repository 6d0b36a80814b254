"""The tab of courses wanted together: pairs by how many students want both, and who they are."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from echelon_desktop.model.entities import Student
from echelon_desktop.ui.demand.pair_lines import PairLine, facts_of, missed_by
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.list_tab import ListTab
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.timetable import Timetable

ALL, TOGETHER = 0, -1
CHOICES = (
    ("Courses with one section", 1),
    ("With at most 2 sections", 2),
    ("With at most 3 sections", 3),
    ("With at most 4 sections", 4),
    ("All courses", ALL),
)
IN_A_SCHEDULE = (*CHOICES, ("Never apart in this scenario", TOGETHER))


class TogetherTab(ListTab[PairLine]):
    """Pairs of courses at the left, the students who want both at the right."""

    def __init__(self) -> None:
        model: RecordModel[PairLine] = RecordModel(_columns(), lambda line: line.key)
        filters = FilterRow("Course", "Courses with how many sections")
        filters.fill(list(CHOICES))
        super().__init__(model, filters, "pairs")
        self.timetable: Timetable | None = None
        self._students: dict[str, Student] = {}
        self.wanting: RecordModel[Student] = RecordModel(self._student_columns(), lambda s: s.id, self)
        self.student_table = ReadingTable(self.wanting, "Students who want both")
        self.board_button = QPushButton("Show on the board")
        self.board_button.clicked.connect(self._leave_for_board)
        self.lay_out(self.make_side(self.student_table, self.board_button), [720, 456], stretched=0)
        self._show_times()
        self.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda _index: self._leave_for_board())
        self.student_table.opened.connect(lambda i: self.go.emit("students", self.wanting.key_at(i.row())))

    def show_pairs(
        self, lines: list[PairLine], timetable: Timetable | None, students: dict[str, Student]
    ) -> None:
        """List other pairs; without any of the kind that is chosen, those that there are."""
        self.timetable, self._students = timetable, students
        self.filters.fill(list(CHOICES if timetable is None else IN_A_SCHEDULE))
        chosen = self.filters.choice.currentData()
        if chosen > ALL and not any(line.pair.most_sections <= chosen for line in lines):
            fewest = min((line.pair.most_sections for line in lines), default=1)
            wider = next((most for _, most in CHOICES if most >= fewest), ALL)
            self.filters.choice.setCurrentIndex(self.filters.choice.findData(wider))
        self._show_times()
        self.set_rows(lines)

    def admits(self) -> Callable[[PairLine], bool] | None:
        """Pairs of courses with as few sections as is chosen."""
        most: int = self.filters.choice.currentData()
        if most == TOGETHER:
            return lambda line: line.collides
        return None if most == ALL else lambda line: line.pair.most_sections <= most

    def tables(self) -> tuple[ReadingTable, ...]:
        """Pairs, and students of the selected one."""
        return self.table, self.student_table

    def _student_columns(self) -> list[Column[Student]]:
        return [
            Column("Student", 88, lambda s: s.id),
            Column("Name", 124, lambda s: s.name),
            Column("Grade", 58, lambda s: s.grade),
            Column("Misses", 140, self._missed_by),
        ]

    def _show_times(self) -> None:
        for column in (_TIMES, _MISSED):
            self.table.setColumnHidden(column, self.timetable is None)
        self.student_table.setColumnHidden(3, self.timetable is None)
        self.board_button.setVisible(self.timetable is not None)

    def _leave_for_board(self) -> None:
        row = self.table.currentIndex().row()
        if self.timetable is not None and 0 <= row < self.model.rowCount():
            pair = self.model.row_at(row).pair
            fewer = min((pair.one, pair.other), key=lambda each: len(each.sections))
            self.leave.emit("board", "sections", fewer.sections[0])

    def _on_chosen(self, row: int) -> None:
        known = 0 <= row < self.model.rowCount()
        self.board_button.setEnabled(known)
        if not known:
            self.title.setText("Select a pair of courses to see who wants both")
            self.facts.clear()
            self.wanting.set_rows([])
            return
        line = self.model.row_at(row)
        self.title.setText(f"{line.pair.one.title} and {line.pair.other.title}")
        self.facts.setText(facts_of(line, self.timetable))
        self.wanting.set_rows([self._students.get(s) or Student(s) for s in line.pair.students])

    def _missed_by(self, student: Student) -> str:
        """Which of the two courses a student misses."""
        row = self.table.currentIndex().row()
        if self.timetable is None or not 0 <= row < self.model.rowCount():
            return ""
        return missed_by(self.model.row_at(row), self.timetable, student.id)


_TIMES, _MISSED = 4, 5
_SECTIONS_TIP = "Sections of the one and of the other: the fewer, the sooner they collide"
_MISS_TIP = "Students who miss one of the two in the scenario on the screen"


def _columns() -> list[Column[PairLine]]:
    return [
        Column("Course", 158, lambda x: x.pair.one.title),
        Column("And", 158, lambda x: x.pair.other.title),
        Column("Students", 82, lambda x: f"{len(x.pair.students):,}", lambda x: len(x.pair.students), True),
        Column("Sections", 84, _sections, lambda x: x.pair.most_sections, True, tip=_SECTIONS_TIP),
        Column("They meet", 130, lambda x: x.times, tip="In the scenario on the screen"),
        Column("Miss one", 80, lambda x: f"{x.missed:,}", lambda x: x.missed, True, tip=_MISS_TIP),
    ]


def _sections(line: PairLine) -> str:
    return f"{len(line.pair.one.sections):,} and {len(line.pair.other.sections):,}"
