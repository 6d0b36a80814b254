"""Weighing a move: it is made, the change of every figure read off, and all of it taken back."""

from echelon_desktop.solver.deltas.follow import follow
from echelon_desktop.solver.deltas.layout import CHANGED, CONCERNED, COURSES, ENDED, SEATED, STAMP, Layout
from echelon_desktop.solver.deltas.seating import best_seating, leave_all, unseated_cost
from echelon_desktop.solver.deltas.seats import begin, place, take_back, unseat_again
from echelon_desktop.solver.search.jit import bare, entry, kernel
from echelon_desktop.solver.search.state import Ints

# Jobs of :func:`weigh`.
MAKE, LEAST, UNDO = range(3)

NODES_LEAST = 100_000


@entry
def weigh(at: Layout, d: Ints, job: int, n: int) -> int:
    """
    What Python calls.

    ``MAKE`` moves the ``n`` sections in ``moving``, where each stands before the choice it takes, ``LEAST``
    finds what the students concerned by that move cost at least, ``UNDO`` takes it back.
    """
    d = bare(d)
    if job == MAKE:
        make(at, d, n)
        return 0
    if job == LEAST:
        return least(at, d)
    take_back(at, d)
    return 0


@kernel
def make(at: Layout, d: Ints, n: int) -> None:
    """Make a move and count what it costs."""
    begin(at, d)
    for i in range(n):
        place(at, d, d[at.moving + 2 * i], d[at.moving + 2 * i + 1])
    follow(at, d)
    _list_changed(at, d)


@kernel
def _list_changed(at: Layout, d: Ints) -> None:
    """List the requests whose seat is another than before the move."""
    for i in range(d[SEATED]):
        request = d[at.log_request + i]
        if d[at.request_stamp + request] != d[STAMP]:
            d[at.request_stamp + request] = d[STAMP]
            # The log's first word on a request is what it had before the move.
            if d[at.seat + request] != d[at.log_seat + i]:
                d[at.changed + d[CHANGED]] = request
                d[CHANGED] += 1


@kernel
def least(at: Layout, d: Ints) -> int:
    """
    What the students concerned by the move cost at least, each by himself with all the seats they leave.

    Leaves in ``bound``, for every level at which students' seats count one by one, a number that no seating
    of the students concerned falls below which costs the same at the levels before. Returns whether the
    search for each student came to its end; without that nothing is proven. The move's seats are taken back.
    """
    unseat_again(at, d)
    d[STAMP] += 1
    d[COURSES] = 0
    for level in range(at.n_levels):
        d[at.value + level] = d[at.value_placed + level]
    for i in range(d[CONCERNED]):
        leave_all(at, d, d[at.concerned + i])
    for level in range(at.n_levels):
        d[at.bound + level] = d[at.value + level]
    complete = 1
    for i in range(d[CONCERNED]):
        student = d[at.concerned + i]
        first = d[at.student_requests + student]
        for j in range(d[at.student_requests + student + 1] - first):
            d[at.before + j] = -1
        nothing = unseated_cost(at, d, student)
        best = best_seating(at, d, student, NODES_LEAST)
        complete &= d[ENDED]
        for tier in range(at.n_tiers):
            scale = d[at.tier_scale + tier]
            level = d[at.tier_level + tier]
            d[at.bound + level] += best // scale - nothing // scale
            best %= scale
            nothing %= scale
    unseat_again(at, d)
    return complete
