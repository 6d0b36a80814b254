"""What goes into a search beside the problem, and what comes out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Ended(Enum):
    """Why a search ended."""

    BOUND = "every goal at its bound"
    TIME = "time limit"
    ITERATIONS = "iteration limit"
    STOPPED = "stopped"
    NO_PLACEMENT = "the sections do not fit into slots"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Seed, number of chains, when to end (None: never), and the weight that every schedule misses.

    ``heat`` multiplies the temperatures of annealings for unmet requests.
    """

    seed: int
    workers: int
    time_s: float | None
    moves: int | None
    lower_bound: Callable[[], int]
    heat: float = 1.0


@dataclass(frozen=True, slots=True)
class Improvement:
    """
    Progress of a running search: weight and number of missed requests.

    ``found`` makes the schedule itself, which takes a moment.
    """

    missed_weight: int
    missed: int
    found: Callable[[], "Found"]


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A schedule to start from: slot of each section, section of each request or -1."""

    section_slot: NDArray[np.int64]
    request_section: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """
    What a search ended with.

    ``section_slot`` and ``request_section`` (-1 unmet) are None when no placement of sections exists. The
    figures are recounted from them. ``moves`` counts both phases over all chains; ``compiled`` says whether
    any chain got as far as compiled kernels.
    """

    section_slot: NDArray[np.int64] | None
    request_section: NDArray[np.int32] | None
    missed_weight: int
    missed: int
    size_spread: int
    lab_pairs: int
    ended: Ended
    moves: int
    compiled: bool
