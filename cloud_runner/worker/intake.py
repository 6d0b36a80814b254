"""What a worker is given, and why it may refuse it."""

from typing import Any, Literal

from cloud_runner.objects import RunObjects
from cloud_runner.wire.documents import Manifest
from cloud_runner.wire.errors import VersionError, WireError
from echelon_desktop.errors import UnsupportedError
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.problem import Problem
from echelon_desktop.solver.result import STRATEGIES


class Refused(Exception):
    """The run cannot be done by anybody as it stands; the words say why."""

    def __init__(self, code: Literal["invalid-input", "version"], side: str, words: str) -> None:
        super().__init__(words)
        self.code: Any = code
        self.side: Any = side


class Gone(Exception):
    """The run's objects were deleted, or another job works on this child."""


def read_input(objects: RunObjects, index: int, there: dict[str, str]) -> tuple[Manifest, Problem]:
    """
    The manifest and the problem, both as they were sent.

    Parameters
    ----------
    objects
        Of the run.
    index
        Of the child.
    there
        What a listing of the objects has shown.

    Raises
    ------
    Gone
        If the run was deleted.
    Refused
        If it cannot be solved here.
    """
    if objects.keys.manifest not in there:
        raise Gone
    try:
        manifest = objects.read_document(Manifest, objects.keys.manifest)
        data = objects.read_blob(manifest.input)
    except VersionError as error:
        raise Refused("version", error.side, str(error)) from error
    except WireError as error:
        raise Refused("invalid-input", "desktop", str(error)) from error
    if not index < manifest.children:
        raise Refused("invalid-input", "stack", "The job has more children than the manifest.")
    unknown = [name for name in manifest.strategies if name not in STRATEGIES]
    if unknown:
        words = "The run asks for a strategy that this worker does not know. Update the stack's image."
        raise Refused("version", "stack", words)
    try:
        return manifest, Problem.from_bytes(data)
    except UnsupportedError as error:
        ours, side = problems.VERSION, "desktop"
        if manifest.solver_version.isdecimal() and int(manifest.solver_version) > ours:
            side = "stack"
        remedy = "Echelon Desktop" if side == "desktop" else "the stack's image"
        words = f"The problem is of format {manifest.solver_version}; this worker reads {ours}. "
        raise Refused("version", side, words + f"Update {remedy}.") from error
    except Exception as error:  # an archive can be wrong in any way
        raise Refused("invalid-input", "desktop", "The problem cannot be read.") from error
