"""Blocks: what pair tables tie together, and every way in which it may meet."""

from itertools import product

import pytest
from brute import Brute
from general_cases import random_problem

from echelon_desktop.solver.general import blocks
from echelon_desktop.solver.general.blocks import blocks_of


@pytest.mark.parametrize("seed", range(80))
def test_rows_are_all_that_tables_and_shared_teachers_allow(seed: int) -> None:
    problem = random_problem(seed)
    brute = Brute(problem)
    found = blocks_of(problem)
    assert sorted(s for block in found for s in block.sections) == list(range(problem.n_sections))
    block_of = {s: block for block in found for s in block.sections}
    assert all(block_of[table.a] is block_of[table.b] for table in problem.pair_tables)
    for block in found:
        if len(block.sections) == 1:
            continue
        allowed = set()
        for row in product(*(problem.choices_of(s) for s in block.sections)):
            taken = dict(zip(block.sections, row, strict=True))
            tied = all(
                [taken[table.a], taken[table.b]] in table.pairs.tolist()
                for table in problem.pair_tables
                if table.a in taken
            )
            apart = all(
                brute.mask[taken[a]] & brute.mask[taken[b]] == 0
                for group in problem.exclusive
                for a in group.tolist()
                for b in group.tolist()
                if a < b and a in taken and b in taken
            )
            if tied and apart:
                allowed.add(row)
        assert set(block.rows) == allowed


def test_of_very_many_rows_a_sample_is_kept_and_what_a_start_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_ROWS", 3)
    for seed in range(200):
        problem = random_problem(seed)
        for number, block in enumerate(blocks_of(problem)):
            if len(block.sections) == 1 or len(block.rows) < 3:
                continue
            wanted = block.rows[-1]
            schedule = [int(problem.choice_start[s]) for s in range(problem.n_sections)]
            for s, choice in zip(block.sections, wanted, strict=True):
                schedule[s] = choice
            assert wanted in blocks_of(problem, (tuple(schedule),))[number].rows
            return
    raise AssertionError("no block of three rows among the problems")
