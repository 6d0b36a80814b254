"""Files of a folder are replaced together, whatever fails and whenever the process ends."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from echelon_desktop.errors import InputError
from echelon_desktop.model.csv_io.replacing import replace_file, replace_files

OLD = {"first.csv": b"old", "second.csv": b"old", "outdated.csv": b"old", "notes.txt": b"mine"}
NEW = {"first.csv": b"new", "second.csv": b"new", "third.csv": b"new"}
MOVES = 6  # three old files are set aside, three new ones take their names

# Replaces the files of the folder named first, and ends without a word in the move named second.
KILLED = f"""
import os, sys
from pathlib import Path
from echelon_desktop.model.csv_io.replacing import replace_files

left, replace = int(sys.argv[2]), Path.replace

def move(source, target):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return replace(source, target)

Path.replace = move
replace_files(Path(sys.argv[1]), {NEW!r}, ["outdated.csv"])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of an earlier time, and one of the user's own."""
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def visible(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(folder).items() if not name.startswith(".")}


def test_what_is_outdated_goes_and_what_is_not_ours_stays(folder: Path) -> None:
    written = replace_files(folder, NEW, ["outdated.csv", "never-there.csv"])
    assert [path.name for path in written] == list(NEW)
    assert contents(folder) == {**NEW, "notes.txt": b"mine"}


@pytest.mark.parametrize("moves", range(MOVES))
def test_a_kill_leaves_only_old_files_or_only_new_ones(folder: Path, moves: int) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(moves)], check=False)
    assert done.returncode == 9
    left = visible(folder)
    assert left.pop("notes.txt") == b"mine"
    assert len(set(left.values())) <= 1
    if "first.csv" in left:
        assert left == {name: content for name, content in OLD.items() if name != "notes.txt"}
    # Nothing is lost either: every old and every new file is there whole under some name.
    whole = sorted(content for name, content in contents(folder).items() if name != "notes.txt")
    assert whole == [b"new"] * 3 + [b"old"] * 3
    replace_files(folder, NEW, ["outdated.csv"])
    assert contents(folder) == {**NEW, "notes.txt": b"mine"}


def test_the_killed_process_had_no_more_moves_to_make(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(MOVES)], check=False)
    assert done.returncode == 0
    assert contents(folder) == {**NEW, "notes.txt": b"mine"}


@pytest.mark.parametrize("ends", [PermissionError(13, "Permission denied"), KeyboardInterrupt()])
@pytest.mark.parametrize("moves", range(MOVES))
def test_all_goes_back_where_one_cannot_be_moved(
    folder: Path, moves: int, ends: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a spreadsheet keeps the file that it shows."""
    before, left, replace = contents(folder), moves, Path.replace

    def move(source: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == -1:
            raise ends
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", move)
    expected = InputError if isinstance(ends, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        replace_files(folder, NEW, ["outdated.csv"])
    if isinstance(ends, OSError):
        name = ("first.csv", "second.csv", "outdated.csv", "third.csv", "second.csv", "first.csv")[moves]
        assert f"{name} in {folder} cannot be replaced: Permission denied" in str(caught.value)
    assert contents(folder) == before


def test_a_folder_under_a_files_name_is_left_alone(folder: Path) -> None:
    (folder / "third.csv").mkdir()
    (folder / "third.csv" / "inside").write_bytes(b"mine")
    with pytest.raises(InputError, match="cannot be"):
        replace_files(folder, NEW, ["outdated.csv"])
    assert (folder / "third.csv" / "inside").read_bytes() == b"mine"
    assert {path.name for path in folder.iterdir()} == {*OLD, "third.csv"}
    assert (folder / "first.csv").read_bytes() == b"old"


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_one_file_is_replaced(folder: Path):
    replace_file(folder / "first.csv", b"new")
    assert contents(folder) == {**OLD, "first.csv": b"new"}


@pytest.mark.parametrize("name", ["first.csv", "another.csv"])
def test_a_full_disk_leaves_one_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(InputError, match=f"{name} cannot be written: No space"):
        replace_file(folder / name, b"new")
    assert contents(folder) == OLD
