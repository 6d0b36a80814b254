"""Results that somebody altered: each is refused, and the honest ones are taken."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from archives import bomb, broken_stream
from aws_fakes import Aws
from played import PlayedCloud, finished, worse

from cloud_runner import solutions
from cloud_runner.client.follow import Follower
from cloud_runner.client.runs import INPUT_FILE, KEYS_FILE, RUN_FILE, State
from echelon_desktop.errors import RemoteError
from echelon_desktop.solver.problem import Solution


def tampered(cloud: PlayedCloud, best: Solution, how: str) -> None:
    """A result that somebody with write access to the bucket put in place of the worker's."""
    objects, keys, out = cloud.objects, cloud.keys, cloud.out
    result = cloud.result(0, best)
    if how == "bytes":
        objects.write(keys.solution(0), solutions.to_bytes(out(worse(best, 1))))
    elif how == "figures":
        better = (replace(result.levels[0], value=0), *result.levels[1:])
        if result.levels[0].value == 0:
            better = (result.levels[0], replace(result.levels[1], value=result.levels[1].value + 1))
        cloud.result(0, best, levels=(*better, *result.levels[len(better) :]))
    elif how == "hard rule":
        # Everybody who asked for a course sits in one section of it: fewer unmet, and far too full.
        solution = out(best)
        problem = cloud.problem
        first = {int(course): s for s, course in reversed(list(enumerate(problem.section_course)))}
        seat = np.array([first.get(int(options[0]), -1) for options in problem.options], np.int32)
        cheat = cloud.prepared.key_table.permutation.back(Solution(solution.choice, seat))
        cloud.result(0, cheat)
    elif how == "another problem":
        cloud.result(0, best, input_sha256="0" * 64)
    elif how == "another run":
        text = objects.read(keys.result(0)).replace(
            cloud.run.id.encode(), b"0" * 8 + cloud.run.id[8:].encode()
        )
        objects.write(keys.result(0), text)
    elif how == "no archive":
        blob = objects.write_blob(keys.solution(0), b"PK not an archive")
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "wrong place":
        solution = out(best)
        choice = solution.choice.copy()
        choice[0] = choice[1]
        blob = objects.write_blob(keys.solution(0), solutions.to_bytes(Solution(choice, solution.seat)))
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "broken stream":
        blob = objects.write_blob(keys.solution(0), broken_stream(solutions.to_bytes(out(best))))
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "bomb":
        blob = objects.write_blob(keys.solution(0), bomb(1 << 20))
        objects.write_document(keys.result(0), replace(result, solution=blob))
    elif how == "pickle":
        import io

        data = io.BytesIO()
        np.savez(data, choice=np.array([{}], object), seat=np.zeros(1, np.int32))
        blob = objects.write_blob(keys.solution(0), data.getvalue())
        objects.write_document(keys.result(0), replace(result, solution=blob))


TAMPERED = [
    "bytes", "figures", "hard rule", "another problem", "another run", "no archive", "wrong place", "pickle",
    "broken stream", "bomb",
]  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_an_altered_result_is_refused_and_the_honest_one_taken(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution, how: str
) -> None:
    tampered(dispatched, best, how)
    dispatched.result(1, worse(best, 3))
    run = finished(follower, dispatched, "SUCCEEDED", "SUCCEEDED")
    assert run.best_child == 1
    assert run.state is State.DONE
    assert "refused" in run.children[0].message
    assert "refused" in run.message
    assert run.deleted is None  # IT may want to see it
    assert "kept, to be looked into" in run.message
    assert follower.fetch_best(run.id).verdict.ok
    assert follower.delete_remote(run.id).left == 0
    assert aws.versions() == []


def test_a_run_with_nothing_but_an_altered_result_fails(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    tampered(dispatched, best, "hard rule")
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert (run.state, run.best_unmet) == (State.FAILED, None)
    with pytest.raises(RemoteError):
        follower.fetch_best(run.id)


@pytest.mark.parametrize("changes", [{"input_sha256": "0" * 64}, {"values": (0, 0)}, {"index": 1}])
def test_an_altered_checkpoint_is_refused(
    follower: Follower, dispatched: PlayedCloud, best: Solution, changes: dict[str, Any]
) -> None:
    dispatched.checkpoint(0, best, **changes)
    run = finished(follower, dispatched, "FAILED", "FAILED")
    assert (run.state, run.best_unmet) == (State.FAILED, None)


def test_what_was_changed_on_the_disk_is_refused(
    follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    dispatched.result(0, best)
    dispatched.checkpoint(1, worse(best, 2))
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    value = json.loads((run.path / RUN_FILE).read_bytes())
    value["levels"][0]["value"] += 1
    (run.path / RUN_FILE).write_text(json.dumps(value))
    with pytest.raises(RemoteError, match="not the one"):
        follower.fetch_best(run.id)


@pytest.mark.parametrize("name", [INPUT_FILE, KEYS_FILE])
@pytest.mark.parametrize("how", ["empty", "cut", "broken stream"])
def test_a_file_of_the_run_that_is_damaged_is_told_and_ends_nothing(
    follower: Follower, dispatched: PlayedCloud, best: Solution, name: str, how: str
) -> None:
    """As a disk leaves it that was full, or is at its end."""
    path = dispatched.run.path / name
    whole = path.read_bytes()
    damaged = {"empty": b"", "cut": whole[: len(whole) // 2], "broken stream": whole[:30] + b"\xff" * 400}
    dispatched.result(0, best)
    path.write_bytes(damaged[how])
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert (run.state, run.trouble) == (State.DOWNLOADING, True)
    assert "damaged" in run.message
    assert dispatched.keys.result(0) in dispatched.objects.list()
    path.write_bytes(whole)
    run = follower.advance(run.id)
    assert run.state is State.DONE
    path.write_bytes(damaged[how])
    with pytest.raises(RemoteError, match="damaged"):
        follower.retry(run.id, run.order)


def test_a_result_of_a_newer_stack_waits_for_a_newer_desktop(
    aws: Aws, follower: Follower, dispatched: PlayedCloud, best: Solution
) -> None:
    dispatched.result(0, best)
    key = dispatched.keys.result(0)
    ours = dispatched.objects.read(key)
    dispatched.objects.write(key, ours.replace(b'"v":1', b'"v":2'))
    run = finished(follower, dispatched, "SUCCEEDED", "FAILED")
    assert (run.state, run.trouble) == (State.DOWNLOADING, True)
    assert "Update Echelon Desktop" in run.message
    dispatched.objects.write(key, ours)  # stands for the desktop being updated
    assert follower.advance(run.id).state is State.DONE
