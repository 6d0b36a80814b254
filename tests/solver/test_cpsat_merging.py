"""Students and sections that are solved together, and dealt out again."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.cpsat.classes import student_classes
from echelon_desktop.solver.cpsat.pools import section_pools, twin_sections
from echelon_desktop.solver.cpsat.seating import Count, deal, fill
from echelon_desktop.solver.cpsat.size import FITS_SIZE, fits, model_size
from echelon_desktop.solver.problem import Problem

PERIODS = [e.Period(f"R{i}", day="R", order=i) for i in (1, 2, 3)]
TERMS = [e.Term("S1"), e.Term("S2")]


def problem_of(rules: str = "", baseline: Schedule = NO_SCHEDULE, **records: list) -> Problem:
    school = School(**{"periods": PERIODS, **records})
    return compile_school(school, parse_rules(rules), baseline)[0]


def wishes(student: str, *courses: str) -> e.RequestList:
    return e.RequestList(student, tuple(e.CourseRequest(course) for course in courses))


def class_sizes(problem: Problem) -> list[int]:
    return sorted(members.size for members in student_classes(problem))


@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=True))
def test_nobody_is_dealt_two_places_at_once(size: int, rows: int, times: int, rng: Random) -> None:
    # Any multigraph of degree at most size: each student takes a random matching of rows and times.
    edges: Counter[tuple[int, int]] = Counter()
    for _ in range(size):
        some = rng.sample(range(rows), rng.randint(0, min(rows, times)))
        edges.update(zip(some, rng.sample(range(times), len(some)), strict=True))
    counts = [Count(row, 100 + time, 1 << time, n) for (row, time), n in edges.items()]
    held = deal(counts, size)
    assert Counter((row, pool - 100) for seats in held for row, pool, _ in seats) == edges
    for seats in held:
        assert len({row for row, _, _ in seats}) == len(seats)
        assert len({mask for _, _, mask in seats}) == len(seats)
        assert all(mask == 1 << (pool - 100) for _, pool, mask in seats)


def test_students_of_equal_requests_are_one_class() -> None:
    sections = [e.Section("A", "A"), e.Section("B", "B")]
    students = [e.Student("K"), e.Student("L"), e.Student("M"), e.Student("N")]
    requests = [wishes("K", "A", "B"), wishes("L", "B", "A"), wishes("M", "A", "B"), wishes("N", "A")]
    problem = problem_of(sections=sections, students=students, requests=requests)
    assert class_sizes(problem) == [1, 3]
    together = max(student_classes(problem), key=lambda members: members.size)
    assert together.students.tolist() == [0, 1, 2]
    for row in together.requests:
        assert len({tuple(problem.options[int(r)]) for r in row}) == 1
        assert problem.request_student[row].tolist() == [0, 1, 2]
    assert [members.size for members in student_classes(problem, merge=False)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("second", "change"),
    [
        (e.Student("L", sped=True), {}),
        (e.Student("L", unavailable=("R1",)), {}),
        (e.Student("L", grade="9"), {"sections": [e.Section("A", "A", grades=("9",)), e.Section("B", "B")]}),
        (e.Student("L"), {"links": [e.Link("X", e.LinkKind.SAME_STUDENTS, ("A", "B"))]}),
        (e.Student("L"), {"sections": [e.Section("A", "A", pattern="2"), e.Section("B", "B")]}),
        (e.Student("L"), {"rules": '[[rule]]\nkind = "student-free-periods"\nlevel = 5\nlimit = 0\n'}),
        (e.Student("L"), {"baseline": Schedule({}, {"L": e.Seating("", "L", (), ("A",))})}),
        (
            e.Student("L"),
            {"requests": [wishes("K", "A", "B"), e.RequestList("L", (e.CourseRequest("A", 2),))]},
        ),
    ],
)
def test_what_tells_students_apart(second: e.Student, change: dict) -> None:
    records = {
        "sections": [e.Section("A", "A"), e.Section("B", "B")],
        "students": [e.Student("K"), second],
        "requests": [wishes("K", "A", "B"), wishes("L", "A", "B")],
    }
    assert class_sizes(problem_of(**records)) in ([2], [1, 1])
    assert class_sizes(problem_of(**{**records, **change})) == [1, 1]


def test_courses_of_all_year_and_of_a_term_are_not_counted_together() -> None:
    records = {
        "terms": TERMS,
        "students": [e.Student("K"), e.Student("L")],
        "requests": [wishes("K", "A", "B"), wishes("L", "A", "B")],
    }
    year = [e.Section("A", "A"), e.Section("B", "B")]
    mixed = [e.Section("A", "A"), e.Section("B", "B", term_choices=(("S1",), ("S2",)))]
    assert class_sizes(problem_of(sections=year, **records)) == [2]
    assert class_sizes(problem_of(sections=mixed, **records)) == [1, 1]


def test_equal_sections_of_a_teacher_are_twins() -> None:
    same = {"course": "A", "teachers": ("T",), "seats": 9}
    sections = [
        e.Section("1", **same),
        e.Section("2", **same),
        e.Section("other seats", "A", ("T",), 8),
        e.Section("other teacher", "A", ("U",), 9),
        e.Section("no teacher", "A", (), 9),
        e.Section("no teacher either", "A", (), 9),
        e.Section("other periods", **same, allowed_periods=("R1", "R2")),
        e.Section("linked", **same),
        e.Section("pinned", **same),
        e.Section("what else the other teacher has", "B", ("U",), 9),
        e.Section("other SPED limit", **same, sped_limit=1),
        e.Section("other students", **same, grades=("9",)),
    ]
    links = [e.Link("L", e.LinkKind.SAME_PERIOD, ("linked", "no teacher"))]
    baseline = Schedule({}, {"K": e.Seating("", "K", (), ("pinned",))})
    problem = problem_of(
        sections=sections,
        links=links,
        baseline=baseline,
        students=[e.Student("K")],
        requests=[wishes("K", "A")],
    )
    assert list(twin_sections(problem).values()) == [(0, 1), *((s,) for s in range(2, 12))]
    assert len(twin_sections(problem, merge=False)) == 12
    names = sorted(section.id for section in sections)  # as the compiler numbers them
    pools = section_pools(problem, twin_sections(problem))
    apart = [{names[s] for s in pool.sections} for pool in pools if len(pool.sections) == 1]
    assert len(pools) == len(apart) + 1
    assert sorted(apart, key=min) == [{"other students"}, {"pinned"}, {"what else the other teacher has"}]


def test_a_rule_may_tell_twins_apart() -> None:
    sections = [e.Section("1", "A", ("T",), 9), e.Section("2", "A", ("T",), 9)]
    rule = '[[rule]]\nkind = "allowed-periods"\nlevel = 5\nsections = ["2"]\nperiods = ["R1"]\n'
    assert len(twin_sections(problem_of(sections=sections))) == 1
    assert len(twin_sections(problem_of(rule, sections=sections))) == 2


def test_a_lab_is_no_twin_of_what_is_none() -> None:
    sections = [e.Section("1", "A", ("T",), 9), e.Section("2", "A", ("T",), 9, "Science")]
    lab = e.Section("3", "B", ("T",), 9, "Science")
    assert list(twin_sections(problem_of(sections=[*sections, lab])).values()) == [(0,), (1,), (2,)]


def test_sped_students_are_seated_where_their_limits_are() -> None:
    sections = [e.Section("A", "A", seats=3, sped_limit=0), e.Section("B", "A", seats=2, sped_limit=2)]
    students = [e.Student(f"N{i}", sped=i >= 3) for i in range(5)]
    problem = problem_of(sections=sections, students=students, requests=[wishes(x.id, "A") for x in students])
    everyone = np.arange(5, dtype=np.int32)
    assert fill(problem, [0, 1], everyone, {}).tolist() == [0, 0, 0, 1, 1]
    assert fill(problem, [0, 1], everyone[[0, 1, 3]], {0: (1, 0), 1: (2, 1)}).tolist() == [0, 1, 1]


def test_a_pool_is_filled_evenly() -> None:
    sections = [e.Section(name, "A", seats=9) for name in "ABC"]
    students = [e.Student(f"N{i}", sped=i % 2 == 0) for i in range(8)]
    problem = problem_of(sections=sections, students=students, requests=[wishes(x.id, "A") for x in students])
    placed = fill(problem, [0, 1, 2], np.arange(8, dtype=np.int32), {})
    assert sorted(np.bincount(placed).tolist()) == [2, 3, 3]


def test_size_counts_classes_and_times() -> None:
    sections = [e.Section("A", "A"), e.Section("B", "B", allowed_periods=("R1",)), e.Section("C", "A")]
    requests = [wishes("K", "A", "B"), wishes("L", "A", "B"), wishes("M", "A")]
    students = [e.Student("K"), e.Student("L"), e.Student("M", unavailable=("R2",))]
    problem = problem_of(sections=sections, students=students, requests=requests)
    assert model_size(problem) == (3 + 1) + 2
    assert fits(problem)


def test_a_school_of_many_different_lists_does_not_fit() -> None:
    rng = Random(0)
    courses = [f"C{i}" for i in range(60)]
    students = [e.Student(f"N{i}") for i in range(FITS_SIZE // 3 // 5 + 100)]
    problem = problem_of(
        sections=[e.Section(c, c) for c in courses],
        students=students,
        requests=[wishes(x.id, *rng.sample(courses, 5)) for x in students],
    )
    assert model_size(problem) > FITS_SIZE
    assert not fits(problem)
