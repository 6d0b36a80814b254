"""One writer at a time, and a lock that dies with its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from store_examples import example, rename_student, state

from echelon_desktop.errors import FileLockedError, StoreError
from echelon_desktop.model.store import SchoolFile, lock, restore_backup

HOLD = (
    "import sys; from pathlib import Path; from echelon_desktop.model.store import SchoolFile;"
    "file = SchoolFile.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "school.echelon"
    SchoolFile.create(path, example(), "Import").close()
    return path


def holder(path: Path) -> subprocess.Popen[str]:
    """Another process that has the file open for writing until it is killed or its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout
    assert process.stdout.readline() == "open\n"
    return process


def test_a_second_writer_is_refused_by_name_and_a_reader_is_not(path: Path) -> None:
    with holder(path) as process:
        with pytest.raises(FileLockedError, match=f"process {process.pid} on .*, since 20") as refusal:
            SchoolFile.open(path)
        assert "reading only" in str(refusal.value)
        with pytest.raises(FileLockedError):
            restore_backup(path, path)
        with SchoolFile.open(path, read_only=True) as reader:
            assert state(reader.dataset) == state(example())
        process.communicate()  # ends its input
    with SchoolFile.open(path) as file:
        assert file.can_undo is False


def test_the_lock_dies_with_its_process(path: Path) -> None:
    with holder(path) as process:
        process.kill()
        process.wait()
        with SchoolFile.open(path) as file:
            assert file.left_by
            assert file.left_by.pid == process.pid
            file.apply(rename_student(1, "Ada"))
    with SchoolFile.open(path) as file:
        assert file.left_by is None


def test_one_process_cannot_open_a_file_twice(path: Path) -> None:
    with SchoolFile.open(path), pytest.raises(FileLockedError, match=f"process {os.getpid()}"):
        SchoolFile.open(path)
    SchoolFile.open(path).close()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_is_the_same_file(path: Path) -> None:
    link = path.with_name("link.echelon")
    link.symlink_to(path)
    with SchoolFile.open(path), pytest.raises(FileLockedError):
        SchoolFile.open(link)


@pytest.mark.parametrize("text", [b"", b"nonsense", b"\xff", b"[]", b'{"pid": "x", "host": 1, "since": 2}'])
def test_a_lock_file_that_says_nothing_useful_does_no_harm(path: Path, text: bytes) -> None:
    path.with_name(path.name + ".lock").write_bytes(text)
    with SchoolFile.open(path) as file:
        assert file.left_by is None


def test_closing_removes_the_lock_file_also_after_a_failure(path: Path) -> None:
    path.write_bytes(b"damaged")
    with pytest.raises(StoreError):
        SchoolFile.open(path)
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed on Windows")
def test_a_lock_file_removed_between_opening_and_locking_it_is_not_taken_for_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_lock, tries = lock._try_lock, []

    def removed_first(fd: int) -> bool:
        if not tries:
            path.with_name(path.name + ".lock").unlink()  # the writer before, which closes just now
        tries.append(fd)
        return try_lock(fd)

    monkeypatch.setattr(lock, "_try_lock", removed_first)
    with SchoolFile.open(path):
        assert len(tries) == 2
        with pytest.raises(FileLockedError):
            SchoolFile.open(path)
