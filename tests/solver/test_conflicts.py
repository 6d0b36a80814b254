"""Conflicts: the smallest infeasible schools with their facts, and brute force on random ones."""

from dataclasses import replace
from random import Random

import pytest
from tiny_schools import placements, seatings, tiny_school

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, preset_rules
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.conflicts import Fact, core, find_conflict
from echelon_desktop.solver.conflicts.core import conflicting, smallest_conflict
from echelon_desktop.solver.conflicts.gather import gather

PERIODS = [e.Period("R1", day="R", order=1), e.Period("R2", day="R", order=2)]
STANDARD = preset_rules("standard")


def section(name: str, course: str = "", teacher: str = "", **fields) -> e.Section:
    fields.setdefault("seats", 9)
    return e.Section(name, course or name, (teacher,) if teacher else (), **fields)


def conflict(sections, rules="", placements=(), seatings=(), **records) -> tuple[Fact, ...]:
    records.setdefault("periods", PERIODS)
    school = School(sections=sections, **records)
    baseline = Schedule({p.section: p for p in placements}, {s.student: s for s in seatings})
    return find_conflict(school, parse_rules(rules, source="rules.toml") if rules else STANDARD, baseline)


def texts(facts) -> set[str]:
    assert all(fact.remedy and fact.table for fact in facts)
    return {fact.text for fact in facts}


def locked(name: str, period: str) -> e.Placement:
    return e.Placement("", name, (period,), locked=True)


def pinned(student: str, *seats: tuple[str, str]) -> e.Seating:
    return e.Seating("", student, tuple(e.Seat(*seat) for seat in seats), tuple(s for _, s in seats))


def wants(student: str, *courses: str) -> e.RequestList:
    return e.RequestList(student, tuple(e.CourseRequest(c) for c in courses))


def test_one_period_is_not_called_periods():
    (fact,) = conflict([section("A", "", "T"), section("B", "", "T")], periods=PERIODS[:1])
    assert fact.text.endswith("; the school has 1 period.")


def test_a_school_that_can_be_placed_has_no_conflict():
    assert conflict([section("A", teacher="T"), section("B", teacher="T")]) == ()


def test_a_school_without_sections_has_no_conflict():
    assert find_conflict(School(), STANDARD) == ()


def test_a_school_without_periods():
    (fact,) = conflict([section("A")], periods=[])
    assert (fact.text, fact.table) == ("The school has no periods.", "periods")


def test_more_sections_than_periods():
    (fact,) = conflict([section(name, teacher="T") for name in "ABC"])
    assert fact.text == "Teacher T teaches one section at a time: A, B and C; the school has 2 periods."
    assert (fact.table, fact.key) == ("teachers", "T")


def test_a_conflict_is_told_as_it_is_when_no_time_is_left_to_make_it_smaller(monkeypatch):
    class Clock:
        def __init__(self, limit_s: float) -> None:
            self.asked = 0

        @property
        def left(self) -> float:
            self.asked += 1
            return 9.0 if self.asked == 1 else 0.0

    monkeypatch.setattr(core, "_Clock", Clock)
    facts = conflict([section(name, teacher="T") for name in "ABC"], placements=[locked("C", "R1")])
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A, B and C.",
        "C is locked in R1.",
    }


def test_only_the_sections_that_matter_are_named():
    periods = [*PERIODS, e.Period("G1", day="G", order=1), e.Period("G2", day="G", order=2)]
    sections = [section(name, teacher="T") for name in "ABCD"]
    facts = conflict(sections, placements=[locked("B", "R1"), locked("D", "R1")], periods=periods)
    assert texts(facts) == {
        "Teacher T teaches one section at a time: B and D.",
        "B is locked in R1.",
        "D is locked in R1.",
    }
    assert {(f.table, f.key) for f in facts} == {("teachers", "T"), ("placements", "B"), ("placements", "D")}


def test_an_absent_teacher():
    away = [e.Unavailability("T", ("R2",))]
    facts = conflict([section("A", teacher="T"), section("B", teacher="T")], unavailability=away)
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        "Teacher T is unavailable in R2.",
    }


def test_a_lock_where_the_teacher_is_absent():
    away = [e.Unavailability("T", ("R2",))]
    facts = conflict([section("A", teacher="T")], placements=[locked("A", "R2")], unavailability=away)
    assert texts(facts) == {"Teacher T is unavailable in R2.", "A is locked in R2."}


def test_allowed_periods_of_rule_course_and_section_and_forbidden_places():
    rule = '[[rule]]\nid = "career"\nkind = "allowed-periods"\ncourses = ["A"]\nperiods = ["R1"]\n'
    assert texts(conflict([section("S", "A", allowed_periods=("R2",))], rule)) == {
        'A stands only in R1 (rule "career").',
        "Section S stands only in R2.",
    }
    both = [section(name, teacher="T") for name in "AB"]
    assert 'A and B stand only in R1 (rule "career").' in texts(
        conflict(both, rule.replace('"A"', '"A", "B"'))
    )
    course = [e.Course("A", allowed_periods=("R2",))]
    forbidden = [e.Placement("", "S", forbidden=("R2",))]
    assert texts(conflict([section("S", "A")], courses=course, placements=forbidden)) == {
        "Course A stands only in R2.",
        "S is forbidden in R2.",
    }


def test_a_graded_rule_is_no_fact():
    rule = '[[rule]]\nid = "career"\nkind = "allowed-periods"\nlevel = 5\ncourses = ["A"]\nperiods = ["R1"]\n'
    assert conflict([section("S", "A", allowed_periods=("R2",))], rule) == ()


def test_a_room_holds_one_section_at_a_time():
    facts = conflict([section(name, room="G12") for name in "ABC"], rooms=[e.Room("G12")])
    assert texts(facts) == {"Room G12 holds one section at a time: A, B and C; the school has 2 periods."}


def test_a_stack_is_one_section_for_its_teacher_and_stands_together():
    stack = [e.Link("L", e.LinkKind.STACKED, ("A", "B"))]
    sections = [section(name, teacher="T") for name in "ABC"]
    assert conflict(sections, links=stack) == ()
    facts = conflict(sections[:2], links=stack, placements=[locked("A", "R1"), locked("B", "R2")])
    assert texts(facts) == {
        "A and B are stacked: the same time and 9 seats together.",
        "A is locked in R1.",
        "B is locked in R2.",
    }


def test_sections_in_the_same_period_and_in_consecutive_ones():
    same = [e.Link("L", e.LinkKind.SAME_PERIOD, ("A", "B"))]
    facts = conflict([section("A", teacher="T"), section("B", teacher="T")], links=same)
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        "A and B meet in the same periods.",
    }
    after = [e.Link("L", e.LinkKind.CONSECUTIVE, ("A", "B"))]
    assert conflict([section("A"), section("B")], links=after) == ()
    facts = conflict([section("A"), section("B")], links=after, placements=[locked("A", "R2")])
    assert texts(facts) == {"A and B meet one right after the other.", "A is locked in R2."}


def test_a_double_period_that_no_day_has():
    periods = [e.Period("R1", day="R", order=1), e.Period("G1", day="G", order=1)]
    facts = conflict([section("S", "Algebra", pattern="2")], periods=periods)
    assert texts(facts) == {"S (Algebra) meets in 2 consecutive periods of a day."}


def test_double_periods_of_one_teacher():
    facts = conflict([section(name, teacher="T", pattern="2") for name in "AB"])
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        # Either of them as a single period would still meet the other.
        "A (A) meets in 2 consecutive periods of a day.",
    } or texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        "B (B) meets in 2 consecutive periods of a day.",
    }


def test_half_year_sections_crowded_into_one_half():
    terms = [e.Term("S1"), e.Term("S2")]
    sections = [section(name, teacher="T", term_choices=(("S1",),)) for name in "ABC"]
    facts = conflict(sections, terms=terms)
    assert "Teacher T teaches one section at a time: A, B and C." in texts(facts)
    assert "A (A) meets in one period in S1." in texts(facts)
    assert len(facts) == 4


def test_labs_that_cannot_be_apart():
    rule = '[[rule]]\nid = "labs"\nkind = "lab-spacing"\nlevel = "hard"\n'
    sections = [section(name, teacher="T", department="Science") for name in "AB"]
    facts = conflict(sections, "remove = ['lab-spacing']\n" + rule)
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        'The labs A and B of T are not in consecutive periods (rule "labs").',
    }


def test_a_teacher_without_a_break():
    rule = '[[rule]]\nid = "breaks"\nkind = "teacher-consecutive"\nlimit = 1\n'
    facts = conflict([section(name, teacher="T") for name in "AB"], rule)
    assert texts(facts) == {
        "Teacher T teaches one section at a time: A and B.",
        'T teaches at most 1 period in a row (rule "breaks"), and has A and B.',
    }


def test_a_part_time_teacher_with_a_full_load():
    rule = '[[rule]]\nid = "load"\nkind = "teacher-load"\nlimit = 2\n'
    half = [e.Teacher("T", fte=0.5)]
    facts = conflict([section(name, teacher="T") for name in "AB"], rule, teachers=half)
    assert texts(facts) == {
        'T teaches at most 1 section at a time of the year (rule "load"), and has A and B.'
    }


def test_too_many_preparations():
    rule = '[[rule]]\nid = "preps"\nkind = "teacher-preps"\nlimit = 1\n'
    facts = conflict([section(name, teacher="T") for name in "AB"], rule)
    assert texts(facts) == {'T prepares at most 1 course (rule "preps"), and teaches A and B.'}


def test_a_student_with_too_few_requests():
    rule = '[[rule]]\nid = "free"\nkind = "student-free-periods"\nlimit = 0\n'
    facts = conflict([section("A")], rule, students=[e.Student("P")], requests=[wants("P", "A")])
    assert texts(facts) == {
        'Student P may have at most 0 free periods (rule "free"), and has 1 with all requests met.'
    }


def test_a_student_pinned_into_sections_locked_together():
    facts = conflict(
        [section("A"), section("B"), section("C")],
        placements=[locked("A", "R1"), locked("B", "R1"), locked("C", "R2")],
        requests=[wants("P", "A", "B", "C")],
        seatings=[pinned("P", ("A", "A"), ("B", "B"), ("C", "C"))],
    )
    assert texts(facts) == {
        "A is locked in R1.",
        "B is locked in R1.",
        "Student P is pinned into A.",
        "Student P is pinned into B.",
    }
    assert ("seatings", "P") in {(f.table, f.key) for f in facts}


@pytest.mark.parametrize(
    ("fields", "student", "said"),
    [
        ({"seats": 0}, {}, "A has 0 seats."),
        ({"sped_limit": 0}, {"sped": True}, "A takes at most 0 SPED students."),
        ({"grades": ("9",)}, {"grade": "10"}, "A is only for grade 9, and student P is not among them."),
        ({"room": "G12"}, {}, "Room G12 of A has 0 seats."),
        ({}, {"unavailable": ("R1", "R2")}, "Student P is unavailable in R1 and R2."),
    ],
)
def test_a_pinned_student_who_cannot_sit_there(fields, student, said):
    facts = conflict(
        [section("A", **fields)],
        rooms=[e.Room("G12", seats=0)],
        students=[e.Student("P", **student)],
        requests=[wants("P", "A")],
        seatings=[pinned("P", ("A", "A"))],
    )
    assert texts(facts) == {"Student P is pinned into A.", said}


def test_a_student_pinned_into_one_of_two_sections_with_the_same_students():
    facts = conflict(
        [section("A"), section("B1", "B"), section("B2", "B")],
        links=[e.Link("L", e.LinkKind.SAME_STUDENTS, ("A", "B1"))],
        requests=[wants("P", "A", "B")],
        seatings=[pinned("P", ("A", "A"), ("B", "B2"))],
    )
    assert texts(facts) == {
        "A and B1 have the same students.",
        "Student P is pinned into A.",
        "Student P is pinned into B2.",
    }


def test_pins_that_no_request_answers():
    facts = conflict(
        [section("A"), section("B")], requests=[wants("P", "A")], seatings=[pinned("P", ("B", "B"))]
    )
    assert texts(facts) == {"Student P is pinned into B.", "Student P does not ask for B."}
    either = e.RequestList("P", (e.CourseRequest("A", alternates=("B",)),))
    both = [pinned("P", ("A", "A"), ("A", "B"))]
    assert texts(conflict([section("A"), section("B")], requests=[either], seatings=both)) == {
        "Student P is pinned into A.",
        "Student P is pinned into B.",
        "Student P has too few requests to hold A and B.",
    }
    (fact,) = conflict([section("A")], requests=[wants("P", "A")], seatings=[pinned("P", ("A", "X"))])
    assert fact.text == "Student P is pinned into X; there is no X."


def test_a_lock_with_another_teacher():
    there = e.Placement("", "A", ("R1",), teachers=("U",), locked=True)
    (fact,) = conflict([section("A", teacher="T")], placements=[there])
    assert fact.text == "A is locked with teacher U, and has T."
    # Where the section names none, the lock's teacher is its teacher.
    facts = conflict([section("A"), section("B", teacher="U")], placements=[there, locked("B", "R1")])
    assert "Teacher U teaches one section at a time: A and B." in texts(facts)


HARD = """
remove = ["lab-spacing"]
[[rule]]
id = "labs"
kind = "lab-spacing"
level = "hard"
[[rule]]
id = "load"
kind = "teacher-load"
limit = 2
[[rule]]
id = "breaks"
kind = "teacher-consecutive"
limit = 2
"""


def tight_school(seed: int) -> tuple[School, tuple[e.Rule, ...], Schedule]:
    """A tiny school with locks, forbidden places, rooms, links, pins and hard rules; many conflict."""
    rng = Random(f"tight {seed}")
    school, _ = tiny_school(seed)
    sections = [
        replace(
            s,
            room=rng.choice(["", "G12"]),
            department=rng.choice(["", "Science"]),
            allowed_periods=(rng.choice(list(school.periods)),) if rng.random() < 0.15 else (),
        )
        for s in school.sections.values()
    ]
    links = list(school.links.values())
    if rng.random() < 0.4:
        a, b = rng.sample([s.id for s in sections], 2)
        kinds = [e.LinkKind.SAME_PERIOD, e.LinkKind.CONSECUTIVE, e.LinkKind.SAME_STUDENTS]
        links.append(e.Link("M", rng.choice(kinds), (a, b)))
    placements = {}
    for s in sections:
        if rng.random() < 0.25:
            where = (rng.choice(list(school.periods)),)
            if rng.random() < 0.5:
                terms = (rng.choice(list(school.terms)),) if school.terms and s.term_choices else ()
                placements[s.id] = e.Placement("", s.id, where, terms, locked=True)
            else:
                placements[s.id] = e.Placement("", s.id, forbidden=where)
    seatings = {}
    for wishes in school.requests.values():
        seats = [e.Seat(r.course, s.id) for r in wishes.requests for s in sections if s.course == r.course]
        if seats and rng.random() < 0.5:
            held = rng.sample(seats, min(len(seats), rng.randint(1, 2)))
            held = list({seat.course: seat for seat in held}.values())
            pins = tuple(seat.section for seat in held)
            seatings[wishes.student] = e.Seating("", wishes.student, tuple(held), pins)
    records = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    records |= {"sections": sections, "links": links, "rooms": [e.Room("G12", seats=rng.randint(1, 3))]}
    rules = parse_rules(HARD, source="rules.toml") if rng.random() < 0.5 else STANDARD
    return School(**records), rules, Schedule(placements, seatings)


def can_be_scheduled(school: School, rules, baseline: Schedule) -> bool:
    problem, _ = compile_school(school, rules, baseline)
    return any(
        next(seatings(problem, [int(problem.choice_mask[k]) for k in taken]), None) is not None
        for taken in placements(problem)
    )


@pytest.mark.parametrize("block", range(5))
def test_a_conflict_is_found_exactly_where_no_schedule_exists(block):
    found = []
    for seed in range(block * 25, block * 25 + 25):
        school, rules, baseline = tight_school(seed)
        facts = find_conflict(school, rules, baseline)
        assert bool(facts) != can_be_scheduled(school, rules, baseline), seed
        found.append(bool(facts))
    assert any(found)
    assert not all(found)


@pytest.mark.parametrize("block", range(3))
def test_every_claim_of_a_conflict_is_needed(block):
    """The school conflicts in these claims alone, and no more when any one of them is taken away."""
    for seed in range(block * 25, block * 25 + 25):
        demands = gather(*tight_school(seed))
        claims = smallest_conflict(demands, 60)
        assert not claims or conflicting(demands, claims, 60)
        for claim in claims:
            assert not conflicting(demands, [c for c in claims if c is not claim], 60), (seed, claim)
            for section in claim.sections:
                weaker = claim.without(section)
                rest = [c if c is not claim else weaker for c in claims]
                assert weaker is None or not conflicting(demands, rest, 60), (seed, claim)


UNDO = ("unavailability", "placements", "seatings", "links", "rules", "rooms")


@pytest.mark.parametrize("block", range(3))
def test_taking_a_fact_out_of_the_school_ends_the_conflict(block):
    """Records are really changed here, and brute force looks for a schedule of the part that conflicted."""
    ended = 0
    for seed in range(block * 25, block * 25 + 25):
        school, rules, baseline = tight_school(seed)
        for fact in find_conflict(school, rules, baseline):
            if fact.table not in UNDO:
                continue
            again = find_conflict(*without(school, rules, baseline, fact))
            assert fact.text not in {f.text for f in again}, (seed, fact)
            ended += not again
    assert ended


def without(school: School, rules, baseline: Schedule, fact: Fact):
    records = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    placements, seated = dict(baseline.placements), dict(baseline.seatings)
    if fact.table == "placements":
        del placements[fact.key]
    elif fact.table == "seatings":
        pins = tuple(p for p in seated[fact.key].pinned if p not in fact.sections)
        seated[fact.key] = replace(seated[fact.key], pinned=pins)
    elif fact.table == "rules":
        rules = tuple(rule for rule in rules if rule.id != fact.key)
    elif fact.table == "rooms":
        records["rooms"] = []
        records["sections"] = [replace(s, room="") for s in records["sections"]]
    elif fact.table == "links":
        records["links"] = [link for link in records["links"] if link.id != fact.key]
    else:
        records["unavailability"] = [u for u in records["unavailability"] if u.teacher != fact.key]
    return School(**records), rules, Schedule(placements, seated)
