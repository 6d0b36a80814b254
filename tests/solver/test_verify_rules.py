"""What each kind of rule counts, on examples counted by hand, as a hard rule and as a figure."""

from dataclasses import replace
from typing import Any

import pytest
from verify_examples import TERMS, asks, link, schedule, school, seating, section

from echelon_desktop.errors import RuleError
from echelon_desktop.model import entities as e
from echelon_desktop.model.rules import RULE_KINDS, preset_rules
from echelon_desktop.solver.verify import Counts, Verdict, metrics, verify

LABS = [section("A-1", department="SCIENCE"), section("A-2", department="Science ")]
ALL_YEAR = {"terms": TERMS}
EACH_TERM = (("S1",), ("S2",))
# Tan teaches three sections: and D-1.
THREE = [section("D-1", teachers=("Tan",))]
TWO_BUILDINGS = {
    "rooms": [e.Room("101", building="North"), e.Room("102", building="South")],
    "sections": [section("A-1", room="101"), section("A-2", room="102")],
}
UNTAUGHT = {"sections": [section("C-1", teachers=())]}
HALVES = {"terms": TERMS, "sections": [section(s, term_choices=EACH_TERM) for s in ("A-1", "B-1")]}
LAB_101 = {"rooms": [e.Room("101", type="lab")], "courses": [e.Course("Bio", room_type="lab")]}


def given(*teachers: str, room: str = "") -> e.Placement:
    """A place in a period where no other section stands, with a teacher or a room that was given out."""
    return e.Placement("", "", ("G3",), (), teachers, room)


def rule(kind: str, **fields: Any) -> e.Rule:
    return e.Rule(kind, kind, **fields)


# kind, fields of the rule, differences of the school, places, cost: the number of violations when hard,
# unless a number of violations follows.
COUNTED = [
    ("allowed-periods", {"periods": ("R1", "G1")}, {}, {}, 3),
    ("allowed-periods", {"periods": ("R1",), "courses": ("Art",)}, {}, {}, 1),
    ("allowed-periods", {"periods": ("R1",), "departments": ("Science",)}, {}, {}, 2),
    ("allowed-periods", {"periods": ("R1",), "teachers": ("Tan",)}, {}, {}, 1),
    ("allowed-periods", {"periods": ("R1",), "sections": ("D-1", "A-1")}, {}, {}, 1),
    ("allowed-periods", {"periods": ("R1",), "sections": ("D-1",), "courses": ("Art",)}, {}, {}, 0),
    # The department of a course counts where its section names none.
    (
        "allowed-periods",
        {"periods": ("R1",), "departments": ("Stage",)},
        {"courses": [e.Course("Drama", department="Stage"), e.Course("Art", department="Stage")]},
        {},
        1,
    ),
    # A section of two periods with one of them outside is outside once.
    (
        "allowed-periods",
        {"periods": ("R1", "G1"), "sections": ("D-1",)},
        {"sections": [section("D-1", pattern="2")]},
        {"D-1": ("G1", "G2")},
        1,
    ),
    ("allowed-periods", {"periods": ("S1:G2",), "sections": ("D-1",)}, ALL_YEAR, {}, 1),
    ("lab-spacing", {}, {"sections": LABS}, {}, 0),
    ("lab-spacing", {}, {"sections": LABS}, {"A-2": "R2"}, 1),
    ("lab-spacing", {}, {"sections": [LABS[0]]}, {"A-2": "R2"}, 0),
    ("lab-spacing", {}, {"courses": [e.Course("Art", lab=True)]}, {"A-2": "R2"}, 1),
    ("lab-spacing", {}, {"sections": LABS, "courses": [e.Course("Art", lab=False)]}, {"A-2": "R2"}, 0),
    ("lab-spacing", {}, {}, {"B-1": "R3", "C-1": "G1"}, 0),  # the day ends between them
    ("lab-spacing", {"teachers": ("Uhl",)}, {"sections": LABS}, {"A-2": "R2"}, 0),
    ("lab-spacing", {"departments": ("Arts",)}, {"sections": LABS}, {"A-2": "R2"}, 1),
    ("lab-spacing", {"departments": ("Science",)}, {"sections": LABS}, {"A-2": "R2"}, 0),
    # Labs of two teachers of one section: a pair for each of the two.
    (
        "lab-spacing",
        {},
        {
            "sections": [
                section(name, department="Science", teachers=("Tan", "Uhl")) for name in ("A-1", "A-2")
            ]
        },
        {"A-2": "R2", "B-1": "G2", "C-1": "G3"},
        3,  # and Uhl's other two labs
    ),
    (
        "lab-spacing",
        {},
        {
            "terms": TERMS,
            "sections": [section(s.id, department="Science", term_choices=EACH_TERM) for s in LABS],
        },
        {"A-1": "S1:R1", "A-2": "S2:R2"},
        0,
    ),
    (
        "lab-spacing",  # the stack A-2 with D-1 is one lab, by its second section
        {},
        {
            "courses": [e.Course("Drama", lab=True)],
            "sections": [LABS[0], *THREE],
            "links": [link("stacked", "A-2", "D-1")],
        },
        {"A-2": "R2", "D-1": "R2"},
        1,
    ),
    ("teacher-consecutive", {"limit": 2}, {"sections": THREE}, {"A-2": "R2", "D-1": "R3"}, 1),
    ("teacher-consecutive", {"limit": 3}, {"sections": THREE}, {"A-2": "R2", "D-1": "R3"}, 0),
    ("teacher-consecutive", {"limit": 1}, {"sections": THREE}, {"A-2": "R2", "D-1": "R3"}, 2),
    ("teacher-consecutive", {"limit": 2}, {"sections": THREE}, {"A-1": "R2", "D-1": "G1"}, 0),
    (
        "teacher-consecutive",
        {"limit": 3},
        {"sections": THREE, "teachers": [e.Teacher("Tan", max_consecutive=1)]},
        {"A-2": "R2", "D-1": "R3"},
        2,
    ),
    (
        "teacher-consecutive",  # his own limit does not loosen the school's
        {"limit": 1},
        {"sections": THREE, "teachers": [e.Teacher("Tan", max_consecutive=3)]},
        {"A-2": "R2", "D-1": "R3"},
        2,
    ),
    ("teacher-consecutive", {"limit": 1, "teachers": ("Uhl",)}, {}, {"A-2": "R2"}, 0),
    ("teacher-consecutive", {"limit": 1}, ALL_YEAR, {"A-2": "R2"}, 2),  # once a term
    (
        "teacher-consecutive",
        {"limit": 1},
        {"terms": TERMS, "sections": [section(name, term_choices=EACH_TERM) for name in ("A-1", "A-2")]},
        {"A-1": "S1:R1", "A-2": "S2:R2"},
        0,
    ),
    ("teacher-load", {"limit": 2}, {"sections": THREE}, {}, 1),
    ("teacher-load", {"limit": 1}, {"sections": THREE}, {}, 3, 2),
    ("teacher-load", {"limit": 1, "teachers": ("Tan",)}, {"sections": THREE}, {}, 2, 1),
    ("teacher-load", {"limit": 3}, {"sections": THREE, "teachers": [e.Teacher("Tan", fte=0.6)]}, {}, 2, 1),
    ("teacher-load", {"limit": 30}, {"sections": THREE, "teachers": [e.Teacher("Tan", fte=0.1)]}, {}, 0),
    ("teacher-load", {"limit": 5}, {"sections": THREE, "teachers": [e.Teacher("Tan", max_load=2)]}, {}, 1),
    ("teacher-load", {"limit": 2}, {"sections": THREE, "teachers": [e.Teacher("Tan", max_load=9)]}, {}, 1),
    (
        "teacher-load",  # of three sections two are taught at a time
        {"limit": 1, "teachers": ("Tan",)},
        {
            "terms": TERMS,
            "sections": [
                section(name, teachers=("Tan",), term_choices=EACH_TERM) for name in ("A-1", "A-2", "D-1")
            ],
        },
        {"A-1": "S1:R1", "A-2": "S2:R3", "D-1": "S2:G2"},
        1,
    ),
    (
        "teacher-load",
        {"limit": 2},
        {"sections": THREE, "links": [link("stacked", "A-2", "D-1")]},
        {"D-1": "R3"},
        0,
    ),
    ("teacher-preps", {"limit": 1}, {"sections": THREE}, {}, 2),
    ("teacher-preps", {"limit": 1, "departments": ("Arts",)}, {"sections": THREE}, {}, 1),
    ("teacher-preps", {"limit": 0, "teachers": ("Tan",)}, {"sections": THREE}, {}, 2, 1),
    ("teacher-preps", {"limit": 2}, {"sections": THREE}, {}, 0),
    ("teacher-preps", {"limit": 2}, {"teachers": [e.Teacher("Uhl", max_preps=1)]}, {}, 1),
    (
        "teacher-preps",  # a stack of two courses is two to prepare
        {"limit": 1, "teachers": ("Tan",)},
        {"sections": THREE, "links": [link("stacked", "A-2", "D-1")]},
        {"D-1": "R3"},
        1,
    ),
    ("student-free-periods", {"limit": 4}, {}, {}, 0),
    ("student-free-periods", {"limit": 3}, {}, {}, 2),
    (
        "student-free-periods",
        {"limit": 2, "grades": ("10", "12")},
        {"students": [e.Student("Ben", grade="11", unavailable=("R3",))]},
        {},
        2,
        1,
    ),
    ("student-free-periods", {"limit": 3}, {"students": [e.Student("Ana", unavailable=("R1", "G3"))]}, {}, 1),
    ("student-free-periods", {"limit": 3}, ALL_YEAR, {}, 4),
    (
        "student-free-periods",
        {"limit": 4},
        {"terms": TERMS, "sections": [section("A-1", term_choices=EACH_TERM)]},
        {"A-1": "S2:R1"},
        2,
    ),
    ("student-free-periods", {"limit": 5}, {"students": [e.Student("Cy")]}, {}, 1),
    # Ana holds A-1 and B-1, Ben A-1 and C-1.
    ("student-holes", {}, {}, {}, 0),
    ("student-holes", {}, {}, {"B-1": "R3"}, 1),
    ("student-holes", {}, UNTAUGHT, {"B-1": "R3", "C-1": "R3"}, 2),
    ("student-holes", {"grades": ("10",)}, UNTAUGHT, {"B-1": "R3", "C-1": "R3"}, 1),
    ("student-holes", {}, {"students": [e.Student("Ana", unavailable=("R2",))]}, {"B-1": "R3"}, 0),
    ("student-holes", {}, ALL_YEAR, {"B-1": "R3"}, 2),  # once a term
    ("student-holes", {}, HALVES, {"A-1": "S1:R1", "B-1": "S2:R3"}, 0),
    ("student-holes", {}, HALVES, {"A-1": "S2:R1", "B-1": "S2:R3"}, 1),
    ("student-holes", {}, {"periods": [e.Period("R2", day="R", order=9)]}, {"B-1": "R2"}, 1),
    ("student-day-balance", {"limit": 1}, {}, {}, 1),  # Ana has two classes on R, Ben one on each
    ("student-day-balance", {"limit": 2}, {}, {}, 0),
    ("student-day-balance", {"limit": 0}, UNTAUGHT, {"C-1": "R2"}, 4, 2),
    ("student-day-balance", {"limit": 1, "grades": ("11",)}, {}, {}, 0),
    (
        "student-day-balance",
        {"limit": 0},
        {"students": [e.Student("Ana", unavailable=("G1", "G2"))]},
        {},
        2,
        1,
    ),
    (
        "student-day-balance",  # a day on which she is never there
        {"limit": 0},
        {"students": [e.Student("Ana", unavailable=("G1", "G2", "G3"))]},
        {},
        0,
    ),
    ("student-day-balance", {"limit": 1}, ALL_YEAR, {}, 2),
    ("teacher-travel", {}, TWO_BUILDINGS, {"A-2": "R2", "B-1": "R3"}, 1),
    ("teacher-travel", {}, TWO_BUILDINGS, {}, 0),  # with R2 between them
    ("teacher-travel", {}, TWO_BUILDINGS, {"A-2": "G1", "A-1": "R3"}, 0),  # with a night between them
    ("teacher-travel", {"departments": ("Science",)}, TWO_BUILDINGS, {"A-2": "R2", "B-1": "R3"}, 0),
    ("teacher-travel", {}, {**TWO_BUILDINGS, **ALL_YEAR}, {"A-2": "R2", "B-1": "R3"}, 2),
    ("teacher-travel", {}, {**TWO_BUILDINGS, "rooms": [e.Room("101")]}, {"A-2": "R2"}, 0),
    ("teacher-rooms", {"limit": 1}, TWO_BUILDINGS, {}, 1),
    ("teacher-rooms", {"limit": 0}, TWO_BUILDINGS, {}, 2, 1),
    ("teacher-rooms", {"limit": 1, "teachers": ("Uhl",)}, TWO_BUILDINGS, {}, 0),
    ("section-teachers", {}, {}, {}, 1),  # D-1
    ("section-teachers", {"courses": ("Art",)}, {}, {}, 0),
    ("section-teachers", {}, {"sections": THREE}, {}, 0),
    ("section-teachers", {}, {"links": [link("stacked", "C-1", "D-1")]}, {"D-1": "G1"}, 0),
    ("section-teachers", {}, {}, {"D-1": given("Uhl")}, 1),  # neither his course nor his department
    ("section-teachers", {}, {}, {"D-1": replace(given("Uhl"), locked=True)}, 0),
    ("section-teachers", {}, {"sections": [section("D-1", department="Science")]}, {"D-1": given("Uhl")}, 0),
    ("section-teachers", {}, {"teachers": [e.Teacher("Uhl", courses=("Drama",))]}, {"D-1": given("Uhl")}, 0),
    (
        "section-teachers",  # a list of courses takes the place of the department
        {},
        {
            "teachers": [e.Teacher("Uhl", "Science", courses=("Bio",))],
            "sections": [section("D-1", department="Science")],
        },
        {"D-1": given("Uhl")},
        1,
    ),
    (
        "section-teachers",
        {},
        {"teachers": [e.Teacher("Uhl", dedicated_course="Bio", courses=("Drama",))]},
        {"D-1": given("Uhl")},
        1,
    ),
    ("section-rooms", {}, TWO_BUILDINGS, {}, 3),
    ("section-rooms", {"courses": ("Art",)}, TWO_BUILDINGS, {}, 0),
    ("section-rooms", {"sections": ("D-1",)}, {}, {"D-1": given(room="101")}, 0),
    ("section-rooms", {"sections": ("D-1",)}, LAB_101, {"D-1": given(room="101")}, 1),
    ("section-rooms", {"sections": ("D-1",)}, LAB_101, {"D-1": given(room="102")}, 0),
    ("section-rooms", {"sections": ("B-1",)}, LAB_101, {"B-1": given("Uhl", room="102")}, 1),
    ("section-rooms", {"sections": ("B-1",)}, {**LAB_101, "sections": [section("B-1", room="102")]}, {}, 0),
]
# The same, of kinds that cannot be hard.
GOALS = [
    ("sped-balance", {}, {}, {}, 1),  # Ben sits in A-1, nobody in A-2
    ("sped-balance", {}, {"students": [e.Student("Ana", sped=True)]}, {}, 2),
    ("sped-balance", {}, {"students": [e.Student("Ben")]}, {}, 0),
    ("teacher-load-spread", {}, {}, {}, 0),
    ("teacher-load-spread", {}, {"teachers": [e.Teacher("Vey", "Arts")]}, {}, 2),
    ("teacher-load-spread", {"departments": ("Science",)}, {"teachers": [e.Teacher("Vey", "Arts")]}, {}, 0),
    ("teacher-load-spread", {}, {"teachers": [e.Teacher("Vey")]}, {}, 0),
    ("teacher-load-spread", {}, {"teachers": [e.Teacher("Uhl", "Arts", fte=0.5)]}, {}, 2),  # 2 and 4
    ("teacher-load-spread", {}, {"teachers": [e.Teacher("Uhl", "Arts", fte=0.8)]}, {}, 0),  # 2 and 2.5
    ("teacher-load-spread", {}, {"teachers": [e.Teacher("Vey", "Arts", fte=0.0)]}, {}, 0),
    (
        "teacher-load-spread",  # Uhl has one section in each half of the year, Tan two all year
        {},
        {
            "terms": TERMS,
            "teachers": [e.Teacher("Uhl", "Arts")],
            "sections": [section(s, term_choices=EACH_TERM) for s in ("B-1", "C-1")],
        },
        {"B-1": "S1:R2", "C-1": "S2:G1"},
        1,
    ),
    ("room-fit", {}, {**TWO_BUILDINGS, "rooms": [e.Room("101", 5), e.Room("102")]}, {}, 3),
    ("room-fit", {}, {**TWO_BUILDINGS, "rooms": [e.Room("101", 5), e.Room("102", 1)]}, {}, 4),
    ("room-fit", {"courses": ("Bio",)}, {**TWO_BUILDINGS, "rooms": [e.Room("101", 5)]}, {}, 0),
    (
        "room-fit",  # the stack of A-1 and D-1 needs the seats of D-1
        {},
        {
            "rooms": [e.Room("101", 5)],
            "sections": [section("A-1", room="101"), section("D-1", seats=4)],
            "links": [link("stacked", "A-1", "D-1")],
        },
        {"D-1": "R1"},
        1,
    ),
    ("room-use", {}, {}, {}, 0),
    ("room-use", {}, TWO_BUILDINGS, {}, 2),
    ("room-use", {}, {"sections": [section(s, room="101") for s in ("A-1", "A-2")]}, {}, 1),
]


def sides(row: tuple[Any, ...]) -> tuple[Any, ...]:
    kind, fields, differences, places, cost, *number = row
    return kind, fields, differences, places, cost, number[0] if number else cost


@pytest.mark.parametrize(
    ("kind", "fields", "differences", "places", "cost", "number"), [sides(row) for row in COUNTED + GOALS]
)
def test_a_rule_counts_as_documented(kind, fields, differences, places, cost, number):
    of = school(**differences)
    judged = schedule(of, places)
    seats_aside = {"student-once", "student-available"}  # examples move sections, not students

    graded = verify(of, [rule(kind, level=2, weight=7, **fields)], judged)
    assert [(f.name, f.level, f.value) for f in graded.figures] == [(kind, 2, 7 * cost)]
    assert sum(b.cost for b in graded.figures[0].parts[0].breaches) == cost
    assert {v.rule for v in graded.violations} <= seats_aside

    if not RULE_KINDS[kind].hard:
        return
    hard = verify(of, [rule(kind, **fields)], judged)
    assert hard.figures == ()
    broken = [v for v in hard.violations if v.rule not in seats_aside]
    assert [v.rule for v in broken] == [kind] * number
    assert all(f"(rule {kind})." in v.message and v.key for v in broken)


def test_every_kind_of_rule_is_counted_somewhere():
    elsewhere = {"unmet-requests", "granted-alternates", "section-balance", "sped-limit", "schedule-changes"}
    assert {row[0] for row in COUNTED + GOALS} | elsewhere == set(RULE_KINDS)


def test_a_rule_that_means_nothing_is_refused():
    with pytest.raises(RuleError, match="no kind of rule 'tidiness'"):
        verify(school(), [rule("tidiness")], schedule(school()))


def test_a_breach_is_told_in_words():
    consecutive = rule("teacher-consecutive", level=1, limit=1)
    messages = {}
    for of in (school(), school(terms=TERMS)):
        part = verify(of, [consecutive], schedule(of, {"A-2": "R2"})).figures[0].parts[0]
        messages[len(of.terms)] = [breach.message for breach in part.breaches]
    assert messages[0] == ["Teacher Tan teaches R1, R2 without a break; the limit is 1."]
    assert messages[2][1] == "Teacher Tan teaches R1, R2 of S2 without a break; the limit is 1."


def test_a_section_whose_course_has_no_record_is_judged_by_its_own():
    labs = [e.Section(f"X-{i}", "Robotics", ("Tan",), 1, "Science") for i in (1, 2)]
    of = school(sections=labs)
    judged = schedule(of, {"X-1": "R2", "X-2": "G1"})
    assert verify(of, [rule("lab-spacing", level=1), rule("sped-limit", limit=1)], judged).score == (0,)
    assert verify(of, [rule("lab-spacing", level=1)], schedule(of, {"X-1": "G2", "X-2": "G1"})).score == (1,)


def test_a_teacher_whom_the_school_lacks_has_a_load_too():
    of = school(sections=[section("D-1", teachers=("Zed",))])
    verdict = verify(of, [rule("teacher-load", level=1, limit=0)], schedule(of))
    assert [v.rule for v in verdict.violations] == ["known-records"]
    assert verdict.score == (5,)


def figures(verdict: Verdict) -> list[tuple[str, int, int]]:
    return [(figure.name, figure.level, figure.value) for figure in verdict.figures]


def test_unmet_requests_stand_by_rank():
    wanted = [e.CourseRequest(c, rank=r) for c, r in (("Art", 1), ("Bio", 2), ("Chem", 3), ("Drama", 9))]
    of = school(requests=[asks("Ana", *wanted), asks("Ben", "Art", "Chem")])
    rules = [rule("unmet-requests", level=1, weight=3)]
    rank_names = [f"unmet requests, rank {rank}" for rank in (1, 2, 3)]

    nobody = verify(of, rules, schedule(of, seats={"Ana": {}, "Ben": {}}))
    assert figures(nobody) == [(rank_names[0], 1, 9), (rank_names[1], 1, 3), (rank_names[2], 1, 6)]
    assert nobody.counts.unmet_by_rank == (3, 1, 2)
    some = verify(of, rules, schedule(of, seats={"Ana": {"Bio": "B-1", "Drama": "D-1"}}))
    assert some.score == (3, 0, 3)
    part = some.figures[2].parts[0]
    assert part.name == rank_names[2]
    assert [breach.message for breach in part.breaches] == ["Student Ana lacks Chem."]


def test_only_ranks_that_occur_are_figures():
    rules = [rule("unmet-requests", level=1)]
    of = school(requests=[asks("Ana", e.CourseRequest("Art", rank=2)), asks("Ben")])
    assert figures(verify(of, rules, schedule(of, seats={"Ana": {}, "Ben": {}}))) == [
        ("unmet requests", 1, 1)
    ]
    nobody = school(requests=[asks("Ana"), asks("Ben")])
    assert figures(verify(nobody, rules, schedule(nobody, seats={"Ana": {}, "Ben": {}}))) == [
        ("unmet requests", 1, 0)
    ]


def test_a_seat_that_meets_no_request_leaves_it_unmet():
    rules = [rule("unmet-requests", level=1)]
    of = school()
    for seats in ({"Bio": "C-1"}, {"Chem": "B-1"}, {"Bio": "X-9"}):
        assert verify(of, rules, schedule(of, seats={"Ana": {"Art": "A-1", **seats}})).score == (1,)


def test_a_course_requested_twice_is_one_request():
    of = school(requests=[asks("Ana", "Art", "Bio", "Art")])
    verdict = verify(of, [rule("unmet-requests", level=1)], schedule(of, seats={"Ana": {}}))
    assert verdict.score == (2,)
    assert (verdict.counts.requests, verdict.counts.met, verdict.counts.unmet) == (4, 2, 2)


def test_alternates_cost_their_place_in_the_list():
    of = school(requests=[asks("Ana", "Art", e.CourseRequest("Bio", alternates=("Chem", "Drama")))])
    rules = [rule("unmet-requests", level=1), rule("granted-alternates", level=2, weight=2)]
    for section_id, value in {"B-1": 0, "C-1": 2, "D-1": 4}.items():
        verdict = verify(of, rules, schedule(of, seats={"Ana": {"Art": "A-1", "Bio": section_id}}))
        assert verdict.score == (0, value)
        assert verdict.counts.alternates_granted == (value > 0)
        assert verdict.ok


def test_alternates_are_no_figure_where_nobody_names_any():
    of = school(requests=[asks("Ana", "Art", "Bio")])
    rules = [rule("granted-alternates", level=2), rule("section-balance", level=2)]
    assert [figure.name for figure in verify(of, rules, schedule(of)).figures] == ["section-balance"]


def test_size_spread_is_largest_minus_smallest_section_of_each_course():
    crowd = [f"s{i}" for i in range(9)]
    of = school(
        sections=[section("A-1", seats=9), section("A-2", seats=9), section("D-1", seats=9)],
        students=[e.Student(s, sped=i < 4) for i, s in enumerate(crowd)],
        requests=[asks(s, "Art", "Drama") for s in crowd],
    )
    seats = {s: {"Art": "A-2" if i < 6 else "A-1", "Drama": "D-1"} for i, s in enumerate(crowd)}
    verdict = verify(
        of, [rule("section-balance", level=1)], schedule(of, seats={**seats, "Ana": {}, "Ben": {}})
    )
    assert verdict.ok
    assert verdict.score == (3,)  # Art has 6 and 3; Drama, Bio and Chem one section each
    assert (verdict.counts.size_spread, verdict.counts.sped_spread) == (3, 4)
    assert verdict.counts.students_with_every_request == 9


def test_rules_of_a_level_are_one_figure_after_the_unmet_requests():
    of = school(sections=[section("A-2", department="Science"), section("A-1", department="Science")])
    rules = [
        rule("lab-spacing", level=2, weight=5),
        rule("section-balance", level=1, weight=2),
        rule("teacher-load", level=2, limit=0),
        e.Rule("morning", "allowed-periods", 1, periods=("R1",)),
        e.Rule("day R", "allowed-periods", 1, periods=("R1", "R2", "R3"), weight=10),
        rule("unmet-requests", level=1, weight=1),
    ]
    verdict = verify(of, rules, schedule(of, {"A-2": "R2", "B-1": "R3"}, {"Ben": {"Art": "A-1"}}))
    assert figures(verdict) == [
        ("unmet requests", 1, 1),
        # Art has two students and none; four sections are outside R1, two outside day R.
        ("section-balance + allowed-periods", 1, 2 * 2 + 4 + 10 * 2),
        ("lab-spacing + teacher-load", 2, 5 * 1 + 4),
    ]
    assert [(p.rule, p.cost, p.weight) for p in verdict.figures[1].parts] == [
        ("section-balance", 2, 2),
        ("morning", 4, 1),
        ("day R", 2, 10),
    ]


def test_counts_are_plain():
    of = school(requests=[asks("Cy")], students=[e.Student("Cy")])
    verdict = verify(of, preset_rules("standard"), schedule(of, {"D-1": ()}, {"Ana": {"Art": "A-1"}}))
    assert verdict.counts == Counts(
        students=2,
        students_with_every_request=1,
        requests=4,
        met=3,
        unmet=1,
        unmet_by_rank=(1, 0, 0),
        alternates_granted=0,
        sections=5,
        placed=4,
        seats=10,
        enrolled=3,
        size_spread=2,
        sped_spread=1,
        load_spread=0,
        rooms_in_use=0,
        room_slots=0,
        room_slots_taught=0,
        room_seats=0,
        room_seats_taken=0,
    )


def test_loads_and_rooms_are_counted_whatever_the_rules():
    of = school(
        rooms=[e.Room("101", 4), e.Room("102"), e.Room("103", 9)],
        teachers=[e.Teacher("Vey", "Arts")],
        sections=[
            section("A-1", room="101"),
            section("B-1", room="101"),
            section("C-1", room="102"),
            section("D-1", pattern="2", room="101"),
        ],
    )
    counts = verify(of, [], schedule(of, {"D-1": ("G2", "G3")})).counts
    assert counts.load_spread == 2  # Tan has two sections, Vey none
    # Room 101 is used in R1 (by both students), R2 (by Ana), G2 and G3, room 102 in G1.
    assert (counts.rooms_in_use, counts.room_slots_taught, counts.room_slots) == (2, 5, 12)
    assert (counts.room_seats_taken, counts.room_seats) == (3, 16)


def test_metrics_count_records_of_all_there_are():
    of = school(sections=[section("A-1", seats=1)], links=[link("same period", "A-1", "A-2")])
    rules = [*preset_rules("standard"), e.Rule("early", "allowed-periods", 5, periods=("R1", "R2"))]
    judged = schedule(
        of,
        {"A-2": "R1", "D-1": "R9"},
        {"Ana": {"Art": "A-1"}, "Ben": seating("Ben", ("Art", "A-1"), ("Art", "A-2"), ("Chem", "C-1"))},
    )
    lines = {m.name: tuple(m)[1:] for m in metrics(verify(of, rules, judged), of, judged)}
    assert lines["Unmet requests"] == (1, 4, 25.0)
    assert lines["Students without every request"] == (1, 2, 50.0)
    assert lines["Seats filled"] == (4, 9, 44.44)
    assert lines["Sections over their seats"] == (1, 5, 20.0)
    assert lines["Sections outside preferred periods (rule early)"] == (1, 5, 20.0)
    assert lines["Teachers with two sections at once"] == (1, 2, 50.0)
    assert lines["Students with two sections at once"] == (1, 2, 50.0)
    assert lines["Rooms with two sections at once"] == (0, 2, 0.0)
    assert lines["Linked sections not in the same periods"] == (0, 1, 0.0)
    assert lines["Other violations: known-records"] == (1, 1, 100.0)
    assert max(line[2] for line in lines.values()) <= 100


def test_hard_rules_are_among_the_metrics():
    of = school()
    rules = [rule("teacher-load", limit=1), rule("unmet-requests", level=1)]
    verdict = verify(of, rules, schedule(of))
    assert [v.rule for v in verdict.violations] == ["teacher-load", "teacher-load"]
    lines = {m.name: tuple(m)[1:] for m in metrics(verdict, of, schedule(of))}
    assert lines["Other violations: teacher-load"] == (2, 2, 100.0)


@pytest.mark.parametrize(
    ("rule", "records", "places", "together"),
    [
        ("", {}, {"A-2": "R1"}, ("A-1", "A-2")),  # their teacher is there once
        ("", {"unavailability": [e.Unavailability("Uhl", ("G1",))]}, {}, ("C-1",)),
        ("", {"sections": [section(n, room="101") for n in ("A-1", "B-1")]}, {"B-1": "R1"}, ("A-1", "B-1")),
        ("", {"links": [link("same period", "A-1", "D-1")]}, {}, ("A-1", "D-1")),
        ("lab-spacing", {"sections": LABS}, {"A-2": "R2"}, ("A-1", "A-2")),
        ("teacher-consecutive", {}, {"A-2": "R2"}, ("A-1", "A-2")),
        ("teacher-travel", TWO_BUILDINGS, {"A-2": "R2"}, ("A-1", "A-2")),
    ],
)
def test_a_violation_names_the_sections_that_stand_wrongly_together(
    rule: str, records: dict, places: dict, together: tuple[str, ...]
) -> None:
    of = school(**records)
    rules = [e.Rule(rule, rule, limit=1 if rule == "teacher-consecutive" else None)] if rule else []
    found = {v.sections for v in verify(of, rules, schedule(of, places)).violations if v.table != "students"}
    assert together in found
