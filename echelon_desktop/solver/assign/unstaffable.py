"""Why teachers or rooms cannot be given out whatever the periods, in the words of people."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ortools.sat.python import cp_model

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.row_order import in_order
from echelon_desktop.model.rule_words import rule_sentence
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.wording import listed
from echelon_desktop.solver.assign.limits import free_slots
from echelon_desktop.solver.assign.moving import Moving, places_of
from echelon_desktop.solver.assign.openings import NEEDS, Openings, as_locked
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.conflicts import Fact
from echelon_desktop.solver.conflicts.shrink import without_needless
from echelon_desktop.solver.cpsat.run import new_solver
from echelon_desktop.solver.cpsat.standing import standing_model

WORK = 5.0  # deterministic seconds for each question

Need = tuple[str, str]
"""A teacher or a room, for a stack by its first section."""


def unstaffable(
    school: School, rules: Iterable[e.Rule], baseline: Schedule, openings: Openings, limit_s: float
) -> tuple[Fact, ...]:
    """
    Find a smallest set of sections that no periods allow to be staffed together.

    Parameters
    ----------
    school, rules, baseline, openings
        As for :func:`echelon_desktop.solver.assign.mend.mend`, which said that it is impossible.
    limit_s
        Seconds; when they are over, the set is not yet as small as can be.

    Returns
    -------
    tuple of Fact
        The sections, then the hard rules without which it could be done.
    """
    hard = tuple(rule for rule in rules if rule.level is None and rule.kind not in NEEDS)
    case = _Case(school, hard, baseline, openings)
    until = time.monotonic() + limit_s

    def still(needs: list[Need]) -> bool:
        return time.monotonic() < until and case.conflicts(needs)

    core = without_needless(list(case.moving.needed), still)
    facts = [_fact(case, what, head) for what, head in core]
    for rule in hard:
        fewer = _Case(school, tuple(other for other in hard if other is not rule), baseline, openings)
        if time.monotonic() < until and not fewer.conflicts(core):
            remedy = f'Give the rule "{rule.id}" a level.'
            facts.append(Fact(rule_sentence(rule, school), "rules", rule.id, remedy))
    return tuple(facts)


@dataclass(frozen=True)
class _Case:
    """What sections need, under some hard rules."""

    school: School
    hard: tuple[e.Rule, ...]
    baseline: Schedule
    openings: Openings

    @cached_property
    def locked(self) -> School:
        """With the teachers and rooms of locks."""
        return as_locked(in_order(self.school), self.baseline)

    @cached_property
    def moving(self) -> Moving:
        """Not told how many may meet at once: that would hold for sections which need nothing here, too."""
        problem, keys = compile_school(self.school, self.hard, self.baseline)
        standing = standing_model(problem, merge=False)
        places = places_of(self.locked, self.openings, problem, keys, enrolled={})
        return Moving(self.locked, self.hard, standing, places, self.openings)

    def conflicts(self, needs: Sequence[Need]) -> bool:
        """Whether all of it certainly cannot be had."""
        model = self.moving.model
        model.clear_assumptions()
        model.add_assumptions([self.moving.needed[need] for need in needs])
        solver = new_solver()
        solver.parameters.max_deterministic_time = WORK
        return solver.solve(model) == cp_model.INFEASIBLE


def _fact(case: _Case, what: str, head: str) -> Fact:
    school, members = case.locked, case.openings.stacks[head]
    names, courses = listed(members), listed(dict.fromkeys(school.sections[s].course for s in members))
    text = f"{names} ({courses}) {'needs' if len(members) == 1 else 'need'} a {what}"
    if what == "teacher":
        candidates = [_with_what_binds(case, teacher) for teacher in case.openings.teachers[head]]
        nobody = "nobody may teach it"
        remedy = f"Let more teachers teach {courses} (column Can Teach), or name somebody for {names}."
    else:
        candidates = list(case.openings.rooms[head])
        nobody = "there is none of its type"
        remedy = f"Add a room that {names} can have."
    text += f": {listed(candidates, 'or')}." if candidates else f", and {nobody}."
    return Fact(text, "sections", head, remedy, tuple(members))


def _with_what_binds(case: _Case, teacher: str) -> str:
    """A teacher, and what he has already and when he is away."""
    grid = SlotGrid(case.locked)
    has = [str(s.id) for s in case.locked.sections.values() if teacher in s.teachers]
    away = grid.names(grid.all & ~free_slots(case.locked, case.hard, grid).get(teacher, grid.all))
    binds = [f"has {listed(has)}"] if has else []
    binds += [f"not in {listed(away)}"] if away else []
    return f"{teacher} ({', '.join(binds)})" if binds else teacher
