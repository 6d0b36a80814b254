"""
The command line: all that the window can do, for scripts, servers and tests.

Exit codes: 0 done (solved), 1 the input cannot be used or solved, 2 bad usage, 3 nothing found in time,
130 interrupted before there was anything to keep.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from echelon_desktop import __version__
from echelon_desktop.errors import EchelonError, InputError

SCHOOL_FILE = ".echelon"
OK, CANNOT, USAGE, NOTHING_FOUND, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run a command and return its exit code.

    Parameters
    ----------
    argv
        Words after the program's name; None reads them from the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show a character shows its escape instead of ending in a traceback.
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if argv is None else argv)
    if len(words) == 1 and words[0].endswith(SCHOOL_FILE):
        words = ["window", *words]  # a double click on a school file
    args = _parser().parse_args(words or ["window"])
    module, _, function = args.run.partition(":")
    try:
        command = getattr(importlib.import_module(f"echelon_desktop.cli.{module}"), function)
        code: int = command(args)
    except InputError as error:
        from echelon_desktop.cli.report import print_findings

        print_findings(error.findings, sys.stderr)
        print(f"echelon: {error}", file=sys.stderr)
        return CANNOT
    except EchelonError as error:
        print(f"echelon: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("echelon: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (as with "| head"); there is nobody left to tell.
        sys.stderr.close()
        return CANNOT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="echelon", description="Builds a high school's master schedule from its course requests."
    )
    parser.add_argument("--version", action="version", version=f"echelon {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", required=True)

    def command(name: str, run: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    window = command(
        "window", "window:window", "Open the window; so do no words at all, or a school file alone."
    )
    window.add_argument("file", type=Path, nargs="?", metavar="FILE", help="school file to open")
    window.add_argument("--selftest", action="store_true", help=argparse.SUPPRESS)

    check = command("check", "check:check", "Check a school's files before solving.")
    _add_school(check)
    check.add_argument(
        "--output", type=Path, metavar="FILE", help="write the findings to a .csv or .json file"
    )
    check.add_argument("--all", action="store_true", help="print every finding, not the first of each kind")

    demand = command("demand", "demand:demand", "Tell what students want: by course, and wanted together.")
    _add_school(demand)
    demand.add_argument(
        "--sections",
        type=_positive(int),
        default=1,
        metavar="N",
        help="pairs of courses of at most N sections (1)",
    )
    demand.add_argument("--out", type=Path, metavar="DIR", help="write both lists there as CSV files")

    solve = command("solve", "solve:solve", "Find a master schedule and write it as CSV files.")
    _add_school(solve)
    solve.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="folder for the schedule's files"
    )
    solve.add_argument("--time-limit", type=_positive(float), default=60.0, metavar="S", help="seconds (60)")
    solve.add_argument("--iterations", type=_positive(int), metavar="N", help="moves of the search, at most")
    solve.add_argument("--workers", type=_positive(int), metavar="N", help="threads (one per core)")
    solve.add_argument("--seed", type=int, default=1, metavar="K", help="of all random choices (1)")
    solve.add_argument(
        "--strategy", default="default", metavar="NAME", help="default, or scarce-seats: hotter annealing"
    )
    solve.add_argument("--start", type=Path, metavar="DIR", help="schedule files to start from")
    solve.add_argument(
        "--stay-close", action="store_true", help="change as little as can be of the schedule in --start"
    )
    how = solve.add_mutually_exclusive_group()
    how.add_argument("--quiet", action="store_true", help="print nothing but errors")
    how.add_argument("--json", action="store_true", help="print progress and summary as JSON lines")

    trading = command(
        "trade-offs", "trade_offs:trade_offs", "Tell what more even sections would cost in unmet requests."
    )
    _add_school(trading)
    trading.add_argument(
        "--start", type=Path, metavar="DIR", required=True, help="files of the schedule to go on from"
    )
    trading.add_argument("--out", type=Path, metavar="DIR", help="write each there, in a folder of its own")

    sample = command("sample", "sample:sample", "Make up a school to try things on.")
    sample.add_argument("folder", type=Path, metavar="DIR", help="folder for its files; made when missing")
    sample.add_argument("--students", type=_positive(int), default=800, metavar="N", help="students (800)")
    sample.add_argument("--seed", type=int, default=1, metavar="K", help="another seed, another school (1)")

    bring = command("import", "school_file:import_school", "Read a school's files into a school file.")
    bring.add_argument(
        "school", type=Path, metavar="DIR|WORKBOOK", help="folder of the school's files, or Excel workbook"
    )
    bring.add_argument("file", type=Path, metavar="FILE", help="the .echelon file, made when missing")
    bring.add_argument("--rules", metavar="FILE|PRESET", help="rules to use (rules.toml beside the files)")

    export = command(
        "export", "school_file:export_school", "Write a school file's contents as CSV files or workbook."
    )
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument(
        "out",
        type=Path,
        metavar="OUT",
        help="folder for CSV files, made when missing, or a workbook (.xlsx)",
    )
    export.add_argument("--scenario", metavar="NAME", help="write this scenario's schedule too")

    aeries = export.add_argument_group("for Aeries", "SMS.csv and SSS.csv, to be imported into Aeries")
    aeries.add_argument("--aeries", action="store_true", help="write these files, and no others")
    aeries.add_argument("--school", metavar="CODE", default="", help="the school's code in Aeries")
    aeries.add_argument("--since", metavar="NAME", help="only what differs from this scenario")
    aeries.add_argument(
        "--period", metavar="PERIOD=NUMBER", action="append", default=[], help="what Aeries calls a period"
    )
    aeries.add_argument(
        "--term", metavar="TERM=LETTER", action="append", default=[], help="what it calls a term"
    )
    aeries.add_argument("--all-year", metavar="LETTER", default="Y", help="what it calls a whole year (Y)")

    from echelon_desktop.cli.remote_words import add_remote_commands

    add_remote_commands(command, _add_school, _positive)

    undo = command("undo", "school_file:undo", "Take back the last change of a school file.")
    undo.add_argument("file", type=Path, metavar="FILE")
    redo = command("redo", "school_file:redo", "Make the change again that was taken back last.")
    redo.add_argument("file", type=Path, metavar="FILE")
    history = command("history", "school_file:history", "List the changes of a school file.")
    history.add_argument("file", type=Path, metavar="FILE")

    snapshot = command(
        "snapshot", "school_file:snapshot", "Give the present state a name, or list the names."
    )
    snapshot.add_argument("file", type=Path, metavar="FILE")
    snapshot.add_argument("name", nargs="?", metavar="NAME")

    restore = command("restore", "school_file:restore", "Go back to a snapshot or a backup, or list them.")
    restore.add_argument("file", type=Path, metavar="FILE")
    which = restore.add_mutually_exclusive_group()
    which.add_argument("--snapshot", metavar="NAME", help="a change like any other, which undo takes back")
    which.add_argument(
        "--backup", metavar="NAME", help="the file as it was; the present one is backed up first"
    )
    return parser


def _add_school(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "school",
        type=Path,
        metavar="DIR_OR_FILE",
        help="folder of CSV files, Excel workbook, or .echelon file",
    )
    parser.add_argument("--rules", metavar="FILE|PRESET", help="rules to use (those of the school)")


class _positive:
    """A number above zero, as an argument type; its name appears in argparse's message."""

    def __init__(self, number: type[int] | type[float]) -> None:
        self.number = number
        self.__name__ = "positive number"

    def __call__(self, text: str) -> float | int:
        value = self.number(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value
