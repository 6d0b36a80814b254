"""
Schedules between which a school can choose: fewer unmet requests, or more even sections.

What is asked is laid out here, on the window's side; ``search/trading.py`` answers in the engine.
"""

from dataclasses import dataclass

import numpy as np

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.assign.openings import as_given
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Keys, Problem, Solution
from echelon_desktop.solver.schedules import choices_taken, seats_taken

NONE = "No single section put elsewhere makes sections more even for a few requests."
"""What is said where there is nothing to choose from."""


@dataclass(frozen=True, slots=True, eq=False)
class TradeOff:
    """A schedule to choose, with its unmet requests and size spread."""

    unmet: int
    size_spread: int
    solution: Solution


def laid_out(school: School, rules: tuple[Rule, ...], schedule: Schedule) -> tuple[Problem, Keys, Solution]:
    """
    A schedule in the numbers of its problem.

    Raises
    ------
    UnsupportedError
        If a section has no place, or stands where it must not.
    """
    problem, keys = compile_school(as_given(school, schedule), rules, schedule)
    choice = choices_taken(schedule, problem, keys)
    astray = np.flatnonzero(choice < 0)
    if len(astray):
        name = keys.sections[astray[0]]
        raise UnsupportedError(f"Section {name} has no place that the rules allow. Place all sections first.")
    return problem, keys, Solution(choice, seats_taken(schedule, keys))
