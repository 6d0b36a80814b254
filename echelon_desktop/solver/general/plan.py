"""Which levels are annealed together, how hot, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from echelon_desktop.solver.general.layout import ANYTHING, GRAIN, HARD, SEATS, SECTIONS
from echelon_desktop.solver.general.scheme import Scheme
from echelon_desktop.solver.problem import OF_SECTIONS, GoalKind

RANKED = 6
"""Energy of one unmet request against one of the next rank, while ranks are annealed together."""
DAYS = 2
"""The same of two levels about students' days: even days and holes pull at the same seats, and where one is
held at its best, little is left for the other."""
HOT, COLD = 1.0, 0.15
BALANCE_COLD = 0.02
"""Temperatures of levels after unmet requests, in their usual unit; sizes are evened out in smaller steps."""


_OF_DAYS = {GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE}
_EVEN = {GoalKind.BALANCE, GoalKind.SPED_BALANCE}


@dataclass(frozen=True, slots=True)
class Stage:
    """
    Levels that are annealed together.

    Parameters
    ----------
    levels
        Their numbers, in order.
    factor
        Energy of a unit of each level of the kernels; 0 for all others.
    hot, cold
        Temperatures in grains.
    unmet
        Whether it is unmet requests that are annealed.
    known
        What the energy depends on.
    """

    levels: tuple[int, ...]
    factor: tuple[int, ...]
    hot: float
    cold: float
    unmet: bool
    known: int = ANYTHING

    def at_least(self, values: Sequence[int], least: Sequence[int]) -> bool:
        """Whether no level of the stage can be lower."""
        return all(values[level] <= least[level] for level in self.levels)


def stages_of(scheme: Scheme) -> list[Stage]:
    """
    Split the levels of a problem into stages.

    Neighbouring ranks of unmet requests go together, and neighbouring levels about students' days; all others
    by themselves.
    """
    kinds: dict[int, set[GoalKind]] = {level: set() for level in range(scheme.n_levels)}
    for placed in scheme.goals:
        kinds[placed.level].add(placed.goal.kind)

    def group(level: int) -> tuple[bool, int]:
        together = scheme.is_unmet[level] or bool(kinds[level] & _OF_DAYS)
        return scheme.is_unmet[level], -1 if together else level

    stages = []
    for (unmet, _), members in groupby(range(HARD + 1, scheme.n_levels), key=group):
        levels = tuple(members)
        ratio = RANKED if unmet else DAYS
        most = ratio ** (len(levels) - 1)
        factor = [0] * scheme.n_levels
        for i, level in enumerate(levels):
            factor[level] = ratio ** (len(levels) - 1 - i)
        unit = _unit(scheme, levels) * GRAIN
        if unmet:
            stages.append(Stage(levels, tuple(factor), unit * most, unit, True, SEATS))
        else:
            own = set().union(*(kinds[level] for level in levels))
            cold = BALANCE_COLD if own & _EVEN else COLD
            hot = HOT * max(1, most // 2)
            known = SECTIONS if own <= OF_SECTIONS else ANYTHING
            stages.append(Stage(levels, tuple(factor), unit * hot, unit * cold, False, known))
    return stages


def single(scheme: Scheme, level: int) -> Stage:
    """A stage of one of the levels before those of the problem."""
    factor = [0] * scheme.n_levels
    factor[level] = 1
    return Stage((level,), tuple(factor), GRAIN * HOT, GRAIN * COLD, False)


def _unit(scheme: Scheme, levels: tuple[int, ...]) -> int:
    weights = [placed.goal.weight for placed in scheme.goals if placed.level in levels]
    return int(np.median(weights)) if weights else 1
