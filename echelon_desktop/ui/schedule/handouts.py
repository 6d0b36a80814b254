"""What is printed: a page for a student, a teacher, a room or a class, and the master grid, as rich text."""

from collections.abc import Sequence
from html import escape

from echelon_desktop.model.wording import counted
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.paper.looks import DENSE, TABLE, Heading, head
from echelon_desktop.ui.schedule.overview import master_grid
from echelon_desktop.ui.schedule.timetable import Meeting, Timetable
from echelon_desktop.ui.schedule.weeks import Entry, Week, room_week, student_week, teacher_week
from echelon_desktop.ui.theme import LIGHT

_WIDTHS = {"When": 14, "Course": 38, "Section": 13, "Room": 11, "Teacher": 30, "Students": 15}  # parts
_COURSE_SHARE = 16  # percent of the width of the master grid


def student_page(timetable: Timetable, heading: Heading, student: str) -> str:
    """The week of a student, his sections, and the requests that are not met."""
    record = timetable.students[student]
    facts = [f"Student {record.id}"]
    facts += [f"Grade {record.grade}"] if record.grade else []
    facts += [f"Counselor {record.counselor}"] if record.counselor else []
    meetings = [timetable.meetings[held.section] for held in timetable.held.get(student, ())]
    unmet = [timetable.course_title(each.course) for each in timetable.unmet_of.get(student, ())]
    parts = [
        head(heading, timetable.student_name(student), facts),
        _week(student_week(timetable, student)),
        '<p class="part">Sections</p>',
        _sections(timetable, meetings, ("Room", "Teacher")),
    ]
    if unmet:
        parts.append(f'<p class="part">Requested, without a seat</p><p>{escape(", ".join(unmet))}</p>')
    return "".join(parts)


def teacher_page(timetable: Timetable, heading: Heading, teacher: str) -> str:
    """The week of a teacher and his sections."""
    meetings = timetable.of_teacher.get(teacher, [])
    record = timetable.school.teachers.get(teacher)
    facts = [f"Teacher {teacher}", *([record.department] if record is not None and record.department else [])]
    return "".join(
        [
            head(heading, timetable.teacher_name(teacher), facts),
            _week(teacher_week(timetable, teacher)),
            '<p class="part">Sections</p>',
            _sections(timetable, meetings, ("Room", "Students")),
        ]
    )


def room_page(timetable: Timetable, heading: Heading, room: str) -> str:
    """The week of a room and the sections that meet there, as for its door."""
    record = timetable.school.rooms.get(room)
    facts = []
    if record is not None:
        facts = [fact for fact in (record.building, record.type) if fact]
        facts += [counted(record.seats, "seat")] if record.seats is not None else []
    return "".join(
        [
            head(heading, f"Room {room}", facts),
            _week(room_week(timetable, room)),
            '<p class="part">Sections</p>',
            _sections(timetable, timetable.of_room.get(room, []), ("Teacher", "Students")),
        ]
    )


def section_page(timetable: Timetable, heading: Heading, section: str) -> str:
    """
    The class list of a section, by name.

    It lies about in classrooms, so that who is in special education is not on it.
    """
    meeting = timetable.meetings[section]
    facts = [f"Section {section}", timetable.teacher_names(meeting), timetable.place(meeting)]
    facts += [f"Room {meeting.room}"] if meeting.room else []
    facts.append(f"{meeting.enrolled} of {counted(meeting.seats, 'seat')}")
    students = [timetable.students[s] for s in timetable.roster[section] if s in timetable.students]
    students.sort(key=lambda s: (natural(s.name), natural(s.id)))
    columns = [("Name", [s.name for s in students]), ("Student", [s.id for s in students])]
    columns.append(("Grade", [s.grade for s in students]))
    columns = [(title, texts) for title, texts in columns if title == "Student" or any(texts)]
    heads = "".join(f"<th>{title}</th>" for title, _ in columns)
    rows = "".join(
        f'<tr><td width="6%" class="soft">{number}</td>{"".join(f"<td>{escape(t)}</td>" for t in texts)}</tr>'
        for number, texts in enumerate(zip(*(texts for _, texts in columns), strict=True), 1)
    )
    table = f'<table {DENSE}><thead><tr><th width="6%"></th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    if not students:
        table = '<p class="soft">Nobody sits in it.</p>'
    return head(heading, meeting.title, [fact for fact in facts if fact]) + table


def master_pages(timetable: Timetable, heading: Heading) -> str:
    """The master grid; its first row is repeated on every page."""
    matrix = master_grid(timetable)
    share = (100 - _COURSE_SHARE) / max(1, len(matrix.columns))
    heads = f'<th width="{_COURSE_SHARE}%">Course</th>'
    heads += "".join(f'<th width="{share:.1f}%">{escape(title)}</th>' for title in matrix.columns)
    rows = "".join(
        f"<tr><td><b>{escape(title)}</b></td>"
        + "".join(f"<td>{escape(cell.text).replace(chr(10), '<br>')}</td>" for cell in row)
        + "</tr>"
        for title, row in zip(matrix.rows, matrix.cells, strict=True)
    )
    table = f'<table class="master" {TABLE}><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return head(heading, "Master schedule", []) + table


def _week(week: Week) -> str:
    share = 94 // max(1, len(week.days))
    heads = "".join(f'<th width="{share}%">{escape(day)}</th>' for day in week.days)
    rows = []
    for row, name in enumerate(week.rows):
        cells = "".join(_week_cell(week, row, column) for column in range(len(week.days)))
        rows.append(f'<tr><th width="6%">{escape(name)}</th>{cells}</tr>')
    return f'<table {TABLE}><thead><tr><th width="6%"></th>{heads}</tr></thead>{"".join(rows)}</table>'


def _when(timetable: Timetable, meeting: Meeting) -> tuple[tuple[int, int], int]:
    """By day and period, then by term; what is not placed comes last."""
    days = list(dict.fromkeys(period.day for period in timetable.grid.periods))
    starts = [
        (days.index(period.day), period.order)
        for period in timetable.grid.periods
        if period.id in meeting.periods
    ]
    return min(starts, default=(len(days), 0)), meeting.mask & -meeting.mask


def _week_cell(week: Week, row: int, column: int) -> str:
    if (row, column) not in week.periods:
        return "<td></td>"
    entries = week.entries.get((row, column), ())
    if not entries:
        return f'<td class="soft">{escape(week.words((row, column)).capitalize())}</td>'
    ground, _ = LIGHT.day[column % len(LIGHT.day)]
    return f'<td bgcolor="{ground}">{"<br>".join(map(_entry, entries))}</td>'


def _entry(entry: Entry) -> str:
    terms = f" ({', '.join(entry.terms)})" if entry.terms else ""
    return f'<b>{escape(entry.title + terms)}</b><br><span class="small">{escape(entry.line)}</span>'


def _sections(timetable: Timetable, meetings: list[Meeting], more: Sequence[str]) -> str:
    """A table of sections in the order of their periods; ``more`` are columns at the right."""
    titles = ["When", "Course", "Section", *more]
    if "Room" in titles and not any(m.room for m in meetings):
        titles.remove("Room")
    # Rich text would give a long name of a course less room than a short one of a teacher.
    whole = sum(_WIDTHS[title] for title in titles)
    widths = {title: round(100 * _WIDTHS[title] / whole) for title in titles}
    rows = []
    for meeting in sorted(meetings, key=lambda m: _when(timetable, m)):
        texts = {
            "When": timetable.place(meeting),
            "Course": meeting.title,
            "Section": meeting.section,
            "Room": meeting.room,
            "Teacher": timetable.teacher_names(meeting),
            "Students": f"{meeting.enrolled} of {meeting.seats}",
        }
        rows.append("<tr>" + "".join(f"<td>{escape(texts[title])}</td>" for title in titles) + "</tr>")
    heads = "".join(f'<th width="{widths[title]}%">{title}</th>' for title in titles)
    return f"<table {TABLE}><thead><tr>{heads}</tr></thead>{''.join(rows)}</table>"
