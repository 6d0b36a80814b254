"""Runs through the emulated cloud from the window: sent, followed, brought home, deleted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import Run, State
from cloud_runner.emulator.cloud import Cloud
from echelon_desktop.cli.source import load_source
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.edits import set_fields
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.remote.send import SendDialog
from echelon_desktop.ui.runs.again import AgainDialog
from echelon_desktop.ui.runs.deeds import Deed
from echelon_desktop.ui.runs.page import RunsPage
from echelon_desktop.ui.shell.window import MainWindow

PATIENCE_MS = 120_000
NOWHERE = "http://127.0.0.1:9"  # nobody listens there
REQUESTS_OF_CHICO = 11_400
BUSY_STUDENTS = 300  # not proven before its time is up


@pytest.fixture(autouse=True)
def agree(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    """Press the button that goes on in every dialog, once it can be pressed."""

    def send(dialog: SendDialog) -> int:
        qtbot.waitUntil(dialog.send_button.isEnabled, timeout=PATIENCE_MS)
        dialog.accept()
        return 1

    monkeypatch.setattr(SendDialog, "exec", send)
    monkeypatch.setattr(AgainDialog, "exec", lambda dialog: 1)
    monkeypatch.setattr("echelon_desktop.ui.runs.doing.ask", lambda *args, **more: True)


@pytest.fixture
def send(window: MainWindow, remote: Remote, desk: RemoteDesk, qtbot: QtBot) -> Callable[..., Run]:
    """Order a run on the Solve page; the run once it is kept here."""

    def order(name: str = "", computers: int = 1, seconds: int = 10) -> Run:
        page = window.show_page("solve")
        page.form.place.choose(remote.name)
        page.form.machines.seeds.setValue(computers)
        page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
        page.form.seconds.setValue(seconds)
        page.form.name.setText(name)
        before = set(desk.runs)
        window.actions_["solve"].trigger()
        qtbot.waitUntil(lambda: bool(desk.runs.keys() - before), timeout=PATIENCE_MS)
        (run_id,) = desk.runs.keys() - before
        return desk.runs[run_id]

    return order


def shown(window: MainWindow, run: Run) -> RunsPage:
    """The Runs page with a run selected."""
    page = window.show_page("runs")
    page.take_to(Target("runs", key=run.id))
    assert page.selected is not None
    assert page.selected.key == run.id
    return page


def click(page: RunsPage, deed: Deed) -> None:
    button = page.detail.buttons[deed]
    assert button.isVisible(), f"{deed} is not offered"
    button.click()


def names(window: MainWindow) -> list[str]:
    return [scenario.name for scenario in window.document.dataset.scenarios.values()]


def objects(cloud: Cloud, run: Run) -> list[str]:
    """Keys of all versions of a run's objects."""
    found = cloud.client("s3").list_object_versions(Bucket=cloud.resources.bucket, Prefix=f"runs/{run.id}/")
    return [item["Key"] for kind in ("Versions", "DeleteMarkers") for item in found.get(kind, ())]


def open_busy(window: MainWindow, folder: Path) -> None:
    """Open a school that keeps a computer busy."""
    made = make_school(students=BUSY_STUDENTS, seed=1)
    file = SchoolFile.create(folder / "Busy.echelon", Dataset(made.school, made.rules), "Busy")
    window.show_document(Document(file))


def test_a_run_comes_home_as_a_scenario_and_leaves_nothing_on_aws(
    window: MainWindow,
    send: Callable[..., Run],
    cloud: Cloud,
    desk: RemoteDesk,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    run = send("Autumn", computers=2)
    assert window.stack.currentWidget() is window.pages["runs"]
    assert window.status.remote.text() == "1 run on AWS"
    page = shown(window, run)
    qtbot.waitUntil(lambda: "Autumn" in names(window), timeout=PATIENCE_MS)
    document = window.document
    scenario = next(s.id for s in document.dataset.scenarios.values() if s.name == "Autumn")
    assert verify(document.school, document.rules, document.dataset.schedule(scenario)).ok
    assert document.scenario != scenario, "the board under the user's hands is not swapped"
    assert window.status.remote.text() == ""
    entry = page.selected
    assert (entry.state, entry.unmet, entry.scenario) == ("Done, proven", 0, scenario)
    note = page.model.index(page.table.currentIndex().row(), page.model.columnCount() - 1)
    assert note.data() == "Autumn"
    assert entry.points[-1][1] == 0
    assert page.detail.children_model.rowCount() == 2
    assert objects(cloud, run) == []
    target = tmp_path / "confirmation.txt"
    offered = []

    def choose(_parent: object, _title: str, path: str, _filter: str) -> tuple[str, str]:
        offered.append(Path(path))
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    click(page, Deed.CERTIFICATE)
    assert offered[0].parent == document.path.parent, "beside the school, not where the program was started"
    assert run.id in target.read_text(encoding="utf-8")
    click(page, Deed.BOARD)
    assert document.scenario == scenario
    assert window.stack.currentWidget() is window.pages["board"]
    window.actions_["undo"].trigger()
    assert "Autumn" not in names(window)
    click(shown(window, run), Deed.BOARD)  # it is still here, and may be taken over again
    qtbot.waitUntil(lambda: "Autumn" in names(window), timeout=PATIENCE_MS)


@pytest.mark.real
def test_a_real_school_comes_home(
    window: MainWindow,
    send: Callable[..., Run],
    cloud: Cloud,
    desk: RemoteDesk,
    qtbot: QtBot,
    tmp_path: Path,
    real_school: Callable[[str], Path],
):
    source = load_source(real_school("chico"), "chico-high")
    file = SchoolFile.create(tmp_path / "chico.echelon", Dataset(source.school, source.rules), "Chico")
    window.show_document(Document(file))
    run = send("From AWS")
    qtbot.waitUntil(lambda: "From AWS" in names(window), timeout=PATIENCE_MS)
    document = window.document
    scenario = next(s.id for s in document.dataset.scenarios.values() if s.name == "From AWS")
    verdict = verify(document.school, document.rules, document.dataset.schedule(scenario))
    assert verdict.ok
    assert verdict.counts.requests == REQUESTS_OF_CHICO
    assert verdict.counts.unmet == desk.runs[run.id].best_unmet
    assert objects(cloud, run) == []


def test_a_run_outlives_a_lost_network_and_the_application(
    window: MainWindow, send: Callable[..., Run], remote: Remote, desk: RemoteDesk, qtbot: QtBot
):
    desk.remotes.save(replace(remote, endpoint=NOWHERE))
    desk.remotes_changed.emit()
    run = send("Autumn")
    page = shown(window, run)
    qtbot.waitUntil(lambda: desk.runs[run.id].trouble, timeout=PATIENCE_MS)
    assert page.detail.message.text() == desk.runs[run.id].message != ""
    assert page.selected.outcome == "going"
    path = window.document.path
    window.close()
    desk.shut(patience_s=10.0)
    desk.remotes.save(remote)
    later = RemoteDesk(desk.store.folder, desk.remotes.path, desk.pace)
    again = MainWindow(window.engine, later)
    qtbot.addWidget(again)
    later.start()
    done = [lambda: later.runs[run.id].state is State.DONE, lambda: not later.runs[run.id].trouble]
    qtbot.waitUntil(lambda: run.id in later.runs and all(each() for each in done), timeout=PATIENCE_MS)
    again.show_document(Document(SchoolFile.open(path)))
    qtbot.waitUntil(lambda: "Autumn" in names(again), timeout=PATIENCE_MS)
    assert shown(again, run).detail.message.text() == ""
    again.close_document()
    again.show_document(Document(SchoolFile.open(path)))
    again.workspace.background.wait()
    assert names(again).count("Autumn") == 1, "it is taken home once"
    again.close_document()
    later.shut(patience_s=10.0)


def test_what_no_longer_fits_is_told_and_the_rest_is_taken_over(
    window: MainWindow, send: Callable[..., Run], qtbot: QtBot
):
    run = send("Autumn")
    document = window.document
    document.apply(set_fields(document.dataset, "sections", "S6", seats=3))
    page = shown(window, run)
    qtbot.waitUntil(page.detail.buttons[Deed.APPLY].isVisible, timeout=PATIENCE_MS)
    assert "Autumn" not in names(window)
    assert "no longer fit" in page.detail.message.text()
    assert page.detail.misfits.isVisible()
    assert len(page.detail.misfits.toPlainText().splitlines()) == 5  # of eight seats, three are left
    assert "BAND" in page.detail.misfits.toPlainText()
    click(page, Deed.APPLY)
    qtbot.waitUntil(lambda: "Autumn" in names(window), timeout=PATIENCE_MS)
    schedule = document.schedule()
    assert verify(document.school, document.rules, schedule).ok
    assert sum(seat.section == "S6" for s in schedule.seatings.values() for seat in s.seats) == 3


def test_the_best_so_far_and_the_end_of_a_long_run(
    window: MainWindow, send: Callable[..., Run], cloud: Cloud, desk: RemoteDesk, qtbot: QtBot, tmp_path: Path
):
    open_busy(window, tmp_path)
    run = send("Long", seconds=600)
    page = shown(window, run)
    qtbot.waitUntil(lambda: (page.selected.unmet or 0) > 0, timeout=PATIENCE_MS)
    assert page.detail.chart.bound, "the curve is drawn while it runs"
    page.detail.tabs.setCurrentWidget(page.detail.log)
    qtbot.waitUntil(lambda: run.id in page.detail.log.toPlainText(), timeout=PATIENCE_MS)

    def brought_back() -> bool:
        if page.detail.buttons[Deed.BEST].isVisible() and desk.runs[run.id].best_unmet is None:
            click(page, Deed.BEST)
        return "Long so far" in names(window)

    qtbot.waitUntil(brought_back, timeout=PATIENCE_MS)
    assert desk.runs[run.id].state is State.RUNNING
    schedule = window.document.dataset.schedule(page.arrivals.scenario_of(run.id))
    assert schedule.placements.keys() == window.document.school.sections.keys()
    click(page, Deed.CANCEL)
    qtbot.waitUntil(lambda: page.selected.outcome != "going", timeout=PATIENCE_MS)
    assert desk.runs[run.id].state is State.CANCELLED
    assert desk.runs[run.id].best_unmet is not None
    qtbot.waitUntil(lambda: "Long" in names(window), timeout=PATIENCE_MS)
    scenario = page.arrivals.scenario_of(run.id)
    assert window.document.dataset.scenarios[scenario].name == "Long", "not the one of before the end"
    if desk.runs[run.id].deleted is None:
        click(page, Deed.DELETE)
        qtbot.waitUntil(lambda: desk.runs[run.id].deleted is not None, timeout=PATIENCE_MS)
    assert objects(cloud, run) == []


def test_a_run_is_cancelled_and_sent_again_with_other_seeds(
    window: MainWindow, send: Callable[..., Run], cloud: Cloud, desk: RemoteDesk, qtbot: QtBot
):
    cloud.machines.hold(True)
    run = send("Autumn")
    page = shown(window, run)
    click(page, Deed.CANCEL)
    qtbot.waitUntil(page.detail.buttons[Deed.AGAIN].isVisible, timeout=PATIENCE_MS)
    assert page.selected.outcome == "cancelled"
    cloud.machines.hold(False)
    click(page, Deed.AGAIN)
    qtbot.waitUntil(lambda: len(desk.runs) == 2, timeout=PATIENCE_MS)
    (other,) = desk.runs.keys() - {run.id}
    assert desk.runs[other].retry_of == run.id
    assert desk.runs[other].order.seeds == (2,)
    qtbot.waitUntil(lambda: page.selected.key == other, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.runs[other].state is State.DONE, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "Autumn" in names(window), timeout=PATIENCE_MS)  # as the first was to be called
    click(shown(window, run), Deed.FORGET)
    assert run.id not in desk.runs
    assert not (desk.store.folder / run.id).exists()
    assert page.model.find(run.id) < 0
    assert run.id not in {record.id for record in window.document.file.runs()}
