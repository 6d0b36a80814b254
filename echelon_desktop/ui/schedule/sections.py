"""The tab of sections: fill, SPED and size of each, and beside it who sits in the one selected."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from echelon_desktop.model.entities import Student
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.tab import ScheduleListTab
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable

FULL, OPEN, SPED_FULL, UNPLACED = "full", "open", "sped", "unplaced"
STATES = (
    ("All sections", ""),
    ("Full", FULL),
    ("With free seats", OPEN),
    ("At the SPED limit", SPED_FULL),
    ("Without a place", UNPLACED),
)


class SectionsTab(ScheduleListTab[Meeting]):
    """Sections at the left, the students of the selected one at the right."""

    def __init__(self) -> None:
        model: RecordModel[Meeting] = RecordModel(self._columns(), lambda m: m.section)
        filters = FilterRow("Section, course, teacher or period", "Which sections")
        filters.fill([(title, state) for title, state in STATES])
        super().__init__(model, filters, "sections")
        self.roster: RecordModel[Student] = RecordModel(_roster_columns(), lambda s: s.id, self)
        self.roster_table = ReadingTable(self.roster, "Students of the section")
        self.lay_out(self._make_side(), [800, 376], stretched=0)
        self.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda i: self.leave.emit("board", "sections", self.model.key_at(i.row())))
        self.roster_table.opened.connect(lambda i: self.go.emit("students", self.roster.key_at(i.row())))

    def show_timetable(self, timetable: Timetable) -> None:
        """Show the sections of another state."""
        self.timetable = timetable
        self.table.setColumnHidden(_ROOM, not any(m.room for m in timetable.meetings.values()))
        self.set_rows(list(timetable.meetings.values()))

    def admits(self) -> Callable[[Meeting], bool] | None:
        """Sections in the state that is chosen."""
        state = self.filters.choice.currentData()
        return (lambda meeting: _is(meeting, state)) if state else None

    def tables(self) -> tuple[ReadingTable, ...]:
        """Sections, and students of the selected one."""
        return self.table, self.roster_table

    def _columns(self) -> list[Column[Meeting]]:
        def timetable() -> Timetable:
            assert self.timetable is not None
            return self.timetable

        def order(meeting: Meeting) -> tuple[bool, int]:
            return not meeting.mask, meeting.mask & -meeting.mask

        return [
            Column("Section", 84, lambda m: m.section),
            Column("Course", 160, lambda m: m.title),
            Column("Teacher", 130, lambda m: timetable().teacher_names(m)),
            Column("Periods", 84, lambda m: timetable().place(m), order),
            Column("Room", 64, lambda m: m.room),
            Column(
                "Students",
                92,
                _fill,
                lambda m: _share(m.enrolled, m.seats),
                True,
                _fill_share,
                _FILL_TIP,
                _fill_words,
                copied=lambda m: f"{m.enrolled} of {m.seats}",
            ),
            Column(
                "SPED",
                84,
                _sped,
                lambda m: (m.sped_limit is None, m.sped),
                True,
                _sped_share,
                _SPED_TIP,
                _sped_words,
                copied=lambda m: _sped(m).replace("/", " of "),
            ),
            Column(
                "Against mean",
                104,
                lambda m: _signed(m.enrolled - m.mean),
                lambda m: m.enrolled - m.mean,
                True,
                tip=_MEAN_TIP,
            ),
        ]

    def _make_side(self) -> QWidget:
        self.board_button = QPushButton("Show on the board")
        self.data_button = QPushButton("Show in Data")
        self.board_button.clicked.connect(lambda: self.leave.emit("board", "sections", self.selected))
        self.data_button.clicked.connect(lambda: self.leave.emit("data", "sections", self.selected))
        return self.make_side(self.roster_table, self.board_button, self.data_button)

    def _on_chosen(self, row: int) -> None:
        timetable, known = self.timetable, 0 <= row < self.model.rowCount()
        self.board_button.setEnabled(known)
        self.data_button.setEnabled(known)
        if timetable is None or not known:
            self.title.setText("Select a section to see who sits in it")
            self.facts.clear()
            self.roster.set_rows([])
            return
        meeting = self.model.row_at(row)
        self.title.setText(f"{meeting.title}, {meeting.section}")
        parts = [timetable.teacher_names(meeting), timetable.place(meeting), meeting.room]
        parts += ["locked"] if meeting.locked else []
        self.facts.setText("  ·  ".join(part for part in parts if part))
        students = [
            timetable.students[s] for s in timetable.roster[meeting.section] if s in timetable.students
        ]
        self.roster.set_rows(students)


_ROOM = 4
_FILL_TIP = "Students and seats"
_SPED_TIP = "SPED students and the most there may be"
_MEAN_TIP = "Students more or less than the sections of the course have on average"


def _roster_columns() -> list[Column[Student]]:
    return [
        Column("Student", 88, lambda s: s.id),
        Column("Name", 116, lambda s: s.name),
        Column("Grade", 58, lambda s: s.grade),
        Column("SPED", 60, lambda s: "SPED" if s.sped else "", spoken=lambda s: "yes" if s.sped else "no"),
    ]


def _is(meeting: Meeting, state: str) -> bool:
    return {
        FULL: meeting.enrolled >= meeting.seats,
        OPEN: meeting.enrolled < meeting.seats,
        SPED_FULL: meeting.sped_limit is not None and meeting.sped >= meeting.sped_limit,
        UNPLACED: not meeting.periods,
    }[state]


def _share(number: int, most: int) -> float:
    return number / most if most else float(number > 0)


def _fill(meeting: Meeting) -> str:
    return f"{meeting.enrolled}/{meeting.seats}"


def _fill_share(meeting: Meeting) -> float:
    return _share(meeting.enrolled, meeting.seats)


def _fill_words(meeting: Meeting) -> str:
    return f"{meeting.enrolled} of {meeting.seats} seats taken"


def _sped(meeting: Meeting) -> str:
    return f"{meeting.sped}/{meeting.sped_limit}" if meeting.sped_limit is not None else f"{meeting.sped}"


def _sped_share(meeting: Meeting) -> float | None:
    return None if meeting.sped_limit is None else _share(meeting.sped, meeting.sped_limit)


def _sped_words(meeting: Meeting) -> str:
    if meeting.sped_limit is None:
        return f"{meeting.sped}, no limit"
    return f"{meeting.sped}, at most {meeting.sped_limit}"


def _signed(number: float) -> str:
    text = f"{number:+.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text
