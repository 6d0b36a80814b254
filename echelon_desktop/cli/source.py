"""Where a command's school comes from: a folder of CSV files, a workbook, or a school file."""

from dataclasses import dataclass
from pathlib import Path

from echelon_desktop.errors import InputError
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import Imported, holds_files, read_school
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.rules import RULES_FILE, STANDARD, load_rules, parse_rules


@dataclass(frozen=True, slots=True)
class Source:
    """A school, its rules, and all that was noticed while reading and checking it."""

    school: School
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]


def load_source(path: Path, rules: str | None) -> Source:
    """
    Read and check a school.

    Parameters
    ----------
    path
        A folder of CSV files, a workbook, or a school file (opened for reading only).
    rules
        A rule file or preset; None takes the school's own: those in the school file, ``rules.toml`` in the
        folder (a sheet of the workbook), or the standard ones.

    Raises
    ------
    InputError, RuleError, StoreError
        If the files cannot be read at all; what is wrong inside them is a finding.
    """
    if holds_files(path):
        imported = read_school(path)
        school, own = imported.school, own_rules(path, imported, rules)
        findings = [*imported.findings, *check_school(school, own, imported)]
    elif path.is_file():
        from echelon_desktop.model.store import SchoolFile

        with SchoolFile.open(path, read_only=True) as file:
            school = file.dataset.school
            own = load_rules(rules) if rules else tuple(file.dataset.rules.values())
        findings = list(check_school(school, own))
    else:
        raise InputError(f"There is no folder, workbook or school file {path}.")
    return Source(school, own, tuple(findings))


def own_rules(source: Path, imported: Imported, rules: str | None) -> tuple[Rule, ...]:
    """The rules named, else those that came with the files (:func:`has_rules`), else the standard ones."""
    if rules:
        return load_rules(rules)
    beside = source / RULES_FILE
    if beside.is_file() or not imported.rules_text:
        return load_rules(beside if beside.is_file() else STANDARD)
    return parse_rules(imported.rules_text, source=f"{RULES_FILE} of {source.name}")


def has_rules(source: Path, imported: Imported) -> bool:
    """Whether rules came with the files: in ``rules.toml`` in the folder, or in a sheet of that name."""
    return (source / RULES_FILE).is_file() or bool(imported.rules_text)
