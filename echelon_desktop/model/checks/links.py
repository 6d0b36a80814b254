"""Checks of the links between sections."""

from collections.abc import Iterator
from itertools import pairwise

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.times import Times
from echelon_desktop.model.wording import counted, few_of


def check_links(report: Report, times: Times) -> None:
    """Each link joins at least two sections, contradicts nothing and can be kept."""
    school = report.school
    for link in school.links.values():
        members = [school.sections[s] for s in link.sections if s in school.sections]
        value = ";".join(link.sections)
        if len(members) < 2:
            message = f"Link {link.id} joins {counted(len(members), 'section')}."
            report.add("link-too-short", message, "links", link.id, "sections", value)
            continue
        if link.kind is e.LinkKind.SAME_STUDENTS:
            for a, b in _never_apart(members, times):
                message = f"Link {link.id}: nobody can sit in both {a.id} and {b.id}, which meet at once."
                report.add("linked-courses-clash", message, "links", link.id, "sections", value)
            continue
        placed = all(times.choices[section.id] for section in members)
        if placed and not _can_be_kept(link, members, times):
            names = few_of([section.id for section in members])
            message = f"Link {link.id} ({link.kind}): no periods suit {names} together."
            report.add("link-cannot-meet", message, "links", link.id, "sections", value)
        if link.kind is e.LinkKind.STACKED:
            for what, names in _disagreements(members):
                message = f"Stack {link.id} is one class, but its sections name different {what}: {names}."
                report.add("stack-disagrees", message, "links", link.id, "sections", value)


def _disagreements(members: list[e.Section]) -> Iterator[tuple[str, str]]:
    teachers = {frozenset(section.teachers) for section in members if section.teachers}
    if len(teachers) > 1:
        yield "teachers", few_of(sorted({t for group in teachers for t in group}))
    rooms = sorted({section.room for section in members if section.room})
    if len(rooms) > 1:
        yield "rooms", few_of(rooms)


def _never_apart(members: list[e.Section], times: Times) -> Iterator[tuple[e.Section, e.Section]]:
    """Pairs of sections that a student should hold together and cannot."""
    for i, a in enumerate(members):
        for b in members[i + 1 :]:
            ways = [(x, y) for x in times.ways[a.id] for y in times.ways[b.id]]
            if a.course != b.course and ways and all(x & y for x, y in ways):
                yield a, b


def _can_be_kept(link: e.Link, members: list[e.Section], times: Times) -> bool:
    reached = list(times.choices[members[0].id])
    for before, section in pairwise(members):
        # What one teacher or one room holds cannot meet at once, whatever the link says.
        shared = times.stack_of[before.id] != times.stack_of[section.id] and (
            not set(before.teachers).isdisjoint(section.teachers) or before.room == section.room != ""
        )
        reached = [
            c
            for c in times.choices[section.id]
            if any(times.grid.linked(link.kind, r, c) and not (shared and r.mask & c.mask) for r in reached)
        ]
    return bool(reached)
