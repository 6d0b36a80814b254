"""How many moves to make before looking up."""

import time
from collections.abc import Callable

from echelon_desktop.solver.search.jit import Warmup

CHUNK_S = 0.08
FIRST, GROWTH = 20, 8


class Pace:
    """
    Cuts work into pieces of about ``CHUNK_S``, interpreted or compiled, so that a stop is heard in time.

    Parameters
    ----------
    warmup
        While it compiles and the work is still interpreted, the compiler is left half of the time.
    """

    def __init__(self, warmup: Warmup) -> None:
        self._warmup = warmup
        self._moves = FIRST

    def run(self, work: Callable[[int], int], at_most: int | None = None) -> int:
        """Do one piece of ``work``, which is told how many moves to make and returns how many it made."""
        n = self._moves if at_most is None else min(self._moves, at_most)
        began = time.perf_counter()
        done = work(n)
        seconds = max(time.perf_counter() - began, 1e-6)
        self._moves = max(1, min(self._moves * GROWTH, int(done / seconds * CHUNK_S)))
        return done

    def give_way(self, compiled: bool) -> None:
        """Leave the interpreter to the compiler for a while, as long as there is something to wait for."""
        if not compiled and not self._warmup.over:
            self._warmup.wait(CHUNK_S)
