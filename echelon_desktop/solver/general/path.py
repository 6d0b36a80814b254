"""
Seating one request while all other students keep their seats: alternating paths inside one student's day.

Breadth first: a request takes a section whose slots are free, or in which one other request of his stands in
the way, which then looks for another section of its course, and so on. Nothing is given up for it. Where
sections meet in one slot each, whatever one change after the other can reach is found; a section of several
slots that meets two other requests of the student is passed over, and left to :mod:`seating`.
"""

from echelon_desktop.solver.general.layout import TAIL, Layout
from echelon_desktop.solver.general.seating import may_take
from echelon_desktop.solver.general.seats import give_up, take_seat
from echelon_desktop.solver.search.chance import below
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def seat_by_path(at: Layout, d: Ints, request: int) -> bool:
    """
    Seat an unmet request in the course asked for; False where no path is found.

    The requests that were reached are left in ``path_request``, ``TAIL`` of them: where none can be seated
    elsewhere, one of their courses has to move.
    """
    student = d[at.request_student + request]
    d[at.path_request] = request
    d[at.path_taken] = d[at.occupied + student]
    tail = 1
    head = 0
    while head < tail:
        mover = d[at.path_request + head]
        course = _first(at, d, mover)
        first = d[at.course_sections + course]
        n = d[at.course_sections + course + 1] - first
        if at.twice and _holds(at, d, student, mover, course):
            n = 0
        taken = d[at.path_taken + head]
        best = -1
        i = below(d, n) if n > 1 else 0
        for _ in range(n):
            section = d[at.course_section + first + i]
            i += 1
            if i == n:
                i = 0
            if section == d[at.seat + mover] or not _may_sit(at, d, student, mover, section):
                continue
            hit = d[at.mask + section] & taken
            if hit == 0:
                if best < 0 or d[at.size + section] < d[at.size + best]:
                    best = section
            elif best < 0:
                holder = _only_holder(at, d, student, hit, tail)
                if holder >= 0:
                    held = d[at.mask + d[at.seat + holder]]
                    d[at.path_request + tail] = holder
                    d[at.path_section + tail] = section
                    d[at.path_from + tail] = head
                    d[at.path_taken + tail] = (taken & ~held) | d[at.mask + section]
                    tail += 1
        if best >= 0:
            d[TAIL] = tail
            _walk_back(at, d, head, best)
            return True
        head += 1
    d[TAIL] = tail
    return False


@kernel
def _first(at: Layout, d: Ints, request: int) -> int:
    """The course that a request asks for."""
    return d[at.option_course + d[at.request_options + request]]


@kernel
def _may_sit(at: Layout, d: Ints, student: int, request: int, section: int) -> bool:
    return d[at.section_aparts + section] == d[at.section_aparts + section + 1] and may_take(
        at, d, student, request, section
    )


@kernel
def _holds(at: Layout, d: Ints, student: int, mover: int, course: int) -> bool:
    """Whether another request of a student is met by a course."""
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        if request != mover and section >= 0 and d[at.section_course + section] == course:
            return True
    return False


@kernel
def _only_holder(at: Layout, d: Ints, student: int, slots: int, tail: int) -> int:
    """The one request, not reached yet and free to move, that takes all of these slots; or -1."""
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        if section >= 0 and d[at.mask + section] & slots:
            if slots & ~d[at.mask + section]:
                return -1
            if d[at.section_aparts + section] < d[at.section_aparts + section + 1]:
                return -1
            for k in range(tail):
                other = d[at.path_request + k]
                if other == request or (at.twice and _first(at, d, other) == _first(at, d, request)):
                    return -1
            return request
    return -1


@kernel
def _walk_back(at: Layout, d: Ints, end: int, section: int) -> None:
    """Seat the requests of a path that ends in a section with free slots."""
    i = end
    while i > 0:
        give_up(at, d, d[at.path_request + i])
        i = d[at.path_from + i]
    i = end
    while i > 0:
        take_seat(at, d, d[at.path_request + i], section)
        section = d[at.path_section + i]
        i = d[at.path_from + i]
    take_seat(at, d, d[at.path_request], section)
