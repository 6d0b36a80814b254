"""The first format: a table per kind of record, the journal, snapshots, runs and facts about the file."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def integer(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def records(name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    """A table of records: strict, stored by key, ordered by position."""
    keys = (sa.Column(part, sa.Text, primary_key=True, nullable=False) for part in key)
    op.create_table(name, *keys, *columns, integer("position"), sqlite_strict=True, sqlite_with_rowid=False)


def upgrade() -> None:
    records("periods", ("id",), text("number"), text("day"), integer("order"), text("extra"))
    records("terms", ("id",), text("name"), text("extra"))
    records("patterns", ("id",), text("choices"), text("extra"))
    records("rooms", ("id",), integer("seats", nullable=True), text("extra"))
    records("groups", ("id",), text("name"), text("extra"))
    records(
        "courses",
        ("id",),
        text("title"),
        text("department"),
        text("allowed_periods"),
        integer("lab", nullable=True),
        integer("sped_limit", nullable=True),
        text("pattern"),
        text("term_choices"),
        text("extra"),
    )
    records(
        "teachers",
        ("id",),
        text("department"),
        text("dedicated_course"),
        integer("load", nullable=True),
        integer("science_sections", nullable=True),
        text("name"),
        sa.Column("fte", sa.REAL, nullable=True),
        integer("max_load", nullable=True),
        integer("max_preps", nullable=True),
        integer("max_consecutive", nullable=True),
        text("extra"),
    )
    records(
        "sections",
        ("id",),
        text("course"),
        text("teachers"),
        integer("seats"),
        text("department"),
        text("room"),
        text("pattern"),
        text("term_choices"),
        text("allowed_periods"),
        text("grades"),
        text("groups"),
        integer("sped_limit", nullable=True),
        text("extra"),
    )
    records("links", ("id",), text("kind"), text("sections"), text("extra"))
    records("unavailability", ("teacher",), text("slots"), text("extra"))
    records(
        "students",
        ("id",),
        integer("sped"),
        text("name"),
        text("grade"),
        text("counselor"),
        text("groups"),
        text("unavailable"),
        text("extra"),
    )
    records("requests", ("student",), text("requests"), text("extra"))
    records(
        "rules",
        ("id",),
        text("kind"),
        integer("level", nullable=True),
        integer("weight"),
        text("courses"),
        text("departments"),
        text("teachers"),
        text("sections"),
        text("grades"),
        text("periods"),
        integer("limit", nullable=True),
    )
    records("scenarios", ("id",), text("name"), text("created"), text("note"))
    records(
        "placements",
        ("scenario", "section"),
        text("periods"),
        text("terms"),
        text("teachers"),
        text("room"),
        integer("locked"),
        text("forbidden"),
    )
    records("seatings", ("scenario", "student"), text("seats"), text("pinned"))
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        text("at"),
        text("title"),
        integer("undone"),
        sa.Column("edit", sa.LargeBinary, nullable=False),
        sa.Column("inverse", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "snapshots",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        text("at"),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        text("scenario"),
        text("started"),
        text("ended"),
        text("status"),
        integer("seed", nullable=True),
        text("settings"),
        text("figures"),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        text("value"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
