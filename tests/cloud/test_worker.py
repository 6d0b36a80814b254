"""The worker: what it writes down, how it goes on after being interrupted, and what it refuses."""

import hashlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from aws_fakes import BUCKET, Aws, aws_account, client_error
from botocore.exceptions import EndpointConnectionError
from wire_examples import AT, KEYS, OTHER, RUN, manifest

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker import solving
from cloud_runner.worker.task import Pace, Task
from cloud_runner.worker.work import INVALID, OK, RECLAIMED, UNREACHABLE, Worker
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.bounds import flow_bound
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import (
    STRATEGIES,
    LevelFigure,
    Params,
    Progress,
    Result,
    Status,
    StopReason,
)
from echelon_desktop.solver.solve import Run, solve_problem

# Everything at once, so that nothing waits for the clock.
PACE = Pace(progress_s=0.0, checkpoint_s=0.0, cancel_s=0.0, retry_s=0.0, give_up_s=0.0, last_s=60.0)
TASK = Task(BUCKET, RUN, 0, "job-1:0", 1)


@pytest.fixture(scope="module")
def account() -> Iterator[Aws]:
    with aws_account() as made:
        yield made


@pytest.fixture(scope="module")
def problem() -> Problem:
    made = make_school(students=60, seed=1)
    return compile_school(made.school, made.rules)[0]


@pytest.fixture(scope="module")
def found(problem: Problem) -> list[Solution]:
    """Schedules of the problem, each better than the one before."""
    best = solve_problem(problem, Params(time_limit_s=30, iterations=2000, workers=1)).result.solution
    assert best is not None
    held = np.flatnonzero(best.seat >= 0)
    steps = []
    for without in (9, 4, 0):
        seat = best.seat.copy()
        seat[held[:without]] = -1
        steps.append(Solution(best.choice, seat))
    values = [level_values(problem, step) for step in steps]
    assert values[0] > values[1] > values[2]
    return steps


@pytest.fixture
def run(account: Aws, problem: Problem) -> RunObjects:
    """A run of three seeds that is complete in the bucket."""
    account.clear()
    objects = account.objects(RUN)
    blob = objects.write_blob(KEYS.input, problem.to_bytes())
    objects.write_document(KEYS.manifest, manifest(input=blob, solver_version=str(problems.VERSION)))
    return objects


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


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    def put(*arguments: Any, **more: Any) -> Scripted:
        scripted = Scripted(*arguments, **more)
        monkeypatch.setattr(solving, "solve_problem", scripted)
        return scripted

    return put


def in_thread(worker: Worker) -> tuple[threading.Thread, list[int]]:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(worker.work()))
    thread.start()
    return thread, codes


def test_a_child_is_solved_and_says_what_it_came_to(run: RunObjects, problem: Problem) -> None:
    task = replace(TASK, index=2)
    assert worker(run, task).work() == OK
    result = result_of(run, 2)
    assert (result.index, result.seed, result.strategy, result.attempts) == (2, 3, "default", 1)
    assert result.input_sha256 == hashlib.sha256(problem.to_bytes()).hexdigest()
    assert result.solution is not None
    solution = solutions.from_bytes(run.read_blob(result.solution), problem)
    assert level_values(problem, solution) == tuple(level.value for level in result.levels)
    report = run.read_document(d.ProgressReport, KEYS.progress(2))
    assert report.unmet == (solution.seat < 0).sum()
    assert report.points[-1].unmet == report.unmet
    claim = run.read_document(d.Claim, KEYS.claim(2))
    assert (claim.job, claim.attempt) == (TASK.job, 1)


def test_seed_time_and_threads_are_the_manifests(run: RunObjects, script: Any) -> None:
    scripted = script([], wait=False)
    worker(run, replace(TASK, index=1)).work()
    assert (scripted.params.seed, scripted.params.time_limit_s, scripted.params.workers) == (2, 60.0, 4)


def test_a_portfolio_is_of_seeds_and_strategies(run: RunObjects, script: Any) -> None:
    manifest = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(manifest, strategies=tuple(STRATEGIES)))
    seen = []
    for index in range(2 * len(STRATEGIES)):
        scripted = script([], wait=False)
        assert worker(run, replace(TASK, index=index, job=f"job-1:{index}")).work() == OK
        assert result_of(run, index).strategy == scripted.params.strategy
        seen.append((scripted.params.seed, scripted.params.strategy))
    assert seen == [(seed, name) for seed in manifest.seeds[:2] for name in STRATEGIES]


def test_nothing_found_is_a_result_too(run: RunObjects, script: Any) -> None:
    script([], wait=False)
    assert worker(run).work() == OK
    result = result_of(run)
    assert (result.status, result.solution, result.levels) == ("nothing found", None, ())


def test_progress_and_checkpoints_are_written_while_it_solves(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    script(found[:2])
    stop = threading.Event()
    written: dict[str, bytes] = {}

    class Watched(Worker):
        def checkpoint(self, look: Any, manifest: d.Manifest) -> None:
            super().checkpoint(look, manifest)
            if look.seconds == 2.0 and self.points and self.points[-1].seconds == 2.0:
                written.update({key: run.read(key) for key in run.list()})
                stop.set()

    assert Watched(TASK, run.s3, PACE, stop).work() == RECLAIMED
    head, solution = solutions.checkpoint_from_bytes(written[KEYS.checkpoint(0)], problem)
    assert head.values == level_values(problem, solution) == level_values(problem, found[1])
    assert (head.seconds, head.input_sha256) == (2.0, hashlib.sha256(problem.to_bytes()).hexdigest())
    report = d.read(d.ProgressReport, written[KEYS.progress(0)])
    assert report.unmet == (found[1].seat < 0).sum()
    assert KEYS.result(0) not in written


def test_a_machine_that_is_taken_away_leaves_its_best(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    scripted = script(found[:1], end=found[1])
    stop = threading.Event()
    thread, codes = in_thread(worker(run, stop=stop, checkpoint_s=1e6))
    scripted.ready.wait()
    stop.set()
    thread.join()
    assert codes == [RECLAIMED]
    assert scripted.stopped
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[1])
    assert KEYS.result(0) not in run.list()


def test_a_solver_that_does_not_hear_does_not_keep_the_machine(
    run: RunObjects, problem: Problem, found: list[Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, freed = threading.Event(), threading.Event()

    def deaf(problem: Problem, params: Params, *, on_progress: Any, **more: Any) -> Any:
        on_progress(Progress(1.0, "deaf", 1, 0, found[0]))
        told.set()
        freed.wait()
        raise AssertionError("nobody asks any more")

    monkeypatch.setattr(solving, "solve_problem", deaf)
    stop = threading.Event()
    thread, codes = in_thread(worker(run, stop=stop, last_s=0.0, checkpoint_s=1e6))
    told.wait()
    stop.set()
    thread.join()
    freed.set()
    assert codes == [RECLAIMED]
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[0])


def interrupted(run: RunObjects, script: Any, solution: Solution) -> None:
    """Leave what an attempt leaves that ended with a schedule."""
    scripted, stop = script([solution]), threading.Event()
    thread, codes = in_thread(worker(run, stop=stop))
    scripted.ready.wait()
    stop.set()
    thread.join()
    assert codes == [RECLAIMED]


def test_the_next_attempt_goes_on_from_there(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    interrupted(run, script, found[1])
    scripted = script([found[2]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert level_values(problem, scripted.start) == level_values(problem, found[1])
    assert scripted.params.time_limit_s == 60.0 - 1.0  # what the attempt before has used is gone
    result = result_of(run)
    assert (result.attempts, result.seconds) == (2, 11.0)
    points = run.read_document(d.ProgressReport, KEYS.progress(0)).points
    assert points[0].unmet == (found[1].seat < 0).sum()  # the curve goes on, too
    assert points[-1].unmet == (found[2].seat < 0).sum()


@pytest.mark.parametrize("worse", [True, False])
def test_an_attempt_never_ends_worse_than_its_checkpoint(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, worse: bool
) -> None:
    """Even if the solver did."""
    interrupted(run, script, found[1])
    script([found[0]] if worse else [], end=found[0] if worse else None, wait=False)
    worker(run, replace(TASK, attempt=2)).work()
    result = result_of(run)
    assert tuple(level.value for level in result.levels) == level_values(problem, found[1])
    assert result.solution is not None
    kept = solutions.from_bytes(run.read_blob(result.solution), problem)
    assert (kept.seat == found[1].seat).all()


def test_an_attempt_interrupted_before_it_found_anything_keeps_the_checkpoint(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    interrupted(run, script, found[1])
    interrupted(run, script, found[0])
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[1])


def test_resuming_truly_resumes(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real solver: the best of before is the least that comes out."""
    interrupted(run, script, found[2])
    monkeypatch.setattr(solving, "solve_problem", solve_problem)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert tuple(level.value for level in result_of(run).levels) <= level_values(problem, found[2])


@pytest.mark.parametrize("damage", ["cut", "other run", "other input", "other problem"])
def test_a_checkpoint_that_is_none_is_passed_over(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, damage: str
) -> None:
    interrupted(run, script, found[1])
    data = run.read(KEYS.checkpoint(0))
    head, solution = solutions.checkpoint_from_bytes(data, problem)
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "other problem":
        data = solutions.to_bytes(Solution(solution.choice[:-1], solution.seat), head)
    else:
        changes: Any = {"run": OTHER} if damage == "other run" else {"input_sha256": "0" * 64}
        data = solutions.to_bytes(solution, replace(head, **changes))
    run.write(KEYS.checkpoint(0), data)
    scripted = script([found[0]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert scripted.start is None
    assert scripted.params.time_limit_s == 60.0


def test_it_begins_with_the_users_schedule(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    start = run.write_blob(KEYS.start, solutions.to_bytes(found[1]))
    order = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(order, start=start))
    scripted = script([], wait=False)
    assert worker(run).work() == OK
    assert (scripted.start.seat == found[1].seat).all()


def test_a_start_that_was_altered_is_refused(run: RunObjects, found: list[Solution]) -> None:
    start = run.write_blob(KEYS.start, solutions.to_bytes(found[1]))
    order = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(order, start=start))
    run.write(KEYS.start, solutions.to_bytes(found[0]))
    assert worker(run).work() == INVALID


def test_cancelling_ends_with_a_result(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    scripted = script(found[:2])
    thread, codes = in_thread(worker(run))
    scripted.ready.wait()
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    thread.join()
    assert codes == [OK]
    assert tuple(level.value for level in result_of(run).levels) == level_values(problem, found[1])


def test_a_sigterm_of_a_cancelled_run_is_no_reclaim(
    run: RunObjects, found: list[Solution], script: Any
) -> None:
    scripted, stop = script(found[:1]), threading.Event()
    thread, codes = in_thread(worker(run, stop=stop, cancel_s=1e6))
    scripted.ready.wait()
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    stop.set()
    thread.join()
    assert codes == [OK]
    assert KEYS.result(0) in run.list()


def test_a_run_that_is_deleted_is_let_go_and_gets_no_object(
    run: RunObjects, found: list[Solution], script: Any
) -> None:
    scripted = script(found[:1])
    thread, codes = in_thread(worker(run, progress_s=1e6, checkpoint_s=1e6))
    scripted.ready.wait()
    run.s3.delete_object(Bucket=BUCKET, Key=KEYS.manifest)
    thread.join()
    assert codes == [OK]
    assert KEYS.result(0) not in run.list()
    assert KEYS.solution(0) not in run.list()


def test_a_run_that_is_gone_is_none(account: Aws, run: RunObjects) -> None:
    account.clear()
    assert worker(run).work() == OK
    assert run.list() == {}


def test_a_second_job_leaves(run: RunObjects, script: Any) -> None:
    run.create(KEYS.claim(0), d.Claim(RUN, 0, "job-0:0", 1, AT))
    scripted = script([], wait=False)
    assert worker(run).work() == OK
    assert scripted.params is None
    assert KEYS.result(0) not in run.list()


def test_a_result_is_not_made_twice(run: RunObjects, script: Any, found: list[Solution]) -> None:
    script([found[0]], wait=False)
    worker(run).work()
    scripted = script([found[0]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert scripted.params is None


def newer_problem(problem: Problem) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problems, "VERSION", problems.VERSION + 1)
        return problem.to_bytes()


@pytest.mark.parametrize(
    ("wrong", "code", "side"),
    [
        ("altered input", "invalid-input", "desktop"),
        ("no archive", "invalid-input", "desktop"),
        ("newer problem", "version", "stack"),
        ("older problem", "version", "desktop"),
        ("unknown strategy", "version", "stack"),
        ("too many children", "invalid-input", "stack"),
        ("no manifest", "invalid-input", "desktop"),
        ("newer manifest", "version", "stack"),
    ],
)
def test_what_cannot_be_solved_is_said_and_not_tried_again(
    run: RunObjects, problem: Problem, wrong: str, code: str, side: str
) -> None:
    order, task = run.read_document(d.Manifest, KEYS.manifest), TASK
    if wrong == "altered input":
        run.write(KEYS.input, problem.to_bytes() + b" ")
    elif wrong == "no archive":
        order = replace(order, input=run.write_blob(KEYS.input, b"not a problem"))
    elif wrong.endswith("problem"):
        ours = problems.VERSION + (1 if wrong.startswith("newer") else -1)
        blob = run.write_blob(KEYS.input, newer_problem(problem))
        order = replace(order, input=blob, solver_version=str(ours))
    elif wrong == "unknown strategy":
        order = replace(order, strategies=("clever",))
    elif wrong == "too many children":
        task = replace(TASK, index=3)
    run.write_document(KEYS.manifest, order)
    if wrong == "no manifest":
        run.write(KEYS.manifest, b'{"v": 1, "type": "manifest"}')
    elif wrong == "newer manifest":
        run.write(KEYS.manifest, run.read(KEYS.manifest).replace(b'"v":1', b'"v":2'))
    assert worker(run, task).work() == INVALID
    error = run.read_document(d.RunError, KEYS.error)
    assert (error.code, error.side) == (code, side)


def failing(error: Exception, times: int) -> Callable[..., Any]:
    """A stand-in for a method of the S3 client that fails so many times, then goes through."""
    left = [times]

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            if left[0]:
                left[0] -= 1
                raise error
            return method(**arguments)

        return call

    return wrap


CUT = EndpointConnectionError(endpoint_url="https://s3")


@pytest.mark.parametrize(
    "error", [CUT, client_error("SlowDown", 503), client_error("ExpiredToken", 400), client_error("", 500)]
)
@pytest.mark.parametrize("method", ["get_object", "put_object"])
def test_a_network_that_comes_back_costs_nothing(
    run: RunObjects,
    script: Any,
    found: list[Solution],
    monkeypatch: pytest.MonkeyPatch,
    error: Any,
    method: str,
) -> None:
    script([found[0]], wait=False)
    monkeypatch.setattr(run.s3, method, failing(error, 3)(getattr(run.s3, method)))
    assert worker(run, give_up_s=60.0).work() == OK
    assert result_of(run).solution is not None


def test_a_report_that_is_lost_does_not_end_the_solve(
    run: RunObjects, script: Any, found: list[Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = script(found[:2])
    put = run.s3.put_object
    lost = threading.Event()

    def no_reports(**arguments: Any) -> Any:
        if arguments["Key"] in (KEYS.progress(0), KEYS.checkpoint(0)) and not scripted.stopped:
            lost.set()
            raise CUT
        return put(**arguments)

    monkeypatch.setattr(run.s3, "put_object", no_reports)
    thread, codes = in_thread(worker(run))
    scripted.ready.wait()
    lost.wait()
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    thread.join()
    assert codes == [OK]


def test_a_network_that_stays_away_is_left_to_the_next_attempt(
    run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.s3, "get_object", failing(CUT, 1 << 30)(run.s3.get_object))
    assert worker(run).work() == UNREACHABLE
    stop = threading.Event()
    stop.set()
    assert worker(run, stop=stop, give_up_s=60.0).work() == RECLAIMED


def test_what_is_forbidden_does_not_pass(run: RunObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    error = client_error("AccessDenied", 403)
    monkeypatch.setattr(run.s3, "get_object", failing(error, 1)(run.s3.get_object))
    with pytest.raises(type(error)):
        worker(run, give_up_s=60.0).work()


def test_the_log_has_the_run_and_figures_only(
    run: RunObjects, script: Any, found: list[Solution], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    script([found[0]], wait=False)
    worker(run).work()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("cloud_runner")]
    assert ours
    for line in ours:
        assert line.startswith(f"run={RUN} index=0 ")


def test_the_task_is_what_batch_says() -> None:
    environment = {
        "ECHELON_BUCKET": "b",
        "ECHELON_RUN": RUN,
        "AWS_BATCH_JOB_ID": "job:7",
        "AWS_BATCH_JOB_ARRAY_INDEX": "7",
        "AWS_BATCH_JOB_ATTEMPT": "2",
    }
    assert Task.from_environment(environment) == Task("b", RUN, 7, "job:7", 2)
    assert Pace.from_environment({"ECHELON_PROGRESS_S": "0.5"}) == replace(Pace(), progress_s=0.5)


def test_a_worker_without_a_task_ends_with_a_mistake_and_no_word_of_it() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ECHELON_"))}
    environment = clean | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "ECHELON_BUCKET": "secret"}
    done = subprocess.run(
        [sys.executable, "-m", "cloud_runner.worker"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"mistake=KeyError" in done.stdout
    assert b"secret" not in done.stdout + done.stderr


def test_a_curve_is_thinned_to_what_changed() -> None:
    flat = [d.Point(float(i), 5, 1) for i in range(1000)]
    assert solving.thinned(flat) == (flat[0], flat[-1])
    falling = [d.Point(float(i), 1000 - i, 1) for i in range(1000)]
    thin = solving.thinned(falling)
    assert len(thin) <= d.MAX_POINTS
    assert (thin[0], thin[-1]) == (falling[0], falling[-1])
