"""
Seating one student anew at least cost while all others stay: his requests are assigned to slots.

A seat costs the number of students before it in its section, so that every change lowers the sum over
sections of their sizes squared.

References
----------
H. W. Kuhn, The Hungarian Method for the Assignment Problem, Naval Research Logistics Quarterly 2 (1955).
"""

from echelon_desktop.solver.search.augment import assign
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints, Layout

INFINITE = 1 << 40


@kernel
def seat_anew(at: Layout, d: Ints, student: int) -> int:
    """Give the requests a student has met the least costly slots; 1 where that changed any, else 0."""
    n = _undecided(at, d, student)
    if n == 0 or not _price_all(at, d, n):
        return 0
    _match(at, d, n)
    width = at.n_slots + 1
    change = 0
    for p in range(1, width):
        row = d[at.row_of + p]
        if row:
            prices = at.price + row * width
            change += d[prices + p] - d[prices + d[at.request_slot + d[at.row_request + row]] + 1]
    if change >= 0:
        return 0
    for row in range(1, n + 1):
        assign(at, d, d[at.row_request + row], -1)
    for p in range(1, width):
        if d[at.row_of + p]:
            assign(at, d, d[at.row_request + d[at.row_of + p]], p - 1)
    return 1


@kernel
def _undecided(at: Layout, d: Ints, student: int) -> int:
    """List the met requests that have a choice, and the slots each may take; how many there are."""
    seats = at.open_sped if d[at.student_sped + student] else at.open
    reach = d[at.student_free + student]
    n = 0
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        slot = d[at.request_slot + request]
        if slot >= 0:
            n += 1
            d[at.row_request + n] = request
            d[at.row_slots + n] = d[seats + d[at.request_course + request]] | 1 << slot
            reach |= 1 << slot
    row = 1
    while row <= n:
        slots = d[at.row_slots + row] & reach
        d[at.row_slots + row] = slots
        if slots & (slots - 1):
            row += 1
        else:
            # It can only stay, so that nothing else of the student gets there.
            reach &= ~slots
            d[at.row_request + row] = d[at.row_request + n]
            d[at.row_slots + row] = d[at.row_slots + n]
            n -= 1
            row = 1
    return n


@kernel
def _price_all(at: Layout, d: Ints, n: int) -> bool:
    """Price the slots of ``n`` requests; whether any of them would rather have another slot."""
    width = at.n_slots + 1
    hope = False
    for row in range(1, n + 1):
        request = d[at.row_request + row]
        pool = d[at.request_course + request] * at.n_slots
        held = d[at.request_slot + request]
        now = _price(at, d, pool + held, 1)
        for p in range(at.n_slots):
            price = INFINITE
            if p == held:
                price = now
            elif (d[at.row_slots + row] >> p) & 1:
                price = _price(at, d, pool + p, 0)
                if price < now:
                    hope = True
            d[at.price + row * width + p + 1] = price
    return hope


@kernel
def _price(at: Layout, d: Ints, pool: int, own: int) -> int:
    """Students before this one in the section he would get; ``own`` is 1 where he is counted in the pool."""
    others = d[at.load + pool] - own
    sections = d[at.sections_at + pool]
    if sections == 1:
        return others
    # Of a pinned seat there is only the one.
    return others // sections if sections else 0


@kernel
def _match(at: Layout, d: Ints, n: int) -> None:
    """Match ``n`` rows to columns, one for each slot, at the least sum of prices; see ``row_of``."""
    width = at.n_slots + 1
    for p in range(width):
        d[at.row_potential + p] = 0
        d[at.column_potential + p] = 0
        d[at.row_of + p] = 0
    for row in range(1, n + 1):
        d[at.row_of] = row
        column = 0
        for p in range(width):
            d[at.slack + p] = INFINITE * 4
            d[at.covered + p] = 0
        while True:
            d[at.covered + column] = 1
            current = d[at.row_of + column]
            prices = at.price + current * width
            potential = d[at.row_potential + current]
            delta = INFINITE * 8
            nearest = 0
            for p in range(1, width):
                if not d[at.covered + p]:
                    cost = d[prices + p] - potential - d[at.column_potential + p]
                    if cost < d[at.slack + p]:
                        d[at.slack + p] = cost
                        d[at.came + p] = column
                    if d[at.slack + p] < delta:
                        delta = d[at.slack + p]
                        nearest = p
            for p in range(width):
                if d[at.covered + p]:
                    d[at.row_potential + d[at.row_of + p]] += delta
                    d[at.column_potential + p] -= delta
                else:
                    d[at.slack + p] -= delta
            column = nearest
            if d[at.row_of + column] == 0:
                break
        while column:
            d[at.row_of + column] = d[at.row_of + d[at.came + column]]
            column = d[at.came + column]
