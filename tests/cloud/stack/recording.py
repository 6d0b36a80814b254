"""What a program asks of AWS, in IAM's words: noted, or held against policies."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from iam import Call, allowed

ACCOUNT = "123456789012"
KEY = "the bucket's key"  # S3 asks for it, on behalf of whoever puts and gets
_REAL = botocore.client.BaseClient._make_api_call
VIA_S3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}


def arn(service: str, rest: str) -> str:
    """Name a resource of the emulated account."""
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}"


@contextmanager
def recorded(calls: dict[str, list[Call]], side: str) -> Iterator[None]:
    """Note what this process asks for meanwhile; an operation that is new here fails."""
    mine = calls.setdefault(side, [])

    def noted(self: Any, operation: str, given: Mapping[str, Any]) -> Any:
        mine.extend(_NEEDS[operation](given))
        return _REAL(self, operation, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
        yield


@contextmanager
def obeying(documents: Iterable[Mapping[str, Any]], key: str) -> Iterator[None]:
    """Refuse what policies do not allow, as AWS would; ``key`` is the bucket's."""
    policies = list(documents)

    def refusing(self: Any, operation: str, given: Mapping[str, Any]) -> Any:
        for call in _NEEDS[operation](given):
            asked = replace(call, resource=key) if call.resource == KEY else call
            if not allowed(policies, asked):
                answer = {"HTTPStatusCode": 400}  # what some services give it; the code is what counts
                error = {"Code": "AccessDeniedException", "Message": f"not authorized: {asked.action}"}
                raise ClientError({"Error": error, "ResponseMetadata": answer}, operation)
        return _REAL(self, operation, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", refusing)
        yield


@contextmanager
def unrecorded() -> Iterator[None]:
    """Do something that is not the recorded side's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", _REAL)
        yield


def _object(given: Mapping[str, Any]) -> str:
    return f"arn:aws:s3:::{given['Bucket']}/{given['Key']}"


def _key(action: str) -> Call:
    return Call(action, KEY, VIA_S3)


def _put(given: Mapping[str, Any]) -> list[Call]:
    calls = [Call("s3:PutObject", _object(given)), _key("kms:GenerateDataKey")]
    # A put on condition of an ETag reads it.
    return calls + ([Call("s3:GetObject", _object(given))] if "IfMatch" in given else [])


def _delete(given: Mapping[str, Any]) -> list[Call]:
    action = "s3:DeleteObjectVersion" if "VersionId" in given else "s3:DeleteObject"
    return [Call(action, _object(given))]


def _delete_all(given: Mapping[str, Any]) -> list[Call]:
    entries = given["Delete"]["Objects"]
    return [call for entry in entries for call in _delete({"Bucket": given["Bucket"]} | entry)]


def _list(action: str, given: Mapping[str, Any]) -> list[Call]:
    return [Call(action, f"arn:aws:s3:::{given['Bucket']}", {"s3:prefix": given["Prefix"]})]


def _log(given: Mapping[str, Any]) -> list[Call]:
    stream = f"log-group:{given['logGroupName']}:log-stream:{given['logStreamName']}"
    return [Call("logs:GetLogEvents", arn("logs", stream))]


def _queue(action: str, given: Mapping[str, Any]) -> Call:
    return Call(action, arn("sqs", given["QueueUrl"].rpartition("/")[2]))


_NEEDS = {
    "PutObject": _put,
    "GetObject": lambda given: [Call("s3:GetObject", _object(given)), _key("kms:Decrypt")],
    "DeleteObject": _delete,
    "DeleteObjects": _delete_all,
    "ListObjectsV2": lambda given: _list("s3:ListBucket", given),
    "ListObjectVersions": lambda given: _list("s3:ListBucketVersions", given),
    "SendMessage": lambda given: [_queue("sqs:SendMessage", given)],
    "DescribeJobs": lambda given: [Call("batch:DescribeJobs", "*")],
    "ListJobs": lambda given: [Call("batch:ListJobs", "*")],
    # AWS asks for both.
    "SubmitJob": lambda given: [
        Call("batch:SubmitJob", given[name]) for name in ("jobQueue", "jobDefinition")
    ],
    "TerminateJob": lambda given: [Call("batch:TerminateJob", arn("batch", f"job/{given['jobId']}"))],
    "GetLogEvents": _log,
    # Those that the desktop must be refused.
    "ListBuckets": lambda given: [Call("s3:ListAllMyBuckets", "*")],
    "GetBucketPolicy": lambda given: [Call("s3:GetBucketPolicy", f"arn:aws:s3:::{given['Bucket']}")],
    "GetBucketLifecycleConfiguration": lambda given: [
        Call("s3:GetLifecycleConfiguration", f"arn:aws:s3:::{given['Bucket']}")
    ],
    "ReceiveMessage": lambda given: [_queue("sqs:ReceiveMessage", given)],
    "GetQueueAttributes": lambda given: [_queue("sqs:GetQueueAttributes", given)],
    "DescribeLogGroups": lambda given: [Call("logs:DescribeLogGroups", "*")],
    "ListKeys": lambda given: [Call("kms:ListKeys", "*")],
    "ListUsers": lambda given: [Call("iam:ListUsers", "*")],
    "ListFunctions": lambda given: [Call("lambda:ListFunctions", "*")],
    "DescribeInstances": lambda given: [Call("ec2:DescribeInstances", "*")],
    "DescribeRepositories": lambda given: [Call("ecr:DescribeRepositories", "*")],
    "DescribeStacks": lambda given: [Call("cloudformation:DescribeStacks", "*")],
}
