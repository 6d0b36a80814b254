"""What is found where time is short: nothing that was to run is left out, and nothing is begun too late."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from general_cases import Never

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import Rule, parse_rules
from echelon_desktop.solver import solve
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat import solve as by_cpsat
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import CpOutcome
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.general import run
from echelon_desktop.solver.general.found import GeneralFound
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params, Status, StopReason
from echelon_desktop.solver.search.found import Ended

NO_HOLES = parse_rules('[[rule]]\nkind = "student-holes"\n')
COURSES = "ABCD"


def no_holes_problem(students: int, rules: tuple[Rule, ...] = NO_HOLES) -> Problem:
    """Everybody asks for four courses, of four sections each; days without holes are a hard rule."""
    school = School(
        periods=[e.Period(f"{day}{i}", day=day, order=i) for day in "RG" for i in range(3)],
        courses=[e.Course(c) for c in COURSES],
        sections=[e.Section(f"{c}{i}", c, (f"T{c}",), seats=9) for c in COURSES for i in range(4)],
        teachers=[e.Teacher(f"T{c}") for c in COURSES],
        students=[e.Student(f"P{i:02}") for i in range(students)],
        requests=[e.RequestList(f"P{i:02}", tuple(map(e.CourseRequest, COURSES))) for i in range(students)],
    )
    return compile_school(school, rules)[0]


def nobody_seated(problem: Problem) -> Solution:
    """Sections of a teacher one after the other."""
    choice = [problem.choices_of(s)[s % 4] for s in range(problem.n_sections)]
    return Solution(np.array(choice, np.int32), np.full(problem.n_requests, -1, np.int32))


def test_the_general_search_betters_what_cp_sat_found_in_its_share(monkeypatch: pytest.MonkeyPatch):
    problem = no_holes_problem(12)
    found = CpOutcome(Status.FEASIBLE, StopReason.TIME, nobody_seated(problem), ())
    monkeypatch.setattr(solve, "solve_cpsat", lambda *args, **kwargs: found)
    monkeypatch.setattr(run, "warm_up", Never)
    result = solve.solve_problem(problem, Params(time_limit_s=120, iterations=3000, workers=1)).result
    assert result.solution is not None
    assert level_values(problem, result.solution)[0] == 0
    assert result.method == "CP-SAT, then general search"


def test_a_stop_before_cp_sat_answers_keeps_what_the_other_core_found(monkeypatch: pytest.MonkeyPatch):
    problem = no_holes_problem(12)

    def in_vain(*args: object, meanwhile: Callable[[], Solution | None], **rest: object) -> CpOutcome:
        while meanwhile() is None:
            Event().wait(0.01)
        return CpOutcome(Status.NOTHING_FOUND, StopReason.STOPPED, None, ())

    monkeypatch.setattr(solve, "solve_cpsat", in_vain)
    result = solve.solve_problem(problem, Params(time_limit_s=600, workers=2)).result
    assert result.method == "CP-SAT"
    assert result.solution is not None


def test_a_stop_at_once_still_looks_for_a_schedule_to_keep(monkeypatch: pytest.MonkeyPatch):
    stopped = CpOutcome(Status.NOTHING_FOUND, StopReason.STOPPED, None, ())
    monkeypatch.setattr(solve, "solve_cpsat", lambda *args, **kwargs: stopped)
    params = Params(time_limit_s=600, workers=1)
    result = solve.solve_problem(no_holes_problem(12), params, should_stop=lambda: True).result
    assert result.solution is not None


def test_cp_sat_works_in_proportion_to_the_moves_asked_for(monkeypatch: pytest.MonkeyPatch):
    problem = no_holes_problem(12)
    work = []

    def proven(problem: Problem, limits: Limits, **rest: object) -> CpOutcome:
        work.append(limits.deterministic_limit)
        return CpOutcome(Status.OPTIMAL, StopReason.PROVED, nobody_seated(problem), ())

    monkeypatch.setattr(solve, "solve_cpsat", proven)
    for iterations in (500, 2_000_000, None):
        solve.solve_problem(problem, Params(iterations=iterations))
    few, many, unlimited = work
    assert few * 5 < many < unlimited


def test_bounds_are_counted_once_for_each_number_of_unmet_requests(monkeypatch: pytest.MonkeyPatch):
    problem = no_holes_problem(6)
    rules = replace(
        problem, goals=(*problem.goals, *(replace(g, level=g.level + 9) for g in problem.goals[1:]))
    )
    asked = []
    count = by_cpsat.level_bounds

    def counting(*args: object) -> tuple[int, ...]:
        asked.append(args[2])
        return count(*args)

    monkeypatch.setattr(by_cpsat, "level_bounds", counting)
    outcome = by_cpsat.solve_cpsat(rules, Limits(time_limit_s=60, workers=1))
    assert outcome.solution is not None
    assert len(asked) == len({values[0] for values in asked})


def test_a_schedule_that_is_not_proven_did_not_end_by_proof(monkeypatch: pytest.MonkeyPatch):
    problem = no_holes_problem(3)
    found = GeneralFound(nobody_seated(problem), (12, 0), Ended.BOUND, moves=1, compiled=False)
    monkeypatch.setattr(solve, "search_general", lambda *args, **kwargs: found)
    monkeypatch.setattr(solve, "fits", lambda problem: False)
    result = solve.solve_problem(problem, Params(workers=1)).result
    assert (result.status, result.stop_reason) == (Status.FEASIBLE, StopReason.STALLED)


def test_whoever_is_free_gets_a_seat_when_time_is_up() -> None:
    problem = no_holes_problem(12)
    found = run.search_general(problem, start=nobody_seated(problem), time_limit_s=0.0)
    assert found.solution is not None
    assert (found.solution.seat >= 0).all()


@pytest.mark.parametrize(
    ("rules", "method"), [(NO_HOLES, "general_search"), (parse_rules(""), "local_search")]
)
def test_whom_cp_sat_leaves_out_gets_a_seat_that_is_free(
    rules: tuple[Rule, ...], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CP-SAT's last schedule, when time is up, has requests unmet for which there are seats."""
    problem = no_holes_problem(12, rules)
    found = CpOutcome(Status.FEASIBLE, StopReason.TIME, nobody_seated(problem), ())
    monkeypatch.setattr(solve, "solve_cpsat", lambda *args, **kwargs: found)
    searches: list[str] = []

    def only_later(name: str) -> Callable[..., StopReason]:
        real = getattr(solve._Solve, name)

        def search(*args: object) -> StopReason:
            searches.append(name)
            return real(*args) if len(searches) > 1 else StopReason.TIME

        return search

    for name in ("local_search", "general_search"):
        monkeypatch.setattr(solve._Solve, name, only_later(name))
    result = solve.solve_problem(problem, Params(time_limit_s=60, workers=1)).result
    assert searches == [method, method]
    assert result.solution is not None
    assert (result.solution.seat >= 0).all()
