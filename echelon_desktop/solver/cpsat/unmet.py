"""The fewest unmet requests, with a bound: what a projection of a problem is solved for."""

from ortools.sat.python import cp_model

from echelon_desktop.solver.cpsat.costs import forbid_hard_costs, unmet_requests
from echelon_desktop.solver.cpsat.model import SchoolModel
from echelon_desktop.solver.cpsat.run import Limits, least_cost, new_solver, run_solver
from echelon_desktop.solver.problem import Problem


def minimise_unmet(problem: Problem, limits: Limits) -> tuple[int | None, int]:
    """
    Least number of unmet requests, of all ranks together.

    Returns
    -------
    tuple
        The fewest found (None: nothing found), and how many stay unmet at least. Where no schedule keeps the
        hard rules: None and the number of requests.
    """
    school = SchoolModel(problem)
    forbid_hard_costs(school)
    school.model.minimize(unmet_requests(school, None))
    solver = new_solver()
    status = run_solver(solver, school.model, limits)
    if status == cp_model.INFEASIBLE:
        return None, problem.n_requests
    value = None if status == cp_model.UNKNOWN else round(solver.objective_value)
    return value, least_cost(solver)
