"""What teachers certainly teach too much, or unevenly: how many of their sections may meet in each term."""

from collections.abc import Sequence
from typing import NamedTuple

from echelon_desktop.solver.bounds.wishes import choice_masks
from echelon_desktop.solver.figures import load_per_fte, term_masks
from echelon_desktop.solver.problem import Goal, Problem


class Load(NamedTuple):
    """Fewest and most sections that a teacher can have at a time, and hundredths of a full post."""

    least: int
    most: int
    hundredths: int = 100


def least_load(problem: Problem, goal: Goal) -> int:
    """Sections of teachers above their limits, whatever one does."""
    loads = (_load(problem, group.tolist()) for group in goal.groups)
    return sum(max(0, load.least - int(limit)) for load, limit in zip(loads, goal.limits, strict=True))


def least_load_spread(problem: Problem, goal: Goal) -> int:
    """Sum over departments of :func:`least_spread_of_loads`, where sections clash left out."""
    departments: dict[int, list[Load]] = {}
    for group, hundredths, department in zip(goal.groups, goal.limits, goal.cost, strict=True):
        load = _load(problem, group.tolist())._replace(hundredths=int(hundredths))
        departments.setdefault(int(department), []).append(load)
    return sum(least_spread_of_loads(loads) for loads in departments.values())


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
    least, best = sum(load.least for load in loads), None
    can = sum(load.most for load in loads)
    fewest, most = min(fewest, can), max(least, can if most is None else most)
    floors = {load_per_fte(n, x.hundredths) for x in loads for n in range(x.least, x.most + 1)}
    for floor in sorted(floors):
        given = [_first(load, floor) for load in loads]
        if sum(given) > most or any(n > load.most for n, load in zip(given, loads, strict=True)):
            break
        while sum(given) < fewest:  # the next goes to whom it raises to the smallest load
            raised = [load_per_fte(n + 1, load.hundredths) for n, load in zip(given, loads, strict=True)]
            open_ = [i for i, load in enumerate(loads) if given[i] < load.most]
            given[min(open_, key=raised.__getitem__)] += 1
        full = [load_per_fte(n, load.hundredths) for n, load in zip(given, loads, strict=True)]
        spread = (max(full) - min(full)) // 100
        best = spread if best is None else min(best, spread)
    return best or 0


def _first(load: Load, floor: int) -> int:
    """The fewest sections from the least on that come to the floor for a full post; possibly too many."""
    n = load.least
    while n <= load.most and load_per_fte(n, load.hundredths) < floor:
        n += 1
    return n


def _load(problem: Problem, sections: Sequence[int]) -> Load:
    """Each section counts in the terms it must meet in; the worst term has at least the mean."""
    terms = term_masks(problem)
    always, ever = [0] * len(terms), [0] * len(terms)
    fewest = 0
    for s in sections:
        met = [[bool(mask & term) for term in terms] for mask in choice_masks(problem, s)]
        for t in range(len(terms)):
            always[t] += bool(met) and all(in_term[t] for in_term in met)
            ever[t] += any(in_term[t] for in_term in met)
        fewest += min((sum(in_term) for in_term in met), default=0)
    mean = -(-fewest // len(terms)) if terms else 0
    return Load(max([*always, mean]), max(ever, default=0))
