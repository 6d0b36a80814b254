"""
Seats passed on from student to student, for those whom their own changes alone do not help.

:func:`pass_on` looks for a student to leave a full pool for another one, whose seat a third one leaves, and
so on until there is a free seat: breadth first over full pools, each step a path inside one student's
timetable as in :func:`augment`. Nobody loses a request. Where seats are scarce this finds what no single
student can.
"""

from echelon_desktop.solver.search.augment import augment
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.moves import keep, take_back
from echelon_desktop.solver.search.state import (
    BEST,
    LOG,
    MISSED,
    MOVED,
    POOLS,
    REACHED,
    STAMP,
    TAIL,
    UNMET,
    Ints,
    Layout,
)


@kernel
def reseat(at: Layout, d: Ints) -> int:
    """Pass seats on to whoever misses something, until nobody gains; the number of requests met so."""
    gained = 0
    before = -1
    d[MOVED] = 0
    d[STAMP] += 1
    while gained > before:
        before = gained
        for i in range(d[UNMET] - 1, -1, -1):
            if i < d[UNMET] and _could_have_more(at, d, d[at.unmet + i]) and pass_on(at, d, d[at.unmet + i]):
                gained += 1
                d[STAMP] += 1
    if d[MISSED] < d[BEST]:
        keep(at, d)
    return gained


@kernel
def _could_have_more(at: Layout, d: Ints, request: int) -> bool:
    """Whether the student of an unmet request misses more than he must."""
    student = d[at.request_student + request]
    return d[at.student_unmet + student] > d[at.student_surplus + student]


@kernel
def pass_on(at: Layout, d: Ints, request: int) -> bool:
    """
    Seat an unmet request, if need be by moving students along a chain of full pools.

    Pools that were reached in vain, since somebody was last helped, are not looked at again.
    """
    d[LOG] = 0
    if augment(at, d, request, False):
        return True
    d[REACHED] = 0
    _reach(at, d, request, -1)
    head = 0
    while head < d[REACHED]:
        pool = d[at.pool_queue + head]
        course = pool // at.n_slots
        slot = pool - course * at.n_slots
        only_sped = d[at.pool_sped + head]
        for i in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
            if d[at.request_slot + i] == slot and (
                not only_sped or d[at.student_sped + d[at.request_student + i]]
            ):
                if augment(at, d, i, False):
                    if _unwind(at, d, head) and augment(at, d, request, False):
                        return True
                    take_back(at, d)
                    return False
                _reach(at, d, i, head)
        head += 1
    return False


@kernel
def _unwind(at: Layout, d: Ints, head: int) -> bool:
    """A seat is free in the pool at ``head``: let everybody on the way to it move up."""
    while True:
        request = d[at.pool_request + head]
        head = d[at.pool_parent + head]
        if head < 0:
            return True
        if not augment(at, d, request, False):
            return False


@kernel
def _reach(at: Layout, d: Ints, request: int, parent: int) -> None:
    """
    Note the full pools in which a free seat would let this request move, after :func:`augment` failed for it.

    That is so in slots which are free for the student, or would become so by his own changes.
    """
    student = d[at.request_student + request]
    sped = d[at.student_sped + student]
    seats = at.open_sped if sped else at.open
    base = student * at.n_slots
    freed = d[at.student_free + student]
    if d[at.request_slot + request] >= 0:
        freed |= 1 << d[at.request_slot + request]
    more = True
    while more:
        more = False
        for p in range(at.n_slots):
            if not (freed >> p) & 1:
                held = d[at.student_at + base + p]
                if held >= 0 and d[seats + d[at.request_course + held]] & freed:
                    freed |= 1 << p
                    more = True
    for k in range(d[TAIL]):
        course = d[at.request_course + d[at.queue + k]]
        for p in range(at.n_slots):
            pool = course * at.n_slots + p
            if (
                (freed >> p) & 1
                and d[at.seats + pool] > 0
                and not (d[seats + course] >> p) & 1
                and d[at.pool_stamp + pool] != d[STAMP]
                and d[REACHED] < POOLS
            ):
                n = d[REACHED]
                d[at.pool_stamp + pool] = d[STAMP]
                d[at.pool_queue + n] = pool
                d[at.pool_request + n] = request
                d[at.pool_parent + n] = parent
                d[at.pool_sped + n] = sped and d[at.sped_load + pool] >= d[at.sped_seats + pool]
                d[REACHED] = n + 1
