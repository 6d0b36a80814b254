"""Formats: the shipped revisions make the schema in use, and an update is whole or not at all."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store_examples import example, rename_student, state

from echelon_desktop.errors import NewerFormatError, StoreError
from echelon_desktop.model.store import SchoolFile, backups, migrate, restore_backup, schema
from echelon_desktop.model.store.connect import connect

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("pets", sa.Column("name", sa.Text, primary_key=True))
    op.add_column("students", sa.Column("pet", sa.Text))
    op.execute("UPDATE students SET name = 'updated ' || name")
    op.execute("INSERT INTO pets VALUES ('Rex')")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of the first format, with an edit to undo."""
    path = tmp_path / "school.echelon"
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(rename_student(1, "Ada"))
    return path


@pytest.fixture
def revise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a further revision, as a newer version of the application would bring it."""

    def install(text: str) -> None:
        scripts = tmp_path / "scripts 100%"
        shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (scripts / "versions" / "0003_next.py").write_text(text)
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)

    return install


def name_in(path: Path) -> str:
    with SchoolFile.open(path, read_only=True) as file:
        return file.dataset.school.students["st1"].name


def test_the_shipped_revisions_make_the_tables_in_use(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        # What alembic does not compare: strictness, storage and keys.
        found = dict(
            connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all()
        )
    for name, table in schema.metadata.tables.items():
        wanted = str(sa.schema.CreateTable(table).compile(dialect=engine.dialect))
        assert found[name].split() == wanted.split()


def test_the_format_is_in_the_header(path: Path) -> None:
    header = path.read_bytes()[:72]
    assert int.from_bytes(header[60:64], "big") == migrate.newest_format() == 2
    assert header[68:72] == b"Echl"


def test_an_older_file_is_updated_after_a_backup(path: Path, revise) -> None:
    before = backups(path)
    revise(NEXT)
    with SchoolFile.open(path) as file:
        assert file.dataset.school.students["st1"].name == "updated Ada"
        assert file.undo_title == "Rename st1 to Ada"
    newest, *older = backups(path)[1:]  # the very newest is of the updated file
    assert newest.reason == "before update"
    assert older == before
    with connect(path, read_only=True) as connection:
        assert migrate.file_format(connection, path) == 3
        assert connection.exec_driver_sql("SELECT name FROM pets").scalar_one() == "Rex"
    count = len(backups(path))
    SchoolFile.open(path).close()
    assert len(backups(path)) == count


def test_an_update_can_be_taken_back_by_its_backup(
    path: Path, revise, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = migrate.SCRIPTS
    revise(NEXT)
    SchoolFile.open(path).close()
    (saved,) = (b for b in backups(path) if b.reason == "before update")
    monkeypatch.setattr(migrate, "SCRIPTS", shipped)
    with pytest.raises(NewerFormatError, match="file format 3, this version knows up to 2"):
        SchoolFile.open(path)
    restore_backup(path, saved.path)
    with SchoolFile.open(path) as file:
        assert file.dataset.school.students["st1"].name == "Ada"
        file.undo()
        assert state(file.dataset) == state(example())


def test_a_reader_of_an_older_file_leaves_it_alone(path: Path, revise) -> None:
    before, count = path.read_bytes(), len(backups(path))
    revise(NEXT)
    with SchoolFile.open(path, read_only=True) as reader:
        assert reader.dataset.school.students["st1"].name == "updated Ada"
        assert len(reader.history()) == 2
    assert path.read_bytes() == before
    assert len(backups(path)) == count


def test_an_update_that_fails_at_its_end_leaves_the_file_as_it_was(
    path: Path, revise, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, before = migrate.SCRIPTS, path.read_bytes()
    revise(NEXT + "    raise RuntimeError('a bug in the revision')\n")
    with pytest.raises(RuntimeError, match="a bug in the revision"):
        SchoolFile.open(path)
    monkeypatch.setattr(migrate, "SCRIPTS", shipped)
    assert path.read_bytes() == before
    assert name_in(path) == "Ada"
    assert name_in(backups(path)[0].path) == "Ada"


def test_no_update_without_a_backup(path: Path, revise) -> None:
    folder = backups(path)[0].path.parent
    shutil.rmtree(folder)
    folder.write_text("a file in the way")
    before = path.read_bytes()
    revise(NEXT)
    with pytest.raises(StoreError):
        SchoolFile.open(path)
    assert path.read_bytes() == before
