"""
What the window and its engine say to each other, over one duplex pipe.

Messages are small frozen dataclasses; numbers name jobs and questions and are the window's. A situation is a
problem with a schedule, sent once and then referred to, since questions about it come by the dozen.
"""

from dataclasses import dataclass
from typing import Any

from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.result import Params, Progress

VERSION = 2


# From the window


@dataclass(frozen=True, slots=True)
class StartSolve:
    """Solve the problem in ``problem`` (:meth:`Problem.to_bytes`); one job runs at a time."""

    job: int
    problem: bytes
    params: Params
    start: Solution | None = None


@dataclass(frozen=True, slots=True)
class StopSolve:
    """End the job now and keep its best."""

    job: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What questions are about from now on; ``number`` rises, and older questions are dropped."""

    number: int
    problem: bytes
    solution: Solution


@dataclass(frozen=True, slots=True)
class Question:
    """Ask ``name`` of :mod:`echelon_desktop.solver.questions` about a situation; None for about none."""

    number: int
    situation: int | None
    name: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Forget:
    """Give no more parts of the answer to a question."""

    number: int


@dataclass(frozen=True, slots=True)
class Quit:
    """End the process; a running job is dropped."""


# From the engine


@dataclass(frozen=True, slots=True)
class Hello:
    """The process is up; a client of another version must not use it."""

    version: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The libraries are loaded: solves start at once from now on."""


@dataclass(frozen=True, slots=True)
class Told:
    """A look at the running job."""

    job: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Finished:
    """The job's outcome: a :class:`~echelon_desktop.solver.solve.Run`."""

    job: int
    run: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer, or a part of it: parts come as they are found, the last with ``last`` set.

    ``situation`` is the one asked about, so that late answers are known as such.
    """

    number: int
    situation: int | None
    value: Any
    last: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    """A job (``job``) or question (``number``) ended in an error; ``text`` has its traceback."""

    text: str
    job: int | None = None
    number: int | None = None


Request = StartSolve | StopSolve | Situation | Question | Forget | Quit
Reply = Hello | Ready | Told | Finished | Answer | Failed
