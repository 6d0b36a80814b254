"""Sections put elsewhere so that everybody can be given out: possible just where some periods allow it."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import Brute
from random_schools import Case, random_case
from test_assign import opened

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.complete import staff
from echelon_desktop.solver.assign.give import give_out
from echelon_desktop.solver.assign.mend import mend
from echelon_desktop.solver.assign.openings import Openings, find_openings
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.problem import OF_SECTIONS, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import verify

PLACEMENTS_AT_MOST = 300
HERE = [("teacher-load", 1), ("teacher-preps", 1), ("teacher-consecutive", 1), ("teacher-rooms", 1)]


def hard_case(seed: int) -> Case:
    """Teachers and rooms to be given out to all, under hard rules that tie one slot to another."""
    rng = Random(seed)
    case = opened(rng, random_case(rng))
    rules = [rule for rule in case.rules if rule.kind not in {"section-teachers", "section-rooms"}]
    rules.append(e.Rule("staffed", "section-teachers"))
    rules += [e.Rule("roomed", "section-rooms")] if rng.random() < 0.5 else []
    rules += [e.Rule(f"hard {kind}", kind, limit=limit) for kind, limit in rng.sample(HERE, 2)]
    return Case(case.school, tuple(rules), case.baseline)


def tied_case(seed: int) -> Case:
    """Few teachers, away now and then, with loads and courses to keep to."""
    rng = Random(seed)
    periods = ["R1", "R2", "R3"]
    courses = ["Algebra", "Band", "Civics"]
    teachers = [
        e.Teacher(t, "All", courses=tuple(c for c in courses if rng.random() < 0.7) or ("Band",))
        for t in ("Ames", "Brown", "Cole")
    ]
    sections = [
        e.Section(f"X{i}", rng.choice(courses), ("Ames",) if rng.random() < 0.2 else (), 2)
        for i in range(rng.randint(3, 5))
    ]
    rules = (
        e.Rule("unmet", "unmet-requests", 1),
        e.Rule("staffed", "section-teachers"),
        e.Rule("load", "teacher-load", limit=2),
        e.Rule("other", *rng.choice([("teacher-preps",), ("teacher-consecutive",)]), limit=1),
    )
    school = School(
        periods=[e.Period(p, day="R", order=i) for i, p in enumerate(periods)],
        courses=[e.Course(c, department="All") for c in courses],
        teachers=teachers,
        unavailability=[e.Unavailability(str(t.id), (rng.choice(periods),)) for t in teachers],
        sections=sections,
    )
    return Case(school, rules, Schedule({}, {}))


def standing(case: Case, openings: Openings) -> list[Schedule]:
    """Every way in which the sections can stand, empty of students; none where there are too many."""
    problem, keys = compile_school(case.school, case.rules, case.baseline, openings)
    of_sections = tuple(g for g in problem.goals if g.level == 0 and g.kind in OF_SECTIONS)
    brute = Brute(replace(problem, goals=(*of_sections, *(g for g in problem.goals if g.kind == "unmet"))))
    if brute.size() > 1 << 20 or (problem.request_pin >= 0).any():
        return []
    nobody = [-1] * problem.n_requests
    found = [
        schedule_of(
            Solution(np.array(choice, np.int32), np.array(nobody, np.int32)),
            *(keys, case.school, case.baseline),
        )
        for choice in brute.placements()
        if not brute.hard_costs(choice, nobody)
    ]
    return found if len(found) <= PLACEMENTS_AT_MOST else []


def moved(one: Schedule, other: Schedule, openings: Openings) -> int:
    """Stacks that meet elsewhere."""
    return sum(
        (one.placements[head].periods, one.placements[head].terms)
        != (other.placements[head].periods, other.placements[head].terms)
        for head in openings.stacks
    )


@pytest.mark.parametrize(("make", "cases"), [(hard_case, 150), (tied_case, 25)])
def test_sections_move_as_little_as_can_be_and_only_where_that_helps(
    make: Callable[[int], Case], cases: int
) -> None:
    seen = {"impossible": 0, "moved": 0, "stays": 0}
    for seed in range(cases):
        case = make(seed)
        openings = find_openings(case.school, case.rules, case.baseline)
        schedules = standing(case, openings) if openings else []
        if not schedules:
            continue
        hard = [rule for rule in case.rules if rule.level is None]
        able, unable = [], []
        for schedule in schedules:
            given = give_out(case.school, hard, schedule, openings, Limits())
            (unable if given.schedule is None else able).append(schedule)
        first = (unable or able)[0]
        mended = mend(case.school, case.rules, case.baseline, first, openings, Limits())
        assert mended.impossible == (not able), seed
        if mended.schedule is None:
            seen["impossible"] += 1
            continue
        least = min(moved(first, schedule, openings) for schedule in able)
        assert moved(first, mended.schedule, openings) == least, seed
        seen["moved" if least else "stays"] += 1
        given = give_out(case.school, hard, mended.schedule, openings, Limits()).schedule
        assert given is not None, seed
        of_days = {rule.id for rule in hard if rule.kind.startswith("student-")}
        broken = verify(case.school, hard, given, case.baseline).violations
        assert {violation.rule for violation in broken} <= of_days, seed
    assert make is hard_case or min(seen.values()) > 3


def test_a_section_moves_where_a_full_load_ties_slot_to_slot() -> None:
    # In R3 and R2 only E2 could take one more section of English each, and he may have just one more.
    sample = make_school(48, shape=FAMILIES["every-rule"])
    assert sample.planted is not None
    elsewhere = {"English-20": "G1", "English-21": "G3", "English-12": "R3", "English-22": "R2"}
    planted = Schedule(
        {
            section: replace(
                placement,
                teachers=sample.school.sections[section].teachers,
                room=sample.school.sections[section].room,
                periods=(elsewhere[section],) if section in elsewhere else placement.periods,
            )
            for section, placement in sample.planted.placements.items()
        },
        sample.planted.seatings,
    )
    (asked,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    hard = [rule for rule in sample.rules if rule.level is None]
    assert give_out(sample.school, hard, planted, asked.openings, Limits()).shortage is not None
    given = staff(asked, planted, Limits(time_limit_s=60, deterministic_limit=20))
    assert given.mended
    assert given.schedule is not None
    assert verify(sample.school, sample.rules, given.schedule).ok
    assert moved(planted, given.schedule, asked.openings) == 1


def test_every_rule_at_once_is_kept_in_a_school_of_any_size() -> None:
    sample = make_school(96, shape=FAMILIES["every-rule"])
    solved = solve_school(sample.school, sample.rules, Params(time_limit_s=60, iterations=1000, workers=1))
    assert solved.verdict is not None
    assert solved.verdict.ok
    assert solved.verdict.counts.unmet == 0
    assert solved.schedule is not None
    assert all(placement.teachers and placement.room for placement in solved.schedule.placements.values())
