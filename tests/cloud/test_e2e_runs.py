"""Whole runs through the emulated cloud: what comes back, and what is left behind."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import warm
from desk import CROWDED, LONG, QUICK, Desk, jobs_of, objects_of, versions_of

from cloud_runner import solutions
from cloud_runner.client.runs import Run, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.jobs import EmulatedJob
from cloud_runner.emulator.programs import start_leashed
from cloud_runner.emulator.proxy import After, Before
from cloud_runner.wire.documents import Checkpoint
from echelon_desktop.solver.problem import Problem

Values = tuple[int, ...]


def running(run: Run) -> bool:
    return run.state is State.RUNNING


def at_checkpoint(cloud: Cloud, strike: Callable[[str], object]) -> None:
    """Do something to the first job that puts a checkpoint away."""
    proxy = cloud.proxy()
    cloud.machines.endpoint = proxy.endpoint

    def struck(exchange: object) -> None:
        (job,) = [job for job in cloud.machines.jobs.values() if job.status == "RUNNING"]
        strike(job.job_id)

    proxy.on("PUT *checkpoint.npz", After(struck))


def checkpoint_of(desk: Desk, run: Run) -> Values:
    problem = Problem.from_bytes((run.path / "input.npz").read_bytes())
    objects = objects_of(desk.cloud, run)
    head: Checkpoint
    head, _ = solutions.checkpoint_from_bytes(objects.read(objects.keys.checkpoint(0)), problem)
    return head.values


def values_of(run: Run) -> Values:
    return tuple(level.value for level in run.levels)


def test_a_run_comes_back_solved_and_leaves_nothing(cloud: Cloud, desk: Desk) -> None:
    """With a worker that starts as the container does."""
    cloud.machines.launch = start_leashed
    try:
        run = desk.solve()
    finally:
        cloud.machines.launch = warm.launch
    assert (run.state, run.message) == (State.DONE, "")
    outcome = desk.outcome(run)
    assert outcome.verdict.ok
    assert run.best_unmet == outcome.levels[0].value
    assert [job.status for job in jobs_of(cloud, run)] == ["SUCCEEDED"]
    assert versions_of(cloud, run) == []
    assert run.deleted is not None
    assert run.deleted.left == 0
    assert any("status=" in line for line in desk.follower.log_lines(run.id))


def test_what_shall_be_kept_is_kept_until_it_is_deleted_by_hand(cloud: Cloud, desk: Desk) -> None:
    run = desk.solve(replace(QUICK, keep_remote=True))
    assert run.deleted is None
    kept = versions_of(cloud, run)
    assert objects_of(cloud, run).keys.result(0) in kept
    deletion = desk.follower.delete_remote(run.id)
    assert (deletion.versions, deletion.left) == (len(kept), 0)
    assert versions_of(cloud, run) == []


def test_a_message_that_comes_twice_makes_one_job(cloud: Cloud, desk: Desk) -> None:
    cloud.pump.deliver_twice()
    run = desk.submit()
    desk.follow(run.id, running)
    cloud.client("sqs").send_message(QueueUrl=cloud.resources.queue_url, MessageBody=message(cloud, run))
    run = desk.follow(run.id)
    assert run.state is State.DONE
    assert len(jobs_of(cloud, run)) == 1


def test_a_message_that_comes_after_all_is_done_does_nothing(cloud: Cloud, desk: Desk) -> None:
    run = desk.solve()
    calls = len(cloud.pump.calls)
    cloud.client("sqs").send_message(QueueUrl=cloud.resources.queue_url, MessageBody=message(cloud, run))
    assert cloud.pump.wait_for_call(calls)
    assert cloud.pump.calls[-1]["result"] == {"batchItemFailures": []}
    assert versions_of(cloud, run) == []


def message(cloud: Cloud, run: Run) -> str:
    key = f"runs/{run.id}/manifest.json"
    return json.dumps(
        {"v": 1, "type": "solve", "run": run.id, "bucket": cloud.resources.bucket, "manifest": key}
    )


@pytest.mark.parametrize("poison", ["", "no JSON", '{"v": 1, "type": "dance"}'])
def test_poison_ends_among_the_dead_letters_and_holds_nobody_up(
    cloud: Cloud, desk: Desk, poison: str
) -> None:
    sqs, url = cloud.client("sqs"), cloud.resources.queue_url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    cloud.pump.pause(True)
    dead = dead_letters(cloud)
    sqs.send_message(QueueUrl=url, MessageBody=poison or " ")
    run = desk.submit()
    desk.follow(run.id, lambda run: run.state is State.QUEUED)
    cloud.pump.pause(False)
    assert desk.follow(run.id).state is State.DONE
    desk.follow(run.id, lambda run: dead_letters(cloud) == dead + 1)
    received = [call for call in cloud.pump.calls if (poison or " ") in bodies(call)]
    assert len(received) == cloud.settings.receives
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(cloud.settings.visibility_s)})


def bodies(call: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [record["body"] for record in call["event"]["Records"]]


def dead_letters(cloud: Cloud) -> int:
    """Messages among the dead letters; SQS moves them there when the queue is asked again."""
    answer = cloud.client("sqs").get_queue_attributes(
        QueueUrl=cloud.resources.dead_letter_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.mark.parametrize("fault", ["reclaim", "lose_host"])
def test_a_run_goes_on_where_its_machine_was_taken_away(cloud: Cloud, desk: Desk, fault: str) -> None:
    """
    A reclaimed worker has a moment for a last checkpoint, one whose host is lost has none.

    The second attempt is cancelled as soon as it has begun: what it ends with is what it began with.
    """
    at_checkpoint(cloud, getattr(cloud.machines, fault))
    run = desk.submit(replace(LONG, keep_remote=True), CROWDED)
    desk.follow(run.id, lambda run: any("resumed=True" in said(cloud, job) for job in jobs_of(cloud, run)))
    (job,) = jobs_of(cloud, run)
    assert job.attempts[0]["container"]["exitCode"] == (143 if fault == "reclaim" else 137)
    before = checkpoint_of(desk, run)
    desk.follower.cancel(run.id)
    run = desk.follow(run.id)
    assert len(job.attempts) == 2
    assert values_of(run) <= before
    assert run.children[0].attempts == 2


def said(cloud: Cloud, job: EmulatedJob) -> str:
    """What the job's last attempt has logged so far."""
    if not job.lines:
        return ""
    events = cloud.client("logs").get_log_events(
        logGroupName=cloud.resources.log_group, logStreamName=job.log_stream_name
    )
    return "\n".join(event["message"] for event in events["events"])


def test_a_machine_that_is_taken_away_too_often_ends_the_run_with_its_best(cloud: Cloud, desk: Desk) -> None:
    proxy = cloud.proxy()
    cloud.machines.endpoint = proxy.endpoint

    run = desk.submit(LONG, CROWDED)

    def lose(exchange: object) -> None:
        its = objects_of(cloud, run)
        if its.keys.checkpoint(0) in its.list():
            for job_id in list(cloud.machines.jobs):
                cloud.machines.lose_host(job_id)

    proxy.on("PUT *progress.json", After(lose), times=1000)
    run = desk.follow(run.id)
    (job,) = jobs_of(cloud, run)
    assert len(job.attempts) == cloud.settings.retries["attempts"]
    assert run.state is State.FAILED
    assert "taken away" in run.message
    assert desk.outcome(run).verdict.ok


def test_a_cancelled_run_keeps_its_best(cloud: Cloud, desk: Desk) -> None:
    run = desk.submit(LONG, CROWDED)
    desk.follow(
        run.id, lambda run: objects_of(cloud, run).keys.checkpoint(0) in objects_of(cloud, run).list()
    )
    desk.follower.cancel(run.id)
    run = desk.follow(run.id)
    assert run.state is State.CANCELLED
    assert desk.outcome(run).verdict.ok
    assert versions_of(cloud, run) == []


@pytest.mark.parametrize("waiting", ["at the desk", "in the queue", "for a machine"])
def test_a_run_that_waits_can_be_cancelled(cloud: Cloud, desk: Desk, waiting: str) -> None:
    run = desk.submit(LONG, CROWDED)
    if waiting == "in the queue":
        cloud.pump.pause(True)
        desk.follow(run.id, lambda run: run.state is State.QUEUED)
    if waiting == "for a machine":
        cloud.machines.hold(True)
        desk.follow(run.id, lambda run: run.state is State.DISPATCHED)
    desk.follower.cancel(run.id)
    run = desk.follow(run.id)
    calls = len(cloud.pump.calls)
    cloud.clear()
    if waiting == "in the queue":
        assert cloud.pump.wait_for_call(calls)
    assert run.state is State.CANCELLED
    assert [job.status for job in jobs_of(cloud, run)] == (["FAILED"] if waiting == "for a machine" else [])
    assert versions_of(cloud, run) == []


def test_the_time_limit_of_batch_ends_a_run_and_says_so(cloud: Cloud, desk: Desk) -> None:
    at_checkpoint(cloud, cloud.machines.run_out_of_time)
    run = desk.solve(LONG, CROWDED)
    (job,) = jobs_of(cloud, run)
    assert (len(job.attempts), run.state) == (1, State.FAILED)
    assert "longer than AWS Batch allows" in run.message
    assert desk.outcome(run).verdict.ok


def test_a_job_without_memory_is_not_tried_again_and_says_what_to_order(cloud: Cloud, desk: Desk) -> None:
    at_checkpoint(cloud, cloud.machines.run_out_of_memory)
    run = desk.solve(LONG, CROWDED)
    (job,) = jobs_of(cloud, run)
    assert (len(job.attempts), run.state) == (1, State.FAILED)
    assert "Order more memory" in run.message
    assert desk.outcome(run).verdict.ok


def test_an_input_that_is_not_the_one_that_was_sent_is_refused_once(cloud: Cloud, desk: Desk) -> None:
    cloud.pump.pause(True)
    run = desk.submit()
    desk.follow(run.id, lambda run: run.state is State.QUEUED)
    objects = objects_of(cloud, run)
    objects.write(objects.keys.input, b"not what was sent")
    cloud.pump.pause(False)
    run = desk.follow(run.id)
    (job,) = jobs_of(cloud, run)
    assert [attempt["container"]["exitCode"] for attempt in job.attempts] == [65]
    assert run.state is State.FAILED
    assert "not those that were written" in run.message
    assert versions_of(cloud, run) == []


def test_a_portfolio_takes_the_best_though_a_child_failed(cloud: Cloud, desk: Desk) -> None:
    proxy = cloud.proxy()
    cloud.machines.endpoint = proxy.endpoint

    def strike(exchange: object) -> None:
        (job,) = [job for job in cloud.machines.jobs.values() if job.job_id.endswith(":1") and not job.ended]
        cloud.machines.run_out_of_memory(job.job_id)

    proxy.on("PUT *seeds/1/claim.json", After(strike))
    run = desk.solve(replace(QUICK, seeds=(1, 2, 3)))
    assert [child.state for child in run.children] == [State.DONE, State.FAILED, State.DONE]
    assert run.state is State.DONE
    assert "1 of 3 computers failed" in run.message
    assert run.best_child in (0, 2)
    assert run.best_unmet == min(child.unmet for child in run.children if child.has_result)
    (job,) = jobs_of(cloud, run)
    assert job.status == "FAILED"
    assert versions_of(cloud, run) == []


def test_a_run_that_is_deleted_while_it_is_dispatched_leaves_nothing(cloud: Cloud, desk: Desk) -> None:
    proxy = cloud.proxy()
    cloud.dispatch_through(proxy.endpoint)
    run = desk.submit()
    ended: list[Run] = []

    def cancel(exchange: object) -> None:
        desk.follower.cancel(run.id)
        ended.append(desk.follow(run.id))

    proxy.on("PUT *dispatch.json", Before(cancel))
    calls = len(cloud.pump.calls)
    desk.follower.advance(run.id)
    assert cloud.pump.wait_for_call(calls)
    assert [run.state for run in ended] == [State.CANCELLED]
    assert jobs_of(cloud, run) == []
    assert versions_of(cloud, run) == []
