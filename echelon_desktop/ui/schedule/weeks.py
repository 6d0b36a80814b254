"""A week of a student, a teacher or a room: days across, periods down."""

from dataclasses import dataclass

from echelon_desktop.ui.schedule.timetable import Meeting, Timetable

Cell = tuple[int, int]  # row, column


@dataclass(frozen=True, slots=True)
class Entry:
    """A section in a week: its course, a line below, and the terms it is confined to."""

    section: str
    title: str
    line: str
    terms: tuple[str, ...] = ()
    mark: str = ""  # "alternate", "pinned", ...

    @property
    def words(self) -> str:
        """All of it, for a screen reader and for copying."""
        parts = [self.title, self.line, ", ".join(self.terms), self.mark]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Week:
    """
    Days × periods of a day.

    ``periods`` names what stands at each cell ("R1"); cells without a name are no periods of the school.
    ``away`` are cells in which the owner is unavailable.
    """

    days: tuple[str, ...]
    rows: tuple[str, ...]
    periods: dict[Cell, str]
    entries: dict[Cell, tuple[Entry, ...]]
    away: frozenset[Cell] = frozenset()

    def words(self, cell: Cell) -> str:
        """A cell in words: "Biology, S012, Ms. Tran", "free", "unavailable", or nothing."""
        if cell not in self.periods:
            return ""
        entries = "; ".join(entry.words for entry in self.entries.get(cell, ()))
        return entries or ("unavailable" if cell in self.away else "free")


def student_week(timetable: Timetable, student: str) -> Week:
    """The sections in which a student sits."""
    lines = []
    for held in timetable.held.get(student, ()):
        meeting = timetable.meetings[held.section]
        parts = [meeting.section, timetable.teacher_names(meeting), meeting.room]
        mark = ""
        if held.requested != meeting.course:
            mark = f"in place of {timetable.course_title(held.requested)}"
        elif held.pinned:
            mark = "pinned"
        lines.append((meeting, _line(*parts), mark))
    return _week(timetable, lines, timetable.away.get(student, 0))


def teacher_week(timetable: Timetable, teacher: str) -> Week:
    """The sections that a teacher teaches."""
    lines = [
        (m, _line(m.section, m.room, f"{m.enrolled} of {m.seats}"), "")
        for m in timetable.of_teacher.get(teacher, ())
    ]
    return _week(timetable, lines, timetable.teacher_away.get(teacher, 0))


def room_week(timetable: Timetable, room: str) -> Week:
    """The sections that meet in a room."""
    lines = [
        (m, _line(m.section, timetable.teacher_names(m), f"{m.enrolled} of {m.seats}"), "")
        for m in timetable.of_room.get(room, ())
    ]
    return _week(timetable, lines, 0)


def day_name(day: str) -> str:
    """Name a day: "R day" for a letter; longer names speak for themselves."""
    return f"{day} day" if len(day) < 3 and day else day or "Every day"


def _line(*parts: str) -> str:
    return "  ·  ".join(part for part in parts if part)


def _week(timetable: Timetable, lines: list[tuple[Meeting, str, str]], away: int) -> Week:
    grid = timetable.grid
    days = list(dict.fromkeys(period.day for period in grid.periods))
    orders = sorted({period.order for period in grid.periods})
    cell_of = {p.id: (orders.index(p.order), days.index(p.day)) for p in grid.periods}
    if len(set(cell_of.values())) < len(cell_of):
        # Days and orders that do not tell the periods apart: a plain list says at least what is when.
        days, orders = [""], list(range(len(grid.periods)))
        cell_of = {p.id: (i, 0) for i, p in enumerate(grid.periods)}
    entries: dict[Cell, tuple[Entry, ...]] = {}
    # In a cell the terms follow one another as in the year.
    for meeting, line, mark in sorted(lines, key=lambda each: each[0].mask & -each[0].mask):
        for period in meeting.periods:
            cell = cell_of[period]
            entry = Entry(meeting.section, meeting.title, line, meeting.terms, mark)
            entries[cell] = (*entries.get(cell, ()), entry)
    gone = {cell for period, cell in cell_of.items() if grid.mask_of((period,), ()) & away}
    names = {cell: period for period, cell in cell_of.items()}
    # Where there is one day only, each row has one period, whose name says more than its place.
    rows = tuple(map(str, orders)) if len(days) > 1 else tuple(names[cell] for cell in sorted(names))
    return Week(tuple(map(day_name, days)), rows, names, entries, frozenset(gone))
