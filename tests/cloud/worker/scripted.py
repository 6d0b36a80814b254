"""A worker with a solver that is scripted, and what the worker leaves in the bucket."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aws_fakes import BUCKET
from wire_examples import KEYS, RUN

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker.task import Pace, Task
from cloud_runner.worker.work import RECLAIMED, Worker
from echelon_desktop.solver.bounds import flow_bound
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import LevelFigure, Params, Progress, Result, Status, StopReason
from echelon_desktop.solver.solve import Run

# Everything at once, so that nothing waits for the clock.
PACE = Pace(progress_s=0.0, checkpoint_s=0.0, cancel_s=0.0, retry_s=0.0, give_up_s=0.0, last_s=60.0)
TASK = Task(BUCKET, RUN, 0, "job-1:0", 1)


def worker(run: RunObjects, task: Task = TASK, stop: threading.Event | None = None, **pace: Any) -> Worker:
    return Worker(task, run.s3, replace(PACE, **pace), stop or threading.Event())


def result_of(run: RunObjects, index: int = 0) -> d.ChildResult:
    return run.read_document(d.ChildResult, run.keys.result(index))


def checkpoint_of(run: RunObjects, problem: Problem) -> tuple[d.Checkpoint, Solution]:
    return solutions.checkpoint_from_bytes(run.read(KEYS.checkpoint(0)), problem)


class Scripted:
    """
    Stands in for the solver: tells the given schedules one after the other, then waits to be stopped.

    ``ready`` is set when all are told, so that a test knows when to interrupt.
    """

    def __init__(self, tell: list[Solution], end: Solution | None = None, wait: bool = True) -> None:
        self.tell, self.end, self.wait = tell, end, wait
        self.ready = threading.Event()
        self.start: Solution | None = None
        self.params: Params | None = None
        self.stopped = False

    def __call__(
        self,
        problem: Problem,
        params: Params,
        *,
        start: Solution | None,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
    ) -> Run:
        self.start, self.params = start, params
        for second, solution in enumerate(self.tell):
            unmet = int((solution.seat < 0).sum())
            on_progress(Progress(second + 1.0, "script", unmet, 1, solution))
        self.ready.set()
        while self.wait and not should_stop():
            threading.Event().wait(0.001)
        self.stopped = should_stop()
        best = self.end or (self.tell[-1] if self.tell else start)
        levels = ()
        if best is not None:
            values = level_values(problem, best)
            rows = zip(problem.levels(), values, strict=True)
            levels = tuple(LevelFigure(level.name, value, None) for level, value in rows)
        result = Result(
            Status.FEASIBLE if best else Status.NOTHING_FOUND,
            StopReason.STOPPED, best, levels, "", (), "script", params.seed, 10.0, 7,
        )  # fmt: skip
        return Run(result, flow_bound(problem))


def in_thread(worker: Worker) -> tuple[threading.Thread, list[int]]:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(worker.work()))
    thread.start()
    return thread, codes


def interrupted(run: RunObjects, script: Any, solution: Solution) -> None:
    """Leave what an attempt leaves that ended with a schedule."""
    scripted, stop = script([solution]), threading.Event()
    thread, codes = in_thread(worker(run, stop=stop))
    scripted.ready.wait()
    stop.set()
    thread.join()
    assert codes == [RECLAIMED]
