"""The record of a solve from the command line in its school file, as the window keeps its own."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from echelon_desktop.model.store import Run
from echelon_desktop.solver.scopes import Scope


def run_of(
    args: argparse.Namespace,
    summary: Mapping[str, Any],
    started: str,
    ended: str,
    points: Sequence[tuple[float, int | None, int]],
    certain: int,
) -> Run:
    """
    The run that a summary tells of, as yet without a scenario.

    Parameters
    ----------
    args, summary
        What was asked and what came of it.
    started, ended
        ISO 8601 in UTC.
    points
        Its curve: seconds, unmet requests, bound.
    certain
        Requests that certainly stay unmet.
    """
    counts = summary["counts"]
    figures = ("levels", "ended", "seconds", "method")
    return Run(
        id=f"{started}/{summary['seed']}",
        scenario="",
        started=started,
        ended=ended,
        status=summary["status"],
        seed=summary["seed"],
        settings={
            "scope": Scope().words,
            "time_limit_s": summary["time_limit_s"],
            "workers": summary["workers"],
            "warm": args.start is not None,
            "close": args.stay_close,
        },
        figures={
            **({"unmet": counts["unmet"], "requests": counts["requests"]} if counts else {}),
            **({"certain": min(certain, counts["unmet"])} if counts else {}),
            **{name: summary[name] for name in figures},
            "progress": list(points),
        },
    )
