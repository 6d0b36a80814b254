"""What leaves this workstation with a run, and what stays: in words, and to the last byte."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from echelon_desktop.model.wording import counted
from echelon_desktop.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Figures:
    """The size of a problem."""

    students: int
    courses: int
    sections: int
    requests: int
    slots: int

    @classmethod
    def of(cls, problem: Problem) -> "Figures":
        """Count a problem."""
        return cls(
            problem.n_students, problem.n_courses, problem.n_sections, problem.n_requests, problem.n_slots
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What leaves and what stays.

    Parameters
    ----------
    leaves, stays
        A line each.
    bytes_out, sha256
        Size of all that leaves before the run begins but the manifest, and the input's SHA-256.
    """

    leaves: tuple[str, ...]
    stays: tuple[str, ...]
    bytes_out: int
    sha256: str

    def text(self) -> str:
        """The receipt as text to show or file."""
        lines = ["What leaves this workstation:", *(f"  - {line}" for line in self.leaves)]
        lines += ["What stays here:", *(f"  - {line}" for line in self.stays)]
        return "\n".join([*lines, f"{self.bytes_out:,} bytes; SHA-256 of the input {self.sha256}"]) + "\n"


def receipt(figures: Figures, input_bytes: int, sha256: str, start_bytes: int, sped: int) -> Receipt:
    """The receipt of a run's objects; ``sped`` is the number of students marked SPED."""
    leaves = [
        f"{counted(figures.students, 'student')} as numbers in a random order: when each cannot attend, "
        "which sections for some students only each may take, and "
        f"a mark on {sped:,} that SPED limits count them",
        f"{counted(figures.requests, 'course request')} as numbers: whose, which course, alternates, "
        "rank, pin",
        f"{counted(figures.courses, 'course')} and {counted(figures.sections, 'section')} as numbers "
        "in a random order: seats, SPED limits, when each can meet, which cannot meet at once",
        f"{counted(figures.slots, 'slot')} of the bell schedule, "
        "and what the rules count, by the rules' own kinds",
        "a random run id, versions of the application, seeds, the time limit and the machine ordered",
    ]
    if start_bytes:
        leaves.append("the schedule to begin with, in the same numbers")
    stays = (
        "names and ids of students, teachers, courses, sections and rooms",
        "names of grades, groups, departments and buildings, and whatever else the school's files hold",
        "the key table: what the numbers stand for; it is drawn anew for each run",
        "the school's name and file",
    )
    return Receipt(tuple(leaves), stays, input_bytes + start_bytes, sha256)


def readable(data: bytes, most: int = 2000) -> Iterator[str]:
    """
    An object that leaves, as lines of text: every array of it with its numbers.

    Parameters
    ----------
    data
        The input or the start.
    most
        Numbers shown of an array; the rest is counted.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        for name in arrays.files:
            array = arrays[name]
            if name == "head":
                yield f"{name}: {json.dumps(json.loads(array.tobytes()))}"
                continue
            shown = " ".join(str(int(number)) for number in array.ravel()[:most])
            more = f" ... and {array.size - most:,} more" if array.size > most else ""
            yield f"{name} {'x'.join(map(str, array.shape))}: {shown}{more}"
