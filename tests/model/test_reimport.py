"""Files read again: what differs becomes one edit, and schedules stay where they still fit."""

from dataclasses import replace

from small_school import small

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, School
from echelon_desktop.model.reimport import Losses, TableChange, changes_of, losses_of, reimport
from echelon_desktop.model.tables import SCHOOL_TABLES, TABLES


def school_with(**tables: list[e.Record]) -> School:
    """The small school with some tables replaced."""
    base = small().school
    records = {spec.name: list(getattr(base, spec.name).values()) for spec in SCHOOL_TABLES}
    return School(**(records | tables))


def everything(dataset: Dataset) -> dict[str, list[object]]:
    return {name: list(dataset.table(name).items()) for name in TABLES}


def test_the_same_files_again_change_nothing() -> None:
    now = small()
    assert reimport(now, small().school, now.rules.values(), "Import x").changes == ()


def test_one_edit_brings_the_school_up_to_date_and_undo_takes_it_back() -> None:
    now, before = small(), small()
    students = [e.Student("P1", groups=("AVID",)), e.Student("P2", True, "Bo"), e.Student("P9")]
    requests = [now.school.requests["P1"], now.school.requests["P2"]]
    edit = reimport(now, school_with(students=students, requests=requests), now.rules.values(), "Import x")
    assert edit.title == "Import x"
    assert changes_of(now, edit) == [
        TableChange("students", ("P9",), ("P3",), ("P2",)),
        TableChange("requests", (), ("P3",), ()),
    ]
    assert losses_of(now, edit) == [Losses("Draft", 0, 1, 1)]
    inverse, _ = now.apply(edit)
    assert list(now.school.students) == ["P1", "P2", "P9"]
    assert ("1", "P3") not in now.seatings
    assert now.seatings["1", "P1"] == before.seatings["1", "P1"]
    now.apply(inverse)
    assert everything(now) == everything(before)


def test_who_is_only_in_the_requests_keeps_what_was_given() -> None:
    now = small()
    students = [now.school.students["P1"], now.school.students["P2"]]
    for _ in range(2):
        edit = reimport(now, school_with(students=students), now.rules.values(), "")
        assert losses_of(now, edit) == []
        now.apply(edit)
    assert now.seatings["1", "P3"].seats


def test_seats_follow_the_requests() -> None:
    now = small()
    requests = [
        e.RequestList("P1", (e.CourseRequest("BIO"),)),
        e.RequestList("P2", (e.CourseRequest("ART"), e.CourseRequest("BIO"))),
    ]
    edit = reimport(now, school_with(requests=requests), now.rules.values(), "")
    assert losses_of(now, edit) == [Losses("Draft", 0, 2, 2)]
    now.apply(edit)
    assert now.seatings["1", "P1"] == e.Seating("1", "P1", (e.Seat("BIO", "S1"),))
    assert len(now.seatings["1", "P2"].seats) == 2
    assert now.seatings["1", "P3"].seats == ()


def test_a_section_keeps_its_place_only_where_it_can_still_meet() -> None:
    now = small()
    sections = list(now.school.sections.values())
    changed = [replace(sections[0], teachers=("T2",)), replace(sections[1], pattern="1"), sections[2]]
    edit = reimport(now, school_with(sections=changed), now.rules.values(), "")
    assert losses_of(now, edit) == [Losses("Draft", 1, 1, 1)]
    now.apply(edit)
    assert now.placements["1", "S1"] == e.Placement("1", "S1", ("R1",), (), ("T2",), "12", True)
    assert now.placements["1", "S2"].periods == ()
    assert now.seatings["1", "P3"].seats == ()


def test_a_period_or_section_that_is_gone_takes_its_places() -> None:
    now = small()
    edit = reimport(now, school_with(periods=[e.Period("R2", "2", "R", 2)], sections=[]), (), "")
    now.apply(edit)
    assert not now.placements
    assert all(seating.seats == () for seating in now.seatings.values())
    assert not now.rules
