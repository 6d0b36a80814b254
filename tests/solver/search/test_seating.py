"""More requests met where sections stand already: by passing seats on, and by seating everybody anew."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from plain_schools import random_school, school
from test_kernels import Never
from test_search import middling

from echelon_desktop.solver.search.chain import Chain
from echelon_desktop.solver.search.found import Start
from echelon_desktop.solver.search.plain import PlainProblem
from echelon_desktop.solver.search.run import search
from echelon_desktop.solver.search.seating import seats_are_scarce
from echelon_desktop.solver.search.start import place_sections
from echelon_desktop.solver.search.state import lay_out

A, B = 0, 1


def seated(problem: PlainProblem, places: list[int], slots: list[int]) -> Chain:
    """A chain that holds a schedule: slots of sections, and of requests in the problem's order."""
    board = lay_out(problem)
    chain = Chain(board, 1, Never())  # type: ignore[arg-type]
    chain.begin(places, np.array(slots)[board.order])
    return chain


def annealed(family: int, seed: int) -> tuple[PlainProblem, Chain]:
    """A school made up by chance, and a chain that begins with a schedule annealed for a while."""
    problem = random_school(family + seed, most_students=12) if seed % 3 else middling(seed)
    places = place_sections(problem, random.Random(seed))
    if places is None:
        pytest.skip("no placement of sections")
    chain = Chain(lay_out(problem), seed, Never())  # type: ignore[arg-type]
    chain.begin(places, None)
    chain.anneal(200, 1.5, 1.0, -1)
    chain.begin(*chain.schedule())
    return problem, chain


def three_students(b_slots: list[int]) -> tuple[PlainProblem, list[int], list[int]]:
    """
    One seat a section; A meets in slots 0 and 1, B in ``b_slots``.

    Student 0 can have A in slot 0 alone, where student 1 sits; student 1 can go to slot 1 once his B moves to
    slot 2, where student 2 sits.
    """
    places = [0, 1, *b_slots]
    problem = school(
        n_slots=3,
        sections=[(A, -1, 1), (A, -1, 1), *[(B, -1, 1)] * len(b_slots)],
        requests=[[A], [A, B], [B]],
    )
    return replace(problem, student_blocked=[0b110, 0, 0]), places, [-1, 0, 1, 2]


def test_a_seat_is_passed_on_from_student_to_student() -> None:
    chain = seated(*three_students([1, 2, 0]))
    assert chain.best == 1
    chain.reseat(0.0)
    assert chain.best == 0


def test_two_students_who_must_change_at_once_are_seated_anew() -> None:
    """B meets in slots 1 and 2 only, so that students 1 and 2 have to exchange seats."""
    problem, places, slots = three_students([1, 2])
    chain = seated(problem, places, slots)
    chain.reseat(0.0)
    assert chain.best == 1
    chain.reseat(math.inf)
    assert chain.best == 0


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("seconds", [0.0, math.inf])
def test_nothing_gets_worse_and_sections_stay(seed: int, seconds: float) -> None:
    _, chain = annealed(300, seed)
    missed, before = chain.best, chain.schedule()[0].tolist()
    chain.reseat(seconds)
    assert chain.best <= missed
    after, seats = chain.schedule()
    assert after.tolist() == before
    board = chain.board
    unmet = board.data[board.at.request_weight : board.at.request_weight + board.at.n_requests][seats < 0]
    assert int(unmet.sum()) + board.base == chain.best
    reseated = Chain(board, 1, Never())  # type: ignore[arg-type]
    reseated.begin(after, seats)
    assert reseated.best == chain.best  # nobody was seated where there is no seat


@pytest.mark.parametrize(("seats", "scarce"), [(10, True), (12, False)])
def test_seats_are_scarce_where_there_are_hardly_more_than_requests(seats: int, scarce: bool) -> None:
    assert seats_are_scarce(school(n_slots=1, sections=[(0, -1, seats)], requests=[[0]] * 10)) is scarce


def test_nobody_wants_a_seat() -> None:
    assert not seats_are_scarce(school(n_slots=1, sections=[(0, -1, 1)], requests=[]))


def sizes(chain: Chain) -> list[list[int]]:
    """Students of each course in the slots where it meets, in the best schedule."""
    places, seats = chain.schedule()
    chain.begin(places, seats)
    _, load, sections = chain.pools()
    return [
        [int(n) for n, there in zip(row, own, strict=True) if there]
        for row, own in zip(load, sections, strict=True)
    ]


def crowded() -> tuple[PlainProblem, list[int], list[int]]:
    """
    A and B meet in slots 0 and 1. Three sit in A's first section, one in the other.

    Student 0 is the one who can leave A in slot 0, for the slot in which he has B; the other B is full until
    student 1 leaves it, who gains nothing by that.
    """
    problem = school(
        n_slots=2,
        sections=[(A, -1, 4), (A, -1, 4), (B, -1, 2), (B, -1, 2)],
        requests=[[A, B], [B], [B], [A], [A], [A]],
    )
    problem = replace(problem, student_blocked=[0, 0, 0b10, 0b10, 0b10, 0b01])
    return problem, [0, 1, 0, 1], [0, 1, 0, 0, 0, 0, 1]


def test_students_who_must_change_at_once_make_sections_even() -> None:
    problem, places, slots = crowded()
    chain = seated(problem, places, slots)
    chain.level(0, problem.n_students)
    chain.price_all()
    assert sizes(chain) == [[3, 1], [2, 1]]
    chain.seat_evenly(math.inf)
    assert chain.best == 0
    assert sizes(chain) == [[2, 2], [2, 1]]


def test_a_search_ends_with_even_sections_where_it_has_hardly_any_moves() -> None:
    """Sections of a course stand in slots 0 and 1, so that the slot of a request names its section."""
    problem, places, slots = crowded()
    section = 2 * np.asarray(problem.request_course) + np.array(slots)
    found = search(problem, iterations=16, start=Start(np.array(places), section))
    assert found.missed == 0
    assert found.size_spread == 1


@pytest.mark.parametrize("seed", range(30))
def test_even_seats_miss_no_more_and_are_as_even_as_levelled_ones(seed: int) -> None:
    problem, chain = annealed(500, seed)
    missed, before = chain.best, chain.schedule()[0].tolist()
    while chain.level(0, problem.n_students):
        pass
    chain.price_all()
    levelled = sum(max(row) - min(row) for row in sizes(chain) if row)
    chain.seat_evenly(math.inf)
    assert chain.best <= missed
    assert chain.schedule()[0].tolist() == before
    pairs_only = np.bincount(problem.section_course, minlength=problem.n_courses).max() <= 2
    if pairs_only and chain.best == missed:
        assert sum(max(row) - min(row) for row in sizes(chain) if row) <= levelled
