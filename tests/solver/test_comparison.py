"""Two schedules side by side: by example, and against a recount of random ones."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.comparison import (
    HARD_RULES,
    Comparison,
    SeatChange,
    Side,
    compare,
    compare_figures,
    decisive,
    meets_requests,
)
from echelon_desktop.solver.verify import verify

PERIODS, STUDENTS = ("R1", "R2", "G1"), ("Ana", "Ben", "Cy")
SECTIONS = {"a1": "Art", "a2": "Art", "b1": "Bio", "b2": "Bio", "c1": "Chem"}
RULES = tuple(preset_rules("standard"))


def school() -> School:
    """Everybody asks for art and biology; Ana would take chemistry in place of biology."""
    return School(
        periods=[e.Period(p, day=p[0], order=int(p[1])) for p in PERIODS],
        courses=map(e.Course, ("Art", "Bio", "Chem")),
        teachers=map(e.Teacher, ("Tan", "Uhl")),
        sections=[e.Section(s, course, ("Tan",), 3) for s, course in SECTIONS.items()],
        students=map(e.Student, STUDENTS),
        requests=[
            e.RequestList(s, (e.CourseRequest("Art"), e.CourseRequest("Bio", alternates=alternates)))
            for s, alternates in zip(STUDENTS, (("Chem",), (), ()), strict=True)
        ],
    )


def schedule() -> Schedule:
    """Everybody sits in a1 and b1."""
    places = {"a1": "R1", "a2": "R2", "b1": "R2", "b2": "G1", "c1": "G1"}
    return Schedule(
        {s: e.Placement("", s, (period,), (), ("Tan",), "12") for s, period in places.items()},
        {s: seating(s, "Art a1", "Bio b1") for s in STUDENTS},
    )


def seating(student: str, *seats: str) -> e.Seating:
    return e.Seating("", student, tuple(e.Seat(*seat.split()) for seat in seats))


def with_sections(before: Schedule, *placements: e.Placement) -> Schedule:
    return replace(before, placements={**before.placements, **{p.section: p for p in placements}})


def with_students(before: Schedule, *seatings: e.Seating) -> Schedule:
    return replace(before, seatings={**before.seatings, **{s.student: s for s in seatings}})


def compared(there: Schedule, here: Schedule) -> Comparison:
    return compare(SlotGrid(school()), there, here, meets_requests(school()))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    placements = {}
    for section in draw(st.sets(st.sampled_from(sorted(SECTIONS)))):
        periods = draw(st.sets(st.sampled_from((*PERIODS, "X9")), max_size=2))
        teachers = draw(st.permutations(("Tan", "Uhl")))[: draw(st.integers(0, 2))]
        room = draw(st.sampled_from(("", "12")))
        placements[section] = e.Placement("", section, tuple(periods), (), tuple(teachers), room)
    seat = st.builds(e.Seat, st.sampled_from(("Art", "Bio", "Chem")), st.sampled_from(sorted(SECTIONS)))
    seatings = {
        student: e.Seating("", student, tuple(draw(st.lists(seat, max_size=4))))
        for student in draw(st.sets(st.sampled_from(STUDENTS)))
    }
    return Schedule(placements, seatings)


@given(schedules())
def test_a_schedule_does_not_differ_from_itself(drawn):
    assert not compared(drawn, drawn)
    verdict = verify(school(), RULES, drawn)
    figures = compare_figures(verdict, verdict)
    assert {figure.better for figure in figures} == {Side.NEITHER}
    assert decisive(figures) is None


@given(schedules(), schedules())
def test_exchanging_the_schedules_exchanges_the_sides(there, here):
    forth, back = compared(there, here), compared(here, there)
    assert {
        (s.section, s.there, s.there_mask, s.here, s.here_mask, s.other_teachers, s.other_room)
        for s in forth.sections
    } == {
        (s.section, s.here, s.here_mask, s.there, s.there_mask, s.other_teachers, s.other_room)
        for s in back.sections
    }
    returned = {each.student: each for each in back.students}
    assert returned.keys() == {each.student for each in forth.students}
    for each in forth.students:
        assert set(each.only_there) == set(returned[each.student].only_here)
        assert set(each.only_here) == set(returned[each.student].only_there)
        # Which of two seats in one course became which of two others is nobody's to say.
        assert ends(each.seats) == ends(
            SeatChange(s.course, s.here, s.there) for s in returned[each.student].seats
        )
    old, new = verify(school(), RULES, there), verify(school(), RULES, here)
    other = {Side.THERE: Side.HERE, Side.HERE: Side.THERE, Side.NEITHER: Side.NEITHER}
    for one, two in zip(compare_figures(old, new), compare_figures(new, old), strict=True):
        assert (one.name, one.there, one.here, one.better) == (
            two.name,
            two.here,
            two.there,
            other[two.better],
        )


def ends(seats) -> tuple[Counter, Counter]:
    """Course and section of each seat, on both sides."""
    seats = list(seats)
    return (
        Counter((seat.course, seat.there) for seat in seats if seat.there),
        Counter((seat.course, seat.here) for seat in seats if seat.here),
    )


@given(schedules(), schedules())
def test_counts_are_those_of_a_recount(there, here):
    found = compared(there, here)

    def slots(drawn, section):
        placement = drawn.placements.get(section)
        known = placement is not None and set(placement.periods) <= set(PERIODS)
        return frozenset(placement.periods) if known else frozenset()

    moved = {s for s in SECTIONS if slots(there, s) != slots(here, s)}
    assert {s.section for s in found.sections if s.moved} == moved

    def met(drawn):
        pairs = set()
        for student, seating in drawn.seatings.items():
            for seat in seating.seats:
                own = SECTIONS[seat.section] == seat.course
                if seat.course in ("Art", "Bio") and (
                    own or (student, seat.course, SECTIONS[seat.section]) == ("Ana", "Bio", "Chem")
                ):
                    pairs.add((student, seat.course))
        return pairs

    assert {(s.student, c) for s in found.students for c in s.only_there} == met(there) - met(here)
    assert {(s.student, c) for s in found.students for c in s.only_here} == met(here) - met(there)
    changed = {s.student: ends(s.seats) for s in found.students}
    for student in STUDENTS:
        old, new = (
            Counter(
                (seat.course, seat.section)
                for seat in (d.seatings[student].seats if student in d.seatings else ())
            )
            for d in (there, here)
        )
        stay = Counter({seat: n for seat, n in (old & new).items() if seat[1] not in moved})
        assert changed.get(student, (Counter(), Counter())) == (old - stay, new - stay)
    lost = [len(s.only_there) for s in found.students]
    assert lost == sorted(lost, reverse=True)


@given(schedules(), schedules())
def test_the_decisive_figure_is_the_first_of_the_score_that_differs(there, here):
    old, new = verify(school(), RULES, there), verify(school(), RULES, here)
    figure = decisive(compare_figures(old, new))
    before = (len(old.violations), *old.score), (len(new.violations), *new.score)
    side = Side.NEITHER if before[0] == before[1] else Side.HERE if before[1] < before[0] else Side.THERE
    assert (Side.NEITHER if figure is None else figure.better) is side


def test_a_section_that_moved_takes_its_students_along():
    before = schedule()
    after = with_sections(before, replace(before.placements["b1"], periods=("G1",)))
    found = compared(before, after)
    (section,) = found.sections
    assert (section.section, section.moved, section.other_teachers, section.other_room) == (
        "b1",
        True,
        False,
        False,
    )
    assert section.there.periods == ("R2",)
    assert section.here.periods == ("G1",)
    assert [(s.student, s.seats) for s in found.students] == [
        (student, (SeatChange("Bio", "b1", "b1"),)) for student in STUDENTS
    ]
    assert all(not s.only_there and not s.only_here for s in found.students)


def test_other_teachers_and_rooms_concern_no_seat():
    before = schedule()
    a1, b1 = before.placements["a1"], before.placements["b1"]
    after = with_sections(before, replace(a1, teachers=("Uhl",)), replace(b1, room="14"))
    found = compared(before, after)
    assert [(s.section, s.moved, s.other_teachers, s.other_room) for s in found.sections] == [
        ("a1", False, True, False),
        ("b1", False, False, True),
    ]
    assert not found.students


def test_who_loses_a_request_comes_first():
    before = with_students(schedule(), seating("Ben", "Art a1"))
    after = with_students(
        schedule(),
        seating("Ana", "Art a2", "Bio b1"),
        seating("Cy", "Bio b1"),
    )
    found = compared(before, after)
    assert [(s.student, s.only_there, s.only_here) for s in found.students] == [
        ("Cy", ("Art",), ()),
        ("Ben", (), ("Bio",)),
        ("Ana", (), ()),
    ]
    assert found.students[2].seats == (SeatChange("Art", "a1", "a2"),)
    assert found.students[0].seats == (SeatChange("Art", "a1", ""),)


@pytest.mark.parametrize(("student", "lost"), [("Ana", ()), ("Ben", ("Bio",))])
def test_an_alternate_meets_a_request_of_those_who_name_it_alone(student, lost):
    before = schedule()
    after = with_students(before, seating(student, "Art a1", "Bio c1"))
    (change,) = compared(before, after).students
    assert change.only_there == lost
    assert change.seats == (SeatChange("Bio", "b1", "c1"),)


def test_figures_tell_levels_and_plain_counts():
    before = schedule()
    after = with_students(before, seating("Cy", "Art a2"))
    figures = compare_figures(*(verify(school(), RULES, each) for each in (before, after)))
    by_name = {figure.name: figure for figure in figures}
    assert figures[0].name == HARD_RULES
    unmet = by_name["unmet requests"]
    assert (unmet.there, unmet.here, unmet.level, unmet.better) == (0, 1, 1, Side.THERE)
    assert decisive(figures[1:]) is unmet
    whole = by_name["students_with_every_request"]
    assert (whole.there, whole.here, whole.ranked, whole.better) == (3, 2, False, Side.THERE)
    # a1 and a2 held 3 and 0, and now 2 and 1; b1 and b2 held 3 and 0, and now 2 and 0.
    assert (by_name["section-balance"].there, by_name["section-balance"].here) == (6, 3)
    assert "size_spread" not in by_name  # the rule says the same


def test_of_a_level_with_several_rules_its_sum_is_ranked():
    rules = (
        e.Rule("u", "unmet-requests", level=1),
        e.Rule("r", "section-balance", level=2),
        e.Rule("s", "sped-balance", level=2, weight=3),
    )
    verdict = verify(school(), rules, schedule())
    level = [figure for figure in compare_figures(verdict, verdict) if figure.level == 2]
    assert [(figure.ranked, figure.rule, figure.here) for figure in level] == [
        (True, "", 6),
        (False, "r", 6),
        (False, "s", 0),
    ]


def test_granted_alternates_are_told_where_there_are_any():
    def told(drawn: Schedule) -> list[int]:
        verdict = verify(school(), [rule for rule in RULES if rule.kind == "unmet-requests"], drawn)
        figures = compare_figures(verdict, verdict)
        return [figure.here for figure in figures if figure.name == "alternates_granted"]

    assert told(schedule()) == []
    assert told(with_students(schedule(), seating("Ana", "Art a1", "Bio c1"))) == [1]
