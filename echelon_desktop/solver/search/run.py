"""
The local search from start to end: chains in threads, first for requests, then for balance.

Phase 1 anneals over where sections stand until the bound is reached or most of the time is spent. Phase 2 keeps
what is missed and evens out section sizes and spaces labs. Whatever ends the search, the best schedule found is
returned, recounted from arrays.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.anneal import seek
from echelon_desktop.solver.search.chain import Chain, warmup
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.split import lab_pairs, seat_students, size_spread
from echelon_desktop.solver.search.start import place_sections
from echelon_desktop.solver.search.state import lay_out

POLL_S = 0.05
LEVEL_S = 0.5
REPORT_S = 0.2
HOT, COLD, REHEATED = 2.0, 0.5, 1.2
CYCLE_S = 15.0
CYCLE_MOVES = 1_500_000
BALANCE_SHARE = 0.1
BALANCE_HOT, BALANCE_COLD = 60.0, 1.0


class Ended(Enum):
    """Why a search ended."""

    BOUND = "every goal at its bound"
    TIME = "time limit"
    ITERATIONS = "iteration limit"
    STOPPED = "stopped"
    NO_PLACEMENT = "a teacher's sections do not fit into slots"


@dataclass(frozen=True, slots=True)
class Improvement:
    """Progress of a running search: weight and number of missed requests, and seconds since it began."""

    missed_weight: int
    missed: int
    elapsed_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """
    What a search ended with.

    ``section_slot`` and ``request_section`` (-1 unmet) are None when no placement of sections exists. The figures
    are recounted from them. ``moves`` counts both phases over all chains.
    """

    section_slot: NDArray[np.int64] | None
    request_section: NDArray[np.int32] | None
    missed_weight: int
    missed: int
    size_spread: int
    lab_pairs: int
    ended: Ended
    moves: int
    elapsed_s: float
    compiled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A schedule to start from: slot of each section, section of each request or -1."""

    section_slot: NDArray[np.int64]
    request_section: NDArray[np.int32]


_WARMUP_LOCK = threading.Lock()
_WARMUP: list[jit.Warmup] = []


def warm_up() -> jit.Warmup:
    """Start compiling the kernels in the background, once per process."""
    with _WARMUP_LOCK:
        if not _WARMUP:
            _WARMUP.append(warmup())
        return _WARMUP[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The best schedule so far, in the board's order of requests."""

    missed: int
    unmet: int
    section_slot: NDArray[np.int64]
    request_slot: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Limits:
    seed: int
    workers: int
    time_s: float | None
    moves: int | None
    target: int


def search(
    problem: PlainProblem,
    *,
    seed: int = 1,
    workers: int = 1,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    lower_bound: int = 0,
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
    lower_bound
        Weight that every schedule misses; the search for requests ends when it is reached.
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
    """
    limits = _Limits(seed, max(1, workers), time_limit_s, iterations, lower_bound)
    return _Search(problem, limits, start, on_improved, should_stop).run()


class _Search:
    def __init__(
        self,
        problem: PlainProblem,
        limits: _Limits,
        start: Start | None,
        on_improved: Callable[[Improvement], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self._began = time.perf_counter()
        self._problem = problem
        self._limits = limits
        self._start = start
        self._on_improved = on_improved
        self._should_stop = should_stop
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._best: _Best | None = None
        self._reported: _Best | None = None
        self._reported_at = -REPORT_S
        self._errors: list[BaseException] = []
        self._moves = 0
        self._candidates: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._balanced = False

    def run(self) -> Found:
        limits = self._limits
        placed = place_sections(self._problem, random.Random(limits.seed))
        if placed is None:
            return self._nothing()
        self._warmup = warm_up()
        self._board = board = lay_out(self._problem)
        self._chains = [Chain(board, limits.seed * 1000 + k, self._warmup) for k in range(limits.workers)]
        phase_1 = None if limits.time_s is None else limits.time_s * (1 - BALANCE_SHARE)
        self._deadline = phase_1
        self._in_threads(lambda k: self._meet(k, placed))
        self._deadline = limits.time_s
        self._in_threads(self._balance)
        return self._found()

    # Threads.

    def _in_threads(self, work: Callable[[int], None]) -> None:
        def guarded(k: int) -> None:
            try:
                work(k)
            except BaseException as error:
                self._errors.append(error)
                self._stop.set()

        threads = [
            threading.Thread(target=guarded, args=(k,), name=f"search {k}")
            for k in range(self._limits.workers)
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(POLL_S)
                    self._attend()
        except BaseException:
            # Raised by a callback (or Ctrl-C): no thread may outlive the search.
            self._stop.set()
            for thread in threads:
                thread.join()
            raise
        self._attend(last=True)
        if self._errors:
            raise self._errors[0]

    def _attend(self, *, last: bool = False) -> None:
        """What the calling thread does while chains run: report, and ask whether to stop."""
        if self._should_stop is not None and not self._stop.is_set() and self._should_stop():
            self._stop.set()
        best, now = self._best, self._elapsed()
        if self._on_improved is None or best is None or best is self._reported:
            return
        if last or now - self._reported_at >= REPORT_S:
            if self._reported is None or best.missed < self._reported.missed:
                self._on_improved(Improvement(best.missed, best.unmet, now))
                self._reported_at = now
            self._reported = best

    def _elapsed(self) -> float:
        return time.perf_counter() - self._began

    def _over(self) -> bool:
        return self._stop.is_set() or (self._deadline is not None and self._elapsed() >= self._deadline)

    # Phase 1: requests.

    def _meet(self, k: int, placed: list[int]) -> None:
        chain, limits = self._chains[k], self._limits
        chance = random.Random(f"{limits.seed}/{k}")
        if k == 0:
            self._begin(chain, placed)
        if limits.moves is None:
            self._improve_while_compiling(k, chain)
        budget = None if limits.moves is None else limits.moves // limits.workers
        cycle = 0
        while not self._over() and not self._reached() and (budget is None or budget > 0):
            if cycle == 0 and k == 0:
                hot = HOT if self._start is None else REHEATED
            elif cycle and (cycle + k) % limits.workers == 0 and (limits.workers > 1 or cycle % 2):
                self._take_best(chain)
                hot = REHEATED
            else:
                self._begin(chain, place_sections(self._problem, chance) or placed)
                hot = HOT
            if budget is None:
                self._cycle_timed(chain, hot)
            else:
                budget -= self._cycle_counted(chain, hot, min(budget, CYCLE_MOVES))
            cycle += 1

    def _begin(self, chain: Chain, placed: list[int]) -> None:
        """Start a chain from the caller's schedule, the first time, or from new places of sections."""
        start = self._start
        if start is None or self._best is not None:
            chain.begin(placed, None)
        else:
            section = start.request_section[self._board.order]
            seats = np.where(section >= 0, start.section_slot[section], -1)
            chain.begin(start.section_slot, seats)
        self._publish(chain)

    def _take_best(self, chain: Chain) -> None:
        with self._lock:
            best = self._best
        assert best is not None
        chain.begin(best.section_slot, best.request_slot)

    def _improve_while_compiling(self, k: int, chain: Chain) -> None:
        """Without a limit on moves, use the time at a low temperature; the compiler gets half of it."""
        pace = Pace(self._warmup)
        while not (self._warmup.ready(seek) or self._warmup.over or self._over() or self._reached()):
            if k == 0:
                moves = pace.run(lambda n: chain.anneal(n, COLD, 1.0, self._limits.target))
                self._publish(chain, moves)
            pace.give_way(compiled=False)

    def _cycle_timed(self, chain: Chain, hot: float) -> None:
        """One annealing by the clock: the temperature follows the share of the cycle that has passed."""
        pace = Pace(self._warmup)
        begin = self._elapsed()
        length = CYCLE_S
        if self._deadline is not None:
            left = self._deadline - begin
            length = left / max(1, round(left / CYCLE_S))
        while not self._over() and not self._reached():
            share = (self._elapsed() - begin) / length
            if share >= 1:
                break
            heat = hot * (COLD / hot) ** share
            moves = pace.run(partial(chain.anneal, temperature=heat, cooling=1.0, target=self._limits.target))
            self._publish(chain, moves)

    def _cycle_counted(self, chain: Chain, hot: float, moves: int) -> int:
        """One annealing by moves: the same whenever it runs and whatever else does."""
        cooling = (COLD / hot) ** (1 / moves)
        heat, done, pace = hot, 0, Pace(self._warmup)
        while done < moves and not self._over() and not self._reached():
            piece = partial(chain.anneal, temperature=heat, cooling=cooling, target=self._limits.target)
            n = pace.run(piece, moves - done)
            heat = chain.temperature
            done += n
            self._publish(chain, n)
            pace.give_way(chain.compiled)
        return max(done, 1)

    def _reached(self) -> bool:
        return self._best is not None and self._best.missed <= self._limits.target

    def _publish(self, chain: Chain, moves: int = 0) -> None:
        with self._lock:
            self._moves += moves
            if self._best is None or chain.best < self._best.missed:
                section_slot, request_slot = chain.schedule()
                hopeless = self._problem.n_requests - len(request_slot)
                unmet = int(np.count_nonzero(request_slot < 0)) + hopeless
                self._best = _Best(chain.best, unmet, section_slot, request_slot)

    # Phase 2: balance.

    def _balance(self, k: int) -> None:
        """Level sections, always; then anneal for balance with the time or moves that are left."""
        chain, limits = self._chains[k], self._limits
        if k and not chain.compiled:
            return
        self._take_best(chain)
        self._level(chain)
        if limits.moves is None:
            self._soften_timed(chain)
        else:
            self._soften_counted(chain, limits.moves // 8 // limits.workers)
        self._publish(chain)

    def _level(self, chain: Chain) -> None:
        n_students = self._problem.n_students
        step = n_students if chain.compiled else 50
        grace = self._elapsed() + LEVEL_S
        changed = 1
        while changed:
            changed = 0
            for first in range(0, n_students, max(1, step)):
                changed += chain.level(first, min(n_students, first + step))
                if self._over() and self._elapsed() > grace:
                    changed = 0
                    break
        chain.price_all()
        self._keep(chain)

    def _soften_timed(self, chain: Chain) -> None:
        begin, pace = self._elapsed(), Pace(self._warmup)
        if self._deadline is None:
            deadline = begin + max(1.0, BALANCE_SHARE * begin)
        else:
            deadline = self._deadline
        while not self._over() and not self._balanced and (now := self._elapsed()) < deadline:
            heat = BALANCE_HOT * (BALANCE_COLD / BALANCE_HOT) ** ((now - begin) / (deadline - begin))
            self._moves_done(pace.run(partial(chain.soften, temperature=heat, cooling=1.0)))
            pace.give_way(chain.compiled)
            self._balanced = self._balanced or self._at_its_least(chain)
        self._keep_best(chain)

    def _soften_counted(self, chain: Chain, steps: int) -> None:
        cooling = (BALANCE_COLD / BALANCE_HOT) ** (1 / max(1, steps))
        heat, done, pace = BALANCE_HOT, 0, Pace(self._warmup)
        while done < steps and not self._over():
            n = pace.run(partial(chain.soften, temperature=heat, cooling=cooling), steps - done)
            heat = chain.temperature
            done += n
            self._moves_done(n)
            pace.give_way(chain.compiled)
        self._keep_best(chain)

    def _moves_done(self, n: int) -> None:
        with self._lock:
            self._moves += n

    def _keep(self, chain: Chain) -> None:
        with self._lock:
            self._candidates.append(chain.schedule())
            self._balanced = self._balanced or self._at_its_least(chain)

    def _keep_best(self, chain: Chain) -> None:
        """Go back to the best of the annealing and level it once more."""
        chain.begin(*chain.schedule())
        self._level(chain)

    def _at_its_least(self, chain: Chain) -> bool:
        """Whether no schedule that meets the same number of requests of each course is balanced better."""
        section_slot, load, sections = chain.pools()
        if any(self._goals_of(0, lab_pairs(self._problem, section_slot))):
            return False
        enrolled, offered = load.sum(axis=1), sections.sum(axis=1)
        least = np.count_nonzero(enrolled[offered > 0] % offered[offered > 0])
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = load // sections, -(-load // sections)
        some = sections > 0
        largest = np.where(some, high, 0).max(axis=1, initial=0)
        smallest = np.where(some, low, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
        return int((largest - smallest)[offered > 0].sum()) <= least

    def _goals_of(self, spread: int, labs: int) -> tuple[int, ...]:
        figures = {"spread": spread, "labs": labs}
        return tuple(figures[goal] for goal in self._problem.goals)

    # The answer.

    def _found(self) -> Found:
        answers = [self._recount(*candidate) for candidate in self._candidates]
        best = min(answers, key=lambda a: (a.missed_weight, *self._goals_of(a.size_spread, a.lab_pairs)))
        return best

    def _recount(self, section_slot: NDArray[np.int64], board_slot: NDArray[np.int64]) -> Found:
        problem = self._problem
        request_slot = np.full(problem.n_requests, -1, dtype=np.int64)
        request_slot[self._board.order] = board_slot
        request_section = seat_students(problem, section_slot, request_slot)
        unmet = request_section < 0
        return Found(
            section_slot=section_slot,
            request_section=request_section,
            missed_weight=int(problem.request_weight[unmet].sum()),
            missed=int(np.count_nonzero(unmet)),
            size_spread=size_spread(problem, request_section),
            lab_pairs=lab_pairs(problem, section_slot),
            ended=self._why(),
            moves=self._moves,
            elapsed_s=self._elapsed(),
            compiled=any(chain.compiled for chain in self._chains),
        )

    def _why(self) -> Ended:
        if self._stop.is_set():
            return Ended.STOPPED
        if self._reached() and self._balanced:
            return Ended.BOUND
        if self._limits.time_s is not None and self._elapsed() >= self._limits.time_s:
            return Ended.TIME
        return Ended.BOUND if self._limits.moves is None else Ended.ITERATIONS

    def _nothing(self) -> Found:
        weight = int(self._problem.request_weight.sum())
        return Found(
            section_slot=None,
            request_section=None,
            missed_weight=weight,
            missed=self._problem.n_requests,
            size_spread=0,
            lab_pairs=0,
            ended=Ended.NO_PLACEMENT,
            moves=0,
            elapsed_s=self._elapsed(),
            compiled=False,
        )
