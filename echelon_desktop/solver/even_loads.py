"""How even the loads of a department's teachers can be, by arithmetic on how many sections each can have."""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from typing import NamedTuple

from echelon_desktop.solver.figures import load_per_fte


class Load(NamedTuple):
    """Fewest and most sections that a teacher can have at a time, and hundredths of a full post."""

    least: int
    most: int
    hundredths: int = 100


def least_spread_of_loads(loads: Sequence[Load], fewest: int = 0, most: int | None = None) -> int:
    """
    Least difference of largest and smallest load per full post, in whole sections.

    Parameters
    ----------
    loads
        Of the teachers of a department; any number from the least to the most is taken to be possible.
    fewest, most
        How many sections they have in all; no fewer than nothing and no more than they can when left out.
    """
    least, can = sum(load.least for load in loads), sum(load.most for load in loads)
    fewest, most = min(fewest, can), max(least, can if most is None else most)
    floors = {load_per_fte(n, x.hundredths) for x in loads for n in range(x.least, x.most + 1)}
    best = None
    for floor in sorted(floors):
        given = [_first(load, floor) for load in loads]
        if best == 0 or sum(given) > most or any(n > x.most for n, x in zip(given, loads, strict=True)):
            break
        full = [load_per_fte(n, load.hundredths) for n, load in zip(given, loads, strict=True)]
        smallest, largest = min(full), max([*full, *_raised(loads, given, fewest - sum(given))])
        spread = (largest - smallest) // 100
        best = spread if best is None else min(best, spread)
    return best or 0


def _raised(loads: Sequence[Load], given: Sequence[int], more: int) -> Iterator[int]:
    """Loads per full post that some teachers get when so many sections more go where they raise least."""
    following = [
        (load_per_fte(n + 1, load.hundredths), n + 1, i)
        for i, (n, load) in enumerate(zip(given, loads, strict=True))
        if n < load.most
    ]
    heapify(following)
    for _ in range(more):
        full, n, i = following[0]
        yield full
        if n < loads[i].most:
            heapreplace(following, (load_per_fte(n + 1, loads[i].hundredths), n + 1, i))
        else:
            heappop(following)


def _first(load: Load, floor: int) -> int:
    """The fewest sections from the least on that come to the floor for a full post; possibly too many."""
    n = load.least
    while n <= load.most and load_per_fte(n, load.hundredths) < floor:
        n += 1
    return n
