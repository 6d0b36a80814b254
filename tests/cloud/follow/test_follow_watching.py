"""A run under way: its states and progress, trouble with the remote, and other windows."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_fakes import BUCKET, Aws, client_error
from botocore.exceptions import NoCredentialsError
from played import CUT, Killed, PlayedCloud, worse

from cloud_runner.client.connect import Connection
from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remotes, SignIn
from cloud_runner.client.runs import Run, Runs, State
from cloud_runner.wire import documents as d
from echelon_desktop.errors import RemoteError
from echelon_desktop.solver.problem import Solution


def test_the_states_of_a_run(run: Run, follower: Follower, cloud: PlayedCloud, best: Solution) -> None:
    states = [run.state, follower.advance(run.id).state]
    cloud.dispatch()
    for statuses in (
        ("RUNNABLE", "RUNNABLE"),
        ("STARTING", "RUNNABLE"),
        ("RUNNING", "STARTING"),
        ("SUCCEEDED", "RUNNABLE"),
        ("SUCCEEDED", "RUNNING"),
    ):
        cloud.show(*statuses)
        if statuses[0] == "SUCCEEDED":
            cloud.result(0, best)
        states.append(follower.advance(run.id).state)
    cloud.result(1, worse(best, 3))
    cloud.show("SUCCEEDED", "SUCCEEDED")
    run = follower.advance(run.id)
    assert [str(state) for state in (*states, run.state)] == [
        "uploading", "queued", "dispatched", "starting", "running", "running", "running", "done",
    ]  # fmt: skip
    assert [child.state for child in run.children] == [State.DONE, State.DONE]
    assert run.best_child == 0
    assert run.best_unmet == (best.seat < 0).sum()


def test_progress_is_told_and_read_only_when_it_changed(
    aws: Aws, run: Run, follower: Follower, cloud: PlayedCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.show("RUNNING", "RUNNING")
    cloud.report(1, 12)
    read: list[str] = []
    get = aws.s3.get_object
    monkeypatch.setattr(aws.s3, "get_object", lambda **a: read.append(a["Key"]) or get(**a))
    child = follower.advance(run.id).children[1]
    assert (child.unmet, child.bound, child.seconds, child.attempts) == (12, 1, 5.0, 1)
    assert child.progress == (d.Point(1.0, None, 0), d.Point(5.0, 12, 1))
    assert child.progress[-1].unmet == 12
    before = len(read)
    follower.advance(run.id)
    assert len(read) == before
    cloud.report(1, 11)
    assert follower.advance(run.id).children[1].unmet == 11
    assert len(read) == before + 1


def test_a_report_that_cannot_be_read_concerns_the_chart_only(
    run: Run, follower: Follower, cloud: PlayedCloud
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.show("RUNNING", "RUNNING")
    cloud.objects.write(cloud.keys.progress(0), b"{")
    run = follower.advance(run.id)
    assert (run.state, run.trouble) == (State.RUNNING, False)


def test_polls_grow_rarer_while_nothing_happens(run: Run, follower: Follower) -> None:
    run = follower.advance(run.id)
    waits = [follower.next_poll_s(run) for _ in range(9)]
    assert waits[0] == 2.0
    assert waits == sorted(waits)
    assert waits[-1] == 15.0
    assert follower.next_poll_s(replace(run, state=State.RUNNING)) == 2.0


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (State.UPLOADING, CUT, "cannot be reached"),
        (State.QUEUED, CUT, "cannot be reached"),
        (State.RUNNING, CUT, "cannot be reached"),
        (State.DOWNLOADING, CUT, "cannot be reached"),
        (State.DOWNLOADING, client_error("ExpiredToken", 400), "has expired"),
        (State.RUNNING, client_error("SlowDown", 503), "busy"),
        (State.UPLOADING, client_error("AccessDenied", 403), "may not do"),
        (State.QUEUED, client_error("NoSuchBucket", 404), "setting bucket"),
        (State.RUNNING, NoCredentialsError(), "Not signed in"),
    ],
)
def test_trouble_with_the_remote_is_told_and_ends_nothing(
    aws: Aws,
    run: Run,
    follower: Follower,
    cloud: PlayedCloud,
    best: Solution,
    monkeypatch: pytest.MonkeyPatch,
    error: Any,
    words: str,
    state: State,
) -> None:
    if state is not State.UPLOADING:
        follower.advance(run.id)
    if state in (State.RUNNING, State.DOWNLOADING):
        cloud.dispatch()
        cloud.show("RUNNING", "RUNNING")
        follower.advance(run.id)
    if state is State.DOWNLOADING:
        for index in range(2):
            cloud.result(index, best)
        cloud.show("SUCCEEDED", "SUCCEEDED")
    before = follower.runs.get(run.id)
    made: list[Connection] = []

    def connect(*arguments: Any) -> Connection:
        made.append(aws.connect(*arguments))
        return made[-1]

    again = Follower(follower.runs, connect=connect, clock=follower.clock)
    with monkeypatch.context() as patch:
        name = "get_object" if state is State.DOWNLOADING else "get_paginator"
        patch.setattr(aws.s3, name, lambda *a, **k: (_ for _ in ()).throw(error))
        told = again.advance(run.id)
        assert told.trouble
        assert words in told.message
        assert told.state is state or told.state is before.state
    mended = again.advance(run.id)
    assert (mended.trouble, mended.message) == (False, "")
    after = {State.UPLOADING: State.QUEUED, State.DOWNLOADING: State.DONE}
    assert mended.state is after.get(state, state)
    assert len(made) == 2  # a sign-in that was renewed is read by a new session


def test_a_network_cut_while_it_is_deleted_loses_no_result(
    aws: Aws,
    run: Run,
    follower: Follower,
    cloud: PlayedCloud,
    best: Solution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    for index in range(2):
        cloud.result(index, best)
    cloud.show("SUCCEEDED", "SUCCEEDED")
    with monkeypatch.context() as patch:
        delete = aws.s3.delete_objects

        def half(**arguments: Any) -> Any:
            objects = arguments["Delete"]["Objects"]
            delete(Bucket=BUCKET, Delete={"Objects": objects[: len(objects) // 2]})
            raise CUT

        patch.setattr(aws.s3, "delete_objects", half)
        told = follower.advance(run.id)
        assert (told.state, told.trouble) == (State.DOWNLOADING, True)
    assert follower.fetch_best(run.id).verdict.ok
    done = follower.advance(run.id)
    assert done.state is State.DONE
    assert done.best_unmet == (best.seat < 0).sum()
    assert aws.versions() == []


@pytest.mark.parametrize("at", ["collected", "deleted"])
def test_a_desktop_killed_while_it_brings_a_run_back_loses_nothing(
    aws: Aws,
    run: Run,
    follower: Follower,
    cloud: PlayedCloud,
    best: Solution,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
) -> None:
    follower.advance(run.id)
    cloud.dispatch()
    cloud.result(0, best)
    cloud.show("SUCCEEDED", "FAILED")
    save = follower.runs.save

    def killed(run: Run) -> None:
        if (run.collected and not run.deleted) if at == "collected" else run.deleted is not None:
            raise Killed
        save(run)

    with monkeypatch.context() as patch:
        patch.setattr(follower.runs, "save", killed)
        with pytest.raises(Killed):
            follower.advance(run.id)
    done = Follower(follower.runs, connect=aws.connect, clock=follower.clock).advance(run.id)
    assert (done.state, done.best_unmet) == (State.DONE, (best.seat < 0).sum())
    assert follower.fetch_best(run.id).verdict.ok
    assert aws.versions() == []


def test_only_one_process_moves_a_run_on(aws: Aws, run: Run, follower: Follower) -> None:
    other = Follower(Runs(follower.runs.folder), connect=aws.connect)
    hasty = Follower(follower.runs, Pace(busy_s=0.0), connect=aws.connect)
    with other.runs.locked(run.id):
        assert follower.advance(run.id) == run
        assert aws.versions() == []
        with pytest.raises(RemoteError, match="busy"):
            hasty.fetch_best(run.id)
    assert follower.advance(run.id).state is State.QUEUED


def test_what_the_user_asks_for_waits_for_the_other_window(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.checkpoint(0, best)
    with ExitStack() as other:
        other.enter_context(Runs(follower.runs.folder).locked(dispatched.run.id))
        # The other window is done as soon as it was waited for once.
        monkeypatch.setattr("time.sleep", lambda seconds: other.close())
        assert follower.fetch_best(dispatched.run.id).verdict.ok


def test_a_changed_sign_in_is_used(aws: Aws, run: Run, follower: Follower, tmp_path: Path) -> None:
    remotes = Remotes(tmp_path / "remotes.toml")
    changed = replace(aws.remote, sign_in=SignIn("profile", "district"))
    remotes.save(changed)
    asked: list[Any] = []
    follower = Follower(
        follower.runs, remotes=remotes, connect=lambda r, p: asked.append(r) or aws.connect(r, p)
    )
    follower.advance(run.id)
    assert asked == [changed]
