"""``echelon check``: what is wrong with a school's data, and what will cost requests."""

import argparse
import sys

from echelon_desktop.cli import CANNOT, OK
from echelon_desktop.cli.report import count_line, print_findings, write_findings
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.findings import Severity, worst


def check(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one of them is an error."""
    findings = load_source(args.school, args.rules).findings
    if args.output:
        write_findings(findings, args.output)
        print(f"{count_line(findings)}; written to {args.output}.")
    else:
        print_findings(findings, sys.stdout, every=args.all)
        print(f"{count_line(findings)}.")
    return CANNOT if worst(findings) is Severity.ERROR else OK
