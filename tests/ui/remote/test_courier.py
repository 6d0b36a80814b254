"""Work on the network: in order within a lane, lanes beside each other, and nobody waits for its end."""

import threading

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from echelon_desktop.ui.remote.courier import Courier


@pytest.fixture
def courier(qtbot: QtBot) -> Courier:
    made = Courier()
    yield made
    made.shut(patience_s=10.0)


def test_a_lane_keeps_its_order_and_delivers_on_the_windows_thread(courier: Courier, qtbot: QtBot):
    got = []
    for number in range(20):
        courier.run("one", lambda n=number: n, lambda n: got.append((n, threading.current_thread())))
    with qtbot.waitSignal(courier.idle):
        pass
    assert got == [(number, threading.main_thread()) for number in range(20)]
    assert not courier.busy


def test_a_lane_that_hangs_holds_up_no_other(courier: Courier, qtbot: QtBot):
    gate, got = threading.Event(), []
    courier.run("slow", gate.wait, lambda _: got.append("slow"))
    courier.run("quick", lambda: None, lambda _: got.append("quick"))
    qtbot.waitUntil(lambda: got == ["quick"])
    gate.set()
    qtbot.waitUntil(lambda: got == ["quick", "slow"])


def test_an_error_goes_to_who_asked_or_to_the_crash_report(courier: Courier, qtbot: QtBot):
    def fail() -> None:
        raise OSError("no network")

    refused = []
    courier.run("one", fail, lambda _: pytest.fail("it failed"), refused.append)
    qtbot.waitUntil(lambda: len(refused) == 1)
    assert str(refused[0]) == "no network"
    with qtbot.captureExceptions() as raised:
        courier.run("one", fail, lambda _: pytest.fail("it failed"))
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is OSError


def test_shutting_waits_for_nobody_and_delivers_nothing(qtbot: QtBot):
    courier, gate, got, ended = Courier(), threading.Event(), [], threading.Event()

    def hang() -> None:
        gate.wait()
        ended.set()

    courier.run("slow", hang, got.append)
    courier.run("slow", lambda: got.append("next"), got.append)
    courier.shut(patience_s=0.0)
    gate.set()
    assert ended.wait(10.0)
    courier.run("slow", lambda: got.append("late"), got.append)
    QCoreApplication.processEvents()
    assert got == []
