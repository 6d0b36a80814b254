"""
Where a block might go, at a glance.

:func:`glance` looks at the students of a block's sections and at those who miss one of their courses, and
adds up for every row what would be unmet in energy if the block stood there, without moving anybody: about
right, and for all rows at the price of trying one or two. :func:`choose_row` draws a row by that, as
``search/glance.py`` draws slots for plain schools.
"""

import math

from echelon_desktop.solver.general.layout import GRAIN, MOVED, Layout
from echelon_desktop.solver.general.places import clashes, row_of
from echelon_desktop.solver.search.chance import draw
from echelon_desktop.solver.search.glance import MOST, WORDS
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def choose_row(at: Layout, d: Ints, block: int, staying: float, only_free: bool, temperature: float) -> int:
    """
    A random row of a block other than the one it is in, the likelier the less it costs at a glance, or -1.

    ``staying`` is the weight of leaving it where it is: 1 for as likely as any move that costs nothing;
    with ``only_free`` a row must drive out nothing. What each row costs is left in ``worse``.
    """
    glance(at, d, block)
    total = staying
    chosen = -1
    for row in range(d[at.block_rows + block]):
        if _is_other(at, d, block, row) and (not only_free or clashes(at, d, block, row) == 0):
            weight = math.exp(min(MOST, -d[at.worse + row] / temperature))
            total += weight
            if draw(d) * total < weight * WORDS:
                chosen = row
    return chosen


@kernel
def glance(at: Layout, d: Ints, block: int) -> None:
    """Add up for each row of a block about how much more would be unmet if it stood there."""
    for row in range(d[at.block_rows + block]):
        d[at.worse + row] = 0
    first = d[at.block_sections + block]
    for i in range(d[at.block_sections + block + 1] - first):
        section = d[at.block_section + first + i]
        _weigh(at, d, section)
        start = d[at.section_choices + section]
        for row in range(d[at.block_rows + block]):
            choice = d[at.row_choice + row_of(at, d, block, row) + i]
            d[at.worse + row] += d[at.choice_worse + choice - start]


@kernel
def _weigh(at: Layout, d: Ints, section: int) -> None:
    """Add up for each choice of a section who of its students could not follow, less who would get in."""
    start = d[at.section_choices + section]
    n = d[at.section_choices + section + 1] - start
    for k in range(n):
        d[at.choice_worse + k] = 0
        d[at.choice_size + k] = 0
    old = _mask_before(at, d, section)
    course = d[at.section_course + section]
    first = d[at.rosters + section]
    leaving = 0
    elsewhere = 0
    for i in range(first, first + d[at.size + section]):
        request = d[at.roster + i]
        student = d[at.request_student + request]
        taken = d[at.occupied + student] & ~old
        if d[at.course_open + course] & ~(taken | old | d[at.student_blocked + student]):
            elsewhere += 1
        else:
            energy = _energy_of(at, d, request)
            leaving += energy
            _mark(at, d, student, section, taken, energy, d[at.section_seats + section])
    for i in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
        request = d[at.course_request + i]
        student = d[at.request_student + request]
        if d[at.seat + request] < 0 and d[at.student_unmet + student] > d[at.student_surplus + student]:
            _mark(
                at,
                d,
                student,
                section,
                d[at.occupied + student],
                _energy_of(at, d, request),
                d[at.section_seats + section] - elsewhere,
            )
    for k in range(n):
        d[at.choice_worse + k] += leaving


@kernel
def _mark(at: Layout, d: Ints, student: int, section: int, taken: int, energy: int, seats: int) -> None:
    """Take what a student's seat is worth off each choice at which he can make way and finds a seat."""
    clear = _clearable(at, d, student, section, taken)
    start = d[at.section_choices + section]
    for k in range(d[at.section_choices + section + 1] - start):
        if not d[at.choice_mask + start + k] & ~clear and d[at.choice_size + k] < seats:
            d[at.choice_worse + k] -= energy
            d[at.choice_size + k] += 1


@kernel
def _clearable(at: Layout, d: Ints, student: int, section: int, taken: int) -> int:
    """A mask of the slots in which a student holds nothing, or what has a seat elsewhere."""
    clear = ~(taken | d[at.student_blocked + student])
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        held = d[at.seat + d[at.student_request + i]]
        if held >= 0 and held != section:
            mask = d[at.mask + held]
            if d[at.course_open + d[at.section_course + held]] & ~(mask | d[at.student_blocked + student]):
                clear |= mask
    return clear


@kernel
def _energy_of(at: Layout, d: Ints, request: int) -> int:
    """What a request costs in energy while it is unmet."""
    kind = d[at.request_kind + request]
    energy = 0
    for i in range(d[at.kind_costs + kind], d[at.kind_costs + kind + 1]):
        energy += d[at.kind_cost + i] * d[at.factor + d[at.kind_level + i]]
    return GRAIN * energy


@kernel
def _mask_before(at: Layout, d: Ints, section: int) -> int:
    """The slots in which a section's students have it on their days: where it stood before the move."""
    for i in range(d[MOVED]):
        if d[at.moved_section + i] == section:
            before = d[at.moved_from + i]
            return d[at.choice_mask + before] if before >= 0 else 0
    return d[at.mask + section]


@kernel
def _is_other(at: Layout, d: Ints, block: int, row: int) -> bool:
    """Whether a row is not the one that a block is in, or was in before it was lifted."""
    choices = row_of(at, d, block, row)
    first = d[at.block_sections + block]
    for i in range(d[at.block_sections + block + 1] - first):
        section = d[at.block_section + first + i]
        if d[at.choice_mask + d[at.row_choice + choices + i]] != _mask_before(at, d, section):
            return True
    return False
