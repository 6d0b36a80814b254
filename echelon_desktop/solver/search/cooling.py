"""
When a chain starts anew, when it returns to the best, and how it cools.

Annealings from new starts differ, and by which it will be is plain while they are still hot. The first part
of a search therefore races some, of which the better half goes on each time; the rest warms the best ones up
again, less and more in turn.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

SWEEPS = 280
"""Moves of a fresh annealing for each (section, other slot) there is."""
LONGEST = 60.0
"""Much time makes a fresh annealing so many times longer, at most."""
FRESH_SHARE = 0.4
MOST_FRESH = 0.55
"""What fresh annealings take of the time, and what the only one does where there is little."""
WARM = (0.36, 0.7, 0.55)
"""From which shares of a whole annealing on those from the best cool, in turn."""
Rounds = tuple[tuple[int, float], ...]
ALONE: Rounds = ((1, 1.0),)
RACE: Rounds = ((8, 0.15), (4, 0.2), (2, 0.25), (1, 0.4))
WIDE_RACE: Rounds = ((16, 0.1), (8, 0.1), (4, 0.2), (2, 0.2), (1, 0.4))
PAIR: Rounds = ((2, 0.4), (1, 0.6))
"""Rounds of a race: how many annealings run on, and over which share of a whole one."""
Races = tuple[tuple[Rounds, float], ...]
RACES: Races = ((WIDE_RACE, 4.0), (RACE, 1.0))
SOUNDED_RACES: Races = ((PAIR, 0.5),)
"""
Which race is held: the first whose annealings can be so many times as long as those without a race. Where it
is known when to be slow, long annealings gain more than many.
"""
RACE_SHARE = 0.75
"""What a race takes of the time."""
STEPS = 10
"""Where moves are counted, an annealing cools evenly in each of so many parts, so that it repeats itself."""
AGAIN = 0.4
"""Length of an annealing from the best, against one from a new start."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """
    How the temperature falls over a whole annealing: evenly on a logarithmic scale from point to point.

    Parameters
    ----------
    shares
        Shares of the annealing, from 0 to 1, rising.
    temperatures
        The temperature at each, falling.
    """

    shares: tuple[float, ...]
    temperatures: tuple[float, ...]

    def at(self, share: float) -> float:
        """Temperature when a share (0 to 1) of the annealing has passed."""
        return math.exp(np.interp(share, self.shares, np.log(self.temperatures)))

    def times(self, heat: float) -> "Cooling":
        """The same, hotter by a factor."""
        return replace(self, temperatures=tuple(heat * temperature for temperature in self.temperatures))


USUAL = Cooling((0.0, 0.7, 1.0), (1.5, 0.9, 0.4))
"""In requests of usual weight: slowly at first, where most is gained."""


def evenly(hot: float, cold: float) -> Cooling:
    """From one temperature to another."""
    return Cooling((0.0, 1.0), (hot, cold))


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    An annealing: from new places of sections or, begun in the midst of its cooling, from the best schedule.

    It takes ``length`` (s or moves). Where ``rounds`` has more than one, it is the one that wins a race of so
    many.
    """

    cooling: Cooling
    length: float
    begin: float = 0.0
    rounds: Rounds = ALONE

    @property
    def fresh(self) -> bool:
        """Whether it is from new places of sections."""
        return self.begin == 0.0

    @property
    def whole(self) -> float:
        """What all annealings of the race take together (s or moves)."""
        return self.length * sum(n * share for n, share in self.rounds)

    def temperature(self, share: float) -> float:
        """Temperature when a share (0 to 1) of the annealing has passed."""
        return self.cooling.at(self.begin + (1.0 - self.begin) * share)

    def steps(self, begin: float = 0.0, end: float = 1.0) -> tuple[tuple[float, float], ...]:
        """From and to which temperatures ``STEPS`` equal parts, from one share to another, cool evenly."""
        heats = [self.temperature(begin + (end - begin) * i / STEPS) for i in range(STEPS + 1)]
        return tuple(pairwise(heats))


def cycles(
    total: float | None,
    fresh: float,
    cooling: Cooling = USUAL,
    most_fresh: float = MOST_FRESH,
    races: Races = (),
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
    cooling
        Of all of them.
    most_fresh
        What the only annealing from a new start takes of little time.
    races
        Of fresh annealings, which may be held; see ``RACES``.
    """
    if total is None:
        while True:
            yield Cycle(cooling, fresh)
            for begin in WARM:
                yield Cycle(cooling, AGAIN * fresh, begin)
    length = max(min(most_fresh * total, fresh), min(0.1 * total, LONGEST * fresh))
    first = Cycle(cooling, length)
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
        for begin in WARM:
            yield Cycle(cooling, again, begin)


def fresh_moves(n_places: int) -> int:
    """Moves of an annealing from a new start, by the number of (section, other slot) pairs."""
    return SWEEPS * max(10, n_places)
