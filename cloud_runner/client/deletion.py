"""Deletes a run's objects with all their versions, and says what it deleted."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cloud_runner.client.files import write_whole
from cloud_runner.client.runs import Deletion
from cloud_runner.wire.documents import now
from cloud_runner.wire.layout import RunKeys
from echelon_desktop.errors import RemoteError

_AT_ONCE = 1000  # of DeleteObjects
_ROUNDS = 3  # a worker's last report may come in between two


def delete_run(s3: Any, bucket: str, run: str, ledger: Path) -> Deletion:
    """
    Delete every version and every delete marker of a run's objects.

    Parameters
    ----------
    s3
        A boto3 S3 client; what it raises is not translated.
    bucket, run
        Where.
    ledger
        File in which what is about to be deleted is written down first: a deletion that was cut short, or
        whose confirmation was lost, is confirmed in full when it is done again.

    Raises
    ------
    RemoteError
        If S3 refused to delete some of them, or the ledger cannot be written.
    """
    prefix = RunKeys(run).prefix
    seen = _read(ledger)
    left = list(_listed(s3, bucket, prefix))
    for _ in range(_ROUNDS):
        if not left:
            break
        seen |= {(version.key, version.id): version for version in left}
        _write(ledger, seen.values())
        _delete(s3, bucket, left)
        left = list(_listed(s3, bucket, prefix))
    seen = {key: version for key, version in seen.items() if key not in {(one.key, one.id) for one in left}}
    versions = Counter(version.key for version in seen.values() if not version.marker)
    markers = Counter(version.key for version in seen.values() if version.marker)
    size = sum(version.size for version in seen.values())
    lines = [
        f"  {key}: {versions[key]} version(s), {markers[key]} delete marker(s)"
        for key in sorted(set(versions) | set(markers))
    ]
    at = now()
    digest = hashlib.sha256("\n".join(f"{key} {version}" for key, version in sorted(seen)).encode())
    remaining = f"{len(left)} remain; delete again." if left else "A listing of all versions then found none."
    text = "\n".join(
        [
            "Deletion of a remote run's data",
            f"Run {run}, bucket {bucket}, completed {at} (UTC)",
            f"{versions.total()} version(s) and {markers.total()} delete marker(s) of {len(lines)} "
            f"object(s), {size:,} bytes, were deleted for good. {remaining}",
            *lines,
            f"SHA-256 of the list of keys and version ids: {digest.hexdigest()}",
            "",
        ]
    )
    return Deletion(run, bucket, at, len(lines), versions.total(), markers.total(), size, len(left), text)


class _Version(NamedTuple):
    key: str
    id: str
    size: int
    marker: bool


def _listed(s3: Any, bucket: str, prefix: str) -> Iterator[_Version]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Versions", ()):
            yield _Version(item["Key"], item["VersionId"], item["Size"], False)
        for item in page.get("DeleteMarkers", ()):
            yield _Version(item["Key"], item["VersionId"], 0, True)


def _read(ledger: Path) -> dict[tuple[str, str], _Version]:
    try:
        rows = json.loads(ledger.read_bytes())
    except (OSError, ValueError):
        return {}
    return {(key, version): _Version(key, version, size, marker) for key, version, size, marker in rows}


def _write(ledger: Path, seen: Iterable[_Version]) -> None:
    try:
        write_whole(ledger, json.dumps(list(seen)).encode())
    except OSError as error:
        raise RemoteError(
            f"What is to be deleted cannot be written down in {ledger}: {error.strerror}. "
            "Nothing was deleted."
        ) from error


def _delete(s3: Any, bucket: str, found: list[_Version]) -> None:
    for i in range(0, len(found), _AT_ONCE):
        part = [{"Key": one.key, "VersionId": one.id} for one in found[i : i + _AT_ONCE]]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": part, "Quiet": True})
        errors = answer.get("Errors", ())
        if errors:
            code = errors[0].get("Code", "")
            raise RemoteError(
                f"{len(errors)} objects of the run could not be deleted ({code}). Ask IT to check the "
                "permission s3:DeleteObjectVersion, then delete again."
            )
