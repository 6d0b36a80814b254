"""dev.py decides rightly when .venv can be trusted, and speaks plainly when it cannot go on."""

import ast
import importlib.util
import multiprocessing
import shutil
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "dev.py"


def load(checkout: Path) -> ModuleType:
    """Import the dev.py of a checkout; it finds everything else beside itself."""
    spec = importlib.util.spec_from_file_location("dev", checkout / "dev.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def dev(tmp_path: Path) -> ModuleType:
    """Load dev.py in a checkout of its own, so that the real .venv is left alone."""
    shutil.copy(SCRIPT, tmp_path)
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev"):
        (tmp_path / "requirements" / f"{name}.lock").write_text(f"{name}==1\n")
    return load(tmp_path)


@pytest.fixture
def installed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Stand in for venv and pip; gives the list of what was done."""
    done: list[str] = []

    def call(command: list[str], **_options: object) -> int:
        if "venv" in command:
            done.append("venv")
            dev.PYTHON.parent.mkdir(parents=True)
            dev.PYTHON.touch()
        else:
            done.append(Path(command[-1]).stem)
        return 0

    monkeypatch.setattr(dev.subprocess, "call", call)
    monkeypatch.setattr(dev, "link_checkout", lambda: None)
    monkeypatch.setattr(dev, "missing_packages", lambda freezing: [])
    yield done


@pytest.mark.parametrize(("words", "locks"), [(["check", "school"], ["run"]), (["cloud-demo"], ["dev"])])
def test_a_command_gets_the_packages_it_needs(
    dev: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch, words: list[str], locks: list[str]
) -> None:
    monkeypatch.setattr(dev, "become", lambda command: 0)
    assert dev.main(["run", *words]) == 0
    assert installed == ["venv", *locks]


def test_second_call_does_nothing(dev: ModuleType, installed: list[str]) -> None:
    dev.ensure_environment("run")
    assert installed == ["venv", "run"]
    dev.ensure_environment("run")
    assert installed == ["venv", "run"]


def test_tools_are_added_to_a_running_environment(dev: ModuleType, installed: list[str]) -> None:
    dev.ensure_environment("run")
    dev.ensure_environment("dev")
    dev.ensure_environment("run")
    assert installed == ["venv", "run", "dev"]


def test_changed_lock_builds_anew(dev: ModuleType, installed: list[str]) -> None:
    dev.ensure_environment("dev")
    leftover = dev.VENV / "leftover"
    leftover.touch()
    dev.LOCKS["dev"].write_text("dev==2\n")
    dev.ensure_environment("dev")
    assert installed == ["venv", "dev", "venv", "dev"]
    assert not leftover.exists()


def test_moved_checkout_builds_anew(dev: ModuleType, installed: list[str], tmp_path: Path) -> None:
    dev.ensure_environment("run")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("dev.py", "requirements", ".venv"):
        shutil.move(tmp_path / name, moved / name)
    assert not load(moved).serves("run")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"kind": "run"}'])
def test_damaged_stamp_builds_anew(dev: ModuleType, installed: list[str], damage: str) -> None:
    dev.ensure_environment("run")
    dev.STAMP.write_text(damage)
    dev.ensure_environment("run")
    assert installed == ["venv", "run"] * 2


def test_failed_installation_is_not_trusted(
    dev: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.ensure_environment("run")
    working = dev.subprocess.call
    monkeypatch.setattr(dev.subprocess, "call", lambda command, **_: 1)
    with pytest.raises(dev.SetupError):
        dev.ensure_environment("dev")
    assert not dev.serves("run")
    monkeypatch.setattr(dev.subprocess, "call", working)
    dev.ensure_environment("dev")
    assert installed == ["venv", "run", "venv", "dev"]


def hold_guard(checkout: Path, pipe: Connection) -> None:
    with load(checkout).alone():
        pipe.send("held")
        pipe.recv()
        (checkout / "released").touch()


def test_second_set_up_waits_for_the_first(dev: ModuleType, tmp_path: Path) -> None:
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    first = context.Process(target=hold_guard, args=(tmp_path, there))
    first.start()
    assert here.recv() == "held"
    here.send("let go")
    with dev.alone():
        assert (tmp_path / "released").exists()
    first.join()
    here.close()
    there.close()


def test_unsuitable_python_is_named(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/bin/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(dev.sys, "argv", ["dev.py", "run", "a b"])
    assert dev.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "Python 3.11 to 3.13 is needed; this is 3.9" in said
    assert "/bin/python3.12 dev.py run 'a b'" in said


def test_old_pythons_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_user_without_rights_is_told_the_command(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    assert not dev.provide_packages(["libegl1"])
    assert "sudo apt-get install -y --no-install-recommends libegl1" in capsys.readouterr().err


def test_unknown_command_is_bad_usage(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["tset"]) == 2
    assert "run, test, freeze, lock" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a process replaces itself only on POSIX")
def test_words_and_exit_code_pass_through(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(dev, "ensure_environment", lambda kind: None)
    monkeypatch.setattr(dev.os, "execv", lambda path, words: became.append(words))
    monkeypatch.setattr(dev, "call", lambda words: 3)
    assert dev.main(["run", "solve", "a b", "--help"]) == 3
    assert became == [[str(dev.PYTHON), "-m", "echelon_desktop", "solve", "a b", "--help"]]
