"""What a worker is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Task:
    """
    One attempt at one child of a run.

    Parameters
    ----------
    bucket, run, index
        Which child; 0-based.
    job
        Its id in AWS Batch, the same in every attempt.
    attempt
        From 1.
    """

    bucket: str
    run: str
    index: int
    job: str
    attempt: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Task":
        """The task that Batch and the dispatcher describe; KeyError when they do not."""
        return cls(
            bucket=environment["ECHELON_BUCKET"],
            run=environment["ECHELON_RUN"],
            index=int(environment.get("AWS_BATCH_JOB_ARRAY_INDEX", "0")),
            job=environment.get("AWS_BATCH_JOB_ID", ""),
            attempt=int(environment.get("AWS_BATCH_JOB_ATTEMPT", "1")),
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How often a worker does what, in seconds; ECHELON_PROGRESS_S and so on change it.

    Parameters
    ----------
    progress_s, checkpoint_s, cancel_s
        Between two reports, two checkpoints of a schedule that got better, two looks for the cancel marker.
    retry_s, give_up_s
        Between two tries to reach the bucket, and after which the worker gives up, to be tried again as a
        whole.
    last_s
        For the solver to end after a SIGTERM; Batch kills half a minute after it.
    """

    progress_s: float = 4.0
    checkpoint_s: float = 45.0
    cancel_s: float = 10.0
    retry_s: float = 5.0
    give_up_s: float = 600.0
    last_s: float = 15.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Pace":
        """The pace, as the environment changes it."""
        named = {f.name: environment.get(f"ECHELON_{f.name.upper()}") for f in fields(cls)}
        return cls(**{name: float(value) for name, value in named.items() if value is not None})
