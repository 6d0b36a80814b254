"""Random schedules of a random small school: verify agrees with a recount that shares nothing with it."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.verify import verify

PERIODS = ["R1", "R2", "G1"]
COURSES = ["Art", "Bio", "Chem"]
TEACHERS = ["Tan", "Uhl"]
STUDENTS = ["Ana", "Ben", "Cy"]
RULES = (*preset_rules("standard"), e.Rule("at most one", "sped-limit", limit=1, courses=("Art",)))


@st.composite
def schools(draw: st.DrawFn) -> tuple[School, Schedule]:
    sections = [
        e.Section(
            f"s{i}",
            draw(st.sampled_from(COURSES)),
            tuple(draw(st.lists(st.sampled_from(TEACHERS), max_size=2, unique=True))),
            draw(st.integers(0, 2)),
        )
        for i in range(draw(st.integers(1, 5)))
    ]
    lists = {s: draw(st.lists(st.sampled_from(COURSES), unique=True)) for s in STUDENTS}
    school = School(
        periods=[e.Period(p, day=p[0], order=int(p[1])) for p in PERIODS],
        courses=map(e.Course, COURSES),
        teachers=map(e.Teacher, TEACHERS),
        unavailability=[e.Unavailability("Tan", tuple(draw(st.sets(st.sampled_from(PERIODS)))))],
        sections=sections,
        students=[e.Student(s, sped=draw(st.booleans())) for s in STUDENTS],
        requests=[e.RequestList(s, tuple(map(e.CourseRequest, courses))) for s, courses in lists.items()],
    )
    placements = {
        s.id: e.Placement("", s.id, (draw(st.sampled_from(PERIODS)),), (), s.teachers) for s in sections
    }
    seatings = {}
    for student in STUDENTS:
        held = draw(st.lists(st.sampled_from(sections), max_size=4))
        seatings[student] = e.Seating("", student, tuple(e.Seat(s.course, s.id) for s in held))
    return school, Schedule(placements, seatings)


@given(schools())
def test_broken_facts_are_those_of_a_recount(drawn):
    school, schedule = drawn
    found = {(v.rule, v.key) for v in verify(school, RULES, schedule).violations}
    sections = list(school.sections.values())
    period = {s: p.periods[0] for s, p in schedule.placements.items()}
    held = {s: [seat.section for seat in seating.seats] for s, seating in schedule.seatings.items()}
    course = {s.id: s.course for s in sections}
    wanted = {s: [r.course for r in x.requests] for s, x in school.requests.items()}

    broken = set()
    for a, b in combinations(sections, 2):
        if period[a.id] == period[b.id]:
            broken |= {("teacher-once", t) for t in set(a.teachers) & set(b.teachers)}
    away = school.unavailability["Tan"].slots
    broken |= {("teacher-available", "Tan") for s in sections if "Tan" in s.teachers and period[s.id] in away}
    for student in STUDENTS:
        mine = held[student]
        if len({period[s] for s in mine}) < len(mine):
            broken.add(("student-once", student))
        if len({course[s] for s in mine}) < len(mine):
            broken |= {("course-once", student), ("one-seat-per-request", student)}
        if any(course[s] not in wanted[student] for s in mine):
            broken.add(("requested-courses", student))
    for s in sections:
        inside = [student for student in STUDENTS for mine in held[student] if mine == s.id]
        if len(inside) > s.seats:
            broken.add(("section-seats", s.id))
        if sum(school.students[i].sped for i in inside) > (1 if s.course == "Art" else 12):
            broken.add(("sped-limit", s.id))
    assert found == broken


@given(schools())
def test_figures_are_those_of_a_recount(drawn):
    school, schedule = drawn
    verdict = verify(school, RULES, schedule)
    held = {
        student: {school.sections[seat.section].course for seat in seating.seats}
        for student, seating in schedule.seatings.items()
    }
    unmet = sum(r.course not in held[s] for s, x in school.requests.items() for r in x.requests)
    sizes = Counter(seat.section for seating in schedule.seatings.values() for seat in seating.seats)
    spread = 0
    for course in COURSES:
        of_course = [sizes[s.id] for s in school.sections.values() if s.course == course]
        spread += max(of_course, default=0) - min(of_course, default=0)
    assert {f.name: f.value for f in verdict.figures} == {
        "unmet requests": unmet,
        "section-balance": spread,
        "lab-spacing": 0,
    }
    assert verdict.counts.unmet == unmet
    assert verdict.counts.met + unmet == verdict.counts.requests
    assert verdict.counts.students_with_every_request == sum(
        bool(x.requests) and all(r.course in held[s] for r in x.requests) for s, x in school.requests.items()
    )
