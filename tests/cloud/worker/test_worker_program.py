"""The worker as a program: its task, its log, its end without a task."""

import logging
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from scripted import worker
from wire_examples import RUN

from cloud_runner.objects import RunObjects
from cloud_runner.worker.task import Pace, Task
from echelon_desktop.solver.problem import Solution


def test_the_task_is_what_batch_says() -> None:
    environment = {
        "ECHELON_BUCKET": "b",
        "ECHELON_RUN": RUN,
        "AWS_BATCH_JOB_ID": "job:7",
        "AWS_BATCH_JOB_ARRAY_INDEX": "7",
        "AWS_BATCH_JOB_ATTEMPT": "2",
    }
    assert Task.from_environment(environment) == Task("b", RUN, 7, "job:7", 2)
    assert Pace.from_environment({"ECHELON_PROGRESS_S": "0.5"}) == replace(Pace(), progress_s=0.5)


def test_a_worker_without_a_task_ends_with_a_mistake_and_no_word_of_it() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ECHELON_"))}
    environment = clean | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "ECHELON_BUCKET": "secret"}
    done = subprocess.run(
        [sys.executable, "-m", "cloud_runner.worker"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"mistake=KeyError" in done.stdout
    assert b"secret" not in done.stdout + done.stderr


def test_the_log_has_the_run_and_figures_only(
    run: RunObjects, script: Any, found: list[Solution], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    script([found[0]], wait=False)
    worker(run).work()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("cloud_runner")]
    assert ours
    for line in ours:
        assert line.startswith(f"run={RUN} index=0 ")
