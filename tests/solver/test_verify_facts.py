"""For each fact of a school a schedule that keeps it, and one that breaks it and nothing else."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from verify_examples import PLACES, TERMS, asks, link, schedule, school, seating, section

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, preset_rules
from echelon_desktop.solver.verify import FACTS, Violation, verify

RULES = preset_rules("standard")
ALTERNATIVES = {"requests": [asks("Ana", "Art", e.CourseRequest("Bio", alternates=("Drama",)))]}
ALL_THREE = {"Ana": {"Art": "A-1", "Bio": "B-1", "Drama": "D-1"}}
SEMESTERS = {"terms": TERMS, "sections": [section("D-1", term_choices=(("S1",), ("S2",)))]}
STACK = {
    "links": [link("stacked", "A-1", "D-1")],
    "students": [e.Student("Cy")],
    "requests": [asks("Cy", "Drama")],
    "sections": [section("A-1", seats=3)],
}


@dataclass(frozen=True)
class Case:
    """``good`` and ``bad`` are what differs from the example schedule; so is ``school``."""

    fact: str
    says: tuple[str, ...]
    bad: dict[str, Any]
    good: dict[str, Any] = field(default_factory=dict)
    school: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None


def place(*periods: str, **changes: Any) -> e.Placement:
    return e.Placement("", "", periods, **changes)


CASES = [
    Case("known-records", ("D-1", "period R9"), {"places": {"D-1": "R9"}}),
    Case("known-records", ("D-1", "term S3"), {"places": {"D-1": "S3:R1"}}),
    Case("known-records", ("D-1", "teacher Zed"), {"places": {"D-1": place("G2", teachers=("Zed",))}}),
    Case("known-records", ("D-1", "room 999"), {"places": {"D-1": place("G2", room="999")}}),
    Case("known-records", ("X-1", "section X-1"), {"places": {"X-1": "R1"}}),
    Case(
        "known-records",
        ("D-1", "A-1"),
        {"places": {"D-1": e.Placement("", "A-1", ("G2",))}},
    ),
    Case("known-records", ("D-1", "section Y-9"), {"places": {"D-1": e.Placement("", "Y-9", ("G2",))}}),
    Case("known-records", ("student Zoe",), {"seats": {"Zoe": {"Art": "A-1"}}}),
    Case("known-records", ("Ana", "Ben"), {"seats": {"Ana": seating("Ben", ("Art", "A-1"))}}),
    Case("known-records", ("Ana", "X-9"), {"seats": {"Ana": {"Art": "X-9"}}}),
    Case("placed", ("D-1",), {"places": {"D-1": ()}}),
    Case(
        "pattern",
        ("D-1", "G2"),
        {"places": {"D-1": "G2"}},
        {"places": {"D-1": ("G1", "G2")}},
        {"sections": [section("D-1", pattern="2")]},
    ),
    Case(
        "pattern",
        ("D-1", "R3, G1"),
        {"places": {"D-1": ("R3", "G1")}},
        {"places": {"D-1": ("R3", "R2")}},
        {"courses": [e.Course("Drama", pattern="2")]},
    ),
    Case("pattern", ("D-1",), {"places": {"D-1": "G2"}}, {"places": {"D-1": "S2:G2"}}, SEMESTERS),
    Case("pattern", ("D-1", "S1:G2"), {"places": {"D-1": "S1:G2"}}, {}, {"terms": TERMS}),
    Case(
        "allowed-periods",
        ("section D-1", "G1", "R1, G2"),
        {"places": {"D-1": "G1"}},
        {},
        {"sections": [section("D-1", allowed_periods=("R1", "G2"))]},
    ),
    Case(
        "allowed-periods",
        ("D-1", "course Drama"),
        {"places": {"D-1": "G1"}},
        {},
        # A section's own list does not set aside its course's.
        {
            "courses": [e.Course("Drama", allowed_periods=("R1", "G2"))],
            "sections": [section("D-1", allowed_periods=("G1", "G2"))],
        },
    ),
    Case("assigned-teachers", ("A-2", "Tan", "Uhl"), {"places": {"A-2": place("R3", teachers=("Uhl",))}}),
    Case("assigned-teachers", ("A-2", "Tan", "nobody"), {"places": {"A-2": place("R3")}}),
    Case(
        "assigned-room",
        ("D-1", "101", "102"),
        {"places": {"D-1": place("G2", room="102")}},
        {"places": {"D-1": place("G2", room="101")}},
        {"sections": [section("D-1", room="101")]},
    ),
    Case(
        "assigned-room",
        ("D-1", "101", "none"),
        {"places": {"D-1": place("G2")}},
        {},
        {"sections": [section("D-1", room="101")]},
    ),
    Case("teacher-once", ("Tan", "A-1 and A-2", "R1"), {"places": {"A-2": "R1"}}),
    Case(
        "teacher-once",
        ("Uhl", "B-1 and D-1", "R2"),
        {"places": {"D-1": place("R2", teachers=("Uhl",))}},
        {"places": {"D-1": place("R2", teachers=("Tan",))}},
    ),
    Case(
        "teacher-once",
        ("Uhl", "C-1 and D-1", "S2:G1"),
        {"places": {"D-1": place("G1", terms=("S2",), teachers=("Uhl",)), "C-1": "S2:G1"}},
        {"places": {"D-1": place("G1", terms=("S1",), teachers=("Uhl",)), "C-1": "S2:G1"}},
        {
            "terms": TERMS,
            "sections": [
                section("D-1", term_choices=(("S1",), ("S2",))),
                section("C-1", term_choices=(("S2",),)),
            ],
        },
    ),
    Case(
        "teacher-available",
        ("Tan", "R3", "A-2"),
        {},
        {"places": {"A-2": "G3"}},
        {"unavailability": [e.Unavailability("Tan", ("R2", "R3"))]},
    ),
    Case(
        "room-once",
        ("101", "A-1 and D-1", "R1"),
        {"places": {"D-1": place("R1", room="101")}},
        {"places": {"D-1": place("R2", room="101")}},
        {"sections": [section("A-1", room="101")]},
    ),
    Case("student-once", ("Ana", "A-1 and B-1", "R1"), {"places": {"B-1": "R1"}}),
    Case(
        "student-once",
        ("Student Ana sits in B-1 and D-1 in R3.",),
        {"places": {"A-2": "G3", "B-1": ("R2", "R3"), "D-1": "R3"}, "seats": ALL_THREE},
        {"places": {"A-2": "G3", "B-1": ("R2", "R3"), "D-1": "G3"}, "seats": ALL_THREE},
        {"sections": [section("B-1", pattern="2")], "requests": [asks("Ana", "Art", "Bio", "Drama")]},
    ),
    Case(
        "student-available",
        ("Ana", "R2", "B-1"),
        {},
        {"places": {"B-1": "R3"}},
        {"students": [e.Student("Ana", unavailable=("R2",))]},
    ),
    Case("requested-courses", ("Ana", "C-1", "Chem"), {"seats": {"Ana": {"Chem": "C-1"}}}),
    Case(
        "requested-courses",
        ("Ana", "C-1", "Bio"),
        {"seats": {"Ana": {"Bio": "C-1"}}},
        {"seats": {"Ana": {"Bio": "D-1"}}},
        ALTERNATIVES,
    ),
    Case(
        "one-seat-per-request",
        ("Ana", "B-1 and D-1", "Bio"),
        {"seats": {"Ana": seating("Ana", ("Bio", "B-1"), ("Bio", "D-1"))}},
        {},
        ALTERNATIVES,
    ),
    Case(
        "course-once",
        ("Ana", "Drama", "D-2 and D-1"),
        {"seats": {"Ana": {"Art": "D-2", "Bio": "D-1"}}, "places": {"D-2": "G3"}},
        {"seats": {"Ana": {"Art": "D-2", "Bio": "B-1"}}, "places": {"D-2": "G3"}},
        {
            "sections": [e.Section("D-2", "Drama", seats=1)],
            "requests": [asks("Ana", *(e.CourseRequest(c, alternates=("Drama",)) for c in ("Art", "Bio")))],
        },
    ),
    Case(
        "section-seats",
        ("A-1", "2 students", "1 seat"),
        {},
        {"seats": {"Ben": {"Art": "A-2"}}},
        {"sections": [section("A-1", seats=1)]},
    ),
    Case(
        "stack-seats",
        ("A-1 and D-1", "4 students", "3 seats"),
        {"places": {"D-1": "R1"}, "seats": {"Cy": {"Drama": "D-1"}, "Di": {"Drama": "D-1"}}},
        {"places": {"D-1": "R1"}, "seats": {"Cy": {"Drama": "D-1"}}},
        {
            **STACK,
            "students": [e.Student("Cy"), e.Student("Di")],
            "requests": [asks("Cy", "Drama"), asks("Di", "Drama")],
        },
    ),
    Case(
        "room-seats",
        ("A-1", "2 students", "room 101 seats 1"),
        {"places": {"A-1": place("R1", teachers=("Tan",), room="101")}},
        {"places": {"A-1": place("R1", teachers=("Tan",), room="102")}},
        {"rooms": [e.Room("101", seats=1), e.Room("102", seats=2)]},
    ),
    Case(
        "room-seats",
        ("A-1 and D-1", "3 students", "room 101 seats 2"),
        {
            "places": {"D-1": place("R1", room="101")},
            "seats": {"Cy": {"Drama": "D-1"}},
        },
        {"places": {"D-1": place("R1", room="102")}, "seats": {"Cy": {"Drama": "D-1"}}},
        {**STACK, "rooms": [e.Room("101", seats=2)]},
    ),
    Case(
        "sped-limit",
        ("A-1", "1 SPED student", "0"),
        {},
        {"seats": {"Ben": {"Art": "A-2"}}},
        {"sections": [section("A-1", sped_limit=0)]},
    ),
    Case(
        "grades-and-groups",
        ("Ben", "A-1", "grade 9 and grade 10"),
        {},
        {"seats": {"Ben": {"Art": "A-2"}}},
        {"sections": [section("A-1", grades=("9", "10"))]},
    ),
    Case(
        "grades-and-groups",
        ("Ana", "A-1", "group Band"),
        {},
        {"seats": {"Ana": {"Art": "A-2"}}},
        {
            "sections": [section("A-1", groups=("Band",))],
            "students": [e.Student("Ben", groups=("Chess", "Band"))],
            "groups": [e.Group("Chess")],
        },
    ),
    Case(
        "stacked",
        ("A-1 and D-1", "same time"),
        {},
        {"places": {"D-1": "R1"}},
        {"links": [link("stacked", "A-1", "D-1")]},
    ),
    Case(
        "stacked",
        ("A-1 and D-1", "teachers"),
        {"places": {"D-1": place("R1", teachers=("Uhl",))}},
        {"places": {"D-1": place("R1", teachers=("Tan",))}},
        {"links": [link("stacked", "A-1", "D-1")]},
    ),
    Case(
        "stacked",
        ("A-1 and D-1", "rooms"),
        {"places": {"D-1": place("R1", room="102")}},
        {"places": {"D-1": place("R1", room="101")}},
        {"links": [link("stacked", "A-1", "D-1")], "sections": [section("A-1", room="101")]},
    ),
    Case(
        "same-students",
        ("Ana", "B-1", "A-2"),
        {"seats": {"Ana": {"Art": "A-2", "Bio": "B-1"}}},
        # Ben holds Art elsewhere but nothing of the link, so it does not concern him.
        {"seats": {"Ben": {"Art": "A-2", "Chem": "C-1"}}},
        {"links": [link("same students", "A-1", "B-1")]},
    ),
    Case(
        "same-period",
        ("A-1 and D-1",),
        {"places": {"A-1": "S1:R1", "D-1": "S2:R2"}},
        {"places": {"A-1": "S1:R1", "D-1": "S2:R1"}},
        {
            "terms": TERMS,
            "sections": [
                section(name, term_choices=(("S1",), ("S2",)), teachers=()) for name in ("A-1", "D-1")
            ],
            "links": [link("same period", "A-1", "D-1")],
        },
    ),
    Case(
        "consecutive",
        ("A-1 and D-1",),
        {"places": {"A-1": "R2", "D-1": "R1"}, "seats": {"Ana": {"Art": "A-2", "Bio": "B-1"}}},
        {"places": {"D-1": "R2"}},
        {"links": [link("consecutive", "A-1", "D-1")]},
    ),
    Case(
        "consecutive",  # the last period of one day and the first of the next do not follow one another
        ("A-2 and D-1",),
        {"places": {"D-1": "G1"}},
        {"places": {"A-2": "G2", "D-1": "G3"}},
        {"links": [link("consecutive", "A-2", "D-1")]},
    ),
    Case(
        "consecutive",
        ("A-1 and D-1",),
        {"places": {"A-1": ("R1", "R2"), "B-1": "G2", "D-1": "R2"}},
        {"places": {"A-1": ("R1", "R2"), "B-1": "G2", "D-1": "R3"}},
        {"sections": [section("A-1", pattern="2")], "links": [link("consecutive", "A-1", "D-1")]},
    ),
    Case(
        "consecutive",
        ("A-1 and D-1", "terms"),
        {"places": {"A-1": "S1:R1", "D-1": "S2:R2"}},
        {"places": {"A-1": "S1:R1", "D-1": "S1:R2"}},
        {
            "terms": TERMS,
            "sections": [section(name, term_choices=(("S1",), ("S2",))) for name in ("A-1", "D-1")],
            "links": [link("consecutive", "A-1", "D-1")],
        },
    ),
    Case(
        "locked",
        ("D-1", "G3", "G2"),
        {},
        {"places": {"D-1": "G3"}},
        before={"places": {"D-1": place("G3", locked=True)}},
    ),
    Case(
        "locked",
        ("D-1", "S1", "S2"),
        {"places": {"D-1": "S2:G2"}},
        {"places": {"D-1": "S1:G2"}},
        SEMESTERS,
        before={"places": {"D-1": place("G2", terms=("S1",), locked=True)}},
    ),
    Case(
        "locked",  # to all terms, however that is written
        ("D-1", "S1 and S2", "with S1"),
        {"places": {"D-1": "S1:G2"}},
        {},
        {"terms": TERMS, "sections": [section("D-1", term_choices=(("S1", "S2"), ("S1",)))]},
        before={"places": {"D-1": place("G2", locked=True)}},
    ),
    Case(
        "locked",
        ("D-1", "S1 and S2", "with S1"),
        {"places": {"D-1": "S1:G2"}},
        {},
        {"terms": TERMS, "sections": [section("D-1", term_choices=(("S1", "S2"), ("S1",)))]},
        before={"places": {"D-1": place("G2", terms=("S2", "S1"), locked=True)}},
    ),
    Case(
        "locked",
        ("D-1", "teachers Tan", "none"),
        {},
        {"places": {"D-1": place("G2", teachers=("Tan",))}},
        before={"places": {"D-1": place("G2", teachers=("Tan",), locked=True)}},
    ),
    Case(
        "locked",
        ("D-1", "room 101", "102"),
        {"places": {"D-1": place("G2", room="102")}},
        {"places": {"D-1": place("G2", room="101")}},
        before={"places": {"D-1": place("G2", room="101", locked=True)}},
    ),
    Case(
        "forbidden",
        ("D-1", "forbidden in G2."),
        {},
        {"places": {"D-1": "G3"}},
        before={"places": {"D-1": place("G3", forbidden=("R1", "G2"))}},
    ),
    Case(
        "forbidden",
        ("D-1", "G2"),
        {"places": {"D-1": place("G2", forbidden=("G2",))}},
        {"places": {"D-1": place("G2", forbidden=("G3",))}},
    ),
    Case(
        "pinned",
        ("Ana", "A-2"),
        {},
        {"seats": {"Ana": {"Art": "A-2", "Bio": "B-1"}}},
        before={"seats": {"Ana": seating("Ana", ("Art", "A-2"), pinned=("A-2",))}},
    ),
    Case(
        "pinned",  # the seat is given for another request
        ("Ana", "D-1 for Bio"),
        {"seats": {"Ana": {"Art": "D-1"}}},
        {"seats": {"Ana": {"Bio": "D-1"}}},
        {
            "requests": [
                asks("Ana", *(e.CourseRequest(course, alternates=("Drama",)) for course in ("Art", "Bio")))
            ]
        },
        before={"seats": {"Ana": seating("Ana", ("Art", "A-1"), ("Bio", "D-1"), pinned=("D-1",))}},
    ),
    Case(
        "pinned",
        ("Ana", "A-1"),
        {"seats": {"Ana": {}}},
        before={"seats": {"Ana": seating("Ana", ("Art", "A-1"), pinned=("A-1", "B-1"))}},
    ),
]


def judged(case: Case, changes: dict[str, Any]) -> tuple[Violation, ...]:
    of = school(**case.school)
    before = schedule(of, **case.before) if case.before is not None else None
    return verify(of, RULES, schedule(of, **changes), before).violations


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.fact}: {' '.join(case.says)}")
def test_a_broken_fact_is_named_and_nothing_else(case):
    assert judged(case, case.good) == ()
    broken = judged(case, case.bad)
    assert [violation.rule for violation in broken] == [case.fact]
    assert all(word in broken[0].message for word in case.says), broken[0].message
    assert broken[0].message.endswith(".")


def test_every_fact_has_a_case():
    assert {case.fact for case in CASES} == set(FACTS)


def test_violations_say_where_to_go():
    of = school()
    broken = verify(of, RULES, schedule(of, {"A-2": "R1", "D-1": (), "B-1": "R1"})).violations
    assert {(v.rule, v.table, v.key) for v in broken} == {
        ("placed", "sections", "D-1"),
        ("teacher-once", "teachers", "Tan"),
        ("student-once", "students", "Ana"),
    }


def test_an_empty_schedule_has_unplaced_sections_only():
    broken = verify(school(), RULES, Schedule({}, {})).violations
    assert [(v.rule, v.key) for v in broken] == [("placed", section_id) for section_id in PLACES]


def test_a_stack_is_one_section_to_its_teacher_and_room():
    of = school(
        sections=[section(name, teachers=("Tan",), room="101") for name in ("A-1", "B-1", "D-1")],
        # Two links that share a section make one stack of three.
        links=[e.Link(f"L{other}", e.LinkKind.STACKED, ("A-1", other)) for other in ("B-1", "D-1")],
    )
    together = schedule(of, {"B-1": "R1", "D-1": "R1"}, {"Ana": {"Art": "A-1"}})
    assert verify(of, RULES, together).ok
    unlinked = school(sections=of.sections.values())
    assert {v.rule for v in verify(unlinked, RULES, together).violations} == {"teacher-once", "room-once"}


def test_stacked_sections_are_compared_across_one_that_names_no_teacher():
    of = school(
        sections=[section("D-1", teachers=())], links=[e.Link("L", e.LinkKind.STACKED, ("A-1", "D-1", "B-1"))]
    )
    broken = verify(of, RULES, schedule(of, {"B-1": "R1", "D-1": "R1"}, {"Ana": {}})).violations
    assert [(v.rule, "A-1 and B-1" in v.message) for v in broken] == [("stacked", True)]


SPED_RULES = """
[[rule]]
kind = "sped-limit"
limit = 6
[[rule]]
id = "by department"
kind = "sped-limit"
departments = ["Arts"]
limit = 5
[[rule]]
id = "by course"
kind = "sped-limit"
courses = ["Art"]
limit = 4
[[rule]]
id = "by section"
kind = "sped-limit"
sections = ["A-1"]
limit = 3
[[rule]]
id = "of another section"
kind = "sped-limit"
sections = ["C-1"]
limit = 1
[[rule]]
id = "also by section"
kind = "sped-limit"
sections = ["A-1"]
limit = 9
"""


@pytest.mark.parametrize(
    ("own", "course", "without", "limit"),
    [
        (1, 2, [], 1),
        (None, 2, [], 2),
        (None, None, [], 3),
        (None, None, ["by section"], 9),
        (None, None, ["by section", "also by section"], 4),
        (None, None, ["by section", "also by section", "by course"], 5),
        (None, None, ["by section", "also by section", "by course", "by department"], 6),
    ],
)
def test_the_nearest_sped_limit_counts(own, course, without, limit):
    """``without`` are rules that are not there; SPED students come up to the limit, then one above it."""
    rules = [rule for rule in parse_rules(SPED_RULES) if rule.id not in without]
    for number in (limit, limit + 1):
        crowd = [e.Student(f"s{i}", sped=True) for i in range(number)]
        of = school(
            sections=[section("A-1", seats=30, sped_limit=own)],
            courses=[e.Course("Art", sped_limit=course)],
            students=[e.Student("Ben"), *crowd],
            requests=[asks(student.id, "Art") for student in crowd],
        )
        seated = schedule(of, seats={student.id: {"Art": "A-1"} for student in crowd})
        assert [v.rule for v in verify(of, rules, seated).violations] == ["sped-limit"] * (number > limit)


def test_nothing_limits_sped_students_where_nothing_says_so():
    of = school(sections=[section("A-1", seats=99)])
    assert verify(of, [rule for rule in RULES if rule.kind != "sped-limit"], schedule(of)).ok


def test_a_lock_without_a_period_binds_nothing_but_what_it_says():
    of = school()
    open_lock = schedule(of, {"D-1": place(locked=True, room="101")})
    assert [v.rule for v in verify(of, RULES, schedule(of), open_lock).violations] == ["locked"]
    in_room = schedule(of, {"D-1": place("G2", room="101")})
    assert verify(of, RULES, in_room, open_lock).ok


def test_a_placement_that_names_all_terms_stands_in_all_terms():
    of = school(terms=TERMS)
    both = replace(schedule(of).placements["D-1"], terms=("S2", "S1"))
    assert verify(of, RULES, schedule(of, {"D-1": both})).ok


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("stacked", {"D-1": "R1"}),
        ("same period", {"D-1": "R1"}),
        ("consecutive", {"D-1": "R2", "B-1": "G3"}),
    ],
)
def test_only_a_same_students_link_binds_students(kind, places):
    of = school(
        links=[link(kind, "A-1", "D-1")],
        sections=[e.Section("D-2", "Drama", seats=1)],
        requests=[asks("Ana", "Art", "Drama")],
    )
    apart = schedule(of, {"D-2": "R3", **places}, {"Ana": {"Art": "A-1", "Drama": "D-2"}})
    assert verify(of, RULES, apart).violations == ()


@pytest.mark.parametrize("kind", ["stacked", "same period", "consecutive"])
@pytest.mark.parametrize("missing", ["A-1", "D-1"])
def test_a_link_says_nothing_of_a_section_without_a_period(kind, missing):
    of = school(links=[link(kind, "A-1", "D-1")])
    broken = verify(of, RULES, schedule(of, {missing: ()})).violations
    assert [(v.rule, v.key) for v in broken] == [("placed", missing)]


def test_a_locked_section_that_is_gone_has_no_period():
    of = school()
    before = schedule(of, {"D-1": place("G2", locked=True)})
    without = Schedule({s: p for s, p in before.placements.items() if s != "D-1"}, before.seatings)
    assert [(v.rule, v.key) for v in verify(of, RULES, without, before).violations] == [("placed", "D-1")]


def test_all_of_a_students_pins_are_lost_with_the_student():
    of = school()
    before = schedule(of, seats={"Ana": seating("Ana", ("Art", "A-1"), pinned=("A-1",))})
    without = Schedule(before.placements, {"Ben": before.seatings["Ben"]})
    assert [(v.rule, v.key) for v in verify(of, RULES, without, before).violations] == [("pinned", "Ana")]


def test_a_student_known_by_requests_alone_is_seated_like_any_other():
    one_seat = School(
        periods=[e.Period("R1", "", "R", 1)],
        courses=[e.Course("Band")],
        sections=[e.Section("S1", "Band", (), 1)],
        requests=[e.RequestList("Ana", (e.CourseRequest("Band"),))],
    )
    taken = Schedule(
        {"S1": e.Placement("", "S1", ("R1",))},
        {"Ana": e.Seating("", "Ana", (e.Seat("Band", "S1"),))},
    )
    verdict = verify(one_seat, preset_rules("standard"), taken)
    assert verdict.ok
    assert verdict.counts.met == 1
