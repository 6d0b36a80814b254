"""Problems that use everything, and chains whose figures are recounted from scratch."""

from dataclasses import replace
from random import Random

import numpy as np
from random_schools import Case, random_case

from echelon_desktop.model import entities as e
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.general.chain import Chain
from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Solution


class Never:
    """A compiler that never gets ready."""

    over = True

    def ready(self, function: object) -> bool:
        return False

    def wait(self, timeout_s: float | None = None) -> bool:
        return True


def random_problem(seed: int) -> Problem:
    """A problem of a random case; some limit sections in a slot, some have a schedule to stay close to."""
    rng = Random(seed)
    case: Case = random_case(rng)
    rules = case.rules
    if rng.random() < 0.3:
        rules = (*rules, e.Rule("staffed", "section-teachers"), e.Rule("roomed", "section-rooms"))
        problem, _ = compile_school(case.school, rules, case.baseline)
    else:
        problem, _ = compile_school(case.school, rules, case.baseline, Openings())
    if rng.random() < 0.3:
        problem = replace(problem, goals=(*problem.goals, _changes(problem, rng)))
    return problem


def _changes(problem: Problem, rng: Random) -> Goal:
    homes = [rng.randrange(-1, problem.n_sections) for _ in range(problem.n_requests)]
    moved = [rng.randrange(2) for _ in problem.choice_mask]
    limits, cost = np.array(homes, np.int32), np.array(moved, np.int64)
    return Goal(GoalKind.CHANGES, rng.choice([1, 2, 3, 5]), 1, "changes", limits=limits, cost=cost)


def present(chain: Chain) -> Solution:
    """The schedule that a chain has at this moment."""
    at, d = chain.at, chain._data
    choice = np.array(d[at.choice : at.choice + at.n_sections], np.int32)
    return Solution(choice, np.array(d[at.seat : at.seat + at.n_requests], np.int32))


def recount(problem: Problem, solution: Solution) -> tuple[int, ...]:
    """Hard breaches and lost pins, then every level, counted from the schedule."""
    hard = sum(goal.weight * goal_count(problem, goal, solution) for goal in problem.goals if goal.level == 0)
    lost = int(((problem.request_pin >= 0) & (solution.seat < 0)).sum())
    return (hard + lost, *level_values(problem, solution))


def aim_at(chain: Chain, level: int, exact: bool) -> None:
    """Anneal one level, all before it held at their best."""
    n = chain.at.n_levels
    factor = [int(i == level) for i in range(n)]
    held = [chain.best[i] if i < level else None for i in range(n)]
    chain.aim(factor, held, [0] * n, exact)
