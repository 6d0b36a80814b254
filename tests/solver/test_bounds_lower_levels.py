"""Bounds on what comes after unmet requests, against every schedule that leaves the same requests unmet."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules
from echelon_desktop.solver.bounds import Bound, LevelBounds, flow_bound, level_bounds
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Problem
from tests.solver.brute import Brute
from tests.solver.random_schools import random_case

MOST = 12_000  # schedules that are tried
LIMITS = {
    "sped-balance": (None,),
    "section-balance": (None,),
    "student-holes": (None,),
    "student-day-balance": (0, 1),
    "student-free-periods": (0, 1),
    "teacher-travel": (None,),
    "teacher-load-spread": (None,),
}
NO_SCHEDULE = Schedule({}, {})


def every_level(rng: Random) -> tuple[e.Rule, ...]:
    """A level for each kind, in any order after unmet requests."""
    kinds = rng.sample(list(LIMITS), len(LIMITS))
    rules = [e.Rule(k, k, level=i, limit=rng.choice(LIMITS[k])) for i, k in enumerate(kinds, start=2)]
    return (e.Rule("unmet", "unmet-requests", level=1), *rules)


def school_of_two_days(rng: Random) -> tuple[School, Schedule]:
    """Sections that mostly stand where they are, for students who are away now and then, or keep a seat."""
    periods = [f"{day}{i}" for day, n in (("R", 3), ("G", rng.choice([1, 2, 3]))) for i in range(n)]
    terms = [e.Term("S1"), e.Term("S2")] if rng.random() < 0.3 else []
    courses = [
        e.Course(f"C{i}", term_choices=(("S1",), ("S2",)) if terms and rng.random() < 0.5 else ())
        for i in range(3)
    ]
    sections, placements = [], {}
    for i in range(rng.randint(3, 5)):
        course = courses[i].id if i < 3 else rng.choice(courses).id
        some = tuple(sorted(rng.sample(periods, rng.choice([1, 1, 1, 2, 3]))))
        seats, limit = rng.randint(1, 3), rng.choice([None, None, 1])
        grades = ("9",) if rng.random() < 0.2 else ()
        section = e.Section(
            f"S{i}", course, (f"T{i}",), seats, allowed_periods=some, sped_limit=limit, grades=grades
        )
        sections.append(section)
        if rng.random() < 0.3:
            placements[section.id] = e.Placement("", section.id, some[:1], locked=rng.random() < 0.8)
    students, requests, seatings = [], [], {}
    for i in range(rng.randint(1, 3)):
        away = tuple(rng.sample(periods, rng.choice([0, 0, 1, 2])))
        students.append(e.Student(f"N{i}", sped=rng.random() < 0.6, grade="9", unavailable=away))
        wanted = rng.sample(courses, rng.choice([2, 2, 3]))
        wishes = []
        for course in wanted:
            other = (rng.choice(courses).id,) if rng.random() < 0.15 else ()
            wishes.append(e.CourseRequest(course.id, rng.choice([1, 1, 2]), other))
        requests.append(e.RequestList(f"N{i}", tuple(wishes)))
        if rng.random() < 0.4:
            seat = next(e.Seat(s.course, s.id) for s in sections if s.course == wanted[0].id)
            seatings[f"N{i}"] = e.Seating("", f"N{i}", (seat,), (seat.section,))
    school = School(
        periods=[e.Period(p, day=p[0], order=i) for i, p in enumerate(periods)],
        terms=terms,
        courses=courses,
        sections=sections,
        students=students,
        requests=requests,
    )
    return school, Schedule(placements, seatings)


def school_of_two_buildings(rng: Random) -> tuple[School, Schedule]:
    """Two teachers of a department who walk between buildings; halves of a year, double periods, locks."""
    terms = [e.Term("S1"), e.Term("S2")] if rng.random() < 0.4 else []
    periods = [f"R{i}" for i in range(rng.randint(3, 4 if terms else 5))]
    rooms = [e.Room("A", building="North"), e.Room("B", building="South"), e.Room("C", building="West")]
    teachers = [e.Teacher(t, department="Arts", fte=rng.choice([None, 0.5])) for t in ("T", "U")]
    sections, placements = [], {}
    for i in range(rng.randint(3, 5)):
        halves = (("S1",), ("S2",)) if terms and rng.random() < 0.6 else ()
        some = tuple(rng.sample(periods, 3)) if rng.random() < 0.3 else ()
        section = e.Section(
            f"S{i}",
            "C",
            ("T" if rng.random() < 0.8 else "U",),
            seats=2,
            room=rng.choice(["", "A", "A", "B", "B", "C"]),
            term_choices=halves,
            pattern=rng.choice(["", "", "", "2"]),
            allowed_periods=some,
        )
        sections.append(section)
        if rng.random() < 0.3:
            placements[section.id] = e.Placement("", section.id, (rng.choice(periods),), locked=True)
    school = School(
        periods=[e.Period(p, day="R", order=i) for i, p in enumerate(periods)],
        terms=terms,
        courses=[e.Course("C")],
        rooms=rooms,
        teachers=teachers,
        sections=sections,
    )
    return school, Schedule(placements, {})


def anything(rng: Random) -> tuple[School, Schedule]:
    case = random_case(rng, requests=8)
    return case.school, case.baseline


def all_values(problem: Problem) -> Iterator[tuple[int, ...]]:
    brute = Brute(problem)
    for choice in brute.placements() if brute.size() <= MOST else ():
        for seat in brute.seatings(choice, None):
            if brute.hard_costs(choice, seat) == 0:
                yield brute.values(choice, seat)


@pytest.mark.parametrize(
    ("make", "seeds", "kinds"),
    [
        (anything, 120, ["sped-balance", "section-balance", "student-free-periods"]),
        (
            school_of_two_days,
            150,
            ["student-holes", "student-day-balance", "sped-balance", "student-free-periods"],
        ),
        (school_of_two_buildings, 120, ["teacher-travel", "teacher-load-spread"]),
    ],
)
def test_no_schedule_with_as_many_unmet_is_better(make, seeds, kinds):
    reached: Counter[str] = Counter()  # by kind: bounds above 0 that a schedule reaches
    for seed in range(seeds):
        rng = Random(seed)
        school, baseline = make(rng)
        problem, _ = compile_school(school, every_level(rng), baseline)
        levels, bound, asked = problem.levels(), flow_bound(problem), LevelBounds(problem)
        ranks = sum(level.rank is not None for level in levels)
        best: dict[tuple[int, ...], tuple[int, ...]] = {}  # by unmet requests: the least at each level
        for values in all_values(problem):
            least = best.get(values[:ranks], values)
            best[values[:ranks]] = tuple(map(min, least, values))
        for values in best.values():
            bounds = asked.of(bound, values)
            assert bounds == level_bounds(problem, bound, values)
            for level, value, least in list(zip(levels, values, bounds, strict=True))[ranks:]:
                assert least <= value, (seed, level.name, values)
                reached[level.name] += 0 < least == value
    assert min(reached[kind] for kind in kinds) > 2, reached


R = [e.Period(f"R{i}", day="R", order=i) for i in range(1, 5)]
G = [e.Period(f"G{i}", day="G", order=i) for i in range(1, 5)]


def bounds_of(school: School, kind: str, values: tuple[int, ...], given: Schedule = NO_SCHEDULE) -> int:
    """The bound of the one level after unmet requests."""
    limit = "limit = 0\n" if kind == "student-day-balance" else ""
    rules = parse_rules(
        'extends = ""\n[[rule]]\nkind = "unmet-requests"\nlevel = 1\n'
        f'[[rule]]\nkind = "{kind}"\nlevel = 2\n{limit}'
    )
    problem, _ = compile_school(school, rules, given)
    assert [level.name for level in problem.levels()] == ["unmet requests", kind]
    return level_bounds(problem, Bound(), values)[1]


def wanting(students: list[e.Student], *courses: str) -> dict[str, list]:
    wishes = tuple(e.CourseRequest(c) for c in courses)
    return {"students": students, "requests": [e.RequestList(x.id, wishes) for x in students]}


def test_sped_students_who_cannot_be_spread_evenly():
    students = [e.Student(f"N{i}", sped=i < 5) for i in range(8)]
    sections = [e.Section(s, "A", seats=9) for s in ("A1", "A2")]
    odd = School(periods=R, sections=sections, **wanting(students, "A"))
    assert [bounds_of(odd, "sped-balance", (unmet, 0)) for unmet in range(3)] == [1, 0, 0]
    limited = [e.Section("A0", "A", seats=9, sped_limit=1), sections[0]]
    few = School(periods=R, sections=limited, **wanting(students, "A"))
    assert [bounds_of(few, "sped-balance", (unmet, 0)) for unmet in range(5)] == [3, 2, 1, 0, 0]
    kept = Schedule({}, {f"N{i}": e.Seating("", f"N{i}", (e.Seat("A", "A1"),), ("A1",)) for i in range(4)})
    assert [bounds_of(odd, "sped-balance", (unmet, 0), kept) for unmet in range(3)] == [3, 3, 3]


@pytest.mark.parametrize("kind", ["sped-balance", "section-balance"])
def test_sections_that_admit_few_of_those_who_ask(kind):
    students = [e.Student(f"N{i}", sped=True, grade="9" if i else "10") for i in range(6)]
    sections = [e.Section("A1", "A", seats=9), e.Section("A2", "A", seats=9, grades=("10",))]
    school = School(periods=R, sections=sections, **wanting(students, "A"))
    assert [bounds_of(school, kind, (unmet, 0)) for unmet in (0, 1, 4)] == [4, 3, 0]


def test_days_that_cannot_be_even():
    sections = [e.Section(c, c, seats=9) for c in "ABC"]
    away = e.Student("P", unavailable=("G1", "G2", "G3", "G4"))
    short = e.Student("Q", unavailable=("G1", "G2", "G3"))
    school = School(
        periods=[*R, *G], sections=sections, **wanting([away, short, e.Student("S")], "A", "B", "C")
    )
    # P has one day only; Q has two classes on R at least, and S too.
    assert [bounds_of(school, "student-day-balance", (unmet, 0)) for unmet in range(4)] == [2, 1, 0, 0]
    jazz = [e.Course(c, allowed_periods=("R1", "R2", "R3")) for c in "ABC"]
    on_r = School(
        periods=[*R, *G], sections=sections, courses=jazz, **wanting([e.Student("S")], "A", "B", "C")
    )
    assert bounds_of(on_r, "student-day-balance", (0, 0)) == 3


def test_classes_that_are_far_apart():
    courses = [
        e.Course("A", allowed_periods=("R1",)),
        e.Course("B", allowed_periods=("R3", "R4")),
        e.Course("C"),
    ]
    sections = [e.Section(c, c, seats=9) for c in "ABC"]
    away = [e.Student("P"), e.Student("Q", unavailable=("R2",))]
    school = School(periods=R, courses=courses, sections=sections, **wanting(away, "A", "B"))
    # P has R2 free; Q is away then, which is no hole.
    assert [bounds_of(school, "student-holes", (unmet, 0)) for unmet in range(2)] == [1, 0]
    filled = School(periods=R, courses=courses, sections=sections, **wanting(away, "A", "B", "C"))
    assert bounds_of(filled, "student-holes", (0, 0)) == 0
    pins = (e.Seat("A", "A"), e.Seat("B", "B"))
    kept = Schedule({}, {"P": e.Seating("", "P", pins, ("A", "B"))})
    assert bounds_of(school, "student-holes", (1, 0), kept) == 1


def test_two_classes_that_push_each_other_away_from_a_third():
    six = [e.Period(f"R{i}", day="R", order=i) for i in range(1, 7)]
    early, late = ("R1", "R2"), ("R4", "R5", "R6")
    courses = [e.Course(c, allowed_periods=late if c == "C" else early) for c in "ABC"]
    sections = [e.Section(c, c, seats=9) for c in "ABC"]
    school = School(
        periods=six, courses=courses, sections=sections, **wanting([e.Student("P")], "A", "B", "C")
    )
    # Three slots in a row are open, but A and B take the two before the gap.
    assert bounds_of(school, "student-holes", (0, 0)) == 1


@pytest.mark.parametrize(
    "kept", [NO_SCHEDULE, Schedule({}, {"Q": e.Seating("", "Q", (e.Seat("A", "A"),), ("A",))})]
)
def test_who_misses_something_in_any_case_is_told_from_who_need_not(kept):
    courses = [e.Course(c, allowed_periods=(p,)) for c, p in (("A", "R1"), ("B", "R1"), ("C", "R3"))]
    sections = [e.Section(c, c, seats=9) for c in "ABC"]
    wishes = {"P": "AC", "Q": "AB"}
    school = School(
        periods=R,
        courses=courses,
        sections=sections,
        students=[e.Student(x) for x in wishes],
        requests=[e.RequestList(x, tuple(e.CourseRequest(c) for c in those)) for x, those in wishes.items()],
    )
    # Q cannot have both; should one request be unmet, it is not P's, who has R2 between two classes.
    assert [bounds_of(school, "student-holes", (unmet, 0), kept) for unmet in (1, 2)] == [1, 0]


@pytest.mark.parametrize(
    ("buildings", "periods", "least"),
    [("NNSS", 4, 1), ("NNSS", 5, 0), ("NNS", 3, 1), ("NSW", 3, 2), ("NSW", 4, 1), ("NN", 2, 0)],
)
def test_teachers_who_must_change_buildings(buildings, periods, least):
    rooms = [e.Room(x, building=x) for x in "NSW"]
    sections = [e.Section(f"S{i}", "A", ("T",), seats=9, room=x) for i, x in enumerate(buildings)]
    days = [e.Period(f"R{i}", day="R", order=i) for i in range(periods)]
    school = School(periods=days, rooms=rooms, teachers=[e.Teacher("T")], sections=sections)
    assert bounds_of(school, "teacher-travel", (0, 0)) == least


def test_a_locked_section_in_the_middle_makes_two_changes_of_building():
    rooms = [e.Room("N", building="N"), e.Room("S", building="S")]
    sections = [e.Section(f"S{i}", "A", ("T",), seats=9, room="NNS"[i]) for i in range(3)]
    school = School(periods=R[:3], rooms=rooms, teachers=[e.Teacher("T")], sections=sections)
    lock = Schedule({"S2": e.Placement("", "S2", ("R2",), locked=True)}, {})
    assert bounds_of(school, "teacher-travel", (0, 0)) == 1
    assert bounds_of(school, "teacher-travel", (0, 0), lock) == 2


def test_a_section_without_a_room_takes_the_slot_that_would_have_saved_a_change():
    rooms = [e.Room("N", building="N"), e.Room("S", building="S")]
    sections = [
        e.Section("S0", "A", ("T",), seats=9, room="N", allowed_periods=("R2", "R3")),
        e.Section("S1", "A", ("T",), seats=9, room="S", allowed_periods=("R4",)),
        e.Section("S2", "A", ("T",), seats=9, allowed_periods=("R2",)),
    ]
    school = School(periods=R, rooms=rooms, teachers=[e.Teacher("T")], sections=sections)
    assert bounds_of(school, "teacher-travel", (0, 0)) == 1


def test_loads_of_halves_of_a_year_that_cannot_be_even():
    terms = [e.Term("S1"), e.Term("S2")]
    halves = (("S1",), ("S2",))
    sections = [e.Section(f"S{i}", "A", ("T",), seats=9) for i in range(3)]
    sections += [e.Section(f"H{i}", "A", ("U",), seats=9, term_choices=halves) for i in range(2)]
    teachers = [e.Teacher(t, department="Math") for t in "TU"]
    school = School(periods=R, terms=terms, teachers=teachers, sections=sections)
    # T has three all year; U's two fall into one half or into both.
    assert bounds_of(school, "teacher-load-spread", (0, 0)) == 1
