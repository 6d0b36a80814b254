"""What a unit of each figure costs at each level, and one number for all that a student's seats cost."""

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.problem import GoalKind, Problem

MOST_TIERS = 1 << 60
RANKS = 3


def unit_costs(problem: Problem, n_levels: int, level_of: dict[int, int]) -> dict[str, NDArray[np.int64]]:
    """What one unit costs at each level: unmet requests by rank, alternates, spread, and choices."""
    unmet = np.zeros((RANKS, n_levels), np.int64)
    alternates, balance = np.zeros(n_levels, np.int64), np.zeros(n_levels, np.int64)
    choice = np.zeros((n_levels, len(problem.choice_mask)), np.int64)
    home, seats = np.zeros(n_levels, np.int64), np.full(problem.n_requests, -1, np.int64)
    for i, level in enumerate(problem.levels(), 1):
        if level.rank is not None:
            unmet[level.rank, i] = sum(problem.goals[g].weight for g in level.goals)
    for number, goal in enumerate(problem.goals):
        at = level_of.get(number, 0)
        if goal.kind is GoalKind.ALTERNATES:
            alternates[at] += goal.weight
        elif goal.kind is GoalKind.BALANCE:
            balance[at] += goal.weight
        elif goal.kind is GoalKind.CHOICE_COST:
            choice[at] += goal.weight * goal.cost
        elif goal.kind is GoalKind.CHANGES:
            choice[at] += goal.weight * goal.cost
            home[at] += goal.weight
            seats[:] = goal.limits  # of one schedule, however many rules count its changes
    return {
        "unmet": unmet,
        "alternates": alternates,
        "balance": balance,
        "choice": choice,
        "home": home,
        "seats": seats,
    }


class Tiers:
    """
    One number for what one student's seats cost at each level, the most important first.

    A pinned seat comes before all levels; the number of seats changed comes last, with scale 1.
    """

    def __init__(self) -> None:
        self.scale: list[int] = []
        self.level: list[int] = []
        self.home = 0
        self.leave: NDArray[np.int64] = np.zeros(0, np.int64)
        self.option: NDArray[np.int64] = np.zeros(0, np.int64)


def tiers_of(problem: Problem, own: list[list[int]], costs: dict[str, NDArray[np.int64]]) -> Tiers:
    """One number for a student's seats, of what the levels cost; ``own`` are the requests of each student."""
    owner = np.repeat(np.arange(problem.n_requests), np.diff(problem.options.start))
    none = np.zeros(len(owner), np.int64)
    has_home = (costs["seats"] >= 0).astype(np.int64)
    parts = [(0, (problem.request_pin >= 0).astype(np.int64), none, 0)]
    for level in range(1, costs["unmet"].shape[1]):
        unmet = costs["unmet"][problem.request_rank, level]
        alternates = problem.option_cost.astype(np.int64) * costs["alternates"][level]
        home = int(costs["home"][level])
        if unmet.any() or alternates.any() or home:
            parts.append((level, unmet + home * has_home, alternates, home))
    tiers, scale = Tiers(), max(map(len, own), default=0) + 1
    tops = []
    for _, leave, option, home in parts:
        dearest = leave.copy()
        np.maximum.at(dearest, owner, option + home * has_home[owner])
        sums = np.bincount(problem.request_student, dearest, minlength=1)
        tops.append(int(sums.max()) + 1)
    # The least important are left out of the choice of seats where one number cannot hold them all.
    while parts and scale * int(np.prod([float(top) for top in tops])) > MOST_TIERS:
        parts.pop()
        tops.pop()
    tiers.leave, tiers.option = np.zeros(problem.n_requests, np.int64), none.copy()
    for (level, leave, option, home), top in zip(reversed(parts), reversed(tops), strict=True):
        tiers.home += home * scale
        tiers.leave += leave * scale
        tiers.option += option * scale
        tiers.scale.insert(0, scale)
        tiers.level.insert(0, level)
        scale *= top
    return tiers
