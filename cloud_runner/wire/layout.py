"""
Where a run's objects are: ``runs/<run>/``, named by its random id and by integers, and by nothing else.

A name tells nothing about the school. ``manifest.json`` is written last by the desktop: where it stands, the
input stands.
"""

import re
import uuid
from dataclasses import dataclass

PREFIX = "runs/"
RUN_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
JOB_PREFIX = "echelon-"


def new_run_id() -> str:
    """A random run id (UUID 4): it cannot be guessed, and is not made from anything."""
    return str(uuid.uuid4())


def is_run_id(text: str) -> bool:
    """Whether a text is a run id as :func:`new_run_id` gives it."""
    return re.fullmatch(RUN_ID, text) is not None


def job_name(run: str) -> str:
    """The name of a run's job in AWS Batch; a run has one job."""
    return f"{JOB_PREFIX}{run}"


@dataclass(frozen=True, slots=True)
class RunKeys:
    """
    Keys of one run's objects in the bucket.

    Parameters
    ----------
    run
        Its id.
    """

    run: str

    def __post_init__(self) -> None:
        if not is_run_id(self.run):
            raise ValueError("A run id is a random UUID, in lower case and with dashes.")

    @property
    def prefix(self) -> str:
        """What all of the run's keys begin with, a slash at the end."""
        return f"{PREFIX}{self.run}/"

    @property
    def input(self) -> str:
        """The shuffled problem (``Problem.to_bytes``)."""
        return f"{self.prefix}input.npz"

    @property
    def start(self) -> str:
        """A schedule to begin with, in the shuffled problem's numbers."""
        return f"{self.prefix}start.npz"

    @property
    def manifest(self) -> str:
        """What is to be done; written last."""
        return f"{self.prefix}manifest.json"

    @property
    def dispatch(self) -> str:
        """Who submits the job: made once, by conditional put, by a dispatcher or a cancelling desktop."""
        return f"{self.prefix}dispatch.json"

    @property
    def cancel(self) -> str:
        """Its presence asks everybody to end the run and keep the best so far."""
        return f"{self.prefix}cancel"

    @property
    def error(self) -> str:
        """Why the run cannot be done at all."""
        return f"{self.prefix}error.json"

    def child(self, index: int) -> str:
        """What all keys of one child begin with, a slash at the end."""
        return f"{self.prefix}seeds/{index}/"

    def claim(self, index: int) -> str:
        """Which job works on a child; a second job finds it and leaves."""
        return f"{self.child(index)}claim.json"

    def progress(self, index: int) -> str:
        """How far a child is."""
        return f"{self.child(index)}progress.json"

    def checkpoint(self, index: int) -> str:
        """A child's best schedule so far."""
        return f"{self.child(index)}checkpoint.npz"

    def result(self, index: int) -> str:
        """What a child came to; written after its solution."""
        return f"{self.child(index)}result.json"

    def solution(self, index: int) -> str:
        """A child's schedule."""
        return f"{self.child(index)}result.npz"
