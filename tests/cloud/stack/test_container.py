"""
The worker's image, truly built and run, without a container engine's daemon.

Opt-in, since it takes minutes, root and Debian's podman, buildah, runc and mmdebstrap: set
ECHELON_CONTAINER=1. Its base image is a plain Debian with Python, made here; everything else is the
Dockerfile's. ECHELON_CONTAINER_FOLDER keeps base image and wheels for the next time.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from sending import sent
from template_text import Text

from cloud_runner.objects import RunObjects
from cloud_runner.stack import bundle
from cloud_runner.stack.deploy import Stack
from cloud_runner.wire.documents import ChildResult, RunError
from cloud_runner.wire.layout import RunKeys

PROGRAMS = ("podman", "buildah", "runc", "mmdebstrap")
SUITE, SUITES_PYTHON = "bookworm", "3.11"
BASE, IMAGE = "localhost/echelon-base", "localhost/echelon-worker"

pytestmark = [
    pytest.mark.container,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        os.environ.get("ECHELON_CONTAINER") != "1",
        reason="builds and runs the worker's image, for minutes: set ECHELON_CONTAINER=1",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where images are kept; skips where none can be built."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"building an image needs root, and Debian's {' '.join(missing or PROGRAMS)}")
    named = os.environ.get("ECHELON_CONTAINER_FOLDER")
    place = Path(named) if named else tmp_path_factory.mktemp("container")
    place.mkdir(parents=True, exist_ok=True)
    return place


class Engine:
    """Podman and buildah with images and settings of their own, as much as works inside a sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        store = f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/images"\nrunroot = "{folder}/state"\n'
        (folder / "storage.conf").write_text(store)
        (folder / "containers.conf").write_text(
            "[containers]\n"
            'default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n'
            'netns = "host"\nlog_driver = "k8s-file"\n'
            '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
        )
        self.environment = os.environ | {
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        }

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    def make_base(self) -> None:
        if self.run("podman", "image", "exists", BASE, check=False).returncode != 0:
            tar = self.folder / "base.tar"
            packages = "python3-venv,ca-certificates"
            self.run("mmdebstrap", "--variant=minbase", f"--include={packages}", SUITE, str(tar))
            self.run("podman", "import", str(tar), BASE)

    def fetch_wheels(self) -> Path:
        """The locked wheels for the base's Python; the build itself then needs no index."""
        wheels = self.folder / f"wheels-{hashlib.sha256(bundle.LOCK.read_bytes()).hexdigest()[:16]}"
        platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in (17, 24, 27, 28)]
        self.run(
            *(sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"),
            *("--only-binary", ":all:", "--python-version", SUITES_PYTHON, *platforms),
            *("--platform=manylinux2014_x86_64", "--dest", str(wheels), "--requirement", str(bundle.LOCK)),
        )
        (self.folder / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
        return wheels

    def build(self) -> None:
        wheels = self.fetch_wheels()
        self.handed = {f.relative_to(bundle.ROOT).as_posix() for f in bundle.files(bundle.WORKER)}
        mounts = (f"{wheels}:/wheels:ro", f"{self.folder}/pip.conf:/etc/pip.conf:ro")
        self.run(
            *("buildah", "bud", "--isolation", "chroot", "--build-arg", f"BASE={BASE}"),
            *(word for mount in mounts for word in ("--volume", mount)),
            *("--file", str(bundle.DOCKERFILE), "--tag", IMAGE, str(bundle.ROOT)),
        )

    def inside(self, *words: str) -> str:
        """Run something else in the image; what it printed."""
        entry = ("--entrypoint", json.dumps([words[0]]))
        return self.run("podman", "run", "--rm", *entry, IMAGE, *words[1:]).stdout

    def worker(self, environment: Mapping[str, str]) -> list[str]:
        """The words that run the worker as the job definition has it: nothing can be written to."""
        job = Text().properties("JobDefinition")["ContainerProperties"]
        assert job["ReadonlyRootFilesystem"]
        words = ["podman", "run", "--rm", "--read-only", "--read-only-tmpfs=false", "--user", job["User"]]
        words += ["--cap-drop=all", "--security-opt=no-new-privileges", "--network=host", "--memory=4g"]
        return [*words, *(f"--env={name}={value}" for name, value in environment.items()), IMAGE]


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    found = Engine(folder)
    found.make_base()
    found.build()
    yield found
    found.run("podman", "rmi", "--force", IMAGE)


@pytest.fixture
def environment(aws: boto3.Session, stack: Stack) -> dict[str, str]:
    """What Batch and the job definition give a worker, and the emulator's address and keys."""
    return {
        "ECHELON_BUCKET": stack.outputs["Bucket"],
        "AWS_BATCH_JOB_ID": "job",
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.client("s3").meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "ECHELON_PROGRESS_S": "0.5",
        "ECHELON_CHECKPOINT_S": "0.5",
    }


def objects_of(session: boto3.Session, stack: Stack, run: str) -> RunObjects:
    return RunObjects(session.client("s3"), stack.outputs["Bucket"], run)


def test_image_holds_the_worker_and_nothing_else(engine: Engine) -> None:
    listed = engine.inside("/usr/bin/find", "/opt/echelon/app", "-type", "f", "-not", "-name", "*.pyc")
    carried = {
        f"/opt/echelon/app/{f.relative_to(bundle.ROOT).as_posix()}" for f in bundle.files(bundle.WORKER)
    }
    assert set(listed.split()) == carried
    packages = engine.inside("/bin/ls", "/opt/echelon/lib/python3.11/site-packages").split()
    assert {"numpy", "ortools", "numba", "boto3"} <= set(packages)
    assert not {"PySide6", "pip", "setuptools", "sqlalchemy", "keyring"} & set(packages)
    settings: dict[str, Any] = json.loads(engine.run("podman", "inspect", IMAGE).stdout)[0]["Config"]
    assert settings["User"] == "10001:10001"
    assert settings["Entrypoint"] == ["/opt/echelon/bin/python", "-m", "cloud_runner.worker"]


def test_worker_solves_in_a_root_it_cannot_write_to(
    engine: Engine, aws: boto3.Session, stack: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    _, run = sent(stack, aws, tmp_path)
    done = engine.run(*engine.worker(environment | {"ECHELON_RUN": run.id}), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    objects = objects_of(aws, stack, run.id)
    result = objects.read_document(ChildResult, objects.keys.result(0))
    assert result.solution is not None
    objects.read_blob(result.solution)
    assert run.id in done.stdout


def test_input_that_was_changed_ends_with_65(
    engine: Engine, aws: boto3.Session, stack: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    _, run = sent(stack, aws, tmp_path)
    objects = objects_of(aws, stack, run.id)
    objects.write(objects.keys.input, b"something else")
    done = engine.run(*engine.worker(environment | {"ECHELON_RUN": run.id}), check=False)
    assert done.returncode == 65, done.stdout + done.stderr
    assert objects.read_document(RunError, objects.keys.error).code == "invalid-input"


def test_reclaimed_worker_leaves_a_checkpoint_and_143(
    engine: Engine, aws: boto3.Session, stack: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    _, run = sent(stack, aws, tmp_path, time_limit_s=600.0)
    keys, objects = RunKeys(run.id), objects_of(aws, stack, run.id)
    words = engine.worker(environment | {"ECHELON_RUN": run.id})
    with subprocess.Popen(words, env=engine.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(" checkpoint " in line for line in process.stdout)
        assert keys.checkpoint(0) in objects.list()
        # Podman hands the signal on to the container.
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 143
    assert keys.result(0) not in objects.list()
