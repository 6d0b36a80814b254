"""What a repair changed of the schedule it started from, in words. Knows nothing of Qt."""

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.slots import SlotGrid


def changes_in_words(grid: SlotGrid, before: Schedule, after: Schedule) -> str:
    """
    How many sections stand elsewhere and how many seats are not what they were; what is new is no change.

    Parameters
    ----------
    grid
        Of the school.
    before, after
        The schedule started from, and the one found.
    """
    moved = 0
    for section, placement in before.placements.items():
        mask = grid.mask_of_placement(placement)
        moved += bool(mask) and mask != grid.mask_of_placement(after.placements.get(section))
    seats = [
        sum(now.get(seat.course) != seat.section for seat in seating.seats)
        for student, seating in before.seatings.items()
        for now in [_held(after, student)]
    ]
    lost, students = sum(seats), sum(map(bool, seats))
    if not moved and not lost:
        return "No section was moved and no seat changed."
    sections = "1 section was moved" if moved == 1 else f"{moved:,} sections were moved"
    whose = "1 student" if students == 1 else f"{students:,} students"
    return f"{sections}, {lost:,} {'seat' if lost == 1 else 'seats'} of {whose} changed."


def _held(schedule: Schedule, student: str) -> dict[str, str]:
    seating = schedule.seatings.get(student)
    return {seat.course: seat.section for seat in seating.seats} if seating is not None else {}
