"""What a repair says that it changed."""

from dataclasses import replace

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.entities import Seat
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.solve.changes import changes_in_words


def words(document: Document, before: Schedule, after: Schedule) -> str:
    return changes_in_words(document.grid, before, after)


def test_the_same_schedule_has_no_changes(document: Document):
    schedule = document.schedule()
    assert words(document, schedule, schedule) == "No section was moved and no seat changed."


def test_sections_that_stand_elsewhere_and_seats_that_were_lost_are_counted(document: Document):
    before = document.schedule()
    (first, placement), *_ = before.placements.items()
    periods = tuple(document.school.periods)
    other = next((p,) for p in periods if (p,) != placement.periods)
    (student, seating), *_ = ((s, seating) for s, seating in before.seatings.items() if seating.seats)
    after = Schedule(
        {**before.placements, first: replace(placement, periods=other)},
        {**before.seatings, student: replace(seating, seats=seating.seats[1:])},
    )
    assert words(document, before, after) == "1 section was moved, 1 seat of 1 student changed."


def test_what_is_new_is_no_change(document: Document):
    after = document.schedule()
    (student, seating), *_ = ((s, seating) for s, seating in after.seatings.items() if seating.seats)
    (first, placement), *_ = after.placements.items()
    before = Schedule(
        {**after.placements, first: replace(placement, periods=(), terms=())},
        {**after.seatings, student: replace(seating, seats=seating.seats[1:])},
    )
    assert words(document, before, after) == "No section was moved and no seat changed."
    other = Schedule(
        after.placements,
        {**after.seatings, student: replace(seating, seats=(Seat(seating.seats[0].course, "elsewhere"),))},
    )
    lost = len(seating.seats)
    assert f"0 sections were moved, {lost:,} " in words(document, after, other)
