"""A machine that is taken away: what the attempt leaves, and how the next one goes on."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from archives import broken_stream
from scripted import TASK, checkpoint_of, in_thread, interrupted, result_of, worker
from wire_examples import KEYS, OTHER

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker import solving
from cloud_runner.worker.work import OK, RECLAIMED, Worker
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import Params, Progress, StopReason
from echelon_desktop.solver.solve import solve_problem


def test_a_machine_that_is_taken_away_leaves_its_best(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    scripted = script(found[:1], end=found[1])
    stop = threading.Event()
    thread, codes = in_thread(worker(run, stop=stop, checkpoint_s=1e6))
    scripted.ready.wait()
    stop.set()
    thread.join()
    assert codes == [RECLAIMED]
    assert scripted.stopped
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[1])
    assert KEYS.result(0) not in run.list()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"stop_reason": StopReason.PROVED}, OK), ({"seconds": 60.0}, OK), ({"seconds": 30.0}, RECLAIMED)],
)
def test_a_solve_that_had_ended_is_not_done_again(
    run: RunObjects,
    found: list[Solution],
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    code: int,
) -> None:
    """Its schedule was proven, or its time was over, when the machine was taken away."""

    def until_both(self: Worker, solving: Any, manifest: d.Manifest) -> None:
        assert solving.wait(60)
        self.stop.set()

    scripted = script([found[2]], wait=False)

    def ending(*arguments: Any, **more: Any) -> Any:
        told = scripted(*arguments, **more)
        return replace(told, result=replace(told.result, **({"stop_reason": StopReason.TIME} | changes)))

    monkeypatch.setattr(solving, "solve_problem", ending)
    monkeypatch.setattr(Worker, "watch", until_both)
    assert worker(run).work() == code
    assert (KEYS.result(0) in run.list()) is (code == OK)


def test_a_solver_that_does_not_hear_does_not_keep_the_machine(
    run: RunObjects, problem: Problem, found: list[Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, freed = threading.Event(), threading.Event()

    def deaf(problem: Problem, params: Params, *, on_progress: Any, **more: Any) -> Any:
        on_progress(Progress(1.0, "deaf", 1, 0, found[0]))
        told.set()
        freed.wait()
        raise AssertionError("nobody asks any more")

    monkeypatch.setattr(solving, "solve_problem", deaf)
    stop = threading.Event()
    thread, codes = in_thread(worker(run, stop=stop, last_s=0.0, checkpoint_s=1e6))
    told.wait()
    stop.set()
    thread.join()
    freed.set()
    assert codes == [RECLAIMED]
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[0])


def test_the_next_attempt_goes_on_from_there(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    interrupted(run, script, found[1])
    scripted = script([found[2]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert level_values(problem, scripted.start) == level_values(problem, found[1])
    assert scripted.params.time_limit_s == 60.0 - 1.0  # what the attempt before has used is gone
    result = result_of(run)
    assert (result.attempts, result.seconds) == (2, 11.0)
    points = run.read_document(d.ProgressReport, KEYS.progress(0)).points
    assert points[0].unmet == (found[1].seat < 0).sum()  # the curve goes on, too
    assert points[-1].unmet == (found[2].seat < 0).sum()


def test_time_that_brought_nothing_better_is_used_up_too(
    run: RunObjects, found: list[Solution], script: Any
) -> None:
    """The checkpoint is of the first second; the machine went in the fortieth."""
    scripted, stop = script([found[1]] * 40), threading.Event()
    thread, codes = in_thread(worker(run, stop=stop))
    scripted.ready.wait()
    stop.set()
    thread.join()
    assert codes == [RECLAIMED]
    scripted = script([found[2]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert scripted.params.time_limit_s == 60.0 - 40.0
    assert result_of(run).seconds == 50.0


def test_time_that_brought_nothing_at_all_is_used_up_too(run: RunObjects, script: Any) -> None:
    report = d.ProgressReport(run.run, 0, 1, "script", 45.0, None, 2, (d.Point(45.0, None, 2),), d.now())
    run.write_document(KEYS.progress(0), report)
    scripted = script([], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert scripted.params.time_limit_s == 15.0
    assert run.read_document(d.ProgressReport, KEYS.progress(0)).bound >= 2


@pytest.mark.parametrize("worse", [True, False])
def test_an_attempt_never_ends_worse_than_its_checkpoint(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, worse: bool
) -> None:
    """Even if the solver did."""
    interrupted(run, script, found[1])
    script([found[0]] if worse else [], end=found[0] if worse else None, wait=False)
    worker(run, replace(TASK, attempt=2)).work()
    result = result_of(run)
    assert tuple(level.value for level in result.levels) == level_values(problem, found[1])
    assert result.solution is not None
    kept = solutions.from_bytes(run.read_blob(result.solution), problem)
    assert (kept.seat == found[1].seat).all()


def test_an_attempt_interrupted_before_it_found_anything_keeps_the_checkpoint(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    interrupted(run, script, found[1])
    interrupted(run, script, found[0])
    assert checkpoint_of(run, problem)[0].values == level_values(problem, found[1])


def test_resuming_truly_resumes(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real solver: the best of before is the least that comes out."""
    interrupted(run, script, found[2])
    monkeypatch.setattr(solving, "solve_problem", solve_problem)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert tuple(level.value for level in result_of(run).levels) <= level_values(problem, found[2])


@pytest.mark.parametrize("damage", ["cut", "broken stream", "other run", "other input", "other problem"])
def test_a_checkpoint_that_is_none_is_passed_over(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any, damage: str
) -> None:
    interrupted(run, script, found[1])
    data = run.read(KEYS.checkpoint(0))
    head, solution = solutions.checkpoint_from_bytes(data, problem)
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "broken stream":
        data = broken_stream(data)
    elif damage == "other problem":
        data = solutions.to_bytes(Solution(solution.choice[:-1], solution.seat), head)
    else:
        changes: Any = {"run": OTHER} if damage == "other run" else {"input_sha256": "0" * 64}
        data = solutions.to_bytes(solution, replace(head, **changes))
    run.write(KEYS.checkpoint(0), data)
    scripted = script([found[0]], wait=False)
    assert worker(run, replace(TASK, attempt=2)).work() == OK
    assert scripted.start is None
    assert scripted.params.time_limit_s == 60.0
