"""Commands on a school file: import, export, undo, redo, history, snapshot, restore."""

import argparse
import sys
from collections import Counter
from collections.abc import Container, Sequence

from echelon_desktop.cli import OK
from echelon_desktop.cli.report import count_line
from echelon_desktop.cli.source import has_rules, own_rules
from echelon_desktop.errors import InputError, StoreError
from echelon_desktop.model.aeries import Codes, for_aeries, school_code_problem, usual_codes
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import NOT_WRITTEN, WORKBOOK, holds_files, read_school, write_for_aeries
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.reimport import reimport
from echelon_desktop.model.store import SchoolFile, backups, restore_backup
from echelon_desktop.model.wording import counted
from echelon_desktop.solver.output import export_dataset, export_workbook


def import_school(args: argparse.Namespace) -> int:
    """Make a school file of a folder or a workbook, or bring one up to date, which undo takes back."""
    if not holds_files(args.school):
        raise InputError(f"There is no folder or workbook {args.school}.")
    imported = read_school(args.school)
    if not args.file.exists():
        rules = own_rules(args.school, imported, args.rules)
        findings = [*imported.findings, *check_school(imported.school, rules, imported)]
        with SchoolFile.create(
            args.file, Dataset(imported.school, rules), title=f"Import {args.school.name}"
        ):
            pass
        print(f"{args.file} made of {args.school}. {count_line(findings)}; see echelon check.")
        return OK
    with SchoolFile.open(args.file) as file:
        now = file.dataset
        given = args.rules or has_rules(args.school, imported)
        rules = own_rules(args.school, imported, args.rules) if given else tuple(now.rules.values())
        findings = [*imported.findings, *check_school(imported.school, rules, imported)]
        edit = reimport(now, imported.school, rules, f"Import {args.school.name}")
        if edit.changes:
            file.apply(edit)
        rows = counted(len(edit.changes), "row")
        print(f"{args.file}: {rows} changed. {count_line(findings)}; see echelon check.")
    return OK


def export_school(args: argparse.Namespace) -> int:
    """Write the school's files and rules, and a scenario's schedule when one is named."""
    with SchoolFile.open(args.file, read_only=True) as file:
        dataset = file.dataset
    if args.aeries:
        return _export_for_aeries(dataset, args)
    scenario = _scenario(dataset, args.scenario).id if args.scenario else ""
    if args.out.suffix.lower() == WORKBOOK:
        export_workbook(dataset, args.out, scenario)
    else:
        export_dataset(dataset, args.out, scenario)
    print(f"{args.out}: the files of {args.file.name}.")
    return OK


def _export_for_aeries(dataset: Dataset, args: argparse.Namespace) -> int:
    """Write what Aeries imports, and say what is not written and why."""
    if not args.scenario:
        raise InputError("Name the schedule to write with --scenario.")
    problem = school_code_problem(args.school)
    if problem:
        raise InputError(f"{problem} Say it with --school.")
    usual = usual_codes(dataset.school, args.school)
    codes = Codes(
        args.school,
        {**usual.periods, **_pairs(args.period, "--period", usual.periods)},
        {**usual.terms, **_pairs(args.term, "--term", usual.terms)},
        args.all_year,
    )
    schedule = dataset.schedule(_scenario(dataset, args.scenario).id)
    since = dataset.schedule(_scenario(dataset, args.since).id) if args.since else None
    rows = for_aeries(dataset.school, schedule, codes, since)
    write_for_aeries(rows, args.out)
    print(f"{args.out}: {rows.summary}")
    for why, number in Counter(each.why for each in rows.not_written).items():
        print(f"  {why.words}: {number:,}. {why.remedy}", file=sys.stderr)
    if rows.not_written:
        print(f"  All of them are listed in {NOT_WRITTEN}.", file=sys.stderr)
    return OK


def _pairs(words: Sequence[str], option: str, known: Container[str]) -> dict[str, str]:
    """``R1=1`` as a pair, of something that the school has."""
    pairs = {}
    for word in words:
        name, sign, code = word.rpartition("=")
        if not sign or name not in known:
            raise InputError(f"{option} {word}: write the name that the school has, = and that of Aeries.")
        pairs[name] = code
    return pairs


def _scenario(dataset: Dataset, name: str) -> Scenario:
    found = [s for s in dataset.scenarios.values() if name in {s.name, s.id}]
    if not found:
        names = ", ".join(s.name for s in dataset.scenarios.values()) or "none"
        raise InputError(f"There is no scenario {name!r}; there is {names}.")
    return found[-1]


def undo(args: argparse.Namespace) -> int:
    """Take back the last change."""
    with SchoolFile.open(args.file) as file:
        done = file.undo()
        print(f"Taken back: {done[0]}" if done else "There is nothing to undo.")
    return OK


def redo(args: argparse.Namespace) -> int:
    """Make the last change taken back again."""
    with SchoolFile.open(args.file) as file:
        done = file.redo()
        print(f"Made again: {done[0]}" if done else "There is nothing to redo.")
    return OK


def history(args: argparse.Namespace) -> int:
    """List the changes, the ones taken back in brackets."""
    with SchoolFile.open(args.file, read_only=True) as file:
        for entry in file.history():
            print(f"{entry.when}  {entry.title if entry.done else f'({entry.title})'}")
    return OK


def snapshot(args: argparse.Namespace) -> int:
    """Name the present state, or list the names."""
    if args.name:
        with SchoolFile.open(args.file) as file:
            file.snapshot(args.name)
        print(f"Snapshot {args.name!r} kept.")
        return OK
    with SchoolFile.open(args.file, read_only=True) as file:
        for kept in file.snapshots():
            print(f"{kept.when}  {kept.name}")
    return OK


def restore(args: argparse.Namespace) -> int:
    """Go back to a snapshot or a backup, or list the backups."""
    if args.snapshot:
        with SchoolFile.open(args.file) as file:
            file.restore_snapshot(args.snapshot)
        print(f"Back at snapshot {args.snapshot!r}; echelon undo takes that back.")
        return OK
    kept = backups(args.file)
    if args.backup:
        for backup in kept:
            if args.backup in {backup.path.name, str(backup.path)}:
                restore_backup(args.file, backup.path)
                print(f"{args.file} is as it was at {backup.when}; what it held is a backup now.")
                return OK
        raise StoreError(f"There is no backup {args.backup!r} of {args.file}.")
    for backup in kept:
        print(f"{backup.when}  {backup.path.name}")
    if not kept:
        print(f"There are no backups of {args.file}.")
    return OK
