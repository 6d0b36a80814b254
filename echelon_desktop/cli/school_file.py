"""Commands on a school file: import, export, undo, redo, history, snapshot, restore."""

import argparse

from echelon_desktop.cli import OK
from echelon_desktop.cli.report import count_line
from echelon_desktop.cli.source import has_rules, own_rules
from echelon_desktop.errors import InputError, StoreError
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import WORKBOOK, holds_files, read_school
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
    scenario = _scenario(dataset, args.scenario).id if args.scenario else ""
    if args.out.suffix.lower() == WORKBOOK:
        export_workbook(dataset, args.out, scenario)
    else:
        export_dataset(dataset, args.out, scenario)
    print(f"{args.out}: the files of {args.file.name}.")
    return OK


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
