"""One run and who follows it, with S3 and SQS of moto, and workers and Batch played by the test."""

from pathlib import Path

import numpy as np
import pytest
from aws_fakes import Aws
from played import ORDER, Clock, PlayedCloud

from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Pace
from cloud_runner.client.prepare import Prepared, prepare
from cloud_runner.client.runs import Run, Runs
from echelon_desktop.model.sample import Sample
from echelon_desktop.solver.compile import NO_SCHEDULE


@pytest.fixture
def prepared(made: Sample) -> Prepared:
    return prepare(made.school, made.rules, NO_SCHEDULE, ORDER, rng=np.random.default_rng(7))


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


@pytest.fixture
def cloud(aws: Aws, run: Run, prepared: Prepared) -> PlayedCloud:
    return PlayedCloud(aws, run, prepared)


@pytest.fixture
def dispatched(follower: Follower, cloud: PlayedCloud) -> PlayedCloud:
    follower.advance(cloud.run.id)
    cloud.dispatch()
    return cloud
