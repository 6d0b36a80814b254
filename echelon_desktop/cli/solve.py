"""``echelon solve``: from a school's files to a verified master schedule."""

import argparse
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from echelon_desktop import __version__
from echelon_desktop.cli import CANNOT, NOTHING_FOUND, OK
from echelon_desktop.cli.report import FEW, print_findings
from echelon_desktop.cli.source import Source, load_source
from echelon_desktop.errors import InputError, StoreError
from echelon_desktop.model.csv_io import RESULT_FILES, is_workbook, read_schedule
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.rules import staying_close
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.output import SUMMARY, write_result, write_summary_alone
from echelon_desktop.solver.result import Params, Progress, Result, Status
from echelon_desktop.solver.solve_school import Solved, solve_school
from echelon_desktop.solver.verify import Counts, Verdict

if TYPE_CHECKING:
    from echelon_desktop.model.store import Run  # brings SQLAlchemy along, which only school files need

MOST_FACTS = 20  # of a conflict that are printed; only one that time was too short for has more


def solve(args: argparse.Namespace) -> int:
    """Solve, print what came of it, write the files."""
    source = load_source(args.school, args.rules)
    errors = [f for f in source.findings if f.severity is Severity.ERROR]
    if errors:
        print_findings(errors, sys.stderr)
        print("echelon: the school cannot be solved until these are mended.", file=sys.stderr)
        return CANNOT
    warnings = sum(finding.severity is Severity.WARNING for finding in source.findings)
    if warnings and not args.quiet:
        print(
            f"echelon: {counted(warnings, 'warning')} about the school; see echelon check {args.school}.",
            file=sys.stderr,
        )
    make_writable(args.out)
    params = Params(
        time_limit_s=args.time_limit,
        iterations=args.iterations,
        workers=args.workers or os.cpu_count() or 1,
        seed=args.seed,
        strategy=args.strategy,
    )
    start = read_schedule(source.school, args.start).schedule if args.start else None
    rules, baseline = source.rules, NO_SCHEDULE
    if args.stay_close:
        if start is None:
            raise InputError(
                "--stay-close needs the schedule to stay close to: name its folder with --start."
            )
        rules, baseline = staying_close(rules), start
    printer, began = _Printer(args), _now()
    with _stop_on_interrupt() as stopped:
        solved = solve_school(
            source.school,
            rules,
            params,
            baseline=baseline,
            start=start,
            on_progress=printer.progress,
            should_stop=stopped.is_set,
        )
    printer.done()
    summary = summarise(solved, params)
    text = (json.dumps(summary, indent=1, ensure_ascii=False) + "\n").encode()
    kept, moved = "", None
    if args.school.is_file() and not is_workbook(args.school):
        from echelon_desktop.cli.run_record import run_of

        run = run_of(args, summary, began, _now(), printer.points, solved.certain)
        kept = keep_in_file(args.school, solved.schedule, run)
    try:
        if solved.schedule is not None:
            write_result(source.school, source.rules, solved.schedule, args.out, text)
        else:
            moved = write_summary_alone(args.out, text)
    except InputError as error:
        if kept:
            printer.note(kept)
        elsewhere = solved.schedule and write_elsewhere(source, solved.schedule, text)
        if not elsewhere:
            raise
        raise InputError(f"{error} The schedule is in {elsewhere} instead; copy it from there.") from error
    printer.summary(summary, solved, source, args.out)
    if moved and not args.json:
        print(f"echelon: the files of an earlier schedule in {args.out} are in {moved} now.", file=sys.stderr)
    if kept:
        printer.note(kept)
    if solved.result.status is Status.INFEASIBLE:
        return CANNOT
    return OK if solved.schedule is not None else NOTHING_FOUND


def summarise(solved: Solved, params: Params) -> dict[str, Any]:
    """What ``summary.json`` holds."""
    result = solved.result
    return {
        "status": result.status,
        "ended": result.stop_reason,
        "proven": result.proven,
        "levels": [{"name": f.name, "value": f.value, "bound": f.bound} for f in result.levels],
        "counts": asdict(solved.verdict.counts) if solved.verdict else {},
        "conflict": list(result.conflict),
        "method": result.method,
        "seed": params.seed,
        "workers": params.workers,
        "time_limit_s": params.time_limit_s,
        "iterations": result.iterations,
        "seconds": round(result.seconds, 3),
        "versions": {
            "echelon": __version__,
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: metadata.version(name) for name in ("numpy", "numba", "ortools")},
        },
    }


def keep_in_file(path: Path, schedule: Schedule | None, run: "Run | None" = None) -> str:
    """
    Put the schedule into its school file as a new scenario, and the run, unless somebody has the file open.

    Returns
    -------
    str
        What became of it, as a sentence; empty where it could not be kept, which is told as an error at once.
    """
    from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
    from echelon_desktop.model.entities import Scenario
    from echelon_desktop.model.fitting import fitting_schedule
    from echelon_desktop.model.store import SchoolFile

    try:
        with SchoolFile.open(path) as file:
            if schedule is None:
                if run is not None:
                    file.record_run(run)
                return f"The run is kept in {path.name}."
            taken = {scenario.name for scenario in file.dataset.scenarios.values()}
            name = next(f"Draft {n}" for n in itertools.count(1) if f"Draft {n}" not in taken)
            scenario = Scenario(new_scenario_id(file.dataset), name, _now())
            # The file may have been edited meanwhile.
            schedule = fitting_schedule(file.dataset.school, schedule)
            file.apply(adopt_schedule(file.dataset, scenario, schedule, f"Solve into {name}"))
            if run is not None:
                file.record_run(replace(run, scenario=scenario.id, settings={**run.settings, "name": name}))
    except StoreError as error:
        print(f"echelon: Not kept in {path.name}: {error}", file=sys.stderr)
        return ""
    return f"Kept in {path.name} as scenario {name!r}; echelon undo takes that back."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Printer:
    def __init__(self, args: argparse.Namespace) -> None:
        self.quiet, self.json = args.quiet, args.json
        self.live = not (args.quiet or args.json) and sys.stderr.isatty()
        self.points: list[tuple[float, int | None, int]] = []  # those at which something changed

    def progress(self, progress: Progress) -> None:
        point = (round(progress.seconds, 1), progress.unmet, progress.bound)
        if not self.points or self.points[-1][1:] != point[1:]:
            self.points.append(point)
        if self.json:
            line = {
                "seconds": round(progress.seconds, 2),
                "method": progress.method,
                "unmet": progress.unmet,
                "bound": progress.bound,
            }
            print(json.dumps(line), flush=True)
        elif self.live:
            unmet = "..." if progress.unmet is None else str(progress.unmet)
            text = (
                f"{progress.seconds:6.1f} s  {unmet} unmet, {progress.bound} certainly  ({progress.method})"
            )
            print(f"\r{text:<70}", end="", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        if not (self.quiet or self.json):
            print(text)

    def done(self) -> None:
        if self.live:
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)

    def summary(self, summary: dict[str, Any], solved: Solved, source: Source, out: Path) -> None:
        if self.json:
            print(json.dumps(summary), flush=True)
            return
        result = solved.result
        if solved.verdict is None:
            print(f"echelon: {_without_schedule(result)}", file=sys.stderr)
        elif not self.quiet:
            print("\n".join(_with_schedule(solved, solved.verdict)))
            print(f"Written to {out}.")


def _without_schedule(result: Result) -> str:
    if result.status is Status.INFEASIBLE and not result.conflict:
        return "no schedule keeps all hard rules. Which of them stand in the way could not be told in time."
    if result.status is Status.INFEASIBLE:
        return "\n".join(["no schedule keeps all hard rules. These cannot hold together:", *_facts(result)])
    if result.conflict:
        lead = (
            "no periods were found for which all sections can be given teachers and rooms. At the last ones:"
        )
        return "\n".join([lead, *_facts(result)])
    return f"no schedule was found in {result.seconds:.0f} s. Give it more time, or loosen a hard rule."


def _facts(result: Result) -> Iterator[str]:
    yield from (f"  - {fact}" for fact in result.conflict[:MOST_FACTS])
    if len(result.conflict) > MOST_FACTS:
        yield f"  ... and {len(result.conflict) - MOST_FACTS} more; the time did not do to find fewer."


def _with_schedule(solved: Solved, verdict: Verdict) -> Iterator[str]:
    result, counts = solved.result, verdict.counts
    yield (
        f"{counts.met:,} of {counts.requests:,} requests met, {counts.unmet:,} unmet; "
        f"{counts.students_with_every_request:,} of {counts.students:,} students have every request."
    )
    for figure in result.levels:
        known = "proven the least" if figure.proven else f"at least {figure.bound or 0:,}"
        yield f"  {figure.name}: {figure.value:,} ({known})"
    yield _use_of_people_and_rooms(counts)
    if counts.unmet:
        sure = min(solved.certain, counts.unmet)
        yield (
            f"{counts.unmet:,} unmet: {sure:,} certainly, at most {counts.unmet - sure:,} of them avoidable."
        )
        for witness in solved.bound.witnesses[:FEW]:
            yield f"  {witness.words(solved.keys)}"
    if result.status is Status.OPTIMAL:
        yield "No schedule is better at any level: proven."
    yield f"{result.method}, {result.seconds:.1f} s, seed {result.seed}, ended by: {result.stop_reason}."


def _use_of_people_and_rooms(counts: Counts) -> str:
    """Teacher-load spread and room use, whatever the rules say of them."""
    text = f"Teacher-load spread {counts.load_spread:,}"
    if counts.room_slots:
        share = 100 * counts.room_slots_taught / counts.room_slots
        text += f"; {counted(counts.rooms_in_use, 'room')} in use, {share:.0f} % of the time"
    if counts.room_seats:
        text += f", {100 * counts.room_seats_taken / counts.room_seats:.0f} % of their seats filled"
    return f"{text}."


def make_writable(folder: Path) -> None:
    """
    Make the folder, so that a place that cannot be written is told before solving.

    Raises
    ------
    InputError
        If it cannot, or a file in it that will be replaced is in use.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".echelon-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InputError(
            f"The schedule cannot be written to {folder}: {error.strerror}. Choose another --out."
        ) from error
    for path in (folder / name for name in (SUMMARY, *sorted(RESULT_FILES))):
        try:
            with suppress(FileNotFoundError), path.open("r+b"):
                pass  # a spreadsheet on Windows lets nobody else write to the file that it shows
        except OSError as error:
            raise InputError(
                f"{path} cannot be replaced: {error.strerror}. If it is open in a spreadsheet, close it "
                "there, or choose another --out."
            ) from error


def write_elsewhere(source: Source, schedule: Schedule, summary: bytes) -> Path | None:
    """Save a schedule that found no room where it was to go in a new temporary folder, None if that fails."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="echelon-schedule-"))
    except OSError:
        return None
    try:
        write_result(source.school, source.rules, schedule, folder, summary)
    except InputError:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return folder


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """Ctrl-C or SIGTERM asks the solver to stop and keep its best; a second one ends the program."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {int(signum): signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}

    def on_interrupt(signum: int, frame: object) -> None:
        stopped.set()
        signal.signal(signum, before[signum])

    for number in before:
        signal.signal(number, on_interrupt)
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
