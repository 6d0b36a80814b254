"""One attempt at one child of a run, from the manifest to the result."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents
from cloud_runner.wire.documents import (
    Checkpoint,
    ChildResult,
    Claim,
    Level,
    Manifest,
    Point,
    ProgressReport,
    RunError,
)
from cloud_runner.wire.errors import WireError
from cloud_runner.worker.intake import Gone, Refused, read_input
from cloud_runner.worker.passing import may_pass
from cloud_runner.worker.solving import Look, Solving, thinned
from cloud_runner.worker.task import Pace, Task
from echelon_desktop import __version__
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.bounds import level_bounds
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve import Run

OK, INVALID, UNREACHABLE, RECLAIMED = 0, 65, 75, 143
LEAST_S = 1.0  # of solving, when an earlier attempt used the time up
TICK_S = 0.2

log = logging.getLogger(__name__)
T = TypeVar("T")


class Unreachable(Exception):
    """The bucket could not be reached for long."""


class _Due:
    """Something to be done every so many seconds, for the first time after ``wait_s``."""

    def __init__(self, period_s: float, wait_s: float, action: Callable[[], None]) -> None:
        self.period_s, self.action = period_s, action
        self.moment = time.monotonic() + wait_s

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self.moment:
            return False
        self.moment = now + self.period_s
        return True


class Worker:
    """
    Works on a task.

    Parameters
    ----------
    task
        Which child.
    s3
        A boto3 S3 client.
    pace
        How often it reports.
    stop
        Set when the machine is about to be taken away.
    """

    def __init__(self, task: Task, s3: Any, pace: Pace, stop: threading.Event) -> None:
        self.task, self.pace, self.stop = task, pace, stop
        self.objects = RunObjects(s3, task.bucket, task.run)
        self.keys = self.objects.keys
        self.points: list[Point] = []
        self.spent_s, self.bound = 0.0, 0  # what earlier attempts reported: used up, and proven
        self.saved: Solution | None = None
        self.cancelled = False

    def work(self) -> int:
        """Do it; the exit code."""
        try:
            there = self.patiently(lambda: self.objects.list_for(self.task.index))
            if self.keys.result(self.task.index) in there:
                self.say("result is there already")
                return OK
            manifest, problem = self.patiently(lambda: read_input(self.objects, self.task.index, there))
            self.patiently(self.claim)
            self.cancelled = self.keys.cancel in there
            return self.solve(manifest, problem, there)
        except Refused as refused:
            error = RunError(self.task.run, refused.code, refused.side, str(refused), documents.now())
            self.patiently(lambda: self.objects.write_document(self.keys.error, error))
            self.say(f"refused code={refused.code}")
            return INVALID
        except Gone:
            self.say("nothing to do")
            return OK
        except Unreachable:
            self.say("the bucket cannot be reached")
            return RECLAIMED if self.stop.is_set() else UNREACHABLE

    def claim(self) -> None:
        """Make this job the one that works on the child; Gone when another one does."""
        key = self.keys.claim(self.task.index)
        claim = Claim(self.task.run, self.task.index, self.task.job, self.task.attempt, documents.now())
        if self.objects.create(key, claim):
            return
        if self.objects.read_document(Claim, key).job != self.task.job:
            raise Gone
        self.objects.write_document(key, claim)

    def solve(self, manifest: Manifest, problem: Problem, there: dict[str, str]) -> int:
        """Solve, report, and write down what it came to."""
        head, start = self.patiently(lambda: self.read_start(manifest, problem, there))
        # A schedule that did not get better is not put away again: the report says how long that went on.
        spent = max(self.spent_s, head.seconds if head else 0.0)
        bound = max(self.bound, head.bound if head else 0)
        seed, strategy = manifest.child(self.task.index)
        left = max(LEAST_S, manifest.time_limit_s - spent)
        params = Params(time_limit_s=left, workers=manifest.vcpu, seed=seed, strategy=strategy)
        solving = Solving(problem, params, start, spent, bound)
        self.saved = start if head else None
        self.say(f"attempt={self.task.attempt} seed={seed} left={left:.0f} resumed={head is not None}")
        solving.start()
        self.watch(solving, manifest)
        if not solving.wait(0) or (
            self.stop.is_set() and not solving.is_complete() and not self.is_cancelled()
        ):
            self.patiently(lambda: self.checkpoint(solving.look(), manifest))
            self.leniently(lambda: self.report(solving.look()))
            self.say("reclaimed")
            return RECLAIMED
        if self.keys.manifest not in self.patiently(self.objects.list_for):
            raise Gone  # nothing may be put into a run that was deleted
        run = solving.run()
        look = solving.look()
        solution, levels = _best(problem, run, start)
        blob = None
        if solution is not None:
            data = solutions.to_bytes(solution)
            blob = self.patiently(lambda: self.objects.write_blob(self.keys.solution(self.task.index), data))
        result = ChildResult(
            run=self.task.run,
            index=self.task.index,
            seed=seed,
            strategy=strategy,
            input_sha256=manifest.input.sha256,
            app_version=__version__,
            solver_version=str(problems.VERSION),
            status=run.result.status.value,
            stop_reason=run.result.stop_reason.value,
            method=run.result.method,
            levels=levels,
            certain=max(run.certain, look.bound) if solution is not None else run.certain,
            seconds=round(spent + run.result.seconds, 3),
            attempts=self.task.attempt,
            iterations=run.result.iterations,
            solution=blob,
        )
        self.leniently(lambda: self.report(solving.look()))
        self.patiently(lambda: self.objects.write_document(self.keys.result(self.task.index), result))
        self.say(f"status={result.status} seconds={result.seconds:.1f}")
        return OK

    def read_start(
        self, manifest: Manifest, problem: Problem, there: dict[str, str]
    ) -> tuple[Checkpoint | None, Solution | None]:
        """What an earlier attempt left, or else what the user gave."""
        progress = self.keys.progress(self.task.index)
        if progress in there:
            try:
                report = self.objects.read_document(ProgressReport, progress)
                self.points, self.spent_s, self.bound = list(report.points), report.seconds, report.bound
            except WireError:
                self.say("the progress of the attempt before cannot be read")
        checkpoint = self.keys.checkpoint(self.task.index)
        if checkpoint in there:
            try:
                data = self.objects.read(checkpoint, solutions.most_bytes(problem))
                head, solution = solutions.checkpoint_from_bytes(data, problem)
                if (head.run, head.index, head.input_sha256) != (
                    self.task.run,
                    self.task.index,
                    manifest.input.sha256,
                ):
                    raise WireError("The checkpoint is of another run.")
                return head, solution
            except WireError:
                self.say("the checkpoint cannot be read")
                self.spent_s, self.bound = 0.0, 0  # what was done in that time is lost, so it is given again
        if manifest.start is not None:
            try:
                data = self.objects.read_blob(manifest.start, solutions.most_bytes(problem))
                return None, solutions.from_bytes(data, problem)
            except WireError as error:
                raise Refused("invalid-input", "desktop", str(error)) from error
        return None, None

    def watch(self, solving: Solving, manifest: Manifest) -> None:
        """Report until the solver ended; after a SIGTERM only as long as there is time."""
        due = [
            _Due(self.pace.progress_s, 0.0, lambda: self.report(solving.look())),
            _Due(self.pace.checkpoint_s, 0.0, lambda: self.checkpoint(solving.look(), manifest)),
            _Due(self.pace.cancel_s, self.pace.cancel_s, lambda: self.look_for_cancel(solving)),
        ]
        if self.cancelled:
            solving.stop()
        while not solving.wait(min(TICK_S, self.pace.progress_s)):
            if self.stop.is_set():
                solving.stop()
                # What is known whole is put away first: the solver may not end in time.
                self.leniently(lambda: self.checkpoint(solving.look(), manifest))
                solving.wait(self.pace.last_s)
                return
            for duty in due:
                if duty.is_due():
                    self.leniently(duty.action)

    def report(self, look: Look) -> None:
        """Write down how far the solve is."""
        if look.seconds > 0:
            self.points.append(Point(round(look.seconds, 2), look.unmet, look.bound))
        self.points = list(thinned(self.points))
        report = ProgressReport(
            run=self.task.run,
            index=self.task.index,
            attempt=self.task.attempt,
            method=look.method,
            seconds=round(look.seconds, 2),
            unmet=look.unmet,
            bound=look.bound,
            points=tuple(self.points),
            at=documents.now(),
        )
        self.objects.write_document(self.keys.progress(self.task.index), report)

    def checkpoint(self, look: Look, manifest: Manifest) -> None:
        """Put the best schedule away, unless it is there already."""
        if look.solution is None or look.solution is self.saved:
            return
        head = Checkpoint(
            run=self.task.run,
            index=self.task.index,
            attempt=self.task.attempt,
            input_sha256=manifest.input.sha256,
            seconds=round(look.seconds, 2),
            bound=look.bound,
            values=look.values,
        )
        self.objects.write(self.keys.checkpoint(self.task.index), solutions.to_bytes(look.solution, head))
        self.saved = look.solution
        self.say(f"checkpoint seconds={look.seconds:.1f} values={','.join(map(str, look.values))}")

    def look_for_cancel(self, solving: Solving) -> None:
        """End the solve when the run was cancelled, or its objects are gone."""
        there = self.objects.list_for()
        if self.keys.cancel in there or self.keys.manifest not in there:
            self.cancelled = True
            solving.stop()

    def is_cancelled(self) -> bool:
        """Whether the run was cancelled; a SIGTERM is then no reclaim."""
        if not self.cancelled:
            self.leniently(lambda: setattr(self, "cancelled", self.keys.cancel in self.objects.list_for()))
        return self.cancelled

    def patiently(self, action: Callable[[], T]) -> T:
        """Do what must be done before anything else can be, however long the network is away."""
        until = time.monotonic() + self.pace.give_up_s
        while True:
            try:
                return action()
            except Exception as error:
                if not may_pass(error):
                    raise
                self.say(f"waits error={type(error).__name__}")
                if time.monotonic() > until or self.stop.wait(self.pace.retry_s):
                    raise Unreachable from error

    def leniently(self, action: Callable[[], None]) -> None:
        """Do what can be done later as well: a solve is not given up since a report was lost."""
        try:
            action()
        except Exception as error:
            if not may_pass(error):
                raise
            self.say(f"skipped error={type(error).__name__}")

    def say(self, words: str) -> None:
        """A line of the log: the run, and figures."""
        log.info("run=%s index=%d %s", self.task.run, self.task.index, words)


def _best(problem: Problem, run: Run, start: Solution | None) -> tuple[Solution | None, tuple[Level, ...]]:
    """The solver's schedule or the one it began with, whichever is better, with its figures."""
    solution = run.result.solution
    values = None if solution is None else level_values(problem, solution)
    if start is not None:
        before = level_values(problem, start)
        if values is None or before < values:
            bounds = level_bounds(problem, run.bound, before)
            names = [level.name for level in problem.levels()]
            rows = zip(names, before, bounds, strict=True)
            return start, tuple(Level(name, value, bound) for name, value, bound in rows)
    return solution, tuple(Level(f.name, f.value, f.bound) for f in run.result.levels)
