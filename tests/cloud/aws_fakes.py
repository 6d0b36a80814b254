"""S3 and SQS of moto in this process, and a Batch of a few lines whose jobs a test moves by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

from cloud_runner.client.connect import Connection
from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remote
from cloud_runner.objects import RunObjects

BUCKET, REGION = "a-bucket", "us-east-1"


class FakeBatch:
    """Takes jobs, and shows them as a test says."""

    class exceptions:
        class ClientException(ClientError):
            pass

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.submitted: list[dict[str, Any]] = []
        self.terminated: list[str] = []
        self.fail: Exception | None = None
        self.fail_after: Exception | None = None  # the job is made, and the answer lost

    def submit_job(self, **order: Any) -> dict[str, str]:
        if self.fail:
            raise self.fail
        self.submitted.append(order)
        job = f"job-{len(self.submitted)}"
        size = order.get("arrayProperties", {}).get("size", 1)
        for name in [job] if size == 1 else [job, *(f"{job}:{i}" for i in range(size))]:
            self.jobs[name] = {"jobId": name, "jobName": order["jobName"], "status": "RUNNABLE"}
        if self.fail_after:
            raise self.fail_after
        return {"jobId": job}

    def get_paginator(self, name: str) -> Any:
        assert name == "list_jobs"
        return self

    def paginate(self, jobQueue: str, filters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        (wanted,) = filters[0]["values"]
        found = [job for job in self.jobs.values() if job["jobName"] == wanted and ":" not in job["jobId"]]
        yield {"jobSummaryList": []}
        yield {"jobSummaryList": found}

    def describe_jobs(self, jobs: list[str]) -> dict[str, Any]:
        assert len(jobs) <= 100  # as AWS has it
        return {"jobs": [self.jobs[job] for job in jobs if job in self.jobs]}

    def terminate_job(self, jobId: str, reason: str) -> None:
        self.terminated.append(jobId)

    def show(self, job: str, status: str, **more: Any) -> None:
        """Show a job in a status."""
        name = next(iter(self.jobs.values()))["jobName"] if self.jobs else ""
        self.jobs[job] = {"jobId": job, "jobName": name, "status": status, **more}


class Aws:
    """Services of an account with a versioned bucket and a queue."""

    def __init__(self) -> None:
        session = boto3.Session("emulated", "emulated", region_name=REGION)
        self.s3, self.sqs = session.client("s3"), session.client("sqs")
        self.logs = session.client("logs")
        self.batch = FakeBatch()
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.queue_url = self.sqs.create_queue(QueueName="queue")["QueueUrl"]
        self.remote = Remote("Here", REGION, BUCKET, self.queue_url, "jobs", "/echelon/runs")

    def clear(self) -> None:
        """Empty the bucket and the queue, and take a new Batch; making an account anew takes seconds."""
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
            for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                self.s3.delete_object(Bucket=BUCKET, Key=item["Key"], VersionId=item["VersionId"])
        self.messages()
        self.batch = FakeBatch()

    def objects(self, run: str) -> RunObjects:
        """A run's objects."""
        return RunObjects(self.s3, BUCKET, run)

    def messages(self) -> list[str]:
        """Bodies of the messages in the queue; each is taken out."""
        found = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return found
            for message in answer["Messages"]:
                found.append(message["Body"])
                self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])

    def versions(self) -> list[tuple[str, str]]:
        """Key and kind of all versions and delete markers in the bucket."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET)
        return [
            (item["Key"], kind)
            for page in pages
            for kind in ("Versions", "DeleteMarkers")
            for item in page.get(kind, ())
        ]

    def connect(self, remote: Remote, pace: Pace) -> Connection:
        """These services as a follower asks for them."""
        connection = Connection(remote, pace)
        for name in ("s3", "sqs", "batch", "logs"):
            connection.__dict__[name] = getattr(self, name)
        return connection


@contextmanager
def aws_account() -> Iterator[Aws]:
    """An account that is empty but for a bucket and a queue."""
    with mock_aws():
        yield Aws()


def client_error(code: str, status: int = 400, operation: str = "PutObject") -> ClientError:
    """What boto3 raises when AWS answers with an error."""
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


@contextmanager
def listed(s3: Any) -> Iterator[set[str]]:
    """Keys that S3 is asked to list meanwhile."""
    keys: set[str] = set()

    def note(parsed: dict[str, Any], **_: Any) -> None:
        keys.update(item["Key"] for item in parsed.get("Contents", ()))

    s3.meta.events.register("after-call.s3.ListObjectsV2", note)
    yield keys
    s3.meta.events.unregister("after-call.s3.ListObjectsV2", note)
