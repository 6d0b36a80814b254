"""
A teacher is away in a period in which he teaches: what it costs to mend the schedule, level by level.

    python benchmarks/repair.py [--schools FOLDER] [--only NAME ...] [--edits 3] [--seconds 20]

On the real schools chico, yor83 and kfu93, which are looked for in ``--schools``, in the folder that the
environment variable ECHELON_REAL_SCHOOLS names, or in shared/data beside the checkout. Each is solved first.
*Mended* is the fewest sections elsewhere with everybody in the seat that remains and nobody seated anew;
*repaired* is what ``--stay-close`` gives in the time, with processor time. Changes are those of the rule
schedule-changes: sections elsewhere and seats lost.
"""

import argparse
import os
import platform
import random
import time
from pathlib import Path

from echelon_desktop.model import entities as e
from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import load_rules, staying_close
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.repair.mend import changes_goal, mend
from echelon_desktop.solver.repair.run import repair, warm_up
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.solve import solve_problem

ROOT = Path(__file__).resolve().parent.parent
RULES = {"chico": "chico-high"}


def measure(name: str, school: School, given: argparse.Namespace) -> None:
    rules = load_rules(RULES.get(name, "standard"))
    problem, keys = compile_school(school, rules)
    solution = solve_problem(problem, Params(given.solve, seed=given.seed)).result.solution
    if solution is None:
        print(f"| {name} | no schedule found |")
        return
    schedule = schedule_of(solution, keys, school)
    before = level_values(problem, solution)[0]
    rng = random.Random(given.seed)
    taught = [section for section in school.sections.values() if section.teachers]
    for section in rng.sample(taught, given.edits):
        teacher, periods = section.teachers[0], schedule.placements[section.id].periods
        tables = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
        absence = school.unavailability.get(teacher)
        away = e.Unavailability(teacher, (*(absence.slots if absence else ()), *periods))
        tables["unavailability"] = [x for x in tables["unavailability"] if x.teacher != teacher] + [away]
        edited, _ = compile_school(School(**tables), staying_close(rules), schedule)
        goal = changes_goal(edited)
        assert goal is not None, "staying_close counts changes"
        mended = mend(edited, goal)
        began = time.process_time()
        found = repair(edited, seed=given.seed, workers=given.workers, time_limit_s=given.seconds)
        spent = time.process_time() - began
        columns = [
            "–" if x is None else f"{level_values(edited, x)[0]} | {level_values(edited, x)[1]}"
            for x in (mended, found.solution)
        ]
        print(f"| {name} | {before} | {' | '.join(columns)} | {found.moves:,} | {spent:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What it costs to mend a schedule.")
    parser.add_argument("--schools", type=Path, help="folder with the real schools' folders")
    parser.add_argument("--only", nargs="*", default=["chico", "yor83", "kfu93"])
    parser.add_argument("--edits", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--solve", type=float, default=20.0, help="seconds of the solve before")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(given.schools or os.environ.get("ECHELON_REAL_SCHOOLS") or ROOT.parent / "shared" / "data")
    warm_up().wait()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| school | unmet before | unmet, mended | changes | unmet, repaired | changes | moves | s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in given.only:
        if (folder / name / "Sections_Information.csv").is_file():
            measure(name, read_school(folder / name).school, given)
        else:
            print(f"| {name} | not there |")


if __name__ == "__main__":
    main()
