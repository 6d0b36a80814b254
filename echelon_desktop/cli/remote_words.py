"""The words of the commands that solve on AWS."""

import argparse
from collections.abc import Callable
from pathlib import Path

Command = Callable[[str, str, str], argparse.ArgumentParser]
_RUN = "id of the run or the begin of it, or “last”"


def add_remote_commands(
    command: Command,
    add_school: Callable[[argparse.ArgumentParser], None],
    positive: Callable[[type[int] | type[float]], Callable[[str], float | int]],
) -> None:
    """
    Add submit, status, fetch, cancel, runs and cloud-demo.

    Parameters
    ----------
    command
        Adds a command: name, "module:function", text.
    add_school
        Adds the arguments that name a school.
    positive
        Makes the type of a number above zero.
    """
    submit = command("submit", "remote:submit", "Send a school to AWS to be solved there.")
    add_school(submit)
    where = submit.add_mutually_exclusive_group(required=True)
    where.add_argument("--remote", metavar="NAME", help="stack, as it was named in Settings → Remote")
    where.add_argument("--settings", type=Path, metavar="FILE", help="what the stack's set-up printed")
    submit.add_argument(
        "--seeds",
        type=positive(int),
        default=1,
        metavar="N",
        help="seeds, a computer each (1)",
    )
    submit.add_argument("--seed", type=positive(int), default=1, metavar="K", help="of the first one (1)")
    submit.add_argument(
        "--strategy",
        action="append",
        metavar="NAME",
        help="default, or scarce-seats: hotter annealing; name both to solve each seed by both",
    )
    submit.add_argument(
        "--time-limit", type=positive(float), default=600.0, metavar="S", help="seconds of solving (600)"
    )
    submit.add_argument("--vcpu", type=positive(int), default=4, metavar="N", help="of each computer (4)")
    submit.add_argument(
        "--memory", type=positive(int), default=8192, metavar="MB", help="of each computer (8192)"
    )
    submit.add_argument("--start", type=Path, metavar="DIR", help="schedule files to start from")
    submit.add_argument("--keep-remote", action="store_true", help="keep the data on AWS afterwards")
    submit.add_argument(
        "--save-bytes", type=Path, metavar="DIR", help="write what leaves, byte for byte, and the receipt"
    )
    submit.add_argument("--dry-run", action="store_true", help="print cost, time and receipt; send nothing")
    submit.add_argument("--wait", action="store_true", help="follow the run until it has ended")

    status = command("status", "remote:status", "Look at runs on AWS, and move them on.")
    status.add_argument("run_id", nargs="?", metavar="RUN", help=f"{_RUN}; all that go on when left out")
    status.add_argument("--wait", action="store_true", help="follow until ended")
    status.add_argument("--json", action="store_true", help="print a JSON line for each run")

    fetch = command("fetch", "remote:fetch", "Bring a run's best schedule back, and write it as CSV files.")
    fetch.add_argument("run_id", metavar="RUN", help=_RUN)
    fetch.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="folder for the schedule's files"
    )
    fetch.add_argument("--rules", metavar="FILE|PRESET", help="rules to judge by (those of the school)")
    fetch.add_argument("--wait", action="store_true", help="wait until the run has ended")

    cancel = command("cancel", "remote:cancel", "End a run on AWS; its best schedule so far is kept.")
    cancel.add_argument("run_id", metavar="RUN", help=_RUN)

    runs = command("runs", "remote:runs", "List the runs that were sent from this computer.")
    runs.add_argument("--json", action="store_true", help="print a JSON line for each run")
    runs.add_argument("--delete", metavar="RUN", help="delete the run's data on AWS, all versions of it")
    runs.add_argument(
        "--confirmation", type=Path, metavar="FILE", help="with --delete: write the confirmation to file it"
    )

    command("cloud-demo", "remote:cloud_demo", "Try solving on AWS on this computer, without an AWS account.")
