"""
Moving sections: the change itself, what it does to students, and taking it back.

A move shifts up to four sections, re-seats exactly the students it displaces, and then tries the unmet
requests of students who want a course that moved. What it costs is therefore read off the schedule, not
estimated.
"""

from echelon_desktop.solver.search.augment import assign, augment, refresh
from echelon_desktop.solver.search.chance import below, chance
from echelon_desktop.solver.search.glance import choose_slot
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import (
    BEST,
    LOG,
    MISSED,
    MOVED,
    PAID,
    PUSHED_COURSE,
    PUSHED_SLOT,
    TAIL,
    UNMET,
    Ints,
    Layout,
)

# Chances in 256: that a move starts at a student who misses something, and that somebody then gives up a seat
# for him. Compared on families of sample schools, ten seeds each: only that the first is nearly certain, and
# the second not frequent, stands out from the noise.
GUIDED = 248
PUSHED = 64
TRIES = 8


@kernel
def shift(at: Layout, d: Ints, section: int, slot: int) -> None:
    """Put a section into a slot (or take it out, -1) with its seats; students are left as they are."""
    old = d[at.section_slot + section]
    course = d[at.section_course + section]
    pinned = d[at.section_pinned + section]
    teacher = d[at.section_teacher + section]
    if old >= 0:
        _carry(at, d, section, course, pinned, old, -1)
        if teacher >= 0 and d[at.teacher_at + teacher * at.n_slots + old] == section:
            d[at.teacher_at + teacher * at.n_slots + old] = -1
    if slot >= 0:
        _carry(at, d, section, course, pinned, slot, 1)
        if teacher >= 0:
            d[at.teacher_at + teacher * at.n_slots + slot] = section
    d[at.section_slot + section] = slot


@kernel
def _carry(at: Layout, d: Ints, section: int, course: int, pinned: int, slot: int, sign: int) -> None:
    pool = course * at.n_slots + slot
    d[at.seats + pool] += sign * d[at.section_seats + section]
    d[at.sped_seats + pool] += sign * d[at.section_sped + section]
    d[at.sections_at + pool] += sign
    refresh(at, d, course, slot)
    if pinned >= 0:
        pool = pinned * at.n_slots + slot
        d[at.seats + pool] += sign * d[at.section_pins + section]
        d[at.sped_seats + pool] += sign * d[at.section_sped_pins + section]
        refresh(at, d, pinned, slot)


@kernel
def move(at: Layout, d: Ints, section: int, slot: int, temperature: float) -> bool:
    """Shift a section; what its teacher has there goes where he is free. False where that is not allowed."""
    old = d[at.section_slot + section]
    teacher = d[at.section_teacher + section]
    other = -1
    if teacher >= 0:
        other = d[at.teacher_at + teacher * at.n_slots + slot]
    goal = -1
    if other >= 0:
        if d[at.section_course + other] == d[at.section_course + section]:
            # Two sections of one course and one teacher: nothing would change but their names.
            return False
        goal = choose_slot(at, d, other, _free_slots(at, d, teacher) | 1 << old, 0.0, temperature)
        if goal < 0:
            return False
    n = d[MOVED]
    d[at.moved_section + n] = section
    d[at.moved_from + n] = old
    shift(at, d, section, slot)
    if other >= 0:
        n += 1
        d[at.moved_section + n] = other
        d[at.moved_from + n] = slot
        shift(at, d, other, goal)
    d[MOVED] = n + 1
    return True


@kernel
def _free_slots(at: Layout, d: Ints, teacher: int) -> int:
    """A mask of the slots in which a teacher has no section."""
    slots = 0
    for p in range(at.n_slots):
        if d[at.teacher_at + teacher * at.n_slots + p] < 0:
            slots |= 1 << p
    return slots


@kernel
def propose(at: Layout, d: Ints, temperature: float) -> bool:
    """
    Choose and make a random move of sections, biased to the courses of students who miss something.

    What it costs at a glance, which choosing it has paid for, is left in ``PAID``.
    """
    d[PAID] = 0
    request = _missed_request(at, d) if d[UNMET] > 0 and chance(d, GUIDED) else -1
    if request >= 0 and chance(d, PUSHED) and _push(at, d, request):
        return True
    if request < 0:
        section = below(d, at.n_sections)
    else:
        # What the failed search for a path could reach is a set of slots fewer than the requests that need
        # them: one of their courses has to move.
        augment(at, d, request, False)
        section = _random_section(at, d, d[at.queue + below(d, d[TAIL])])
    slot = choose_slot(at, d, section, -1, 1.0, temperature)
    if slot < 0:
        return False
    d[PAID] = max(0, d[at.worse + slot]) * at.unit
    return move(at, d, section, slot, temperature)


@kernel
def _push(at: Layout, d: Ints, request: int) -> bool:
    """Seat a request where its course is full; somebody there, and what the student holds, may have to go."""
    course = d[at.request_course + request]
    student = d[at.request_student + request]
    seats = at.open_sped if d[at.student_sped + student] else at.open
    full = 0
    for p in range(at.n_slots):
        full |= (d[at.seats + course * at.n_slots + p] > 0) << p
    slot = _random_bit(at, d, full & ~d[seats + course])
    if slot < 0:
        return False
    held = d[at.student_at + student * at.n_slots + slot]
    if held >= 0:
        if d[at.request_weight + held] > d[at.request_weight + request]:
            return False
        assign(at, d, held, -1)
    elif not (d[at.student_free + student] >> slot) & 1:
        return False
    assign(at, d, request, slot)
    if held >= 0:
        augment(at, d, held, False)
    d[PUSHED_COURSE] = course
    d[PUSHED_SLOT] = slot
    return True


@kernel
def _missed_request(at: Layout, d: Ints) -> int:
    """A random unmet request of a student who could have more than he has, or -1."""
    for _ in range(TRIES):
        request = d[at.unmet + below(d, d[UNMET])]
        student = d[at.request_student + request]
        # What exceeds the student's slots anyway would draw moves in vain.
        if d[at.student_unmet + student] > d[at.student_surplus + student]:
            return request
    return -1


@kernel
def _random_section(at: Layout, d: Ints, request: int) -> int:
    """A random section of the course a request is for."""
    course = d[at.request_course + request]
    first = d[at.course_sections + course]
    return d[at.course_section + first + below(d, d[at.course_sections + course + 1] - first)]


@kernel
def _random_bit(at: Layout, d: Ints, mask: int) -> int:
    """A random slot of a mask, or -1 when it is empty."""
    n = 0
    for p in range(at.n_slots):
        n += (mask >> p) & 1
    if n == 0:
        return -1
    k = below(d, n)
    for p in range(at.n_slots):
        if (mask >> p) & 1:
            if k == 0:
                return p
            k -= 1
    return -1


@kernel
def settle(at: Layout, d: Ints, limit: int) -> bool:
    """
    Make the students follow the sections that moved.

    Returns False, in the midst of things, once the weight missed cannot come back to ``limit``.
    """
    if d[PUSHED_SLOT] >= 0:
        slot = d[PUSHED_SLOT]
        d[PUSHED_SLOT] = -1
        return _relieve(at, d, d[PUSHED_COURSE], slot, limit)
    _retry_moved(at, d)
    for i in range(d[MOVED]):
        section = d[at.moved_section + i]
        slot = d[at.moved_from + i]
        if not _relieve(at, d, d[at.section_course + section], slot, limit):
            return False
        pinned = d[at.section_pinned + section]
        if pinned >= 0 and not _relieve(at, d, pinned, slot, limit):
            return False
    _retry_moved(at, d)
    return True


@kernel
def _retry_moved(at: Layout, d: Ints) -> None:
    """Try the unmet requests of students who want a course that moved."""
    for i in range(d[MOVED]):
        section = d[at.moved_section + i]
        _retry(at, d, d[at.section_course + section])
        if d[at.section_pinned + section] >= 0:
            _retry(at, d, d[at.section_pinned + section])


@kernel
def _retry(at: Layout, d: Ints, course: int) -> None:
    """Try the unmet requests of students who want a course: far fewer than all that is unmet, as a rule."""
    for i in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
        student = d[at.request_student + i]
        unmet = d[at.student_unmet + student]
        if unmet and (at.weighted or unmet > d[at.student_surplus + student]):
            for j in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
                if d[at.request_slot + d[at.student_request + j]] < 0:
                    augment(at, d, d[at.student_request + j], True)


@kernel
def _relieve(at: Layout, d: Ints, course: int, slot: int, limit: int) -> bool:
    """Move students out of an overfull pool: first those who lose nothing, then whoever is left."""
    pool = course * at.n_slots + slot
    over = d[at.load + pool] - d[at.seats + pool]
    over_sped = d[at.sped_load + pool] - d[at.sped_seats + pool]
    if over <= 0 and over_sped <= 0:
        return True
    # Every student left here who does not go must be made up for by one who has not been asked yet.
    unasked = d[at.load + pool]
    first = d[at.course_requests + course]
    n = d[at.course_requests + course + 1] - first
    i = first + below(d, n)
    for _ in range(n):
        if d[at.request_slot + i] == slot:
            sped = d[at.student_sped + d[at.request_student + i]]
            if over > 0 or (sped and over_sped > 0):
                if d[LOG] + 4 * at.n_slots > at.n_log:
                    return False
                unasked -= 1
                if augment(at, d, i, False):
                    over -= 1
                    over_sped -= sped
                    if over <= 0 and over_sped <= 0:
                        return True
                elif over > unasked and d[MISSED] + (over - unasked) * at.lightest > limit:
                    return False
        i += 1
        if i == first + n:
            i = first
    while over > 0 or over_sped > 0:
        i = _lightest(at, d, course, slot, over_sped > 0)
        over -= 1
        over_sped -= d[at.student_sped + d[at.request_student + i]]
        assign(at, d, i, -1)
        if d[MISSED] > limit:
            return False
    return True


@kernel
def _lightest(at: Layout, d: Ints, course: int, slot: int, only_sped: bool) -> int:
    """The lightest request in a pool, from a random place on; of a SPED student where that limit binds."""
    first = d[at.course_requests + course]
    n = d[at.course_requests + course + 1] - first
    i = first + below(d, n)
    best = -1
    for _ in range(n):
        if (
            d[at.request_slot + i] == slot
            and (best < 0 or d[at.request_weight + i] < d[at.request_weight + best])
            and (not only_sped or d[at.student_sped + d[at.request_student + i]])
        ):
            best = i
            if not at.weighted:
                return best
        i += 1
        if i == first + n:
            i = first
    return best


@kernel
def take_back(at: Layout, d: Ints) -> None:
    """Undo everything since the logs were emptied, students first."""
    n = d[LOG]
    for i in range(n - 1, -1, -1):
        assign(at, d, d[at.log_request + i], d[at.log_slot + i])
        d[LOG] = i
    for i in range(d[MOVED] - 1, -1, -1):
        shift(at, d, d[at.moved_section + i], d[at.moved_from + i])
    d[MOVED] = 0


@kernel
def keep(at: Layout, d: Ints) -> None:
    """Remember the present schedule as the best."""
    d[BEST] = d[MISSED]
    for i in range(at.n_sections):
        d[at.best_section_slot + i] = d[at.section_slot + i]
    for i in range(at.n_requests):
        d[at.best_request_slot + i] = d[at.request_slot + i]
