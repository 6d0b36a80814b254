"""
What the emulator rests on inside moto.

When moto is updated: run the tests of the emulator; where they pass, write the new version down in
``cloud_runner.emulator.jobs``.
"""

import inspect
from importlib import metadata

import moto.batch.models
from moto.batch.models import BatchBackend

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.jobs import MOTO_VERSION, EmulatedJob


def test_the_version_of_moto_is_the_one_that_was_tried() -> None:
    assert metadata.version("moto") == MOTO_VERSION


def test_moto_makes_jobs_by_the_name_that_is_replaced(cloud: Cloud) -> None:
    assert "Job" in BatchBackend.submit_job.__code__.co_names
    assert moto.batch.models.Job == cloud.make_job


def test_a_job_is_made_with_the_arguments_that_are_looked_at() -> None:
    parameters = inspect.signature(EmulatedJob.__base__.__init__).parameters
    assert {"array_properties", "container_overrides"} <= set(parameters)


def test_moto_itself_neither_tries_again_nor_numbers_attempts() -> None:
    """When it learns to, this package can shrink."""
    source = inspect.getsource(EmulatedJob.__base__)
    assert "AWS_BATCH_JOB_ATTEMPT" not in source
    assert "retry_strategy" not in source
