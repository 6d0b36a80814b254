"""
Solving a problem: which method runs, and what is proven.

It works on numbers alone and is what runs on another machine; ``solve_school`` is for a school.
"""

import itertools
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.solver.best import Best
from echelon_desktop.solver.bounds import Bound, improve_bounds
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.size import fits
from echelon_desktop.solver.cpsat.solve import AIM_BESIDE_SHARE, CpOutcome, solve_cpsat
from echelon_desktop.solver.general.found import Improved
from echelon_desktop.solver.general.run import search_general
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.repair.mend import changes_goal
from echelon_desktop.solver.repair.run import repair
from echelon_desktop.solver.result import Params, Progress, Result, Status, StopReason
from echelon_desktop.solver.search.adapter import plain_from, solution_from, start_from
from echelon_desktop.solver.search.found import Ended, Improvement
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import search
from echelon_desktop.solver.telling import Listener, Telling

LOCAL_SEARCH = "local search"
GENERAL_SEARCH = "general search"
REPAIR = "repair"
CP_SAT = "CP-SAT"
# Of the time, for CP-SAT on a small school that is not plain; most are proven at once. Of little time it has
# more, up to so many seconds.
FIRST_SHARE, MORE_SHARE, ENOUGH_S = 0.4, 0.95, 7.0
BETTER_SHARE = 0.1  # the same where a schedule is known already
# Of the time left, for the local search where CP-SAT may then prove the rest. Of little time it has more, up
# to so many seconds: it begins while its kernels are still being read.
SEARCH_SHARE, MORE_SEARCH_SHARE, ENOUGH_SEARCH_S = 0.3, 0.7, 2.0
GENERAL_SHARE = 0.6  # the same for the general search, where CP-SAT has tried before
BOUND_SHARE = 0.15  # of the time, at most, for the bound's own thread beside the search
BOUND_AFTER_S = 1.0  # many schools are solved by then
MEANWHILE_AFTER_S = 0.3  # the same for small ones, which CP-SAT alone then solves
RESCUE_S = 1.0  # after a stop, at most, to have a schedule at all
# Of the time left and in seconds, at most, to seat whom CP-SAT leaves out in the end though a seat is free.
FILL_SHARE, FILL_S = 0.1, 0.3

# Deterministic seconds for CP-SAT where an iteration limit asks for repeatable results: about as long as the
# local search takes for so many moves, but enough for the small schools that it proves at once.
WORK_OF_A_MOVE, LEAST_WORK, MOST_WORK = 1e-5, 3.0, 60.0

_REASONS = {
    Ended.BOUND: StopReason.PROVED,
    Ended.TIME: StopReason.TIME,
    Ended.ITERATIONS: StopReason.ITERATIONS,
    Ended.STOPPED: StopReason.STOPPED,
    Ended.NO_PLACEMENT: StopReason.PROVED,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What :func:`solve_problem` came to: the result, and the bound with its witnesses."""

    result: Result
    bound: Bound

    @property
    def certain(self) -> int:
        """Requests that certainly stay unmet, by whichever proof says most."""
        unmet = [figure for figure in self.result.levels if figure.name.startswith("unmet requests")]
        # Ranks are proven one after the other, each given the one before: only a single figure is a total.
        proven = unmet[0].bound or 0 if len(unmet) == 1 and unmet[0] is self.result.levels[0] else 0
        return max(self.bound.total, proven)


def solve_problem(
    problem: Problem,
    params: Params,
    *,
    start: Solution | None = None,
    known: Bound | None = None,
    on_progress: Listener = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Run:
    """
    Solve a problem: CP-SAT where it is small, a local search where it is not, bounds beside both.

    Parameters are those of :func:`solve_school`; ``known`` was proven of the same problem before. With an
    iteration limit and one worker nothing depends on the clock, unless the time limit ends it first.
    """
    return _Solve(problem, params, start, known, on_progress, should_stop).run()


class _Solve:
    """One call of :func:`solve_problem`."""

    def __init__(
        self,
        problem: Problem,
        params: Params,
        start: Solution | None,
        known: Bound | None,
        on_progress: Listener,
        should_stop: Callable[[], bool],
    ) -> None:
        self.problem, self.params = problem, params
        self.should_stop = should_stop
        self.telling = Telling(on_progress, lambda: self.best.bound.total)
        self.best = Best(problem)
        self.iterations = 0
        self.filled = False  # whether nobody the best leaves out could be seated without others
        self.best.keep(start)
        if known is not None:
            self.best.bound = known

    @property
    def left(self) -> float:
        return max(0.0, self.params.time_limit_s - self.telling.seconds)

    @property
    def moves_left(self) -> int | None:
        return None if self.params.iterations is None else max(0, self.params.iterations - self.iterations)

    def run(self) -> Run:
        run = self.solve()
        if run.result.status is Status.NOTHING_FOUND and run.result.stop_reason is StopReason.STOPPED:
            self.search_meanwhile(RESCUE_S, lambda: self.best.solution is not None)
            return self.result(StopReason.STOPPED)
        return run

    def solve(self) -> Run:
        plain, small = _plain(self.problem), fits(self.problem)
        if plain is None and small:  # most of these are proven at once
            outcome = self.cp_sat_first()
            if outcome.stop_reason in (StopReason.PROVED, StopReason.STOPPED):
                return self.result(outcome.stop_reason, outcome.status is Status.INFEASIBLE)
        seconds = self.left * (GENERAL_SHARE if small else 1.0)
        if plain is not None:
            if small:
                seconds = max(SEARCH_SHARE * self.left, min(MORE_SEARCH_SHARE * self.left, ENOUGH_SEARCH_S))
            stop_reason = self.local_search(plain, seconds)
        else:
            near = changes_goal(self.problem) is not None
            if near:
                stop_reason = self.repair(seconds)
            if not near or self.best.solution is None:
                stop_reason = self.general_search(min(seconds, self.left))
        if self.best.solution is None and stop_reason is StopReason.PROVED:  # no placement of sections
            return self.result(stop_reason, infeasible=True)
        if not small or self.proven or self.should_stop():
            return self.result(stop_reason)
        fill_s = min(FILL_SHARE * self.left, FILL_S)
        outcome = self.cp_sat(self.left - fill_s)
        if outcome.status is Status.INFEASIBLE:
            return self.result(StopReason.PROVED, infeasible=True)
        if not self.filled and not self.proven:
            if plain is not None:
                self.local_search(plain, fill_s)
            else:
                self.general_search(fill_s)
        return self.result(outcome.stop_reason)

    def cp_sat_first(self) -> CpOutcome:
        """CP-SAT first; without a schedule to start from, another core looks for one where there are more."""
        if self.best.solution is not None:
            return self.cp_sat(BETTER_SHARE * self.left)
        seconds = max(FIRST_SHARE * self.left, min(MORE_SHARE * self.left, ENOUGH_S))
        if self.params.workers == 1 or self.params.iterations is not None:
            return self.cp_sat(seconds)

        def search(ended: threading.Event) -> None:
            self.search_meanwhile(AIM_BESIDE_SHARE * seconds, ended.is_set)

        return self.cp_sat(seconds, self.beside(search, MEANWHILE_AFTER_S))

    def cp_sat(self, seconds: float, beside: AbstractContextManager[None] | None = None) -> CpOutcome:
        self.telling.methods.append(CP_SAT)
        limits = Limits(
            time_limit_s=seconds,
            deterministic_limit=_work(self.params.iterations),
            seed=self.params.seed,
            workers=self.params.workers,
            should_stop=self.should_stop,
        )

        def tell(progress: Progress) -> None:
            self.telling.tell(progress.unmet, progress.bound)

        with beside or nullcontext():
            outcome = solve_cpsat(
                self.problem,
                limits,
                on_progress=tell,
                start=self.best.solution,
                meanwhile=None if beside is None else lambda: self.best.solution,
                bound=self.best.bound,
            )
        if self.best.keep(outcome.solution):
            self.filled = False
        self.best.prove(outcome.levels)
        return outcome

    def local_search(self, plain: PlainProblem, seconds: float) -> StopReason:
        self.telling.methods.append(LOCAL_SEARCH)
        with self.beside(self.raise_bound, BOUND_AFTER_S):
            found = search(
                plain,
                seed=self.params.seed,
                workers=self.params.workers,
                time_limit_s=seconds,
                iterations=self.moves_left,
                heat=self.params.heat,
                lower_bound=lambda: self.best.bound.total,
                start=None if self.best.solution is None else start_from(self.problem, self.best.solution),
                on_improved=self.on_improved,
                should_stop=self.should_stop,
            )
        self.iterations += found.moves
        if self.best.keep(solution_from(self.problem, found)):
            self.filled = True
        return _REASONS[found.ended]

    def repair(self, seconds: float) -> StopReason:
        """Look for a schedule near the one that changes are counted against."""
        self.telling.methods.append(REPAIR)
        with self.beside(self.raise_bound, BOUND_AFTER_S):
            found = repair(
                self.problem,
                seed=self.params.seed,
                workers=self.params.workers,
                time_limit_s=seconds,
                iterations=self.params.iterations,
                certain=self.best.certain,
                on_improved=lambda best, _: self.telling.whole(int((best.seat < 0).sum()), lambda: best),
                should_stop=self.should_stop,
            )
        self.iterations += found.moves
        if self.best.keep(found.solution):
            self.filled = True
        return _REASONS[found.ended]

    def general_search(self, seconds: float) -> StopReason:
        """Search over all that the problem says."""
        self.telling.methods.append(GENERAL_SEARCH)
        with self.beside(self.raise_bound, BOUND_AFTER_S):
            found = search_general(
                self.problem,
                seed=self.params.seed,
                workers=self.params.workers,
                time_limit_s=seconds,
                iterations=self.moves_left,
                heat=self.params.heat,
                certain=self.best.certain,
                start=self.best.solution,
                on_improved=lambda improved: self.telling.whole(improved.unmet, lambda: improved.solution),
                should_stop=self.should_stop,
            )
        self.iterations += found.moves
        if self.best.keep(found.solution):
            self.filled = True
        return _REASONS[found.ended]

    def search_meanwhile(self, seconds: float, should_stop: Callable[[], bool]) -> None:
        """
        Find a schedule while CP-SAT asks whether all bounds can be met, or was stopped at that.

        A stop then has one to keep, and CP-SAT one to start from where it has to better it step by step.
        """

        def keep(improved: Improved) -> None:
            self.best.keep(improved.solution)
            self.telling.whole(improved.unmet, lambda: improved.solution)

        found = search_general(
            self.problem,
            seed=self.params.seed,
            workers=max(1, self.params.workers - 1),
            time_limit_s=seconds,
            heat=self.params.heat,
            certain=self.best.certain,
            on_improved=keep,
            should_stop=should_stop,
        )
        self.iterations += found.moves
        self.best.keep(found.solution)

    @contextmanager
    def beside(self, work: Callable[[threading.Event], None], after_s: float) -> Iterator[None]:
        """Do something else as well, where this takes so long; the event tells it to end."""
        ended = threading.Event()

        def begin() -> None:
            if not ended.wait(after_s):
                work(ended)

        beside = threading.Thread(target=begin, name=work.__name__, daemon=True)
        if self.params.iterations is None:  # else the clock would say what it comes to in time
            beside.start()
        try:
            yield
        finally:
            ended.set()
            if beside.ident is not None:
                beside.join()

    def raise_bound(self, ended: threading.Event) -> None:
        """Look for what certainly stays unmet, on a share of the time, while the search runs."""

        def over() -> bool:
            return ended.is_set() or (
                self.telling.unmet is not None and self.telling.unmet <= self.best.bound.total
            )

        def take(bound: Bound) -> None:
            self.best.bound = bound
            self.telling.tell(self.telling.unmet, bound.total)

        improve_bounds(
            self.problem,
            None,
            self.best.bound,
            time_limit_s=BOUND_SHARE * self.left,
            should_stop=over,
            on_bound=take,
        )

    def on_improved(self, improved: Improvement) -> None:
        self.telling.whole(improved.missed, lambda: solution_from(self.problem, improved.found()))

    @property
    def proven(self) -> bool:
        levels = self.best.levels()
        return bool(levels) and all(level.proven for level in levels)

    def result(self, stop_reason: StopReason, infeasible: bool = False) -> Run:
        levels = self.best.levels()
        sure = list(itertools.takewhile(lambda figure: figure.proven, levels))
        if infeasible:
            status, stop_reason = Status.INFEASIBLE, StopReason.PROVED
        elif self.best.solution is None:
            status = Status.NOTHING_FOUND
        elif len(sure) == len(levels):
            status, stop_reason = Status.OPTIMAL, StopReason.PROVED
        else:
            status = Status.FEASIBLE
            if stop_reason is StopReason.PROVED:  # of the method's own goals, and not of every level
                stop_reason = StopReason.STALLED
        result = Result(
            status=status,
            stop_reason=stop_reason,
            solution=self.best.solution,
            levels=levels,
            proven=sure[-1].name if sure else "",
            conflict=(),
            method=", then ".join(self.telling.methods),
            seed=self.params.seed,
            seconds=self.telling.seconds,
            iterations=self.iterations,
        )
        return Run(result, self.best.bound)


def _work(iterations: int | None) -> float:
    """CP-SAT's deterministic limit."""
    if iterations is None:
        return math.inf
    return min(MOST_WORK, max(LEAST_WORK, WORK_OF_A_MOVE * iterations))


def _plain(problem: Problem) -> PlainProblem | None:
    try:
        return plain_from(problem)
    except UnsupportedError:
        return None
