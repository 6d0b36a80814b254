"""Annealings that race: which of them go on, when a race is held, and that it repeats itself."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.search import meet, sounding
from echelon_desktop.solver.search.adapter import plain_from
from echelon_desktop.solver.search.cooling import (
    ALONE,
    PAIR,
    RACE,
    RACE_SHARE,
    RACES,
    USUAL,
    WIDE_RACE,
    Cycle,
    cycles,
    fresh_moves,
)
from echelon_desktop.solver.search.heats import Heats
from echelon_desktop.solver.search.run import search
from echelon_desktop.solver.search.state import lay_out


class Runner:
    """A chain that gets no better: its state is which start it had, and that says what it misses."""

    compiled = True
    temperature = 1.0
    missed_by_start = (70, 30, 50, 20, 60, 10, 40, 80)

    def __init__(self) -> None:
        self.start = 0
        self.ran: list[int] = []

    @property
    def missed(self) -> int:
        return self.missed_by_start[self.start]

    def anew(self) -> None:
        self.start += 1

    def state(self) -> Any:
        return np.array([self.start])

    def resume(self, state: Any) -> None:
        self.start = int(state[0])

    def anneal(self, moves: int, temperature: float, cooling: float, target: int) -> int:
        self.ran += [self.start] * moves
        return moves


def test_those_that_stand_best_go_on_until_one_is_left() -> None:
    runner = Runner()
    shared: Any = SimpleNamespace(
        limits=SimpleNamespace(moves=100_000, workers=1),
        warmup=SimpleNamespace(over=True),
        target=0,
        over=lambda: False,
        reached=lambda: False,
        publish=lambda chain, moves: None,
    )
    heats = Heats(shared, runner)  # type: ignore[arg-type]
    cycle = Cycle(USUAL, 1000.0, rounds=RACE)
    heats.race(cycle, runner.anew)
    assert runner.start == 5
    moves = {start: runner.ran.count(start) for start in range(8)}
    assert moves == pytest.approx({5: 1000, 3: 600, 1: 350, 6: 350, 0: 150, 2: 150, 4: 150, 7: 150}, abs=2)
    assert heats.moves_left == pytest.approx(100_000 - cycle.whole, abs=20)


def test_a_race_is_held_where_there_is_time_and_a_wide_one_where_there_is_much() -> None:
    race = next(cycles(100.0, 10.0, races=RACES))
    assert race.rounds == RACE
    assert race.whole == pytest.approx(RACE_SHARE * 100.0)
    wide = next(cycles(100.0, 4.0, races=RACES))
    assert wide.rounds == WIDE_RACE
    assert wide.whole == pytest.approx(RACE_SHARE * 100.0)
    assert next(cycles(20.0, 10.0, races=RACES)).rounds == ALONE
    assert next(cycles(100.0, 10.0)).rounds == ALONE
    for rounds in (PAIR, RACE, WIDE_RACE):
        assert sum(share for _, share in rounds) == pytest.approx(1.0)


def test_a_race_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_school(students=80, seed=3, planted=False, unequal_seats=True, seat_slack=0.0)
    plain = plain_from(compile_school(made.school, made.rules)[0])
    monkeypatch.setattr(sounding, "LOOKS", 2)
    starts = []
    place = meet.place_sections
    monkeypatch.setattr(meet, "place_sections", lambda *given: starts.append(0) or place(*given))
    moves = 5 * fresh_moves(lay_out(plain).n_places)
    one, two = (search(plain, seed=1, workers=1, iterations=moves) for _ in range(2))
    assert len(starts) == 2 * PAIR[0][0]
    assert one.section_slot is not None
    np.testing.assert_array_equal(one.section_slot, two.section_slot)
    np.testing.assert_array_equal(one.request_section, two.request_section)
