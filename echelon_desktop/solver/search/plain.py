"""
The plain school: what the local search can solve, as arrays.

Every section meets in exactly one slot, has at most one teacher, and students have one list of requests
without alternates. Restrictions of courses, absences of teachers, locked sections and blocked students are
all masks of slots: bit ``p`` of a mask stands for slot ``p``.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_SLOTS = 62
"""Masks are signed 64-bit integers that never become negative, on any platform."""


def _frozen(values: ArrayLike, dtype: type[np.generic]) -> NDArray[np.generic]:
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False)
class PlainProblem:
    """
    A plain school in integers, read-only.

    Parameters
    ----------
    n_slots, n_courses, n_teachers
        Numbers of slots (at most ``MAX_SLOTS``), courses and teachers.
    section_course, section_teacher
        Course and teacher of each section, shape (sections,); teacher -1 for none.
    section_seats, section_sped
        Hard limits of a section on students and on SPED students, shape (sections,).
    section_allowed
        Mask of slots in which a section may meet, shape (sections,); absences of its teacher already taken
        out, one bit when it is locked.
    student_sped, student_blocked
        Whether a student is SPED, and the mask of slots in which he cannot be taught, shape (students,).
    request_student, request_course, request_weight
        One row per request, shape (requests,); weights are positive. A student asks for a course once.
    request_section
        Section to which a request is pinned, or -1, shape (requests,). A seat there is kept for it.
    section_lab
        Whether a section is a lab, shape (sections,).
    adjacent
        Mask of the slots consecutive to each slot on the same day, shape (slots,), symmetric.
    goals
        Names of the levels below missed requests, most important first: "spread" (sum over courses of largest
        minus smallest section) and "labs" (pairs of labs of one teacher in consecutive slots).

    Raises
    ------
    ValueError
        If shapes differ, an index is out of range, or more requests are pinned to a section than it seats.
    """

    n_slots: int
    n_courses: int
    n_teachers: int
    section_course: NDArray[np.int32]
    section_teacher: NDArray[np.int32]
    section_seats: NDArray[np.int32]
    section_sped: NDArray[np.int32]
    section_allowed: NDArray[np.int64]
    student_sped: NDArray[np.bool_]
    student_blocked: NDArray[np.int64]
    request_student: NDArray[np.int32]
    request_course: NDArray[np.int32]
    request_weight: NDArray[np.int64]
    request_section: NDArray[np.int32]
    section_lab: NDArray[np.bool_]
    adjacent: NDArray[np.int64]
    goals: tuple[str, ...] = field(default=("spread", "labs"))

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            object.__setattr__(self, name, _frozen(getattr(self, name), dtype))
        self._check_shapes()
        self._check_values()

    @property
    def n_sections(self) -> int:
        """Number of sections."""
        return len(self.section_course)

    @property
    def n_students(self) -> int:
        """Number of students."""
        return len(self.student_sped)

    @property
    def n_requests(self) -> int:
        """Number of requests."""
        return len(self.request_course)

    def _check_shapes(self) -> None:
        lengths = {"section": self.n_sections, "student": self.n_students, "request": self.n_requests}
        for name in _DTYPES:
            array = getattr(self, name)
            expected = lengths.get(name.split("_")[0], self.n_slots)
            if array.shape != (expected,):
                raise ValueError(f"{name} has shape {array.shape}, expected ({expected},)")

    def _check_values(self) -> None:
        if not 0 <= self.n_slots <= MAX_SLOTS:
            raise ValueError(f"{self.n_slots} slots; the search handles at most {MAX_SLOTS}")
        within = {
            "section_course": (0, self.n_courses),
            "section_teacher": (-1, self.n_teachers),
            "section_seats": (0, None),
            "section_sped": (0, None),
            "section_allowed": (0, 1 << self.n_slots),
            "student_blocked": (0, None),
            "request_student": (0, self.n_students),
            "request_course": (0, self.n_courses),
            "request_weight": (1, None),
            "request_section": (-1, self.n_sections),
            "adjacent": (0, 1 << self.n_slots),
        }
        for name, (low, high) in within.items():
            array = getattr(self, name)
            if array.size and (array.min() < low or (high is not None and array.max() >= high)):
                raise ValueError(f"{name} has a value outside {low}..{'' if high is None else high - 1}")
        unknown = set(self.goals) - {"spread", "labs"}
        if unknown:
            raise ValueError(f"unknown goals: {', '.join(sorted(unknown))}")
        pairs = self.request_student.astype(np.int64) * max(1, self.n_courses) + self.request_course
        if len(np.unique(pairs)) < len(pairs):
            raise ValueError("a student asks for a course twice")
        self._check_pins()

    def _check_pins(self) -> None:
        pinned = np.flatnonzero(self.request_section >= 0)
        at = self.request_section[pinned]
        if np.any(self.section_course[at] != self.request_course[pinned]):
            raise ValueError("a request is pinned to a section of another course")
        pins = np.bincount(at, minlength=self.n_sections)
        sped_pins = np.bincount(
            at, weights=self.student_sped[self.request_student[pinned]], minlength=self.n_sections
        )
        if np.any(pins > self.section_seats) or np.any(sped_pins > self.section_sped):
            raise ValueError("more requests are pinned to a section than it seats")


_DTYPES: dict[str, type[np.generic]] = {
    "section_course": np.int32,
    "section_teacher": np.int32,
    "section_seats": np.int32,
    "section_sped": np.int32,
    "section_allowed": np.int64,
    "student_sped": np.bool_,
    "student_blocked": np.int64,
    "request_student": np.int32,
    "request_course": np.int32,
    "request_weight": np.int64,
    "request_section": np.int32,
    "section_lab": np.bool_,
    "adjacent": np.int64,
}
