"""
Sections put elsewhere so that everybody can be given out, where that cannot be done as they stand.

Where sections stand and who teaches them where is one model then, students left aside, in which as few
seats as can be are lost. A search for periods and seats that knows just how many may meet at once need not
find such periods: full loads, for one, tie what meets in one slot to what meets in another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.solver.assign.moving import Moving, places_of
from echelon_desktop.solver.assign.openings import NEEDS, Openings, as_given, as_locked
from echelon_desktop.solver.assign.staffing import students_of_sections
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.model import total
from echelon_desktop.solver.cpsat.run import Limits, new_solver, run_solver
from echelon_desktop.solver.cpsat.standing import standing_model
from echelon_desktop.solver.problem import Solution
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.seats_kept import seats_kept


@dataclass(frozen=True, slots=True)
class Mended:
    """
    What mending came to.

    Parameters
    ----------
    schedule
        Periods for which everything that must be given out can be, and the seats that were kept; None where
        none were found.
    impossible
        Whether there are certainly none.
    """

    schedule: Schedule | None
    impossible: bool = False


def mend(
    school: School,
    rules: Iterable[e.Rule],
    baseline: Schedule,
    schedule: Schedule,
    openings: Openings,
    limits: Limits,
) -> Mended:
    """
    Move as little as can be so that all sections can be staffed.

    Parameters
    ----------
    school, rules, baseline
        What is kept: facts, hard rules, locks and pins. Hard rules about students' days are not looked at.
    schedule
        Every section has its periods.
    openings
        What must be given out; what may stay without is left aside.
    limits
        When to stop; the best so far is taken.
    """
    rules = tuple(rule for rule in rules if rule.kind not in NEEDS)  # the openings say what is needed
    problem, keys = compile_school(school, rules, baseline, openings)
    before = solution_of(schedule, problem, keys)
    if before is None:
        return Mended(None)
    standing = standing_model(problem, merge=False)
    ordered = as_locked(in_order(school), baseline)
    places = places_of(ordered, openings, problem, keys, students_of_sections(schedule))
    homes = set(before.choice.tolist())
    moving = Moving(ordered, rules, standing, places, openings, homes)
    for needed in moving.needed.values():
        moving.model.add(needed == 1)
    moving.model.minimize(total(moving.lost))
    for k, taken in standing.taken.items():
        moving.model.add_hint(taken, k in homes)
    solver = new_solver()
    solver.parameters.symmetry_level = 0  # as when teachers and rooms are given out
    status = run_solver(solver, moving.model, limits)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Mended(None, impossible=status == cp_model.INFEASIBLE)
    choice = np.array(
        [
            next(k for k in problem.choices_of(s) if solver.boolean_value(standing.taken[k]))
            for s in range(problem.n_sections)
        ],
        np.int32,
    )
    # In the rooms that were found, which may be smaller than others, not every seat may be left.
    housed = as_given(school, _housed(moving, solver))
    problem, keys = compile_school(housed, rules, baseline, replace(openings, rooms={}))
    kept = Solution(choice, seats_kept(problem, choice, before.seat))
    return Mended(schedule_of(kept, keys, school, baseline))


def _housed(moving: Moving, solver: cp_model.CpSolver) -> Schedule:
    """The rooms that were given, and nothing else."""
    placements = {
        section.id: e.Placement("", section.id, room=room)
        for stack_id, those in moving.holding.items()
        for room, held in those.items()
        if solver.value(held)
        for section in moving.stacks[stack_id].sections
    }
    return Schedule(placements, {})
