"""
What can be mended without a doubt: finding → the one edit that mends it.

Only what a scheduler would do without thinking is here; whatever needs a choice stays theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from echelon_desktop.model.checks.spelling import by_loose_spelling, loose
from echelon_desktop.model.csv_io.bell import SlotNames
from echelon_desktop.model.dataset import Dataset, Edit, RowChange, School
from echelon_desktop.model.difference import difference
from echelon_desktop.model.findings import Finding
from echelon_desktop.model.mentions import remapped
from echelon_desktop.model.row_edits import delete_rows, write_rows
from echelon_desktop.model.scope import is_lab
from echelon_desktop.model.sheets import RowId, field_of, row_of, sheet_of
from echelon_desktop.model.tables import SCHOOL_TABLES, TABLES

Remedy = Callable[[Dataset, Finding], Edit | None]


def remedy_for(dataset: Dataset, finding: Finding) -> Edit | None:
    """The edit that mends what was found, its title saying how; None where people must decide."""
    remedy = REMEDIES.get(finding.code)
    if remedy is None or finding.key not in dataset.table(finding.table or "rules"):
        return None
    return remedy(dataset, finding)


def mend_all(dataset: Dataset, findings: Iterable[Finding], title: str) -> Edit:
    """One edit of that title that mends all of the findings that can be mended."""
    school = School(**{spec.name: dataset.table(spec.name).values() for spec in SCHOOL_TABLES})
    after = Dataset(school, *(dataset.table(n).values() for n in TABLES if not hasattr(school, n)))
    for finding in findings:
        edit = remedy_for(after, finding)
        if edit is not None:
            after.apply(edit)
    return difference(dataset, after, title)


def _write(dataset: Dataset, table: str, row: RowId, field: str, value: Any, title: str) -> Edit:
    return write_rows(dataset, sheet_of(table), {row: {field: value}}, title=title)


def _state_load(dataset: Dataset, finding: Finding) -> Edit | None:
    load = sum(finding.key in section.teachers for section in dataset.school.sections.values())
    return _write(
        dataset, "teachers", RowId(finding.key), "load", load, f"Set the load of {finding.key} to {load}"
    )


def _state_science(dataset: Dataset, finding: Finding) -> Edit | None:
    school = dataset.school
    labs = sum(finding.key in s.teachers and is_lab(school, s) for s in school.sections.values())
    title = f"Set the science sections of {finding.key} to {labs}"
    return _write(dataset, "teachers", RowId(finding.key), "science_sections", labs, title)


def _write_known_id(dataset: Dataset, finding: Finding) -> Edit | None:
    """Put the one known id that differs in leading zeros, capitals or spaces only."""
    targets = dict(TABLES[finding.table].references)
    field = field_of(finding)
    target = targets.get(field, "courses" if finding.table == "requests" else "")
    if not target or finding.value in dataset.table(target):
        return None
    meant = by_loose_spelling(map(str, dataset.table(target))).get(loose(finding.value), [])
    if len(meant) != 1:
        return None
    title = f"Replace {finding.value} by {meant[0]}"
    if field in TABLES[finding.table].key:
        return _rename_row(dataset, finding, meant[0], title)
    changes = []
    for key, record in dataset.table(finding.table).items():
        # Every row that has the wrong id means the same.
        after = remapped(finding.table, record, target, {finding.value: meant[0]})
        if after is not record and after is not None and TABLES[finding.table].key_of(after) == key:
            changes.append(RowChange(finding.table, key, after))
    return Edit(title, tuple(changes)) if changes else None


def _rename_row(dataset: Dataset, finding: Finding, meant: str, title: str) -> Edit | None:
    """Put a row under the id that its own should be; None where that has a row already."""
    table = dataset.table(finding.table)
    if meant in table:
        return None
    record: Any = replace(table[finding.key], **{field_of(finding): meant})
    place = list(table).index(finding.key)
    changes = [RowChange(finding.table, finding.key, None), RowChange(finding.table, meant, record, place)]
    if finding.table == "requests":
        for key in ((str(scenario), finding.key) for scenario in dataset.scenarios):
            seating = dataset.seatings.get(key)
            if seating is not None:
                theirs = replace(seating, student=meant)
                changes += [RowChange("seatings", key, None), RowChange("seatings", (key[0], meant), theirs)]
    return Edit(title, tuple(changes))


def _write_known_period(dataset: Dataset, finding: Finding) -> Edit | None:
    slots = SlotNames(dataset.school.periods.values(), map(str, dataset.school.terms))
    meant = slots.resolve(finding.value)
    record = dataset.table(finding.table)[finding.key]
    field = field_of(finding)
    before = getattr(record, field, ())
    if meant is None or finding.value not in before or finding.table == "rules":
        return None
    after = tuple(dict.fromkeys(meant if text == finding.value else text for text in before))
    title = f"Write {finding.value} as {meant}"
    return _write(dataset, finding.table, RowId(finding.key), field, after, title)


def _request_once(dataset: Dataset, finding: Finding) -> Edit | None:
    requests = dataset.school.requests[finding.key].requests
    places = [i for i, request in enumerate(requests) if request.course == finding.value]
    title = f"Remove the second request of {finding.key} for {finding.value}"
    rows = [RowId(finding.key, place) for place in places[1:]]
    return delete_rows(dataset, sheet_of("requests"), rows, title) if rows else None


def _drop_alternate(dataset: Dataset, finding: Finding) -> Edit | None:
    requests = dataset.school.requests[finding.key].requests
    cells = {
        RowId(finding.key, i): {"alternates": tuple(a for a in request.alternates if a != finding.value)}
        for i, request in enumerate(requests)
        if finding.value in request.alternates
    }
    title = f"Drop the alternate {finding.value} of {finding.key}"
    return write_rows(dataset, sheet_of("requests"), cells, title=title) if cells else None


def _rank_first(dataset: Dataset, finding: Finding) -> Edit | None:
    requests = dataset.school.requests[finding.key].requests
    cells = {RowId(finding.key, i): {"rank": 1} for i, request in enumerate(requests) if request.rank < 1}
    title = f"Give the requests of {finding.key} rank 1"
    return write_rows(dataset, sheet_of("requests"), cells, title=title) if cells else None


def _number_periods(dataset: Dataset, finding: Finding) -> Edit | None:
    day = dataset.school.periods[finding.key].day
    periods = [period for period in dataset.school.periods.values() if period.day == day]
    cells = {RowId(period.id): {"order": i} for i, period in enumerate(periods, 1) if period.order != i}
    return write_rows(dataset, sheet_of("periods"), cells, title="Number the periods as they are listed")


def _drop_row(dataset: Dataset, finding: Finding) -> Edit | None:
    row = row_of(dataset, finding)
    return None if row is None else delete_rows(dataset, sheet_of(finding.table), [row])


REMEDIES: dict[str, Remedy] = {
    "load-differs": _state_load,
    "science-sections-differ": _state_science,
    "unknown-id": _write_known_id,
    "unknown-id-ignored": _write_known_id,
    "request-without-section": _write_known_id,
    "unknown-period": _write_known_period,
    "request-twice": _request_once,
    "alternate-useless": _drop_alternate,
    "rank-below-one": _rank_first,
    "period-order-twice": _number_periods,
    "link-too-short": _drop_row,
}
"""Code of a finding → what mends it."""
