"""What a worker starts from, and what it writes down while it solves and at its end."""

import hashlib
import threading
from dataclasses import replace
from typing import Any

from scripted import PACE, TASK, result_of, worker
from wire_examples import KEYS

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker import solving
from cloud_runner.worker.work import OK, RECLAIMED, Worker
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.result import STRATEGIES


def test_a_child_is_solved_and_says_what_it_came_to(run: RunObjects, problem: Problem) -> None:
    task = replace(TASK, index=2)
    assert worker(run, task).work() == OK
    result = result_of(run, 2)
    assert (result.index, result.seed, result.strategy, result.attempts) == (2, 3, "default", 1)
    assert result.input_sha256 == hashlib.sha256(problem.to_bytes()).hexdigest()
    assert result.solution is not None
    solution = solutions.from_bytes(run.read_blob(result.solution), problem)
    assert level_values(problem, solution) == tuple(level.value for level in result.levels)
    report = run.read_document(d.ProgressReport, KEYS.progress(2))
    assert report.unmet == (solution.seat < 0).sum()
    assert report.points[-1].unmet == report.unmet
    claim = run.read_document(d.Claim, KEYS.claim(2))
    assert (claim.job, claim.attempt) == (TASK.job, 1)


def test_seed_time_and_threads_are_the_manifests(run: RunObjects, script: Any) -> None:
    scripted = script([], wait=False)
    worker(run, replace(TASK, index=1)).work()
    assert (scripted.params.seed, scripted.params.time_limit_s, scripted.params.workers) == (2, 60.0, 4)


def test_a_portfolio_is_of_seeds_and_strategies(run: RunObjects, script: Any) -> None:
    manifest = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(manifest, strategies=tuple(STRATEGIES)))
    seen = []
    for index in range(2 * len(STRATEGIES)):
        scripted = script([], wait=False)
        assert worker(run, replace(TASK, index=index, job=f"job-1:{index}")).work() == OK
        assert result_of(run, index).strategy == scripted.params.strategy
        seen.append((scripted.params.seed, scripted.params.strategy))
    assert seen == [(seed, name) for seed in manifest.seeds[:2] for name in STRATEGIES]


def test_nothing_found_is_a_result_too(run: RunObjects, script: Any) -> None:
    script([], wait=False)
    assert worker(run).work() == OK
    result = result_of(run)
    assert (result.status, result.solution, result.levels) == ("nothing found", None, ())


def test_progress_and_checkpoints_are_written_while_it_solves(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    script(found[:2])
    stop = threading.Event()
    written: dict[str, bytes] = {}

    class Watched(Worker):
        def checkpoint(self, look: Any, manifest: d.Manifest) -> None:
            super().checkpoint(look, manifest)
            if look.seconds == 2.0 and self.points and self.points[-1].seconds == 2.0:
                written.update({key: run.read(key) for key in run.list()})
                stop.set()

    assert Watched(TASK, run.s3, PACE, stop).work() == RECLAIMED
    head, solution = solutions.checkpoint_from_bytes(written[KEYS.checkpoint(0)], problem)
    assert head.values == level_values(problem, solution) == level_values(problem, found[1])
    assert (head.seconds, head.input_sha256) == (2.0, hashlib.sha256(problem.to_bytes()).hexdigest())
    report = d.read(d.ProgressReport, written[KEYS.progress(0)])
    assert report.unmet == (found[1].seat < 0).sum()
    assert KEYS.result(0) not in written


def test_it_begins_with_the_users_schedule(
    run: RunObjects, problem: Problem, found: list[Solution], script: Any
) -> None:
    start = run.write_blob(KEYS.start, solutions.to_bytes(found[1]))
    order = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(order, start=start))
    scripted = script([], wait=False)
    assert worker(run).work() == OK
    assert (scripted.start.seat == found[1].seat).all()


def test_a_curve_is_thinned_to_what_changed() -> None:
    flat = [d.Point(float(i), 5, 1) for i in range(1000)]
    assert solving.thinned(flat) == (flat[0], flat[-1])
    falling = [d.Point(float(i), 1000 - i, 1) for i in range(1000)]
    thin = solving.thinned(falling)
    assert len(thin) <= d.MAX_POINTS
    assert (thin[0], thin[-1]) == (falling[0], falling[-1])
