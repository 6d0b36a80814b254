"""What the assignment of teachers and rooms goes by: who can teach what, types of rooms, buildings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Table → its new columns, as they stand before the school's own, with what old rows have in them.
_NEW = {
    "rooms": {"building": "", "type": ""},
    "courses": {"room_type": ""},
    "teachers": {"courses": "[]"},
}


def upgrade() -> None:
    for name, added in _NEW.items():
        old = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
        op.rename_table(name, "old")
        columns = []
        for column in old.columns:
            if column.name == "extra":
                columns += [sa.Column(new, sa.Text, nullable=False) for new in added]
            columns.append(
                sa.Column(column.name, column.type, primary_key=column.primary_key, nullable=column.nullable)
            )
        # SQLite can add a column at the end only.
        new = op.create_table(name, *columns, sqlite_strict=True, sqlite_with_rowid=False)
        source = sa.table("old", *(sa.column(column.name) for column in old.columns))
        values = [sa.literal(added[c.name]) if c.name in added else source.c[c.name] for c in new.columns]
        op.execute(new.insert().from_select([c.name for c in new.columns], sa.select(*values)))
        op.drop_table("old")
