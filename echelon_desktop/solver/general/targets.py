"""What costs something at the levels that are annealed: where moves begin."""

from echelon_desktop.solver.general.layout import (
    STAMP,
    TARGET_COURSES,
    TARGET_SECTIONS,
    TARGET_STUDENTS,
    TARGET_UNMET,
    UNPLACED,
    Layout,
)
from echelon_desktop.solver.general.seats import option_cost
from echelon_desktop.solver.search.jit import kernel
from echelon_desktop.solver.search.state import Ints


@kernel
def take_aim(at: Layout, d: Ints) -> None:
    """List sections, students and courses that cost something at a level with a factor."""
    d[TARGET_SECTIONS] = 0
    d[TARGET_STUDENTS] = 0
    d[TARGET_COURSES] = 0
    d[TARGET_UNMET] = 0
    # A new stamp, so that each is listed once.
    d[STAMP] += 1
    for kind in range(6):
        for i in range(d[at.kind_costs + kind], d[at.kind_costs + kind + 1]):
            if d[at.factor + d[at.kind_level + i]]:
                d[TARGET_UNMET] = 1
    for section in range(at.n_sections):
        if _is_dear(at, d, section):
            d[at.target_section + d[TARGET_SECTIONS]] = section
            d[TARGET_SECTIONS] += 1
    for course in range(at.n_courses):
        if _counts(at, d, course):
            d[at.target_course + d[TARGET_COURSES]] = course
            d[TARGET_COURSES] += 1
    alternates = 0
    for level in range(at.n_levels):
        alternates += d[at.alternate_cost + level] * d[at.factor + level]
    for student in range(at.n_students):
        if (
            _counts(at, d, at.first_student + student)
            or (alternates and _has_alternate(at, d, student))
            or (at.n_homes and _is_away(at, d, student))
        ):
            d[at.target_student + d[TARGET_STUDENTS]] = student
            d[TARGET_STUDENTS] += 1


@kernel
def _counts(at: Layout, d: Ints, owner: int) -> bool:
    """Whether an owner costs something at a level with a factor."""
    for cell in range(d[at.owner_cells + owner], d[at.owner_cells + owner + 1]):
        if d[at.cell + cell] > 0 and d[at.factor + d[at.cell_level + cell]]:
            return True
    return False


@kernel
def _is_dear(at: Layout, d: Ints, section: int) -> bool:
    """Whether where a section stands costs something at a level with a factor."""
    choice = d[at.choice + section]
    if choice < 0:
        return d[at.factor + UNPLACED] > 0
    for i in range(d[at.choice_costs + choice], d[at.choice_costs + choice + 1]):
        if d[at.factor + d[at.choice_cost_level + i]]:
            return True
    for i in range(d[at.section_owners + section], d[at.section_owners + section + 1]):
        if _counts(at, d, d[at.section_owner + i]):
            return True
    return False


@kernel
def _has_alternate(at: Layout, d: Ints, student: int) -> bool:
    for i in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
        request = d[at.student_request + i]
        section = d[at.seat + request]
        if section >= 0 and option_cost(at, d, request, d[at.section_course + section]) > 0:
            return True
    return False


@kernel
def _is_away(at: Layout, d: Ints, student: int) -> bool:
    """Whether a student sits elsewhere than before and that counts at a level with a factor."""
    for i in range(at.n_homes):
        if d[at.factor + d[at.home_level + i]]:
            for k in range(d[at.student_requests + student], d[at.student_requests + student + 1]):
                request = d[at.student_request + k]
                home = d[at.home + i * at.n_requests + request]
                if home >= 0 and home != d[at.seat + request]:
                    return True
    return False
