"""How findings are printed and written."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from echelon_desktop.model.checks.report import SHOWN
from echelon_desktop.model.csv_io import replace_file
from echelon_desktop.model.csv_io.school_writer import encode
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.wording import counted

FEW = SHOWN  # findings of one kind that are printed unless all are asked for
COLUMNS = ("severity", "code", "file", "row", "column", "value", "message", "remedy")


def print_findings(findings: Iterable[Finding], stream: TextIO, every: bool = False) -> None:
    """Print findings, worst first; of a kind only the first few, and how many more there are."""
    by_code: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: -f.severity):
        by_code.setdefault((finding.severity, finding.code), []).append(finding)
    for (severity, _), group in by_code.items():
        # One more line that says how many there are takes no more room than one that says there is one more;
        # and where many were summed up already, it is the sum.
        shown = group if every or len(group) <= FEW + 1 else group[:FEW]
        for finding in shown:
            place = f" [{finding.place()}]" if finding.place() else ""
            print(f"{severity.name.lower()}: {finding.message}{place}", file=stream)
            if finding.remedy:
                print(f"    {finding.remedy}", file=stream)
        if len(group) > len(shown):
            print(f"    ... and {len(group) - len(shown)} more like this (--all shows them).", file=stream)


def count_line(findings: Sequence[Finding]) -> str:
    """How many there are of each severity: "2 errors, 1 warning, 0 notes"."""
    counts = Counter(finding.severity for finding in findings)
    worst_first = sorted(Severity, reverse=True)
    return ", ".join(counted(counts[severity], severity.name.lower()) for severity in worst_first)


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """Write findings to a .json file, or a .csv file for spreadsheets; InputError when that fails."""
    rows = [{**asdict(f), "severity": f.severity.name.lower()} for f in findings]
    if path.suffix.lower() == ".json":
        replace_file(path, json.dumps(rows, indent=1, ensure_ascii=False).encode())
        return
    cells = [["" if row[name] is None else str(row[name]) for name in COLUMNS] for row in rows]
    replace_file(path, encode([COLUMNS, *cells]))
