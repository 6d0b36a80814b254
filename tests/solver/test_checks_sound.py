"""What the checks of a school claim, against schedules proven best: no error where there is a schedule."""

from random import Random

import pytest
from random_schools import random_case

from echelon_desktop.model.checks import check_school
from echelon_desktop.model.findings import Severity
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.solve import Limits, solve_cpsat
from echelon_desktop.solver.result import Status

# Each says of a student that some request cannot be met.
LOST = {"too-many-requests", "requests-clash", "request-while-away"}


@pytest.mark.parametrize("seed", range(60))
def test_errors_and_warnings_are_true(seed: int) -> None:
    case = random_case(Random(seed))
    findings = check_school(case.school, case.rules, fold=False)
    problem, _ = compile_school(case.school, case.rules)
    outcome = solve_cpsat(problem, Limits(seed=1, workers=1))
    if any(f.severity is Severity.ERROR for f in findings):
        assert outcome.status is Status.INFEASIBLE
    if outcome.solution is not None:
        unmet = int((outcome.solution.seat < 0).sum())
        assert unmet >= len({f.key for f in findings if f.code in LOST})


def test_most_impossible_schools_are_found() -> None:
    """Not all: a hard limit on consecutive periods, or links that bite one another, take a solver."""
    found = missed = 0
    for seed in range(200):
        case = random_case(Random(seed))
        if any(f.severity is Severity.ERROR for f in check_school(case.school, case.rules)):
            found += 1
        else:
            problem, _ = compile_school(case.school, case.rules)
            missed += solve_cpsat(problem, Limits(seed=1, workers=1)).status is Status.INFEASIBLE
    assert found > 10 * missed
