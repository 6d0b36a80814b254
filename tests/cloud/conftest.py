"""The emulated cloud for the tests: one for each module, since moto's state belongs to the whole process."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.resources import Settings


@pytest.fixture(scope="module")
def emulated() -> Iterator[Cloud]:
    """The cloud as the template has it, with a message's second delivery after one second."""
    settings = replace(Settings.of_template(), visibility_s=1)
    with Cloud(settings, at_once=4) as cloud:
        cloud.machines.grace_s = 5.0
        yield cloud


@pytest.fixture
def cloud(emulated: Cloud) -> Iterator[Cloud]:
    """The cloud, without the faults that a test before has left."""
    yield emulated
    emulated.clear()
