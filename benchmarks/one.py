"""
One solve in a process of its own, timed: a helper of ``solver.py``, which says what is measured.

    python benchmarks/one.py SCHOOL_FOLDER OUT_FOLDER --method echelon --seconds 5 [--seed 1] [--rules PRESET]

Prints one JSON object. The clock runs from the command's words to its last written file; before that, modules
are imported and the kernels are taken from their cache. ``--method`` may name one of ``alternatives``.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

from clock import count_processor_time

from echelon_desktop.cli import main as echelon

GIGABYTES = 10  # memory that a method may take, where that can be limited


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("school", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--method", default="echelon")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules")
    parser.add_argument("--start", type=Path)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--cpu", action="store_true")
    given = parser.parse_args()
    _limit_memory()
    run = _solve if given.method == "echelon" else _alternative
    print(json.dumps(run(given) | {"memory_mb": _peak_mb()}))


def _solve(given: argparse.Namespace) -> dict[str, Any]:
    import echelon_desktop.cli.solve  # noqa: F401 - imported before the clock starts
    from echelon_desktop.solver.general.run import warm_up as warm_up_general
    from echelon_desktop.solver.search.run import warm_up

    for kernels in (warm_up(), warm_up_general()):
        kernels.wait()
    if given.cpu:
        count_processor_time(given.workers or 1)
    words = [
        "solve",
        str(given.school),
        "--out",
        str(given.out),
        "--time-limit",
        str(given.seconds),
        "--json",
    ]
    words += ["--seed", str(given.seed)]
    for name in ("rules", "start", "workers"):
        if getattr(given, name) is not None:
            words += [f"--{name}", str(getattr(given, name))]
    printed = io.StringIO()
    began = time.perf_counter()
    with contextlib.redirect_stdout(printed):
        code = echelon(words)
    clock = time.perf_counter() - began
    last = printed.getvalue().strip().splitlines()[-1:] or ["{}"]
    summary = json.loads(last[0])
    return {"code": code, "clock": clock, **summary}


def _alternative(given: argparse.Namespace) -> dict[str, Any]:
    from alternatives import method
    from alternatives.plain import NotTriedError, plain_school, schedule_of

    from echelon_desktop.cli.source import load_source
    from echelon_desktop.solver.output import write_result
    from echelon_desktop.solver.verify import verify

    source = load_source(given.school, given.rules)
    plain = plain_school(source.school, source.rules)
    began = time.perf_counter()
    try:
        outcome = method(given.method)(plain, given.seconds, given.seed)
    except NotTriedError as error:
        return {"note": f"not tried: {error}"}
    except MemoryError:
        return {"note": f"out of {GIGABYTES} GB of memory", "clock": time.perf_counter() - began}
    clock = time.perf_counter() - began
    figures = {"clock": clock, "bound": outcome.bound, "note": outcome.note}
    if outcome.period is None:
        return figures
    schedule = schedule_of(source.school, plain, outcome)
    verdict = verify(source.school, source.rules, schedule)
    if not verdict.ok:
        sys.exit(f"{given.method} breaks rules: {verdict.violations[0].message}")
    write_result(source.school, source.rules, schedule, given.out)
    counts = {"unmet": verdict.counts.unmet, "size_spread": verdict.counts.size_spread}
    return figures | {"counts": counts}


def _limit_memory() -> None:
    if importlib.util.find_spec("resource"):
        import resource

        size = GIGABYTES << 30
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _peak_mb() -> float | None:
    if not importlib.util.find_spec("resource"):
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


if __name__ == "__main__":
    main()
