"""Remove a stack with all its data, versions included, and say what was removed in words one can file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloud_runner.stack import deploy
from echelon_desktop.errors import RemoteError

LIVE = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
AT_ONCE = 1000  # the most that DeleteObjects takes


@dataclass(frozen=True, slots=True)
class Holdings:
    """
    What a stack holds.

    Parameters
    ----------
    runs
        Runs that any object or version is left of.
    versions
        Versions of objects, and the marks of deleted ones.
    bytes
        Of all versions.
    jobs
        Jobs that wait or run.
    """

    runs: int
    versions: int
    bytes: int
    jobs: int

    def words(self) -> str:
        """Say it in a sentence."""
        return (
            f"{self.runs} runs with {self.versions} versions of objects ({self.bytes / 1e6:.1f} MB), "
            f"and {self.jobs} jobs that wait or run."
        )


def holdings(session: Any, stack: deploy.Stack) -> Holdings:
    """Count what would be lost; a bucket or queue that an earlier teardown has removed holds nothing."""
    versions = list(_versions(session.client("s3"), stack.outputs.get("Bucket", "")))
    runs = {version["Key"].split("/")[1] for version in versions if version["Key"].startswith("runs/")}
    jobs = list(_live_jobs(session.client("batch"), stack.outputs.get("JobQueue", "")))
    return Holdings(len(runs), len(versions), sum(version.get("Size", 0) for version in versions), len(jobs))


def tear_down(
    session: Any, stack: deploy.Stack, ask: Callable[[str], str], say: Callable[[str], None]
) -> str:
    """
    Remove everything, after the stack's name was typed; called again, it goes on where it ended.

    Parameters
    ----------
    session
        boto3's, signed in as somebody who may remove all of it.
    ask
        Given what would be lost, returns what was typed.
    say
        Told what is being done.

    Returns
    -------
    str
        What was removed, and when: a text that can be filed.

    Raises
    ------
    RemoteError
        If something else was typed (nothing was touched then), or something could not be removed.
    """
    held = holdings(session, stack)
    if ask(held.words()) != stack.name:
        raise RemoteError("The name was not typed; nothing was removed.")
    batch, s3 = session.client("batch"), session.client("s3")
    bucket, queue = stack.outputs.get("Bucket", ""), stack.outputs.get("JobQueue", "")
    # First of all, so that no job starts, and none writes into a bucket that is being emptied.
    if _stands(batch, queue):
        batch.update_job_queue(jobQueue=queue, state="DISABLED")
    for job in _live_jobs(batch, queue):
        batch.terminate_job(jobId=job["jobId"], reason="The stack is being removed.")
    say("Deleting the data.")
    removed = empty(s3, bucket)
    say("Removing the stack; this takes some minutes.")
    try:
        deploy.delete(session, stack.name)
    except RemoteError:
        # A job that was just ending may have written once more.
        removed += empty(s3, bucket)
        deploy.delete(session, stack.name)
    return (
        f"Stack {stack.name}, {session.region_name}: removed {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.\n"
        f"Deleted with it: {held.runs} runs; {removed} versions of objects in {bucket or 'its bucket'}, "
        "the bucket itself, the queues, the logs, the image and all permissions.\n"
        "The key that everything was encrypted with is deleted by AWS 7 days later.\n"
    )


def empty(s3: Any, bucket: str) -> int:
    """Delete every version of every object, and uploads that were not ended; return how many versions."""
    count = 0
    batch: list[dict[str, str]] = []
    for version in [*_versions(s3, bucket), None]:
        if version is not None:
            batch.append({"Key": version["Key"], "VersionId": version["VersionId"]})
        if batch and (version is None or len(batch) == AT_ONCE):
            errors = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True}).get("Errors")
            if errors:
                raise RemoteError(f"{len(errors)} objects could not be deleted: {errors[0]['Message']}")
            count += len(batch)
            batch = []
    for upload in _pages(s3, "list_multipart_uploads", bucket, "Uploads"):
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return count


def _versions(s3: Any, bucket: str) -> Iterator[dict[str, Any]]:
    return _pages(s3, "list_object_versions", bucket, "Versions", "DeleteMarkers")


def _pages(s3: Any, call: str, bucket: str, *names: str) -> Iterator[dict[str, Any]]:
    """What a call lists of a bucket; nothing where there is no bucket."""
    if not bucket:
        return
    try:
        for page in s3.get_paginator(call).paginate(Bucket=bucket):
            for name in names:
                yield from page.get(name, ())
    except s3.exceptions.NoSuchBucket:
        return


def _stands(batch: Any, queue: str) -> bool:
    found = batch.describe_job_queues(jobQueues=[queue])["jobQueues"] if queue else ()
    return any(each["status"] not in ("DELETING", "DELETED") for each in found)


def _live_jobs(batch: Any, queue: str) -> Iterator[dict[str, Any]]:
    if not _stands(batch, queue):
        return
    for status in LIVE:
        for page in batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=status):
            yield from page["jobSummaryList"]
