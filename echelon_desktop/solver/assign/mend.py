"""
Sections put elsewhere so that everybody can be given out, where that cannot be done as they stand.

Where sections stand and who teaches them where is one model then, students left aside, in which as few
seats as can be are lost. A search for periods and seats that knows just how many may meet at once need not
find such periods: full loads, for one, tie what meets in one slot to what meets in another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.solver.assign.costs import rule_cost
from echelon_desktop.solver.assign.limits import free_slots
from echelon_desktop.solver.assign.openings import NEEDS, Openings, as_given, as_locked
from echelon_desktop.solver.assign.staffing import (
    Linear,
    Roster,
    Stack,
    named_rooms,
    named_teachers,
    students_of_sections,
)
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.model import SchoolModel, total
from echelon_desktop.solver.cpsat.run import Limits, run_solver
from echelon_desktop.solver.cpsat.standing import standing_model
from echelon_desktop.solver.problem import Keys, Problem, Solution
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
    places = _places(ordered, openings, problem, keys, students_of_sections(schedule))
    homes = set(before.choice.tolist())
    moving = _Moving(ordered, rules, standing, places, homes, openings)
    for rule in rules:
        cost = rule_cost(moving, rule) if rule.level is None else None
        if cost is not None:
            moving.model.add(cost <= 0)
    moving.model.minimize(total(moving.lost))
    for k, taken in standing.taken.items():
        moving.model.add_hint(taken, k in homes)
    solver = cp_model.CpSolver()
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
    return Mended(schedule_of(kept, problem, keys, school, baseline))


@dataclass(frozen=True, slots=True)
class _Place:
    """A stack in one of the places that it may take: the choice of its first section."""

    stack: Stack
    head: str
    choice: int


def _places(
    school: School, openings: Openings, problem: Problem, keys: Keys, enrolled: Mapping[str, int]
) -> Iterator[_Place]:
    number = {section: s for s, section in enumerate(keys.sections)}
    for head, members in openings.stacks.items():
        sections = tuple(school.sections[s] for s in members)
        seats, students = max(s.seats for s in sections), sum(enrolled.get(s, 0) for s in members)
        for k in problem.choices_of(number[head]):
            stack = Stack(f"{head} {k}", sections, int(problem.choice_mask[k]), seats, students)
            yield _Place(stack, head, k)


class _Moving(Roster):
    """
    Who takes what where sections may still move.

    Parameters
    ----------
    standing
        Where sections can stand; what is posted here comes into its model.
    places
        Of all stacks.
    homes
        Choices taken now.

    Attributes
    ----------
    lost
        Seats of sections that move, and of students for whom a room is too small.
    """

    def __init__(
        self,
        school: School,
        rules: tuple[e.Rule, ...],
        standing: SchoolModel,
        places: Iterable[_Place],
        homes: set[int],
        openings: Openings,
    ) -> None:
        places = list(places)
        super().__init__(school, rules, standing.model, (place.stack for place in places))
        self.openings, self.homes = openings, homes
        self.lost: list[Linear] = []
        free = free_slots(school, rules, self.grid)
        for place in places:
            stack, there = place.stack, standing.taken[place.choice]
            if place.choice in homes:
                self.lost.append((1 + stack.enrolled) * (1 - there))
            self.teaching[stack.id] = dict.fromkeys(named_teachers(stack), there)
            self.holding[stack.id] = dict.fromkeys(named_rooms(stack), there)
            if place.head in openings.teachers.keys() - openings.without_teacher:
                able = (
                    teacher
                    for teacher in openings.teachers[place.head]
                    if not stack.mask & ~free.get(teacher, self.grid.all)
                    and self.may_teach_then(stack, teacher)
                )
                self.teaching[stack.id] = self._one_of(able, there)
            if place.head in openings.rooms.keys() - openings.without_room:
                self.holding[stack.id] = self._one_of(openings.rooms[place.head], there)
                if place.choice in homes:
                    self.lost += self._too_small(stack)
        for given in (self.teaching, self.holding):
            self._once(given)

    def _one_of(self, candidates: Iterable[str], there: cp_model.IntVar) -> dict[str, Linear]:
        """A variable for each candidate, one of which is taken where the stack stands there."""
        variables = {one: self.model.new_bool_var("") for one in candidates}
        self.model.add_exactly_one(*variables.values(), there.negated())
        return dict(variables)

    def _too_small(self, stack: Stack) -> Iterator[Linear]:
        for room, held in self.holding[stack.id].items():
            seats = self.school.rooms[room].seats
            if seats is not None and seats < stack.enrolled:
                yield (stack.enrolled - seats) * held

    def _once(self, given: Mapping[str, Mapping[str, Linear]]) -> None:
        """Nobody teaches two stacks in a slot, no room holds two."""
        at_slot: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        for stack_id, those in given.items():
            for one, literal in those.items():
                for slot in range(self.grid.n_slots):
                    if isinstance(literal, cp_model.IntVar) and self.stacks[stack_id].mask >> slot & 1:
                        at_slot.setdefault((one, slot), []).append(literal)
        for literals in at_slot.values():
            self.model.add_at_most_one(literals)


def _housed(moving: _Moving, solver: cp_model.CpSolver) -> Schedule:
    """The rooms that were given, and nothing else."""
    placements = {
        section.id: e.Placement("", section.id, room=room)
        for stack_id, those in moving.holding.items()
        for room, held in those.items()
        if solver.value(held)
        for section in moving.stacks[stack_id].sections
    }
    return Schedule(placements, {})
