"""Edits of rows: what is named follows, what cannot be goes, and one undo brings all back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_school import small

from echelon_desktop.errors import EditError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit
from echelon_desktop.model.edits import adopt_schedule
from echelon_desktop.model.row_edits import consequences, delete_rows, duplicate_rows, next_id, write_rows
from echelon_desktop.model.sheets import SHEETS, RowId, sheet_of
from echelon_desktop.model.tables import TABLES


def everything(dataset: Dataset) -> dict[str, list[object]]:
    return {name: list(dataset.table(name).items()) for name in TABLES}


def done(edit: Edit, dataset: Dataset) -> Dataset:
    """The dataset with the edit made, once it is known that undo gives the old one."""
    before = everything(dataset)
    inverse, _ = dataset.apply(edit)
    dataset.apply(inverse)
    assert everything(dataset) == before
    dataset.apply(edit)
    return dataset


def rename(table: str, old: str, new: str) -> Dataset:
    dataset = small()
    sheet = sheet_of(table)
    return done(write_rows(dataset, sheet, {RowId(old): {sheet.id_field: new}}), dataset)


def delete(table: str, *rows: str) -> Dataset:
    dataset = small()
    return done(delete_rows(dataset, sheet_of(table), [RowId(row) for row in rows]), dataset)


def mentions(dataset: Dataset, name: str) -> bool:
    return any(f"'{name}'" in repr(record) for rows in everything(dataset).values() for record in rows)


@pytest.mark.parametrize(
    ("table", "old"),
    [
        ("courses", "BIO"),
        ("courses", "ART"),
        ("teachers", "T1"),
        ("sections", "S2"),
        ("students", "P1"),
        ("rooms", "12"),
        ("groups", "AVID"),
    ],
)
def test_a_new_id_reaches_every_place_that_had_the_old_one(table: str, old: str) -> None:
    before = small()
    renamed = rename(table, old, "NEW")
    assert not mentions(renamed, old)
    for name in TABLES:
        assert [repr(r).replace("'NEW'", repr(old)) for r in renamed.table(name).values()] == [
            repr(r) for r in before.table(name).values()
        ]


def test_periods_and_terms_are_renamed_within_slot_texts() -> None:
    dataset = rename("periods", "R1", "A")
    assert dataset.school.courses["BIO"].allowed_periods == ("A", "Fall:R2")
    assert dataset.school.unavailability["T1"].slots == ("G1", "Spring:A")
    assert dataset.school.patterns["block"].choices == (("A", "R2"), ("G1",))
    assert dataset.placements["1", "S2"].periods == ("A", "R2")
    dataset = rename("terms", "Spring", "Late")
    assert dataset.school.unavailability["T1"].slots == ("G1", "Late:R1")
    assert dataset.school.courses["ART"].term_choices == (("Fall",), ("Late",))


def test_a_pattern_that_is_renamed_whole_keeps_its_courses() -> None:
    dataset = small()
    cells = {RowId("block", 0): {"id": "long"}, RowId("block", 1): {"id": "long"}}
    done(write_rows(dataset, sheet_of("patterns"), cells), dataset)
    assert dataset.school.courses["ENG"].pattern == "long"
    assert dataset.school.patterns["long"].choices == (("R1", "R2"), ("G1",))
    assert "block" not in dataset.school.patterns


def test_ids_can_be_exchanged() -> None:
    dataset = small()
    cells = {RowId("T1"): {"id": "T2"}, RowId("T2"): {"id": "T1"}}
    done(write_rows(dataset, sheet_of("teachers"), cells), dataset)
    assert dataset.school.teachers["T2"].department == "Science"
    assert dataset.school.sections["S1"].teachers == ("T2",)
    assert list(dataset.school.unavailability) == ["T2"]


@pytest.mark.parametrize("new", ["T2", ""])
def test_an_id_is_not_given_twice_nor_left_out(new: str) -> None:
    dataset = small()
    with pytest.raises(EditError):
        write_rows(dataset, sheet_of("teachers"), {RowId("T1"): {"id": new}})


def test_a_course_goes_with_its_sections_requests_and_seats() -> None:
    dataset = delete("courses", "BIO")
    school = dataset.school
    assert list(school.sections) == ["S2", "S3"]
    assert [r.course for r in school.requests["P1"].requests] == ["ENG"]
    assert not school.links  # a link of one section says nothing
    assert school.teachers["T1"].dedicated_course == ""
    assert ("1", "S1") not in dataset.placements
    assert dataset.seatings["1", "P1"].seats == (e.Seat("ENG", "S3"),)
    assert dataset.seatings["1", "P2"].seats == (e.Seat("ART", "S3"),)


def test_an_alternate_that_is_gone_takes_the_seat_given_for_it() -> None:
    dataset = delete("courses", "ART")
    assert dataset.school.requests["P1"].requests[1] == e.CourseRequest("ENG", 2)
    assert dataset.seatings["1", "P1"] == e.Seating("1", "P1", (e.Seat("BIO", "S1"),))


def test_a_teacher_leaves_sections_and_placements() -> None:
    dataset = delete("teachers", "T1")
    assert dataset.school.sections["S1"].teachers == ()
    assert dataset.placements["1", "S2"].teachers == ("T2",)
    assert not dataset.school.unavailability


def test_a_restriction_is_not_lifted_by_deleting_what_it_names() -> None:
    dataset = delete("teachers", "T1")
    assert dataset.rules["r"].teachers == ("T1",), "else the rule would be about all teachers"
    dataset = delete("groups", "AVID")
    assert dataset.school.sections["S1"].groups == ("AVID",), "else anyone could sit in it"
    assert dataset.school.students["P1"].groups == ()
    dataset = delete("periods", "G1")
    assert dataset.school.sections["S3"].allowed_periods == ("G1",)
    assert dataset.school.patterns["block"].choices == (("R1", "R2"),)


def test_sections_in_a_period_that_is_deleted_stand_nowhere_and_lose_their_students() -> None:
    dataset = delete("periods", "R1")
    assert dataset.placements["1", "S1"].periods == ()
    assert not dataset.placements["1", "S1"].locked
    assert dataset.placements["1", "S2"].periods == ()
    assert dataset.placements["1", "S3"].periods == ("G1",)
    assert dataset.seatings["1", "P1"].seats == (e.Seat("ENG", "S3"),)
    assert dataset.seatings["1", "P3"].seats == ()


def test_deleting_says_what_goes_with_it() -> None:
    dataset = small()
    edit = delete_rows(dataset, sheet_of("students"), [RowId("P1")])
    assert edit.title == "Delete student P1"
    assert consequences(edit, "students") == ["1 request list is deleted", "seats of 1 student change"]
    edit = delete_rows(dataset, sheet_of("rooms"), [RowId("12")])
    assert consequences(edit, "rooms") == ["1 section changes", "places of 1 section change"]


def test_who_is_touched_in_several_scenarios_is_counted_once() -> None:
    dataset = small()
    dataset.apply(adopt_schedule(dataset, e.Scenario("2", "Other"), dataset.schedule("1"), "Copy"))
    edit = delete_rows(dataset, sheet_of("students"), [RowId("P1")])
    assert consequences(edit, "students")[-1] == "seats of 1 student change in 2 scenarios"


def test_requests_are_rows_of_a_students_list() -> None:
    dataset = small()
    sheet = sheet_of("requests")
    cells = {RowId("P1", 1): {"rank": 1, "alternates": ()}}
    done(write_rows(dataset, sheet, cells, [{"student": "P1", "course": "ART"}]), dataset)
    assert dataset.school.requests["P1"].requests == (
        e.CourseRequest("BIO"),
        e.CourseRequest("ENG"),
        e.CourseRequest("ART"),
    )
    # The seat was given for the alternate, which is one no more.
    assert dataset.seatings["1", "P1"] == e.Seating("1", "P1", (e.Seat("BIO", "S1"),))
    done(delete_rows(dataset, sheet, [RowId("P1", 0), RowId("P1", 2), RowId("P3", 0)]), dataset)
    assert dataset.school.requests["P1"].requests == (e.CourseRequest("ENG"),)
    assert "P3" not in dataset.school.requests
    assert dataset.seatings["1", "P3"].seats == ()


def test_a_request_can_be_given_to_another_student() -> None:
    dataset = small()
    done(write_rows(dataset, sheet_of("requests"), {RowId("P3", 0): {"student": "P2"}}), dataset)
    assert [r.course for r in dataset.school.requests["P2"].requests] == ["BIO", "ART", "ENG"]
    assert "P3" not in dataset.school.requests


def test_a_section_of_another_course_loses_the_students_who_did_not_ask_for_it() -> None:
    dataset = small()
    done(write_rows(dataset, sheet_of("sections"), {RowId("S3"): {"course": "ENG"}}), dataset)
    assert dataset.seatings["1", "P1"].seats == (e.Seat("BIO", "S1"), e.Seat("ENG", "S3"))
    assert dataset.seatings["1", "P2"].seats == (e.Seat("BIO", "S1"),)


def test_placements_follow_the_teacher_and_room_of_their_section() -> None:
    dataset = small()
    done(write_rows(dataset, sheet_of("sections"), {RowId("S1"): {"teachers": ("T2",), "room": ""}}), dataset)
    assert dataset.placements["1", "S1"] == e.Placement("1", "S1", ("R1",), (), ("T2",), "", True)


def test_own_columns_are_written_too() -> None:
    dataset = small()
    done(write_rows(dataset, sheet_of("courses"), {RowId("BIO"): {"extra:Code": "7"}}), dataset)
    assert dataset.school.courses["BIO"].extra == {"Code": "7"}
    assert dataset.school.courses["ENG"].extra == {"Code": "x"}


def test_a_new_period_comes_last_in_its_day() -> None:
    dataset = small()
    done(write_rows(dataset, sheet_of("periods"), {}, [{"id": "R3", "day": "R", "order": None}]), dataset)
    assert dataset.school.periods["R3"] == e.Period("R3", "", "R", 3)


def test_copies_have_the_next_ids() -> None:
    dataset = small()
    done(duplicate_rows(dataset, sheet_of("sections"), [RowId("S1"), RowId("S2")]), dataset)
    assert list(dataset.school.sections) == ["S1", "S2", "S3", "S4", "S5"]
    assert dataset.school.sections["S5"] == e.Section("S5", "ENG", ("T1", "T2"), 20)
    with pytest.raises(EditError):
        duplicate_rows(dataset, sheet_of("unavailability"), [RowId("T1")])


@pytest.mark.parametrize(
    ("taken", "like", "new"),
    [
        (["S008", "S009"], "", "S010"),
        (["S008", "S009"], "S008", "S010"),
        (["Gym"], "", "Gym-1"),
        ([], "", "1"),
        (["99"], "99", "100"),
    ],
)
def test_next_ids(taken: list[str], like: str, new: str) -> None:
    assert next_id(taken, like) == new


@given(st.data())
def test_whatever_is_deleted_or_renamed_undo_restores_it_and_nothing_dangles(data: st.DataObject) -> None:
    dataset = small()
    sheet = data.draw(st.sampled_from([s for s in SHEETS if not s.parts and not s.names_another]))
    keys = list(map(str, dataset.table(sheet.table)))
    chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    if data.draw(st.booleans()):
        done(delete_rows(dataset, sheet, [RowId(key) for key in chosen]), dataset)
    else:
        done(write_rows(dataset, sheet, {RowId(k): {"id": f"new {k}"} for k in chosen}), dataset)
    school = dataset.school
    assert {s.course for s in school.sections.values()} <= school.courses.keys()
    assert {p.section for p in dataset.placements.values()} <= school.sections.keys()
    standing = {p.section for p in dataset.placements.values() if p.periods}
    for seating in dataset.seatings.values():
        assert seating.student in school.students
        assert {seat.section for seat in seating.seats} <= standing
        assert set(seating.pinned) <= {seat.section for seat in seating.seats}
        assert {seat.course for seat in seating.seats} <= {
            request.course for request in school.requests[seating.student].requests
        }
