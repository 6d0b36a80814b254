"""What the chains of one general search share: the clock, the stop, and the best schedule so far."""

import threading
import time
from collections.abc import Callable

import numpy as np

from echelon_desktop.solver.general.board import Board
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.found import Improved
from echelon_desktop.solver.general.layout import HARD
from echelon_desktop.solver.search.found import Limits
from echelon_desktop.solver.search.jit import Warmup

JUDGED_S = 0.5
"""A bound that rises meanwhile is noticed after so long."""

Least = Callable[[tuple[int, ...]], tuple[int, ...]]
"""Given values of the problem's levels, what each is at least when those before it are as given."""


class Shared:
    """
    Everything chains tell each other; safe to use from all of their threads.

    Parameters
    ----------
    board, limits, warmup
        What they search, and for how long.
    certain
        What each level costs at least.
    began
        Reading of ``time.perf_counter`` when the search began.
    """

    def __init__(self, board: Board, limits: Limits, warmup: Warmup, certain: Least, began: float) -> None:
        self.board, self.limits, self.warmup = board, limits, warmup
        self.certain = certain
        self.stop = threading.Event()
        self.best: Improved | None = None
        self.moves = 0
        self.compiled = False
        self._began = began
        self._own: dict[Chain, Improved] = {}
        self._failed: set[int] = set()
        self._lock = threading.Lock()
        self._judged: Improved | None = None
        self._judged_at = 0.0
        self._reached = False

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._began

    def left(self) -> float | None:
        """Seconds that are left, None without a limit."""
        limit = self.limits.time_s
        return None if limit is None else max(0.0, limit - self.elapsed())

    def over(self) -> bool:
        """Whether the search must end."""
        return self.stop.is_set() or self.left() == 0.0

    def reached(self) -> bool:
        """Whether no schedule is better at any level, as far as was known a moment ago."""
        best, now = self.best, self.elapsed()
        if best is None:
            return False
        if best is not self._judged or now - self._judged_at > JUDGED_S:
            self._judged, self._judged_at = best, now
            self._reached = best.values <= self.certain(best.values)
        return self._reached

    def all_failed(self, k: int) -> bool:
        """Note that chain ``k`` found no first schedule; whether by now no chain has."""
        with self._lock:
            self._failed.add(k)
            return len(self._failed) == self.limits.workers

    def publish(self, chain: Chain, moves: int) -> None:
        """Count a chain's moves, and let the others know its best."""
        values = chain.best
        with self._lock:
            self.moves += moves
            self.compiled = self.compiled or chain.compiled
            if any(values[: HARD + 1]):
                return
            own = self._own.get(chain)
            if own is None or values[HARD + 1 :] < own.values:
                solution = chain.solution()
                unmet = int(np.count_nonzero(solution.seat < 0))
                own = Improved(solution, values[HARD + 1 :], unmet)
                self._own[chain] = own
                if self.best is None or own.values < self.best.values:
                    self.best = own

    def best_for(self, chain: Chain, nearly: int) -> Improved | None:
        """What a chain returns to: the best, or its own where that is nearly as good at the first levels."""
        with self._lock:
            best, own = self.best, self._own.get(chain)
        if best is None or own is None:
            return best
        first = next(
            (i for i, (a, b) in enumerate(zip(own.values, best.values, strict=True)) if a != b), None
        )
        if first is None or own.values[first] <= best.values[first] + nearly:
            return own
        return best
