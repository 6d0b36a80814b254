"""The other side of one run: a cloud that the test plays, a clock that it moves, cuts and kills."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from aws_fakes import Aws
from botocore.exceptions import EndpointConnectionError
from wire_examples import AT

from cloud_runner import solutions
from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import Prepared
from cloud_runner.client.runs import Run
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution

ORDER = Order(seeds=(1, 2), time_limit_s=30.0, vcpu=1, memory_mb=1024)
CUT = EndpointConnectionError(endpoint_url="https://s3")


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Killed(BaseException):
    """The desktop is killed."""


class PlayedCloud:
    """Plays the dispatcher and the workers of one run."""

    def __init__(self, aws: Aws, run: Run, prepared: Prepared) -> None:
        self.aws, self.run, self.prepared = aws, run, prepared
        self.objects: RunObjects = aws.objects(run.id)
        self.keys = self.objects.keys
        self.problem = Problem.from_bytes(prepared.input_bytes)
        self.out = prepared.key_table.permutation.out

    def dispatch(self) -> None:
        order = {"jobName": f"echelon-{self.run.id}", "arrayProperties": {"size": 2}}
        job = self.aws.batch.submit_job(**order)["jobId"]
        self.objects.write_document(self.keys.dispatch, d.Dispatch(self.run.id, job, False, AT))

    def show(self, *statuses: str, **more: Any) -> None:
        for index, status in enumerate(statuses):
            self.aws.batch.show(f"job-1:{index}", status, **more)

    def report(self, index: int, unmet: int, seconds: float = 5.0) -> None:
        points = (d.Point(1.0, None, 0), d.Point(seconds, unmet, 1))
        report = d.ProgressReport(self.run.id, index, 1, "script", seconds, unmet, 1, points, AT)
        self.objects.write_document(self.keys.progress(index), report)

    def checkpoint(self, child: int, solution: Solution, **changes: Any) -> None:
        solution = self.out(solution)
        values = level_values(self.problem, solution)
        head = d.Checkpoint(self.run.id, child, 1, self.run.input_sha256, 5.0, 0, values)
        data = solutions.to_bytes(solution, replace(head, **changes))
        self.objects.write(self.keys.checkpoint(child), data)

    def result(self, index: int, solution: Solution | None, **changes: Any) -> d.ChildResult:
        blob, levels = None, ()
        if solution is not None:
            solution = self.out(solution)
            blob = self.objects.write_blob(self.keys.solution(index), solutions.to_bytes(solution))
            rows = zip(self.problem.levels(), level_values(self.problem, solution), strict=True)
            levels = tuple(d.Level(level.name, value, 0) for level, value in rows)
        values = {
            "run": self.run.id,
            "index": index,
            "seed": index + 1,
            "strategy": "default",
            "input_sha256": self.run.input_sha256,
            "app_version": "1",
            "solver_version": "1",
            "status": "feasible" if solution is not None else "nothing found",
            "stop_reason": "time",
            "method": "script",
            "levels": levels,
            "certain": 0,
            "seconds": 30.0,
            "attempts": 1,
            "iterations": 1,
            "solution": blob,
        }
        result = d.ChildResult(**(values | changes))
        self.objects.write_document(self.keys.result(index), result)
        return result


def finished(follower: Follower, cloud: PlayedCloud, *statuses: str, **more: Any) -> Run:
    """Show the children of the run in these statuses, and look."""
    cloud.show(*statuses, **more)
    return follower.advance(cloud.run.id)


def worse(solution: Solution, by: int) -> Solution:
    """The same schedule with the first requests that it meets unmet."""
    seat = solution.seat.copy()
    seat[np.flatnonzero(seat >= 0)[:by]] = -1
    return Solution(solution.choice, seat)
