"""Schools whose every id and name is a canary, and a search for canaries in whatever has left."""

import base64
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.proxy import Proxy
from echelon_desktop.model.codec import record_from_json, record_to_json
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.sample import Sample
from echelon_desktop.model.tables import SCHOOL_TABLES

CANARY = "Qzx7KanarienvogelWq"  # in every id and name, and in nothing else
TOLD = ("students", "teachers", "courses", "sections", "rooms", "groups")  # tables whose ids tell something
NAMES = {"name", "title", "department", "counselor", "building", "dedicated_course"}

Bytes = tuple[str, bytes]  # where they were found, and what they are


def school_of_canaries(made: Sample) -> tuple[School, tuple[Rule, ...]]:
    """The school with a canary for every id and name of a person, course, section, room or group."""
    tables = {spec.name: list(getattr(made.school, spec.name).values()) for spec in SCHOOL_TABLES}
    known = {record.id for name in TOLD for record in tables[name]}
    new = {
        name: [record_from_json(name, _sung(record_to_json(record), known)) for record in records]
        for name, records in tables.items()
    }
    rules = [record_from_json("rules", _sung(record_to_json(rule), known)) for rule in made.rules]
    return School(**new), tuple(rules)


def canary(text: str) -> str:
    """A long text that tells where it is from when it is found."""
    return f"{CANARY}-{text}"


def _sung(value: Any, known: set[str], field: str = "") -> Any:
    if isinstance(value, dict):
        sung = {key: _sung(inner, known, key) for key, inner in value.items()}
        return sung | {key: canary(key) for key in NAMES & set(value) if isinstance(value[key], str)}
    if isinstance(value, list):
        return [_sung(inner, known, field) for inner in value]
    return canary(value) if isinstance(value, str) and value in known else value


def found(everything: Iterable[Bytes]) -> list[str]:
    """Where a canary is, in any spelling that a program might give it, compressed or not."""
    spellings = _spellings(CANARY)
    return [
        f"{where} ({spelling})"
        for outer, data in everything
        for where, inner in _opened(outer, data)
        for spelling, sought in spellings.items()
        if sought in inner
    ]


def _spellings(text: str) -> dict[str, bytes]:
    plain = text.encode()
    spellings = {
        "plain": plain,
        "UTF-16": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32-le"),  # as numpy keeps texts
        "hexadecimal": plain.hex().encode(),
        "backwards": plain[::-1],
    }
    for shift in range(3):  # where it stands within three bytes decides what base64 makes of it
        coded = base64.b64encode(b"\0" * shift + plain)
        spellings[f"base64 at {shift}"] = coded[4:-4]
    return spellings


def _opened(where: str, data: bytes) -> Iterator[Bytes]:
    """Bytes, and what is compressed or quoted in them."""
    yield where, data
    if b"%" in data:
        yield f"{where}, unquoted", unquote_to_bytes(data)
    for mark, opening in ((b"PK\x03\x04", _unzipped), (b"\x1f\x8b\x08", _gunzipped)):
        at = data.find(mark)
        if at >= 0:
            for name, inner in opening(data[at:]):
                yield from _opened(f"{where} > {name}", inner)


def _unzipped(data: bytes) -> Iterator[Bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for item in archive.infolist():
                yield item.filename, item.filename.encode() + item.comment + item.extra + archive.read(item)
    except zipfile.BadZipFile:
        return  # the mark was chance, or the archive is part of something cut


def _gunzipped(data: bytes) -> Iterator[Bytes]:
    try:
        yield "gzip", gzip.decompress(data)
    except (OSError, EOFError):
        return


def found_in_archives(everything: Iterable[Bytes]) -> list[Bytes]:
    """What is searched beyond the bytes themselves: the parts of archives."""
    return [inner for where, data in everything for inner in _opened(where, data) if inner[0] != where]


def coded(text: str) -> bytes:
    """A text in base64 within JSON, as digests and tokens are written."""
    return b'{"token": "' + base64.b64encode(f"a{text}".encode()) + b'"}'


def passed(proxies: Iterable[Proxy]) -> Iterator[Bytes]:
    """All that went through proxies: heads, bodies and answers."""
    for proxy in proxies:
        for exchange in proxy.exchanges:
            yield f"head of {exchange.name}", exchange.head
            yield f"body of {exchange.name}", exchange.body
            yield f"answer to {exchange.name}", exchange.answer


def kept(cloud: Cloud) -> Iterator[Bytes]:
    """All that the cloud keeps: objects with their names, headers and tags, jobs, messages and logs."""
    yield from _objects(cloud)
    batch = cloud.client("batch")
    for job in batch.describe_jobs(jobs=list(cloud.machines.jobs))["jobs"] if cloud.machines.jobs else ():
        yield f"job {job['jobId']}", repr(job).encode()
    for call in cloud.pump.calls:
        yield "event of the dispatcher", repr(call).encode()
    logs = cloud.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        for stream in logs.describe_log_streams(logGroupName=name)["logStreams"]:
            events = logs.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"])["events"]
            yield f"log {stream['logStreamName']}", repr([name, stream, events]).encode()


def _objects(cloud: Cloud) -> Iterator[Bytes]:
    s3, bucket = cloud.client("s3"), cloud.resources.bucket
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in page.get("Versions", ()):
            which = {"Bucket": bucket, "Key": item["Key"], "VersionId": item["VersionId"]}
            answer = s3.get_object(**which)
            yield f"object {item['Key']}", answer.pop("Body").read()
            yield f"name and headers of object {item['Key']}", repr((item, answer)).encode()
            yield f"tags of object {item['Key']}", repr(s3.get_object_tagging(**which)["TagSet"]).encode()
