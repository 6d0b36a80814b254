"""What stands in the heat map and in the master grid: matrices of courses, or departments, by periods."""

from collections.abc import Iterable
from enum import StrEnum

from echelon_desktop.model.wording import counted
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.schedule.matrix import Matrix, MatrixCell
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable

ALL_PERIODS = "All periods"


class Measure(StrEnum):
    """What a cell of the heat map says."""

    WANTED = "Wanted of seats"
    FILLED = "Taken of seats"
    FREE = "Free seats"


def heat_map(timetable: Timetable, by_department: bool, measure: Measure) -> Matrix:
    """
    Seats against demand.

    Students who *want* a course in a period are those who have it there, and those whose request for it is
    unmet and who are free then. A tone is the share of seats that is wanted, or taken; the darkest begins
    where there are no more seats than that.
    """
    periods = [period.id for period in timetable.grid.periods]
    group_of = _groups(timetable, by_department)
    seats: dict[tuple[str, str], int] = {}
    taken: dict[tuple[str, str], int] = {}
    for meeting in timetable.meetings.values():
        group = group_of[meeting.course]
        for period in (*meeting.periods, ALL_PERIODS):
            seats[group, period] = seats.get((group, period), 0) + meeting.seats
            taken[group, period] = taken.get((group, period), 0) + meeting.enrolled
    waiting = _waiting(timetable, group_of, periods)
    groups = _ordered(timetable, group_of, by_department)
    cells = tuple(
        tuple(
            _heat_cell(
                measure, seats.get((group, p), 0), taken.get((group, p), 0), waiting.get((group, p), 0), p
            )
            for p in (*periods, ALL_PERIODS)
        )
        for group, _ in groups
    )
    return Matrix(tuple(title for _, title in groups), (*periods, ALL_PERIODS), cells)


def master_grid(timetable: Timetable) -> Matrix:
    """Courses by periods: teacher and section of everything that meets, sections without a place last."""
    periods = [period.id for period in timetable.grid.periods]
    unplaced = any(not m.periods for m in timetable.meetings.values())
    columns = [*periods, *(["Not placed"] if unplaced else [])]
    group_of = _groups(timetable, False)
    groups = [(course, title) for course, title in _ordered(timetable, group_of, False)]
    rows = []
    for course, _ in groups:
        cells: dict[str, list[Meeting]] = {}
        for meeting in timetable.sections_of.get(course, ()):
            for period in meeting.periods or ("Not placed",):
                cells.setdefault(period, []).append(meeting)
        rows.append(tuple(_master_cell(timetable, cells.get(column, ())) for column in columns))
    return Matrix(tuple(title for _, title in groups), tuple(columns), tuple(rows))


def _groups(timetable: Timetable, by_department: bool) -> dict[str, str]:
    """Course → the row it counts in."""
    if not by_department:
        return {course: course for course in {*timetable.sections_of, *timetable.requests_of}}
    groups = {}
    for course in {*timetable.sections_of, *timetable.requests_of}:
        meetings = timetable.sections_of.get(course)
        record = timetable.school.courses.get(course)
        groups[course] = meetings[0].department if meetings else record.department if record else ""
    return groups


def _ordered(timetable: Timetable, group_of: dict[str, str], by_department: bool) -> list[tuple[str, str]]:
    """Rows and their titles: courses by department and title, as people read a master schedule."""
    if by_department:
        return [(g, g or "No department") for g in sorted(set(group_of.values()), key=natural)]
    department = _groups(timetable, True)
    titles = {course: timetable.course_title(course) for course in group_of}
    ordered = sorted(titles, key=lambda c: (natural(department[c]), natural(titles[c]), c))
    return [(course, titles[course]) for course in ordered]


def _waiting(
    timetable: Timetable, group_of: dict[str, str], periods: list[str]
) -> dict[tuple[str, str], int]:
    """Unmet requests by row and by period in which the student is free."""
    masks = {period: timetable.grid.mask_of((period,), ()) for period in periods}
    waiting: dict[tuple[str, str], int] = {}
    for unmet in timetable.unmet:
        group, busy = group_of[unmet.course], timetable.busy.get(unmet.student, 0)
        free = [period for period, mask in masks.items() if not mask & busy]
        for period in (*free, ALL_PERIODS):
            waiting[group, period] = waiting.get((group, period), 0) + 1
    return waiting


def _heat_cell(measure: Measure, seats: int, taken: int, waiting: int, period: str) -> MatrixCell:
    if not seats and not waiting:
        return MatrixCell("")
    words = f"{counted(seats, 'seat')}, {taken} taken"
    if waiting:
        words += f", {counted(waiting, 'unmet request')}"
        words += "" if period == ALL_PERIODS else " of students who are free then"
    if measure is Measure.FREE:
        free = seats - taken
        return MatrixCell(str(free), _tone(free, seats) if free > 0 else 0, words)
    number = taken if measure is Measure.FILLED else taken + waiting
    return MatrixCell(f"{number}/{seats}", _tone(number, seats), words, f"{number} of {seats}")


def _tone(number: int, most: int) -> int:
    """1 to 5 by the share of ``most``, in fifths; 5 from nine tenths on."""
    if number <= 0:
        return 0
    share = number / most if most else 2.0
    return 1 + sum(share >= step for step in (0.4, 0.6, 0.8, 1.0))


def _master_cell(timetable: Timetable, meetings: Iterable[Meeting]) -> MatrixCell:
    lines, words = [], []
    for meeting in meetings:
        teacher = timetable.teacher_names(meeting) or "no teacher"
        short = ", ".join(timetable.teacher_name(t).partition(",")[0] for t in meeting.teachers) or teacher
        room = f" · {meeting.room}" if meeting.room else ""
        terms = f" ({', '.join(meeting.terms)})" if meeting.terms else ""
        lines.append(f"{short} {meeting.section}{room}{terms}")
        words.append(f"{teacher}, {meeting.section}{room}{terms}, {meeting.enrolled} of {meeting.seats}")
    return MatrixCell("\n".join(lines), 0, "\n".join(words))
