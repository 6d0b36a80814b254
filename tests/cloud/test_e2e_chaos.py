"""
Runs whose desktop, dispatcher, worker or network is killed at random points.

Whatever happens: one run has one job and one end, its result is brought back, and nothing of it is left in
the bucket. ECHELON_CHAOS_RUNS says how many are tried (5); each number is a run of its own.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import warm
from desk import LOOK_S, TIME_S, Desk, jobs_of

from cloud_runner.client.runs import Run, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.programs import Program, clean_environment
from cloud_runner.emulator.proxy import (
    After,
    Before,
    CutAnswer,
    CutRequest,
    Exchange,
    Fault,
    LoseAnswer,
    Proxy,
    Refuse,
)

RUNS = int(os.environ.get("ECHELON_CHAOS_RUNS", "5"))
MOST = {"desktop": 3, "dispatcher": 2, "worker": 2}  # faults of a run, at most, on each side
CHANCES = (0.05, 0.1, 0.25)  # that a request is struck, early ones mostly or late ones too
CANCELLED = 0.2  # of the runs
CUTS: tuple[Fault, ...] = (Refuse(), CutRequest(10), LoseAnswer(), CutAnswer(20))


@dataclass
class Chaos:
    """What strikes a run, drawn from one number."""

    random: random.Random
    left: dict[str, int] = field(default_factory=lambda: dict(MOST))
    struck: list[str] = field(default_factory=list)
    chance: float = 0.0

    def __post_init__(self) -> None:
        self.chance = self.random.choice(CHANCES)

    def draw(self, name: str, side: str, kill: Callable[[], object]) -> list[Fault]:
        """The faults for a request: none mostly, else a cut or somebody's death before or after it."""
        if not self.left[side] or self.random.random() > self.chance:
            return []
        self.left[side] -= 1
        deaths = (Before(lambda exchange: kill()), After(lambda exchange: kill()))
        fault = self.random.choice(CUTS + deaths)
        self.struck.append(f"{side}: {type(fault).__name__} {name}")
        # Whoever was killed hears no answer.
        return [fault, LoseAnswer()] if isinstance(fault, Before | After) else [fault]


class Striking(Proxy):
    """A proxy before one side that strikes as chaos has it."""

    chaos: Chaos
    side: str
    kill: Callable[[], object]

    def note(self, exchange: Exchange) -> list[Fault]:
        with self.lock:
            return self.chaos.draw(exchange.name, self.side, self.kill)


def striking(cloud: Cloud, chaos: Chaos, side: str, kill: Callable[[], object]) -> str:
    proxy = Striking(cloud.address)
    proxy.chaos, proxy.side, proxy.kill = chaos, side, kill
    proxy.start()
    cloud.proxies.append(proxy)
    return proxy.endpoint


class Desktop:
    """A desktop's process, started again whenever it was killed."""

    def __init__(self, cloud: Cloud, folder: Path, chaos: Chaos) -> None:
        self.cloud, self.folder = cloud, folder
        endpoint = striking(cloud, chaos, "desktop", lambda: self.program.end(hard=True))
        remote = replace(Desk(cloud, folder).remote, endpoint=endpoint)
        self.environment = clean_environment(endpoint, "us-east-1") | {
            "REMOTE": remote.to_text(),
            "FOLDER": str(folder),
        }
        self.environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
        if chaos.random.random() < CANCELLED:
            self.environment["CANCEL_AT"] = str(chaos.random.randrange(1, 30))
        self.program: Program

    def run(self) -> list[str]:
        """Until one of its lives has come to the run's end; what it printed."""
        said: list[str] = []
        for _ in range(1 + MOST["desktop"]):
            self.program = warm.launch(("-m", "chaos_desktop"), self.environment, self.cloud.machines.folder)
            said += self.program.lines()
            if self.program.wait() == 0:
                return said
        raise AssertionError("It does not live long enough:\n" + "".join(said))


def lose_a_worker(cloud: Cloud, chaos: Chaos) -> None:
    fault = chaos.random.choice((cloud.machines.lose_host, cloud.machines.reclaim))
    for job in list(cloud.machines.jobs.values()):
        if not job.ended:
            fault(job.job_id)


def drained(cloud: Cloud) -> bool:
    """Whether nothing is in the queue, and nobody works on a message."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = cloud.client("sqs").get_queue_attributes(
        QueueUrl=cloud.resources.queue_url, AttributeNames=names
    )
    return not any(int(answer["Attributes"][name]) for name in names)


def left_over(cloud: Cloud) -> list[str]:
    """Keys of every version of every object in the bucket."""
    pages = cloud.client("s3").get_paginator("list_object_versions").paginate(Bucket=cloud.resources.bucket)
    return [
        item["Key"] for page in pages for kind in ("Versions", "DeleteMarkers") for item in page.get(kind, ())
    ]


@pytest.mark.parametrize("number", range(RUNS))
def test_chaos(cloud: Cloud, tmp_path: Path, number: int) -> None:
    chaos = Chaos(random.Random(number))
    jobs_before = set(cloud.machines.jobs)
    cloud.machines.endpoint = striking(cloud, chaos, "worker", lambda: lose_a_worker(cloud, chaos))
    cloud.dispatch_through(striking(cloud, chaos, "dispatcher", cloud.pump.kill_handler))
    Desktop(cloud, tmp_path / "runs", chaos).run()
    print(*chaos.struck, sep="\n")
    settle(cloud)
    desk = Desk(cloud, tmp_path / "runs")
    (run,) = desk.follower.runs.all()
    judge(cloud, desk, run)
    mine = [job for job in cloud.machines.jobs if job not in jobs_before]
    assert len(mine) == len(jobs_of(cloud, run))
    assert left_over(cloud) == []


def settle(cloud: Cloud) -> None:
    """Wait until the queue is empty and every job has ended."""
    for _ in range(int(TIME_S / LOOK_S)):
        if drained(cloud) and all(job.ended for job in cloud.machines.jobs.values()):
            return
        with cloud.pump.called:
            cloud.pump.called.wait(LOOK_S)
    raise AssertionError("It never settled.")


def judge(cloud: Cloud, desk: Desk, run: Run) -> None:
    jobs = jobs_of(cloud, run)
    if run.state is State.CANCELLED:
        assert len(jobs) <= 1
        assert run.best_unmet is None or desk.outcome(run).verdict.ok
    else:
        assert (run.state, run.message) == (State.DONE, "")
        assert len(jobs) == 1
        assert desk.outcome(run).verdict.ok
        assert run.best_unmet == 0
    assert desk.follower.advance(run.id) == run
