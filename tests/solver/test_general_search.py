"""The general search: small schools to their optimum at every level, and sound whatever ends it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from brute import Brute
from general_cases import Never, random_problem

from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.general import improve, run
from echelon_desktop.solver.general.found import GeneralFound, Improved
from echelon_desktop.solver.general.improve import Improver
from echelon_desktop.solver.general.run import search_general
from echelon_desktop.solver.problem import Goal, GoalKind, Problem
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.search.cooling import WIDE_RACE
from echelon_desktop.solver.search.found import Ended
from echelon_desktop.solver.verify import verify

TRIED_AT_MOST = 60_000


@pytest.fixture(autouse=True)
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a search finds does not depend on when numba is ready: these need not wait for it."""
    monkeypatch.setattr(run, "warm_up", Never)
    return


def short(problem: Problem, moves: int = 3000, **options: object) -> GeneralFound:
    """A search that ends by moves, not by the clock."""
    return search_general(problem, iterations=moves, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(120))
def test_small_schools_are_solved_to_their_optimum_at_every_level(seed: int) -> None:
    problem = random_problem(seed)
    brute = Brute(problem)
    if brute.size() > TRIED_AT_MOST:
        pytest.skip("too many schedules to try")
    best = brute.best()
    found = short(problem, certain=lambda values: best or values)
    if best is None:
        assert found.solution is None
        return
    assert found.solution is not None
    assert brute.accepts(found.solution)
    assert found.values == level_values(problem, found.solution) == best
    assert found.ended is Ended.BOUND


@pytest.fixture(scope="module")
def general_school() -> tuple[Problem, object, object, object]:
    sample = make_school(60, 3, FAMILIES["general"])
    problem, keys = compile_school(sample.school, sample.rules)
    return problem, keys, sample.school, sample.rules


def test_what_is_found_passes_verify(general_school: tuple) -> None:
    problem, keys, school, rules = general_school
    found = short(problem, 1500)
    assert found.solution is not None
    verdict = verify(school, rules, schedule_of(found.solution, keys, school))
    assert verdict.ok
    assert verdict.score == found.values


def test_the_same_seed_gives_the_same_schedule(general_school: tuple) -> None:
    problem = general_school[0]
    first, second = short(problem, 800, seed=5), short(problem, 800, seed=5)
    assert first.moves == second.moves
    assert first.solution is not None
    assert second.solution is not None
    assert np.array_equal(first.solution.choice, second.solution.choice)
    assert np.array_equal(first.solution.seat, second.solution.seat)


def test_annealings_race_where_one_level_of_unmet_requests_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = make_school(students=40, seed=3, semesters=True, planted=False, unequal_seats=True, seat_slack=0)
    problem, _ = compile_school(sample.school, sample.rules)
    # Annealings so short that sixteen of them are few moves.
    monkeypatch.setattr(improve, "LONGER", 0.001)
    starts = []
    stand_anew = Improver._stand_anew

    def counted(improver: Improver, short: bool = False) -> bool:
        starts.append(short)
        return stand_anew(improver, short)

    monkeypatch.setattr(Improver, "_stand_anew", counted)
    first, second = (short(problem, 4000, seed=2) for _ in range(2))
    assert len(starts) == 2 * WIDE_RACE[0][0]
    assert first.values == second.values
    assert first.solution is not None
    assert second.solution is not None
    assert np.array_equal(first.solution.choice, second.solution.choice)


def test_a_stop_keeps_a_whole_schedule(general_school: tuple) -> None:
    problem, keys, school, rules = general_school
    seen: list[Improved] = []
    found = search_general(problem, on_improved=seen.append, should_stop=lambda: bool(seen))
    assert found.ended is Ended.STOPPED
    assert found.solution is not None
    for solution in (seen[0].solution, found.solution):
        assert verify(school, rules, schedule_of(solution, keys, school)).ok
    assert found.values <= seen[0].values


def test_a_planted_schedule_is_never_made_worse(general_school: tuple) -> None:
    sample = make_school(60, 3, FAMILIES["general"])
    problem, keys = compile_school(sample.school, sample.rules)
    start = solution_of(sample.planted, problem, keys)
    found = short(problem, 200, start=start)
    assert found.values <= level_values(problem, start)


def test_what_changes_little_is_found_from_what_was_there(general_school: tuple) -> None:
    """With distance as the last level, a start with nothing to better comes back as it was."""
    problem = general_school[0]
    start = short(problem, 1500).solution
    assert start is not None
    only_unmet = tuple(goal for goal in problem.goals if goal.kind is GoalKind.UNMET)
    taken = np.ones(len(problem.choice_mask), np.int64)
    taken[start.choice] = 0
    distance = Goal(GoalKind.CHANGES, 9, 1, "changes", limits=start.seat, cost=taken)
    close = replace(problem, goals=(*only_unmet, distance))
    found = short(close, 100, start=start)
    assert found.values[-1] <= int((start.seat < 0).sum())


def test_an_error_in_a_callback_ends_all_threads(general_school: tuple) -> None:
    def fail(improved: Improved) -> None:
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        search_general(general_school[0], workers=2, on_improved=fail)


def test_where_seats_are_scarce_the_first_rank_gets_them() -> None:
    sample = make_school(40, 1, FAMILIES["general"])
    problem, _ = compile_school(sample.school, sample.rules)
    scarce = replace(problem, section_seats=np.maximum(1, problem.section_seats // 3))
    first = problem.request_student % 2 == 0
    unmet = []
    for favoured in (first, ~first):
        ranks = np.where(favoured, 0, 2).astype(np.int32)
        found = short(replace(scarce, request_rank=ranks), 1500)
        assert found.solution is not None
        unmet.append(int((found.solution.seat[first] < 0).sum()))
    assert unmet[0] < unmet[1] / 2
