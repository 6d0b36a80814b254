"""Documents of every kind, as good as any."""

from typing import Any

from cloud_runner.wire import documents as d
from cloud_runner.wire.layout import RunKeys

RUN = "0b5c1f6e-93a5-4a64-8c6c-2f6d1b5f6a01"
OTHER = "7d0f2c0a-5d0b-4c2e-9a52-50a8f1f5be02"
KEYS = RunKeys(RUN)
AT = "2026-11-22T16:00:00Z"
SHA = "0123456789abcdef" * 4
INPUT = d.Blob(KEYS.input, SHA, 1234)


def manifest(**changes: Any) -> d.Manifest:
    values = {
        "run": RUN,
        "app_version": "1.2.3",
        "solver_version": "2",
        "input": INPUT,
        "start": None,
        "seeds": (1, 2, 3),
        "strategies": ("default",),
        "time_limit_s": 60.0,
        "vcpu": 4,
        "memory_mb": 8192,
        "created": AT,
    }
    return d.Manifest(**(values | changes))


def result(**changes: Any) -> d.ChildResult:
    values = {
        "run": RUN,
        "index": 1,
        "seed": 2,
        "strategy": "default",
        "input_sha256": SHA,
        "app_version": "1.2.3",
        "solver_version": "2",
        "status": "feasible",
        "stop_reason": "time",
        "method": "local search",
        "levels": (d.Level("unmet requests", 5, 3), d.Level("section-balance", 7, None)),
        "certain": 3,
        "seconds": 59.5,
        "attempts": 2,
        "iterations": 1000,
        "solution": d.Blob(KEYS.solution(1), SHA, 99),
    }
    return d.ChildResult(**(values | changes))


EXAMPLES: dict[str, Any] = {
    "manifest": manifest(start=d.Blob(KEYS.start, SHA, 5), retry_of=OTHER),
    "message": d.Message("solve", RUN, "a-bucket", KEYS.manifest),
    "dispatch": d.Dispatch(RUN, "5b7d-1:0", False, AT),
    "claim": d.Claim(RUN, 1, "job-1", 2, AT),
    "progress": d.ProgressReport(
        RUN, 1, 2, "CP-SAT", 12.5, None, 3, (d.Point(1.0, None, 0), d.Point(2.0, 9, 3)), AT
    ),
    "checkpoint": d.Checkpoint(RUN, 1, 2, SHA, 12.5, 3, (5, 7)),
    "result": result(),
    "cancel-marker": d.CancelMarker(RUN, AT),
    "error": d.RunError(RUN, "limits", "desktop", "Too much.", AT),
}
