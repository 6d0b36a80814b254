"""What the levels of a problem mean to the kernels: where each cost counts, and its price to a student."""

from dataclasses import dataclass

import numpy as np

from echelon_desktop.solver.general.layout import HARD, UNPLACED
from echelon_desktop.solver.problem import Goal, GoalKind, Problem

MOST_PRICE = 1 << 60
_OF_STUDENTS = (GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE)


@dataclass(frozen=True, slots=True)
class Placed:
    """A goal and the level of the kernels at which it counts (``HARD`` for hard goals)."""

    goal: Goal
    level: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class Scheme:
    """
    Levels of a problem as the kernels number them, ``UNPLACED`` and ``HARD`` first.

    Parameters
    ----------
    n_levels
        How many.
    goals
        Where each goal counts; a goal of unmet requests once for each rank.
    names
        Kind of each level: "unmet" or "".
    scale
        For each level the price of one unit in a student's own seating, such that no sum of later levels
        outweighs it; 0 where numbers are not large enough for that.
    load
        Price of one unit of section balance: sizes squared.
    """

    n_levels: int
    goals: tuple[Placed, ...]
    is_unmet: tuple[bool, ...]
    scale: tuple[int, ...]
    load: int


def scheme_of(problem: Problem) -> Scheme:
    """Number the levels of a problem and price them."""
    goals = [Placed(goal, HARD, None) for goal in problem.goals if goal.level == 0]
    is_unmet = [False, False]
    for number, level in enumerate(problem.levels(), start=HARD + 1):
        goals += [Placed(problem.goals[g], number, level.rank) for g in level.goals]
        is_unmet.append(level.rank is not None)
    scale, load = _prices(problem, goals, is_unmet)
    return Scheme(len(is_unmet), tuple(goals), tuple(is_unmet), tuple(scale), load)


def _prices(problem: Problem, goals: list[Placed], is_unmet: list[bool]) -> tuple[list[int], int]:
    """Price of a unit of each level, from the last to the first: one more than all later ones can come to."""
    per_student = np.bincount(problem.request_student, minlength=1)
    requests = int(per_student.max(initial=1))
    dearest = int(problem.option_cost.max(initial=0))
    most = [0] * len(is_unmet)
    most[HARD] = requests  # pins
    balance = len(is_unmet)
    for placed in goals:
        goal, weight = placed.goal, placed.goal.weight
        if goal.kind is GoalKind.UNMET:
            most[placed.level] += weight * requests
        elif goal.kind is GoalKind.ALTERNATES:
            most[placed.level] += weight * requests * dearest
        elif goal.kind is GoalKind.CHANGES:
            most[placed.level] += weight * requests
        elif goal.kind in _OF_STUDENTS:
            most[placed.level] += weight * problem.n_slots
        elif goal.kind in (GoalKind.BALANCE, GoalKind.SPED_BALANCE):
            balance = min(balance, placed.level)
    if balance <= max((level for level, unmet in enumerate(is_unmet) if unmet), default=HARD):
        balance = len(is_unmet)  # a student cannot lower it by seats: he only could by going without
    wanted = np.bincount(problem.options.items, minlength=problem.n_courses)
    largest = int(min(problem.section_seats.max(initial=0), wanted.max(initial=0)))
    load_most = requests * (2 * largest + 1)
    scale, load, unit = [0] * len(is_unmet), 0, 1
    for level in range(len(is_unmet), UNPLACED, -1):
        if level == balance:
            load, unit = unit, unit * (load_most + 1)
        if level < len(is_unmet) and most[level]:
            scale[level], unit = unit, unit * (most[level] + 1)
    if unit > MOST_PRICE:
        # Later levels are left to the annealing; a student's own choice looks at the first ones alone.
        excess = unit // MOST_PRICE + 1
        scale, load = [price // excess for price in scale], load // excess
    return scale, load
