"""What a run came to, and which seeds it had, in a scheduler's words. Knows nothing of Qt."""

from collections.abc import Sequence
from itertools import pairwise

from echelon_desktop.model.store import Run
from echelon_desktop.solver.result import Status, StopReason

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
