"""
Seating one student without unseating another: alternating paths inside one student's timetable.

Given where sections stand and the seats others hold, :func:`augment` meets a request whenever that student's
requests allow it at all. A student changes his own slots freely; nobody else is touched.
"""

from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import LOG, MISSED, TAIL, UNMET, Ints, Layout


@kernel
def refresh(at: Layout, d: Ints, course: int, slot: int) -> None:
    """Bring the masks of slots with a free seat up to date for one pool."""
    pool = course * at.n_slots + slot
    bit = 1 << slot
    if d[at.load + pool] < d[at.seats + pool]:
        d[at.open + course] |= bit
        if d[at.sped_load + pool] < d[at.sped_seats + pool]:
            d[at.open_sped + course] |= bit
        else:
            d[at.open_sped + course] &= ~bit
    else:
        d[at.open + course] &= ~bit
        d[at.open_sped + course] &= ~bit


@kernel
def assign(at: Layout, d: Ints, request: int, slot: int) -> None:
    """Give a request a slot, or none (-1), and log what it had. The slot must be free for the student."""
    student = d[at.request_student + request]
    course = d[at.request_course + request]
    old = d[at.request_slot + request]
    end = d[LOG]
    d[at.log_request + end] = request
    d[at.log_slot + end] = old
    d[LOG] = end + 1
    if old >= 0:
        pool = course * at.n_slots + old
        d[at.load + pool] -= 1
        d[at.sped_load + pool] -= d[at.student_sped + student]
        d[at.student_at + student * at.n_slots + old] = -1
        d[at.student_free + student] |= 1 << old
        refresh(at, d, course, old)
        if slot < 0:
            place = d[UNMET]
            d[at.unmet + place] = request
            d[at.unmet_place + request] = place
            d[UNMET] = place + 1
            d[MISSED] += d[at.request_weight + request]
            d[at.student_unmet + student] += 1
    elif slot >= 0:
        last = d[UNMET] - 1
        place = d[at.unmet_place + request]
        d[at.unmet + place] = d[at.unmet + last]
        d[at.unmet_place + d[at.unmet + place]] = place
        d[UNMET] = last
        d[MISSED] -= d[at.request_weight + request]
        d[at.student_unmet + student] -= 1
    d[at.request_slot + request] = slot
    if slot >= 0:
        pool = course * at.n_slots + slot
        d[at.load + pool] += 1
        d[at.sped_load + pool] += d[at.student_sped + student]
        d[at.student_at + student * at.n_slots + slot] = request
        d[at.student_free + student] &= ~(1 << slot)
        refresh(at, d, course, slot)


@kernel
def augment(at: Layout, d: Ints, request: int, may_drop: bool) -> bool:
    """
    Seat a request, moving the student's other requests where needed.

    A request that holds a slot looks for another one, and keeps what it has where none is found. Breadth
    first over slots with a seat; of the slots that end a shortest path the one with the largest share of
    free seats
    is taken. With ``may_drop``, when no path exists the lightest request reached gives way to a heavier one:
    exact too, since what one student can attend is a transversal matroid.
    """
    student = d[at.request_student + request]
    seats = at.open_sped if d[at.student_sped + student] else at.open
    free = d[at.student_free + student]
    held = d[at.request_slot + request]
    if held >= 0:
        free |= 1 << held
    base = student * at.n_slots
    d[at.queue + 0] = request
    d[at.via + 0] = -1
    seen = 0
    head = 0
    tail = 1
    end = -1
    slot = -1
    while head < tail and end < 0:
        x = d[at.queue + head]
        reach = d[seats + d[at.request_course + x]] & ~seen
        hits = reach & free
        if hits:
            end = head
            slot = _emptiest(at, d, d[at.request_course + x], hits)
        elif reach:
            seen |= reach
            p = 0
            while reach:
                if reach & 1:
                    y = d[at.student_at + base + p]
                    if y >= 0:
                        d[at.queue + tail] = y
                        d[at.via + tail] = p
                        d[at.parent + tail] = head
                        tail += 1
                reach >>= 1
                p += 1
        head += 1
    d[TAIL] = tail
    if end < 0:
        if not (may_drop and at.weighted):
            return False
        lightest = d[at.request_weight + request]
        for i in range(1, tail):
            if d[at.request_weight + d[at.queue + i]] < lightest:
                lightest = d[at.request_weight + d[at.queue + i]]
                end = i
        if end < 0:
            return False
    if held >= 0:
        assign(at, d, request, -1)
    while end > 0:
        assign(at, d, d[at.queue + end], slot)
        slot = d[at.via + end]
        end = d[at.parent + end]
    assign(at, d, request, slot)
    return True


@kernel
def _emptiest(at: Layout, d: Ints, course: int, slots: int) -> int:
    """Of a mask of slots, the one in which the course has the largest share of its seats free."""
    best = -1
    best_load = 0
    best_seats = 1
    p = 0
    while slots:
        if slots & 1:
            pool = course * at.n_slots + p
            if best < 0 or d[at.load + pool] * best_seats < best_load * d[at.seats + pool]:
                best = p
                best_load = d[at.load + pool]
                best_seats = d[at.seats + pool]
        slots >>= 1
        p += 1
    return best
