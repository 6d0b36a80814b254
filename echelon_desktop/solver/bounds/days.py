"""
What the days of single teachers and students certainly cost: too many classes for too few slots.

Each teacher is looked at by himself, with just the slots in which his sections may meet; which of them meets
where, rooms, and all other people are left out. Each student with just the slots his requests may take.
"""

from collections.abc import Sequence

import numpy as np

from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, Problem

_MANY = 1 << 30


def least_runs(problem: Problem, goal: Goal) -> int:
    """Runs that are too long whatever one does, added up over the groups of a goal."""
    total = 0
    for group, limit in zip(goal.groups, goal.limits, strict=True):
        members = group.tolist()
        if not _apart(problem, members):
            continue
        for term in term_masks(problem):
            # At least so many slots are taught in the term, since no two sections share one.
            taught = sum(min((m & term).bit_count() for m in _masks(problem, s) or [0]) for s in members)
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
        if not _apart(problem, members):
            continue
        most = 0
        for term in term_masks(problem):
            inside = [s for s in members if all(mask & term for mask in _masks(problem, s) or [0])]
            most = max(most, _least_windows(problem, _reach(problem, inside) & term, len(inside), 1))
        total += most
    return total


def least_free(problem: Problem, goal: Goal) -> int:
    """Free periods above the limit that students have even with every request met."""
    terms, limit = term_masks(problem), int(goal.limits[0])
    sections = problem.course_sections()
    widest: dict[tuple[int, int], int] = {}  # by course and term: the most slots one of its sections takes
    for course, those in enumerate(sections):
        masks = [mask for s in those for mask in _masks(problem, s)]
        for t, term in enumerate(terms):
            widest[course, t] = max(((mask & term).bit_count() for mask in masks), default=0)
    taken = np.zeros((problem.n_students, len(terms)), np.int64)
    for r, options in enumerate(problem.options):
        for t in range(len(terms)):
            taken[problem.request_student[r], t] += max(widest[course, t] for course in options.tolist())
    free = 0
    for student in goal.groups.items.tolist():
        for t, term in enumerate(terms):
            there = (term & ~int(problem.student_blocked[student])).bit_count()
            free += max(0, there - int(taken[student, t]) - limit)
    return free


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
    for day in _days(problem):
        states = {(n, 0): cost for n, cost in best.items()}
        for slot in day:
            following: dict[tuple[int, int], int] = {}
            for (n, run), cost in states.items():
                _lower(following, (n, 0), cost)
                if allowed >> slot & 1 and n < taught:
                    longer = min(run + 1, limit + 1)
                    _lower(following, (n + 1, longer), cost + (longer > limit))
            states = following
        best = {}
        for (n, _), cost in states.items():
            best[n] = min(cost, best.get(n, _MANY))
    return best[taught]


def _lower(table: dict[tuple[int, int], int], key: tuple[int, int], cost: int) -> None:
    table[key] = min(cost, table.get(key, _MANY))


def _days(problem: Problem) -> list[list[int]]:
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


def _apart(problem: Problem, members: Sequence[int]) -> bool:
    """Whether no two of these sections can meet in one slot."""
    return any(set(members) <= set(others.tolist()) for others in problem.exclusive)


def _reach(problem: Problem, members: Sequence[int]) -> int:
    reach = 0
    for s in members:
        for mask in _masks(problem, s):
            reach |= mask
    return reach


def _masks(problem: Problem, section: int) -> list[int]:
    masks: list[int] = problem.choice_mask[problem.choices_of(section)].tolist()
    return masks
