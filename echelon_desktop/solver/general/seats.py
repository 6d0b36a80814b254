"""Seats: who sits where, and what is counted with every seat taken or left."""

from echelon_desktop.solver.general.cells import touch
from echelon_desktop.solver.general.layout import CUT, LOG, OPENED, STAMP, UNMET, Layout
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def enter(at: Layout, d: Ints, request: int, section: int) -> None:
    """Count a request as met in a section; the student's slots are left to the caller."""
    student = d[at.request_student + request]
    size = d[at.size + section]
    d[at.roster + d[at.rosters + section] + size] = request
    d[at.place + request] = size
    d[at.seat + request] = section
    count_seat(at, d, section, d[at.student_sped + student], 1)
    last = d[UNMET] - 1
    place = d[at.unmet_place + request]
    d[at.unmet + place] = d[at.unmet + last]
    d[at.unmet_place + d[at.unmet + place]] = place
    d[UNMET] = last
    d[at.student_unmet + student] -= 1
    _charge(at, d, request, section, student, 1)


@kernel
def leave(at: Layout, d: Ints, request: int) -> None:
    """Count a request as unmet; the student's slots are left to the caller."""
    student = d[at.request_student + request]
    section = d[at.seat + request]
    if full_for(at, d, section, d[at.student_sped + student]):
        open_up(at, d, d[at.section_course + section])
    count_seat(at, d, section, d[at.student_sped + student], -1)
    first = d[at.rosters + section]
    last = d[at.roster + first + d[at.size + section]]
    place = d[at.place + request]
    d[at.roster + first + place] = last
    d[at.place + last] = place
    d[at.seat + request] = -1
    n = d[UNMET]
    d[at.unmet + n] = request
    d[at.unmet_place + request] = n
    d[UNMET] = n + 1
    d[at.student_unmet + student] += 1
    _charge(at, d, request, section, student, -1)


@kernel
def open_up(at: Layout, d: Ints, course: int) -> None:
    """List a course among those in which a section moved or a seat came free."""
    if d[at.course_stamp + course] != d[STAMP]:
        d[at.course_stamp + course] = d[STAMP]
        d[at.opened + d[OPENED]] = course
        d[OPENED] += 1


@kernel
def count_seat(at: Layout, d: Ints, section: int, sped: int, sign: int) -> None:
    """Add a student to a section's numbers, or take him off; no list of names is touched."""
    before = d[at.size + section]
    d[at.size + section] = before + sign
    if max(before, before + sign) == d[at.section_seats + section]:
        refresh(at, d, d[at.section_course + section])
    d[at.sped_size + section] += sign * sped
    for i in range(d[at.section_shares + section], d[at.section_shares + section + 1]):
        d[at.share_size + d[at.section_share + i]] += sign


@kernel
def refresh(at: Layout, d: Ints, course: int) -> None:
    """Bring the mask of slots in which a section of a course has a seat up to date."""
    slots = 0
    for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
        section = d[at.course_section + i]
        if d[at.size + section] < d[at.section_seats + section]:
            slots |= d[at.mask + section]
    d[at.course_open + course] = slots


@kernel
def full_for(at: Layout, d: Ints, section: int, sped: int) -> bool:
    """Whether a section has no seat for one more student."""
    if d[at.size + section] >= d[at.section_seats + section]:
        return True
    if sped and d[at.sped_size + section] >= d[at.section_sped + section]:
        return True
    for i in range(d[at.section_shares + section], d[at.section_shares + section + 1]):
        share = d[at.section_share + i]
        if d[at.share_size + share] >= d[at.share_seats + share]:
            return True
    return False


@kernel
def _charge(at: Layout, d: Ints, request: int, section: int, student: int, sign: int) -> None:
    """Bring the levels up to date that count requests and options, and note whose counts may change."""
    kind = d[at.request_kind + request]
    for i in range(d[at.kind_costs + kind], d[at.kind_costs + kind + 1]):
        d[at.value + d[at.kind_level + i]] -= sign * d[at.kind_cost + i]
    course = d[at.section_course + section]
    first = d[at.request_options + request]
    if d[at.option_course + first] != course:
        cost = sign * option_cost(at, d, request, course)
        for level in range(at.n_levels):
            d[at.value + level] += cost * d[at.alternate_cost + level]
    for i in range(at.n_homes):
        if d[at.home + i * at.n_requests + request] == section:
            d[at.value + d[at.home_level + i]] -= sign * d[at.home_cost + i]
    touch(at, d, course)
    touch(at, d, at.first_student + student)


@kernel
def option_cost(at: Layout, d: Ints, request: int, course: int) -> int:
    """Place of a course among the options of a request; 0 for the course it asks for."""
    for i in range(d[at.request_options + request], d[at.request_options + request + 1]):
        if d[at.option_course + i] == course:
            return d[at.option_cost + i]
    return 0


@kernel
def take_seat(at: Layout, d: Ints, request: int, section: int) -> None:
    """Give an unmet request a seat in a section that has one, in slots that are free, and log it."""
    note(at, d, request, -1)
    enter(at, d, request, section)
    d[at.occupied + d[at.request_student + request]] |= d[at.mask + section]


@kernel
def give_up(at: Layout, d: Ints, request: int) -> None:
    """Take a request's seat and slots away, and log it."""
    section = d[at.seat + request]
    note(at, d, request, section)
    leave(at, d, request)
    d[at.occupied + d[at.request_student + request]] &= ~d[at.mask + section]


@kernel
def note(at: Layout, d: Ints, request: int, section: int) -> None:
    """Log where a request was; a log that fills up ends the move."""
    n = d[LOG]
    d[at.log_request + n] = request
    d[at.log_section + n] = section
    d[LOG] = n + 1
    if n + at.margin >= at.n_log:
        d[CUT] = 1
