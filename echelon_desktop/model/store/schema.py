"""
The SQL tables of a school file, and records as their rows.

The tables of records follow from the dataclasses: a column per field, numbers and text as such, everything
else as JSON text. The migrations say the same in words of their own, since they must not change when the
dataclasses do; a test compares the two.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from echelon_desktop.model import codec
from echelon_desktop.model import entities as e
from echelon_desktop.model.tables import TABLES, TableSpec

APPLICATION_ID = 0x4563686C  # "Echl"; in the header of every school file

metadata = sa.MetaData()

_SCALARS: dict[type, type[sa.types.TypeEngine[Any]]] = {
    str: sa.Text,
    int: sa.Integer,
    bool: sa.Integer,
    float: sa.REAL,
}


_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a record as a column; the converters are None where the value is stored as it is."""

    column: sa.Column[Any]
    to_sql: Callable[[Any], Any] | None = None
    from_sql: Callable[[Sequence[Any]], Sequence[Any]] | None = None  # of a whole column


def _field(name: str, hint: Any, key: bool) -> _Field:
    optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    if optional:
        (hint,) = (arg for arg in get_args(hint) if arg is not NoneType)
    if isinstance(hint, type) and issubclass(hint, Enum):
        column = sa.Column(name, sa.Text, primary_key=key, nullable=False)
        return _Field(column, None, lambda texts: [hint(text) for text in texts])
    if hint in _SCALARS:
        column = sa.Column(name, _SCALARS[hint], primary_key=key, nullable=optional)
        return _Field(column, None, _truths if hint is bool else None)
    to_json, from_json = codec.value_codec(hint)
    return _Field(
        sa.Column(name, sa.Text, nullable=False),
        lambda value: _encode(to_json(value)),
        # One JSON text is read many times faster than thousands of small ones.
        lambda texts: [from_json(value) for value in json.loads(f"[{','.join(texts)}]")],
    )


def _truths(numbers: Sequence[int | None]) -> list[bool | None]:
    return [None if number is None else bool(number) for number in numbers]


class RecordTable:
    """
    The SQL table of one kind of record, which it turns into rows and back.

    ``position`` keeps the order of the rows; only its order means something, not the number.
    """

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        hints = get_type_hints(spec.record)
        self._fields = [_field(name, hints[name], name in spec.key) for name in spec.fields]
        self.sql = sa.Table(
            spec.name,
            metadata,
            *(f.column for f in self._fields),
            sa.Column("position", sa.Integer, nullable=False),
            sqlite_strict=True,
            sqlite_with_rowid=False,
        )
        self.put = sa.insert(self.sql).prefix_with("OR REPLACE")
        self.delete = sa.delete(self.sql).where(
            *(self.sql.c[name] == sa.bindparam(f"key_{name}") for name in spec.key)
        )
        # The columns in a fixed order, whatever order the file has them in.
        self.select = sa.select(*self.sql.columns).order_by(self.sql.c.position)

    def to_row(self, record: e.Record, position: int) -> dict[str, Any]:
        """Parameters of ``put``."""
        row: dict[str, Any] = {"position": position}
        for field in self._fields:
            value = getattr(record, field.column.name)
            row[field.column.name] = field.to_sql(value) if field.to_sql else value
        return row

    def key_row(self, key: e.Key) -> dict[str, str]:
        """Parameters of ``delete``."""
        parts = (key,) if isinstance(key, str) else key
        return {f"key_{name}": part for name, part in zip(self.spec.key, parts, strict=True)}

    def from_rows(self, rows: Sequence[Sequence[Any]]) -> list[e.Record]:
        """The records in rows of ``select`` (whose last value is the position)."""
        if not rows:
            return []
        # The field first, the rows within: the school is read column by column.
        columns = zip(*rows, strict=True)
        values = (f.from_sql(c) if f.from_sql else c for f, c in zip(self._fields, columns, strict=False))
        return [cast(e.Record, self.spec.record(*row)) for row in zip(*values, strict=True)]


RECORDS = {name: RecordTable(spec) for name, spec in TABLES.items()}

# Numbers of entries are never given twice, so that one can be named after the entry is gone.
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("undone", sa.Integer, nullable=False),
    sa.Column("edit", sa.LargeBinary, nullable=False),
    sa.Column("inverse", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, nullable=False),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("ended", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("seed", sa.Integer),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Column("figures", sa.Text, nullable=False),
    sqlite_strict=True,
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
