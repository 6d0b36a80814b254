"""
The school file (``*.echelon``): one SQLite database with the school, its history and its snapshots.

This package holds the project's only SQL. Importing it loads SQLAlchemy; importing ``echelon_desktop.model``
does not.
"""

from echelon_desktop.model.store.backup import Backup, backups, restore_backup
from echelon_desktop.model.store.checkpoint import (
    checkpoint_of,
    has_checkpoint,
    with_checkpoint,
    without_checkpoint,
)
from echelon_desktop.model.store.file import SchoolFile
from echelon_desktop.model.store.journal import Entry
from echelon_desktop.model.store.lock import Writer
from echelon_desktop.model.store.runs import Run, runs_of
from echelon_desktop.model.store.snapshots import Snapshot

__all__ = [
    "Backup",
    "Entry",
    "Run",
    "SchoolFile",
    "Snapshot",
    "Writer",
    "backups",
    "checkpoint_of",
    "has_checkpoint",
    "restore_backup",
    "runs_of",
    "with_checkpoint",
    "without_checkpoint",
]
