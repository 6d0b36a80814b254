"""What a run's workers wrote, as CloudWatch gives it: page by page, perhaps an empty one, perhaps nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from aws_fakes import Aws, client_error
from played import PlayedCloud

from cloud_runner.client.follow import Follower
from cloud_runner.client.runs import Run, Runs
from echelon_desktop.errors import RemoteError


class Missing(Exception):
    """CloudWatch's error for a stream that is not there."""


class Logs:
    """CloudWatch with some streams, each of so many pages; the end is where the token stays the same."""

    exceptions = SimpleNamespace(ResourceNotFoundException=Missing)

    def __init__(self, **streams: list[list[str]]) -> None:
        self.streams = streams

    def get_log_events(
        self, logGroupName: str, logStreamName: str, startFromHead: bool, nextToken: str = "f/0"
    ) -> dict[str, Any]:
        assert startFromHead
        if logStreamName not in self.streams:
            raise Missing
        pages, at = self.streams[logStreamName], int(nextToken.removeprefix("f/"))
        found = pages[at] if at < len(pages) else []
        following = min(at + 1, len(pages))
        return {"events": [{"message": line} for line in found], "nextForwardToken": f"f/{following}"}


@pytest.fixture
def streams(follower: Follower, dispatched: PlayedCloud) -> Run:
    """A run whose two children have streams "a" and "b"."""
    for index, name in enumerate("ab"):
        dispatched.aws.batch.show(f"job-1:{index}", "RUNNING", container={"logStreamName": name})
    return follower.advance(dispatched.run.id)


def told(aws: Aws, run: Run, logs: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The run's log, as a window reads it that is opened now."""
    monkeypatch.setattr(aws, "logs", logs)
    return Follower(Runs(run.path.parent), connect=aws.connect).log_lines(run.id)


def test_the_log_is_read_to_its_end(aws: Aws, streams: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = Logs(a=[["one"], [], ["two", "three"]], b=[["four"]])
    assert told(aws, streams, logs, monkeypatch) == (
        "-- seed 1, default", "one", "two", "three", "-- seed 2, default", "four",
    )  # fmt: skip


def test_a_child_without_a_log_does_not_hide_the_others(
    aws: Aws, streams: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudWatch forgets a log after thirty days, and has none of a worker that wrote nothing."""
    lines = told(aws, streams, Logs(b=[["four"]]), monkeypatch)
    assert lines[0] == "-- seed 1, default"
    assert "There is no log" in lines[1]
    assert lines[2:] == ("-- seed 2, default", "four")


def test_a_log_that_may_not_be_read_is_told(aws: Aws, streams: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = Logs()
    error = client_error("AccessDeniedException", 400, "GetLogEvents")
    monkeypatch.setattr(logs, "get_log_events", lambda **_: (_ for _ in ()).throw(error))
    with pytest.raises(RemoteError, match="may not do GetLogEvents"):
        told(aws, streams, logs, monkeypatch)
