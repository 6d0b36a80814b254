"""
Equal sections and spaced labs, among schedules that miss no more.

:func:`level` seats each student anew at least cost while all others stay, until nobody gains (see
``levelling.py``). :func:`soften` then anneals over seats and sections together with what is missed: where
sections stand decides how even they can be, and the way from one good place to another leads over schedules
that miss more. What is kept never does.
"""

from echelon_desktop.solver.search.augment import assign
from echelon_desktop.solver.search.chance import below, chance, draw
from echelon_desktop.solver.search.glance import choose_slot
from echelon_desktop.solver.search.jit import bare, entry, kernel
from echelon_desktop.solver.search.levelling import INFINITE, seat_anew
from echelon_desktop.solver.search.moves import keep, move, propose, settle, take_back
from echelon_desktop.solver.search.state import (
    BEST,
    COST,
    COST_COOLING,
    COST_TEMPERATURE,
    LEAST,
    LOG,
    MISS_COOLING,
    MISS_TEMPERATURE,
    MISSED,
    MOVED,
    PAID,
    QUANTILE_UNIT,
    STAMP,
    STEPS,
    TOUCHED,
    UNMET,
    Floats,
    Ints,
    Layout,
)

# Chances in 256: that a step moves a section instead of a seat, and that it then moves one as phase 1 would.
SECTION_STEP = 64
SEEKING = 128
# Seats stay colder than sections: hot ones would only hide how even a place of sections can be.
SEAT_TEMPERATURE = 10.0
LAB_TRIES = 32


# Jobs of :func:`even_out`.
LEVEL, PRICE, SOFTEN = range(3)


@entry
def even_out(at: Layout, d: Ints, heat: Floats, job: int, first: int, last: int) -> int:
    """What Python calls for phase 2: levelling students ``first`` to ``last``, pricing, or ``last`` steps."""
    d, heat = bare(d), bare(heat)
    if job == LEVEL:
        return level(at, d, first, last)
    if job == PRICE:
        price_all(at, d)
        return 0
    return soften(at, d, heat, last)


@kernel
def level(at: Layout, d: Ints, first: int, last: int) -> int:
    """Seat students ``first`` to ``last - 1`` anew; the number whose seats changed."""
    changed = 0
    for i in range(first, last):
        d[LOG] = 0
        changed += seat_anew(at, d, i)
    return changed


@kernel
def _course_cost(at: Layout, d: Ints, course: int) -> int:
    """Cost of one course: its spread, and the sum of squared sizes to lead towards less."""
    largest = 0
    smallest = INFINITE
    squares = 0
    for p in range(at.n_slots):
        pool = course * at.n_slots + p
        sections = d[at.sections_at + pool]
        if sections:
            low = d[at.load + pool] // sections
            more = d[at.load + pool] - low * sections
            if low < smallest:
                smallest = low
            if low + (more > 0) > largest:
                largest = low + (more > 0)
            squares += sections * low * low + more * (2 * low + 1)
    if largest <= smallest:
        return squares
    return squares + at.spread_cost * (largest - smallest)


@kernel
def _lab_cost(at: Layout, d: Ints, teacher: int) -> int:
    """Cost of the labs one teacher has in consecutive slots."""
    pairs = 0
    for p in range(at.n_slots):
        section = d[at.teacher_at + teacher * at.n_slots + p]
        if section >= 0 and d[at.section_lab + section]:
            for q in range(p):
                if (d[at.adjacent + p] >> q) & 1:
                    section = d[at.teacher_at + teacher * at.n_slots + q]
                    if section >= 0 and d[at.section_lab + section]:
                        pairs += 1
    return pairs * at.lab_cost


@kernel
def soften(at: Layout, d: Ints, heat: Floats, n_steps: int) -> int:
    """
    Anneal over seats and sections for equal sections and spaced labs.

    Costs and weight missed have a temperature each, so that requests can settle before sizes do. Returns the
    steps done. The best is kept by what it misses, then by cost.
    """
    for _ in range(n_steps):
        d[LOG] = 0
        d[MOVED] = 0
        d[STEPS] += 1
        missed = d[MISSED]
        temperature = heat[COST_TEMPERATURE]
        miss_temperature = heat[MISS_TEMPERATURE]
        heat[COST_TEMPERATURE] = temperature * heat[COST_COOLING]
        heat[MISS_TEMPERATURE] = miss_temperature * heat[MISS_COOLING]
        if chance(d, SECTION_STEP):
            made = _propose_section(at, d, miss_temperature)
            limit = _limit(at, d) + d[PAID] / miss_temperature
            made = made and _follow(at, d, missed + int(limit * miss_temperature))
        else:
            temperature = min(temperature, SEAT_TEMPERATURE)
            limit = _limit(at, d)
            made = _seat_step(at, d)
        if not made:
            take_back(at, d)
            continue
        change = _reprice(at, d)
        if change / temperature + (d[MISSED] - missed) / miss_temperature <= limit:
            d[COST] += change
        else:
            take_back(at, d)
            _restore_prices(at, d)
        # Copying a schedule at each of many small gains would cost more than the steps themselves.
        if d[MISSED] < d[BEST] or (d[STEPS] & 1023 == 0 and d[MISSED] == d[BEST] and d[COST] < d[LEAST]):
            d[LEAST] = d[COST]
            keep(at, d)
    return n_steps


@kernel
def _limit(at: Layout, d: Ints) -> float:
    """What a step may cost, in temperatures: a random amount, exponential with mean 1."""
    return d[at.quantile + (draw(d) >> 20)] / QUANTILE_UNIT


@kernel
def price_all(at: Layout, d: Ints) -> None:
    """Reckon every cost from the schedule and take it as the best so far."""
    total = 0
    for i in range(at.n_courses + at.n_teachers):
        d[at.cost + i] = _owner_cost(at, d, i)
        total += d[at.cost + i]
    d[COST] = total
    d[LEAST] = total
    keep(at, d)


@kernel
def _owner_cost(at: Layout, d: Ints, owner: int) -> int:
    """Cost of a course, or, numbered after the courses, of a teacher."""
    if owner < at.n_courses:
        return _course_cost(at, d, owner)
    return _lab_cost(at, d, owner - at.n_courses)


@kernel
def _reprice(at: Layout, d: Ints) -> int:
    """Bring up to date the costs that the logged changes touch; the change of their sum."""
    d[STAMP] += 1
    d[TOUCHED] = 0
    change = 0
    for i in range(d[LOG]):
        change += _touch(at, d, d[at.request_course + d[at.log_request + i]])
    for i in range(d[MOVED]):
        section = d[at.moved_section + i]
        change += _touch(at, d, d[at.section_course + section])
        if d[at.section_teacher + section] >= 0:
            change += _touch(at, d, at.n_courses + d[at.section_teacher + section])
    return change


@kernel
def _touch(at: Layout, d: Ints, owner: int) -> int:
    if d[at.stamp + owner] == d[STAMP]:
        return 0
    d[at.stamp + owner] = d[STAMP]
    old = d[at.cost + owner]
    n = d[TOUCHED]
    d[at.touched + n] = owner
    d[at.touched_cost + n] = old
    d[TOUCHED] = n + 1
    d[at.cost + owner] = _owner_cost(at, d, owner)
    return d[at.cost + owner] - old


@kernel
def _restore_prices(at: Layout, d: Ints) -> None:
    for i in range(d[TOUCHED]):
        d[at.cost + d[at.touched + i]] = d[at.touched_cost + i]


@kernel
def _seat_step(at: Layout, d: Ints) -> bool:
    """A request to another slot of the student, exchanged with what stands there."""
    if at.n_requests == 0:
        return False
    request = below(d, at.n_requests)
    old = d[at.request_slot + request]
    slot = below(d, at.n_slots)
    if old < 0 or slot == old:
        return False
    student = d[at.request_student + request]
    seats = at.open_sped if d[at.student_sped + student] else at.open
    if not (d[seats + d[at.request_course + request]] >> slot) & 1:
        return False
    other = d[at.student_at + student * at.n_slots + slot]
    if other >= 0:
        if not (d[seats + d[at.request_course + other]] >> old) & 1:
            return False
        assign(at, d, other, -1)
    elif not (d[at.student_free + student] >> slot) & 1:
        return False
    assign(at, d, request, slot)
    if other >= 0:
        assign(at, d, other, old)
    return True


@kernel
def _propose_section(at: Layout, d: Ints, temperature: float) -> bool:
    """A section to another slot, of a course that somebody misses, or that stands badly; False where none."""
    if d[UNMET] > 0 and chance(d, SEEKING):
        return propose(at, d, temperature)
    d[PAID] = 0
    section = _close_lab(at, d)
    if section < 0:
        section = below(d, at.n_sections)
    slot = choose_slot(at, d, section, -1, 0.0, temperature)
    return slot >= 0 and move(at, d, section, slot, temperature)


@kernel
def _follow(at: Layout, d: Ints, most: int) -> bool:
    """
    Let students follow the sections that moved, and level those who request their courses.

    False where more than a weight of ``most`` would be missed.
    """
    if not settle(at, d, most) or d[MISSED] > most:
        return False
    for i in range(d[MOVED]):
        course = d[at.section_course + d[at.moved_section + i]]
        for request in range(d[at.course_requests + course], d[at.course_requests + course + 1]):
            if d[LOG] + 4 * at.n_slots > at.n_log:
                return True
            if d[at.request_slot + request] >= 0:
                seat_anew(at, d, d[at.request_student + request])
    return True


@kernel
def _close_lab(at: Layout, d: Ints) -> int:
    """A random lab next to another of its teacher, or -1; tried half of the time where labs matter."""
    if at.lab_cost == 0 or not chance(d, 128):
        return -1
    for _ in range(LAB_TRIES):
        section = below(d, at.n_sections)
        teacher = d[at.section_teacher + section]
        if d[at.section_lab + section] and teacher >= 0 and d[at.cost + at.n_courses + teacher] > 0:
            return section
    return -1
