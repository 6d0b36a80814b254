"""Moving blocks: one to a row, and elsewhere what it drives out, as one plan."""

from echelon_desktop.solver.general.glance import choose_row
from echelon_desktop.solver.general.layout import PLAN, STAMP, Layout
from echelon_desktop.solver.general.places import EJECTED, clashes, lift, place, stand
from echelon_desktop.solver.search.chance import below
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

SAMPLES = 4


@kernel
def move_block(at: Layout, d: Ints, block: int, row: int, may_drop: bool, temperature: float) -> bool:
    """
    Put a block into a row and find new places for what it drives out.

    Where one cannot be found the plan fails, or with ``may_drop`` leaves blocks without a place.
    """
    if d[at.block_stamp + block] == d[STAMP]:
        return False
    lift(at, d, block)
    d[PLAN] = 0
    if not place(at, d, block, row):
        return False
    done = 0
    while done < d[PLAN]:
        driven = d[at.plan_block + done]
        done += 1
        if temperature > 0:
            row = choose_row(at, d, driven, 0.0, True, temperature)
        else:
            row = _free_row(at, d, driven)
        if row < 0 and d[PLAN] < EJECTED:
            row = _least_clashing(at, d, driven)
        if row < 0 or not place(at, d, driven, row):
            if not may_drop:
                return False
            _take_off(at, d, driven)
    return True


@kernel
def _take_off(at: Layout, d: Ints, block: int) -> None:
    """Leave a block of the plan without a place."""
    for i in range(d[at.block_sections + block], d[at.block_sections + block + 1]):
        stand(at, d, d[at.block_section + i], -1)


@kernel
def _free_row(at: Layout, d: Ints, block: int) -> int:
    """A random row in which nothing stands in the way, or -1."""
    n = d[at.block_rows + block]
    if n == 0:
        return -1
    row = below(d, n)
    for _ in range(n):
        if clashes(at, d, block, row) == 0:
            return row
        row += 1
        if row == n:
            row = 0
    return -1


@kernel
def _least_clashing(at: Layout, d: Ints, block: int) -> int:
    """Of a few random rows the one in which the least stands in the way, or -1."""
    n = d[at.block_rows + block]
    best = -1
    fewest = 0
    for _ in range(SAMPLES if n else 0):
        row = below(d, n)
        found = clashes(at, d, block, row)
        if best < 0 or found < fewest:
            best = row
            fewest = found
    return best
