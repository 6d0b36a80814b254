"""
One run's objects in the bucket, for the desktop, the dispatcher and the worker alike.

What exists is always found by listing, never by asking for a key that may be missing: with the right to list
confined to ``runs/``, S3 answers the latter with "forbidden".
"""

import hashlib
from contextlib import closing
from typing import Any, TypeVar

from cloud_runner.wire import documents
from cloud_runner.wire.documents import Blob
from cloud_runner.wire.errors import WireError
from cloud_runner.wire.layout import RunKeys

D = TypeVar("D")

MAX_BYTES = 256 << 20
"""Of any object: far above the largest problem, so that what is larger is not one of ours."""


class RunObjects:
    """
    Reads and writes one run's objects.

    Parameters
    ----------
    s3
        A boto3 S3 client; what it raises is not translated.
    bucket
        Name of the bucket.
    run
        The run's id.
    """

    def __init__(self, s3: Any, bucket: str, run: str) -> None:
        self.s3, self.bucket, self.run = s3, bucket, run
        self.keys = RunKeys(run)

    def list(self) -> dict[str, str]:
        """Key → ETag of every object of the run."""
        return self._listed(Prefix=self.keys.prefix)

    def list_for(self, child: int | None = None) -> dict[str, str]:
        """
        Key → ETag of the objects that are of no child, and of those of one.

        A page or two, however many children the run has: thousands of workers ask for it again and again.
        """
        found = self._listed(Prefix=self.keys.prefix, Delimiter="/")
        return found if child is None else found | self._listed(Prefix=self.keys.child(child))

    def read(self, key: str, most: int = MAX_BYTES) -> bytes:
        """The bytes of an object that was listed; WireError, and none of them taken, when too many."""
        answer = self.s3.get_object(Bucket=self.bucket, Key=key)
        with closing(answer["Body"]) as body:
            if answer["ContentLength"] > most:
                raise WireError(f"{key} is larger than any of its kind.")
            data: bytes = body.read()
        return data

    def read_document(self, cls: type[D], key: str) -> D:
        """A document that was listed; WireError when it is not one of its kind, or is another run's."""
        document: Any = documents.read(cls, self.read(key, documents.MAX_BYTES))  # type: ignore[type-var]
        if document.run != self.run:
            raise WireError("The document is of another run.")
        return document  # type: ignore[no-any-return]

    def read_blob(self, blob: Blob, most: int = MAX_BYTES) -> bytes:
        """An object's bytes, which must be those its blob says; WireError when they are not, or too many."""
        data = self.read(blob.key, most)
        if len(data) != blob.bytes or hashlib.sha256(data).hexdigest() != blob.sha256:
            raise WireError(f"The bytes of {blob.key} are not those that were written.")
        return data

    def write(self, key: str, data: bytes) -> None:
        """Put an object, whatever was there before."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=data)

    def write_document(self, key: str, document: Any) -> None:
        """Put a document; WireError when it is not what its type says."""
        self.write(key, documents.write(document))

    def write_blob(self, key: str, data: bytes) -> Blob:
        """Put bytes, and say what a reader must find."""
        self.write(key, data)
        return Blob(key, hashlib.sha256(data).hexdigest(), len(data))

    def create(self, key: str, document: Any) -> str:
        """Put a document where there is none yet; its version's id, empty when there is one already."""
        return self._conditional(key, document, IfNoneMatch="*")

    def replace(self, key: str, document: Any, etag: str) -> bool:
        """Put a document in place of the one that was read; False when that one is gone or another."""
        return bool(self._conditional(key, document, IfMatch=etag))

    def take_back(self, key: str, version: str) -> None:
        """Delete what :meth:`create` put, so that not even a delete marker is left."""
        self.s3.delete_object(Bucket=self.bucket, Key=key, VersionId=version)

    def _listed(self, **what: str) -> dict[str, str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, **what)
        return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", ())}

    def _conditional(self, key: str, document: Any, **condition: str) -> str:
        try:
            answer = self.s3.put_object(
                Bucket=self.bucket, Key=key, Body=documents.write(document), **condition
            )
        except self.s3.exceptions.ClientError as error:
            # 409: another conditional write of the same key was under way, and won.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 409, 412):
                return ""
            raise
        return str(answer.get("VersionId", "null"))  # as S3 calls it in a bucket without versions
