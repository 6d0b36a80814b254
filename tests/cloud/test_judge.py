"""Judging what came back of a school whose teachers and rooms are to be given out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cloud_runner.client import judge as module
from cloud_runner.client.judge import Judge, Unusable, keep_schedule, kept_schedule
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run
from cloud_runner.wire.layout import new_run_id
from echelon_desktop.errors import RemoteError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.compile import NO_SCHEDULE
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.solve import solve_problem


def open_school(teachers: int | None = None) -> tuple[School, tuple[e.Rule, ...]]:
    """A school whose sections name no teacher, though each is to have one; perhaps with few teachers."""
    made = make_school(students=30, seed=1)
    tables = {spec.name: list(getattr(made.school, spec.name).values()) for spec in SCHOOL_TABLES}
    tables["sections"] = [replace(section, teachers=()) for section in tables["sections"]]
    tables["teachers"] = tables["teachers"][:teachers]
    return School(**tables), (*made.rules, e.Rule("staffed", "section-teachers", None))


def solved(school: School, rules: tuple[e.Rule, ...]) -> tuple[Judge, Solution, tuple[int, ...]]:
    """The run's judge, and what a worker found for it."""
    prepared = prepare(school, rules, NO_SCHEDULE, Order((1,)))
    problem = Problem.from_bytes(prepared.input_bytes)
    solution = solve_problem(problem, Params(time_limit_s=20, iterations=500, workers=1)).result.solution
    assert solution is not None
    return Judge(problem, prepared.key_table), solution, level_values(problem, solution)


def test_teachers_are_given_out_here() -> None:
    school, rules = open_school()
    judge, solution, values = solved(school, rules)
    judged = judge.judge(solution, values)
    assert judged.verdict.ok
    assert all(placement.teachers for placement in judged.schedule.placements.values())
    assert judged.verdict.score >= values


def test_periods_for_which_there_are_no_teachers_are_told_from_an_altered_result() -> None:
    school, rules = open_school()
    judge, solution, values = solved(school, rules)
    few, _ = open_school(teachers=1)
    judge = Judge(judge.problem, replace(judge.table, school=few))
    with pytest.raises(Unusable, match="cannot be given out") as why:
        judge.judge(solution, values)
    assert not why.value.false


def test_an_altered_schedule_or_figure_is_false() -> None:
    school, rules = open_school()
    judge, solution, values = solved(school, rules)
    higher = tuple(value + 1 for value in values)
    with pytest.raises(Unusable, match="recount") as why:
        judge.judge(solution, higher)
    assert why.value.false
    problem = judge.problem
    first = {int(course): s for s, course in reversed(list(enumerate(problem.section_course)))}
    seat = np.array([first.get(int(options[0]), -1) for options in problem.options], np.int32)
    with pytest.raises(Unusable, match="hard rules") as why:
        judge.judge(Solution(solution.choice, seat), values)
    assert why.value.false


def test_the_best_schedule_is_kept_with_its_teachers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    school, rules = open_school()
    judge, solution, values = solved(school, rules)
    schedule = judge.judge(solution, values).schedule
    remote = Remote("R", "us-east-1", "bucket", "https://q", "jobs", "/log")
    run = Run(new_run_id(), remote, "", "", "", "", Order((1,)), "0" * 64, folder=str(tmp_path))
    keep_schedule(run, schedule)
    assert kept_schedule(tmp_path) == schedule
    (tmp_path / module.SCHEDULE_FILE).write_bytes(b"")
    with pytest.raises(RemoteError):
        kept_schedule(tmp_path)
