"""What a program asks of AWS, in IAM's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import botocore.client
import pytest
from iam import Call

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


_NEEDS = {
    "PutObject": _put,
    "GetObject": lambda given: [Call("s3:GetObject", _object(given)), _key("kms:Decrypt")],
    "DeleteObject": _delete,
    "DeleteObjects": _delete_all,
    "ListObjectsV2": lambda given: _list("s3:ListBucket", given),
    "ListObjectVersions": lambda given: _list("s3:ListBucketVersions", given),
    "SendMessage": lambda given: [Call("sqs:SendMessage", arn("sqs", given["QueueUrl"].rpartition("/")[2]))],
    "DescribeJobs": lambda given: [Call("batch:DescribeJobs", "*")],
    "ListJobs": lambda given: [Call("batch:ListJobs", "*")],
    # AWS asks for both.
    "SubmitJob": lambda given: [
        Call("batch:SubmitJob", given[name]) for name in ("jobQueue", "jobDefinition")
    ],
    "TerminateJob": lambda given: [Call("batch:TerminateJob", arn("batch", f"job/{given['jobId']}"))],
    "GetLogEvents": _log,
}
