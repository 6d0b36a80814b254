"""What solving came to: how good, and why it ended."""

from dataclasses import dataclass
from enum import StrEnum

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.solver.problem import Solution


class Status(StrEnum):
    """How good the schedule is."""

    OPTIMAL = "optimal"  # proven at every level
    FEASIBLE = "feasible"  # the best found; ``Result.proven`` says up to which level it is optimal
    INFEASIBLE = "infeasible"  # proven that no schedule keeps the hard rules
    NOTHING_FOUND = "nothing found"


class StopReason(StrEnum):
    """Why it ended."""

    PROVED = "proved"
    TIME = "time"
    ITERATIONS = "iterations"
    STOPPED = "stopped"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class LevelFigure:
    """The value reached at a level and what it certainly costs at least (None: nothing proven)."""

    name: str
    value: int
    bound: int | None

    @property
    def proven(self) -> bool:
        """Whether the value cannot be lower, given the levels before it."""
        return self.bound is not None and self.value <= self.bound


DEFAULT_STRATEGY = "default"
STRATEGIES = {DEFAULT_STRATEGY: 1.0, "scarce-seats": 1.4}
"""By how much annealings are hotter: what is unmet for want of seats is settled at higher temperatures."""


@dataclass(frozen=True, slots=True)
class Params:
    """
    How to solve.

    Parameters
    ----------
    time_limit_s
        Seconds of wall time in all.
    iterations
        Moves of the local search, None for no limit; with one worker the same seed then gives the same files.
    workers
        Threads.
    seed
        Of every random choice.
    strategy
        A name of ``STRATEGIES``.

    Raises
    ------
    UnsupportedError
        If there is no such strategy.
    """

    time_limit_s: float = 60.0
    iterations: int | None = None
    workers: int = 2
    seed: int = 1
    strategy: str = DEFAULT_STRATEGY

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            raise UnsupportedError(f"There is no strategy {self.strategy!r}; there are {known}.")

    @property
    def heat(self) -> float:
        """By how much annealings are hotter than usual."""
        return STRATEGIES[self.strategy]


@dataclass(frozen=True, slots=True)
class Progress:
    """
    A look at a running solve; figures are of the best schedule so far (None before the first).

    ``solution`` comes now and then, so that somebody has it should the solver's process end.
    """

    seconds: float
    method: str
    unmet: int | None
    bound: int
    solution: Solution | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome of a solve.

    Parameters
    ----------
    status, stop_reason
        How good, and why it ended.
    solution
        None when there is none.
    levels
        Figures in strict order of importance.
    proven
        Name of the last level up to which the schedule is proven optimal; empty when none is.
    conflict
        When infeasible: the facts that cannot hold together, in words, a smallest set.
    method
        What ran: "cp-sat", "local search", ...
    """

    status: Status
    stop_reason: StopReason
    solution: Solution | None
    levels: tuple[LevelFigure, ...]
    proven: str
    conflict: tuple[str, ...]
    method: str
    seed: int
    seconds: float
    iterations: int
