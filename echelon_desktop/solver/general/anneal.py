"""
Simulated annealing over a range of levels, all levels before it held, all after it as they come.

The energy is the sum of the range's levels times a factor each (for unmet requests of several ranks the
factors fall from rank to rank, so that cooling settles one rank after the other). A move is accepted when the
energy stays within a limit drawn before, and no level before the range costs more than it may. The schedule
that is kept is the best by all levels in their strict order.
"""

from echelon_desktop.solver.general.cells import recount, touch
from echelon_desktop.solver.general.follow import begin_move, energy, holds, take_back
from echelon_desktop.solver.general.layout import (
    BARE,
    CELLS,
    LIMIT,
    STEPS,
    Layout,
)
from echelon_desktop.solver.general.moves import move
from echelon_desktop.solver.general.places import stand
from echelon_desktop.solver.general.seating import may_take, seat_student
from echelon_desktop.solver.general.seats import take_seat
from echelon_desktop.solver.general.targets import take_aim
from echelon_desktop.solver.search.chance import draw
from echelon_desktop.solver.search.jit import bare, entry, kernel
from echelon_desktop.solver.search.state import QUANTILE_UNIT, Floats, Ints

TEMPERATURE, COOLING = range(2)
AIM_EVERY = 512
KEEP_EVERY = 256

# Jobs of :func:`work`.
PLACE, SEAT, FILL, COUNT, ANNEAL, SWEEP, KEEP = range(7)


@entry
def work(at: Layout, d: Ints, heat: Floats, job: int, a: int, b: int) -> int:
    """
    What Python calls; one entry, so that the kernels that jobs share are compiled once.

    ``PLACE``, ``SEAT``, ``FILL`` and ``COUNT`` build a schedule on an empty board, ``a`` and ``b`` being a
    range of requests or students; ``ANNEAL`` makes up to ``a`` moves, keeping what is better at once
    (``b`` = 1) or now and then; ``SWEEP`` seats students ``a`` to ``b - 1`` anew, each as well as he can be,
    and returns how many changed; ``KEEP`` keeps the present schedule if it is better.
    """
    d, heat = bare(d), bare(heat)
    if job == PLACE:
        place_sections(at, d, a)
    elif job == SEAT:
        seat_as_kept(at, d, a, b)
    elif job == FILL:
        fill_up(at, d, a, b)
    elif job == COUNT:
        count_all(at, d)
    elif job == SWEEP:
        return sweep(at, d, a, b)
    elif job == KEEP:
        keep_if_better(at, d)
    else:
        return anneal(at, d, heat, a, b)
    return 0


@kernel
def anneal(at: Layout, d: Ints, heat: Floats, n_moves: int, at_once: int) -> int:
    """Make up to ``n_moves`` moves, until every level of the range is at its least; returns moves made."""
    done = 0
    while done < n_moves and not _at_least(at, d):
        # By the number of the move and not of the piece, so that the cut into pieces changes nothing.
        if d[STEPS] % AIM_EVERY == 0:
            take_aim(at, d)
        done += 1
        d[STEPS] += 1
        temperature = heat[TEMPERATURE]
        heat[TEMPERATURE] = temperature * heat[COOLING]
        begin_move(at, d)
        d[LIMIT] = energy(at, d) + int(temperature * d[at.quantile + (draw(d) >> 20)] / QUANTILE_UNIT)
        if move(at, d, temperature):
            recount(at, d)
            if energy(at, d) <= d[LIMIT] and holds(at, d):
                if (at_once or d[STEPS] % KEEP_EVERY == 0) and is_better(at, d):
                    keep(at, d)
                continue
        take_back(at, d)
    return done


@kernel
def _at_least(at: Layout, d: Ints) -> bool:
    """Whether no level of the range can be lower."""
    for level in range(at.n_levels):
        if d[at.factor + level] and d[at.value + level] > d[at.least + level]:
            return False
    return True


@kernel
def is_better(at: Layout, d: Ints) -> bool:
    """Whether the present schedule is better than the one kept, by the first level at which they differ."""
    for level in range(at.n_levels):
        if d[at.value + level] != d[at.best_value + level]:
            return d[at.value + level] < d[at.best_value + level]
    return False


@kernel
def keep_if_better(at: Layout, d: Ints) -> None:
    """Keep the present schedule if it is better than the one kept."""
    if is_better(at, d):
        keep(at, d)


@kernel
def keep(at: Layout, d: Ints) -> None:
    """Keep the present schedule."""
    for level in range(at.n_levels):
        d[at.best_value + level] = d[at.value + level]
    for section in range(at.n_sections):
        d[at.best_choice + section] = d[at.choice + section]
    for request in range(at.n_requests):
        d[at.best_seat + request] = d[at.seat + request]


@kernel
def place_sections(at: Layout, d: Ints, bare: int) -> None:
    """Put sections on an empty board where the schedule kept as the best has them, as far as that may be."""
    d[BARE] = bare
    begin_move(at, d)
    for section in range(at.n_sections):
        choice = d[at.best_choice + section]
        if choice >= 0 and _is_free(at, d, section, d[at.choice_mask + choice]):
            stand(at, d, section, choice)


@kernel
def seat_as_kept(at: Layout, d: Ints, first: int, last: int) -> None:
    """Seat requests ``first`` to ``last - 1`` where the schedule kept as the best has them, if they fit."""
    for request in range(first, last):
        section = d[at.best_seat + request]
        begin_move(at, d)
        if section >= 0 and _fits(at, d, request, section):
            take_seat(at, d, request, section)


@kernel
def fill_up(at: Layout, d: Ints, first: int, last: int) -> None:
    """Seat students ``first`` to ``last - 1`` anew where they miss something."""
    for student in range(first, last):
        begin_move(at, d)
        if d[at.student_unmet + student]:
            seat_student(at, d, student, -1, -1)


@kernel
def count_all(at: Layout, d: Ints) -> None:
    """Count every goal from the schedule, and keep it."""
    begin_move(at, d)
    for owner in range(at.n_owners):
        touch(at, d, owner)
    recount(at, d)
    d[CELLS] = 0
    keep(at, d)


@kernel
def _is_free(at: Layout, d: Ints, section: int, mask: int) -> bool:
    """Whether no group of a section is full in the slots of a mask."""
    for i in range(d[at.section_groups + section], d[at.section_groups + section + 1]):
        if mask & d[at.full + d[at.section_group + i]]:
            return False
    return True


@kernel
def _fits(at: Layout, d: Ints, request: int, section: int) -> bool:
    """Whether a request may take a seat beside what its student holds so far."""
    student = d[at.request_student + request]
    if d[at.mask + section] & d[at.occupied + student] or not may_take(at, d, student, request, section):
        return False
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        held = d[at.seat + d[at.student_request + i]]
        if held >= 0:
            if d[at.section_course + held] == d[at.section_course + section]:
                return False
            for k in range(d[at.section_aparts + section], d[at.section_aparts + section + 1]):
                if d[at.section_apart + k] == held:
                    return False
    return True


@kernel
def sweep(at: Layout, d: Ints, first: int, last: int) -> int:
    """Seat students anew, each at his least price; returns how many changed."""
    changed = 0
    for student in range(first, last):
        begin_move(at, d)
        if seat_student(at, d, student, -1, -1):
            changed += 1
            recount(at, d)
    return changed
