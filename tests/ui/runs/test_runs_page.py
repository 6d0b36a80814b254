"""The Runs page without a cloud: what it lists, in which order, what it offers, and what it says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import GONE, Child, Run, State
from cloud_runner.wire.documents import Point
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.edits import lock_sections, set_fields
from echelon_desktop.model.store import Run as Record
from echelon_desktop.model.store import SchoolFile, runs_of
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.runs.deeds import Deed, deeds_for
from echelon_desktop.ui.runs.detail import Detail
from echelon_desktop.ui.runs.entries import best_curve, remote_entry
from echelon_desktop.ui.runs.page import RunsPage
from echelon_desktop.ui.shell.recent import remember_file
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.solve.outcomes import thinned
from echelon_desktop.ui.solve.page import SolvePage
from echelon_desktop.ui.workspace import Workspace

STACK = Remote("North", "us-east-1", "north-runs", "https://sqs/north", "north", "/echelon/north")

SOLVE_MS = 90_000  # a cold machine loads numba and OR-Tools first

Keep = Callable[..., Run]


@pytest.fixture
def keep(document: Document, desk: RemoteDesk) -> Keep:
    """Keep a run on this workstation in some state, as if it had been sent."""
    order = Order(seeds=(1, 2))
    prepared = prepare(document.school, document.rules, document.schedule(), order)
    follower = Follower(desk.store)

    def make(path: Path = document.path, **facts: object) -> Run:
        run = replace(follower.submit(prepared, STACK, path, path.stem), **facts)
        desk.store.save(run)
        return run

    return make


@pytest.fixture
def still(desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave runs as they are: there is no cloud to ask."""
    monkeypatch.setattr(desk, "_wake", lambda: None)


@pytest.fixture
def page(workspace: Workspace, desk: RemoteDesk, still: None, qtbot: QtBot) -> RunsPage:
    made = RunsPage(workspace)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def listed(page: RunsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.desk.listed):
        page.desk.reload()


def record(number: int, scenario: str = "1", **figures: object) -> Record:
    started = f"2026-03-0{number}T08:00:00+00:00"
    settings = {"scope": "Whole school", "name": f"Draft {number}", "time_limit_s": 60, "workers": 2}
    facts = {"unmet": 12, "levels": [{"name": "unmet requests", "value": 12, "bound": 9}], **figures}
    return Record(f"{started}/1", scenario, started, started, "feasible", 1, settings, facts)


def child(index: int, *points: tuple[float, int | None, int], state: State = State.RUNNING) -> Child:
    seconds, unmet, bound = points[-1] if points else (0.0, None, 0)
    told = tuple(Point(*point) for point in points)
    return Child(index, index + 1, "default", state, unmet, bound, seconds, 1, told)


def test_without_runs_the_page_says_where_they_come_from(page: RunsPage):
    assert page.stack.currentWidget() is page.empty


def test_runs_of_every_school_are_listed_those_that_go_on_first(
    page: RunsPage, keep: Keep, qtbot: QtBot, tmp_path: Path
):
    page.document.file.record_run(record(1))
    other = tmp_path / "Lakeside.echelon"
    with SchoolFile.create(other, page.document.dataset, "Lakeside") as file:
        file.record_run(record(2, unmet=3))
    remember_file(other)
    going = keep(state=State.RUNNING, created="2026-01-01T00:00:00Z")
    ended = keep(other, state=State.FAILED, created="2026-03-09T00:00:00Z", message="Out of memory.")
    page.refresh(None)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    keys = [page.model.key_at(row) for row in range(4)]
    assert keys[:2] == [going.id, ended.id]
    schools = [page.model.row_at(row).school for row in range(4)]
    assert schools == ["school", "Lakeside", "Lakeside", "school"]
    page.filters.choice.setCurrentIndex(page.filters.choice.findData("ours"))
    page.filters.changed.emit()
    assert [page.model.row_at(row).school for row in range(page.model.rowCount())] == ["school", "school"]
    page.filters.choice.setCurrentIndex(page.filters.choice.findData("remote"))
    page.filters.changed.emit()
    assert page.model.rowCount() == 2
    page.take_to(Target("runs", key=keys[3]))  # a filter that hides it is taken off
    assert page.selected.key == keys[3]


def test_a_run_on_aws_of_another_school_is_listed_once(
    page: RunsPage, keep: Keep, qtbot: QtBot, tmp_path: Path
):
    other = tmp_path / "Lakeside.echelon"
    run = keep(other, state=State.DONE, best_unmet=12, ended="2026-03-09T00:00:00Z")
    with SchoolFile.create(other, page.document.dataset, "Lakeside") as file:
        file.record_run(replace(record(2), id=run.id))
        file.record_run(record(3))
    remember_file(other)
    page.refresh(None)
    qtbot.waitUntil(lambda: page.model.find(run.id) >= 0 and page.model.rowCount() > 1)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)  # the run, and the solve of its own


def test_what_is_asked_in_trouble_is_answered_on_the_screen(page: RunsPage, keep: Keep, qtbot: QtBot):
    run = keep(state=State.RUNNING, trouble=True, message="No network.")
    page.desk.reload()
    qtbot.waitUntil(lambda: run.id in page.desk.runs)
    page.take_to(Target("runs", key=run.id))
    assert page.detail.message.text() == "No network."
    page.deeds.said.emit(run.id, "note", "Fetching…")
    assert page.detail.message.text() == "Fetching…"
    page.deeds.said.emit(run.id, "bad", "It is busy.")
    assert page.detail.message.text() == "It is busy."
    # With the network back, what it refused is of no interest any more.
    page.desk._take(replace(run, trouble=False, message=""), 60.0)
    assert page.detail.message.text() != "It is busy."


def test_an_answer_stays_until_the_run_ends_or_is_in_trouble(page: RunsPage, keep: Keep, qtbot: QtBot):
    run = keep(state=State.RUNNING)
    other = keep(state=State.RUNNING)
    listed(page, qtbot)
    page.take_to(Target("runs", key=run.id))
    page.deeds.said.emit(run.id, "bad", "Not yet.")
    page.deeds.said.emit(other.id, "note", "Of the other.")
    page.desk._take(replace(run, children=(child(0, (1.0, 5, 0)),)), 60.0)
    assert page.detail.message.text() == "Not yet."
    page.desk._take(replace(run, trouble=True, message="No network."), 60.0)
    assert page.detail.message.text() == "No network."
    page.desk._take(replace(run, state=State.FAILED, message="Out of memory."), 60.0)
    assert page.detail.message.text() == "Out of memory."
    page.take_to(Target("runs", key=other.id))
    assert page.detail.message.text() == "Of the other."


def test_runs_are_read_without_the_school(tmp_path: Path, document: Document):
    document.file.record_run(record(1))
    assert runs_of(document.path) == document.file.runs()


def test_a_run_that_moves_on_stays_selected(page: RunsPage, keep: Keep, qtbot: QtBot):
    first = keep(state=State.QUEUED, created="2026-03-01T00:00:00Z")
    keep(state=State.QUEUED, created="2026-03-02T00:00:00Z")
    listed(page, qtbot)
    page.take_to(Target("runs", key=first.id))
    moved = replace(
        page.desk.runs[first.id],
        state=State.RUNNING,
        children=(child(0, (1.0, 40, 5), (9.0, 7, 5)), child(1)),
        message="The network cannot be reached.",
        trouble=True,
    )
    page.desk._take(moved, 0.0)
    assert page.selected.key == first.id
    assert [label.text() for label in page.detail.figures] == ["7", "5", "2"]
    assert page.detail.message.text() == "The network cannot be reached."
    assert page.detail.message_frame.property("kind") == "doubt"
    assert page.detail.chart.unmet == [(1.0, 40), (9.0, 7)]
    assert page.detail.children_model.rowCount() == 2


def test_the_curve_is_of_the_best_schedule_and_the_best_bound(keep: Keep):
    children = (
        child(0, (1.0, 40, 3), (5.0, 20, 3), (9.0, 18, 3)),
        child(1, (0.5, None, 4), (2.0, 50, 4), (6.0, 15, 6), (12.0, 15, 6)),
    )
    run = keep(state=State.RUNNING, children=children)
    assert best_curve(run) == (
        (0.5, None, 4),
        (1.0, 40, 4),
        (5.0, 20, 4),
        (6.0, 15, 6),
        (12.0, 15, 6),
    )
    assert remote_entry(run, "").avoidable == 9


@pytest.mark.parametrize(
    ("facts", "is_open", "fits", "offered"),
    [
        ({"state": State.QUEUED}, True, True, {Deed.CANCEL}),
        ({"state": State.RUNNING}, True, True, {Deed.CANCEL, Deed.BEST}),
        ({"state": State.RUNNING, "trouble": True}, True, True, {Deed.CANCEL, Deed.BEST, Deed.FORGET}),
        ({"state": State.RUNNING, "cancelled": True}, True, True, {Deed.BEST}),
        ({"state": State.RUNNING}, False, True, {Deed.OPEN, Deed.CANCEL}),
        (
            {"state": State.DONE, "best_unmet": 1},
            True,
            True,
            {Deed.BOARD, Deed.AGAIN, Deed.DELETE, Deed.FORGET},
        ),
        (
            {"state": State.DONE, "best_unmet": 1},
            True,
            False,
            {Deed.APPLY, Deed.AGAIN, Deed.DELETE, Deed.FORGET},
        ),
        ({"state": State.FAILED}, True, True, {Deed.AGAIN, Deed.DELETE, Deed.FORGET}),
        ({"state": State.FAILED, "message": GONE}, True, True, {Deed.AGAIN, Deed.FORGET}),
        (
            {"state": State.DONE, "best_unmet": 1, "keys_here": False},
            True,
            True,
            {Deed.AGAIN, Deed.DELETE, Deed.FORGET},
        ),
    ],
)
def test_what_is_offered(keep: Keep, facts: dict, is_open: bool, fits: bool, offered: set[Deed]):
    entry = remote_entry(keep(**facts), "")
    assert set(deeds_for(entry, is_open, True, fits)) == offered


def test_a_run_that_the_command_line_sent_is_there_when_one_comes_back(
    page: RunsPage, keep: Keep, qtbot: QtBot
):
    page.hide()
    run = keep(state=State.RUNNING)
    page.show()
    qtbot.waitUntil(lambda: page.model.find(run.id) >= 0)


def test_a_run_that_is_removed_leaves_the_schools_history_too(
    workspace: Workspace, page: RunsPage, keep: Keep, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("echelon_desktop.ui.runs.doing.ask", lambda *_, **__: True)
    solve = SolvePage(workspace)
    qtbot.addWidget(solve)
    run = keep(state=State.FAILED, message="Out of memory.")
    workspace.arrivals.expect(run, "Spring")
    solve.refresh(None)
    listed(page, qtbot)
    assert page.model.rowCount() == solve.runs.rowCount() == 1
    page.detail.buttons[Deed.FORGET].click()
    assert page.model.rowCount() == solve.runs.rowCount() == 0
    assert page.document.file.runs() == []


def test_a_run_that_only_the_history_knows_says_so_and_can_be_removed(
    workspace: Workspace, page: RunsPage, keep: Keep, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("echelon_desktop.ui.runs.doing.ask", lambda *_, **__: True)
    document = page.document
    sent = replace(record(2, ""), id="run-1", ended="", status="", figures={})
    document.file.record_run(replace(sent, settings={**sent.settings, "where": "North"}))
    document.file.record_run(record(1))
    page.refresh(None)
    assert page.model.rowCount() == 2
    assert (page.selected.where, page.selected.state) == ("North", "Not followed here")
    assert "sent from another computer, or was removed" in page.detail.message.text()
    page.detail.buttons[Deed.FORGET].click()
    assert [run.id for run in document.file.runs()] == [record(1).id]
    assert page.model.rowCount() == 1
    assert not page.detail.buttons[Deed.FORGET].isVisible(), "a solve on this computer is history"


def test_no_button_is_there_before_a_run_is(qtbot: QtBot):
    detail = Detail()
    qtbot.addWidget(detail)
    assert not any(button.isVisibleTo(detail) for button in detail.buttons.values())


def test_a_run_that_ends_while_one_is_asked_is_not_cancelled(
    page: RunsPage, keep: Keep, desk: RemoteDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    run = keep(state=State.RUNNING)
    listed(page, qtbot)
    asked = []

    def ask(*_: object, **more: object) -> bool:
        desk.runs[run.id] = replace(run, state=State.DONE)
        asked.append(more["no"])
        return True

    monkeypatch.setattr("echelon_desktop.ui.runs.doing.ask", ask)
    monkeypatch.setattr(desk, "cancel", lambda *_: pytest.fail("it had ended"))
    page.detail.buttons[Deed.CANCEL].click()
    assert asked == ["Go on solving"]
    assert not page.detail.message_frame.isVisible()


def test_a_reader_of_the_school_changes_nothing_in_it(keep: Keep):
    entry = remote_entry(keep(state=State.DONE, best_unmet=1), "")
    assert Deed.BOARD not in deeds_for(entry, True, False, True)


def test_a_run_of_another_school_opens_it(
    window: MainWindow, keep: Keep, still: None, qtbot: QtBot, tmp_path: Path
):
    other = tmp_path / "Lakeside.echelon"
    SchoolFile.create(other, window.document.dataset, "Lakeside").close()
    run = keep(other, state=State.QUEUED)
    window.desk.reload()
    qtbot.waitUntil(lambda: run.id in window.desk.runs)
    page = window.show_page("runs")
    page.take_to(Target("runs", key=run.id))
    page.detail.buttons[Deed.OPEN].click()
    qtbot.waitUntil(lambda: window.document is not None and window.document.path == other)


def test_a_local_run_shows_its_scenario_on_the_board(window: MainWindow, still: None):
    document = window.document
    document.file.record_run(record(1))
    document.show_scenario("")
    page = window.show_page("runs")
    page.refresh(None)
    assert page.selected.scenario == "1"
    assert not page.detail.tabs.isTabVisible(0)  # there are no computers but this one
    page.detail.buttons[Deed.BOARD].click()
    assert document.scenario == "1"
    assert window.stack.currentWidget() is window.pages["board"]


def test_tables_keep_the_rules_of_models_and_speak(
    page: RunsPage, keep: Keep, qtbot: QtBot, qtmodeltester: ModelTester
):
    keep(state=State.RUNNING, children=(child(0, (1.0, 40, 5)), child(1)))
    listed(page, qtbot)
    qtmodeltester.check(page.model)
    qtmodeltester.check(page.detail.children_model)
    spoken = page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "State: Solving"
    assert page.copy()
    assert "AWS: North" in QGuiApplication.clipboard().text()
    assert all(button.toolTip() for button in page.detail.buttons.values())


def test_the_solve_beside_the_window_is_listed_stopped_and_repeated(window: MainWindow, qtbot: QtBot):
    # A student with more requests than periods keeps the search busy.
    document = window.document
    requests = document.school.requests["P01"]
    more = tuple(type(requests.requests[0])(course) for course in document.school.courses)
    document.apply(set_fields(document.dataset, "requests", "P01", requests=more))
    document.apply(set_fields(document.dataset, "courses", "ART", lab=True))
    solve = window.show_page("solve")
    solve.form.time.setCurrentIndex(solve.form.time.findText("Other…"))
    solve.form.seconds.setValue(500)
    solve.form.name.setText("Spring")
    window.actions_["solve"].trigger()
    page = window.show_page("runs")
    assert (page.selected.key, page.selected.state) == ("live", "Solving")
    qtbot.waitUntil(lambda: bool(page.detail.chart.bound) or solve.session is None, timeout=SOLVE_MS)
    if solve.session is not None:
        page.detail.buttons[Deed.STOP].click()
        assert window.stack.currentWidget() is solve
    qtbot.waitUntil(lambda: solve.session is None, timeout=SOLVE_MS)
    page = window.show_page("runs")
    assert page.model.rowCount() == 1
    entry = page.selected
    assert entry.outcome == "done"
    assert entry.points[-1][1] == entry.unmet
    page.detail.buttons[Deed.AGAIN].click()
    assert window.stack.currentWidget() is solve
    assert (solve.form.seconds.value(), solve.form.seed.value()) == (500, 2)


def test_a_curve_is_kept_short_without_losing_its_ends():
    points = [(float(n), 1000 - n, 3) for n in range(900)]
    kept = thinned(points)
    assert len(kept) <= 241
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert thinned([(1.0, 5, 3), (2.0, 5, 3), (3.0, 4, 3), (4.0, 4, 3)]) == [
        (1.0, 5, 3),
        (3.0, 4, 3),
        (4.0, 4, 3),
    ]
    assert thinned([]) == []


def test_the_end_of_a_run_is_told_whatever_school_is_open(
    window: MainWindow, keep: Keep, still: None, qtbot: QtBot, tmp_path: Path
):
    run = keep(tmp_path / "Lakeside.echelon", state=State.RUNNING)
    window.desk.reload()
    qtbot.waitUntil(lambda: run.id in window.desk.runs)
    assert window.status.remote.text() == "1 run on AWS"
    window.desk._take(replace(window.desk.runs[run.id], state=State.FAILED, message="Out of memory."), 0.0)
    assert "Lakeside" in window.status.currentMessage()
    assert "Out of memory." in window.status.currentMessage()
    assert window.status.remote.text() == ""


def test_a_school_that_was_moved_finds_its_runs(window: MainWindow, keep: Keep, tmp_path: Path):
    arrivals = window.workspace.arrivals
    assert arrivals.is_ours(keep(tmp_path / "gone" / window.document.path.name))
    other = tmp_path / "other" / window.document.path.name
    other.parent.mkdir()
    SchoolFile.create(other, window.document.dataset, "Another school of that name").close()
    assert not arrivals.is_ours(keep(other))


def test_a_run_sent_with_locks_is_kept_as_one_of_what_is_not_locked(window: MainWindow, keep: Keep):
    document = window.document
    window.workspace.arrivals.expect(keep(), "Whole")
    document.apply(lock_sections(document.dataset, "1", ("S1",), True))
    window.workspace.arrivals.expect(keep(), "Rest")
    parts = {run.settings["name"]: run.settings["scope"] for run in document.file.runs()}
    assert parts == {"Whole": "whole school", "Rest": "what is not locked"}


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    desk: RemoteDesk, keep: Keep, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    run = keep(state=State.QUEUED)
    desk.pace = replace(desk.pace, poll_max_s=0.01)
    room: list[bool] = []

    def advance(_follower: Follower, run_id: str) -> Run:
        if not room:
            raise RemoteError("The run cannot be kept here: No space left on device.")
        return replace(desk.store.get(run_id), state=State.RUNNING)

    monkeypatch.setattr(Follower, "advance", advance)
    desk.start()
    qtbot.waitUntil(lambda: run.id in desk.runs and desk.runs[run.id].trouble)
    told = desk.runs[run.id]
    assert "No space left on device. Nothing is lost" in told.message
    with qtbot.waitSignal(desk.listed):
        desk.reload()
    assert desk.runs[run.id].message == told.message, "what cannot be written down is not forgotten"
    room.append(True)
    qtbot.waitUntil(lambda: desk.runs[run.id].state is State.RUNNING and not desk.runs[run.id].trouble)


def test_a_run_that_vanishes_from_the_disk_leaves_the_list(desk: RemoteDesk, keep: Keep, qtbot: QtBot):
    run = keep(state=State.QUEUED)
    desk.pace = replace(desk.pace, poll_max_s=0.01)
    with qtbot.waitSignal(desk.listed):
        desk.start()
    Follower(desk.store).runs.forget(run.id)
    qtbot.waitUntil(lambda: run.id not in desk.runs)
