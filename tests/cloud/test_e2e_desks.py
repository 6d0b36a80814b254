"""Desktops that die, that are two, and that are lied to."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import CROWDED, LONG, PACE, QUICK, Desk, jobs_of, objects_of, versions_of

from cloud_runner import solutions
from cloud_runner.client import files
from cloud_runner.client import runs as stored
from cloud_runner.client.attach import attach
from cloud_runner.client.connect import Connection
from cloud_runner.client.runs import Run, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.proxy import Before
from echelon_desktop.errors import RemoteError
from echelon_desktop.solver.problem import Problem


class Death(BaseException):
    """The end of a desktop's process, as its code would never catch it."""


class Mortal:
    """A desktop that dies at each point of a run once: before and after each request and each file."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.points: list[str] = []
        self.alive = True
        write = files.write_whole

        def mortal_write(path: Path, data: bytes) -> None:
            self.die(f"before {path.name}")
            write(path, data)
            self.die(f"after {path.name}")

        for module in ("runs", "follow", "collect", "judge", "deletion"):
            patch.setattr(f"cloud_runner.client.{module}.write_whole", mortal_write)

    def die(self, point: str) -> None:
        if point not in self.points:
            self.points.append(point)
            raise Death(point)

    def connect(self, remote: Any, pace: Any) -> Connection:
        """Services whose requests are points to die at."""
        connection = Connection(remote, pace)
        events = connection.session.events

        def before(request: Any, event_name: str, **_: Any) -> None:
            self.die(f"before {event_name} {request.url.rpartition('/')[2].partition('?')[0]}")

        def after(event_name: str, **_: Any) -> None:
            self.die(f"after {event_name}")

        events.register("before-send.*.*", before)
        events.register("after-call.*.*", after)
        return connection


def test_a_desktop_that_dies_at_each_step_sends_one_job_and_loses_nothing(
    cloud: Cloud, another_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    mortal = Mortal(monkeypatch)
    run_id = ""
    deaths = 0
    while True:
        desk = another_desk(connect=mortal.connect)
        try:
            if not run_id and not desk.follower.runs.all():
                desk.submit()
            (known,) = desk.follower.runs.all()
            run_id = known.id
            run = desk.follow(run_id)
            break
        except Death:
            deaths += 1
    assert run.state is State.DONE
    assert desk.outcome(run).verdict.ok
    assert len(jobs_of(cloud, run)) == 1
    assert versions_of(cloud, run) == []
    assert deaths == len(mortal.points)
    died_at = "\n".join(mortal.points)
    for operation in ("PutObject", "SendMessage", "DescribeJobs", "GetObject", "DeleteObjects", "run.json"):
        assert f"{operation}" in died_at


def test_two_windows_follow_one_run(cloud: Cloud, another_desk: Callable[..., Desk]) -> None:
    first, second = another_desk(), another_desk()
    run = first.submit()
    found: list[Run] = []
    beside = threading.Thread(target=lambda: found.append(second.follow(run.id)))
    beside.start()
    found.append(first.follow(run.id))
    beside.join()
    assert [run.state for run in found] == [State.DONE] * 2
    assert len(jobs_of(cloud, run)) == 1
    assert versions_of(cloud, run) == []


def test_another_workstation_can_watch_a_run_and_with_its_keys_bring_it_back(
    cloud: Cloud, desk: Desk, tmp_path: Path
) -> None:
    run = desk.submit(replace(QUICK, keep_remote=True))
    run = desk.follow(run.id)
    watching, trusted = Desk(cloud, tmp_path / "watching"), Desk(cloud, tmp_path / "trusted")
    connection = Connection(watching.remote, PACE)
    attach(watching.follower.runs, run.id, connection)
    watched = watching.follow(run.id)
    assert watched.state is State.DONE
    with pytest.raises(RemoteError, match="key table"):
        watching.outcome(watched)
    attach(trusted.follower.runs, run.id, connection, run.path / stored.KEYS_FILE)
    assert trusted.outcome(trusted.follow(run.id)).schedule == desk.outcome(run).schedule
    assert versions_of(cloud, run) != []  # the sender's to delete
    assert len(jobs_of(cloud, run)) == 1


def ended_elsewhere(cloud: Cloud, desk: Desk) -> Run:
    """A run whose job has ended, while nobody looked."""
    run = desk.submit()
    run = desk.follow(run.id, lambda run: run.state is State.QUEUED)
    assert cloud.machines.wait(lambda: any(job.ended for job in jobs_of(cloud, run)))
    return run


def rewrite(cloud: Cloud, run: Run, key: str, **changes: Any) -> None:
    objects = objects_of(cloud, run)
    objects.write(key, json.dumps(json.loads(objects.read(key)) | changes).encode())


def other_schedule(cloud: Cloud, run: Run) -> None:
    """A schedule that is one of the problem, with all its seats given away."""
    objects = objects_of(cloud, run)
    problem = Problem.from_bytes((run.path / stored.INPUT_FILE).read_bytes())
    solution = solutions.from_bytes(objects.read(objects.keys.solution(0)), problem)
    solution.seat[:] = -1
    blob = objects.write_blob(objects.keys.solution(0), solutions.to_bytes(solution))
    rewrite(
        cloud,
        run,
        objects.keys.result(0),
        solution={"key": blob.key, "sha256": blob.sha256, "bytes": blob.bytes},
    )


def other_bytes(cloud: Cloud, run: Run) -> None:
    objects = objects_of(cloud, run)
    objects.write(objects.keys.solution(0), objects.read(objects.keys.solution(0)) + b" ")


def other_figures(cloud: Cloud, run: Run) -> None:
    objects = objects_of(cloud, run)
    levels = json.loads(objects.read(objects.keys.result(0)))["levels"]
    levels[-1] |= {"value": levels[-1]["value"] + 1}
    rewrite(cloud, run, objects.keys.result(0), levels=levels)


def other_problem(cloud: Cloud, run: Run) -> None:
    rewrite(cloud, run, objects_of(cloud, run).keys.result(0), input_sha256="0" * 64)


@pytest.mark.parametrize("alter", [other_schedule, other_bytes, other_figures, other_problem])
def test_an_altered_result_is_refused_and_kept_for_a_look(
    cloud: Cloud, desk: Desk, alter: Callable[[Cloud, Run], None]
) -> None:
    run = ended_elsewhere(cloud, desk)
    alter(cloud, run)
    run = desk.follow(run.id)
    assert run.state is State.FAILED
    assert "refused" in run.message
    assert run.best_unmet is None
    with pytest.raises(RemoteError, match="refused"):
        desk.outcome(run)
    assert objects_of(cloud, run).keys.result(0) in versions_of(cloud, run)


def test_a_result_of_a_newer_stack_waits_for_a_newer_desktop(
    cloud: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended_elsewhere(cloud, desk)
    rewrite(cloud, run, objects_of(cloud, run).keys.result(0), v=2)
    run = desk.follow(run.id, lambda run: run.trouble)
    assert not run.state.ended
    assert "Update Echelon Desktop" in run.message
    monkeypatch.setattr("cloud_runner.wire.documents.VERSION", 2)  # the update
    assert desk.follow(run.id).state is State.DONE


def test_a_run_of_a_newer_desktop_is_refused_by_the_stack_that_must_be_updated(
    cloud: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = cloud.proxy()
    desk = Desk(cloud, Path(desk.follower.runs.folder), proxy.endpoint)
    proxy.on("AmazonSQS.SendMessage", Before(lambda exchange: newer_manifest(cloud)))
    run = desk.solve()
    assert run.state is State.FAILED
    assert "Update the stack" in run.message
    assert jobs_of(cloud, run) == []
    assert versions_of(cloud, run) == []


def newer_manifest(cloud: Cloud) -> None:
    s3, bucket = cloud.client("s3"), cloud.resources.bucket
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
        if item["Key"].endswith("manifest.json"):
            body = json.loads(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
            s3.put_object(Bucket=bucket, Key=item["Key"], Body=json.dumps(body | {"v": 2}).encode())


def test_a_run_of_an_older_desktop_without_what_came_later_is_solved(
    cloud: Cloud, another_desk: Callable[..., Desk]
) -> None:
    """Fields that have a default may be missing, and unknown ones are passed over."""
    proxy = cloud.proxy()

    def older(exchange: object) -> None:
        s3, bucket = cloud.client("s3"), cloud.resources.bucket
        (key,) = [
            item["Key"]
            for item in s3.list_objects_v2(Bucket=bucket)["Contents"]
            if item["Key"].endswith("manifest.json")
        ]
        body = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        del body["retry_of"]
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body | {"later": [1]}).encode())

    rule = proxy.on("AmazonSQS.SendMessage", Before(older))
    assert another_desk(proxy.endpoint).solve().state is State.DONE
    assert rule.struck.is_set()


def test_a_run_is_sent_again_with_more_memory_and_begins_with_its_best(cloud: Cloud, desk: Desk) -> None:
    run = desk.submit(LONG, CROWDED)
    desk.follow(
        run.id, lambda run: objects_of(cloud, run).keys.checkpoint(0) in objects_of(cloud, run).list()
    )
    desk.follower.cancel(run.id)
    run = desk.follow(run.id)
    before = tuple(level.value for level in run.levels)
    again = desk.follower.retry(run.id, replace(LONG, time_limit_s=1.0, memory_mb=2048))
    assert (again.retry_of, again.has_start) == (run.id, True)
    again = desk.follow(again.id)
    assert tuple(level.value for level in again.levels) <= before
    assert versions_of(cloud, again) == []


def test_a_bucket_that_is_gone_is_named_by_its_setting(cloud: Cloud, tmp_path: Path) -> None:
    desk = Desk(cloud, tmp_path / "runs")
    desk.remote = replace(desk.remote, bucket="no-such-bucket")
    run = desk.submit()
    run = desk.follower.advance(run.id)
    assert run.trouble
    assert "check the setting bucket" in run.message


def test_a_queue_that_is_gone_is_named_by_its_setting(cloud: Cloud, tmp_path: Path) -> None:
    desk = Desk(cloud, tmp_path / "runs")
    desk.remote = replace(desk.remote, queue_url=desk.remote.queue_url + "-gone")
    run = desk.submit()
    run = desk.follower.advance(run.id)
    assert run.trouble
    assert "check the setting queue_url" in run.message
