"""What is made of a school before it leaves: the problem, the key table, the receipt."""

import gzip
import hashlib
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from cloud_runner import solutions
from cloud_runner.client.estimate import Prices, estimate
from cloud_runner.client.keytable import KeyTable, school_digest
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import Prepared, prepare
from cloud_runner.client.receipt import Figures, readable, receipt
from echelon_desktop.errors import InputError, RemoteError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.sample import Sample, make_school
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import NO_SCHEDULE, compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.schedules import schedule_of

ORDER = Order(seeds=(1, 2))


@pytest.fixture(scope="module")
def schedule(made: Sample, best: Solution) -> Schedule:
    _, keys = compile_school(made.school, made.rules)
    return schedule_of(best, keys, made.school)


@pytest.fixture(scope="module")
def prepared(made: Sample, schedule: Schedule) -> Prepared:
    return prepare(made.school, made.rules, NO_SCHEDULE, ORDER, start=schedule)


def edited(school: School, table: str, key: str, **changes: object) -> School:
    tables = {spec.name: list(getattr(school, spec.name).values()) for spec in SCHOOL_TABLES}
    spec = next(spec for spec in SCHOOL_TABLES if spec.name == table)
    tables[table] = [
        replace(record, **changes) if spec.key_of(record) == key else record for record in tables[table]
    ]
    return School(**tables)


def test_the_receipt_is_of_the_bytes_that_leave(prepared: Prepared) -> None:
    receipt = prepared.receipt
    assert prepared.start_bytes is not None
    assert receipt.bytes_out == len(prepared.input_bytes) + len(prepared.start_bytes)
    assert receipt.sha256 == hashlib.sha256(prepared.input_bytes).hexdigest()
    text = receipt.text()
    assert f"{prepared.figures.students:,} students" in text
    assert "the schedule to begin with" in text
    assert receipt.sha256 in text


def test_without_a_start_none_is_told(made: Sample) -> None:
    prepared = prepare(made.school, made.rules, NO_SCHEDULE, ORDER)
    assert prepared.start_bytes is None
    assert "begin with" not in prepared.receipt.text()


def test_the_start_is_the_users_schedule_in_the_runs_numbers(
    prepared: Prepared, made: Sample, schedule: Schedule
) -> None:
    problem = Problem.from_bytes(prepared.input_bytes)
    assert prepared.start_bytes is not None
    start = solutions.from_bytes(prepared.start_bytes, problem)
    table = prepared.key_table
    back = schedule_of(table.permutation.back(start), table.keys, made.school)
    assert back == schedule


def test_one_of_a_kind_is_told_as_one() -> None:
    text = receipt(Figures(1, 1, 1, 1, 1), 10, "ab", 0, sped=1).text()
    for words in ("- 1 student as", "- 1 course request as", "- 1 course and 1 section as", "- 1 slot of"):
        assert words in text


def test_nothing_is_prepared_whose_schedules_could_not_be_used(made: Sample) -> None:
    first = next(iter(made.school.sections))
    lacking = edited(made.school, "sections", first, teachers=("T-none",))
    with pytest.raises(InputError, match=f"{first} names teacher T-none"):
        prepare(lacking, made.rules, NO_SCHEDULE, ORDER)


def test_a_start_that_breaks_a_rule_is_not_sent(made: Sample, schedule: Schedule) -> None:
    crowded = {key: replace(p, periods=("P1",)) for key, p in schedule.placements.items()}
    prepared = prepare(
        made.school, made.rules, NO_SCHEDULE, ORDER, start=Schedule(crowded, schedule.seatings)
    )
    assert prepared.start_bytes is None


def test_every_number_that_leaves_can_be_read(prepared: Prepared) -> None:
    lines = dict(line.split(":", 1) for line in readable(prepared.input_bytes, most=10**6))
    problem = Problem.from_bytes(prepared.input_bytes)
    shown = [int(n) for n in lines[f"request_student {problem.n_requests}"].split()]
    assert shown == problem.request_student.tolist()
    with np.load(__import__("io").BytesIO(prepared.input_bytes)) as arrays:
        assert len(lines) == len(arrays.files)
    short = list(readable(prepared.input_bytes, most=3))
    assert f"... and {problem.n_requests - 3:,} more" in next(s for s in short if "request_student" in s)


def test_no_name_and_no_id_is_in_the_bytes(made: Sample) -> None:
    """Even of a school whose ids are long; the whole path is scanned in the tests of the emulated cloud."""
    canary = "Qzx7Canary"
    tables = {spec.name: list(getattr(made.school, spec.name).values()) for spec in SCHOOL_TABLES}
    tables["students"] = [replace(s, id=f"{canary}{s.id}") for s in tables["students"]]
    tables["requests"] = [replace(r, student=f"{canary}{r.student}") for r in tables["requests"]]
    school = School(**tables)
    prepared = prepare(school, made.rules, NO_SCHEDULE, ORDER)
    assert prepared.key_table.keys.students[0].startswith(canary)
    with np.load(__import__("io").BytesIO(prepared.input_bytes)) as arrays:
        for name in arrays.files:
            assert canary.encode() not in arrays[name].tobytes() + name.encode()
    assert canary not in prepared.receipt.text()


def test_the_key_table_survives_the_disk(prepared: Prepared) -> None:
    table = prepared.key_table
    again = KeyTable.from_bytes(table.to_bytes())
    assert (again.keys, again.school, again.rules) == (table.keys, table.school, table.rules)
    assert again.baseline == table.baseline
    assert again.input_sha256 == prepared.receipt.sha256
    assert (again.permutation.students == table.permutation.students).all()


@pytest.mark.parametrize("damage", ["empty", "cut", "other json", "newer"])
def test_a_damaged_key_table_is_refused_in_words(prepared: Prepared, damage: str) -> None:
    data = prepared.key_table.to_bytes()
    text = gzip.decompress(data)
    wrong = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "other json": gzip.compress(b"[1]"),
        "newer": gzip.compress(text.replace(b'"v":1', b'"v":2', 1)),
    }[damage]
    with pytest.raises(RemoteError):
        KeyTable.from_bytes(wrong)


def test_the_digest_tells_what_a_solve_depends_on(made: Sample, schedule: Schedule) -> None:
    school, rules = made.school, made.rules
    digest = school_digest(school, rules, schedule)
    assert digest == school_digest(edited(school, "sections", ""), rules, NO_SCHEDULE)
    section = next(iter(school.sections.values()))
    assert digest != school_digest(edited(school, "sections", section.id, seats=1), rules, schedule)
    assert digest != school_digest(school, rules[:-1], schedule)
    key, placement = next(iter(schedule.placements.items()))
    locked = Schedule({**schedule.placements, key: replace(placement, locked=True)}, schedule.seatings)
    assert digest != school_digest(school, rules, locked)
    student, seating = next((k, s) for k, s in schedule.seatings.items() if s.seats)
    pinned = replace(seating, pinned=(seating.seats[0].section,))
    assert digest != school_digest(school, rules, Schedule({}, {student: pinned}))


def test_an_estimate_bounds_what_is_asked_for() -> None:
    order = Order(seeds=tuple(range(8)), time_limit_s=3600.0, vcpu=16)
    said = estimate(order, Prices(vcpu_hour=0.1, spot_share=0.5))
    assert 0 < said.cost_low < said.cost_high
    assert said.cost_high == pytest.approx(8 * 16 * 0.1 * (3600 + 420) / 3600)
    assert said.seconds_low < said.seconds_high == 3600 + 420
    assert "8 computers of 16 vCPU" in said.words
    twice = estimate(replace(order, vcpu=32), Prices(vcpu_hour=0.1, spot_share=0.5))
    assert twice.cost_high == pytest.approx(2 * said.cost_high)
    assert twice.cost_low == pytest.approx(2 * said.cost_low)


def test_solutions_are_checked_against_the_problem(prepared: Prepared) -> None:
    problem = Problem.from_bytes(prepared.input_bytes)
    assert prepared.start_bytes is not None
    good = solutions.from_bytes(prepared.start_bytes, problem)
    rng = Random(1)
    for _ in range(20):
        seat = good.seat.copy()
        seat[rng.randrange(len(seat))] = rng.choice([-2, problem.n_sections, 1 << 30])
        with pytest.raises(solutions.WireError):
            solutions.from_bytes(solutions.to_bytes(replace(good, seat=seat)), problem)
        choice = good.choice.copy()
        section = rng.randrange(problem.n_sections)
        choice[section] = rng.choice([problem.choice_start[section + 1], problem.choice_start[section] - 1])
        with pytest.raises(solutions.WireError):
            solutions.from_bytes(solutions.to_bytes(replace(good, choice=choice)), problem)
    r = next(r for r in range(problem.n_requests) if good.seat[r] >= 0)
    other = next(s for s, c in enumerate(problem.section_course) if c not in problem.options[r])
    seat = good.seat.copy()
    seat[r] = other
    with pytest.raises(solutions.WireError, match="did not ask"):
        solutions.from_bytes(solutions.to_bytes(replace(good, seat=seat)), problem)
    for data in (b"", b"PK\x03\x04", prepared.start_bytes[:-40], prepared.input_bytes):
        with pytest.raises(solutions.WireError):
            solutions.from_bytes(data, problem)
    assert level_values(problem, solutions.from_bytes(solutions.to_bytes(good), problem))


def test_a_student_who_is_only_in_the_requests_is_a_number_too() -> None:
    school = School(
        periods=[e.Period("P1", order=0)],
        courses=[e.Course("C")],
        sections=[e.Section("S", "C", seats=5)],
        requests=[e.RequestList("Unknown", (e.CourseRequest("C"),))],
    )
    prepared = prepare(school, make_school(students=12, seed=1).rules, NO_SCHEDULE, ORDER)
    assert prepared.figures.students == 1
    assert prepared.key_table.keys.students == ("Unknown",)
