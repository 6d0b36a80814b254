"""Bounds against every schedule there is, under all rules; and what only the brute force can know."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, staying_close
from echelon_desktop.solver.bounds import flow_bound, improve_bounds, level_bounds
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Problem
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.solve import solve_problem
from tests.solver.brute import Brute
from tests.solver.random_schools import Case, random_case, shuffled

MOST = 40_000  # schedules that are tried


def locked(case: Case, rng: Random) -> Case:
    """Some sections locked where the pattern lets them stand, others kept away from a period."""
    placements = dict(case.baseline.placements)
    for section in case.school.sections:
        if rng.random() < 0.4:
            period = rng.choice(list(case.school.periods))
            lock = rng.random() < 0.5
            placements[section] = e.Placement(
                "", section, (period,) if lock else (), locked=lock, forbidden=() if lock else (period,)
            )
    return replace(case, baseline=Schedule(placements, case.baseline.seatings))


def cases(seeds: range) -> Iterator[tuple[int, Problem, Brute]]:
    for seed in seeds:
        rng = Random(seed)
        case = random_case(rng)
        if seed % 2:
            case = locked(case, rng)
        rules = staying_close(case.rules) if seed % 3 == 0 else case.rules
        problem, _ = compile_school(case.school, rules, case.baseline)
        brute = Brute(problem)
        if brute.size() <= MOST:
            yield seed, problem, brute


@pytest.mark.parametrize("block", range(6))
def test_no_bound_is_above_the_optimum(block: int):
    above_zero = tried = 0
    for seed, problem, brute in cases(range(block * 40, block * 40 + 40)):
        best = brute.best()
        if best is None:
            continue
        tried += 1
        bound = improve_bounds(problem, None, flow_bound(problem), time_limit_s=0.5)
        for value, least in zip(best, level_bounds(problem, bound, best), strict=True):
            assert least <= value, seed
            above_zero += least > 0
    assert tried > 10
    assert above_zero


@pytest.mark.parametrize("block", range(3))
def test_what_certainly_stays_unmet_does_so_in_every_schedule(block: int):
    for seed, problem, brute in cases(range(500 + block * 30, 530 + block * 30)):
        if brute.size() > MOST // 8:
            continue
        bound = improve_bounds(problem, None, flow_bound(problem), time_limit_s=0.5)
        unmet = [
            sum(s < 0 for s in seat)
            for choice in brute.placements()
            for seat in brute.seatings(choice, None)
            if brute.hard_costs(choice, seat) == 0
        ]
        assert bound.total <= min(unmet, default=bound.total), seed


def test_a_seat_more_never_worsens_the_optimum():
    bettered = tried = 0
    for seed in range(120):
        rng = Random(seed)
        case = random_case(rng)
        rules = tuple(rule for rule in case.rules if rule.kind in {"unmet-requests", "granted-alternates"})
        rules = tuple(replace(rule, level=1 + (rule.kind != "unmet-requests")) for rule in rules)
        more = rng.choice(list(case.school.sections.values()))
        roomier = _with_sections(
            case.school,
            [replace(s, seats=s.seats + (s is more)) for s in case.school.sections.values()],
        )
        before, after = (
            Brute(compile_school(school, rules, case.baseline)[0]) for school in (case.school, roomier)
        )
        if before.size() > MOST:
            continue
        old, new = before.best(), after.best()
        assert new is not None or old is None
        if old is not None:
            tried += 1
            assert new <= old, seed
            bettered += new < old
    assert tried > 40
    assert bettered


def _with_sections(school: School, sections: list[e.Section]) -> School:
    from echelon_desktop.model.tables import SCHOOL_TABLES

    tables = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    return School(**(tables | {"sections": sections}))


def test_other_names_and_another_order_of_rows_change_no_optimum_and_no_bound():
    for seed in range(60):
        rng = Random(seed)
        case = random_case(rng)
        other = shuffled(case, rng)
        pair = [compile_school(c.school, c.rules, c.baseline)[0] for c in (case, other)]
        brutes = [Brute(problem) for problem in pair]
        if brutes[0].size() > MOST:
            continue
        best = [brute.best() for brute in brutes]
        assert best[0] == best[1], seed
        if best[0] is not None:
            first, second = (level_bounds(p, flow_bound(p), best[0]) for p in pair)
            assert first == second


def test_other_names_and_another_order_of_rows_change_no_proven_figure():
    proven = 0
    for seed in range(12):
        rng = Random(seed)
        case = random_case(rng)
        problems = (compile_school(c.school, c.rules, c.baseline)[0] for c in (case, shuffled(case, rng)))
        first, second = (
            solve_problem(problem, Params(time_limit_s=20, workers=1)).result for problem in problems
        )
        assert first.status == second.status
        assert [figure.value for figure in first.levels] == [figure.value for figure in second.levels]
        proven += first.status is Status.OPTIMAL
    assert proven > 5


R = [e.Period(f"R{i}", day="R", order=i) for i in range(1, 5)]
TAUGHT_BY_T = [e.Section(f"S{i}", "A", ("T",), seats=9) for i in range(4)]


@pytest.mark.parametrize(
    ("kind", "limit", "sections", "away", "least"),
    [
        # Four classes in four periods: R1-R3 and R2-R4 are too long with a limit of 2.
        ("teacher-consecutive", 2, 4, (), 2),
        ("teacher-consecutive", 3, 4, (), 1),
        ("teacher-consecutive", 2, 3, (), 0),
        # Away in R1, three classes are in a row whatever one does.
        ("teacher-consecutive", 2, 3, ("R1",), 1),
    ],
)
def test_long_runs_that_cannot_be_helped(kind, limit, sections, away, least):
    rules = parse_rules(f'[[rule]]\nkind = "{kind}"\nlevel = 2\nlimit = {limit}\n')
    school = School(
        periods=R,
        courses=[e.Course("A")],
        teachers=[e.Teacher("T")],
        sections=TAUGHT_BY_T[:sections],
        unavailability=[e.Unavailability("T", away)] if away else [],
    )
    assert _sharp(school, rules, kind) == least


def test_labs_that_must_be_side_by_side_where_the_teacher_is_away():
    school = School(
        periods=R,
        courses=[e.Course("A", lab=True)],
        teachers=[e.Teacher("T")],
        sections=TAUGHT_BY_T[:2],
        unavailability=[e.Unavailability("T", ("R1", "R2"))],
    )
    assert _sharp(school, parse_rules(""), "lab-spacing") == 1


def test_alternates_that_must_be_granted():
    wishes = (e.CourseRequest("A", alternates=("B",)),)
    school = School(
        periods=R,
        courses=[e.Course("A"), e.Course("B")],
        sections=[e.Section("S", "A", seats=1), e.Section("S2", "B", seats=9)],
        students=[e.Student(s) for s in "PQR"],
        requests=[e.RequestList(s, wishes) for s in "PQR"],
    )
    assert _sharp(school, parse_rules(""), "granted-alternates") == 2


def test_free_periods_that_no_seat_fills():
    rules = parse_rules('[[rule]]\nkind = "student-free-periods"\nlevel = 2\nlimit = 1\n')
    school = School(
        periods=R,
        courses=[e.Course("A")],
        sections=[e.Section("S", "A", seats=9)],
        students=[e.Student("P", unavailable=("R4",)), e.Student("Q")],
        requests=[e.RequestList("P", (e.CourseRequest("A"),))],
    )
    assert _sharp(school, rules, "student-free-periods") == (3 - 1 - 1) + (4 - 1)


def test_seats_that_cannot_be_kept_and_places_that_are_gone():
    school = School(
        periods=R[:2],
        courses=[e.Course("A"), e.Course("B")],
        teachers=[e.Teacher("T")],
        sections=[e.Section("S", "A", ("T",), seats=9), e.Section("S2", "B", seats=9, grades=("9",))],
        unavailability=[e.Unavailability("T", ("R1",))],
        students=[e.Student("P", grade="10")],
        requests=[e.RequestList("P", (e.CourseRequest("A"), e.CourseRequest("B")))],
    )
    given = Schedule(
        {"S": e.Placement("", "S", ("R1",)), "S2": e.Placement("", "S2", ("R2",))},
        {"P": e.Seating("", "P", (e.Seat("A", "S"), e.Seat("B", "S2")))},
    )
    rules = staying_close(parse_rules(""))
    assert _sharp(school, rules, "schedule-changes", given) == 2


def _sharp(school: School, rules: tuple[e.Rule, ...], name: str, given: Schedule | None = None) -> int:
    """The bound of a level, which must be what the best schedule costs there."""
    problem, _ = compile_school(school, rules, given or Schedule({}, {}))
    best = Brute(problem).best()
    at = [level.name for level in problem.levels()].index(name)
    bounds = level_bounds(problem, flow_bound(problem), best)
    assert bounds[at] == best[at]
    return bounds[at]
