"""Turns of periods and staffing: what is held from one to the next, and when nothing more can be found."""

from dataclasses import replace

import pytest

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.give import Given
from echelon_desktop.solver.assign.turns import SHARES, Turn, why_ended
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.result import Params, Result, Status, StopReason
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
    planted = sample.planted
    assert planted is not None
    (asked,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    free, given = Turn.first(asked), Given(planted)

    def after(turn: Turn, placed: Status, whole: Status, bettered: bool = False) -> Turn | None:
        return turn.following(given, placed, whole, planted, bettered)

    feasible, optimal = Status.FEASIBLE, Status.OPTIMAL
    assert after(free, feasible, optimal) is None
    held = after(free, optimal, feasible)
    assert held is not None
    assert held.asked.is_held(planted)  # others than these may stand better
    assert after(held, optimal, feasible) is None
    assert held.following(Given(None), optimal, None, planted, False) is not None
    assert after(held, feasible, feasible) is not None  # more time may better the periods


def test_what_was_given_is_let_go_where_it_brings_nothing(sample: Sample) -> None:
    planted = sample.planted
    assert planted is not None
    (asked,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    given, feasible = Given(planted), Status.FEASIBLE
    held = Turn.first(asked).following(given, feasible, feasible, planted, bettered=True)
    assert held is not None
    assert held.asked.held is planted
    bettered = held.following(given, feasible, feasible, planted, bettered=True)
    assert bettered is not None
    assert bettered.asked.held is planted
    free = held.following(given, feasible, feasible, planted, bettered=False)
    assert free is not None
    assert free.asked == asked
    assert held.following(given, Status.OPTIMAL, feasible, planted, bettered=False) == free
    again = free.following(given, feasible, feasible, planted, bettered=False)
    assert again is not None
    assert again.asked.held is planted
    # Free periods that are certainly the best there are need not be looked for again.
    best = Turn.first(asked).following(given, Status.OPTIMAL, feasible, planted, bettered=True)
    assert best is not None
    held_on = best.following(given, feasible, feasible, planted, bettered=False)
    assert held_on is not None
    assert held_on.asked.held is planted


def test_the_clock_does_not_count_turns_where_moves_are_limited(sample: Sample) -> None:
    (asked,) = Asked.of(sample.school, sample.rules, NO_SCHEDULE)
    by_time, by_moves = Params(time_limit_s=10), Params(time_limit_s=10, iterations=100)
    assert not Turn(asked, asked, len(SHARES) + 5).is_last(by_time, 5.0)
    assert Turn.first(asked).is_last(by_time, 0.0)
    assert [Turn(asked, asked, turn).is_last(by_moves, 5.0) for turn in range(len(SHARES))] == [
        *[False] * (len(SHARES) - 1),
        True,
    ]
    assert Turn.first(asked).to_place(by_time, 10.0).time_limit_s < 10.0
    later = [Turn(asked, asked, number).to_place(by_time, 10.0) for number in (99, 100)]
    assert {params.time_limit_s for params in later} == {SHARES[-1] * 10.0}
    assert later[0].seed != later[1].seed


def test_a_start_is_not_made_worse_by_turns(sample: Sample) -> None:
    assert sample.planted is not None
    planted = verify(sample.school, sample.rules, sample.planted)
    params = Params(time_limit_s=60, iterations=200, workers=1)
    solved = solve_school(sample.school, sample.rules, params, start=sample.planted)
    assert solved.verdict is not None
    assert solved.verdict.ok
    assert solved.verdict.score <= planted.score
    assert solved.result.seed == params.seed


@pytest.mark.parametrize(
    ("status", "iterations", "left_s", "stopped", "reason"),
    [
        (Status.OPTIMAL, None, 30.0, True, StopReason.PROVED),
        (Status.FEASIBLE, None, 30.0, True, StopReason.STOPPED),
        (Status.FEASIBLE, 5, 30.0, False, StopReason.ITERATIONS),
        (Status.FEASIBLE, None, 30.0, False, StopReason.STALLED),
        (Status.FEASIBLE, None, 0.0, False, StopReason.TIME),
    ],
)
def test_why_turns_ended_is_not_why_the_last_one_did(
    status: Status, iterations: int | None, left_s: float, stopped: bool, reason: StopReason
) -> None:
    last = Result(status, StopReason.PROVED, None, (), "", (), "CP-SAT", 1, 1.0, 0)
    assert why_ended(last, Params(iterations=iterations), left_s, stopped) is reason


def test_only_what_is_best_at_every_level_ends_as_proven(sample: Sample) -> None:
    found = solve_school(sample.school, sample.rules, Params(time_limit_s=60, workers=1)).result
    proven = all(figure.proven for figure in found.levels)
    assert (found.stop_reason is StopReason.PROVED) == proven
    assert (found.status is Status.OPTIMAL) == proven
