"""
Batch jobs that truly run: moto's ``Job`` with a local process in place of its container.

What this adds to moto: attempts and ``retryStrategy``, ``AWS_BATCH_JOB_ARRAY_INDEX`` and ``_ATTEMPT``, exit
codes and reasons, time limits, an array's status from its children, TerminateJob of arrays, and the limits
on an array's size. It rests on moto's inner classes, so it is tied to one version of moto; see
``tests/cloud/test_moto_contract.py``.
"""

import threading
import time
import uuid
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from moto.batch import models
from moto.batch.exceptions import ClientException

from cloud_runner.emulator.machines import Machines
from cloud_runner.emulator.programs import Program
from cloud_runner.emulator.retry import OUT_OF_MEMORY, TIMED_OUT, Exit, tries_again

MOTO_VERSION = "5.2.5"
SMALLEST_ARRAY, LARGEST_ARRAY = 2, 10_000
ENDED = ("SUCCEEDED", "FAILED")
DEFAULT_LOG_GROUP = "/aws/batch/job"


class EmulatedJob(models.Job):
    """A job, an array of jobs, or one child of an array."""

    def __init__(self, machines: Machines, *args: Any, **kwargs: Any) -> None:
        size = kwargs["array_properties"].get("size")
        if size is not None and not SMALLEST_ARRAY <= size <= LARGEST_ARRAY:
            raise ClientException(f"Array size must be from {SMALLEST_ARRAY} to {LARGEST_ARRAY}.")
        # moto writes into what was given, which an array's children share.
        kwargs["container_overrides"] = deepcopy(kwargs["container_overrides"])
        self.machines = machines
        self.process: Program | None = None
        self.cause: Exit | None = None  # of an end that the process did not choose
        self.last: Exit | None = None
        self.wanted = True
        self.lines = 0  # logged so far
        self.guard = threading.Lock()
        super().__init__(*args, **kwargs)
        if "index" in self.array_properties:
            self.job_queue.jobs.remove(self)  # ListJobs by queue names the array alone
        machines.jobs[self.job_id] = self

    @property
    def status(self) -> str | None:
        """The job's state; an array's follows from its children's."""
        if not self._child_jobs:
            return self._status
        states = {child.status for child in self._child_jobs}
        if not states <= set(ENDED):
            return "PENDING"
        return "FAILED" if "FAILED" in states else "SUCCEEDED"

    @status.setter
    def status(self, value: str) -> None:
        self._status = value
        self.machines.tell()

    @property
    def ended(self) -> bool:
        """Whether no attempt will follow."""
        return self.status in ENDED

    def run(self) -> None:
        """Wait for a machine, then make attempts until one succeeds or no other may follow."""
        self.status = "PENDING"
        if not self.depends_on or self._wait_for_dependencies():
            self.status = "RUNNABLE"
            while self.machines.take(lambda: self.wanted):
                try:
                    self.last = self._attempt()
                finally:
                    self.machines.give_back()
                if not tries_again(self.job_definition.retry_strategy, len(self.attempts), self.last):
                    break
                self.status = "RUNNABLE"
        self._finish(self.last or Exit(None))

    def _finish(self, last: Exit) -> None:
        if self.cause is not None:  # ended while it waited, or by its last attempt
            last = replace(self.cause, code=last.code)
        self.last = last
        self.exit_code, self.job_stopped_reason = last.code, last.status_reason
        self.job_stopped, self.job_stopped_at = True, datetime.now()  # noqa: DTZ005 - as moto keeps it
        self.status = "SUCCEEDED" if last.code == 0 and not last.final else "FAILED"

    def _attempt(self) -> Exit:
        self.status = "STARTING"
        properties = self.job_definition.container_properties or {}
        options = properties.get("logConfiguration", {}).get("options", {})
        group = options.get("awslogs-group", DEFAULT_LOG_GROUP)
        prefix = options.get("awslogs-stream-prefix", self.job_definition.name)
        stream = f"{prefix}/default/{uuid.uuid4().hex}"
        self._log_backend.ensure_log_group(group)
        self._log_backend.ensure_log_stream(group, stream)
        self.log_stream_name = stream
        self.job_started_at = datetime.now()  # noqa: DTZ005 - as moto keeps it
        container: dict[str, Any] = {"logStreamName": stream}
        attempt: dict[str, Any] = {"container": container, "startedAt": _now_ms()}
        self.attempts.append(attempt)
        with self.guard:
            self.process = process = self.machines.start(
                properties.get("image", ""),
                tuple(self._add_parameters_to_command(self._get_container_property("command", []))),
                self._environment(),
            )
            if self.cause is not None:  # terminated between two attempts
                process.end(hard=True)
        self.status = "RUNNING"
        timer = threading.Timer(self._limit_s(), self.run_out_of_time)
        timer.daemon = True
        timer.start()
        try:
            self._log(process, group, stream)
            code = process.wait()
        finally:
            timer.cancel()
        with self.guard:
            cause, self.process = self.cause, None
            if cause is not None and not cause.final:
                self.cause = None
                cause = cause if code else None  # it had ended by itself
        ended = replace(cause or Exit(None), code=code)
        attempt |= {"stoppedAt": _now_ms(), "statusReason": ended.status_reason}
        container |= {"exitCode": ended.code} | ({"reason": ended.reason} if ended.reason else {})
        return ended

    def _environment(self) -> dict[str, str]:
        given = {item["name"]: item["value"] for item in self._get_container_property("environment", [])}
        given |= {
            "AWS_BATCH_JOB_ID": self.job_id,
            "AWS_BATCH_JOB_ATTEMPT": str(len(self.attempts)),
            "AWS_BATCH_JQ_NAME": self.job_queue.name,
        }
        if "index" in self.array_properties:
            given["AWS_BATCH_JOB_ARRAY_INDEX"] = str(self.array_properties["index"])
        return given

    def _limit_s(self) -> float:
        timeout = self.timeout or self.job_definition.timeout or {}
        return float(timeout.get("attemptDurationSeconds") or threading.TIMEOUT_MAX)

    def _log(self, process: Program, group: str, stream: str) -> None:
        for line in process.lines():
            event = {"timestamp": _now_ms(), "message": line.rstrip("\n")}
            self._log_backend.put_log_events(group, stream, [event])
            self.lines += 1
            self.machines.tell()

    def terminate(self, reason: str) -> None:
        """End the job, or all children of an array, as TerminateJob does; what has ended stays so."""
        for child in self._child_jobs or ():
            child.terminate(reason)
        self._end(Exit(None, status_reason=reason, final=True))

    def run_out_of_time(self) -> bool:
        """End the attempt at its time limit; False if none runs."""
        return self._end(Exit(None, status_reason=TIMED_OUT, final=True))

    def lose_machine(self, notice: bool) -> bool:
        """Let the job's machine be taken away; False if no process runs on it."""
        host = f"Host EC2 (instance i-{uuid.uuid4().hex[:17]}) terminated."
        return self._end(Exit(None, status_reason=host), hard=not notice)

    def run_out_of_memory(self) -> bool:
        """Let the kernel end the job's process; False if none runs."""
        return self._end(Exit(None, OUT_OF_MEMORY), hard=True)

    def abandon(self) -> None:
        """End the job at once because its cloud ends."""
        self._end(Exit(None, status_reason="The emulated cloud has ended", final=True), hard=True)

    def _end(self, cause: Exit, hard: bool = False) -> bool:
        with self.guard:
            if self.cause is None or cause.final:
                self.cause = cause
            process = self.process
            if process is None and not cause.final:
                self.cause = None
                return False
            if cause.final:
                self.wanted = False
            if process is not None:
                process.end(hard)
        self.machines.tell()
        if process is not None and not hard:
            killer = threading.Timer(self.machines.grace_s, process.end, (True,))
            killer.daemon = True
            killer.start()
        return process is not None

    def describe_short(self) -> dict[str, Any]:
        """Describe as ListJobs does."""
        short = super().describe_short()
        if self.last is not None and self.last.reason:
            short["container"]["reason"] = self.last.reason
        if "index" in self.array_properties:
            short["arrayProperties"] = {"index": self.array_properties["index"]}
        return short

    def describe(self) -> dict[str, Any]:
        """Describe as DescribeJobs does."""
        ended = self.describe_short().get("container", {})
        full = super().describe()
        full["container"] = full.get("container", {}) | ended
        if self.job_definition.retry_strategy:
            full["retryStrategy"] = self.job_definition.retry_strategy
        if "index" in self.array_properties:
            full["arrayProperties"] = {"index": self.array_properties["index"]}
        return full


def _now_ms() -> int:
    return int(time.time() * 1000)
