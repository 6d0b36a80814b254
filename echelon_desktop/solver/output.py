"""The files of a schedule, with what only solving can tell: why requests are unmet, and what is broken."""

from collections.abc import Mapping
from pathlib import Path

from echelon_desktop.model.csv_io import write_schedule, write_school
from echelon_desktop.model.dataset import Dataset, Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import RULES_FILE, format_rules
from echelon_desktop.solver.explain import explain_unmet
from echelon_desktop.solver.verify import metrics, verify


def write_result(
    school: School,
    rules: tuple[Rule, ...],
    schedule: Schedule,
    folder: Path,
    beside: Mapping[str, bytes] | None = None,
) -> None:
    """
    Write the CSV files of a schedule, and further files about it, by name; all of them or none.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    verdict = verify(school, rules, schedule)
    reasons = {request: why.text for request, why in explain_unmet(school, rules, schedule).items()}
    write_schedule(school, schedule, folder, reasons, metrics(verdict, school, schedule), beside)


def export_dataset(dataset: Dataset, folder: Path, scenario: str = "") -> None:
    """
    Write the school's files and rules to a folder, and a scenario's schedule when one is named by id.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    OSError
        If the rules cannot.
    """
    rules = tuple(dataset.rules.values())
    folder.mkdir(parents=True, exist_ok=True)
    write_school(dataset.school, folder)
    (folder / RULES_FILE).write_text(format_rules(rules), encoding="utf-8")
    if scenario:
        write_result(dataset.school, rules, dataset.schedule(scenario), folder)
