"""The files of a schedule, with what only solving can tell: why requests are unmet, and what is broken."""

import json
from pathlib import Path

from echelon_desktop.model.csv_io import RESULT_FILES, write_schedule, write_school
from echelon_desktop.model.csv_io.folder import read_bytes
from echelon_desktop.model.csv_io.replacing import replace_file, replace_files
from echelon_desktop.model.csv_io.schedule_writer import schedule_tables
from echelon_desktop.model.csv_io.school_writer import school_tables
from echelon_desktop.model.csv_io.workbook_writer import Table, write_workbook
from echelon_desktop.model.dataset import Dataset, Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.solver.explain import explain_unmet
from echelon_desktop.solver.verify import metrics, verify

SUMMARY = "summary.json"
EARLIER = "earlier-schedule"  # folder for the files of a schedule that is no longer what solving came to


def write_result(
    school: School,
    rules: tuple[Rule, ...],
    schedule: Schedule,
    folder: Path,
    summary: bytes | None = None,
) -> None:
    """
    Write the CSV files of a schedule, and the summary of its solve; all of them or none.

    Without a summary, that of an earlier solve is removed. Where a summary is given it is there last, so
    whoever finds it finds all.

    Raises
    ------
    InputError
        If the folder cannot be written to, or one of the files is in use.
    """
    unmet, figures = _judged(school, rules, schedule)
    beside = {} if summary is None else {SUMMARY: summary}
    outdated = [SUMMARY] if summary is None and _is_ours(folder / SUMMARY) else []
    write_schedule(school, schedule, folder, unmet, figures, beside, outdated)


def _judged(
    school: School, rules: tuple[Rule, ...], schedule: Schedule
) -> tuple[dict[tuple[str, str], str], list[tuple[str, int, int, float]]]:
    """Why each unmet request is unmet, and the figures of a schedule."""
    verdict = verify(school, rules, schedule)
    reasons = {request: why.text for request, why in explain_unmet(school, rules, schedule).items()}
    return reasons, list(metrics(verdict, school, schedule))


def write_summary_alone(folder: Path, summary: bytes) -> Path | None:
    """
    Write the summary of a solve that came to no schedule; no earlier one is then taken for its result.

    Returns
    -------
    Path or None
        The folder in ``folder`` where the files of an earlier schedule stand now, if there were any.

    Raises
    ------
    InputError
        If the folder cannot be written to, or one of the files is in use.
    """
    names = (SUMMARY, *sorted(RESULT_FILES))
    earlier = {name: read_bytes(folder / name) for name in names if (folder / name).is_file()}
    moved = folder / EARLIER if earlier.keys() & RESULT_FILES else None
    if moved:
        replace_files(moved, earlier, outdated=[name for name in names if name not in earlier])
    replace_files(folder, {SUMMARY: summary}, outdated=sorted(RESULT_FILES))
    return moved


def _is_ours(path: Path) -> bool:
    """Whether a file of that common name is the summary of a solve."""
    try:
        return "echelon" in json.loads(path.read_bytes())["versions"]
    except (OSError, ValueError, LookupError, TypeError):
        return False


def export_dataset(dataset: Dataset, folder: Path, scenario: str = "") -> None:
    """
    Write the school's files and rules to a folder, and a scenario's schedule when one is named by id.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    rules = tuple(dataset.rules.values())
    write_school(dataset.school, folder)
    replace_file(folder / RULES_FILE, format_rules(rules).encode())
    if scenario:
        write_result(dataset.school, rules, dataset.schedule(scenario), folder)


def export_workbook(dataset: Dataset, path: Path, scenario: str = "") -> None:
    """
    Write all that :func:`export_dataset` writes to an Excel workbook, a sheet for each file.

    Raises
    ------
    InputError
        If it cannot be written, or would take sheets of the user's own with it.
    """
    rules = tuple(dataset.rules.values())
    tables = school_tables(dataset.school)
    if scenario:
        schedule = dataset.schedule(scenario)
        tables |= schedule_tables(dataset.school, schedule, *_judged(dataset.school, rules, schedule))
    tables[RULES_FILE] = Table([["Rules"], *([line] for line in format_rules(rules).splitlines())])
    write_workbook(tables, path)
