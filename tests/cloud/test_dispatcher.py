"""One job per run, however often its messages come and wherever a dispatcher dies."""

import json
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_fakes import BUCKET, Aws, client_error, listed
from wire_examples import AT, KEYS, OTHER, RUN, manifest

from cloud_runner.dispatcher import dispatch, handler
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.wire.layout import RunKeys, job_name

SOLVE = d.Message("solve", RUN, BUCKET, KEYS.manifest)
CANCEL = replace(SOLVE, type="cancel")


@pytest.fixture
def aws(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """The account as the function finds it, with what the template tells it."""
    monkeypatch.setattr(dispatch, "_client", lambda service: getattr(aws, service))
    monkeypatch.setenv("ECHELON_JOB_QUEUE", "jobs")
    monkeypatch.setenv("ECHELON_JOB_DEFINITION", "solve:1")
    monkeypatch.setenv("ECHELON_MAX_VCPU", "32")
    monkeypatch.setenv("ECHELON_MAX_MEMORY_MB", "65536")
    return aws


@pytest.fixture
def run(aws: Aws) -> RunObjects:
    """A run that is complete in the bucket."""
    objects = aws.objects(RUN)
    objects.write(KEYS.input, b"a problem")
    objects.write_document(KEYS.manifest, manifest())
    return objects


def deliver(*messages: Any) -> list[int]:
    """Hand a batch to the function; which of it are to come again."""
    bodies = [m if isinstance(m, str) else d.write(m).decode() for m in messages]
    event = {"Records": [{"messageId": str(i), "body": body} for i, body in enumerate(bodies)]}
    return [int(failure["itemIdentifier"]) for failure in handler(event, None)["batchItemFailures"]]


def dispatched(run: RunObjects) -> d.Dispatch:
    return run.read_document(d.Dispatch, run.keys.dispatch)


def test_a_message_becomes_a_job(aws: Aws, run: RunObjects) -> None:
    assert deliver(SOLVE) == []
    (order,) = aws.batch.submitted
    assert order == {
        "jobName": job_name(RUN),
        "jobQueue": "jobs",
        "jobDefinition": "solve:1",
        "containerOverrides": {
            "environment": [{"name": "ECHELON_RUN", "value": RUN}],
            "resourceRequirements": [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "8192"}],
        },
        "timeout": {"attemptDurationSeconds": 60 + 15 * 60},
        "arrayProperties": {"size": 3},
    }
    assert dispatched(run).job == "job-1"


def test_one_child_is_no_array(aws: Aws, run: RunObjects) -> None:
    run.write_document(KEYS.manifest, manifest(seeds=(1,)))
    deliver(SOLVE)
    assert "arrayProperties" not in aws.batch.submitted[0]


def test_messages_that_come_again_make_no_second_job(aws: Aws, run: RunObjects) -> None:
    assert deliver(SOLVE, SOLVE) == []
    assert deliver(SOLVE) == []
    assert len(aws.batch.submitted) == 1


def test_two_dispatchers_at_once_make_one_job(
    aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second gets the message while the first is about to submit."""
    again: list[list[int]] = []
    submit = dispatch._submit

    def slowly(order: d.Manifest) -> str:
        monkeypatch.setattr(dispatch, "_submit", submit)
        again.append(deliver(SOLVE))
        return submit(order)

    monkeypatch.setattr(dispatch, "_submit", slowly)
    assert deliver(SOLVE) == []
    assert again == [[0]]  # it is to come again, when the first is done or dead
    assert len(aws.batch.submitted) == 1
    assert deliver(SOLVE) == []
    assert len(aws.batch.submitted) == 1


def test_a_dispatcher_that_died_before_the_job_is_taken_over_from(
    aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.batch.fail = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        deliver(SOLVE)
    aws.batch.fail = None
    assert deliver(SOLVE) == [0]  # it might still be at work
    monkeypatch.setenv("ECHELON_TAKEOVER_S", "0")
    assert deliver(SOLVE) == []
    assert len(aws.batch.submitted) == 1
    assert dispatched(run).job == "job-1"


def test_a_claim_is_dead_only_when_no_function_can_be_at_work(aws: Aws, run: RunObjects) -> None:
    for age, again in ((dispatch.TAKEOVER_S - 30, [0]), (dispatch.TAKEOVER_S + 5, [])):
        at = d.written(datetime.now(UTC) - timedelta(seconds=age))
        run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, at))
        assert deliver(SOLVE) == again


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ConnectionError(), client_error("Throttled", 500)])
def test_a_job_whose_answer_was_lost_is_found_by_its_name(
    aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    aws.batch.fail_after = error  # type: ignore[assignment]
    with suppress(KeyboardInterrupt):
        assert deliver(SOLVE) == [0]
    aws.batch.fail_after = None
    monkeypatch.setenv("ECHELON_TAKEOVER_S", "0")
    assert deliver(SOLVE) == []
    assert len(aws.batch.submitted) == 1
    assert dispatched(run).job == "job-1"


def test_of_two_who_take_over_one_submits(aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHELON_TAKEOVER_S", "0")
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, AT))
    replace_, again = RunObjects.replace, []

    def late(self: RunObjects, *arguments: Any) -> bool:
        monkeypatch.setattr(RunObjects, "replace", replace_)
        again.append(deliver(SOLVE))
        return replace_(self, *arguments)

    monkeypatch.setattr(RunObjects, "replace", late)
    assert deliver(SOLVE) == [0]
    assert again == [[]]
    assert len(aws.batch.submitted) == 1


def test_the_client_of_batch_does_not_repeat_a_submission_by_itself() -> None:
    dispatch._client.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        assert dispatch._client("batch").meta.config.retries["total_max_attempts"] == 1
        assert dispatch._client("s3").meta.config.retries["total_max_attempts"] > 1
    dispatch._client.cache_clear()


def test_bad_messages_come_again_and_good_ones_beside_them_do_not(aws: Aws, run: RunObjects) -> None:
    newer = json.dumps(json.loads(d.write(SOLVE)) | {"v": d.VERSION + 1})
    assert deliver("{", SOLVE, newer, d.write(SOLVE).decode() + " " * 4096) == [0, 2, 3]
    assert len(aws.batch.submitted) == 1


def test_a_run_that_is_not_complete_or_deleted_is_left_alone(aws: Aws) -> None:
    assert deliver(SOLVE, CANCEL) == []
    assert aws.batch.submitted == []
    assert aws.versions() == []


def test_a_run_deleted_under_the_dispatchers_hands_leaves_no_object(
    aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = RunObjects.create

    def deleted_first(self: RunObjects, key: str, document: Any) -> bool:
        for there in self.list():
            aws.s3.delete_object(Bucket=BUCKET, Key=there)
        return create(self, key, document)

    monkeypatch.setattr(RunObjects, "create", deleted_first)
    assert deliver(SOLVE) == []
    assert aws.batch.submitted == []
    assert run.list() == {}


@pytest.mark.parametrize(
    ("changes", "code", "side"),
    [
        ({"vcpu": 33}, "limits", "desktop"),
        ({"memory_mb": 65537}, "limits", "desktop"),
        ({"seeds": (1, 1 << 40)}, "invalid-input", "desktop"),
        ({"v": 2}, "version", "stack"),
    ],
)
def test_what_cannot_be_done_is_said_once_and_for_all(
    aws: Aws, run: RunObjects, changes: dict[str, Any], code: str, side: str
) -> None:
    value = json.loads(d.write(manifest())) | changes
    run.write(KEYS.manifest, json.dumps(value).encode())
    assert deliver(SOLVE) == []  # it would not be better the next time
    error = run.read_document(d.RunError, KEYS.error)
    assert (error.code, error.side) == (code, side)
    assert deliver(SOLVE, CANCEL) == []
    assert aws.batch.submitted == []


def test_batchs_refusal_is_said(aws: Aws, run: RunObjects) -> None:
    answer: Any = client_error("ClientException").response
    aws.batch.fail = aws.batch.exceptions.ClientException(answer, "SubmitJob")
    assert deliver(SOLVE) == []
    assert run.read_document(d.RunError, KEYS.error).code == "refused"


def test_a_manifest_of_another_run_is_refused(aws: Aws, run: RunObjects) -> None:
    """The dispatcher reads every run's objects: nobody may make it submit one under another's name."""
    keys = RunKeys(OTHER)
    aws.objects(OTHER).write(keys.manifest, run.read(KEYS.manifest))
    deliver(replace(SOLVE, run=OTHER, manifest=keys.manifest))
    assert aws.batch.submitted == []
    assert aws.objects(OTHER).read_document(d.RunError, keys.error).code == "invalid-input"


def test_cancelling_ends_the_job(aws: Aws, run: RunObjects) -> None:
    deliver(SOLVE)
    assert deliver(CANCEL) == []
    assert aws.batch.terminated == ["job-1"]
    assert KEYS.cancel in run.list()


def test_cancelling_first_means_that_nothing_begins(aws: Aws, run: RunObjects) -> None:
    assert deliver(CANCEL, SOLVE, CANCEL) == []
    assert aws.batch.submitted == []
    assert dispatched(run).cancelled


def test_a_cancelled_run_whose_dispatcher_died_does_not_begin(
    aws: Aws, run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, AT))
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    assert deliver(CANCEL) == [0]  # there may be a job in a moment
    assert deliver(SOLVE) == []
    assert deliver(CANCEL) == []
    assert aws.batch.submitted == []
    assert dispatched(run).cancelled


def test_a_run_nobody_can_submit_is_cancelled_by_the_first_message(aws: Aws, run: RunObjects) -> None:
    """Its solve message may be among the dead letters: nobody else will ever look at the claim."""
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, AT))
    deliver(CANCEL)
    assert dispatched(run).cancelled
    assert deliver(CANCEL) == []


def test_a_claim_that_may_be_alive_is_not_cancelled(aws: Aws, run: RunObjects) -> None:
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, d.now()))
    assert deliver(CANCEL) == [0]
    assert not dispatched(run).cancelled


def test_a_job_whose_maker_died_is_not_called_cancelled_before_it_began(aws: Aws, run: RunObjects) -> None:
    """Else the desktop would delete the run under its workers' hands, with their best."""
    deliver(SOLVE)
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, AT))
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    assert deliver(SOLVE) == []
    assert (dispatched(run).job, dispatched(run).cancelled) == ("job-1", False)
    assert len(aws.batch.submitted) == 1


def test_a_marker_alone_keeps_a_run_from_beginning(aws: Aws, run: RunObjects) -> None:
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    deliver(SOLVE)
    assert aws.batch.submitted == []
    assert dispatched(run).cancelled


def test_a_job_that_was_not_noted_down_is_cancelled_too(aws: Aws, run: RunObjects) -> None:
    deliver(SOLVE)
    run.write_document(KEYS.dispatch, d.Dispatch(RUN, "", False, AT))
    assert deliver(CANCEL) == []
    assert aws.batch.terminated == ["job-1"]


def test_the_dispatcher_lists_no_child(aws: Aws, run: RunObjects) -> None:
    """Of which there may be thousands."""
    for index in range(3):
        run.write(KEYS.claim(index), b"{}")
    with listed(aws.s3) as keys:
        assert deliver(SOLVE, SOLVE, CANCEL) == []
    assert keys == {KEYS.input, KEYS.manifest, KEYS.dispatch}


def test_the_log_has_ids_and_figures_only(
    aws: Aws, run: RunObjects, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = "Zacharias"
    run.write(KEYS.manifest, json.dumps({"v": 1, "type": secret, secret: secret}).encode())
    deliver(json.dumps({"v": 1, "type": secret, "run": secret}), SOLVE)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("cloud_runner")]
    assert len(ours) == 2
    assert not any(secret in line for line in ours)
