"""
Seating one request without looking at the student's whole day: by itself, or past one other request of his.

Most students who lose a seat to a section that moved can be helped so, at a small part of the work that a
full search of their seatings takes. Nothing is given up for it: who cannot be helped so is left as he is.
"""

from echelon_desktop.solver.general.layout import Layout
from echelon_desktop.solver.general.seating import may_take
from echelon_desktop.solver.general.seats import give_up, take_seat
from echelon_desktop.solver.search.chance import below
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def seat_swiftly(at: Layout, d: Ints, request: int) -> bool:
    """Seat an unmet request in the course asked for; False if that takes more than one other change."""
    student = d[at.request_student + request]
    course = d[at.option_course + d[at.request_options + request]]
    if at.twice and _holds(at, d, student, course):
        return False
    taken = d[at.occupied + student]
    section = _smallest(at, d, request, course, taken)
    if section >= 0:
        take_seat(at, d, request, section)
        return True
    for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
        section = d[at.course_section + i]
        mask = d[at.mask + section]
        if (
            mask & taken
            and d[at.section_aparts + section] == d[at.section_aparts + section + 1]
            and may_take(at, d, student, request, section)
        ):
            holder = _only_holder(at, d, student, mask & taken)
            if holder >= 0 and _give_way(at, d, student, holder, mask):
                take_seat(at, d, request, section)
                return True
    return False


@kernel
def _holds(at: Layout, d: Ints, student: int, course: int) -> bool:
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        section = d[at.seat + d[at.student_request + i]]
        if section >= 0 and d[at.section_course + section] == course:
            return True
    return False


@kernel
def _only_holder(at: Layout, d: Ints, student: int, slots: int) -> int:
    """The student's request that alone takes all of these slots, or -1."""
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        if section >= 0 and d[at.mask + section] & slots:
            return request if not slots & ~d[at.mask + section] else -1
    return -1


@kernel
def _give_way(at: Layout, d: Ints, student: int, request: int, mask: int) -> bool:
    """Seat a met request in another section of its course, outside the slots of a mask."""
    held = d[at.seat + request]
    taken = (d[at.occupied + student] & ~d[at.mask + held]) | mask
    section = _smallest(at, d, request, d[at.section_course + held], taken)
    if section < 0 or d[at.section_aparts + held] < d[at.section_aparts + held + 1]:
        return False
    give_up(at, d, request)
    take_seat(at, d, request, section)
    return True


@kernel
def _smallest(at: Layout, d: Ints, request: int, course: int, taken: int) -> int:
    """The smallest section of a course in which a request may sit beside slots taken, or -1."""
    first = d[at.course_sections + course]
    n = d[at.course_sections + course + 1] - first
    student = d[at.request_student + request]
    best = -1
    i = below(d, n) if n > 1 else 0
    for _ in range(n):
        section = d[at.course_section + first + i]
        if (
            not d[at.mask + section] & taken
            and (best < 0 or d[at.size + section] < d[at.size + best])
            and d[at.section_aparts + section] == d[at.section_aparts + section + 1]
            and may_take(at, d, student, request, section)
        ):
            best = section
        i += 1
        if i == n:
            i = 0
    return best
