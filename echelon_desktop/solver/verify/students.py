"""Facts about who sits where: requests, clashes, seats, SPED limits, restrictions."""

from collections.abc import Iterator

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.entities import LinkKind, Student
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.verify.reading import Reading, answers
from echelon_desktop.solver.verify.verdict import Violation


def known_records(reading: Reading) -> Iterator[Violation]:
    """Seatings name only records of the school."""
    for key, seating in reading.schedule.seatings.items():
        if key not in reading.students:
            message = f"The schedule seats student {key}, whom the school lacks."
            yield _about(key, "known-records", message)
        if key != seating.student:
            message = f"The seating of student {key} is that of student {seating.student}."
            yield _about(key, "known-records", message)
        for seat in seating.seats:
            if seat.section not in reading.school.sections:
                message = f"Student {key} sits in section {seat.section}, which the school lacks."
                yield _about(key, "known-records", message)


def requested(reading: Reading) -> Iterator[Violation]:
    """Seats are given for requests, one each, and no course is held twice."""
    for student, seats in reading.seats.items():
        requests = reading.requests.get(student, {})
        sections_for: dict[str, list[str]] = {}
        sections_of: dict[str, list[str]] = {}
        for seat, section in seats:
            request = requests.get(seat.course)
            if request is None:
                message = (
                    f"Student {student} sits in {section.id} for {seat.course}, which he did not request."
                )
                yield _about(student, "requested-courses", message)
            elif not answers(request, section.course):
                message = (
                    f"Student {student} sits in {section.id} ({section.course}) for {seat.course}, "
                    "of which it is no alternate."
                )
                yield _about(student, "requested-courses", message)
            sections_for.setdefault(seat.course, []).append(section.id)
            sections_of.setdefault(section.course, []).append(section.id)
        for course, sections in sections_for.items():
            if len(sections) > 1:
                message = f"Student {student} has {listed(sections)} for one request of {course}."
                yield _about(student, "one-seat-per-request", message)
        for course, sections in sections_of.items():
            if len(sections) > 1:
                message = f"Student {student} holds {course} more than once: {listed(sections)}."
                yield _about(student, "course-once", message)


def students_once(reading: Reading) -> Iterator[Violation]:
    """A student holds one seat at a time."""
    for student, seats in reading.seats.items():
        taken = 0
        for number, (_, section) in enumerate(seats):
            mask = reading.masks.get(section.id, 0)
            if mask & taken:
                others = [s.id for _, s in seats[:number] if reading.masks.get(s.id, 0) & mask]
                message = (
                    f"Student {student} sits in {listed([*others, section.id])} "
                    f"in {reading.slots(mask & taken)}."
                )
                yield _about(student, "student-once", message)
            taken |= mask


def students_available(reading: Reading) -> Iterator[Violation]:
    """Students hold no seat when they are unavailable."""
    for student in reading.students.values():
        away = reading.grid.mask(student.unavailable) if student.unavailable else 0
        if not away:
            continue
        for _, section in reading.seats.get(student.id, ()):
            mask = reading.masks.get(section.id, 0) & away
            if mask:
                message = (
                    f"Student {student.id} is unavailable in {reading.slots(mask)} but sits in {section.id}."
                )
                yield _about(student.id, "student-available", message)


def seats(reading: Reading) -> Iterator[Violation]:
    """Sections, stacks and rooms hold no more students than they have seats."""
    for section in reading.school.sections.values():
        enrolled = len(reading.roster[section.id])
        if enrolled > max(0, section.seats):
            students = counted(enrolled, "student")
            message = f"Section {section.id} has {students} in {counted(section.seats, 'seat')}."
            yield Violation("section-seats", message, "sections", section.id)
        stack = reading.stacks[section.id]
        if stack[0] != section.id:
            continue
        together = reading.enrolled_in_stack(section.id)
        most = max(reading.school.sections[member].seats for member in stack)
        name = f"Section {section.id}" if len(stack) == 1 else f"The stack of {listed(stack)}"
        if len(stack) > 1 and together > most:
            message = f"{name} has {counted(together, 'student')} in {counted(most, 'seat')}."
            yield Violation("stack-seats", message, "sections", section.id)
        for room_id in dict.fromkeys(reading.room(member) for member in stack):
            room = reading.school.rooms.get(room_id)
            if room is not None and room.seats is not None and together > room.seats:
                message = f"{name} has {counted(together, 'student')}; room {room_id} seats {room.seats}."
                yield Violation("room-seats", message, "sections", section.id)


def sped_limits(reading: Reading) -> Iterator[Violation]:
    """Sections hold no more SPED students than their limits."""
    sped = {student.id for student in reading.students.values() if student.sped}
    for section, students in reading.roster.items():
        number, limit = sum(student in sped for student in students), reading.sped_limit(section)
        if limit is not None and number > limit:
            message = f"Section {section} has {counted(number, 'SPED student')}; its limit is {limit}."
            yield Violation("sped-limit", message, "sections", section)


def restrictions(reading: Reading) -> Iterator[Violation]:
    """Sections restricted to grades or groups hold only their students."""
    for section_id, students in reading.roster.items():
        section = reading.school.sections[section_id]
        if not section.grades and not section.groups:
            continue
        for student in (reading.students[s] for s in students):
            if not admits(section.grades, section.groups, student):
                only = [f"grade {grade}" for grade in section.grades]
                only += [f"group {group}" for group in section.groups]
                message = f"Student {student.id} sits in {section_id}, which is for {listed(only)} only."
                yield _about(student.id, "grades-and-groups", message)


def admits(grades: tuple[str, ...], groups: tuple[str, ...], student: Student) -> bool:
    """Whether a section restricted so may hold a student: one of its grades, and one of its groups."""
    return (not grades or student.grade in grades) and (
        not groups or not set(groups).isdisjoint(student.groups)
    )


def same_students(reading: Reading) -> Iterator[Violation]:
    """Who holds courses of two sections linked so holds both sections."""
    held = {
        student: {section.course: section.id for _, section in seats}
        for student, seats in reading.seats.items()
    }
    for link in reading.school.links.values():
        if link.kind != LinkKind.SAME_STUDENTS:
            continue
        members = [section for section in link.sections if section in reading.roster]
        courses = {reading.school.sections[section].course for section in members}
        for student in dict.fromkeys(s for section in members for s in reading.roster[section]):
            apart = [held[student][c] for c in courses if held[student].get(c, members[0]) not in members]
            if apart:
                linked = [section for section in members if student in reading.roster[section]]
                message = (
                    f"Link {link.id}: student {student} sits in {listed(linked)} but for "
                    f"a linked course in {listed(sorted(apart))}."
                )
                yield _about(student, "same-students", message)


def pins(reading: Reading, baseline: Schedule | None) -> Iterator[Violation]:
    """Students keep the seats of the baseline that are pinned, for the same requests."""
    for student, before in (baseline.seatings if baseline is not None else {}).items():
        now = reading.schedule.seatings.get(student)
        kept = now.seats if now is not None else ()
        for seat in before.seats:
            if seat.section in before.pinned and seat not in kept:
                message = (
                    f"Student {student} is pinned to {seat.section} for {seat.course} but has no such seat."
                )
                yield _about(student, "pinned", message)


def _about(student: str, fact: str, message: str) -> Violation:
    return Violation(fact, message, "students", student)
