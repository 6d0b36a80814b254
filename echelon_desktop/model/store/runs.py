"""The history of solver runs in a school file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from echelon_desktop.model.store.connect import connect, explained
from echelon_desktop.model.store.schema import runs


@dataclass(frozen=True, slots=True)
class Run:
    """
    One run of the solver.

    Parameters
    ----------
    id
        The caller's, unique in the file.
    scenario
        Id of the scenario that the result went to, which may be gone by now.
    started, ended
        ISO 8601 in UTC; ``ended`` is empty while it runs, and stays so when the application dies.
    status
        The solver's verdict in one word.
    seed
        None when none was given.
    settings, figures
        What was asked and what came of it; anything that is JSON.
    """

    id: str
    scenario: str
    started: str
    ended: str = ""
    status: str = ""
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


def put(connection: sa.Connection, run: Run) -> None:
    """Write a run down, in place of the one with its id."""
    row = asdict(run) | {"settings": json.dumps(run.settings), "figures": json.dumps(run.figures)}
    connection.execute(sa.insert(runs).prefix_with("OR REPLACE"), row)


def drop(connection: sa.Connection, run_id: str) -> None:
    """Delete a run, if there is one of this id."""
    connection.execute(sa.delete(runs).where(runs.c.id == run_id))


def read(connection: sa.Connection) -> list[Run]:
    """All runs, in the order in which they started; ValueError if one is damaged."""
    rows = connection.execute(sa.select(runs).order_by(runs.c.started, runs.c.id)).mappings()
    return [
        Run(**{**row, "settings": json.loads(row["settings"]), "figures": json.loads(row["figures"])})
        for row in rows
    ]


def runs_of(path: Path) -> list[Run]:
    """
    The runs of a school file, without reading the school.

    Raises
    ------
    StoreError
        If the file cannot be read, or is no school file.
    """
    with connect(path, read_only=True) as connection, explained(path):
        if not sa.inspect(connection).has_table(runs.name):
            return []
        return read(connection)
