"""Equal sections and spaced labs come after missed requests, in the goals' order, and never cost one."""

import random
from dataclasses import replace

import numpy as np
import pytest
from plain_schools import broken_rules, school
from test_search import middling, run

from echelon_desktop.solver.search.run import search
from echelon_desktop.solver.search.split import lab_pairs, seat_students, size_spread


def test_students_are_spread_evenly() -> None:
    problem = school(n_slots=4, sections=[(0, -1, 10)] * 4, requests=[[0]] * 10)
    found = run(problem, 2000)
    assert found.size_spread == 1


def test_sections_of_one_slot_are_filled_evenly_sped_included() -> None:
    problem = school(n_slots=1, sections=[(0, -1, 10)] * 3, requests=[[0]] * 15, sped=[0, 1, 2], sped_limit=1)
    found = run(problem, 100)
    assert broken_rules(problem, found) == []
    assert found.size_spread == 0


def test_unequal_seats_fill_small_sections_and_level_the_others() -> None:
    problem = school(n_slots=1, sections=[(0, -1, 2), (0, -1, 9), (0, -1, 9)], requests=[[0]] * 14)
    seated = seat_students(problem, np.zeros(3, np.int64), np.zeros(14, np.int64))
    assert np.bincount(seated).tolist() == [2, 6, 6]


def test_a_pinned_student_sits_where_he_is_pinned() -> None:
    problem = school(n_slots=1, sections=[(0, -1, 2), (0, -1, 2)], requests=[[0]] * 4)
    pins = np.array([-1, -1, 1, 1], np.int32)
    found = run(replace(problem, request_section=pins), 50)
    assert found.request_section.tolist() == [0, 0, 1, 1]


def test_labs_of_a_teacher_are_spaced() -> None:
    """Three labs of one teacher in six slots of one day; nothing else to do."""
    problem = school(
        n_slots=6, sections=[(0, 0, 9), (1, 0, 9), (2, 0, 9)], requests=[[0, 1, 2]] * 5, labs=True
    )
    problem = replace(problem, section_allowed=[0b000111, 0b001110, 0b111111])
    found = run(problem, 4000)
    assert (found.missed, found.lab_pairs) == (0, 0)


def test_a_request_is_worth_more_than_spacing() -> None:
    """The only slots in which both students' courses fit are consecutive for the teacher of both labs."""
    problem = school(n_slots=3, sections=[(0, 0, 9), (1, 0, 9), (2, -1, 9)], requests=[[0, 1, 2]], labs=True)
    problem = replace(problem, section_allowed=[0b001, 0b110, 0b100])
    found = run(problem, 4000)
    assert (found.missed, found.lab_pairs) == (0, 1)


@pytest.mark.parametrize(("goals", "expected"), [(("spread", "labs"), (0, 1)), (("labs", "spread"), (2, 0))])
def test_goals_count_in_their_order(goals: tuple[str, ...], expected: tuple[int, int]) -> None:
    """
    Two labs of one course: apart, the students who cannot come late must all take the early one.

    Slot 0 and 1 are consecutive, 2 is apart; the first section is locked to slot 0.
    """
    problem = school(n_slots=3, sections=[(0, 0, 9), (0, 0, 9)], requests=[[0]] * 4, labs=True)
    problem = replace(
        problem,
        goals=goals,
        section_allowed=[0b001, 0b110],
        adjacent=[0b010, 0b001, 0],
        student_blocked=[0b100, 0b100, 0b100, 0],
    )
    found = run(problem, 4000)
    assert (found.size_spread, found.lab_pairs) == expected


@pytest.mark.parametrize("seed", range(4))
def test_balance_never_costs_a_request(seed: int) -> None:
    problem = middling(seed)
    plain = run(replace(problem, goals=()), 8000, seed=seed)
    balanced = run(problem, 8000, seed=seed)
    assert balanced.missed_weight <= plain.missed_weight
    assert balanced.size_spread <= plain.size_spread


def test_the_counts_agree_with_their_definitions() -> None:
    chance = random.Random(4)
    problem = school(
        n_slots=8, sections=[(c % 4, c % 3, 9) for c in range(9)], requests=[[0, 1, 2, 3]] * 9, labs=True
    )
    found = search(problem, iterations=10, seed=chance.randrange(99))
    sizes = [[int((found.request_section == s).sum()) for s in range(c, 9, 4)] for c in range(4)]
    assert size_spread(problem, found.request_section) == sum(max(v) - min(v) for v in sizes)
    slot = found.section_slot.tolist()
    pairs = sum(abs(slot[a] - slot[b]) == 1 for a in range(9) for b in range(a) if a % 3 == b % 3)
    assert lab_pairs(problem, found.section_slot) == pairs
