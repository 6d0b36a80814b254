"""Seats given and taken, with every sum that follows from them; and taking all of a move back."""

from echelon_desktop.solver.deltas.layout import (
    AWAY,
    CHANGED,
    COURSES,
    GROUPS,
    LOST,
    PLACED,
    SEATED,
    STAMP,
    UNMET,
    Layout,
)
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def begin(at: Layout, d: Ints) -> None:
    """Start a move from the present schedule."""
    d[SEATED] = 0
    d[PLACED] = 0
    d[COURSES] = 0
    d[GROUPS] = 0
    d[CHANGED] = 0
    d[STAMP] += 1
    for level in range(at.n_levels):
        d[at.value_before + level] = d[at.value + level]


@kernel
def sit(at: Layout, d: Ints, request: int, section: int) -> None:
    """Give a request a seat, or none (-1), and note what it had."""
    old = d[at.seat + request]
    if old == section:
        return
    end = d[SEATED]
    d[at.log_request + end] = request
    d[at.log_seat + end] = old
    d[SEATED] = end + 1
    _sit(at, d, request, section)


@kernel
def _sit(at: Layout, d: Ints, request: int, section: int) -> None:
    old = d[at.seat + request]
    if old >= 0:
        _count(at, d, request, old, -1)
    if section >= 0:
        _count(at, d, request, section, 1)
    if (old < 0) != (section < 0):
        if section < 0:
            d[at.unmet + d[UNMET]] = request
            d[at.unmet_place + request] = d[UNMET]
            d[UNMET] += 1
        else:
            drop(d, UNMET, at.unmet, at.unmet_place, request)
        sign = 1 if section < 0 else -1
        costs = at.unmet_cost + d[at.request_rank + request] * at.n_levels
        for level in range(at.n_levels):
            d[at.value + level] += sign * d[costs + level]
    home = d[at.request_home + request]
    if home >= 0 and (section == home) != (old == home):
        sign = 1 if old == home else -1
        for level in range(at.n_levels):
            d[at.value + level] += sign * d[at.home_cost + level]
    pin = d[at.request_pin + request]
    if pin >= 0:
        d[LOST] += (section != pin) - (old != pin)
    d[at.seat + request] = section


@kernel
def drop(d: Ints, length: int, items: int, places: int, item: int) -> None:
    """Take an item out of a list whose length stands at the front: the last takes its place."""
    last = d[length] - 1
    place = d[places + item]
    d[items + place] = d[items + last]
    d[places + d[items + place]] = place
    d[length] = last


@kernel
def _count(at: Layout, d: Ints, request: int, section: int, sign: int) -> None:
    """Count a seat in or out of its section, and the alternate it may be."""
    d[at.load + section] += sign
    d[at.sped_load + section] += sign * d[at.student_sped + d[at.request_student + request]]
    stack = d[at.section_stack + section]
    if stack >= 0:
        d[at.stack_load + stack] += sign
    course = d[at.section_course + section]
    if d[at.course_stamp + course] != d[STAMP]:
        d[at.course_stamp + course] = d[STAMP]
        d[at.touched_course + d[COURSES]] = course
        d[COURSES] += 1
    option = option_of(at, d, request, course)
    cost = d[at.option_cost + option]
    if cost:
        for level in range(at.n_levels):
            d[at.value + level] += sign * cost * d[at.alternates_cost + level]


@kernel
def option_of(at: Layout, d: Ints, request: int, course: int) -> int:
    """Number of the option by which a course meets a request; its first for a course that does not."""
    first = d[at.request_options + request]
    for option in range(first, d[at.request_options + request + 1]):
        if d[at.option_course + option] == course:
            return option
    return first


@kernel
def place(at: Layout, d: Ints, section: int, choice: int) -> None:
    """Let a section meet in another way; students are left as they are."""
    n = d[PLACED]
    d[at.placed_section + n] = section
    d[at.placed_choice + n] = d[at.section_choice + section]
    d[PLACED] = n + 1
    for i in range(d[at.section_groups + section], d[at.section_groups + section + 1]):
        group = d[at.section_group + i]
        if d[at.group_stamp + group] != d[STAMP]:
            d[at.group_stamp + group] = d[STAMP]
            d[at.touched_group + d[GROUPS]] = group
            d[GROUPS] += 1
    _stand(at, d, section, choice)


@kernel
def _stand(at: Layout, d: Ints, section: int, choice: int) -> None:
    old = d[at.section_choice + section]
    for level in range(at.n_levels):
        prices = at.choice_price + level * at.n_choices
        d[at.value + level] += d[prices + choice] - d[prices + old]
    home = d[at.section_home + section]
    if home >= 0 and (choice == home) != (old == home):
        if choice == home:
            drop(d, AWAY, at.away, at.away_place, section)
        else:
            d[at.away + d[AWAY]] = section
            d[at.away_place + section] = d[AWAY]
            d[AWAY] += 1
    d[at.section_choice + section] = choice
    d[at.section_mask + section] = d[at.choice_mask + choice]


@kernel
def unseat_again(at: Layout, d: Ints) -> None:
    """Take back the seats of a move, and leave its sections where they are."""
    for i in range(d[SEATED] - 1, -1, -1):
        _sit(at, d, d[at.log_request + i], d[at.log_seat + i])
    d[SEATED] = 0


@kernel
def take_back(at: Layout, d: Ints) -> None:
    """Undo everything since :func:`begin`."""
    unseat_again(at, d)
    for i in range(d[PLACED] - 1, -1, -1):
        _stand(at, d, d[at.placed_section + i], d[at.placed_choice + i])
    d[PLACED] = 0
    for level in range(at.n_levels):
        d[at.value + level] = d[at.value_before + level]
