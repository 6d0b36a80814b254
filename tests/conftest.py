"""What all tests share."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from cloud_runner.emulator.cloud import Cloud

ROOT = Path(__file__).resolve().parent.parent

# Before anything loads Qt: a test must never open a window on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes depends on the machine, and whether numba compiles in it; pytest-timeout guards.
# A build server tries the same examples each time: what it finds must come from the change at hand.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
# pytest --hypothesis-profile thorough: many more examples, for an evening.
settings.register_profile("thorough", settings.get_profile("house"), max_examples=3000)
settings.load_profile("house")


@pytest.fixture(scope="session")
def real_school() -> Callable[[str], Path]:
    """
    Find a real school's folder of CSV files by name; the test is skipped where there is none.

    The schools are not part of the repository. They are looked for in the folder that the environment
    variable ECHELON_REAL_SCHOOLS names, or else in shared/data beside the checkout.
    """
    named = os.environ.get("ECHELON_REAL_SCHOOLS")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"

    def find(name: str) -> Path:
        school = folder / name
        if not (school / "Sections_Information.csv").is_file():
            pytest.skip(f"no real school {name!r}: set ECHELON_REAL_SCHOOLS to the folder that holds it")
        return school

    return find


@pytest.fixture(scope="module")
def emulated() -> "Iterator[Cloud]":
    """The emulated cloud, one for each module that asks: moto's state belongs to the process."""
    from cloud_runner.emulator.cloud import Cloud
    from cloud_runner.emulator.resources import Settings

    with Cloud(replace(Settings.of_template(), visibility_s=1), at_once=2) as cloud:
        cloud.machines.grace_s = 5.0
        # The worker's durations, as short as they still mean something.
        durations = ("PROGRESS", "CHECKPOINT", "CANCEL", "RETRY")
        cloud.machines.environment = {f"ECHELON_{name}_S": "0.1" for name in durations}
        yield cloud


@pytest.fixture
def cloud(emulated: "Cloud", monkeypatch: pytest.MonkeyPatch) -> "Iterator[Cloud]":
    """The emulated cloud without the faults of the test before, and a user who is signed in to it."""
    from cloud_runner.emulator.programs import CREDENTIALS

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    yield emulated
    emulated.clear()
