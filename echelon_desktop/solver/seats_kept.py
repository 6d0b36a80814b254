"""Seats that students can keep where sections stand elsewhere than before."""

import numpy as np

from echelon_desktop.solver.problem import Ints, Problem


def seats_kept(problem: Problem, choice: Ints, wanted: Ints) -> Ints:
    """
    The seats of another schedule, as far as they can be held side by side; pinned ones first.

    Parameters
    ----------
    problem
        Hard rules about students' days are not looked at.
    choice
        Shape (sections,): where the sections stand now.
    wanted
        Shape (requests,): the section held before, or -1.

    Returns
    -------
    Ints
        Shape (requests,): the section held now, or -1.
    """
    masks = problem.choice_mask[choice].tolist()
    seat = np.full(problem.n_requests, -1, np.int32)
    left, special = problem.section_seats.tolist(), problem.section_sped.tolist()
    shared = problem.capacity_seats.tolist()
    stack = {int(s): i for i, members in enumerate(problem.capacity_sections) for s in members}
    linked = [
        (set(link.tolist()), set(problem.section_course[link].tolist())) for link in problem.same_students
    ]
    busy = problem.student_blocked.tolist()
    held: dict[int, list[int]] = {}
    wanted = np.where(problem.request_pin >= 0, problem.request_pin, wanted)
    order = np.argsort(problem.request_pin < 0, kind="stable")
    for r in (int(r) for r in order if wanted[r] >= 0):
        s, student = int(wanted[r]), int(problem.request_student[r])
        sped, course = bool(problem.student_sped[student]), int(problem.section_course[s])
        mine = held.setdefault(student, [])
        fits = (
            course in problem.options[r]
            and not busy[student] & masks[s]
            and problem.may_sit(student, s)
            and left[s] > 0
            and not (sped and special[s] <= 0)
            and not (s in stack and shared[stack[s]] <= 0)
            and all(int(problem.section_course[other]) != course for other in mine)
            and not any(_parts(problem, link, s, other) for link in linked for other in mine)
        )
        if not fits:
            continue
        seat[r] = s
        mine.append(s)
        busy[student] |= masks[s]
        left[s] -= 1
        special[s] -= sped
        if s in stack:
            shared[stack[s]] -= 1
    return seat


def _parts(problem: Problem, link: tuple[set[int], set[int]], one: int, other: int) -> bool:
    """Whether a link keeps a student from holding two sections side by side."""
    members, courses = link
    return any(
        a in members and b not in members and int(problem.section_course[b]) in courses
        for a, b in ((one, other), (other, one))
    )
