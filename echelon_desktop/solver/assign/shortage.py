"""Why teachers or rooms cannot be given out for the periods that were found, in the words of people."""

from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rule_words import rule_sentence
from echelon_desktop.model.wording import listed
from echelon_desktop.solver.assign.costs import rule_cost
from echelon_desktop.solver.assign.openings import NEEDS, Openings
from echelon_desktop.solver.assign.staffing import Staffing
from echelon_desktop.solver.conflicts import Fact
from echelon_desktop.solver.conflicts.shrink import without_needless
from echelon_desktop.solver.cpsat.run import new_solver

WORK = 5.0  # deterministic seconds for each question


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    Sections that cannot all be staffed where they stand.

    Parameters
    ----------
    facts
        What stands against each other: the sections, then the hard rules without which it could be done.
    anywhere
        Whether no other periods would help.
    """

    facts: tuple[Fact, ...]
    anywhere: bool = False


def explain(school: School, rules: Iterable[e.Rule], schedule: Schedule, openings: Openings) -> Shortage:
    """Find a smallest set of sections that cannot be staffed together, and say who could take each."""
    rules = tuple(rules)
    hard = [rule for rule in rules if rule.level is None]
    staffing = _with_costs(school, hard, schedule, openings)
    core = _core(staffing)
    guilty = [
        rule
        for rule in hard
        if rule_cost(staffing, rule) is not None
        and _feasible(_with_costs(school, [r for r in hard if r is not rule], schedule, openings), core)
    ]
    facts = [_fact(staffing, what, stack_id) for what, stack_id in core]
    facts += [
        Fact(rule_sentence(rule, school), "rules", rule.id, f'Give the rule "{rule.id}" a level.')
        for rule in guilty
        if rule.kind not in NEEDS
    ]
    return Shortage(tuple(facts))


def _with_costs(school: School, hard: list[e.Rule], schedule: Schedule, openings: Openings) -> Staffing:
    """A staffing that keeps some hard rules; that every section is staffed is left to assumptions."""
    staffing = Staffing(school, hard, schedule, openings)
    for rule in hard:
        cost = None if rule.kind in NEEDS else rule_cost(staffing, rule)
        if cost is not None:
            staffing.model.add(cost <= 0)
    return staffing


def _core(staffing: Staffing) -> list[tuple[str, str]]:
    """What is needed and cannot all be had; without any one of it the rest can."""
    name_of = {variable.index: key for key, variable in staffing.needed.items()}
    staffing.model.add_assumptions(list(staffing.needed.values()))
    solver = _solver()
    solver.solve(staffing.model)
    found = solver.sufficient_assumptions_for_infeasibility()
    staffing.model.clear_assumptions()
    core = [name_of[index] for index in found] or list(staffing.needed)
    return without_needless(core, lambda fewer: not _feasible(staffing, fewer))


def _feasible(staffing: Staffing, core: list[tuple[str, str]]) -> bool:
    """Whether all of it can be had; what is not decided in time counts as possible."""
    staffing.model.clear_assumptions()
    staffing.model.add_assumptions([staffing.needed[key] for key in core])
    status = _solver().solve(staffing.model)
    staffing.model.clear_assumptions()
    return status != cp_model.INFEASIBLE


def _solver() -> cp_model.CpSolver:
    solver = new_solver()
    solver.parameters.max_deterministic_time = WORK
    return solver


def _fact(staffing: Staffing, what: str, stack_id: str) -> Fact:
    stack = staffing.stacks[stack_id]
    names = listed(s.id for s in stack.sections)
    courses = listed(dict.fromkeys(s.course for s in stack.sections))
    where = listed(staffing.grid.names(stack.mask))
    teacher = what == "teacher"
    given = staffing.teaching if teacher else staffing.holding
    candidates = (staffing.openings.teachers if teacher else staffing.openings.rooms)[stack_id]
    free = [one for one in candidates if one in given[stack_id]]
    barred = [f"{one} {staffing.why_not[stack_id, one]}" for one in candidates if one not in free]
    plural = "meet" if len(stack.sections) > 1 else "meets"
    text = f"{names} ({courses}) {plural} in {where} and needs a {what}"
    if not candidates:
        text += ", and nobody may teach it." if teacher else ", and there is none of its type."
    else:
        text += f": {listed(free, 'or')}" if free else ", and none is free"
        text += f" ({'; '.join(barred)})." if barred else "."
    remedy = (
        f"Let more teachers teach {courses} (column Can Teach), or let {names} meet in other periods."
        if teacher
        else f"Add a room that {names} can have, or let {names} meet in other periods."
    )
    return Fact(text, "sections", stack_id, remedy, tuple(s.id for s in stack.sections))
