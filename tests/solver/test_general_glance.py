"""What moving a block costs at a glance, against schedules made anew with the block moved."""

import random
from dataclasses import replace

import numpy as np
from general_cases import Never, aim_at

from echelon_desktop.solver.general.board import lay_out
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.glance import choose_row, glance
from echelon_desktop.solver.general.layout import GRAIN, HARD
from echelon_desktop.solver.general.path import seat_by_path
from echelon_desktop.solver.general.seats import give_up
from echelon_desktop.solver.general.targets import take_aim
from echelon_desktop.solver.problem import Goal, GoalKind, PairTable, Problem, Ragged, Solution

ROOMY = 99


def problem_of(
    n_slots: int,
    sections: list[tuple[int, int, list[int]]],
    wanted: list[list[int]],
    stacked: tuple[tuple[int, int], ...] = (),
) -> Problem:
    """Sections as (course, seats, masks in which it may meet), and the courses each student wants."""
    masks = [mask for _, _, choices in sections for mask in choices]
    start = np.cumsum([0, *(len(choices) for _, _, choices in sections)]).astype(np.int32)
    n_sections, n_students = len(sections), len(wanted)
    requests = [(n, course) for n, courses in enumerate(wanted) for course in courses]
    none = Ragged.of([])
    tables = tuple(
        PairTable(
            a, b, np.array([(start[a] + i, start[b] + i) for i in range(len(sections[a][2]))], np.int32)
        )
        for a, b in stacked
    )
    return Problem(
        slot_term=np.zeros(n_slots, np.int32),
        slot_period=np.arange(n_slots, dtype=np.int32),
        adjacent=np.zeros(n_slots, np.int64),
        next_slot=-np.ones(n_slots, np.int32),
        days=Ragged.of([list(range(n_slots))]),
        section_course=np.array([course for course, _, _ in sections], np.int32),
        section_seats=np.array([seats for _, seats, _ in sections], np.int32),
        section_sped=np.full(n_sections, ROOMY, np.int32),
        section_building=-np.ones(n_sections, np.int32),
        section_audience=-np.ones(n_sections, np.int32),
        audience=np.zeros((0, n_students), np.bool_),
        choice_start=start,
        choice_mask=np.array(masks, np.int64),
        exclusive=none,
        slot_limit_sections=none,
        slot_limit_most=np.zeros((0, n_slots), np.int32),
        pair_tables=tables,
        capacity_sections=none,
        capacity_seats=np.zeros(0, np.int32),
        same_students=none,
        student_sped=np.zeros(n_students, np.bool_),
        student_blocked=np.zeros(n_students, np.int64),
        request_student=np.array([n for n, _ in requests], np.int32),
        request_rank=np.zeros(len(requests), np.int32),
        request_pin=-np.ones(len(requests), np.int32),
        options=Ragged.of([[course] for _, course in requests]),
        option_cost=np.zeros(len(requests), np.int32),
        goals=(Goal(GoalKind.UNMET, 1),),
        n_courses=1 + max(course for course, _, _ in sections),
    )


def chain_with(problem: Problem, picks: list[int]) -> Chain:
    """Everybody seated as well as can be where sections take the choices of these numbers."""
    chain = Chain(lay_out(problem), 1, Never())  # type: ignore[arg-type]
    choice = (problem.choice_start[:-1] + np.array(picks)).astype(np.int32)
    chain.begin(Solution(choice, -np.ones(problem.n_requests, np.int32)))
    aim_at(chain, HARD + 1, exact=False)
    take_aim(chain.at, chain._data)
    return chain


def unmet(chain: Chain) -> int:
    return chain.values[HARD + 1]


def at_a_glance(chain: Chain, block: int) -> list[int]:
    """Requests lost in each row."""
    glance(chain.at, chain._data, block)
    n = chain._data[chain.at.block_rows + block]
    return [worse // GRAIN for worse in chain._data[chain.at.worse : chain.at.worse + n]]


def test_with_one_section_a_course_a_glance_is_exact() -> None:
    """Also for sections that meet twice, and in semesters: a choice is a mask of slots."""
    choices = [0b0001, 0b0010, 0b0100, 0b1000, 0b0011, 0b1100, 0b0110]
    differ = 0
    for seed in range(40):
        chance = random.Random(seed)
        wanted = [chance.sample(range(4), chance.randint(1, 4)) for _ in range(12)]
        problem = problem_of(6, [(c, ROOMY, [*choices, 1 << 4, 1 << 5]) for c in range(4)], wanted)
        stand = [0, 3, 7, 8]
        chain = chain_with(problem, stand)
        assert unmet(chain) == 0
        for section in range(4):
            costs = at_a_glance(chain, section)
            for pick in set(range(9)) - {stand[section]}:
                there = [pick if s == section else p for s, p in enumerate(stand)]
                assert costs[pick] == unmet(chain_with(problem, there))
                differ += costs[pick] > 0
    assert differ > 100


def test_stacked_sections_are_counted_together() -> None:
    slots = [1 << p for p in range(4)]
    wanted = [[0, 2], [0, 2], [1, 3], [0, 3]]
    problem = problem_of(4, [(c, ROOMY, slots) for c in range(4)], wanted, stacked=((0, 1),))
    chain = chain_with(problem, [0, 0, 2, 3])
    block = chain._data[chain.at.section_block]
    assert (
        chain._data[chain.at.block_sections + block + 1] - chain._data[chain.at.block_sections + block] == 2
    )
    costs = at_a_glance(chain, block)
    rows = lay_out(problem).data[chain.at.row_choice + chain._data[chain.at.block_row + block] :]
    by_slot = {int(problem.choice_mask[rows[2 * row]]): cost for row, cost in enumerate(costs)}
    assert by_slot == {1: 0, 2: 0, 4: 2, 8: 2}


def test_who_gets_in_is_seen_and_seats_bound_it() -> None:
    problem = problem_of(2, [(0, 2, [1, 2]), (1, ROOMY, [1, 2])], [[1, 0]] * 3)
    chain = chain_with(problem, [0, 0])
    at, d = chain.at, chain._data
    for request in range(6):
        if d[at.seat + request] == 0:
            give_up(at, d, request)
    for request in (0, 2, 4):
        assert d[at.seat + request] == 1 or seat_by_path(at, d, request)
    assert at_a_glance(chain, 0) == [0, -2]  # three want it


def test_the_colder_the_surer_the_cheapest_row_is_drawn() -> None:
    wanted = [[0, 1], [0, 1], [0, 2], [0, 3], [0, 3], [0, 3]]
    problem = problem_of(4, [(c, ROOMY, [1, 2, 4, 8]) for c in range(4)], wanted)
    chain = chain_with(problem, [0, 1, 2, 3])
    assert at_a_glance(chain, 0)[1:] == [2, 1, 3]

    def drawn(temperature: float, staying: float) -> list[int]:
        at, d = chain.at, chain._data
        draws = [choose_row(at, d, 0, staying, False, GRAIN * temperature) for _ in range(300)]
        return [draws.count(row) for row in range(-1, 4)]

    assert drawn(0.01, 0.0) == [0, 0, 0, 300, 0]
    hot = drawn(100.0, 0.0)
    assert hot[:2] == [0, 0]
    assert min(hot[2:]) > 50
    assert drawn(0.01, 1.0) == [300, 0, 0, 0, 0]


def test_a_path_is_found_where_there_is_one() -> None:
    """Where sections meet once: the most that a student's requests allow, by all ways to seat them."""
    several = 0
    for seed in range(60):
        chance = random.Random(seed)
        sections = [
            (c, ROOMY, [1 << chance.randrange(5)]) for c in range(5) for _ in range(chance.randint(1, 3))
        ]
        problem = problem_of(5, sections, [[0, 1, 2, 3, 4]])
        chain = chain_with(problem, [0] * len(sections))
        at, d = chain.at, chain._data
        for request in range(5):
            if d[at.seat + request] >= 0:
                give_up(at, d, request)
        met = 0
        for request in range(5):
            met += seat_by_path(at, d, request)
            assert met == 5 - d[at.student_unmet]
        taken = {0}
        for course in range(5):
            masks = [choices[0] for c, _, choices in sections if c == course]
            taken |= {used | mask for used in taken for mask in masks if not used & mask}
        most = max(used.bit_count() for used in taken)
        assert met == most
        several += 0 < most < 5
    assert several > 20


def test_paths_are_enough_where_sections_meet_once_and_nothing_else_binds() -> None:
    once = [(0, ROOMY, [1, 2]), (1, ROOMY, [1, 2])]
    assert lay_out(problem_of(2, once, [[0, 1]])).at.only_paths
    twice = [(0, ROOMY, [0b11, 0b110]), (1, ROOMY, [1, 2])]
    assert not lay_out(problem_of(3, twice, [[0, 1]])).at.only_paths
    ranked = replace(problem_of(2, once, [[0, 1]]), request_rank=np.array([0, 1], np.int32))
    assert not lay_out(ranked).at.only_paths


def test_where_paths_are_enough_a_lost_seat_is_replaced_as_a_full_search_does() -> None:
    """After every move each student has as much as his own seats allow: a sweep finds no more."""
    moved = 0
    for seed in range(20):
        chance = random.Random(seed)
        sections = [(c, ROOMY, [1, 2, 4, 8]) for c in range(6) for _ in range(1 + c % 2)]
        wanted = [chance.sample(range(6), 4) for _ in range(15)]
        chain = chain_with(problem_of(4, sections, wanted), [chance.randrange(4) for _ in sections])
        for _ in range(10):
            chain.anneal(5, 64.0, 1.0, at_once=True)
            before = unmet(chain)
            chain.sweep(0, chain.at.n_students)
            assert unmet(chain) == before
            moved += 1
    assert moved == 200
