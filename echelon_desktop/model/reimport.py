"""The school's files, read again, into a school that has rules and schedules already."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, School
from echelon_desktop.model.difference import difference
from echelon_desktop.model.fitting import fitting_placements, fitting_seatings
from echelon_desktop.model.tables import SCHOOL_TABLES


def reimport(now: Dataset, school: School, rules: Iterable[e.Rule], title: str) -> Edit:
    """
    The edit that gives a dataset the facts of ``school``, and rules, and keeps its schedules where they fit.

    A section keeps its place if it can still meet there; a student keeps a seat if the section keeps its
    place and the request for which the seat was given is still made.
    """
    placements = fitting_placements(school, now.placements.values())
    seatings = fitting_seatings(school, now.seatings.values(), placements)
    then = Dataset(school, rules, now.scenarios.values(), placements, seatings)
    return difference(now, then, title)


@dataclass(frozen=True, slots=True)
class TableChange:
    """What an edit does to a table: keys of the rows added, deleted and changed."""

    table: str
    added: tuple[str, ...]
    deleted: tuple[str, ...]
    changed: tuple[str, ...]


def changes_of(now: Dataset, edit: Edit) -> list[TableChange]:
    """What an edit does to the facts and the rules, table by table; moved rows are no change."""
    found = []
    for name in (*(spec.name for spec in SCHOOL_TABLES), "rules"):
        table = now.table(name)
        changes = [change for change in edit.changes if change.table == name]
        added = tuple(str(c.key) for c in changes if c.record is not None and c.key not in table)
        deleted = tuple(str(c.key) for c in changes if c.record is None)
        changed = tuple(
            str(c.key)
            for c in changes
            if c.record is not None and c.key in table and table[c.key] != c.record
        )
        if added or deleted or changed:
            found.append(TableChange(name, added, deleted, changed))
    return found


@dataclass(frozen=True, slots=True)
class Losses:
    """What a scenario gives up: sections that lose their place, students' seats, and of how many students."""

    scenario: str
    sections: int
    seats: int
    students: int


def losses_of(now: Dataset, edit: Edit) -> list[Losses]:
    """What the scenarios give up in an edit; those that keep everything are left out."""
    sections: dict[str, int] = {}
    seats: dict[str, list[int]] = {}
    for change in edit.changes:
        if change.table == "placements" and change.key in now.placements:
            after = change.record
            stands = isinstance(after, e.Placement) and bool(after.periods)
            if now.placements[change.key].periods and not stands:
                sections[change.key[0]] = sections.get(change.key[0], 0) + 1
        elif change.table == "seatings" and change.key in now.seatings:
            before = now.seatings[change.key].seats
            kept = change.record.seats if isinstance(change.record, e.Seating) else ()
            lost = len(before) - len(kept)
            if lost > 0:
                seats.setdefault(change.key[0], []).append(lost)
    return [
        Losses(
            scenario.name,
            sections.get(scenario.id, 0),
            sum(seats.get(scenario.id, [])),
            len(seats.get(scenario.id, [])),
        )
        for scenario in now.scenarios.values()
        if scenario.id in sections or scenario.id in seats
    ]


def crowded_by(now: Dataset, edit: Edit) -> dict[str, list[str]]:
    """Scenario's name → sections that an edit leaves with more students than seats, as they are not now."""
    seats = {
        str(change.key): change.record.seats
        for change in edit.changes
        if change.table == "sections" and isinstance(change.record, e.Section)
    }
    seatings = dict(now.seatings.items())
    for change in edit.changes:
        if change.table == "seatings":
            seatings.pop(change.key, None)
            if isinstance(change.record, e.Seating):
                seatings[change.key] = change.record
    before, after = _enrolled(now.seatings.values()), _enrolled(seatings.values())
    found: dict[str, list[str]] = {}
    for scenario in now.scenarios.values():
        for section, number in seats.items():
            was = now.school.sections.get(section)
            place = (scenario.id, section)
            if after[place] > number and not (was is not None and before[place] > was.seats):
                found.setdefault(scenario.name, []).append(section)
    return found


def _enrolled(seatings: Iterable[e.Seating]) -> Counter[tuple[str, str]]:
    return Counter((seating.scenario, seat.section) for seating in seatings for seat in seating.seats)
