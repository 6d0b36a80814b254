"""Solves a problem with CP-SAT, level by level."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, inf

from ortools.sat.python import cp_model

from echelon_desktop.errors import ScheduleError
from echelon_desktop.solver.cpsat.costs import forbid_hard_costs, level_cost, unmet_requests
from echelon_desktop.solver.cpsat.model import Linear, SchoolModel
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import GoalKind, Level, Problem, Solution
from echelon_desktop.solver.result import LevelFigure, Progress, Status, StopReason

METHOD = "cp-sat"
# Of the time left, so much is at most spent on a level while others follow: a level whose bound will not
# close must not starve those after it.
LEVEL_SHARE = 0.7
POLL_S = 0.05
PROGRESS_S = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """
    When to stop, and with what means.

    Parameters
    ----------
    time_limit_s
        Seconds of wall time in all.
    deterministic_limit
        Limit in OR-Tools' deterministic seconds, which do not depend on the machine's load.
    seed, workers
        Of CP-SAT. One worker with the same seed, start and deterministic limit gives the same schedule.
    should_stop
        Asked every 50 ms, from another thread.
    """

    time_limit_s: float = inf
    deterministic_limit: float = inf
    seed: int = 1
    workers: int = 1
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class CpOutcome:
    """
    What CP-SAT came to.

    Parameters
    ----------
    status
        OPTIMAL when every level is proven, given those before it; INFEASIBLE when no schedule keeps the hard
        rules.
    stop_reason
        PROVED, TIME, ITERATIONS (the deterministic limit) or STOPPED.
    solution
        The best found, None without one.
    levels
        Value and bound of each level, those of the solution; empty without one. The bound of a level holds
        for the values of the levels before it.
    """

    status: Status
    stop_reason: StopReason
    solution: Solution | None
    levels: tuple[LevelFigure, ...]


def solve_cpsat(
    problem: Problem,
    limits: Limits,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    start: Solution | None = None,
    merge: bool = True,
) -> CpOutcome:
    """
    Minimise the levels of a problem in their order.

    Parameters
    ----------
    problem
        What is solved; every primitive and goal is supported.
    limits
        When to stop.
    on_progress
        Told of better schedules, a few times a second, from a thread of CP-SAT.
    start
        A schedule that keeps the hard rules; the outcome is never worse.
    merge
        Whether students of equal requests are solved together.
    """
    return _Solve(problem, limits, on_progress, start, merge).run()


def minimise_unmet(problem: Problem, limits: Limits) -> tuple[int | None, int]:
    """
    Least number of unmet requests, of all ranks together.

    Returns
    -------
    tuple
        The fewest found (None: nothing found), and how many stay unmet at least. Where no schedule keeps the
        hard rules: None and the number of requests.
    """
    school = SchoolModel(problem)
    forbid_hard_costs(school)
    school.model.minimize(unmet_requests(school, None))
    solver = cp_model.CpSolver()
    status = _solve(solver, school.model, limits, None)
    if status == cp_model.INFEASIBLE:
        return None, problem.n_requests
    value = None if status == cp_model.UNKNOWN else round(solver.objective_value)
    return value, _bound(solver)


class _Solve:
    """One call of :func:`solve_cpsat`."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        on_progress: Callable[[Progress], None],
        start: Solution | None,
        merge: bool,
    ) -> None:
        self.problem, self.limits, self.on_progress = problem, limits, on_progress
        self.started = time.monotonic()
        self.deterministic_used = 0.0
        self.levels = problem.levels()
        self.school = SchoolModel(problem, merge)
        self.unmet = unmet_requests(self.school, None)
        self.best = start
        self.values = () if start is None else level_values(problem, start)
        self.bounds = [_constant_cost(problem, level) for level in self.levels]

    def run(self) -> CpOutcome:
        forbid_hard_costs(self.school)
        costs: list[Linear] = []
        for number, level in enumerate(self.levels):
            costs.append(level_cost(self.school, level))
            if self.best is None or self.values[number] > self.bounds[number]:
                status = self._minimise(number, costs[-1])
                if status == cp_model.INFEASIBLE:
                    if number:
                        raise ScheduleError("The schedule to start from breaks a hard rule.")
                    return CpOutcome(Status.INFEASIBLE, StopReason.PROVED, None, ())
                if self.best is None:
                    return CpOutcome(Status.NOTHING_FOUND, self._reason(), None, ())
            for cost, value in zip(costs, self.values, strict=False):
                self.school.model.add(cost <= value)
        assert self.best is not None
        figures = tuple(
            LevelFigure(level.name, value, min(bound, value))
            for level, value, bound in zip(self.levels, self.values, self.bounds, strict=True)
        )
        if all(figure.proven for figure in figures):
            return CpOutcome(Status.OPTIMAL, StopReason.PROVED, self.best, figures)
        return CpOutcome(Status.FEASIBLE, self._reason(), self.best, figures)

    def _minimise(self, number: int, cost: Linear) -> cp_model.CpSolverStatus:
        """Minimise a level in its share of the time; in all of it while there is no schedule at all."""
        self.school.model.minimize(cost)
        share = LEVEL_SHARE if number + 1 < len(self.levels) else 1.0
        status = self._attempt(number, share)
        return self._attempt(number, 1.0) if self.best is None and status == cp_model.UNKNOWN else status

    def _attempt(self, number: int, share: float) -> cp_model.CpSolverStatus:
        limits = replace(
            self.limits,
            time_limit_s=share * self._time_left_s(),
            deterministic_limit=share * (self.limits.deterministic_limit - self.deterministic_used),
        )
        if limits.time_limit_s <= 0 or limits.deterministic_limit <= 0 or limits.should_stop():
            return cp_model.UNKNOWN
        if self.best is not None:
            self.school.hint(self.best)
        solver = cp_model.CpSolver()
        status = _solve(solver, self.school.model, limits, _Teller(self))
        self.deterministic_used += solver.deterministic_time
        if status != cp_model.INFEASIBLE:
            self.bounds[number] = max(self.bounds[number], _bound(solver))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found = self.school.read(solver)
            values = level_values(self.problem, found)
            # A hint is not always taken up, so what comes back may be worse than what was there.
            if self.best is None or values < self.values:
                self.best, self.values = found, values
        return status

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.monotonic() - self.started

    def _time_left_s(self) -> float:
        return self.limits.time_limit_s - self.seconds

    def _reason(self) -> StopReason:
        if self.limits.should_stop():
            return StopReason.STOPPED
        spent = self.deterministic_used / self.limits.deterministic_limit
        return StopReason.ITERATIONS if spent > self.seconds / self.limits.time_limit_s else StopReason.TIME

    def unmet_bound(self) -> int:
        """Requests that stay unmet at least, of all ranks."""
        bound = 0
        for level, least, value in zip(self.levels, self.bounds, self.values or self.bounds, strict=True):
            weight = sum(self.problem.goals[g].weight for g in level.goals)
            if level.rank is None:
                break
            bound += -(-least // weight)
            if least < value:
                break
        return bound


class _Teller(cp_model.CpSolverSolutionCallback):
    """Reports schedules as they are found, not more often than somebody can read."""

    def __init__(self, solve: _Solve) -> None:
        super().__init__()
        self._solve = solve
        self._told = -inf

    def on_solution_callback(self) -> None:
        """Report the schedule just found."""
        seconds = self._solve.seconds
        if seconds - self._told >= PROGRESS_S:
            self._told = seconds
            unmet = self.value(self._solve.unmet)
            self._solve.on_progress(Progress(seconds, METHOD, unmet, self._solve.unmet_bound()))


def _constant_cost(problem: Problem, level: Level) -> int:
    """What a level costs in any schedule."""
    goals = [problem.goals[g] for g in level.goals]
    return sum(goal.weight * int(goal.limits.sum()) for goal in goals if goal.kind is GoalKind.CONSTANT)


def _solve(
    solver: cp_model.CpSolver, model: cp_model.CpModel, limits: Limits, teller: _Teller | None
) -> cp_model.CpSolverStatus:
    """Solve within limits, stopping at once when asked to."""
    parameters = solver.parameters
    parameters.random_seed = limits.seed
    parameters.num_workers = limits.workers
    if limits.time_limit_s < inf:
        parameters.max_time_in_seconds = limits.time_limit_s
    if limits.deterministic_limit < inf:
        parameters.max_deterministic_time = limits.deterministic_limit
    done = threading.Event()

    def watch() -> None:
        # Asked again and again: a stop that comes before the search has begun is not heard.
        while not done.wait(POLL_S):
            if limits.should_stop():
                solver.stop_search()

    watcher = threading.Thread(target=watch, name="cp-sat watch", daemon=True)
    watcher.start()
    try:
        return solver.solve(model, teller)
    finally:
        done.set()
        watcher.join()


def _bound(solver: cp_model.CpSolver) -> int:
    # Costs are whole numbers of at least 0; the bound arrives as a float.
    return max(0, ceil(solver.best_objective_bound - 1e-6))
