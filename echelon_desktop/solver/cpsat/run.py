"""One run of CP-SAT: within limits, and stopped at once when asked to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf

from ortools.sat.python import cp_model

POLL_S = 0.05


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
        Of CP-SAT. One worker with equal seed, start and deterministic limit gives the same schedule, unless
        the time limit ends it first.
    should_stop
        Asked every 50 ms, from another thread.
    """

    time_limit_s: float = inf
    deterministic_limit: float = inf
    seed: int = 1
    workers: int = 1
    should_stop: Callable[[], bool] = lambda: False


def new_solver() -> cp_model.CpSolver:
    """
    A solver of one worker that leaves Ctrl-C to the program.

    CP-SAT's own handler would take the place of the program's. With solves in several threads it does so for
    good, or the program falls.
    """
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    return solver


def run_solver(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    limits: Limits,
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """
    Solve a model; the answer is in the solver.

    Parameters
    ----------
    solver
        Of :func:`new_solver`; seed, workers and limits are set here.
    model
        The model.
    limits
        When to stop.
    callback
        Told of each better solution.
    """
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
        return solver.solve(model, callback)
    finally:
        done.set()
        watcher.join()


def least_cost(solver: cp_model.CpSolver) -> int:
    """What the last run proved the objective to cost at least; costs are whole numbers of at least 0."""
    return max(0, ceil(solver.best_objective_bound - 1e-6))
