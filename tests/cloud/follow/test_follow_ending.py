"""The end of a run: which schedule it comes to, or why there is none."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_fakes import BUCKET, Aws
from played import CUT, Clock, PlayedCloud, finished, worse
from wire_examples import AT

from cloud_runner.client import steps
from cloud_runner.client.deletion import delete_run
from cloud_runner.client.follow import Follower
from cloud_runner.client.runs import Run, State
from cloud_runner.wire import documents as d
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.sample import Sample
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.schedules import schedule_of


def test_the_schedule_is_the_solution_in_the_schools_words(
    follower: Follower, dispatched: PlayedCloud, best: Solution, made: Sample
) -> None:
    for index in range(2):
        dispatched.result(index, best)
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    outcome = follower.fetch_best(run.id)
    problem, keys = compile_school(made.school, made.rules)
    assert outcome.schedule == schedule_of(best, keys, made.school)
    assert outcome.verdict.score == tuple(level.value for level in run.levels) == level_values(problem, best)


def test_the_best_schedule_and_the_best_bound_win_across_children(
    follower: Follower, dispatched: PlayedCloud, best: Solution
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


def test_a_worker_that_refuses_the_run_does_not_take_the_others_results_with_it(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    """As a machine does that can no longer read what the others have solved."""
    dispatched.result(0, best)
    error = d.RunError(dispatched.run.id, "invalid-input", "desktop", "It cannot be read.", AT)
    dispatched.objects.write_document(dispatched.keys.error, error)
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED", container={"exitCode": 65})
    assert run.state is State.DONE
    assert run.best_unmet == (best.seat < 0).sum()
    assert run.message.startswith("1 of 2 computers failed")


def test_bounds_of_later_figures_hold_only_after_the_same_figures_before(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    told = dispatched.result(0, best)
    lower = dispatched.result(1, worse(best, 1))
    high = tuple(replace(level, bound=level.value) for level in lower.levels[1:])
    dispatched.result(1, worse(best, 1), levels=(lower.levels[0], *high))
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert [level.bound for level in run.levels[1:]] == [level.bound for level in told.levels[1:]]


def test_a_proof_above_a_counted_schedule_is_none(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    dispatched.result(0, best)
    dispatched.result(1, None, certain=10_000)
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.certain == 0


def test_one_failed_child_does_not_fail_the_others(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    dispatched.result(0, worse(best, 2))
    dispatched.checkpoint(1, best)
    dispatched.show("SUCCEEDED")
    dispatched.aws.batch.show("job-1:1", "FAILED", container={"exitCode": 137, "reason": "OutOfMemoryError"})
    run = follower.advance(dispatched.run.id)
    assert run.state is State.DONE
    assert run.best_child == 1  # what it had is kept
    assert "1 of 2 computers failed: It ran out of memory" in run.message


def test_a_result_that_comes_between_two_looks_is_seen(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, monkeypatch: pytest.MonkeyPatch
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


def test_success_without_a_result_is_none(follower: Follower, dispatched: PlayedCloud) -> None:
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
    follower: Follower, dispatched: PlayedCloud, best: Solution, job: dict[str, Any], words: str
) -> None:
    dispatched.checkpoint(1, best)
    run = finished(follower, dispatched, "FAILED", "FAILED", **job)
    assert run.state is State.FAILED
    assert words in run.message
    assert f"{run.best_unmet} unmet) was brought back" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert run.deleted is not None


def test_infeasible_is_an_answer(follower: Follower, dispatched: PlayedCloud) -> None:
    dispatched.result(0, None)
    dispatched.result(1, None, status="infeasible", stop_reason="proved")
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert (run.state, run.status, run.best_unmet) == (State.DONE, "infeasible", None)
    assert "proven" in run.message
    with pytest.raises(RemoteError, match="No schedule can keep all hard rules"):
        follower.fetch_best(run.id)


def test_what_cannot_be_done_at_all_ends_with_the_stacks_words(
    aws: Aws, run: Run, follower: Follower, cloud: PlayedCloud
) -> None:
    follower.advance(run.id)
    error = d.RunError(run.id, "limits", "desktop", "Order less.", AT)
    cloud.objects.write_document(cloud.keys.error, error)
    run = follower.advance(run.id)
    assert (run.state, run.message) == (State.FAILED, "Order less.")
    assert aws.versions() == []


def test_an_error_of_a_worker_waits_for_the_others_to_end(
    aws: Aws, follower: Follower, dispatched: PlayedCloud
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
    dispatched: PlayedCloud,
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
    follower: Follower, dispatched: PlayedCloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.result(0, best)
    with monkeypatch.context() as patch:
        patch.setattr(problems, "VERSION", problems.VERSION + 1)  # the application was updated meanwhile
        run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
        assert (run.state, run.trouble, run.deleted) == (State.DOWNLOADING, True, None)
        assert "bring it back with that one" in run.message
    assert follower.advance(run.id).state is State.DONE


def test_curves_of_many_children_are_kept_short(
    follower: Follower, dispatched: PlayedCloud, monkeypatch: pytest.MonkeyPatch
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
    aws: Aws, follower: Follower, dispatched: PlayedCloud, clock: Clock, best: Solution
) -> None:
    dispatched.result(0, best)
    aws.batch.jobs.clear()
    run = follower.advance(dispatched.run.id)
    assert [child.state for child in run.children] == [State.DONE, State.QUEUED]  # perhaps it is too new
    clock.now += timedelta(days=2)
    run = follower.advance(dispatched.run.id)
    assert (run.state, run.best_child) == (State.DONE, 0)
    assert "does not know its job" in run.message
