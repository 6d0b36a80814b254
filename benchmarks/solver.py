"""
The solver's figures: real schools, families of sample schools, and plain alternatives beside it.

    python benchmarks/solver.py [--quick] [--parts real,families,alternatives] [--print]

Every solve is a process of its own (``one.py``). The clock is the wall time of ``echelon solve`` less import
and compile on a warm cache: reading, solving, verifying and writing; the time limit given is the one named
less what reading and writing took before. What was written is counted by a checker that shares no code with
the solver: the script that ``--checker`` or ECHELON_CHECKER names, else ``echelon``'s own verify, which every
schedule has passed anyway.

Each result is one line of ``--results`` (JSON). What is in there is not measured again, so that a run that
was cut short goes on where it ended; ``--fresh`` begins anew. The tables, in Markdown, are printed in the
end, and by ``--print`` at once. ``--cpu`` takes limits as processor time of one worker, for a busy machine.

Real schools are not part of the project: ECHELON_REAL_SCHOOLS, or ``--schools``, names the folder of theirs.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alternatives import METHODS
from machine import commit, describe
from solver_tables import print_tables
from tight import cut_seats, write_cut

from echelon_desktop.model.csv_io import read_school, write_school
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.model.sample import FAMILIES, make_school

ROOT = Path(__file__).resolve().parent.parent
LARGE = 5000  # students; larger families are for scaling.py
CHECKED = ("chico", "yor83", "kfu93", "yor83 tight", "yor83 tight by section")
PARTS = ("real", "families", "alternatives")
REHEARSAL_S = 1.0
HANGS_AFTER = 60  # times its limit, and as many seconds more; a busy machine is slow, not stuck


@dataclass(frozen=True)
class Case:
    """
    One thing to measure; what is equal here is measured once.

    ``limit`` is the clock to keep to, ``workers`` 0 for one a core, ``clock`` what is counted.
    """

    part: str
    school: str
    method: str
    limit: float
    seed: int
    workers: int
    clock: str


class Records:
    """The results file: one JSON line a case."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.all: list[dict[str, Any]] = []
        for line in lines:
            try:
                self.all.append(json.loads(line))
            except ValueError:  # cut short while it was written
                continue
        self.done = {tuple(record["case"].values()) for record in self.all}

    def add(self, case: Case, figures: dict[str, Any]) -> None:
        record = {"case": asdict(case), **figures, "machine": describe(), "commit": commit()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        self.all.append(record)
        self.done.add(tuple(record["case"].values()))

    def overhead(self, case: Case) -> float | None:
        """Seconds that the command took beside solving, on this school, the last time that limit ended it."""
        for record in reversed(self.all):
            other = record["case"]
            same = all(
                other[name] == getattr(case, name) for name in ("school", "method", "workers", "clock")
            )
            if same and record.get("ended") == "time":
                return float(record["clock"] - record["given_s"])
        return None


class Schools:
    """Folders of the schools to measure on; those made here are kept in a folder of their own."""

    def __init__(self, real: Path, made: Path) -> None:
        self.real, self.made = real, made

    def folder(self, name: str) -> Path | None:
        """The school's folder, None when there is none."""
        if name in FAMILIES or "#" in name:
            return self._family(name)
        base, *variant = name.split(" tight")
        folder = self.real / base
        if not (folder / "Sections_Information.csv").is_file():
            return None
        return folder if not variant else self._tight(name, folder, "section" if variant[0] else "school")

    def _family(self, name: str) -> Path:
        family, _, seed = name.partition("#")
        folder = self.made / f"{family}-{seed or 1}"
        if not folder.exists():
            sample = make_school(seed=int(seed or 1), shape=FAMILIES[family])
            folder.mkdir(parents=True)
            (folder / RULES_FILE).write_text(format_rules(sample.rules), encoding="utf-8")
            write_school(sample.school, folder)
        return folder

    def _tight(self, name: str, folder: Path, each: str) -> Path:
        out = self.made / name.replace(" ", "-")
        if not out.exists():
            write_cut(folder, out, cut_seats(read_school(folder).school, 0.04, each).seats)
        return out


def cases(given: argparse.Namespace) -> Iterator[Case]:
    """All that is to be measured, the quickest first within each part."""
    clock = "processor" if given.cpu else "wall"
    workers = given.workers or (1 if given.cpu else 0)

    def wanted(name: str) -> bool:
        return not given.only or name in given.only

    if "real" in given.parts:
        for limit in given.limits:
            for school in filter(wanted, CHECKED):
                if limit > 60 and school.startswith("yor83 tight"):
                    continue
                for seed in given.seeds:
                    yield Case("real", school, "echelon", limit, seed, workers, clock)
    if "families" in given.parts:
        small = [name for name, shape in FAMILIES.items() if shape.students < LARGE and wanted(name)]
        for limit in [limit for limit in given.limits if limit <= 60]:
            for family in sorted(small, key=lambda name: FAMILIES[name].general):
                for seed in given.seeds[:3]:
                    yield Case("families", f"{family}#{seed}", "echelon", limit, seed, workers, clock)
    if "alternatives" in given.parts:
        for school in filter(wanted, CHECKED[:3]):
            for method in METHODS:
                limit = 5.0 if method == "greedy" else given.alternative_limit
                yield Case("alternatives", school, method, limit, 1, 0, "wall")


def measure(case: Case, schools: Schools, records: Records, given: argparse.Namespace) -> None:
    """Run a case and keep its figures; a school that is not here is told and left out."""
    folder = schools.folder(case.school)
    if folder is None:
        print(f"{case.school}: no such school in {schools.real}; left out.", file=sys.stderr)
        return
    limit, out = case.limit, schools.made / "out" / case.school.replace("#", "-")
    if case.method == "echelon":
        if records.overhead(case) is None and tuple(asdict(case).values()) not in records.done:
            rehearsal = _run(case, folder, out, REHEARSAL_S)
            if "failed" not in rehearsal:
                records.add(Case(**{**asdict(case), "part": "rehearsal", "limit": REHEARSAL_S}), rehearsal)
        limit = max(0.5, limit - (records.overhead(case) or 0.0))
    figures = _run(case, folder, out, limit)
    if case.part != "families" and figures.get("counts"):
        figures["checked"] = _check(given.checker, folder, out)
    if "failed" not in figures:
        records.add(case, figures)
    name = f"{case.part:12} {case.school:24} {case.method:8}"
    print(f"{name} {case.limit:5g} s, seed {case.seed}: {_brief(figures)}", flush=True)


def _run(case: Case, folder: Path, out: Path, limit: float) -> dict[str, Any]:
    words = [sys.executable, str(ROOT / "benchmarks" / "one.py"), str(folder), str(out)]
    words += ["--method", case.method, "--seconds", f"{limit:g}", "--seed", str(case.seed)]
    if case.workers:
        words += ["--workers", str(case.workers)]
    if case.clock == "processor":
        words.append("--cpu")
    if case.school.startswith("chico"):
        words += ["--rules", "chico-high"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    patience = HANGS_AFTER * limit + HANGS_AFTER
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, env=environment, check=False, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return {"failed": "hangs", "note": f"failed: not ended after {patience:.0f} s"}
    try:
        figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {"failed": done.returncode, "note": f"failed: {done.stderr.strip()[-300:]}"}
    return figures | {"given_s": limit}


def _check(checker: str | None, folder: Path, out: Path) -> dict[str, Any]:
    if not checker:
        return {"by": "verify"}
    words = [sys.executable, checker, str(folder), str(out), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return {"by": Path(checker).name, "broken": [done.stdout[-300:] or done.stderr[-300:]]}
    return {"by": Path(checker).name, **{k: found[k] for k in ("missed", "size_spread", "broken")}}


def _brief(figures: dict[str, Any]) -> str:
    counts = figures.get("counts") or {}
    missed = f"{counts['unmet']} missed" if counts else figures.get("note", "nothing found")
    broken = (figures.get("checked") or {}).get("broken")
    clock = f", {figures['clock']:.1f} s" if "clock" in figures else ""
    return f"{missed}{clock}" + (f", BROKEN: {broken[0]}" if broken else "")


def _arguments() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="one seed and 5 s each, 20 s for the alternatives"
    )
    parser.add_argument("--parts", type=words, default=list(PARTS))
    parser.add_argument("--only", type=words, help="schools and families by name, comma-separated")
    parser.add_argument("--limits", type=float, nargs="+", help="seconds; default: 5 15 60 300")
    parser.add_argument("--seeds", type=lambda text: [int(n) for n in words(text)], help="default: 1,2,3,4,5")
    parser.add_argument("--alternative-limit", type=float, help="seconds for MILP and CP-SAT; default: 600")
    parser.add_argument("--workers", type=int, default=0, help="default: as the command chooses")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--schools", type=Path, default=os.environ.get("ECHELON_REAL_SCHOOLS"))
    parser.add_argument("--checker", default=os.environ.get("ECHELON_CHECKER"))
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "benchmarks" / "solver.jsonl")
    parser.add_argument("--fresh", action="store_true", help="begin anew; the old results get another name")
    parser.add_argument("--print", action="store_true", help="measure nothing; print the tables")
    given = parser.parse_args()
    given.schools = Path(given.schools or ROOT.parent / "shared" / "data")
    given.limits = given.limits or ([5.0] if given.quick else [5.0, 15.0, 60.0, 300.0])
    given.seeds = given.seeds or ([1] if given.quick else [1, 2, 3, 4, 5])
    given.alternative_limit = given.alternative_limit or (20.0 if given.quick else 600.0)
    return given


def main(argv: Sequence[str] | None = None) -> None:
    given = _arguments()
    if given.fresh and given.results.exists():
        given.results.replace(given.results.with_suffix(".before.jsonl"))
    records = Records(given.results)
    schools = Schools(given.schools, given.results.parent / "schools")
    todo = [] if given.print else [c for c in cases(given) if tuple(asdict(c).values()) not in records.done]
    if todo:
        minutes = sum(case.limit for case in todo) / 60
        print(f"{len(todo)} solves to go, {minutes:.0f} minutes at most on a quiet machine.", file=sys.stderr)
    for number, case in enumerate(todo, 1):
        print(f"[{number}/{len(todo)}] ", end="", file=sys.stderr, flush=True)
        measure(case, schools, records, given)
    print_tables(records.all)


if __name__ == "__main__":
    main()
