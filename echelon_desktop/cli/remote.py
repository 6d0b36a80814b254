"""``echelon submit``, ``status``, ``fetch``, ``cancel``, ``runs`` and ``cloud-demo``: solving on AWS."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloud_runner.client.estimate import estimate
from cloud_runner.client.order import Order, Pace
from cloud_runner.client.remotes import Remote, Remotes
from cloud_runner.client.runs import Run, Runs, State
from echelon_desktop.cli import CANNOT, NOTHING_FOUND, OK
from echelon_desktop.cli.report import FEW, print_findings
from echelon_desktop.cli.solve import keep_in_file, make_writable
from echelon_desktop.cli.source import Source, load_source
from echelon_desktop.errors import InputError, RemoteError
from echelon_desktop.model.csv_io import holds_files
from echelon_desktop.model.findings import Severity
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.result import DEFAULT_STRATEGY
from echelon_desktop.solver.scopes import Scope

if TYPE_CHECKING:
    from cloud_runner.client.follow import Follower
    from cloud_runner.client.prepare import Prepared

PACE = Pace()
SHORT = 8  # letters of a run's id that are printed; any that are unique will do


def submit(args: argparse.Namespace) -> int:
    """Prepare, say what it costs and what leaves, send."""
    from cloud_runner.client.prepare import prepare
    from echelon_desktop.model.csv_io import read_schedule
    from echelon_desktop.solver.compile import NO_SCHEDULE

    remote = Remotes().get(args.remote) if args.remote else _remote_of(args.settings)
    source = load_source(args.school, args.rules)
    errors = [f for f in source.findings if f.severity is Severity.ERROR]
    if errors:
        print_findings(errors, sys.stderr)
        print("echelon: the school cannot be solved until these are mended.", file=sys.stderr)
        return CANNOT
    order = Order(
        seeds=tuple(range(args.seed, args.seed + args.seeds)),
        strategies=tuple(args.strategy or (DEFAULT_STRATEGY,)),
        time_limit_s=args.time_limit,
        vcpu=args.vcpu,
        memory_mb=args.memory,
        keep_remote=args.keep_remote,
    )
    start = read_schedule(source.school, args.start).schedule if args.start else None
    prepared = prepare(source.school, source.rules, NO_SCHEDULE, order, start)
    print(estimate(order).words)
    print(prepared.receipt.text(), end="")
    if args.save_bytes:
        _save_bytes(prepared, args.save_bytes)
    if args.dry_run:
        print("Nothing was sent.")
        return OK
    follower = _follower()
    run = follower.submit(prepared, remote, args.school.resolve(), args.school.stem)
    print(f"Run {run.id[:SHORT]} to {remote.name}.", flush=True)
    run = _follow(follower, run.id, to_the_end=args.wait)
    print(_line(run))
    if run.state is State.UPLOADING:
        print("Not sent yet; echelon status tries again.")
    return _code(run) if args.wait else OK


def status(args: argparse.Namespace) -> int:
    """Look at one run, or at all that go on."""
    follower = _follower()
    if args.run_id:
        chosen = [follower.runs.find(args.run_id)]
    else:
        chosen = [run for run in follower.runs.all() if not run.state.ended]
    if not chosen and not args.json:
        print("No run goes on. echelon runs lists those that have ended.")
    ended = OK
    for run in chosen:
        run = _follow(follower, run.id, to_the_end=True) if args.wait else follower.advance(run.id)
        print(json.dumps(_facts(run)) if args.json else "\n".join(_lines(run)), flush=True)
        ended = max(ended, _code(run)) if args.wait else ended
    return ended


def fetch(args: argparse.Namespace) -> int:
    """Bring the best schedule back, check it against the school as it is now, write it."""
    from cloud_runner.client.apply import schedule_of_run
    from echelon_desktop.solver.compile import NO_SCHEDULE
    from echelon_desktop.solver.output import write_result

    follower = _follower()
    run = follower.runs.find(args.run_id)
    make_writable(args.out)
    run = _follow(follower, run.id, to_the_end=True) if args.wait else follower.advance(run.id)
    if run.best_unmet is None and run.state.ended:
        print(f"echelon: {run.message or 'no schedule was found before the run ended.'}", file=sys.stderr)
        return NOTHING_FOUND
    run = follower.fetch_best(run.id).run
    school_path = Path(run.school_path)
    source = school_now(run, args.rules)
    applied = schedule_of_run(run, source.school, source.rules, NO_SCHEDULE)
    if not applied.verdict.ok:
        raise RemoteError(
            "What came back breaks a hard rule of the school as it is now: "
            f"{applied.verdict.violations[0].message}"
        )
    write_result(source.school, source.rules, applied.schedule, args.out)
    if applied.dropped:
        things = counted(len(applied.dropped), "thing no longer fits", "things no longer fit")
        print(f"The school was edited meanwhile; {things}:")
        for line in applied.dropped[:FEW]:
            print(f"  {line}")
    counts = applied.verdict.counts
    print(f"{counts.met:,} of {counts.requests:,} requests met, {counts.unmet:,} unmet; ", end="")
    print(f"{min(run.certain, counts.unmet):,} certainly.")
    if not run.state.ended:
        print("The run goes on.")
    print(f"Written to {args.out}.")
    if not holds_files(school_path):
        from cloud_runner.client.history import record_of

        met = {"unmet": counts.unmet, "requests": counts.requests}
        record = record_of(run, {"scope": Scope().words, **_sent_with(school_path, run)}, met)
        kept = keep_in_file(school_path, applied.schedule, record)
        if kept:
            print(kept)
    return OK


def _sent_with(path: Path, run: Run) -> Mapping[str, Any]:
    """What the school file knows of how a run was sent, which only a window writes there."""
    from echelon_desktop.model.store import runs_of

    return next((record.settings for record in runs_of(path) if record.id == run.id), {})


def school_now(run: Run, rules: str | None) -> Source:
    """
    A run's school as it is now.

    Parameters
    ----------
    run
        Whose key table is here.
    rules
        A rule file or preset. None takes the rules of the school file; for a folder or a workbook, which
        may have been sent with others than its own, those that were sent.

    Raises
    ------
    InputError, RuleError, StoreError, RemoteError
        If the school or the key table cannot be read.
    """
    from cloud_runner.client.judge import Judge

    path = Path(run.school_path)
    source = load_source(path, rules)
    return source if rules or not holds_files(path) else replace(source, rules=Judge.of(run).table.rules)


def cancel(args: argparse.Namespace) -> int:
    """End a run."""
    follower = _follower()
    run = follower.cancel(follower.runs.find(args.run_id).id)
    print(_line(run))
    return OK


def runs(args: argparse.Namespace) -> int:
    """List runs, or delete the data of one."""
    if args.delete:
        return _delete(args.delete, args.confirmation)
    known = Runs().all()
    for run in known:
        print(json.dumps(_facts(run)) if args.json else _line(run))
    if not known and not args.json:
        print("No run was sent from this computer.")
    return OK


def cloud_demo(args: argparse.Namespace) -> int:
    """Start the emulated cloud and stay until Ctrl-C."""
    from cloud_runner.emulator import demo

    demo.run(lambda text: print(text, flush=True))
    return OK


def _delete(run_id: str, confirmation: Path | None) -> int:
    follower = _follower()
    run = follower.runs.find(run_id)
    deletion = run.deleted or follower.delete_remote(run.id)
    print(deletion.text)
    if confirmation is not None:
        try:
            confirmation.write_text(deletion.text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{confirmation} cannot be written: {error.strerror}.") from error
    return OK if not deletion.left else CANNOT


def _follower() -> "Follower":
    # Imported late, as everything here that solves or speaks to AWS: the other commands start without it.
    from cloud_runner.client.follow import Follower

    return Follower(Runs(), PACE, remotes=Remotes())


def _follow(follower: "Follower", run_id: str, *, to_the_end: bool) -> Run:
    """Move a run on until it is sent (or cannot be for now), or until it has ended."""
    told = ""
    while True:
        run = follower.advance(run_id)
        if run.state.ended or not to_the_end:
            return run
        if (line := _line(run)) != told:
            told = line
            print(line, flush=True)
        time.sleep(follower.next_poll_s(run))


def _remote_of(path: Path) -> Remote:
    try:
        return Remote.from_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The settings in {path} cannot be read: {error}.") from error


def _save_bytes(prepared: "Prepared", folder: Path) -> None:
    files = {"input.npz": prepared.input_bytes, "receipt.txt": prepared.receipt.text().encode()}
    if prepared.start_bytes is not None:
        files["start.npz"] = prepared.start_bytes
    make_writable(folder)
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror}.") from error
    print(f"What leaves is in {folder}.")


def _line(run: Run) -> str:
    found = [child.unmet for child in run.children if child.unmet is not None]
    if run.best_unmet is not None:
        found.append(run.best_unmet)
    # A proof that says more than a schedule that was found is none.
    figures = f"  {min(found):,} unmet, {min(_certain(run), *found):,} certainly" if found else ""
    message = f"  {run.message}" if run.message else ""
    return f"{run.id[:SHORT]}  {run.school_name}  {run.remote.name}  {run.state}{figures}{message}"


def _lines(run: Run) -> list[str]:
    """A run, and below it its computers when there are several."""
    lines = [_line(run)]
    if len(run.children) > 1:
        for child in run.children:
            unmet = "" if child.unmet is None else f", {child.unmet:,} unmet, {child.bound:,} certainly"
            note = f"  {child.message}" if child.message else ""
            way = f", {child.strategy}" if len(run.order.strategies) > 1 else ""
            lines.append(f"  seed {child.seed}{way}: {child.state}, {child.seconds:.0f} s{unmet}{note}")
    return lines


def _certain(run: Run) -> int:
    return max([run.certain, *(child.bound for child in run.children)])


def _facts(run: Run) -> dict[str, Any]:
    """What a script wants to know of a run."""
    return {
        "run": run.id,
        "school": run.school_path,
        "remote": run.remote.name,
        "created": run.created,
        "state": run.state,
        "message": run.message,
        "trouble": run.trouble,
        "unmet": run.best_unmet,
        "certain": run.certain,
        "deleted": run.deleted is not None,
        "children": [
            {"seed": c.seed, "state": c.state, "unmet": c.unmet, "bound": c.bound, "seconds": c.seconds}
            for c in run.children
        ],
    }


def _code(run: Run) -> int:
    if run.state is State.DONE:
        return OK if run.best_unmet is not None else NOTHING_FOUND
    return CANNOT
