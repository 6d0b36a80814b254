"""Whatever moves are made and taken back, every sum of a chain equals a recount of its schedule."""

from collections import Counter
from functools import reduce
from operator import or_

import numpy as np
import pytest
from brute import Brute
from general_cases import Never, aim_at, present, random_problem, recount
from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.solver.general.board import lay_out
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.layout import HARD, UNMET
from echelon_desktop.solver.general.run import warm_up
from echelon_desktop.solver.problem import Problem
from echelon_desktop.solver.search import jit

seeds = st.integers(0, 1 << 32)


def chain_of(problem: Problem, seed: int, warmup: object) -> Chain:
    return Chain(lay_out(problem), seed, warmup)  # type: ignore[arg-type]


def placed(chain: Chain) -> bool:
    """Place all sections and seat whoever fits; False where they do not all find a place."""
    chain.begin(None, bare=True)
    aim_at(chain, 0, exact=False)
    chain.anneal(300, 64.0, 0.99, at_once=True)
    chain.begin(chain.solution())
    return chain.values[0] == 0


def check(problem: Problem, chain: Chain) -> None:
    solution = present(chain)
    assert chain.values[HARD:] == recount(problem, solution)
    at, d = chain.at, chain._data
    brute = Brute(problem)
    choice, seat = solution.choice.tolist(), solution.seat.tolist()
    assert brute.may_stand(choice)
    lost = (problem.request_pin >= 0) & (solution.seat < 0)
    assert lost.any() or brute.may_sit(choice, seat)
    for n in range(problem.n_students):
        mine = solution.seat[(problem.request_student == n) & (solution.seat >= 0)]
        masks = problem.choice_mask[solution.choice[mine]]
        assert int(d[at.occupied + n]) == int(np.bitwise_or.reduce(masks, initial=0))
    sizes = np.bincount(solution.seat[solution.seat >= 0], minlength=problem.n_sections)
    assert list(d[at.size : at.size + at.n_sections]) == sizes.tolist()
    for s in range(problem.n_sections):
        first = at.roster + d[at.rosters + s]
        assert sorted(d[first : first + sizes[s]]) == np.flatnonzero(solution.seat == s).tolist()
    for course, sections in enumerate(problem.course_sections()):
        free = [d[at.mask + s] for s in sections if sizes[s] < d[at.section_seats + s]]
        assert d[at.course_open + course] == reduce(or_, free, 0)
    assert d[UNMET] == (solution.seat < 0).sum()


@given(seeds)
def test_every_sum_equals_a_recount(seed: int) -> None:
    problem = random_problem(seed)
    chain = chain_of(problem, seed, Never())
    if not placed(chain):
        return
    check(problem, chain)
    for level in range(1, chain.at.n_levels):
        aim_at(chain, level, exact=bool(seed >> level & 1))
        for _ in range(4):
            chain.anneal(15, 96.0, 1.0, at_once=True)
            check(problem, chain)
        before = chain.best
        chain.begin(chain.solution())
        assert chain.best <= before  # whoever a quick seating left out is filled in
    chain.seat_exactly()
    chain.sweep(0, problem.n_students)
    check(problem, chain)


def test_the_random_problems_have_every_kind_of_goal_and_structure() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        problem = random_problem(seed)
        seen.update({str(goal.kind) for goal in problem.goals})
        seen["pair tables"] += bool(problem.pair_tables)
        seen["shared seats"] += len(problem.capacity_sections) > 0
        seen["same students"] += len(problem.same_students) > 0
        seen["slot limits"] += len(problem.slot_limit_sections) > 0
        seen["audiences"] += bool((problem.section_audience >= 0).any())
        seen["pins"] += bool((problem.request_pin >= 0).any())
        seen["several slots"] += bool((problem.choice_mask & (problem.choice_mask - 1)).any())
    kinds = ["unmet", "alternates", "balance", "SPED balance", "spacing", "runs", "choice cost", "free"]
    kinds += ["holes", "day balance", "load", "load spread", "travel", "changes", "constant"]
    others = ["pair tables", "shared seats", "same students", "slot limits", "audiences", "pins"]
    assert {name for name in (*kinds, *others, "several slots") if seen[name] < 3} == set()


@pytest.fixture(scope="module")
def ready() -> jit.Warmup:
    """Compiled kernels; the first run on a machine compiles them."""
    warmup = warm_up()
    warmup.wait()
    return warmup


def trajectory(
    problem: Problem, seed: int, warmup: object, pieces: list[int], at_once: bool = True
) -> list[int]:
    """All data of a chain after a search in pieces."""
    chain = chain_of(problem, seed, warmup)
    placed(chain)
    for level in range(1, chain.at.n_levels):
        aim_at(chain, level, exact=level > 3)
        for n in pieces:
            chain.anneal(n, 64.0, 1.0, at_once=at_once)
    chain.seat_exactly()
    chain.sweep(0, problem.n_students)
    return [int(x) for x in chain._data]


@pytest.mark.parametrize("seed", range(6))
def test_interpreted_and_compiled_go_the_same_way(seed: int, ready: jit.Warmup) -> None:
    problem = random_problem(seed)
    assert trajectory(problem, seed, Never(), [60]) == trajectory(problem, seed, ready, [60])


@pytest.mark.parametrize("seed", range(6))
def test_the_cut_into_pieces_changes_nothing(seed: int, ready: jit.Warmup) -> None:
    """What is aimed at and kept follows the number of the move: pieces are cut by the clock."""
    problem = random_problem(seed)
    whole = trajectory(problem, seed, ready, [900], at_once=False)
    assert trajectory(problem, seed, ready, [30, 1, 500, 369], at_once=False) == whole
