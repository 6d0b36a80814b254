"""
Whether Batch tries a job again, by the job definition's ``retryStrategy``.

Source: AWS Batch API reference, ``RetryStrategy`` and ``EvaluateOnExit``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

EXITED = "Essential container in task exited"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
TIMED_OUT = "Job attempt duration exceeded timeout"


@dataclass(frozen=True, slots=True)
class Exit:
    """
    How an attempt ended.

    Parameters
    ----------
    code
        The container's exit code, 128 + n for signal n; None if it never started.
    reason
        Of the container, as ``container.reason``; most ends have none.
    status_reason
        Of the job, as ``statusReason``.
    final
        Ended on purpose, by TerminateJob or its time limit: never tried again.
    """

    code: int | None
    reason: str = ""
    status_reason: str = EXITED
    final: bool = False


def tries_again(strategy: Mapping[str, Any] | None, attempts: int, exit: Exit) -> bool:
    """
    Tell whether an ended attempt is followed by another.

    Parameters
    ----------
    strategy
        ``{"attempts": n, "evaluateOnExit": [{"onExitCode": ..., "action": ...}]}``.
    attempts
        Made so far.
    """
    if exit.final or exit.code == 0 or not strategy or attempts >= int(strategy.get("attempts", 1)):
        return False
    for rule in strategy.get("evaluateOnExit", ()):
        if _matches(rule, exit):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches(rule: Mapping[str, str], exit: Exit) -> bool:
    seen = {
        "onExitCode": "" if exit.code is None else str(exit.code),
        "onReason": exit.reason,
        "onStatusReason": exit.status_reason,
    }
    return all(fnmatchcase(seen[key], rule[key]) for key in seen if key in rule)
