"""
A small school and its schedule; an account of moto to play in; the emulated cloud with everything in it.

Accounts and clouds are one for each module, since moto's state belongs to the whole process.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import warm
from aws_fakes import Aws, aws_account
from desk import Desk

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.resources import Settings
from echelon_desktop.model.sample import Sample, make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve import solve_problem

# The worker's durations, as short as they still mean something.
BRISK = {
    "ECHELON_PROGRESS_S": "0.1",
    "ECHELON_CHECKPOINT_S": "0.1",
    "ECHELON_CANCEL_S": "0.1",
    "ECHELON_RETRY_S": "0.1",
    "ECHELON_GIVE_UP_S": "20",
}


@pytest.fixture(scope="session")
def made() -> Sample:
    return make_school(students=60, seed=1)


@pytest.fixture(scope="session")
def problem(made: Sample) -> Problem:
    return compile_school(made.school, made.rules)[0]


@pytest.fixture(scope="session")
def best(problem: Problem) -> Solution:
    """A schedule in the order of the compiler."""
    solution = solve_problem(problem, Params(time_limit_s=30, iterations=2000, workers=1)).result.solution
    assert solution is not None
    return solution


@pytest.fixture(scope="module")
def account() -> Iterator[Aws]:
    """S3 and SQS of moto, in which only :func:`aws` clears up after the test before."""
    with aws_account() as made:
        yield made


@pytest.fixture
def aws(account: Aws) -> Aws:
    """The account with an empty bucket and queue."""
    account.clear()
    return account


@pytest.fixture(scope="module")
def emulated() -> Iterator[Cloud]:
    """The cloud as the template has it, with a message's second delivery after one second."""
    settings = replace(Settings.of_template(), visibility_s=1)
    with Cloud(settings, at_once=2) as cloud:
        cloud.machines.grace_s = 5.0
        cloud.machines.environment = BRISK
        cloud.machines.launch = warm.launch
        cloud.dispatcher_more = {"ECHELON_TAKEOVER_S": "0"}
        cloud.pump.start_host = warm.launch_host
        cloud.clear()
        yield cloud


@pytest.fixture
def cloud(emulated: Cloud) -> Iterator[Cloud]:
    """The cloud, without the faults that a test before has left."""
    yield emulated
    emulated.machines.environment = BRISK
    emulated.clear()


@pytest.fixture
def desk(cloud: Cloud, tmp_path: Path) -> Desk:
    """A workstation."""
    return Desk(cloud, tmp_path / "runs")


@pytest.fixture
def another_desk(cloud: Cloud, tmp_path: Path) -> Callable[..., Desk]:
    """The same workstation after a restart, or with a second window, perhaps behind a proxy."""

    def make(endpoint: str | None = None, **more: Any) -> Desk:
        return Desk(cloud, tmp_path / "runs", endpoint, **more)

    return make
