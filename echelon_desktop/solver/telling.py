"""Telling whoever waits for a solve how far it has come."""

import math
import threading
import time
from collections.abc import Callable

from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.result import Progress

Listener = Callable[[Progress], None]

WHOLE_S = 1.0  # between two schedules that are told while they are bettered


class Telling:
    """
    Progress of one solve; methods that work side by side tell it from threads of their own.

    Parameters
    ----------
    listener
        Told of progress, never by two threads at once.
    certain
        How many requests certainly stay unmet, as far as is known when asked.

    Attributes
    ----------
    methods
        That have run so far, in words; the last one is at work.
    unmet
        Requests that the last schedule told of leaves unmet, None without one.
    """

    def __init__(self, listener: Listener, certain: Callable[[], int]) -> None:
        self.methods: list[str] = []
        self.unmet: int | None = None
        self._listener, self._certain = listener, certain
        self._began = time.monotonic()
        self._told_whole = -math.inf
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return time.monotonic() - self._began

    def whole(self, unmet: int, schedule: Callable[[], Solution | None]) -> None:
        """Tell of a better schedule, now and then with the schedule itself."""
        solution = None
        if self.seconds - self._told_whole >= WHOLE_S:
            self._told_whole = self.seconds
            solution = schedule()
        self.tell(unmet, 0, solution)

    def tell(self, unmet: int | None, bound: int, solution: Solution | None = None) -> None:
        """Tell what is unmet, and what certainly is."""
        with self._lock:
            self.unmet = unmet
            method = self.methods[-1] if self.methods else ""
            known = max(bound, self._certain())
            self._listener(Progress(self.seconds, method, unmet, known, solution))
