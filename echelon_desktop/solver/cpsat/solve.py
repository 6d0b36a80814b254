"""Solves a problem with CP-SAT, level by level."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf

from ortools.sat.python import cp_model

from echelon_desktop.errors import ScheduleError
from echelon_desktop.solver.bounds.bound import Bound
from echelon_desktop.solver.bounds.flow import flow_bound
from echelon_desktop.solver.bounds.levels import level_bounds
from echelon_desktop.solver.cpsat.costs import forbid_hard_costs, level_cost, unmet_requests
from echelon_desktop.solver.cpsat.model import Linear, SchoolModel
from echelon_desktop.solver.cpsat.run import Limits, least_cost, new_solver, run_solver
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import LevelFigure, Progress, Status, StopReason

METHOD = "cp-sat"
# Of the time left, so much is at most spent on a level while others follow: a level whose bound will not
# close must not starve those after it.
LEVEL_SHARE = 0.7
AIM_SHARE = 0.6  # of the time left, for finding at one stroke what is certainly the best
AIM_BESIDE_SHARE = 0.8  # the same while somebody else looks for a first schedule
AIM_ALONE_S = 6.0  # at most while nobody else looks for a schedule: a stop would keep nothing
# With the linear relaxation and without: what one finds in a second, the other may not find in twenty.
AIM_STRATEGIES = ("default_lp", "no_lp")
AIM_WORK = 20.0  # deterministic seconds; what has not been found by then is found sooner step by step
PROGRESS_S = 0.2


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
    meanwhile: Callable[[], Solution | None] | None = None,
    bound: Bound | None = None,
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
    meanwhile
        Asked once, when the certain bounds could not be met at a stroke: such a schedule if somebody else has
        found one by then. It takes the place of a worse start. None where nobody looks for one.
    bound
        On unmet requests, where a better one is known than that of ``flow_bound``.
    merge
        Whether students of equal requests, and equal sections of a teacher, are solved together.

    Raises
    ------
    ScheduleError
        If it turns out that the start breaks a hard rule.
    """
    bound = bound or flow_bound(problem)
    return _Solve(problem, limits, on_progress, start, meanwhile, bound, merge).run()


class _Solve:
    """One call of :func:`solve_cpsat`."""

    def __init__(
        self,
        problem: Problem,
        limits: Limits,
        on_progress: Callable[[Progress], None],
        start: Solution | None,
        meanwhile: Callable[[], Solution | None] | None,
        bound: Bound,
        merge: bool,
    ) -> None:
        self.problem, self.limits, self.on_progress = problem, limits, on_progress
        self.meanwhile = meanwhile
        self.started = time.monotonic()
        self.deterministic_used = 0.0
        self.levels = problem.levels()
        self.school = SchoolModel(problem, merge)
        self.unmet = unmet_requests(self.school, None)
        self.best: Solution | None = None
        self.values: tuple[int, ...] = ()
        self._keep(start)
        self.unmet_bound = bound
        self.bounds = [0] * len(self.levels)  # proven by CP-SAT
        self.missed: tuple[int, ...] = ()  # the last aim that was not reached
        self.counted: dict[tuple[int, ...], tuple[int, ...]] = {}

    def run(self) -> CpOutcome:
        forbid_hard_costs(self.school)
        costs = [level_cost(self.school, level) for level in self.levels]
        for number in range(len(self.levels)):
            if self.best is not None and self._over():
                break
            status = self._aim(number, costs)
            if number == 0 and self.meanwhile is not None and not self._proven(number):
                self._keep(self.meanwhile())
            if not self._proven(number):
                status = self._minimise(number, costs[number])
            if self.best is None:
                if status == cp_model.INFEASIBLE:
                    return CpOutcome(Status.INFEASIBLE, StopReason.PROVED, None, ())
                return CpOutcome(Status.NOTHING_FOUND, self._reason(), None, ())
            for cost, value in zip(costs[: number + 1], self.values, strict=False):
                self.school.model.add(cost <= value)
        return self._outcome()

    def _outcome(self) -> CpOutcome:
        figures = tuple(
            LevelFigure(level.name, value, bound)
            for level, value, bound in zip(self.levels, self.values, self._certain(self.values), strict=True)
        )
        if all(figure.proven for figure in figures):
            return CpOutcome(Status.OPTIMAL, StopReason.PROVED, self.best, figures)
        return CpOutcome(Status.FEASIBLE, self._reason(), self.best, figures)

    def _certain(self, values: Sequence[int]) -> list[int]:
        """What each level costs at least when those before it cost so much; as expected from there on."""
        certain: list[int] = []
        for number in range(len(self.levels)):
            before = [*values[:number], *certain[len(values) : number]]
            expected = [*before, *[0] * (len(self.levels) - number)]
            certain.append(max(self.bounds[number], self._counted(expected)[number]))
        return certain

    def _counted(self, values: Sequence[int]) -> tuple[int, ...]:
        """``level_bounds``, which depend on the figures of unmet requests alone; of these there are few."""
        unmet = tuple(
            value for value, level in zip(values, self.levels, strict=True) if level.rank is not None
        )
        if unmet not in self.counted:
            self.counted[unmet] = level_bounds(self.problem, self.unmet_bound, values)
        return self.counted[unmet]

    def _proven(self, number: int) -> bool:
        return self.best is not None and self.values[number] <= self._certain(self.values)[number]

    def _aim(self, number: int, costs: Sequence[Linear]) -> cp_model.CpSolverStatus:
        """
        Look for a schedule that costs no more than what is certain, at this level and at all after it.

        Where there is one, as in many schools, it is found much faster than by one improvement after another.
        """
        aims = (*self.values[:number], *self._certain(self.values[:number])[number:])
        if aims == self.values:
            return cp_model.OPTIMAL
        if aims == self.missed:
            return cp_model.UNKNOWN
        self._hint()
        model = self.school.model.clone()
        model.clear_objective()  # type: ignore[no-untyped-call]
        for cost, aim in zip(costs[number:], aims[number:], strict=True):
            model.add(cost <= aim)
        share = AIM_SHARE
        if self.best is None and self.meanwhile is not None:
            share = AIM_BESIDE_SHARE
        elif self.best is None and self.limits.deterministic_limit == inf:
            share = min(share, AIM_ALONE_S / max(AIM_ALONE_S, self._time_left_s()))
        status, _ = self._attempt(model, share, workers=1, work=AIM_WORK, strategies=AIM_STRATEGIES)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.missed = aims
        return status

    def _minimise(self, number: int, cost: Linear) -> cp_model.CpSolverStatus:
        """Minimise a level in its share of the time; in all of it while there is no schedule at all."""
        self._hint()
        self.school.model.minimize(cost)
        status = cp_model.UNKNOWN
        for share in (LEVEL_SHARE if number + 1 < len(self.levels) else 1.0, 1.0):
            status, least = self._attempt(self.school.model, share, self.limits.workers)
            self.bounds[number] = max(self.bounds[number], least)
            if status == cp_model.INFEASIBLE and self.best is not None:
                raise ScheduleError("The schedule to start from breaks a hard rule.")
            if self.best is not None or status == cp_model.INFEASIBLE:
                break
        return status

    def _hint(self) -> None:
        if self.best is not None:
            self.school.hint(self.best)

    def _attempt(
        self,
        model: cp_model.CpModel,
        share: float,
        workers: int,
        work: float = inf,
        strategies: Sequence[str] = (),
    ) -> tuple[cp_model.CpSolverStatus, int]:
        """
        Run CP-SAT with a share of what time is left; keep what is better; status and bound.

        ``strategies`` of its own, where some are named, take turns instead of the usual ones.
        """
        by_work = self.limits.deterministic_limit < inf  # then the clock must not decide what is tried next
        limits = replace(
            self.limits,
            workers=workers,
            time_limit_s=(1.0 if by_work else share) * self._time_left_s(),
            deterministic_limit=min(work, share * self._work_left()),
        )
        if self._over() or limits.time_limit_s <= 0:
            return cp_model.UNKNOWN, 0
        solver = new_solver()
        solver.parameters.interleave_search = bool(strategies)
        solver.parameters.subsolvers.extend(strategies)
        status = run_solver(solver, model, limits, _Teller(self))
        self.deterministic_used += solver.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            # A hint is not always taken up, so what comes back may be worse than what was there.
            self._keep(self.school.read(solver))
        return status, 0 if status == cp_model.INFEASIBLE else least_cost(solver)

    def _keep(self, found: Solution | None) -> None:
        """Take a schedule as the best if it is better than what there is."""
        if found is None:
            return
        values = level_values(self.problem, found)
        if self.best is None or values < self.values:
            self.best, self.values = found, values

    def _over(self) -> bool:
        return self._time_left_s() <= 0 or self._work_left() <= 0 or self.limits.should_stop()

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.monotonic() - self.started

    def _time_left_s(self) -> float:
        return self.limits.time_limit_s - self.seconds

    def _work_left(self) -> float:
        return self.limits.deterministic_limit - self.deterministic_used

    def _reason(self) -> StopReason:
        if self.limits.should_stop():
            return StopReason.STOPPED
        if self.seconds >= self.limits.time_limit_s:
            return StopReason.TIME
        spent = self.deterministic_used / self.limits.deterministic_limit
        return StopReason.ITERATIONS if spent > self.seconds / self.limits.time_limit_s else StopReason.TIME


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
            self._solve.on_progress(Progress(seconds, METHOD, unmet, self._solve.unmet_bound.unmet[-1]))
