"""What a move does to students: who loses a seat, who finds another, who gets in; and taking it all back."""

from echelon_desktop.solver.general.cells import recount, restore_cells, touch
from echelon_desktop.solver.general.layout import (
    BARE,
    CELLS,
    CUT,
    DIRTY,
    FOLLOWED,
    GRAIN,
    KNOWN,
    LIMIT,
    LOG,
    LOST,
    MOVED,
    OPENED,
    SEATS,
    SECTIONS,
    STAMP,
    SWIFT,
    Layout,
)
from echelon_desktop.solver.general.path import seat_by_path
from echelon_desktop.solver.general.places import put_back
from echelon_desktop.solver.general.seating import seat_student
from echelon_desktop.solver.general.seats import enter, leave, note, open_up
from echelon_desktop.solver.search.chance import chance
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

MANY = 200
MANY_LEVELLED = 32
"""Chance in 256 that courses of more students than that are levelled after a move: it takes long."""


@kernel
def begin_move(at: Layout, d: Ints) -> None:
    """Empty the logs, and note what everything costs."""
    d[STAMP] += 1
    d[LOG] = 0
    d[LOST] = 0
    d[MOVED] = 0
    d[DIRTY] = 0
    d[CELLS] = 0
    d[CUT] = 0
    d[FOLLOWED] = 0
    d[OPENED] = 0
    for level in range(at.n_levels):
        d[at.value_before + level] = d[at.value + level]
        d[at.smooth_before + level] = d[at.smooth + level]


@kernel
def follow_sections(at: Layout, d: Ints) -> bool:
    """
    Make the students follow the sections that moved; False once the move is hopeless.

    Those whose seats still fit keep them; students who missed something try the courses that moved; then
    those who lost a seat look for another.
    """
    if d[BARE]:
        return True
    if d[KNOWN] == SECTIONS:
        recount(at, d)
        if energy(at, d) > d[LIMIT] or not holds(at, d):
            return False
    d[FOLLOWED] = 1
    for level in range(at.n_levels):
        d[at.pending + level] = 0
    for i in range(d[MOVED]):
        open_up(at, d, d[at.section_course + d[at.moved_section + i]])
        _vacate(at, d, d[at.moved_section + i], d[at.moved_from + i])
    for i in range(d[MOVED]):
        if not _keep_or_lose(at, d, d[at.moved_section + i], d[at.moved_from + i]):
            return False
    d[LOST] = d[LOG]
    for i in range(d[MOVED]):
        if d[at.mask + d[at.moved_section + i]]:
            _let_in(at, d, d[at.section_course + d[at.moved_section + i]])
            if d[CUT]:
                return False
    for i in range(d[LOST]):
        request = d[at.log_request + i]
        _await(at, d, request, -1)
        student = d[at.request_student + request]
        if d[at.seat + request] < 0 and not (d[SWIFT] and seat_by_path(at, d, request)):
            if not (d[SWIFT] and at.only_paths) and d[at.student_stamp + student] != d[STAMP]:
                d[at.student_stamp + student] = d[STAMP]
                seat_student(at, d, student, -1, -1)
            if d[CUT] or _is_hopeless(at, d):
                return False
        if d[SWIFT]:
            _seat_rest(at, d, student, request)
            if d[CUT]:
                return False
    if not settle(at, d):
        return False
    return d[SWIFT] == 1 or _level_courses(at, d)


@kernel
def settle(at: Layout, d: Ints) -> bool:
    """Try the unmet requests of students who want a course that moved or in which a seat came free."""
    i = 0
    while i < d[OPENED]:  # what is filled here may open further courses
        _let_in(at, d, d[at.opened + i])
        if d[CUT]:
            return False
        i += 1
    return True


@kernel
def _let_in(at: Layout, d: Ints, course: int) -> None:
    """Try the unmet requests of students who want a course, once each."""
    for i in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
        student = d[at.request_student + d[at.course_request + i]]
        if (
            d[at.student_unmet + student]
            and d[at.student_stamp + student] != d[STAMP]
            and d[at.student_lost + student] != d[STAMP]
        ):
            if not d[SWIFT]:
                d[at.student_stamp + student] = d[STAMP]
                seat_student(at, d, student, -1, -1)
            else:
                _seat_rest(at, d, student, -1)
            if d[CUT]:
                return


@kernel
def _seat_rest(at: Layout, d: Ints, student: int, asked: int) -> None:
    """Look for a path for each unmet request of a student, but for one that has been asked already."""
    if d[at.student_unmet + student] > d[at.student_surplus + student]:
        for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
            request = d[at.student_request + i]
            if request != asked and d[at.seat + request] < 0:
                seat_by_path(at, d, request)


@kernel
def _level_courses(at: Layout, d: Ints) -> bool:
    """Seat everybody in a course of which a section moved anew: its sections may have become uneven."""
    students = 0
    for k in range(d[MOVED]):
        course = d[at.section_course + d[at.moved_section + k]]
        for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
            students += d[at.size + d[at.course_section + i]]
    if students > MANY and not chance(d, MANY_LEVELLED):
        return True
    for k in range(d[MOVED]):
        course = d[at.section_course + d[at.moved_section + k]]
        for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
            section = d[at.course_section + i]
            first = d[at.rosters + section]
            for place in range(d[at.size + section] - 1, -1, -1):
                # Backwards: who leaves is replaced by one who has been asked.
                if place < d[at.size + section]:
                    student = d[at.request_student + d[at.roster + first + place]]
                    if d[at.student_stamp + student] != d[STAMP]:
                        d[at.student_stamp + student] = d[STAMP]
                        seat_student(at, d, student, -1, -1)
                        if d[CUT]:
                            return False
        if _is_hopeless(at, d):
            return False
    return True


@kernel
def energy(at: Layout, d: Ints) -> int:
    """What is annealed: levels of the range, in grains, times their factors."""
    total = 0
    for level in range(at.n_levels):
        if d[at.factor + level]:
            total += d[at.factor + level] * (GRAIN * d[at.value + level] + d[at.smooth + level])
    return total


@kernel
def holds(at: Layout, d: Ints) -> bool:
    """Whether no level costs more than it may."""
    excess = 0
    for level in range(at.n_levels):
        excess += d[at.value + level] > d[at.held + level]
    return excess == 0


@kernel
def _is_hopeless(at: Layout, d: Ints) -> bool:
    """Whether the move costs too much even if all who still wait for a new seat find one."""
    total = 0
    for level in range(at.n_levels):
        value = d[at.value + level] - d[at.pending + level]
        if value > d[at.held + level]:
            return True
        if d[at.factor + level]:
            total += d[at.factor + level] * (GRAIN * value + d[at.smooth + level])
    return d[KNOWN] == SEATS and total > d[LIMIT]


@kernel
def _await(at: Layout, d: Ints, request: int, sign: int) -> None:
    """Count a request among those that still wait for a new seat, or no longer."""
    kind = d[at.request_kind + request]
    for i in range(d[at.kind_costs + kind], d[at.kind_costs + kind + 1]):
        d[at.pending + d[at.kind_level + i]] += sign * d[at.kind_cost + i]


@kernel
def _vacate(at: Layout, d: Ints, section: int, choice: int) -> None:
    """Take the slots that a section had off the days of those who sit in it."""
    if choice >= 0 and choice != d[at.choice + section]:
        mask = ~d[at.choice_mask + choice]
        first = d[at.rosters + section]
        for i in range(first, first + d[at.size + section]):
            d[at.occupied + d[at.request_student + d[at.roster + i]]] &= mask


@kernel
def _keep_or_lose(at: Layout, d: Ints, section: int, choice: int) -> bool:
    """Let each student of a moved section keep his seat where its new slots are free for him."""
    if choice == d[at.choice + section]:
        return True
    mask = d[at.mask + section]
    first = d[at.rosters + section]
    for i in range(d[at.size + section] - 1, -1, -1):
        request = d[at.roster + first + i]
        student = d[at.request_student + request]
        if mask and not mask & (d[at.occupied + student] | d[at.student_blocked + student]):
            d[at.occupied + student] |= mask
        else:
            note(at, d, request, section)
            leave(at, d, request)
            _await(at, d, request, 1)
            d[at.student_lost + student] = d[STAMP]
            if d[CUT]:
                return False
        touch(at, d, at.first_student + student)
    return True


@kernel
def take_back(at: Layout, d: Ints) -> None:
    """Undo everything since :func:`begin_move`."""
    for i in range(d[LOG] - 1, -1, -1):
        request = d[at.log_request + i]
        if d[at.seat + request] >= 0:
            leave(at, d, request)
        if d[at.log_section + i] >= 0:
            enter(at, d, request, d[at.log_section + i])
    moved = d[MOVED]
    put_back(at, d)
    if d[FOLLOWED]:
        for i in range(d[LOG]):
            _remake_day(at, d, d[at.request_student + d[at.log_request + i]])
        for i in range(moved):
            section = d[at.moved_section + i]
            first = d[at.rosters + section]
            for k in range(first, first + d[at.size + section]):
                _remake_day(at, d, d[at.request_student + d[at.roster + k]])
    restore_cells(at, d)
    for level in range(at.n_levels):
        d[at.value + level] = d[at.value_before + level]
        d[at.smooth + level] = d[at.smooth_before + level]


@kernel
def _remake_day(at: Layout, d: Ints, student: int) -> None:
    """Reckon the slots that a student's seats take."""
    taken = 0
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        section = d[at.seat + d[at.student_request + i]]
        if section >= 0:
            taken |= d[at.mask + section]
    d[at.occupied + student] = taken
