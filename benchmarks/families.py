"""
What solving reaches on families of sample schools, each with a schedule planted that misses nothing.

    python benchmarks/families.py [--families singletons,tight] [--seconds 5 15] [--seeds 1,2] [--cpu]

One line a school and limit: unmet requests and size spread by seed, plain families first. ``--cpu`` lets the
solver's clock count processor time, so that figures can be compared while the machine does other things.
``--set search.moves.GUIDED=180`` changes a constant of ``echelon_desktop.solver`` beforehand, to compare
settings.
"""

import argparse
import ast
import importlib
import statistics
from collections.abc import Sequence

from clock import count_processor_time

from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.solver.general.run import warm_up as warm_up_general
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.search.run import warm_up
from echelon_desktop.solver.solve_school import Solved, solve_school

LARGE = 5000  # students; larger families are run when they are asked for


def main() -> None:
    given = _arguments()
    for change in given.set:
        _change(change)
    for kernels in (warm_up(), warm_up_general()):
        kernels.wait()
    if given.cpu:
        count_processor_time(given.workers)
    means = []
    for name in sorted(given.families, key=lambda name: FAMILIES[name].general):
        samples = [make_school(given.students, given.school or seed, FAMILIES[name]) for seed in given.seeds]
        for seconds in given.seconds:
            solved = [
                solve_school(sample.school, sample.rules, Params(seconds, workers=given.workers, seed=seed))
                for sample, seed in zip(samples, given.seeds, strict=True)
            ]
            print(line(name, samples, seconds, solved), flush=True)
            means.append(statistics.mean(map(unmet, solved)))
    print(f"{statistics.mean(means):.2f} unmet on average of families and limits")


def unmet(solved: Solved) -> int:
    """Unmet requests; all of them where no schedule was found."""
    return solved.verdict.counts.unmet if solved.verdict else len(solved.keys.requests)


def line(name: str, samples: Sequence[Sample], seconds: float, solved: Sequence[Solved]) -> str:
    spreads = [str(s.verdict.counts.size_spread) if s.verdict else "-" for s in solved]
    moves = statistics.mean(s.result.iterations for s in solved)
    return (
        f"{name:16} {len(samples[0].school.students):6} students {seconds:5g} s  "
        f"unmet {', '.join(str(unmet(s)) for s in solved)}; spread {', '.join(spreads)}; "
        f"{moves:,.0f} moves; {solved[0].result.method}"
        + ("" if samples[0].planted is not None else " (nothing planted)")
    )


def _change(setting: str) -> None:
    """Apply ``module.NAME=value`` to a module below ``echelon_desktop.solver``."""
    name, value = setting.split("=")
    module_name, constant = name.rsplit(".", 1)
    module = importlib.import_module(f"echelon_desktop.solver.{module_name}")
    if not hasattr(module, constant):
        raise SystemExit(f"{module_name} has no {constant}.")
    setattr(module, constant, ast.literal_eval(value))


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        unknown = [name for name in text.split(",") if name not in FAMILIES]
        if unknown:
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FAMILIES)}")
        return text.split(",")

    def numbers(text: str) -> list[int]:
        return [int(number) for number in text.split(",")]

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    small = [name for name, shape in FAMILIES.items() if shape.students < LARGE]
    parser.add_argument("--families", type=names, default=small, help="comma-separated; default: all small")
    parser.add_argument("--seconds", type=float, nargs="+", default=[5.0])
    parser.add_argument("--seeds", type=numbers, default=[1], help="of schools and searches, comma-separated")
    parser.add_argument(
        "--school", type=int, help="the seed of the school, where seeds are for searches only"
    )
    parser.add_argument("--students", type=int, help="instead of each family's own number")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="limits are processor time")
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=VALUE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
