"""What a move changes at levels that count whole courses, teachers and students' days."""

from echelon_desktop.solver.deltas.layout import COURSES, GROUPS, LOAD, SPACING, Layout
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def count_courses(at: Layout, d: Ints) -> None:
    """Add to the levels what changed for the courses whose seats a move touched."""
    for i in range(d[COURSES]):
        course = d[at.touched_course + i]
        change = spread_of(at, d, course) - d[at.spread + course]
        if change:
            for level in range(at.n_levels):
                d[at.value + level] += change * d[at.balance_cost + level]


@kernel
def count_groups(at: Layout, d: Ints) -> None:
    """Add to the levels what changed for the groups whose sections a move placed."""
    for i in range(d[GROUPS]):
        group = d[at.touched_group + i]
        change = group_cost(at, d, group) - d[at.group_cost + group]
        d[at.value + d[at.group_level + group]] += change * d[at.group_weight + group]


@kernel
def spread_of(at: Layout, d: Ints, course: int) -> int:
    """The students of a course's largest section less those of its smallest."""
    first = d[at.course_sections + course]
    least = most = d[at.load + d[at.course_section + first]]
    for i in range(first + 1, d[at.course_sections + course + 1]):
        load = d[at.load + d[at.course_section + i]]
        least = min(least, load)
        most = max(most, load)
    return most - least


@kernel
def group_cost(at: Layout, d: Ints, group: int) -> int:
    """What a group of sections counts, before its weight."""
    if d[at.group_kind + group] == SPACING:
        return _adjacent_pairs(at, d, group)
    if d[at.group_kind + group] == LOAD:
        return max(0, _fullest_term(at, d, group) - d[at.group_limit + group])
    return _full_windows(at, d, group)


@kernel
def _adjacent_pairs(at: Layout, d: Ints, group: int) -> int:
    pairs = 0
    first = d[at.group_sections + group]
    for i in range(first, d[at.group_sections + group + 1]):
        mask = d[at.section_mask + d[at.group_section + i]]
        beside = 0
        for slot in range(at.n_slots):
            if (mask >> slot) & 1:
                beside |= d[at.adjacent + slot]
        for j in range(first, i):
            pairs += (beside & d[at.section_mask + d[at.group_section + j]]) != 0
    return pairs


@kernel
def _fullest_term(at: Layout, d: Ints, group: int) -> int:
    fullest = 0
    for term in range(at.n_terms):
        load = 0
        for i in range(d[at.group_sections + group], d[at.group_sections + group + 1]):
            load += (d[at.section_mask + d[at.group_section + i]] & d[at.term_mask + term]) != 0
        fullest = max(fullest, load)
    return fullest


@kernel
def _full_windows(at: Layout, d: Ints, group: int) -> int:
    """Slots from which on more slots in a row are taught than the limit allows."""
    taught = 0
    for i in range(d[at.group_sections + group], d[at.group_sections + group + 1]):
        taught |= d[at.section_mask + d[at.group_section + i]]
    windows = 0
    for first in range(at.n_slots):
        slot, run = first, 0
        while slot >= 0 and (taught >> slot) & 1 and run <= d[at.group_limit + group]:
            slot = d[at.next_slot + slot]
            run += 1
        windows += run > d[at.group_limit + group]
    return windows


@kernel
def busy_of(at: Layout, d: Ints, student: int) -> int:
    """Slots in which a student holds a seat or cannot be."""
    busy = d[at.student_blocked + student]
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        section = d[at.seat + d[at.student_request + i]]
        if section >= 0:
            busy |= d[at.section_mask + section]
    return busy


@kernel
def count_day(at: Layout, d: Ints, student: int, busy: int, sign: int) -> None:
    """Add to the levels (or take off, sign -1) what a student costs who is busy in these slots."""
    for i in range(d[at.student_frees + student], d[at.student_frees + student + 1]):
        goal = d[at.student_free + i]
        cost = 0
        for term in range(at.n_terms):
            free = d[at.term_mask + term] & ~busy
            count = 0
            while free:
                free &= free - 1
                count += 1
            cost += max(0, count - d[at.free_limit + goal])
        d[at.value + d[at.free_level + goal]] += sign * cost * d[at.free_weight + goal]
