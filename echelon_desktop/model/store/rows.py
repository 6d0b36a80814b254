"""The school as rows of the file: reading all of them, writing those that an edit touched."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, School
from echelon_desktop.model.store.schema import RECORDS, RecordTable
from echelon_desktop.model.tables import SCHOOL_TABLES

# Room between neighbours: a row put between two others rarely means renumbering.
GAP = 1 << 32

Positions = dict[str, dict[e.Key, int]]


def dataset_of(records: Mapping[str, Iterable[e.Record]]) -> Dataset:
    """A dataset from the records of its tables, by table name."""
    school = {spec.name for spec in SCHOOL_TABLES}
    decisions: dict[str, Any] = {name: rows for name, rows in records.items() if name not in school}
    return Dataset(School(**{name: rows for name, rows in records.items() if name in school}), **decisions)


def read(connection: sa.Connection) -> tuple[Dataset, Positions]:
    """
    All rows of the file, and where they stand.

    Raises
    ------
    KeyError, TypeError, ValueError, EditError
        If a row describes no record.
    """
    records: dict[str, list[e.Record]] = {}
    positions: Positions = {}
    for name, table in RECORDS.items():
        rows = connection.execute(table.select).all()
        records[name] = [table.from_row(row) for row in rows]
        key_of = table.spec.key_of
        positions[name] = {key_of(r): row[-1] for r, row in zip(records[name], rows, strict=True)}
    return dataset_of(records), positions


def write_all(connection: sa.Connection, dataset: Dataset) -> None:
    """Fill the empty tables of a new file."""
    for name, table in RECORDS.items():
        rows = [table.to_row(r, i * GAP) for i, r in enumerate(dataset.table(name).values())]
        if rows:
            connection.execute(table.put, rows)


def write(connection: sa.Connection, dataset: Dataset, edit: Edit, positions: Positions) -> Positions:
    """
    Write the rows that an edit has just changed in a dataset.

    Returns
    -------
    dict
        Where the rows of the changed tables stand now; to replace those in ``positions`` once the change is
        committed.
    """
    changed: Positions = {}
    for name in dict.fromkeys(change.table for change in edit.changes):
        table, changes = RECORDS[name], [c for c in edit.changes if c.table == name]
        kept = dict(positions[name])
        for change in changes:
            if change.record is None or change.index is not None:
                kept.pop(change.key, None)
        gone = [table.key_row(c.key) for c in changes if c.record is None]
        if gone:
            connection.execute(table.delete, gone)
        order = list(dataset.table(name))
        if len(kept) == len(order):  # nothing new, nothing moved
            changed[name] = kept
        else:
            changed[name] = _placed(order, kept)
        _put(
            connection, table, dataset, {c.key for c in changes if c.record is not None}, changed[name], kept
        )
    return changed


def _put(
    connection: sa.Connection,
    table: RecordTable,
    dataset: Dataset,
    keys: set[e.Key],
    positions: Mapping[e.Key, int],
    before: Mapping[e.Key, int],
) -> None:
    if any(positions[key] != position for key, position in before.items()):
        keys = set(positions)  # renumbered
    records = dataset.table(table.spec.name)
    rows = [table.to_row(records[key], positions[key]) for key in keys]
    if rows:
        connection.execute(table.put, rows)


def _placed(order: list[e.Key], known: Mapping[e.Key, int]) -> dict[e.Key, int]:
    """Positions for all keys in ``order``: the known ones where they stand, unless there is no room."""
    placed: dict[e.Key, int] = {}
    run: list[e.Key] = []  # keys without a position since the last known one
    low: int | None = None
    for key in order:
        high = known.get(key)
        if high is None:
            run.append(key)
            continue
        if run:
            start = high - GAP * (len(run) + 1) if low is None else low
            step = (high - start) // (len(run) + 1)
            if step == 0:
                return {key: i * GAP for i, key in enumerate(order)}
            placed.update((k, start + step * i) for i, k in enumerate(run, 1))
            run = []
        placed[key] = low = high
    end = -GAP if low is None else low
    placed.update((k, end + GAP * i) for i, k in enumerate(run, 1))
    return placed
