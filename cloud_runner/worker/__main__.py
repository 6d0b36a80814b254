"""Entry point of the container."""

import logging
import os
import signal
import sys
import threading
import traceback
from typing import Any

from cloud_runner.worker.task import Pace, Task


def main() -> int:
    """Work on the task of the environment; the exit code."""
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(asctime)s %(message)s")
    log = logging.getLogger("cloud_runner.worker")
    log.setLevel(logging.INFO)
    stop = threading.Event()

    def on_signal(number: int, frame: Any) -> None:
        stop.set()

    # Before the solver is loaded, which takes a second or two.
    signal.signal(signal.SIGTERM, on_signal)
    try:
        task = Task.from_environment(os.environ)
        import boto3
        from botocore.config import Config

        from cloud_runner.worker.work import Worker

        config = Config(
            connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 4}
        )
        return Worker(task, boto3.client("s3", config=config), Pace.from_environment(os.environ), stop).work()
    except Exception as error:
        # Where, not what: a message may quote anything.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("mistake=%s at=%s:%s", type(error).__name__, place.name, place.lineno)
        return 1


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)  # a solver that did not hear the stop must not hold the machine
