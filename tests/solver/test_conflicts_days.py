"""Conflicts of hard rules about students' days: in words, and against every schedule of small schools."""

from random import Random

import pytest
from brute import Brute
from random_schools import random_case

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.conflicts import Fact, find_conflict
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.solve_school import solve_school

R = [e.Period(f"R{i}", day="R", order=i) for i in range(1, 4)]
G = [e.Period(f"G{i}", day="G", order=i) for i in range(1, 4)]
HOLES = '[[rule]]\nkind = "student-holes"\n'
FULL = '[[rule]]\nid = "full"\nkind = "student-free-periods"\nlimit = 0\n'
EVEN = '[[rule]]\nid = "even"\nkind = "student-day-balance"\nlimit = 1\n'


def school(periods: list[e.Period], seats: dict[str, int], wants: dict[str, str], **only: str) -> School:
    """One section for each course; ``only`` says where it may stand."""
    return School(
        periods=periods,
        sections=[
            e.Section(c, c, seats=n, allowed_periods=(only[c],) if c in only else ())
            for c, n in seats.items()
        ],
        students=[e.Student(student) for student in wants],
        requests=[e.RequestList(s, tuple(map(e.CourseRequest, courses))) for s, courses in wants.items()],
    )


def pinned(student: str, courses: str) -> Schedule:
    seats = tuple(e.Seat(c, c) for c in courses)
    return Schedule({}, {student: e.Seating("", student, seats, tuple(courses))})


def texts(facts: tuple[Fact, ...]) -> set[str]:
    assert all(fact.remedy and fact.table for fact in facts)
    return {fact.text for fact in facts}


def test_pins_with_a_hole_between_them():
    records = school(R, {"A": 9, "B": 9, "C": 9}, {"P": "AB", "Q": "ABC"}, A="R1", B="R3")
    assert texts(find_conflict(records, parse_rules(HOLES), pinned("P", "AB"))) == {
        'By the rule "student-holes" P shall have no free period between two classes of a day.',
        "Student P is pinned into A.",
        "Student P is pinned into B.",
    }
    assert find_conflict(records, parse_rules(HOLES), pinned("Q", "AB")) == ()


def test_pins_on_one_day_alone():
    records = school([*R, *G], {"A": 9, "B": 9}, {"P": "AB"}, A="R1", B="R2")
    assert 'By the rule "even" the days of P shall differ by at most 1 class.' in texts(
        find_conflict(records, parse_rules(EVEN), pinned("P", "AB"))
    )


def test_seats_that_cannot_fill_everybody():
    records = school(R, {"A": 2, "B": 2, "C": 1, "D": 0}, {"P": "ABC", "Q": "ABC", "X": "ABD"})
    (fact,) = find_conflict(records, parse_rules(FULL))
    assert fact.text == (
        'Not more than 0 free periods (rule "full") for P, Q and X takes at least 9 seats, '
        "and the courses requested have 5 for them."
    )
    assert fact.remedy == 'Add seats to A, B, C and D, or give the rule "full" a level.'


def test_a_student_whose_courses_all_stand_in_one_period():
    records = school(R[:2], {"A": 9, "B": 9}, {"P": "AB"}, A="R1", B="R1")
    (fact,) = find_conflict(records, parse_rules(FULL))
    assert fact.text == (
        'By the rule "full" P shall have at most 0 free periods in a term; '
        "no places and seats of the courses requested allow that."
    )


def test_two_students_who_cannot_both_have_full_days():
    # Each alone fills both periods; together they need A and B at the same time and one after the other.
    records = school(R[:2], {"A": 1, "B": 1, "C": 1}, {"P": "AB", "Q": "AC", "X": "BC"})
    (fact,) = find_conflict(records, parse_rules(FULL))
    assert "takes at least 6 seats" in fact.text
    records = school(R[:2], {"A": 9, "B": 9, "C": 9}, {"P": "AB", "Q": "AC", "X": "BC", "Y": "AB"})
    (fact,) = find_conflict(records, parse_rules(FULL))
    assert "Q, X and Y shall have" in fact.text or "P, Q and X shall have" in fact.text


def test_such_a_school_is_infeasible_and_not_merely_unsolved():
    records = school(R[:2], {"A": 9, "B": 9, "C": 9}, {"P": "AB", "Q": "AC", "X": "BC"})
    solved = solve_school(records, parse_rules(FULL), Params(time_limit_s=20, workers=1))
    assert solved.result.status is Status.INFEASIBLE
    assert solved.conflict


@pytest.mark.parametrize("block", range(3))
def test_a_conflict_is_told_only_where_there_is_no_schedule_and_mostly_there(block: int):
    told = missed = 0
    for seed in range(block * 60, block * 60 + 60):
        rng = Random(seed)
        case = random_case(rng)
        kind = rng.choice(["student-free-periods", "student-holes", "student-day-balance"])
        limit = None if kind == "student-holes" else rng.choice([0, 1])
        rules = (*case.rules, e.Rule("day", kind, limit=limit))
        brute = Brute(compile_school(case.school, rules, case.baseline)[0])
        if brute.size() > 3000:
            continue
        facts = find_conflict(case.school, rules, case.baseline)
        if facts:
            assert brute.best() is None, seed
            told += 1
        else:
            missed += brute.best() is None
    assert told > 3
    assert missed == 0
