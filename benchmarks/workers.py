"""
What more cores bring: one worker against two, and a model of many.

    python benchmarks/workers.py [SCHOOL_FOLDER] [--rules PRESET] [--seconds 10] [--seeds 8] [--cpu]

Solves a school (without a folder, a sample school) with one worker and with two, for as long and from the
same seeds, then says

- whether two workers make twice the moves: less means that they wait for each other or for memory;
- what the best of two independent runs of one worker would be, and what two workers reach that share their
  best schedules: the difference is what sharing brings;
- what the best of 2 to 32 independent runs would be, by a model: results of one worker are taken as normally
  distributed, the expected least of k such is mean - c(k) x deviation. Beyond as many runs as were made this
  is extrapolation, and no less than the bound is expected. Workers that share do better than that as far as
  they did with two.
"""

import argparse
import statistics
from collections.abc import Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

from clock import count_processor_time
from machine import commit, describe

from echelon_desktop.cli.source import load_source
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.solve_school import Solved, solve_school

MANY = (2, 4, 8, 16, 32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("school", nargs="?", type=Path)
    parser.add_argument("--family", choices=list(FAMILIES), default="singletons")
    parser.add_argument("--rules")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=8, help="how many")
    parser.add_argument("--cpu", action="store_true", help="limits are processor time of each worker")
    given = parser.parse_args()
    if given.school:
        source = load_source(given.school, given.rules)
        solve = partial(solve_school, source.school, source.rules)
    else:
        sample = make_school(shape=FAMILIES[given.family])
        solve = partial(solve_school, sample.school, sample.rules)
    warm_up().wait()
    found: dict[int, list[Solved]] = {}
    for workers in (1, 2):
        if given.cpu:
            count_processor_time(workers)
        found[workers] = [
            solve(Params(given.seconds, workers=workers, seed=seed)) for seed in range(1, given.seeds + 1)
        ]
        print(f"{workers} worker{'s' * (workers > 1)}: {_figures(found[workers])}", flush=True)
    print("\n".join(_model(found)))
    print(f"Measured on {describe()}; commit {commit()}.")


def _unmet(found: Sequence[Solved]) -> list[int]:
    return [solved.verdict.counts.unmet for solved in found if solved.verdict]


def _figures(found: Sequence[Solved]) -> str:
    unmet = _unmet(found)
    moves = statistics.mean(solved.result.iterations / solved.result.seconds for solved in found)
    return (
        f"unmet {', '.join(map(str, unmet))}; mean {statistics.mean(unmet):.1f}, "
        f"median {statistics.median(unmet):g}; {moves:,.0f} moves a second"
    )


def _model(found: dict[int, list[Solved]]) -> list[str]:
    one, two = _unmet(found[1]), _unmet(found[2])
    certain = max(solved.certain for solved in found[1])
    mean, deviation = statistics.mean(one), statistics.stdev(one)
    best_of_two = statistics.mean(min(pair) for pair in combinations(one, 2))
    shared = best_of_two - statistics.mean(two)
    lines = [
        f"Best of two runs of one worker: {best_of_two:.1f}; two workers that share: "
        f"{statistics.mean(two):.1f}; sharing brings {shared:+.1f}.",
        "| workers | independent runs, model | at least |",
        "|---|---|---|",
    ]
    for k in MANY:
        expected = max(float(certain), mean - expected_least(k) * deviation)
        lines.append(f"| {k} | {expected:.1f} | {certain} |")
    return lines


def expected_least(k: int, steps: int = 4000) -> float:
    """How many deviations below the mean the least of ``k`` normal numbers is expected."""
    normal = statistics.NormalDist()
    # The least of k has quantile 1 - (1 - u)^(1/k) of a single one.
    at = ((i + 0.5) / steps for i in range(steps))
    return -statistics.mean(normal.inv_cdf(1 - (1 - u) ** (1 / k)) for u in at)


if __name__ == "__main__":
    main()
