"""
Seats for all students at once, where sections stand already: a linear programme.

Annealing seats one student after the other. Where seats are scarce, several would have to change together for
one more request to be met; the linear programme sees that, and its solutions are all but integral.
"""

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper, ModelSolverHelper

from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.state import Board

SCARCE = 1.08
"""Seats for a request, in the middle of all requests, up to which seats are called scarce."""
MOST_SEATS = 60_000
"""Pairs of a request and a slot for it; with more, the programme takes longer than it is worth."""
MOST_S = 3.0
"""Where there is a clock at all: a stop is not heard meanwhile."""


def seats_are_scarce(problem: PlainProblem) -> bool:
    """Whether half of the requests are for courses with hardly more seats than requests."""
    if problem.n_requests == 0:
        return False
    seats = np.bincount(problem.section_course, weights=problem.section_seats, minlength=problem.n_courses)
    wanted = np.bincount(problem.request_course, minlength=problem.n_courses)
    share = seats / np.maximum(1, wanted)
    return bool(np.median(share[problem.request_course]) < SCARCE)


def seat_all(
    board: Board, seats: NDArray[np.int64], sped_seats: NDArray[np.int64], seconds: float
) -> NDArray[np.int64] | None:
    """
    Meet as much weight as can be met where sections stand, fractions rounded.

    Parameters
    ----------
    board
        The problem as laid out.
    seats, sped_seats
        Seats, and those that SPED students may take, of each course in each slot, shape (courses, slots).
    seconds
        What it may take, infinite for any time; else ``MOST_S`` at most.

    Returns
    -------
    NDArray or None
        A slot for each request in the board's order, -1 for none; rounding may have put one student too many
        somewhere. None where the programme is too large, or was not solved in time.
    """
    at, data = board.at, board.data
    student = data[at.request_student : at.request_student + at.n_requests]
    course = data[at.request_course : at.request_course + at.n_requests]
    free = data[at.student_free + student]
    possible = (seats[course] > 0) & (free[:, None] >> np.arange(at.n_slots) & 1 == 1)
    request, slot = np.nonzero(possible)
    if len(request) > MOST_SEATS:
        return None
    programme = ModelBuilderHelper()
    programme.set_maximize(True)
    for weight in data[at.request_weight + request].tolist():
        variable = programme.add_var()
        programme.set_var_lower_bound(variable, 0.0)
        programme.set_var_upper_bound(variable, 1.0)
        programme.set_var_objective_coefficient(variable, weight)
    pool = course[request] * at.n_slots + slot
    sped = np.flatnonzero(data[at.student_sped + student[request]])
    everyone = np.arange(len(request))
    for of, number, most in (
        (everyone, request, None),
        (everyone, student[request] * at.n_slots + slot, None),
        (everyone, pool, seats.ravel()),
        (sped, pool[sped], sped_seats.ravel()),
    ):
        _limit(programme, of, number, most)
    solver = ModelSolverHelper("GLOP")
    if seconds < np.inf:
        solver.set_time_limit_in_seconds(min(MOST_S, seconds))
    solver.solve(programme)
    if not solver.has_solution():
        return None
    taken = np.flatnonzero(np.asarray(solver.variable_values()) > 0.5)
    slots = np.full(at.n_requests, -1, dtype=np.int64)
    slots[request[taken]] = slot[taken]
    return slots


def _limit(
    programme: ModelBuilderHelper,
    of: NDArray[np.int64],
    number: NDArray[np.int64],
    most: NDArray[np.int64] | None,
) -> None:
    """Let the variables ``of`` that have the same ``number`` add up to at most one, or ``most[number]``."""
    rows: dict[int, int] = {}
    for variable, key in zip(of.tolist(), number.tolist(), strict=True):
        if key not in rows:
            rows[key] = programme.add_linear_constraint()
            programme.set_constraint_lower_bound(rows[key], -np.inf)
            programme.set_constraint_upper_bound(rows[key], 1 if most is None else int(most[key]))
        programme.add_term_to_constraint(rows[key], variable, 1.0)
