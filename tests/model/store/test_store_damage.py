"""Files that are none, damaged files, full and write-protected disks: said clearly, nothing lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_examples import add_course, delete_course, example, interrupt, journal_of, rename_student, state

from echelon_desktop.errors import DamagedFileError, EchelonError, NewerFormatError, StoreError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.store import Run, SchoolFile, backups, restore_backup
from echelon_desktop.model.store.connect import driver

Protect = Callable[[Path], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "school.echelon"
    SchoolFile.create(path, example(), "Import").close()
    return path


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Student ID,SPED\n1,Yes\n", "import it"),
        (b"PK\x03\x04" + b"\0" * 60, "import it"),
        (b"SQLite format 3\0", "damaged"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "damaged"),
    ],
)
def test_what_is_no_school_file_is_refused(
    tmp_path: Path, content: bytes, words: str, read_only: bool
) -> None:
    path = tmp_path / "school.echelon"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=words):
        SchoolFile.open(path, read_only=read_only)
    assert path.read_bytes() == content


@pytest.mark.parametrize("read_only", [False, True])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "photos.echelon"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (id)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(DamagedFileError, match="not a school file"):
        SchoolFile.open(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_missing_files_and_folders_are_named(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(StoreError, match=r"no file .*gone\.echelon"):
        SchoolFile.open(tmp_path / "gone.echelon", read_only=read_only)
    with pytest.raises(StoreError, match="folder"):
        SchoolFile.open(tmp_path, read_only=read_only)
    with pytest.raises(StoreError, match="nowhere"):
        SchoolFile.open(tmp_path / "nowhere" / "school.echelon", read_only=read_only)
    with pytest.raises(StoreError, match="no folder"):
        SchoolFile.create(tmp_path / "nowhere" / "school.echelon", example(), "Import")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_format_is_refused_before_anything_is_read(path: Path, read_only: bool) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 9999")
        other.execute("DROP TABLE meta")
    other.close()
    before, found = path.read_bytes(), backups(path)
    with pytest.raises(NewerFormatError, match="file format 9999"):
        SchoolFile.open(path, read_only=read_only)
    assert path.read_bytes() == before
    assert backups(path) == found


def exercise(path: Path) -> None:
    """Whatever can be done with a file; only errors with words for the user may come out."""
    for read_only in (True, False):
        try:
            with SchoolFile.open(path, read_only=read_only) as file:
                actions = [
                    file.history,
                    file.runs,
                    lambda file=file: [file.restore_snapshot(s.name) for s in file.snapshots()],
                    *[file.undo] * 4,
                    file.redo,
                    lambda file=file: file.apply(rename_student(1, "Eve")),
                    lambda file=file: file.snapshot("another"),
                ]
                for action in actions:
                    with suppress(EchelonError):
                        action()
        except StoreError:
            continue
    for backup in backups(path)[:1]:
        with suppress(StoreError):
            restore_backup(path, backup.path)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that has some of everything."""
    path = tmp_path_factory.mktemp("sound") / "school.echelon"
    with SchoolFile.create(path, example(), "Import") as file:
        file.apply(rename_student(1, "Ada"))
        file.snapshot("one")
        file.apply(add_course("Chem", 0))
        file.apply(delete_course("Art"))
        file.undo()
        file.record_run(Run("1", "one", "2026-01-01", settings={"limit_s": 60}))
    return path


@settings(max_examples=25)
@given(data=st.data())
def test_damaged_bytes_never_end_in_a_traceback(
    data: st.DataObject, sound: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damage") / "school.echelon"
    damaged = bytearray(sound.read_bytes())
    # The text of rows and of the schema more often than the empty parts of pages.
    used = [i for i, byte in enumerate(damaged) if byte]
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.sampled_from(used))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(damaged))
    exercise(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_field_that_no_record_has_is_damage(sound: Path, tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "school.echelon"
    content = sound.read_bytes()
    assert b'"alternates"' in content
    path.write_bytes(content.replace(b'"alternates"', b'"alternatez"'))
    with pytest.raises(DamagedFileError, match="cannot be read"):
        SchoolFile.open(path, read_only=read_only)


@settings(max_examples=15)
@given(data=st.data())
def test_a_truncated_file_is_refused(
    data: st.DataObject, sound: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("truncated") / "school.echelon"
    content = sound.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    for read_only in (False, True):
        with pytest.raises(DamagedFileError):
            SchoolFile.open(path, read_only=read_only)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("table", ["students", "journal", "snapshots", "runs"])
def test_a_damaged_page_is_noticed_at_opening_wherever_it_is(
    sound: Path, tmp_path: Path, table: str, read_only: bool
) -> None:
    path = tmp_path / "school.echelon"
    content = bytearray(sound.read_bytes())
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as other:
        (page,) = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    content[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(content)
    with pytest.raises(DamagedFileError):
        SchoolFile.open(path, read_only=read_only)


def big_edit() -> Edit:
    """An edit that does not fit on a small disk, whose rows come in the middle, first and last."""
    notes = ((f"{i}" * 5000)[:5000] for i in range(400))
    rows = [RowChange("terms", f"t{i}", e.Term(f"t{i}", note), 0) for i, note in enumerate(notes)]
    return Edit("Too much", (*delete_course("Art").changes, *rows))


def assert_refused_and_nothing_lost(file: SchoolFile, words: str) -> None:
    file.apply(rename_student(1, "Ada"))
    before, history = state(file.dataset), file.history()
    with pytest.raises(StoreError, match=words):
        file.apply(big_edit())
    assert state(file.dataset) == before
    assert file.history() == history
    with SchoolFile.open(file.path, read_only=True) as reader:
        assert state(reader.dataset) == before
        assert reader.history() == history


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


def test_a_full_disk_is_told_and_nothing_is_lost(small_disk: Path) -> None:
    path = small_disk / "school.echelon"
    with SchoolFile.create(path, example(), "Import") as file:
        assert_refused_and_nothing_lost(file, "full")
        file.apply(rename_student(2, "Eve"))  # what fits still goes
        fill(small_disk / "ballast")
        with pytest.raises(StoreError, match="full"):
            file.snapshot("one")
        assert state(file.dataset)["students"][2][1].name == "Eve"
    with pytest.raises(StoreError, match=r"space|full"):
        SchoolFile.create(small_disk / "second.echelon", example(), "Import")
    left = {p.name for p in small_disk.iterdir() if p.is_file()}
    assert left == {"ballast", "school.echelon"}
    with SchoolFile.open(path) as file:  # opens, if without a new backup
        assert file.undo_title == "Rename st2 to Eve"


def test_a_file_that_may_not_grow_keeps_what_it_has(path: Path) -> None:
    with SchoolFile.open(path) as file:
        pages = driver(file._connection).execute("PRAGMA page_count").fetchone()[0]
        driver(file._connection).execute(f"PRAGMA max_page_count = {pages + 20}")
        assert_refused_and_nothing_lost(file, "full")
        file.undo()
        assert state(file.dataset) == state(example())


def test_a_failing_write_is_told_and_nothing_is_lost(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit on the size of files on Windows")
    with SchoolFile.open(path) as file:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 50_000, before[1]))
        try:
            assert_refused_and_nothing_lost(file, "failed")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        file.undo()
        assert state(file.dataset) == state(example())


def test_a_write_protected_folder_can_be_read(path: Path, protect: Protect) -> None:
    protect(path.parent)
    with pytest.raises(StoreError, match="reading only"):
        SchoolFile.open(path)
    with pytest.raises(StoreError):
        SchoolFile.create(path.with_name("new.echelon"), example(), "Import")
    with pytest.raises(StoreError):
        restore_backup(path, backups(path)[0].path)
    with SchoolFile.open(path, read_only=True) as reader:
        assert state(reader.dataset) == state(example())


def test_a_write_protected_file_is_refused_at_opening(path: Path, protect: Protect) -> None:
    protect(path)
    before = backups(path)
    with pytest.raises(StoreError, match="write-protected"):
        SchoolFile.open(path)
    assert backups(path) == before
    with SchoolFile.open(path, read_only=True) as reader:
        assert state(reader.dataset) == state(example())
    assert not path.with_name(path.name + ".lock").exists()


def test_a_folder_that_becomes_write_protected_takes_the_edit_back(path: Path, protect: Protect) -> None:
    with SchoolFile.open(path) as file:
        protect(path.parent)
        with pytest.raises(StoreError, match="Nothing was changed"):
            file.apply(rename_student(1, "Ada"))
        assert state(file.dataset) == state(example())


def test_a_half_written_file_in_a_write_protected_folder_is_explained(path: Path, protect: Protect) -> None:
    interrupt(path)
    protect(path.parent)
    with pytest.raises(StoreError, match=r"together with school\.echelon-journal"):
        SchoolFile.open(path, read_only=True)


def test_a_reader_takes_back_what_a_killed_writer_left_half_done(path: Path) -> None:
    interrupt(path)
    with SchoolFile.open(path, read_only=True) as reader:
        assert state(reader.dataset) == state(example())
    assert not journal_of(path).exists()
