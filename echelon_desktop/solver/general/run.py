"""
The general search from start to end: chains in threads over everything a problem can say.

It looks for a schedule that keeps every hard rule, by its own moves and where these fail by CP-SAT, then
betters the levels in their strict order. Whatever ends it, the best schedule found is returned.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

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
from echelon_desktop.solver.search.desk import Desk, Reporter
from echelon_desktop.solver.search.found import Ended, Limits

if TYPE_CHECKING:
    from echelon_desktop.solver.cpsat.standing import Standing

STANDING_SHARE = 0.5
"""Of the time left, for CP-SAT to place the sections."""
STANDING_WORK = 20.0
"""Deterministic seconds for it where an iteration limit asks for repeatable results."""
FILL_S = 1.0
"""For seating whoever is free once the search is over, at most."""

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
    heat: float = 1.0,
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
    heat
        What temperatures of annealings for unmet requests are multiplied by.
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
    return _Search(
        problem,
        Limits(seed, max(1, workers), time_limit_s, iterations, lambda: 0, heat),
        certain,
        on_improved,
        should_stop,
    ).run(start)


class _Search:
    """One call of :func:`search_general`."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        certain: Least,
        on_improved: Callable[[Improved], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.problem, self.limits, self.certain = problem, limits, certain
        self.on_improved, self.should_stop = on_improved, should_stop
        self.began = time.perf_counter()
        self.moves = 0

    def run(self, start: Solution | None) -> GeneralFound:
        """From the start, or from the plain search's, or from nothing; where that fails, from CP-SAT's."""
        simple, fresh = False, start is None
        if start is None:
            warm_up()
            start = self._simple_start()
            simple, fresh = start is not None, start is None
        shared = self._better(start, fresh=fresh, met=simple, short=True)
        if shared.best is None and not self._over(shared):
            standing = self._standing(shared)
            if standing.impossible:
                return self._found(shared, Ended.NO_PLACEMENT)
            shared = self._better(standing.solution, fresh=True)
        return self._found(shared, _why(shared))

    def _simple_start(self) -> Solution | None:
        limits = self.limits
        start, moves = simple_start(
            self.problem,
            seed=limits.seed,
            workers=limits.workers,
            time_limit_s=limits.time_s,
            iterations=limits.moves,
            should_stop=self.should_stop,
        )
        self.moves += moves
        return start

    def _better(self, start: Solution | None, fresh: bool, met: bool = False, short: bool = False) -> Shared:
        """Run the chains; see :class:`Improver`."""
        keep = () if start is None else (tuple(start.choice.tolist()),)
        board = lay_out(self.problem, keep)
        limits = replace(self.limits, moves=self._moves_left())
        shared = Shared(board, limits, warm_up(), self.certain, self.began)
        chains = [Chain(board, limits.seed * 1000 + k, shared.warmup) for k in range(limits.workers)]
        desk = Desk(
            limits.workers, shared.stop, self.should_stop, Reporter(lambda: shared.best, self.on_improved)
        )
        desk.in_threads(lambda k: Improver(shared, chains[k], k, met).run(start, fresh, short))
        self._fill(shared, chains[0])
        self.moves += shared.moves
        return shared

    def _fill(self, shared: Shared, chain: Chain) -> None:
        """Seat whoever can be seated without others, soon after the end too: a seat may have become free."""
        ends = inf if self.limits.time_s is None else time.perf_counter() + FILL_S
        while (best := shared.best) is not None and best.unmet:
            chain.begin(best.solution, should_end=lambda: time.perf_counter() > ends)
            shared.publish(chain, 0)
            if shared.best is best:
                return

    def _standing(self, shared: Shared) -> "Standing":
        """Ask CP-SAT where the sections can stand."""
        from echelon_desktop.solver.cpsat import run as cpsat
        from echelon_desktop.solver.cpsat.standing import stand

        left = shared.left()
        limits = cpsat.Limits(
            time_limit_s=inf if left is None else STANDING_SHARE * left,
            deterministic_limit=inf if self.limits.moves is None else STANDING_WORK,
            seed=self.limits.seed,
            workers=self.limits.workers,
            should_stop=self.should_stop or (lambda: False),
        )
        return stand(self.problem, limits)

    def _moves_left(self) -> int | None:
        return None if self.limits.moves is None else max(0, self.limits.moves - self.moves)

    def _over(self, shared: Shared) -> bool:
        return shared.over() or self._moves_left() == 0

    def _found(self, shared: Shared, ended: Ended) -> GeneralFound:
        best = shared.best
        return GeneralFound(
            solution=None if best is None else best.solution,
            values=() if best is None else best.values,
            ended=ended,
            moves=self.moves,
            compiled=shared.compiled,
        )


def _why(shared: Shared) -> Ended:
    if shared.reached():
        return Ended.BOUND
    if shared.stop.is_set():
        return Ended.STOPPED
    return Ended.TIME if shared.limits.moves is None else Ended.ITERATIONS
