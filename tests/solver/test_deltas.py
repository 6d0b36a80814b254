"""What a move would cost: every move offered keeps the rules, and its figures are those of a recount."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import (
    Course,
    CourseRequest,
    Link,
    LinkKind,
    Period,
    Placement,
    RequestList,
    Rule,
    Seat,
    Seating,
    Section,
    Student,
    Teacher,
    Unavailability,
)
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.cpsat.run import Limits
from echelon_desktop.solver.cpsat.solve import solve_cpsat
from echelon_desktop.solver.deltas.row import Deltas, Move, after, warmup
from echelon_desktop.solver.deltas.standing import as_it_stands
from echelon_desktop.solver.deltas.weigh import weigh
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.places import places
from echelon_desktop.solver.problem import Keys, Problem, Solution
from echelon_desktop.solver.schedules import rows_changed, schedule_of, solution_of
from echelon_desktop.solver.verify import verify
from echelon_desktop.solver.verify.verdict import FACTS
from tests.solver.brute import Brute
from tests.solver.random_schools import Case, random_case

RULES = preset_rules("standard")


def band_and_biology() -> School:
    """Ana wants both; Band and Biology have one section each, and other teachers."""
    return School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "G1")],
        courses=[Course("Band"), Course("Biology")],
        teachers=[Teacher("T1"), Teacher("T2")],
        sections=[Section("S1", "Band", ("T1",), 2), Section("S2", "Biology", ("T2",), 2)],
        unavailability=[Unavailability("T2", ("G1",))],
        students=[Student("Ana"), Student("Ben")],
        requests=[
            RequestList("Ana", (CourseRequest("Band"), CourseRequest("Biology"))),
            RequestList("Ben", (CourseRequest("Biology"),)),
        ],
    )


def both_in_r1() -> Schedule:
    return Schedule(
        {
            "S1": Placement("1", "S1", ("R1",), teachers=("T1",)),
            "S2": Placement("1", "S2", ("R1",), teachers=("T2",)),
        },
        {
            "Ana": Seating("1", "Ana", (Seat("Band", "S1"),)),
            "Ben": Seating("1", "Ben", (Seat("Biology", "S2"),)),
        },
    )


def test_a_move_that_parts_a_conflict_meets_the_request():
    school, schedule = band_and_biology(), both_in_r1()
    problem, keys = compile_school(school, RULES, schedule)
    solution = solution_of(schedule, problem, keys)
    moves = {
        keys.choices[move.choices[1]].periods: (move.unmet, move.students)
        for move in deltas_of(problem, solution).moves(keys.sections.index("S2"))
    }
    # R2 frees Ana to take Biology beside Band; G1 is not offered, since T2 is away then.
    assert moves == {("R2",): (-1, 1)}


def test_places_say_why_not():
    of_s2 = places(band_and_biology(), RULES, both_in_r1(), "S2")
    found = {p.choice.periods: (p.reasons, p.in_the_way) for p in of_s2}
    assert found[("G1",)] == (("T2 is unavailable in G1.",), ())
    assert found[("R2",)] == ((), ())


def test_a_section_of_the_same_teacher_swaps_places():
    school = band_and_biology()
    school = School(
        periods=school.periods.values(),
        courses=school.courses.values(),
        teachers=[Teacher("T1")],
        sections=[Section("S1", "Band", ("T1",), 2), Section("S2", "Biology", ("T1",), 2)],
        students=school.students.values(),
        requests=school.requests.values(),
    )
    schedule = Schedule(
        {"S1": Placement("1", "S1", ("R1",)), "S2": Placement("1", "S2", ("R2",))},
        {s: Seating("1", s) for s in ("Ana", "Ben")},
    )
    problem, keys = compile_school(school, RULES, schedule)
    solution = solution_of(schedule, problem, keys)
    into_r2 = next(
        m for m in deltas_of(problem, solution).moves(0) if keys.choices[m.choices[0]].periods == ("R2",)
    )
    assert keys.choices[into_r2.choices[1]].periods == ("R1",)
    in_the_way = {p.choice.periods: p.in_the_way for p in places(school, RULES, schedule, "S1")}
    assert in_the_way[("R2",)] == ("S2",)


def test_a_linked_section_moves_along():
    """S2 follows S1 in the day, and cannot when S1 meets last."""
    school = School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "R3")],
        courses=[Course("Band"), Course("Biology")],
        sections=[Section("S1", "Band", ("T1",), 2), Section("S2", "Biology", ("T1",), 2)],
        teachers=[Teacher("T1")],
        links=[Link("L", LinkKind.CONSECUTIVE, ("S1", "S2"))],
    )
    schedule = Schedule({"S1": Placement("1", "S1", ("R1",)), "S2": Placement("1", "S2", ("R2",))}, {})
    problem, keys = compile_school(school, RULES, schedule)
    found = [
        {keys.sections[s]: keys.choices[k].periods for s, k in move.choices.items()}
        for move in deltas_of(problem, solution_of(schedule, problem, keys)).moves(0)
    ]
    assert found == [{"S1": ("R2",), "S2": ("R3",)}]
    assert not any(place.reasons for place in places(school, RULES, schedule, "S1"))


def test_moves_are_told_while_a_hard_rule_is_broken_elsewhere():
    """T1 teaches twice in a row, which nothing here can mend; T2 may move, but not to teach so too."""
    school = School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "G1")],
        courses=[Course("Art")],
        sections=[Section(f"S{i}", "Art", (f"T{(i + 1) // 2}",), 2) for i in (1, 2, 3, 4)],
        teachers=[Teacher("T1"), Teacher("T2")],
    )
    where = {"S1": "R1", "S2": "R2", "S3": "R1", "S4": "G1"}
    schedule = Schedule({s: Placement("1", s, (p,), locked=s != "S4") for s, p in where.items()}, {})
    rules = (*RULES, Rule("row", "teacher-consecutive", None, limit=1))
    problem, keys = compile_school(school, rules, schedule)
    solution = solution_of(schedule, problem, keys)
    assert list(deltas_of(problem, solution).moves(keys.sections.index("S4"))) == []
    free = replace(schedule.placements["S3"], locked=False)
    schedule = Schedule({**schedule.placements, "S3": free}, {})
    problem, keys = compile_school(school, rules, schedule)
    found = deltas_of(problem, solution_of(schedule, problem, keys)).moves(keys.sections.index("S3"))
    assert [keys.choices[move.choices[2]].periods for move in found] == [("R2",), ("G1",)]


class Never:
    """A compiler that never gets ready."""

    def ready(self, function: object) -> bool:
        return False


def situation(seed: int) -> tuple[Case, Problem, Keys, Solution] | None:
    """A random case with a schedule that keeps its rules; None when there is none."""
    case = random_case(Random(seed))
    problem, keys = compile_school(case.school, case.rules, case.baseline)
    solution = solve_cpsat(problem, Limits(seed=1)).solution
    return None if solution is None else (case, problem, keys, solution)


def deltas_of(problem: Problem, solution: Solution) -> Deltas:
    return Deltas(problem, solution, Never())  # type: ignore[arg-type]


def change(problem: Problem, before: Solution, move: Move) -> tuple[int, ...]:
    """The change of every level, by counting the schedules before and after from scratch."""
    old, new = level_values(problem, before), level_values(problem, after(before, move))
    return tuple(b - a for a, b in zip(old, new, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_every_move_keeps_the_rules_and_equals_a_recount(seed: int):
    found = situation(seed)
    if found is None:
        return
    case, problem, keys, solution = found
    schedule = schedule_of(solution, keys, case.school, case.baseline)
    before = verify(case.school, case.rules, schedule, case.baseline)
    assert before.ok
    deltas = deltas_of(problem, solution)
    for section, section_id in enumerate(keys.sections):
        open_places = {
            p.choice.mask for p in places(case.school, case.rules, schedule, section_id) if not p.reasons
        }
        for move in (*deltas.moves(section), *deltas.exact(section)):
            assert move.levels == change(problem, solution, move)
            moved = after(solution, move)
            verdict = verify(
                case.school,
                case.rules,
                schedule_of(moved, keys, case.school, case.baseline),
                case.baseline,
            )
            assert verdict.ok, verdict.violations
            assert verdict.counts.unmet - before.counts.unmet == move.unmet
            others = problem.request_student[moved.seat != solution.seat]
            assert len(set(others.tolist())) == move.students
            taken = {keys.choices[k].mask for k in move.choices.values()}
            if len(taken) == 1:  # nothing else moves to another time
                assert taken <= open_places


def taken_apart(schedule: Schedule, rng: Random) -> Schedule:
    """
    The schedule with some sections off the board, of some of which the students keep seats that are none, and
    some where they must not be.
    """
    off = {s for s in schedule.placements if rng.random() < 0.4}
    kept = {s for s in off if rng.random() < 0.3}
    placements = {}
    for s, placement in schedule.placements.items():
        wrong = placement.periods if rng.random() < 0.2 else placement.forbidden
        placements[s] = replace(placement, forbidden=wrong)
        if s in off:
            placements[s] = replace(placements[s], periods=(), terms=())
    seatings = {
        n: replace(seating, seats=tuple(x for x in seating.seats if x.section not in off - kept))
        for n, seating in schedule.seatings.items()
    }
    return Schedule(placements, seatings)


def nowhere(schedule: Schedule, section: str) -> bool:
    return not schedule.placements[section].periods


def with_rows(schedule: Schedule, rows: Schedule) -> Schedule:
    """A schedule with other rows, without the seats in sections that have no place."""
    placements = schedule.placements | rows.placements
    seatings = {
        student: replace(seating, seats=tuple(x for x in seating.seats if placements[x.section].periods))
        for student, seating in (schedule.seatings | rows.seatings).items()
    }
    return Schedule(placements, seatings)


def linked_to_locked(case: Case, schedule: Schedule, section: str) -> bool:
    """Whether a section that is locked on the board must meet with this one, or right before or after it."""
    along = {section}
    links = [set(x.sections) for x in case.school.links.values() if x.kind is not LinkKind.SAME_STUDENTS]
    for _ in links:
        along |= {s for those in links if those & along for s in those}
    return any(schedule.placements[s].locked and not nowhere(schedule, s) for s in along)


@pytest.mark.parametrize("seed", range(60))
def test_moves_are_weighed_while_sections_stand_nowhere_or_where_they_must_not(seed: int):
    found = situation(seed)
    if found is None:
        return
    case, problem, keys, whole = found
    schedule = taken_apart(schedule_of(whole, keys, case.school, case.baseline), Random(seed))
    compiled = compile_school(case.school, case.rules, schedule)
    problem, keys, solution = as_it_stands(schedule, *compiled, case.school)
    stays = schedule_of(solution, keys, case.school, schedule)
    assert stays.placements == schedule.placements
    before = verify(case.school, case.rules, stays, schedule)
    broken = {v.message for v in before.violations}
    deltas = deltas_of(problem, solution)
    for section, name in enumerate(keys.sections):
        may_leave = not nowhere(schedule, name) and not schedule.placements[name].locked
        off = [move for move in deltas.moves(section) if not keys.choices[move.choices[section]].periods]
        assert len(off) == (may_leave and not linked_to_locked(case, schedule, name))
        for move in (*deltas.moves(section), *deltas.exact(section)):
            assert move.levels == change(problem, solution, move)
            moved = schedule_of(after(solution, move), keys, case.school, schedule)
            rows = rows_changed(solution, after(solution, move), problem, keys, case.school, schedule)
            assert with_rows(schedule, rows) == moved
            verdict = verify(case.school, case.rules, moved, schedule)
            more = {v.rule for v in verdict.violations if v.message not in broken}
            leaves = any(nowhere(moved, keys.sections[s]) for s in move.choices)
            assert not more & FACTS.keys() - ({"placed", "pinned"} if leaves else set())
            assert verdict.counts.unmet - before.counts.unmet == move.unmet


def test_a_board_filled_card_by_card_gives_students_their_seats():
    sample = make_school(12, seed=1)
    assert sample.planted is not None
    compiled = compile_school(sample.school, sample.rules)
    problem, keys, solution = as_it_stands(Schedule({}, {}), *compiled, sample.school)
    unmet = problem.n_requests
    for section, name in enumerate(keys.sections):
        moves = {
            keys.choices[m.choices[section]].periods: m for m in deltas_of(problem, solution).moves(section)
        }
        move = moves[sample.planted.placements[name].periods]
        solution, unmet = after(solution, move), unmet + move.unmet
    schedule = schedule_of(solution, keys, sample.school)
    verdict = verify(sample.school, sample.rules, schedule)
    assert verdict.ok
    assert verdict.counts.unmet == unmet == 0


def concerned_in(problem: Problem, solution: Solution, move: Move) -> set[int]:
    """The students concerned, as the glossary defines them."""
    courses = {int(problem.section_course[s]) for s in move.choices}
    found = set()
    for r in range(problem.n_requests):
        seat = int(solution.seat[r])
        if seat in move.choices or (seat < 0 and courses & set(problem.options[r].tolist())):
            found.add(int(problem.request_student[r]))
    return found


def best_for(problem: Problem, solution: Solution, move: Move, levels: int) -> tuple[int, ...]:
    """The least the first levels can change by, trying every seating of the students concerned."""
    brute = Brute(problem)
    choice = after(solution, move).choice.tolist()
    students = concerned_in(problem, solution, move)
    free = [r for r in brute.requests if brute.student[r] in students]
    sections = [[-1, *(s for s in brute.sections if brute.course[s] in brute.options[r])] for r in free]
    best = None
    for tried in product(*sections):
        seat = solution.seat.tolist()
        for r, s in zip(free, tried, strict=True):
            seat[r] = s
        if brute.may_sit(choice, seat) and brute.hard_costs(choice, seat) == 0:
            values = brute.values(choice, seat)[:levels]
            best = values if best is None else min(best, values)
    assert best is not None
    before = brute.values(solution.choice.tolist(), solution.seat.tolist())
    return tuple(b - a for a, b in zip(before[:levels], best, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_exact_figures_are_the_best_for_the_students_concerned(seed: int):
    found = situation(seed)
    if found is None:
        return
    _, problem, _, solution = found
    deltas = deltas_of(problem, solution)
    for section in range(problem.n_sections):
        estimates = {move.choices[section]: move for move in deltas.moves(section)}
        exact = {move.choices[section]: move for move in deltas.exact(section)}
        assert estimates.keys() <= exact.keys()
        for choice, move in exact.items():
            assert move.exact > 0
            assert move.levels[: move.exact] == best_for(problem, solution, move, move.exact)
            if choice in estimates:
                assert move.levels <= estimates[choice].levels


def two_for_one_seat() -> tuple[School, Schedule]:
    """
    Moving Band into R2 displaces Ana and Ben from Art in R2; Art has one seat left in R1 and one in R3.

    Ben cannot come in R3. Seated one after the other, Ana takes the seat in R1 that he needs.
    """
    school = School(
        periods=[Period(p, "", p[0], int(p[1])) for p in ("R1", "R2", "R3")],
        courses=[Course("Band"), Course("Art")],
        sections=[
            Section("B1", "Band", (), 2),
            Section("A2", "Art", (), 2),
            Section("A1", "Art", (), 1, allowed_periods=("R1",)),
            Section("A3", "Art", (), 1, allowed_periods=("R3",)),
        ],
        students=[Student("Ana"), Student("Ben", unavailable=("R3",))],
        requests=[RequestList(s, (CourseRequest("Band"), CourseRequest("Art"))) for s in ("Ana", "Ben")],
    )
    schedule = Schedule(
        {
            "B1": Placement("1", "B1", ("R1",)),
            "A2": Placement("1", "A2", ("R2",)),
            "A1": Placement("1", "A1", ("R1",)),
            "A3": Placement("1", "A3", ("R3",)),
        },
        {s: Seating("1", s, (Seat("Band", "B1"), Seat("Art", "A2"))) for s in ("Ana", "Ben")},
    )
    return school, schedule


def test_the_exact_figure_is_lower_where_the_order_of_students_costs_a_seat():
    school, schedule = two_for_one_seat()
    problem, keys = compile_school(school, RULES, schedule)
    solution = solution_of(schedule, problem, keys)
    deltas = deltas_of(problem, solution)
    band = keys.sections.index("B1")
    into_r2 = next(k for k in problem.choices_of(band) if keys.choices[k].periods == ("R2",))
    estimate = next(m for m in deltas.moves(band) if m.choices[band] == into_r2)
    exact = next(m for m in deltas.exact(band) if m.choices[band] == into_r2)
    assert (estimate.unmet, exact.unmet, estimate.exact, exact.exact) == (1, 0, 0, 1)


def test_answers_are_the_same_interpreted_and_compiled():
    compiler = warmup()
    compiler.wait()
    assert compiler.ready(weigh)
    for seed in range(20):
        found = situation(seed)
        if found is None:
            continue
        _, problem, _, solution = found
        slow, fast = deltas_of(problem, solution), Deltas(problem, solution, compiler)
        for section in range(problem.n_sections):
            assert list(slow.moves(section)) == list(fast.moves(section))
            assert list(slow.exact(section)) == list(fast.exact(section))


def test_asking_changes_nothing():
    found = next(filter(None, map(situation, range(20))))
    _, problem, _, solution = found
    deltas = deltas_of(problem, solution)
    sections = range(problem.n_sections)
    first = [list(deltas.moves(s)) for s in sections]
    for s in sections:
        list(deltas.exact(s))
    assert [list(deltas.moves(s)) for s in sections] == first
