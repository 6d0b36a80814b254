"""
What the days of single teachers certainly cost: too many classes for too few slots.

Each teacher is looked at by himself, with just the slots in which his sections may meet; which of them meets
where, rooms, and all other people are left out.
"""

from collections.abc import Sequence
from typing import TypeVar

from echelon_desktop.solver.bounds.wishes import choice_masks
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, Problem

_MANY = 1 << 30
_State = TypeVar("_State")


def least_runs(problem: Problem, goal: Goal) -> int:
    """Runs that are too long whatever one does, added up over the groups of a goal."""
    total = 0
    for group, limit in zip(goal.groups, goal.limits, strict=True):
        members = group.tolist()
        if not apart(problem, members):
            continue
        for term in term_masks(problem):
            # At least so many slots are taught in the term, since no two sections share one.
            taught = sum(
                min((m & term).bit_count() for m in choice_masks(problem, s) or [0]) for s in members
            )
            total += _least_windows(problem, _reach(problem, members) & term, taught, int(limit))
    return total


def least_pairs(problem: Problem, goal: Goal) -> int:
    """
    Pairs of sections that must be in adjacent slots, added up over the groups of a goal.

    A slot of each section is enough to look at: where two of these are adjacent, so are their sections.
    """
    total = 0
    for group in goal.groups:
        members = group.tolist()
        if not apart(problem, members):
            continue
        most = 0
        for term in term_masks(problem):
            inside = [s for s in members if all(mask & term for mask in choice_masks(problem, s) or [0])]
            most = max(most, _least_windows(problem, _reach(problem, inside) & term, len(inside), 1))
        total += most
    return total


def _least_windows(problem: Problem, allowed: int, taught: int, limit: int) -> int:
    """
    Fewest windows of ``limit + 1`` slots in a row, all taught, when so many of the allowed slots are taught.

    Slots are walked day by day; the state is how many are taught so far and how long the run is that ends
    here. More slots than there are to teach in count as all of them.
    """
    taught = min(taught, allowed.bit_count())
    if taught == 0:
        return 0
    best = {0: 0}  # slots taught → fewest windows, of the days so far
    for day in days_of(problem):
        states = {(n, 0): cost for n, cost in best.items()}
        for slot in day:
            following: dict[tuple[int, int], int] = {}
            for (n, run), cost in states.items():
                lower(following, (n, 0), cost)
                if allowed >> slot & 1 and n < taught:
                    longer = min(run + 1, limit + 1)
                    lower(following, (n + 1, longer), cost + (longer > limit))
            states = following
        best = {}
        for (n, _), cost in states.items():
            best[n] = min(cost, best.get(n, _MANY))
    return best[taught]


def lower(costs: dict[_State, int], state: _State, cost: int) -> None:
    """Note that a state of a walk can be reached at a cost."""
    costs[state] = min(cost, costs.get(state, _MANY))


def days_of(problem: Problem) -> list[list[int]]:
    """Slots in rows of consecutive ones; each slot in one."""
    followers = {int(slot) for slot in problem.next_slot if slot >= 0}
    rows = []
    for first in range(problem.n_slots):
        if first not in followers:
            row, slot = [], first
            while slot >= 0:
                row.append(slot)
                slot = int(problem.next_slot[slot])
            rows.append(row)
    return rows


def apart(problem: Problem, members: Sequence[int]) -> bool:
    """Whether no two of these sections can meet in one slot."""
    return any(set(members) <= set(others.tolist()) for others in problem.exclusive)


def _reach(problem: Problem, members: Sequence[int]) -> int:
    reach = 0
    for s in members:
        for mask in choice_masks(problem, s):
            reach |= mask
    return reach
