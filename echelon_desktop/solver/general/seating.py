"""
Seating one student as well as his requests allow while all others keep their seats.

A branch and bound over the student's requests: each takes one of the sections that have a seat for him, or
none. Prices make the levels strict: what is unmet by rank, alternates, the shape of his day, and last the
squares of section sizes, which spread students evenly.
"""

from echelon_desktop.solver.general.cells import bits, price_of_day
from echelon_desktop.solver.general.layout import EASE, INFINITE, SWIFT, Layout
from echelon_desktop.solver.general.seats import count_seat, full_for, give_up, take_seat
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def seat_student(at: Layout, d: Ints, student: int, fixed: int, section: int) -> bool:
    """
    Seat a student anew, at the least price; with ``fixed`` >= 0 that request must take ``section``.

    Returns whether any seat changed. Of more nodes than ``at.nodes`` the best found is taken. While
    ``SWIFT``, seats change for what meets more only.
    """
    start = d[at.student_requests + student]
    n = d[at.student_requests + student + 1] - start
    if n == 0:
        return False
    sped = d[at.student_sped + student]
    for i in range(start, start + n):
        held = d[at.seat + d[at.student_request + i]]
        if held >= 0:
            count_seat(at, d, held, sped, -1)
    _list_picks(at, d, student, fixed, section)
    now = INFINITE if fixed >= 0 else _present_price(at, d, student)
    if d[SWIFT] and fixed < 0:
        now -= now % at.unmet_price  # only what meets more is of use
    found = _search(at, d, student, n, now)
    for i in range(start, start + n):
        held = d[at.seat + d[at.student_request + i]]
        if held >= 0:
            count_seat(at, d, held, sped, 1)
    if found >= now:
        return False
    return _follow(at, d, start, n)


@kernel
def _follow(at: Layout, d: Ints, start: int, n: int) -> bool:
    """Bring a student's seats from what they are to what was found best."""
    changed = False
    for i in range(n):
        request = d[at.student_request + start + i]
        held = d[at.seat + request]
        if held >= 0 and held != d[at.pick_section + d[at.pick_best + i]]:
            give_up(at, d, request)
            changed = True
    for i in range(n):
        request = d[at.student_request + start + i]
        wanted = d[at.pick_section + d[at.pick_best + i]]
        if wanted >= 0 and d[at.seat + request] < 0:
            take_seat(at, d, request, wanted)
            changed = True
    return changed


@kernel
def _list_picks(at: Layout, d: Ints, student: int, fixed: int, section: int) -> None:
    """List for each request what it can take, the cheapest first, and none as the last resort."""
    start = d[at.student_requests + student]
    end = d[at.student_requests + student + 1]
    free = 0
    for i in range(start, end):
        request = d[at.student_request + i]
        d[at.pick_first + i - start] = free
        count = 0
        if request == fixed:
            _add_pick(at, d, free, 0, section, 0)
            count = 1
        else:
            for option in range(d[at.request_options + request], d[at.request_options + request + 1]):
                course = d[at.option_course + option]
                for k in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
                    s = d[at.course_section + k]
                    if may_take(at, d, student, request, s):
                        price = d[at.option_price + option] + _load_price(at, d, s)
                        price += price_of_change(at, d, request, s)
                        count = _add_pick(at, d, free, count, s, price)
            price = d[at.kind_price + d[at.request_kind + request]] + price_of_change(at, d, request, -1)
            count = _add_pick(at, d, free, count, -1, price)
        d[at.pick_count + i - start] = count
        free += count


@kernel
def may_take(at: Layout, d: Ints, student: int, request: int, section: int) -> bool:
    """Whether a request may be met in a section that has a seat; what else the student holds is ignored."""
    mask = d[at.mask + section]
    if mask == 0 or mask & d[at.student_blocked + student]:
        return False
    pin = d[at.request_pin + request]
    if pin >= 0 and pin != section:
        return False
    row = d[at.section_audience + section]
    if row >= 0 and not d[at.audience + row * at.n_students + student]:
        return False
    return not full_for(at, d, section, d[at.student_sped + student])


@kernel
def _load_price(at: Layout, d: Ints, section: int) -> int:
    """What one student more adds to the squares of sizes; nothing where a course has one section."""
    course = d[at.section_course + section]
    if d[at.course_sections + course + 1] - d[at.course_sections + course] < 2:
        return 0
    return at.load_price * (2 * d[at.size + section] + 1)


@kernel
def price_of_change(at: Layout, d: Ints, request: int, section: int) -> int:
    """Price of meeting a request in another section than before, or no longer."""
    price = 0
    for i in range(at.n_homes):
        home = d[at.home + i * at.n_requests + request]
        if home >= 0 and home != section:
            price += d[at.home_price + i]
    return price


@kernel
def _add_pick(at: Layout, d: Ints, first: int, count: int, section: int, price: int) -> int:
    """Insert a pick by price; of two sections of a course in the same slots only the cheaper is of use."""
    mask = 0 if section < 0 else d[at.mask + section]
    if section >= 0 and d[at.section_aparts + section] == d[at.section_aparts + section + 1]:
        for i in range(first, first + count):
            other = d[at.pick_section + i]
            if (
                d[at.pick_mask + i] == mask
                and other >= 0
                and d[at.section_course + other] == d[at.section_course + section]
                and d[at.section_aparts + other] == d[at.section_aparts + other + 1]
            ):
                if d[at.pick_price + i] <= price:
                    return count
                count -= 1
                for j in range(i, first + count):
                    d[at.pick_section + j] = d[at.pick_section + j + 1]
                    d[at.pick_mask + j] = d[at.pick_mask + j + 1]
                    d[at.pick_price + j] = d[at.pick_price + j + 1]
                break
    i = first + count
    while i > first and d[at.pick_price + i - 1] > price:
        d[at.pick_section + i] = d[at.pick_section + i - 1]
        d[at.pick_mask + i] = d[at.pick_mask + i - 1]
        d[at.pick_price + i] = d[at.pick_price + i - 1]
        i -= 1
    d[at.pick_section + i] = section
    d[at.pick_mask + i] = mask
    d[at.pick_price + i] = price
    return count + 1


@kernel
def _present_price(at: Layout, d: Ints, student: int) -> int:
    """Price of the seats that a student has, his own not counted in the sizes."""
    price = price_of_day(at, d, student, d[at.occupied + student])
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        held = d[at.seat + request]
        price += price_of_change(at, d, request, held)
        if held < 0:
            price += d[at.kind_price + d[at.request_kind + request]]
        else:
            price += _load_price(at, d, held)
            for option in range(d[at.request_options + request], d[at.request_options + request + 1]):
                if d[at.option_course + option] == d[at.section_course + held]:
                    price += d[at.option_price + option]
                    break
    return price


@kernel
def _search(at: Layout, d: Ints, student: int, n: int, now: int) -> int:
    """The least price found below ``now``, its picks in ``pick_best``; ``now`` if there is none."""
    _order_by_picks(at, d, n)
    d[at.pick_rest + n] = 0
    for depth in range(n - 1, -1, -1):
        cheapest = d[at.pick_price + d[at.pick_first + d[at.pick_order + depth]]]
        d[at.pick_rest + depth] = d[at.pick_rest + depth + 1] + cheapest
    certain = d[at.pick_rest] + _certainly_unmet(at, d, student, n)
    best = now
    if d[SWIFT] and now < INFINITE:
        enough = now  # whatever is less will do
        if now <= certain:
            return now
    else:
        enough = certain + d[EASE]
        if now <= enough:
            return now
    blocked = d[at.student_blocked + student]
    d[at.pick_used] = blocked
    d[at.pick_cost] = 0
    d[at.pick_at] = 0
    depth = 0
    nodes = 0
    while depth >= 0 and nodes < at.nodes:
        if depth == n:
            price = d[at.pick_cost + n] + price_of_day(at, d, student, d[at.pick_used + n] & ~blocked)
            if price < best:
                best = price
                for k in range(n):
                    d[at.pick_best + d[at.pick_order + k]] = d[at.pick_taken + k]
                if best <= enough:
                    return best
            depth -= 1
            continue
        pick = _next_pick(at, d, depth, best)
        if pick < 0:
            depth -= 1
            continue
        nodes += 1
        d[at.pick_taken + depth] = pick
        d[at.pick_used + depth + 1] = d[at.pick_used + depth] | d[at.pick_mask + pick]
        d[at.pick_cost + depth + 1] = d[at.pick_cost + depth] + d[at.pick_price + pick]
        depth += 1
        d[at.pick_at + depth] = 0
    return best


@kernel
def _order_by_picks(at: Layout, d: Ints, n: int) -> None:
    """Requests with few picks come first: they leave the least to try."""
    for i in range(n):
        k = i
        while k > 0 and d[at.pick_count + d[at.pick_order + k - 1]] > d[at.pick_count + i]:
            d[at.pick_order + k] = d[at.pick_order + k - 1]
            k -= 1
        d[at.pick_order + k] = i


@kernel
def _next_pick(at: Layout, d: Ints, depth: int, best: int) -> int:
    """The next pick at a depth that goes with those before it and can still be better; -1 for none."""
    i = d[at.pick_order + depth]
    first = d[at.pick_first + i]
    most = best - d[at.pick_cost + depth] - d[at.pick_rest + depth + 1]
    p = d[at.pick_at + depth]
    while p < d[at.pick_count + i]:
        pick = first + p
        if d[at.pick_price + pick] >= most:
            return -1
        p += 1
        if not d[at.pick_mask + pick] & d[at.pick_used + depth] and _goes_with(at, d, depth, pick):
            d[at.pick_at + depth] = p
            return pick
    return -1


@kernel
def _goes_with(at: Layout, d: Ints, depth: int, pick: int) -> bool:
    """Whether a pick is of no course taken already, and of no section that links keep apart from those."""
    section = d[at.pick_section + pick]
    if section < 0:
        return True
    first = d[at.section_aparts + section]
    end = d[at.section_aparts + section + 1]
    if not at.twice and first == end:
        return True
    for k in range(depth):
        other = d[at.pick_section + d[at.pick_taken + k]]
        if other >= 0:
            if d[at.section_course + other] == d[at.section_course + section]:
                return False
            for i in range(first, end):
                if d[at.section_apart + i] == other:
                    return False
    return True


@kernel
def _certainly_unmet(at: Layout, d: Ints, student: int, n: int) -> int:
    """A price that no seating avoids: of requests for which there are not as many slots."""
    reach = 0
    cheapest = INFINITE
    for i in range(n):
        first = d[at.pick_first + i]
        last = first + d[at.pick_count + i] - 1
        for pick in range(first, last + 1):
            reach |= d[at.pick_mask + pick]
        extra = d[at.kind_price + d[at.request_kind + _request(at, d, student, i)]] - d[at.pick_price + first]
        if extra < cheapest:
            cheapest = extra
    lacking = n - bits(reach)
    return lacking * cheapest if lacking > 0 and cheapest > 0 else 0


@kernel
def _request(at: Layout, d: Ints, student: int, i: int) -> int:
    return d[at.student_request + d[at.student_requests + student] + i]
