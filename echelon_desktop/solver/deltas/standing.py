"""
A schedule as it stands, also where it is not whole or breaks hard rules, so that moves can be weighed in it.

Sections get choices that no solve knows: each that is not locked may be off the board, where it takes no slot
and has no student; and one that stands where it must not may stay there.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.slots import Choice, SlotGrid
from echelon_desktop.solver.problem import GoalKind, Ints, Keys, Problem, Solution
from echelon_desktop.solver.schedules import choices_taken, seats_taken

_PRICED = {GoalKind.CHOICE_COST, GoalKind.CHANGES}
"""Kinds of goals with a cost for every choice."""


def as_it_stands(
    schedule: Schedule, problem: Problem, keys: Keys, school: School
) -> tuple[Problem, Keys, Solution]:
    """
    The problem with those choices, and the schedule in its numbers.

    Seats in sections off the board are left out: their requests are unmet.
    """
    taken = choices_taken(schedule, problem, keys)
    grid = SlotGrid(school)
    choices: list[Choice] = []
    start, here, off = [0], [], []
    old: list[int] = []  # the number before of each choice, -1 for the new ones
    for s, section in enumerate(keys.sections):
        for k in problem.choices_of(s):
            choices.append(keys.choices[k])
            old.append(k)
        more = list(_more(schedule.placements.get(section), taken[s] < 0, grid))
        choices += more
        old += [-1] * len(more)
        off.append(len(choices) - 1 if more and not more[-1].mask else -1)
        here.append(old.index(taken[s], start[-1]) if taken[s] >= 0 else len(choices) - len(more))
        start.append(len(choices))
    choice = np.array(here, np.int32)
    wider = replace(
        problem,
        choice_start=np.array(start, np.int32),
        choice_mask=np.array([choice.mask for choice in choices], np.int64),
        pair_tables=tuple(
            table._replace(pairs=_pairs(table.pairs, old, [(x[table.a], x[table.b]) for x in (here, off)]))
            for table in problem.pair_tables
        ),
        goals=tuple(
            replace(goal, cost=np.array([goal.cost[k] if k >= 0 else 0 for k in old], np.int64))
            if goal.kind in _PRICED
            else goal
            for goal in problem.goals
        ),
    )
    seat = seats_taken(schedule, keys)
    seat[(seat >= 0) & (wider.choice_mask[choice[seat]] == 0)] = -1
    return wider, replace(keys, choices=tuple(choices)), Solution(choice, seat)


def _more(placement: e.Placement | None, nowhere: bool, grid: SlotGrid) -> Iterator[Choice]:
    """To stay where none of its choices is, if it does; then to be off the board, if it may or is."""
    mask = grid.mask_of_placement(placement)
    if nowhere and placement is not None and placement.periods:
        yield Choice(placement.periods, placement.terms, mask)
    if mask and placement is not None and placement.locked:
        return
    if mask or placement is None or not placement.periods:
        yield Choice((), placement.terms if placement is not None and not mask else (), 0)


def _pairs(pairs: Ints, old: list[int], more: list[tuple[int, int]]) -> Ints:
    """Pairs of choices in their new numbers, and such as are allowed besides, unless one of them is none."""
    new = {k: number for number, k in enumerate(old)}
    kept = [(new[a], new[b]) for a, b in pairs.tolist()]
    return np.array(sorted({*kept, *(pair for pair in more if -1 not in pair)}), np.int32).reshape(-1, 2)
