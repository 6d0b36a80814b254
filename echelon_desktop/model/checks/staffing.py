"""Checks of what is to be given out: whether there is a teacher, or a room, for each section that waits."""

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.unread import rests_on
from echelon_desktop.model.scope import concerns, may_teach, room_type, stacks

_CODES = {"section-teachers": "nobody-may-teach", "section-rooms": "no-room-of-type"}


def check_staffing(report: Report) -> None:
    """Somebody may teach each section that gets its teacher by a rule, and a room of its type is there."""
    school = report.school
    members: dict[str, list[e.Section]] = {}
    for section, head in stacks(school).items():
        members.setdefault(head, []).append(school.sections[section])
    for kind, code in _CODES.items():
        rules = [rule for rule in report.rules if rule.kind == kind]
        for stack in members.values() if rules else ():
            wanting = [rule for rule in rules if any(concerns(rule, school, s) for s in stack)]
            if wanting and not _has_one(kind, stack) and not _could_have_one(report, kind, stack):
                hard = any(rule.level is None for rule in wanting)
                first = stack[0]
                message = f"Section {first.id} of {report.course(first.course)} {_lacks(report, kind, stack)}"
                field = "teachers" if kind == "section-teachers" else "room"
                told = code if hard else "section-stays-without"
                report.add(told, message, "sections", first.id, field, needs=rests_on(code))


def gets_teacher(report: Report, section: e.Section) -> bool:
    """Whether a rule has a teacher given to a section that names none."""
    return any(
        rule.kind == "section-teachers" and concerns(rule, report.school, section) for rule in report.rules
    )


def _has_one(kind: str, stack: list[e.Section]) -> bool:
    return any(s.teachers if kind == "section-teachers" else s.room for s in stack)


def _could_have_one(report: Report, kind: str, stack: list[e.Section]) -> bool:
    school = report.school
    if kind == "section-teachers":
        return any(all(may_teach(school, x, s) for s in stack) for x in school.teachers.values())
    types = {room_type(school, s) for s in stack} - {""} or {""}
    return any(room.type in types for room in school.rooms.values())


def _lacks(report: Report, kind: str, stack: list[e.Section]) -> str:
    if kind == "section-teachers":
        return "names no teacher, and nobody may teach it."
    types = sorted({room_type(report.school, s) for s in stack} - {""})
    wanted = f"of type {' or '.join(types)}" if types else "without a type"
    return f"names no room, and there is none {wanted}."
