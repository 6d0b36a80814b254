"""
The format of a school file and its migrations.

The revisions of alembic are numbered from 0001; that number, as ``PRAGMA user_version``, is the format of
a file, so that a newer one is known before anything in it is read.

A revision changes the tables, and the records in the journal and the snapshots too, which are JSON: a field
that is new needs nothing there if it has a default; one that is renamed or dropped must be rewritten.
"""

import re
from pathlib import Path

import sqlalchemy as sa

from echelon_desktop.errors import DamagedFileError, NewerFormatError
from echelon_desktop.model.store.schema import APPLICATION_ID

# Found from here, so that it is also right in a frozen application.
SCRIPTS = Path(__file__).parent / "migrations"


def newest_format() -> int:
    """Number of the newest revision, which is the format that this version writes."""
    names = (re.match(r"(\d{4})_.*\.py$", path.name) for path in (SCRIPTS / "versions").iterdir())
    return max(int(match[1]) for match in names if match)


def file_format(connection: sa.Connection, path: Path) -> int:
    """
    Format number of a file.

    Raises
    ------
    DamagedFileError
        If it is not a school file.
    NewerFormatError
        If this version is too old for it.
    """
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    number: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if application != APPLICATION_ID or number < 1:
        raise DamagedFileError(f"{path.name} is a database, but not a school file. Choose another file.")
    if number > newest_format():
        raise NewerFormatError(
            f"{path.name} was written by a newer version of Echelon Desktop (file format {number}, this "
            f"version knows up to {newest_format()}). Install the newer version; nothing was changed."
        )
    return number


def migrate(connection: sa.Connection) -> None:
    """Bring a file, or an empty database, to the newest format; within the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    command.upgrade(config, "head")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
    connection.exec_driver_sql(f"PRAGMA user_version = {newest_format():d}")
