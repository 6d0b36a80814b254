"""Solving a department or a grade: what is outside keeps its place, or is left out where it has none."""

import pytest

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Seating
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.scope import department_of
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.scopes import Part, Scope, confine, merged
from echelon_desktop.solver.solve_school import solve_school
from echelon_desktop.solver.verify import verify

SAMPLE = make_school(students=80, seed=2)
SCHOOL, RULES, PLANTED = SAMPLE.school, SAMPLE.rules, SAMPLE.planted
PARAMS = Params(time_limit_s=600, iterations=60, workers=1)


def departments(school: School) -> set[str]:
    return {department_of(school, s) for s in school.sections.values()}


def solved(schedule: Schedule, scope: Scope) -> Schedule:
    school, baseline = confine(SCHOOL, schedule, scope)
    result = solve_school(school, RULES, PARAMS, baseline=baseline)
    assert result.schedule is not None
    return merged(schedule, result.schedule)


def test_the_whole_school_is_itself():
    assert confine(SCHOOL, PLANTED, Scope()) == (SCHOOL, PLANTED)


@pytest.mark.parametrize("department", sorted(departments(SCHOOL)))
def test_a_department_is_drafted_before_the_others_are_thought_of(department: str):
    scope = Scope(Part.DEPARTMENT, department)
    school, _ = confine(SCHOOL, NO_SCHEDULE, scope)
    assert departments(school) == {department}
    courses = {s.course for s in school.sections.values()}
    asked = {r.course for x in school.requests.values() for r in x.requests}
    assert asked <= courses | {a for x in SCHOOL.requests.values() for r in x.requests for a in r.alternates}


def test_a_department_moves_and_all_else_stays():
    department = min(departments(SCHOOL))
    after = solved(PLANTED, Scope(Part.DEPARTMENT, department))
    assert verify(SCHOOL, RULES, after).ok
    for section in SCHOOL.sections.values():
        if department_of(SCHOOL, section) != department:
            assert after.placements[section.id].periods == PLANTED.placements[section.id].periods
    assert after.placements.keys() == PLANTED.placements.keys()
    assert not any(placement.locked for placement in after.placements.values())
    assert not any(seating.pinned for seating in after.seatings.values())


def test_a_grade_moves_and_nobody_else_does():
    grade = min(s.grade for s in SCHOOL.students.values())
    after = solved(PLANTED, Scope(Part.GRADE, grade))
    assert verify(SCHOOL, RULES, after).ok
    for student in SCHOOL.students.values():
        if student.grade != grade:
            assert set(after.seatings[student.id].seats) == set(PLANTED.seatings[student.id].seats)


def test_the_users_own_locks_and_pins_come_back():
    section = next(iter(PLANTED.placements))
    student = next(s for s in PLANTED.seatings.values() if s.seats)
    locked = Schedule(
        {**PLANTED.placements, section: type(PLANTED.placements[section])("", section, ("R1",), locked=True)},
        {
            **PLANTED.seatings,
            student.student: Seating("", student.student, student.seats, (student.seats[0].section,)),
        },
    )
    back = merged(locked, PLANTED)
    assert back.placements[section].locked
    assert back.seatings[student.student].pinned == (student.seats[0].section,)
