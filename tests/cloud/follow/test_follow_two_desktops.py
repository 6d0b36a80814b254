"""A run that another workstation watches, with the key table and without."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_fakes import Aws
from played import ORDER, PlayedCloud, finished

from cloud_runner.client.attach import attach
from cloud_runner.client.follow import Follower
from cloud_runner.client.judge import NO_KEYS
from cloud_runner.client.order import Pace
from cloud_runner.client.prepare import prepare
from cloud_runner.client.runs import BEST_FILE, KEYS_FILE, Runs, State
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.sample import Sample
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.problem import Solution


def test_another_workstation_watches_without_the_keys(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, tmp_path: Path
) -> None:
    theirs = Follower(Runs(tmp_path / "theirs"), connect=aws.connect, clock=follower.clock)
    run = attach(theirs.runs, dispatched.run.id, aws.connect(aws.remote, Pace()))
    assert (run.keys_here, run.order.seeds, len(run.children)) == (False, (1, 2), 2)
    assert not (run.path / KEYS_FILE).exists()
    dispatched.show("RUNNING", "RUNNING")
    dispatched.report(0, 5)
    assert theirs.advance(run.id).children[0].unmet == 5
    dispatched.result(0, best)
    dispatched.result(1, best)
    dispatched.show("SUCCEEDED", "SUCCEEDED")
    run = theirs.advance(run.id)
    assert (run.state, run.message) == (State.DONE, NO_KEYS)
    assert not (run.path / BEST_FILE).exists()
    with pytest.raises(RemoteError):
        theirs.fetch_best(run.id)
    with pytest.raises(RemoteError, match="key table"):
        theirs.retry(run.id, ORDER)
    assert aws.versions() != []  # they are the sender's
    assert follower.advance(run.id).best_unmet == (best.seat < 0).sum()


def test_another_workstation_with_the_keys_gets_the_schedule(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, tmp_path: Path
) -> None:
    theirs = Follower(Runs(tmp_path / "theirs"), connect=aws.connect, clock=follower.clock)
    keys = dispatched.run.path / KEYS_FILE
    run = attach(theirs.runs, dispatched.run.id, aws.connect(aws.remote, Pace()), keys)
    with pytest.raises(RemoteError, match="already"):
        attach(theirs.runs, run.id, aws.connect(aws.remote, Pace()))
    dispatched.result(0, best)
    dispatched.result(1, best)
    dispatched.show("SUCCEEDED", "SUCCEEDED")
    assert theirs.advance(run.id).state is State.DONE
    ours = follower.advance(run.id)
    assert ours.deleted is not None
    assert theirs.fetch_best(run.id).schedule == follower.fetch_best(run.id).schedule


def test_keys_of_another_run_are_refused(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, made: Sample, tmp_path: Path
) -> None:
    other = prepare(made.school, made.rules, NO_SCHEDULE, ORDER)
    wrong = tmp_path / "keys.json.gz"
    wrong.write_bytes(other.key_table.to_bytes())
    theirs = Runs(tmp_path / "theirs")
    connection = aws.connect(aws.remote, Pace())
    with pytest.raises(RemoteError, match="another"):
        attach(theirs, dispatched.run.id, connection, wrong)
    wrong.write_bytes(b"")
    with pytest.raises(RemoteError, match="damaged"):
        attach(theirs, dispatched.run.id, connection, wrong)
    with pytest.raises(RemoteError, match="no run"):
        attach(theirs, "7d0f2c0a-5d0b-4c2e-9a52-50a8f1f5be02", connection)
    assert theirs.all() == ()


def test_every_request_names_only_the_run_and_integers(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither bucket nor queue are asked anything that has a word of the school in it."""
    asked: list[str] = []
    for name in ("put_object", "get_object", "delete_objects"):
        real: Callable[..., Any] = getattr(aws.s3, name)

        def tell(real: Callable[..., Any] = real, **arguments: Any) -> Any:
            asked.extend(f"{key}={value}" for key, value in arguments.items() if key != "Body")
            return real(**arguments)

        monkeypatch.setattr(aws.s3, name, tell)
    dispatched.result(0, best)
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert run.state is State.DONE
    assert asked
    assert not any("school" in line.lower() for line in asked)
