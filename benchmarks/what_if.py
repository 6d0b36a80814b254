"""
What it takes to tell what a move would cost: laying the schedule out, a card's estimates, its exact figures.

    python benchmarks/what_if.py [--schools FOLDER] [--only NAME ...] [--cards 60] [--solve 20] [--off 0]

On the real schools chico, yor83 and kfu93, which are looked for in ``--schools``, in the folder that the
environment variable ECHELON_REAL_SCHOOLS names, or in shared/data beside the checkout; and on the sample
school, which is made up, as it is and with all that makes a school more than plain. Real schools are solved
first, of the sample its hidden schedule is taken. With ``--off 50`` half of the sections, those asked about
among them, are taken off the board before. Times are milliseconds of processor time, median, 95 % and
most over random cards, with compiled kernels and all that Python does around them. Every change told is
counted again from the whole schedule.
"""

import argparse
import os
import platform
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import load_rules
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.deltas.row import Deltas, after, warmup
from echelon_desktop.solver.deltas.standing import as_it_stands
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.solve import solve_problem

ROOT = Path(__file__).resolve().parent.parent
RULES = {"chico": "chico-high"}
SAMPLES: dict[str, dict[str, Any]] = {
    "sample": {},
    "sample, not plain": {
        "semesters": True,
        "doubles": True,
        "stacks": True,
        "co_teaching": True,
        "alternates": True,
        "grade_restrictions": True,
        "rooms": True,
    },
}


def source(name: str, folder: Path) -> tuple[School, tuple[Rule, ...], Schedule | None] | None:
    """A school, its rules, and a schedule where one is planted; None when the school is not there."""
    rules = load_rules(RULES.get(name, "standard"))
    if name in SAMPLES:
        made = make_school(**SAMPLES[name])
        return made.school, rules, made.planted
    if not (folder / name / "Sections_Information.csv").is_file():
        return None
    return read_school(folder / name).school, rules, None


def spread(seconds: list[float]) -> str:
    """Median, 95 % and most, in milliseconds."""
    ordered = sorted(1000 * s for s in seconds)
    return f"{statistics.median(ordered):.2f} / {ordered[int(0.95 * len(ordered))]:.2f} / {ordered[-1]:.2f}"


def measure(
    school: School, rules: tuple[Rule, ...], planted: Schedule | None, given: argparse.Namespace
) -> list[str]:
    problem, keys = compile_school(school, rules)
    if planted is None:
        solution = solve_problem(problem, Params(given.solve, seed=given.seed)).result.solution
    else:
        solution = solution_of(planted, problem, keys)
    if solution is None:
        return ["no schedule found"]
    shuffled = random.Random(given.seed).sample(keys.sections, len(keys.sections))
    schedule = schedule_of(solution, keys, school)
    placements = dict(schedule.placements)
    for name in shuffled[: len(shuffled) * given.off // 100]:
        placements[name] = replace(placements[name], periods=(), terms=())
    schedule = replace(schedule, placements=placements)
    problem, keys, solution = as_it_stands(schedule, problem, keys, school)
    compiler = warmup()
    compiler.wait()
    began = time.process_time()
    deltas = Deltas(problem, solution, compiler)
    laid_out = time.process_time() - began
    list(deltas.exact(0))  # loads OR-Tools and the kernels
    before = level_values(problem, solution)
    cards = [keys.sections.index(name) for name in shuffled[: given.cards]]
    estimates, exacts = [], []
    cells = proven = better = 0
    for section in cards:
        began = time.process_time()
        moves = list(deltas.moves(section))
        estimates.append(time.process_time() - began)
        began = time.process_time()
        exact = list(deltas.exact(section))
        exacts.append(time.process_time() - began)
        cells += len(moves)
        proven += len(exact)
        known = {move.choices[section]: move.unmet for move in moves}
        better += sum(move.unmet < known.get(move.choices[section], problem.n_requests) for move in exact)
        for move in (*moves, *exact):
            counted = level_values(problem, after(solution, move))
            assert move.levels == tuple(b - a for a, b in zip(before, counted, strict=True))
    return [
        f"{1000 * laid_out:.0f}",
        f"{cells}",
        spread(estimates),
        spread(exacts),
        f"{proven}",
        f"{better}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="What it takes to tell what a move would cost.")
    parser.add_argument("--schools", type=Path, help="folder with the real schools' folders")
    parser.add_argument("--only", nargs="*", default=["chico", "yor83", "kfu93", *SAMPLES])
    parser.add_argument("--cards", type=int, default=60)
    parser.add_argument("--solve", type=float, default=20.0, help="seconds of the solve before")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--off", type=int, default=0, help="percent of the sections that are off the board")
    given = parser.parse_args()
    folder = Path(given.schools or os.environ.get("ECHELON_REAL_SCHOOLS") or ROOT.parent / "shared" / "data")
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| school | layout | cells | estimates of a card | exact figures of a card | exact | lower |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name in given.only:
        found = source(name, folder)
        row = ["not there"] if found is None else measure(*found, given)
        print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
