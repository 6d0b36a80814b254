"""A problem confined to some courses leaves no more unmet than the whole must."""

from dataclasses import replace
from random import Random

import numpy as np
from brute import Brute
from hypothesis import assume, given
from hypothesis import strategies as st
from random_schools import Case, random_case

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.cpsat.unmet import minimise_unmet
from echelon_desktop.solver.problem import Goal, GoalKind, Problem, Solution
from echelon_desktop.solver.project import kept_requests, kept_sections, project

cases = st.randoms(use_true_random=True).map(random_case)


def problem_of(case: Case) -> Problem:
    return compile_school(case.school, case.rules, case.baseline)[0]


def fewest_unmet(problem: Problem) -> int | None:
    """Fewest unmet requests of all ranks, by trying everything."""
    hard = tuple(goal for goal in problem.goals if goal.level == 0)
    blind = replace(
        problem, request_rank=np.zeros_like(problem.request_rank), goals=(*hard, Goal(GoalKind.UNMET, 1))
    )
    best = Brute(blind).best()
    return None if best is None else best[0]


@given(cases)
def test_the_fewest_unmet_of_all_ranks(case: Case) -> None:
    problem = problem_of(case)
    assume(Brute(problem).size() < 20_000)
    fewest = fewest_unmet(problem)
    if fewest is None:
        assert minimise_unmet(problem, Limits()) == (None, problem.n_requests)
    else:
        assert minimise_unmet(problem, Limits()) == (fewest, fewest)


@given(cases, st.integers())
def test_bounds_of_disjoint_courses_add_up(case: Case, seed: int) -> None:
    problem = problem_of(case)
    assume(Brute(problem).size() < 20_000)
    fewest = fewest_unmet(problem)
    assume(fewest is not None)
    rng = Random(seed)
    parts: list[list[int]] = [[], []]
    for course in range(problem.n_courses):
        rng.choice(parts).append(course)
    bounds = [minimise_unmet(project(problem, courses), Limits())[1] for courses in parts]
    assert fewest is not None
    assert sum(bounds) <= fewest


@given(cases, st.integers())
def test_a_schedule_confined_is_one_of_the_projection(case: Case, seed: int) -> None:
    problem = problem_of(case)
    whole = solve_cpsat(problem, Limits()).solution
    assume(whole is not None)
    assert whole is not None
    rng = Random(seed)
    courses = [c for c in range(problem.n_courses) if rng.random() < 0.7]
    among = np.array([rng.random() < 0.9 for _ in range(problem.n_requests)], np.bool_)
    part = project(problem, courses, among)
    sections, requests = kept_sections(problem, courses), kept_requests(problem, courses, among)
    positions = whole.choice[sections] - problem.choice_start[sections]
    number = {int(s): i for i, s in enumerate(sections)}
    seat = [number.get(int(s), -1) for s in whole.seat[requests]]
    confined = Solution((part.choice_start[:-1] + positions).astype(np.int32), np.array(seat, np.int32))
    assert Brute(part).accepts(confined)
    assert part.n_students == len(set(problem.request_student[requests].tolist()))


def test_what_is_kept() -> None:
    school = School(
        periods=[e.Period("R1", day="R", order=1), e.Period("R2", day="R", order=2)],
        sections=[e.Section(f"{c}{i}", c, ("T",), 1) for i, c in enumerate("AABC")],
        students=[e.Student("M"), e.Student("N")],
        requests=[
            e.RequestList("M", (e.CourseRequest("B"), e.CourseRequest("A", alternates=("C",)))),
            e.RequestList("N", (e.CourseRequest("C"), e.CourseRequest("A"))),
        ],
        links=[e.Link("L", e.LinkKind.STACKED, ("C3", "B2", "A0"))],
    )
    problem, _ = compile_school(school, preset_rules("standard"), Schedule({}, {}))
    part = project(problem, [0, 2])  # A and C
    assert kept_sections(problem, [0, 2]).tolist() == [0, 1, 3]
    assert kept_requests(problem, [0, 2]).tolist() == [1, 2, 3]
    assert part.section_course.tolist() == [0, 0, 2]
    assert [group.tolist() for group in part.exclusive] == [[0, 1]]
    assert [stack.tolist() for stack in part.capacity_sections] == [[0, 2]]
    assert project(problem, [1, 2]).exclusive[0].tolist() == [0]
    assert [goal.kind for goal in part.goals] == [GoalKind.UNMET]


def test_a_stack_without_its_first_still_keeps_the_teacher_busy() -> None:
    school = School(
        periods=[e.Period("R1", day="R", order=1)],
        sections=[e.Section("A", "A", ("T",)), e.Section("B", "B", ("T",)), e.Section("C", "C", ("T",))],
        links=[e.Link("L", e.LinkKind.STACKED, ("A", "B"))],
    )
    problem, _ = compile_school(school, preset_rules("standard"))
    part = project(problem, [1, 2])
    assert [group.tolist() for group in part.exclusive] == [[0, 1]]
    assert minimise_unmet(part, Limits()) == (None, 0)
