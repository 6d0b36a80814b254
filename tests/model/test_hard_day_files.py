"""The hard day, as its files tell it: a small school with one of everything that is hard to schedule."""

from pathlib import Path

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import Imported, read_school, write_school
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.rules import load_rules

FOLDER = Path(__file__).parents[1] / "data" / "hard_day"
HALF_YEAR = (("S1",), ("S2",))


@pytest.fixture(scope="module")
def imported() -> Imported:
    return read_school(FOLDER)


def test_reading_raises_no_doubt(imported: Imported) -> None:
    assert imported.findings == []


def test_size(imported: Imported) -> None:
    school = imported.school
    assert len(school.students) <= 40
    assert len(school.sections) <= 25
    assert list(school.terms) == ["S1", "S2"]
    assert [(p.id, p.day, p.order) for p in school.periods.values()] == [
        ("R0", "R", 0),
        ("R1", "R", 1),
        ("R2", "R", 2),
        ("R3", "R", 3),
        ("R4", "R", 4),
        ("R5", "R", 5),
    ]


def test_semester_pair(imported: Imported) -> None:
    school = imported.school
    assert school.courses["0401"].term_choices == HALF_YEAR
    assert school.courses["0402"].term_choices == HALF_YEAR
    assert school.links["civics-a"] == e.Link("civics-a", e.LinkKind.SAME_PERIOD, ("011", "012"))
    assert school.links["civics-a-students"].kind is e.LinkKind.SAME_STUDENTS


def test_double_period(imported: Imported) -> None:
    assert imported.school.courses["0201"].pattern == "2"


def test_stack(imported: Imported) -> None:
    school = imported.school
    assert school.links["span-4"] == e.Link("span-4", e.LinkKind.STACKED, ("015", "016"))
    assert school.sections["015"].teachers == school.sections["016"].teachers == ("T09",)


def test_co_taught_section(imported: Imported) -> None:
    section = imported.school.sections["002"]
    assert section.teachers == ("T01", "T12")
    assert section.sped_limit == 4


def test_half_time_teacher(imported: Imported) -> None:
    school = imported.school
    assert (school.teachers["T04"].fte, school.teachers["T04"].max_load) == (0.5, 2)
    assert school.unavailability["T04"].slots == ("R4", "R5")
    assert school.unavailability["T09"].slots == ("S2:R5",)


def test_zero_period_and_restrictions(imported: Imported) -> None:
    school = imported.school
    assert school.courses["0601"].allowed_periods == ("R0",)
    assert school.sections["017"].groups == ("band",)
    assert school.sections["019"].grades == ("9", "10")
    assert school.students["072239"].unavailable == ("S2:R4", "S2:R5")


def test_ranks_and_alternates(imported: Imported) -> None:
    assert imported.school.requests["014337"].requests[-1] == e.CourseRequest("0602", 2, ("0330", "0710"))
    # Both files tell of this student, in this order.
    assert [(r.course, r.rank) for r in imported.school.requests["053750"].requests] == [
        ("0230", 1),
        ("0310", 1),
        ("0504", 1),
        ("0120", 1),
        ("0701", 2),
        ("0601", 1),
    ]


def test_unknown_columns_survive(imported: Imported, tmp_path: Path) -> None:
    school = imported.school
    assert school.sections["007"].extra == {"Notes": '"BC" next year, perhaps'}
    assert school.periods["R0"].extra == {"Bell": "7:20"}
    write_school(school, tmp_path)
    assert read_school(tmp_path).school == school


def test_checks_find_warnings_only(imported: Imported) -> None:
    found = check_school(imported.school, load_rules(FOLDER / "rules.toml"), imported)
    assert {f.severity for f in found} == {Severity.WARNING}
    assert [(f.code, f.key, f.file) for f in found] == [
        ("demand-above-seats", "0230", "Courses.csv"),
        ("demand-above-seats", "0602", "Courses.csv"),
        ("requests-clash", "021772", "Student_Preference_Info.csv"),
        ("too-many-requests", "053750", "Student_Preference_Info.csv"),
    ]
