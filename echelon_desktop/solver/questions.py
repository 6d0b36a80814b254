"""
The questions that the engine answers, by name; all yield the parts of their answer.

Those about a situation take its :class:`Deltas` before their own arguments.
"""

from collections.abc import Callable, Iterator
from typing import Any

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.deltas.row import Deltas
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params


def moves(deltas: Deltas, section: int) -> Iterator[Any]:
    """Every place a section could take and what that would cost, estimated."""
    return deltas.moves(section)


def exact_moves(deltas: Deltas, section: int) -> Iterator[Any]:
    """The same with exact figures, of the places for which they can be had in a second."""
    return deltas.exact(section)


def conflict(school: School, rules: tuple[Rule, ...], baseline: Schedule) -> Iterator[Any]:
    """About no situation: the facts of a school that cannot hold together, a smallest set; none is good."""
    from echelon_desktop.solver.conflicts import find_conflict

    yield find_conflict(school, rules, baseline)


def one_more(problem: bytes, solution: Solution, sections: tuple[int, ...]) -> Iterator[Any]:
    """About no situation but the one given: the best move of each section, as :func:`one_more.best_moves`."""
    from echelon_desktop.solver.one_more import best_moves

    return best_moves(Problem.from_bytes(problem), solution, sections)


def trade_offs(problem: bytes, solution: Solution) -> Iterator[Any]:
    """
    About no situation but the one given: schedules to choose from, as :func:`search.trading.trade_offs`.

    Where the school is more than that can do, the only part is the error that says so.
    """
    from echelon_desktop.solver.search.trading import trade_offs

    try:
        yield from trade_offs(Problem.from_bytes(problem), solution)
    except UnsupportedError as error:
        yield error


def staff(
    asked: Any, origin: Any, schedule: Schedule, params: Params, before: Schedule, placed: tuple[Any, Any]
) -> Iterator[Any]:
    """
    About no situation: teachers and rooms for a schedule, as :func:`assign.complete.staff` gives them.

    Where that could be done, its result and how many requests certainly stay unmet follow, and whether
    nothing that matters more could be better; None where hard rules on students' days are broken. ``params``
    say how much time is left; ``placed`` are the result and the bound (None: not known) of a free turn at
    the question ``origin``.
    """
    from echelon_desktop.solver.assign.asked import staffed_result
    from echelon_desktop.solver.assign.certain import nothing_above, whole_result
    from echelon_desktop.solver.assign.complete import staff, staffing_limits
    from echelon_desktop.solver.verify import verify

    given = staff(asked, schedule, staffing_limits(params, params.time_limit_s, asked), before)
    verdict = None
    if given.schedule is not None:
        verdict = verify(origin.school, origin.rules, given.schedule, origin.baseline)
    if verdict is None or not verdict.ok:
        yield given, None
        return
    first, bound = placed
    if bound is None:
        yield given, (staffed_result(first, verdict, first.levels), 0, True)
        return
    result, bound = whole_result(origin, first, (bound, first.levels), verdict)
    yield given, (result, bound.total, nothing_above(origin, result, verdict))


QUESTIONS: dict[str, Callable[..., Iterator[Any]]] = {
    "moves": moves,
    "exact moves": exact_moves,
    "conflict": conflict,
    "one more": one_more,
    "trade-offs": trade_offs,
    "staff": staff,
}
