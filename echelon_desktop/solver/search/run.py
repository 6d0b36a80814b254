"""
The local search from start to end: chains in threads, first for requests, then for balance.

Phase 1 anneals over where sections stand until the bound is reached or most of the time is spent. Phase 2
keeps what is missed and evens out section sizes and spaces labs. Whatever ends the search, the best
schedule found is returned, recounted from arrays.
"""

import random
import threading
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from echelon_desktop.solver.search import even, jit
from echelon_desktop.solver.search.chain import Chain, warmup
from echelon_desktop.solver.search.desk import Desk, Reporter
from echelon_desktop.solver.search.even import even_sections
from echelon_desktop.solver.search.found import Ended, Found, Improvement, Limits, Start
from echelon_desktop.solver.search.meet import meet_requests
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.shared import Best, Schedule, Shared
from echelon_desktop.solver.search.split import lab_pairs, seat_students, size_spread
from echelon_desktop.solver.search.start import place_sections
from echelon_desktop.solver.search.state import lay_out

__all__ = ["Ended", "Found", "Improvement", "Start", "search", "warm_up"]

_WARMUP_LOCK = threading.Lock()
_WARMUP: list[jit.Warmup] = []


def warm_up() -> jit.Warmup:
    """Start compiling the kernels in the background, once per process."""
    with _WARMUP_LOCK:
        if not _WARMUP:
            _WARMUP.append(warmup())
        return _WARMUP[0]


def search(
    problem: PlainProblem,
    *,
    seed: int = 1,
    workers: int = 1,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    heat: float = 1.0,
    lower_bound: Callable[[], int] = lambda: 0,
    start: Start | None = None,
    on_improved: Callable[[Improvement], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Found:
    """
    Search for a schedule that misses as few requests as possible, then for balance among those.

    Parameters
    ----------
    problem
        The plain school.
    seed
        Same seed, one worker and an iteration limit that ends the search give the same schedule on every
        machine.
    workers
        Chains, each in a thread of its own.
    time_limit_s
        Wall time for both phases; levelling sections may end up to half a second later.
    iterations
        Moves of phase 1 over all chains; phase 2 adds an eighth.
    heat
        What temperatures of phase 1 are multiplied by.
    lower_bound
        Weight that every schedule misses, as far as is known when asked; the search for requests ends when
        it is reached. Asked from the chains' threads.
    start
        A schedule to start from. Seats that it breaks rules with are given up.
    on_improved
        Called with progress from the calling thread, at most five times a second.
    should_stop
        Asked about twenty times a second from the calling thread; True ends the search with what it has.

    Returns
    -------
    Found
        The best schedule, or none when some teacher's sections cannot be placed at all.

    References
    ----------
    docs/decisions/0003-numba-and-its-cache.md, on running before anything is compiled.
    """
    began = time.perf_counter()
    limits = Limits(seed, max(1, workers), time_limit_s, iterations, lower_bound, heat)
    placed = place_sections(problem, random.Random(seed))
    if placed is None:
        return _nothing(problem)
    board = lay_out(problem)
    shared = Shared(problem, board, limits, warm_up(), began)
    chains = [Chain(board, seed * 1000 + k, shared.warmup) for k in range(limits.workers)]
    tell = None if on_improved is None else partial(_tell, shared, on_improved)
    desk = Desk(limits.workers, shared.stop, should_stop, Reporter(lambda: shared.best, tell))
    if time_limit_s is not None:
        shared.deadline_s = time_limit_s * (1 - even.share(time_limit_s))
    desk.in_threads(lambda k: meet_requests(shared, chains[k], k, placed, start if k == 0 else None))
    shared.deadline_s = time_limit_s
    desk.in_threads(lambda k: even_sections(shared, chains[k], k))
    compiled = any(chain.compiled for chain in chains)
    answers = [_recount(shared, schedule, compiled) for schedule in shared.candidates()]
    return min(answers, key=lambda found: _rank(problem, found))


def _tell(shared: Shared, on_improved: Callable[[Improvement], None], best: Best) -> None:
    found = partial(_recount, shared, best.schedule, compiled=False)
    on_improved(Improvement(best.missed, best.unmet, found))


def _rank(problem: PlainProblem, found: Found) -> tuple[int, ...]:
    """What is compared, most important first: missed, then the goals in their order."""
    figures = {"spread": found.size_spread, "labs": found.lab_pairs}
    return (found.missed_weight, *(figures[goal] for goal in problem.goals))


def _recount(shared: Shared, schedule: Schedule, compiled: bool) -> Found:
    """Seat students in sections and count everything anew."""
    problem = shared.problem
    section_slot, board_slot = schedule
    request_slot = np.full(problem.n_requests, -1, dtype=np.int64)
    request_slot[shared.board.order] = board_slot
    request_section = seat_students(problem, section_slot, request_slot)
    unmet = request_section < 0
    return Found(
        section_slot=section_slot,
        request_section=request_section,
        missed_weight=int(problem.request_weight[unmet].sum()),
        missed=int(np.count_nonzero(unmet)),
        size_spread=size_spread(problem, request_section),
        lab_pairs=lab_pairs(problem, section_slot),
        ended=_why(shared),
        moves=shared.moves,
        compiled=compiled,
    )


def _why(shared: Shared) -> Ended:
    if shared.stop.is_set():
        return Ended.STOPPED
    if shared.reached() and (
        shared.balanced or (shared.limits.time_s is None and shared.limits.moves is None)
    ):
        return Ended.BOUND
    return Ended.TIME if shared.limits.moves is None else Ended.ITERATIONS


def _nothing(problem: PlainProblem) -> Found:
    return Found(
        section_slot=None,
        request_section=None,
        missed_weight=int(problem.request_weight.sum()),
        missed=problem.n_requests,
        size_spread=0,
        lab_pairs=0,
        ended=Ended.NO_PLACEMENT,
        moves=0,
        compiled=False,
    )
