"""From pools back to sections: which section of its course each student of a slot sits in."""

from heapq import heapify, heappop, heapreplace

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.plain import PlainProblem


def seat_students(
    problem: PlainProblem, section_slot: NDArray[np.int64], request_slot: NDArray[np.int64]
) -> NDArray[np.int32]:
    """
    Spread the students of every pool evenly over its sections.

    Pinned requests come first, then SPED students (their seats are scarcer, and whatever sections they choose
    the others still fit), then everybody else, each into the section with the fewest students so far. Exact
    for equal seats; where seats differ, small sections fill up and the others stay level.

    Parameters
    ----------
    problem
        The plain school.
    section_slot, request_slot
        Slot of each section and of each request (-1 unmet), shapes (sections,) and (requests,).

    Returns
    -------
    NDArray
        Section of each request, -1 where unmet, shape (requests,).
    """
    pools: dict[tuple[int, int], list[int]] = {}
    for section, (course, slot) in enumerate(
        zip(problem.section_course.tolist(), section_slot.tolist(), strict=True)
    ):
        pools.setdefault((course, slot), []).append(section)
    pinned_to = problem.request_section.tolist()
    course_of = problem.request_course.tolist()
    is_sped = problem.student_sped[problem.request_student].tolist()
    slots = request_slot.tolist()
    # Seats kept for pins are not for others, whether the pinned student could come or not.
    size = [0] * problem.n_sections
    free = problem.section_seats.tolist()
    free_sped = problem.section_sped.tolist()
    for request, section in enumerate(pinned_to):
        if section >= 0:
            free[section] -= 1
            free_sped[section] -= is_sped[request]
            size[section] += slots[request] >= 0
    seated = [section if slots[r] >= 0 else -1 for r, section in enumerate(pinned_to)]
    waiting: dict[tuple[int, int], list[int]] = {}
    for r, slot in enumerate(slots):
        if slot >= 0 and pinned_to[r] < 0:
            waiting.setdefault((course_of[r], slot), []).append(r)
    for pool, requests in waiting.items():
        # The section in front has the fewest; heaps, since the pools of a large district are large.
        front = [(0, size[s], s) for s in pools[pool] if free[s] > 0 and free_sped[s] > 0]
        heapify(front)
        for r in (r for r in requests if is_sped[r]):
            special, _, s = front[0]
            seated[r] = s
            size[s] += 1
            free[s] -= 1
            free_sped[s] -= 1
            if free[s] > 0 and free_sped[s] > 0:
                heapreplace(front, (special + 1, size[s], s))
            else:
                heappop(front)
        others = [(size[s], s) for s in pools[pool] if free[s] > 0]
        heapify(others)
        for r in (r for r in requests if not is_sped[r]):
            _, s = others[0]
            seated[r] = s
            size[s] += 1
            free[s] -= 1
            if free[s] > 0:
                heapreplace(others, (size[s], s))
            else:
                heappop(others)
    return np.array(seated, dtype=np.int32)


def size_spread(problem: PlainProblem, request_section: NDArray[np.int32]) -> int:
    """Sum over courses of the largest minus the smallest section."""
    if problem.n_sections == 0:
        return 0
    size = np.bincount(request_section[request_section >= 0], minlength=problem.n_sections)
    largest = np.full(problem.n_courses, -1, dtype=np.int64)
    smallest = np.full(problem.n_courses, np.iinfo(np.int64).max, dtype=np.int64)
    np.maximum.at(largest, problem.section_course, size)
    np.minimum.at(smallest, problem.section_course, size)
    offered = largest >= 0
    return int((largest[offered] - smallest[offered]).sum())


def lab_pairs(problem: PlainProblem, section_slot: NDArray[np.int64]) -> int:
    """Pairs of labs of one teacher in consecutive slots."""
    taught: dict[int, int] = {}
    for section in np.flatnonzero(problem.section_lab & (problem.section_teacher >= 0)).tolist():
        teacher = int(problem.section_teacher[section])
        taught[teacher] = taught.get(teacher, 0) | 1 << int(section_slot[section])
    pairs = 0
    for mask in taught.values():
        for slot in range(problem.n_slots):
            if mask >> slot & 1:
                pairs += (mask & int(problem.adjacent[slot]) >> slot << slot).bit_count()
    return pairs
