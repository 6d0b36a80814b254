"""The smallest problem there is: kernels are compiled by a call with it."""

import numpy as np

from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Ragged


def smallest_problem() -> Problem:
    """One section, one student, one request, one slot."""
    one, zero, none = np.ones(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int64)
    empty = Ragged.of([])
    return Problem(
        slot_term=zero,
        slot_period=zero,
        adjacent=none,
        next_slot=-one,
        days=Ragged.of([[0]]),
        section_course=zero,
        section_seats=one,
        section_sped=one,
        section_building=-one,
        section_audience=-one,
        audience=np.zeros((0, 1), np.bool_),
        choice_start=np.array([0, 1], np.int32),
        choice_mask=np.ones(1, np.int64),
        exclusive=empty,
        slot_limit_sections=empty,
        slot_limit_most=np.zeros((0, 1), np.int32),
        pair_tables=(),
        capacity_sections=empty,
        capacity_seats=np.zeros(0, np.int32),
        same_students=empty,
        student_sped=np.zeros(1, np.bool_),
        student_blocked=none,
        request_student=zero,
        request_rank=zero,
        request_pin=-one,
        options=Ragged.of([[0]]),
        option_cost=zero,
        goals=(Goal(GoalKind.UNMET, 1),),
        n_courses=1,
    )
