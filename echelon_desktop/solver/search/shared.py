"""What the chains of one search share: the clock, the stop, and the best schedule so far."""

import math
import threading
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.found import Limits
from echelon_desktop.solver.search.jit import Warmup
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.seating import seats_are_scarce
from echelon_desktop.solver.search.state import Board

CANDIDATES = 4
SCARCE_HEAT = 1.9
"""What fits schools whose seats are scarce: what is missed there falls at higher temperatures."""

Schedule = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Slots of sections, and slots of requests in the board's order."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """A schedule, the weight it misses, and the number of requests."""

    missed: int
    unmet: int
    schedule: Schedule


class Shared:
    """
    Everything chains tell each other; safe to use from all of their threads.

    Parameters
    ----------
    problem, board, limits, warmup
        What they search, and for how long.
    began
        Reading of ``time.perf_counter`` when the search began.
    """

    def __init__(
        self, problem: PlainProblem, board: Board, limits: Limits, warmup: Warmup, began: float
    ) -> None:
        self.problem = problem
        self.board = board
        self.limits = limits
        self.scarce = seats_are_scarce(problem)
        self.heat = limits.heat * (SCARCE_HEAT if self.scarce else 1.0)
        self.warmup = warmup
        self.stop = threading.Event()
        self.deadline_s: float | None = limits.time_s
        self.best: Best | None = None
        self.balanced = False
        self.moves = 0
        self._began = began
        self._offered: list[tuple[tuple[int, ...], Schedule]] = []
        self._own: dict[Chain, Best] = {}
        self._lock = threading.Lock()

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._began

    def left(self) -> float | None:
        """Seconds to the present phase's deadline, None without one."""
        return None if self.deadline_s is None else max(0.0, self.deadline_s - self.elapsed())

    def rest(self) -> float:
        """Seconds to the end of the search, infinite where moves are counted instead."""
        limit = self.limits.time_s
        if limit is None or self.limits.moves is not None:
            return math.inf
        return max(0.0, limit - self.elapsed())

    def over(self) -> bool:
        """Whether the present phase must end."""
        return self.stop.is_set() or self.left() == 0.0

    @property
    def target(self) -> int:
        """What certainly stays missed, as far as it is known now."""
        return self.limits.lower_bound()

    def reached(self) -> bool:
        """Whether no schedule misses less."""
        return self.best is not None and self.best.missed <= self.target

    def publish(self, chain: Chain, moves: int) -> None:
        """Count a chain's moves, and let the others know its best."""
        with self._lock:
            self.moves += moves
            own = self._own.get(chain)
            if own is None or chain.best < own.missed:
                schedule = chain.schedule()
                hopeless = self.problem.n_requests - len(schedule[1])
                own = Best(chain.best, int(np.count_nonzero(schedule[1] < 0)) + hopeless, schedule)
                self._own[chain] = own
                if self.best is None or own.missed < self.best.missed:
                    self.best = own

    def best_for(self, chain: Chain, nearly: int = 0) -> Schedule:
        """The schedule a chain returns to: its own where that misses so many requests more, else the best."""
        with self._lock:
            best, own = self.best, self._own.get(chain)
        assert best is not None
        if own is not None and own.missed <= best.missed + nearly * self.board.unit:
            return own.schedule
        return best.schedule

    def offer(self, rank: tuple[int, ...], schedule: Schedule) -> None:
        """Offer a schedule as the answer; the few of least rank (weight missed first) are kept."""
        with self._lock:
            self._offered.append((rank, schedule))
            self._offered.sort(key=lambda offer: offer[0])
            del self._offered[CANDIDATES:]

    def least_offered(self) -> int:
        """Weight missed by the best that was offered."""
        with self._lock:
            rank, _ = self._offered[0]
            return rank[0]

    def candidates(self) -> list[Schedule]:
        """The best that were offered, the very best first."""
        with self._lock:
            return [schedule for _, schedule in self._offered]
