"""Orders are rounded up to the sizes that Fargate has."""

from types import SimpleNamespace
from typing import Any

import pytest

from cloud_runner.dispatcher import dispatch
from cloud_runner.dispatcher.fargate import GIB, size_for

# As AWS lists them, size by size.
OFFERED = (
    {(1, memory) for memory in range(2, 9)}
    | {(2, memory) for memory in range(4, 17)}
    | {(4, memory) for memory in range(8, 31)}
    | {(8, memory) for memory in range(16, 61, 4)}
    | {(16, memory) for memory in range(32, 121, 8)}
)


@pytest.mark.parametrize("vcpu", [1, 2, 3, 4, 5, 8, 9, 16])
def test_the_smallest_size_with_enough_of_both_is_taken(vcpu: int) -> None:
    for memory_mb in range(512, 120 * GIB + 1, 512):
        fitting = [size for size in OFFERED if size[0] >= vcpu and size[1] * GIB >= memory_mb]
        processors, memory = size_for(vcpu, memory_mb)
        assert (processors, memory // GIB) == min(fitting)
        assert memory % GIB == 0


@pytest.mark.parametrize(("vcpu", "memory_mb"), [(17, 1024), (1, 120 * GIB + 1)])
def test_what_no_size_has_is_refused(vcpu: int, memory_mb: int) -> None:
    with pytest.raises(ValueError, match="no size"):
        size_for(vcpu, memory_mb)


@pytest.mark.parametrize(
    ("fargate", "size"), [("1", ("4", "9216")), ("0", ("3", "9000")), (None, ("3", "9000"))]
)
def test_the_dispatcher_rounds_on_fargate_only(
    monkeypatch: pytest.MonkeyPatch, fargate: str | None, size: tuple[str, str]
) -> None:
    submitted: dict[str, Any] = {}

    def submit_job(**given: Any) -> dict[str, str]:
        submitted.update(given)
        return {"jobId": "1"}

    monkeypatch.setattr(dispatch, "_client", lambda service: SimpleNamespace(submit_job=submit_job))
    monkeypatch.setenv("ECHELON_JOB_QUEUE", "queue")
    monkeypatch.setenv("ECHELON_JOB_DEFINITION", "definition")
    if fargate is None:
        monkeypatch.delenv("ECHELON_FARGATE", raising=False)
    else:
        monkeypatch.setenv("ECHELON_FARGATE", fargate)
    order: Any = SimpleNamespace(run="r", children=1, vcpu=3, memory_mb=9000, time_limit_s=60.0)
    assert dispatch._submit(order) == "1"
    asked = {r["type"]: r["value"] for r in submitted["containerOverrides"]["resourceRequirements"]}
    assert (asked["VCPU"], asked["MEMORY"]) == size


@pytest.mark.parametrize(
    ("vcpu", "memory_mb", "words"),
    [
        (1, 8 * GIB, ""),
        (4, 30 * GIB, ""),
        (3, 8 * GIB, ""),  # four, as Fargate has them
        (5, 8 * GIB, "this stack allows 4 vCPU"),
        (1, 120 * GIB, "for which Fargate's smallest machine has 16 vCPU; this stack allows 4 vCPU"),
        (17, 8 * GIB, "Fargate has no such machine"),
        (1, 121 * GIB, "Fargate has no such machine"),
    ],
)
def test_the_stacks_cap_is_on_what_is_paid_for(
    monkeypatch: pytest.MonkeyPatch, vcpu: int, memory_mb: int, words: str
) -> None:
    monkeypatch.setenv("ECHELON_FARGATE", "1")
    monkeypatch.setenv("ECHELON_MAX_VCPU", "4")
    monkeypatch.setenv("ECHELON_MAX_MEMORY_MB", str(256 * GIB))
    order: Any = SimpleNamespace(vcpu=vcpu, memory_mb=memory_mb)
    said = dispatch._beyond_caps(order)
    assert (words in said) if words else not said
