"""Ten rolling backups, and the way back from them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store_examples import example, interrupt, journal_of, rename_student, state

from echelon_desktop.errors import DamagedFileError, StoreError
from echelon_desktop.model.store import Backup, SchoolFile, backups, restore_backup


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "My school.v2.echelon"
    SchoolFile.create(path, example(), "Import").close()
    return path


def name_in(path: Path) -> str:
    with SchoolFile.open(path, read_only=True) as file:
        return file.dataset.school.students["st1"].name


def edit_once(path: Path, name: str) -> None:
    with SchoolFile.open(path) as file:
        file.apply(rename_student(1, name))


def test_opening_makes_a_backup_only_of_what_has_changed(path: Path) -> None:
    created = backups(path)
    assert [b.reason for b in created] == [""]
    for _ in range(3):
        SchoolFile.open(path).close()
        SchoolFile.open(path, read_only=True).close()
    assert backups(path) == created
    edit_once(path, "Ada")
    assert backups(path) == created  # what was there at opening had its backup
    SchoolFile.open(path).close()
    newest, oldest = backups(path)
    assert (name_in(newest.path), name_in(oldest.path)) == ("Ada", "")


def test_a_snapshot_and_a_run_count_as_changes(path: Path) -> None:
    with SchoolFile.open(path) as file:
        file.snapshot("one")
    SchoolFile.open(path).close()
    assert len(backups(path)) == 2


def test_the_ten_newest_are_kept(path: Path) -> None:
    for number in range(13):
        edit_once(path, str(number))
    found = backups(path)
    assert [name_in(b.path) for b in found] == [str(n) for n in range(11, 1, -1)]
    assert [b.when for b in found] == sorted((b.when for b in found), reverse=True)
    assert len(list(found[0].path.parent.iterdir())) == 10


def test_a_clock_set_back_does_not_make_the_newest_the_oldest(path: Path) -> None:
    (only,) = backups(path)
    later = datetime.now(UTC) + timedelta(days=400)
    ahead = only.path.with_name(f"{path.stem} {later:%Y-%m-%d %H%M%S}.000Z.echelon")
    only.path.rename(ahead)
    edit_once(path, "Ada")
    SchoolFile.open(path).close()
    assert [name_in(b.path) for b in backups(path)] == ["Ada", ""]


def test_restoring_keeps_what_was_there(path: Path) -> None:
    for name in ("a", "b"):
        edit_once(path, name)
    oldest = backups(path)[-1]
    restore_backup(path, oldest.path)
    assert name_in(path) == ""
    newest = backups(path)[0]
    assert (newest.reason, name_in(newest.path)) == ("before restore", "b")
    with SchoolFile.open(path) as file:  # with the history it had then
        assert state(file.dataset) == state(example())
        assert not file.can_undo
    restore_backup(path, newest.path)
    with SchoolFile.open(path) as file:
        file.undo()
        file.undo()
        assert state(file.dataset) == state(example())


def test_restoring_the_oldest_of_ten_succeeds_though_it_must_go(path: Path) -> None:
    for number in range(12):
        edit_once(path, str(number))
    oldest = backups(path)[-1]
    wanted = name_in(oldest.path)
    restore_backup(path, oldest.path)
    assert name_in(path) == wanted
    assert len(backups(path)) == 10


def test_content_that_returns_under_the_same_count_is_still_backed_up(path: Path) -> None:
    edit_once(path, "a")
    restore_backup(path, backups(path)[-1].path)
    edit_once(path, "b")  # as many changes as the backup made before restoring
    SchoolFile.open(path).close()
    assert name_in(backups(path)[0].path) == "b"


def test_a_lost_or_damaged_file_comes_back_from_a_backup(path: Path) -> None:
    edit_once(path, "Ada")
    SchoolFile.open(path).close()
    newest = backups(path)[0]
    path.unlink()
    restore_backup(path, newest.path)
    assert name_in(path) == "Ada"
    path.write_bytes(b"overwritten")
    restore_backup(path, newest.path)
    assert name_in(path) == "Ada"
    (kept,) = newest.path.parent.glob("damaged *")
    assert kept.read_bytes() == b"overwritten"


def test_the_journal_of_a_damaged_file_does_not_spoil_the_restored_one(path: Path) -> None:
    (backup,) = backups(path)
    for number in range(3):
        edit_once(path, str(number))
    interrupt(path)
    path.write_bytes(b"overwritten")
    journal = journal_of(path).read_bytes()
    restore_backup(path, backup.path)
    with SchoolFile.open(path) as file:
        assert state(file.dataset) == state(example())
    kept = {p.read_bytes() for p in backup.path.parent.glob("damaged *")}
    assert kept == {b"overwritten", journal}


@pytest.mark.parametrize("content", [b"", b"no backup", None])
def test_a_backup_that_cannot_be_used_leaves_the_file_alone(path: Path, content: bytes | None) -> None:
    before, found = path.read_bytes(), backups(path)
    bad = path.with_name("bad.echelon")
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(StoreError):
        restore_backup(path, bad)
    assert path.read_bytes() == before
    assert backups(path) == found
    assert not list(path.parent.glob("*.part"))


def test_a_truncated_backup_is_refused(path: Path) -> None:
    (only,) = backups(path)
    only.path.write_bytes(only.path.read_bytes()[:20_000])
    before = path.read_bytes()
    with pytest.raises(DamagedFileError):
        restore_backup(path, only.path)
    assert path.read_bytes() == before


def test_a_damaged_file_pushes_no_good_backup_out(path: Path) -> None:
    for number in range(12):
        edit_once(path, str(number))
    found = backups(path)
    path.write_bytes(path.read_bytes()[:20_000])
    for _ in range(3):
        with pytest.raises(DamagedFileError):
            SchoolFile.open(path)
    assert backups(path) == found


def test_a_damaged_backup_does_not_stand_for_a_good_one(path: Path) -> None:
    (only,) = backups(path)
    only.path.write_bytes(b"")
    SchoolFile.open(path).close()
    newest = backups(path)[0]
    assert newest != only
    assert name_in(newest.path) == ""


def test_what_is_not_a_backup_is_not_listed_and_not_deleted(path: Path) -> None:
    folder = backups(path)[0].path.parent
    strangers = [
        folder / "notes.txt",
        folder / "My school 2026-01-01 000000.000Z.echelon",
        folder / f"{path.stem} 2026-99-01 000000.000Z.echelon",
        folder / f"{path.stem} copy.echelon",
    ]
    for stranger in strangers:
        stranger.write_text("mine")
    for number in range(12):
        edit_once(path, str(number))
    assert len(backups(path)) == 10
    assert all(stranger.read_text() == "mine" for stranger in strangers)


def test_what_a_killed_backup_left_is_cleared_away(path: Path) -> None:
    folder = backups(path)[0].path.parent
    (folder / f"{path.stem} 2026-01-01 000000.000Z.echelon.part").write_text("half")
    edit_once(path, "Ada")
    SchoolFile.open(path).close()
    assert all(p.suffix == ".echelon" for p in folder.iterdir())


def test_a_backup_that_cannot_be_made_is_told_and_the_file_opens(path: Path) -> None:
    folder = backups(path)[0].path.parent
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("a file in the way")
    with SchoolFile.open(path) as file:
        (notice,) = file.notices
        assert "No backup was made" in notice
        file.apply(rename_student(1, "Ada"))


def test_no_backups_of_a_file_that_never_was(tmp_path: Path) -> None:
    found: list[Backup] = backups(tmp_path / "none.echelon")
    assert found == []


def test_backups_are_found_by_a_name_that_the_system_takes_for_the_same(tmp_path: Path) -> None:
    composed, decomposed = "Caf\u00e9.echelon", "CAFE\u0301.echelon"
    SchoolFile.create(tmp_path / composed, example(), "Import").close()
    (only,) = backups(tmp_path / composed)
    only.path.parent.rename(tmp_path / "CAFE\u0301 backups")
    assert [b.path.name for b in backups(tmp_path / decomposed)] == [only.path.name]
