"""What a workstation keeps of its runs."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cloud_runner.client import files
from cloud_runner.client.files import write_whole
from cloud_runner.client.order import Order
from cloud_runner.client.remotes import Remote, SignIn
from cloud_runner.client.runs import RUN_FILE, Child, Deletion, Run, Runs, State
from cloud_runner.wire.documents import Level, Point
from cloud_runner.wire.layout import new_run_id
from echelon_desktop.errors import FileLockedError, RemoteError

REMOTE = Remote("R", "us-east-1", "bucket", "https://q", "jobs", "/log", SignIn("profile", "p"))


def a_run(**changes: object) -> Run:
    run = Run(new_run_id(), REMOTE, "a.echelon", "A", "0" * 64, "2026-11-22T16:00:00Z", Order((1,)), "0" * 64)
    return replace(run, **changes)  # type: ignore[arg-type]


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


def test_a_run_comes_back_as_it_was(runs: Runs) -> None:
    child = Child(
        0, 1, "default", State.RUNNING, 5, 2, 3.5, 1, (Point(1.0, None, 0), Point(2.0, 5, 2)), "words"
    )
    run = a_run(
        children=(child, Child(1, 2, "default", State.DONE, has_result=True, log_stream="run/x")),
        state=State.RUNNING,
        levels=(Level("unmet requests", 5, 2), Level("balance", 3, None)),
        deleted=Deletion("r", "b", "t", 1, 2, 3, 4, 0, "text"),
        best_unmet=5,
        retry_of=new_run_id(),
    )
    kept = runs.new(run, {"input.npz": b"1"})
    assert Runs(runs.folder).get(run.id) == kept == replace(run, folder=str(runs.folder / run.id))
    assert kept.children[0].progress[1].unmet == 5


def test_runs_are_listed_newest_first_and_damaged_ones_passed_over(runs: Runs) -> None:
    assert runs.all() == ()
    first = runs.new(a_run(), {})
    second = runs.new(a_run(created="2026-11-23T16:00:00Z"), {})
    broken = runs.new(a_run(), {})
    (broken.path / RUN_FILE).write_text("{")
    (runs.folder / new_run_id()).mkdir()  # a crash before the run itself was written
    assert runs.all() == (second, first)
    assert runs.find("last") == second
    assert runs.find(first.id[:13]) == first
    for text in ("", "nothing"):
        with pytest.raises(RemoteError):
            runs.find(text)
    with pytest.raises(RemoteError, match="cannot be read"):
        runs.get(broken.id)


def test_what_a_crash_left_of_a_run_is_removed_a_day_later(runs: Runs) -> None:
    kept = runs.new(a_run(), {})
    left = runs.folder / new_run_id()
    left.mkdir()
    (left / "keys.json.gz").write_bytes(b"names")
    runs.new(a_run(), {})
    assert left.exists()  # somebody may be about to finish it
    for path in (left, kept.path):
        os.utime(path, (0, 0))
    runs.new(a_run(), {})
    assert not left.exists()
    assert runs.get(kept.id) == kept


@pytest.mark.parametrize("wrong", ["../../etc", "", "x", "NEW"])
def test_only_ids_of_runs_are_looked_for(runs: Runs, wrong: str) -> None:
    with pytest.raises(RemoteError, match="not the id"):
        runs.get(wrong)


def test_a_newer_file_is_refused_in_words(runs: Runs) -> None:
    run = runs.new(a_run(), {})
    value = json.loads((run.path / RUN_FILE).read_bytes())
    (run.path / RUN_FILE).write_text(json.dumps(value | {"v": 2}))
    with pytest.raises(RemoteError, match="another version"):
        runs.get(run.id)


def test_a_run_that_cannot_be_kept_leaves_nothing(runs: Runs) -> None:
    run = a_run()
    with pytest.raises(RemoteError, match="cannot be kept"):
        runs.new(run, {"input.npz": b"1", "no/folder": b""})
    assert runs.all() == ()
    assert not (runs.folder / run.id).exists()


def test_a_write_that_breaks_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def broken(handle: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError):
        write_whole(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_windows_holds_for_a_reader_is_written_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace_, refused = tmp_path / "file", Path.replace, [PermissionError()] * 2
    path.write_bytes(b"old")

    def held(self: Path, target: Path) -> Path:
        if refused:
            raise refused.pop()
        return replace_(self, target)

    monkeypatch.setattr(files, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(files, "_WAIT_S", 0.0)
    monkeypatch.setattr(Path, "replace", held)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert not refused


@pytest.mark.skipif(sys.platform == "win32", reason="folders of a Windows profile are its owner's anyway")
def test_nobody_else_may_read_a_run(runs: Runs) -> None:
    run = runs.new(a_run(), {"keys.json.gz": b"1"})
    assert run.path.stat().st_mode & 0o077 == 0
    assert (run.path / "keys.json.gz").stat().st_mode & 0o077 == 0


def test_a_run_is_one_process_at_a_time(runs: Runs) -> None:
    run = runs.new(a_run(), {})
    other = Runs(runs.folder)
    with runs.locked(run.id), pytest.raises(FileLockedError), other.locked(run.id):
        pass
    with other.locked(run.id):
        pass


def test_forgetting_a_run_takes_its_keys_too(runs: Runs) -> None:
    run = runs.new(a_run(), {"keys.json.gz": b"1"})
    runs.forget(run.id)
    assert list(runs.folder.iterdir()) == []


@pytest.mark.parametrize(
    "changes",
    [{"seeds": ()}, {"seeds": (1, 1)}, {"seeds": tuple(range(10_001))}, {"vcpu": 0}, {"time_limit_s": 0.0}],
)
def test_an_order_that_asks_for_nothing_or_too_much_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RemoteError):
        replace(Order((1,)), **changes)  # type: ignore[arg-type]


def test_the_last_run_where_there_is_none_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="No run was sent from this computer yet"):
        Runs(tmp_path / "runs").find("last")
