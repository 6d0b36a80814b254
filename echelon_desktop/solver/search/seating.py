"""
Seats for all students at once, where sections stand already: linear programmes.

Annealing seats one student after the other. For one more request to be met where seats are scarce, or for
sections of equal sizes, several would have to change together; a linear programme sees that, and its
solutions are all but integral.
"""

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python.model_builder_helper import ModelBuilderHelper, ModelSolverHelper

from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.state import Board

SCARCE = 1.08
"""Seats for a request, in the middle of all requests, up to which seats are called scarce."""
MOST_SEATS = 60_000
"""Pairs of a request and a slot for it; with more, a programme takes longer than it is worth."""
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


def seats_can_be_even(board: Board) -> bool:
    """Whether sizes matter, and the programme for them is not too large wherever sections stand."""
    at, data = board.at, board.data
    course = data[at.section_course : at.section_course + at.n_sections]
    sections = np.bincount(course, minlength=at.n_courses)
    wanted = data[at.request_course : at.request_course + at.n_requests]
    most = int(np.minimum(sections, at.n_slots)[wanted].sum())
    return at.spread_cost > 0 and 0 < most <= MOST_SEATS


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
    choices = _Choices(board, seats)
    if len(choices.request) > MOST_SEATS:
        return None
    programme = _programme(board, choices, seats, sped_seats)
    programme.set_maximize(True)
    for variable, weight in enumerate(board.data[board.at.request_weight + choices.request].tolist()):
        programme.set_var_objective_coefficient(variable, weight)
    return _solve(programme, choices, seconds)


def seat_evenly(
    board: Board,
    seats: NDArray[np.int64],
    sped_seats: NDArray[np.int64],
    sections: NDArray[np.int64],
    held: NDArray[np.int64],
    seconds: float,
) -> NDArray[np.int64] | None:
    """
    Make sections as even as can be where they stand, the same requests met, fractions rounded.

    Parameters
    ----------
    board, seats, sped_seats, seconds
        As for :func:`seat_all`.
    sections
        Sections of each course in each slot, shape (courses, slots).
    held
        Slot of each request in the board's order, -1 for none.

    Returns
    -------
    NDArray or None
        As :func:`seat_all` gives it; rounding may have put some students too many somewhere.
    """
    choices = _Choices(board, seats, held >= 0)
    if len(choices.request) > MOST_SEATS:
        return None
    at = board.at
    programme = _programme(board, choices, seats, sped_seats, least=1.0)
    programme.set_maximize(False)
    students = np.bincount(choices.course_of[held >= 0], minlength=at.n_courses)
    for course in np.flatnonzero(np.count_nonzero(sections, axis=1) > 1).tolist():
        _spread(programme, choices, course, sections[course], int(students[course]))
    return _solve(programme, choices, seconds)


class _Choices:
    """What there is to choose: pairs of a request and a slot for it, each a variable of a programme."""

    def __init__(self, board: Board, seats: NDArray[np.int64], met: NDArray[np.bool_] | None = None) -> None:
        at, data = board.at, board.data
        student = data[at.request_student : at.request_student + at.n_requests]
        self.course_of = data[at.request_course : at.request_course + at.n_requests]
        free = data[at.student_free + student]
        possible = (seats[self.course_of] > 0) & (free[:, None] >> np.arange(at.n_slots) & 1 == 1)
        if met is not None:
            _narrow(student, possible, met)
        self.request, self.slot = np.nonzero(possible)
        self.student = student[self.request]
        self.course = self.course_of[self.request]


def _narrow(student: NDArray[np.int64], possible: NDArray[np.bool_], met: NDArray[np.bool_]) -> None:
    """Leave out, in place, what is not ``met``, and slots in which a student has only one way to be."""
    possible &= met[:, None]
    fixed = np.zeros(len(student), dtype=np.bool_)
    while (settled := np.flatnonzero((possible.sum(axis=1) == 1) & ~fixed)).size:
        slot = possible[settled].argmax(axis=1)
        taken = np.zeros((student.max() + 1, possible.shape[1]), dtype=np.bool_)
        taken[student[settled], slot] = True
        blocked = taken[student]
        blocked[settled, slot] = False
        possible &= ~blocked
        fixed[settled] = True


def _programme(
    board: Board,
    choices: _Choices,
    seats: NDArray[np.int64],
    sped_seats: NDArray[np.int64],
    least: float = -np.inf,
) -> ModelBuilderHelper:
    """What holds for any seats: ``least`` to one a request, one at a time a student, as many as there are."""
    at = board.at
    programme = ModelBuilderHelper()
    for _ in choices.request:
        _variable(programme, 1.0)
    pool = choices.course * at.n_slots + choices.slot
    sped = np.flatnonzero(board.data[at.student_sped + choices.student])
    everyone = np.arange(len(choices.request))
    _limit(programme, everyone, choices.request, None, least)
    for of, number, most in (
        (everyone, choices.student * at.n_slots + choices.slot, None),
        (everyone, pool, seats.ravel()),
        (sped, pool[sped], sped_seats.ravel()),
    ):
        _limit(programme, of, number, most)
    return programme


def _spread(
    programme: ModelBuilderHelper, choices: _Choices, course: int, sections: NDArray[np.int64], students: int
) -> None:
    """Charge a course its largest section less its smallest; the students of a pool share its sections."""
    largest, smallest = _variable(programme, np.inf), _variable(programme, np.inf)
    programme.set_var_objective_coefficient(largest, 1.0)
    programme.set_var_objective_coefficient(smallest, -1.0)
    # Fractions would make sections equal that cannot be: one student is left over.
    least = _row(programme, float(students % sections.sum() > 0), np.inf)
    programme.add_term_to_constraint(least, largest, 1.0)
    programme.add_term_to_constraint(least, smallest, -1.0)
    of_course = np.flatnonzero(choices.course == course)
    for slot in np.flatnonzero(sections).tolist():
        rows = _row(programme, -np.inf, 0.0), _row(programme, 0.0, np.inf)
        for row, end in zip(rows, (largest, smallest), strict=True):
            programme.add_term_to_constraint(row, end, -float(sections[slot]))
            for variable in of_course[choices.slot[of_course] == slot].tolist():
                programme.add_term_to_constraint(row, variable, 1.0)


def _solve(programme: ModelBuilderHelper, choices: _Choices, seconds: float) -> NDArray[np.int64] | None:
    """A slot for each request; fractions of a half and less are nothing."""
    solver = ModelSolverHelper("GLOP")
    if seconds < np.inf:
        solver.set_time_limit_in_seconds(min(MOST_S, seconds))
    solver.solve(programme)
    if not solver.has_solution():
        return None
    taken = np.flatnonzero(np.asarray(solver.variable_values())[: len(choices.request)] > 0.5)
    slots = np.full(len(choices.course_of), -1, dtype=np.int64)
    slots[choices.request[taken]] = choices.slot[taken]
    return slots


def _variable(programme: ModelBuilderHelper, most: float) -> int:
    variable = programme.add_var()
    programme.set_var_lower_bound(variable, 0.0)
    programme.set_var_upper_bound(variable, most)
    return variable


def _row(programme: ModelBuilderHelper, least: float, most: float) -> int:
    row = programme.add_linear_constraint()
    programme.set_constraint_lower_bound(row, least)
    programme.set_constraint_upper_bound(row, most)
    return row


def _limit(
    programme: ModelBuilderHelper,
    of: NDArray[np.int64],
    number: NDArray[np.int64],
    most: NDArray[np.int64] | None,
    least: float = -np.inf,
) -> None:
    """Let the variables ``of`` that have the same ``number`` add up to at most one, or ``most[number]``."""
    rows: dict[int, int] = {}
    for variable, key in zip(of.tolist(), number.tolist(), strict=True):
        if key not in rows:
            rows[key] = _row(programme, least, 1 if most is None else int(most[key]))
        programme.add_term_to_constraint(rows[key], variable, 1.0)
