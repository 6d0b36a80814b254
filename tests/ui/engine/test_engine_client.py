"""The engine beside the window: it solves, answers, stops, dies and comes back, and leaves nothing behind."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Dataset, School
from echelon_desktop.model.edits import adopt_schedule
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.sample import make_school
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.problem import Problem
from echelon_desktop.solver.result import Params, Status
from echelon_desktop.solver.schedules import solution_of
from echelon_desktop.ui.engine.client import READY, EngineClient, Job

START_MS = 60_000  # a cold machine loads numba and OR-Tools
SOLVE_MS = 60_000


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[EngineClient]:
    client = EngineClient()
    threads = set(threading.enumerate())
    yield client
    client.shut()
    assert not multiprocessing.active_children()
    assert set(threading.enumerate()) <= threads


@pytest.fixture(scope="module")
def sample():
    return make_school(students=60, seed=4)


@pytest.fixture(scope="module")
def problem(sample) -> Problem:
    return compile_school(sample.school, sample.rules)[0]


def started(engine: EngineClient, qtbot: QtBot) -> None:
    engine.start()
    qtbot.waitUntil(lambda: engine.state == READY, timeout=START_MS)


def outcome(job: Job, qtbot: QtBot):
    with qtbot.waitSignal(job.succeeded, timeout=SOLVE_MS) as ended:
        pass
    return ended.args[0].result


def test_a_solve_progresses_and_succeeds(engine: EngineClient, problem: Problem, qtbot: QtBot):
    seen = []
    job = engine.solve(problem, Params(time_limit_s=3))
    job.progressed.connect(seen.append)
    assert engine.solving
    result = outcome(job, qtbot)
    assert result.status in {Status.OPTIMAL, Status.FEASIBLE}
    assert result.solution is not None
    assert seen
    assert not engine.solving


def test_stopping_keeps_the_best(engine: EngineClient, problem: Problem, qtbot: QtBot):
    job = engine.solve(problem, Params(time_limit_s=600))
    with qtbot.waitSignal(job.progressed, timeout=START_MS):
        pass
    job.stop()
    result = outcome(job, qtbot)
    assert result.solution is not None
    assert result.seconds < 300


def test_one_solve_at_a_time(engine: EngineClient, problem: Problem, qtbot: QtBot):
    job = engine.solve(problem, Params(time_limit_s=600))
    with pytest.raises(RuntimeError):
        engine.solve(problem, Params())
    job.stop()
    outcome(job, qtbot)


def test_an_engine_that_dies_is_noticed_and_replaced(engine: EngineClient, problem: Problem, qtbot: QtBot):
    started(engine, qtbot)
    dead = engine.pid
    job = engine.solve(problem, Params(time_limit_s=600))
    with qtbot.waitSignal(job.died, timeout=START_MS):
        os.kill(dead, signal.SIGTERM)
    assert not engine.solving
    qtbot.waitUntil(lambda: engine.state == READY, timeout=START_MS)
    assert engine.pid != dead
    assert outcome(engine.solve(problem, Params(time_limit_s=2)), qtbot).solution is not None


def test_questions_are_answered_while_a_solve_runs(engine: EngineClient, sample, qtbot: QtBot):
    dataset = Dataset(sample.school, sample.rules)
    dataset.apply(adopt_schedule(dataset, Scenario("1", "Planted"), sample.planted, "Planted"))
    schedule = dataset.schedule("1")
    problem, keys = compile_school(sample.school, sample.rules, schedule)
    job = engine.solve(problem, Params(time_limit_s=600))
    engine.set_situation(problem, solution_of(schedule, problem, keys))
    moves = []
    engine.ask("moves", 0, answer=moves.append)
    qtbot.waitUntil(lambda: len(moves) > 1, timeout=START_MS)
    assert engine.solving
    assert all(move.unmet >= 0 for move in moves)  # the planted schedule meets every request
    job.stop()
    outcome(job, qtbot)


def test_answers_about_a_state_that_is_no_more_are_dropped(engine: EngineClient, sample, qtbot: QtBot):
    problem, keys = compile_school(sample.school, sample.rules)
    planted = solution_of(sample.planted, problem, keys)
    late, timely = [], []
    engine.set_situation(problem, planted)
    engine.ask("moves", 0, answer=late.append)
    engine.set_situation(problem, planted)
    engine.ask("moves", 0, answer=timely.append)
    qtbot.waitUntil(lambda: len(timely) > 1, timeout=START_MS)
    assert not late


def test_a_question_about_no_state_is_answered_whatever_changes_meanwhile(
    engine: EngineClient, sample, qtbot: QtBot
):
    problem, keys = compile_school(sample.school, sample.rules)
    planted = solution_of(sample.planted, problem, keys)
    facts = []
    engine.ask_apart("conflict", sample.school, sample.rules, sample.planted, answer=facts.append)
    engine.set_situation(problem, planted)
    qtbot.waitUntil(lambda: bool(facts), timeout=START_MS)


def test_what_is_forgotten_is_not_answered(engine: EngineClient, sample, qtbot: QtBot):
    problem, keys = compile_school(sample.school, sample.rules)
    engine.set_situation(problem, solution_of(sample.planted, problem, keys))
    late, timely = [], []
    numbers = [engine.ask("exact moves", s, answer=late.append) for s in range(20)]
    for number in numbers:
        engine.forget(number)
    engine.ask("exact moves", 0, answer=timely.append)
    qtbot.waitUntil(lambda: bool(timely), timeout=START_MS)
    assert not late
    assert all(move.exact > 0 for move in timely)


def test_a_school_that_cannot_be_is_explained(engine: EngineClient, qtbot: QtBot):
    from echelon_desktop.model.entities import Period, Section, Teacher
    from echelon_desktop.model.rules import preset_rules
    from echelon_desktop.solver.compile import NO_SCHEDULE

    school = School(
        periods=[Period("R1", "", "R", 1)],
        teachers=[Teacher("T1")],
        sections=[Section("S1", "Band", ("T1",), 5), Section("S2", "Choir", ("T1",), 5)],
    )
    facts = []
    engine.ask_apart("conflict", school, preset_rules("standard"), NO_SCHEDULE, answer=facts.append)
    qtbot.waitUntil(lambda: bool(facts), timeout=START_MS)
    assert any("T1" in fact.text for fact in facts[0])


def test_shutting_during_a_solve_leaves_nothing(engine: EngineClient, problem: Problem, qtbot: QtBot):
    started(engine, qtbot)
    pid = engine.pid
    engine.solve(problem, Params(time_limit_s=600))
    engine.shut()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
