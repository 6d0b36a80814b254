"""What a run came to, its curve, and which seeds it had, in a scheduler's words. Knows nothing of Qt."""

from collections.abc import Sequence
from itertools import pairwise

from echelon_desktop.model.store import Run
from echelon_desktop.solver.result import Result, Status, StopReason
from echelon_desktop.solver.verify import Verdict

Point = tuple[float, int | None, int]  # of a curve: seconds, unmet requests, bound

ENDED: dict[str, str] = {
    StopReason.PROVED: "proven",
    StopReason.TIME: "time was up",
    StopReason.ITERATIONS: "tries were used up",
    StopReason.STOPPED: "stopped",
    StopReason.STALLED: "nothing more to try",
}
FOUND: dict[str, str] = {
    Status.OPTIMAL: "Best possible",
    Status.FEASIBLE: "Best found",
    Status.INFEASIBLE: "No schedule exists",
    Status.NOTHING_FOUND: "Nothing found",
}


def outcome(status: str, stop_reason: str) -> str:
    """
    How a run ended: "Best possible, proven", "Best found, time was up".

    Parameters
    ----------
    status, stop_reason
        As a school's history has them; what is not known to this version is passed on or left out.
    """
    return ", ".join(part for part in (FOUND.get(status, status), ended(stop_reason)) if part)


def ended(stop_reason: str) -> str:
    """Why a run ended; empty for a reason not known to this version."""
    return ENDED.get(stop_reason, "")


def seeds_of(run: Run) -> tuple[int, ...]:
    """The seeds of a run of a school's history; of a portfolio all, not only that of the best."""
    seeds = run.settings.get("seeds") or ([] if run.seed is None else [run.seed])
    return tuple(int(seed) for seed in seeds)


def seeds_in_words(seeds: Sequence[int]) -> str:
    """Seeds as short as can be: "7", "1–4", "1, 3"."""
    if len(seeds) > 2 and all(b - a == 1 for a, b in pairwise(seeds)):
        return f"{seeds[0]}–{seeds[-1]}"
    return ", ".join(map(str, seeds))


def found_in_words(result: Result, verdict: Verdict, certain: int) -> str:
    """How many requests a schedule leaves unmet, and how many of them any schedule would."""
    unmet, requests = verdict.counts.unmet, verdict.counts.requests
    if requests == 0:
        return "No student requests anything."
    if unmet == 0:
        return f"All {requests:,} requests are met."
    sure = min(certain, unmet)
    told = f"{unmet:,} of {requests:,} requests {'is' if unmet == 1 else 'are'} unmet"
    avoidable = unmet - sure
    if avoidable == 0:
        return f"{told}; no schedule leaves fewer unmet."
    levels = [level for level in result.levels if level.name.startswith("unmet requests")]
    if levels and all(level.proven for level in levels):
        return f"{told}; proven: no schedule is better by the rules."
    return f"{told}: {sure:,} certainly, at most {avoidable:,} of them avoidable."


def thinned(points: Sequence[Point], most: int = 240) -> list[Point]:
    """The points of a curve at which something changes, and its ends; no more than ``most`` or so."""
    told = [
        point
        for before, point in zip([None, *points], points, strict=False)
        if before is None or before[1:] != point[1:] or point is points[-1]
    ]
    step = -(-len(told) // most) or 1
    return [*told[:-1:step], *told[-1:]]
