"""
When a chain starts anew, when it returns to the best, and how it cools.

Short annealings from new starts differ by more than long ones gain, so that the first part of a search
compares several; the rest warms the best ones up again, less and more in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HOT, COLD = 1.5, 0.4
WARM = (1.15, 0.9, 1.0)
"""Temperatures, in requests of usual weight."""
KNEE, SLOW_SHARE = 0.6, 0.7
"""A fresh annealing cools slowly at first, down to this share of its heat: most is gained there."""

SWEEPS = 280
"""Moves of a fresh annealing for each (section, other slot) there is."""
LONGEST = 8.0
"""Much time makes a fresh annealing so many times longer, at most."""
FRESH_SHARE = 0.4
MOST_FRESH = 0.55
"""What fresh annealings take of the time, and what the only one does where there is little."""
AGAIN = 0.4
"""Length of an annealing from the best, against one from a new start."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One annealing: from new places of sections or from the best schedule, over ``length`` (s or moves)."""

    fresh: bool
    hot: float
    length: float
    cold: float = COLD

    def legs(self) -> tuple[tuple[float, float, float], ...]:
        """Parts, each cooling geometrically: from which temperature, to which, and share of the length."""
        if not self.fresh:
            return ((self.hot, self.cold, 1.0),)
        knee = KNEE * self.hot
        return (self.hot, knee, SLOW_SHARE), (knee, self.cold, 1.0 - SLOW_SHARE)

    def temperature(self, share: float) -> float:
        """Temperature when a share (0 to 1) of the cycle has passed."""
        begun = 0.0
        for hot, cold, part in self.legs():
            if share < begun + part:
                return float(hot * (cold / hot) ** ((share - begun) / part))
            begun += part
        return self.cold


def cycles(
    total: float | None, fresh: float, heat: float = 1.0, most_fresh: float = MOST_FRESH
) -> Iterator[Cycle]:
    """
    Plan a chain's annealings, for as long as it is asked.

    Parameters
    ----------
    total
        Time or moves there are, None for no limit.
    fresh
        What an annealing from a new start takes, in the unit of ``total``. Little time makes them shorter;
        much time makes them longer rather than many.
    heat
        What all temperatures are multiplied by.
    most_fresh
        What the only annealing from a new start takes of little time.
    """
    if total is None:
        while True:
            yield Cycle(True, HOT * heat, fresh, COLD * heat)
            for hot in WARM:
                yield Cycle(False, hot * heat, AGAIN * fresh, COLD * heat)
    fresh = max(min(most_fresh * total, fresh), min(0.1 * total, LONGEST * fresh))
    used = 0.0
    while used < FRESH_SHARE * total:
        yield Cycle(True, HOT * heat, fresh, COLD * heat)
        used += fresh
    again = max(min(total - used, AGAIN * fresh), 0.02 * total)
    while True:
        for hot in WARM:
            yield Cycle(False, hot * heat, again, COLD * heat)


def fresh_moves(n_places: int) -> int:
    """Moves of an annealing from a new start, by the number of (section, other slot) pairs."""
    return SWEEPS * max(10, n_places)
