"""Facts about where sections stand: periods, teachers, rooms, links, locks."""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.entities import LinkKind, Placement
from echelon_desktop.model.wording import listed
from echelon_desktop.solver.verify.reading import Reading
from echelon_desktop.solver.verify.verdict import Violation


def known_records(reading: Reading) -> Iterator[Violation]:
    """Placements name only records of the school."""
    school = reading.school
    periods = {period.id for period in reading.grid.periods}
    for key, placement in reading.schedule.placements.items():
        known: tuple[tuple[str, Iterable[str], Iterable[object]], ...] = (
            ("section", dict.fromkeys((key, placement.section)), school.sections),
            ("period", placement.periods, periods),
            ("term", placement.terms, reading.grid.terms),
            ("teacher", placement.teachers, school.teachers),
            ("room", (placement.room,) if placement.room else (), school.rooms),
        )
        for what, names, there in known:
            for name in names:
                if name not in there:
                    message = f"The placement of section {key} names {what} {name}, which the school lacks."
                    yield Violation("known-records", message, "sections", key)
        if key != placement.section and placement.section in school.sections:
            message = f"The placement of section {key} is that of section {placement.section}."
            yield Violation("known-records", message, "sections", key)


def placed(reading: Reading) -> Iterator[Violation]:
    """Every section of the school has a period."""
    for section in reading.school.sections.values():
        placement = reading.schedule.placements.get(section.id)
        if placement is None or not placement.periods:
            yield _about(section.id, "placed", f"Section {section.id} has no period.")


def in_pattern(reading: Reading) -> Iterator[Violation]:
    """Every section meets in one of its choices."""
    found: dict[tuple[str, str, object], set[tuple[frozenset[str], frozenset[str]]]] = {}
    every_term = frozenset(reading.grid.terms)
    for section_id in reading.masks:
        section = reading.school.sections[section_id]
        kind = (section.course, section.pattern, section.term_choices)
        if kind not in found:
            choices = reading.grid.choices(section)
            found[kind] = {(frozenset(c.periods), frozenset(c.terms) or every_term) for c in choices}
        placement = reading.schedule.placements[section_id]
        if (frozenset(placement.periods), frozenset(placement.terms) or every_term) not in found[kind]:
            yield _about(
                section_id,
                "pattern",
                f"Section {section_id} meets in {reading.slots(reading.masks[section_id])}, "
                "which its pattern and terms do not allow.",
            )


def in_allowed_periods(reading: Reading) -> Iterator[Violation]:
    """Sections meet only where they and their courses may."""
    for section_id, mask in reading.masks.items():
        section, course = reading.school.sections[section_id], reading.course(section_id)
        owners = [(f"section {section_id}", section.allowed_periods)]
        if course is not None:
            owners.append((f"course {course.id}", course.allowed_periods))
        for owner, allowed in owners:
            if mask & ~reading.grid.allowed(allowed):
                yield _about(
                    section_id,
                    "allowed-periods",
                    f"Section {section_id} meets in {reading.slots(mask)}; "
                    f"{owner} may only in {', '.join(allowed)}.",
                )


def assigned(reading: Reading) -> Iterator[Violation]:
    """Sections keep the teachers and the room that they name."""
    for section_id in reading.masks:
        section, placement = reading.school.sections[section_id], reading.schedule.placements[section_id]
        if section.teachers and set(section.teachers) != set(placement.teachers):
            yield _about(
                section_id,
                "assigned-teachers",
                f"Section {section_id} is to be taught by {listed(section.teachers)}, "
                f"not by {listed(placement.teachers) or 'nobody'}.",
            )
        if section.room and section.room != placement.room:
            yield _about(
                section_id,
                "assigned-room",
                f"Section {section_id} is to meet in room {section.room}, not in {placement.room or 'none'}.",
            )


def teachers_once(reading: Reading) -> Iterator[Violation]:
    """A teacher teaches one section or stack at a time."""
    for teacher, sections in reading.taught.items():
        for mask, those in _clashes(reading, sections):
            message = f"Teacher {teacher} teaches {listed(those)} in {reading.slots(mask)}."
            yield Violation("teacher-once", message, "teachers", teacher, tuple(those))


def teachers_available(reading: Reading) -> Iterator[Violation]:
    """Teachers do not teach when they are unavailable."""
    for absence in reading.school.unavailability.values():
        away = reading.grid.mask(absence.slots)
        for section in reading.taught.get(absence.teacher, ()):
            mask = reading.masks[section] & away
            if mask:
                where = reading.slots(mask)
                message = f"Teacher {absence.teacher} is unavailable in {where} but teaches {section}."
                yield Violation("teacher-available", message, "teachers", absence.teacher, (section,))


def rooms_once(reading: Reading) -> Iterator[Violation]:
    """A room holds one section or stack at a time."""
    by_room: dict[str, list[str]] = {}
    for section in reading.masks:
        room = reading.room(section)
        sections = by_room.setdefault(room, [])
        if room and not any(other in reading.stacks[section] for other in sections):
            sections.append(section)
    for room, sections in by_room.items():
        for mask, those in _clashes(reading, sections):
            message = f"Room {room} holds {listed(those)} in {reading.slots(mask)}."
            yield Violation("room-once", message, "rooms", room, tuple(those))


def links(reading: Reading) -> Iterator[Violation]:
    """Linked sections stand as their links say (who sits in them is judged with the students)."""
    for link in reading.school.links.values():
        check = _LINK_CHECKS.get(link.kind)
        if check is None:
            continue
        # Of three stacked sections the one between may name no teacher, so neighbours are not enough there.
        in_order = link.kind == LinkKind.CONSECUTIVE
        for first, second in pairwise(link.sections) if in_order else combinations(link.sections, 2):
            if first in reading.masks and second in reading.masks:
                for wrong in check(reading, first, second):
                    message = f"Link {link.id}: sections {first} and {second} {wrong}."
                    fact = link.kind.value.replace(" ", "-")
                    yield Violation(fact, message, "links", link.id, (first, second))


def locks(reading: Reading, baseline: Schedule | None) -> Iterator[Violation]:
    """Locked sections stand as in the baseline; forbidden slots, there or in the schedule, are not used."""
    before = baseline.placements if baseline is not None else {}
    for section in reading.school.sections.values():
        mask = reading.masks.get(section.id, 0)
        now, then = reading.schedule.placements.get(section.id), before.get(section.id)
        forbidden = 0
        for placement in (now, then):
            forbidden |= reading.grid.mask(placement.forbidden) if placement is not None else 0
        if mask & forbidden:
            where = reading.slots(mask & forbidden)
            yield _about(section.id, "forbidden", f"Section {section.id} is forbidden in {where}.")
        if then is not None and then.locked and now is not None:
            for what, was, is_now in _moved(reading, then, now):
                yield _about(
                    section.id,
                    "locked",
                    f"Section {section.id} is locked to {what} {listed(sorted(was))}, "
                    f"but stands with {listed(sorted(is_now)) or 'none'}.",
                )


def _moved(
    reading: Reading, then: Placement, now: Placement
) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """What a locked placement said and the schedule does not; what it left open binds nothing."""
    every_term = frozenset(reading.grid.terms)
    pairs = (
        ("periods", frozenset(then.periods), frozenset(now.periods)),
        (
            "terms",
            frozenset(then.terms) or (every_term if then.periods else frozenset()),
            frozenset(now.terms) or every_term,
        ),
        ("teachers", frozenset(then.teachers), frozenset(now.teachers)),
        ("room", frozenset({then.room} - {""}), frozenset({now.room} - {""})),
    )
    for what, was, is_now in pairs:
        if was and was != is_now:
            yield what, was, is_now


def _about(section: str, fact: str, message: str) -> Violation:
    return Violation(fact, message, "sections", section)


def _clashes(reading: Reading, sections: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each set of sections that meet in common slots, with all slots where just they do."""
    found: dict[tuple[str, ...], int] = {}
    for slot in range(reading.grid.n_slots):
        there = tuple(s for s in sections if reading.masks[s] >> slot & 1)
        if len(there) > 1:
            found[there] = found.get(there, 0) | 1 << slot
    for those, mask in found.items():
        yield mask, list(those)


def _stacked(reading: Reading, first: str, second: str) -> Iterator[str]:
    if reading.masks[first] != reading.masks[second]:
        yield "are stacked but do not meet at the same time"
    # A stack may name its teacher and room with one of its sections only.
    teachers = [set(reading.teachers(s)) for s in (first, second)]
    if all(teachers) and teachers[0] != teachers[1]:
        yield "are stacked but have different teachers"
    rooms = [reading.room(s) for s in (first, second)]
    if all(rooms) and rooms[0] != rooms[1]:
        yield "are stacked but meet in different rooms"


def _same_period(reading: Reading, first: str, second: str) -> Iterator[str]:
    placements = reading.schedule.placements
    if set(placements[first].periods) != set(placements[second].periods):
        yield "are to meet in the same periods and do not"


def _consecutive(reading: Reading, first: str, second: str) -> Iterator[str]:
    """The second starts, each day that either meets, right after the first ends; in a term of both."""
    placements, periods = reading.schedule.placements, reading.school.periods
    ends: dict[str, int] = {}
    starts: dict[str, int] = {}
    for period in (periods[p] for p in placements[first].periods):
        ends[period.day] = max(period.order, ends.get(period.day, period.order))
    for period in (periods[p] for p in placements[second].periods):
        starts[period.day] = min(period.order, starts.get(period.day, period.order))
    terms = [set(placements[s].terms) for s in (first, second)]  # none is all
    if {day: order + 1 for day, order in ends.items()} != starts:
        yield "are to follow one another in a day and do not"
    elif all(terms) and terms[0].isdisjoint(terms[1]):
        yield "are to follow one another but meet in different terms"


_LINK_CHECKS: dict[LinkKind, Callable[[Reading, str, str], Iterator[str]]] = {
    LinkKind.STACKED: _stacked,
    LinkKind.SAME_PERIOD: _same_period,
    LinkKind.CONSECUTIVE: _consecutive,
}
