"""Gives teachers and rooms to sections that have their periods, level by level as the rules say."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.assign.costs import rule_cost
from echelon_desktop.solver.assign.openings import NEEDS, Openings, as_given
from echelon_desktop.solver.assign.shortage import Shortage, explain
from echelon_desktop.solver.assign.staffing import Linear, Staffing
from echelon_desktop.solver.cpsat.model import total
from echelon_desktop.solver.cpsat.run import Limits, run_solver

TOGETHER = {"teacher-travel", "teacher-rooms"}
MOST_PAIRS = 5_000  # of a teacher in a room; with more, CP-SAT takes minutes to read the model
LEVEL_SHARE = 0.5  # of the time left, at most, for a level while others follow


@dataclass(frozen=True, slots=True)
class Given:
    """
    What giving out came to.

    Parameters
    ----------
    schedule
        With the teachers and rooms given; None where that cannot be done for these periods, or not in time.
    proven
        Whether at each level nothing better can be given for these periods.
    shortage
        Why it cannot be done; None where it can, or where time ran out.
    """

    schedule: Schedule | None
    proven: bool = False
    shortage: Shortage | None = None


def give_out(
    school: School,
    rules: Iterable[e.Rule],
    schedule: Schedule,
    openings: Openings,
    limits: Limits,
    before: Schedule | None = None,
) -> Given:
    """
    Give teachers and rooms to the open sections of a schedule.

    Parameters
    ----------
    school, rules
        What is kept and wanted.
    schedule
        Every section has its periods, every student his seats; locked placements are marked.
    openings
        Of :func:`find_openings`.
    limits
        When to stop; the best so far is kept.
    before
        A schedule whose teachers and rooms are kept where nothing else is better for it.

    Notes
    -----
    Rules that speak of teachers in rooms (TOGETHER) tie the two. Without them, or where the school is too
    large for both at once, teachers are given first and rooms then.
    """
    rules = tuple(rules)
    together = any(rule.kind in TOGETHER for rule in rules)
    if not (openings.teachers and openings.rooms) or (together and _pairs(school, openings) <= MOST_PAIRS):
        return _give(school, rules, schedule, openings, limits, before)
    began = time.monotonic()
    half = replace(limits, time_limit_s=limits.time_limit_s / 2)
    taught = _give(school, rules, schedule, replace(openings, rooms={}), half, before)
    if taught.schedule is None:
        return taught
    rest = replace(limits, time_limit_s=limits.time_limit_s - (time.monotonic() - began))
    given_school = as_given(school, taught.schedule)
    housed = _give(given_school, rules, taught.schedule, replace(openings, teachers={}), rest, before)
    if housed.schedule is None and any(rule.kind in TOGETHER and rule.level is None for rule in rules):
        rest = replace(limits, time_limit_s=limits.time_limit_s - (time.monotonic() - began))
        return _give(school, rules, schedule, openings, rest, before)
    return replace(housed, proven=housed.proven and taught.proven and not together)


def _pairs(school: School, openings: Openings) -> int:
    """How many teachers in rooms there are to think of, over all sections."""
    pairs = 0
    for head, members in openings.stacks.items():
        named = {t for s in members for t in school.sections[s].teachers}
        pairs += len(openings.teachers.get(head, named)) * len(openings.rooms.get(head, ("",)))
    return pairs


def _give(
    school: School,
    rules: tuple[e.Rule, ...],
    schedule: Schedule,
    openings: Openings,
    limits: Limits,
    before: Schedule | None,
) -> Given:
    """Give out everything that is open at once."""
    staffing = Staffing(school, rules, schedule, openings)
    for rule in rules:
        cost = rule_cost(staffing, rule) if rule.level is None and rule.kind not in NEEDS else None
        if cost is not None:
            staffing.model.add(cost <= 0)
    costs = _levels(staffing, rules)
    if before is not None:
        costs.append(_changes(staffing, before))
    staffing.model.add_assumptions(list(staffing.needed.values()))
    solver = cp_model.CpSolver()
    clock = _Clock(limits)
    status = clock.run(solver, staffing.model, 1.0)
    if status == cp_model.INFEASIBLE:
        return Given(None, shortage=explain(school, rules, schedule, openings))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Given(None)
    staffing.model.clear_assumptions()
    for needed in staffing.needed.values():
        staffing.model.add(needed == 1)
    best, proven = solver, True
    for number, cost in enumerate(costs):
        _hint(staffing, best)
        staffing.model.minimize(cost)
        solver = cp_model.CpSolver()
        status = clock.run(solver, staffing.model, LEVEL_SHARE if number + 1 < len(costs) else 1.0)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) and solver.value(cost) <= best.value(cost):
            best = solver
        proven = proven and status == cp_model.OPTIMAL
        staffing.model.add(cost <= best.value(cost))
    return Given(_written(staffing, schedule, best), proven)


class _Clock:
    """Shares what time there is among the levels."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.began = time.monotonic()
        self.work = 0.0

    def run(
        self, solver: cp_model.CpSolver, model: cp_model.CpModel, share: float
    ) -> cp_model.CpSolverStatus:
        seconds = self.limits.time_limit_s - (time.monotonic() - self.began)
        work = self.limits.deterministic_limit - self.work
        by_work = self.limits.deterministic_limit < inf
        limits = replace(
            self.limits,
            time_limit_s=max(0.0, (1.0 if by_work else share) * seconds),
            deterministic_limit=share * work,
        )
        status = run_solver(solver, model, limits)
        self.work += solver.deterministic_time
        return status


def _levels(staffing: Staffing, rules: tuple[e.Rule, ...]) -> list[Linear]:
    """What each level costs, as far as it can be changed here."""
    by_level: dict[int, list[Linear]] = {}
    for rule in rules:
        if rule.level is not None and (cost := rule_cost(staffing, rule)) is not None:
            by_level.setdefault(rule.level, []).append(rule.weight * cost)
    return [total(by_level[level]) for level in sorted(by_level)]


def _changes(staffing: Staffing, before: Schedule) -> Linear:
    """Teachers and rooms other than before."""
    kept = []
    for stack_id in staffing.stacks:
        placement = before.placements.get(stack_id)
        if placement is not None:
            kept += [staffing.teaching[stack_id].get(teacher, 0) for teacher in placement.teachers]
            kept.append(staffing.holding[stack_id].get(placement.room, 0))
    return 0 - total(kept)


def _hint(staffing: Staffing, best: cp_model.CpSolver) -> None:
    staffing.model.clear_hints()  # type: ignore[no-untyped-call]
    for given in (staffing.teaching, staffing.holding):
        for those in given.values():
            for variable in those.values():
                if isinstance(variable, cp_model.IntVar):
                    staffing.model.add_hint(variable, best.value(variable))


def _written(staffing: Staffing, schedule: Schedule, solver: cp_model.CpSolver) -> Schedule:
    """The schedule with what was given out; sections keep what they had."""
    placements = dict(schedule.placements)
    for stack in staffing.stacks.values():
        teachers = _chosen(staffing.teaching[stack.id], solver)
        rooms = _chosen(staffing.holding[stack.id], solver)
        for section in stack.sections:
            placement = placements[section.id]
            placements[section.id] = replace(
                placement, teachers=placement.teachers or teachers, room=placement.room or "".join(rooms)
            )
    return Schedule(placements, schedule.seatings)


def _chosen(those: dict[str, Linear], solver: cp_model.CpSolver) -> tuple[str, ...]:
    return tuple(
        name for name, x in those.items() if isinstance(x, cp_model.IntVar) and solver.boolean_value(x)
    )
