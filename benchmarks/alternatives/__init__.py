"""
Plain ways to build a schedule, each written here from its description, to measure the solver against.

None of them shares code with the solver: they read a school's records themselves (:mod:`plain`), and what
they find is written to files and counted like any schedule.
"""

import importlib
from collections.abc import Callable

from alternatives.plain import Outcome, PlainSchool

METHODS = {
    "greedy": "greedy: sections spread, then students in order",
    "milp": "x/y/z MILP, HiGHS",
    "cpsat": "CP-SAT, one model",
}


def method(name: str) -> Callable[[PlainSchool, float, int], Outcome]:
    """The function of a method: school, seconds and seed to what it found."""
    solve: Callable[[PlainSchool, float, int], Outcome] = importlib.import_module(
        f"alternatives.{name}"
    ).solve
    return solve
