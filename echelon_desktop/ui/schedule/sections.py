"""The tab of sections: fill, SPED and size of each, and beside it who sits in the one selected."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from echelon_desktop.model.entities import Student
from echelon_desktop.ui.schedule.records import Column, RecordModel
from echelon_desktop.ui.schedule.tab import FilterRow, Tab
from echelon_desktop.ui.schedule.tables import ReadingTable
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable
from echelon_desktop.ui.theme import SPACE

FULL, OPEN, SPED_FULL, UNPLACED = "full", "open", "sped", "unplaced"
STATES = (
    ("All sections", ""),
    ("Full", FULL),
    ("With free seats", OPEN),
    ("At the SPED limit", SPED_FULL),
    ("Without a place", UNPLACED),
)


class SectionsTab(Tab):
    """Sections at the left, the students of the selected one at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._timetable: Timetable | None = None
        self.model: RecordModel[Meeting] = RecordModel(self._columns(), lambda m: m.section, self)
        self.table = ReadingTable(self.model, "Sections")
        self.filters = FilterRow("Section, course, teacher or period", "Which sections")
        self.filters.fill([(title, state) for title, state in STATES])
        self.filters.changed.connect(self._filter)
        self.roster: RecordModel[Student] = RecordModel(_roster_columns(), lambda s: s.id, self)
        self.roster_table = ReadingTable(self.roster, "Students of the section")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.m, SPACE.m)
        column.addWidget(self.filters)
        column.addWidget(self.table, 1)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self._make_side())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([800, 376])
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)
        self.table.moved.connect(self._show_roster)
        self.table.opened.connect(
            lambda index: self.leave.emit("board", "sections", self.model.key_at(index.row()))
        )
        self.roster_table.opened.connect(lambda i: self.go.emit("students", self.roster.key_at(i.row())))

    def show_timetable(self, timetable: Timetable) -> None:
        """Show the sections of another state."""
        key = self.selected
        self._timetable = timetable
        rooms = any(m.room for m in timetable.meetings.values())
        self.model.set_rows(list(timetable.meetings.values()))
        self.table.setColumnHidden(_ROOM, not rooms)
        self._count()
        self._keep(key)

    def select(self, key: str) -> None:
        """Select a section."""
        if self.model.find(key) < 0:
            self.filters.clear()
        self.table.choose(self.model.find(key))

    def tables(self) -> tuple[ReadingTable, ...]:
        """Sections, and students of the selected one."""
        return self.table, self.roster_table

    @property
    def selected(self) -> str:
        """The section that is selected, empty when none is."""
        row = self.table.currentIndex().row()
        return self.model.key_at(row) if 0 <= row < self.model.rowCount() else ""

    def _columns(self) -> list[Column[Meeting]]:
        def timetable() -> Timetable:
            assert self._timetable is not None
            return self._timetable

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
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.m)
        self.title = QLabel()
        self.title.setProperty("kind", "lead")
        self.title.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setProperty("kind", "soft")
        self.facts.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self.roster_table, 1)
        row = QHBoxLayout()
        self.board_button = QPushButton("Show on the board")
        self.data_button = QPushButton("Show in Data")
        self.board_button.clicked.connect(lambda: self.leave.emit("board", "sections", self.selected))
        self.data_button.clicked.connect(lambda: self.leave.emit("data", "sections", self.selected))
        row.addWidget(self.board_button)
        row.addWidget(self.data_button)
        row.addStretch(1)
        column.addLayout(row)
        return side

    def _show_roster(self, row: int) -> None:
        timetable, known = self._timetable, 0 <= row < self.model.rowCount()
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

    def _filter(self) -> None:
        key, state = self.selected, self.filters.choice.currentData()
        self.model.filter(self.filters.words.text(), (lambda m: _is(m, state)) if state else None)
        self._count()
        self._keep(key)

    def _count(self) -> None:
        self.filters.count(self.model.rowCount(), len(self.model.rows), "sections")

    def _keep(self, key: str) -> None:
        row = self.model.find(key) if key else -1
        row = row if row >= 0 else min(0, self.model.rowCount() - 1)
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._show_roster(row)


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
