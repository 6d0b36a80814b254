"""A solve under way in a thread of its own, so that reports go on and signals are heard meanwhile."""

import threading
from dataclasses import dataclass

from cloud_runner.wire.documents import MAX_POINTS, Point
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params, Progress, StopReason
from echelon_desktop.solver.solve import Run, solve_problem


@dataclass(frozen=True, slots=True)
class Look:
    """
    A look at a solve.

    Parameters
    ----------
    solution, values
        The best schedule that is known whole, and its figures; None before there is one.
    unmet
        Of the best of all, which may be a little ahead of it.
    seconds
        Of solving, in all attempts.
    """

    method: str
    seconds: float
    unmet: int | None
    bound: int
    solution: Solution | None
    values: tuple[int, ...]


class Solving:
    """
    Solves a problem in a thread.

    Parameters
    ----------
    problem, params
        What to solve, and how; the time limit is what is left of it.
    start
        What an earlier attempt, or the user, had; the result is never worse.
    spent_s, bound
        Seconds of solving in earlier attempts, and what they proved.
    """

    def __init__(
        self, problem: Problem, params: Params, start: Solution | None, spent_s: float = 0.0, bound: int = 0
    ) -> None:
        self.problem, self.params, self.start_from, self.spent_s = problem, params, start, spent_s
        values = () if start is None else level_values(problem, start)
        unmet = None if start is None else int((start.seat < 0).sum())
        self._look = Look("", spent_s, unmet, bound, start, values)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._run: Run | None = None
        self._error: BaseException | None = None
        # A daemon: a solver that does not hear must not keep the process from ending.
        self._thread = threading.Thread(target=self._solve, name="solve", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the solver to end with its best; it does so soon."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; whether it has come."""
        return self._ended.wait(seconds)

    def look(self) -> Look:
        """What is known now."""
        with self._lock:
            return self._look

    def run(self) -> Run:
        """What the solver came to, once it ended; raises what it raised."""
        if self._error is not None:
            raise self._error
        assert self._run is not None
        return self._run

    def is_complete(self) -> bool:
        """Whether the solver that ended has proven its result or used its time; raises what it raised."""
        result = self.run().result
        return result.stop_reason is StopReason.PROVED or result.seconds >= self.params.time_limit_s

    def _solve(self) -> None:
        try:
            self._run = solve_problem(
                self.problem,
                self.params,
                start=self.start_from,
                on_progress=self._on_progress,
                should_stop=self._stop.is_set,
            )
            self._take(self._run.result.solution)
        except BaseException as error:  # raised again in the thread that asks
            self._error = error
        self._ended.set()

    def _on_progress(self, progress: Progress) -> None:
        with self._lock:
            known = [n for n in (progress.unmet, self._look.unmet) if n is not None]
            self._look = Look(
                progress.method,
                self.spent_s + progress.seconds,
                min(known, default=None),
                max(progress.bound, self._look.bound),
                self._look.solution,
                self._look.values,
            )
        self._take(progress.solution)

    def _take(self, solution: Solution | None) -> None:
        """Keep a whole schedule if it is the best so far."""
        if solution is None:
            return
        values = level_values(self.problem, solution)
        with self._lock:
            look = self._look
            if look.solution is None or values < look.values:
                self._look = Look(look.method, look.seconds, look.unmet, look.bound, solution, values)


def thinned(points: list[Point]) -> tuple[Point, ...]:
    """A curve of at most MAX_POINTS points: the first, the last, and where it changed most recently."""
    changed = [
        point
        for i, point in enumerate(points)
        if i in (0, len(points) - 1)
        or (point.unmet, point.bound) != (points[i - 1].unmet, points[i - 1].bound)
    ]
    while len(changed) > MAX_POINTS:
        changed = changed[::2] + ([changed[-1]] if len(changed) % 2 == 0 else [])
    return tuple(changed)
