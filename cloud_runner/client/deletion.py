"""Deletes a run's objects with all their versions, and says what it deleted."""

import hashlib
from collections import Counter
from typing import Any

from cloud_runner.client.runs import Deletion
from cloud_runner.wire.documents import now
from cloud_runner.wire.layout import RunKeys
from echelon_desktop.errors import RemoteError

_AT_ONCE = 1000  # of DeleteObjects
_ROUNDS = 3  # a worker's last report may come in between two


def delete_run(s3: Any, bucket: str, run: str) -> Deletion:
    """
    Delete every version and every delete marker of a run's objects.

    Parameters
    ----------
    s3
        A boto3 S3 client; what it raises is not translated.
    bucket, run
        Where.

    Raises
    ------
    RemoteError
        If S3 refused to delete some of them.
    """
    prefix = RunKeys(run).prefix
    sizes: dict[tuple[str, str], int] = {}
    versions: Counter[str] = Counter()
    markers: Counter[str] = Counter()
    left: list[tuple[str, str]] = []
    for _ in range(_ROUNDS):
        found: list[tuple[str, str]] = []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Versions", ()):
                found.append((item["Key"], item["VersionId"]))
                if found[-1] not in sizes:
                    versions[item["Key"]] += 1
                    sizes[found[-1]] = item["Size"]
            for item in page.get("DeleteMarkers", ()):
                found.append((item["Key"], item["VersionId"]))
                if found[-1] not in sizes:
                    markers[item["Key"]] += 1
                    sizes[found[-1]] = 0
        left = found
        if not found:
            break
        _delete(s3, bucket, found)
    lines = [
        f"  {key}: {versions[key]} version(s), {markers[key]} delete marker(s)"
        for key in sorted(set(versions) | set(markers))
    ]
    at = now()
    digest = hashlib.sha256("\n".join(f"{key} {version}" for key, version in sorted(sizes)).encode())
    remaining = f"{len(left)} remain; delete again." if left else "A listing of all versions then found none."
    text = "\n".join(
        [
            "Deletion of a remote run's data",
            f"Run {run}, bucket {bucket}, completed {at} (UTC)",
            f"{versions.total()} version(s) and {markers.total()} delete marker(s) of {len(lines)} "
            f"object(s), {sum(sizes.values()):,} bytes, were deleted for good. {remaining}",
            *lines,
            f"SHA-256 of the list of keys and version ids: {digest.hexdigest()}",
            "",
        ]
    )
    return Deletion(
        run, bucket, at, len(lines), versions.total(), markers.total(), sum(sizes.values()), len(left), text
    )


def _delete(s3: Any, bucket: str, found: list[tuple[str, str]]) -> None:
    for i in range(0, len(found), _AT_ONCE):
        part = [{"Key": key, "VersionId": version} for key, version in found[i : i + _AT_ONCE]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": part, "Quiet": True})
        errors = answer.get("Errors", ())
        if errors:
            code = errors[0].get("Code", "")
            raise RemoteError(
                f"{len(errors)} objects of the run could not be deleted ({code}). Ask IT to check the "
                "permission s3:DeleteObjectVersion, then delete again."
            )
