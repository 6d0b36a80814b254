"""What comes out of the general search."""

from dataclasses import dataclass

from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.search.found import Ended


@dataclass(frozen=True, slots=True)
class Improved:
    """Progress of a running search: the best whole schedule and its values."""

    solution: Solution
    values: tuple[int, ...]
    unmet: int


@dataclass(frozen=True, slots=True)
class GeneralFound:
    """
    What a general search ended with.

    Parameters
    ----------
    solution, values
        The best schedule that keeps every hard rule, and what it costs at each of ``problem.levels()``; None
        and () when none was found, which proves nothing.
    ended
        Why it ended; NO_PLACEMENT when it is proven that there is no schedule.
    moves
        Of all chains.
    compiled
        Whether any chain got as far as compiled kernels.
    """

    solution: Solution | None
    values: tuple[int, ...]
    ended: Ended
    moves: int
    compiled: bool
