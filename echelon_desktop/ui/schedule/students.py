"""The tab of students: everybody at the left; week, unmet requests and their reasons of the one selected."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from echelon_desktop.model.entities import Student
from echelon_desktop.ui.schedule.list_tab import ListTab
from echelon_desktop.ui.schedule.records import Column, RecordModel
from echelon_desktop.ui.schedule.tab import FilterRow, Reasons
from echelon_desktop.ui.schedule.tables import ReadingTable
from echelon_desktop.ui.schedule.timetable import Timetable, Unmet
from echelon_desktop.ui.schedule.unmet_card import UnmetCards
from echelon_desktop.ui.schedule.week_view import WeekView
from echelon_desktop.ui.schedule.weeks import student_week
from echelon_desktop.ui.theme import SPACE

UNMET = ("unmet", "")


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student in the list."""

    student: Student
    requests: int
    unmet: int


class StudentsTab(ListTab[StudentLine]):
    """Students at the left, the week of the selected one at the right."""

    def __init__(self) -> None:
        model: RecordModel[StudentLine] = RecordModel(_columns(), lambda line: line.student.id)
        super().__init__(model, FilterRow("Student", "Which students"), "students")
        self._reasons: Reasons | None = None
        self.left.addWidget(self.filters.counts)  # there is no room for it above
        self.lay_out(self._make_side(), [400, 760], stretched=1)
        self.table.opened.connect(lambda i: self.leave.emit("data", "students", self.model.key_at(i.row())))

    def show_timetable(self, timetable: Timetable) -> None:
        """Show the students of another state."""
        self.timetable = timetable
        choices: list[tuple[str, object]] = [("All students", None), ("With unmet requests", UNMET)]
        choices += [(f"Grade {grade}", ("grade", grade)) for grade in timetable.grades()]
        self.filters.fill(choices)
        self.table.setColumnHidden(1, not any(s.name for s in timetable.students.values()))
        self.set_rows(
            [
                StudentLine(
                    s, timetable.number_of_requests.get(s.id, 0), len(timetable.unmet_of.get(s.id, ()))
                )
                for s in timetable.students.values()
            ]
        )

    def admits(self) -> Callable[[StudentLine], bool] | None:
        """Students with unmet requests, or of a grade, as chosen."""
        choice = self.filters.choice.currentData()
        if choice is None:
            return None
        return _has_unmet if choice == UNMET else lambda line: bool(line.student.grade == choice[1])

    def show_reasons(self, reasons: Reasons | None) -> None:
        """Show the reasons of the selected student."""
        self._reasons = reasons
        self._show_unmet()

    def tables(self) -> tuple[ReadingTable, ...]:
        """Students, and the week of the selected one."""
        return self.table, self.week

    def _make_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.m)
        column.setSpacing(SPACE.s)
        top = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = QLabel()
        self.title.setProperty("kind", "lead")
        self.facts = QLabel()
        self.facts.setProperty("kind", "soft")
        words.addWidget(self.title)
        words.addWidget(self.facts)
        top.addLayout(words, 1)
        self.board_button = QPushButton("Show on the board")
        self.board_button.clicked.connect(self._show_on_board)
        self.data_button = QPushButton("Show in Data")
        self.data_button.clicked.connect(lambda: self.leave.emit("data", "students", self.selected))
        top.addWidget(self.board_button)
        top.addWidget(self.data_button)
        column.addLayout(top)
        self.week = WeekView("Week of the student", self)
        self.week.opened.connect(self._open_section)
        column.addWidget(self.week)
        self.unmet = UnmetCards()
        column.addWidget(self.unmet, 1)
        return side

    def show_selected(self, row: int) -> None:
        """Show the week of a student."""
        timetable, known = self.timetable, 0 <= row < self.model.rowCount()
        for button in (self.board_button, self.data_button):
            button.setEnabled(known)
        self.week.setVisible(known)
        if timetable is None or not known:
            self.title.setText("Select a student to see the week")
            self.facts.clear()
            self.unmet.show_unmet(None, "", (), None)
            return
        line = self.model.row_at(row)
        student = line.student
        self.title.setText(f"{student.name or 'Student'}  {student.id}")
        parts = [f"Grade {student.grade}"] if student.grade else []
        parts += ["SPED"] if student.sped else []
        parts += [f"Counselor {student.counselor}"] if student.counselor else []
        parts.append(f"{line.requests - line.unmet} of {line.requests} requests met")
        self.facts.setText("  ·  ".join(parts))
        self.week.show_week(student_week(timetable, student.id))
        self._show_unmet()

    def _show_unmet(self) -> None:
        if self.timetable is not None and self.selected:
            unmet: list[Unmet] = self.timetable.unmet_of.get(self.selected, [])
            self.unmet.show_unmet(self.timetable, self.selected, unmet, self._reasons)

    def _sections_shown(self) -> str:
        """The section of the cell with the focus, else the first in the week; empty when there is none."""
        entries = self.week.week_model.entries(self.week.currentIndex())
        if entries:
            return entries[0].section
        held = self.timetable.held.get(self.selected, ()) if self.timetable is not None else ()
        return held[0].section if held else ""

    def _show_on_board(self) -> None:
        section = self._sections_shown()
        if section:
            self.leave.emit("board", "sections", section)

    def _open_section(self) -> None:
        entries = self.week.week_model.entries(self.week.currentIndex())
        if entries:
            self.go.emit("sections", entries[0].section)


def _has_unmet(line: StudentLine) -> bool:
    return line.unmet > 0


def _columns() -> list[Column[StudentLine]]:
    return [
        Column("Student", 84, lambda line: line.student.id),
        Column("Name", 140, lambda line: line.student.name),
        Column("Grade", 56, lambda line: line.student.grade),
        Column(
            "Unmet",
            64,
            lambda line: str(line.unmet) if line.unmet else "",
            lambda line: line.unmet,
            True,
            spoken=lambda line: f"{line.unmet} of {line.requests}",
        ),
    ]
