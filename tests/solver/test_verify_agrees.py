"""
Random schools that use everything the model can say: verify, the compiled problem and the reasons agree.

Verify reads the records and the rules, ``brute.py`` the primitives that rules are compiled to. Neither knows
of the other, so what both say of a schedule is what docs/rules.md means, or both are wrong in the same way.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from brute import Brute
from random_schools import random_case

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.explain import ReasonKind, explain_unmet
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import verify

RULES = preset_rules("standard")


def random_solutions(rng: Random, problem: Problem, brute: Brute) -> Iterator[Solution]:
    """Give random solutions, many of them wrong, and some mended by taking seats away."""
    if not all(len(brute.choices(s)) for s in brute.sections):
        return
    for _ in range(30):
        choice = [rng.choice(brute.choices(s)) for s in brute.sections]
        if not brute.may_stand(choice) and rng.random() < 0.7:
            continue
        for mended in (False, True, True):
            seat = [-1] * len(brute.requests)
            for r in brute.requests:
                options = [s for s in brute.sections if brute.course[s] in brute.options[r]]
                if options and rng.random() < 0.7:
                    seat[r] = rng.choice(options)
            for r in rng.sample(brute.requests, len(seat)) if mended else ():
                if brute.may_sit(choice, seat):
                    break
                seat[r] = -1
            yield Solution(np.array(choice, np.int32), np.array(seat, np.int32))


@pytest.mark.parametrize("block", range(4))
def test_verify_and_the_compiled_problem_agree(block):
    seen = {True: 0, False: 0}
    for seed in range(block * 15, block * 15 + 15):
        rng = Random(seed)
        case = random_case(rng)
        problem, keys = compile_school(case.school, case.rules, case.baseline, Openings())
        brute = Brute(problem)
        for solution in random_solutions(rng, problem, brute):
            schedule = schedule_of(solution, keys, case.school, case.baseline)
            verdict = verify(case.school, case.rules, schedule, case.baseline)
            accepted = brute.accepts(solution)
            assert verdict.ok == accepted, (seed, verdict.violations)
            seen[accepted] += 1
            if accepted:
                values = brute.values(solution.choice.tolist(), solution.seat.tolist())
                assert verdict.score == values, seed
                assert [(f.name, f.level) for f in verdict.figures] == [
                    (level.name, level.number) for level in problem.levels()
                ], seed
    assert min(seen.values()) > 100


def can_be_met(school: School, schedule: Schedule, student: str, course: str) -> bool:
    """Whether the student could hold the course beside all he holds, by trying every seating of his."""
    held = schedule.seatings.get(student, e.Seating("", student))
    wanted = {request.course: request for request in school.requests[student].requests}
    ways = []
    for requested in [course, *(seat.course for seat in held.seats)]:
        courses = (requested, *wanted[requested].alternates)
        ways.append([e.Seat(requested, s.id) for s in school.sections.values() if s.course in courses])
    return any(
        verify(
            school,
            RULES,
            Schedule(schedule.placements, {**schedule.seatings, student: replace(held, seats=seats)}),
            schedule,
        ).ok
        for seats in product(*ways)
    )


def test_a_request_can_be_met_by_moving_one_student_exactly_when_the_reason_says_so():
    seen = dict.fromkeys(ReasonKind, 0)
    for seed in range(40):
        rng = Random(seed)
        case = random_case(rng)
        problem, keys = compile_school(case.school, case.rules, case.baseline)
        found = 0
        for solution in random_solutions(rng, problem, Brute(problem)):
            schedule = schedule_of(solution, keys, case.school, case.baseline)
            if not verify(case.school, RULES, schedule).ok:
                continue
            found += 1
            if found > 3:
                break
            for (student, course), reason in explain_unmet(case.school, RULES, schedule).items():
                movable = reason.kind is ReasonKind.MOVABLE
                assert can_be_met(case.school, schedule, student, course) == movable, (seed, reason)
                seen[reason.kind] += 1
    assert seen[ReasonKind.MOVABLE] > 20
    assert seen[ReasonKind.PERIOD_CONFLICT] > 2
    assert seen[ReasonKind.SEATS_FULL] > 2
