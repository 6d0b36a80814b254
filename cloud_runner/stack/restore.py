"""Bring back a run that was deleted or overwritten, from the versions that the bucket keeps for a week."""

from dataclasses import dataclass
from typing import Any

from cloud_runner.wire.layout import RunKeys
from echelon_desktop.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Restored:
    """
    What was brought back.

    Parameters
    ----------
    keys
        Objects that were deleted and are there again.
    present
        Objects that were there all along.
    """

    keys: tuple[str, ...]
    present: tuple[str, ...]


def restore(s3: Any, bucket: str, run: str) -> Restored:
    """
    Undo the deletion of a run's objects.

    A deleted object is a mark on top of its versions; the mark is taken away. Nothing is copied, so that
    what comes back is what was there, byte for byte. What was deleted with its versions, as the desktop
    does after a download, cannot be brought back.

    Parameters
    ----------
    s3
        boto3's client, signed in as somebody who may delete versions.
    run
        The run's id.

    Raises
    ------
    RemoteError
        If the id is none, or the bucket has no version of the run left.
    """
    try:
        prefix = RunKeys(run).prefix
    except ValueError as error:
        raise RemoteError(f"{run!r} is not a run: {error}") from error
    versions: set[str] = set()
    marks: dict[str, list[str]] = {}
    hidden: set[str] = set()
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions |= {version["Key"] for version in page.get("Versions", ())}
        for mark in page.get("DeleteMarkers", ()):
            marks.setdefault(mark["Key"], []).append(mark["VersionId"])
            if mark["IsLatest"]:
                hidden.add(mark["Key"])
    back = sorted(hidden & versions)
    if not versions:
        raise RemoteError(f"The bucket has no version of the run {run} left; it cannot be brought back.")
    for key in back:
        # All of them: an object that was deleted twice has two.
        for mark in marks[key]:
            s3.delete_object(Bucket=bucket, Key=key, VersionId=mark)
    return Restored(tuple(back), tuple(sorted(versions - hidden)))
