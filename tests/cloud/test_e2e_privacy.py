"""
No id and no name leaves.

Every byte that passes between desktop, dispatcher, worker and cloud, and every byte that the cloud keeps, is
searched for the ids and names of a school where each is a canary.
"""

import gzip
import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import canaries
import numpy as np
import pytest
from canaries import CANARY, canary
from desk import QUICK, Desk, jobs_of, objects_of, school

from cloud_runner.client.prepare import prepare
from cloud_runner.client.runs import KEYS_FILE, Run, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.proxy import After, Proxy
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.compile import NO_SCHEDULE

KEPT = replace(QUICK, keep_remote=True)


class Watched:
    """A cloud in which everything that passes is remembered, and a desk before it."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud = cloud
        self.desktop, self.worker, self.dispatcher = (cloud.proxy(remember=True) for _ in range(3))
        cloud.machines.endpoint = self.worker.endpoint
        cloud.dispatch_through(self.dispatcher.endpoint)
        self.lines: list[str] = []
        cloud.pump.on_line = self.lines.append
        self.desk = Desk(cloud, folder / canary("folder"), self.desktop.endpoint)

    @property
    def proxies(self) -> tuple[Proxy, ...]:
        return self.desktop, self.worker, self.dispatcher

    def submit(self, start: Schedule | None = None) -> Run:
        made, rules = canaries.school_of_canaries(school())
        prepared = prepare(made, rules, NO_SCHEDULE, KEPT, start)
        path = f"/{canary('path')}/school.echelon"
        return self.desk.follower.submit(prepared, self.desk.remote, path, canary("school"))

    def found(self) -> list[str]:
        log = ("log of the dispatcher", "".join(self.lines).encode())
        return canaries.found([*canaries.passed(self.proxies), *canaries.kept(self.cloud), log])


@pytest.fixture
def watched(cloud: Cloud, tmp_path: Path) -> Watched:
    return Watched(cloud, tmp_path)


def test_no_id_and_no_name_leaves(watched: Watched) -> None:
    """In a run that is solved, one that starts from a schedule, is reclaimed and resumed, and one refused."""
    desk, cloud = watched.desk, watched.cloud
    first = desk.follow(watched.submit().id)
    rule = watched.worker.on("PUT *progress.json", After(lambda exchange: reclaim(cloud)))
    second = desk.follow(watched.submit(desk.outcome(first).schedule).id)
    assert rule.struck.is_set()
    cloud.pump.pause(True)
    third = watched.submit()
    desk.follow(third.id, lambda run: run.state is State.QUEUED)
    objects = objects_of(cloud, third)
    objects.write(objects.keys.input, b"not what was sent")
    cloud.pump.pause(False)
    third = desk.follow(third.id)
    assert [run.state for run in (first, second, third)] == [State.DONE, State.DONE, State.FAILED]
    desk.follower.log_lines(first.id)
    desk.follower.delete_remote(third.id)
    assert watched.found() == []
    searched(watched, first, second)


def reclaim(cloud: Cloud) -> None:
    for job in list(cloud.machines.jobs.values()):
        cloud.machines.reclaim(job.job_id)


def searched(watched: Watched, first: Run, second: Run) -> None:
    """The search was of everything: each kind of byte was among what it looked at."""
    places = "\n".join(where for where, data in canaries.passed(watched.proxies) if data)
    for step in (
        "PUT",
        "GET",
        "input.npz",
        "start.npz",
        "result.npz",
        "SendMessage",
        "submitjob",
        "GetLogEvents",
    ):
        assert step in places
    kept = "\n".join(where for where, data in canaries.kept(watched.cloud) if data)
    for step in ("result.npz", "tags of", f"job {jobs_of(watched.cloud, second)[0].job_id}", "log run/"):
        assert step in kept
    names = [where for where, _ in canaries.found_in_archives(canaries.passed(watched.proxies))]
    assert any("request_student" in name for name in names)
    # What stays here does hold them: the canaries are real.
    assert canaries.found([("keys", (first.path / KEYS_FILE).read_bytes())])


def in_an_archive(watched: Watched) -> None:
    packed = io.BytesIO()
    np.savez_compressed(packed, ids=np.array([canary("student")]))
    put(watched, Body=packed.getvalue())


def put(watched: Watched, **more: object) -> None:
    s3 = watched.cloud.client("s3", watched.desktop.endpoint)
    s3.put_object(**({"Bucket": watched.cloud.resources.bucket, "Key": "planted", "Body": b""} | more))


def in_a_job(watched: Watched, **more: object) -> None:
    resources = watched.cloud.resources
    given = {"jobName": "planted", "jobQueue": resources.job_queue, "jobDefinition": resources.job_definition}
    watched.cloud.machines.hold(True)
    watched.cloud.client("batch", watched.dispatcher.endpoint).submit_job(**(given | more))


def in_a_message(watched: Watched) -> None:
    watched.cloud.pump.pause(True)
    watched.cloud.client("sqs", watched.desktop.endpoint).send_message(
        QueueUrl=watched.cloud.resources.queue_url,
        MessageBody="{}",
        MessageAttributes={"school": {"DataType": "String", "StringValue": canary("school")}},
    )


def in_a_log(watched: Watched) -> None:
    logs, group = watched.cloud.client("logs"), watched.cloud.resources.log_group
    logs.create_log_stream(logGroupName=group, logStreamName="planted")
    event = {"timestamp": int(time.time() * 1000), "message": f"solves {canary('school')}"}
    logs.put_log_events(logGroupName=group, logStreamName="planted", logEvents=[event])


PLANTS: dict[str, Callable[[Watched], None]] = {
    "body": lambda watched: put(watched, Body=canary("student").encode()),
    "archive of numpy": in_an_archive,
    "gzip": lambda watched: put(watched, Body=gzip.compress(canary("student").encode())),
    "base64": lambda watched: put(watched, Body=canaries.coded(canary("student"))),
    "key": lambda watched: put(watched, Key=canary("school")),
    "header": lambda watched: put(watched, Metadata={"school": canary("school")}),
    "tag": lambda watched: put(watched, Tagging=f"school={canary('school')}"),
    "message attribute": in_a_message,
    "job name": lambda watched: in_a_job(watched, jobName=canary("school")),
    "job tag": lambda watched: in_a_job(watched, tags={"school": canary("school")}),
    "log": in_a_log,
}


@pytest.mark.parametrize("plant", PLANTS)
def test_the_search_finds_what_is_planted(watched: Watched, plant: str) -> None:
    clean = watched.found()
    PLANTS[plant](watched)
    planted = watched.found()
    clear(watched.cloud)
    assert clean == []
    assert planted


def clear(cloud: Cloud) -> None:
    """Take away what was planted: the next search is of the same cloud."""
    s3, bucket = cloud.client("s3"), cloud.resources.bucket
    for item in s3.list_object_versions(Bucket=bucket).get("Versions", ()):
        s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
    logs, group = cloud.client("logs"), cloud.resources.log_group
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        logs.delete_log_stream(logGroupName=group, logStreamName=stream["logStreamName"])
    sqs, url = cloud.client("sqs"), cloud.resources.queue_url
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    for job_id in [job_id for job_id, job in cloud.machines.jobs.items() if CANARY in repr(job.describe())]:
        cloud.client("batch").terminate_job(jobId=job_id, reason="planted")
        cloud.machines.wait(lambda job_id=job_id: cloud.machines.jobs[job_id].ended)
        del cloud.machines.jobs[job_id]
