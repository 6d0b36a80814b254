"""What a worker refuses to solve, and what it says of it."""

from dataclasses import replace

import pytest
from scripted import TASK, worker
from wire_examples import KEYS

from cloud_runner import solutions
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker.work import INVALID
from echelon_desktop.solver import problem as problems
from echelon_desktop.solver.problem import Problem, Solution


def test_a_start_that_was_altered_is_refused(run: RunObjects, found: list[Solution]) -> None:
    start = run.write_blob(KEYS.start, solutions.to_bytes(found[1]))
    order = run.read_document(d.Manifest, KEYS.manifest)
    run.write_document(KEYS.manifest, replace(order, start=start))
    run.write(KEYS.start, solutions.to_bytes(found[0]))
    assert worker(run).work() == INVALID


def newer_problem(problem: Problem) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(problems, "VERSION", problems.VERSION + 1)
        return problem.to_bytes()


@pytest.mark.parametrize(
    ("wrong", "code", "side"),
    [
        ("altered input", "invalid-input", "desktop"),
        ("no archive", "invalid-input", "desktop"),
        ("newer problem", "version", "stack"),
        ("older problem", "version", "desktop"),
        ("unknown strategy", "version", "stack"),
        ("too many children", "invalid-input", "stack"),
        ("no manifest", "invalid-input", "desktop"),
        ("newer manifest", "version", "stack"),
    ],
)
def test_what_cannot_be_solved_is_said_and_not_tried_again(
    run: RunObjects, problem: Problem, wrong: str, code: str, side: str
) -> None:
    order, task = run.read_document(d.Manifest, KEYS.manifest), TASK
    if wrong == "altered input":
        run.write(KEYS.input, problem.to_bytes() + b" ")
    elif wrong == "no archive":
        order = replace(order, input=run.write_blob(KEYS.input, b"not a problem"))
    elif wrong.endswith("problem"):
        ours = problems.VERSION + (1 if wrong.startswith("newer") else -1)
        blob = run.write_blob(KEYS.input, newer_problem(problem))
        order = replace(order, input=blob, solver_version=str(ours))
    elif wrong == "unknown strategy":
        order = replace(order, strategies=("clever",))
    elif wrong == "too many children":
        task = replace(TASK, index=3)
    run.write_document(KEYS.manifest, order)
    if wrong == "no manifest":
        run.write(KEYS.manifest, b'{"v": 1, "type": "manifest"}')
    elif wrong == "newer manifest":
        run.write(KEYS.manifest, run.read(KEYS.manifest).replace(b'"v":1', b'"v":2'))
    assert worker(run, task).work() == INVALID
    error = run.read_document(d.RunError, KEYS.error)
    assert (error.code, error.side) == (code, side)
