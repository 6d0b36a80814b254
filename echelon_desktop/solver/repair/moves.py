"""
Moves near a schedule: back home, to whoever misses something, and now and then anywhere.

A section goes to another place and pushes aside what stands there, or a student gets a seat for which
somebody else gives way. Each move seats anew whom it concerns; the caller keeps it or takes it back.
"""

from echelon_desktop.solver.deltas.figures import busy_of
from echelon_desktop.solver.deltas.follow import NODES_ESTIMATE, count_seats, follow
from echelon_desktop.solver.deltas.layout import AWAY, CONCERNED, HOMING, PLACED, UNMET, Layout
from echelon_desktop.solver.deltas.seating import has_seat, seat_anew
from echelon_desktop.solver.deltas.seats import option_of, place, sit
from echelon_desktop.solver.search.chance import below, chance
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

# Chances in 256 that a move looks after an unmet request, that it does so by making somebody give up a seat;
# that a section goes home; that a student gets back the seat he had. Then the same while homing.
GUIDED, PUSHED, HOMEWARD, CLAIMED = 190, 100, 60, 60
HOMING_GUIDED, HOMING_HOMEWARD, HOMING_CLAIMED = 40, 100, 180
MOST_IN_WAY = 3


@kernel
def propose(at: Layout, d: Ints) -> bool:
    """Choose and make a random move; False when there is none, in the midst of things."""
    homing = d[HOMING] > 0
    if d[UNMET] > 0 and chance(d, HOMING_GUIDED if homing else GUIDED):
        request = d[at.unmet + below(d, d[UNMET])]
        if chance(d, PUSHED):
            return _push(at, d, request)
        student = d[at.request_student + request]
        first = d[at.student_requests + student]
        wanted = d[at.student_requests + student + 1] - first
        request = d[at.student_request + first + below(d, wanted)]
        return _shift_anywhere(at, d, _random_section(at, d, request))
    if d[AWAY] > 0 and chance(d, HOMING_HOMEWARD if homing else HOMEWARD):
        section = d[at.away + below(d, d[AWAY])]
        return _shift(at, d, section, d[at.section_home + section])
    if chance(d, HOMING_CLAIMED if homing else CLAIMED):
        return _claim(at, d)
    return _shift_anywhere(at, d, below(d, at.n_sections))


@kernel
def _random_section(at: Layout, d: Ints, request: int) -> int:
    """A random section by which a request could be met, or -1."""
    first = d[at.request_options + request]
    option = first + below(d, d[at.request_options + request + 1] - first)
    course = d[at.option_course + option]
    first = d[at.course_sections + course]
    n = d[at.course_sections + course + 1] - first
    return d[at.course_section + first + below(d, n)] if n else -1


@kernel
def _shift_anywhere(at: Layout, d: Ints, section: int) -> bool:
    if section < 0:
        return False
    first = d[at.section_choices + section]
    n = d[at.section_choices + section + 1] - first
    choice = first + below(d, n)
    return choice != d[at.section_choice + section] and _shift(at, d, section, choice)


@kernel
def _shift(at: Layout, d: Ints, section: int, choice: int) -> bool:
    """Place a section; what stands in its way goes where it came from, or home. False where nothing fits."""
    if d[at.section_tied + section]:
        return False
    left = d[at.section_mask + section]
    place(at, d, section, choice)
    mask = d[at.section_mask + section]
    for i in range(d[at.section_apart + section], d[at.section_apart + section + 1]):
        group = d[at.section_apart_from + i]
        for j in range(d[at.apart_sections + group], d[at.apart_sections + group + 1]):
            other = d[at.apart_section + j]
            if other != section and d[at.section_mask + other] & mask and _crowded(at, d, group, mask):
                if d[PLACED] > MOST_IN_WAY or d[at.section_tied + other]:
                    return False
                goal = _elsewhere(at, d, other, left, mask)
                if goal < 0:
                    return False
                place(at, d, other, goal)
    for i in range(d[PLACED]):
        moved = d[at.placed_section + i]
        for j in range(d[at.section_apart + moved], d[at.section_apart + moved + 1]):
            if _crowded(at, d, d[at.section_apart_from + j], d[at.section_mask + moved]):
                return False
    return follow(at, d)


@kernel
def _crowded(at: Layout, d: Ints, group: int, mask: int) -> bool:
    """Whether more of a group meet in one of these slots than may."""
    for slot in range(at.n_slots):
        if (mask >> slot) & 1:
            meeting = 0
            for j in range(d[at.apart_sections + group], d[at.apart_sections + group + 1]):
                meeting += (d[at.section_mask + d[at.apart_section + j]] >> slot) & 1
            if meeting > d[at.apart_most + group * at.n_slots + slot]:
                return True
    return False


@kernel
def _elsewhere(at: Layout, d: Ints, section: int, left: int, taken: int) -> int:
    """A choice for a section in the way: home, or in the slots just left, or anywhere not taken; or -1."""
    home = d[at.section_home + section]
    if home >= 0 and not d[at.choice_mask + home] & taken:
        return home
    first = d[at.section_choices + section]
    n = d[at.section_choices + section + 1] - first
    if chance(d, 128):
        for choice in range(first, first + n):
            if d[at.choice_mask + choice] == left:
                return choice
    choice = first + below(d, n)
    for _ in range(n):
        if not d[at.choice_mask + choice] & taken:
            return choice
        choice += 1
        if choice == first + n:
            choice = first
    return -1


@kernel
def concern(at: Layout, d: Ints, student: int) -> None:
    """Note a student whose seats are about to change."""
    d[at.concerned + d[CONCERNED]] = student
    d[at.busy_before + d[CONCERNED]] = busy_of(at, d, student)
    d[CONCERNED] += 1


@kernel
def reseat(at: Layout, d: Ints, student: int) -> None:
    """Give a student the best seats there are now."""
    concern(at, d, student)
    seat_anew(at, d, student, NODES_ESTIMATE)


@kernel
def _claim(at: Layout, d: Ints) -> bool:
    """Seat a student anew who has lost a seat; where somebody has it who had another, that one gives way."""
    request = below(d, at.n_requests) if at.n_requests else -1
    for _ in range(at.n_requests):
        home = d[at.request_home + request]
        if home >= 0 and d[at.seat + request] != home:
            break
        request += 1
        if request == at.n_requests:
            request = 0
    else:
        return False
    return _seat_at(at, d, request, d[at.request_home + request])


@kernel
def _push(at: Layout, d: Ints, request: int) -> bool:
    """Meet a request in a random section, whoever has to give way."""
    section = _random_section(at, d, request)
    return section >= 0 and _seat_at(at, d, request, section)


@kernel
def _seat_at(at: Layout, d: Ints, request: int, section: int) -> bool:
    """Give a section's seat to a request: what the student holds then goes, and one of a full section."""
    student = d[at.request_student + request]
    pin = d[at.request_pin + request]
    mask = d[at.section_mask + section]
    row = d[at.section_audience + section]
    course = d[at.section_course + section]
    if d[at.option_course + option_of(at, d, request, course)] != course:
        return False  # held before, for what is no longer asked for
    if at.mixed:  # alternates and links need the whole of the student's seats looked at
        reseat(at, d, student)
        count_seats(at, d)
        return True
    if (
        pin not in (-1, section)
        or mask & d[at.student_blocked + student]
        or (row >= 0 and not d[at.audience + row * at.n_students + student])
    ):
        return False
    concern(at, d, student)
    other = -1
    sped = d[at.student_sped + student]
    stack = d[at.section_stack + section]
    only_sped = sped > 0 and d[at.sped_load + section] >= d[at.section_sped + section]
    if (
        only_sped
        or d[at.load + section] >= d[at.section_seats + section]
        or (stack >= 0 and d[at.stack_load + stack] >= d[at.stack_seats + stack])
    ):
        other = _someone_in(at, d, section, only_sped)
        if other < 0:
            return False
        if d[at.request_student + other] == student:
            return False
        concern(at, d, d[at.request_student + other])
        sit(at, d, other, -1)
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        own = d[at.student_request + i]
        held = d[at.seat + own]
        if own == request or (held >= 0 and d[at.section_mask + held] & mask):
            sit(at, d, own, -1)
    sit(at, d, request, section)
    # His other requests are met around this one; then whoever gave way finds what is left.
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        own = d[at.student_request + i]
        if d[at.seat + own] < 0:
            _take_free(at, d, student, own)
    if other >= 0:
        seat_anew(at, d, d[at.request_student + other], NODES_ESTIMATE)
    count_seats(at, d)
    return True


@kernel
def _someone_in(at: Layout, d: Ints, section: int, only_sped: bool) -> int:
    """A random request that holds a seat in a section, away from home if there is one; or -1."""
    course = d[at.section_course + section]
    first = d[at.course_requests + course]
    n = d[at.course_requests + course + 1] - first
    found = -1
    i = first + below(d, n)
    for _ in range(n):
        request = d[at.course_request + i]
        if d[at.seat + request] == section and (
            not only_sped or d[at.student_sped + d[at.request_student + request]]
        ):
            if d[at.request_home + request] != section:
                return request
            if found < 0:
                found = request
        i += 1
        if i == first + n:
            i = first
    return found


@kernel
def _take_free(at: Layout, d: Ints, student: int, request: int) -> None:
    """Meet a request in a section with a seat at a time when the student is free, home if that is one."""
    busy = busy_of(at, d, student)
    best = -1
    for o in range(d[at.request_options + request], d[at.request_options + request + 1]):
        course = d[at.option_course + o]
        for x in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
            section = d[at.course_section + x]
            if d[at.section_mask + section] & busy or not _has_seat(at, d, student, request, section):
                continue
            if best < 0 or section == d[at.request_home + request]:
                best = section
    if best >= 0:
        sit(at, d, request, best)


@kernel
def _has_seat(at: Layout, d: Ints, student: int, request: int, section: int) -> bool:
    pin = d[at.request_pin + request]
    return (pin < 0 or pin == section) and has_seat(at, d, student, section)
