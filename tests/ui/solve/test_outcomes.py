"""What a run came to, in a scheduler's words."""

import pytest

from echelon_desktop.model.store import Run
from echelon_desktop.solver.result import Status, StopReason
from echelon_desktop.ui.solve.outcomes import ENDED, FOUND, outcome, seeds_in_words, seeds_of


def test_every_end_has_words():
    assert set(ENDED) == set(StopReason)
    assert set(FOUND) == set(Status)


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("optimal", "proved", "Best possible, proven"),
        ("feasible", "time", "Best found, time was up"),
        ("feasible", "None", "Best found"),
        ("of a later version", "", "of a later version"),
    ],
)
def test_an_outcome_is_said_without_jargon(status: str, reason: str, words: str):
    assert outcome(status, reason) == words


@pytest.mark.parametrize(
    ("seeds", "words"),
    [((), ""), ((7,), "7"), ((1, 2), "1, 2"), ((1, 2, 3, 4), "1–4"), ((1, 3, 4), "1, 3, 4")],
)
def test_seeds_are_short(seeds: tuple[int, ...], words: str):
    assert seeds_in_words(seeds) == words


def test_a_portfolio_has_all_its_seeds_and_an_older_record_its_one():
    facts = ("id", "1", "2026-03-01T08:00:00+00:00", "", "feasible", 2)
    assert seeds_of(Run(*facts, {"seeds": [1, 2, 3]}, {})) == (1, 2, 3)
    assert seeds_of(Run(*facts, {}, {})) == (2,)
    assert seeds_of(Run(*facts[:-1], None, {}, {})) == ()
