"""A schedule that came back, put on a school that may have been edited since."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_runner.client.apply import schedule_of_run
from cloud_runner.client.fit import UNPLACED, fit, lost
from cloud_runner.client.judge import keep_schedule
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import INPUT_FILE, KEYS_FILE, Run, Runs, State
from cloud_runner.wire.documents import Level
from cloud_runner.wire.layout import new_run_id
from echelon_desktop.errors import RemoteError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.sample import Sample, make_school
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.solve import solve_problem
from echelon_desktop.solver.verify import verify

REMOTE = Remote("R", "us-east-1", "bucket", "https://q", "jobs", "/log")
Tables = dict[str, list[Any]]


def made() -> Sample:
    return make_school(students=60, seed=1)


def solved() -> Schedule:
    sample = made()
    problem, keys = compile_school(sample.school, sample.rules)
    solution = solve_problem(problem, Params(time_limit_s=30, iterations=500, workers=1)).result.solution
    assert solution is not None
    return schedule_of(solution, keys, sample.school)


SAMPLE, SCHEDULE = made(), solved()


def tables() -> Tables:
    return {spec.name: list(getattr(SAMPLE.school, spec.name).values()) for spec in SCHOOL_TABLES}


def changed(found: Tables, table: str, key: str, **changes: Any) -> None:
    found[table] = [replace(x, **changes) if x.id == key else x for x in found[table]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that came back with the schedule."""
    prepared = prepare(SAMPLE.school, SAMPLE.rules, NO_SCHEDULE, Order((1,)))
    verdict = verify(SAMPLE.school, SAMPLE.rules, SCHEDULE)
    run = Run(
        new_run_id(), REMOTE, "", "", prepared.digest, "2026-11-22T16:00:00Z", prepared.order,
        prepared.receipt.sha256, State.DONE, best_child=0,
        levels=tuple(Level(figure.name, figure.value, None) for figure in verdict.figures),
    )  # fmt: skip
    files = {INPUT_FILE: prepared.input_bytes, KEYS_FILE: prepared.key_table.to_bytes()}
    run = Runs(tmp_path / "runs").new(run, files)
    keep_schedule(run, SCHEDULE)
    return run


def placed() -> tuple[str, e.Placement]:
    """A section with students."""
    seats: dict[str, int] = {}
    for seating in SCHEDULE.seatings.values():
        for seat in seating.seats:
            seats[seat.section] = seats.get(seat.section, 0) + 1
    section = max(seats, key=lambda key: seats[key])
    return section, SCHEDULE.placements[section]


def sitting(schedule: Schedule, section: str) -> list[str]:
    return [k for k, x in schedule.seatings.items() if any(seat.section == section for seat in x.seats)]


def test_an_unchanged_school_gets_the_schedule_as_it_is(run: Run) -> None:
    applied = schedule_of_run(run, SAMPLE.school, SAMPLE.rules, NO_SCHEDULE)
    assert applied.schedule == SCHEDULE
    assert (applied.edited, applied.dropped) == (False, ())
    assert applied.verdict.ok


def test_an_edit_that_concerns_nothing_drops_nothing(run: Run) -> None:
    found = tables()
    found["teachers"].append(e.Teacher("New"))
    applied = schedule_of_run(run, School(**found), SAMPLE.rules, NO_SCHEDULE)
    assert (applied.edited, applied.dropped) == (True, ())
    assert applied.schedule.placements == SCHEDULE.placements
    assert applied.verdict.ok


def without_section(found: Tables, section: str, placement: e.Placement) -> str:
    found["sections"] = [x for x in found["sections"] if x.id != section]
    found["links"] = [x for x in found["links"] if section not in x.sections]
    return f"Section {section} is gone"


def fewer_seats(found: Tables, section: str, placement: e.Placement) -> str:
    here = sitting(SCHEDULE, section)
    changed(found, "sections", section, seats=len(here) - 3)
    return "Student "


def teacher_away(found: Tables, section: str, placement: e.Placement) -> str:
    found["unavailability"].append(e.Unavailability(placement.teachers[0], placement.periods))
    return f"Section {section} can no longer stand in"


def other_periods(found: Tables, section: str, placement: e.Placement) -> str:
    others = tuple(p.id for p in found["periods"] if p.id not in placement.periods)
    changed(found, "sections", section, allowed_periods=others)
    return f"Section {section} can no longer stand in"


def student_gone(found: Tables, section: str, placement: e.Placement) -> str:
    student = sitting(SCHEDULE, section)[0]
    found["students"] = [x for x in found["students"] if x.id != student]
    found["requests"] = [x for x in found["requests"] if x.student != student]
    return f"Student {student} is gone"


def request_gone(found: Tables, section: str, placement: e.Placement) -> str:
    student = sitting(SCHEDULE, section)[0]
    found["requests"] = [x for x in found["requests"] if x.student != student]
    return f"Student {student} loses"


def student_away(found: Tables, section: str, placement: e.Placement) -> str:
    student = sitting(SCHEDULE, section)[0]
    changed(found, "students", student, unavailable=placement.periods)
    return f"Student {student} loses"


def one_teacher_more(found: Tables, section: str, placement: e.Placement) -> str:
    """Another section of the same time is now taught by this one's teacher."""
    other = next(
        key
        for key, p in SCHEDULE.placements.items()
        if p.periods == placement.periods and p.teachers != placement.teachers and p.teachers
    )
    changed(found, "sections", other, teachers=placement.teachers)
    return "can no longer stand in"


EDITS = [
    without_section, fewer_seats, teacher_away, other_periods, student_gone, request_gone, student_away,
    one_teacher_more,
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_no_longer_fits_is_told_and_the_rest_applied(run: Run, edit: Callable[..., str]) -> None:
    section, placement = placed()
    found = tables()
    said = edit(found, section, placement)
    school = School(**found)
    before = verify(school, SAMPLE.rules, SCHEDULE)
    assert not before.ok  # as it came, it does not fit
    applied = schedule_of_run(run, school, SAMPLE.rules, NO_SCHEDULE)
    assert {v.rule for v in applied.verdict.violations} <= {UNPLACED}
    assert any(said in line for line in applied.dropped)
    stands = [k for k, p in applied.schedule.placements.items() if p.periods]
    assert len(stands) >= len(SCHEDULE.placements) - 2
    if edit is fewer_seats:
        assert len(applied.dropped) == 3
        assert len(sitting(applied.schedule, section)) == len(sitting(SCHEDULE, section)) - 3


def test_what_was_locked_since_stays_where_it_is(run: Run) -> None:
    section, placement = placed()
    grid = SlotGrid(SAMPLE.school)
    elsewhere = next(
        choice
        for choice in grid.choices(SAMPLE.school.sections[section])
        if choice.periods != placement.periods
    )
    locked = replace(placement, periods=elsewhere.periods, terms=elsewhere.terms, locked=True)
    baseline = Schedule({section: locked}, {})
    applied = schedule_of_run(run, SAMPLE.school, SAMPLE.rules, baseline)
    assert applied.schedule.placements[section].periods == elsewhere.periods
    assert applied.schedule.placements[section].locked
    assert {v.rule for v in applied.verdict.violations} <= {UNPLACED}
    assert any(f"Section {section} is locked in" in line for line in applied.dropped)


def test_a_school_that_contradicts_itself_is_refused(run: Run) -> None:
    """Two sections of one teacher are locked in one period: nothing of the schedule is to blame."""
    (first, one), (second, other) = [(key, p) for key, p in SCHEDULE.placements.items() if p.teachers][:2]
    found = tables()
    changed(found, "sections", second, teachers=one.teachers)
    baseline = Schedule(
        {
            first: replace(one, locked=True),
            second: replace(other, teachers=one.teachers, periods=one.periods, terms=one.terms, locked=True),
        },
        {},
    )
    with pytest.raises(RemoteError, match="does not fit"):
        schedule_of_run(run, School(**found), SAMPLE.rules, baseline)


@settings(max_examples=15)
@given(st.integers(0, 1 << 30))
def test_after_any_edits_every_hard_rule_is_kept(seed: int) -> None:
    rng = Random(seed)
    found = tables()
    for _ in range(rng.randint(1, 6)):
        section = rng.choice(found["sections"]).id
        student, period = rng.choice(found["students"]).id, rng.choice(found["periods"]).id
        what = rng.randrange(6)
        if what == 0:
            found["sections"] = [x for x in found["sections"] if x.id != section]
            found["links"] = [x for x in found["links"] if section not in x.sections]
        elif what == 1:
            changed(found, "sections", section, seats=rng.randint(0, 20), sped_limit=rng.randint(0, 2))
        elif what == 2:
            changed(found, "sections", section, teachers=(rng.choice(found["teachers"]).id,))
        elif what == 3:
            changed(found, "students", student, unavailable=(period,))
        elif what == 4:
            changed(found, "sections", section, allowed_periods=(period,))
        else:
            other = rng.choice(found["sections"]).id
            if other != section:
                link = e.Link(f"New{rng.random()}", e.LinkKind.SAME_PERIOD, (section, other))
                found["links"].append(link)
    school = School(**found)
    fitted = fit(SCHEDULE, school, SAMPLE.rules, NO_SCHEDULE)
    verdict = verify(school, SAMPLE.rules, fitted)
    assert {v.rule for v in verdict.violations} <= {UNPLACED}
    told = list(lost(SCHEDULE, fitted, school))
    unplaced = [k for k, p in fitted.placements.items() if not p.periods and k in school.sections]
    assert sum("can no longer stand" in line for line in told) == len(unplaced)
