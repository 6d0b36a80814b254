"""How students follow sections that have moved: who is concerned, and how each is seated anew."""

from echelon_desktop.solver.deltas.figures import busy_of, count_courses, count_day, count_groups
from echelon_desktop.solver.deltas.layout import CONCERNED, LIMIT, LOST, PLACED, STAMP, Layout
from echelon_desktop.solver.deltas.seating import seat_anew
from echelon_desktop.solver.deltas.seats import sit
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

# Why a student is concerned.
SITTING, HOPING, CLASHING = range(3)

NODES_ESTIMATE = 3000
LOST_WEIGHT = 1 << 40
"""Of a pinned seat that is lost."""


@kernel
def follow(at: Layout, d: Ints) -> bool:
    """
    Seat anew the students concerned by the sections just placed, and count what that changes.

    Returns False, in the midst of things, once the energy cannot come back to ``LIMIT`` where there is one.
    """
    count_groups(at, d)
    for level in range(at.n_levels):
        d[at.value_placed + level] = d[at.value + level]
    _find_concerned(at, d)
    for i in range(d[CONCERNED]):
        d[at.busy_before + i] = _busy_before(at, d, d[at.concerned + i])
        d[at.concern + i] = _why(at, d, d[at.concerned + i])
    # Seats that clash are given up before anybody is seated anew, or the order of students would decide.
    for i in range(d[CONCERNED]):
        if d[at.concern + i] == CLASHING:
            _leave_moved(at, d, d[at.concerned + i])
    hoped = _count_hopes(at, d) if d[LIMIT] else 0
    for why in (CLASHING, HOPING):
        for i in range(d[CONCERNED]):
            if d[at.concern + i] == why:
                seat_anew(at, d, d[at.concerned + i], NODES_ESTIMATE)
                if d[LIMIT]:
                    hoped -= d[at.regain + i]
                    if energy(at, d) - hoped > d[LIMIT]:
                        return False
    count_seats(at, d)
    return True


@kernel
def _count_hopes(at: Layout, d: Ints) -> int:
    """The energy that students yet to be seated can give back at most: all they miss now."""
    hoped = 0
    for i in range(d[CONCERNED]):
        student = d[at.concerned + i]
        d[at.regain + i] = 0
        if d[at.concern + i] != SITTING:
            for x in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
                request = d[at.student_request + x]
                if d[at.seat + request] < 0:
                    costs = at.unmet_cost + d[at.request_rank + request] * at.n_levels
                    for level in range(at.n_levels):
                        d[at.regain + i] += d[costs + level] * d[at.weight + level]
                        d[at.regain + i] += d[at.home_cost + level] * d[at.weight + level]
        hoped += d[at.regain + i]
    return hoped


@kernel
def energy(at: Layout, d: Ints) -> int:
    """The sum of all levels, each times what a unit of it weighs."""
    total = d[LOST] * LOST_WEIGHT
    for level in range(at.n_levels):
        total += d[at.weight + level] * d[at.value + level]
    return total


@kernel
def count_seats(at: Layout, d: Ints) -> None:
    """Count what other seats of the students concerned change for courses and students' days."""
    count_courses(at, d)
    if at.n_free:
        for i in range(d[CONCERNED]):
            student = d[at.concerned + i]
            count_day(at, d, student, d[at.busy_before + i], -1)
            count_day(at, d, student, busy_of(at, d, student), 1)


@kernel
def _find_concerned(at: Layout, d: Ints) -> None:
    """Students who sit in a section that moves, or miss a course of one."""
    d[CONCERNED] = 0
    for i in range(d[PLACED]):
        section = d[at.placed_section + i]
        course = d[at.section_course + section]
        d[at.course_stamp + course] = -d[STAMP]
        for x in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
            request = d[at.course_request + x]
            seat = d[at.seat + request]
            student = d[at.request_student + request]
            if (seat < 0 or seat == section) and d[at.student_stamp + student] != d[STAMP]:
                d[at.student_stamp + student] = d[STAMP]
                d[at.concerned + d[CONCERNED]] = student
                d[CONCERNED] += 1


@kernel
def _why(at: Layout, d: Ints, student: int) -> int:
    """Why a student is concerned by sections that have just moved, and by their courses."""
    taken = d[at.student_blocked + student]
    hopes = False
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        if section >= 0:
            mask = d[at.section_mask + section]
            if mask == 0 or taken & mask:
                return CLASHING
            taken |= mask
        else:
            for o in range(d[at.request_options + request], d[at.request_options + request + 1]):
                hopes = hopes or d[at.course_stamp + d[at.option_course + o]] == -d[STAMP]
    return HOPING if hopes else SITTING


@kernel
def _leave_moved(at: Layout, d: Ints, student: int) -> None:
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        for k in range(d[PLACED]):
            if d[at.placed_section + k] == section:
                sit(at, d, request, -1)


@kernel
def _busy_before(at: Layout, d: Ints, student: int) -> int:
    """Slots in which a student was busy before sections moved; no seat has changed yet."""
    busy = d[at.student_blocked + student]
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        section = d[at.seat + d[at.student_request + i]]
        if section >= 0:
            mask = d[at.section_mask + section]
            for k in range(d[PLACED]):
                if d[at.placed_section + k] == section:
                    mask = d[at.choice_mask + d[at.placed_choice + k]]
            busy |= mask
    return busy
