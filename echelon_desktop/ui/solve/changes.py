"""What a repair changed of the schedule it started from, in words. Knows nothing of Qt."""

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.comparison import compare


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
    found = compare(grid, before, after)
    moved = sum(change.moved and change.there_mask != 0 for change in found.sections)
    seats = [sum(seat.there not in ("", seat.here) for seat in change.seats) for change in found.students]
    lost, students = sum(seats), sum(map(bool, seats))
    if not moved and not lost:
        return "No section was moved and no seat changed."
    sections = "1 section was moved" if moved == 1 else f"{moved:,} sections were moved"
    whose = "1 student" if students == 1 else f"{students:,} students"
    return f"{sections}, {lost:,} {'seat' if lost == 1 else 'seats'} of {whose} changed."
