"""Whatever a school holds, solving ends with a schedule that verify accepts or with the facts in its way."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model import entities as e
from echelon_desktop.model.csv_io import read_schedule
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import STANDARD, preset_rules
from echelon_desktop.solver.conflicts import find_conflict
from echelon_desktop.solver.output import write_result
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.solve_school import Solved, solve_school

DAY = tuple(f"{day}{n}" for day in "RG" for n in range(1, 5))
RULES = preset_rules(STANDARD)
MANY = Params(time_limit_s=60.0, iterations=300, workers=1)


def section(number: int, course: str, teacher: str = "", seats: int = 30, **more: object) -> e.Section:
    teachers = (teacher,) if teacher else ()
    return e.Section(f"X{number:04}", course, teachers, seats, **more)


def school(
    sections: Sequence[e.Section] = (),
    wishes: Mapping[str, Sequence[str]] | None = None,
    *,
    periods: Sequence[str] = DAY,
    students: Sequence[e.Student] | None = None,
    away: Mapping[str, Sequence[str]] | None = None,
) -> School:
    wishes = wishes or {}
    courses = {s.course: None for s in sections} | {c: None for wanted in wishes.values() for c in wanted}
    return School(
        periods=[e.Period(name, day=name[0], order=i) for i, name in enumerate(periods)],
        courses=[e.Course(course) for course in courses],
        teachers=[e.Teacher(t) for t in {t: None for s in sections for t in s.teachers}],
        sections=sections,
        students=[e.Student(name) for name in wishes] if students is None else students,
        requests=[e.RequestList(n, tuple(map(e.CourseRequest, wanted))) for n, wanted in wishes.items()],
        unavailability=[e.Unavailability(t, tuple(slots)) for t, slots in (away or {}).items()],
    )


def solve(given: School, baseline: Schedule | None = None) -> Solved:
    return solve_school(given, RULES, MANY, **({} if baseline is None else {"baseline": baseline}))


COURSES = [f"C{i:02}" for i in range(60)]
WITH_40 = {f"N{i}": COURSES[i : i + 40] if i % 2 else [] for i in range(20)}
FILLED = [section(i, COURSES[i], f"T{i % 20}", 4) for i in range(60)]

# Name → school, and how many requests its best schedule leaves unmet.
SOLVABLE = {
    "nothing at all": (School(), 0),
    "periods only": (school(), 0),
    "no students": (school([section(i, "Math", "T") for i in range(5)]), 0),
    "no requests": (school([section(1, "Math")], {"A": [], "B": []}), 0),
    "no sections": (school([], {"A": ["Math", "Art"]}), 2),
    "no periods and no sections": (school([], {"A": ["Math"]}, periods=()), 1),
    "a course that nobody offers": (school([section(1, "Math")], {"A": ["Latin"]}), 1),
    "a section without seats": (school([section(1, "Math", seats=0)], {"A": ["Math"]}), 1),
    "seats below zero": (school([section(1, "Math", seats=-5)], {"A": ["Math"]}), 1),
    "seats for a nation": (school([section(1, "Math", seats=10**9)], {"A": ["Math"]}), 0),
    "a student of whom there is no record": (school([section(1, "Math")], {"A": ["Math"]}, students=[]), 0),
    "one period": (school([section(i, COURSES[i]) for i in range(4)], {"A": COURSES[:4]}, periods=["R1"]), 3),
    "students with 0 or 40 requests": (school(FILLED, WITH_40), 10 * (40 - 8)),
    "a student who is never there": (
        school([section(1, "Math")], {"A": ["Math"]}, students=[e.Student("A", unavailable=DAY)]),
        1,
    ),
    "SPED students only": (
        school(
            [section(i, "Math", "T") for i in range(3)],
            {f"N{i}": ["Math"] for i in range(40)},
            students=[e.Student(f"N{i}", sped=True) for i in range(40)],
        ),
        4,
    ),
    "sixty-two periods": (
        school(
            [section(i, COURSES[i % 9], f"T{i % 2}") for i in range(90)],
            {f"N{i}": COURSES[:9] for i in range(5)},
            periods=[f"P{i}" for i in range(62)],
        ),
        0,
    ),
    "three thousand sections of a course": (
        school([section(i, "Math", seats=2) for i in range(3000)], {f"N{i}": ["Math"] for i in range(3000)}),
        0,
    ),
}


@pytest.mark.parametrize("name", SOLVABLE)
def test_odd_schools_are_solved(name: str, tmp_path: Path) -> None:
    odd, unmet = SOLVABLE[name]
    solved = solve(odd)
    assert solved.schedule is not None
    assert solved.verdict is not None
    assert solved.verdict.ok
    assert solved.verdict.counts.unmet == unmet
    assert solved.certain <= unmet
    write_result(odd, RULES, solved.schedule, tmp_path)
    read = read_schedule(odd, tmp_path).schedule
    assert {s: p.periods for s, p in read.placements.items()} == {
        s: p.periods for s, p in solved.schedule.placements.items()
    }


def test_all_that_cannot_be_met_is_certain() -> None:
    for name in ("no sections", "a section without seats", "students with 0 or 40 requests", "one period"):
        odd, unmet = SOLVABLE[name]
        assert solve(odd).certain == unmet, name


def test_too_many_slots_are_told_and_not_tried() -> None:
    with pytest.raises(UnsupportedError, match="70 slots"):
        solve(school([section(1, "Math")], {"A": ["Math"]}, periods=[f"P{i}" for i in range(70)]))


# Name → school, and the facts that cannot hold together.
CONFLICTS = {
    "nine sections of one teacher": (
        school(
            [section(i, "Math", "T") for i in range(1, 13)] + [section(20 + i, "Art", "U") for i in range(5)]
        ),
        1,
        ["Teacher T teaches one section at a time: X0004, X0005, X0006, X0007, X0008, X0009"],
    ),
    "a teacher who is never there": (
        school([section(1, "Math", "T"), section(2, "Art", "U")], away={"T": DAY}),
        1,
        ["Teacher T is unavailable in R1, R2, R3, R4, G1, G2, G3 and G4."],
    ),
    "two sections for one period": (
        school(
            [section(i, "Math", "T", allowed_periods=("R1",)) for i in (1, 2)] + [section(3, "Math", "T")],
        ),
        3,
        [
            "Teacher T teaches one section at a time: X0001 and X0002.",
            "Section X0001 stands only in R1.",
            "Section X0002 stands only in R1.",
        ],
    ),
    "no periods": (
        school([section(1, "Math")], {"A": ["Math"]}, periods=()),
        1,
        ["The school has no periods."],
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_no_feasible_placement_is_explained_by_a_smallest_set(name: str) -> None:
    impossible, size, texts = CONFLICTS[name]
    solved = solve(impossible)
    assert solved.schedule is None
    assert solved.result.status is Status.INFEASIBLE
    facts = [fact.text for fact in solved.conflict]
    assert len(facts) == size
    for text in texts:
        assert any(fact.startswith(text) for fact in facts), facts
    assert solved.result.conflict == tuple(facts)


def test_a_conflict_in_a_large_school_names_only_those_concerned() -> None:
    chance = Random(3)
    sections = [section(i, f"C{i % 150}", f"T{i // 4}") for i in range(600)]
    sections += [section(1000 + i, "Latin", "Latinist") for i in range(8)]
    wishes = {f"N{i}": [f"C{c}" for c in chance.sample(range(150), 8)] for i in range(500)}
    solved = solve(school(sections, wishes, away={"Latinist": ["G4"], "T7": ["R1"]}))
    assert solved.result.status is Status.INFEASIBLE
    assert {fact.text.partition(":")[0] for fact in solved.conflict} == {
        "Teacher Latinist teaches one section at a time",
        "Teacher Latinist is unavailable in G4.",
    }


PERIODS = ("R1", "R2", "G1")
some_periods = st.lists(st.sampled_from(PERIODS), unique=True, max_size=3).map(tuple)
names = st.sampled_from(["C00", "C01", "C02", "C03"])


@st.composite
def adversarial(draw: st.DrawFn) -> School:
    """A plain school in which anything may be missing, doubled, forbidden or too much."""
    sections = [
        section(
            i,
            draw(names),
            draw(st.sampled_from(["", "T", "U"])),
            draw(st.integers(-1, 3)),
            allowed_periods=draw(some_periods),
            sped_limit=draw(st.sampled_from([None, None, 0, 1])),
        )
        for i in range(draw(st.integers(0, 6)))
    ]
    students = [
        e.Student(f"N{i}", sped=draw(st.booleans()), unavailable=draw(st.one_of(st.just(()), some_periods)))
        for i in range(draw(st.integers(0, 5)))
    ]
    # Requests of strangers, and of the same course twice.
    askers = [student.id for student in students] + ["stranger"]
    wishes = {asker: draw(st.lists(names, max_size=6)) for asker in draw(st.sets(st.sampled_from(askers)))}
    away = draw(st.dictionaries(st.sampled_from(["T", "U"]), some_periods, max_size=2))
    return school(sections, wishes, periods=PERIODS[: draw(st.integers(0, 3))], students=students, away=away)


def can_stand(given: School) -> bool:
    """Whether every section finds a period in which its teacher has no other: all placements are tried."""
    periods = list(given.periods)
    options = []
    for each in given.sections.values():
        away = {p for t in each.teachers if t in given.unavailability for p in given.unavailability[t].slots}
        options.append([p for p in periods if p in (each.allowed_periods or periods) and p not in away])
    teachers = [each.teachers for each in given.sections.values()]
    for chosen in product(*options):
        taken = [(t, p) for t, p in zip(teachers, chosen, strict=True) if t]
        if len(set(taken)) == len(taken):
            return True
    return False


@settings(max_examples=60)
@given(adversarial())
def test_adversarial_schools(given: School) -> None:
    solved = solve(given)
    if not can_stand(given):
        assert solved.result.status is Status.INFEASIBLE
        assert solved.conflict
        return
    assert solved.verdict is not None
    assert solved.verdict.ok
    assert solved.certain <= solved.verdict.counts.unmet
    assert find_conflict(given, RULES) == ()
    unmet, *_ = solved.result.levels
    assert unmet.bound is not None
    assert unmet.bound <= unmet.value == solved.verdict.counts.unmet
