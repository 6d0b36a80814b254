"""The calling thread's part of a search: it starts the others, reports, and listens for a stop."""

import math
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

POLL_S = 0.05
REPORT_S = 0.2


class Desk:
    """
    Runs the chains of a search in threads and attends to the caller meanwhile.

    Parameters
    ----------
    workers
        How many threads.
    stop
        Set when the search must end; set here when the caller or an error says so.
    should_stop
        Asked about twenty times a second from the calling thread.
    report
        Called as often, and with True when a piece of work has ended.
    """

    def __init__(
        self,
        workers: int,
        stop: threading.Event,
        should_stop: Callable[[], bool] | None,
        report: Callable[[bool], None],
    ) -> None:
        self._workers = workers
        self._stop = stop
        self._should_stop = should_stop
        self._report = report

    def in_threads(self, work: Callable[[int], None]) -> None:
        """Run ``work(k)`` for every worker and attend to the caller meanwhile; raises what it raised."""
        errors: list[BaseException] = []

        def guarded(k: int) -> None:
            try:
                work(k)
            except BaseException as error:
                errors.append(error)
                self._stop.set()

        workers = range(self._workers)
        threads = [threading.Thread(target=guarded, args=(k,), name=f"search {k}") for k in workers]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(POLL_S)
                    self._attend()
        except BaseException:
            # Raised by a callback, or Ctrl-C: no thread may outlive the search.
            self._stop.set()
            for thread in threads:
                thread.join()
            raise
        self._report(True)
        if errors:
            raise errors[0]

    def _attend(self) -> None:
        if self._should_stop is not None and not self._stop.is_set() and self._should_stop():
            self._stop.set()
        self._report(False)


class Reporter(Generic[T]):
    """
    Tells the caller of a better schedule, not more often than somebody can read.

    Parameters
    ----------
    best
        The best schedule so far; another object whenever it is another schedule.
    tell
        Called with it; None where nobody asks.
    """

    def __init__(self, best: Callable[[], T | None], tell: Callable[[T], None] | None) -> None:
        self._best, self._tell = best, tell
        self._told: T | None = None
        self._told_at = -math.inf

    def __call__(self, last: bool) -> None:
        """Tell of the best schedule if it is a new one; the ``last`` one is told in any case."""
        best, now = self._best(), time.perf_counter()
        if self._tell is None or best is None or best is self._told:
            return
        if last or now - self._told_at >= REPORT_S:
            self._told, self._told_at = best, now
            self._tell(best)
