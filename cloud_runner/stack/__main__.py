"""``python -m cloud_runner.stack``: what the district's IT does with a stack, on the command line."""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cloud_runner.client.remotes import Remote, Remotes, SignIn
from cloud_runner.stack import check, deploy, image, restore, set_up, tear_down
from cloud_runner.stack.set_up import Plan
from echelon_desktop.errors import RemoteError

OK, CANNOT = 0, 1
NAME = r"[a-z][a-z0-9-]{2,29}"

# Those of the template's parameters that somebody is likely to set, and the option of each.
OPTIONS = {
    "machines": ("Machines", "EC2, or FARGATE for runs of up to 16 vCPU that start sooner"),
    "instance-types": ("InstanceTypes", "machines that Batch may choose from, with commas"),
    "max-vcpus": ("MaxVcpus", "at most so many vCPU at once, on Spot and on On-Demand machines each"),
    "spot-price-limit": ("SpotPriceLimit", "percentage of the On-Demand price"),
    "run-max-vcpus": ("RunMaxVcpus", "the most vCPU one job may ask for"),
    "run-max-memory-mb": ("RunMaxMemoryMb", "the most memory one job may ask for, in MiB"),
    "public-addresses": ("PublicAddresses", "ENABLED or DISABLED, for FARGATE behind a NAT gateway"),
    "budget": ("MonthlyBudget", "US dollars a month, for the whole account"),
    "keep-runs-days": ("KeepRunsDays", "days until what is left of a run is deleted"),
    "keep-versions-days": ("KeepVersionsDays", "days for which a deleted object can be brought back"),
    "keep-logs-days": ("KeepLogsDays", "days for which logs are kept"),
}


def say(text: str) -> None:
    """Tell whoever runs this; settings and reports go to standard output instead."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 it could not be done or something is not right."""
    args = _parser().parse_args(arguments)
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = boto3.Session(profile_name=args.profile, region_name=args.region)
        return int(args.run(session, args))
    except RemoteError as error:
        say(f"{error}")
    except (BotoCoreError, ClientError) as error:
        say(f"AWS says: {error}")
    return CANNOT


def _set_up(session: Any, args: argparse.Namespace) -> int:
    given = {name: getattr(args, option.replace("-", "_")) for option, (name, _) in OPTIONS.items()}
    subnets = tuple(args.subnets.split(",")) if args.subnets else ()
    parameters = {name: value for name, value in given.items() if value is not None}
    plan = Plan(args.stack, args.mail, args.vpc, subnets, parameters)
    remote = set_up.set_up(session, plan, image.engine(), say)
    say("Done. Paste what follows in Settings, Remote solving; it holds no secret.")
    sys.stdout.write(remote.to_text())
    return OK


def _settings(session: Any, args: argparse.Namespace) -> int:
    sys.stdout.write(set_up.settings(_standing(session, args.stack)).to_text())
    return OK


def _check(_: Any, args: argparse.Namespace) -> int:
    if args.settings:
        remote = Remote.from_text(Path(args.settings).read_text(encoding="utf-8"))
    else:
        remote = Remotes().get(args.remote)
    if args.profile:
        remote = replace(remote, sign_in=SignIn("profile", args.profile))
    fine = True
    for line in check.check(remote):
        fine &= line.ok
        sys.stdout.write(f"{line}\n")
    say("All as it should be." if fine else "Not as it should be: see the lines that begin with NO.")
    return OK if fine else CANNOT


def _restore(session: Any, args: argparse.Namespace) -> int:
    stack = _standing(session, args.stack)
    restored = restore.restore(session.client("s3"), stack.outputs["Bucket"], args.run_id)
    for key in restored.keys:
        sys.stdout.write(f"{key}\n")
    say(f"Brought back {len(restored.keys)} objects; {len(restored.present)} had not been deleted.")
    return OK


def _tear_down(session: Any, args: argparse.Namespace) -> int:
    stack = _standing(session, args.stack)

    def ask(held: str) -> str:
        say(f"This removes the stack {stack.name} for ever: {held}")
        sys.stderr.write("Type the stack's name to go on: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()

    sys.stdout.write(tear_down.tear_down(session, stack, ask, say))
    return OK


def _standing(session: Any, name: str) -> deploy.Stack:
    stack = deploy.find(session, name)
    if stack is None:
        raise RemoteError(f"There is no stack {name} in this account and region.")
    return stack


def _stack_name(text: str) -> str:
    if not re.fullmatch(NAME, text):
        raise argparse.ArgumentTypeError("3 to 30 small letters, digits and dashes, a letter first")
    return text


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--profile", help="profile of the AWS command line to sign in with")
    common.add_argument("--region", help="such as us-east-1; the profile's when left out")
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument(
        "--stack", type=_stack_name, default="echelon", help="one for each school (%(default)s)"
    )
    parser = argparse.ArgumentParser(prog="python -m cloud_runner.stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add = commands.add_parser("setup", parents=[common, named], help="deploy or update a stack")
    add.add_argument("--mail", default="", help="who is told when something is wrong")
    add.add_argument("--vpc", default="", help="network to use instead of the account's default one")
    add.add_argument("--subnets", default="", help="its subnets, with commas")
    for option, (_, words) in OPTIONS.items():
        add.add_argument(f"--{option}", help=words)
    add.set_defaults(run=_set_up)

    add = commands.add_parser("settings", parents=[common, named], help="print the desktop's settings again")
    add.set_defaults(run=_settings)

    add = commands.add_parser(
        "check", parents=[common], help="try what the desktop may do and what it may not"
    )
    source = add.add_mutually_exclusive_group(required=True)
    source.add_argument("--settings", help="file with the text that setup printed")
    source.add_argument("--remote", help="name of a remote in Settings, Remote solving")
    add.set_defaults(run=_check)

    add = commands.add_parser("restore", parents=[common, named], help="bring back a deleted run")
    add.add_argument("run_id", metavar="RUN", help="the run's id")
    add.set_defaults(run=_restore)

    add = commands.add_parser("teardown", parents=[common, named], help="remove a stack with all its data")
    add.set_defaults(run=_tear_down)
    return parser


if __name__ == "__main__":
    sys.exit(main())
