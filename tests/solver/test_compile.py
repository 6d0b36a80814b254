"""What a school means as a problem: the same schedules are right, and they cost the same."""

import io
import json
from dataclasses import fields, is_dataclass
from random import Random

import numpy as np
import pytest
from brute import Brute
from hypothesis import given
from hypothesis import strategies as st
from random_schools import Case, random_case

from echelon_desktop.errors import UnsupportedError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.rules import parse_rules, preset_rules
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.solver.assign.openings import Openings
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.cpsat.solve import Limits, solve_cpsat
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import VERSION, GoalKind, Problem, Solution
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.verify import verify

STANDARD = preset_rules("standard")
cases = st.randoms(use_true_random=True).map(random_case)


def school_of(**records: list) -> School:
    """A school of one day R1, R2, R3 with whatever records are given."""
    periods = [e.Period(f"R{i}", day="R", order=i) for i in (1, 2, 3)]
    return School(**{"periods": periods, **records})


def compiled(school: School, rules: str = "", baseline: Schedule = NO_SCHEDULE) -> Problem:
    return compile_school(school, parse_rules(rules), baseline)[0]


def masks_of(problem: Problem, section: int = 0) -> list[int]:
    return [int(problem.choice_mask[k]) for k in problem.choices_of(section)]


def plain(value: object) -> object:
    """All that a problem holds, comparable."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.tolist()
    if is_dataclass(value):
        return [plain(getattr(value, f.name)) for f in fields(value)]
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@given(cases)
def test_bytes_hold_the_whole_problem(case: Case) -> None:
    problem, _ = compile_school(case.school, case.rules, case.baseline)
    assert plain(Problem.from_bytes(problem.to_bytes())) == plain(problem)


def test_bytes_hold_no_name() -> None:
    school = school_of(
        courses=[e.Course("Algebra")],
        sections=[e.Section("Algebra-1", "Algebra", ("Ms Noether",), 5)],
        students=[e.Student("Emil")],
        requests=[e.RequestList("Emil", (e.CourseRequest("Algebra"),))],
    )
    data = compiled(school).to_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        text = json.dumps([arrays[name].tolist() for name in arrays]) + arrays["head"].tobytes().decode()
    assert not any(name in text for name in ("Algebra", "Noether", "Emil", "R1"))


def test_bytes_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = compiled(school_of()).to_bytes()
    monkeypatch.setattr("echelon_desktop.solver.problem.VERSION", VERSION + 1)
    with pytest.raises(UnsupportedError, match=f"format {VERSION}"):
        Problem.from_bytes(data)


def random_schedule(rng: Random, case: Case, near: Schedule | None) -> Schedule:
    """Places and seats as a person could type them in, right or wrong; most as in the schedule near."""
    school, grid = case.school, SlotGrid(case.school)
    placements = dict(near.placements) if near else {}
    seatings = dict(near.seatings) if near else {}
    sections = list(school.sections.values())
    for section in sections if near is None else rng.sample(sections, rng.randrange(2)):
        choices = grid.choices(section)
        if choices:
            choice = rng.choice(choices)
            locked = case.baseline.placements.get(section.id, e.Placement("", section.id))
            placements[section.id] = e.Placement(
                "",
                section.id,
                choice.periods,
                choice.terms,
                section.teachers or (locked.teachers if locked.locked else ()),
                section.room or (locked.room if locked.locked else ""),
            )
    students = list(school.requests.values())
    for wanted in students if near is None else rng.sample(students, rng.randrange(2)):
        before = seatings.get(wanted.student, e.Seating("", wanted.student))
        held = {seat.course: seat for seat in before.seats}
        for request in wanted.requests:
            able = [s.id for s in sections if s.course in (request.course, *request.alternates)]
            if rng.random() < 0.5:
                held.pop(request.course, None)
                if able and rng.random() < 0.7:
                    held[request.course] = e.Seat(request.course, rng.choice(able))
        pinned = case.baseline.seatings.get(wanted.student, before).pinned
        seatings[wanted.student] = e.Seating("", wanted.student, tuple(held.values()), pinned)
    return Schedule(placements, seatings)


@pytest.mark.parametrize("block", range(3))
def test_what_verify_accepts_is_what_the_problem_allows(block: int) -> None:
    seen = {True: 0, False: 0}
    for seed in range(1000 + block * 40, 1040 + block * 40):
        rng = Random(seed)
        case = random_case(rng)
        problem, keys = compile_school(case.school, case.rules, case.baseline, Openings())
        brute = Brute(problem)
        best = solve_cpsat(problem, Limits()).solution
        near = None if best is None else schedule_of(best, keys, case.school, case.baseline)
        for _ in range(20):
            schedule = random_schedule(rng, case, near)
            verdict = verify(case.school, case.rules, schedule, case.baseline)
            solution = solution_of(schedule, problem, keys)
            allowed = solution is not None and brute.accepts(solution)
            assert verdict.ok == allowed, (seed, verdict.violations)
            seen[allowed] += 1
            if solution is not None and allowed:
                values = brute.values(solution.choice.tolist(), solution.seat.tolist())
                assert verdict.score == values == level_values(problem, solution)
    assert min(seen.values()) > 100


@given(cases)
def test_a_schedule_means_the_solution_it_came_from(case: Case) -> None:
    problem, keys = compile_school(case.school, case.rules, case.baseline)
    rng = Random(0)
    if not all(len(problem.choices_of(s)) for s in range(problem.n_sections)):
        return
    choice = [rng.choice(problem.choices_of(s)) for s in range(problem.n_sections)]
    able = [
        [s for s in range(problem.n_sections) if problem.section_course[s] in options]
        for options in problem.options
    ]
    seat = [rng.choice([-1, *sections]) for sections in able]
    solution = Solution(np.array(choice, np.int32), np.array(seat, np.int32))
    again = solution_of(schedule_of(solution, keys, case.school, case.baseline), problem, keys)
    assert again is not None
    assert again.choice.tolist() == choice
    assert again.seat.tolist() == seat


def test_a_schedule_with_an_unplaced_section_is_no_solution() -> None:
    school = school_of(sections=[e.Section("A", "C")])
    problem, keys = compile_school(school, STANDARD)
    assert solution_of(Schedule({}, {}), problem, keys) is None
    placed = Schedule({"A": e.Placement("", "A", ("R2",))}, {})
    solution = solution_of(placed, problem, keys)
    assert solution is not None
    assert problem.choice_mask[solution.choice].tolist() == [0b010]


def test_slots_are_term_by_period() -> None:
    school = school_of(terms=[e.Term("S1"), e.Term("S2")])
    problem = compiled(school)
    assert problem.slot_term.tolist() == [0, 0, 0, 1, 1, 1]
    assert problem.slot_period.tolist() == [0, 1, 2, 0, 1, 2]
    assert problem.next_slot.tolist() == [1, 2, -1, 4, 5, -1]
    assert problem.adjacent.tolist() == [0b10, 0b101, 0b10, 0b10000, 0b101000, 0b10000]


def test_a_school_with_more_slots_than_a_mask_holds_is_refused() -> None:
    school = School(periods=[e.Period(f"P{i}") for i in range(64)])
    with pytest.raises(UnsupportedError, match="64 slots"):
        compile_school(school, STANDARD)


def test_everything_hard_shortens_the_choices() -> None:
    section = e.Section("A", "C", ("T",), allowed_periods=("R1", "R2"))
    everywhere = school_of(sections=[e.Section("A", "C", ("T",))])
    assert masks_of(compiled(everywhere)) == [1, 2, 4]
    assert masks_of(compiled(school_of(sections=[section]))) == [1, 2]
    course = e.Course("C", allowed_periods=("R3",))
    assert masks_of(compiled(school_of(sections=[section], courses=[course]))) == []
    away = e.Unavailability("T", ("R2",))
    assert masks_of(compiled(school_of(sections=[section], unavailability=[away]))) == [1]
    rule = '[[rule]]\nkind = "allowed-periods"\nteachers = ["T"]\nperiods = ["R1", "R3"]\n'
    assert masks_of(compiled(everywhere, rule)) == [1, 4]
    forbidden = e.Placement("", "A", forbidden=("R1",))
    assert masks_of(compiled(everywhere, "", Schedule({"A": forbidden}, {}))) == [2, 4]
    locked = e.Placement("", "A", ("R2",), locked=True)
    assert masks_of(compiled(everywhere, "", Schedule({"A": locked}, {}))) == [2]
    unlocked = e.Placement("", "A", ("R2",))
    assert masks_of(compiled(everywhere, "", Schedule({"A": unlocked}, {}))) == [1, 2, 4]


def test_a_graded_rule_of_periods_costs_instead() -> None:
    school = school_of(sections=[e.Section("A", "C"), e.Section("B", "D")])
    rule = '[[rule]]\nkind = "allowed-periods"\nlevel = 2\ncourses = ["D"]\nperiods = ["R1"]\n'
    problem = compiled(school, rule)
    (goal,) = (goal for goal in problem.goals if goal.kind is GoalKind.CHOICE_COST)
    assert goal.cost.tolist() == [0, 0, 0, 0, 1, 1]


def test_a_lock_binds_the_teacher_and_room_it_names() -> None:
    rooms = [e.Room("A", seats=1)]
    sections = [e.Section("X", "C", seats=5), e.Section("Y", "D", ("T",), seats=5)]
    school = school_of(sections=sections, rooms=rooms, teachers=[e.Teacher("T")])
    baseline = Schedule({"X": e.Placement("", "X", ("R1",), (), ("T",), "A", locked=True)}, {})
    problem, keys = compile_school(school, STANDARD, baseline)
    assert [group.tolist() for group in problem.exclusive] == [[0, 1]]
    assert problem.section_seats.tolist() == [1, 5]
    solution = solve_cpsat(problem, Limits()).solution
    assert solution is not None
    schedule = schedule_of(solution, keys, school, baseline)
    assert schedule.placements["X"] == baseline.placements["X"]
    assert verify(school, STANDARD, schedule, baseline).ok


def test_a_lock_that_contradicts_its_section_cannot_be_kept() -> None:
    school = school_of(sections=[e.Section("X", "C", ("T",))], teachers=[e.Teacher("T"), e.Teacher("U")])
    baseline = Schedule({"X": e.Placement("", "X", ("R1",), (), ("U",), locked=True)}, {})
    assert solve_cpsat(compiled(school, "", baseline), Limits()).solution is None


@pytest.mark.parametrize("with_seat", [True, False])
def test_a_pin_is_kept_for_the_request_it_answers(with_seat: bool) -> None:
    requests = (e.CourseRequest("C"), e.CourseRequest("D", alternates=("E",)))
    school = school_of(
        sections=[e.Section("X", "C", seats=1), e.Section("Y", "E", seats=1)],
        students=[e.Student("N")],
        requests=[e.RequestList("N", requests)],
    )
    seats = (e.Seat("D", "Y"),) if with_seat else ()
    baseline = Schedule({}, {"N": e.Seating("", "N", seats, pinned=("Y",))})
    assert compiled(school, "", baseline).request_pin.tolist() == [-1, 1]


@pytest.mark.parametrize("pinned", [("Y",), ("X", "X2"), ("gone",)])
def test_a_pin_that_no_request_answers_cannot_be_kept(pinned: tuple[str, ...]) -> None:
    school = school_of(
        sections=[e.Section("X", "C", seats=1), e.Section("X2", "C", seats=1), e.Section("Y", "E", seats=1)],
        students=[e.Student("N")],
        requests=[e.RequestList("N", (e.CourseRequest("C"),))],
    )
    baseline = Schedule({}, {"N": e.Seating("", "N", pinned=pinned)})
    assert solve_cpsat(compiled(school, "", baseline), Limits()).solution is None


def test_the_nearest_word_on_sped_limits_counts() -> None:
    rules = """
        [[rule]]
        id = "science"
        kind = "sped-limit"
        departments = ["Science"]
        limit = 7
    """
    school = school_of(
        courses=[e.Course("C", sped_limit=3), e.Course("D")],
        sections=[
            e.Section("A", "C", sped_limit=20),
            e.Section("B", "C", department="Science"),
            e.Section("D", "D", department="Science"),
            e.Section("E", "D"),
        ],
    )
    assert compiled(school, rules).section_sped.tolist() == [20, 3, 7, 12]


def test_a_stack_has_the_seats_of_its_largest_and_no_more_than_its_room() -> None:
    link = e.Link("L", e.LinkKind.STACKED, ("A", "B"))
    sections = [e.Section("A", "C", ("T",), 5), e.Section("B", "D", ("T",), 9, room="small")]
    school = school_of(sections=sections, links=[link], rooms=[e.Room("small", 4)])
    problem = compiled(school)
    assert problem.capacity_seats.tolist() == [4]
    assert [stack.tolist() for stack in problem.capacity_sections] == [[0, 1]]
    assert len(problem.exclusive) == 0
    roomless = school_of(sections=[sections[0], e.Section("B", "D", ("T",), 9)], links=[link])
    assert compiled(roomless).capacity_seats.tolist() == [9]


def test_consecutive_sections_follow_in_a_common_term() -> None:
    halves = (("S1",), ("S2",))
    school = school_of(
        terms=[e.Term("S1"), e.Term("S2")],
        sections=[e.Section("A", "C", term_choices=halves), e.Section("B", "D", pattern="2")],
        links=[e.Link("L", e.LinkKind.CONSECUTIVE, ("A", "B"))],
    )
    problem = compiled(school)
    (table,) = problem.pair_tables
    pairs = [[int(problem.choice_mask[k]) for k in pair] for pair in table.pairs]
    assert pairs == [[0b000001, 0b110110], [0b001000, 0b110110]]


def test_a_request_for_a_course_without_sections_is_kept() -> None:
    school = school_of(
        students=[e.Student("N")], requests=[e.RequestList("N", (e.CourseRequest("C", rank=5),))]
    )
    problem = compiled(school)
    assert (problem.n_courses, problem.n_requests, problem.request_rank.tolist()) == (1, 1, [2])
    outcome = solve_cpsat(problem, Limits())
    assert (outcome.levels[0].value, outcome.levels[0].bound) == (1, 1)
