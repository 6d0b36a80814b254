"""Counting goals: a cell is what one goal counts for one course, teacher or student (docs/rules.md)."""

from echelon_desktop.solver.general.layout import (
    BALANCE,
    CELLS,
    DIRTY,
    FREE,
    HOLES,
    INFINITE,
    LOAD,
    RUNS,
    SPACING,
    SPED_BALANCE,
    STAMP,
    TRAVEL,
    Layout,
)
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def touch(at: Layout, d: Ints, owner: int) -> None:
    """Note that the counts of an owner may have changed."""
    if d[at.owner_stamp + owner] != d[STAMP] and d[at.owner_cells + owner] < d[at.owner_cells + owner + 1]:
        d[at.owner_stamp + owner] = d[STAMP]
        d[at.dirty + d[DIRTY]] = owner
        d[DIRTY] += 1


@kernel
def recount(at: Layout, d: Ints) -> None:
    """Count the owners touched anew, and log what changed."""
    for i in range(d[DIRTY]):
        owner = d[at.dirty + i]
        for cell in range(d[at.owner_cells + owner], d[at.owner_cells + owner + 1]):
            kind = d[at.cell_kind + cell]
            smooth = 0
            if kind in (BALANCE, SPED_BALANCE):
                sizes = at.size if kind == BALANCE else at.sped_size
                count = _spread(at, d, owner, sizes)
                smooth = _squares(at, d, owner, sizes)
            elif owner >= at.first_student:
                student = owner - at.first_student
                count = of_student(at, d, cell, student, d[at.occupied + student])
            else:
                count = _of_lists(at, d, cell)
            change = count - d[at.cell + cell]
            softer = smooth - d[at.cell_smooth + cell]
            if change != 0 or softer != 0:
                n = d[CELLS]
                d[at.log_cell + n] = cell
                d[at.log_count + n] = d[at.cell + cell]
                d[at.log_smooth + n] = d[at.cell_smooth + cell]
                d[CELLS] = n + 1
                d[at.cell + cell] = count
                d[at.cell_smooth + cell] = smooth
                weight = d[at.cell_weight + cell]
                d[at.value + d[at.cell_level + cell]] += weight * change
                d[at.smooth + d[at.cell_level + cell]] += weight * softer
    d[DIRTY] = 0


@kernel
def restore_cells(at: Layout, d: Ints) -> None:
    """Take back what :func:`recount` logged; levels are restored by the caller."""
    for i in range(d[CELLS] - 1, -1, -1):
        cell = d[at.log_cell + i]
        d[at.cell + cell] = d[at.log_count + i]
        d[at.cell_smooth + cell] = d[at.log_smooth + i]
    d[CELLS] = 0


@kernel
def _spread(at: Layout, d: Ints, course: int, sizes: int) -> int:
    largest = 0
    smallest = INFINITE
    for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
        size = d[sizes + d[at.course_section + i]]
        if size > largest:
            largest = size
        if size < smallest:
            smallest = size
    return largest - smallest


@kernel
def _squares(at: Layout, d: Ints, course: int, sizes: int) -> int:
    squares = 0
    for i in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
        size = d[sizes + d[at.course_section + i]]
        squares += size * size
    return squares


@kernel
def _of_lists(at: Layout, d: Ints, cell: int) -> int:
    kind = d[at.cell_kind + cell]
    first = d[at.cell_lists + cell]
    start = d[at.list_sections + first]
    end = d[at.list_sections + first + 1]
    if kind == SPACING:
        return _adjacent_pairs(at, d, start, end)
    if kind == RUNS:
        return _long_runs(at, d, start, end, d[at.cell_limit + cell])
    if kind == LOAD:
        return max(0, _load(at, d, start, end) - d[at.cell_limit + cell])
    if kind == TRAVEL:
        return _changes_of_building(at, d, start, end)
    # LOAD_SPREAD: hundredths of a section for a full post.
    largest = 0
    smallest = INFINITE
    for i in range(first, d[at.cell_lists + cell + 1]):
        load = _load(at, d, d[at.list_sections + i], d[at.list_sections + i + 1])
        load = load * 10000 // d[at.list_full_time + i]
        if load > largest:
            largest = load
        if load < smallest:
            smallest = load
    return (largest - smallest) // 100


@kernel
def _adjacent_pairs(at: Layout, d: Ints, start: int, end: int) -> int:
    pairs = 0
    for i in range(start, end):
        choice = d[at.choice + d[at.list_section + i]]
        if choice >= 0:
            beside = d[at.choice_beside + choice]
            for j in range(start, i):
                if beside & d[at.mask + d[at.list_section + j]]:
                    pairs += 1
    return pairs


@kernel
def _long_runs(at: Layout, d: Ints, start: int, end: int, limit: int) -> int:
    taught = 0
    for i in range(start, end):
        taught |= d[at.mask + d[at.list_section + i]]
    windows = 0
    for slot in range(at.n_slots):
        run = 0
        here = slot
        while here >= 0 and (taught >> here) & 1 and run <= limit:
            here = d[at.slot_next + here]
            run += 1
        if run > limit:
            windows += 1
    return windows


@kernel
def _load(at: Layout, d: Ints, start: int, end: int) -> int:
    """Sections of a list in its fullest term."""
    fullest = 0
    for term in range(at.n_terms):
        load = 0
        for i in range(start, end):
            if d[at.mask + d[at.list_section + i]] & d[at.term_mask + term]:
                load += 1
        if load > fullest:
            fullest = load
    return fullest


@kernel
def _changes_of_building(at: Layout, d: Ints, start: int, end: int) -> int:
    changes = 0
    for slot in range(at.n_slots):
        following = d[at.slot_next + slot]
        if following >= 0 and _moves_house(at, d, start, end, slot, following):
            changes += 1
    return changes


@kernel
def _moves_house(at: Layout, d: Ints, start: int, end: int, slot: int, following: int) -> bool:
    """Whether sections of a list in two slots are in different buildings, as far as these are known."""
    for i in range(start, end):
        section = d[at.list_section + i]
        building = d[at.section_building + section]
        if building >= 0 and (d[at.mask + section] >> slot) & 1:
            for j in range(start, end):
                other = d[at.list_section + j]
                there = d[at.section_building + other]
                if there >= 0 and there != building and (d[at.mask + other] >> following) & 1:
                    return True
    return False


@kernel
def of_student(at: Layout, d: Ints, cell: int, student: int, taken: int) -> int:
    """What a student's goal counts if his seats take these slots."""
    kind = d[at.cell_kind + cell]
    away = d[at.student_blocked + student]
    if kind == FREE:
        count = 0
        for term in range(at.n_terms):
            excess = bits(d[at.term_mask + term] & ~taken & ~away) - d[at.cell_limit + cell]
            if excess > 0:
                count += excess
        return count
    if kind == HOLES:
        return _holes(at, d, taken, away)
    return _day_excess(at, d, taken, away, d[at.cell_limit + cell])


@kernel
def _holes(at: Layout, d: Ints, taken: int, away: int) -> int:
    count = 0
    for day in range(at.n_days):
        if taken & d[at.day_mask + day]:
            since = 0
            begun = False
            for i in range(d[at.day_slots + day], d[at.day_slots + day + 1]):
                slot = d[at.day_slot + i]
                if (taken >> slot) & 1:
                    if begun:
                        count += since
                    begun = True
                    since = 0
                elif not (away >> slot) & 1:
                    since += 1
    return count


@kernel
def _day_excess(at: Layout, d: Ints, taken: int, away: int, limit: int) -> int:
    count = 0
    for term in range(at.n_terms):
        most = -1
        least = INFINITE
        for day in range(at.n_days):
            mask = d[at.day_mask + day]
            if d[at.day_term + day] == term and mask & ~away:
                classes = bits(taken & mask)
                if classes > most:
                    most = classes
                if classes < least:
                    least = classes
        if most - least > limit and most >= 0:
            count += most - least - limit
    return count


@kernel
def bits(mask: int) -> int:
    """Number of slots in a mask."""
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@kernel
def price_of_day(at: Layout, d: Ints, student: int, taken: int) -> int:
    """Price of a student's goals if his seats take these slots."""
    price = 0
    owner = at.first_student + student
    for cell in range(d[at.owner_cells + owner], d[at.owner_cells + owner + 1]):
        if d[at.cell_price + cell]:
            price += d[at.cell_price + cell] * of_student(at, d, cell, student, taken)
    return price
