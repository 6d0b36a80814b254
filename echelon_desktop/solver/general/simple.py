"""
A start from the plain search, which is several times faster where a school is plain but for its goals.

Preferred slots, preps, free periods and the like make a school more than plain, yet say nothing about which
requests can be met. Without them the plain search finds where sections should stand; the general search then
betters all levels from there.
"""

from collections.abc import Callable
from dataclasses import replace

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.solver.problem import GoalKind, Problem, Solution
from echelon_desktop.solver.search.adapter import plain_from, solution_from
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import search

SHARE = 0.5
"""Of the time or the moves, for the plain search."""


def simplified(problem: Problem) -> PlainProblem | None:
    """
    The plain school that a problem is without its other goals; None where it is not plain in itself.

    Unmet requests must come first: what is given up for them would otherwise be dearer than they are.
    """
    costs = [goal for goal in problem.goals if goal.kind is not GoalKind.CONSTANT and goal.level > 0]
    first = min((goal.level for goal in costs), default=0)
    unmet = [goal for goal in costs if goal.kind is GoalKind.UNMET]
    if len(unmet) != 1 or unmet[0].level != first:
        return None
    try:
        return plain_from(replace(problem, goals=(unmet[0],)))
    except UnsupportedError:
        return None


def simple_start(
    problem: Problem,
    *,
    seed: int,
    workers: int,
    time_limit_s: float | None,
    iterations: int | None,
    should_stop: Callable[[], bool] | None,
) -> tuple[Solution | None, int]:
    """A schedule of the plain search, as far as there is one, and the moves it took; see :data:`SHARE`."""
    plain = simplified(problem) if time_limit_s is not None or iterations is not None else None
    if plain is None:
        return None, 0
    found = search(
        plain,
        seed=seed,
        workers=workers,
        time_limit_s=None if time_limit_s is None else SHARE * time_limit_s,
        iterations=None if iterations is None else int(SHARE * iterations),
        should_stop=should_stop,
    )
    return solution_from(problem, found), found.moves
