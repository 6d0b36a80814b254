"""One run and who follows it, with S3 and SQS of moto, and workers and Batch played by the test."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from aws_fakes import Aws, aws_account
from played import ORDER, Clock, PlayedCloud

from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Pace
from cloud_runner.client.prepare import Prepared, prepare
from cloud_runner.client.runs import Run, Runs
from echelon_desktop.model.sample import Sample, make_school
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve import solve_problem


@pytest.fixture(scope="module")
def account() -> Iterator[Aws]:
    with aws_account() as made:
        yield made


@pytest.fixture
def aws(account: Aws) -> Aws:
    account.clear()
    return account


@pytest.fixture(scope="session")
def made() -> Sample:
    return make_school(students=60, seed=1)


@pytest.fixture(scope="session")
def best(made: Sample) -> Solution:
    """A schedule in the order of the compiler."""
    problem, _ = compile_school(made.school, made.rules)
    solution = solve_problem(problem, Params(time_limit_s=30, iterations=2000, workers=1)).result.solution
    assert solution is not None
    return solution


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
