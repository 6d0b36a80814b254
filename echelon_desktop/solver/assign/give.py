"""Gives teachers and rooms to sections that have their periods, level by level as the rules say."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.solver.assign.costs import rule_cost
from echelon_desktop.solver.assign.openings import NEEDS, Openings, as_given
from echelon_desktop.solver.assign.shortage import Shortage, explain
from echelon_desktop.solver.assign.staffing import Linear, Staffing
from echelon_desktop.solver.cpsat.model import total
from echelon_desktop.solver.cpsat.run import Limits, new_solver, run_solver

TOGETHER = {"teacher-travel", "teacher-rooms"}
MOST_PAIRS = 5_000  # of a teacher in a room; with more, CP-SAT takes minutes to read the model
IN_TURN_SHARE = (
    0.5  # of the time, at most, for teachers first and rooms then, where both at once may do better
)
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
    costs_nothing
        Whether nothing that is given out costs anything.
    taught
        Whether all have their teachers, and only rooms may be missing.
    mended
        Whether sections stand elsewhere than they did, since it could not be done there.
    """

    schedule: Schedule | None
    proven: bool = False
    shortage: Shortage | None = None
    costs_nothing: bool = False
    taught: bool = False
    mended: bool = False


def give_out(
    school: School,
    rules: Iterable[e.Rule],
    schedule: Schedule,
    openings: Openings,
    limits: Limits,
    before: Schedule | None = None,
    start: Schedule | None = None,
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
    start
        The same schedule with teachers and rooms given in one way, to begin with.

    Notes
    -----
    Rules that speak of teachers in rooms (TOGETHER) tie the two. Teachers are given first and rooms then in
    any case, since that is found at once; where it costs something that both at once could spare, and the
    school is not too large for that, both are given anew from there.
    """
    rules = tuple(rules)
    together = [rule for rule in rules if rule.kind in TOGETHER]
    if not (openings.teachers and openings.rooms):
        return _give(school, rules, schedule, openings, limits, before, start)
    began = time.monotonic()
    small = bool(together) and _pairs(school, openings) <= MOST_PAIRS
    if small and start is not None:
        return _give(school, rules, schedule, openings, limits, before, start)
    part = _part(limits, IN_TURN_SHARE if small else 1.0)
    given = _in_turn(school, rules, schedule, openings, part, before, start)
    if given.schedule is None:
        if not given.taught or all(rule.level is not None for rule in together):
            return given
        small = True  # other teachers may leave rooms for all
    if not small or given.costs_nothing:
        return replace(given, proven=given.proven and (given.costs_nothing or not together))
    rest = replace(limits, time_limit_s=limits.time_limit_s - (time.monotonic() - began))
    whole = _give(school, rules, schedule, openings, rest, before, given.schedule)
    return given if whole.schedule is None and whole.shortage is None else whole


def _in_turn(
    school: School,
    rules: tuple[e.Rule, ...],
    schedule: Schedule,
    openings: Openings,
    limits: Limits,
    before: Schedule | None,
    start: Schedule | None,
) -> Given:
    """Give teachers first, and rooms then."""
    began = time.monotonic()
    taught = _give(school, rules, schedule, replace(openings, rooms={}), _part(limits, 0.5), before, start)
    if taught.schedule is None:
        return taught
    rest = replace(limits, time_limit_s=limits.time_limit_s - (time.monotonic() - began))
    given_school = as_given(school, taught.schedule)
    rooms = replace(openings, teachers={})
    housed = _give(given_school, rules, taught.schedule, rooms, rest, before, start)
    return replace(
        housed,
        taught=True,
        proven=housed.proven and taught.proven,
        costs_nothing=housed.costs_nothing and taught.costs_nothing,
    )


def _part(limits: Limits, share: float) -> Limits:
    return replace(limits, time_limit_s=share * limits.time_limit_s)


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
    start: Schedule | None = None,
) -> Given:
    """Give out everything that is open at once, ``start`` being one way to do it."""
    staffing = Staffing(school, rules, schedule, openings)
    for rule in rules:
        cost = rule_cost(staffing, rule) if rule.level is None and rule.kind not in NEEDS else None
        if cost is not None:
            staffing.model.add(cost <= 0)
    if start is not None:
        _hint_schedule(staffing, start)
    staffing.model.add_assumptions(list(staffing.needed.values()))
    solver = new_solver()
    clock = _Clock(limits)
    status = clock.run(solver, staffing.model, 1.0)
    if status == cp_model.INFEASIBLE:
        return Given(None, shortage=explain(school, rules, schedule, openings))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Given(None)
    staffing.model.clear_assumptions()
    for needed in staffing.needed.values():
        staffing.model.add(needed == 1)
    # What a level counts comes into the model with that level: all levels at once keep CP-SAT busy for
    # seconds before it has anything.
    levels = _levels(staffing, rules, before)
    best, proven, costs_nothing = solver, True, True
    for number, level in enumerate(levels):
        cost = level()
        best = _completed(staffing.model, best)
        if best.value(cost) > 0:
            staffing.model.minimize(cost)
            solver = new_solver()
            status = clock.run(solver, staffing.model, LEVEL_SHARE if number + 1 < len(levels) else 1.0)
            staffing.model.clear_objective()  # type: ignore[no-untyped-call]
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) and solver.value(cost) <= best.value(cost):
                best = solver
            proven = proven and status == cp_model.OPTIMAL
        costs_nothing = costs_nothing and best.value(cost) == 0
        staffing.model.add(cost <= best.value(cost))
    return Given(_written(staffing, schedule, best), proven, costs_nothing=costs_nothing, taught=True)


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
        # Teachers and rooms that are alike are symmetries: seconds to find, and little help.
        solver.parameters.symmetry_level = 0
        status = run_solver(solver, model, limits)
        self.work += solver.deterministic_time
        return status


def _levels(
    staffing: Staffing, rules: tuple[e.Rule, ...], before: Schedule | None
) -> list[Callable[[], Linear]]:
    """What each level costs, as far as it can be changed here; then how much is other than before."""
    by_level: dict[int, list[e.Rule]] = {}
    for rule in rules:
        if rule.level is not None:
            by_level.setdefault(rule.level, []).append(rule)

    def cost(those: list[e.Rule]) -> Linear:
        costs = ((rule.weight, rule_cost(staffing, rule)) for rule in those)
        return total(weight * cost for weight, cost in costs if cost is not None)

    levels = [partial(cost, by_level[level]) for level in sorted(by_level)]
    return [*levels, *([partial(_changes, staffing, before)] if before is not None else [])]


def _changes(staffing: Staffing, before: Schedule) -> Linear:
    """Teachers and rooms of before that are not given."""
    lost = []
    for stack_id in staffing.stacks:
        placement = before.placements.get(stack_id)
        if placement is not None:
            lost += [1 - staffing.teaching[stack_id].get(teacher, 0) for teacher in placement.teachers]
            lost += [1 - staffing.holding[stack_id].get(placement.room, 0)] if placement.room else []
    return total(lost)


def _completed(model: cp_model.CpModel, best: cp_model.CpSolver) -> cp_model.CpSolver:
    """The same solution with the variables that were added since, hinted to what is solved next."""
    _hint(model, best)
    solver = new_solver()
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.fix_variables_to_their_hinted_value = True
    solver.solve(model)
    _hint(model, solver)
    return solver


def _hint(model: cp_model.CpModel, best: cp_model.CpSolver) -> None:
    model.clear_hints()  # type: ignore[no-untyped-call]
    solution = list(best.response_proto.solution)
    model.proto.solution_hint.vars.extend(range(len(solution)))
    model.proto.solution_hint.values.extend(solution)


def _hint_schedule(staffing: Staffing, start: Schedule) -> None:
    for stack_id in staffing.stacks:
        placement = start.placements[stack_id]
        for given, those in (
            (staffing.teaching, placement.teachers),
            (staffing.holding, (placement.room,)),
        ):
            for one, variable in given[stack_id].items():
                if isinstance(variable, cp_model.IntVar):
                    staffing.model.add_hint(variable, one in those)


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
