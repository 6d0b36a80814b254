"""The parts of the benchmarks that others build on: schools with fewer seats, and the plain alternatives."""

import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from echelon_desktop.model.csv_io import read_schedule, read_school, write_school
from echelon_desktop.model.sample import FAMILIES, Sample, make_school
from echelon_desktop.solver.verify import verify

BENCHMARKS = str(Path(__file__).resolve().parent.parent / "benchmarks")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch):
    """Import a module of the benchmarks as the commands do, which run in their folder."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(BENCHMARKS):
            del sys.modules[name]


@pytest.fixture
def sample() -> Sample:
    return make_school(150, seed=2, shape=FAMILIES["plain"])


def test_cut_seats_are_so_many_above_demand_and_still_fit_each_course(load, sample: Sample, tmp_path: Path):
    tight: ModuleType = load("tight")
    folder, out = tmp_path / "school", tmp_path / "tight"
    write_school(sample.school, folder)
    cut = tight.cut_seats(sample.school, 0.04)
    tight.write_cut(folder, out, cut.seats)

    before, after = sample.school, read_school(out).school
    demand = Counter(r.course for wanted in before.requests.values() for r in wanted.requests)
    assert sum(s.seats for s in after.sections.values()) == demand.total() + round(0.04 * demand.total())
    by_course: dict[str, list[int]] = {}
    for section in after.sections.values():
        assert section.seats <= before.sections[section.id].seats
        by_course.setdefault(section.course, []).append(section.seats)
    for course, seats in by_course.items():
        assert sum(seats) >= demand[course]
        assert max(seats) - min(seats) <= 1
    assert after.requests == before.requests
    assert list(after.students.values()) == list(before.students.values())


def test_seats_by_section_are_rounded_up(load, sample: Sample):
    cut = load("tight").cut_seats(sample.school, 0.04, "section")
    demand = Counter(r.course for wanted in sample.school.requests.values() for r in wanted.requests)
    sections = Counter(section.course for section in sample.school.sections.values())
    for section in sample.school.sections.values():
        exact = 1.04 * demand[section.course] / sections[section.course]
        assert exact <= cut.seats[section.id] < exact + 1 or cut.seats[section.id] == section.seats


@pytest.mark.parametrize(("method", "students"), [("greedy", 150), ("cpsat", 12)])
def test_alternatives_make_schedules_that_break_no_rule(load, method: str, students: int):
    alternatives, plain = load("alternatives"), load("alternatives.plain")
    made = make_school(students, seed=3, shape=FAMILIES["plain"])
    school = plain.plain_school(made.school, made.rules)
    outcome = alternatives.method(method)(school, 3.0, 1)
    assert outcome.period is not None
    verdict = verify(made.school, made.rules, plain.schedule_of(made.school, school, outcome))
    assert verdict.ok, verdict.violations[:3]
    assert verdict.counts.unmet == sum(section < 0 for section in outcome.seat)
    assert verdict.counts.met > 0.7 * verdict.counts.requests
    if outcome.bound is not None:
        assert outcome.bound <= verdict.counts.unmet


@pytest.mark.skipif(importlib.util.find_spec("highspy") is None, reason="HiGHS is for benchmarks only")
def test_one_run_in_a_process_of_its_own(tmp_path: Path):
    """The integer programme; in this process OR-Tools may be loaded, whose HiGHS is another."""
    made = make_school(8, seed=3, shape=FAMILIES["plain"])
    write_school(made.school, tmp_path / "school")
    script = str(Path(BENCHMARKS) / "one.py")
    words = [sys.executable, script, str(tmp_path / "school"), str(tmp_path / "out")]
    environment = os.environ | {"PYTHONPATH": str(Path(BENCHMARKS).parent)}
    done = subprocess.run(
        [*words, "--method", "milp", "--seconds", "5"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    verdict = verify(made.school, made.rules, read_schedule(made.school, tmp_path / "out").schedule)
    assert verdict.ok
    assert figures["bound"] <= figures["counts"]["unmet"] == verdict.counts.unmet
