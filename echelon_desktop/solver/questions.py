"""
The questions that the engine answers about a situation, by name.

One about a situation takes its problem and solution before its own arguments; all yield the parts of their
answer.
"""

from collections.abc import Callable, Iterator
from typing import Any

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.what_if import moves_of


def moves(problem: Problem, solution: Solution | None, section: int) -> Iterator[Any]:
    """Every place a section could take and what that would cost; nothing without a whole schedule."""
    if solution is not None:
        yield from moves_of(problem, solution, section)


def conflict(school: School, rules: tuple[Rule, ...], baseline: Schedule) -> Iterator[Any]:
    """About no situation: the facts of a school that cannot hold together, a smallest set; none is good."""
    from echelon_desktop.solver.conflicts import find_conflict

    yield find_conflict(school, rules, baseline)


QUESTIONS: dict[str, Callable[..., Iterator[Any]]] = {"moves": moves, "conflict": conflict}
