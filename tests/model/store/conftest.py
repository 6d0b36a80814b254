"""Disks that are full or write-protected, where the system lets a test have one."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_examples import MEMORY


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """A folder on the fastest disk there is."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def _mount(*words: str) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a disk of one's own takes Linux and root")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk could be mounted: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def protect() -> Iterator[Callable[[Path], None]]:
    """How to write-protect a file or folder; for root, whom permissions do not stop, by a mount over it."""
    changed: list[Path] = []
    mounted: list[Path] = []

    def protect(path: Path) -> None:
        if sys.platform == "win32" and path.is_dir():
            pytest.skip("a folder cannot be write-protected by its mode on Windows")
        if sys.platform == "win32" or os.geteuid() != 0:
            path.chmod(0o555 if path.is_dir() else 0o444)
            changed.append(path)
            return
        _mount("--bind", str(path), str(path))
        mounted.append(path)
        _mount("-o", "remount,bind,ro", str(path))

    yield protect
    for path in changed:
        path.chmod(0o755 if path.is_dir() else 0o644)
    for path in mounted:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
