"""A run of three seeds in the bucket, schedules of its problem, and a solver that is scripted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from aws_fakes import Aws
from scripted import Scripted
from wire_examples import KEYS, RUN, manifest

from cloud_runner.objects import RunObjects
from cloud_runner.worker import solving
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution


@pytest.fixture(scope="session")
def found(problem: Problem, best: Solution) -> list[Solution]:
    """Schedules of the problem, each better than the one before."""
    held = np.flatnonzero(best.seat >= 0)
    steps = []
    for without in (9, 4, 0):
        seat = best.seat.copy()
        seat[held[:without]] = -1
        steps.append(Solution(best.choice, seat))
    values = [level_values(problem, step) for step in steps]
    assert values[0] > values[1] > values[2]
    return steps


@pytest.fixture
def run(aws: Aws, problem: Problem) -> RunObjects:
    """A run of three seeds that is complete in the bucket."""
    objects = aws.objects(RUN)
    blob = objects.write_blob(KEYS.input, problem.to_bytes())
    objects.write_document(KEYS.manifest, manifest(input=blob, solver_version=str(problems.VERSION)))
    return objects


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    def put(*arguments: Any, **more: Any) -> Scripted:
        scripted = Scripted(*arguments, **more)
        monkeypatch.setattr(solving, "solve_problem", scripted)
        return scripted

    return put
