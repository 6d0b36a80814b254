"""One more section of a course: what it would do is what a recount of the larger school says."""

from random import Random

import pytest

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.demand import read_demand
from echelon_desktop.model.entities import (
    Course,
    CourseRequest,
    Period,
    Placement,
    RequestList,
    Seat,
    Seating,
    Section,
)
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.deltas.row import after
from echelon_desktop.solver.one_more import best_moves, with_one_more
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import verify

RULES = preset_rules("standard")


def crowded() -> tuple[School, Schedule]:
    """Band has one seat for three, in R1; Art is in R2, and Cleo, who wants both, has that."""
    school = School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "R3")],
        courses=[Course("Band"), Course("Art")],
        sections=[Section("B1", "Band", (), 1), Section("A1", "Art", (), 5)],
        requests=[
            RequestList("Ana", (CourseRequest("Band"),)),
            RequestList("Ben", (CourseRequest("Band"), CourseRequest("Art"))),
            RequestList("Cleo", (CourseRequest("Art"), CourseRequest("Band"))),
        ],
    )
    placed = {"B1": "R1", "A1": "R2"}
    seats = {"Ana": (Seat("Band", "B1"),), "Ben": (Seat("Art", "A1"),), "Cleo": (Seat("Art", "A1"),)}
    return school, Schedule(
        {section: Placement("1", section, (period,)) for section, period in placed.items()},
        {student: Seating("1", student, held) for student, held in seats.items()},
    )


def test_one_more_section_meets_as_many_as_it_has_seats():
    school, schedule = crowded()
    laid_out = with_one_more(school, RULES, schedule, [read_demand(school)["Band"]])
    ((section, move),) = best_moves(laid_out.problem, laid_out.solution, laid_out.sections.values())
    assert section == laid_out.sections["Band"]
    assert (move.unmet, move.exact) == (-1, 1)  # like the other, it has one seat
    assert laid_out.keys.choices[move.choices[section]].periods != ("R2",)  # where those who miss it have Art


def test_a_course_without_a_section_gets_one_of_usual_size():
    school, schedule = crowded()
    requests = [*school.requests.values(), RequestList("Dan", (CourseRequest("Chess"),))]
    school = School(
        periods=school.periods.values(),
        courses=school.courses.values(),
        sections=school.sections.values(),
        requests=requests,
    )
    laid_out = with_one_more(school, RULES, schedule, [read_demand(school)["Chess"]])
    ((_, move),) = best_moves(laid_out.problem, laid_out.solution, laid_out.sections.values())
    assert move.unmet == -1


@pytest.mark.parametrize("seed", range(4))
def test_what_it_would_do_is_what_a_recount_says(seed: int):
    sample = make_school(40, seed=seed)
    draw = Random(seed)
    kept = {
        student: Seating("1", student, tuple(seat for seat in seating.seats if draw.random() < 0.7))
        for student, seating in sample.planted.seatings.items()
    }
    schedule = Schedule(sample.planted.placements, kept)
    demand = read_demand(sample.school)
    laid_out = with_one_more(sample.school, sample.rules, schedule, demand.values())
    assert laid_out.sections.keys() == demand.keys()
    more = [
        Section(laid_out.keys.sections[number], course, seats=demand[course].class_size)
        for course, number in laid_out.sections.items()
    ]
    tables = {spec.name: getattr(sample.school, spec.name).values() for spec in SCHOOL_TABLES}
    larger = School(**tables | {"sections": [*sample.school.sections.values(), *more]})
    before = verify(sample.school, sample.rules, schedule).counts.unmet
    for _, move in best_moves(laid_out.problem, laid_out.solution, laid_out.sections.values()):
        moved = schedule_of(after(laid_out.solution, move), laid_out.keys, larger)
        verdict = verify(larger, sample.rules, moved)
        assert {violation.rule for violation in verdict.violations} <= {"placed"}  # the others, off the board
        assert verdict.counts.unmet - before == move.unmet <= 0
