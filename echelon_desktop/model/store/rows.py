"""The school as rows of the file: reading all of them, writing those that an edit touched."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, School
from echelon_desktop.model.store.schema import RECORDS
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
    with _without_collecting():
        for name, table in RECORDS.items():
            rows = connection.execute(table.select).all()
            records[name] = table.from_rows(rows)
            key_of = table.spec.key_of
            positions[name] = {key_of(r): row[-1] for r, row in zip(records[name], rows, strict=True)}
        return dataset_of(records), positions


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking all new records again and again: a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


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
        Where the rows stand now, of the tables where that has changed; to replace those in ``positions``
        once the change is committed.
    """
    changed: Positions = {}
    for name in dict.fromkeys(change.table for change in edit.changes):
        changes = [c for c in edit.changes if c.table == name]
        records, before = dataset.table(name), positions[name]
        put = {c.key for c in changes if c.record is not None}
        if len(put) < len(changes) or any(c.index is not None or c.key not in before for c in changes):
            kept = dict(before)
            for change in changes:
                if change.record is None or change.index is not None:
                    kept.pop(change.key, None)
            changed[name] = _placed(list(records), kept)
            put.update(key for key, position in kept.items() if changed[name][key] != position)
        table, placed = RECORDS[name], changed.get(name, before)
        gone = [table.key_row(c.key) for c in changes if c.record is None]
        if gone:
            connection.execute(table.delete, gone)
        if put:
            connection.execute(table.put, [table.to_row(records[key], placed[key]) for key in put])
    return changed


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
