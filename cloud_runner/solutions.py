"""Schedules as they travel: an npz archive of the two arrays, checked against the problem when it arrives."""

import io
import zipfile

import numpy as np

from cloud_runner.wire import documents
from cloud_runner.wire.documents import Checkpoint
from cloud_runner.wire.errors import WireError
from echelon_desktop.solver.problem import Ints, Problem, Solution

_HEAD = "head"
_OVERHEAD = 1 << 16  # of an archive: names, headers, and what a checkpoint says of itself


def to_bytes(solution: Solution, head: Checkpoint | None = None) -> bytes:
    """A solution as bytes, with what a checkpoint says of itself."""
    arrays = {"choice": solution.choice, "seat": solution.seat}
    if head is not None:
        arrays[_HEAD] = np.frombuffer(documents.write(head), np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def most_bytes(problem: Problem) -> int:
    """More bytes than any schedule of a problem needs, packed or unpacked; what is larger is none."""
    return 2 * np.dtype(np.int64).itemsize * (problem.n_sections + problem.n_requests) + _OVERHEAD


def from_bytes(data: bytes, problem: Problem) -> Solution:
    """
    A solution of a problem from bytes.

    Raises
    ------
    WireError
        If it is damaged, or is not one of this problem: a section takes a choice of another, a request is
        satisfied by a section of a course not asked for. Hard rules are not checked here.
    """
    return _checked(_arrays(data, problem), problem)


def checkpoint_from_bytes(data: bytes, problem: Problem) -> tuple[Checkpoint, Solution]:
    """A checkpoint from bytes; raises as :func:`from_bytes` does."""
    arrays = _arrays(data, problem)
    if _HEAD not in arrays:
        raise WireError("The checkpoint does not say what it is of.")
    head = documents.read(Checkpoint, arrays[_HEAD].tobytes())
    return head, _checked(arrays, problem)


def _arrays(data: bytes, problem: Problem) -> dict[str, np.ndarray]:
    try:
        # Before anything is unpacked: a few bytes may stand for more than this computer has.
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > most_bytes(problem):
            raise WireError("The schedule is larger than any of this problem.")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in ("choice", "seat", _HEAD) if name in arrays}
    except WireError:
        raise
    except Exception as error:  # an archive can be wrong in any way
        raise WireError("The schedule is damaged.") from error


def _checked(arrays: dict[str, np.ndarray], problem: Problem) -> Solution:
    choice = _ints(arrays, "choice", problem.n_sections)
    seat = _ints(arrays, "seat", problem.n_requests)
    if (choice < problem.choice_start[:-1]).any() or (choice >= problem.choice_start[1:]).any():
        raise WireError("The schedule places a section where it may not be.")
    if (seat < -1).any() or (seat >= problem.n_sections).any():
        raise WireError("The schedule seats students in sections that there are not.")
    held = np.flatnonzero(seat >= 0)
    course = problem.section_course[seat[held]]
    asked = np.zeros(len(held), np.bool_)
    start = problem.options.start
    longest = int(np.diff(start).max(initial=0))
    for i in range(longest):
        there = start[held] + i < start[held + 1]
        at = held[there]
        asked[there] |= problem.options.items[start[at] + i] == course[there]
    if not asked.all():
        raise WireError("The schedule seats students in courses that they did not ask for.")
    return Solution(choice, seat)


def _ints(arrays: dict[str, np.ndarray], name: str, length: int) -> Ints:
    array = arrays.get(name)
    if array is None or array.shape != (length,) or array.dtype.kind != "i":
        raise WireError("The schedule is of another problem.")
    if len(array) and (array.min() < -1 or array.max() > np.iinfo(np.int32).max):
        raise WireError("The schedule has numbers that mean nothing.")
    return array.astype(np.int32)
