"""Repair: as few sections elsewhere as can be, seats kept, rules kept, most of the schedule as it was."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import preset_rules, staying_close
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Keys, Problem
from echelon_desktop.solver.repair import run
from echelon_desktop.solver.repair.mend import changes_goal, mend
from echelon_desktop.solver.repair.run import repair
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.search.found import Ended
from echelon_desktop.solver.solve import REPAIR, solve_problem
from tests.solver.brute import Brute
from tests.solver.random_schools import random_case


class Never:
    """A compiler that never gets ready."""

    over = True

    def ready(self, function: object) -> bool:
        return False

    def wait(self, timeout_s: float | None = None) -> bool:
        return True


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "warm_up", Never)


def disturbed(seed: int) -> tuple[Problem, Keys]:
    """A random case, to be repaired from placements and seats drawn at random, most of which cannot be."""
    rng = Random(seed)
    case = random_case(rng)
    placements = {
        s: e.Placement("", s, (rng.choice(list(case.school.periods)),)) for s in case.school.sections
    }
    seatings = {}
    for x in case.school.requests.values():
        seats = [
            e.Seat(r.course, rng.choice(list(case.school.sections))) for r in x.requests if rng.random() < 0.8
        ]
        seatings[x.student] = e.Seating("", x.student, tuple({seat.course: seat for seat in seats}.values()))
    return compile_school(case.school, staying_close(case.rules), Schedule(placements, seatings))


@pytest.mark.parametrize("seed", range(80))
def test_mending_moves_as_few_sections_as_can_be_and_keeps_facts(seed: int):
    problem, _ = disturbed(seed)
    brute, goal = Brute(problem), changes_goal(problem)
    moved = [sum(int(goal.cost[k]) for k in choice) for choice in brute.placements()]
    mended = mend(problem, goal)
    if not moved:
        assert mended is None
        return
    assert brute.may_stand(mended.choice.tolist())
    assert int(goal.cost[mended.choice].sum()) == min(moved)
    seat = mended.seat.tolist()
    free = replace(problem, request_pin=np.full_like(problem.request_pin, -1))  # pins may be lost in it
    assert Brute(free).may_sit(mended.choice.tolist(), seat)
    assert all(
        s < 0 or s in (home, pin) for s, home, pin in zip(seat, goal.limits, problem.request_pin, strict=True)
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_repair_keeps_the_rules_and_is_no_worse_than_mending(seed: int, interpreted: None):
    problem, _ = disturbed(seed)
    brute = Brute(problem)
    found = repair(problem, seed=1, workers=1, iterations=150)
    mended = mend(problem, changes_goal(problem))
    if found.solution is None:
        assert mended is None or not brute.accepts(mended)
        return
    assert brute.accepts(found.solution)
    if brute.accepts(mended):
        assert level_values(problem, found.solution) <= level_values(problem, mended)


def absent_teacher() -> tuple[School, Schedule]:
    """A sample school with its hidden schedule, and a teacher who is away in a period in which he teaches."""
    made = make_school(students=150, seed=3)
    section = next(s for s in made.school.sections.values() if s.teachers)
    away = e.Unavailability(section.teachers[0], made.planted.placements[section.id].periods)
    tables = {spec.name: list(getattr(made.school, spec.name).values()) for spec in SCHOOL_TABLES}
    tables["unavailability"] = [x for x in tables["unavailability"] if x.teacher != away.teacher] + [away]
    return School(**tables), made.planted


def test_a_repair_leaves_most_as_it_was_and_loses_little(interpreted: None):
    school, schedule = absent_teacher()
    problem, _ = compile_school(school, staying_close(preset_rules("standard")), schedule)
    mended = level_values(problem, mend(problem, changes_goal(problem)))
    repaired = level_values(problem, repair(problem, seed=1, workers=1, iterations=1000).solution)
    assert repaired[0] < mended[0]
    assert 0 < repaired[1] < (problem.n_sections + problem.n_requests) / 20


def test_one_worker_repeats_itself(interpreted: None):
    problem, _ = compile_school(
        absent_teacher()[0], staying_close(preset_rules("standard")), absent_teacher()[1]
    )
    first, again = (repair(problem, seed=4, workers=1, iterations=400).solution for _ in range(2))
    assert (first.choice == again.choice).all()
    assert (first.seat == again.seat).all()


def test_a_repair_ends_when_its_bounds_are_reached(interpreted: None):
    made = make_school(students=60, seed=2)
    problem, _ = compile_school(made.school, staying_close(preset_rules("standard")), made.planted)
    found = repair(problem, seed=1, workers=1, iterations=10**9, certain=lambda values: values)
    assert (found.ended, found.moves) == (Ended.BOUND, 0)
    assert level_values(problem, found.solution)[:2] == (0, 0)


def test_a_school_with_a_goal_of_few_changes_is_repaired(interpreted: None):
    school, schedule = absent_teacher()
    problem, _ = compile_school(school, staying_close(preset_rules("standard")), schedule)
    result = solve_problem(problem, Params(time_limit_s=60, iterations=300, workers=1)).result
    assert REPAIR in result.method
    assert result.solution is not None


def test_without_the_goal_there_is_nothing_to_repair():
    made = make_school(students=20, seed=1)
    problem, _ = compile_school(made.school, preset_rules("standard"))
    with pytest.raises(ValueError, match="changes"):
        repair(problem, iterations=1)
