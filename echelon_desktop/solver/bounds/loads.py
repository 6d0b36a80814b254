"""What teachers certainly teach too much, or unevenly: how many of their sections may meet in each term."""

from collections.abc import Sequence

from echelon_desktop.solver.bounds.wishes import choice_masks
from echelon_desktop.solver.even_loads import Load, least_spread_of_loads
from echelon_desktop.solver.figures import term_masks
from echelon_desktop.solver.problem import Goal, Problem


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
