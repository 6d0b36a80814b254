"""
The machines of the emulated Batch: local processes in place of containers, and what can befall them.

Images are names for commands.
"""

import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cloud_runner.emulator.programs import Command, Program, clean_environment, start_leashed

if TYPE_CHECKING:
    from cloud_runner.emulator.jobs import EmulatedJob

WORKER: Command = ("-m", "cloud_runner.worker")


@dataclass(slots=True)
class Machines:
    """
    Where the emulated jobs run.

    Parameters
    ----------
    endpoint
        What a job reaches AWS by: the emulator or a proxy before it. Jobs that start later get a new value.
    region
        Of the emulated services.
    images
        Command for each image; any other image is the worker.
    at_once
        Processes at the same time; further jobs wait in RUNNABLE.
    launch
        Starts a command with an environment in a folder, as :func:`.programs.start_leashed` does.
    environment
        Set for every job, as an image sets it; a job definition's own comes on top.
    grace_s
        Seconds between SIGTERM and SIGKILL when a job is terminated or its machine reclaimed.
    """

    endpoint: str
    region: str
    images: dict[str, Command] = field(default_factory=dict)
    launch: Callable[[Command, Mapping[str, str], Path], Program] = start_leashed
    environment: dict[str, str] = field(default_factory=dict)
    at_once: int = 2
    grace_s: float = 30.0
    jobs: dict[str, "EmulatedJob"] = field(default_factory=dict)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="echelon-jobs-")))
    changed: threading.Condition = field(default_factory=threading.Condition)
    running: int = 0
    held: bool = False
    closed: bool = False

    def start(self, image: str, arguments: Command, environment: Mapping[str, str]) -> Program:
        """Start an attempt's process."""
        full = clean_environment(self.endpoint, self.region) | self.environment | dict(environment)
        return self.launch((*self.images.get(image, WORKER), *arguments), full, self.folder)

    def take(self, wanted: Callable[[], bool]) -> bool:
        """Wait for a free machine; False if the job is not wanted any more before there is one."""
        with self.changed:
            self.changed.wait_for(
                lambda: not wanted() or self.closed or (self.running < self.at_once and not self.held)
            )
            if not wanted() or self.closed:
                return False
            self.running += 1
            return True

    def give_back(self) -> None:
        """Free a machine."""
        with self.changed:
            self.running -= 1
            self.changed.notify_all()

    def tell(self) -> None:
        """Let those who wait for a change look again."""
        with self.changed:
            self.changed.notify_all()

    def hold(self, held: bool) -> None:
        """Keep jobs from starting, as an account without capacity does; or let them."""
        with self.changed:
            self.held = held
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> bool:
        """Wait until something about jobs holds; False if it never did."""
        with self.changed:
            return self.changed.wait_for(condition, timeout_s)

    def reclaim(self, job_id: str) -> bool:
        """Take a Spot machine back: SIGTERM, and SIGKILL when the notice is over; False if it had ended."""
        return self.jobs[job_id].lose_machine(notice=True)

    def lose_host(self, job_id: str) -> bool:
        """Let a machine vanish without notice; False if the job had ended."""
        return self.jobs[job_id].lose_machine(notice=False)

    def run_out_of_memory(self, job_id: str) -> bool:
        """End a job as the kernel does when its memory is used up; False if it had ended."""
        return self.jobs[job_id].run_out_of_memory()

    def run_out_of_time(self, job_id: str) -> bool:
        """End an attempt as at its time limit; False if it had ended."""
        return self.jobs[job_id].run_out_of_time()

    def close(self) -> None:
        """End every job and its process, and wait until they have."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        for job in list(self.jobs.values()):
            job.abandon()
        for job in list(self.jobs.values()):
            if job.is_alive():
                job.join()
        shutil.rmtree(self.folder)
