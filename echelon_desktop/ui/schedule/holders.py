"""The tabs of teachers and of rooms: who has a week of sections, and that week."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from echelon_desktop.model.wording import counted
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.tab import ScheduleListTab
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable
from echelon_desktop.ui.schedule.week_pane import WeekPane
from echelon_desktop.ui.schedule.weeks import Week, room_week, teacher_week


@dataclass(frozen=True, slots=True)
class Holder:
    """
    A teacher or a room with what is there: sections and students.

    ``load`` counts sections at one time of the year, ``preps`` different courses, ``students`` seats taken.
    """

    key: str
    name: str
    department: str
    load: int
    preps: int
    students: int
    meetings: tuple[Meeting, ...]


class HoldersTab(ScheduleListTab[Holder]):
    """
    A list at the left, the week of the selected one at the right.

    Parameters
    ----------
    table
        "teachers" or "rooms".
    columns
        Of the list.
    holders, week
        How the lines and the week of one are read.
    words
        What is said of one above the week.
    """

    def __init__(
        self,
        table: str,
        columns: Sequence[Column[Holder]],
        holders: Callable[[Timetable], list[Holder]],
        week: Callable[[Timetable, str], Week],
        words: Callable[[Holder], list[str]],
    ) -> None:
        model: RecordModel[Holder] = RecordModel(columns, lambda holder: holder.key)
        choice = "Department" if table == "teachers" else ""
        super().__init__(model, FilterRow(table[:-1].capitalize(), choice), table)
        self._holders, self._week, self._words = holders, week, words
        self.pane = WeekPane(table[:-1])
        self.pane.column.addStretch(1)
        self.pane.opened.connect(lambda section: self.go.emit("sections", section))
        self.pane.board_button.setVisible(table == "teachers")
        self.pane.board_button.clicked.connect(lambda: self.leave.emit("board", table, self.selected))
        self.pane.data_button.clicked.connect(lambda: self.leave.emit("data", table, self.selected))
        self.lay_out(self.pane, [540, 620], stretched=1)
        self.chosen.connect(self._on_chosen)
        self.table.opened.connect(lambda i: self.leave.emit("data", table, self.model.key_at(i.row())))

    def show_timetable(self, timetable: Timetable) -> None:
        """Show another state."""
        self.timetable = timetable
        holders = self._holders(timetable)
        departments = sorted({h.department for h in holders} - {""}, key=natural)
        self.filters.fill([("All departments", ""), *((d, d) for d in departments)])
        self.set_rows(holders)

    def admits(self) -> Callable[[Holder], bool] | None:
        """Teachers of the department that is chosen."""
        department = self.filters.choice.currentData()
        return (lambda holder: bool(holder.department == department)) if department else None

    def tables(self) -> tuple[ReadingTable, ...]:
        """The list, and the week of the selected one."""
        return self.table, self.pane.week

    def _on_chosen(self, row: int) -> None:
        if self.timetable is None or not 0 <= row < self.model.rowCount():
            self.pane.show_nobody()
            return
        holder = self.model.row_at(row)
        title = holder.name if holder.name == holder.key else f"{holder.name}  {holder.key}"
        unplaced = sum(not m.periods for m in holder.meetings)
        parts = [*self._words(holder), counted(holder.students, "student")]
        parts += [f"{unplaced} not placed"] if unplaced else []
        self.pane.show_week(title, parts, self._week(self.timetable, holder.key))


def _of_teacher(holder: Holder) -> list[str]:
    return [holder.department, counted(holder.load, "section"), counted(holder.preps, "prep")]


def _of_room(holder: Holder) -> list[str]:
    return [counted(len(holder.meetings), "section"), counted(holder.preps, "course")]


def teachers_tab() -> HoldersTab:
    """The tab of teachers."""
    columns: list[Column[Holder]] = [
        Column("Teacher", 150, lambda h: h.name),
        Column("Department", 120, lambda h: h.department),
        Column(
            "Load", 56, lambda h: str(h.load), lambda h: h.load, True, tip="Sections at one time of the year"
        ),
        Column("Preps", 56, lambda h: str(h.preps), lambda h: h.preps, True, tip="Different courses"),
        Column("Students", 78, lambda h: str(h.students), lambda h: h.students, True),
    ]
    return HoldersTab("teachers", columns, _teachers, teacher_week, _of_teacher)


def rooms_tab() -> HoldersTab:
    """The tab of rooms."""
    columns: list[Column[Holder]] = [
        Column("Room", 120, lambda h: h.name),
        Column("Sections", 78, lambda h: str(len(h.meetings)), lambda h: len(h.meetings), True),
        Column("Students", 78, lambda h: str(h.students), lambda h: h.students, True),
    ]
    return HoldersTab("rooms", columns, _rooms, room_week, _of_room)


def _teachers(timetable: Timetable) -> list[Holder]:
    holders = []
    for teacher, meetings in timetable.of_teacher.items():
        record = timetable.school.teachers.get(teacher)
        department = record.department if record is not None else ""
        department = department or next((m.department for m in meetings if m.department), "")
        holders.append(_holder(timetable, teacher, timetable.teacher_name(teacher), department, meetings))
    return holders


def _rooms(timetable: Timetable) -> list[Holder]:
    return [_holder(timetable, room, room, "", meetings) for room, meetings in timetable.of_room.items()]


def _holder(
    timetable: Timetable, key: str, name: str, department: str, meetings: Iterable[Meeting]
) -> Holder:
    meetings = tuple(meetings)
    students = {student for m in meetings for student in timetable.roster[m.section]}
    preps = len({m.course for m in meetings})
    return Holder(key, name, department, _load(timetable, meetings), preps, len(students), meetings)


def _load(timetable: Timetable, meetings: Sequence[Meeting]) -> int:
    """Sections in the fullest term; a stack, which meets at one time, is one."""
    periods = [period.id for period in timetable.grid.periods]
    terms = [timetable.grid.mask_of(periods, (term,)) for term in timetable.grid.terms] or [
        timetable.grid.all
    ]
    stacked = {timetable.stack_of.get(m.section, m.section): m for m in meetings if m.periods}
    return max(sum(bool(m.mask & term) for m in stacked.values()) for term in terms)
