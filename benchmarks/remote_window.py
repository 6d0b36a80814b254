"""
How much a window feels of boto3: imported and called on a thread of its process, or in a process beside it.

    python benchmarks/remote_window.py [--times 3] [--calls 100]

The emulated cloud answers from a process of its own. A timer of 10 ms stands for the window; how late it
comes is told for each phase, in milliseconds. It needs no screen.
"""

import argparse
import importlib
import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

TICK_MS = 10
LATE_MS = 60
SERVICES = ("s3", "sqs", "batch", "logs")
BUCKET = "late-or-not"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=3, help="how often all of it is done")
    parser.add_argument("--calls", type=int, default=100, help="calls of S3 in a phase")
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    cloud = context.Process(target=serve, args=(theirs,), daemon=True)
    cloud.start()
    endpoint = ours.recv()
    try:
        for _ in range(given.times):
            # Each in a fresh process: what is imported stays imported.
            watching = context.Process(target=watch, args=(endpoint, given.calls))
            watching.start()
            watching.join()
    finally:
        ours.send("end")
        cloud.join()


def serve(pipe: "Connection[Any, Any]") -> None:
    """Answer as AWS would, until told to end."""
    from cloud_runner.emulator.cloud import Cloud

    with Cloud() as cloud:
        cloud.client("s3").create_bucket(Bucket=BUCKET)
        pipe.send(cloud.endpoint)
        pipe.recv()


def clients(endpoint: str) -> dict[str, Any]:
    boto3 = importlib.import_module("boto3")
    session = boto3.Session("key", "secret", region_name="us-east-1")
    return {name: session.client(name, endpoint_url=endpoint) for name in SERVICES}


def call(s3: Any, times: int) -> None:
    for number in range(times // 2):
        s3.put_object(Bucket=BUCKET, Key=f"{number}", Body=b"x" * 20_000)
        s3.get_object(Bucket=BUCKET, Key=f"{number}")["Body"].read()


def beside(pipe: "Connection[Any, Any]", endpoint: str, calls: int) -> None:
    made = clients(endpoint)
    pipe.send("made")
    call(made["s3"], calls)
    pipe.send("called")


def watch(endpoint: str, calls: int) -> None:
    """Tell how late the window's timer comes in each phase."""
    from PySide6.QtCore import QCoreApplication, QTimer

    app = QCoreApplication([])
    late: list[float] = []
    last = [0.0]

    def tick() -> None:
        now = time.perf_counter()
        late.append(1000 * (now - last[0]) - TICK_MS)
        last[0] = now

    timer = QTimer()
    timer.setInterval(TICK_MS)
    timer.timeout.connect(tick)
    timer.start()

    def phase(name: str, goes_on: Callable[[], bool]) -> None:
        late.clear()
        last[0] = began = time.perf_counter()
        while goes_on():
            app.processEvents()
            time.sleep(0.001)
        told = sorted(late) or [0.0]
        middle, seconds = statistics.median(told), time.perf_counter() - began
        print(
            f"{name:28} {seconds:5.2f} s, late by {middle:5.1f} (median) "
            f"{told[int(0.95 * len(told))]:6.1f} (95 %) {told[-1]:6.1f} (worst), "
            f"{sum(ms > LATE_MS for ms in told)} times over {LATE_MS}"
        )

    def on_thread(work: Callable[[], object]) -> Callable[[], bool]:
        thread = threading.Thread(target=work)
        thread.start()
        return thread.is_alive

    ends = time.perf_counter() + 2
    phase("idle", lambda: time.perf_counter() < ends)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    child = multiprocessing.get_context("spawn").Process(target=beside, args=(theirs, endpoint, calls))
    child.start()
    heard: list[str] = []

    def until(word: str) -> bool:
        if ours.poll():
            heard.append(ours.recv())
        return word not in heard

    phase("beside: import and clients", lambda: until("made"))
    phase("beside: calls", lambda: until("called"))
    child.join()
    box: dict[str, Any] = {}
    phase("thread: import", on_thread(lambda: importlib.import_module("boto3")))
    phase("thread: clients", on_thread(lambda: box.update(clients(endpoint))))
    phase("thread: calls", on_thread(lambda: call(box["s3"], calls)))


if __name__ == "__main__":
    main()
