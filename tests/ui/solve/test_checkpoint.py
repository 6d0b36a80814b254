"""A solve that the end of the application cuts short: what it had found is there at the next opening."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.row_edits import delete_rows
from echelon_desktop.model.sample import FAMILIES, make_school
from echelon_desktop.model.sheets import RowId, sheet_of
from echelon_desktop.model.store import Run, SchoolFile, checkpoint_of, has_checkpoint, with_checkpoint
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.scopes import Scope
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.runs.page import RunsPage
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.solve import checkpoint
from echelon_desktop.ui.solve.case import Order
from echelon_desktop.ui.solve.checkpoint import take_up
from echelon_desktop.ui.solve.page import SolvePage
from echelon_desktop.ui.solve.session import Session
from echelon_desktop.ui.workspace import Workspace
from tests.ui.conftest import small_dataset

SOLVE_MS = 90_000  # a cold machine loads numba and OR-Tools first
ORDER = Order(Scope(), Params(time_limit_s=60.0), warm=False, name="Spring")


@pytest.fixture
def hard(tmp_path: Path, qapp: QApplication) -> Iterator[Document]:
    """A school that nobody solves to the end in a minute."""
    sample = make_school(150, 1, FAMILIES["tight"])
    file = SchoolFile.create(tmp_path / "hard.echelon", Dataset(sample.school, sample.rules), "Hard school")
    opened = Document(file)
    yield opened
    opened.file.close()


@pytest.fixture
def solving(
    hard: Document,
    engine: EngineClient,
    desk: RemoteDesk,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Session]:
    """A solve of it that has kept a checkpoint."""
    monkeypatch.setattr(checkpoint, "KEEP_MS", 50)
    workspace = Workspace(hard, engine, desk)
    session = Session(workspace, ORDER, workspace)
    session.start()
    qtbot.waitUntil(lambda: any(map(has_checkpoint, hard.file.runs())), timeout=SOLVE_MS)
    yield session
    session.abandon()
    workspace.background.wait()


def run_with_checkpoint(dataset: Dataset) -> Run:
    run = Run("2026-11-02T09:00:00/1", "", "2026-11-02T09:00:00", settings={"name": "Spring"})
    return with_checkpoint(run, dataset.schedule("1"), {"unmet": 1, "requests": 24})


def test_a_killed_application_keeps_what_was_found(
    solving: Session,
    hard: Document,
    tmp_path: Path,
    qtbot: QtBot,
    engine: EngineClient,
    desk: RemoteDesk,
    monkeypatch: pytest.MonkeyPatch,
):
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text() + box.informativeText()))
    # The file as it would be found if the application ended now.
    left = tmp_path / "left.echelon"
    shutil.copy(hard.path, left)
    window = MainWindow(engine, desk)
    qtbot.addWidget(window, before_close_func=MainWindow.close_document)
    reopened = Document(SchoolFile.open(left))
    window.show_document(reopened)
    scenario = reopened.dataset.scenarios[reopened.scenario]
    verdict = verify(reopened.school, reopened.rules, reopened.schedule())
    assert scenario.name == "Spring, cut short"
    assert verdict.ok
    assert not reopened.schedule().is_empty
    [run] = reopened.file.runs()
    assert (run.scenario, run.figures["unmet"]) == (scenario.id, verdict.counts.unmet)
    qtbot.waitUntil(lambda: bool(told))
    assert f"{verdict.counts.unmet:,} of {verdict.counts.requests:,} requests unmet" in told[0]
    assert reopened.undo() == "Keep Spring, cut short"
    assert not reopened.dataset.scenarios
    window.close_document()
    # It is taken up once.
    again = Document(SchoolFile.open(left))
    assert take_up(again) == ""
    again.file.close()


def test_a_solve_that_ends_leaves_no_checkpoint(solving: Session, hard: Document, qtbot: QtBot):
    with qtbot.waitSignal(solving.ended, timeout=SOLVE_MS):
        solving.stop()
    [run] = hard.file.runs()
    assert not has_checkpoint(run)
    assert [scenario.name for scenario in hard.dataset.scenarios.values()] == ["Spring"]


def test_a_solve_that_is_discarded_leaves_nothing(solving: Session, hard: Document):
    solving.abandon()
    assert hard.file.runs() == []


def test_a_school_edited_since_keeps_what_still_fits(document: Document):
    document.file.record_run(run_with_checkpoint(document.dataset))
    document.apply(delete_rows(document.dataset, sheet_of("sections"), [RowId("S6")]))
    assert "“Spring, cut short”" in take_up(document)
    schedule = document.schedule()
    assert "S6" not in schedule.placements
    assert verify(document.school, document.rules, schedule).ok


def test_a_reader_takes_nothing_up(document: Document, tmp_path: Path):
    document.file.record_run(run_with_checkpoint(document.dataset))
    reader = Document(SchoolFile.open(document.path, read_only=True))
    assert take_up(reader) == ""
    assert list(reader.dataset.scenarios) == ["1"]
    reader.file.close()


def test_a_damaged_checkpoint_is_dropped(document: Document):
    run = run_with_checkpoint(document.dataset)
    document.file.record_run(replace(run, figures={"checkpoint": "AAAA"}))
    assert take_up(document) == ""
    assert document.file.runs() == []


def test_a_checkpoint_is_the_schedule_that_was_kept():
    dataset = small_dataset()
    schedule = checkpoint_of(run_with_checkpoint(dataset))
    assert schedule is not None
    assert dict(schedule.placements) == dict(dataset.schedule("1").placements)
    assert dict(schedule.seatings) == dict(dataset.schedule("1").seatings)


def test_a_solve_that_goes_on_is_not_among_the_runs_twice(workspace: Workspace, qtbot: QtBot):
    document = workspace.document
    document.file.record_run(run_with_checkpoint(document.dataset))
    runs, solve = RunsPage(workspace), SolvePage(workspace)
    qtbot.addWidget(runs)
    qtbot.addWidget(solve)
    assert runs.model.rowCount() == solve.runs.rowCount() == 0
