"""A schedule as files, and back."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_school_files import SMALL_SCHOOL, write_files

from echelon_desktop.errors import InputError
from echelon_desktop.model import entities as e
from echelon_desktop.model.csv_io import RESULT_FILES, read_schedule, read_school, write_schedule
from echelon_desktop.model.dataset import Schedule, School

TERMS = (e.Term("F", "Fall"), e.Term("S", "Spring"))
SCHEDULE = Schedule(
    {
        "S1": e.Placement("", "S1", ("R1",), (), ("T1",)),
        "S2": e.Placement("", "S2", ("R2", "G1"), (), ("T2", "T1"), "101"),
        "S3": e.Placement("", "S3", ("G2",), ("S",), ("T1",)),
    },
    {
        "B": e.Seating("", "B", (e.Seat("English 9", "S2"),)),
        "A": e.Seating("", "A", (e.Seat("Biology", "S3"), e.Seat("English 9", "S2"))),
    },
)


def school(terms: tuple[e.Term, ...] = ()) -> School:
    return School(
        periods=[e.Period(name) for name in ("R1", "R2", "G1", "G2")],
        terms=terms,
        teachers=[e.Teacher("T2"), e.Teacher("T1")],
        sections=[
            e.Section("S1", "Biology", ("T1",), 30),
            e.Section("S2", "English 9", ("T2",), 28),
            e.Section("S3", "Biology", ("T1",), 30, room="Lab"),
        ],
        students=[e.Student("A", sped=True), e.Student("B")],
        requests=[e.RequestList("A"), e.RequestList("B")],
    )


def lines(folder: Path, name: str) -> list[str]:
    return (folder / name).read_text("utf-8-sig").splitlines()


def test_one_row_per_slot_and_none_per_term_for_what_lasts_all_year(tmp_path: Path):
    write_schedule(school(TERMS), SCHEDULE, tmp_path)
    assert lines(tmp_path, "section_schedule.csv") == [
        "Section ID,Period,Term,Course ID,Teacher ID,Room,Seats,Enrolled,SPED",
        "S1,R1,,Biology,T1,,30,0,0",
        "S2,R2,,English 9,T2;T1,101,28,2,1",
        "S2,G1,,English 9,T2;T1,101,28,2,1",
        "S3,G2,S,Biology,T1,Lab,30,1,1",
    ]
    assert lines(tmp_path, "student_schedule.csv") == [
        "Student ID,Section ID,Course ID,Period,Term",
        "A,S3,Biology,G2,S",
        "A,S2,English 9,R2,",
        "A,S2,English 9,G1,",
        "B,S2,English 9,R2,",
        "B,S2,English 9,G1,",
    ]
    assert lines(tmp_path, "teacher_schedule.csv") == [
        "Teacher ID,Section ID,Period,Course ID,Term",
        "T2,S2,R2,English 9,",
        "T2,S2,G1,English 9,",
        "T1,S1,R1,Biology,",
        "T1,S2,R2,English 9,",
        "T1,S2,G1,English 9,",
        "T1,S3,G2,Biology,S",
    ]


def test_without_terms_there_is_no_column_for_them(tmp_path: Path):
    write_schedule(school(), SCHEDULE, tmp_path)
    assert lines(tmp_path, "section_schedule.csv")[1] == "S1,R1,Biology,T1,,30,0,0"
    assert lines(tmp_path, "student_schedule.csv")[0] == "Student ID,Section ID,Course ID,Period"
    assert lines(tmp_path, "teacher_schedule.csv")[0] == "Teacher ID,Section ID,Period,Course ID"


def test_all_terms_named_are_all_year(tmp_path: Path):
    placed = Schedule({"S1": e.Placement("", "S1", ("R1",), ("S", "F"))}, {})
    write_schedule(school(TERMS), placed, tmp_path)
    assert lines(tmp_path, "section_schedule.csv")[1] == "S1,R1,,Biology,T1,,30,0,0"


def test_a_section_without_a_place_is_listed_but_nobody_teaches_it(tmp_path: Path):
    write_schedule(school(), Schedule({}, {}), tmp_path)
    assert lines(tmp_path, "section_schedule.csv")[1] == "S1,,Biology,T1,,30,0,0"
    assert lines(tmp_path, "teacher_schedule.csv")[1:] == []


def test_reasons_and_metrics(tmp_path: Path):
    unmet = {("A", "Art"): "No section of Art has a seat."}
    metrics = [("Unmet requests", 1, 3, 33.3333), ("Clashes", 0, 0, 0.0)]
    written = write_schedule(school(), SCHEDULE, tmp_path / "new" / "folder", unmet, metrics)
    assert {path.name for path in written} == RESULT_FILES
    folder = tmp_path / "new" / "folder"
    assert lines(folder, "unmet_requests.csv")[1:] == ["A,Art,No section of Art has a seat."]
    assert lines(folder, "constraint_violations.csv") == [
        "Metric,Count,Total,Percentage",
        "Unmet requests,1,3,33.33",
        "Clashes,0,0,0.00",
    ]


def test_an_alternate_names_the_course_that_was_asked_for(tmp_path: Path):
    granted = Schedule(
        {"S1": e.Placement("", "S1", ("R1",), (), ("T1",))},
        {"A": e.Seating("", "A", (e.Seat("Art", "S1"),))},
    )
    write_schedule(school(), granted, tmp_path)
    assert lines(tmp_path, "student_schedule.csv") == [
        "Student ID,Section ID,Course ID,Period,Requested Course",
        "A,S1,Biology,R1,Art",
    ]
    assert read_schedule(school(), tmp_path).schedule.seatings["A"].seats == (e.Seat("Art", "S1"),)


def test_formulas_are_made_harmless_here_too(tmp_path: Path):
    odd = School(sections=[e.Section("=S1", "@Art")], periods=[e.Period("R1")])
    placed = Schedule({"=S1": e.Placement("", "=S1", ("R1",))}, {})
    write_schedule(odd, placed, tmp_path, {("-A", "+B"): "=why"})
    assert lines(tmp_path, "section_schedule.csv")[1].startswith("'=S1,R1,'@Art,")
    assert lines(tmp_path, "unmet_requests.csv")[1] == "'-A,'+B,'=why"
    assert read_schedule(odd, tmp_path).schedule == placed


slots = st.lists(st.sampled_from(["R1", "R2", "G1", "G2"]), unique=True, min_size=1, max_size=2).map(tuple)
staff = st.lists(st.sampled_from(["T1", "T2"]), unique=True, min_size=1).map(tuple)
term_sets = st.sampled_from([(), ("F",), ("S",)])


@st.composite
def schedules(draw) -> Schedule:
    placements = {
        id_: e.Placement(
            "x", id_, draw(slots), draw(term_sets), draw(staff), draw(st.sampled_from(["Lab", "Gym"]))
        )
        for id_ in draw(st.lists(st.sampled_from(["S1", "S2", "S3"]), unique=True))
    }
    seatings = {}
    for student in draw(st.lists(st.sampled_from(["A", "B"]), unique=True)):
        sections = draw(st.lists(st.sampled_from(["S1", "S2", "S3"]), unique=True, min_size=1))
        seats = (e.Seat(draw(st.sampled_from(["Biology", "English 9", "Art"])), s) for s in sections)
        seatings[student] = e.Seating("x", student, tuple(seats))
    return Schedule(placements, seatings)


@settings(max_examples=40)
@given(schedules())
def test_a_schedule_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, schedule: Schedule
):
    folder = tmp_path_factory.mktemp("schedule")
    write_schedule(school(TERMS), schedule, folder)
    again = read_schedule(school(TERMS), folder, scenario="x")
    assert again.findings == []
    assert again.schedule == schedule


def test_files_that_are_missing_cannot_be_read(tmp_path: Path):
    with pytest.raises(InputError, match=r"no section_schedule\.csv"):
        read_schedule(school(), tmp_path)


SECTIONS_HEADER = "Section ID,Period,Term,Course ID,Teacher ID,Room\n"
STUDENTS_HEADER = "Student ID,Section ID,Course ID,Period\n"


@pytest.mark.parametrize(
    ("sections", "students", "code", "place"),
    [
        ("S9,R1,,,,\n", "", "schedule-unknown", "section_schedule.csv, row 2, column Section ID"),
        ("S1,R7,,,,\n", "", "schedule-unknown", "section_schedule.csv, row 2, column Period"),
        ("S1,R1,X,,,\n", "", "schedule-unknown", "section_schedule.csv, row 2, column Term"),
        ("S1,R1,F,,,\nS1,R2,S,,,\n", "", "schedule-uneven", "section_schedule.csv, row 2"),
        ("S1,R1,F,,,\nS1,R1,,,,\n", "", "schedule-uneven", "section_schedule.csv, row 2"),
        ("S1,R1,,,,\nS1,R1,,,,\n", "", "schedule-contradicts", "section_schedule.csv, row 3, column Period"),
        ("S1,R1,,,,\n", "Z,S1,,\n", "schedule-unknown", "student_schedule.csv, row 2, column Student ID"),
        ("S1,R1,,,,\n", "A,S9,,\n", "schedule-unknown", "student_schedule.csv, row 2, column Section ID"),
        ("S1,R1,,,,\n", "A,S1,,G2\n", "schedule-contradicts", "student_schedule.csv, row 2, column Period"),
        (
            "S1,R1,,,,\n",
            "A,S1,Art,\n",
            "schedule-contradicts",
            "student_schedule.csv, row 2, column Course ID",
        ),
    ],
)
def test_what_an_edited_schedule_may_have_wrong(
    tmp_path: Path, sections: str, students: str, code: str, place: str
):
    (tmp_path / "section_schedule.csv").write_text(SECTIONS_HEADER + sections)
    (tmp_path / "student_schedule.csv").write_text(STUDENTS_HEADER + students)
    found = [f for f in read_schedule(school(TERMS), tmp_path).findings if f.code != "no-rows"]
    assert [(f.code, f.place()) for f in found] == [(code, place)]


@settings(max_examples=60)
@given(
    st.sampled_from(["section_schedule.csv", "student_schedule.csv"]),
    st.binary(max_size=200),
    st.integers(0, 300),
)
def test_damage_gives_findings(tmp_path_factory: pytest.TempPathFactory, name: str, patch: bytes, at: int):
    folder = tmp_path_factory.mktemp("schedule")
    write_schedule(school(TERMS), SCHEDULE, folder)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:at] + patch + data[at + len(patch) :])
    for finding in read_schedule(school(TERMS), folder).findings:
        assert finding.message and finding.remedy


def test_the_schedule_may_lie_beside_the_school(tmp_path: Path):
    folder = write_files(tmp_path / "school")
    own = read_school(folder).school
    write_schedule(own, Schedule({}, {}), folder)
    assert read_school(folder).findings == []
    assert set(SMALL_SCHOOL) < {path.name for path in folder.iterdir()}
