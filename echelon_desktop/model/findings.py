"""Findings: what was noticed about the school's data, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How much a finding matters; higher is worse."""

    NOTE = 1  # repaired or worth knowing
    WARNING = 2  # will cost requests, or is probably a mistake
    ERROR = 3  # the school cannot be solved until it is mended


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing noticed, in words for a scheduler.

    Parameters
    ----------
    code
        Stable name of the kind, kebab-case ("duplicate-id"); listed in docs/files.md and docs/checks.md.
    severity
        ERROR, WARNING or NOTE.
    message
        What is the matter, as a sentence.
    remedy
        What to do about it, as a sentence.
    file
        File name the record came from ("Student_Info.csv"); empty when it concerns no file.
    row
        Line in that file, the header being 1; None when it concerns no single row.
    column
        Column title as in the file; empty when it concerns no single column.
    value
        The text that was found; empty when it concerns none.
    table, key
        The record concerned, for "take me there"; empty when the row made no record.
    """

    code: str
    severity: Severity
    message: str
    remedy: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    table: str = ""
    key: str = ""

    def place(self) -> str:
        """Where it was found: "Student_Info.csv, row 12, column SPED"."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Highest severity among the findings, None when there are none."""
    return max((f.severity for f in findings), default=None)
