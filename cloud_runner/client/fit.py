"""A schedule fitted to a school that was edited since: what still fits is kept, and the rest is told."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from echelon_desktop.errors import RemoteError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.fitting import fitting_placements, fitting_seatings, without_seats
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.verify import Violation, verify

UNPLACED = "placed"  # the one fact that a schedule with gaps may break
_FULL = ("section-seats", "stack-seats", "room-seats", "sped-limit")
_PATIENCE = 40  # rounds; each drops a seat of every section that is too full, or more


def fit(schedule: Schedule, school: School, rules: tuple[Rule, ...], baseline: Schedule) -> Schedule:
    """
    Fit a schedule to another state of its school.

    Parameters
    ----------
    schedule
        Made for the school as it was.
    school, rules, baseline
        As they are now; locked placements, forbidden places and pins of the baseline hold.

    Returns
    -------
    Schedule
        One that breaks no hard rule but that sections may stand nowhere.

    Raises
    ------
    RemoteError
        If nothing that can be taken out mends a hard rule: the school's own facts contradict each other.
    """
    schedule = _restated(schedule, school, baseline)
    for _ in range(_PATIENCE):
        violations = [v for v in verify(school, rules, schedule, baseline).violations if v.rule != UNPLACED]
        if not violations:
            return schedule
        fewer = _mended(schedule, school, baseline, violations)
        if fewer == schedule:
            break
        schedule = fewer
    raise RemoteError(
        "The schedule does not fit the school as it is now, and no part of it can be taken out to make it "
        f"fit: {violations[0].message}"
    )


def lost(before: Schedule, after: Schedule, school: School) -> Iterator[str]:
    """What of a schedule is no longer in another, in words, sections first."""
    for key, placement in before.placements.items():
        if not placement.periods:
            continue
        where = " ".join(placement.periods)
        now = after.placements.get(key)
        if key not in school.sections:
            yield f"Section {key} is gone; it stood in {where}."
        elif now is None or not now.periods:
            yield f"Section {key} can no longer stand in {where}."
        elif (now.periods, now.terms) != (placement.periods, placement.terms):
            yield f"Section {key} is locked in {' '.join(now.periods)}; it stood in {where}."
    for key, seating in before.seatings.items():
        if key not in school.students:
            if seating.seats:
                yield f"Student {key} is gone, with {len(seating.seats)} seats."
            continue
        held = after.seatings[key].seats if key in after.seatings else ()
        missing = [seat for seat in seating.seats if seat not in held]
        if missing:
            yield f"Student {key} loses {', '.join(f'{s.course} ({s.section})' for s in missing)}."


def _restated(schedule: Schedule, school: School, baseline: Schedule) -> Schedule:
    """The placements and seats that still mean something, with the baseline's locks and pins."""
    placements = []
    for placement in schedule.placements.values():
        before = baseline.placements.get(placement.section)
        if before is None:
            placement = replace(placement, locked=False, forbidden=())
        elif before.locked:
            placement = before
        else:
            placement = replace(placement, locked=False, forbidden=before.forbidden)
        placements.append(placement)
    placements += [p for key, p in baseline.placements.items() if p.locked and key not in schedule.placements]
    placements = [replace(p, scenario="") for p in fitting_placements(school, placements)]
    seatings = []
    for key in school.students:
        student = str(key)
        seating = schedule.seatings.get(student, e.Seating("", student))
        pinned = baseline.seatings[student].pinned if student in baseline.seatings else ()
        seatings.append(replace(seating, scenario="", pinned=pinned))
    fitted = fitting_seatings(school, seatings, placements)
    return Schedule({p.section: p for p in placements}, {s.student: s for s in fitted})


def _mended(
    schedule: Schedule, school: School, baseline: Schedule, violations: Iterable[Violation]
) -> Schedule:
    """The schedule without something that each violation is about."""
    placements, seatings = dict(schedule.placements), dict(schedule.seatings)
    taught: dict[str, list[str]] = {}
    rooms: dict[str, list[str]] = {}
    for key, placement in placements.items():
        if placement.periods:
            rooms.setdefault(placement.room, []).append(key)
            for teacher in placement.teachers:
                taught.setdefault(teacher, []).append(key)
    roster: dict[str, list[str]] = {}
    for student, seating in seatings.items():
        for seat in seating.seats:
            roster.setdefault(seat.section, []).append(student)
    grid = SlotGrid(school)
    out: set[str] = set()  # sections that can stand there no longer
    for violation in violations:
        key = str(violation.key)
        if violation.rule in _FULL:
            link_mates = _stack(school, key)
            _drop_seat(seatings, roster, link_mates, sped=violation.rule == "sped-limit", school=school)
        elif violation.table == "sections":
            out.add(key)
        elif violation.table in ("teachers", "rooms"):
            held = (taught if violation.table == "teachers" else rooms).get(key, [])
            out.update(_one_too_many(held, placements, grid))
        elif violation.table == "links":
            out.update(school.links[violation.key].sections)
        elif violation.table == "students" and key in seatings:
            seating = seatings[key]
            free = [seat for seat in seating.seats if seat.section not in seating.pinned]
            seatings[key] = without_seats(seating, [s for s in seating.seats if s not in free[-1:]])
    for key in out:
        if key in placements and not placements[key].locked:
            placements[key] = replace(placements[key], periods=(), terms=())
    fitted = fitting_seatings(school, seatings.values(), placements.values())
    return Schedule(placements, {s.student: s for s in fitted})


def _one_too_many(held: list[str], placements: dict[str, e.Placement], grid: SlotGrid) -> list[str]:
    """Of the sections of one teacher or room, those that clash with an earlier one; else the last."""
    busy, clashing = 0, []
    for key in sorted(held, key=lambda key: not placements[key].locked):
        mask = grid.mask_of(placements[key].periods, placements[key].terms)
        if busy & mask:
            clashing.append(key)
        else:
            busy |= mask
    return clashing or [key for key in held if not placements[key].locked][-1:]


def _stack(school: School, section: str) -> list[str]:
    """The section, and those stacked with it."""
    mates = [section]
    for link in school.links.values():
        if link.kind is e.LinkKind.STACKED and section in link.sections:
            mates += [other for other in link.sections if other not in mates]
    return mates


def _drop_seat(
    seatings: dict[str, e.Seating],
    roster: dict[str, list[str]],
    sections: list[str],
    sped: bool,
    school: School,
) -> None:
    """Take the last student who is not pinned out of a section that is too full."""
    for section in sections:
        for student in reversed(roster.get(section, [])):
            seating = seatings[student]
            if section in seating.pinned or (sped and not school.students[student].sped):
                continue
            kept = [seat for seat in seating.seats if seat.section != section]
            if len(kept) < len(seating.seats):
                seatings[student] = without_seats(seating, kept)
                return
