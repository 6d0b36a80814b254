"""From files to a proven schedule and back to files, with nothing lost on the way."""

from pathlib import Path

import pytest

from echelon_desktop.model.csv_io import read_schedule, read_school, write_schedule, write_school
from echelon_desktop.model.rules import load_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.result import Status
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.verify import verify

HARD_DAY = Path(__file__).parents[1] / "data" / "hard_day"


def test_the_hard_day_survives_files(tmp_path: Path) -> None:
    school, rules = read_school(HARD_DAY).school, load_rules(HARD_DAY / "rules.toml")
    problem, keys = compile_school(school, rules)
    outcome = solve_cpsat(problem, Limits(deterministic_limit=0.5))  # test_hard_day solves it to proof
    assert outcome.solution is not None
    schedule = schedule_of(outcome.solution, keys, school)
    write_school(school, tmp_path / "school")
    write_schedule(school, schedule, tmp_path / "schedule")

    again = read_school(tmp_path / "school").school
    assert again == school
    read = read_schedule(again, tmp_path / "schedule").schedule
    problem, keys = compile_school(again, rules)
    solution = solution_of(read, problem, keys)
    assert solution is not None
    assert solution.choice.tolist() == outcome.solution.choice.tolist()
    assert solution.seat.tolist() == outcome.solution.seat.tolist()
    verdict = verify(again, rules, read)
    assert verdict.ok
    assert verdict.score == tuple(figure.value for figure in outcome.levels)


@pytest.mark.real
def test_a_school_of_few_request_lists_is_proven(real_school) -> None:
    school, rules = read_school(real_school("chico")).school, load_rules("chico-high")
    problem, keys = compile_school(school, rules)
    outcome = solve_cpsat(problem, Limits())
    assert outcome.status is Status.OPTIMAL
    assert [figure.value for figure in outcome.levels] == [0, 20, 0]
    assert outcome.solution is not None
    verdict = verify(school, rules, schedule_of(outcome.solution, keys, school))
    assert verdict.ok
    assert verdict.score == (0, 20, 0)
