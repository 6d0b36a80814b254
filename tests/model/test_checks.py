"""Checks of a school: each kind of finding, how they are shown, and what real schools get."""

import re
from pathlib import Path

import pytest
from check_cases import BASE, Case, asks, cases, school, section

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks import KINDS, MANY, SHOWN, by_table, check_school
from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.tables import TABLES

DOCS = Path(__file__).parents[2] / "docs" / "checks.md"
CASES = list(cases())
MANY_OF_ONE = re.compile(
    r"\b1 ((free|science) )?(courses|periods|requests|seats|sections|slots|students|terms)\b"
)


def test_flawless_school_has_no_findings() -> None:
    assert check_school(school(), preset_rules("standard")) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.id}".strip())
def test_finding_in_the_smallest_bad_school(case: Case) -> None:
    found = [f for f in check_school(school(**case.bad), case.rules) if f.code == case.code]
    assert found, f"{case.code} was not found"
    assert (found[0].table, found[0].key) == case.at
    assert found[0].severity is KINDS[case.code].severity
    assert found[0].file
    assert found[0].message.endswith(".")
    assert not MANY_OF_ONE.search(found[0].message)
    assert found[0].remedy.endswith(".")
    if case.value is not None:
        assert found[0].value == case.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.id}".strip())
def test_no_finding_in_the_mended_school(case: Case) -> None:
    rules = case.rules if case.good_rules is None else case.good_rules
    assert [f for f in check_school(school(**case.good), rules) if f.code == case.code] == []


def test_every_kind_has_a_case() -> None:
    assert {case.code for case in CASES} == set(KINDS)


def test_every_kind_is_documented() -> None:
    documented = dict(
        re.findall(r"^\| `([a-z-]+)` \| (error|warning|note) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    )
    assert documented == {code: kind.severity.name.lower() for code, kind in KINDS.items()}


def test_row_and_column_are_those_of_the_documented_file() -> None:
    sections = (*BASE["sections"], section("A2", "Art", "T1", seats=0))
    (found,) = [f for f in check_school(school(sections=sections)) if f.code == "section-without-seats"]
    assert found.place() == "Sections_Information.csv, row 3, column # of Seats Available"


def test_place_is_that_of_the_source_where_there_is_one() -> None:
    class Source:
        unread = frozenset()

        def place(
            self, table: str, key: str, field: str = "", course: str = ""
        ) -> tuple[str, int | None, str]:
            assert (table, key, field) == ("sections", "A1", "seats")
            return "sections 2026.csv", 71, "Seats"

    bad = school(sections=(section("A1", "Art", "T1", seats=0),))
    found = [f for f in check_school(bad, source=Source()) if f.code == "section-without-seats"]
    assert found[0].place() == "sections 2026.csv, row 71, column Seats"


def test_course_without_a_row_of_its_own_is_shown_where_a_section_names_it() -> None:
    bad = school(requests=(asks("s1"), asks("s2", "Art"), asks("s3", "Art"), asks("s4", "Art")))
    (found,) = [f for f in check_school(bad) if f.code == "demand-above-seats"]
    assert (found.table, found.key) == ("courses", "Art")
    assert found.place() == "Sections_Information.csv, row 2, column Course ID"


def test_titles_are_told_beside_ids() -> None:
    bad = school(
        courses=(e.Course("Art", title="Art 1"),),
        requests=tuple(asks(f"s{i}", "Art") for i in range(3)),
    )
    (found,) = [f for f in check_school(bad) if f.code == "demand-above-seats"]
    assert found.message == "Art 1 (Art) has 3 requests and 2 seats: 1 too few."


@pytest.mark.parametrize(
    ("written", "meant"), [("0618", "618"), ("618", "0618"), ("art", "Art"), ("Art ", "Art")]
)
def test_remedy_names_the_id_that_was_probably_meant(written: str, meant: str) -> None:
    tables = {
        "courses": (e.Course(meant),),
        "sections": (section("A1", meant, "T1"),),
        "requests": (asks("s1", written),),
    }
    (found,) = [f for f in check_school(school(**tables)) if f.code == "request-without-section"]
    assert repr(meant) in found.remedy
    assert found.message == f"{written} has no section; 1 student requests it."
    assert found.place() == "Student_Preference_Info.csv, row 2, column Preferred Sections"


def test_crowded_teacher_is_told_which_sections_are_in_the_way() -> None:
    """Matching finds the two sections that share one slot among many that do not."""
    periods = tuple(e.Period(f"R{i}", day="R", order=i) for i in range(1, 7))
    free = [section(f"A{i}", "Art", "T1") for i in range(3)]
    bound = [section(f"B{i}", "Band", "T1", allowed_periods=("R1",)) for i in range(2)]
    found = check_school(
        school(periods=periods, sections=(*free, *bound), courses=(e.Course("Art"), e.Course("Band")))
    )
    (crowded,) = [f for f in found if f.severity is Severity.ERROR]
    assert crowded.code == "course-cannot-fit"
    assert "B0 and B1" in crowded.message
    assert "A0" not in crowded.message


def test_the_worst_comes_first_then_table_and_row() -> None:
    bad = school(
        sections=(section("A1", "Art", seats=0), section("A2", "Art", "T1", seats=0)),
        requests=(e.RequestList("s1", (e.CourseRequest("Art", rank=0),)),),
        unavailability=(e.Unavailability("T1", ("R1", "R2")),),
    )
    assert [f.code for f in check_school(bad)] == [
        "section-cannot-meet",
        "section-without-seats",
        "section-without-seats",
        "rank-below-one",
        "section-without-teacher",
    ]


def flood(number: int) -> School:
    return school(students=tuple(e.Student(f"s{i}") for i in range(1, number + 2)))


def test_many_findings_of_a_kind_are_summed_up() -> None:
    found = [f for f in check_school(flood(MANY + 1)) if f.code == "student-without-requests"]
    assert [f.key for f in found] == [*(f"s{i}" for i in range(2, 2 + SHOWN)), ""]
    rest = MANY + 1 - SHOWN
    assert found[-1].message == f"{rest} more students without a request, {MANY + 1} in all."
    assert found[-1].value == str(rest)
    assert len(check_school(flood(MANY))) == MANY
    assert len(check_school(flood(MANY + 1), fold=False)) == MANY + 1


def test_a_light_for_each_table() -> None:
    bad = school(
        sections=(section("A1", "Art", seats=0),),
        teachers=(),
        requests=(e.RequestList("s1", (e.CourseRequest("Art", rank=0),)),),
    )
    lights = by_table(check_school(bad))
    assert set(lights) == set(TABLES)
    assert lights["sections"] is Severity.WARNING
    assert lights["requests"] is Severity.WARNING
    assert lights["students"] is None


def test_checking_changes_nothing() -> None:
    for case in CASES:
        before, again = school(**case.bad), school(**case.bad)
        check_school(before, case.rules)
        assert before == again


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "preset", "expected"),
    [
        ("chico", "chico-high", [("load-differs", "T001"), ("load-differs", "T002")]),
        ("yor83", "standard", [("too-many-requests", "s358")]),
        ("kfu93", "standard", []),
    ],
)
def test_real_schools(name, preset, expected, real_school) -> None:
    imported = read_school(real_school(name))
    found = check_school(imported.school, preset_rules(preset), imported)
    assert [(f.code, f.key) for f in found if f.severity > Severity.NOTE] == expected
    assert len(found) < 30


def test_without_periods_not_every_name_of_one_is_doubted():
    school = School(teachers=[e.Teacher("T1")], unavailability=[e.Unavailability("T1", ("R1",))], sections=[])
    assert "unknown-period" not in {finding.code for finding in check_school(school)}


def test_the_hard_rules_that_leave_no_place_are_named() -> None:
    rules = (
        e.Rule("early", "allowed-periods", courses=("Art",), periods=("R1",)),
        e.Rule("late", "allowed-periods", sections=("A1",), periods=("R2",)),
        e.Rule("soft", "allowed-periods", level=4, periods=("R2",)),
        e.Rule("others", "allowed-periods", courses=("Eng",), periods=("R2",)),
    )
    (found,) = [f for f in check_school(school(), rules) if f.code == "section-cannot-meet"]
    assert "rule early and rule late" in found.message
    assert "one of the rules early and late, or give it a level" in found.remedy


def test_a_hard_rule_that_crowds_a_teacher_is_named() -> None:
    rules = (e.Rule("early", "allowed-periods", teachers=("T1",), periods=("R1",)),)
    crowded = school(sections=(section("A1", "Art", "T1"), section("A2", "Art", "T1")))
    (found,) = [f for f in check_school(crowded, rules) if f.code == "course-cannot-fit"]
    assert found.remedy.endswith("Or change rule early, or give it a level.")
