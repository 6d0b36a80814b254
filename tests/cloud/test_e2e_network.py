"""The network is cut at each step of a run, on each side, in each way: it is sent once, and comes back."""

import re
from collections.abc import Callable

import pytest
from desk import QUICK, Desk, jobs_of, versions_of

from cloud_runner.client.runs import Run, State
from cloud_runner.emulator.cloud import Cloud
from cloud_runner.emulator.proxy import (
    Answer,
    CutAnswer,
    CutRequest,
    Exchange,
    Fault,
    LoseAnswer,
    Proxy,
    Refuse,
)

FAULTS: list[Fault] = [Refuse(), CutRequest(10), LoseAnswer(), CutAnswer(20)]
EITHER: list[Fault] = [Refuse(), LoseAnswer()]  # what the other two come to: it was done, or it was not
DESK_STEPS = {
    "GET runs/",  # what is there
    "PUT input.npz",
    "PUT manifest.json",
    "AmazonSQS.SendMessage",
    "GET dispatch.json",
    "POST /v1/describejobs",
    "GET progress.json",
    "GET result.json",
    "GET result.npz",
    "GET versions",
    "POST delete",
}
DISPATCHER_STEPS = {
    "GET runs/",
    "GET manifest.json",
    "PUT dispatch.json",
    "POST /v1/listjobs",
    "POST /v1/submitjob",
}
WORKER_STEPS = {
    "GET runs/",
    "GET manifest.json",
    "GET input.npz",
    "PUT claim.json",
    "PUT progress.json",
    "PUT result.npz",
    "PUT result.json",
}
EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


def step_of(name: str) -> str:
    """What a request is about: its operation, or its method and the end of its key."""
    method, _, rest = name.partition(" ")
    if "?versions" in rest or "&versions" in rest:
        return "GET versions"
    if "list-type" in rest:
        return "GET runs/"
    if "?delete" in rest:
        return "POST delete"
    if rest.startswith("/v1/") or not rest:
        return name
    return f"{method} {rest.partition('?')[0].rpartition('/')[2]}"


class Cutter(Proxy):
    """A proxy that cuts the first request of each step."""

    fault: Fault = Refuse()

    def note(self, exchange: Exchange) -> list[Fault]:
        first = step_of(exchange.name) not in set(map(step_of, self.names))
        self.names.append(exchange.name)
        return [self.fault] if first else []


def cutter(cloud: Cloud, fault: Fault) -> Cutter:
    proxy = Cutter(cloud.address)
    proxy.fault = fault
    proxy.start()
    cloud.proxies.append(proxy)
    return proxy


def came_back_once(cloud: Cloud, desk: Desk, run: Run) -> None:
    assert run.state is State.DONE
    assert len(jobs_of(cloud, run)) == 1
    assert desk.outcome(run).verdict.ok
    assert versions_of(cloud, run) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_the_desktops_network_is_cut_at_each_step(
    cloud: Cloud, another_desk: Callable[..., Desk], fault: Fault
) -> None:
    proxy = cutter(cloud, fault)
    desk = another_desk(proxy.endpoint)
    came_back_once(cloud, desk, desk.solve())
    assert set(map(step_of, proxy.names)) >= DESK_STEPS


@pytest.mark.parametrize("fault", EITHER, ids=lambda fault: type(fault).__name__)
def test_the_dispatchers_network_is_cut_at_each_step(cloud: Cloud, desk: Desk, fault: Fault) -> None:
    proxy = cutter(cloud, fault)
    cloud.dispatch_through(proxy.endpoint)
    came_back_once(cloud, desk, desk.solve())
    assert set(map(step_of, proxy.names)) >= DISPATCHER_STEPS


@pytest.mark.parametrize("fault", EITHER, ids=lambda fault: type(fault).__name__)
def test_the_workers_network_is_cut_at_each_step(cloud: Cloud, desk: Desk, fault: Fault) -> None:
    proxy = cutter(cloud, fault)
    cloud.machines.endpoint = proxy.endpoint
    run = desk.solve()
    came_back_once(cloud, desk, run)
    assert set(map(step_of, proxy.names)) >= WORKER_STEPS
    assert len(jobs_of(cloud, run)[0].attempts) == 1


def test_a_worker_that_cannot_reach_the_bucket_for_long_is_tried_again(cloud: Cloud, desk: Desk) -> None:
    proxy = cloud.proxy()
    proxy.down = True
    cloud.machines.endpoint = proxy.endpoint
    cloud.machines.environment = cloud.machines.environment | {"ECHELON_GIVE_UP_S": "0"}
    run = desk.submit()
    desk.follow(run.id, lambda run: any(job.attempts[1:] for job in jobs_of(cloud, run)))
    proxy.clear()
    run = desk.follow(run.id)
    came_back_once(cloud, desk, run)
    assert jobs_of(cloud, run)[0].attempts[0]["container"]["exitCode"] == 75


@pytest.mark.parametrize("moment", [State.UPLOADING, State.QUEUED, State.RUNNING, State.DOWNLOADING])
def test_a_sign_in_that_expires_is_said_and_holds_nothing_up(
    cloud: Cloud, another_desk: Callable[..., Desk], moment: State
) -> None:
    proxy = cloud.proxy()
    desk = another_desk(proxy.endpoint)
    run = desk.submit(QUICK)
    if moment is State.QUEUED:
        cloud.pump.pause(True)
    if moment is State.DOWNLOADING:
        other = another_desk()
        other.follow(run.id, lambda run: run.job != "")
        assert cloud.machines.wait(lambda: all(job.ended for job in jobs_of(cloud, run)))
    elif moment is not State.UPLOADING:
        desk.follow(run.id, lambda run: run.state is moment or run.state.ended)
    proxy.on("*", Answer(403, EXPIRED, (("Content-Type", "application/xml"),)), times=3)
    expired = desk.follower.advance(run.id)
    if not expired.state.ended:
        assert expired.trouble
        assert re.search(r"sign-in to demo has expired.*The run goes on", expired.message)
    cloud.pump.pause(False)
    came_back_once(cloud, desk, desk.follow(run.id))


def test_a_network_that_is_away_is_said_and_holds_nothing_up(
    cloud: Cloud, another_desk: Callable[..., Desk]
) -> None:
    proxy = cloud.proxy()
    proxy.down = True
    desk = another_desk(proxy.endpoint)
    run = desk.submit()
    away = desk.follower.advance(run.id)
    assert (away.state, away.trouble) == (State.UPLOADING, True)
    assert "cannot be reached" in away.message
    proxy.clear()
    came_back_once(cloud, desk, desk.follow(run.id))
