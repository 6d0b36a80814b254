"""The tab of courses wanted together: pairs by how many students want both, and who they are."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from echelon_desktop.model.demand import CourseDemand, Together
from echelon_desktop.model.entities import Student
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.list_tab import ListTab
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable

ALL, TOGETHER = 0, -1
CHOICES = (
    ("Courses with one section", 1),
    ("With at most 2 sections", 2),
    ("With at most 3 sections", 3),
    ("With at most 4 sections", 4),
    ("All courses", ALL),
)
IN_A_SCHEDULE = (*CHOICES, ("Never apart in this scenario", TOGETHER))


class TogetherTab(ListTab[Together]):
    """Pairs of courses at the left, the students who want both at the right."""

    def __init__(self) -> None:
        model: RecordModel[Together] = RecordModel(self._columns(), _key)
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

    def show_demand(self, pairs: list[Together], students: dict[str, Student]) -> None:
        """List other pairs; without any of the kind that is chosen, those that there are."""
        self._students = students
        chosen = self.filters.choice.currentData()
        if chosen > ALL and not any(pair.most_sections <= chosen for pair in pairs):
            fewest = min((pair.most_sections for pair in pairs), default=1)
            wider = next((most for _, most in CHOICES if most >= fewest), ALL)
            self.filters.choice.setCurrentIndex(self.filters.choice.findData(wider))
        self.set_rows(pairs)

    def show_timetable(self, timetable: Timetable | None) -> None:
        """Say where the courses meet in another schedule, None for none."""
        self.timetable = timetable
        self.filters.fill(list(CHOICES if timetable is None else IN_A_SCHEDULE))
        self._show_times()
        self.set_rows(self.model.rows)

    def admits(self) -> Callable[[Together], bool] | None:
        """Pairs of courses with as few sections as is chosen."""
        most: int = self.filters.choice.currentData()
        if most == TOGETHER:
            return self._collides
        return None if most == ALL else lambda pair: pair.most_sections <= most

    def tables(self) -> tuple[ReadingTable, ...]:
        """Pairs, and students of the selected one."""
        return self.table, self.student_table

    def _columns(self) -> list[Column[Together]]:
        return [
            Column("Course", 158, lambda pair: pair.one.title),
            Column("And", 158, lambda pair: pair.other.title),
            Column("Students", 82, lambda p: f"{len(p.students):,}", lambda p: len(p.students), True),
            Column("Sections", 84, _sections, lambda pair: pair.most_sections, True, tip=_SECTIONS_TIP),
            Column("They meet", 130, self._times, tip="In the scenario on the screen"),
            Column("Miss one", 80, self._missing, self._missed, True, tip=_MISS_TIP),
        ]

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
            pair = self.model.row_at(row)
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
        pair = self.model.row_at(row)
        self.title.setText(f"{pair.one.title} and {pair.other.title}")
        self.facts.setText(" ".join(self._facts(pair)))
        self.wanting.set_rows([self._students.get(s) or Student(s) for s in pair.students])

    def _facts(self, pair: Together) -> list[str]:
        both, timetable = (pair.one, pair.other), self.timetable
        facts = [f"{counted(len(pair.students), 'student wants', 'students want')} both."]
        if timetable is None:
            return [*facts, *(f"{x.title}: {counted(len(x.sections), 'section')}." for x in both)]
        facts += [f"{x.title} meets in {self._places(timetable, x) or 'no period yet'}." for x in both]
        missed = self._missed(pair)
        return [*facts, f"{missed:,} of them {'misses' if missed == 1 else 'miss'} one."]

    def _times(self, pair: Together) -> str:
        """Where both meet when each has one section, else whether they can be taken together at all."""
        if self.timetable is None:
            return ""
        ones, others = self._meetings(pair.one), self._meetings(pair.other)
        if not ones or not others:
            return "not placed"
        if pair.most_sections == 1:
            places = [self.timetable.place(meeting) for meeting in (*ones, *others)]
            return f"both {places[0]}" if places[0] == places[1] else " · ".join(places)
        return "never apart" if self._collides(pair) else "apart"

    def _collides(self, pair: Together) -> bool:
        """Whether both have a place, and no student can hold a seat in each."""
        ones, others = self._meetings(pair.one), self._meetings(pair.other)
        return bool(ones and others) and all(a.mask & b.mask for a in ones for b in others)

    def _meetings(self, each: CourseDemand) -> list[Meeting]:
        """Its sections that have a place."""
        meetings = self.timetable.sections_of.get(each.course, ()) if self.timetable is not None else ()
        return [meeting for meeting in meetings if meeting.mask]

    def _places(self, timetable: Timetable, each: CourseDemand) -> str:
        meetings = sorted(self._meetings(each), key=lambda meeting: meeting.mask & -meeting.mask)
        return ", ".join(dict.fromkeys(timetable.place(meeting) for meeting in meetings))

    def _missing(self, pair: Together) -> str:
        return f"{self._missed(pair):,}"

    def _missed(self, pair: Together) -> int:
        """Students of a pair who hold no seat for one of the two courses."""
        if self.timetable is None:
            return 0
        both, unmet = {pair.one.course, pair.other.course}, self.timetable.unmet_of
        return sum(any(each.course in both for each in unmet.get(s, ())) for s in pair.students)

    def _missed_by(self, student: Student) -> str:
        """Which of the two courses a student misses."""
        row = self.table.currentIndex().row()
        if self.timetable is None or not 0 <= row < self.model.rowCount():
            return ""
        pair = self.model.row_at(row)
        unmet = {each.course for each in self.timetable.unmet_of.get(student.id, ())}
        return ", ".join(each.title for each in (pair.one, pair.other) if each.course in unmet)


_TIMES, _MISSED = 4, 5
_SECTIONS_TIP = "Sections of the one and of the other: the fewer, the sooner they collide"
_MISS_TIP = "Students who miss one of the two in the scenario on the screen"


def _sections(pair: Together) -> str:
    return f"{len(pair.one.sections):,} and {len(pair.other.sections):,}"


def _key(pair: Together) -> str:
    return f"{pair.one.course}\t{pair.other.course}"
