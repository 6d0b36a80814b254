"""Sections placed by CP-SAT alone: a first schedule for the general search, or proof that there is none."""

from dataclasses import replace

import numpy as np
import pytest
from brute import Brute
from general_cases import Never, random_problem

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import SCHOOL_TABLES, Schedule, School
from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.solver import solve
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat import standing
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.standing import Standing, stand
from echelon_desktop.solver.general import run
from echelon_desktop.solver.general.improve import Improver
from echelon_desktop.solver.general.run import search_general
from echelon_desktop.solver.problem import OF_SECTIONS, Problem
from echelon_desktop.solver.result import Params, Status, StopReason
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.search.found import Ended
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import verify

TRIED_AT_MOST = 60_000


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "warm_up", Never)


@pytest.fixture
def sample() -> Sample:
    return make_school(40, 3, FAMILIES["general"])


@pytest.fixture
def problem(sample: Sample) -> Problem:
    return compile_school(sample.school, sample.rules)[0]


def may_stand(brute: Brute, choice: list[int]) -> bool:
    """Whether a placement keeps the rules on sections and lets the pinned students sit."""
    pins = brute.problem.request_pin.tolist()
    hard = [goal for goal in brute.problem.goals if goal.level == 0 and goal.kind in OF_SECTIONS]
    return (
        brute.may_stand(choice)
        and brute.may_sit(choice, pins)
        and not any(brute.count(goal, choice, pins, None) for goal in hard)
    )


@pytest.mark.parametrize("block", range(4))
def test_a_placement_is_found_exactly_where_there_is_one(block: int) -> None:
    answers = set()
    for seed in range(block * 60, block * 60 + 60):
        problem = random_problem(seed)
        brute = Brute(problem)
        if brute.size() > TRIED_AT_MOST:
            continue
        standing = stand(problem, Limits())
        if standing.solution is None:
            assert standing.impossible
            assert not any(may_stand(brute, list(choice)) for choice in brute.placements()), seed
        else:
            assert not standing.impossible
            assert may_stand(brute, standing.solution.choice.tolist()), seed
            assert np.array_equal(standing.solution.seat, problem.request_pin)
        answers.add(standing.impossible)
    assert answers == {True, False}


def test_out_of_time_is_no_proof(problem: Problem) -> None:
    assert stand(problem, Limits(time_limit_s=0.0)) == Standing(None, impossible=False)


def move_nothing(improver: Improver, level: int, short: bool = False) -> None:
    improver.chain.keep_if_better()


def test_where_the_own_moves_fail_the_search_starts_from_cpsat(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, keys = compile_school(sample.school, sample.rules)
    monkeypatch.setattr(Improver, "_bring_to_zero", move_nothing)
    found = search_general(problem, iterations=1500)
    assert found.solution is not None
    verdict = verify(sample.school, sample.rules, schedule_of(found.solution, keys, sample.school))
    assert verdict.ok
    assert verdict.score == found.values
    monkeypatch.setattr(standing, "stand", lambda problem, limits: Standing(None))
    stop = iter([False] * 5)
    assert search_general(problem, should_stop=lambda: next(stop, True)).solution is None


def test_chains_that_fail_go_on_from_the_one_that_does_not(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Improver._bring_to_zero

    def only_first(improver: Improver, level: int, short: bool = False) -> None:
        if improver.k == 0:
            own(improver, level, short)

    monkeypatch.setattr(Improver, "_bring_to_zero", only_first)
    monkeypatch.setattr(standing, "stand", lambda problem, limits: pytest.fail("nobody is stuck"))
    found = search_general(problem, workers=2, iterations=2000)
    assert found.solution is not None


def crowded(sample: Sample) -> tuple[School, Schedule]:
    """A school of which two sections of one teacher are locked in one period."""
    away = set(sample.school.unavailability)
    taught: dict[str, list[str]] = {}
    for section in sample.school.sections.values():
        for teacher in section.teachers if not set(section.teachers) & away else ():
            taught.setdefault(teacher, []).append(section.id)
    pair = next(sections[:2] for sections in taught.values() if len(sections) > 1)
    chosen = {name: replace(sample.school.sections[name], pattern="1", term_choices=()) for name in pair}
    records = {spec.name: list(getattr(sample.school, spec.name).values()) for spec in SCHOOL_TABLES}
    records["sections"] = [chosen.get(section.id, section) for section in records["sections"]]
    records["links"] = [link for link in records["links"] if not set(link.sections) & set(pair)]
    period = next(iter(sample.school.periods))
    locks = {name: e.Placement("", name, (period,), locked=True) for name in pair}
    return School(**records), Schedule(locks, {})


def test_a_school_whose_sections_fit_nowhere_is_refused_with_the_smallest_conflict(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a school too large for CP-SAT with all requests, which must not be asked."""
    monkeypatch.setattr(solve, "fits", lambda problem: False)
    monkeypatch.setattr(solve, "BOUND_AFTER_S", 0.0)  # the bound, which has no least here, must end too
    monkeypatch.setattr(solve, "solve_cpsat", lambda *args, **kwargs: pytest.fail("asked with all requests"))
    school, locks = crowded(sample)
    a, b = locks.placements
    (teacher,) = set(school.sections[a].teachers) & set(school.sections[b].teachers)
    solved = solve_school(school, sample.rules, Params(time_limit_s=60, seed=1), baseline=locks)
    assert solved.result.status is Status.INFEASIBLE
    assert solved.result.stop_reason is StopReason.PROVED
    assert solved.result.method == solve.GENERAL_SEARCH
    assert {fact.table for fact in solved.conflict} == {"teachers", "placements"}
    assert len(solved.conflict) == 3
    assert solved.conflict[0].sections == (a, b)
    assert solved.conflict[0].key == teacher


def test_the_proof_ends_a_search(sample: Sample) -> None:
    school, locks = crowded(sample)
    problem, _ = compile_school(school, sample.rules, locks)
    found = search_general(problem)
    assert found.ended is Ended.NO_PLACEMENT
    assert found.solution is None
