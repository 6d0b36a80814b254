"""The hard day, solved to proof: one school with everything that a schedule may have to respect."""

from pathlib import Path

from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.rules import load_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.solve import Limits, solve_cpsat
from echelon_desktop.solver.result import Status
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import verify

FOLDER = Path(__file__).parents[1] / "data" / "hard_day"

# As other seeds and two workers prove too: unmet requests by rank, alternates, balance, labs, the rest.
OPTIMUM = (2, 2, 1, 5, 14, 0, 1)


def test_cpsat_proves_the_optimum_and_verify_agrees() -> None:
    school, rules = read_school(FOLDER).school, load_rules(FOLDER / "rules.toml")
    problem, keys = compile_school(school, rules)
    outcome = solve_cpsat(problem, Limits(seed=1, workers=1))
    assert outcome.status is Status.OPTIMAL
    assert tuple(level.value for level in outcome.levels) == OPTIMUM
    assert outcome.solution is not None
    verdict = verify(school, rules, schedule_of(outcome.solution, keys, school))
    assert verdict.ok
    assert tuple(figure.value for figure in verdict.figures) == OPTIMUM
