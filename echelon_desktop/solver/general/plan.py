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
HOT, COLD = 1.0, 0.15
BALANCE_COLD = 0.02
"""Temperatures of levels after unmet requests, in their usual unit; sizes are evened out in smaller steps."""


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
    """Split the levels of a problem into stages: neighbouring ranks together, all others by themselves."""
    stages = []
    for (unmet, own), members in groupby(
        range(HARD + 1, scheme.n_levels),
        key=lambda level: (scheme.is_unmet[level], -1 if scheme.is_unmet[level] else level),
    ):
        levels = tuple(members)
        ratio = RANKED ** (len(levels) - 1)
        factor = [0] * scheme.n_levels
        for i, level in enumerate(levels):
            factor[level] = RANKED ** (len(levels) - 1 - i)
        unit = _unit(scheme, levels) * GRAIN
        if unmet:
            stages.append(Stage(levels, tuple(factor), unit * ratio, unit, True, SEATS))
        else:
            kinds = {placed.goal.kind for placed in scheme.goals if placed.level == own}
            even = kinds & {GoalKind.BALANCE, GoalKind.SPED_BALANCE}
            cold = BALANCE_COLD if even else COLD
            known = SECTIONS if kinds <= OF_SECTIONS else ANYTHING
            stages.append(Stage(levels, tuple(factor), unit * HOT, unit * cold, False, known))
    return stages


def single(scheme: Scheme, level: int) -> Stage:
    """A stage of one of the levels before those of the problem."""
    factor = [0] * scheme.n_levels
    factor[level] = 1
    return Stage((level,), tuple(factor), GRAIN * HOT, GRAIN * COLD, False)


def _unit(scheme: Scheme, levels: tuple[int, ...]) -> int:
    weights = [placed.goal.weight for placed in scheme.goals if placed.level in levels]
    return int(np.median(weights)) if weights else 1
