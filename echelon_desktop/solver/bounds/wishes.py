"""What each request can use at all: sections that admit the student, at times the student can be there."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from echelon_desktop.solver.problem import Ints, Problem


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What requests of one kind can use, where everybody else and all other sections are left out.

    Parameters
    ----------
    sections
        Sections of the courses named, or the pinned one alone; empty when the request certainly stays unmet.
    courses
        Courses of these sections.
    masks
        Slots that one of these sections can take, each set once.
    pinned
        Whether the student keeps the section.
    """

    sections: tuple[int, ...]
    courses: tuple[int, ...]
    masks: tuple[int, ...]
    pinned: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    The wishes of a problem.

    Parameters
    ----------
    kinds
        All different ones.
    of_request
        Shape (requests,): number of the wish.
    """

    kinds: tuple[Wish, ...]
    of_request: Ints

    @property
    def closed(self) -> int:
        """How many requests no section is open to."""
        nothing = np.array([not wish.sections for wish in self.kinds], np.bool_)
        return int(nothing[self.of_request].sum())


def find_wishes(problem: Problem) -> Wishes:
    """What each request of a problem can use; one look at each different combination."""
    admitted = np.unique(problem.audience.T, axis=0, return_inverse=True)[1].ravel().tolist()
    blocked = problem.student_blocked.tolist()
    away = _away_or_held(problem)
    sections_of = problem.course_sections()
    numbers: dict[tuple[object, ...], int] = {}
    kinds: list[Wish] = []
    of_request = np.zeros(problem.n_requests, np.int32)
    rows = zip(problem.request_student.tolist(), problem.request_pin.tolist(), problem.options, strict=True)
    for r, (student, pin, options) in enumerate(rows):
        busy = away[student] if pin < 0 else blocked[student]
        key = (options.tobytes(), busy, admitted[student], pin)
        number = numbers.setdefault(key, len(kinds))
        if number == len(kinds):
            named = [s for course in dict.fromkeys(options.tolist()) for s in sections_of[course]]
            open_ = [s for s in named if pin in (-1, s) and problem.may_sit(student, s)]
            kinds.append(_wish(problem, open_, busy, pin >= 0))
        of_request[r] = number
    return Wishes(tuple(kinds), of_request)


def _away_or_held(problem: Problem) -> list[int]:
    """Of each student the slots in which he is away, or in which a section meets that he keeps."""
    away: list[int] = problem.student_blocked.tolist()
    for r in np.flatnonzero(problem.request_pin >= 0).tolist():
        certain = -1
        for mask in choice_masks(problem, int(problem.request_pin[r])) or [0]:
            certain &= mask
        away[problem.request_student[r]] |= certain
    return away


def _wish(problem: Problem, open_: Iterable[int], busy: int, pinned: bool) -> Wish:
    sections: list[int] = []
    masks: dict[int, None] = {}
    for s in open_:
        usable = [mask for mask in choice_masks(problem, s) if mask & busy == 0]
        if usable:
            sections.append(s)
            masks.update(dict.fromkeys(usable))
    courses = dict.fromkeys(int(problem.section_course[s]) for s in sections)
    return Wish(tuple(sections), tuple(courses), tuple(masks), pinned)


def choice_masks(problem: Problem, section: int) -> list[int]:
    """Slots of each choice of a section."""
    masks: list[int] = problem.choice_mask[problem.choices_of(section)].tolist()
    return masks
