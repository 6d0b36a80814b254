"""
The documents that are exchanged, as frozen dataclasses; :func:`read` and :func:`write` are the only doors.

Both ends check a document when they write it and when they read it. docs/cloud.md describes each.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol, TypeVar

from cloud_runner.wire import fields
from cloud_runner.wire.errors import VersionError, WireError
from cloud_runner.wire.fields import Between, Length, Matches
from cloud_runner.wire.layout import RUN_ID, RunKeys

VERSION = 1
MAX_BYTES = 1 << 20  # no document comes near it; what is larger is not one of ours
MAX_MESSAGE_BYTES = 2048
MAX_CHILDREN = 10_000  # the largest array of AWS Batch
MAX_POINTS = 240  # of a progress curve

RunId = Annotated[str, Matches(RUN_ID)]
Key = Annotated[str, Matches(rf"runs/{RUN_ID}/[a-z0-9/]+(?:\.[a-z]+)?"), Length(1, 120)]
Sha256 = Annotated[str, Matches(r"[0-9a-f]{64}")]
Moment = Annotated[str, Matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")]
Bucket = Annotated[str, Matches(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")]
Version = Annotated[str, Matches(r"[0-9A-Za-z.+_-]{1,40}")]
Strategy = Annotated[str, Matches(r"[a-z][a-z0-9-]{0,39}")]
JobId = Annotated[str, Matches(r"[0-9A-Za-z:_-]{0,128}")]
Count = Annotated[int, Between(0, 1 << 53)]
Index = Annotated[int, Between(0, MAX_CHILDREN - 1)]
Seed = Annotated[int, Between(0, (1 << 31) - 1)]
Seconds = Annotated[float, Between(0, 10_000_000)]
# Printable ASCII: they are shown in windows and terminals, whoever wrote them.
Words = Annotated[str, Matches(r"[ -~]*"), Length(0, 1000)]
Name = Annotated[str, Matches(r"[ -~]*"), Length(0, 1000)]  # a level's has the kinds of all of its rules


class Point(NamedTuple):
    """A moment of a solve: seconds of solving, unmet requests of the best so far, what surely stays unmet."""

    seconds: Seconds
    unmet: Count | None
    bound: Count


@dataclass(frozen=True, slots=True)
class Blob:
    """An object in the bucket, by its key, with what it must be."""

    key: Key
    sha256: Sha256
    bytes: Count


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What a run is to do; where it stands, the run is complete in the bucket.

    Parameters
    ----------
    app_version
        Of the desktop that sent it.
    solver_version
        Format of the problem (``echelon_desktop.solver.problem.VERSION``).
    seeds, strategies
        The portfolio: one child per pair, seed by seed. See :meth:`child`.
    time_limit_s
        For solving, in all attempts together.
    retry_of
        The run that this one repeats.
    """

    TYPE: ClassVar[str] = "manifest"

    run: RunId
    app_version: Version
    solver_version: Version
    input: Blob
    start: Blob | None
    seeds: Annotated[tuple[Seed, ...], Length(1, MAX_CHILDREN)]
    strategies: Annotated[tuple[Strategy, ...], Length(1, 100)]
    time_limit_s: Annotated[float, Between(1, 14 * 86_400)]
    vcpu: Annotated[int, Between(1, 1024)]
    memory_mb: Annotated[int, Between(512, 16 << 20)]
    created: Moment
    retry_of: RunId | None = None

    @property
    def children(self) -> int:
        """Number of children."""
        return len(self.seeds) * len(self.strategies)

    def child(self, index: int) -> tuple[int, str]:
        """Seed and strategy of a child, 0-based."""
        seed, strategy = divmod(index, len(self.strategies))
        return self.seeds[seed], self.strategies[strategy]

    def check(self) -> None:
        """Refuse what the types cannot say: objects of another run, and portfolios that are too large."""
        keys = RunKeys(self.run)
        if self.input.key != keys.input or (self.start is not None and self.start.key != keys.start):
            raise WireError("The manifest names objects of another run.")
        if self.children > MAX_CHILDREN:
            raise WireError(f"The manifest has more than {MAX_CHILDREN} children.")


@dataclass(frozen=True, slots=True)
class Message:
    """What the queue carries: that a run is to be solved, or to be cancelled."""

    TYPE: ClassVar[str] = ""  # the field says it

    type: Literal["solve", "cancel"]
    run: RunId
    bucket: Bucket
    manifest: Key

    def check(self) -> None:
        """Refuse a message that points to another run's manifest."""
        if self.manifest != RunKeys(self.run).manifest:
            raise WireError("The message names the manifest of another run.")


@dataclass(frozen=True, slots=True)
class Dispatch:
    """
    Who submits a run's job, and the job once it is submitted.

    Parameters
    ----------
    job
        Its id in AWS Batch; empty until it is submitted.
    cancelled
        The run was cancelled before anything was submitted; nothing will be.
    """

    TYPE: ClassVar[str] = "dispatch"

    run: RunId
    job: JobId
    cancelled: bool
    at: Moment


@dataclass(frozen=True, slots=True)
class Claim:
    """Which job works on a child, and which attempt of it."""

    TYPE: ClassVar[str] = "claim"

    run: RunId
    index: Index
    job: JobId
    attempt: Annotated[int, Between(1, 1000)]
    at: Moment


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a child is; ``points`` is the whole curve, thinned, so that whoever comes late sees it."""

    TYPE: ClassVar[str] = "progress"

    run: RunId
    index: Index
    attempt: Annotated[int, Between(1, 1000)]
    method: Name
    seconds: Seconds
    unmet: Count | None
    bound: Count
    points: Annotated[tuple[Point, ...], Length(0, MAX_POINTS)]
    at: Moment


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says of itself; it travels in the same object as the schedule."""

    TYPE: ClassVar[str] = "checkpoint"

    run: RunId
    index: Index
    attempt: Annotated[int, Between(1, 1000)]
    input_sha256: Sha256
    seconds: Seconds
    bound: Count
    values: Annotated[tuple[Count, ...], Length(0, 100)]


@dataclass(frozen=True, slots=True)
class Level:
    """A figure of the result: its value, and what it certainly costs at least (null: nothing is proven)."""

    name: Name
    value: Count
    bound: Count | None


@dataclass(frozen=True, slots=True)
class ChildResult:
    """
    What a child came to; the desktop believes none of it before it has counted again.

    Parameters
    ----------
    input_sha256
        Of the problem that was solved.
    status, stop_reason
        As ``echelon_desktop.solver.result`` has them.
    levels
        In strict order of importance; empty without a solution.
    certain
        Requests that certainly stay unmet.
    seconds, attempts
        Seconds of solving in all attempts, and how many there were.
    solution
        The schedule; null when there is none.
    """

    TYPE: ClassVar[str] = "result"

    run: RunId
    index: Index
    seed: Seed
    strategy: Strategy
    input_sha256: Sha256
    app_version: Version
    solver_version: Version
    status: Literal["optimal", "feasible", "infeasible", "nothing found"]
    stop_reason: Literal["proved", "time", "iterations", "stopped", "stalled"]
    method: Name
    levels: Annotated[tuple[Level, ...], Length(0, 100)]
    certain: Count
    seconds: Seconds
    attempts: Annotated[int, Between(1, 1000)]
    iterations: Count
    solution: Blob | None

    def check(self) -> None:
        """Refuse a result that points to another child's schedule, or has figures without one."""
        if self.solution is not None and self.solution.key != RunKeys(self.run).solution(self.index):
            raise WireError("The result names the solution of another child.")
        if (self.solution is None) != (not self.levels):
            raise WireError("The result has a solution without figures, or figures without a solution.")


@dataclass(frozen=True, slots=True)
class CancelMarker:
    """That the run was cancelled, and when."""

    TYPE: ClassVar[str] = "cancel-marker"

    run: RunId
    at: Moment


@dataclass(frozen=True, slots=True)
class RunError:
    """
    Why a run cannot be done at all; ``words`` are fixed sentences and figures, never anything of the input.

    Parameters
    ----------
    code
        What is wrong: the input or manifest is not what it says ("invalid-input"), is of a version not read
        there ("version"), asks for more than the stack allows ("limits"), or AWS Batch refused the job
        ("refused").
    side
        What has to be changed: the desktop or the stack.
    """

    TYPE: ClassVar[str] = "error"

    run: RunId
    code: Literal["invalid-input", "version", "limits", "refused"]
    side: Literal["desktop", "stack"]
    words: Words
    at: Moment


class _Document(Protocol):
    TYPE: ClassVar[str]


D = TypeVar("D", bound=_Document)

DOCUMENTS: dict[str, type[Any]] = {
    "manifest": Manifest,
    "message": Message,
    "dispatch": Dispatch,
    "claim": Claim,
    "progress": ProgressReport,
    "checkpoint": Checkpoint,
    "result": ChildResult,
    "cancel-marker": CancelMarker,
    "error": RunError,
}


def written(moment: datetime) -> str:
    """A moment (aware of its zone) as documents write it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """The present moment as documents write it."""
    return written(datetime.now(UTC))


def write(document: Any) -> bytes:
    """
    A document as bytes (JSON, UTF-8).

    Raises
    ------
    WireError
        If it is not what its type says; nothing of the kind may leave.
    """
    value = {"v": VERSION} | ({"type": document.TYPE} if document.TYPE else {}) | fields.to_json(document)
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    read(type(document), data)
    return data


def read(cls: type[D], data: bytes | str) -> D:
    """
    A document from bytes.

    Parameters
    ----------
    cls
        The kind expected.
    data
        What :func:`write` gave, on this side or the other.

    Raises
    ------
    VersionError
        If it is of a newer version than this side reads; the message says which side to update.
    WireError
        If it is not such a document.
    """
    if len(data) > (MAX_MESSAGE_BYTES if cls is Message else MAX_BYTES):
        raise WireError("The document is larger than any of its kind.")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError("The document is not JSON.") from error
    if not isinstance(value, dict):
        raise WireError("The document must be an object.")
    version = value.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise WireError("v must be a whole number from 1.")
    if version > VERSION:
        raise _newer(cls, version)
    if cls.TYPE and value.get("type") != cls.TYPE:
        raise WireError(f"type must be {cls.TYPE}.")
    document: D = fields.from_json(cls, value)
    check = getattr(document, "check", None)
    if check is not None:
        check()
    return document


_FROM_DESKTOP = (Manifest, Message, CancelMarker)


def _newer(cls: type[Any], version: int) -> VersionError:
    # Who reads a document of the desktop is the stack, and the other way round.
    side = "stack" if cls in _FROM_DESKTOP else "desktop"
    remedy = {
        "stack": "Update the stack: its container image and its dispatcher.",
        "desktop": "Update Echelon Desktop on this workstation.",
    }[side]
    return VersionError(
        f"The {cls.TYPE or 'message'} is of version {version}; this side reads up to {VERSION}. {remedy}",
        side,
    )
