"""What a layout says of students' wishes: who asks for what, and what ties his seats together."""

from collections.abc import Sequence

import numpy as np

from echelon_desktop.solver.problem import Problem


def asking(problem: Problem) -> list[list[int]]:
    """For each course the requests that it may satisfy."""
    asking: list[list[int]] = [[] for _ in range(problem.n_courses)]
    for r, courses in enumerate(problem.options):
        for course in courses.tolist():
            asking[course].append(r)
    return asking


def only_paths(problem: Problem, aparts: Sequence[Sequence[int]]) -> bool:
    """Whether all sections meet once, all requests weigh the same, and nothing else binds who sits where."""
    masks = problem.choice_mask
    kinds = problem.request_rank + 3 * (problem.request_pin >= 0)
    once = not (masks & (masks - 1)).any()
    alike = len(problem.options.items) == problem.n_requests and not (kinds != kinds[:1]).any()
    return bool(once and alike and not any(aparts))


def apart(problem: Problem) -> list[list[int]]:
    """For each section those that no student of its may sit in, since links want the same students."""
    apart: list[set[int]] = [set() for _ in range(problem.n_sections)]
    sections_of = problem.course_sections()
    for group in problem.same_students:
        inside = set(group.tolist())
        courses = {int(problem.section_course[s]) for s in inside}
        outside = [s for c in courses for s in sections_of[c] if s not in inside]
        for s in inside:
            for other in outside:
                if problem.section_course[s] != problem.section_course[other]:
                    apart[s].add(other)
                    apart[other].add(s)
    return [sorted(members) for members in apart]


def surplus(problem: Problem, of_student: list[list[int]]) -> list[int]:
    """Requests of each student beyond what his slots hold, by the shortest choices of the courses alone."""
    slots = (1 << problem.n_slots) - 1
    shortest = np.full(problem.n_courses, problem.n_slots + 1)
    for s, course in enumerate(problem.section_course.tolist()):
        masks = problem.choice_mask[problem.choice_start[s] : problem.choice_start[s + 1]].tolist()
        least = min((mask.bit_count() for mask in masks), default=problem.n_slots + 1)
        shortest[course] = min(shortest[course], least)
    surplus = []
    for n, requests in enumerate(of_student):
        room = (slots & ~int(problem.student_blocked[n])).bit_count()
        held = 0
        for need in sorted(int(shortest[problem.options[r]].min()) for r in requests):
            room -= need
            held += room >= 0
        surplus.append(len(requests) - held)
    return surplus
