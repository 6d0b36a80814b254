"""
Simulated annealing over where sections stand.

A move is accepted when the weight missed after it stays within a limit drawn before it is tried: the
present weight, what the move costs at a glance (slots are drawn by that, so that it is paid for), and a
random amount that shrinks with the temperature. A hopeless move stops as soon as it passes that limit.
"""

from echelon_desktop.solver.search.augment import assign, augment
from echelon_desktop.solver.search.chance import draw
from echelon_desktop.solver.search.exchange import reseat
from echelon_desktop.solver.search.jit import bare, entry, kernel
from echelon_desktop.solver.search.moves import keep, propose, settle, shift, take_back
from echelon_desktop.solver.search.state import (
    BEST,
    LOG,
    MISS_COOLING,
    MISS_TEMPERATURE,
    MISSED,
    MOVED,
    PAID,
    QUANTILE_UNIT,
    UNMET,
    Floats,
    Ints,
    Layout,
)

# Jobs of :func:`seek`.
CONSTRUCT, ANNEAL, RESEAT = range(3)


@entry
def seek(at: Layout, d: Ints, heat: Floats, job: int, n: int, target: int) -> int:
    """
    What Python calls for phase 1; one entry, so that the kernels all jobs share are compiled once.

    ``CONSTRUCT`` fills an empty board from the schedule kept as the best, ``ANNEAL`` makes up to ``n`` moves,
    ``RESEAT`` passes seats on.
    """
    d, heat = bare(d), bare(heat)
    if job == CONSTRUCT:
        construct(at, d)
        return 0
    if job == RESEAT:
        return reseat(at, d)
    return anneal(at, d, heat, n, target)


@kernel
def anneal(at: Layout, d: Ints, heat: Floats, n_moves: int, target: int) -> int:
    """Make up to ``n_moves`` moves, until the best misses no more than ``target``; returns the moves made."""
    done = 0
    while done < n_moves and d[BEST] > target:
        done += 1
        temperature = heat[MISS_TEMPERATURE]
        heat[MISS_TEMPERATURE] = temperature * heat[MISS_COOLING]
        d[LOG] = 0
        d[MOVED] = 0
        if not propose(at, d, temperature):
            continue
        limit = d[MISSED] + d[PAID] + int(temperature * d[at.quantile + (draw(d) >> 20)] / QUANTILE_UNIT)
        if settle(at, d, limit) and d[MISSED] <= limit:
            if d[MISSED] < d[BEST]:
                keep(at, d)
        else:
            take_back(at, d)
    return done


@kernel
def construct(at: Layout, d: Ints) -> None:
    """
    Fill an empty board from the schedule kept as the best: sections, seats that exist, and whoever still
    fits.
    """
    for i in range(at.n_sections):
        shift(at, d, i, d[at.best_section_slot + i])
    for i in range(at.n_requests):
        d[LOG] = 0
        slot = d[at.best_request_slot + i]
        if slot >= 0:
            student = d[at.request_student + i]
            open_ = at.open_sped if d[at.student_sped + student] else at.open
            if (d[open_ + d[at.request_course + i]] & d[at.student_free + student]) >> slot & 1:
                assign(at, d, i, slot)
    for i in range(d[UNMET] - 1, -1, -1):
        d[LOG] = 0
        if i < d[UNMET]:
            augment(at, d, d[at.unmet + i], True)
    keep(at, d)
