"""Sections that cannot be staffed at any periods: named, as few as can be, and only where that is certain."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from random_schools import Case
from test_assign import with_tables
from test_mend import hard_case, standing, tied_case

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.assign.give import give_out
from echelon_desktop.solver.assign.openings import NEEDS, Openings, find_openings
from echelon_desktop.solver.assign.unstaffable import unstaffable
from echelon_desktop.solver.conflicts import Fact
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.solve_school import solve_school


def able(case: Case, openings: Openings, schedules: Sequence[Schedule]) -> bool:
    """Whether everything that is needed can be given out at some of these periods."""
    hard = [rule for rule in case.rules if rule.level is None]
    return any(
        give_out(case.school, hard, schedule, openings, Limits()).schedule is not None
        for schedule in schedules
    )


def everywhere(case: Case) -> list[Schedule]:
    """Every way in which the sections can stand, whoever is to take them; none where there are too many."""
    rules = tuple(rule for rule in case.rules if rule.kind not in NEEDS)
    return standing(replace(case, rules=rules), Openings())


def needing_only(openings: Openings, facts: Sequence[Fact]) -> Openings:
    """The openings where just the stacks of some facts need what these say."""
    teachers = {fact.key for fact in facts if " a teacher" in fact.text}
    rooms = {fact.key for fact in facts if " a room" in fact.text}
    return replace(
        openings,
        without_teacher=frozenset(openings.teachers.keys() - teachers),
        without_room=frozenset(openings.rooms.keys() - rooms),
    )


@pytest.mark.parametrize(("make", "cases"), [(hard_case, 60), (tied_case, 12)])
def test_no_section_can_be_left_out_of_those_named(make: Callable[[int], Case], cases: int) -> None:
    named = 0
    for seed in range(cases):
        case = make(seed)
        openings = find_openings(case.school, case.rules, case.baseline)
        schedules = everywhere(case) if openings else []
        if not schedules or able(case, openings, schedules):
            continue
        facts = unstaffable(case.school, case.rules, case.baseline, openings, 60.0)
        sections = [fact for fact in facts if fact.table == "sections"]
        assert not able(case, needing_only(openings, sections), schedules), seed
        for fact in sections:
            fewer = [other for other in sections if other is not fact]
            assert able(case, needing_only(openings, fewer), schedules), seed
        named += 1
    assert named >= 3


@pytest.mark.parametrize("seed", range(10))
def test_a_school_is_refused_just_when_nobody_can_be_given_at_any_periods(seed: int) -> None:
    case = tied_case(seed)
    openings = find_openings(case.school, case.rules, case.baseline)
    schedules = everywhere(case)
    possible = able(case, openings, schedules)
    solved = solve_school(case.school, case.rules, Params(time_limit_s=60), baseline=case.baseline)
    assert (solved.schedule is not None) == possible
    if not possible:
        assert solved.result.status is Status.INFEASIBLE
        assert solved.conflict


def test_what_binds_the_teachers_is_said() -> None:
    case = tied_case(8)
    openings = find_openings(case.school, case.rules, case.baseline)
    facts = unstaffable(case.school, case.rules, case.baseline, openings, 60.0)
    has = [s.id for s in case.school.sections.values() if "Ames" in s.teachers]
    assert len(has) == 1
    assert facts[0].text == f"X3 (Algebra) needs a teacher: Ames (has {has[0]}, not in R3)."
    assert facts[-1].text == "A teacher teaches at most 1 period in a row."
    assert facts[-1].remedy == 'Give the rule "other" a level.'


def test_a_section_that_nobody_may_teach_is_named_alone() -> None:
    case = tied_case(0)
    nobody = [replace(teacher, courses=("Band",)) for teacher in case.school.teachers.values()]
    school = with_tables(case.school, teachers=nobody)
    openings = find_openings(school, case.rules, case.baseline)
    (fact,) = unstaffable(school, case.rules[:2], case.baseline, openings, 60.0)
    assert fact.text.endswith(", and nobody may teach it.")
