"""What goes wrong with AWS, in words; what a test of the connection finds; what a deletion leaves."""

from pathlib import Path
from typing import Any

import botocore.exceptions as b
import pytest
from aws_fakes import BUCKET, Aws, client_error
from wire_examples import OTHER, RUN

from cloud_runner.client import deletion
from cloud_runner.client.connect import Connection
from cloud_runner.client.deletion import delete_run
from cloud_runner.client.order import Pace
from cloud_runner.client.probe import Probe, probe
from cloud_runner.client.remotes import Remote, SignIn
from cloud_runner.client.trouble import trouble_of
from cloud_runner.wire import documents as d
from cloud_runner.wire.layout import RunKeys
from echelon_desktop.errors import CredentialsError, RemoteError

REMOTE = Remote(
    "District", "us-west-2", BUCKET, "https://q/queue", "jobs", "/log", SignIn("profile", "school")
)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (client_error("ExpiredToken"), "credentials", "aws sso login --profile school"),
        (client_error("ExpiredTokenException"), "credentials", "has expired"),
        (client_error("InvalidAccessKeyId", 403), "credentials", "does not know this sign-in"),
        (client_error("SignatureDoesNotMatch", 403), "credentials", "sign-in"),
        (client_error("NoSuchBucket", 404), "setting", "setting bucket of District"),
        (client_error("QueueDoesNotExist"), "setting", "setting queue_url of District"),
        (client_error("AWS.SimpleQueueService.NonExistentQueue"), "setting", "queue_url"),
        (client_error("PermanentRedirect", 301), "setting", "setting region"),
        (client_error("AuthorizationHeaderMalformed"), "setting", "setting region"),
        (client_error("AccessDenied", 403, "DeleteObjects"), "permission", "may not do DeleteObjects"),
        (client_error("AccessDeniedException", 400, "DescribeJobs"), "permission", "DescribeJobs"),
        (client_error("KMS.DisabledException", 400), "permission", "PutObject"),
        (client_error("RequestTimeTooSkewed", 403), "clock", "clock"),
        (client_error("SlowDown", 503), "busy", "busy"),
        (client_error("ThrottlingException"), "busy", "busy"),
        (client_error("KMS.ThrottlingException"), "busy", "busy"),
        (client_error("InternalError", 500), "busy", "InternalError"),
        (client_error("Strange"), "other", "refused PutObject (Strange)"),
        (b.EndpointConnectionError(endpoint_url="x"), "network", "cannot be reached"),
        (b.ConnectTimeoutError(endpoint_url="x"), "network", "cannot be reached"),
        (b.ReadTimeoutError(endpoint_url="x"), "network", "cannot be reached"),
        (b.ConnectionClosedError(endpoint_url="x"), "network", "cannot be reached"),
        (b.ProxyConnectionError(proxy_url="x"), "network", "cannot be reached"),
        (b.SSLError(endpoint_url="x", error="y"), "network", "cannot be reached"),
        (b.ResponseStreamingError(error="x"), "network", "cannot be reached"),
        (b.FlexibleChecksumError(error_msg="x"), "network", "cannot be reached"),
        (b.IncompleteReadError(actual_bytes=1, expected_bytes=2), "network", "cannot be reached"),
        (ConnectionResetError(), "network", "cannot be reached"),
        (b.NoCredentialsError(), "credentials", "Not signed in"),
        (b.PartialCredentialsError(provider="x", cred_var="y"), "credentials", "Not signed in"),
        (b.UnauthorizedSSOTokenError(), "credentials", "aws sso login"),
        (b.TokenRetrievalError(provider="sso", error_msg="x"), "credentials", "aws sso login"),
        (b.CredentialRetrievalError(provider="x", error_msg="y"), "credentials", "Not signed in"),
        (b.ProfileNotFound(profile="school"), "credentials", "no profile 'school'"),
        (CredentialsError("The keyring is locked."), "credentials", "The keyring is locked."),
        (b.ParamValidationError(report="x"), "other", "ParamValidationError"),
    ],
)
def test_every_trouble_has_a_kind_and_words(error: Exception, kind: str, words: str) -> None:
    trouble = trouble_of(error, REMOTE)
    assert trouble is not None
    assert trouble.kind == kind
    assert words in trouble.words
    assert trouble.passes == (kind in ("network", "credentials", "busy", "clock"))


@pytest.mark.parametrize(
    ("message", "kind"),
    [("The specified log group does not exist.", "setting"), ("The specified log stream …", "other")],
)
def test_a_log_group_that_is_not_there_is_a_setting(message: str, kind: str) -> None:
    answer: Any = {"Error": {"Code": "ResourceNotFoundException", "Message": message}}
    trouble = trouble_of(b.ClientError(answer, "GetLogEvents"), REMOTE)
    assert trouble is not None
    assert (trouble.kind, "setting log_group" in trouble.words) == (kind, kind == "setting")


@pytest.mark.parametrize("error", [ValueError(), RemoteError("x"), KeyError("x"), FileNotFoundError()])
def test_a_mistake_of_our_own_is_no_trouble_of_the_remote(error: Exception) -> None:
    assert trouble_of(error, REMOTE) is None


def test_the_way_to_sign_in_again_is_that_of_the_remote() -> None:
    for sign_in, words in (
        (SignIn("keyring", access_key="A" * 20), "Enter the access key again"),
        (SignIn(), "as you do for the AWS command line"),
    ):
        remote = Remote("R", "us-west-2", BUCKET, "https://q", "jobs", "/log", sign_in)
        trouble = trouble_of(b.NoCredentialsError(), remote)
        assert trouble is not None
        assert words in trouble.words


# The test of the connection --------------------------------------------------------------------------

ACTIONS = [
    "s3:ListBucket",
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucketVersions",
    "s3:DeleteObjectVersion",
    "sqs:SendMessage",
    "batch:DescribeJobs",
    "logs:GetLogEvents",
]


class Gate:
    """A service some of whose methods are forbidden."""

    def __init__(self, service: Any, forbidden: dict[str, Exception]) -> None:
        self.service, self.forbidden = service, forbidden

    def __getattr__(self, name: str) -> Any:
        if name in self.forbidden:

            def refuse(*arguments: Any, **more: Any) -> Any:
                raise self.forbidden[name]

            return refuse
        return getattr(self.service, name)


def probed(aws: Aws, service: str = "", method: str = "", error: Exception | None = None) -> list[Probe]:
    def connect(remote: Remote, pace: Pace) -> Connection:
        connection = aws.connect(remote, pace)
        if service:
            assert error is not None
            connection.__dict__[service] = Gate(getattr(aws, service), {method: error})
        return connection

    return list(probe(aws.remote, connect=connect))


@pytest.fixture
def quiet_log(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log group without the stream asked for, as AWS has it; moto speaks of a missing group."""
    error = aws.logs.exceptions.ResourceNotFoundException(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "The log stream does not exist."}},
        "GetLogEvents",
    )
    gate = Gate(aws.logs, {"get_log_events": error})
    monkeypatch.setattr(aws, "logs", gate)


def test_all_is_well(aws: Aws, quiet_log: None) -> None:
    found = probed(aws)
    assert [p.action for p in found] == ACTIONS
    assert [p.words for p in found if not p.ok] == []
    assert aws.versions() == []  # nothing of the test stays
    (body,) = aws.messages()
    assert d.read(d.Message, body).type == "cancel"  # which asks for nothing


@pytest.mark.parametrize(
    ("service", "method", "action", "resource"),
    [
        ("s3", "put_object", "s3:PutObject", "a-bucket/runs/*"),
        ("s3", "list_object_versions", "s3:ListBucketVersions", "bucket a-bucket with the prefix runs/"),
        ("sqs", "send_message", "sqs:SendMessage", "queue"),
        ("batch", "describe_jobs", "batch:DescribeJobs", "*"),
    ],
)
def test_a_missing_permission_is_named_with_its_resource(
    aws: Aws, quiet_log: None, service: str, method: str, action: str, resource: str
) -> None:
    found = probed(aws, service, method, client_error("AccessDenied", 403, method))
    bad = {p.action: p.words for p in found if not p.ok}
    assert f"Allow {action}" in bad[action]
    assert resource in bad[action]
    assert [p.action for p in found] == ACTIONS  # the others are tried nevertheless


def test_a_forbidden_log_and_a_missing_group_are_told_apart_from_an_empty_one(aws: Aws) -> None:
    denied = client_error("AccessDeniedException", 400, "GetLogEvents")
    assert "Allow logs:GetLogEvents" in probed(aws, "logs", "get_log_events", denied)[-1].words
    missing = aws.logs.exceptions.ResourceNotFoundException(
        {"Error": {"Code": "ResourceNotFoundException", "Message": "The log group does not exist."}},
        "GetLogEvents",
    )
    assert not probed(aws, "logs", "get_log_events", missing)[-1].ok


@pytest.mark.parametrize(
    "error",
    [b.EndpointConnectionError(endpoint_url="x"), client_error("ExpiredToken"), b.NoCredentialsError()],
)
def test_who_is_not_signed_in_or_not_there_is_asked_once(aws: Aws, error: Exception) -> None:
    (only,) = probed(aws, "s3", "get_paginator", error)
    assert not only.ok
    assert only.words


# Deletion --------------------------------------------------------------------------------------------


def test_every_version_and_marker_is_deleted_and_certified(aws: Aws, tmp_path: Path) -> None:
    keys, others = RunKeys(RUN), RunKeys(OTHER)
    for i in range(3):
        aws.objects(RUN).write(keys.progress(0), b"x" * (i + 1))
    aws.objects(RUN).write(keys.input, b"12345")
    aws.s3.delete_object(Bucket=BUCKET, Key=keys.input)
    aws.objects(OTHER).write(others.input, b"another run")
    told = delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
    assert aws.versions() == [(others.input, "Versions")]
    assert (told.objects, told.versions, told.markers, told.bytes, told.left) == (
        2, 4, 1, 11, 0,
    )  # fmt: skip
    for words in (RUN, BUCKET, f"{keys.progress(0)}: 3 version(s)", "1 delete marker(s)", "found none"):
        assert words in told.text
    # Confirmed once more, should the first confirmation have been lost.
    again = delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
    assert (again.versions, again.markers, again.bytes, again.left) == (4, 1, 11, 0)


def test_a_deletion_cut_short_is_confirmed_in_full(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "deleted.json"
    for _ in range(3):
        aws.objects(RUN).write(RunKeys(RUN).progress(0), b"12")
    delete = aws.s3.delete_objects

    def killed(**arguments: Any) -> Any:
        arguments["Delete"]["Objects"].pop()
        delete(**arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(aws.s3, "delete_objects", killed)
        delete_run(aws.s3, BUCKET, RUN, ledger)
    assert len(aws.versions()) == 1
    told = delete_run(aws.s3, BUCKET, RUN, ledger)
    assert (told.versions, told.bytes, told.left) == (3, 6, 0)
    assert aws.versions() == []


def test_nothing_is_deleted_that_cannot_be_written_down(aws: Aws, tmp_path: Path) -> None:
    aws.objects(RUN).write(RunKeys(RUN).input, b"1")
    with pytest.raises(RemoteError, match="Nothing was deleted"):
        delete_run(aws.s3, BUCKET, RUN, tmp_path / "gone" / "deleted.json")
    assert len(aws.versions()) == 1


def test_more_versions_than_one_request_takes_are_deleted(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deletion._AT_ONCE == 1000  # as AWS has it
    monkeypatch.setattr(deletion, "_AT_ONCE", 3)
    asked: list[int] = []
    delete = aws.s3.delete_objects

    def tell(**arguments: Any) -> Any:
        asked.append(len(arguments["Delete"]["Objects"]))
        return delete(**arguments)

    monkeypatch.setattr(aws.s3, "delete_objects", tell)
    for _ in range(7):
        aws.s3.put_object(Bucket=BUCKET, Key=RunKeys(RUN).progress(0), Body=b"")
    assert delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json").versions == 7
    assert asked == [3, 3, 1]
    assert aws.versions() == []


def test_what_comes_in_meanwhile_is_deleted_too(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = RunKeys(RUN)
    aws.objects(RUN).write(keys.input, b"1")
    delete = aws.s3.delete_objects

    def late(**arguments: Any) -> Any:
        monkeypatch.setattr(aws.s3, "delete_objects", delete)
        answer = delete(**arguments)
        aws.objects(RUN).write(keys.progress(0), b"late")
        return answer

    monkeypatch.setattr(aws.s3, "delete_objects", late)
    told = delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
    assert (told.versions, told.left) == (2, 0)
    assert aws.versions() == []


def test_what_went_in_the_last_round_is_certified(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that end write once more, each at another time."""
    keys, delete, late = RunKeys(RUN), aws.s3.delete_objects, [0, 1]
    aws.objects(RUN).write(keys.input, b"1")

    def while_workers_end(**arguments: Any) -> Any:
        answer = delete(**arguments)
        if late:
            aws.objects(RUN).write(keys.progress(late.pop()), b"late")
        return answer

    monkeypatch.setattr(aws.s3, "delete_objects", while_workers_end)
    told = delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
    assert (told.versions, told.left) == (3, 0)
    assert aws.versions() == []


def test_what_does_not_go_is_not_certified(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.objects(RUN).write(RunKeys(RUN).input, b"1")
    monkeypatch.setattr(aws.s3, "delete_objects", lambda **a: {})  # says nothing, and does nothing
    told = delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
    assert (told.versions, told.left) == (0, 1)
    assert "1 remain" in told.text
    refusal = {"Errors": [{"Key": "k", "Code": "AccessDenied"}]}
    monkeypatch.setattr(aws.s3, "delete_objects", lambda **a: refusal)
    with pytest.raises(RemoteError, match="s3:DeleteObjectVersion"):
        delete_run(aws.s3, BUCKET, RUN, tmp_path / "deleted.json")
