"""
Turns messages of the queue into jobs of AWS Batch.

A standard queue delivers a message at least once, and SubmitJob takes no token, so that one job per run is
made sure of in three ways: ``dispatch.json`` is created by conditional put, and who does not create it does
not submit; a claim whose maker died is taken over only when no function can still be at work on it, and only
after a look for a job of the run's name; and the worker claims its child in the same way.

Environment: ECHELON_JOB_QUEUE, ECHELON_JOB_DEFINITION, and the stack's caps ECHELON_MAX_VCPU and
ECHELON_MAX_MEMORY_MB; ECHELON_FARGATE=1 where orders are rounded up to Fargate's sizes. The log has message
ids, run ids and figures only.
"""

import logging
import os
from datetime import datetime
from functools import cache
from typing import Any

from cloud_runner.dispatcher.fargate import size_for
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents
from cloud_runner.wire.documents import CancelMarker, Dispatch, Manifest, Message, RunError
from cloud_runner.wire.errors import VersionError, WireError
from cloud_runner.wire.layout import job_name

TAKEOVER_S = 120.0  # longer than the function may run: by then whoever claimed the run is dead
GRACE_S = 15 * 60  # for a job beyond its solver's limit: the image, the input, the last checkpoint

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


class Gone(Exception):
    """The run was deleted while it was looked at; nothing of ours may stay in its place."""


class Busy(Exception):
    """Somebody else may be submitting this run at this moment; the message is to come again."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """
    Entry point of the function.

    Parameters
    ----------
    event
        A batch of messages, as Lambda hands them over from SQS.
    context
        Not used.

    Returns
    -------
    dict
        ``batchItemFailures``: the messages to deliver again; after five times they go to the dead letters.
    """
    failures = []
    for record in event["Records"]:
        try:
            _handle(record["body"])
        except Gone:
            log.info("message=%s run is gone", record["messageId"])
        except Exception as error:  # one bad message must not bring the good ones back
            # The error's own text may quote the message, which may be anybody's.
            log.warning("message=%s failed=%s", record["messageId"], type(error).__name__)
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _handle(body: str) -> None:
    message = documents.read(Message, body)
    run = RunObjects(_client("s3"), message.bucket, message.run)
    there = run.list_for()
    if run.keys.manifest not in there or run.keys.error in there:
        # Never complete, or deleted since, or refused before: nothing is to be done, now or later.
        log.info("run=%s nothing to do", message.run)
    elif message.type == "cancel":
        _cancel(run, there)
    else:
        _solve(run, there)


def _solve(run: RunObjects, there: dict[str, str]) -> None:
    try:
        manifest = run.read_document(Manifest, run.keys.manifest)
    except VersionError as error:
        _refuse(run, "version", error.side, str(error))
        return
    except WireError as error:
        _refuse(run, "invalid-input", "desktop", str(error))
        return
    beyond = _beyond_caps(manifest)
    if beyond:
        _refuse(run, "limits", "desktop", beyond)
        return
    cancelled = run.keys.cancel in there
    if not _claim(run, Dispatch(run.run, "", cancelled, documents.now())):
        job = _take_over(run, cancelled)
        if job is None:
            return
    elif cancelled:
        return
    else:
        job = _job_of(run.run)
    try:
        job = job or _submit(manifest)
    except _client("batch").exceptions.ClientException as error:
        code = error.response["Error"]["Code"]
        _refuse(run, "refused", "stack", f"AWS Batch refused the job ({code}). Ask IT to look at the stack.")
        return
    run.write_document(run.keys.dispatch, Dispatch(run.run, job, False, documents.now()))
    log.info("run=%s children=%d job=%s", run.run, manifest.children, job)


def _claim(run: RunObjects, dispatch: Dispatch) -> bool:
    """Make ``dispatch.json``; False when there is one already."""
    version = run.create(run.keys.dispatch, dispatch)
    if version and run.keys.manifest not in run.list_for():
        run.take_back(run.keys.dispatch, version)
        raise Gone
    return bool(version)


def _take_over(run: RunObjects, cancelled: bool) -> str | None:
    """
    The job to note down, "" to submit one, None when all is done; Busy while somebody may be at work.

    Of a cancelled run whose claim's maker submitted nothing, it is noted down that nothing ever will be.
    """
    etag = run.list_for().get(run.keys.dispatch)
    if etag is None:
        raise Busy
    claim = run.read_document(Dispatch, run.keys.dispatch)
    if claim.job or claim.cancelled:
        log.info("run=%s dispatched before", run.run)
        return None
    age = (datetime.fromisoformat(documents.now()) - datetime.fromisoformat(claim.at)).total_seconds()
    if age < float(os.environ.get("ECHELON_TAKEOVER_S", TAKEOVER_S)):
        raise Busy
    # Whoever died may have submitted it: a run that has a job was not cancelled before it began.
    job = _job_of(run.run)
    gone = cancelled and not job
    if not run.replace(run.keys.dispatch, Dispatch(run.run, "", gone, documents.now()), etag):
        raise Busy
    return None if gone else job


def _cancel(run: RunObjects, there: dict[str, str]) -> None:
    if run.keys.cancel not in there:
        run.write_document(run.keys.cancel, CancelMarker(run.run, documents.now()))
    if _claim(run, Dispatch(run.run, "", True, documents.now())):
        return
    dispatch = run.read_document(Dispatch, run.keys.dispatch)
    if dispatch.cancelled:
        return
    job = dispatch.job or _job_of(run.run)
    if not job:
        _take_over(run, cancelled=True)
        raise Busy  # the message comes again, and finds what has become of it
    # The worker gets a SIGTERM and keeps its best.
    _client("batch").terminate_job(jobId=job, reason="cancelled")
    log.info("run=%s cancelled job=%s", run.run, job)


def _job_of(run: str) -> str:
    """The job of a run's name, "" when there is none; Batch knows a job for a day at least after its end."""
    pages = (
        _client("batch")
        .get_paginator("list_jobs")
        .paginate(
            jobQueue=os.environ["ECHELON_JOB_QUEUE"],
            filters=[{"name": "JOB_NAME", "values": [job_name(run)]}],
        )
    )
    for page in pages:
        for job in page["jobSummaryList"]:
            if job["jobName"] == job_name(run):
                found: str = job["jobId"]
                return found
    return ""


def _submit(manifest: Manifest) -> str:
    vcpu, memory_mb = _size(manifest)
    several = {"arrayProperties": {"size": manifest.children}} if manifest.children > 1 else {}
    answer = _client("batch").submit_job(
        jobName=job_name(manifest.run),
        jobQueue=os.environ["ECHELON_JOB_QUEUE"],
        jobDefinition=os.environ["ECHELON_JOB_DEFINITION"],
        containerOverrides={
            "environment": [{"name": "ECHELON_RUN", "value": manifest.run}],
            "resourceRequirements": [
                {"type": "VCPU", "value": str(vcpu)},
                {"type": "MEMORY", "value": str(memory_mb)},
            ],
        },
        timeout={"attemptDurationSeconds": int(manifest.time_limit_s) + GRACE_S},
        **several,
    )
    job: str = answer["jobId"]
    return job


def _size(manifest: Manifest) -> tuple[int, int]:
    """VCPU and MiB of memory that a child gets; ValueError when Fargate is meant and has no such size."""
    if os.environ.get("ECHELON_FARGATE") == "1":
        return size_for(manifest.vcpu, manifest.memory_mb)
    return manifest.vcpu, manifest.memory_mb


def _beyond_caps(manifest: Manifest) -> str:
    """What of an order the stack does not allow, in words; empty when nothing."""
    try:
        vcpu, memory_mb = _size(manifest)
    except ValueError:
        return f"{_asks(manifest)}; Fargate has no such machine. Order less."
    caps = ((vcpu, "ECHELON_MAX_VCPU", "vCPU"), (memory_mb, "ECHELON_MAX_MEMORY_MB", "MB of memory"))
    for needed, name, unit in caps:
        most = os.environ.get(name)
        if most is not None and needed > int(most):
            rounded = (
                ""
                if (vcpu, memory_mb) == (manifest.vcpu, manifest.memory_mb)
                else (f", for which Fargate's smallest machine has {needed} {unit}")
            )
            return f"{_asks(manifest)}{rounded}; this stack allows {most} {unit}. Order less, or ask IT."
    return ""


def _asks(manifest: Manifest) -> str:
    return f"The order asks for {manifest.vcpu} vCPU and {manifest.memory_mb} MB of memory"


def _refuse(run: RunObjects, code: Any, side: Any, words: str) -> None:
    """Say for good that a run cannot be done; the message is not to come again."""
    run.write_document(run.keys.error, RunError(run.run, code, side, words, documents.now()))
    log.warning("run=%s refused=%s", run.run, code)


@cache
def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    # A SubmitJob whose answer was lost would be sent again by itself, and make a second job: the message
    # comes again instead, and finds the first by its name.
    attempts = 1 if service == "batch" else 4
    return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))
