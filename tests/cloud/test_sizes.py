"""What comes from the bucket is not believed to be small, whole or an archive before it is taken in."""

import gzip
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from archives import bomb, broken_stream
from wire_examples import KEYS, RUN, result

from cloud_runner import solutions
from cloud_runner.client.judge import SCHEDULE_FILE, kept_schedule
from cloud_runner.client.keytable import KeyTable
from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.wire.errors import WireError
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.rules import RULE_KINDS
from echelon_desktop.solver.problem import Problem


class Body(io.BytesIO):
    """An object's bytes on their way, which must not be taken."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("it was read")


def holding(size: int, body: io.BytesIO | None = None) -> tuple[RunObjects, io.BytesIO]:
    """A bucket whose every object is of a size."""
    body = body or Body()
    s3: Any = SimpleNamespace(get_object=lambda **_: {"Body": body, "ContentLength": size})
    return RunObjects(s3, "a-bucket", RUN), body


def test_a_document_of_a_gigabyte_is_refused_unread() -> None:
    objects, body = holding(1 << 30)
    with pytest.raises(WireError, match="larger"):
        objects.read_document(d.ProgressReport, KEYS.progress(0))
    assert body.closed  # the connection is not to stay open with the rest of it


def test_a_schedule_larger_than_any_of_its_problem_is_refused_unread(problem: Problem) -> None:
    most = solutions.most_bytes(problem)
    objects, _ = holding(most + 1)
    with pytest.raises(WireError, match="larger"):
        objects.read_blob(d.Blob(KEYS.solution(0), "0" * 64, most + 1), most)


def test_what_is_small_is_read_whole() -> None:
    objects, body = holding(5, io.BytesIO(b"bytes"))
    assert objects.read(KEYS.input) == b"bytes"
    assert body.closed


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bomb(1 << 22)
    assert len(data) < solutions.most_bytes(problem)  # its size alone does not give it away
    monkeypatch.setattr(solutions.np, "load", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(WireError, match="larger than any of this problem"):
        solutions.from_bytes(data, problem)


def test_every_schedule_of_a_problem_is_within_its_bounds(problem: Problem) -> None:
    none = solutions.Solution(problem.choice_start[:-1].copy(), -1 + 0 * problem.request_rank)
    head = d.Checkpoint(RUN, 9999, 1000, "0" * 64, 1e6, 1 << 50, (1 << 50,) * 100)
    data = solutions.to_bytes(none, head)
    assert len(data) < solutions.most_bytes(problem)
    assert solutions.checkpoint_from_bytes(data, problem)[0] == head


def test_an_archive_that_cannot_be_unpacked_is_damaged(problem: Problem) -> None:
    none = solutions.Solution(problem.choice_start[:-1].copy(), -1 + 0 * problem.request_rank)
    with pytest.raises(WireError, match="damaged"):
        solutions.from_bytes(broken_stream(solutions.to_bytes(none)), problem)


@pytest.mark.parametrize("data", [b"", b"PK", b"[]", b"[" * 100_000, b'{"v": 1}', b"\xff" * 50])
@pytest.mark.parametrize("packed", ["not", "well", "badly"])
def test_a_file_that_is_no_key_table_is_told_in_words(data: bytes, packed: str, tmp_path: Path) -> None:
    if packed != "not":
        data = gzip.compress(data, mtime=0)
    if packed == "badly":
        data = data[:10] + b"\xff" * (len(data) - 18) + data[-8:]
    with pytest.raises(RemoteError, match="damaged"):
        KeyTable.from_bytes(data)
    (tmp_path / SCHEDULE_FILE).write_bytes(data)
    with pytest.raises(RemoteError, match="cannot be read"):
        kept_schedule(tmp_path)


def test_a_level_of_every_kind_of_rule_can_be_told() -> None:
    """Else a worker could not write down what it has solved."""
    level = d.Level(" + ".join(RULE_KINDS), 5, None)
    assert d.read(d.ChildResult, d.write(result(levels=(level,)))).levels == (level,)


@pytest.mark.parametrize("words", ["\ud800", "\x1b]0;title\x07", "a\nb", "\u202e"])
def test_words_from_the_bucket_cannot_play_with_a_terminal(words: str) -> None:
    value = json.loads(d.write(d.RunError(RUN, "limits", "stack", "", d.now()))) | {"words": words}
    with pytest.raises(WireError, match="words is not written"):
        d.read(d.RunError, json.dumps(value))
