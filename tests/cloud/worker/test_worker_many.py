"""One of thousands: what a worker asks for does not grow with the children of the run."""

from typing import Any

import pytest
from aws_fakes import listed
from scripted import result_of, worker
from wire_examples import KEYS

from cloud_runner.objects import RunObjects
from cloud_runner.worker.work import OK
from echelon_desktop.solver.problem import Solution


@pytest.fixture
def others(run: RunObjects) -> None:
    """Children beside the first, one of which has a number that begins with the same figure."""
    for index in (1, 2, 10):
        run.write(KEYS.progress(index), b"{}")
        run.write(KEYS.claim(index), b"{}")


@pytest.mark.usefixtures("others")
def test_a_worker_lists_its_own_child_only(run: RunObjects, found: list[Solution], script: Any) -> None:
    script(found[:1], wait=False)
    with listed(run.s3) as keys:
        assert worker(run).work() == OK
    assert keys == {KEYS.input, KEYS.manifest}
    assert result_of(run).attempts == 1


@pytest.mark.usefixtures("others")
def test_what_one_child_left_is_found_among_the_others(run: RunObjects) -> None:
    assert set(run.list_for(1)) == {KEYS.input, KEYS.manifest, KEYS.progress(1), KEYS.claim(1)}
    assert set(run.list_for()) == {KEYS.input, KEYS.manifest}
