"""
A school that uses every rule at once: its planted schedule is reached at every level, and is spoilt by
breaking any rule or fact, each of which verify then names.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import CHANGES, RULE_KINDS
from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.model.tables import TABLES
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import FACTS, Verdict, verify

Spoil = Callable[[Schedule], Schedule]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_school(8, shape=FAMILIES["every-rule"])


def test_the_school_uses_every_rule(sample: Sample) -> None:
    # There is nothing to start from, so that changes to it are no rule here.
    assert {rule.kind for rule in sample.rules} | {CHANGES} == set(RULE_KINDS)
    school, planted = sample.school, sample.planted
    assert planted is not None
    assert {link.kind for link in school.links.values()} == set(e.LinkKind)
    for what in (school.terms, school.groups, school.unavailability):
        assert what
    sections = list(school.sections.values())
    assert {len(section.teachers) for section in sections} == {0, 1, 2}
    assert {bool(section.room) for section in sections} == {True, False}
    assert any(request.alternates for wanted in school.requests.values() for request in wanted.requests)
    assert {request.rank for wanted in school.requests.values() for request in wanted.requests} == {1, 2}


@pytest.mark.parametrize("students", [8, 16, 24])
def test_every_level_reaches_the_planted_value(students: int) -> None:
    sample = make_school(students, shape=FAMILIES["every-rule"])
    assert sample.planted is not None
    planted = verify(sample.school, sample.rules, sample.planted)
    assert planted.ok
    in_use = sum(figure.value for figure in planted.figures if figure.name == "room-use")
    assert sum(planted.score) == in_use == 5  # rooms in use cost, nothing else does
    solved = solve_school(sample.school, sample.rules, Params(time_limit_s=120, seed=1, workers=1))
    assert solved.verdict is not None
    assert solved.verdict.ok
    for found, wanted in zip(solved.verdict.figures, planted.figures, strict=True):
        assert found.value <= wanted.value, found.name
    assert solved.verdict.counts.load_spread == 0
    assert solved.verdict.counts.room_slots_taught > 0
    placements = solved.schedule.placements.values() if solved.schedule is not None else ()
    assert all(placement.teachers and placement.room for placement in placements)


def at(section: str, periods: str, term: str = "") -> Spoil:
    """Put a section elsewhere."""
    return with_placement(section, periods=tuple(periods.split()), terms=(term,) if term else ())


def with_placement(section: str, **changes: object) -> Spoil:
    def spoil(schedule: Schedule) -> Schedule:
        placement = replace(schedule.placements[section], **changes)
        return Schedule({**schedule.placements, section: placement}, schedule.seatings)

    return spoil


def seated(student: str, **sections: str) -> Spoil:
    """Give a student other seats: requested course → section, empty to take it away."""

    def spoil(schedule: Schedule) -> Schedule:
        seats = {seat.course.replace(" ", ""): seat for seat in schedule.seatings[student].seats}
        for course, section in sections.items():
            before = seats.pop(course, None)
            if section:
                seats[course] = e.Seat(before.course if before else course, section)
        seating = replace(schedule.seatings[student], seats=tuple(seats.values()))
        return Schedule(schedule.placements, {**schedule.seatings, student: seating})

    return spoil


def both(*spoils: Spoil) -> Spoil:
    def spoil(schedule: Schedule) -> Schedule:
        for each in spoils:
            schedule = each(schedule)
        return schedule

    return spoil


# House 1; blocks 0 to 3; students 0 (SPED, takes Studio) and 1 (takes AP Studio).
RULES: dict[str, Spoil] = {
    "unmet-requests": seated("100", English=""),
    "granted-alternates": seated("101", APStudio="Studio-10"),
    "sped-balance": seated("100", English="English-11"),
    "section-balance": seated("101", English="English-11"),
    "sped-limit": seated("100", English="English-11"),
    "allowed-periods": at("Biology-10", "R4"),
    "lab-spacing": at("Biology-11", "R2"),
    "teacher-consecutive": at("English-12", "R1"),
    "teacher-travel": with_placement("English-11", room="S11"),
    "teacher-load": with_placement("English-10", teachers=("E1", "X1", "M1")),
    "teacher-preps": with_placement("English-12", teachers=("M1",)),
    "teacher-load-spread": with_placement("Studio-10", teachers=("D1",)),
    "teacher-rooms": with_placement("English-10", room="N21"),
    "section-teachers": with_placement("Math-12", teachers=()),
    "section-rooms": with_placement("Math-12", room=""),
    "room-fit": with_placement("Math-12", room="Hall1"),
    "room-use": with_placement("Math-12", room="Hall1"),
    "student-free-periods": seated("101", English=""),
    "student-holes": at("Math-11", "G4"),
    "student-day-balance": at("Math-11", "R4"),
}


def costs(verdict: Verdict) -> dict[str, int]:
    """Kind → what its rules count; as many violations where they are hard."""
    found = dict.fromkeys(RULE_KINDS, 0)
    for figure in verdict.figures:
        for part in figure.parts:
            found[part.kind] += part.cost
    for violation in verdict.violations:
        if violation.rule in found:
            found[violation.rule] += 1
    return found


@pytest.mark.parametrize("kind", [kind for kind in RULE_KINDS if kind != CHANGES])
def test_breaking_a_rule_is_seen(sample: Sample, kind: str) -> None:
    assert sample.planted is not None
    before = verify(sample.school, sample.rules, sample.planted)
    after = verify(sample.school, sample.rules, RULES[kind](sample.planted))
    assert costs(after)[kind] > costs(before)[kind]
    assert not after.ok or after.score > before.score
    if RULE_KINDS[kind].hard:
        hard = [replace(rule, level=None) if rule.kind == kind else rule for rule in sample.rules]
        assert verify(sample.school, hard, sample.planted).ok
        broken = verify(sample.school, hard, RULES[kind](sample.planted))
        assert kind in {violation.rule for violation in broken.violations}


FACTS_BROKEN: dict[str, Spoil] = {
    "known-records": with_placement("Math-11", room="nowhere"),
    "placed": with_placement("Math-11", periods=()),
    "pattern": at("Studio-10", "R1"),
    "allowed-periods": at("Civics-10", "G1", "S1"),
    "assigned-teachers": with_placement("English-11", teachers=("M1",)),
    "assigned-room": with_placement("Biology-11", room="N11"),
    "teacher-once": at("English-11", "R3"),
    "teacher-available": at("Biology-11", "R4"),
    "room-once": with_placement("Math-10", room="S11"),
    "student-once": at("English-11", "R3"),
    "student-available": at("English-10", "R4"),
    "requested-courses": seated("100", APStudio="APStudio-10"),
    "one-seat-per-request": lambda schedule: two_seats(schedule, "100", e.Seat("English", "English-11")),
    "course-once": seated("101", English="Studio-11", APStudio="Studio-10"),
    "section-seats": both(*(seated(s, English="English-11") for s in ("100", "101"))),
    "stack-seats": both(*(seated(s, Studio="Studio-11") for s in ("100", "120"))),
    "room-seats": with_placement("Biology-11", room="Closet"),
    "sped-limit": seated("100", English="English-11"),
    "grades-and-groups": seated("120", English="English-10"),
    "stacked": at("Studio-10", "G3 G4"),
    "same-students": seated("100", Economics="Economics-11"),
    "same-period": at("Economics-10", "R4", "S2"),
    "consecutive": at("Biology-10", "R3"),
}


def two_seats(schedule: Schedule, student: str, more: e.Seat) -> Schedule:
    seating = schedule.seatings[student]
    seating = replace(seating, seats=(*seating.seats, more))
    return Schedule(schedule.placements, {**schedule.seatings, student: seating})


# Where a fact takes a school that is a little different.
MORE: dict[str, tuple[str, e.Record]] = {
    "room-seats": ("rooms", e.Room("Closet", 1, type="lab")),
    "course-once": (
        "requests",
        e.RequestList(
            "101",
            (e.CourseRequest("English", 1, ("Studio",)), e.CourseRequest("AP Studio", 2, ("Studio",))),
        ),
    ),
}


@pytest.mark.parametrize("fact", FACTS_BROKEN)
def test_breaking_a_fact_is_seen(sample: Sample, fact: str) -> None:
    assert sample.planted is not None
    tables = {name: dict(table.items()) for name, table in vars(sample.school).items()}
    if fact in MORE:
        name, record = MORE[fact]
        tables[name][TABLES[name].key_of(record)] = record
    school = School(**{name: rows.values() for name, rows in tables.items()})
    verdict = verify(school, sample.rules, FACTS_BROKEN[fact](sample.planted))
    assert fact in {violation.rule for violation in verdict.violations}


def test_what_people_fixed_is_kept(sample: Sample) -> None:
    planted = sample.planted
    assert planted is not None
    locked = with_placement("Math-11", locked=True)(planted)
    moved = at("Math-11", "G1")(planted)
    assert "locked" in {v.rule for v in verify(sample.school, sample.rules, moved, locked).violations}
    forbidden = with_placement("Math-11", forbidden=("G3",))(planted)
    assert "forbidden" in {v.rule for v in verify(sample.school, sample.rules, forbidden, None).violations}
    pinned = dict(planted.seatings)
    pinned["100"] = replace(pinned["100"], pinned=("English-10",))
    away = seated("100", English="English-11")(planted)
    baseline = Schedule(planted.placements, pinned)
    assert "pinned" in {v.rule for v in verify(sample.school, sample.rules, away, baseline).violations}
    assert {*FACTS_BROKEN, "locked", "forbidden", "pinned"} == set(FACTS)
