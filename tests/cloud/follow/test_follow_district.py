"""A district: a run for each school, each in its own stack, followed together; and a lid that was closed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_fakes import BUCKET, Aws, client_error
from played import ORDER, Clock, PlayedCloud, finished

from cloud_runner.client.connect import Connection
from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Pace
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run, State
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.problem import Solution

SOUTH = "south-runs"


@pytest.fixture
def south(aws: Aws) -> Remote:
    """The stack of another school."""
    aws.s3.create_bucket(Bucket=SOUTH)
    queue = aws.sqs.create_queue(QueueName="south")["QueueUrl"]
    return replace(aws.remote, name="South", bucket=SOUTH, queue_url=queue)


def buckets_of(aws: Aws, run: Run) -> set[str]:
    """Buckets in which the run has objects."""
    return {
        bucket
        for bucket in (BUCKET, SOUTH)
        if aws.s3.list_objects_v2(Bucket=bucket, Prefix=f"runs/{run.id}/").get("Contents")
    }


def test_each_school_goes_to_its_own_stack_and_holds_no_other_up(
    aws: Aws, run: Run, follower: Follower, south: Remote
) -> None:
    made = make_school(students=60, seed=2)
    other = prepare(made.school, made.rules, NO_SCHEDULE, ORDER)
    theirs = follower.submit(other, south, "south.echelon", "South High")
    signed_in: list[str] = []

    def connect(remote: Remote, pace: Pace) -> Connection:
        connection = aws.connect(remote, pace)
        if remote.name == "South" and not signed_in:

            class Expired:
                def __getattr__(self, name: str) -> Any:
                    raise client_error("ExpiredToken", 400, "ListObjectsV2")

            connection.__dict__["s3"] = Expired()
        return connection

    district = Follower(follower.runs, connect=connect)
    looks = {each.id: district.advance(each.id) for each in district.runs.all()}
    assert set(looks) == {run.id, theirs.id}
    assert looks[run.id].state is State.QUEUED
    assert (looks[theirs.id].state, looks[theirs.id].trouble) == (State.UPLOADING, True)
    assert "South" in looks[theirs.id].message
    signed_in.append("South")
    assert district.advance(theirs.id).state is State.QUEUED
    assert buckets_of(aws, run) == {BUCKET}
    assert buckets_of(aws, theirs) == {SOUTH}
    for queue, sent in ((aws.queue_url, run), (south.queue_url, theirs)):
        (message,) = aws.sqs.receive_message(QueueUrl=queue)["Messages"]
        assert sent.id in message["Body"]


def test_a_lid_closed_for_days_ends_nothing(
    aws: Aws, run: Run, follower: Follower, cloud: PlayedCloud, clock: Clock, best: Solution
) -> None:
    follower.advance(run.id)
    clock.now += timedelta(days=3)
    assert follower.advance(run.id).state is State.QUEUED  # long waited for, and not given up
    cloud.dispatch()
    cloud.show("RUNNING", "RUNNABLE")
    clock.now += timedelta(days=3)
    assert follower.advance(run.id).state is State.RUNNING
    for child in range(2):
        cloud.result(child, best)
    clock.now += timedelta(days=3)
    assert finished(follower, cloud, "SUCCEEDED", "SUCCEEDED").state is State.DONE
