"""Shifts: sections of uneven courses put elsewhere, where they and what makes room for them may stand."""

from random import Random

import numpy as np
import pytest

from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.search.adapter import plain_from
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.found import Limits
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import search, warm_up
from echelon_desktop.solver.search.shared import CANDIDATES, Schedule, Shared
from echelon_desktop.solver.search.shifts import level, shifts, spreads
from echelon_desktop.solver.search.split import seat_students, size_spread
from echelon_desktop.solver.search.start import place_sections
from echelon_desktop.solver.search.state import lay_out


def begun(family: str, students: int, seed: int) -> tuple[PlainProblem, Chain]:
    """A school and a chain that has met requests for a little while."""
    sample = make_school(students, seed, FAMILIES[family])
    problem = plain_from(compile_school(sample.school, sample.rules)[0])
    warmup = warm_up()
    warmup.wait()
    chain = Chain(lay_out(problem), seed, warmup)
    chain.begin(place_sections(problem, Random(seed)), None)
    chain.anneal(2_000, 1.5, 0.9995, 0)
    return problem, chain


@pytest.mark.parametrize("family", ["busy-teachers", "six-periods"])
@pytest.mark.parametrize("seed", [1, 2])
def test_sections_stay_where_they_may_stand_and_sizes_become_more_even(family: str, seed: int) -> None:
    problem, chain = begun(family, 120, seed)
    places, held = chain.schedule()
    chain.begin(places, held)
    missed = chain.missed
    level(chain, problem)
    before = int(spreads(chain)[0].sum())
    most = 3 * chain.board.unit
    found = shifts(chain, problem, (places, held), most, lambda: False)
    assert found
    for shift in found:
        assert (problem.section_allowed >> shift.places & 1).all()
        taught = problem.section_teacher >= 0
        pairs = np.stack([problem.section_teacher[taught], shift.places[taught]])
        assert len(np.unique(pairs, axis=1).T) == taught.sum()  # nobody teaches two at once
        assert places[shift.section] != shift.places[shift.section]
        chain.begin(shift.places, held)
        assert chain.missed - missed == shift.given_up <= most
        level(chain, problem)
        assert int(spreads(chain)[0].sum()) - before == shift.change < 0


def test_trying_ends_when_told() -> None:
    problem, chain = begun("six-periods", 120, 1)
    asked = []
    assert not shifts(chain, problem, chain.schedule(), 9, lambda: asked.append(1) is None)
    assert len(asked) == 1


def test_a_section_that_is_held_stays_while_others_move() -> None:
    _, chain = begun("six-periods", 120, 1)
    places, held = chain.schedule()
    chain.begin(places, held)
    for section in range(10):
        chain.hold(section)
    chain.anneal(5_000, 3.0, 1.0, 0)
    now, _, _ = chain.pools()
    assert (now[:10] == places[:10]).all()
    assert (now != places).any()


def test_the_most_even_of_what_is_offered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = make_school(160, 1, FAMILIES["six-periods"])
    problem = plain_from(compile_school(sample.school, sample.rules)[0])
    counted: list[tuple[int, int]] = []

    def offer(shared: Shared, rank: tuple[int, ...], schedule: Schedule) -> None:
        places, held = schedule
        slots = np.full(problem.n_requests, -1)
        slots[shared.board.order] = held
        seats = seat_students(problem, places, slots)
        counted.append((int(problem.request_weight[seats < 0].sum()), size_spread(problem, seats)))
        assert rank[:2] == counted[-1]
        given(shared, rank, schedule)

    given = Shared.offer
    monkeypatch.setattr(Shared, "offer", offer)
    found = search(problem, iterations=600_000)
    assert len(counted) > 2
    assert (found.missed_weight, found.size_spread) == min(counted)


def test_what_is_offered_last_is_kept_where_it_is_best() -> None:
    problem, chain = begun("six-periods", 120, 1)
    shared = Shared(problem, chain.board, Limits(1, 1, None, 1, lambda: 0, 1.0), warm_up(), 0.0)
    for spread in range(2 * CANDIDATES, 0, -1):
        shared.offer((3, spread), (np.array([spread]), np.array([spread])))
    assert [int(places[0]) for places, _ in shared.candidates()] == list(range(1, CANDIDATES + 1))
    assert shared.least_offered() == 3
