"""A quick first annealing tells at which temperatures to be slow."""

import math
import random
from collections.abc import Callable

import pytest

from echelon_desktop.solver.search.cooling import Cooling
from echelon_desktop.solver.search.sounding import COLDEST, HOTTEST, LOOK, sound

PARTS_LOOKED_AT = 18 * 40 * LOOK
"""Moves for forty looks at each part of the way."""


class School:
    """One whose unmet requests fall from 300 to 20 about one temperature, and waver there."""

    def __init__(self, falls_at: float) -> None:
        self.falls_at, self.chance = falls_at, random.Random(1)
        self.missed, self.moves = 0, 0

    def anneal(self, moves: int, temperature: float) -> int:
        hot = 1 / (1 + math.exp(-12 * math.log(temperature / self.falls_at)))
        wavers = 1 + 100 * hot * (1 - hot)
        self.missed = round(20 + 280 * hot + self.chance.gauss(0, wavers))
        self.moves += moves
        return moves

    def sound(self, moves: int = PARTS_LOOKED_AT) -> Cooling | None:
        return sound(self.anneal, lambda: self.missed, lambda made: made / moves)[0]


def share_between(cooling: Cooling, hot: float, cold: float) -> float:
    """Share of an annealing in which the temperature is between two."""
    steps = 1000
    return sum(cold <= cooling.at(i / steps) <= hot for i in range(steps)) / steps


@pytest.mark.parametrize("falls_at", [0.8, 1.5, 2.5])
def test_most_time_goes_where_requests_come_to_be_met(falls_at: float) -> None:
    cooling = School(falls_at).sound()
    assert cooling is not None
    assert share_between(cooling, 1.35 * falls_at, falls_at / 1.35) > 0.5
    assert cooling.at(0.0) < 2 * falls_at
    assert cooling.at(1.0) == pytest.approx(COLDEST)


def test_it_cools_from_hotter_than_any_school_needs_and_never_warms_up() -> None:
    seen: list[float] = []
    school = School(3.0)

    def anneal(moves: int, temperature: float) -> int:
        seen.append(temperature)
        return school.anneal(moves, temperature)

    cooling, moves = sound(anneal, lambda: school.missed, lambda made: made / PARTS_LOOKED_AT)
    assert cooling is not None
    assert moves == len(seen) * LOOK
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == HOTTEST
    assert seen[-1] == pytest.approx(COLDEST, rel=0.01)
    assert list(cooling.temperatures) == sorted(cooling.temperatures, reverse=True)
    assert list(cooling.shares) == sorted(cooling.shares)


def _ends(after: int) -> Callable[[int, float], int]:
    left = [after]

    def anneal(moves: int, temperature: float) -> int:
        left[0] -= moves
        return moves if left[0] > 0 else 0

    return anneal


def test_nothing_is_said_after_too_few_looks_or_an_end_on_the_way() -> None:
    assert School(1.5).sound(PARTS_LOOKED_AT // 10) is None
    cooling, moves = sound(_ends(10 * LOOK), lambda: 5, lambda made: made / PARTS_LOOKED_AT)
    assert cooling is None
    assert moves == 9 * LOOK


def test_nothing_is_said_of_a_school_that_misses_the_same_at_any_temperature() -> None:
    flat = sound(lambda moves, temperature: moves, lambda: 7, lambda made: made / PARTS_LOOKED_AT)
    assert flat[0] is None
