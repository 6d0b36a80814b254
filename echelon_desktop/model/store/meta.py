"""Facts about the file itself, as names and values."""

import secrets
from collections.abc import Mapping

import sqlalchemy as sa

from echelon_desktop.model.store.schema import meta

# Drawn anew with every change, so that two files with the same mark have the same content. A counter would
# not do: after a backup is restored, it would count the same numbers for other content.
CONTENT = "content"


def put(connection: sa.Connection, facts: Mapping[str, str]) -> None:
    """Write facts down, in place of those of the same name."""
    rows = [{"name": name, "value": value} for name, value in facts.items()]
    connection.execute(sa.insert(meta).prefix_with("OR REPLACE"), rows)


def touch(connection: sa.Connection) -> None:
    """Mark the content as changed; part of every transaction that writes."""
    put(connection, {CONTENT: secrets.token_hex(16)})


def read(connection: sa.Connection) -> dict[str, str]:
    """All facts: title, created (ISO 8601, UTC), app_version, content."""
    return {row.name: row.value for row in connection.execute(sa.select(meta))}
