"""
What CP-SAT proves of a school's departments, or of the whole: size, levels with bounds, seconds.

    python benchmarks/cpsat.py SCHOOL_FOLDER [--rules PRESET] [--departments 1 2 4 8] [--seats PERCENT]

Departments are drawn at random (``--seed``); their sections, and what is requested of their courses, make a
draft. Without ``--departments`` the whole school is solved. ``--seats 88`` takes seats away, so that not
every request can be met.
"""

import argparse
import random
import time
from dataclasses import replace

from echelon_desktop.model.csv_io import read_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import load_rules
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.size import fits, model_size
from echelon_desktop.solver.cpsat.solve import solve_cpsat


def draft(school: School, departments: set[str], seats: int) -> School:
    """The sections of some departments, with so many percent of their seats, and the requests for them."""
    tables = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    sections = [s for s in tables["sections"] if s.department in departments]
    courses = {section.course for section in sections}
    tables["sections"] = [replace(s, seats=s.seats * seats // 100) for s in sections]
    tables["requests"] = [
        replace(wanted, requests=tuple(r for r in wanted.requests if r.course in courses))
        for wanted in tables["requests"]
    ]
    return School(**tables)


def main() -> None:
    parser = argparse.ArgumentParser(description="What CP-SAT proves of a school's departments.")
    parser.add_argument("folder")
    parser.add_argument("--rules", default="standard")
    parser.add_argument("--departments", type=int, nargs="*", default=[0])
    parser.add_argument("--seats", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    school, rules = read_school(given.folder).school, load_rules(given.rules)
    rng = random.Random(given.seed)
    names = sorted({section.department for section in school.sections.values()})
    for number in given.departments:
        chosen = set(rng.sample(names, number) if number else names)
        problem, _ = compile_school(draft(school, chosen, given.seats), rules)
        began, worked = time.perf_counter(), time.process_time()
        outcome = solve_cpsat(problem, Limits(given.seconds, workers=given.workers, seed=given.seed))
        print(
            f"{len(chosen)} departments, {problem.n_sections} sections, {problem.n_requests} requests, "
            f"{model_size(problem)} counts{'' if fits(problem) else ' (too large)'}: {outcome.status}, "
            + ", ".join(f"{figure.name} {figure.value} (≥ {figure.bound})" for figure in outcome.levels)
            + f"; {time.perf_counter() - began:.1f} s, {time.process_time() - worked:.1f} s of processor time"
        )


if __name__ == "__main__":
    main()
