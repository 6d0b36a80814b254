"""
The search's data: one flat sequence of integers, and where in it everything stands.

Kernels get a :class:`Layout` and the sequence ``d``: ``d[at.request_slot + r]`` is the slot of request
``r``. One sequence instead of fifty keeps calls between compiled kernels cheap and compiling them quick; a
plain list serves the interpreter several times faster than scalars out of numpy would; and one copy is a
whole chain.

A *pool* is a course in a slot, at ``course * n_slots + slot``: the sections of a course that meet in one
slot are interchangeable for a student, so that seats are counted per pool and students are spread over
sections only at the end.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from echelon_desktop.solver.search.plain import PlainProblem


class Ints(Protocol):
    """Either ``list[int]`` or an array of int64; the interpreter and numba index both alike."""

    def __getitem__(self, i: int, /) -> int: ...
    def __setitem__(self, i: int, value: int, /) -> None: ...


class Floats(Protocol):
    """Either ``list[float]`` or an array of float64."""

    def __getitem__(self, i: int, /) -> float: ...
    def __setitem__(self, i: int, value: float, /) -> None: ...


# Single numbers at the front of the data: how many requests are unmet and what they weigh, the least weight
# missed so far, lengths of the two logs, the number of the present move, four words of the random numbers,
# how many pools a search for a seat has reached, and what choosing a move has paid for.
UNMET, MISSED, BEST, LOG, MOVED, STAMP, TAIL, COST, LEAST, TOUCHED, STEPS, PAID = range(12)
PUSHED_COURSE, PUSHED_SLOT, RNG = range(12, 15)
REACHED = RNG + 4
N_FRONT = RNG + 5

# What kernels are told of heat: the temperatures of weight missed and of costs (see ``COSTS``), each with
# what it is multiplied by at every step.
MISS_TEMPERATURE, MISS_COOLING, COST_TEMPERATURE, COST_COOLING = range(4)

QUANTILES = 4096
POOLS = 512  # looked at for a seat that could be passed on, at most
# What one unit of the first and of the second goal costs; one student in a larger section costs about 2.
COSTS = (64, 16)
QUANTILE_UNIT = 1 << 16


class Layout(NamedTuple):
    """Sizes, and the offset of each array in the data. Requests are sorted by course."""

    n_slots: int
    n_sections: int
    n_requests: int
    n_courses: int
    n_teachers: int
    n_log: int
    unit: int
    weighted: int
    lightest: int
    spread_cost: int
    lab_cost: int
    # What never changes. Ranges (``course_requests`` ...) have one entry more than there are owners.
    section_course: int
    section_teacher: int
    section_seats: int
    section_sped: int
    section_allowed: int
    section_pinned: int
    section_pins: int
    section_sped_pins: int
    course_sections: int
    course_section: int
    course_requests: int
    request_student: int
    request_course: int
    request_weight: int
    student_requests: int
    student_request: int
    student_sped: int
    student_surplus: int
    section_lab: int
    adjacent: int
    quantile: int
    # The schedule, the sums that follow from it, and logs to take a move back.
    section_slot: int
    teacher_at: int
    seats: int
    load: int
    sped_seats: int
    sped_load: int
    open: int
    open_sped: int
    request_slot: int
    student_at: int
    student_free: int
    student_unmet: int
    unmet: int
    unmet_place: int
    log_request: int
    log_slot: int
    moved_section: int
    moved_from: int
    sections_at: int
    stamp: int
    cost: int
    touched: int
    touched_cost: int
    # Where a student is seated anew: rows are his requests, columns slots, both counted from 1.
    row_request: int
    row_slots: int
    row_potential: int
    column_potential: int
    row_of: int
    came: int
    slack: int
    covered: int
    price: int
    worse: int
    following: int
    gaining: int
    queue: int
    via: int
    parent: int
    pool_stamp: int
    pool_queue: int
    pool_request: int
    pool_parent: int
    pool_sped: int
    best_section_slot: int
    best_request_slot: int


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """
    A problem laid out for the kernels, no section placed and no student seated.

    ``order`` gives the problem's request at each place of the layout; requests that no schedule can meet are
    left out, and ``base`` is their weight.
    """

    at: Layout
    data: NDArray[np.int64]
    order: NDArray[np.int64]
    base: int
    unit: int
    n_places: int


def _starts(keys: NDArray[Any], n: int) -> NDArray[Any]:
    return np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=n))])


def lay_out(problem: PlainProblem) -> Board:
    """
    Sort requests by course and lay a problem out.

    The requests pinned to a section become a course of their own, whose seats travel with that section: a
    pinned seat is kept, and the kernels need no other rule for it.
    """
    n_slots, n_sections, n_students = problem.n_slots, problem.n_sections, problem.n_students
    pinned_to = problem.request_section.astype(np.int64)
    pinned_sections = np.unique(pinned_to[pinned_to >= 0])
    pinned_course = np.full(n_sections + 1, -1, dtype=np.int64)
    pinned_course[pinned_sections] = problem.n_courses + np.arange(len(pinned_sections))
    n_courses = problem.n_courses + len(pinned_sections)

    course = np.where(pinned_to >= 0, pinned_course[pinned_to], problem.request_course.astype(np.int64))
    course_allowed = np.zeros(n_courses, dtype=np.int64)
    np.bitwise_or.at(course_allowed, problem.section_course, problem.section_allowed)
    course_allowed[pinned_course[pinned_sections]] = problem.section_allowed[pinned_sections]
    reach = course_allowed[course] & ~problem.student_blocked[problem.request_student]
    hopeful = np.flatnonzero(reach != 0)
    order = hopeful[np.argsort(course[hopeful], kind="stable")]
    course = course[order]
    student = problem.request_student[order].astype(np.int64)
    weight = problem.request_weight[order]

    pins = np.bincount(pinned_to[pinned_to >= 0], minlength=n_sections)
    is_sped = problem.student_sped[problem.request_student] & (pinned_to >= 0)
    sped_pins = np.bincount(pinned_to[is_sped], minlength=n_sections)
    seats = problem.section_seats - pins
    sped = np.minimum(problem.section_sped - sped_pins, seats)

    section_of = np.concatenate([problem.section_course.astype(np.int64), pinned_course[pinned_sections]])
    sections = np.concatenate([np.arange(n_sections), pinned_sections])
    by_student = np.argsort(student, kind="stable")
    n_requests, n_pools = len(order), n_courses * n_slots
    n_owners = n_courses + problem.n_teachers
    n_log = 4 * n_requests + 8 * n_slots + 64
    full = (1 << n_slots) - 1
    arrays = {
        "section_course": problem.section_course,
        "section_teacher": problem.section_teacher,
        "section_seats": seats,
        "section_sped": sped,
        "section_allowed": problem.section_allowed,
        "section_pinned": pinned_course[:n_sections],
        "section_pins": pins,
        "section_sped_pins": sped_pins,
        "course_sections": _starts(section_of, n_courses),
        "course_section": sections[np.argsort(section_of, kind="stable")],
        "course_requests": _starts(course, n_courses),
        "request_student": student,
        "request_course": course,
        "request_weight": weight,
        "student_requests": _starts(student, n_students),
        "student_request": by_student,
        "student_sped": problem.student_sped,
        "student_surplus": _surplus(n_students, student, reach[order]),
        "section_lab": problem.section_lab,
        "adjacent": problem.adjacent,
        "quantile": [int(-math.log((i + 0.5) / QUANTILES) * QUANTILE_UNIT) for i in range(QUANTILES)],
        "section_slot": [-1] * n_sections,
        "teacher_at": [-1] * (problem.n_teachers * n_slots),
        "seats": [0] * n_pools,
        "load": [0] * n_pools,
        "sped_seats": [0] * n_pools,
        "sped_load": [0] * n_pools,
        "open": [0] * n_courses,
        "open_sped": [0] * n_courses,
        "request_slot": [-1] * n_requests,
        "student_at": [-1] * (n_students * n_slots),
        "student_free": full & ~problem.student_blocked,
        "student_unmet": np.bincount(student, minlength=n_students),
        "unmet": np.arange(n_requests),
        "unmet_place": np.arange(n_requests),
        "log_request": [0] * n_log,
        "log_slot": [0] * n_log,
        "moved_section": [0] * 8,
        "moved_from": [0] * 8,
        "sections_at": [0] * n_pools,
        "stamp": [0] * n_owners,
        "cost": [0] * n_owners,
        "touched": [0] * n_owners,
        "touched_cost": [0] * n_owners,
        "row_request": [0] * (n_slots + 1),
        "row_slots": [0] * (n_slots + 1),
        "row_potential": [0] * (n_slots + 1),
        "column_potential": [0] * (n_slots + 1),
        "row_of": [0] * (n_slots + 1),
        "came": [0] * (n_slots + 1),
        "slack": [0] * (n_slots + 1),
        "covered": [0] * (n_slots + 1),
        "price": [0] * (n_slots + 1) ** 2,
        "worse": [0] * n_slots,
        "following": [0] * n_slots,
        "gaining": [0] * n_slots,
        "queue": [0] * (n_slots + 1),
        "via": [0] * (n_slots + 1),
        "parent": [0] * (n_slots + 1),
        "pool_stamp": [0] * n_pools,
        "pool_queue": [0] * POOLS,
        "pool_request": [0] * POOLS,
        "pool_parent": [0] * POOLS,
        "pool_sped": [0] * POOLS,
        "best_section_slot": [-1] * n_sections,
        "best_request_slot": [-1] * n_requests,
    }
    front = np.zeros(N_FRONT, dtype=np.int64)
    front[UNMET] = n_requests
    front[MISSED] = weight.sum()
    front[BEST] = front[MISSED] + 1
    front[PUSHED_SLOT] = -1
    parts = {name: np.asarray(values, dtype=np.int64) for name, values in arrays.items()}
    sizes = [len(front), *(len(part) for part in parts.values())]
    offsets = dict(zip(parts, np.cumsum(sizes).tolist(), strict=False))
    unit = int(np.median(weight)) if n_requests else 1
    at = Layout(
        n_slots=n_slots,
        n_sections=n_sections,
        n_requests=n_requests,
        n_courses=n_courses,
        n_teachers=problem.n_teachers,
        n_log=n_log,
        unit=unit,
        weighted=int(len(np.unique(weight)) > 1),
        spread_cost=COSTS[problem.goals.index("spread")] if "spread" in problem.goals else 0,
        lab_cost=COSTS[problem.goals.index("labs")] if "labs" in problem.goals else 0,
        lightest=int(weight.min()) if n_requests else 1,
        **offsets,
    )
    return Board(
        at=at,
        data=np.concatenate([front, *parts.values()]),
        order=order,
        base=int(problem.request_weight.sum() - weight.sum()),
        unit=unit,
        n_places=sum(max(0, int(mask).bit_count() - 1) for mask in problem.section_allowed),
    )


def _surplus(
    n_students: int, student: np.ndarray[Any, Any], reach: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Requests of each student beyond what he can attend, seats ignored: a maximum matching to slots."""
    wanted: list[list[int]] = [[] for _ in range(n_students)]
    for n, mask in zip(student.tolist(), reach.tolist(), strict=True):
        wanted[n].append(mask)
    surplus = np.zeros(n_students, dtype=np.int64)
    for n, masks in enumerate(wanted):
        # Hall's condition holds at once where even the narrowest request has a slot for each of them.
        if masks and min(mask.bit_count() for mask in masks) < len(masks):
            surplus[n] = len(masks) - _matching(masks)
    return surplus


def _matching(masks: list[int]) -> int:
    holder: dict[int, int] = {}

    def place(i: int, seen: list[int]) -> bool:
        rest = masks[i] & ~seen[0]
        while rest:
            bit = rest & -rest
            seen[0] |= bit
            if bit not in holder or place(holder[bit], seen):
                holder[bit] = i
                return True
            rest = masks[i] & ~seen[0]
        return False

    return sum(place(i, [0]) for i in range(len(masks)))


def seed_words(seed: int) -> list[int]:
    """Four well-mixed 32-bit words for :func:`random.draw`, by splitmix64 of the seed."""
    words = []
    z = seed & 0xFFFFFFFFFFFFFFFF
    for _ in range(4):
        z = (z + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        x = z
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        words.append((x ^ (x >> 31)) & 0xFFFFFFFF)
    return words if any(words) else [1, 2, 3, 4]
