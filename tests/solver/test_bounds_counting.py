"""The counting bound and the bounds of levels: never above what a schedule reaches, sharp where planted."""

from itertools import combinations, product

import pytest
from tiny_schools import all_values, tiny_school

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, preset_rules
from echelon_desktop.solver.bounds import Bound, Reason, flow_bound, level_bounds, spread_of
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Keys, Problem

PERIODS = [e.Period("R1", day="R", order=1), e.Period("R2", day="R", order=2)]


def compiled(sections, requests, *, rules=None, baseline=None, **records) -> tuple[Problem, Keys]:
    lists = [
        e.RequestList(
            student, tuple(w if isinstance(w, e.CourseRequest) else e.CourseRequest(w) for w in wishes)
        )
        for student, wishes in requests.items()
    ]
    records.setdefault("periods", PERIODS)
    school = School(sections=sections, requests=lists, **records)
    return compile_school(school, rules or preset_rules("standard"), baseline or Schedule({}, {}))


def bound_of(sections, requests, **records) -> Bound:
    return flow_bound(compiled(sections, requests, **records)[0])


@pytest.mark.parametrize("block", range(6))
def test_no_schedule_of_a_tiny_school_is_better_than_its_bounds(block):
    positive = 0
    for seed in range(block * 40, block * 40 + 40):
        school, baseline = tiny_school(seed)
        problem, _ = compile_school(school, preset_rules("standard"), baseline)
        found = all_values(problem)
        if not found:
            continue
        bound = flow_bound(problem)
        levels = [level for level in problem.levels() if level.rank is not None]
        for rank in range(3):
            at = [i for i, level in enumerate(levels) if level.rank <= rank]
            assert bound.unmet[rank] <= min(sum(v[i] for i in at) for v in found), seed
        assert sum(w.unmet for w in bound.witnesses) == bound.total
        for value in found:
            for i, least in enumerate(level_bounds(problem, bound, value)):
                assert least <= min(v[i] for v in found if v[:i] == value[:i]), (seed, value, i)
                positive += least > 0
    assert positive


def test_a_request_without_a_section_is_unmet():
    bound = bound_of([e.Section("S", "Art", seats=9)], {"P": ["Art", "Latin"]})
    assert bound.unmet == (1, 1, 1)
    assert [(w.reason, w.unmet, w.students) for w in bound.witnesses] == [(Reason.NO_SECTION, 1, 1)]


def test_more_requests_than_slots():
    sections = [e.Section(f"S{i}", f"C{i}", seats=9) for i in range(4)]
    bound = bound_of(sections, {"P": ["C0", "C1", "C2", "C3"], "Q": ["C0", "C1"]})
    assert [(w.reason, w.unmet, w.students) for w in bound.witnesses] == [(Reason.SLOTS, 2, 1)]


def test_courses_that_meet_in_the_same_few_slots():
    periods = [*PERIODS, e.Period("G1", day="G", order=1)]
    courses = [e.Course(c, allowed_periods=("R1", "R2")) for c in ("A", "B", "C")]
    sections = [e.Section(c, c, seats=9) for c in ("A", "B", "C")]
    assert bound_of(sections, {"P": ["A", "B", "C"]}, periods=periods, courses=courses).total == 1


def test_an_absent_student_has_fewer_slots():
    sections = [e.Section("A", "A", seats=9), e.Section("B", "B", seats=9)]
    away = [e.Student("P", unavailable=("R2",))]
    assert bound_of(sections, {"P": ["A", "B"]}, students=away).total == 1


def test_full_year_courses_take_their_period_in_every_term():
    terms = [e.Term("S1"), e.Term("S2")]
    sections = [e.Section(c, c, seats=9) for c in ("A", "B", "C")]
    assert bound_of(sections, {"P": ["A", "B", "C"]}, terms=terms).total == 1


def test_double_periods_count_twice():
    periods = [e.Period(f"R{i}", day="R", order=i) for i in range(3)]
    courses = [e.Course("A", pattern="2"), e.Course("B", pattern="2")]
    sections = [e.Section("A", "A", seats=9), e.Section("B", "B", seats=9)]
    assert bound_of(sections, {"P": ["A", "B"]}, periods=periods, courses=courses).total == 1


def test_seats_and_who_lacks_them():
    sections = [e.Section("A", "A", seats=2), e.Section("B", "B", seats=9)]
    problem, keys = compiled(sections, {f"P{i}": ["A", "B"] for i in range(5)})
    (witness,) = flow_bound(problem).witnesses
    assert (witness.reason, witness.unmet) == (Reason.SEATS, 3)
    assert witness.courses == (keys.courses.index("A"),)
    assert witness.words(keys) == (
        "At least 3 requests cannot be met: A has too few seats. "
        "Left out of account: places of sections, teachers, rooms and links."
    )


def test_sped_seats():
    students = [e.Student(f"P{i}", sped=True) for i in range(3)]
    sections = [e.Section("A", "A", seats=9, sped_limit=1)]
    assert bound_of(sections, {s.id: ["A"] for s in students}, students=students).total == 2


def test_a_stack_shares_its_seats():
    sections = [e.Section("A", "A", ("T",), seats=2), e.Section("B", "B", ("T",), seats=2)]
    stack = [e.Link("L", e.LinkKind.STACKED, ("A", "B"))]
    wishes = {"P": ["A"], "Q": ["A"], "X": ["B"], "Y": ["B"]}
    assert bound_of(sections, wishes).total == 0
    assert bound_of(sections, wishes, links=stack).total == 2


def test_seats_are_for_those_who_may_sit():
    sections = [e.Section("A", "A", seats=1), e.Section("B", "A", seats=5, grades=("9",))]
    students = [e.Student("P", grade="9"), e.Student("Q", grade="10"), e.Student("X", grade="10")]
    assert bound_of(sections, {s.id: ["A"] for s in students}, students=students).total == 1


def test_an_alternate_meets_a_request():
    sections = [e.Section("A", "A", seats=1), e.Section("B", "B", seats=1)]
    plain, other = e.CourseRequest("A"), e.CourseRequest("A", alternates=("B",))
    assert bound_of(sections, {"P": [plain], "Q": [plain]}).total == 1
    assert bound_of(sections, {"P": [plain], "Q": [other]}).total == 0
    assert bound_of(sections, {"P": [plain], "Q": [other], "X": [other]}).total == 1


def test_slots_and_seats_together_show_what_neither_shows_alone():
    # P has room for one of A and B; Q wants B, whose only seat P does not need if P takes A. With a third
    # student on A's only seat, one more request stays unmet than slots or seats alone would say.
    periods = [e.Period("R1", day="R", order=1)]
    sections = [e.Section("A", "A", seats=1), e.Section("B", "B", seats=1)]
    bound = bound_of(sections, {"P": ["A", "B"], "Q": ["B"], "X": ["A"]}, periods=periods)
    assert bound.total == 2
    assert {w.reason: w.unmet for w in bound.witnesses} == {Reason.SLOTS: 1, Reason.SEATS: 1}


def test_ranks_are_bounded_jointly():
    sections = [e.Section("A", "A", seats=1)]
    second = e.CourseRequest("A", rank=2)
    problem, _ = compiled(sections, {"P": ["A"], "Q": [second], "X": [second]})
    bound = flow_bound(problem)
    assert bound.unmet == (0, 2, 2)
    assert level_bounds(problem, bound, (0, 2, 0, 0))[:2] == (0, 2)
    assert level_bounds(problem, bound, (1, 1, 0, 0))[:2] == (0, 1)


def test_an_empty_school_has_nothing_unmet():
    assert flow_bound(compile_school(School(), preset_rules("standard"))[0]) == Bound()


def test_spread_equals_the_best_of_all_ways_to_fill():
    for seats in product(range(4), repeat=3):
        for students in range(sum(seats) + 1):
            ways = (sizes for sizes in product(*(range(n + 1) for n in seats)) if sum(sizes) == students)
            assert spread_of(seats, students) == min(max(sizes) - min(sizes) for sizes in ways)


def test_section_balance_is_bounded_by_arithmetic_less_what_misses_can_mend():
    sections = [e.Section(f"{c}{i}", c, seats=9) for c in ("A", "B") for i in range(2)]
    problem, _ = compiled(sections, {f"P{i}": ["A", "B"] for i in range(5)})
    bound = flow_bound(problem)
    assert level_bounds(problem, bound, (0, 2, 0)) == (0, 2, 0)
    assert level_bounds(problem, bound, (1, 2, 0))[1] == 1
    assert level_bounds(problem, bound, (2, 2, 0))[1] == 0


def test_balance_is_not_bounded_where_it_comes_before_unmet_requests():
    rules = parse_rules('[[rule]]\nkind = "unmet-requests"\nlevel = 4\n', source="rules.toml")
    sections = [e.Section(f"A{i}", "A", seats=9) for i in range(2)]
    problem, _ = compiled(sections, {"P": ["A"]}, rules=rules)
    names = [level.name for level in problem.levels()]
    assert level_bounds(problem, flow_bound(problem), [0] * len(names))[names.index("section-balance")] == 0


@pytest.mark.parametrize("day", [3, 4, 5])
@pytest.mark.parametrize("labs", [1, 2, 3, 4, 5])
def test_labs_that_must_be_in_adjacent_slots(day, labs):
    periods = [e.Period(f"{d}{i}", day=d, order=i) for d, n in (("R", day), ("G", 2)) for i in range(n)]
    sections = [e.Section(f"S{i}", "A", ("T",), seats=9, department="Science") for i in range(labs)]
    problem, _ = compiled(sections, {"P": ["A"]}, periods=periods)
    slots = range(len(periods))
    least = min(
        sum(int(problem.adjacent[a]) >> b & 1 for a, b in combinations(taken, 2))
        for taken in combinations(slots, labs)
    )
    bounds = level_bounds(problem, Bound(), [0] * len(problem.levels()))
    names = [level.name for level in problem.levels()]
    assert bounds[names.index("lab-spacing")] == least
    # Without a teacher nobody keeps them apart, and nothing is claimed.
    free, _ = compiled([e.Section(s.id, "A", seats=9, department="Science") for s in sections], {"P": ["A"]})
    assert level_bounds(free, Bound(), [0] * len(free.levels()))[-1] == 0


def test_what_no_schedule_changes_is_its_own_bound():
    rules = parse_rules(
        '[[rule]]\nkind = "teacher-preps"\nlevel = 5\nlimit = 1\nweight = 3\n'
        '[[rule]]\nkind = "teacher-load"\nlevel = 6\nlimit = 2\n'
        '[[rule]]\nkind = "allowed-periods"\nlevel = 7\ncourses = ["A"]\nperiods = ["R1"]\n',
        source="rules.toml",
    )
    courses = [e.Course("A", allowed_periods=("R2",)), e.Course("B"), e.Course("C")]
    sections = [e.Section(c, c, ("T",), seats=9) for c in ("A", "B", "C")]
    problem, _ = compiled(sections, {"P": ["A"]}, rules=rules, courses=courses, teachers=[e.Teacher("T")])
    bounds = dict(
        zip([level.name for level in problem.levels()], level_bounds(problem, Bound(), [0] * 6), strict=True)
    )
    assert (bounds["teacher-preps"], bounds["teacher-load"], bounds["allowed-periods"]) == (6, 1, 1)
