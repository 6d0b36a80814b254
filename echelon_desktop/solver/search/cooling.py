"""
When a chain starts anew, when it returns to the best, and how it cools.

Annealings from new starts differ by more than long ones gain, and by which it will be is plain while they are
still hot. The first part of a search therefore races several, of which the better half goes on each time; the
rest warms the best ones up again, less and more in turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

HOT, COLD = 1.5, 0.4
WARM = (1.15, 0.9, 1.0)
"""Temperatures, in requests of usual weight."""
KNEE, SLOW_SHARE = 0.6, 0.7
"""A fresh annealing cools slowly at first, down to this share of its heat: most is gained there."""

SWEEPS = 280
"""Moves of a fresh annealing for each (section, other slot) there is."""
LONGEST = 10.0
"""Much time makes a fresh annealing so many times longer, at most."""
FRESH_SHARE = 0.4
MOST_FRESH = 0.55
"""What fresh annealings take of the time, and what the only one does where there is little."""
Rounds = tuple[tuple[int, float], ...]
ALONE: Rounds = ((1, 1.0),)
RACE: Rounds = ((8, 0.15), (4, 0.2), (2, 0.25), (1, 0.4))
WIDE_RACE: Rounds = ((16, 0.1), (8, 0.1), (4, 0.2), (2, 0.2), (1, 0.4))
"""Rounds of a race: how many annealings run on, and over which share of a whole one."""
RACES: tuple[tuple[Rounds, float], ...] = ((WIDE_RACE, 4.0), (RACE, 1.0))
NARROW_RACES = ((RACE, 1.0),)
"""Which race is held: the first whose annealings can be so many times as long as those without a race."""
RACE_SHARE = 0.7
"""What a race takes of the time."""
STEPS = 10
"""Where moves are counted, an annealing cools evenly in each of so many parts, so that it repeats itself."""
AGAIN = 0.4
"""Length of an annealing from the best, against one from a new start."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    An annealing: from new places of sections or from the best schedule, over ``length`` (s or moves).

    Where ``rounds`` has more than one, it is the one that wins a race of so many.
    """

    fresh: bool
    hot: float
    length: float
    cold: float = COLD
    rounds: Rounds = ALONE

    @property
    def whole(self) -> float:
        """What all annealings of the race take together (s or moves)."""
        return self.length * sum(n * share for n, share in self.rounds)

    def temperature(self, share: float) -> float:
        """Temperature when a share (0 to 1) of the annealing has passed."""
        if not self.fresh:
            return _between(self.hot, self.cold, share)
        knee = KNEE * self.hot
        if share < SLOW_SHARE:
            return _between(self.hot, knee, share / SLOW_SHARE)
        return _between(knee, self.cold, (share - SLOW_SHARE) / (1.0 - SLOW_SHARE))

    def steps(self, begin: float = 0.0, end: float = 1.0) -> tuple[tuple[float, float], ...]:
        """From and to which temperatures ``STEPS`` equal parts, from one share to another, cool evenly."""
        heats = [self.temperature(begin + (end - begin) * i / STEPS) for i in range(STEPS + 1)]
        return tuple(pairwise(heats))


def _between(hot: float, cold: float, share: float) -> float:
    return float(hot * (cold / hot) ** share)


def cycles(
    total: float | None,
    fresh: float,
    heat: float = 1.0,
    most_fresh: float = MOST_FRESH,
    races: Sequence[tuple[Rounds, float]] = (),
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
    races
        Of fresh annealings, which may be held; see ``RACES``.
    """
    if total is None:
        while True:
            yield Cycle(True, HOT * heat, fresh, COLD * heat)
            for hot in WARM:
                yield Cycle(False, hot * heat, AGAIN * fresh, COLD * heat)
    length = max(min(most_fresh * total, fresh), min(0.1 * total, LONGEST * fresh))
    first = Cycle(True, HOT * heat, length, COLD * heat)
    for rounds, least in races:
        race = replace(first, length=1.0, rounds=rounds)
        length = RACE_SHARE * total / race.whole
        if length >= least * fresh:
            first = replace(race, length=min(length, LONGEST * fresh))
            break
    used = 0.0
    while used < FRESH_SHARE * total:
        yield first
        used += first.whole
    again = max(min(total - used, AGAIN * first.length), 0.02 * total)
    while True:
        for hot in WARM:
            yield Cycle(False, hot * heat, again, COLD * heat)


def fresh_moves(n_places: int) -> int:
    """Moves of an annealing from a new start, by the number of (section, other slot) pairs."""
    return SWEEPS * max(10, n_places)
