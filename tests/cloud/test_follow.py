"""Runs followed step by step, with S3 and SQS of moto, and workers and Batch played by the test."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aws_fakes import BUCKET, Aws, aws_account, client_error
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from wire_examples import AT

from cloud_runner import solutions
from cloud_runner.client import steps
from cloud_runner.client.attach import attach
from cloud_runner.client.connect import Connection
from cloud_runner.client.deletion import delete_run
from cloud_runner.client.follow import Follower
from cloud_runner.client.judge import NO_KEYS
from cloud_runner.client.order import Order, Pace
from cloud_runner.client.prepare import Prepared, prepare
from cloud_runner.client.remotes import Remotes, SignIn
from cloud_runner.client.runs import BEST_FILE, KEYS_FILE, RUN_FILE, Run, Runs, State
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.sample import Sample, make_school
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school, schedule_of
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve import solve_problem

ORDER = Order(seeds=(1, 2), time_limit_s=30.0, vcpu=1, memory_mb=1024)
CUT = EndpointConnectionError(endpoint_url="https://s3")


@pytest.fixture(scope="module")
def account() -> Iterator[Aws]:
    with aws_account() as made:
        yield made


@pytest.fixture
def aws(account: Aws) -> Aws:
    account.clear()
    return account


@pytest.fixture(scope="module")
def made() -> Sample:
    return make_school(students=60, seed=1)


@pytest.fixture(scope="module")
def best(made: Sample) -> Solution:
    """A schedule in the order of the compiler."""
    problem, _ = compile_school(made.school, made.rules)
    solution = solve_problem(problem, Params(time_limit_s=30, iterations=2000, workers=1)).result.solution
    assert solution is not None
    return solution


@pytest.fixture
def prepared(made: Sample) -> Prepared:
    return prepare(made.school, made.rules, NO_SCHEDULE, ORDER, rng=np.random.default_rng(7))


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def follower(aws: Aws, tmp_path: Path, clock: Clock) -> Follower:
    return Follower(Runs(tmp_path / "runs"), Pace(), connect=aws.connect, clock=clock)


@pytest.fixture
def run(aws: Aws, follower: Follower, prepared: Prepared) -> Run:
    """A run that is kept here; nothing has left."""
    return follower.submit(prepared, aws.remote, "school.echelon", "A school")


class Cloud:
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


@pytest.fixture
def cloud(aws: Aws, run: Run, prepared: Prepared) -> Cloud:
    return Cloud(aws, run, prepared)


def worse(solution: Solution, by: int) -> Solution:
    seat = solution.seat.copy()
    seat[np.flatnonzero(seat >= 0)[:by]] = -1
    return Solution(solution.choice, seat)


# Sending ---------------------------------------------------------------------------------------------


def test_the_run_is_kept_before_anything_leaves(aws: Aws, run: Run, follower: Follower) -> None:
    assert follower.runs.get(run.id) == run
    assert run.state is State.UPLOADING
    assert aws.versions() == []
    assert aws.messages() == []


def test_the_manifest_is_written_last_and_the_message_sent_after_it(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[str] = []
    put, send = aws.s3.put_object, aws.sqs.send_message
    monkeypatch.setattr(aws.s3, "put_object", lambda **a: did.append(a["Key"].split("/")[-1]) or put(**a))
    monkeypatch.setattr(aws.sqs, "send_message", lambda **a: did.append("message") or send(**a))
    run = follower.advance(run.id)
    assert did == ["input.npz", "manifest.json", "message"]
    assert (run.state, run.trouble) == (State.QUEUED, False)
    (body,) = aws.messages()
    message = d.read(d.Message, body)
    assert (message.type, message.run, message.bucket) == ("solve", run.id, BUCKET)
    manifest = aws.objects(run.id).read_document(d.Manifest, message.manifest)
    assert (manifest.seeds, manifest.time_limit_s, manifest.vcpu) == ((1, 2), 30.0, 1)
    assert aws.objects(run.id).read_blob(manifest.input) == (run.path / "input.npz").read_bytes()


class Killed(BaseException):
    """The desktop is killed."""


WRITES = ["input.npz", "manifest.json", "message"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", WRITES)
@pytest.mark.parametrize("how", [Killed(), CUT])
def test_an_upload_that_breaks_goes_on_where_it_was(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch, at: str, after: bool, how: Any
) -> None:
    """Before or after the request took effect; the manifest never stands without the input."""
    methods = {"message": (aws.sqs, "send_message")}
    service, name = methods.get(at, (aws.s3, "put_object"))
    real = getattr(service, name)

    def breaks(**arguments: Any) -> Any:
        if at == "message" or arguments["Key"].endswith(at):
            if after:
                real(**arguments)
            raise how
        return real(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr(service, name, breaks)
        if isinstance(how, Killed):
            with pytest.raises(Killed):
                follower.advance(run.id)
        else:
            broken = follower.advance(run.id)
            assert broken.trouble
            assert "cannot be reached" in broken.message
    there = aws.objects(run.id).list()
    keys = aws.objects(run.id).keys
    assert keys.manifest not in there or keys.input in there
    assert follower.runs.get(run.id).state is State.UPLOADING
    sent_before = len(aws.messages())
    again = Follower(follower.runs, connect=aws.connect, clock=follower.clock)  # another process
    run = again.advance(run.id)
    assert (run.state, run.message, run.trouble) == (State.QUEUED, "", False)
    assert len(aws.messages()) == 1
    assert sent_before == (1 if at == "message" and after else 0)
    # Nothing was put twice: each version would have to be paid for, and deleted.
    assert sorted(key for key, _ in aws.versions()) == sorted([keys.input, keys.manifest])


def test_a_run_that_was_dispatched_meanwhile_is_not_sent_again(
    aws: Aws, run: Run, follower: Follower, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(follower.runs, "save", lambda run: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            follower.advance(run.id)
    aws.messages()
    cloud.dispatch()
    assert follower.advance(run.id).state is State.QUEUED
    assert aws.messages() == []


def test_a_run_nobody_takes_says_so(run: Run, follower: Follower, clock: Clock) -> None:
    run = follower.advance(run.id)
    clock.now += timedelta(seconds=299)
    assert follower.advance(run.id).message == ""
    clock.now += timedelta(seconds=2)
    run = follower.advance(run.id)
    assert (run.state, run.trouble) == (State.QUEUED, False)
    assert "Not picked up for 5 minutes" in run.message


# Watching --------------------------------------------------------------------------------------------


def test_the_states_of_a_run(run: Run, follower: Follower, cloud: Cloud, best: Solution) -> None:
    states = [run.state, follower.advance(run.id).state]
    cloud.dispatch()
    for statuses in (
        ("RUNNABLE", "RUNNABLE"),
        ("STARTING", "RUNNABLE"),
        ("RUNNING", "STARTING"),
        ("SUCCEEDED", "RUNNABLE"),
        ("SUCCEEDED", "RUNNING"),
    ):
        cloud.show(*statuses)
        if statuses[0] == "SUCCEEDED":
            cloud.result(0, best)
        states.append(follower.advance(run.id).state)
    cloud.result(1, worse(best, 3))
    cloud.show("SUCCEEDED", "SUCCEEDED")
    run = follower.advance(run.id)
    assert [str(state) for state in (*states, run.state)] == [
        "uploading", "queued", "dispatched", "starting", "running", "running", "running", "done",
    ]  # fmt: skip
    assert [child.state for child in run.children] == [State.DONE, State.DONE]
    assert run.best_child == 0
    assert run.best_unmet == (best.seat < 0).sum()


def test_progress_is_told_and_read_only_when_it_changed(
    aws: Aws, run: Run, follower: Follower, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.show("RUNNING", "RUNNING")
    cloud.report(1, 12)
    read: list[str] = []
    get = aws.s3.get_object
    monkeypatch.setattr(aws.s3, "get_object", lambda **a: read.append(a["Key"]) or get(**a))
    child = follower.advance(run.id).children[1]
    assert (child.unmet, child.bound, child.seconds, child.attempts) == (12, 1, 5.0, 1)
    assert child.progress == (d.Point(1.0, None, 0), d.Point(5.0, 12, 1))
    assert child.progress[-1].unmet == 12
    before = len(read)
    follower.advance(run.id)
    assert len(read) == before
    cloud.report(1, 11)
    assert follower.advance(run.id).children[1].unmet == 11
    assert len(read) == before + 1


def test_a_report_that_cannot_be_read_concerns_the_chart_only(
    run: Run, follower: Follower, cloud: Cloud
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.show("RUNNING", "RUNNING")
    cloud.objects.write(cloud.keys.progress(0), b"{")
    run = follower.advance(run.id)
    assert (run.state, run.trouble) == (State.RUNNING, False)


def test_polls_grow_rarer_while_nothing_happens(run: Run, follower: Follower) -> None:
    run = follower.advance(run.id)
    waits = [follower.next_poll_s(run) for _ in range(9)]
    assert waits[0] == 2.0
    assert waits == sorted(waits)
    assert waits[-1] == 15.0
    assert follower.next_poll_s(replace(run, state=State.RUNNING)) == 2.0


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (State.UPLOADING, CUT, "cannot be reached"),
        (State.QUEUED, CUT, "cannot be reached"),
        (State.RUNNING, CUT, "cannot be reached"),
        (State.DOWNLOADING, CUT, "cannot be reached"),
        (State.DOWNLOADING, client_error("ExpiredToken", 400), "has expired"),
        (State.RUNNING, client_error("SlowDown", 503), "busy"),
        (State.UPLOADING, client_error("AccessDenied", 403), "may not do"),
        (State.QUEUED, client_error("NoSuchBucket", 404), "setting bucket"),
        (State.RUNNING, NoCredentialsError(), "Not signed in"),
    ],
)
def test_trouble_with_the_remote_is_told_and_ends_nothing(
    aws: Aws,
    run: Run,
    follower: Follower,
    cloud: Cloud,
    best: Solution,
    monkeypatch: pytest.MonkeyPatch,
    error: Any,
    words: str,
    state: State,
) -> None:
    if state is not State.UPLOADING:
        follower.advance(run.id)
    if state in (State.RUNNING, State.DOWNLOADING):
        cloud.dispatch()
        cloud.show("RUNNING", "RUNNING")
        follower.advance(run.id)
    if state is State.DOWNLOADING:
        for index in range(2):
            cloud.result(index, best)
        cloud.show("SUCCEEDED", "SUCCEEDED")
    before = follower.runs.get(run.id)
    made: list[Connection] = []

    def connect(*arguments: Any) -> Connection:
        made.append(aws.connect(*arguments))
        return made[-1]

    again = Follower(follower.runs, connect=connect, clock=follower.clock)
    with monkeypatch.context() as patch:
        name = "get_object" if state is State.DOWNLOADING else "get_paginator"
        patch.setattr(aws.s3, name, lambda *a, **k: (_ for _ in ()).throw(error))
        told = again.advance(run.id)
        assert told.trouble
        assert words in told.message
        assert told.state is state or told.state is before.state
    mended = again.advance(run.id)
    assert (mended.trouble, mended.message) == (False, "")
    after = {State.UPLOADING: State.QUEUED, State.DOWNLOADING: State.DONE}
    assert mended.state is after.get(state, state)
    assert len(made) == 2  # a sign-in that was renewed is read by a new session


def test_a_network_cut_while_it_is_deleted_loses_no_result(
    aws: Aws, run: Run, follower: Follower, cloud: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    for index in range(2):
        cloud.result(index, best)
    cloud.show("SUCCEEDED", "SUCCEEDED")
    with monkeypatch.context() as patch:
        delete = aws.s3.delete_objects

        def half(**arguments: Any) -> Any:
            objects = arguments["Delete"]["Objects"]
            delete(Bucket=BUCKET, Delete={"Objects": objects[: len(objects) // 2]})
            raise CUT

        patch.setattr(aws.s3, "delete_objects", half)
        told = follower.advance(run.id)
        assert (told.state, told.trouble) == (State.DOWNLOADING, True)
    assert follower.fetch_best(run.id).verdict.ok
    done = follower.advance(run.id)
    assert done.state is State.DONE
    assert done.best_unmet == (best.seat < 0).sum()
    assert aws.versions() == []


@pytest.mark.parametrize("at", ["collected", "deleted"])
def test_a_desktop_killed_while_it_brings_a_run_back_loses_nothing(
    aws: Aws,
    run: Run,
    follower: Follower,
    cloud: Cloud,
    best: Solution,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.result(0, best)
    cloud.show("SUCCEEDED", "FAILED")
    save = follower.runs.save

    def killed(run: Run) -> None:
        if (run.collected and not run.deleted) if at == "collected" else run.deleted is not None:
            raise Killed
        save(run)

    with monkeypatch.context() as patch:
        patch.setattr(follower.runs, "save", killed)
        with pytest.raises(Killed):
            follower.advance(run.id)
    done = Follower(follower.runs, connect=aws.connect, clock=follower.clock).advance(run.id)
    assert (done.state, done.best_unmet) == (State.DONE, (best.seat < 0).sum())
    assert follower.fetch_best(run.id).verdict.ok
    assert aws.versions() == []


def test_only_one_process_moves_a_run_on(aws: Aws, run: Run, follower: Follower) -> None:
    other = Follower(Runs(follower.runs.folder), connect=aws.connect)
    hasty = Follower(follower.runs, Pace(busy_s=0.0), connect=aws.connect)
    with other.runs.locked(run.id):
        assert follower.advance(run.id) == run
        assert aws.versions() == []
        with pytest.raises(RemoteError, match="busy"):
            hasty.fetch_best(run.id)
    assert follower.advance(run.id).state is State.QUEUED


def test_what_the_user_asks_for_waits_for_the_other_window(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.checkpoint(0, best)
    with ExitStack() as other:
        other.enter_context(Runs(follower.runs.folder).locked(dispatched.run.id))
        # The other window is done as soon as it was waited for once.
        monkeypatch.setattr("time.sleep", lambda seconds: other.close())
        assert follower.fetch_best(dispatched.run.id).verdict.ok


def test_a_changed_sign_in_is_used(aws: Aws, run: Run, follower: Follower, tmp_path: Path) -> None:
    remotes = Remotes(tmp_path / "remotes.toml")
    changed = replace(aws.remote, sign_in=SignIn("profile", "district"))
    remotes.save(changed)
    asked: list[Any] = []
    follower = Follower(
        follower.runs, remotes=remotes, connect=lambda r, p: asked.append(r) or aws.connect(r, p)
    )
    follower.advance(run.id)
    assert asked == [changed]


# The end ---------------------------------------------------------------------------------------------


def finished(follower: Follower, cloud: Cloud, *statuses: str, **more: Any) -> Run:
    cloud.show(*statuses, **more)
    return follower.advance(cloud.run.id)


@pytest.fixture
def dispatched(follower: Follower, cloud: Cloud) -> Cloud:
    follower.advance(cloud.run.id)
    cloud.dispatch()
    return cloud


def test_the_schedule_is_the_solution_in_the_schools_words(
    follower: Follower, dispatched: Cloud, best: Solution, made: Sample
) -> None:
    for index in range(2):
        dispatched.result(index, best)
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    outcome = follower.fetch_best(run.id)
    problem, keys = compile_school(made.school, made.rules)
    assert outcome.schedule == schedule_of(best, problem, keys, made.school)
    assert outcome.verdict.score == tuple(level.value for level in run.levels) == level_values(problem, best)


def test_the_best_schedule_and_the_best_bound_win_across_children(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    first = dispatched.problem.levels()[0].name
    lower = worse(best, 1)
    dispatched.result(0, best, certain=0)
    told = dispatched.result(1, lower)
    levels = (d.Level(first, told.levels[0].value, 1), *told.levels[1:])
    unmet = int((best.seat < 0).sum())
    dispatched.result(1, lower, levels=levels, certain=min(1, unmet))
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.best_child == 0
    assert run.levels[0].bound == (1 if run.levels[0].value >= 1 else 0)
    assert run.certain == min(1, unmet)


def test_bounds_of_later_figures_hold_only_after_the_same_figures_before(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    told = dispatched.result(0, best)
    lower = dispatched.result(1, worse(best, 1))
    high = tuple(replace(level, bound=level.value) for level in lower.levels[1:])
    dispatched.result(1, worse(best, 1), levels=(lower.levels[0], *high))
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert [level.bound for level in run.levels[1:]] == [level.bound for level in told.levels[1:]]


def test_a_proof_above_a_counted_schedule_is_none(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    dispatched.result(0, best)
    dispatched.result(1, None, certain=10_000)
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.certain == 0


def test_one_failed_child_does_not_fail_the_others(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    dispatched.result(0, worse(best, 2))
    dispatched.checkpoint(1, best)
    dispatched.show("SUCCEEDED")
    dispatched.aws.batch.show("job-1:1", "FAILED", container={"exitCode": 137, "reason": "OutOfMemoryError"})
    run = follower.advance(dispatched.run.id)
    assert run.state is State.DONE
    assert run.best_child == 1  # what it had is kept
    assert "1 of 2 children failed: It ran out of memory" in run.message


def test_a_result_that_comes_between_two_looks_is_seen(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker ends after the bucket was listed and before Batch is asked."""
    describe = aws.batch.describe_jobs

    def ends(jobs: list[str]) -> Any:
        dispatched.result(0, best)
        dispatched.result(1, best)
        dispatched.show("SUCCEEDED", "SUCCEEDED")
        return describe(jobs)

    monkeypatch.setattr(aws.batch, "describe_jobs", ends)
    run = follower.advance(dispatched.run.id)
    assert (run.state, run.message) == (State.DONE, "")


def test_success_without_a_result_is_none(follower: Follower, dispatched: Cloud) -> None:
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.state is State.FAILED
    assert "without a result" in run.message


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"container": {"exitCode": 137, "reason": "OutOfMemoryError: Container killed"}}, "more memory"),
        ({"statusReason": "Job attempt duration exceeded timeout"}, "more time"),
        ({"statusReason": "Host EC2 (instance i-0) terminated."}, "taken away"),
        ({"container": {"exitCode": 143}}, "taken away"),
        ({"container": {"exitCode": 75}}, "could not reach the bucket"),
        ({"container": {"exitCode": 1}}, "exit code 1"),
        ({"statusReason": "CannotPullContainerError: no"}, "image"),
        ({"statusReason": "Something else"}, "Something else"),
    ],
)
def test_a_run_that_fails_says_why_and_keeps_its_best(
    follower: Follower, dispatched: Cloud, best: Solution, job: dict[str, Any], words: str
) -> None:
    dispatched.checkpoint(1, best)
    run = finished(follower, dispatched, "FAILED", "FAILED", **job)
    assert run.state is State.FAILED
    assert words in run.message
    assert f"{run.best_unmet} unmet) was brought back" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert run.deleted is not None


def test_infeasible_is_an_answer(follower: Follower, dispatched: Cloud) -> None:
    dispatched.result(0, None)
    dispatched.result(1, None, status="infeasible", stop_reason="proved")
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert (run.state, run.status, run.best_unmet) == (State.DONE, "infeasible", None)
    assert "proven" in run.message
    with pytest.raises(RemoteError, match="No schedule"):
        follower.fetch_best(run.id)


def test_what_cannot_be_done_at_all_ends_with_the_stacks_words(
    aws: Aws, run: Run, follower: Follower, cloud: Cloud
) -> None:
    follower.advance(run.id)
    error = d.RunError(run.id, "limits", "desktop", "Order less.", AT)
    cloud.objects.write_document(cloud.keys.error, error)
    run = follower.advance(run.id)
    assert (run.state, run.message) == (State.FAILED, "Order less.")
    assert aws.versions() == []


def test_an_error_of_a_worker_waits_for_the_others_to_end(
    aws: Aws, follower: Follower, dispatched: Cloud
) -> None:
    """They may be writing still; what they wrote after the deletion would stay."""
    error = d.RunError(dispatched.run.id, "invalid-input", "desktop", "It cannot be read.", AT)
    dispatched.objects.write_document(dispatched.keys.error, error)
    run = finished(follower, dispatched, "FAILED", "RUNNING")
    assert run.state is State.RUNNING
    assert aws.versions() != []
    run = finished(follower, dispatched, "FAILED", "FAILED")
    assert (run.state, run.message) == (State.FAILED, "It cannot be read.")
    assert aws.versions() == []


def test_data_that_vanished_end_a_run_in_words(aws: Aws, run: Run, follower: Follower) -> None:
    follower.advance(run.id)
    for key in aws.objects(run.id).list():
        aws.s3.delete_object(Bucket=BUCKET, Key=key)
    run = follower.advance(run.id)
    assert run.state is State.FAILED
    assert "gone" in run.message


def test_data_that_vanish_before_they_are_here_are_said(
    aws: Aws,
    follower: Follower,
    dispatched: Cloud,
    best: Solution,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finished(follower, dispatched, "RUNNING", "RUNNING")
    dispatched.result(0, best)
    with monkeypatch.context() as patch:
        patch.setattr(aws.s3, "get_object", lambda **a: (_ for _ in ()).throw(CUT))
        assert finished(follower, dispatched, "SUCCEEDED", "FAILED").state is State.DOWNLOADING
    delete_run(aws.s3, BUCKET, dispatched.run.id, tmp_path / "elsewhere.json")
    run = follower.advance(dispatched.run.id)
    assert (run.state, run.message) == (State.FAILED, steps.GONE)


def test_a_run_of_another_version_of_the_application_waits_for_it(
    follower: Follower, dispatched: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.result(0, best)
    with monkeypatch.context() as patch:
        patch.setattr(problems, "VERSION", problems.VERSION + 1)  # the application was updated meanwhile
        run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
        assert (run.state, run.trouble, run.deleted) == (State.DOWNLOADING, True, None)
        assert "bring it back with that one" in run.message
    assert follower.advance(run.id).state is State.DONE


def test_curves_of_many_children_are_kept_short(
    follower: Follower, dispatched: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_POINTS", 10)
    points = tuple(d.Point(float(i), 100 - i, 0) for i in range(23))
    report = d.ProgressReport(dispatched.run.id, 0, 1, "script", 22.0, 78, 0, points, AT)
    dispatched.objects.write_document(dispatched.keys.progress(0), report)
    dispatched.show("RUNNING", "RUNNING")
    kept = follower.advance(dispatched.run.id).children[0].progress
    assert len(kept) == 5
    assert kept[-1] == points[-1]


def test_a_job_that_batch_forgot_is_judged_by_what_it_left(
    aws: Aws, follower: Follower, dispatched: Cloud, clock: Clock, best: Solution
) -> None:
    dispatched.result(0, best)
    aws.batch.jobs.clear()
    run = follower.advance(dispatched.run.id)
    assert [child.state for child in run.children] == [State.DONE, State.QUEUED]  # perhaps it is too new
    clock.now += timedelta(days=2)
    run = follower.advance(dispatched.run.id)
    assert (run.state, run.best_child) == (State.DONE, 0)
    assert "does not know its job" in run.message


# Not believing ---------------------------------------------------------------------------------------


def tampered(cloud: Cloud, best: Solution, how: str) -> None:
    """A result that somebody with write access to the bucket put in place of the worker's."""
    objects, keys, out = cloud.objects, cloud.keys, cloud.out
    result = cloud.result(0, best)
    if how == "bytes":
        objects.write(keys.solution(0), solutions.to_bytes(out(worse(best, 1))))
    elif how == "figures":
        better = (replace(result.levels[0], value=0), *result.levels[1:])
        if result.levels[0].value == 0:
            better = (result.levels[0], replace(result.levels[1], value=result.levels[1].value + 1))
        cloud.result(0, best, levels=(*better, *result.levels[len(better) :]))
    elif how == "hard rule":
        # Everybody who asked for a course sits in one section of it: fewer unmet, and far too full.
        solution = out(best)
        problem = cloud.problem
        first = {int(course): s for s, course in reversed(list(enumerate(problem.section_course)))}
        seat = np.array([first.get(int(options[0]), -1) for options in problem.options], np.int32)
        cheat = cloud.prepared.key_table.permutation.back(Solution(solution.choice, seat))
        cloud.result(0, cheat)
    elif how == "another problem":
        cloud.result(0, best, input_sha256="0" * 64)
    elif how == "another run":
        text = objects.read(keys.result(0)).replace(
            cloud.run.id.encode(), b"0" * 8 + cloud.run.id[8:].encode()
        )
        objects.write(keys.result(0), text)
    elif how == "no archive":
        blob = objects.write_blob(keys.solution(0), b"PK not an archive")
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "wrong place":
        solution = out(best)
        choice = solution.choice.copy()
        choice[0] = choice[1]
        blob = objects.write_blob(keys.solution(0), solutions.to_bytes(Solution(choice, solution.seat)))
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "pickle":
        import io

        data = io.BytesIO()
        np.savez(data, choice=np.array([{}], object), seat=np.zeros(1, np.int32))
        blob = objects.write_blob(keys.solution(0), data.getvalue())
        objects.write_document(keys.result(0), replace(result, solution=blob))


TAMPERED = [
    "bytes", "figures", "hard rule", "another problem", "another run", "no archive", "wrong place", "pickle",
]  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_an_altered_result_is_refused_and_the_honest_one_taken(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, how: str
) -> None:
    tampered(dispatched, best, how)
    dispatched.result(1, worse(best, 3))
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.best_child == 1
    assert run.state is State.DONE
    assert "refused" in run.children[0].message
    assert "refused" in run.message
    assert run.deleted is None  # IT may want to see it
    assert "kept, to be looked into" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert follower.delete_remote(run.id).left == 0
    assert aws.versions() == []


def test_a_run_with_nothing_but_an_altered_result_fails(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    tampered(dispatched, best, "hard rule")
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert (run.state, run.best_unmet) == (State.FAILED, None)
    with pytest.raises(RemoteError):
        follower.fetch_best(run.id)


@pytest.mark.parametrize("changes", [{"input_sha256": "0" * 64}, {"values": (0, 0)}, {"index": 1}])
def test_an_altered_checkpoint_is_refused(
    follower: Follower, dispatched: Cloud, best: Solution, changes: dict[str, Any]
) -> None:
    dispatched.checkpoint(0, best, **changes)
    run = finished(follower, dispatched, "FAILED", "FAILED")
    assert (run.state, run.best_unmet) == (State.FAILED, None)


def test_what_was_changed_on_the_disk_is_refused(
    follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    dispatched.result(0, best)
    dispatched.checkpoint(1, worse(best, 2))
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    value = json.loads((run.path / RUN_FILE).read_bytes())
    value["levels"][0]["value"] += 1
    (run.path / RUN_FILE).write_text(json.dumps(value))
    with pytest.raises(RemoteError, match="not the one"):
        follower.fetch_best(run.id)


def test_a_result_of_a_newer_stack_waits_for_a_newer_desktop(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    dispatched.result(0, best)
    key = dispatched.keys.result(0)
    ours = dispatched.objects.read(key)
    dispatched.objects.write(key, ours.replace(b'"v":1', b'"v":2'))
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert (run.state, run.trouble) == (State.DOWNLOADING, True)
    assert "Update Echelon Desktop" in run.message
    dispatched.objects.write(key, ours)  # stands for the desktop being updated
    assert follower.advance(run.id).state is State.DONE


# Cancelling, bringing back before the end, sending again ---------------------------------------------


def test_cancelled_before_it_left(aws: Aws, run: Run, follower: Follower) -> None:
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert aws.versions() == []
    assert aws.messages() == []


def test_cancelled_in_the_midst_of_the_upload(aws: Aws, run: Run, follower: Follower, cloud: Cloud) -> None:
    cloud.objects.write(cloud.keys.input, b"...")
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert aws.versions() == []


def test_cancelled_in_the_queue_it_never_begins(aws: Aws, run: Run, follower: Follower) -> None:
    follower.advance(run.id)
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert run.deleted is not None
    assert aws.versions() == []


def test_cancelled_while_it_runs_it_keeps_its_best(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    aws.messages()
    dispatched.show("RUNNING", "RUNNING")
    dispatched.checkpoint(0, best)
    run = follower.cancel(dispatched.run.id)
    assert run.state is State.RUNNING  # until its workers have ended
    assert "Cancelling" in run.message
    (body,) = aws.messages()
    assert d.read(d.Message, body).type == "cancel"
    assert dispatched.keys.cancel in dispatched.objects.list()
    run = follower.advance(run.id)
    assert aws.messages() == []  # it was said once
    run = finished(follower, dispatched, "FAILED", "FAILED")
    assert run.state is State.CANCELLED
    assert run.best_unmet == (best.seat < 0).sum()
    assert [child.state for child in run.children] == [State.CANCELLED, State.CANCELLED]


def test_a_wish_to_cancel_survives_the_desktop_and_the_network(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.advance(run.id)
    with monkeypatch.context() as patch:
        patch.setattr(aws.s3, "get_paginator", lambda *a: (_ for _ in ()).throw(CUT))
        assert follower.cancel(run.id).trouble
    assert Follower(follower.runs, connect=aws.connect).advance(run.id).state is State.CANCELLED


def test_the_best_so_far_can_be_had_while_it_runs(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution
) -> None:
    dispatched.show("RUNNING", "RUNNING")
    follower.advance(dispatched.run.id)
    with pytest.raises(RemoteError, match="No schedule"):
        follower.fetch_best(dispatched.run.id)
    dispatched.checkpoint(1, worse(best, 2))
    outcome = follower.fetch_best(dispatched.run.id)
    assert outcome.run.state is State.RUNNING
    assert outcome.run.best_child == 1
    assert follower.runs.get(dispatched.run.id) == outcome.run
    dispatched.checkpoint(0, best)
    assert follower.fetch_best(dispatched.run.id).run.best_child == 0


def test_sent_again_it_is_another_run_that_begins_with_the_best(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, made: Sample
) -> None:
    with pytest.raises(RemoteError, match="goes on"):
        follower.retry(dispatched.run.id, ORDER)
    dispatched.checkpoint(0, best)
    old = finished(follower, dispatched, "FAILED", "FAILED")
    run = follower.retry(old.id, replace(ORDER, seeds=(9,), memory_mb=4096))
    assert run.id != old.id
    assert run.retry_of == old.id
    assert run.input_sha256 != old.input_sha256  # an order of its own
    follower.advance(run.id)
    objects = aws.objects(run.id)
    manifest = objects.read_document(d.Manifest, objects.keys.manifest)
    assert (manifest.seeds, manifest.memory_mb, manifest.retry_of) == ((9,), 4096, old.id)
    problem = Problem.from_bytes(objects.read_blob(manifest.input))
    assert manifest.start is not None
    start = solutions.from_bytes(objects.read_blob(manifest.start), problem)
    plain, _ = compile_school(made.school, made.rules)
    assert level_values(problem, start) == level_values(plain, best)


def test_kept_on_purpose_they_stay(aws: Aws, follower: Follower, prepared: Prepared, best: Solution) -> None:
    prepared = replace(prepared, order=replace(ORDER, keep_remote=True))
    run = follower.submit(prepared, aws.remote, "", "")
    cloud = Cloud(aws, run, prepared)
    follower.advance(run.id)
    cloud.dispatch()
    cloud.result(0, best)
    with pytest.raises(RemoteError, match="cancel it before"):
        follower.delete_remote(run.id)
    run = finished(follower, cloud, "SUCCEEDED", "FAILED")
    assert run.deleted is None
    assert aws.versions() != []
    assert follower.delete_remote(run.id).left == 0
    assert follower.runs.get(run.id).deleted is not None
    assert aws.versions() == []


def test_who_may_not_delete_still_gets_the_schedule(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.result(0, best)
    dispatched.result(1, best)
    with monkeypatch.context() as patch:
        error = client_error("AccessDenied", 403, "ListObjectVersions")
        real = aws.s3.get_paginator

        def forbidden(name: str) -> Any:
            if name == "list_object_versions":
                raise error
            return real(name)

        patch.setattr(aws.s3, "get_paginator", forbidden)
        run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert (run.state, run.deleted) == (State.DONE, None)
    assert "not deleted yet" in run.message
    assert "ListObjectVersions" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert follower.delete_remote(run.id).left == 0


# Two desktops ----------------------------------------------------------------------------------------


def test_another_workstation_watches_without_the_keys(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, tmp_path: Path
) -> None:
    theirs = Follower(Runs(tmp_path / "theirs"), connect=aws.connect, clock=follower.clock)
    run = attach(theirs.runs, dispatched.run.id, aws.connect(aws.remote, Pace()))
    assert (run.keys_here, run.order.seeds, len(run.children)) == (False, (1, 2), 2)
    assert not (run.path / KEYS_FILE).exists()
    dispatched.show("RUNNING", "RUNNING")
    dispatched.report(0, 5)
    assert theirs.advance(run.id).children[0].unmet == 5
    dispatched.result(0, best)
    dispatched.result(1, best)
    dispatched.show("SUCCEEDED", "SUCCEEDED")
    run = theirs.advance(run.id)
    assert (run.state, run.message) == (State.DONE, NO_KEYS)
    assert not (run.path / BEST_FILE).exists()
    with pytest.raises(RemoteError):
        theirs.fetch_best(run.id)
    with pytest.raises(RemoteError, match="key table"):
        theirs.retry(run.id, ORDER)
    assert aws.versions() != []  # they are the sender's
    assert follower.advance(run.id).best_unmet == (best.seat < 0).sum()


def test_another_workstation_with_the_keys_gets_the_schedule(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, tmp_path: Path
) -> None:
    theirs = Follower(Runs(tmp_path / "theirs"), connect=aws.connect, clock=follower.clock)
    keys = dispatched.run.path / KEYS_FILE
    run = attach(theirs.runs, dispatched.run.id, aws.connect(aws.remote, Pace()), keys)
    with pytest.raises(RemoteError, match="already"):
        attach(theirs.runs, run.id, aws.connect(aws.remote, Pace()))
    dispatched.result(0, best)
    dispatched.result(1, best)
    dispatched.show("SUCCEEDED", "SUCCEEDED")
    assert theirs.advance(run.id).state is State.DONE
    ours = follower.advance(run.id)
    assert ours.deleted is not None
    assert theirs.fetch_best(run.id).schedule == follower.fetch_best(run.id).schedule


def test_keys_of_another_run_are_refused(
    aws: Aws, follower: Follower, dispatched: Cloud, made: Sample, tmp_path: Path
) -> None:
    other = prepare(made.school, made.rules, NO_SCHEDULE, ORDER)
    wrong = tmp_path / "keys.json.gz"
    wrong.write_bytes(other.key_table.to_bytes())
    theirs = Runs(tmp_path / "theirs")
    connection = aws.connect(aws.remote, Pace())
    with pytest.raises(RemoteError, match="another"):
        attach(theirs, dispatched.run.id, connection, wrong)
    wrong.write_bytes(b"")
    with pytest.raises(RemoteError, match="damaged"):
        attach(theirs, dispatched.run.id, connection, wrong)
    with pytest.raises(RemoteError, match="no run"):
        attach(theirs, "7d0f2c0a-5d0b-4c2e-9a52-50a8f1f5be02", connection)
    assert theirs.all() == ()


def test_every_request_names_only_the_run_and_integers(
    aws: Aws, follower: Follower, dispatched: Cloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither bucket nor queue are asked anything that has a word of the school in it."""
    asked: list[str] = []
    for name in ("put_object", "get_object", "delete_objects"):
        real: Callable[..., Any] = getattr(aws.s3, name)

        def tell(real: Callable[..., Any] = real, **arguments: Any) -> Any:
            asked.extend(f"{key}={value}" for key, value in arguments.items() if key != "Body")
            return real(**arguments)

        monkeypatch.setattr(aws.s3, name, tell)
    dispatched.result(0, best)
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert run.state is State.DONE
    assert asked
    assert hashlib.sha256(b"").hexdigest() not in asked
    assert not any("school" in line.lower() for line in asked)
    assert steps.CANCEL_FILE not in asked
