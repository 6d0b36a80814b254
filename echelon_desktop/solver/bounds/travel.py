"""How often teachers must change buildings from one slot to the next, found by walking their days."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from echelon_desktop.solver.bounds.days import apart, days_of, lower
from echelon_desktop.solver.bounds.wishes import choice_masks
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, Problem

_STATES = 600  # combinations of numbers of slots taught that are walked
_NOWHERE = -1


class _Building(NamedTuple):
    """Of what a teacher teaches there in a term: the fewest slots, those it has in any case, those it may."""

    slots: int
    certain: int
    open: int


def least_changes_of_building(problem: Problem, goal: Goal) -> int:
    """
    Slots after which a teacher must be in another building, added up over the groups of a goal.

    Each teacher is looked at by himself: in each building he teaches so many slots, in slots that are open to
    his sections there; a slot that one section has in any case is no other's. Which of them meets where and
    all other people are left out.
    """
    total = 0
    for group in goal.groups:
        members = group.tolist()
        if len(set(problem.section_building[group].tolist()) - {_NOWHERE}) > 1 and apart(problem, members):
            total += sum(_least_changes(problem, members, term) for term in term_masks(problem))
    return total


def _least_changes(problem: Problem, members: Sequence[int], term: int) -> int:
    """
    Fewest changes of building in a term.

    Slots are walked day by day; the state is how many are taught so far in each building, and in which the
    teacher is. Where that is too much to walk, the buildings in which he teaches least are left out.
    """
    buildings = _buildings(problem, members, term)
    taken = 0  # slots that somebody has in any case
    for building in buildings.values():
        taken |= building.certain
    walked = sorted((b for number, b in buildings.items() if number != _NOWHERE and b.slots), reverse=True)
    while prod(b.slots + 1 for b in walked) > _STATES:
        walked.pop()
    best = {(0,) * len(walked): 0}  # slots taught in each building → fewest changes, of the days so far
    for day in days_of(problem):
        states = {(counts, _NOWHERE): cost for counts, cost in best.items()}
        for slot in day:
            bit = 1 << slot & term
            here = [i for i, b in enumerate(walked) if b.certain & bit]
            if not here and not taken & bit:
                here = [_NOWHERE, *(i for i, b in enumerate(walked) if b.open & bit)]
            following: dict[tuple[tuple[int, ...], int], int] = {}
            for (counts, last), cost in states.items():
                for i in here or [_NOWHERE]:
                    if i == _NOWHERE:
                        lower(following, (counts, i), cost)
                    elif counts[i] < walked[i].slots:
                        more = (*counts[:i], counts[i] + 1, *counts[i + 1 :])
                        lower(following, (more, i), cost + (last not in (_NOWHERE, i)))
            states = following
        best = {}
        for (counts, _), cost in states.items():
            lower(best, counts, cost)
    return best.get(tuple(b.slots for b in walked), 0)  # nothing where the sections do not fit at all


def _buildings(problem: Problem, members: Sequence[int], term: int) -> dict[int, _Building]:
    buildings: dict[int, _Building] = {}
    for s in members:
        masks = [mask & term for mask in choice_masks(problem, s)] or [0]
        certain, open_ = -1, 0
        for mask in masks:
            certain, open_ = certain & mask, open_ | mask
        number = int(problem.section_building[s])
        before = buildings.get(number, _Building(0, 0, 0))
        slots = before.slots + min(mask.bit_count() for mask in masks)
        buildings[number] = _Building(slots, before.certain | certain, before.open | open_ & ~certain)
    return buildings
