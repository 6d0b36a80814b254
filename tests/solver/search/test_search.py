"""The local search: every result holds, small ones are optimal, and it ends whatever it is given."""

import random
from dataclasses import replace

import numpy as np
import pytest
from plain_schools import broken_rules, least_missed, random_school, school

from echelon_desktop.solver.search.found import Ended, Found, Improvement, Start
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import search


def run(problem: PlainProblem, moves: int = 3000, **options: object) -> Found:
    """A short search that ends by moves, not by the clock."""
    return search(problem, iterations=moves, **options)  # type: ignore[arg-type]


def middling(seed: int = 1, n_students: int = 60) -> PlainProblem:
    """A school too large to enumerate, in which some requests must be missed."""
    chance = random.Random(seed)
    courses = [c for c in range(14) for _ in range(1 + (c < 4))]
    sections = [(c, i % 6, 12) for i, c in enumerate(courses)]
    wanted = [chance.sample(range(14), chance.randint(2, 5)) for _ in range(n_students)]
    return school(n_slots=5, sections=sections, requests=wanted, sped=list(range(0, 60, 7)), sped_limit=2)


def test_hotter_annealing_is_another_search_with_the_same_laws() -> None:
    usual, hotter = run(middling()), run(middling(), heat=1.4)
    assert usual.request_section is not None
    assert hotter.request_section is not None
    assert broken_rules(middling(), hotter) == []
    assert usual.request_section.tolist() != hotter.request_section.tolist()


@pytest.mark.parametrize("seed", range(60))
def test_small_schools_are_solved_to_their_optimum(seed: int) -> None:
    problem = random_school(seed)
    best = least_missed(problem)
    found = run(problem)
    if best is None:
        assert found.ended is Ended.NO_PLACEMENT
        assert found.section_slot is None
        return
    assert broken_rules(problem, found) == []
    assert found.missed_weight == best


@pytest.mark.parametrize("seed", range(20))
def test_small_schools_with_pins_keep_them(seed: int) -> None:
    problem = random_school(1000 + seed)
    chance = random.Random(seed)
    pins = np.full(problem.n_requests, -1, np.int32)
    kept = np.zeros(problem.n_sections, np.int64)
    for r in range(problem.n_requests):
        choices = np.flatnonzero(problem.section_course == problem.request_course[r])
        n = problem.request_student[r]
        if len(choices) and chance.random() < 0.4 and not problem.student_sped[n]:
            s = chance.choice(choices.tolist())
            if kept[s] < problem.section_seats[s]:
                pins[r] = s
                kept[s] += 1
    problem = replace(problem, request_section=pins)
    found, best = run(problem), least_missed(problem)
    if best is None:
        assert found.section_slot is None
    else:
        assert broken_rules(problem, found) == []
        assert found.missed_weight >= best


@pytest.mark.parametrize("workers", [1, 2])
def test_a_middling_school_breaks_no_rule(workers: int) -> None:
    problem = middling()
    found = run(problem, 20_000, workers=workers)
    assert broken_rules(problem, found) == []
    assert found.ended is Ended.ITERATIONS


def test_the_same_seed_gives_the_same_schedule() -> None:
    problem = middling()
    one, two = run(problem, 20_000, seed=5), run(problem, 20_000, seed=5)
    assert one.section_slot.tolist() == two.section_slot.tolist()
    assert one.request_section.tolist() == two.request_section.tolist()


def test_another_seed_looks_elsewhere() -> None:
    problem = middling()
    slots = {tuple(run(problem, 50, seed=seed).section_slot.tolist()) for seed in range(4)}
    assert len(slots) > 1


def test_shuffled_rows_keep_the_optimum() -> None:
    problem = random_school(11, most_students=6)
    order = np.random.default_rng(3).permutation(problem.n_requests)
    shuffled = replace(
        problem,
        request_student=problem.request_student[order],
        request_course=problem.request_course[order],
        request_weight=problem.request_weight[order],
        request_section=problem.request_section[order],
    )
    assert run(shuffled).missed_weight == run(problem).missed_weight == least_missed(problem)


def test_relabelled_sections_and_students_keep_the_optimum() -> None:
    problem = random_school(23)
    sections = np.random.default_rng(1).permutation(problem.n_sections)
    new_number = np.argsort(np.random.default_rng(2).permutation(problem.n_students))
    back = np.argsort(new_number)
    relabelled = replace(
        problem,
        section_course=problem.section_course[sections],
        section_teacher=problem.section_teacher[sections],
        section_seats=problem.section_seats[sections],
        section_sped=problem.section_sped[sections],
        section_allowed=problem.section_allowed[sections],
        request_student=new_number[problem.request_student],
        student_sped=problem.student_sped[back],
        student_blocked=problem.student_blocked[back],
    )
    assert run(relabelled).missed_weight == least_missed(problem)


def test_a_start_is_never_made_worse() -> None:
    problem = middling()
    first = run(problem, 20_000)
    again = run(problem, 1, start=Start(first.section_slot, first.request_section))
    assert again.missed_weight <= first.missed_weight


def test_a_start_that_breaks_rules_is_mended() -> None:
    problem = school(n_slots=2, sections=[(0, -1, 1), (1, -1, 1)], requests=[[0, 1], [0]])
    start = Start(np.array([0, 0]), np.array([0, 1, 0]))
    assert broken_rules(problem, run(problem, 1, start=start)) == []


def test_a_heavy_request_comes_before_two_light_ones() -> None:
    """One student, three single-section courses locked so that the heavy one excludes both others."""
    problem = school(n_slots=2, sections=[(0, -1, 1), (1, -1, 1), (2, -1, 1)], requests=[[0, 1, 2]])
    problem = replace(problem, section_allowed=[1, 1, 2], request_weight=[5, 2, 2])
    found = run(problem, 100)
    assert found.request_section.tolist() == [0, -1, 2]


def test_stopping_at_once_still_gives_a_schedule() -> None:
    problem = middling()
    found = search(problem, should_stop=lambda: True)
    assert found.ended is Ended.STOPPED
    assert broken_rules(problem, found) == []


def test_improvements_come_in_order_and_end_with_the_result() -> None:
    problem = middling()
    told: list[Improvement] = []
    found = run(problem, 20_000, workers=2, on_improved=told.append)
    missed = [improvement.missed_weight for improvement in told]
    assert missed == sorted(missed, reverse=True)
    assert missed[-1] >= found.missed_weight
    assert missed[0] <= found.missed_weight + problem.n_requests


def test_an_error_in_a_callback_reaches_the_caller() -> None:
    def fail(improvement: Improvement) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        search(middling(), on_improved=fail)


def test_the_bound_ends_a_search_without_limits() -> None:
    problem = school(n_slots=2, sections=[(0, 0, 2), (1, 0, 2)], requests=[[0, 1], [0, 1]])
    found = search(problem)
    assert (found.ended, found.missed) == (Ended.BOUND, 0)


EMPTY = {
    "nothing": school(n_slots=0, sections=[], requests=[]),
    "no sections": school(n_slots=4, sections=[], requests=[[0, 1]]),
    "no students": school(n_slots=4, sections=[(0, 0, 5)], requests=[]),
    "no requests": school(n_slots=4, sections=[(0, 0, 5)], requests=[[], []]),
    "a course without sections": school(n_slots=4, sections=[(0, 0, 5)], requests=[[0, 1]]),
    "forty requests": school(n_slots=3, sections=[(c, -1, 5) for c in range(40)], requests=[list(range(40))]),
    "sections without seats": school(n_slots=3, sections=[(0, -1, 0)], requests=[[0]]),
}


@pytest.mark.parametrize("name", EMPTY)
def test_odd_schools_end_with_a_schedule(name: str) -> None:
    problem = EMPTY[name]
    found = run(problem, 200)
    assert broken_rules(problem, found) == []


def test_forty_requests_fill_every_slot() -> None:
    assert run(EMPTY["forty requests"], 200).missed == 37


@pytest.mark.parametrize("allowed", [[7, 7, 7, 7], [1, 1, 7, 7], [0, 7, 7, 7]])
def test_a_teacher_who_cannot_be_placed_is_said_so(allowed: list[int]) -> None:
    sections = [(0, 0, 5)] * 4 if allowed[0] == 7 else [(0, 0, 5), (0, 0, 5), (0, 1, 5), (0, 1, 5)]
    problem = replace(
        school(n_slots=3, sections=sections, requests=[[0]]), section_allowed=np.array(allowed, np.int64)
    )
    found = search(problem)
    assert found.ended is Ended.NO_PLACEMENT
    assert found.section_slot is None


@pytest.mark.parametrize("seed", range(5))
def test_a_teacher_whose_only_placement_is_tight_is_placed(seed: int) -> None:
    """Sections allowed in slots {0}, {0, 1}, {1, 2}, ...: there is one way."""
    n = 8
    allowed = np.array([1] + [3 << p for p in range(n - 1)], np.int64)
    order = np.random.default_rng(seed).permutation(n)
    problem = replace(
        school(n_slots=n, sections=[(0, 0, 1)] * n, requests=[[0]]), section_allowed=allowed[order]
    )
    found = search(problem, seed=seed)
    assert found.section_slot[np.argsort(order)].tolist() == list(range(n))
