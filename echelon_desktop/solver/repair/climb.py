"""
Annealing near a schedule: every change costs something from the first move on.

The energy is the sum of all levels, each times a weight that the caller sets; the best schedule is kept by
the strict order of levels. Which moves are tried is told in :mod:`moves`.
"""

from echelon_desktop.solver.deltas.figures import group_cost, spread_of
from echelon_desktop.solver.deltas.follow import count_seats, energy
from echelon_desktop.solver.deltas.layout import CONCERNED, COURSES, GROUPS, LIMIT, LOST, UNMET, Layout
from echelon_desktop.solver.deltas.seats import begin, place, sit, take_back
from echelon_desktop.solver.repair.moves import propose, reseat
from echelon_desktop.solver.search.chance import draw
from echelon_desktop.solver.search.jit import bare, entry, kernel
from echelon_desktop.solver.search.state import QUANTILE_UNIT, Floats, Ints

TEMPERATURE, COOLING = range(2)

# Jobs of :func:`climb`.
SETTLE, ANNEAL, RETURN = range(3)

SLACK = 100
"""Above the limit that a move may be before what counts only in the end, as balance, is counted."""


@entry
def climb(at: Layout, d: Ints, heat: Floats, job: int, n: int) -> int:
    """
    What Python calls.

    ``SETTLE`` seats every student who misses something, ``ANNEAL`` makes ``n`` moves, ``RETURN`` goes back to
    the best schedule.
    """
    d, heat = bare(d), bare(heat)
    if job == SETTLE:
        settle(at, d)
    elif job == ANNEAL:
        anneal(at, d, heat, n)
    else:
        go_back(at, d)
    return 0


@kernel
def anneal(at: Layout, d: Ints, heat: Floats, n: int) -> None:
    """Make ``n`` moves, cooling after each."""
    for _ in range(n):
        temperature = heat[TEMPERATURE]
        heat[TEMPERATURE] = temperature * heat[COOLING]
        begin(at, d)
        d[CONCERNED] = 0
        limit = energy(at, d) + int(temperature * d[at.quantile + (draw(d) >> 20)] / QUANTILE_UNIT)
        d[LIMIT] = max(1, limit) + SLACK
        if propose(at, d) and energy(at, d) <= limit:
            accept(at, d)
        else:
            take_back(at, d)
    d[LIMIT] = 0


@kernel
def accept(at: Layout, d: Ints) -> None:
    """Let the sums follow that :func:`count_seats` and its like compare with; keep what is best."""
    for i in range(d[COURSES]):
        course = d[at.touched_course + i]
        d[at.spread + course] = spread_of(at, d, course)
    for i in range(d[GROUPS]):
        group = d[at.touched_group + i]
        d[at.group_cost + group] = group_cost(at, d, group)
    if d[LOST] > 0:
        return
    for level in range(at.n_levels):
        if d[at.value + level] > d[at.best_value + level]:
            return
        if d[at.value + level] < d[at.best_value + level]:
            keep(at, d)
            return


@kernel
def keep(at: Layout, d: Ints) -> None:
    """Remember the present schedule as the best."""
    for level in range(at.n_levels):
        d[at.best_value + level] = d[at.value + level]
    for i in range(at.n_sections):
        d[at.best_choice + i] = d[at.section_choice + i]
    for i in range(at.n_requests):
        d[at.best_seat + i] = d[at.seat + i]


@kernel
def settle(at: Layout, d: Ints) -> None:
    """Seat everybody who misses something, and take what comes of it as the best."""
    i = d[UNMET] - 1
    while i >= 0:
        if i < d[UNMET]:
            begin(at, d)
            d[CONCERNED] = 0
            reseat(at, d, d[at.request_student + d[at.unmet + i]])
            count_seats(at, d)
            accept(at, d)
        i -= 1
    keep(at, d)
    if d[LOST] > 0:
        d[at.best_value] += d[LOST]


@kernel
def go_back(at: Layout, d: Ints) -> None:
    """Make the best schedule the present one."""
    begin(at, d)
    d[CONCERNED] = 0
    for section in range(at.n_sections):
        if d[at.section_choice + section] != d[at.best_choice + section]:
            place(at, d, section, d[at.best_choice + section])
    for request in range(at.n_requests):
        if d[at.seat + request] != d[at.best_seat + request]:
            sit(at, d, request, -1)
    for request in range(at.n_requests):
        if d[at.seat + request] != d[at.best_seat + request]:
            sit(at, d, request, d[at.best_seat + request])
    for i in range(d[COURSES]):
        course = d[at.touched_course + i]
        d[at.spread + course] = spread_of(at, d, course)
    for i in range(d[GROUPS]):
        group = d[at.touched_group + i]
        d[at.group_cost + group] = group_cost(at, d, group)
    for level in range(at.n_levels):
        d[at.value + level] = d[at.best_value + level]
