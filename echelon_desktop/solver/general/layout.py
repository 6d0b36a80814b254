"""
The data of the general search: one flat sequence of integers, and where in it everything stands.

As in ``search/state.py``, kernels get a :class:`Layout` and the sequence ``d``. Three words are used besides
those of the problem:

owner
    Whatever a goal counts something of: a course (balance), lists of teachers' sections (spacing, runs,
    loads, travel), a student (free periods, holes, days).
home
    The section in which a request was met in the schedule that changes are counted from.
cell
    One goal's count for one owner. A move notes the owners it touches; their cells are counted anew in the
    end and the differences added to the levels.
"""

from typing import NamedTuple

from echelon_desktop.solver.search.state import RNG

# Single numbers at the front of the data.
UNMET, LOG, LOST, MOVED, PLAN, DIRTY, CELLS = range(7)
"""
Lengths: of the list of unmet requests, of the log of seats, of its first part (seats lost to sections that
moved), of the list of sections that moved, of blocks driven out of their places, of owners touched, of the
log of cells.
"""
STAMP, CUT, FOLLOWED, EASE, SWIFT, STEPS, BARE = range(7, RNG)
"""
Number of the present move; whether it must be given up; whether students have begun to follow it; by how much
a student's seating may miss the best; whether students are seated by what is unmet alone, by short paths
first; moves made; whether sections are placed with nobody in them.
"""
TARGET_SECTIONS, TARGET_STUDENTS, TARGET_COURSES, TARGET_UNMET = range(RNG + 4, RNG + 8)
"""Lengths of the lists of what costs something at these levels; whether one is of unmet requests."""
LIMIT, KNOWN, OPENED, TAIL = range(RNG + 8, RNG + 12)
"""
The most energy that the present move may end with; what it depends on (``ANYTHING``, ...); lengths: of the
list of courses in which a section moved or a seat came free, of what the last search for a path reached.
"""
ANYTHING, SECTIONS, SEATS = range(3)
"""What the energy depends on: where sections stand alone, which requests are met alone, or more."""
N_FRONT = RNG + 12

UNPLACED, HARD = range(2)
"""Levels before those of the problem: sections without a place, breaches of hard goals and lost pins."""
GRAIN = 64
"""Of one unit of a level in the energy that is annealed; sums of squared sizes are grains."""
INFINITE = 1 << 62

# Kinds of goals that are counted by cell.
BALANCE, SPED_BALANCE, SPACING, RUNS, LOAD, LOAD_SPREAD, TRAVEL, FREE, HOLES, DAY_BALANCE = range(10)


class Layout(NamedTuple):
    """Sizes, and the offset of each array in the data. Ranges have one entry more than there are owners."""

    n_slots: int
    n_terms: int
    n_days: int
    n_sections: int
    n_requests: int
    n_courses: int
    n_students: int
    n_owners: int
    n_levels: int
    n_log: int
    margin: int  # room in the log that seating one student may take
    n_homes: int
    first_student: int  # number of the first student among the owners; courses come first
    unmet_price: int
    load_price: int  # of a seat, times twice its section's size and one
    twice: int  # whether two requests of a student may be met by one course
    only_paths: int  # whether a path is found wherever a student could have more
    nodes: int  # of a student's seating that are looked at, at most

    # What never changes.
    slot_next: int
    term_mask: int
    day_slots: int
    day_slot: int
    day_mask: int
    day_term: int
    section_course: int
    section_seats: int
    section_sped: int
    section_building: int
    section_audience: int
    section_choices: int
    section_block: int
    section_place: int
    section_groups: int
    section_group: int
    section_shares: int
    section_share: int
    section_owners: int
    section_owner: int
    section_aparts: int
    section_apart: int
    share_seats: int
    audience: int
    choice_mask: int
    choice_beside: int
    choice_costs: int
    choice_cost_level: int
    choice_cost: int
    group_sections: int
    group_section: int
    group_most: int
    block_sections: int
    block_section: int
    block_row: int
    block_rows: int
    row_choice: int
    course_sections: int
    course_section: int
    course_requests: int
    course_request: int
    student_sped: int
    student_blocked: int
    student_surplus: int
    student_requests: int
    student_request: int
    request_student: int
    request_pin: int
    request_kind: int
    request_options: int
    option_course: int
    option_cost: int
    option_price: int
    kind_costs: int
    kind_level: int
    kind_cost: int
    kind_price: int
    alternate_cost: int
    home: int
    home_level: int
    home_cost: int
    home_price: int
    owner_cells: int
    cell_kind: int
    cell_level: int
    cell_weight: int
    cell_price: int
    cell_limit: int
    cell_lists: int
    list_sections: int
    list_section: int
    list_full_time: int
    quantile: int

    # The schedule, the sums that follow from it, and logs to take a move back.
    choice: int
    mask: int
    taken: int
    full: int
    course_open: int
    size: int
    sped_size: int
    share_size: int
    rosters: int
    roster: int
    seat: int
    place: int
    occupied: int
    student_unmet: int
    unmet: int
    unmet_place: int
    cell: int
    value: int
    smooth: int
    cell_smooth: int
    value_before: int
    smooth_before: int
    pending: int
    log_request: int
    log_section: int
    log_cell: int
    log_count: int
    log_smooth: int
    moved_section: int
    moved_from: int
    plan_block: int
    block_stamp: int
    course_stamp: int
    owner_stamp: int
    student_stamp: int
    student_lost: int
    dirty: int
    opened: int
    target_section: int
    target_student: int
    target_course: int

    # What a call of anneal is told: energy per unit of a level, the most a level may cost, its certain least.
    factor: int
    held: int
    least: int
    best_value: int
    best_choice: int
    best_seat: int

    # Room for the seating of one student.
    worse: int
    choice_worse: int
    choice_size: int
    path_request: int
    path_section: int
    path_from: int
    path_taken: int
    pick_first: int
    pick_count: int
    pick_section: int
    pick_mask: int
    pick_price: int
    pick_order: int
    pick_at: int
    pick_taken: int
    pick_best: int
    pick_used: int
    pick_cost: int
    pick_rest: int
