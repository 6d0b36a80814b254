"""A network that fails a worker for a while, or for good."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from aws_fakes import client_error
from botocore.exceptions import EndpointConnectionError
from scripted import in_thread, result_of, worker
from wire_examples import AT, KEYS, RUN

from cloud_runner.objects import RunObjects
from cloud_runner.wire import documents as d
from cloud_runner.worker.work import OK, RECLAIMED, UNREACHABLE
from echelon_desktop.solver.problem import Solution

CUT = EndpointConnectionError(endpoint_url="https://s3")


def failing(error: Exception, times: int) -> Callable[..., Any]:
    """A stand-in for a method of the S3 client that fails so many times, then goes through."""
    left = [times]

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            if left[0]:
                left[0] -= 1
                raise error
            return method(**arguments)

        return call

    return wrap


@pytest.mark.parametrize(
    "error", [CUT, client_error("SlowDown", 503), client_error("ExpiredToken", 400), client_error("", 500)]
)
@pytest.mark.parametrize("method", ["get_object", "put_object"])
def test_a_network_that_comes_back_costs_nothing(
    run: RunObjects,
    script: Any,
    found: list[Solution],
    monkeypatch: pytest.MonkeyPatch,
    error: Any,
    method: str,
) -> None:
    script([found[0]], wait=False)
    monkeypatch.setattr(run.s3, method, failing(error, 3)(getattr(run.s3, method)))
    assert worker(run, give_up_s=60.0).work() == OK
    assert result_of(run).solution is not None


def test_a_report_that_is_lost_does_not_end_the_solve(
    run: RunObjects, script: Any, found: list[Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = script(found[:2])
    put = run.s3.put_object
    lost = threading.Event()

    def no_reports(**arguments: Any) -> Any:
        if arguments["Key"] in (KEYS.progress(0), KEYS.checkpoint(0)) and not scripted.stopped:
            lost.set()
            raise CUT
        return put(**arguments)

    monkeypatch.setattr(run.s3, "put_object", no_reports)
    thread, codes = in_thread(worker(run))
    scripted.ready.wait()
    lost.wait()
    run.write_document(KEYS.cancel, d.CancelMarker(RUN, AT))
    thread.join()
    assert codes == [OK]


def test_a_network_that_stays_away_is_left_to_the_next_attempt(
    run: RunObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.s3, "get_object", failing(CUT, 1 << 30)(run.s3.get_object))
    assert worker(run).work() == UNREACHABLE
    stop = threading.Event()
    stop.set()
    assert worker(run, stop=stop, give_up_s=60.0).work() == RECLAIMED


def test_what_is_forbidden_does_not_pass(run: RunObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    error = client_error("AccessDenied", 403)
    monkeypatch.setattr(run.s3, "get_object", failing(error, 1)(run.s3.get_object))
    with pytest.raises(type(error)):
        worker(run, give_up_s=60.0).work()
