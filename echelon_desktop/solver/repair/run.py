"""
Repair from start to end: mend, seat who lost a seat, then anneal near the schedule started from.

Two annealings take turns. The first weighs an unmet request against a number of changes, fewer or more from
turn to turn, so that the search does not wander off; the second holds what was reached before the changes
and brings sections and seats back home. What is kept is compared level by level as always.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from echelon_desktop.solver.deltas.desk import lay_out
from echelon_desktop.solver.deltas.layout import COUNTED, HOMING
from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.problem import GoalKind, Problem, Solution
from echelon_desktop.solver.repair.climb import ANNEAL, RETURN, SETTLE, climb
from echelon_desktop.solver.repair.mend import changes_goal, mend
from echelon_desktop.solver.search import jit
from echelon_desktop.solver.search.desk import REPORT_S, Desk
from echelon_desktop.solver.search.found import Ended
from echelon_desktop.solver.search.pace import Pace
from echelon_desktop.solver.search.state import RNG, seed_words

UNIT = 24_000
"""Energy of an unmet request."""
CHANGE = 400
"""Energy of a change while homing."""
HARD = 1 << 30
RATIOS = (400, 4000, 60)
"""Changes that an unmet request is worth while it is annealed, turn by turn."""
HOT, COLD = 0.8 * UNIT, 0.15 * UNIT
HOMING_HOT, HOMING_COLD = 1.2 * CHANGE, 0.1 * CHANGE
HOMING_SHARE = 0.35
"""Of a turn, for bringing home."""
TURNS = 6
LONGEST_S = 10.0

_WARMUP_LOCK = threading.Lock()
_WARMUP: list[jit.Warmup] = []


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair ended with; no solution when nothing keeps the hard rules."""

    solution: Solution | None
    moves: int
    ended: Ended


@dataclass(frozen=True, slots=True)
class Stage:
    """One annealing: weights by level (0 the hard one), temperatures, and its share of all the work."""

    weights: tuple[int, ...]
    hot: float
    cold: float
    share: float
    homing: bool


def warm_up() -> jit.Warmup:
    """Start compiling the kernels in the background, once per process."""
    with _WARMUP_LOCK:
        if not _WARMUP:
            _WARMUP.append(jit.Warmup({climb: _compile}))
        return _WARMUP[0]


def _compile() -> None:
    from echelon_desktop.solver.general.smallest import smallest_problem

    nothing = np.zeros(1, np.int32)
    desk = lay_out(smallest_problem(), Solution(nothing, nothing))
    jit.compiled(climb)(jit.record(desk.at), desk.data.copy(), np.ones(2), ANNEAL, 0)


def repair(
    problem: Problem,
    *,
    seed: int = 1,
    workers: int = 1,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    certain: Callable[[tuple[int, ...]], tuple[int, ...]] = lambda values: (0,) * len(values),
    start: Solution | None = None,
    on_improved: Callable[[Solution, tuple[int, ...]], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Repaired:
    """
    Look for a schedule near the one that changes are counted against.

    Parameters
    ----------
    problem
        Any problem with a goal of few changes.
    seed, workers
        Same seed, one worker and an iteration limit give the same schedule.
    time_limit_s, iterations
        Wall time, moves in all; one of them at least.
    certain
        Bounds of the levels for a schedule's values; the repair ends when they are reached.
    start
        Another schedule to start from; else the one of before is mended.
    on_improved
        Told now and then, from the calling thread.
    should_stop
        Asked about twenty times a second from the calling thread.

    Raises
    ------
    ValueError
        If changes do not count in the problem.
    """
    goal = changes_goal(problem)
    if goal is None:
        raise ValueError("changes do not count in this problem")
    began = time.perf_counter()
    mended = mend(problem, goal) if start is None else start
    if mended is None:
        return Repaired(None, 0, Ended.NO_PLACEMENT)
    shared = _Shared(problem, certain)
    deadline = None if time_limit_s is None else began + time_limit_s
    chains = [_Chain(problem, mended, 1000 * seed + k, shared, deadline) for k in range(max(1, workers))]
    reporter = _Reporter(shared, on_improved)
    desk = Desk(len(chains), shared.stop, should_stop, reporter.report)
    budget = None if iterations is None else max(1, iterations // len(chains))
    desk.in_threads(lambda k: chains[k].run(budget))
    if shared.stop.is_set():
        ended = Ended.BOUND if shared.reached else Ended.STOPPED
    else:
        ended = Ended.TIME if iterations is None else Ended.ITERATIONS
    return Repaired(shared.best, sum(chain.moves for chain in chains), ended)


class _Shared:
    """The best schedule of all chains."""

    def __init__(self, problem: Problem, certain: Callable[[tuple[int, ...]], tuple[int, ...]]) -> None:
        self.problem, self.certain = problem, certain
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.best: Solution | None = None
        self.values: tuple[int, ...] = ()
        self.reached = False

    def offer(self, solution: Solution) -> None:
        """Take a schedule if it keeps the hard rules and is better than the best."""
        problem = self.problem
        lost = (problem.request_pin >= 0) & (solution.seat != problem.request_pin)
        hard = (goal for goal in problem.goals if goal.level == 0)
        if lost.any() or any(goal_count(problem, goal, solution) for goal in hard):
            return
        values = level_values(problem, solution)
        with self.lock:
            if self.best is None or values < self.values:
                self.best, self.values = solution, values
                if values <= self.certain(values):
                    self.reached = True
                    self.stop.set()


class _Reporter:
    def __init__(
        self, shared: _Shared, on_improved: Callable[[Solution, tuple[int, ...]], None] | None
    ) -> None:
        self.shared, self.on_improved = shared, on_improved
        self.told: Solution | None = None
        self.told_at = -REPORT_S

    def report(self, last: bool) -> None:
        best, now = self.shared.best, time.perf_counter()
        if self.on_improved is None or best is None or best is self.told:
            return
        if last or now - self.told_at >= REPORT_S:
            self.told, self.told_at = best, now
            self.on_improved(best, self.shared.values)


class _Chain:
    def __init__(
        self, problem: Problem, solution: Solution, seed: int, shared: _Shared, deadline: float | None
    ) -> None:
        self.problem, self.shared, self.deadline = problem, shared, deadline
        self.warmup, self.compiled = warm_up(), False
        self.words = seed_words(seed)
        self.moves, self.started = 0, time.perf_counter()
        self.heat: Any = [1.0, 1.0]
        self.begin(solution)

    def begin(self, solution: Solution) -> None:
        desk = lay_out(self.problem, solution)
        self.at, self.record = desk.at, jit.record(desk.at)
        desk.data[RNG : RNG + 4] = self.words
        self.data: Any = desk.data if self.compiled else desk.data.tolist()

    def run(self, budget: int | None) -> None:
        self.call(SETTLE, 0)
        self.offer()
        for stage in _stages(self.problem):
            if self.over() or (budget is not None and self.moves >= budget):
                return
            self.data[self.at.weight : self.at.weight + self.at.n_levels] = _like(self.data, stage.weights)
            self.data[HOMING] = stage.homing
            if budget is None:
                self.by_time(stage)
            else:
                self.by_moves(stage, budget)
            self.call(RETURN, 0)
            self.offer()

    def by_time(self, stage: Stage) -> None:
        begun, pace = time.perf_counter(), Pace(self.warmup)
        whole = LONGEST_S * TURNS if self.deadline is None else self.deadline - self.started
        length = stage.share * min(LONGEST_S * TURNS, whole)
        while not self.over():
            share = (time.perf_counter() - begun) / length
            if share >= 1:
                return
            self.heat[0], self.heat[1] = stage.hot * (stage.cold / stage.hot) ** share, 1.0
            self.moves += pace.run(self.anneal)
            pace.give_way(self.compiled)

    def by_moves(self, stage: Stage, budget: int) -> None:
        pace, todo = Pace(self.warmup), max(1, min(int(stage.share * budget), budget - self.moves))
        self.heat[0], self.heat[1] = stage.hot, (stage.cold / stage.hot) ** (1 / todo)
        while todo > 0 and not self.over():
            done = pace.run(self.anneal, todo)
            todo -= done
            self.moves += done
            pace.give_way(self.compiled)

    def anneal(self, moves: int) -> int:
        self.call(ANNEAL, moves)
        return moves

    def offer(self) -> None:
        """Tell the others of the best, and go on from theirs where it is better."""
        choice = self.part(self.at.best_choice, self.at.n_sections)
        seat = self.part(self.at.best_seat, self.at.n_requests)
        mine = Solution(choice, seat)
        self.shared.offer(mine)
        with self.shared.lock:
            best = self.shared.best
        if best is not None and best is not mine:
            self.words = [int(word) for word in self.data[RNG : RNG + 4]]
            self.begin(best)

    def over(self) -> bool:
        late = self.deadline is not None and time.perf_counter() >= self.deadline
        return late or self.shared.stop.is_set()

    def part(self, first: int, n: int) -> Any:
        return np.array(self.data[first : first + n], np.int32)

    def call(self, job: int, n: int) -> None:
        if not self.compiled and self.warmup.ready(climb):
            self.compiled = True
            self.data, self.heat = np.array(self.data, np.int64), np.array(self.heat)
        if self.compiled:
            jit.compiled(climb)(self.record, self.data, self.heat, job, n)
        else:
            climb(self.at, self.data, self.heat, job, n)


def _like(data: Any, values: tuple[int, ...]) -> Any:
    return list(values) if isinstance(data, list) else np.array(values, np.int64)


def _stages(problem: Problem) -> Iterator[Stage]:
    """The turns of a repair, without end."""
    for ratio in cycle(RATIOS):
        share = 1 / TURNS
        yield Stage(_weights(problem, ratio), HOT, COLD, share * (1 - HOMING_SHARE), False)
        yield Stage(_weights(problem, None), HOMING_HOT, HOMING_COLD, share * HOMING_SHARE, True)


def _weights(problem: Problem, ratio: int | None) -> tuple[int, ...]:
    """
    Energy of a unit at each level, the hard one first.

    With a ratio, an unmet request weighs as much as so many changes, and one of a higher rank more; without,
    nothing before the changes may get worse. What comes after the changes weighs next to nothing.
    """
    weights, kinds = [HARD], [[problem.goals[g] for g in level.goals] for level in problem.levels()]
    at = next(i for i, goals in enumerate(kinds) if any(g.kind is GoalKind.CHANGES for g in goals))
    change = UNIT // ratio if ratio else CHANGE
    unmet = [i for i, level in enumerate(problem.levels()) if level.rank is not None]
    for i, goals in enumerate(kinds):
        heaviest = max(goal.weight for goal in goals)
        if any(goal.kind not in COUNTED for goal in goals) and i != at:
            weights.append(0)
        elif i < at:
            rank = 3 ** (len(unmet) - 1 - unmet.index(i)) if i in unmet else 1
            weights.append(max(1, UNIT * rank // heaviest) * (1 if ratio else 1000))
        elif i == at:
            weights.append(max(1, change // heaviest))
        elif i in unmet:  # the rules put changes first
            weights.append(max(1, change // (4 * heaviest)))
        else:
            weights.append(1)
    return tuple(weights)
