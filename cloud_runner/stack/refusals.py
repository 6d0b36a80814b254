"""What the desktop's sign-in must not be able to do: each is tried, with a call that would do no harm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cloud_runner.client.remotes import Remote
from echelon_desktop.errors import RemoteError

NOBODY = "00000000-0000-4000-8000-000000000000"
OUTSIDE = "outside-runs/check"

# Not about what somebody may do, but about who somebody is.
SIGN_IN = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A call that was tried and should have been refused.

    Parameters
    ----------
    action
        As IAM names it.
    would_let
        What somebody could do who may.
    ok
        Whether it was refused.
    """

    action: str
    would_let: str
    ok: bool


@dataclass(frozen=True, slots=True)
class _Attempt:
    action: str
    would_let: str
    service: str
    call: Callable[[Any, Remote], Any]


_ATTEMPTS = (
    _Attempt("s3:ListAllMyBuckets", "see other buckets", "s3", lambda s3, _: s3.list_buckets()),
    _Attempt(
        "s3:ListBucket",
        "list what is not a run",
        "s3",
        lambda s3, remote: s3.list_objects_v2(Bucket=remote.bucket, Prefix="stack/", MaxKeys=1),
    ),
    _Attempt(
        "s3:PutObject",
        "replace the dispatcher's code",
        "s3",
        lambda s3, remote: s3.put_object(Bucket=remote.bucket, Key=OUTSIDE, Body=b""),
    ),
    _Attempt(
        "s3:GetBucketPolicy",
        "see who may use the bucket",
        "s3",
        lambda s3, remote: s3.get_bucket_policy(Bucket=remote.bucket),
    ),
    _Attempt(
        "s3:GetLifecycleConfiguration",
        "see how long things are kept",
        "s3",
        lambda s3, remote: s3.get_bucket_lifecycle_configuration(Bucket=remote.bucket),
    ),
    _Attempt(
        "sqs:ReceiveMessage",
        "take other people's messages",
        "sqs",
        lambda sqs, remote: sqs.receive_message(QueueUrl=remote.queue_url, VisibilityTimeout=0),
    ),
    _Attempt(
        "sqs:GetQueueAttributes",
        "see how the queue is set up",
        "sqs",
        lambda sqs, remote: sqs.get_queue_attributes(QueueUrl=remote.queue_url, AttributeNames=["All"]),
    ),
    _Attempt(
        "batch:SubmitJob",
        "run any command under the job's role",
        "batch",
        lambda batch, remote: batch.submit_job(
            jobName="echelon-check", jobQueue=remote.job_queue, jobDefinition="echelon-no-such-definition"
        ),
    ),
    _Attempt(
        "batch:TerminateJob",
        "end other people's jobs",
        "batch",
        lambda batch, _: batch.terminate_job(jobId=NOBODY, reason="check"),
    ),
    _Attempt(
        "batch:ListJobs",
        "see other people's jobs",
        "batch",
        lambda batch, remote: batch.list_jobs(jobQueue=remote.job_queue, jobStatus="RUNNING"),
    ),
    _Attempt(
        "logs:GetLogEvents",
        "read the dispatcher's log",
        "logs",
        lambda logs, remote: logs.get_log_events(
            logGroupName=f"{remote.log_group.rpartition('/')[0]}/dispatcher", logStreamName=NOBODY
        ),
    ),
    _Attempt(
        "logs:DescribeLogGroups", "see other logs", "logs", lambda logs, _: logs.describe_log_groups(limit=1)
    ),
    _Attempt("kms:ListKeys", "see other keys", "kms", lambda kms, _: kms.list_keys(Limit=1)),
    _Attempt("iam:ListUsers", "see who has access", "iam", lambda iam, _: iam.list_users(MaxItems=1)),
    _Attempt("lambda:ListFunctions", "see programs", "lambda", lambda lam, _: lam.list_functions(MaxItems=1)),
    _Attempt(
        "ec2:DescribeInstances", "see machines", "ec2", lambda ec2, _: ec2.describe_instances(MaxResults=5)
    ),
    _Attempt(
        "ecr:DescribeRepositories",
        "see images",
        "ecr",
        lambda ecr, _: ecr.describe_repositories(maxResults=1),
    ),
    _Attempt(
        "cloudformation:DescribeStacks",
        "see stacks",
        "cloudformation",
        lambda cloudformation, _: cloudformation.describe_stacks(),
    ),
)

ACTIONS = tuple(attempt.action for attempt in _ATTEMPTS)


def refusals(session: Any, remote: Remote) -> Iterator[Refusal]:
    """
    Try each call that must be refused.

    Parameters
    ----------
    session
        boto3's, signed in as the desktop will be.

    Raises
    ------
    RemoteError
        If AWS does not know the sign-in, so that nothing can be said.
    """
    from botocore.exceptions import ClientError

    services = {attempt.service for attempt in _ATTEMPTS}
    clients = {name: session.client(name, endpoint_url=remote.endpoint) for name in services}
    for attempt in _ATTEMPTS:
        client = clients[attempt.service]
        try:
            attempt.call(client, remote)
        except ClientError as error:
            yield Refusal(attempt.action, attempt.would_let, _refused(error))
        else:
            if attempt.action == "s3:PutObject":
                client.delete_object(Bucket=remote.bucket, Key=OUTSIDE)
            yield Refusal(attempt.action, attempt.would_let, False)


def _refused(error: Any) -> bool:
    code = error.response["Error"]["Code"]
    if code in SIGN_IN:
        raise RemoteError(f"AWS does not accept the sign-in ({code}): sign in again, then check once more.")
    forbidden: bool = error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return forbidden or code.startswith(("AccessDenied", "Unauthorized", "AuthorizationError"))
