"""Tries everything that a run will need of a remote, and says what is missing in words for IT."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cloud_runner.client.connect import Connection
from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remote
from cloud_runner.client.trouble import trouble_of
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents
from cloud_runner.wire.documents import CancelMarker, Message, now
from cloud_runner.wire.layout import new_run_id


@dataclass(frozen=True, slots=True)
class Probe:
    """
    One thing that was tried.

    Parameters
    ----------
    action
        As IAM calls it.
    needed_for
        What it is for.
    ok
        Whether it is allowed.
    words
        What is wrong and what to do; empty when nothing is.
    for_it
        Whether it is for IT to mend; signing in, the network and the clock are the user's own matter.
    """

    action: str
    needed_for: str
    ok: bool
    words: str = ""
    for_it: bool = True


def probe(
    remote: Remote,
    pace: Pace | None = None,
    connect: Callable[[Remote, Pace], Connection] = Connection,
) -> Iterator[Probe]:
    """
    Try each permission, one after the other; what is put into the bucket is deleted again.

    Parameters
    ----------
    remote
        The stack.
    pace
        How patient each try is.
    connect
        Makes its services.

    Yields
    ------
    Probe
        As it is known. When signing in fails, or the network does, it is the only one.
    """
    connection = connect(remote, pace or Pace())
    for action, needed_for, attempt in _attempts(connection):
        try:
            attempt()
        except Exception as error:
            trouble = trouble_of(error, remote)
            if trouble is None:
                raise
            words = trouble.words
            if trouble.kind == "permission":
                words = f"Allow {action} on {_resource(action, remote)}; it is needed to {needed_for}."
            here = trouble.kind in ("network", "credentials", "clock")
            yield Probe(action, needed_for, False, words, for_it=not here)
            if here:
                return
        else:
            yield Probe(action, needed_for, True)


def _attempts(connection: Connection) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    remote = connection.remote
    run = new_run_id()

    def objects() -> RunObjects:
        return RunObjects(connection.s3, remote.bucket, run)

    def list_versions() -> list[dict[str, str]]:
        page = connection.s3.list_object_versions(Bucket=remote.bucket, Prefix=objects().keys.prefix)
        return [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]

    def put() -> None:
        objects().write_document(objects().keys.cancel, CancelMarker(run, now()))

    def delete_versions() -> None:
        for version in list_versions():
            connection.s3.delete_object(Bucket=remote.bucket, **version)

    def send() -> None:
        # Cancelling a run that there is not asks nothing of the dispatcher.
        message = Message("cancel", run, remote.bucket, objects().keys.manifest)
        body = documents.write(message).decode()
        connection.sqs.send_message(QueueUrl=remote.queue_url, MessageBody=body)

    def log() -> None:
        logs = connection.logs
        try:
            logs.get_log_events(logGroupName=remote.log_group, logStreamName=f"probe/{uuid.uuid4()}", limit=1)
        except logs.exceptions.ResourceNotFoundException as error:
            # The emulator (moto 5.2) says "group" of a missing stream, too.
            if remote.endpoint is None and "group" in str(error.response["Error"].get("Message", "")).lower():
                raise

    yield "s3:ListBucket", "see how far a run is", lambda: objects().list()
    yield "s3:PutObject", "send a run", put
    yield "s3:GetObject", "bring a run back", lambda: objects().read(objects().keys.cancel)
    yield "s3:ListBucketVersions", "delete a run with all its versions", list_versions
    yield "s3:DeleteObjectVersion", "delete a run with all its versions", delete_versions
    yield "sqs:SendMessage", "ask for a run", send
    yield (
        "batch:DescribeJobs",
        "see the state of a run's computers",
        lambda: connection.batch.describe_jobs(jobs=[str(uuid.uuid4())]),
    )
    yield "logs:GetLogEvents", "read what a run's computers wrote", log


def _resource(action: str, remote: Remote) -> str:
    if action in ("s3:ListBucket", "s3:ListBucketVersions"):
        return f"bucket {remote.bucket} with the prefix runs/"
    if action.startswith("s3:"):
        return f"objects {remote.bucket}/runs/*, and its KMS key through S3"
    if action.startswith("sqs:"):
        return f"queue {remote.queue_url}"
    if action.startswith("logs:"):
        return f"log group {remote.log_group}"
    return "*"
