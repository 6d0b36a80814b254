"""CP-SAT finds what trying every schedule finds, level by level, and verify counts the same."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import Brute
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from random_schools import Case, random_case, shuffled

from echelon_desktop.errors import ScheduleError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat import solve
from echelon_desktop.solver.cpsat.run import run_solver
from echelon_desktop.solver.cpsat.solve import CpOutcome, Limits, solve_cpsat
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Solution
from echelon_desktop.solver.result import Status, StopReason
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import verify

cases = st.randoms(use_true_random=True).map(random_case)
TRIED_AT_MOST = 60_000


def values_of(outcome: CpOutcome) -> tuple[int, ...]:
    return tuple(figure.value for figure in outcome.levels)


def crowded_school(rng: Random, students: int, kinds: int = 40) -> School:
    """Too many requests for too few slots: many schedules, of which few are best."""
    periods = [e.Period(f"R{i}", day="R", order=i) for i in range(4)]
    sections = [
        e.Section(f"X{i}", f"C{i % 9}", (f"T{i % 9 % 5}",), seats=max(2, students // 3), sped_limit=2)
        for i in range(14)
    ]
    lists = [rng.sample([f"C{i}" for i in range(9)], 4) for _ in range(kinds)]
    requests = [
        e.RequestList(f"N{n}", tuple(e.CourseRequest(c) for c in rng.choice(lists))) for n in range(students)
    ]
    return School(
        periods=periods,
        teachers=[e.Teacher(f"T{i}") for i in range(5)],
        courses=[e.Course(f"C{i}", lab=i < 2) for i in range(9)],
        sections=sections,
        students=[e.Student(f"N{n}", sped=rng.random() < 0.2) for n in range(students)],
        requests=requests,
    )


def crowded_problem(seed: int, students: int = 30, kinds: int = 40) -> Problem:
    return compile_school(crowded_school(Random(seed), students, kinds), preset_rules("standard"))[0]


@given(cases)
def test_the_optimum_is_that_of_trying_everything(case: Case) -> None:
    problem, keys = compile_school(case.school, case.rules, case.baseline, Openings())
    brute = Brute(problem)
    assume(brute.size() < TRIED_AT_MOST)
    best = brute.best()
    outcome = solve_cpsat(problem, Limits())
    if best is None:
        assert outcome == CpOutcome(Status.INFEASIBLE, StopReason.PROVED, None, ())
        return
    assert outcome.solution is not None
    assert values_of(outcome) == best
    assert all(figure.bound == figure.value for figure in outcome.levels)
    assert (outcome.status, outcome.stop_reason) == (Status.OPTIMAL, StopReason.PROVED)
    assert brute.accepts(outcome.solution)
    schedule = schedule_of(outcome.solution, keys, case.school, case.baseline)
    verdict = verify(case.school, case.rules, schedule, case.baseline)
    assert verdict.violations == ()
    assert verdict.score == best


@settings(max_examples=settings().max_examples // 5)
@given(cases)
def test_sections_to_be_staffed_meet_no_more_at_once_than_can_be_taught(case: Case) -> None:
    rules = (*case.rules, e.Rule("staffed", "section-teachers"), e.Rule("roomed", "section-rooms"))
    problem, _ = compile_school(case.school, rules, case.baseline)
    brute = Brute(problem)
    assume(brute.size() < TRIED_AT_MOST)
    outcome = solve_cpsat(problem, Limits())
    assert (None if outcome.solution is None else values_of(outcome)) == brute.best()


@given(cases, st.integers())
def test_names_and_order_do_not_matter(case: Case, seed: int) -> None:
    other = shuffled(case, Random(seed))
    problems = [compile_school(x.school, x.rules, x.baseline)[0] for x in (case, other)]
    first, second = (solve_cpsat(problem, Limits()) for problem in problems)
    assert (first.status, values_of(first)) == (second.status, values_of(second))


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(), st.integers(2, 7), st.integers(1, 2))
def test_taking_equals_together_changes_nothing(seed: int, students: int, kinds: int) -> None:
    problem = crowded_problem(seed, students, kinds)
    together = solve_cpsat(problem, Limits())
    apart = solve_cpsat(problem, Limits(), merge=False)
    assert together.status is apart.status is Status.OPTIMAL
    assert values_of(together) == values_of(apart)
    assert together.solution is not None
    assert Brute(problem).accepts(together.solution)


def test_the_same_seed_gives_the_same_schedule() -> None:
    problem = crowded_problem(5)
    limits = Limits(deterministic_limit=0.2, workers=1, seed=3)
    first, second = solve_cpsat(problem, limits), solve_cpsat(problem, limits)
    assert first.stop_reason is StopReason.ITERATIONS
    assert first.solution is not None
    assert second.solution is not None
    assert np.array_equal(first.solution.choice, second.solution.choice)
    assert np.array_equal(first.solution.seat, second.solution.seat)


def test_a_stop_keeps_the_best_so_far() -> None:
    problem = crowded_problem(1, students=60, kinds=60)
    seen: list[int | None] = []
    outcome = solve_cpsat(
        problem,
        Limits(should_stop=lambda: bool(seen)),
        on_progress=lambda progress: seen.append(progress.unmet),
    )
    assert (outcome.status, outcome.stop_reason) == (Status.FEASIBLE, StopReason.STOPPED)
    assert outcome.solution is not None
    assert values_of(outcome) == level_values(problem, outcome.solution)
    assert Brute(problem).accepts(outcome.solution)
    assert seen[0] is not None
    assert values_of(outcome)[0] <= seen[0]


def test_a_stop_before_anything_is_found_says_so() -> None:
    outcome = solve_cpsat(crowded_problem(1), Limits(should_stop=lambda: True))
    assert outcome == CpOutcome(Status.NOTHING_FOUND, StopReason.STOPPED, None, ())


def test_bounds_are_not_aimed_at_for_long_with_nothing_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    limits_s: list[float] = []

    def in_vain(solver: cp_model.CpSolver, model: cp_model.CpModel, limits: Limits, *more: object) -> object:
        limits_s.append(limits.time_limit_s)
        return run_solver(solver, model, Limits(deterministic_limit=0.0))

    problem, hour = crowded_problem(3), Limits(time_limit_s=3600.0)
    start = solve_cpsat(problem, Limits(deterministic_limit=1.0)).solution
    assert start is not None
    monkeypatch.setattr(solve, "run_solver", in_vain)
    solve_cpsat(problem, hour)
    with_nothing = limits_s[0]
    limits_s.clear()
    solve_cpsat(problem, hour, start=start)
    assert with_nothing <= solve.AIM_ALONE_S < limits_s[0]


def test_what_somebody_else_found_meanwhile_is_bettered() -> None:
    problem, little = crowded_problem(3), Limits(deterministic_limit=0.01)
    good = solve_cpsat(problem, Limits(deterministic_limit=1.0)).solution
    assert good is not None
    outcome = solve_cpsat(problem, little, meanwhile=lambda: good)
    assert outcome.solution is not None
    assert level_values(problem, outcome.solution) <= level_values(problem, good)


def test_the_start_is_never_made_worse() -> None:
    problem = crowded_problem(2)
    good = solve_cpsat(problem, Limits(deterministic_limit=0.3)).solution
    assert good is not None
    outcome = solve_cpsat(problem, Limits(deterministic_limit=0.01), start=good)
    assert values_of(outcome) <= level_values(problem, good)


def test_a_best_start_needs_no_search() -> None:
    school = crowded_school(Random(3), 6)
    problem, _ = compile_school(school, preset_rules("standard"))
    best = solve_cpsat(problem, Limits())
    assert best.status is Status.OPTIMAL
    again = solve_cpsat(problem, Limits(), start=best.solution)
    assert (again.status, values_of(again)) == (Status.OPTIMAL, values_of(best))


def test_bounds_hold_when_time_ends_it() -> None:
    for seed in range(4):
        problem = crowded_problem(seed, students=6)
        best = solve_cpsat(problem, Limits())
        assert best.solution is not None
        nobody = Solution(best.solution.choice, np.full(problem.n_requests, -1, np.int32))
        short = solve_cpsat(problem, Limits(deterministic_limit=0.02), start=nobody)
        assert short.levels[0].bound is not None
        assert short.levels[0].bound <= best.levels[0].value <= short.levels[0].value


def test_a_start_that_breaks_a_hard_rule_is_refused() -> None:
    problem = crowded_problem(2, students=6)
    same_place = Solution(problem.choice_start[:-1].copy(), np.full(problem.n_requests, -1, np.int32))
    assert not Brute(problem).accepts(same_place)
    wrong = replace(
        problem, goals=(*problem.goals, Goal(GoalKind.CONSTANT, 0, limits=np.array([1], np.int32)))
    )
    with pytest.raises(ScheduleError, match="start"):
        solve_cpsat(wrong, Limits(), start=same_place)
