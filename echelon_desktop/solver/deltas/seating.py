"""
The best seating of one student while all others keep their seats: branch and bound over the own requests.

Best is what costs least at the levels that a student's seats decide alone, in their order, pinned seats
before all; and among those the seating that changes fewest seats.
"""

from echelon_desktop.solver.deltas.layout import ENDED, NODES, Layout
from echelon_desktop.solver.deltas.seats import sit
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints

NOTHING = 1 << 62


@kernel
def leave_all(at: Layout, d: Ints, student: int) -> None:
    """Take a student's seats away, and note in ``before`` what they were."""
    first = d[at.student_requests + student]
    for i in range(d[at.student_requests + student + 1] - first):
        request = d[at.student_request + first + i]
        d[at.before + i] = d[at.seat + request]
        sit(at, d, request, -1)


@kernel
def seat_anew(at: Layout, d: Ints, student: int, most_nodes: int) -> None:
    """Give a student the best seating there is."""
    leave_all(at, d, student)
    best_seating(at, d, student, most_nodes)
    first = d[at.student_requests + student]
    for i in range(d[at.student_requests + student + 1] - first):
        sit(at, d, d[at.student_request + first + i], d[at.best + i])


@kernel
def best_seating(at: Layout, d: Ints, student: int, most_nodes: int) -> int:
    """
    Find the best seating of a student who holds nothing now and held ``before``.

    Leaves a section or -1 for each of the student's requests in ``best``, and in ``ENDED`` whether nothing
    better exists for certain. Returns its cost.
    """
    first = d[at.student_requests + student]
    n = d[at.student_requests + student + 1] - first
    for i in range(n):
        _gather(at, d, student, d[at.student_request + first + i], i)
    _order(at, d, first, n)
    best = NOTHING
    d[NODES] = 0
    d[ENDED] = 1
    depth = 0
    d[at.pick + 0] = -1
    d[at.taken + 0] = d[at.student_blocked + student]
    d[at.cost + 0] = 0
    while depth >= 0 and n > 0:
        if d[NODES] >= most_nodes and best < NOTHING:
            d[ENDED] = 0
            break
        d[NODES] += 1
        d[at.pick + depth] += 1
        k = d[at.pick + depth]
        i = d[at.order + depth]
        count = d[at.options + i]
        taken = d[at.taken + depth]
        section = -1
        cost = d[at.cost + depth]
        if k > count:
            depth -= 1
            continue
        if k == count:
            cost += d[at.request_leave + d[at.student_request + first + i]] + (d[at.before + i] >= 0)
        else:
            section = d[at.option + i * at.most_options + k]
            cost += d[at.price + i * at.most_options + k]
            if taken & d[at.section_mask + section]:
                continue
        if cost + d[at.rest + depth + 1] >= best:
            continue
        if section >= 0:
            if at.mixed and not _goes_with(at, d, section, depth):
                continue
            taken |= d[at.section_mask + section]
        d[at.chosen + i] = section
        depth += 1
        if depth == n:
            best = cost
            for j in range(n):
                d[at.best + j] = d[at.chosen + j]
            depth -= 1
        else:
            d[at.pick + depth] = -1
            d[at.taken + depth] = taken
            d[at.cost + depth] = cost
    return best if n > 0 else 0


@kernel
def _gather(at: Layout, d: Ints, student: int, request: int, i: int) -> None:
    """The sections with a seat for a request: of each course and time the cheapest, then the emptiest."""
    held = d[at.before + i]
    pin = d[at.request_pin + request]
    home = d[at.request_home + request]
    blocked = d[at.student_blocked + student]
    row = i * at.most_options
    count = 0
    for o in range(d[at.request_options + request], d[at.request_options + request + 1]):
        course = d[at.option_course + o]
        for x in range(d[at.course_sections + course], d[at.course_sections + course + 1]):
            section = d[at.course_section + x]
            mask = d[at.section_mask + section]
            if (pin >= 0 and pin != section) or mask & blocked or not has_seat(at, d, student, section):
                continue
            price = d[at.option_price + o] + (section != held)
            if home >= 0 and section != home:
                price += at.home_price
            apart = at.mixed and d[at.section_links + section] < d[at.section_links + section + 1]
            rival = -1
            for j in range(count):
                other = d[at.option + row + j]
                if (
                    not apart
                    and d[at.section_mask + other] == mask
                    and d[at.section_course + other] == course
                    and d[at.section_links + other] == d[at.section_links + other + 1]
                ):
                    rival = j
            if rival < 0:
                rival = count
                count += 1
            elif (price, d[at.load + section]) >= (
                d[at.price + row + rival],
                d[at.load + d[at.option + row + rival]],
            ):
                continue
            d[at.option + row + rival] = section
            d[at.price + row + rival] = price
    d[at.options + i] = count
    for j in range(1, count):
        section, price = d[at.option + row + j], d[at.price + row + j]
        k = j
        while k > 0 and (d[at.price + row + k - 1], d[at.load + d[at.option + row + k - 1]]) > (
            price,
            d[at.load + section],
        ):
            d[at.option + row + k], d[at.price + row + k] = (
                d[at.option + row + k - 1],
                d[at.price + row + k - 1],
            )
            k -= 1
        d[at.option + row + k], d[at.price + row + k] = section, price


@kernel
def has_seat(at: Layout, d: Ints, student: int, section: int) -> bool:
    """Whether a section has a seat that the student may take; one that stands nowhere has none."""
    if d[at.section_mask + section] == 0 or d[at.load + section] >= d[at.section_seats + section]:
        return False
    row = d[at.section_audience + section]
    if row >= 0 and not d[at.audience + row * at.n_students + student]:
        return False
    if d[at.student_sped + student] and d[at.sped_load + section] >= d[at.section_sped + section]:
        return False
    stack = d[at.section_stack + section]
    return stack < 0 or d[at.stack_load + stack] < d[at.stack_seats + stack]


@kernel
def _order(at: Layout, d: Ints, first: int, n: int) -> None:
    """Requests with the fewest options first, and the least that each and all after it must cost."""
    for i in range(n):
        k = i
        while k > 0 and d[at.options + d[at.order + k - 1]] > d[at.options + i]:
            d[at.order + k] = d[at.order + k - 1]
            k -= 1
        d[at.order + k] = i
    d[at.rest + n] = 0
    for k in range(n - 1, -1, -1):
        i = d[at.order + k]
        least = d[at.request_leave + d[at.student_request + first + i]] + (d[at.before + i] >= 0)
        if d[at.options + i] and d[at.price + i * at.most_options] < least:
            least = d[at.price + i * at.most_options]
        d[at.rest + k] = d[at.rest + k + 1] + least


@kernel
def _goes_with(at: Layout, d: Ints, section: int, depth: int) -> bool:
    """Whether a student who holds what was chosen so far may take a section: courses once, links kept."""
    for k in range(depth):
        held = d[at.chosen + d[at.order + k]]
        if held >= 0 and (
            d[at.section_course + held] == d[at.section_course + section]
            or _parted(at, d, held, section)
            or _parted(at, d, section, held)
        ):
            return False
    return True


@kernel
def _parted(at: Layout, d: Ints, one: int, other: int) -> bool:
    """Whether a link of one section asks for another section of the other's course."""
    for i in range(d[at.section_links + one], d[at.section_links + one + 1]):
        link = d[at.section_link + i]
        inside = False
        asked = False
        for j in range(d[at.link_sections + link], d[at.link_sections + link + 1]):
            member = d[at.link_section + j]
            inside = inside or member == other
            asked = asked or d[at.section_course + member] == d[at.section_course + other]
        if asked and not inside:
            return True
    return False


@kernel
def unseated_cost(at: Layout, d: Ints, student: int) -> int:
    """What a student without any seat costs."""
    first = d[at.student_requests + student]
    cost = 0
    for i in range(d[at.student_requests + student + 1] - first):
        cost += d[at.request_leave + d[at.student_request + first + i]] + (d[at.before + i] >= 0)
    return cost
