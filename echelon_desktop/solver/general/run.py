"""
The general search from start to end: chains in threads over everything a problem can say.

It looks for a schedule that keeps every hard rule, then betters the levels in their strict order. Whatever
ends it, the best schedule found is returned.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from echelon_desktop.solver.general.anneal import ANNEAL, work
from echelon_desktop.solver.general.board import lay_out
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.general.found import GeneralFound, Improved
from echelon_desktop.solver.general.improve import Improver
from echelon_desktop.solver.general.shared import Least, Shared
from echelon_desktop.solver.general.simple import simple_start
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.desk import REPORT_S, Desk
from echelon_desktop.solver.search.found import Ended, Limits

_WARMUP_LOCK = threading.Lock()
_WARMUP: list[jit.Warmup] = []


def warm_up() -> jit.Warmup:
    """Start compiling the kernels in the background, once per process."""
    with _WARMUP_LOCK:
        if not _WARMUP:
            _WARMUP.append(jit.Warmup({work: _compile}))
        return _WARMUP[0]


def _compile() -> None:
    from echelon_desktop.solver.general.smallest import smallest_problem

    board = lay_out(smallest_problem())
    jit.compiled(work)(jit.record(board.at), board.data.copy(), np.ones(2), ANNEAL, 0, 0)


def search_general(
    problem: Problem,
    *,
    seed: int = 1,
    workers: int = 1,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    certain: Least = lambda values: (0,) * len(values),
    start: Solution | None = None,
    on_improved: Callable[[Improved], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> GeneralFound:
    """
    Search for the best schedule of any problem.

    Parameters
    ----------
    problem
        What is solved; every primitive and goal is supported.
    seed
        Same seed, one worker and an iteration limit that ends the search give the same schedule on every
        machine.
    workers
        Chains, each in a thread of its own.
    time_limit_s
        Wall time.
    iterations
        Moves over all chains.
    certain
        Given the values of the problem's levels, what each costs at least when those before it are as given;
        the search ends where nothing can be better. Asked from the chains' threads.
    start
        A schedule to start from. What it breaks rules with is given up.
    on_improved
        Called with progress from the calling thread, at most five times a second.
    should_stop
        Asked about twenty times a second from the calling thread; True ends the search with what it has.

    Returns
    -------
    GeneralFound
        The best schedule, or none when none was found that keeps every hard rule.
    """
    began = time.perf_counter()
    limits = Limits(seed, max(1, workers), time_limit_s, iterations, lambda: 0)
    simple = False
    moves = 0
    if start is None:
        warm_up()
        start, moves = simple_start(
            problem,
            seed=seed,
            workers=limits.workers,
            time_limit_s=time_limit_s,
            iterations=iterations,
            should_stop=should_stop,
        )
        simple = start is not None
        limits = replace(limits, moves=None if iterations is None else max(0, iterations - moves))
    keep = () if start is None else (tuple(start.choice.tolist()),)
    board = lay_out(problem, keep)
    shared = Shared(board, limits, warm_up(), certain, began)
    chains = [Chain(board, seed * 1000 + k, shared.warmup) for k in range(limits.workers)]
    desk = Desk(limits.workers, shared.stop, should_stop, _Reporter(shared, on_improved))
    desk.in_threads(lambda k: Improver(shared, chains[k], k, met=simple).run(start))
    best = shared.best
    return GeneralFound(
        solution=None if best is None else best.solution,
        values=() if best is None else best.values,
        ended=_why(shared),
        moves=moves + shared.moves,
        elapsed_s=shared.elapsed(),
        compiled=shared.compiled,
    )


class _Reporter:
    """Tells the caller of a better schedule, not more often than somebody can read."""

    def __init__(self, shared: Shared, on_improved: Callable[[Improved], None] | None) -> None:
        self._shared = shared
        self._on_improved = on_improved
        self._reported: Improved | None = None
        self._reported_at = -REPORT_S

    def __call__(self, last: bool) -> None:
        best, now = self._shared.best, self._shared.elapsed()
        if self._on_improved is None or best is None or best is self._reported:
            return
        if last or now - self._reported_at >= REPORT_S:
            self._reported, self._reported_at = best, now
            self._on_improved(best)


def _why(shared: Shared) -> Ended:
    if shared.reached():
        return Ended.BOUND
    if shared.stop.is_set():
        return Ended.STOPPED
    return Ended.TIME if shared.limits.moves is None else Ended.ITERATIONS
