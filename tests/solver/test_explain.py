"""Reasons for unmet requests: each kind on a small case."""

import pytest
from verify_examples import TERMS, asks, link, schedule, school, seating, section

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.solver.explain import Reason, ReasonKind, explain_unmet
from echelon_desktop.solver.verify import verify

RULES = preset_rules("standard")


def why(of: School, places=None, seats=None) -> dict[tuple[str, str], Reason]:
    """Explain a schedule that keeps every fact, so that no reason rests on a broken one."""
    judged = schedule(of, places, seats)
    assert verify(of, RULES, judged).violations == ()
    return explain_unmet(of, RULES, judged)


def only(reasons: dict[tuple[str, str], Reason]) -> Reason:
    (reason,) = reasons.values()
    return reason


def test_nothing_is_explained_where_all_is_met():
    assert why(school()) == {}


def test_a_course_without_a_section():
    of = school(requests=[asks("Ana", "Art", "Latin")])
    reasons = why(of, seats={"Ana": {"Art": "A-1"}})
    assert list(reasons) == [("Ana", "Latin")]
    assert only(reasons) == Reason(ReasonKind.NO_SECTION, "Latin has no section.", ("Latin",))


def test_alternates_without_a_section():
    of = school(requests=[asks("Ana", e.CourseRequest("Latin", alternates=("Greek", "Hebrew")))])
    text = only(why(of, seats={"Ana": {}})).text
    assert text == "Neither Latin nor any alternate (Greek and Hebrew) has a section."


def test_a_section_without_a_period():
    of = school(requests=[asks("Ana", "Drama")])
    reason = only(explain_unmet(of, RULES, schedule(of, {"D-1": ()}, {"Ana": {}})))
    assert reason.kind == "no section"
    assert reason.text == "No section of Drama has a period yet: D-1."


def test_sections_not_open_to_the_student():
    of = school(
        students=[e.Student("Ana", name="Ana Lu", grade="10", unavailable=("R3", "G3"))],
        sections=[section("A-1", grades=("11", "12")), section("D-1", groups=("Band",))],
        requests=[asks("Ana", e.CourseRequest("Art", alternates=("Drama",)))],
    )
    reason = only(why(of, seats={"Ana": {}}))
    assert reason.kind == "not allowed"
    assert reason.text == (
        "Art has no section open to Ana Lu: A-1 is for grade 11 and grade 12 only; "
        "A-2 meets in R3, when Ana Lu is unavailable; D-1 is for group Band only."
    )
    assert reason.sections == ("A-1", "A-2", "D-1")


def singletons(number: int, **records) -> School:
    """Make a school in which Ana asks for K1, K2, ... of one section each, K1-1 in the first period."""
    courses = [f"K{i}" for i in range(1, number + 1)]
    return school(
        courses=map(e.Course, courses),
        sections=[e.Section(f"{c}-1", c, seats=1) for c in courses],
        requests=[asks("Ana", *records.pop("requests", courses))],
        **records,
    )


@pytest.mark.parametrize(
    ("rank_of_k1", "beyond", "other"),
    [
        # The last in the list, and the lowest in rank.
        (
            1,
            "K7",
            "K1 meets only in R2, where Ana holds K2 (its only section). "
            "Others aside, it would fit with K1-1 in R1.",
        ),
        (
            2,
            "K1",
            "K7 meets only in R3, where Ana holds K3 (its only section). "
            "Others aside, it would fit with K7-1 in R1.",
        ),
    ],
)
def test_more_requests_than_periods(rank_of_k1, beyond, other):
    wanted = [e.CourseRequest("K1", rank_of_k1), *(f"K{i}" for i in range(2, 8)), "Latin"]
    of = singletons(7, requests=wanted)
    periods = ["R2", "R2", "R3", "G1", "G2", "G3", "R3"]
    places = {f"K{i}-1": period for i, period in enumerate(periods, 1)}
    reasons = why(of, places, {"Ana": {f"K{i}": f"K{i}-1" for i in range(2, 7)}})
    # What has no section takes no period.
    assert reasons.pop(("Ana", "Latin")).kind == "no section"
    # One of the two is beyond the six periods. For the other there is a better word.
    reason = reasons.pop(("Ana", beyond))
    assert reason.kind == "more requests than periods"
    assert reason.text == f"Ana asks for 7 courses, but has only 6 periods; {beyond} is beyond them."
    assert only(reasons).text == other


def test_what_could_be_met_is_not_beyond_the_periods():
    of = singletons(7)
    places = {f"K{i}-1": period for i, period in enumerate(["R1", "R2", "R3", "G1", "G2", "G3", "G3"], 1)}
    reasons = why(of, places, {"Ana": {}})
    assert {reason.kind for reason in reasons.values()} == {ReasonKind.MOVABLE}


def test_absences_and_terms_count_as_slots():
    away = ("R3", "G1", "G2", "G3", "S1:R2")
    of = school(
        terms=TERMS,
        students=[e.Student("Ana", unavailable=away)],
        sections=[section("D-1", term_choices=(("S2",),))],
        requests=[asks("Ana", "Art", "Drama", "Bio")],
    )
    reason = only(
        why(of, {"B-1": "R1", "C-1": "R2", "D-1": "S2:R2"}, {"Ana": {"Art": "A-1", "Drama": "D-1"}})
    )
    assert reason.kind == "more requests than periods"
    assert (
        reason.text == "Ana asks for 3 courses, which take 5 slots, but has only 3 slots; Bio is beyond them."
    )
    assert reason.slots == ("R1", "S2:R2")


def test_a_course_of_several_periods_takes_them_all():
    of = school(
        students=[e.Student("Ana", unavailable=("R3", "G1", "G2", "G3"))],
        sections=[section("B-1", pattern="2")],
        requests=[asks("Ana", "Art", "Bio")],
    )
    reason = only(why(of, {"A-2": "G3", "B-1": ("R1", "R2")}, {"Ana": {"Art": "A-1"}}))
    assert reason.text == (
        "Ana asks for 2 courses, which take 3 periods, but has only 2 periods; Bio is beyond them."
    )


def test_semester_courses_take_a_slot_each():
    of = school(
        terms=TERMS,
        students=[e.Student("Ana", unavailable=("R2", "R3", "G1", "G2", "G3", "S1:R1"))],
        sections=[section(name, term_choices=(("S2",),)) for name in ("A-1", "D-1")],
        requests=[asks("Ana", "Art", "Drama")],
    )
    reason = only(why(of, {"A-1": "S2:R1", "D-1": "S2:R1"}, {"Ana": {"Art": "A-1"}}))
    assert reason.text == "Ana asks for 2 courses, but has only 1 slot; Drama is beyond them."


def test_two_singletons_in_one_period():
    of = school(courses=[e.Course("Drama", title="AP Drama")], requests=[asks("Ana", "Bio", "Drama")])
    reason = only(why(of, {"D-1": "R2"}, {"Ana": {"Bio": "B-1"}}))
    assert reason.kind == "period conflict"
    assert reason.text == (
        "AP Drama meets only in R2, where Ana holds Bio (its only section). "
        "Others aside, it would fit with D-1 in R1, R3, G1, G2 or G3."
    )
    assert (reason.courses, reason.sections, reason.slots) == (("Drama", "Bio"), ("D-1", "B-1"), ("R2",))


@pytest.mark.parametrize(
    ("sections", "pinned", "text"),
    [
        (
            [e.Section("D-2", "Drama", seats=1), e.Section("B-2", "Bio", seats=1)],
            (),
            "Drama meets only in R2, where Ana holds Bio (all 2 sections). "
            "Others aside, it would fit with D-1 or D-2 in R1, R3, G1, G2 or G3.",
        ),
        (
            [e.Section("D-2", "Drama", seats=1, grades=("9",)), e.Section("B-2", "Bio", grades=("9",))],
            (),
            "Drama is open to Ana only in R2, where Ana holds Bio (no other section is open to Ana). "
            "Others aside, it would fit with D-1 in R1, R3, G1, G2 or G3.",
        ),
        (
            [e.Section("D-2", "Drama", seats=1), e.Section("B-2", "Bio", seats=1)],
            ("B-1",),
            "Drama meets only in R2, where Ana holds Bio (pinned to B-1). "
            "Others aside, it would fit with D-1 or D-2 in R1, R3, G1, G2 or G3.",
        ),
    ],
)
def test_what_is_said_of_the_other_sections(sections, pinned, text):
    of = school(sections=sections, requests=[asks("Ana", "Bio", "Drama")])
    places = {"D-1": "R2", "D-2": "R2", "B-2": "R2"}
    assert only(why(of, places, {"Ana": seating("Ana", ("Bio", "B-1"), pinned=pinned)})).text == text


def test_courses_that_meet_in_too_few_periods_are_all_named():
    of = singletons(5)
    of = school(
        courses=of.courses.values(),
        sections=[*of.sections.values(), e.Section("K1-2", "K1", seats=1), e.Section("K3-2", "K3", seats=1)],
        requests=of.requests.values(),
    )
    # K1, K2 and K3 compete for R1 and R2; K4 and K5 are in nobody's way.
    places = {
        "K1-1": "R1",
        "K1-2": "R2",
        "K2-1": "R1",
        "K3-1": "R1",
        "K3-2": "R2",
        "K4-1": "G1",
        "K5-1": "G3",
    }
    held = {"K2": "K2-1", "K3": "K3-2", "K4": "K4-1", "K5": "K5-1"}
    reason = only(why(of, places, {"Ana": held}))
    assert reason.kind == "period conflict"
    assert reason.courses == ("K1", "K2", "K3")
    assert reason.slots == ("R1", "R2")
    assert reason.text == (
        "These 3 courses meet only in R1 and R2: "
        "K1 in R1 (K1-1), R2 (K1-2); K2 in R1 (K2-1); K3 in R1 (K3-1), R2 (K3-2). "
        "Others aside, it would fit with K1-1 or K1-2 in R3 or G2."
    )


def test_where_a_section_would_have_to_meet_is_where_it_then_fits():
    of = school(
        courses=[e.Course("Drama", allowed_periods=("R1", "R2", "R3", "G1", "G2"))],
        sections=[section("D-1", teachers=("Tan",)), section("A-2", seats=0)],
        unavailability=[e.Unavailability("Tan", ("G2",))],
        requests=[asks("Ana", "Art", "Bio", "Drama")],
    )
    seats = {"Ana": {"Art": "A-1", "Bio": "B-1"}}
    text = only(why(of, {"D-1": "R2"}, seats)).text
    # Art holds R1, G3 is not allowed, and Tan is away in G2 and teaches A-2 in R3.
    assert text.endswith("(its only section). Others aside, it would fit with D-1 in G1.")
    assert only(why(of, {"D-1": "G1"}, seats)).kind == "could be met by moving seats"
    of = school(
        courses=of.courses.values(),
        sections=[*of.sections.values(), e.Section("E-1", "Art", ("Tan",), 0)],
        unavailability=of.unavailability.values(),
        requests=of.requests.values(),
    )
    text = only(why(of, {"D-1": "R2", "E-1": "G1"}, seats)).text
    assert text.endswith("it would fit with D-1 in R3 or G1, where its teacher or room is taken.")


@pytest.mark.parametrize(
    "placement",
    [
        e.Placement("", "D-1", ("R2",), locked=True),
        e.Placement("", "D-1", ("R2",), forbidden=("R1", "R3", "G1", "G2", "G3")),
    ],
)
def test_what_the_user_fixed_is_not_said_to_be_moved(placement):
    of = school(requests=[asks("Ana", "Bio", "Drama")])
    text = only(why(of, {"D-1": placement}, {"Ana": {"Bio": "B-1"}})).text
    assert text == "Drama meets only in R2, where Ana holds Bio (its only section)."


def test_a_full_section_is_not_said_to_be_moved():
    of = school(
        sections=[section("D-1", seats=1)], requests=[asks("Ana", "Bio", "Drama"), asks("Ben", "Drama")]
    )
    text = only(why(of, {"D-1": "R2"}, {"Ana": {"Bio": "B-1"}, "Ben": {"Drama": "D-1"}})).text
    assert text == "Drama meets only in R2, where Ana holds Bio (its only section)."


def test_courses_of_several_slots_that_do_not_fit_together():
    of = school(
        sections=[section("D-1", pattern="2"), e.Section("D-2", "Drama", seats=1, pattern="2")],
        requests=[asks("Ana", "Art", "Bio", "Drama")],
    )
    places = {"A-2": "G3", "D-1": ("R1", "R2"), "D-2": ("R2", "R3")}
    reason = only(why(of, places, {"Ana": {"Art": "A-1", "Bio": "B-1"}}))
    # Bio alone is in the way of both sections of Drama; Art could be held in G3.
    assert reason.kind == "period conflict"
    assert reason.courses == ("Drama", "Bio")
    assert reason.text == (
        "Drama and Bio cannot be held together: Drama in R1+R2 (D-1), R2+R3 (D-2); Bio in R2 (B-1). "
        "Others aside, it would fit with D-1 or D-2 in G1+G2 or G2+G3."
    )


def test_as_many_slots_as_courses_can_be_too_few():
    of = school(
        sections=[section("D-1", pattern="2"), e.Section("B-2", "Bio", seats=1)],
        requests=[asks("Ana", "Bio", "Drama")],
    )
    reason = only(why(of, {"B-2": "R1", "D-1": ("R1", "R2")}, {"Ana": {"Bio": "B-1"}}))
    assert reason.text == (
        "Drama and Bio cannot be held together: Drama in R1+R2 (D-1); Bio in R1 (B-2), R2 (B-1). "
        "Others aside, it would fit with D-1 in R2+R3, G1+G2 or G2+G3."
    )


def test_a_link_keeps_courses_apart():
    of = school(
        sections=[e.Section("B-2", "Bio", seats=1, grades=("9",))],
        links=[link("same students", "B-2", "D-1")],
        requests=[asks("Ana", "Bio", "Drama")],
    )
    reason = only(why(of, {"B-2": "G3"}, {"Ana": {"Bio": "B-1"}}))
    assert reason.kind == "period conflict"
    assert reason.text == (
        "Drama and Bio cannot be held together: Drama in G2 (D-1); Bio in R2 (B-1); "
        "a link keeps their sections together."
    )


def test_one_course_cannot_meet_two_requests():
    of = school(requests=[asks("Ana", "Drama", e.CourseRequest("Latin", alternates=("Drama",)))])
    reason = only(why(of, seats={"Ana": {"Drama": "D-1"}}))
    assert reason.kind == "period conflict"
    assert reason.text.endswith("both requests mean one course.")


def filled(course: str, section_id: str, number: int, sped: bool = False):
    """Give other students who take seats of a section: the records, and their seats."""
    ids = [f"{section_id}/{i}" for i in range(number)]
    records = [e.Student(student, sped=sped) for student in ids]
    return records, [asks(student, course) for student in ids], {i: {course: section_id} for i in ids}


def test_all_sections_that_fit_are_full():
    students, requests, seats = filled("Bio", "B-1", 2)
    more_students, more_requests, more_seats = filled("Bio", "B-2", 1)
    of = school(
        sections=[e.Section("B-2", "Bio", seats=1), e.Section("B-3", "Bio", seats=5)],
        students=[*students, *more_students],
        requests=[asks("Ana", "Bio", "Chem"), *requests, *more_requests],
    )
    # B-3 has seats, but meets when Chem does.
    reason = only(why(of, {"B-2": "G3", "B-3": "G1"}, {"Ana": {"Chem": "C-1"}, **seats, **more_seats}))
    assert reason.kind == "seats full"
    assert reason.sections == ("B-1", "B-2")
    assert reason.text == (
        "Of Bio, every section that Ana could attend is full: B-1 in R2 (2 of 2), B-2 in G3 (1 of 1). "
        "A seat more in B-1 would do."
    )


def test_a_seat_that_others_would_have_to_be_left_for():
    students, requests, seats = filled("Art", "A-2", 2)
    of = school(students=students, requests=[asks("Ana", "Art", "Bio"), *requests])
    reason = only(why(of, {"B-1": "R1"}, {"Ana": {"Art": "A-1"}, **seats}))
    assert reason.kind == "seats full"
    assert reason.sections == ("A-2",)
    assert reason.text == (
        "Bio has a seat in B-1 (R1), but Ana would first have to move into what is full: A-2 in R3 (2 of 2)."
    )


def test_only_the_full_sections_that_matter_are_named():
    art, art_requests, art_seats = filled("Art", "A-2", 2)
    chem, chem_requests, chem_seats = filled("Chem", "C-2", 1)
    of = school(
        sections=[e.Section("C-2", "Chem", seats=1)],
        students=[*art, *chem],
        requests=[asks("Ana", "Art", "Chem", "Bio"), *art_requests, *chem_requests],
    )
    held = {"Art": "A-1", "Chem": "C-1"}
    reason = only(why(of, {"B-1": "R1", "C-2": "G3"}, {"Ana": held, **art_seats, **chem_seats}))
    assert reason.sections == ("A-2",)


def test_a_stack_and_a_room_can_be_full():
    students, requests, seats = filled("Drama", "D-1", 2)
    of = school(
        rooms=[e.Room("103", seats=2)],
        sections=[section("B-1", room="103", seats=9), section("D-1", room="103", seats=9)],
        links=[link("stacked", "B-1", "D-1")],
        students=students,
        requests=[asks("Ana", "Bio"), *requests],
    )
    reason = only(why(of, {"D-1": "R2"}, {"Ana": {}, **seats}))
    assert reason.kind == "seats full"
    assert reason.text == (
        "Of Bio, the only section that Ana could attend is full: "
        "B-1 in R2 (2 of 2 with B-1 and D-1 together). A larger room for B-1 would do."
    )
    alone = school(
        rooms=[e.Room("103", seats=2)],
        sections=[section("D-1", room="103", seats=9)],
        students=students,
        requests=[asks("Ana", "Drama"), *requests],
    )
    text = only(why(alone, seats={"Ana": {}, **seats})).text
    assert text == (
        "Of Drama, the only section that Ana could attend is full: D-1 in G2 (2 of 2 in its room). "
        "A larger room for D-1 would do."
    )


def test_a_section_of_a_stack_is_full_by_its_own_seats():
    students, requests, seats = filled("Bio", "B-1", 1)
    of = school(
        sections=[section("B-1", room="101", seats=1), section("D-1", room="101", seats=9)],
        links=[link("stacked", "B-1", "D-1")],
        students=students,
        requests=[asks("Ana", "Bio"), *requests],
    )
    text = only(why(of, {"D-1": "R2"}, {"Ana": {}, **seats})).text
    assert text == (
        "Of Bio, the only section that Ana could attend is full: B-1 in R2 (1 of 1). "
        "A seat more in B-1 would do."
    )


def test_moves_name_the_request_that_each_section_is_for():
    of = school(requests=[asks("Ana", "Art", e.CourseRequest("Latin", alternates=("Bio",)))])
    reason = only(why(of, {"B-1": "R1"}, {"Ana": {"Art": "A-1"}}))
    assert reason.kind == ReasonKind.MOVABLE
    assert reason.courses == ("Latin", "Art")
    assert reason.sections == ("B-1", "A-2")


def test_all_that_fills_a_section_is_told():
    students, requests, seats = filled("Bio", "B-1", 1, sped=True)
    records = {
        "students": [e.Student("Ana", sped=True), *students],
        "requests": [asks("Ana", "Bio"), *requests],
    }
    of = school(sections=[section("B-1", seats=1, sped_limit=1)], **records)
    reason = only(why(of, seats={"Ana": {}, **seats}))
    assert reason.text == (
        "Of Bio, the only section that Ana could attend is full: "
        "B-1 in R2 (1 of 1 and 1 of 1 SPED students). "
        "A seat more in B-1, and a higher SPED limit in B-1 would do."
    )
    of = school(sections=[section("B-1", seats=2, sped_limit=2)], **records)
    assert only(why(of, seats={"Ana": {}, **seats})).kind == "could be met by moving seats"


def test_a_seat_elsewhere_is_named_where_it_is_needed_too():
    bio, bio_requests, bio_seats = filled("Bio", "B-1", 2)
    art, art_requests, art_seats = filled("Art", "A-2", 2)
    records = {
        "students": [*bio, *art],
        "requests": [asks("Ana", "Art", "Bio"), *bio_requests, *art_requests],
    }
    held = {"Ana": {"Art": "A-1"}, **bio_seats, **art_seats}
    reason = only(why(school(**records), {"B-1": "R1"}, held))
    assert reason.text.endswith("is full: B-1 in R1 (2 of 2). A seat more in B-1 and A-2 would do.")
    more = [section("B-1", seats=3), section("A-2", seats=3)]
    assert only(why(school(sections=more, **records), {"B-1": "R1"}, held)).kind == ReasonKind.MOVABLE


def test_a_stack_is_told_to_want_a_seat():
    students, requests, seats = filled("Drama", "D-1", 2)
    of = school(
        sections=[section("B-1", seats=2), section("D-1", seats=2)],
        links=[link("stacked", "B-1", "D-1")],
        students=students,
        requests=[asks("Ana", "Bio"), *requests],
    )
    text = only(why(of, {"D-1": "R2"}, {"Ana": {}, **seats})).text
    assert text.endswith("A seat more for the stack of B-1 would do.")


def test_the_sped_limit():
    students, requests, seats = filled("Bio", "B-1", 1, sped=True)
    records = {
        "sections": [section("B-1", sped_limit=1)],
        "requests": [asks("Ana", "Bio"), *requests],
    }
    of = school(students=[e.Student("Ana", sped=True), *students], **records)
    reason = only(why(of, seats={"Ana": {}, **seats}))
    assert reason.kind == "SPED limit"
    assert reason.text == (
        "Of Bio, the only section that Ana could attend is full: B-1 in R2 (1 of 1 SPED students). "
        "A higher SPED limit in B-1 would do."
    )
    # A limit not yet reached is in nobody's way, nor is one in the way of who is not SPED.
    of = school(
        students=[e.Student("Ana", sped=True), *students],
        **{**records, "sections": [section("B-1", sped_limit=2)]},
    )
    assert only(why(of, seats={"Ana": {}, **seats})).kind == "could be met by moving seats"
    unlimited = [rule for rule in RULES if rule.kind != "sped-limit"]
    of = school(students=[e.Student("Ana", sped=True)], requests=[asks("Ana", "Bio")])
    reasons = explain_unmet(of, unlimited, schedule(of, seats={"Ana": {}}))
    assert only(reasons).kind == "could be met by moving seats"
    of = school(students=students, **records)
    assert only(why(of, seats={"Ana": {}, **seats})).kind == "could be met by moving seats"


def test_a_free_seat_after_moving_the_student():
    of = school(sections=[section("A-2", room="101")], requests=[asks("Ana", "Art", "Chem", "Bio")])
    reason = only(why(of, {"B-1": "R1"}, {"Ana": {"Art": "A-1", "Chem": "C-1"}}))
    assert reason.kind == "could be met by moving seats"
    assert reason.text == "Bio could be met by moving Ana: Bio in B-1 (R1) and Art in A-2 (R3)."
    assert reason.sections == ("B-1", "A-2")


def test_only_what_must_move_is_moved():
    of = school(
        sections=[e.Section("B-2", "Bio", seats=1)],
        requests=[asks("Ana", "Bio", "Art", "Chem")],
    )
    reason = only(why(of, {"B-1": "R1", "B-2": "G3"}, {"Ana": {"Art": "A-1", "Chem": "C-1"}}))
    assert reason.text == "Bio could be met by moving Ana: Bio in B-2 (G3)."


def test_a_pinned_seat_is_not_moved():
    of = school(requests=[asks("Ana", "Art", "Bio")])
    reasons = why(of, {"B-1": "R1"}, {"Ana": seating("Ana", ("Art", "A-1"), pinned=("A-1",))})
    assert only(reasons).text == (
        "Bio meets only in R1, where Ana holds Art (pinned to A-1). "
        "Others aside, it would fit with B-1 in R2, R3, G2 or G3."
    )
    assert only(why(of, {"B-1": "R1"}, {"Ana": {"Art": "A-1"}})).kind == "could be met by moving seats"


def test_an_overfull_section_does_not_put_out_who_sits_there():
    of = school(sections=[section("A-1", seats=1), section("A-2", seats=0)])
    judged = schedule(of, seats={"Ana": {"Art": "A-1"}})
    assert [v.rule for v in verify(of, RULES, judged).violations] == ["section-seats"]
    reason = only(explain_unmet(of, RULES, judged))
    assert reason.text == "Bio could be met by moving Ana: Bio in B-1 (R2)."
    # Nor is a seat more wanted there.
    students, requests, seats = filled("Art", "A-2", 2)
    of = school(
        sections=[section("C-1", seats=1)],
        students=students,
        requests=[asks("Ana", "Art", "Chem", "Bio"), *requests],
    )
    judged = schedule(of, {"B-1": "R1"}, {"Ana": {"Art": "A-1", "Chem": "C-1"}, **seats})
    assert only(explain_unmet(of, RULES, judged)).sections == ("A-2",)


def test_alternates_are_ways_out():
    of = school(requests=[asks("Ana", e.CourseRequest("Latin", alternates=("Bio", "Drama")), "Chem")])
    places = {"B-1": "R3", "C-1": "G2", "D-1": "G2"}
    reason = only(why(of, places, {"Ana": {"Chem": "C-1"}}))
    assert reason.text == "Latin could be met by moving Ana: Bio in B-1 (R3)."
