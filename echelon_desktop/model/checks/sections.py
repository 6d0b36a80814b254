"""Checks of sections and their rooms."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.kinds import KINDS
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.staffing import gets_teacher
from echelon_desktop.model.checks.times import Times, crowd
from echelon_desktop.model.scope import admits
from echelon_desktop.model.wording import counted, few_of, listed


def check_sections(report: Report, times: Times) -> None:
    """Each section can meet somewhere, has seats and a teacher, and somebody may sit in it."""
    school = report.school
    audiences = Counter((student.grade, student.groups) for student in school.students.values())
    admitted: dict[tuple[tuple[str, ...], tuple[str, ...]], bool] = {}
    for section in school.sections.values():
        seats = counted(section.seats, "seat")
        if not times.choices[section.id] and times.grid.periods:
            reason = _why_nowhere(section, times)
            message = (
                f"Section {section.id} of {report.course(section.course)} cannot meet anywhere: {reason}."
            )
            remedy = or_rules(report, times, "section-cannot-meet", [section])
            report.add(
                "section-cannot-meet", message, "sections", section.id, "allowed_periods", remedy=remedy
            )
        if section.seats <= 0:
            message = f"Section {section.id} of {report.course(section.course)} has {seats}."
            report.add("section-without-seats", message, "sections", section.id, "seats", str(section.seats))
        if not section.teachers and not gets_teacher(report, section):
            message = f"Section {section.id} of {report.course(section.course)} has no teacher."
            report.add("section-without-teacher", message, "sections", section.id, "teachers")
        room = school.rooms.get(section.room)
        if room is not None and room.seats is not None and room.seats < section.seats:
            report.add(
                "room-too-small",
                f"Section {section.id} has {seats}, its room {room.id} only {room.seats}.",
                "sections",
                section.id,
                "room",
                section.room,
            )
        if section.grades or section.groups:
            restriction = (section.grades, section.groups)
            if restriction not in admitted:
                admitted[restriction] = any(admits(section, *audience) for audience in audiences)
            if not admitted[restriction] and school.students:
                field = "grades" if section.grades else "groups"
                allowed = ", ".join((*section.grades, *section.groups))
                message = f"Section {section.id} is for {allowed} only, and no student is."
                report.add("nobody-eligible", message, "sections", section.id, field, allowed)


def _why_nowhere(section: e.Section, times: Times) -> str:
    possible = times.grid.choices(section)
    if not possible:
        return "its pattern or terms fit nowhere in the day"
    allowed = times.allowed(section)
    if allowed:
        return f"only {', '.join(times.grid.names(allowed))} are left to it, which its pattern does not fit"
    parts = [
        *(["its allowed periods"] if times.listed(section) != times.grid.all else []),
        *(f"rule {rule}" for rule in times.narrowing([section])),
        *(
            ["its teachers' absences"]
            if any(times.free(t) != times.grid.all for t in section.teachers)
            else []
        ),
    ]
    return f"{listed(parts)} leave nothing"


def or_rules(report: Report, times: Times, code: str, sections: Iterable[e.Section]) -> str:
    """The remedy of a kind, with the hard rules that have a part in it; blank, the usual one, without any."""
    rules = times.narrowing(sections)
    if not rules:
        return ""
    which = f"rule {rules[0]}" if len(rules) == 1 else f"one of the rules {few_of(rules)}"
    return f"{KINDS[code].remedy} Or change {which}, or give it a level."


def check_rooms(report: Report, times: Times) -> None:
    """The sections of a room fit side by side."""
    held: dict[str, dict[str, None]] = defaultdict(dict)
    for section in report.school.sections.values():
        if section.room:
            held[section.room][times.stack_of[section.id]] = None
    for room, stacks in held.items():
        placed = [stack for stack in stacks if times.stack_ways[stack]]
        crowded = [placed[i] for i in crowd([times.stack_ways[stack] for stack in placed])]
        if crowded:
            slots = slots_of(times, crowded)
            message = f"Room {room} cannot hold the sections {few_of(crowded)} in {few_of(slots)}."
            stood = [report.school.sections[section] for section in crowded]
            remedy = or_rules(report, times, "room-overbooked", stood)
            report.add("room-overbooked", message, "rooms", room, "id", room, remedy=remedy)


def slots_of(times: Times, stacks: list[str]) -> list[str]:
    """Names of all slots that these stacks can use."""
    mask = 0
    for stack in stacks:
        for way in times.stack_ways[stack]:
            mask |= way
    return list(times.grid.names(mask))
