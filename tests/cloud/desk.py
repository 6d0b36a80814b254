"""A workstation for the end-to-end tests: it prepares runs, sends them, follows them, and can be replaced."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from cloud_runner.client.collect import Outcome
from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order, Pace
from cloud_runner.client.prepare import prepare
from cloud_runner.client.runs import Run, Runs
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.demo import remote_of
from cloud_runner.emulator.jobs import EmulatedJob
from cloud_runner.objects import RunObjects
from cloud_runner.wire.layout import job_name
from echelon_desktop.model.sample import Sample, Shape, make_school
from echelon_desktop.solver.compile import NO_SCHEDULE

PACE = Pace(poll_min_s=0.01, poll_max_s=0.05, connect_s=2.0, read_s=10.0, attempts=1)
TIME_S = 120.0  # until a test gives up; no run takes a tenth of it
LOOK_S = 0.1  # between two looks when nothing is heard

QUICK = Order(seeds=(1,), time_limit_s=10.0, vcpu=1, memory_mb=1024)
LONG = replace(QUICK, time_limit_s=300.0)

SMALL = Shape(students=12)  # solved at once
# Not solved before its time is up: too few seats for what students want, and a bound that does not see it.
CROWDED = Shape(students=200, planted=False, unequal_seats=True, seat_slack=0.0)


@cache
def school(shape: Shape = SMALL) -> Sample:
    """A made-up school."""
    return make_school(shape=shape, seed=1)


class Desk:
    """
    A workstation.

    Parameters
    ----------
    cloud
        The emulated cloud.
    folder
        What the workstation keeps of its runs; a second desk with the same folder is the same workstation
        after a restart, or with a second window.
    endpoint
        How it reaches the cloud: directly, or through a proxy.
    """

    def __init__(self, cloud: Cloud, folder: Path, endpoint: str | None = None, **more: Any) -> None:
        self.cloud = cloud
        self.remote = replace(remote_of(cloud), endpoint=endpoint or cloud.endpoint)
        self.follower = Follower(Runs(folder), PACE, **more)

    def submit(self, order: Order = QUICK, shape: Shape = SMALL, start: Any = None) -> Run:
        """Order a run; nothing is sent yet."""
        made = school(shape)
        prepared = prepare(made.school, made.rules, NO_SCHEDULE, order, start)
        return self.follower.submit(prepared, self.remote, "school", "A school")

    def follow(self, run_id: str, until: Callable[[Run], bool] = lambda run: run.state.ended) -> Run:
        """Move a run on until something holds of it."""
        seen = []

        def reached() -> bool:
            seen.append(self.follower.advance(run_id))
            return until(seen[-1])

        patience = int(TIME_S / LOOK_S)
        for _ in range(patience):
            if reached():
                return seen[-1]
            with self.cloud.machines.changed:
                self.cloud.machines.changed.wait(LOOK_S)
        raise AssertionError(f"It never came to that: {seen[-1]}")

    def solve(self, order: Order = QUICK, shape: Shape = SMALL) -> Run:
        """Order a run and follow it to its end."""
        return self.follow(self.submit(order, shape).id)

    def outcome(self, run: Run) -> Outcome:
        """What was brought back."""
        return self.follower.fetch_best(run.id)


def jobs_of(cloud: Cloud, run: Run) -> list[EmulatedJob]:
    """The jobs that were submitted for a run; an array is one."""
    found = [job for job in cloud.machines.jobs.values() if job.job_name == job_name(run.id)]
    return [job for job in found if "index" not in job.array_properties]


def objects_of(cloud: Cloud, run: Run) -> RunObjects:
    """A run's objects, for a look that no proxy sees."""
    return RunObjects(cloud.client("s3"), cloud.resources.bucket, run.id)


def versions_of(cloud: Cloud, run: Run) -> list[str]:
    """Keys of every version and delete marker that is left of a run."""
    pages = (
        cloud.client("s3")
        .get_paginator("list_object_versions")
        .paginate(Bucket=cloud.resources.bucket, Prefix=f"runs/{run.id}/")
    )
    return [
        item["Key"] for page in pages for kind in ("Versions", "DeleteMarkers") for item in page.get(kind, ())
    ]
