"""A small school as files, and ways to write it down."""

from collections.abc import Callable, Mapping
from pathlib import Path

from echelon_desktop.model.csv_io import Imported
from echelon_desktop.model.findings import Finding

SMALL_SCHOOL = {
    "Period.csv": "period_id,period_name\n1,R1\n2,R2\n3,G1\n4,G2\n",
    "Sections_Information.csv": (
        "Section ID,Course ID,Teacher Assigned,# of Seats Available,Department\n"
        "S1,Biology,T1,30,Science\n"
        "S2,English 9,T2,28,English\n"
        "S3,Biology,T1,30,Science\n"
    ),
    "Student_Info.csv": "Student ID,SPED\nA,Yes\nB,No\n",
    "Teacher_Info.csv": (
        "Teacher ID,Department,Dedicated Course,Current Load,Science Sections\n"
        "T1,Science,,2,2\n"
        "T2,English,,1,0\n"
    ),
    "Student_Preference_Info.csv": "Student ID,Preferred Sections\nA,Biology;English 9\nB,English 9\n",
    "Teacher_unavailability.csv": "Teacher ID,Unavailable Periods\nT1,R2;G1\n",
}

Files = Mapping[str, "str | bytes | None"]
ReadFiles = Callable[..., Imported]
"""Reads the small school with some of its files changed."""


def write_files(folder: Path, changes: Files | None = None) -> Path:
    """Write the small school, with files added, replaced, or left out (None)."""
    folder.mkdir(exist_ok=True)
    for name, content in {**SMALL_SCHOOL, **(changes or {})}.items():
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def codes(imported: Imported) -> list[str]:
    """Codes of all findings, sorted."""
    return sorted(finding.code for finding in imported.findings)


def only(imported: Imported, code: str) -> Finding:
    """The one finding of that code."""
    (finding,) = [f for f in imported.findings if f.code == code]
    return finding
