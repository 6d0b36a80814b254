"""Trade-offs: what more even sections would cost is what a recount of the schedules says."""

from dataclasses import replace

import pytest

from echelon_desktop.errors import UnsupportedError
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
)
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.search.trading import trade_offs
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.trade_offs import laid_out
from echelon_desktop.solver.verify import verify

RULES = preset_rules("standard")


def uneven() -> tuple[School, Schedule]:
    """
    Four students want Art and Band; Band is in R2, so that all have Art in R1 and none in R2.

    The second Art fits in R3 alone, where its teacher has Drama: that would go to R2, where Eve has English.
    All but these three are locked.
    """
    courses = ("Art", "Band", "Drama", "English", "French")
    school = School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "R3")],
        courses=[Course(course) for course in courses],
        sections=[
            Section("A1", "Art", ("T",), 9),
            Section("A2", "Art", ("T",), 9),
            *(Section(c[0], c, ("T",) if c == "Drama" else (), 9) for c in courses[1:]),
        ],
        requests=[
            *(RequestList(s, (CourseRequest("Art"), CourseRequest("Band"))) for s in ("P", "Q", "R", "S")),
            RequestList("Eve", tuple(CourseRequest(c) for c in ("Drama", "English", "French"))),
        ],
    )
    placed = {"A1": "R1", "A2": "R2", "B": "R2", "D": "R3", "E": "R2", "F": "R1"}
    seats = {s: (Seat("Art", "A1"), Seat("Band", "B")) for s in ("P", "Q", "R", "S")}
    seats["Eve"] = (Seat("Drama", "D"), Seat("English", "E"), Seat("French", "F"))
    return school, Schedule(
        {
            section: Placement("1", section, (period,), locked=section not in {"A1", "A2", "D"})
            for section, period in placed.items()
        },
        {student: Seating("1", student, held) for student, held in seats.items()},
    )


def test_a_request_is_given_up_for_sections_of_equal_size():
    school, schedule = uneven()
    problem, _, solution = laid_out(school, RULES, schedule)
    found = [(each.unmet, each.size_spread) for each in trade_offs(problem, solution)]
    assert found == [(1, 0)]


@pytest.mark.parametrize(("family", "students", "seed"), [("six-periods", 80, 2), ("singletons", 160, 1)])
def test_figures_are_those_of_a_recount_and_ever_more_even(family: str, students: int, seed: int):
    sample = make_school(students, seed, FAMILIES[family])
    solved = solve_school(sample.school, sample.rules, Params(iterations=1_500, workers=1, seed=seed))
    problem, keys, solution = laid_out(sample.school, sample.rules, solved.schedule)
    before = solved.verdict.counts
    spread, found = before.size_spread, list(trade_offs(problem, solution))
    assert len(found) > 1
    for each in found:
        verdict = verify(sample.school, sample.rules, schedule_of(each.solution, keys, sample.school))
        assert verdict.ok
        assert (verdict.counts.unmet, verdict.counts.size_spread) == (each.unmet, each.size_spread)
        assert each.size_spread < spread
        spread = each.size_spread


def test_what_is_locked_stays():
    school, schedule = uneven()
    locked = {s: replace(p, locked=True) for s, p in schedule.placements.items()}
    problem, _, solution = laid_out(school, RULES, replace(schedule, placements=locked))
    assert list(trade_offs(problem, solution)) == []


def test_a_section_without_a_place_is_named():
    school, schedule = uneven()
    placements = {s: p for s, p in schedule.placements.items() if s != "D"}
    with pytest.raises(UnsupportedError, match="Section D has no place"):
        laid_out(school, RULES, replace(schedule, placements=placements))


def test_a_school_that_is_more_than_plain_is_refused_in_words():
    sample = make_school(40, 1, FAMILIES["semesters"])
    problem, _, solution = laid_out(sample.school, sample.rules, sample.planted)
    with pytest.raises(UnsupportedError, match="The local search does not do"):
        next(trade_offs(problem, solution))
