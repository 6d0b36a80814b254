"""The lock files pin what pyproject.toml asks for, on every supported system and Python."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = PROJECT["project"]["dependencies"]
DEV = RUN + PROJECT["dependency-groups"]["dev"]

PLACES = [
    {"sys_platform": system, "os_name": name, "platform_system": title, "python_full_version": f"{python}.0"}
    | {
        "python_version": python,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for system, name, title in [
        ("linux", "posix", "Linux"),
        ("darwin", "posix", "Darwin"),
        ("win32", "nt", "Windows"),
    ]
    for python in ("3.11", "3.12", "3.13")
]


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def pins(name: str, place: dict[str, str]) -> dict[str, Version]:
    """Read which version of each package a lock file gives one system and Python."""
    found: dict[str, Version] = {}
    for package, version, marker in re.findall(
        r"^([\w.-]+)==([\w.!+]+)(?: ; (.+?))?(?: \\)?$", lock_text(name), re.MULTILINE
    ):
        if not marker or Marker(marker).evaluate(place):
            assert package not in found, f"{package} is pinned twice for {place}"
            found[package] = Version(version)
    return found


@pytest.mark.parametrize(("name", "wanted"), [("run", RUN), ("dev", DEV)])
@pytest.mark.parametrize("place", PLACES, ids=lambda p: f"{p['sys_platform']}-{p['python_version']}")
def test_every_dependency_is_pinned(name: str, wanted: list[str], place: dict[str, str]) -> None:
    pinned = pins(name, place)
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {name}.lock: run dev.py lock"
        assert version in requirement.specifier, f"{name}.lock has {version}: run dev.py lock"


@pytest.mark.parametrize("place", PLACES, ids=lambda p: f"{p['sys_platform']}-{p['python_version']}")
def test_checks_run_what_users_run(place: dict[str, str]) -> None:
    assert pins("run", place).items() <= pins("dev", place).items()


@pytest.mark.parametrize("name", ["run", "dev"])
def test_lock_names_no_address_and_hashes_everything(name: str) -> None:
    text = lock_text(name)
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
