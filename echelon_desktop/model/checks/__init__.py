"""
Checks of a school before it is solved: facts to findings, without changing anything.

docs/checks.md lists every kind of finding. Errors mean that no schedule can exist (or that it cannot be known
what is meant), warnings that requests will be lost or that something is probably a mistake.
"""

from collections.abc import Iterable

from echelon_desktop.model.checks.demand import Demand
from echelon_desktop.model.checks.kinds import KINDS, Kind
from echelon_desktop.model.checks.links import check_links
from echelon_desktop.model.checks.references import (
    check_calendar,
    check_courses_named,
    check_ids,
    check_references,
    check_rule_names,
    check_times,
)
from echelon_desktop.model.checks.report import MANY, SHOWN, Report, Source
from echelon_desktop.model.checks.requests import Requests
from echelon_desktop.model.checks.sections import check_rooms, check_sections
from echelon_desktop.model.checks.staffing import check_staffing
from echelon_desktop.model.checks.teachers import check_teachers
from echelon_desktop.model.checks.times import Times
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.tables import TABLES

__all__ = ["KINDS", "MANY", "SHOWN", "Kind", "Source", "by_table", "check_school"]


def check_school(
    school: School, rules: tuple[Rule, ...] = (), source: Source | None = None, fold: bool = True
) -> list[Finding]:
    """
    Check a school against itself and its rules.

    Parameters
    ----------
    school, rules
        What is checked.
    source
        Where the records came from, as reading a school's files gives it. Without it the file is the
        documented one, and the row the record's position in its table, below a header.
    fold
        Keep :data:`SHOWN` findings of a kind that has more than :data:`MANY`, and one that counts the rest.

    Returns
    -------
    list of Finding
        Errors first, then by table and row.
    """
    report = Report(school, rules, source)
    times = Times(school, rules)
    check_calendar(report, times.grid)
    check_ids(report)
    if source is None:  # reading files tells of their blank cells itself
        check_courses_named(report)
    check_references(report)
    check_times(report, times.grid)
    check_rule_names(report)
    check_sections(report, times)
    check_rooms(report, times)
    check_staffing(report)
    check_links(report, times)
    check_teachers(report, times)
    Requests(report, times).check()
    Demand(report, times).check()
    return report.findings(fold)


def by_table(findings: Iterable[Finding]) -> dict[str, Severity | None]:
    """The worst severity in each table, None where nothing was found: a light for each."""
    lights: dict[str, Severity | None] = dict.fromkeys(TABLES)
    for finding in findings:
        if finding.table in lights:
            before = lights[finding.table]
            lights[finding.table] = finding.severity if before is None else max(before, finding.severity)
    return lights
