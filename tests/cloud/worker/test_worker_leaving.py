"""Runs that a worker leaves early or leaves alone: cancelled, deleted, done, or of another job."""

import threading
from dataclasses import replace
from typing import Any

from aws_fakes import BUCKET, Aws
from scripted import TASK, in_thread, result_of, worker
from wire_examples import AT, KEYS, RUN

from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker.work import OK
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution


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
