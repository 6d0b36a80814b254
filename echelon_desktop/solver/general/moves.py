"""The moves: what is changed, and for whose sake."""

from echelon_desktop.solver.general.eject import move_block
from echelon_desktop.solver.general.follow import follow_sections, settle
from echelon_desktop.solver.general.glance import choose_row
from echelon_desktop.solver.general.layout import (
    BARE,
    FOLLOWED,
    LIMIT,
    SPED_BALANCE,
    TAIL,
    TARGET_COURSES,
    TARGET_SECTIONS,
    TARGET_STUDENTS,
    TARGET_UNMET,
    UNMET,
    UNPLACED,
    Layout,
)
from echelon_desktop.solver.general.path import seat_by_path
from echelon_desktop.solver.general.places import row_of
from echelon_desktop.solver.general.seating import may_take, seat_student
from echelon_desktop.solver.general.seats import full_for, give_up
from echelon_desktop.solver.search.chance import below, chance
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

# Chances in 256.
GUIDED = 210  # that a move begins at something that costs
PUSHED = 90  # that somebody is driven from a full section
WANDER = 16  # that any of a student's courses moves, not one that a failed search for a path reached
EVENED = 200  # that an uneven course is evened out by a seat and not by a section
RESEATED = 100  # that a student with a bad day changes a seat and not the place of a section
EXCHANGED = 64  # of moves for nothing in particular, that an unmet request is seated for another
TRADED = 128  # that two students change seats
SWAPPED = 40  # the same where sections are to be evened out
HOMEWARD = 128  # that a student who may change a seat goes back where he was
TRIES = 8


@kernel
def move(at: Layout, d: Ints, temperature: float) -> bool:
    """Make a random move, students included; False where it cannot be made (it is then half made)."""
    heat = temperature if d[TARGET_UNMET] and not d[BARE] else 0.0
    kinds = d[TARGET_SECTIONS] + d[TARGET_STUDENTS] + d[TARGET_COURSES]
    if d[BARE]:
        return _stand_anew(at, d, kinds)
    guided = chance(d, GUIDED)
    if guided and d[TARGET_UNMET]:
        request = _missed_request(at, d)
        if request >= 0:
            return _meet(at, d, request, temperature)
    if guided and kinds > 0:
        i = below(d, kinds)
        if i < d[TARGET_SECTIONS]:
            return _move_section(at, d, d[at.target_section + i], heat)
        i -= d[TARGET_SECTIONS]
        if i < d[TARGET_STUDENTS]:
            return _ease(at, d, d[at.target_student + i])
        return _even(at, d, d[at.target_course + i - d[TARGET_STUDENTS]])
    if at.n_sections == 0:
        return False
    if d[UNMET] and chance(d, EXCHANGED):
        return _exchange(at, d, d[at.unmet + below(d, d[UNMET])])
    return _move_section(at, d, below(d, at.n_sections), heat)


@kernel
def _stand_anew(at: Layout, d: Ints, kinds: int) -> bool:
    """A section to another place while nobody sits anywhere."""
    if kinds > 0 and chance(d, GUIDED) and d[TARGET_SECTIONS]:
        return _move_section(at, d, d[at.target_section + below(d, d[TARGET_SECTIONS])], 0.0)
    return at.n_sections > 0 and _move_section(at, d, below(d, at.n_sections), 0.0)


@kernel
def _exchange(at: Layout, d: Ints, request: int) -> bool:
    """Seat an unmet request in somebody else's place."""
    section = _wanted_section(at, d, request)
    student = d[at.request_student + request]
    if section < 0 or d[at.mask + section] == 0:
        return False
    if full_for(at, d, section, d[at.student_sped + student]):
        return _push(at, d, request, section)
    return _reseat(at, d, request, section)


@kernel
def _missed_request(at: Layout, d: Ints) -> int:
    """A random unmet request that counts now, of a student who could have more than he has; or -1."""
    for _ in range(TRIES if d[UNMET] else 0):
        request = d[at.unmet + below(d, d[UNMET])]
        student = d[at.request_student + request]
        kind = d[at.request_kind + request]
        for i in range(d[at.kind_costs + kind], d[at.kind_costs + kind + 1]):
            if (
                d[at.factor + d[at.kind_level + i]]
                and d[at.student_unmet + student] > d[at.student_surplus + student]
            ):
                return request
    return -1


@kernel
def _meet(at: Layout, d: Ints, request: int, temperature: float) -> bool:
    """Try to meet a request: by somebody else's seat, or by a section that the student wants elsewhere."""
    student = d[at.request_student + request]
    if chance(d, PUSHED):
        section = _wanted_section(at, d, request)
        if section >= 0 and d[at.mask + section] and full_for(at, d, section, d[at.student_sped + student]):
            return _push(at, d, request, section)
    if seat_by_path(at, d, request):
        d[FOLLOWED] = 1
        return settle(at, d)
    # What the failed search for a path could reach are requests with too few slots between them: one of
    # their courses has to move.
    if chance(d, WANDER):
        first = d[at.student_requests + student]
        mover = d[at.student_request + first + below(d, d[at.student_requests + student + 1] - first)]
    else:
        mover = d[at.path_request + below(d, d[TAIL])]
    section = _wanted_section(at, d, mover)
    return section >= 0 and _move_section(at, d, section, temperature)


@kernel
def _wanted_section(at: Layout, d: Ints, request: int) -> int:
    """A random section that a request may be met in, full or not, or -1."""
    first = d[at.request_options + request]
    course = d[at.option_course + first + below(d, d[at.request_options + request + 1] - first)]
    pin = d[at.request_pin + request]
    if pin >= 0:
        return pin
    start = d[at.course_sections + course]
    n = d[at.course_sections + course + 1] - start
    student = d[at.request_student + request]
    for _ in range(TRIES if n else 0):
        section = d[at.course_section + start + below(d, n)]
        row = d[at.section_audience + section]
        if row < 0 or d[at.audience + row * at.n_students + student]:
            return section
    return -1


@kernel
def _other_row(at: Layout, d: Ints, block: int) -> int:
    """A random row of a block other than the one it is in, or -1."""
    n = d[at.block_rows + block]
    for _ in range(TRIES if n else 0):
        row = below(d, n)
        choices = row_of(at, d, block, row)
        first = d[at.block_sections + block]
        for i in range(d[at.block_sections + block + 1] - first):
            if d[at.row_choice + choices + i] != d[at.choice + d[at.block_section + first + i]]:
                return row
    return -1


@kernel
def _move_section(at: Layout, d: Ints, section: int, temperature: float) -> bool:
    """A section's block to another row: any, or with a temperature one drawn at a glance."""
    block = d[at.section_block + section]
    if temperature > 0:
        row = choose_row(at, d, block, 1.0, False, temperature)
        if row >= 0:
            d[LIMIT] += max(0, d[at.worse + row])
    else:
        row = _other_row(at, d, block)
    if row < 0 or not move_block(at, d, block, row, d[at.factor + UNPLACED] > 0, temperature):
        return False
    return follow_sections(at, d)


@kernel
def _push(at: Layout, d: Ints, request: int, section: int) -> bool:
    """Seat a request in a section in place of somebody there, who may get the seat that comes free."""
    d[FOLLOWED] = 1
    student = d[at.request_student + request]
    if d[at.size + section] == 0:
        return False
    out = -1
    only_sped = d[at.student_sped + student] and d[at.sped_size + section] >= d[at.section_sped + section]
    first = d[at.rosters + section]
    for _ in range(TRIES):
        other = d[at.roster + first + below(d, d[at.size + section])]
        person = d[at.request_student + other]
        if d[at.request_pin + other] < 0 and (d[at.student_sped + person] or not only_sped):
            out = other
            break
    if out < 0 or d[at.request_student + out] == student:
        return False
    left = d[at.seat + request]
    give_up(at, d, out)
    if not may_take(at, d, student, request, section):
        return False
    seat_student(at, d, student, request, section)
    person = d[at.request_student + out]
    if (
        left >= 0
        and chance(d, TRADED)
        and _is_option(at, d, out, d[at.section_course + left])
        and may_take(at, d, person, out, left)
    ):
        seat_student(at, d, person, out, left)
    else:
        seat_student(at, d, person, -1, -1)
    return settle(at, d)


@kernel
def _ease(at: Layout, d: Ints, student: int) -> bool:
    """Change something for a student: a seat of his, or the place of a section he holds or wants."""
    first = d[at.student_requests + student]
    wanted = d[at.student_requests + student + 1] - first
    if wanted == 0:
        return False
    request = d[at.student_request + first + below(d, wanted)]
    section = _wanted_section(at, d, request)
    if at.n_homes and chance(d, HOMEWARD):
        home = d[at.home + below(d, at.n_homes) * at.n_requests + request]
        if home >= 0 and _is_option(at, d, request, d[at.section_course + home]):
            section = home
    if section < 0:
        return False
    if section != d[at.seat + request] and d[at.mask + section] and chance(d, RESEATED):
        if full_for(at, d, section, d[at.student_sped + student]) or chance(d, TRADED):
            return _push(at, d, request, section)
        return _reseat(at, d, request, section)
    if d[at.seat + request] >= 0:
        section = d[at.seat + request]
    return _move_section(at, d, section, 0.0)


@kernel
def _is_option(at: Layout, d: Ints, request: int, course: int) -> bool:
    """Whether a course satisfies a request."""
    found = 0
    for i in range(d[at.request_options + request], d[at.request_options + request + 1]):
        found += d[at.option_course + i] == course
    return found > 0


@kernel
def _reseat(at: Layout, d: Ints, request: int, section: int) -> bool:
    """Seat a request in another section that has a seat, the student's other requests around it."""
    student = d[at.request_student + request]
    if not may_take(at, d, student, request, section):
        return False
    d[FOLLOWED] = 1
    seat_student(at, d, student, request, section)
    return settle(at, d)


@kernel
def _even(at: Layout, d: Ints, course: int) -> bool:
    """Take a student from a large section of a course to a smaller one, or move a section of it."""
    sped = _evens_sped(at, d, course)
    sizes = at.sped_size if sped else at.size
    start = d[at.course_sections + course]
    n = d[at.course_sections + course + 1] - start
    large = d[at.course_section + start + below(d, n)]
    small = d[at.course_section + start + below(d, n)]
    for _ in range(3):
        other = d[at.course_section + start + below(d, n)]
        if d[sizes + other] > d[sizes + large]:
            large = other
        elif d[sizes + other] < d[sizes + small]:
            small = other
    if not chance(d, EVENED):
        return _move_section(at, d, large, 0.0)
    if d[sizes + large] <= d[sizes + small] or d[at.mask + small] == 0:
        return False
    request = d[at.roster + d[at.rosters + large] + below(d, d[at.size + large])]
    for _ in range(TRIES if sped else 0):
        if not d[at.student_sped + d[at.request_student + request]]:
            request = d[at.roster + d[at.rosters + large] + below(d, d[at.size + large])]
    full = full_for(at, d, small, d[at.student_sped + d[at.request_student + request]])
    if full or chance(d, TRADED if sped else SWAPPED):
        return _push(at, d, request, small)
    return _reseat(at, d, request, small)


@kernel
def _evens_sped(at: Layout, d: Ints, course: int) -> bool:
    """Whether it is a course's SPED students who are to be spread."""
    for cell in range(d[at.owner_cells + course], d[at.owner_cells + course + 1]):
        if (
            d[at.cell_kind + cell] == SPED_BALANCE
            and d[at.cell + cell] > 0
            and d[at.factor + d[at.cell_level + cell]] > 0
        ):
            return True
    return False
