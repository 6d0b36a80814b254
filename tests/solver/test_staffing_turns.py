"""Turns of periods and staffing: what is held from one to the next, and when nothing more can be found."""

from dataclasses import replace

import pytest

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.give import Given
from echelon_desktop.solver.assign.turns import SHARES, is_last, is_settled, to_place
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import verify


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_school(8, shape=FAMILIES["every-rule"])


def test_a_turn_holds_the_teachers_and_rooms_of_the_one_before(sample: Sample) -> None:
    planted = sample.planted
    assert planted is not None
    (first,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    assert first.openings
    assert first.to_place() is first.school
    assert first.as_held(planted) is None
    asked = first.holding(planted)
    assert all(section.teachers and section.room for section in asked.to_place().sections.values())
    assert not asked.placing
    assert asked.openings == first.openings
    bare = Schedule(
        {
            section: replace(
                placement,
                teachers=sample.school.sections[section].teachers,
                room=sample.school.sections[section].room,
            )
            for section, placement in planted.placements.items()
        },
        planted.seatings,
    )
    assert asked.as_held(bare) == planted
    assert asked.is_held(planted)
    assert not asked.is_held(bare)


def test_turns_end_where_another_can_bring_nothing(sample: Sample) -> None:
    assert sample.planted is not None
    (first,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    held, given = first.holding(sample.planted), Given(sample.planted)
    assert is_settled(first, given, Status.FEASIBLE, Status.OPTIMAL)
    assert is_settled(held, given, Status.OPTIMAL, Status.FEASIBLE)
    assert not is_settled(held, given, Status.FEASIBLE, Status.FEASIBLE)  # more time may better the periods
    assert not is_settled(first, given, Status.OPTIMAL, Status.FEASIBLE)  # others than these may stand better
    assert not is_settled(held, Given(None), Status.OPTIMAL, None)


def test_the_clock_does_not_count_turns_where_moves_are_limited() -> None:
    by_time, by_moves = Params(time_limit_s=10), Params(time_limit_s=10, iterations=100)
    assert not is_last(by_time, 5.0, len(SHARES) + 5)
    assert is_last(by_time, 0.0, 0)
    assert [is_last(by_moves, 5.0, turn) for turn in range(len(SHARES))] == [
        *[False] * (len(SHARES) - 1),
        True,
    ]
    assert to_place(by_time, 10.0, 0).time_limit_s < 10.0
    assert to_place(by_time, 10.0, 99).time_limit_s == SHARES[-1] * 10.0


def test_a_start_is_not_made_worse_by_turns(sample: Sample) -> None:
    assert sample.planted is not None
    planted = verify(sample.school, sample.rules, sample.planted)
    params = Params(time_limit_s=60, iterations=200, workers=1)
    solved = solve_school(sample.school, sample.rules, params, start=sample.planted)
    assert solved.verdict is not None
    assert solved.verdict.ok
    assert solved.verdict.score <= planted.score
