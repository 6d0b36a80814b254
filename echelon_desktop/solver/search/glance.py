"""
Where a section might go, at a glance.

:func:`glance` looks at each student whom moving a section concerns, and counts for every slot how many more
requests would be unmet if the section stood there, without moving anybody: about right, and for all slots
at the price of trying one or two. :func:`choose_slot` draws a slot by that, as the heat-bath of statistical
physics does (Gibbs sampling), so that nearly all moves that are tried in earnest have a chance.
"""

import math

from echelon_desktop.solver.search.chance import draw
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints, Layout

WORDS = 1 << 32
MOST = 40.0
"""Largest exponent: gains beyond it are equally certain to be chosen."""


@kernel
def choose_slot(at: Layout, d: Ints, section: int, slots: int, staying: float, temperature: float) -> int:
    """
    A random slot for a section, of a mask, the likelier the less it costs at a glance; -1 for none.

    ``staying`` is the weight of leaving it where it is: 1 for as likely as any move that costs nothing. The
    temperature is in weight missed. What each slot costs is left in ``worse``.
    """
    glance(at, d, section)
    slots &= d[at.section_allowed + section] & ~(1 << d[at.section_slot + section])
    total = staying
    chosen = -1
    for p in range(at.n_slots):
        if (slots >> p) & 1:
            weight = math.exp(min(MOST, -d[at.worse + p] * at.unit / temperature))
            total += weight
            if draw(d) * total < weight * WORDS:
                chosen = p
    return chosen


@kernel
def glance(at: Layout, d: Ints, section: int) -> None:
    """Count for each slot about how many more requests would be unmet if a section stood there."""
    for p in range(at.n_slots):
        d[at.worse + p] = 0
    _add(at, d, section, d[at.section_course + section], d[at.section_seats + section])
    if d[at.section_pinned + section] >= 0:
        _add(at, d, section, d[at.section_pinned + section], d[at.section_pins + section])


@kernel
def _add(at: Layout, d: Ints, section: int, course: int, moving: int) -> None:
    """Add what is lost and gained in one course when so many of its seats move along with a section."""
    old = d[at.section_slot + section]
    pool = course * at.n_slots
    leaving = max(0, d[at.load + pool + old] - d[at.seats + pool + old] + moving)
    for p in range(at.n_slots):
        d[at.following + p] = 0
        d[at.gaining + p] = 0
    for i in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
        student = d[at.request_student + i]
        if d[at.request_slot + i] < 0:
            if d[at.student_unmet + student] > d[at.student_surplus + student]:
                _mark(at, d, student, at.gaining)
        elif d[at.request_slot + i] == old and leaving > 0:
            seats = at.open_sped if d[at.student_sped + student] else at.open
            if d[seats + course] & d[at.student_free + student] & ~(1 << old):
                leaving -= 1
            else:
                _mark(at, d, student, at.following)
    for p in range(at.n_slots):
        room = moving + d[at.seats + pool + p] - d[at.load + pool + p]
        following = min(d[at.following + p], leaving, room)
        d[at.worse + p] += leaving - following - min(d[at.gaining + p], room - following)


@kernel
def _mark(at: Layout, d: Ints, student: int, counts: int) -> None:
    """Count a student for each slot in which he holds nothing, or what has a seat elsewhere."""
    seats = at.open_sped if d[at.student_sped + student] else at.open
    held = at.student_at + student * at.n_slots
    for p in range(at.n_slots):
        if d[held + p] >= 0:
            if d[seats + d[at.request_course + d[held + p]]] & ~(1 << p):
                d[counts + p] += 1
        elif (d[at.student_free + student] >> p) & 1:
            d[counts + p] += 1
