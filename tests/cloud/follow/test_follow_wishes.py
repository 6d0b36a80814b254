"""What the user wishes of a run: cancel it, bring its best back, send it again, delete it."""

from dataclasses import replace
from typing import Any

import pytest
from aws_fakes import Aws, client_error
from played import CUT, ORDER, PlayedCloud, finished, worse

from cloud_runner import solutions
from cloud_runner.client.follow import Follower
from cloud_runner.client.prepare import Prepared
from cloud_runner.client.runs import Run, State
from cloud_runner.wire import documents as d
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.sample import Sample
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution


def test_cancelled_before_it_left(aws: Aws, run: Run, follower: Follower) -> None:
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert aws.versions() == []
    assert aws.messages() == []


def test_cancelled_in_the_midst_of_the_upload(
    aws: Aws, run: Run, follower: Follower, cloud: PlayedCloud
) -> None:
    cloud.objects.write(cloud.keys.input, b"...")
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert aws.versions() == []


def test_cancelled_in_the_queue_it_never_begins(aws: Aws, run: Run, follower: Follower) -> None:
    follower.advance(run.id)
    run = follower.cancel(run.id)
    assert run.state is State.CANCELLED
    assert run.deleted is not None
    assert aws.versions() == []


def test_cancelled_while_it_runs_it_keeps_its_best(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    aws.messages()
    dispatched.show("RUNNING", "RUNNING")
    dispatched.checkpoint(0, best)
    run = follower.cancel(dispatched.run.id)
    assert run.state is State.RUNNING  # until its workers have ended
    assert "Cancelling" in run.message
    (body,) = aws.messages()
    assert d.read(d.Message, body).type == "cancel"
    assert dispatched.keys.cancel in dispatched.objects.list()
    run = follower.advance(run.id)
    assert aws.messages() == []  # it was said once
    run = finished(follower, dispatched, "FAILED", "FAILED")
    assert run.state is State.CANCELLED
    assert run.best_unmet == (best.seat < 0).sum()
    assert [child.state for child in run.children] == [State.CANCELLED, State.CANCELLED]


def test_a_wish_to_cancel_survives_the_desktop_and_the_network(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.advance(run.id)
    with monkeypatch.context() as patch:
        patch.setattr(aws.s3, "get_paginator", lambda *a: (_ for _ in ()).throw(CUT))
        assert follower.cancel(run.id).trouble
    assert Follower(follower.runs, connect=aws.connect).advance(run.id).state is State.CANCELLED


def test_the_best_so_far_can_be_had_while_it_runs(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    dispatched.show("RUNNING", "RUNNING")
    follower.advance(dispatched.run.id)
    with pytest.raises(RemoteError, match="No computer of this run has put a schedule"):
        follower.fetch_best(dispatched.run.id)
    dispatched.checkpoint(1, worse(best, 2))
    outcome = follower.fetch_best(dispatched.run.id)
    assert outcome.run.state is State.RUNNING
    assert outcome.run.best_child == 1
    assert follower.runs.get(dispatched.run.id) == outcome.run
    dispatched.checkpoint(0, best)
    assert follower.fetch_best(dispatched.run.id).run.best_child == 0


def test_sent_again_it_is_another_run_that_begins_with_the_best(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, made: Sample
) -> None:
    with pytest.raises(RemoteError, match="goes on"):
        follower.retry(dispatched.run.id, ORDER)
    dispatched.checkpoint(0, best)
    old = finished(follower, dispatched, "FAILED", "FAILED")
    run = follower.retry(old.id, replace(ORDER, seeds=(9,), memory_mb=4096))
    assert run.id != old.id
    assert run.retry_of == old.id
    assert run.input_sha256 != old.input_sha256  # an order of its own
    follower.advance(run.id)
    objects = aws.objects(run.id)
    manifest = objects.read_document(d.Manifest, objects.keys.manifest)
    assert (manifest.seeds, manifest.memory_mb, manifest.retry_of) == ((9,), 4096, old.id)
    problem = Problem.from_bytes(objects.read_blob(manifest.input))
    assert manifest.start is not None
    start = solutions.from_bytes(objects.read_blob(manifest.start), problem)
    plain, _ = compile_school(made.school, made.rules)
    assert level_values(problem, start) == level_values(plain, best)


def test_kept_on_purpose_they_stay(aws: Aws, follower: Follower, prepared: Prepared, best: Solution) -> None:
    prepared = replace(prepared, order=replace(ORDER, keep_remote=True))
    run = follower.submit(prepared, aws.remote, "", "")
    cloud = PlayedCloud(aws, run, prepared)
    follower.advance(run.id)
    cloud.dispatch()
    cloud.result(0, best)
    with pytest.raises(RemoteError, match="cancel it before"):
        follower.delete_remote(run.id)
    run = finished(follower, cloud, "SUCCEEDED", "FAILED")
    assert run.deleted is None
    assert aws.versions() != []
    assert follower.delete_remote(run.id).left == 0
    assert follower.runs.get(run.id).deleted is not None
    assert aws.versions() == []


def test_who_may_not_delete_still_gets_the_schedule(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatched.result(0, best)
    dispatched.result(1, best)
    with monkeypatch.context() as patch:
        error = client_error("AccessDenied", 403, "ListObjectVersions")
        real = aws.s3.get_paginator

        def forbidden(name: str) -> Any:
            if name == "list_object_versions":
                raise error
            return real(name)

        patch.setattr(aws.s3, "get_paginator", forbidden)
        run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert (run.state, run.deleted) == (State.DONE, None)
    assert "not deleted yet" in run.message
    assert "ListObjectVersions" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert follower.delete_remote(run.id).left == 0
