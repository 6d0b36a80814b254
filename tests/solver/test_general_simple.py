"""Schools that are plain but for their goals start from the plain search."""

from collections.abc import Iterator

import pytest
from general_cases import Never

from echelon_desktop.model import entities as e
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.general import run
from echelon_desktop.solver.general.run import search_general
from echelon_desktop.solver.general.simple import simple_start, simplified
from echelon_desktop.solver.problem import Problem
from echelon_desktop.solver.search.adapter import refusals

EARLY = e.Rule("early", "allowed-periods", level=5, departments=("Math",), periods=("R1", "R2", "G1"))
SPACED = e.Rule("spaced", "lab-spacing")


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(run, "warm_up", Never)
    return


def problem_of(family: str, *more: e.Rule) -> Problem:
    sample = make_school(60, 2, FAMILIES[family])
    rules = [rule for rule in sample.rules if rule.kind not in {x.kind for x in more}]
    return compile_school(sample.school, (*rules, *more))[0]


def test_goals_alone_do_not_keep_a_school_from_the_plain_search() -> None:
    problem = problem_of("plain", EARLY)
    assert refusals(problem)
    assert simplified(problem) is not None


def test_a_school_that_is_more_than_plain_has_no_such_start() -> None:
    assert simplified(problem_of("general", EARLY)) is None


def test_unmet_requests_must_come_first() -> None:
    first = e.Rule("early", "allowed-periods", level=1, departments=("Math",), periods=("R1",))
    late = e.Rule("unmet-requests", "unmet-requests", level=2)
    assert simplified(problem_of("plain", first, late)) is None


def test_what_the_start_does_not_know_is_bettered_after_it() -> None:
    problem = problem_of("plain", EARLY)
    options = {"seed": 4, "workers": 1, "time_limit_s": None, "iterations": 3000, "should_stop": None}
    start, moves = simple_start(problem, **options)
    assert start is not None
    assert moves > 0
    found = search_general(problem, seed=4, iterations=3000)
    assert found.solution is not None
    assert found.values == level_values(problem, found.solution)
    assert found.values < level_values(problem, start)


def test_hard_rules_that_the_start_breaks_are_kept_in_the_end() -> None:
    problem = problem_of("plain", SPACED, EARLY)
    found = search_general(problem, seed=4, iterations=3000)
    assert found.solution is not None
    assert [goal.kind for goal in problem.goals if goal.level == 0] == ["spacing"]
