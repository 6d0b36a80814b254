"""What the rules about who teaches what, and in which room, count."""

from collections.abc import Iterator

from echelon_desktop.model.entities import Rule, Section, Teacher
from echelon_desktop.model.wording import counted, listed
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.verdict import Breach


def teacher_travel(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each two consecutive periods of a term that a teacher teaches in different buildings."""
    for teacher, sections in reading.teaching(rule):
        for term, _ in reading.terms:
            for run in reading.grid.runs(2):
                slots = [reading.grid.mask_of((period,), (term,) if term else ()) for period in run]
                first, second = (
                    {_building(reading, s) for s in sections if reading.masks[s] & slot} - {""}
                    for slot in slots
                )
                if any(a != b for a in first for b in second):
                    where = f"{run[0]} to {run[1]}" + (f" of {term}" if term else "")
                    message = f"Teacher {teacher.id} goes from building {listed(sorted(first))} to "
                    message += f"{listed(sorted(second))} from {where}."
                    those = tuple(s for s in sections if any(reading.masks[s] & slot for slot in slots))
                    yield Breach(1, message, "teachers", teacher.id, those)


def teacher_load_spread(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each department's largest minus smallest load, for a full post, in whole sections."""
    by_department: dict[str, dict[str, int]] = {}
    loads = {teacher.id: reading.load(sections) for teacher, sections in reading.teaching(rule)}
    for teacher in reading.school.teachers.values():
        hundredths = 100 if teacher.fte is None else round(100 * teacher.fte)
        if teacher.id in loads and teacher.department and hundredths > 0:
            full = loads[teacher.id] * 10_000 // hundredths
            by_department.setdefault(teacher.department, {})[teacher.id] = full
    for department, full_loads in by_department.items():
        least, most = min(full_loads, key=full_loads.__getitem__), max(full_loads, key=full_loads.__getitem__)
        spread = (full_loads[most] - full_loads[least]) // 100
        if spread:
            message = (
                f"In {department}, teacher {most} has {counted(loads[most], 'section')} "
                f"and {least} has {loads[least]}"
            )
            if reading.school.teachers[most].fte != reading.school.teachers[least].fte:
                message += f"; for full posts that is {full_loads[most] / 100:g} and "
                message += f"{full_loads[least] / 100:g}"
            yield Breach(spread, f"{message}.", "teachers", most)


def teacher_rooms(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Different rooms above the limit of each teacher."""
    limit = rule.limit or 0
    for teacher, sections in reading.teaching(rule):
        rooms = dict.fromkeys(room for s in sections if (room := _room(reading, s)))
        if len(rooms) > limit:
            message = f"Teacher {teacher.id} teaches in rooms {listed(rooms)}; the limit is {limit}."
            yield Breach(len(rooms) - limit, message, "teachers", teacher.id)


def section_teachers(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each section of the scope without a teacher, or with one given to it who may not teach it."""
    for section in _concerned(reading, rule):
        if not any(reading.teachers(member) for member in reading.stacks[section.id]):
            yield Breach(1, f"Section {section.id} has no teacher.", "sections", section.id)
            continue
        wrong = [t for t in _given(reading, section) if not _may_teach(reading, t, section)]
        if wrong:
            message = (
                f"Section {section.id} was given to {listed(wrong)}, who may not teach {section.course}."
            )
            yield Breach(1, message, "sections", section.id)


def section_rooms(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each section of the scope without a room, or in one given to it of another type than it needs."""
    for section in _concerned(reading, rule):
        name = _room(reading, section.id)
        if not name:
            yield Breach(1, f"Section {section.id} has no room.", "sections", section.id)
            continue
        placement = reading.schedule.placements.get(section.id)
        room = reading.school.rooms.get(name)
        named = any(reading.school.sections[member].room for member in reading.stacks[section.id])
        if room is None or named or (placement is not None and placement.locked):
            continue
        courses = [reading.course(member) for member in reading.stacks[section.id]]
        needed = {course.room_type for course in courses if course is not None and course.room_type} or {""}
        if room.type not in needed:
            asked = f"a room of type {listed(sorted(needed), 'or')}" if needed != {""} else "a usual room"
            message = f"Section {section.id} was given room {name}, and needs {asked}."
            yield Breach(1, message, "sections", section.id)


def room_fit(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Seats of each room above or below those of each section in it; a stack has those of its largest."""
    seen: set[tuple[str, ...]] = set()
    for section in _concerned(reading, rule):
        stack = reading.stacks[section.id]
        room = reading.school.rooms.get(_room(reading, section.id))
        if stack in seen or room is None or room.seats is None:
            continue
        seen.add(stack)
        needed = max(reading.school.sections[member].seats for member in stack)
        if room.seats != needed:
            message = f"Room {room.id} has {counted(room.seats, 'seat')}; {section.id} needs {needed}."
            yield Breach(abs(room.seats - needed), message, "sections", section.id)


def room_use(reading: Reading, rule: Rule) -> Iterator[Breach]:
    """Each room that holds a section."""
    used: dict[str, int] = {}
    for section, mask in reading.masks.items():
        room = _room(reading, section)
        if room:
            used[room] = used.get(room, 0) | mask
    for room, mask in used.items():
        message = f"Room {room} is in use in {mask.bit_count()} of {counted(reading.grid.n_slots, 'slot')}."
        yield Breach(1, message, "rooms", room)


def room_use_counts(reading: Reading) -> dict[str, int]:
    """How far rooms and their seats are used, under the names of ``Counts``."""
    used: dict[str, int] = {}
    seats = taken = 0
    for section, mask in reading.masks.items():
        room = reading.school.rooms.get(_room(reading, section))
        if room is None or section != reading.stacks[section][0]:
            continue
        used[room.id] = used.get(room.id, 0) | mask
        if room.seats is not None:
            seats += room.seats * mask.bit_count()
            taken += reading.enrolled_in_stack(section) * mask.bit_count()
    return {
        "rooms_in_use": len(used),
        "room_slots": len(used) * reading.grid.n_slots,
        "room_slots_taught": sum(mask.bit_count() for mask in used.values()),
        "room_seats": seats,
        "room_seats_taken": taken,
    }


def _concerned(reading: Reading, rule: Rule) -> Iterator[Section]:
    for section in reading.school.sections.values():
        if reading.concerns(rule, section.id):
            yield section


def _given(reading: Reading, section: Section) -> tuple[str, ...]:
    """Teachers whom neither the school nor a lock names for the section."""
    placement = reading.schedule.placements.get(section.id)
    if placement is None or placement.locked:
        return ()
    named = {t for member in reading.stacks[section.id] for t in reading.school.sections[member].teachers}
    return tuple(t for t in reading.teachers(section.id) if t not in named)


def _may_teach(reading: Reading, teacher_id: str, section: Section) -> bool:
    teacher = reading.school.teachers.get(teacher_id) or Teacher(teacher_id)
    if teacher.dedicated_course:
        return teacher.dedicated_course == section.course
    if teacher.courses:
        return section.course in teacher.courses
    return teacher.department != "" and teacher.department == reading.department(section.id)


def _room(reading: Reading, section: str) -> str:
    """Room of a section, or of its stack."""
    return next((room for member in reading.stacks[section] if (room := reading.room(member))), "")


def _building(reading: Reading, section: str) -> str:
    room = reading.school.rooms.get(_room(reading, section))
    return room.building if room is not None else ""
