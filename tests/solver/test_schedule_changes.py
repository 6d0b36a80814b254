"""The rule schedule-changes: what counts as one, and where the goal stands when it is asked for."""

from dataclasses import replace

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, preset_rules, staying_close
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.schedules import solution_of
from echelon_desktop.solver.verify import verify

RULES = parse_rules('[[rule]]\nkind = "schedule-changes"\nlevel = 7\n')


def school() -> School:
    """Ana takes Art and Gym, Ben takes Art and asks for Gym in vain; of Art there are two sections."""
    return School(
        periods=[e.Period(p, day="R", order=i) for i, p in enumerate(("R1", "R2", "R3"))],
        courses=[e.Course("Art"), e.Course("Gym")],
        sections=[
            e.Section("A1", "Art", seats=2),
            e.Section("A2", "Art", seats=2),
            e.Section("G1", "Gym", seats=2),
        ],
        students=[e.Student("Ana"), e.Student("Ben")],
        requests=[e.RequestList(s, (e.CourseRequest("Art"), e.CourseRequest("Gym"))) for s in ("Ana", "Ben")],
    )


def schedule(a1: str, a2: str, g1: str, seats: dict[str, str]) -> Schedule:
    """Periods of the three sections, and for each student the sections held, with commas."""
    courses = {"A": "Art", "G": "Gym"}
    return Schedule(
        {s: e.Placement("", s, (p,)) for s, p in (("A1", a1), ("A2", a2), ("G1", g1)) if p},
        {
            student: e.Seating("", student, tuple(e.Seat(courses[s[0]], s) for s in held.split(",") if s))
            for student, held in seats.items()
        },
    )


GIVEN = schedule("R1", "R2", "R3", {"Ana": "A1,G1", "Ben": "A2"})


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (GIVEN, 0),
        # A section that moves is one change; who stays in it keeps the seat.
        (schedule("R2", "R1", "R3", {"Ana": "A1,G1", "Ben": "A2"}), 2),
        # Another section of the course is another seat, and no seat is one, too.
        (schedule("R1", "R2", "R3", {"Ana": "A2,G1", "Ben": "A2"}), 1),
        (schedule("R1", "R2", "R3", {"Ana": "A1", "Ben": "A2"}), 1),
        # A request met at last is no change.
        (schedule("R1", "R2", "R3", {"Ana": "A1,G1", "Ben": "A2,G1"}), 0),
    ],
)
def test_what_counts_as_a_change(now: Schedule, changes: int):
    figure = next(f for f in verify(school(), RULES, now, GIVEN).figures if f.name == "schedule-changes")
    assert figure.value == changes
    problem, keys = compile_school(school(), RULES, GIVEN)
    solution = solution_of(now, problem, keys)
    names = [level.name for level in problem.levels()]
    assert level_values(problem, solution)[names.index("schedule-changes")] == changes


def test_sections_without_a_place_before_may_take_any():
    given = schedule("R1", "", "R3", {"Ana": "A1,G1"})
    figure = next(f for f in verify(school(), RULES, GIVEN, given).figures if f.name == "schedule-changes")
    assert figure.value == 0


@pytest.mark.parametrize("baseline", [None, Schedule({}, {}), schedule("", "", "", {"Ana": ""})])
def test_with_nothing_to_start_from_there_is_no_such_figure(baseline: Schedule | None):
    assert "schedule-changes" not in {f.name for f in verify(school(), RULES, GIVEN, baseline).figures}
    problem, _ = compile_school(school(), RULES, baseline or Schedule({}, {}))
    assert "schedule-changes" not in {level.name for level in problem.levels()}


def test_staying_close_comes_right_after_unmet_requests():
    rules = staying_close(preset_rules("standard"))
    levels = {rule.kind: rule.level for rule in rules}
    assert (levels["unmet-requests"], levels["schedule-changes"]) == (1, 2)
    assert levels["granted-alternates"] == 3
    assert levels["sped-limit"] is None
    before = [rule.id for rule in sorted(preset_rules("standard"), key=lambda r: r.level or 0)]
    after = [rule.id for rule in sorted(rules, key=lambda r: r.level or 0) if rule.kind != "schedule-changes"]
    assert before == after


def test_rules_that_have_the_goal_stay_as_they_are():
    assert staying_close(RULES) == RULES
    first = tuple(replace(rule, level=9) if rule.kind == "unmet-requests" else rule for rule in RULES)
    assert staying_close(first) == first
