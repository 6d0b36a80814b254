"""What is carried to AWS: the dispatcher's zip, and the sources of the worker's image."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = Path(__file__).with_name("Dockerfile")
LOCK = ROOT / "requirements" / "worker.lock"

# Lambda brings boto3; everything else that the dispatcher imports is here.
DISPATCHER = (
    "cloud_runner/__init__.py",
    "cloud_runner/objects.py",
    "cloud_runner/wire",
    "cloud_runner/dispatcher",
)
WORKER = (
    "cloud_runner/__init__.py",
    "cloud_runner/objects.py",
    "cloud_runner/solutions.py",
    "cloud_runner/wire",
    "cloud_runner/worker",
    "echelon_desktop/__init__.py",
    "echelon_desktop/errors.py",
    "echelon_desktop/model",
    "echelon_desktop/solver",
)

_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)


def files(parts: Iterable[str], root: Path = ROOT) -> Iterator[Path]:
    """The files of a bundle, in order; what Python and editors leave beside them is not among them."""
    for part in parts:
        path = root / part
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
                yield file


def dispatcher_zip(root: Path = ROOT) -> bytes:
    """The dispatcher's code; the same sources give the same bytes, so that a deployment changes nothing."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files(DISPATCHER, root):
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), _DOS_EPOCH)
            entry.external_attr = 0o644 << 16  # Lambda runs as another user, who must be able to read it
            entry.create_system = 3
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return data.getvalue()


def dispatcher_key(data: bytes) -> str:
    """Where the zip is put: named by its contents, so that CloudFormation sees when they change."""
    return f"stack/dispatcher-{hashlib.sha256(data).hexdigest()}.zip"


def image_tag(root: Path = ROOT) -> str:
    """A name for the worker's image, from all that it is made of."""
    digest = hashlib.sha256()
    for file in (DOCKERFILE, LOCK, *files(WORKER, root)):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
