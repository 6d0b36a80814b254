"""
Teachers and rooms that are given out: the best there is by trying everything, and why when there is nobody.
"""

from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path
from random import Random

import pytest
from random_schools import Case, random_case

from echelon_desktop.model import entities as e
from echelon_desktop.model.csv_io import read_schedule, write_schedule
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.give import give_out
from echelon_desktop.solver.assign.openings import as_given, find_openings
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.deltas.row import placed as moved
from echelon_desktop.solver.deltas.standing import as_it_stands
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.places import places
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import verify

TRIED_AT_MOST = 1500
KINDS_HERE = [
    ("teacher-load-spread", None),
    ("teacher-rooms", 1),
    ("room-fit", None),
    ("room-use", None),
    ("teacher-travel", None),
    ("teacher-preps", 1),
    ("teacher-load", 1),
    ("lab-spacing", None),
    ("teacher-consecutive", 1),
]


def with_tables(school: School, **changed: object) -> School:
    tables = {spec.name: getattr(school, spec.name).values() for spec in SCHOOL_TABLES}
    return School(**tables | changed)


def opened(rng: Random, case: Case) -> Case:
    """The case with some of its teachers and rooms to be given out, under rules that count who gets what."""
    sections = [
        replace(
            section,
            teachers=() if rng.random() < 0.7 else section.teachers,
            room="" if rng.random() < 0.7 else section.room,
            department=rng.choice(["Science", "Arts"]),
        )
        for section in case.school.sections.values()
    ]
    for link in case.school.links.values():
        if link.kind is e.LinkKind.STACKED:  # a stack has one teacher and one room
            first = next(s for s in sections if s.id == link.sections[0])
            sections = [
                replace(s, teachers=first.teachers, room=first.room) if s.id in link.sections else s
                for s in sections
            ]
    teachers = [
        replace(x, courses=("C0",) if rng.random() < 0.2 else ()) for x in case.school.teachers.values()
    ]
    rules = [
        *(rule for rule in case.rules if rule.level is not None),
        e.Rule("staffed", "section-teachers", rng.choice([None, 5])),
        e.Rule("roomed", "section-rooms", rng.choice([None, 5])),
    ]
    for kind, limit in rng.sample(KINDS_HERE, 3):
        level = None if kind == "teacher-load" and rng.random() < 0.5 else rng.choice([5, 6, 7])
        rules.append(e.Rule(f"more {kind}", kind, level, rng.choice([1, 2]), limit=limit))
    return Case(with_tables(case.school, sections=sections, teachers=teachers), tuple(rules), case.baseline)


def ways(case: Case, schedule: Schedule) -> list[Schedule]:
    """Every way to give everything out, or nothing where a rule at a level wants it."""
    openings = find_openings(case.school, case.rules, case.baseline)
    teachers = [(None, *those) for those in openings.teachers.values()]
    rooms = [(None, *those) for those in openings.rooms.values()]
    if prod(map(len, teachers)) * prod(map(len, rooms)) > TRIED_AT_MOST:
        return []
    found = []
    for chosen in product(*teachers, *rooms):
        placements = dict(schedule.placements)
        pairs = zip((*openings.teachers, *openings.rooms), chosen, strict=True)
        for i, (head, one) in enumerate(pairs):
            for s in openings.stacks[head] if one is not None else ():
                what = {"teachers": (one,)} if i < len(teachers) else {"room": one}
                placements[s] = replace(placements[s], **what)
        found.append(Schedule(placements, schedule.seatings))
    return found


def test_a_large_school_gets_teachers_first_and_rooms_then(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = seen = 0
    for seed in range(60):
        rng = Random(seed)
        case = opened(rng, random_case(rng))
        problem, keys = compile_school(case.school, case.rules, case.baseline)
        placed = solve_cpsat(problem, Limits()).solution
        openings = find_openings(case.school, case.rules, case.baseline)
        if placed is None or not (openings.teachers and openings.rooms):
            continue
        schedule = schedule_of(placed, keys, case.school, case.baseline)
        monkeypatch.setattr("echelon_desktop.solver.assign.give.MOST_PAIRS", 1 << 30)
        best = give_out(case.school, case.rules, schedule, openings, Limits())
        monkeypatch.setattr("echelon_desktop.solver.assign.give.MOST_PAIRS", 0)
        given = give_out(case.school, case.rules, schedule, openings, Limits())
        assert (best.schedule is None) == (given.schedule is None)
        if best.schedule is None or given.schedule is None:
            continue
        seen += 1
        verdicts = [verify(case.school, case.rules, x.schedule, case.baseline) for x in (best, given)]
        assert all(verdict.ok for verdict in verdicts)
        assert verdicts[0].score <= verdicts[1].score
        assert not given.proven or verdicts[0].score == verdicts[1].score
        whole += given.proven
    assert seen > whole > 3


@pytest.mark.parametrize("block", range(4))
def test_nothing_better_can_be_given(block: int) -> None:
    seen = {True: 0, False: 0}
    for seed in range(block * 30, block * 30 + 30):
        rng = Random(seed)
        case = opened(rng, random_case(rng))
        problem, keys = compile_school(case.school, case.rules, case.baseline)
        placed = solve_cpsat(problem, Limits()).solution
        if placed is None:
            continue
        schedule = schedule_of(placed, keys, case.school, case.baseline)
        tried = [
            verdict.score
            for way in ways(case, schedule)
            if (verdict := verify(case.school, case.rules, way, case.baseline)).ok
        ]
        openings = find_openings(case.school, case.rules, case.baseline)
        if not openings or not ways(case, schedule):
            continue
        given = give_out(case.school, case.rules, schedule, openings, Limits())
        seen[given.schedule is not None] += 1
        if given.schedule is None:
            assert not tried, seed
            assert given.shortage is not None
            assert given.shortage.facts
            continue
        verdict = verify(case.school, case.rules, given.schedule, case.baseline)
        assert verdict.violations == (), seed
        assert given.proven
        assert verdict.score == min(tried), seed
    assert seen[True] > 8


PERIODS = [e.Period(f"R{i}", day="R", order=i) for i in (1, 2)]


def small(**changed: object) -> School:
    """Four sections of Algebra in two periods, two of them for teachers yet to be found, and two rooms."""
    tables: dict[str, object] = {
        "periods": PERIODS,
        "rooms": [e.Room("101", 3), e.Room("102", 2), e.Room("Gym", 9, type="gym")],
        "courses": [e.Course("Algebra", department="Math")],
        "teachers": [e.Teacher("Ames", "Math"), e.Teacher("Brown", "Math"), e.Teacher("Cole", "Arts")],
        "sections": [e.Section(f"A-{i}", "Algebra", ("Ames",) if i < 3 else (), 2) for i in range(1, 5)],
        "students": [e.Student(f"N{i}") for i in range(8)],
        "requests": [e.RequestList(f"N{i}", (e.CourseRequest("Algebra"),)) for i in range(8)],
    }
    return School(**tables | changed)


def rules(*more: e.Rule) -> tuple[e.Rule, ...]:
    return (e.Rule("unmet", "unmet-requests", 1), *more)


STAFFED, ROOMED = e.Rule("staffed", "section-teachers"), e.Rule("roomed", "section-rooms")


def test_a_school_without_the_rules_gets_nobody() -> None:
    solved = solve_school(small(), rules(), Params())
    assert solved.schedule is not None
    assert [p.teachers for p in solved.schedule.placements.values()] == [("Ames",), ("Ames",), (), ()]
    assert not any(p.room for p in solved.schedule.placements.values())


def test_sections_get_the_teacher_who_is_left_and_rooms_of_their_type() -> None:
    wanted = rules(STAFFED, ROOMED, e.Rule("fit", "room-fit", 2), e.Rule("even", "teacher-load-spread", 3))
    solved = solve_school(small(), wanted, Params())
    assert solved.result.proven == "unmet requests"  # other periods might use the rooms better
    assert solved.verdict is not None
    assert solved.verdict.score == (0, 2, 0)  # 101 has a seat too many, in both periods
    placements = solved.schedule.placements if solved.schedule else {}
    assert {placements[s].teachers for s in ("A-3", "A-4")} == {("Brown",)}
    assert {placement.room for placement in placements.values()} == {"101", "102"}


def test_no_more_meet_at_once_than_can_be_taught() -> None:
    away = [e.Unavailability("Brown", ("R1",))]
    solved = solve_school(small(unavailability=away), rules(STAFFED), Params())
    assert (solved.result.status, solved.schedule) == (Status.INFEASIBLE, None)
    told = " ".join(solved.result.conflict)
    assert "Ames" in told
    assert "Brown" in told
    third = solve_school(
        small(unavailability=away), rules(replace(STAFFED, level=2)), Params()
    )  # at a level, one of them stays without
    assert third.verdict is not None
    assert third.verdict.score == (0, 1)


@pytest.mark.parametrize(
    ("changed", "wanted", "told"),
    [
        (
            {"teachers": [e.Teacher("Ames", "Math"), e.Teacher("Cole", "Arts")]},
            STAFFED,
            "A-4 needs Ames, who also teaches A-1 and A-2: at most 1 at once; the school has 2 periods.",
        ),
        (
            {"teachers": [e.Teacher("Ames", "Arts"), e.Teacher("Cole", "Arts")]},
            STAFFED,
            "A-3 needs a teacher, and nobody may teach Algebra.",
        ),
        (
            {"rooms": [e.Room("101", 3)]},
            ROOMED,
            "A-2, A-3 and A-4 need room 101: at most 1 at once; the school has 2 periods.",
        ),
        (
            {"rooms": [e.Room("101", 3, type="lab")]},
            ROOMED,
            "A-1 needs a room, and there is none of the type that Algebra asks for.",
        ),
    ],
)
def test_what_stands_against_it_whatever_the_periods_is_told(changed, wanted, told) -> None:
    solved = solve_school(small(**changed), rules(wanted), Params())
    assert (solved.result.status, solved.schedule) == (Status.INFEASIBLE, None)
    assert solved.result.conflict == (told,)


def test_sections_are_filled_only_as_far_as_rooms_hold() -> None:
    # In each period one section meets in a room of one seat, and one in the other: two requests are unmet.
    school = small(rooms=[e.Room("101", 1), e.Room("102", 3)])
    solved = solve_school(school, rules(ROOMED), Params())
    assert solved.verdict is not None
    assert solved.verdict.violations == ()
    assert solved.verdict.score == (2,)


def test_periods_are_found_for_which_teachers_can_be_given() -> None:
    # Two courses a teacher at most: Brown can have, or B-1, but Dale is away in R1.
    school = small(
        courses=[e.Course("Algebra", department="Math"), e.Course("Band", department="Math")],
        teachers=[e.Teacher("Ames", "Math"), e.Teacher("Brown", "Math"), e.Teacher("Dale", "Math")],
        unavailability=[e.Unavailability("Dale", ("R1",))],
        sections=[
            *(e.Section(f"A-{i}", "Algebra", ("Ames",) if i < 3 else (), 2) for i in range(1, 5)),
            e.Section("B-1", "Band", (), 2),
        ],
    )
    one_course = e.Rule("preps", "teacher-preps", limit=1)
    solved = solve_school(school, rules(STAFFED, one_course), Params())
    assert solved.schedule is not None
    placement = solved.schedule.placements["B-1"]
    assert (placement.teachers, placement.periods) == (("Dale",), ("R2",))


def test_a_rule_at_a_level_has_periods_minded_as_long_as_nothing_above_is_lost() -> None:
    wanted = rules(replace(STAFFED, level=2), replace(ROOMED, level=3))
    for seed in range(5):  # whichever periods are tried first
        solved = solve_school(small(), wanted, Params(seed=seed))
        assert solved.result.status is Status.OPTIMAL
        assert solved.verdict is not None
        assert solved.verdict.score == (0, 0, 0)


def test_requests_are_not_given_up_for_a_teacher_at_a_lower_level() -> None:
    # Band meets in R2, so that Algebra is needed in R1, where Ames, who alone may teach it, has one.
    school = small(
        courses=[e.Course("Algebra", department="Math"), e.Course("Band", department="Arts")],
        sections=[
            e.Section("A-1", "Algebra", ("Ames",), 4),
            e.Section("A-2", "Algebra", (), 4),
            e.Section("A-3", "Algebra", (), 4),
            e.Section("B-1", "Band", ("Cole",), 9, allowed_periods=("R2",)),
        ],
        requests=[
            e.RequestList(f"N{i}", (e.CourseRequest("Algebra"), e.CourseRequest("Band"))) for i in range(8)
        ],
        teachers=[e.Teacher("Ames", "Math"), e.Teacher("Cole", "Arts")],
        unavailability=[e.Unavailability("Ames", ("R2",))],
    )
    at_a_level = solve_school(school, rules(replace(STAFFED, level=2)), Params())
    assert at_a_level.verdict is not None
    assert at_a_level.verdict.score == (0, 2)
    assert solve_school(school, rules(STAFFED), Params()).schedule is None


def test_rows_in_another_order_give_the_same_schedule() -> None:
    teachers = [e.Teacher(t, "Math") for t in ("Ames", "Brown", "Cole", "Dale")]
    rooms = [e.Room(f"10{i}", 3) for i in range(4)]
    school = small(teachers=teachers, rooms=rooms)
    wanted = rules(STAFFED, ROOMED, e.Rule("even", "teacher-load-spread", 3), e.Rule("use", "room-use", 4))
    params = Params(iterations=100, workers=1)
    found = solve_school(school, wanted, params).schedule
    turned = with_tables(
        school,
        **{name: list(getattr(school, name).values())[::-1] for name in ("teachers", "rooms", "sections")},
    )
    again = solve_school(turned, wanted, params).schedule
    assert found is not None
    assert again is not None
    assert again.placements == found.placements


def test_why_nobody_can_be_given_is_said_of_each_section() -> None:
    school = small(courses=[e.Course("Algebra", department="Math"), e.Course("Band", department="Math")])
    sections = [
        e.Section("A-1", "Algebra", ("Ames",), 2, allowed_periods=("R1",)),
        e.Section("B-1", "Band", (), 2, allowed_periods=("R2",)),
        e.Section("C-1", "Algebra", (), 2, allowed_periods=("R2",)),
    ]
    school = with_tables(
        school, sections=sections, teachers=[e.Teacher("Ames", "Math"), e.Teacher("Brown", "Math")]
    )
    one_course = e.Rule("preps", "teacher-preps", limit=1)
    full = e.Rule("load", "teacher-load", limit=1)
    solved = solve_school(school, rules(STAFFED, one_course, full), Params())
    assert solved.schedule is None
    assert solved.result.status is Status.INFEASIBLE
    assert {fact.key for fact in solved.conflict} == {"B-1", "C-1", "load"}
    assert any("needs a teacher: " in fact.text for fact in solved.conflict)


def test_a_solve_from_a_schedule_keeps_who_was_given() -> None:
    school = small(teachers=[e.Teacher(t, "Math") for t in ("Ames", "Brown", "Cole", "Dale", "East")])
    first = solve_school(school, rules(STAFFED), Params(seed=1))
    assert first.schedule is not None
    placements = {
        s: replace(p, teachers=("East",) if s == "A-3" else ("Cole",) if s == "A-4" else p.teachers)
        for s, p in first.schedule.placements.items()
    }
    start = Schedule(placements, first.schedule.seatings)
    again = solve_school(school, rules(STAFFED), Params(seed=2), start=start)
    assert again.schedule is not None
    assert [again.schedule.placements[s].teachers for s in ("A-3", "A-4")] == [("East",), ("Cole",)]


def test_a_move_minds_the_teacher_who_was_given() -> None:
    school = small(rooms=[])
    solved = solve_school(school, rules(STAFFED), Params())
    assert solved.schedule is not None
    here = solved.schedule.placements["A-3"].periods
    other = next(s for s in ("A-1", "A-2", "A-4") if solved.schedule.placements[s].periods != here)
    in_the_way = {
        place.choice.periods: place.in_the_way for place in places(school, (), solved.schedule, "A-3")
    }
    there = solved.schedule.placements[other].periods
    assert in_the_way[there] == ("A-4",)  # both are Brown's now, whom the school names for neither


def test_a_section_taken_off_the_board_keeps_who_was_given() -> None:
    schedule = Schedule({"A-3": given_to_brown()}, {})
    school = as_given(small(), schedule)
    problem, keys, solution = as_it_stands(schedule, *compile_school(school, (), schedule), school)
    section = keys.sections.index("A-3")
    off = next(k for k in problem.choices_of(section) if not problem.choice_mask[k])
    after = schedule_of(moved(solution, {section: off}, {}), keys, school, schedule)
    assert after.placements["A-3"] == replace(given_to_brown(), periods=())


def given_to_brown() -> e.Placement:
    return e.Placement("1", "A-3", ("R1",), (), ("Brown",), "101")


def test_the_files_of_a_schedule_carry_who_was_given(tmp_path: Path) -> None:
    school, wanted = small(), rules(STAFFED, ROOMED)
    solved = solve_school(school, wanted, Params())
    assert solved.schedule is not None
    write_schedule(school, solved.schedule, tmp_path)
    read = read_schedule(school, tmp_path).schedule
    assert verify(school, wanted, read).ok
    for section, placement in solved.schedule.placements.items():
        assert (read.placements[section].teachers, read.placements[section].room) == (
            placement.teachers,
            placement.room,
        )


@pytest.mark.parametrize("block", range(2))
def test_loads_are_no_more_even_than_was_certain_before_anybody_was_given(block: int) -> None:
    above_zero = reached = 0
    for seed in range(block * 60, block * 60 + 60):
        rng = Random(seed)
        case = opened(rng, random_case(rng))
        even = e.Rule("even", "teacher-load-spread", 9)
        case = replace(case, rules=(*(r for r in case.rules if r.kind != even.kind), even))
        problem, keys = compile_school(case.school, case.rules, case.baseline)
        placed = solve_cpsat(problem, Limits()).solution
        if placed is None:
            continue
        certain = level_values(problem, placed)[-1]
        tried = ways(case, schedule_of(placed, keys, case.school, case.baseline))
        verdicts = (verify(case.school, case.rules, way, case.baseline) for way in tried)
        spreads = [verdict.score[-1] for verdict in verdicts if verdict.ok]
        assert certain <= min(spreads, default=certain), seed
        if find_openings(case.school, case.rules, case.baseline).teachers and spreads:
            above_zero += certain > 0
            reached += 0 < certain == min(spreads)
    assert above_zero >= reached > 1


def test_loads_are_even_for_certain_where_all_must_be_given() -> None:
    # Five sections for two teachers: one has three of them.
    sections = [e.Section(f"A-{i}", "Algebra", (), 2) for i in range(5)]
    periods = [e.Period(f"R{i}", day="R", order=i) for i in range(6)]
    wanted = rules(STAFFED, e.Rule("even", "teacher-load-spread", 2))
    solved = solve_school(small(sections=sections, periods=periods), wanted, Params())
    assert solved.verdict is not None
    assert (solved.verdict.score, solved.result.status) == ((0, 1), Status.OPTIMAL)
