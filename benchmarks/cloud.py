"""
What solving remotely costs apart from solving: work on the desktop, work of the worker, requests and bytes.

    python benchmarks/cloud.py [SCHOOL_FOLDER] [--rules FILE|PRESET] [--seconds S]

Without a folder of CSV files a school of a high school's size is made up. The cloud is the emulated one on
this computer: times of AWS itself (a machine: one to five minutes) are not in it. Work is processor time, so
that other programs do not count; only the last line is by the clock.
"""

import argparse
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from cloud_runner.client.connect import Connection
from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order, Pace
from cloud_runner.client.prepare import Prepared, prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run, Runs, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.demo import remote_of
from cloud_runner.objects import RunObjects
from cloud_runner.wire.documents import ProgressReport
from cloud_runner.worker.task import Pace as WorkerPace
from cloud_runner.worker.task import Task
from cloud_runner.worker.work import Worker
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import NO_SCHEDULE

T = TypeVar("T")

LOOK_S = 2.0  # as the desktop does at first
STUDENTS = 1200


@dataclass
class Spent:
    """What something took: processor seconds of its thread, requests to the cloud, bytes sent."""

    times: int = 0
    cpu_s: float = 0.0
    requests: int = 0
    sent: int = 0

    def row(self, name: str) -> str:
        n = max(1, self.times)
        each = f"{1000 * self.cpu_s / n:8.1f} ms of work"
        asked = f"{self.requests / n:6.1f} requests, {self.sent / n / 1024:7.1f} KiB sent"
        times = f", each of {n}" if n > 1 else ""
        return f"{name:36}{each}{asked if self.requests else ''}{times}"


class Meter:
    """Counts what the clients of a connection do, under names."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, Spent] = defaultdict(Spent)
        self.now = Spent()

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-send", self._on_request)

    def _on_request(self, request: Any, **_: Any) -> None:
        self.now.requests += 1
        self.now.sent += _length(request.body)

    def measure(self, name: Callable[[T], str] | str, action: Callable[[], T]) -> T:
        """Do something; its name may depend on what came of it."""
        self.now = Spent()
        before = time.thread_time()
        result = action()
        cpu_s = time.thread_time() - before
        spent = self.spent[name if isinstance(name, str) else name(result)]
        spent.times += 1
        spent.cpu_s += cpu_s
        spent.requests += self.now.requests
        spent.sent += self.now.sent
        return result


def _length(body: Any) -> int:
    if isinstance(body, bytes | str):
        return len(body)
    if body is None or not hasattr(body, "seek"):
        return 0
    at = body.tell()
    end: int = body.seek(0, 2)
    body.seek(at)
    return end


def follow(cloud: Cloud, prepared: Prepared, folder: Path, meter: Meter) -> float:
    """A whole run through the emulated cloud; seconds on the clock apart from solving."""

    def connect(remote: Remote, pace: Pace) -> Connection:
        connection = Connection(remote, pace)
        for client in (connection.s3, connection.sqs, connection.batch):
            meter.watch(client)
        return connection

    follower = Follower(Runs(folder), connect=connect)
    began = time.monotonic()
    remote = remote_of(cloud)
    run = meter.measure("desktop: keep the run", lambda: follower.submit(prepared, remote, "", ""))
    meter.measure("desktop: load boto3, sign in", lambda: follower._connection(run))
    while not run.state.ended:
        run = meter.measure(partial(_name, run.state), partial(follower.advance, run.id))
        threading.Event().wait(0 if run.state.ended else LOOK_S)
    if run.state is not State.DONE:
        raise SystemExit(f"The run ended as {run.state}: {run.message}")
    return time.monotonic() - began - run.children[0].seconds


def _name(before: State, after: Run) -> str:
    if before is State.UPLOADING:
        return "desktop: upload and send"
    return "desktop: bring back, judge, delete" if after.state.ended else "desktop: look at a run"


def work(cloud: Cloud, prepared: Prepared, folder: Path, meter: Meter) -> float:
    """A worker in this process, whose solver has threads of its own; seconds of solving."""
    cloud.pump.pause(True)
    follower = Follower(Runs(folder))
    run = follower.advance(follower.submit(prepared, remote_of(cloud), "", "").id)
    s3 = cloud.session.client("s3", endpoint_url=cloud.endpoint)
    meter.watch(s3)
    task = Task(run.remote.bucket, run.id, 0, "benchmark", 1)
    worker = Worker(task, s3, WorkerPace(), threading.Event())
    code = meter.measure("worker: all but solving", worker.work)
    if code != 0:
        raise SystemExit(f"The worker ended with {code}.")
    objects = RunObjects(cloud.client("s3"), run.remote.bucket, run.id)
    return objects.read_document(ProgressReport, objects.keys.progress(0)).seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().split("\n")[0])
    parser.add_argument("school", type=Path, nargs="?", help="folder of CSV files")
    parser.add_argument("--rules", help="rules to use (those of the school)")
    parser.add_argument("--seconds", type=float, default=30.0, help="of solving (30)")
    arguments = parser.parse_args()
    if arguments.school:
        source = load_source(arguments.school, arguments.rules)
        school, rules = source.school, source.rules
    else:
        made = make_school(students=STUDENTS, seed=1)
        school, rules = made.school, made.rules
    order = Order((1,), time_limit_s=arguments.seconds, vcpu=1, memory_mb=4096)
    meter = Meter()
    prepared = meter.measure("desktop: prepare", lambda: prepare(school, rules, NO_SCHEDULE, order))
    with TemporaryDirectory() as folder, Cloud() as cloud:
        beside = follow(cloud, prepared, Path(folder), meter)
        solving = work(cloud, prepared, Path(folder), meter)
    figures = prepared.figures
    print(f"{figures.students:,} students, {figures.sections:,} sections, {figures.requests:,} requests")
    print(f"{prepared.receipt.bytes_out / 1024:.0f} KiB leave; the worker solved for {solving:.0f} s")
    for name in sorted(meter.spent):
        print(meter.spent[name].row(name))
    print(f"By the clock, from the order to the end, apart from solving: {beside:.1f} s")


if __name__ == "__main__":
    main()
