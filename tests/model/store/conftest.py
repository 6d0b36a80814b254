"""Disks that are full or write-protected, where the system lets a test have one."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_examples import MEMORY

Protect = Callable[[], None]


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
def protected_folder(tmp_path: Path) -> Iterator[tuple[Path, Protect]]:
    """A folder, and how to write-protect it; for root, whom permissions do not stop, on a disk of its own."""
    folder = tmp_path / "protected"
    folder.mkdir()
    if sys.platform == "win32":
        pytest.skip("a folder cannot be write-protected by its mode on Windows")
    if os.geteuid() != 0:
        yield folder, lambda: folder.chmod(0o555)
        folder.chmod(0o755)
        return
    _mount("-t", "tmpfs", "tmpfs", str(folder))
    yield folder, lambda: _mount("-o", "remount,ro", str(folder))
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def protected_file(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """How to write-protect a file in a folder that is not; for root, by a mount over it."""
    mounted: list[Path] = []

    def protect(path: Path) -> None:
        if sys.platform == "win32" or os.geteuid() != 0:
            path.chmod(0o444)
            return
        _mount("--bind", str(path), str(path))
        mounted.append(path)
        _mount("-o", "remount,bind,ro", str(path))

    yield protect
    for path in mounted:
        subprocess.run(["umount", str(path)], check=True)
