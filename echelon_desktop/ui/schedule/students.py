"""The tab of students: everybody at the left; week, unmet requests and their reasons of the one selected."""

from collections.abc import Callable
from dataclasses import dataclass

from echelon_desktop.model.edits import move_seats
from echelon_desktop.model.entities import Student
from echelon_desktop.solver.explain import Reason
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.tab import Reasons, ScheduleListTab
from echelon_desktop.ui.schedule.timetable import Timetable, Unmet
from echelon_desktop.ui.schedule.unmet_card import UnmetCards
from echelon_desktop.ui.schedule.week_pane import WeekPane
from echelon_desktop.ui.schedule.weeks import student_week

UNMET = ("unmet", "")


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student in the list."""

    student: Student
    requests: int
    unmet: int


class StudentsTab(ScheduleListTab[StudentLine]):
    """
    Students at the left, the week of the selected one at the right.

    Parameters
    ----------
    document
        Where seats are moved as a reason says.
    """

    def __init__(self, document: Document) -> None:
        model: RecordModel[StudentLine] = RecordModel(_columns(), lambda line: line.student.id)
        super().__init__(model, FilterRow("Student", "Which students"), "students")
        self._reasons: Reasons | None = None
        self.left.addWidget(self.filters.counts)  # there is no room for it above
        self.document = document
        self.pane, self.unmet = WeekPane("student"), UnmetCards()
        self.unmet.writable = not document.read_only
        self.unmet.seats_wanted.connect(self._move_seats)
        self.unmet.leave.connect(self.leave)
        self.pane.column.addWidget(self.unmet, 1)
        self.pane.opened.connect(lambda section: self.go.emit("sections", section))
        self.pane.board_button.clicked.connect(self._show_on_board)
        self.pane.data_button.clicked.connect(lambda: self.leave.emit("data", "students", self.selected))
        self.lay_out(self.pane, [400, 760], stretched=1)
        self.chosen.connect(self._on_chosen)
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
        return self.table, self.pane.week

    def _on_chosen(self, row: int) -> None:
        if self.timetable is None or not 0 <= row < self.model.rowCount():
            self.pane.show_nobody()
            self.unmet.show_unmet(None, "", (), None)
            return
        line = self.model.row_at(row)
        student = line.student
        parts = [f"Grade {student.grade}"] if student.grade else []
        parts += ["SPED"] if student.sped else []
        parts += [f"Counselor {student.counselor}"] if student.counselor else []
        parts.append(f"{line.requests - line.unmet} of {line.requests} requests met")
        title = f"{student.name or 'Student'}  {student.id}"
        self.pane.show_week(title, parts, student_week(self.timetable, student.id))
        self._show_unmet()

    def _show_unmet(self) -> None:
        if self.timetable is not None and self.selected:
            unmet: list[Unmet] = self.timetable.unmet_of.get(self.selected, [])
            self.unmet.show_unmet(self.timetable, self.selected, unmet, self._reasons)

    def _move_seats(self, student: str, reason: Reason) -> None:
        moves = dict(zip(reason.courses, reason.sections, strict=True))
        with told(self, "The seats were not moved"):
            self.document.apply(move_seats(self.document.dataset, self.document.scenario, student, moves))
            self.begin()  # the button goes with what it mended

    def _show_on_board(self) -> None:
        """Show the section of the cell with the focus, else the first in the week."""
        held = self.timetable.held.get(self.selected, ()) if self.timetable is not None else ()
        section = self.pane.section() or (held[0].section if held else "")
        if section:
            self.leave.emit("board", "sections", section)


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
