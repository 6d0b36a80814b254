"""The best schedule of a problem so far, and how much of it is proven."""

from collections.abc import Sequence
from itertools import takewhile

from echelon_desktop.solver.bounds import LevelBounds, flow_bound
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import LevelFigure


class Best:
    """
    What a solve has come to.

    Parameters
    ----------
    problem
        The problem.

    Attributes
    ----------
    solution, values
        The best schedule and what it costs at each level; None and () at first.
    bound
        On unmet requests, with its witnesses; put a better one here.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.bound = flow_bound(problem)
        self.solution: Solution | None = None
        self.values: tuple[int, ...] = ()
        self._least = LevelBounds(problem)
        self._proven: tuple[int, ...] = ()  # bounds of CP-SAT, for the values it ended with

    def keep(self, solution: Solution | None) -> bool:
        """Take a schedule if it is better than what there is; whether it was taken."""
        if solution is None:
            return False
        values = level_values(self.problem, solution)
        if self.solution is not None and values >= self.values:
            return False
        self._proven = self._proven_for(values)
        self.solution, self.values = solution, values
        return True

    def prove(self, levels: Sequence[LevelFigure]) -> None:
        """Take what CP-SAT has proven of levels, where it ended with the best schedule."""
        if self.values == tuple(figure.value for figure in levels):
            self._proven = tuple(figure.bound or 0 for figure in levels)

    def certain(self, values: tuple[int, ...]) -> tuple[int, ...]:
        """What each level of a schedule of these values costs at least, given those before it."""
        counted = self._least.of(self.bound, values)
        return tuple(map(max, counted, self._proven_for(values) or counted))

    def levels(self) -> tuple[LevelFigure, ...]:
        """Value and bound of each level of the best schedule; none without one."""
        if self.solution is None:
            return ()
        counted = self._least.of(self.bound, self.values)
        rows = zip(self.problem.levels(), self.values, counted, self._proven or counted, strict=True)
        return tuple(LevelFigure(level.name, value, max(bounds)) for level, value, *bounds in rows)

    def _proven_for(self, values: tuple[int, ...]) -> tuple[int, ...]:
        """What CP-SAT has proven for a schedule of these values: a bound is given the levels before it."""
        pairs = zip(self.values, values, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        proven = self._proven[: same + 1]
        return (*proven, *[0] * (len(self._proven) - len(proven)))
