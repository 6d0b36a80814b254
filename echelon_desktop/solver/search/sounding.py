"""
At which temperatures a school is decided, by a first quick annealing.

What is missed falls with the temperature all of a sudden: at 1.5 requests where most courses have one
section, below 1 where periods are many, at 3 where no seat is to spare. There what is missed wavers most, and
an annealing is worth the more the slower it goes there. A quick one from hotter than any school needs tells
where that is; those after it share out their time by it.

References
----------
P. Salamon, J. D. Nulton, J. R. Harland, J. Pedersen, G. Ruppeiner and L. Liao, Simulated annealing with
constant thermodynamic speed, Computer Physics Communications 49 (1988): time in proportion to how much the
energy wavers, over the temperature.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.cooling import Cooling

HOTTEST, COLDEST = 4.0, 0.35
"""In requests of usual weight."""
PARTS = 18
"""Of the way between them, on a logarithmic scale."""
LOOK = 300
"""Moves from one look to the next."""
LOOKS = 20
"""For each part, so many at least."""
HOT_SHARE = 0.6
"""Where more than this share is missed of what the hottest part misses, no time is spent."""
POWER, LEAST = 1.5, 0.02
"""What the time of a part follows: this power of how much is wavered, and at least so much of all."""


def sound(
    anneal: Callable[[int, float], int], missed: Callable[[], int], passed: Callable[[int], float]
) -> tuple[Cooling | None, int]:
    """
    Cool quickly and watch what is missed.

    Parameters
    ----------
    anneal
        Makes so many moves at a temperature, and tells how many it made; none when the search must end.
    missed
        What is missed at the moment, in weight.
    passed
        The share of the quick annealing that has passed, when told the moves made so far.

    Returns
    -------
    Cooling or None
        How to share out an annealing; None where too little was seen to tell.
    int
        Moves made.
    """
    looks: list[list[int]] = [[] for _ in range(PARTS)]
    moves = 0
    while (share := passed(moves)) < 1.0:
        made = anneal(LOOK, HOTTEST * (COLDEST / HOTTEST) ** share)
        if made == 0:
            return None, moves
        moves += made
        looks[int(share * PARTS)].append(missed())
    return _cooling(looks), moves


def _cooling(looks: list[list[int]]) -> Cooling | None:
    """Share out an annealing by what was seen in each part of the way."""
    if min(map(len, looks)) < LOOKS:
        return None
    edges = np.geomspace(HOTTEST, COLDEST, PARTS + 1)
    mean = np.array([np.mean(part) for part in looks])
    wavers = np.array([_wavers(np.array(part, dtype=float)) for part in looks])
    weight = np.convolve(np.pad(wavers / edges[1:], 1, mode="edge"), (0.25, 0.5, 0.25), "valid") ** POWER
    weight[mean > HOT_SHARE * mean[0]] = 0.0
    if not weight.any():
        return None
    weight = np.where(weight > 0, np.maximum(weight, LEAST * weight.sum()), 0.0)
    first = int(np.flatnonzero(weight)[0])
    shares = np.concatenate([[0.0], np.cumsum(weight[first:]) / weight.sum()])
    return Cooling(tuple(shares.tolist()), tuple(edges[first:].tolist()))


def _wavers(missed: NDArray[np.float64]) -> float:
    """How much what is missed wavers about a straight line, as a standard deviation."""
    at = np.arange(len(missed))
    return float(np.std(missed - np.polyval(np.polyfit(at, missed, 1), at)))
