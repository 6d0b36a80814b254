"""
A problem and its present schedule as one flat sequence of integers, for the kernels that weigh moves.

As in the local search, kernels get a :class:`Layout` and the sequence ``d``. Unlike there, every student has
a seat in a section and not just in a slot: what is read off here equals what a recount of the schedule gives.

Levels are numbered from 1 as in ``problem.levels()``; 0 stands for what must cost nothing. *Home* is where a
section stood, or which seat a request had, in the schedule that changes are counted against.
"""

from typing import NamedTuple

from echelon_desktop.solver.problem import GoalKind
from echelon_desktop.solver.search.state import RNG

SEATED, PLACED, COURSES, GROUPS, CONCERNED, STAMP, LOST, NODES, ENDED, CHANGED, UNMET, AWAY, LIMIT, HOMING = (
    range(14)
)
"""
Single numbers at the front: lengths of the logs and lists below, the number of the present move, pinned seats
lost, nodes of the last search and whether it ended, requests changed; lengths of the lists of unmet requests
and of sections away from home; the energy above which a move is given up (0: never), and whether home is
what matters. Random numbers follow.
"""
N_FRONT = RNG + 4

SPACING, RUNS, LOAD = range(3)
GROUP_KINDS = {GoalKind.SPACING: SPACING, GoalKind.RUNS: RUNS, GoalKind.LOAD: LOAD}
COUNTED = {
    GoalKind.UNMET,
    GoalKind.ALTERNATES,
    GoalKind.BALANCE,
    GoalKind.CHANGES,
    GoalKind.CHOICE_COST,
    GoalKind.FREE,
    GoalKind.CONSTANT,
    *GROUP_KINDS,
}
"""Kinds of goals that the kernels count; the others are counted from the whole schedule."""


class Layout(NamedTuple):
    """Sizes, and the offset of each array in the data."""

    n_slots: int
    n_sections: int
    n_students: int
    n_requests: int
    n_choices: int
    n_levels: int
    n_terms: int
    n_tiers: int
    n_free: int
    most_options: int
    mixed: int
    home_price: int  # of a seat in another section than before, in a student's own seating
    # What never changes. Ranges have one entry more than there are owners.
    section_course: int
    section_seats: int
    section_sped: int
    section_audience: int
    section_stack: int
    section_links: int
    section_link: int
    section_groups: int
    section_group: int
    section_choices: int
    section_home: int
    section_tied: int
    section_apart: int
    section_apart_from: int
    apart_sections: int
    apart_section: int
    apart_most: int
    audience: int
    stack_seats: int
    link_sections: int
    link_section: int
    choice_mask: int
    choice_price: int
    course_sections: int
    course_section: int
    course_requests: int
    course_request: int
    student_sped: int
    student_blocked: int
    student_requests: int
    student_request: int
    request_student: int
    request_rank: int
    request_pin: int
    request_home: int
    request_leave: int
    request_options: int
    option_course: int
    option_cost: int
    option_price: int
    unmet_cost: int
    alternates_cost: int
    balance_cost: int
    home_cost: int
    tier_scale: int
    tier_level: int
    group_kind: int
    group_level: int
    group_weight: int
    group_limit: int
    group_sections: int
    group_section: int
    free_level: int
    free_weight: int
    free_limit: int
    student_frees: int
    student_free: int
    term_mask: int
    adjacent: int
    next_slot: int
    # The schedule and the sums that follow from it.
    section_choice: int
    section_mask: int
    load: int
    sped_load: int
    stack_load: int
    seat: int
    value: int
    spread: int
    group_cost: int
    unmet: int
    unmet_place: int
    away: int
    away_place: int
    # Logs and lists of the present move.
    moving: int
    value_before: int
    value_placed: int
    log_request: int
    log_seat: int
    placed_section: int
    placed_choice: int
    touched_course: int
    touched_group: int
    course_stamp: int
    group_stamp: int
    student_stamp: int
    request_stamp: int
    concerned: int
    concern: int
    busy_before: int
    regain: int
    changed: int
    bound: int
    # Room for the search for one student's seating.
    before: int
    order: int
    options: int
    option: int
    price: int
    rest: int
    pick: int
    taken: int
    cost: int
    chosen: int
    best: int
    # For a search that accepts moves: what a unit of each level weighs, and the best schedule it has seen.
    weight: int
    quantile: int
    best_value: int
    best_choice: int
    best_seat: int
