"""
Placing blocks of sections: what stands in the way is ejected and placed elsewhere, all as one plan.

Groups are teachers, rooms, and limits on how many sections may meet in a slot: each has a number of sections
per slot and a mask of the slots in which it can take no more.
"""

from echelon_desktop.solver.general.cells import touch
from echelon_desktop.solver.general.layout import MOVED, PLAN, STAMP, UNPLACED, Layout
from echelon_desktop.solver.general.seats import refresh
from echelon_desktop.solver.search.chance import below
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

EJECTED = 6
"""Blocks that one block may drive out of their places, directly or not."""


@kernel
def stand(at: Layout, d: Ints, section: int, choice: int) -> None:
    """Put a section where a choice says (-1: nowhere); no one else is looked at."""
    old = d[at.choice + section]
    if old == choice:
        return
    if old >= 0:
        _occupy(at, d, section, old, -1)
    else:
        d[at.value + UNPLACED] -= 1
    if choice >= 0:
        _occupy(at, d, section, choice, 1)
        d[at.mask + section] = d[at.choice_mask + choice]
    else:
        d[at.mask + section] = 0
        d[at.value + UNPLACED] += 1
    d[at.choice + section] = choice
    refresh(at, d, d[at.section_course + section])
    for i in range(d[at.section_owners + section], d[at.section_owners + section + 1]):
        touch(at, d, d[at.section_owner + i])


@kernel
def _occupy(at: Layout, d: Ints, section: int, choice: int, sign: int) -> None:
    for i in range(d[at.choice_costs + choice], d[at.choice_costs + choice + 1]):
        d[at.value + d[at.choice_cost_level + i]] += sign * d[at.choice_cost + i]
    mask = d[at.choice_mask + choice]
    for i in range(d[at.section_groups + section], d[at.section_groups + section + 1]):
        base = d[at.section_group + i] * at.n_slots
        full = d[at.full + d[at.section_group + i]]
        left = mask
        slot = 0
        while left:
            if left & 1:
                d[at.taken + base + slot] += sign
                if d[at.taken + base + slot] >= d[at.group_most + base + slot]:
                    full |= 1 << slot
                else:
                    full &= ~(1 << slot)
            left >>= 1
            slot += 1
        d[at.full + d[at.section_group + i]] = full


@kernel
def lift(at: Layout, d: Ints, block: int) -> None:
    """Take a block off the board as part of the present plan, and note where it stood."""
    d[at.block_stamp + block] = d[STAMP]
    for i in range(d[at.block_sections + block], d[at.block_sections + block + 1]):
        section = d[at.block_section + i]
        n = d[MOVED]
        d[at.moved_section + n] = section
        d[at.moved_from + n] = d[at.choice + section]
        d[MOVED] = n + 1
        stand(at, d, section, -1)


@kernel
def row_of(at: Layout, d: Ints, block: int, row: int) -> int:
    """Where the choices of a row begin."""
    size = d[at.block_sections + block + 1] - d[at.block_sections + block]
    return d[at.block_row + block] + row * size


@kernel
def clashes(at: Layout, d: Ints, block: int, row: int) -> int:
    """In how many groups a row wants a slot that is taken; the block itself is off the board."""
    found = 0
    first = d[at.block_sections + block]
    choices = row_of(at, d, block, row)
    for i in range(d[at.block_sections + block + 1] - first):
        section = d[at.block_section + first + i]
        mask = d[at.choice_mask + d[at.row_choice + choices + i]]
        for k in range(d[at.section_groups + section], d[at.section_groups + section + 1]):
            if mask & d[at.full + d[at.section_group + k]]:
                found += 1
    return found


@kernel
def place(at: Layout, d: Ints, block: int, row: int) -> bool:
    """
    Put a lifted block into a row, and lift every block that must go for it onto the plan.

    False when something that belongs to the plan is in the way; then the board is left half done.
    """
    first = d[at.block_sections + block]
    choices = row_of(at, d, block, row)
    for i in range(d[at.block_sections + block + 1] - first):
        section = d[at.block_section + first + i]
        choice = d[at.row_choice + choices + i]
        mask = d[at.choice_mask + choice]
        for k in range(d[at.section_groups + section], d[at.section_groups + section + 1]):
            if not _clear(at, d, d[at.section_group + k], mask):
                return False
        stand(at, d, section, choice)
    return True


@kernel
def _clear(at: Layout, d: Ints, group: int, mask: int) -> bool:
    """Make room in a group for a section in the slots of a mask."""
    first = d[at.group_sections + group]
    n = d[at.group_sections + group + 1] - first
    while mask & d[at.full + group]:
        crowded = mask & d[at.full + group]
        chosen = -1
        i = below(d, n)
        for _ in range(n):
            section = d[at.group_section + first + i]
            if (
                d[at.mask + section] & crowded
                and d[at.block_stamp + d[at.section_block + section]] != d[STAMP]
            ):
                chosen = d[at.section_block + section]
                break
            i += 1
            if i == n:
                i = 0
        if chosen < 0 or d[PLAN] >= EJECTED:
            return False
        lift(at, d, chosen)
        d[at.plan_block + d[PLAN]] = chosen
        d[PLAN] += 1
    return True


@kernel
def put_back(at: Layout, d: Ints) -> None:
    """Stand every section of the plan where it stood."""
    for i in range(d[MOVED]):
        stand(at, d, d[at.moved_section + i], -1)
    for i in range(d[MOVED]):
        stand(at, d, d[at.moved_section + i], d[at.moved_from + i])
    d[MOVED] = 0
