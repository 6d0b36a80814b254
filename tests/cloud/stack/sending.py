"""A small school, sent to the emulated account as the desktop would."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run, Runs, State
from cloud_runner.stack.deploy import Stack
from cloud_runner.stack.set_up import settings
from echelon_desktop.model.sample.make import make_school
from echelon_desktop.solver.compile import NO_SCHEDULE


def remote_of(stack: Stack, session: Any) -> Remote:
    """The stack's settings, with the emulator's address."""
    return replace(settings(stack), endpoint=session.client("s3").meta.endpoint_url)


def sent(stack: Stack, session: Any, folder: Path, time_limit_s: float = 2.0) -> tuple[Follower, Run]:
    """Prepare a run and send it; its message waits in the queue."""
    sample = make_school(students=60, seed=1)
    order = Order(seeds=(1,), time_limit_s=time_limit_s, vcpu=2, memory_mb=2048, keep_remote=True)
    prepared = prepare(sample.school, sample.rules, NO_SCHEDULE, order, rng=np.random.default_rng(1))
    follower = Follower(Runs(folder))
    run = follower.submit(prepared, remote_of(stack, session), "sample", "Sample")
    run = follower.advance(run.id)
    assert run.state is State.QUEUED, run.message
    return follower, run
