"""
Where sections can stand, students left aside: a first placement, or the proof that there is none.

Only pinned seats are kept of the requests, and of the hard goals those that depend on sections alone. Every
schedule keeps these rules, so where no placement does, there is no schedule. Without requests the model of a
school of thousands is small, and CP-SAT answers at once.
"""

from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.solver.cpsat.costs import forbid_hard_costs
from echelon_desktop.solver.cpsat.model import SchoolModel
from echelon_desktop.solver.cpsat.run import Limits, new_solver, run_solver
from echelon_desktop.solver.problem import OF_SECTIONS, Ints, Problem, Ragged, Solution


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Where sections can stand.

    Parameters
    ----------
    solution
        A place for each section and a seat for each pinned request; None when none was found.
    impossible
        Whether there is certainly none.
    """

    solution: Solution | None
    impossible: bool = False


def stand(problem: Problem, limits: Limits) -> Standing:
    """
    Place all sections, and the students pinned into them.

    Parameters
    ----------
    problem
        The problem. Hard goals about students' days and other seats are not looked at.
    limits
        When to stop; neither a placement nor a proof may be there by then.
    """
    school, pinned = standing_model(problem), _pinned(problem)
    solver = new_solver()
    status = run_solver(solver, school.model, limits)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Standing(None, impossible=status == cp_model.INFEASIBLE)
    found = school.read(solver)
    seat = np.full(problem.n_requests, -1, np.int32)
    seat[pinned] = found.seat
    return Standing(Solution(found.choice, seat))


def standing_model(problem: Problem, merge: bool = True) -> SchoolModel:
    """Where sections can stand, as a model; ``merge`` takes equal sections of a teacher together."""
    school = SchoolModel(_only(problem, _pinned(problem)), merge)
    forbid_hard_costs(school)
    return school


def _pinned(problem: Problem) -> Ints:
    return np.flatnonzero(problem.request_pin >= 0).astype(np.int32)


def _only(problem: Problem, requests: Ints) -> Problem:
    """The problem with these requests alone, and what its hard goals say of sections."""
    start = problem.options.start
    costs = [problem.option_cost[start[r] : start[r + 1]] for r in requests]
    return replace(
        problem,
        request_student=problem.request_student[requests],
        request_rank=problem.request_rank[requests],
        request_pin=problem.request_pin[requests],
        options=Ragged.of([problem.options[int(r)].tolist() for r in requests]),
        option_cost=np.concatenate([np.zeros(0, np.int32), *costs]),
        goals=tuple(goal for goal in problem.goals if goal.level == 0 and goal.kind in OF_SECTIONS),
    )
