"""Rows for Aeries: what is made of a schedule, and that whatever Aeries would refuse is told instead."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from echelon_desktop.errors import InputError
from echelon_desktop.model import entities as e
from echelon_desktop.model.aeries import Codes, ForAeries, Why, for_aeries, usual_codes
from echelon_desktop.model.csv_io import NOT_WRITTEN, write_for_aeries
from echelon_desktop.model.dataset import Schedule, School

PERIODS = [e.Period("R1", "1", "R", 1), e.Period("R2", "2", "R", 2), e.Period("G1", "3", "G", 1)]


def made(**changes: object) -> School:
    """Two sections, two students; fields of the first section, or whole tables, changed."""
    first = e.Section("0101", "ENG9", ("12",), 30, room="B4")
    tables = {
        "periods": PERIODS,
        "teachers": [e.Teacher("12"), e.Teacher("13")],
        "courses": [e.Course("ENG9"), e.Course("ART")],
        "students": [e.Student("700"), e.Student("701")],
        "requests": [
            e.RequestList("700", (e.CourseRequest("ENG9"), e.CourseRequest("ART"))),
            e.RequestList("701", (e.CourseRequest("ART"),)),
        ],
    }
    own = {name: value for name, value in changes.items() if name not in {*tables, "terms"}}
    if "taught_by" in own:
        own["teachers"] = own.pop("taught_by")  # whose name is that of a table
    tables |= {name: value for name, value in changes.items() if name in {*tables, "terms"}}
    return School(sections=[replace(first, **own), e.Section("102", "ART", ("13",), 30)], **tables)


def placed(*placements: e.Placement, seats: dict[str, str] | None = None) -> Schedule:
    """A schedule in which students hold the sections named, for the request of the course that these have."""
    courses = {"0101": "ENG9", "102": "ART"}
    seats = {"700": "0101 102"} if seats is None else seats
    return Schedule(
        {each.section: each for each in placements},
        {
            student: e.Seating("", student, tuple(e.Seat(courses[s], s) for s in sections.split()))
            for student, sections in seats.items()
        },
    )


ENGLISH, ART = e.Placement("", "0101", ("R1",)), e.Placement("", "102", ("G1",))


def rows(school: School, schedule: Schedule, since: Schedule | None = None, **codes: object) -> ForAeries:
    return for_aeries(school, schedule, replace(usual_codes(school, "3"), **codes), since)


def told(result: ForAeries) -> list[tuple[Why, str, str]]:
    return [(each.why, each.section or each.student, each.value) for each in result.not_written]


def test_a_schedule_is_rows_of_sections_and_requests():
    result = rows(made(), placed(ENGLISH, ART))
    assert result.sections == [
        ["SC", "SE", "CN", "TN", "PD", "SM", "RM"],
        ["3", "101", "ENG9", "12", "1", "Y", "B4"],
        ["3", "102", "ART", "13", "3", "Y", ""],
    ]
    assert result.requests == [
        ["SC", "ID", "CN", "SE"],
        ["3", "700", "ENG9", "101"],
        ["3", "700", "ART", "102"],
        ["3", "701", "ART", ""],
    ]
    assert result.not_written == []
    assert result.summary == "2 sections, 2 requests with a section, 1 without."


def test_the_numbers_of_students_in_the_school_stand_where_they_are_known():
    students = [e.Student("700", extra={"STU.SN": "5"}), e.Student("701", extra={"STU.SN": "6"})]
    result = rows(made(students=students), placed(ENGLISH, ART))
    assert result.requests[:2] == [["SC", "SN", "ID", "CN", "SE"], ["3", "5", "700", "ENG9", "101"]]


def test_a_placement_says_more_than_the_section():
    moved = replace(ENGLISH, teachers=("13",), room="C1")
    assert rows(made(), placed(moved, ART)).sections[1] == ["3", "101", "ENG9", "13", "1", "Y", "C1"]


def test_an_alternate_is_named_as_the_course_that_is_taken():
    schedule = placed(ENGLISH, ART)
    seating = e.Seating("", "701", (e.Seat("ART", "0101"),))
    result = rows(made(), Schedule(schedule.placements, {"701": seating}))
    assert result.requests[-1] == ["3", "701", "ENG9", "101"]
    assert result.alternates == 1
    assert "1 of them name the alternate" in result.summary


TERMS = [e.Term("Fall"), e.Term("Spring")]


@pytest.mark.parametrize(
    ("school", "placement", "why", "value"),
    [
        ({"id": "S1"}, {"section": "S1"}, Why.SECTION_NUMBER, "S1"),
        ({"id": "32768"}, {"section": "32768"}, Why.SECTION_NUMBER, "32768"),
        ({"id": "0"}, {"section": "0"}, Why.SECTION_NUMBER, "0"),
        ({"id": "0102"}, {"section": "0102"}, Why.SECTION_TWICE, "0102"),
        ({"taught_by": ("T1",)}, {}, Why.TEACHER_NUMBER, "T1"),
        ({"course": "ENGLISH"}, {}, Why.COURSE, "ENGLISH"),
        ({"course": "=1+1"}, {}, Why.FORMULA, "=1+1"),
        ({"room": "Gym West"}, {}, Why.ROOM, "Gym West"),
        ({"room": "@1"}, {}, Why.FORMULA, "@1"),
        ({}, {"periods": ()}, Why.NO_PERIOD, ""),
        ({}, {"periods": ("R1", "R2")}, Why.PERIODS, "R1 R2"),
        ({"terms": [*TERMS, e.Term("Winter")]}, {"terms": ("Fall", "Spring")}, Why.TERMS, "Fall Spring"),
    ],
)
def test_what_aeries_would_refuse_of_a_section_is_told_and_its_students_with_it(
    school: dict[str, object], placement: dict[str, object], why: Why, value: str
):
    changed = made(**school)
    id_ = next(iter(changed.sections))
    schedule = Schedule(
        {id_: replace(ENGLISH, **{"section": id_, **placement}), "102": ART},
        {"700": e.Seating("", "700", (e.Seat("ENG9", id_), e.Seat("ART", "102")))},
    )
    result = rows(changed, schedule)
    assert (why, id_, value) in told(result)
    assert (Why.NO_SECTION, "700", id_) in told(result)
    assert all(row[1] != id_.lstrip("0") for row in result.sections[1:])


def test_a_second_teacher_is_told_and_the_row_written():
    result = rows(made(), placed(replace(ENGLISH, teachers=("12", "13")), ART))
    assert told(result) == [(Why.TEACHERS, "0101", "13")]
    assert result.sections[1][3] == "12"


@pytest.mark.parametrize("number", ["", "x", "1.5", "-1", "32768", "3"])
def test_a_period_needs_a_number_of_its_own(number: str):
    result = rows(made(), placed(ENGLISH, ART), periods={"R1": number, "R2": "2", "G1": "3"})
    assert (Why.PERIOD_NUMBER, "0101", f"R1 = {number}") in told(result)
    assert ((Why.PERIOD_NUMBER, "102", "G1 = 3") in told(result)) == (number == "3")


@pytest.mark.parametrize("letter", ["", "FA", "Y", "="])
def test_a_term_needs_a_letter_of_its_own(letter: str):
    schedule = placed(replace(ENGLISH, terms=("Fall",)), ART)
    result = rows(made(terms=TERMS), schedule, terms={"Fall": letter, "Spring": "S"})
    assert (Why.SEMESTER, "0101", f"Fall = {letter}") in told(result)
    assert ((Why.SEMESTER, "102", "all year = Y") in told(result)) == (letter == "Y")


def test_a_section_in_all_terms_lasts_all_year():
    schedule = placed(replace(ENGLISH, terms=("Spring", "Fall")), replace(ART, terms=("Spring",)))
    assert [row[5] for row in rows(made(terms=TERMS), schedule).sections[1:]] == ["Y", "S"]


def test_students_need_whole_numbers():
    school = made(students=[e.Student("A7")], requests=[e.RequestList("A7", (e.CourseRequest("ART"),))])
    result = rows(school, placed(ENGLISH, ART, seats={}))
    assert told(result) == [(Why.STUDENT_NUMBER, "A7", "A7")]
    assert len(result.requests) == 1


@pytest.mark.parametrize(
    ("numbers", "usual"),
    [
        ("1 2 7", "1 2 7"),
        ("1 01 2", "1 2 3"),
        ("a 2 7", "1 2 3"),
    ],
)
def test_periods_have_their_own_numbers_or_are_counted(numbers: str, usual: str):
    school = School(periods=[e.Period(f"P{n}", number) for n, number in enumerate(numbers.split())])
    assert " ".join(usual_codes(school).periods.values()) == usual


@pytest.mark.parametrize(
    ("terms", "letters"),
    [(["Fall", "Spring"], "FS"), (["S1", "S2"], "12"), (["Yes", "No"], "12"), (["Sa", "Sb"], "12"), ([], "")],
)
def test_terms_have_letters_that_tell_them_apart(terms: list[str], letters: str):
    codes = usual_codes(School(terms=[e.Term(term) for term in terms]))
    assert ("".join(codes.terms.values()), codes.all_year) == (letters, "Y")


def test_only_what_changed_is_written_and_what_is_gone_is_told():
    before = placed(ENGLISH, ART)
    taken = e.Seating("", "701", (e.Seat("ART", "0101"),))
    after = Schedule({"0101": replace(ENGLISH, periods=("R2",)), "102": ART}, {"701": taken})
    result = rows(made(), after, since=before)
    assert result.sections[1:] == [["3", "101", "ENG9", "12", "2", "Y", "B4"]]
    assert result.requests[1:] == [
        ["3", "700", "ENG9", ""],
        ["3", "700", "ART", ""],
        ["3", "701", "ENG9", "101"],
    ]
    assert told(result) == [(Why.GONE, "701", "")]
    same = rows(made(), before, since=before)
    assert (len(same.sections), len(same.requests), same.not_written) == (1, 1, [])


def test_files_are_as_a_program_reads_them_and_the_list_beside_as_people_do(tmp_path: Path):
    result = rows(made(room="=A1"), placed(ENGLISH, ART))
    write_for_aeries(result, tmp_path / "out")
    assert (tmp_path / "out" / "SMS.csv").read_bytes() == (b"SC,SE,CN,TN,PD,SM,RM\r\n3,102,ART,13,3,Y,\r\n")
    with (tmp_path / "out" / NOT_WRITTEN).open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert [(row["File"], row["Section ID"], row["Value"]) for row in listed] == [
        ("SMS", "0101", "'=A1"),
        ("SSS", "", "0101"),
    ]
    write_for_aeries(rows(made(), placed(ENGLISH, ART)), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["SMS.csv", "SSS.csv"]


def test_the_folder_of_a_school_is_left_alone(tmp_path: Path):
    (tmp_path / "Period.csv").write_bytes(b"")
    with pytest.raises(InputError, match=r"holds files of a school, as Period\.csv"):
        write_for_aeries(rows(made(), placed(ENGLISH, ART)), tmp_path)


@pytest.mark.parametrize("code", ["", "x", "0", "32768"])
def test_a_school_needs_its_code(code: str):
    with pytest.raises(ValueError, match="school code"):
        for_aeries(made(), placed(ENGLISH, ART), Codes(code, {}))
