"""
Weighing a move: sections change places, the students concerned are seated anew one after the other, and the
change of every figure is read off.
"""

from echelon_desktop.solver.deltas.figures import busy_of, count_courses, count_day, count_groups
from echelon_desktop.solver.deltas.layout import (
    CHANGED,
    CONCERNED,
    COURSES,
    ENDED,
    PLACED,
    SEATED,
    STAMP,
    Layout,
)
from echelon_desktop.solver.deltas.seating import best_seating, leave_all, seat_anew, unseated_cost
from echelon_desktop.solver.deltas.seats import begin, place, sit, take_back, unseat_again
from echelon_desktop.solver.search.jit import entry, kernel
from echelon_desktop.solver.search.state import Ints

# Jobs of :func:`weigh`.
MAKE, LEAST, UNDO = range(3)

# Why a student is concerned.
SITTING, HOPING, CLASHING = range(3)

NODES_ESTIMATE = 3000
NODES_LEAST = 100_000


@entry
def weigh(at: Layout, d: Ints, job: int, n: int) -> int:
    """
    What Python calls.

    ``MAKE`` moves the ``n`` sections in ``moving``, where each stands before the choice it takes, ``LEAST``
    finds what the students concerned by that move cost at least, ``UNDO`` takes it back.
    """
    if job == MAKE:
        make(at, d, n)
        return 0
    if job == LEAST:
        return least(at, d)
    take_back(at, d)
    return 0


@kernel
def make(at: Layout, d: Ints, n: int) -> None:
    """Make a move and count what it costs."""
    begin(at, d)
    for i in range(n):
        place(at, d, d[at.moving + 2 * i], d[at.moving + 2 * i + 1])
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
    for why in (CLASHING, HOPING):
        for i in range(d[CONCERNED]):
            if d[at.concern + i] == why:
                seat_anew(at, d, d[at.concerned + i], NODES_ESTIMATE)
    count_courses(at, d)
    if at.n_free:
        for i in range(d[CONCERNED]):
            student = d[at.concerned + i]
            count_day(at, d, student, d[at.busy_before + i], -1)
            count_day(at, d, student, busy_of(at, d, student), 1)
    _list_changed(at, d)


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
            if taken & d[at.section_mask + section]:
                return CLASHING
            taken |= d[at.section_mask + section]
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


@kernel
def _list_changed(at: Layout, d: Ints) -> None:
    """List the requests whose seat is another than before the move."""
    for i in range(d[SEATED]):
        request = d[at.log_request + i]
        if d[at.request_stamp + request] != d[STAMP]:
            d[at.request_stamp + request] = d[STAMP]
            # The log's first word on a request is what it had before the move.
            if d[at.seat + request] != d[at.log_seat + i]:
                d[at.changed + d[CHANGED]] = request
                d[CHANGED] += 1


@kernel
def least(at: Layout, d: Ints) -> int:
    """
    What the students concerned by the move cost at least, each by himself with all the seats they leave.

    Leaves in ``bound``, for every level at which students' seats count one by one, a number that no seating
    of the students concerned falls below which costs the same at the levels before. Returns whether the
    search for each student came to its end; without that nothing is proven. The move's seats are taken back.
    """
    unseat_again(at, d)
    d[STAMP] += 1
    d[COURSES] = 0
    for level in range(at.n_levels):
        d[at.value + level] = d[at.value_placed + level]
    for i in range(d[CONCERNED]):
        leave_all(at, d, d[at.concerned + i])
    for level in range(at.n_levels):
        d[at.bound + level] = d[at.value + level]
    complete = 1
    for i in range(d[CONCERNED]):
        student = d[at.concerned + i]
        first = d[at.student_requests + student]
        for j in range(d[at.student_requests + student + 1] - first):
            d[at.before + j] = -1
        nothing = unseated_cost(at, d, student)
        best = best_seating(at, d, student, NODES_LEAST)
        complete &= d[ENDED]
        for tier in range(at.n_tiers):
            scale = d[at.tier_scale + tier]
            level = d[at.tier_level + tier]
            d[at.bound + level] += best // scale - nothing // scale
            best %= scale
            nothing %= scale
    unseat_again(at, d)
    return complete
