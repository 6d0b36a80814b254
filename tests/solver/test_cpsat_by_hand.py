"""Schools of a few lines whose optimum is plain: what random schools meet too seldom."""

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import parse_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import verify

PERIODS = [e.Period(f"R{i}", day="R", order=i) for i in (1, 2, 3)]


def optimum(rules: str = "", **records: list) -> dict[str, int]:
    """What each rule costs at best; the schedule has passed verify, and the figures are its."""
    school, wanted = (
        School(**{"periods": PERIODS, "teachers": [e.Teacher("T")], **records}),
        parse_rules(rules),
    )
    problem, keys = compile_school(school, wanted)
    outcome = solve_cpsat(problem, Limits())
    assert outcome.solution is not None
    verdict = verify(school, wanted, schedule_of(outcome.solution, keys, school))
    assert verdict.violations == ()
    assert verdict.score == tuple(figure.value for figure in outcome.levels)
    assert verdict.score == tuple(figure.bound for figure in outcome.levels)
    return {figure.name: figure.value for figure in verdict.figures}


def asking(student: str, *requests: e.CourseRequest | str) -> e.RequestList:
    return e.RequestList(student, tuple(e.CourseRequest(r) if isinstance(r, str) else r for r in requests))


@pytest.mark.parametrize(("linked", "unmet"), [(("bio", "lab"), 1), (("bio", "lab", "other lab"), 0)])
def test_who_sits_in_a_linked_section_takes_its_partner(linked: tuple[str, ...], unmet: int) -> None:
    costs = optimum(
        sections=[
            e.Section("bio", "Bio", seats=1),
            e.Section("lab", "Lab", seats=0),
            e.Section("other lab", "Lab", seats=1),
        ],
        students=[e.Student("N")],
        requests=[asking("N", "Bio", "Lab")],
        links=[e.Link("L", e.LinkKind.SAME_STUDENTS, linked)],
    )
    assert costs["unmet requests"] == unmet


@pytest.mark.parametrize("other", [e.Section("AP", "AP", seats=2), e.Section("AP", "AP", seats=1)])
def test_a_stack_shares_the_seats_of_its_largest(other: e.Section) -> None:
    costs = optimum(
        sections=[e.Section("S4", "Spanish", seats=2), other],
        students=[e.Student(name) for name in "KLMN"],
        requests=[asking("K", "Spanish"), asking("L", "Spanish"), asking("M", "AP"), asking("N", "AP")],
        links=[e.Link("L", e.LinkKind.STACKED, ("S4", "AP"))],
    )
    assert costs["unmet requests"] == 2


def test_a_stack_of_several_sections_of_a_course_shares_seats_too() -> None:
    costs = optimum(
        sections=[e.Section("1", "A", seats=2), e.Section("2", "A", seats=2), e.Section("3", "A", seats=2)],
        students=[e.Student(name) for name in "HIJKLMN"],
        requests=[asking(name, "A") for name in "HIJKLMN"],
        links=[e.Link("L", e.LinkKind.STACKED, ("1", "2"))],
    )
    assert costs["unmet requests"] == 3


def test_nobody_holds_a_course_twice() -> None:
    costs = optimum(
        sections=[e.Section("1", "A", seats=9), e.Section("2", "A", seats=9)],
        students=[e.Student("N")],
        requests=[asking("N", "A", e.CourseRequest("B", alternates=("A",)))],
    )
    assert costs == {"unmet requests": 1, "granted-alternates": 0, "section-balance": 1, "lab-spacing": 0}


@pytest.mark.parametrize(("labs", "pairs"), [(1, 0), (2, 0), (3, 2)])
def test_equal_labs_of_a_teacher_are_kept_apart(labs: int, pairs: int) -> None:
    sections = [e.Section(f"{i}", "Bio", ("T",), 9, "Science") for i in range(labs)]
    assert optimum(sections=sections)["lab-spacing"] == pairs


def test_equal_labs_beside_each_other_are_one_pair() -> None:
    # Beside each other they cost 2, apart 3 since one leaves its periods.
    rules = """
        [[rule]]
        id = "lab-spacing"
        kind = "lab-spacing"
        level = 4
        weight = 2
        [[rule]]
        kind = "allowed-periods"
        level = 4
        weight = 3
        periods = ["R1", "R2"]
    """
    sections = [e.Section(f"{i}", "Bio", ("T",), 9, "Science") for i in range(2)]
    assert optimum(rules, sections=sections)["lab-spacing + allowed-periods"] == 2


def test_a_lab_between_two_equal_ones_is_beside_both() -> None:
    sections = [e.Section(f"{i}", "Bio", ("T",), 9, "Science") for i in range(2)]
    middle = e.Section("C", "Chem", ("T",), 9, "Science", allowed_periods=("R2",))
    assert optimum(sections=[middle, *sections])["lab-spacing"] == 2
    assert optimum(sections=[*sections, middle])["lab-spacing"] == 2


def test_a_double_lab_is_beside_a_lab_once() -> None:
    double = e.Section("D", "Bio", ("T",), 9, "Science", pattern="2")
    single = e.Section("S", "Chem", ("T",), 9, "Science")
    assert optimum(sections=[double, single])["lab-spacing"] == 1


def test_equal_sections_of_a_teacher_share_students_evenly() -> None:
    sections = [e.Section(f"{i}", "A", ("T",), 9) for i in range(3)]
    students = [e.Student(f"N{i}", sped=i < 2) for i in range(8)]
    costs = optimum(sections=sections, students=students, requests=[asking(x.id, "A") for x in students])
    assert costs["section-balance"] == 1


def test_students_of_a_class_are_kept_apart_by_the_slot_that_all_need() -> None:
    # Both courses stand in R1 alone for half of the seats: two of four equal students cannot have both.
    sections = [
        e.Section("A1", "A", seats=2, allowed_periods=("R1",)),
        e.Section("A2", "A", seats=2, allowed_periods=("R2",)),
        e.Section("B1", "B", seats=2, allowed_periods=("R1",)),
        e.Section("B2", "B", seats=2, allowed_periods=("R2",)),
        e.Section("C1", "C", seats=4, allowed_periods=("R2",)),
    ]
    students = [e.Student(name) for name in "KLMN"]
    requests = [asking(x.id, "A", "B", "C") for x in students]
    assert optimum(sections=sections, students=students, requests=requests)["unmet requests"] == 4


LIMITED = """
    [[rule]]
    kind = "{kind}"
    level = 5
    limit = {limit}
"""


@pytest.mark.parametrize(("limit", "windows"), [(0, 3), (1, 2), (2, 1), (3, 0)])
def test_periods_taught_in_a_row_are_counted_by_windows(limit: int, windows: int) -> None:
    sections = [e.Section(name, name, ("T",)) for name in "ABC"]
    rule = LIMITED.format(kind="teacher-consecutive", limit=limit)
    assert optimum(rule, sections=sections)["teacher-consecutive"] == windows


def test_the_load_of_the_fullest_term_counts() -> None:
    halves = (("S1",), ("S2",))
    sections = [e.Section(name, name, ("T",), term_choices=halves) for name in "ABC"]
    terms = [e.Term("S1"), e.Term("S2")]
    rule = LIMITED.format(kind="teacher-load", limit=1)
    assert optimum(rule, sections=sections, terms=terms)["teacher-load"] == 1
    teachers = [e.Teacher("T", fte=0.5)]
    assert optimum(rule, sections=sections, terms=terms, teachers=teachers)["teacher-load"] == 2


def test_free_periods_are_counted_by_term() -> None:
    costs = optimum(
        LIMITED.format(kind="student-free-periods", limit=1),
        terms=[e.Term("S1"), e.Term("S2")],
        sections=[
            e.Section("A", "A", seats=1),
            e.Section("B", "B", seats=1, term_choices=(("S1",), ("S2",))),
        ],
        students=[e.Student("K"), e.Student("L", unavailable=("S2:R1",))],
        requests=[asking("K", "A", "B")],
    )
    # One a term is allowed. K has 1 and 2, for B stands in one term; L has 3, and 2 where he is not away.
    assert costs["student-free-periods"] == 1 + (2 + 1)
