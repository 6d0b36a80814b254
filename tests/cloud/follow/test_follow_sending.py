"""A run on its way out: what is kept here first, and in which order the rest leaves."""

from datetime import timedelta
from typing import Any

import pytest
from aws_fakes import BUCKET, Aws
from played import CUT, Clock, Killed, PlayedCloud

from cloud_runner.client.follow import Follower
from cloud_runner.client.runs import Run, State
from cloud_runner.wire import documents as d


def test_the_run_is_kept_before_anything_leaves(aws: Aws, run: Run, follower: Follower) -> None:
    assert follower.runs.get(run.id) == run
    assert run.state is State.UPLOADING
    assert aws.versions() == []
    assert aws.messages() == []


def test_the_manifest_is_written_last_and_the_message_sent_after_it(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[str] = []
    put, send = aws.s3.put_object, aws.sqs.send_message
    monkeypatch.setattr(aws.s3, "put_object", lambda **a: did.append(a["Key"].split("/")[-1]) or put(**a))
    monkeypatch.setattr(aws.sqs, "send_message", lambda **a: did.append("message") or send(**a))
    run = follower.advance(run.id)
    assert did == ["input.npz", "manifest.json", "message"]
    assert (run.state, run.trouble) == (State.QUEUED, False)
    (body,) = aws.messages()
    message = d.read(d.Message, body)
    assert (message.type, message.run, message.bucket) == ("solve", run.id, BUCKET)
    manifest = aws.objects(run.id).read_document(d.Manifest, message.manifest)
    assert (manifest.seeds, manifest.time_limit_s, manifest.vcpu) == ((1, 2), 30.0, 1)
    assert aws.objects(run.id).read_blob(manifest.input) == (run.path / "input.npz").read_bytes()


WRITES = ["input.npz", "manifest.json", "message"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", WRITES)
@pytest.mark.parametrize("how", [Killed(), CUT])
def test_an_upload_that_breaks_goes_on_where_it_was(
    aws: Aws, run: Run, follower: Follower, monkeypatch: pytest.MonkeyPatch, at: str, after: bool, how: Any
) -> None:
    """Before or after the request took effect; the manifest never stands without the input."""
    methods = {"message": (aws.sqs, "send_message")}
    service, name = methods.get(at, (aws.s3, "put_object"))
    real = getattr(service, name)

    def breaks(**arguments: Any) -> Any:
        if at == "message" or arguments["Key"].endswith(at):
            if after:
                real(**arguments)
            raise how
        return real(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr(service, name, breaks)
        if isinstance(how, Killed):
            with pytest.raises(Killed):
                follower.advance(run.id)
        else:
            broken = follower.advance(run.id)
            assert broken.trouble
            assert "cannot be reached" in broken.message
    there = aws.objects(run.id).list()
    keys = aws.objects(run.id).keys
    assert keys.manifest not in there or keys.input in there
    assert follower.runs.get(run.id).state is State.UPLOADING
    sent_before = len(aws.messages())
    again = Follower(follower.runs, connect=aws.connect, clock=follower.clock)  # another process
    run = again.advance(run.id)
    assert (run.state, run.message, run.trouble) == (State.QUEUED, "", False)
    assert len(aws.messages()) == 1
    assert sent_before == (1 if at == "message" and after else 0)
    # Nothing was put twice: each version would have to be paid for, and deleted.
    assert sorted(key for key, _ in aws.versions()) == sorted([keys.input, keys.manifest])


def test_a_run_that_was_dispatched_meanwhile_is_not_sent_again(
    aws: Aws, run: Run, follower: Follower, cloud: PlayedCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(follower.runs, "save", lambda run: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            follower.advance(run.id)
    aws.messages()
    cloud.dispatch()
    assert follower.advance(run.id).state is State.QUEUED
    assert aws.messages() == []


def test_a_run_nobody_takes_says_so(run: Run, follower: Follower, clock: Clock) -> None:
    run = follower.advance(run.id)
    clock.now += timedelta(seconds=299)
    assert follower.advance(run.id).message == ""
    clock.now += timedelta(seconds=2)
    run = follower.advance(run.id)
    assert (run.state, run.trouble) == (State.QUEUED, False)
    assert "Not picked up for 5 minutes" in run.message
