"""What AWS Batch says of a run's job, as states of its children."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cloud_runner.client.runs import Child, State

_AT_ONCE = 100  # of DescribeJobs
_STATES = {
    "SUBMITTED": State.DISPATCHED,
    "PENDING": State.DISPATCHED,
    "RUNNABLE": State.DISPATCHED,
    "STARTING": State.STARTING,
    "RUNNING": State.RUNNING,
    "SUCCEEDED": State.DONE,
    "FAILED": State.FAILED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What Batch says of a child's job; ``known`` is False when it has forgotten it."""

    known: bool
    state: State = State.DISPATCHED
    message: str = ""
    attempts: int = 0
    log_stream: str = ""


def look_at(batch: Any, job: str, children: tuple[Child, ...]) -> dict[int, Seen]:
    """What Batch says of those children that have not ended; asks for a hundred at once."""
    going = [child.index for child in children if not child.state.ended]
    ids = {(job if len(children) == 1 else f"{job}:{index}"): index for index in going}
    seen = dict.fromkeys(going, Seen(known=False))
    for found in _describe(batch, list(ids)):
        if found["jobId"] in ids:
            seen[ids[found["jobId"]]] = _seen(found)
    return seen


def taken(child: Child, seen: Seen, has_result: bool, forgotten: bool) -> Child:
    """
    A child as Batch has it.

    ``forgotten`` is whether Batch may have forgotten the job; before that, not to know it only means that it
    is too new.
    """
    if not seen.known:
        if not has_result and not forgotten:
            return child
        words = "" if has_result else "AWS Batch does not know its job any more."
        return replace(child, state=State.DONE if has_result else State.FAILED, message=words)
    state, message = seen.state, seen.message
    if state is State.DONE and not has_result:
        state, message = State.FAILED, "It ended without a result; the log says more."
    elif state is State.FAILED and has_result:
        # A worker that was told to stop when its result was there has still done its work.
        state, message = State.DONE, ""
    return replace(
        child,
        state=state,
        message=message,
        attempts=max(child.attempts, seen.attempts),
        log_stream=seen.log_stream or child.log_stream,
    )


def _describe(batch: Any, ids: list[str]) -> Iterable[dict[str, Any]]:
    for i in range(0, len(ids), _AT_ONCE):
        yield from batch.describe_jobs(jobs=ids[i : i + _AT_ONCE])["jobs"]


def _seen(job: dict[str, Any]) -> Seen:
    container = job.get("container") or {}
    state = _STATES[job["status"]]
    return Seen(
        known=True,
        state=state,
        message=_failure(job, container) if state is State.FAILED else _waiting(job),
        attempts=len(job.get("attempts") or ()),
        log_stream=container.get("logStreamName") or "",
    )


def _waiting(job: dict[str, Any]) -> str:
    reason = str(job.get("statusReason") or "")
    if job["status"] == "RUNNABLE" and reason.startswith("MISCONFIGURATION"):
        return "AWS Batch finds no machine for it: its order may be larger than any of the stack. Ask IT."
    return ""


def _failure(job: dict[str, Any], container: dict[str, Any]) -> str:
    """Why a job failed, in words; AWS's own are about machines only, and kept where none of ours fit."""
    why = f"{job.get('statusReason') or ''} {container.get('reason') or ''}"
    code = container.get("exitCode")
    if "timeout" in why.lower():
        return "It took longer than AWS Batch allows. Order more time and send it again."
    lost = why.startswith("Host EC2")
    if "OutOfMemory" in why or (code == 137 and not lost):
        return "It ran out of memory. Order more memory and send it again."
    if "CannotPullContainer" in why:
        return "Its image could not be loaded. Ask IT to look at the stack."
    if code == 75:
        return "It could not reach the bucket. Ask IT to look at the stack, or send it again."
    if code == 143 or lost:
        return "Its machine was taken away too often. Send it again, perhaps On-Demand."
    if code is not None:
        return f"It ended with exit code {code}; the log says more."
    return f"AWS Batch ended it: {why.strip()[:200] or 'no reason given'}."
