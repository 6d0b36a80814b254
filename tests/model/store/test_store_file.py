"""A school file in use: the order of a change, undo across restarts, snapshots, runs, readers."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import sqlalchemy as sa
from store_examples import add_course, delete_course, example, rename_student, state

from echelon_desktop.errors import DamagedFileError, EditError, StoreError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Changes, Edit, RowChange
from echelon_desktop.model.store import Run, SchoolFile, backups, restore_backup
from echelon_desktop.model.store.connect import driver, uri


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "My school.echelon"


def test_a_new_file_holds_what_it_was_given(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import of Chico") as file:
        assert state(file.dataset) == state(example())
        assert [(entry.title, entry.current) for entry in file.history()] == [("Import of Chico", True)]
        assert not file.can_undo
        assert not file.can_redo
        assert file.undo() is None
        assert file.redo() is None
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == [path.name]


def test_an_existing_file_is_not_overwritten(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        SchoolFile.create(path, example(), "Import")
    assert path.read_text() == "mine"


def test_a_change_is_on_the_disk_once_it_is_made(path: Path) -> None:
    def on_disk() -> str:
        with SchoolFile.open(path, read_only=True) as reader:
            return reader.dataset.school.students["st1"].name

    with SchoolFile.create(path, example(), "Import") as file:
        assert file.apply(rename_student(1, "Ada")).keys == {"students": {"st1"}}
        assert on_disk() == "Ada"
        file.undo()
        assert on_disk() == ""
        file.redo()
        assert on_disk() == "Ada"


def test_undo_and_redo_outlive_the_process(path: Path) -> None:
    SchoolFile.create(path, example(), "Import").close()
    script = (
        "import sys; from pathlib import Path; from store_examples import *;"
        "from echelon_desktop.model.store import SchoolFile;"
        "file = SchoolFile.open(Path(sys.argv[1])); file.apply(rename_student(1, 'Ada'));"
        "file.apply(delete_course('Bio')); file.undo(); file.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, env=_environment())
    with SchoolFile.open(path) as file:
        assert (file.undo_title, file.redo_title) == ("Rename st1 to Ada", "Delete Bio")
        assert file.redo() == ("Delete Bio", Changes({"courses": frozenset({"Bio"})}, frozenset({"courses"})))
        assert "Bio" not in file.dataset.school.courses
        assert file.undo()
        assert file.undo()
        assert not file.can_undo
        assert state(file.dataset) == state(example())


def _environment() -> dict[str, str]:
    here = Path(__file__).parent
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(here), str(here.parents[2])])}


def test_an_edit_after_an_undo_ends_what_could_be_redone(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        for name in ("a", "b", "c"):
            file.apply(rename_student(1, name))
        file.undo()
        file.undo()
        file.apply(rename_student(2, "z"))
        assert [entry.title[-1] for entry in file.history()[1:]] == ["a", "z"]
        assert not file.can_redo
        numbers = [entry.seq for entry in file.history()]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] > 3  # a number once given stays with its edit


def test_an_edit_of_nothing_leaves_no_trace(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        assert not file.apply(Edit("Nothing", ()))
        assert len(file.history()) == 1


def test_an_edit_that_does_not_fit_changes_nothing(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        with pytest.raises(EditError):
            file.apply(delete_course("Chemistry"))
        assert len(file.history()) == 1
        assert state(file.dataset) == state(example())


@pytest.mark.parametrize(
    "edit",
    [
        Edit("Too big", (RowChange("rooms", "12", e.Room("12", 2**63)),)),
        Edit("No number", (RowChange("rooms", "12", e.Room("12", "many")),)),  # type: ignore[arg-type]
        Edit("Nothing", (RowChange("groups", "AVID", e.Group("AVID", None)),)),  # type: ignore[arg-type]
        Edit("No text", (RowChange("students", "st1", e.Student("st1", name="\ud800")),)),
    ],
)
def test_a_value_that_cannot_be_written_takes_the_edit_back(path: Path, edit: Edit) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(add_course("Chem", 0))
        before = state(file.dataset)
        with pytest.raises(StoreError, match="cannot hold a value"):
            file.apply(Edit(edit.title, (*edit.changes, *delete_course("Art").changes)))
        assert state(file.dataset) == before
        file.apply(rename_student(1, "Ada"))  # it goes on as if nothing had been
        after = state(file.dataset)
    with SchoolFile.open(path) as file:
        assert state(file.dataset) == after
        assert [entry.title for entry in file.history()] == ["Import", "Add Chem", "Rename st1 to Ada"]


def test_snapshots_survive_and_are_restored_by_an_edit(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(add_course("Chem", 0))
        wanted = state(file.dataset)
        file.snapshot("Before the meeting")
        file.undo()
        file.apply(delete_course("Art"))  # the snapshot's own edit is gone from the history
    with SchoolFile.open(path) as file:
        before = state(file.dataset)
        assert [s.name for s in file.snapshots()] == ["Before the meeting"]
        assert file.restore_snapshot("Before the meeting").reshaped == {"courses"}
        assert state(file.dataset) == wanted
        assert not file.restore_snapshot("Before the meeting")  # nothing left to do, nothing to undo
        assert file.undo_title == "Restore snapshot Before the meeting"
        file.undo()
        assert state(file.dataset) == before


def test_a_snapshot_needs_a_name_of_its_own(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        file.snapshot("one")
        for name in ("one", " "):
            with pytest.raises(EditError):
                file.snapshot(name)
        with pytest.raises(EditError, match="no snapshot 'two'"):
            file.restore_snapshot("two")


def test_runs_are_kept_and_a_running_one_is_completed(path: Path) -> None:
    early = Run("1", "one", "2026-01-01T00:00:00Z", settings={"limit_s": 60})
    late = Run("2", "two", "2026-01-02T00:00:00Z", "2026-01-02T00:01:00Z", "optimal", 7, {}, {"missed": [3]})
    done = Run(
        "1", "one", early.started, "2026-01-03T00:00:00Z", "feasible", None, early.settings, {"missed": 0}
    )
    with SchoolFile.create(path, example(), "Import") as file:
        for run in (late, early, done):
            file.record_run(run)
    with SchoolFile.open(path, read_only=True) as file:
        assert file.runs() == [done, late]


def test_a_reader_sees_one_moment_and_changes_nothing(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        with SchoolFile.open(path, read_only=True) as reader:
            file.apply(rename_student(1, "Ada"))  # an open reader is in nobody's way
            assert state(reader.dataset) == state(example())
            bytes_before = path.read_bytes()
            for change in (
                lambda: reader.apply(rename_student(1, "Eve")),
                reader.undo,
                reader.redo,
                lambda: reader.snapshot("one"),
                lambda: reader.restore_snapshot("one"),
                lambda: reader.record_run(Run("1", "one", "")),
            ):
                with pytest.raises(StoreError, match="reading only"):
                    change()
            assert path.read_bytes() == bytes_before
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                driver(reader._connection).execute("DELETE FROM students")
        with SchoolFile.open(path, read_only=True) as reader:
            assert reader.dataset.school.students["st1"].name == "Ada"
            assert reader.undo_title == "Rename st1 to Ada"


def test_a_damaged_journal_is_told_and_leaves_the_data_alone(path: Path) -> None:
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(rename_student(1, "Ada"))
        wanted = state(file.dataset)
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE journal SET inverse = x'00'")
    with SchoolFile.open(path) as file:
        with pytest.raises(DamagedFileError, match="Restore one of its backups"):
            file.undo()
        assert state(file.dataset) == wanted
        file.apply(rename_student(2, "Eve"))


def test_the_model_alone_loads_no_database() -> None:
    script = (
        "import sys, pkgutil, importlib, echelon_desktop.model as m\n"
        "for info in pkgutil.iter_modules(m.__path__, m.__name__ + '.'):\n"
        "    if info.name != m.__name__ + '.store': importlib.import_module(info.name)\n"
        "assert not {'sqlalchemy', 'alembic', 'sqlite3'} & set(sys.modules), 'loaded'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=_environment())


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved on Windows")
def test_a_file_moved_away_while_open_takes_no_more_changes(path: Path) -> None:
    moved, copied = path.with_name("moved.echelon"), path.with_name("copied.echelon")
    with SchoolFile.create(path, example(), "Import") as file:
        shutil.copy(path, copied)
        path.rename(moved)
        for another in (False, True):  # gone, then replaced as a synchronising program does it
            if another:
                copied.rename(path)
            with pytest.raises(StoreError, match="moved, deleted or replaced"):
                file.apply(rename_student(1, "Ada"))
            assert state(file.dataset) == state(example())
        moved.replace(path)
        file.apply(rename_student(1, "Ada"))
    with SchoolFile.open(path, read_only=True) as reader:
        assert reader.dataset.school.students["st1"].name == "Ada"


def test_any_name_will_do(tmp_path: Path) -> None:
    path = tmp_path / "100% of [Çhico] #1 & 'more'; x=y" / "a%20b + [1-3] #ü.v2.echelon"
    path.parent.mkdir()
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(rename_student(1, "Ada"))
    SchoolFile.open(path).close()
    assert len(backups(path)) == 2
    restore_backup(path, backups(path)[-1].path)
    with SchoolFile.open(path, read_only=True) as reader:
        assert state(reader.dataset) == state(example())


def test_addresses_of_drives_and_network_folders() -> None:
    assert uri(PureWindowsPath(r"C:\My school\a.echelon"), "rw") == "file:///C:/My%20school/a.echelon?mode=rw"
    assert (
        uri(PureWindowsPath(r"\\server\share\a.echelon"), "rw") == "file:////server/share/a.echelon?mode=rw"
    )
    assert uri(PurePosixPath("/a?b#c"), "ro") == "file:///a%3Fb%23c?mode=ro"
