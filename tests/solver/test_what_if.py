"""What a move would cost: every move offered keeps the rules, and its figures are those of a recount."""

from random import Random

import pytest

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import (
    Course,
    CourseRequest,
    Period,
    Placement,
    RequestList,
    Seat,
    Seating,
    Section,
    Student,
    Teacher,
    Unavailability,
)
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.compile import compile_school, schedule_of, solution_of
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.places import places
from echelon_desktop.solver.verify import verify
from echelon_desktop.solver.what_if import moves_of
from tests.solver.random_schools import random_case

RULES = preset_rules("standard")


def band_and_biology() -> School:
    """Ana wants both; Band and Biology have one section each, and other teachers."""
    return School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "G1")],
        courses=[Course("Band"), Course("Biology")],
        teachers=[Teacher("T1"), Teacher("T2")],
        sections=[Section("S1", "Band", ("T1",), 2), Section("S2", "Biology", ("T2",), 2)],
        unavailability=[Unavailability("T2", ("G1",))],
        students=[Student("Ana"), Student("Ben")],
        requests=[
            RequestList("Ana", (CourseRequest("Band"), CourseRequest("Biology"))),
            RequestList("Ben", (CourseRequest("Biology"),)),
        ],
    )


def both_in_r1() -> Schedule:
    return Schedule(
        {
            "S1": Placement("1", "S1", ("R1",), teachers=("T1",)),
            "S2": Placement("1", "S2", ("R1",), teachers=("T2",)),
        },
        {
            "Ana": Seating("1", "Ana", (Seat("Band", "S1"),)),
            "Ben": Seating("1", "Ben", (Seat("Biology", "S2"),)),
        },
    )


def test_a_move_that_parts_a_conflict_meets_the_request():
    school, schedule = band_and_biology(), both_in_r1()
    problem, keys = compile_school(school, RULES, schedule)
    solution = solution_of(schedule, problem, keys)
    moves = {
        keys.choices[move.choices[1]].periods: (move.unmet, move.students)
        for move in moves_of(problem, solution, keys.sections.index("S2"))
    }
    # R2 frees Ana to take Biology beside Band; G1 is not offered, since T2 is away then.
    assert moves == {("R2",): (-1, 1)}


def test_places_say_why_not():
    of_s2 = places(band_and_biology(), RULES, both_in_r1(), "S2")
    found = {p.choice.periods: (p.reasons, p.in_the_way) for p in of_s2}
    assert found[("G1",)] == (("T2 is unavailable in G1.",), ())
    assert found[("R2",)] == ((), ())


def test_a_section_of_the_same_teacher_swaps_places():
    school = band_and_biology()
    school = School(
        periods=school.periods.values(),
        courses=school.courses.values(),
        teachers=[Teacher("T1")],
        sections=[Section("S1", "Band", ("T1",), 2), Section("S2", "Biology", ("T1",), 2)],
        students=school.students.values(),
        requests=school.requests.values(),
    )
    schedule = Schedule(
        {"S1": Placement("1", "S1", ("R1",)), "S2": Placement("1", "S2", ("R2",))},
        {s: Seating("1", s) for s in ("Ana", "Ben")},
    )
    problem, keys = compile_school(school, RULES, schedule)
    solution = solution_of(schedule, problem, keys)
    into_r2 = next(m for m in moves_of(problem, solution, 0) if keys.choices[m.choices[0]].periods == ("R2",))
    assert keys.choices[into_r2.choices[1]].periods == ("R1",)
    in_the_way = {p.choice.periods: p.in_the_way for p in places(school, RULES, schedule, "S1")}
    assert in_the_way[("R2",)] == ("S2",)


@pytest.mark.parametrize("seed", range(60))
def test_every_move_keeps_the_rules_and_counts_right(seed: int):
    case = random_case(Random(seed))
    problem, keys = compile_school(case.school, case.rules, case.baseline)
    solution = solve_cpsat(problem, Limits(seed=1)).solution
    if solution is None:
        return
    schedule = schedule_of(solution, problem, keys, case.school, case.baseline)
    before = verify(case.school, case.rules, schedule, case.baseline)
    assert before.ok
    for section, section_id in enumerate(keys.sections):
        open_places = {
            p.choice.mask for p in places(case.school, case.rules, schedule, section_id) if not p.reasons
        }
        for move in moves_of(problem, solution, section):
            after = schedule_of(move.solution, problem, keys, case.school, case.baseline)
            verdict = verify(case.school, case.rules, after, case.baseline)
            assert verdict.ok, verdict.violations
            assert verdict.counts.unmet - before.counts.unmet == move.unmet
            taken = {keys.choices[k].mask for k in move.choices.values()}
            if len(taken) == 1:  # nothing else moves to another time
                assert taken <= open_places
