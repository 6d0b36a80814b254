"""Whatever ends the emulated cloud, and however: nothing of it stays."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import moto.batch.models
import pytest

from cloud_runner.emulator.cloud import Cloud

STARTER = """
import os, threading
from pathlib import Path
from cloud_runner.emulator.programs import start_leashed
program = start_leashed(("-c", os.environ["JOB"]), os.environ, Path.cwd())
threading.Event().wait()
"""
HOLDS_A_PIPE = """
import os, threading
with open(os.environ["HELD"], "w") as held:
    print("runs", file=held, flush=True)
    threading.Event().wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="a named pipe tells when its last holder has ended")
def test_a_job_does_not_outlive_who_started_it_however_that_ended(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    environment = os.environ | {"JOB": HOLDS_A_PIPE, "HELD": str(held)}
    with (
        subprocess.Popen([sys.executable, "-c", STARTER], env=environment) as starter,
        held.open() as pipe,
    ):
        assert pipe.readline() == "runs\n"
        starter.kill()
        assert pipe.read() == ""


def test_a_cloud_that_ends_leaves_no_process_no_thread_no_port_and_no_file() -> None:
    job_class, threads = moto.batch.models.Job, set(threading.enumerate())
    with Cloud() as cloud:
        batch = cloud.client("batch")
        cloud.machines.images["echelon-worker"] = ("-c", "import threading; threading.Event().wait()")
        queue, definition = cloud.resources.job_queue, cloud.resources.job_definition
        job_id = batch.submit_job(jobName="test", jobQueue=queue, jobDefinition=definition)["jobId"]
        job = cloud.machines.jobs[job_id]
        assert cloud.machines.wait(lambda: job.status == "RUNNING")
        program = job.process
        assert program is not None
        proxy = cloud.proxy().server.server_address
    assert not program.lives
    assert set(threading.enumerate()) <= threads
    assert moto.batch.models.Job is job_class
    assert not cloud.machines.folder.exists()
    for address in (cloud.address, proxy):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address).close()
