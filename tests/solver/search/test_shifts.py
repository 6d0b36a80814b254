"""Shifts: sections of uneven courses put elsewhere, where they and what makes room for them may stand."""

from random import Random

import numpy as np
import pytest

from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.search.adapter import plain_from
from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.search.shifts import level, shifts, spreads
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
