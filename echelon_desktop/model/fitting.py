"""Which placements and seats still say something true of a school that has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.slots import SlotGrid


def fits(seat: e.Seat, requests: e.RequestList | None, sections: Mapping[e.Key, e.Section]) -> bool:
    """Whether the student still asks for what the seat was given for, and the section still offers it."""
    section = sections.get(seat.section)
    if section is None or requests is None:
        return False
    return any(
        request.course == seat.course and section.course in (request.course, *request.alternates)
        for request in requests.requests
    )


def without_seats(seating: e.Seating, kept: Iterable[e.Seat]) -> e.Seating:
    """The seating with only these seats; a pin stays with its seat."""
    seats = tuple(kept)
    if seats == seating.seats:
        return seating
    lost = {seat.section for seat in seating.seats} - {seat.section for seat in seats}
    return replace(seating, seats=seats, pinned=tuple(s for s in seating.pinned if s not in lost))


def fitting_placements(school: School, placements: Iterable[e.Placement]) -> list[e.Placement]:
    """
    The placements as a changed school lets them stand.

    Those of sections that are gone are left out; a section that cannot meet there any more stands nowhere.
    Teachers and room follow the section's record, as the placement of a section does.
    """
    grid = SlotGrid(school)
    kept = []
    for placement in placements:
        section = school.sections.get(placement.section)
        if section is None:
            continue
        placement = replace(
            placement,
            teachers=section.teachers or placement.teachers,
            room=section.room or placement.room,
        )
        if placement.periods and not _can_stand(grid, section, placement):
            placement = replace(placement, periods=(), terms=(), locked=False)
        kept.append(placement)
    return kept


def fitting_seatings(
    school: School, seatings: Iterable[e.Seating], placements: Iterable[e.Placement]
) -> list[e.Seating]:
    """The seats that a changed school and these placements let students keep."""
    standing = {(p.scenario, p.section) for p in placements if p.periods}
    return [
        without_seats(
            seating,
            (
                seat
                for seat in seating.seats
                if (seating.scenario, seat.section) in standing
                and fits(seat, school.requests.get(seating.student), school.sections)
            ),
        )
        for seating in seatings
        # Who is in no file of students but requests something is a student, too.
        if seating.student in school.students or seating.student in school.requests
    ]


def fitting_schedule(school: School, schedule: Schedule) -> Schedule:
    """What of a schedule still fits a school that has changed since it was made."""
    placements = fitting_placements(school, schedule.placements.values())
    seatings = fitting_seatings(school, schedule.seatings.values(), placements)
    return Schedule({p.section: p for p in placements}, {s.student: s for s in seatings})


def _can_stand(grid: SlotGrid, section: e.Section, placement: e.Placement) -> bool:
    terms = set(placement.terms) or set(grid.terms)
    return any(
        set(choice.periods) == set(placement.periods) and (set(choice.terms) or set(grid.terms)) == terms
        for choice in grid.choices(section)
    )
