"""A shuffled problem is the same problem, and what is found for it finds its way back."""

from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_schools import random_case
from tiny_schools import tiny_school

from cloud_runner.client import shuffle as module
from cloud_runner.client.shuffle import Permutation, secret_rng, shuffle
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import goal_count, level_values
from echelon_desktop.solver.problem import GoalKind, Problem, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.solve import solve_problem
from echelon_desktop.solver.verify import verify

SEEDS = st.integers(0, 1 << 30)


def any_solution(problem: Problem, rng: np.random.Generator) -> Solution:
    """A choice for each section and a fitting section, or none, for each request; it keeps no hard rule."""
    choice = [rng.integers(*problem.choice_start[s : s + 2]) for s in range(problem.n_sections)]
    of_course = problem.course_sections()
    seat = [
        rng.choice([-1, *(s for course in problem.options[r] for s in of_course[course])])
        for r in range(problem.n_requests)
    ]
    return Solution(np.array(choice, np.int32), np.array(seat, np.int32))


def same(a: Solution, b: Solution) -> bool:
    return bool((a.choice == b.choice).all() and (a.seat == b.seat).all())


@given(SEEDS)
def test_any_schedule_costs_the_same(seed: int) -> None:
    case = random_case(Random(seed))
    problem, _ = compile_school(case.school, case.rules, case.baseline)
    assume((np.diff(problem.choice_start) > 0).all())
    rng = np.random.default_rng(seed)
    shuffled, permutation = shuffle(problem, rng)
    solution = any_solution(problem, rng)
    out = permutation.out(solution)
    assert same(permutation.back(out), solution)
    assert level_values(shuffled, out) == level_values(problem, solution)
    for before, after in zip(problem.goals, shuffled.goals, strict=True):  # hard ones too
        assert goal_count(shuffled, after, out) == goal_count(problem, before, solution)


@given(SEEDS)
def test_the_facts_go_along(seed: int) -> None:
    """What no goal counts: who may sit where, seats, groups that exclude each other, pins and options."""
    case = random_case(Random(seed))
    p, _ = compile_school(case.school, case.rules, case.baseline)
    q, way = shuffle(p, np.random.default_rng(seed))
    for new, old in enumerate(way.sections):
        assert q.section_seats[new] == p.section_seats[old]
        assert q.section_sped[new] == p.section_sped[old]
        assert way.courses[q.section_course[new]] == p.section_course[old]
        assert [q.choice_mask[k] for k in q.choices_of(new)] == [p.choice_mask[k] for k in p.choices_of(old)]
        for student, before in enumerate(way.students):
            assert q.may_sit(student, new) == p.may_sit(int(before), int(old))
    for new, old in enumerate(way.requests):
        assert way.students[q.request_student[new]] == p.request_student[old]
        assert q.request_rank[new] == p.request_rank[old]
        assert way.courses[q.options[new]].tolist() == p.options[int(old)].tolist()
        pin = q.request_pin[new]
        assert (way.sections[pin] if pin >= 0 else -1) == p.request_pin[old]
        costs = [x.option_cost[x.options.start[r] : x.options.start[r + 1]] for x, r in ((q, new), (p, old))]
        assert costs[0].tolist() == costs[1].tolist()
    assert (q.student_blocked == p.student_blocked[way.students]).all()
    assert (q.student_sped == p.student_sped[way.students]).all()
    for name in ("exclusive", "same_students"):
        groups = [sorted(way.sections[group].tolist()) for group in getattr(q, name)]
        assert sorted(groups) == sorted(sorted(group.tolist()) for group in getattr(p, name))
    for lists, limits in (
        ("capacity_sections", "capacity_seats"),
        ("slot_limit_sections", "slot_limit_most"),
    ):
        after, before = (
            sorted(
                (sorted(numbers[group].tolist()), np.ravel(limit).tolist())
                for group, limit in zip(getattr(x, lists), getattr(x, limits), strict=True)
            )
            for x, numbers in ((q, way.sections), (p, np.arange(p.n_sections)))
        )
        assert after == before
    tables = sorted(
        (way.sections[t.a], way.sections[t.b], sorted(map(tuple, way.choices[t.pairs].tolist())))
        for t in q.pair_tables
    )
    assert tables == sorted((t.a, t.b, sorted(map(tuple, t.pairs.tolist()))) for t in p.pair_tables)


@settings(max_examples=12)
@given(st.integers(0, 400))
def test_a_solve_comes_to_the_same_values(seed: int) -> None:
    school, baseline = tiny_school(seed)
    rules = make_school(students=12, seed=1).rules
    problem, keys = compile_school(school, rules, baseline)
    shuffled, permutation = shuffle(problem, np.random.default_rng(seed))
    params = Params(time_limit_s=20, workers=1)
    ours, theirs = solve_problem(problem, params).result, solve_problem(shuffled, params).result
    assert ours.status == theirs.status
    assume(theirs.solution is not None)
    assert theirs.solution is not None
    back = permutation.back(theirs.solution)
    values = tuple(level.value for level in theirs.levels)
    assert values == tuple(level.value for level in ours.levels)  # tiny schools are proven optimal
    assert level_values(problem, back) == values
    assert ours.solution is not None
    judged = [
        verify(school, rules, schedule_of(solution, keys, school, baseline), baseline)
        for solution in (ours.solution, back)
    ]
    assert judged[1].score == values
    # Some of these schools contradict themselves (stacked sections of two teachers), in either order.
    broken = [{violation.rule for violation in verdict.violations} for verdict in judged]
    assert broken[0] == broken[1]


@given(SEEDS)
def test_shuffling_twice_is_one_shuffle(seed: int) -> None:
    case = random_case(Random(seed))
    problem, _ = compile_school(case.school, case.rules, case.baseline)
    assume((np.diff(problem.choice_start) > 0).all())
    rng = np.random.default_rng(seed)
    once, first = shuffle(problem, rng)
    _, second = shuffle(once, rng)
    solution = any_solution(problem, rng)
    both = Permutation.from_bytes(second.after(first).to_bytes())
    assert same(both.out(solution), second.out(first.out(solution)))
    assert same(both.back(both.out(solution)), solution)


def test_every_run_has_an_order_of_its_own() -> None:
    made = make_school(students=60, seed=1)
    problem, _ = compile_school(made.school, made.rules)
    orders = [shuffle(problem, secret_rng())[1] for _ in range(2)]
    for f in fields(Permutation):
        one, other = (getattr(order, f.name) for order in orders)
        assert sorted(one) == sorted(other) == list(range(len(one)))
        assert (one != other).any()
        assert (one != np.arange(len(one))).any()


def test_neither_groups_nor_labels_keep_the_schools_order() -> None:
    """The order of teachers and of buildings would tell as much as their numbers."""
    made = make_school(students=300, seed=1)
    problem, _ = compile_school(made.school, made.rules)
    problem = replace(problem, section_building=np.arange(problem.n_sections, dtype=np.int32) % 7)
    shuffled, way = shuffle(problem, np.random.default_rng(5))
    before = [tuple(sorted(group.tolist())) for group in problem.exclusive]
    after = [tuple(sorted(way.sections[group].tolist())) for group in shuffled.exclusive]
    assert sorted(before) == sorted(after)
    assert before != after
    labels = {
        (int(problem.section_building[o]), int(shuffled.section_building[n]))
        for n, o in enumerate(way.sections)
    }
    assert len(labels) == 7  # one new label for each old one
    assert any(old != new for old, new in labels)


def test_a_field_that_shuffling_does_not_know_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds an array to the problem must say what its axes are."""
    made = make_school(students=12, seed=1)
    problem, _ = compile_school(made.school, made.rules)
    monkeypatch.setattr(module, "_BY_SECTION", ["section_sped"])
    with pytest.raises(TypeError, match="section_seats"):
        shuffle(problem, secret_rng())


def test_every_kind_of_goal_is_shuffled_by_what_it_holds() -> None:
    """Groups are of sections or of students; a new kind of goal must be put on its side."""
    of_students = {GoalKind.FREE, GoalKind.HOLES, GoalKind.DAY_BALANCE}
    assert of_students == module._STUDENT_GOALS
    of_sections = {GoalKind.SPACING, GoalKind.RUNS, GoalKind.LOAD, GoalKind.LOAD_SPREAD, GoalKind.TRAVEL}
    plain = {GoalKind.UNMET, GoalKind.ALTERNATES, GoalKind.BALANCE, GoalKind.SPED_BALANCE}
    plain |= {GoalKind.CHOICE_COST, GoalKind.CHANGES, GoalKind.CONSTANT}
    assert of_students | of_sections | plain == set(GoalKind)
