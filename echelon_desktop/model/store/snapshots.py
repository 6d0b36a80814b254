"""
Named snapshots in a school file: the whole state, compressed.

A pointer into the journal would be smaller, but the entries it leads through go when something is edited
after an undo.
"""

import json
import zlib
from dataclasses import dataclass

import sqlalchemy as sa

from echelon_desktop.model.codec import record_from_json, record_to_json
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.store.journal import now
from echelon_desktop.model.store.rows import dataset_of
from echelon_desktop.model.store.schema import snapshots
from echelon_desktop.model.tables import TABLES


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state with a name; ``when`` is ISO 8601 in UTC."""

    name: str
    when: str


def add(connection: sa.Connection, name: str, dataset: Dataset) -> None:
    """Keep the state of a dataset under a name that is not taken."""
    tables = {table: [record_to_json(r) for r in dataset.table(table).values()] for table in TABLES}
    state = zlib.compress(json.dumps(tables, separators=(",", ":")).encode(), 1)
    connection.execute(sa.insert(snapshots), {"name": name, "at": now(), "state": state})


def names(connection: sa.Connection) -> list[Snapshot]:
    """All snapshots, oldest first."""
    query = sa.select(snapshots.c.name, snapshots.c.at).order_by(snapshots.c.at, snapshots.c.name)
    return [Snapshot(row.name, row.at) for row in connection.execute(query)]


def read(connection: sa.Connection, name: str) -> Dataset | None:
    """
    The state under a name, None when there is none.

    Raises
    ------
    zlib.error, KeyError, TypeError, ValueError, EditError
        If the bytes describe no state.
    """
    query = sa.select(snapshots.c.state).where(snapshots.c.name == name)
    state = connection.execute(query).scalar_one_or_none()
    if state is None:
        return None
    tables = json.loads(zlib.decompress(state))
    return dataset_of({table: [record_from_json(table, r) for r in rows] for table, rows in tables.items()})
