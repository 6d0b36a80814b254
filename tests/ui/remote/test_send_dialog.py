"""Before a run is sent: cost and time, what leaves and what stays, the exact bytes."""

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cloud_runner.client.remotes import Remote
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.remote.send import BytesDialog, SendDialog
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.solve.page import SolvePage
from echelon_desktop.ui.solve.place import send_dialog
from echelon_desktop.ui.workspace import Workspace

PATIENCE_MS = 30_000
STACK = Remote("North", "us-east-1", "north-runs", "https://sqs/north", "north", "/echelon/north")


@pytest.fixture
def page(workspace: Workspace, desk: RemoteDesk, qtbot: QtBot) -> SolvePage:
    desk.remotes.save(STACK)
    made = SolvePage(workspace)
    qtbot.addWidget(made)
    made.show()
    made.form.place.choose("North")
    return made


@pytest.fixture
def dialog(page: SolvePage, workspace: Workspace, qtbot: QtBot) -> SendDialog:
    made = send_dialog(workspace, STACK, page.form.remote_order(), True, page)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.send_button.isEnabled, timeout=PATIENCE_MS)
    yield made
    made.done(0)


def test_the_form_asks_what_aws_needs_and_estimates(page: SolvePage):
    assert page.form.machines.seeds.isVisible()
    assert not page.form.workers.isVisible()
    page.form.machines.seeds.setValue(8)
    before = page.form.machines.words.text()
    page.form.machines.size.setCurrentIndex(4)
    assert page.form.machines.words.text() != before
    assert "8 computers of 32 vCPU" in page.form.machines.words.text()
    assert page.form.remote_order().strategies == ("default",)
    page.form.machines.scarce.setChecked(True)
    assert "16 computers of 32 vCPU" in page.form.machines.words.text()
    assert page.form.remote_order().strategies == ("default", "scarce-seats")
    page.form.machines.scarce.setChecked(False)
    order = page.form.remote_order()
    assert (order.seeds, order.vcpu, order.memory_mb) == (tuple(range(1, 9)), 32, 65536)
    assert order.time_limit_s == 1800.0  # a minute would not pay for the start of a computer
    page.form.place.choose("")
    assert page.form.workers.isVisible()
    assert not page.form.machines.seeds.isVisible()
    assert page.form.start_button.text() == "Solve"


def test_a_remote_that_is_removed_is_not_offered(page: SolvePage, desk: RemoteDesk):
    desk.remotes.remove("North")
    desk.remotes_changed.emit()
    assert page.form.place.remote is None
    assert not page.form.machines.seeds.isVisible()


def test_the_receipt_says_what_leaves_and_what_stays(dialog: SendDialog):
    assert "8 students as numbers" in dialog.leaves.text()
    assert "key table" in dialog.stays.text()
    assert dialog.prepared.receipt.sha256 in dialog.bytes_line.text()


def test_the_saved_bytes_are_those_that_leave_and_name_nobody(
    dialog: SendDialog, workspace: Workspace, tmp_path: Path
):
    folder = tmp_path / "out"
    folder.mkdir()
    dialog.save_bytes_to(folder)
    data = (folder / "input.npz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == dialog.prepared.receipt.sha256
    assert len(data) + len((folder / "start.npz").read_bytes()) == dialog.prepared.receipt.bytes_out
    assert dialog.prepared.receipt.sha256 in (folder / "receipt.txt").read_text(encoding="utf-8")
    names = [student.name for student in workspace.document.school.students.values()]
    assert all(name.encode() not in data for name in names)


def test_a_folder_that_cannot_be_written_is_told(
    dialog: SendDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told = []
    monkeypatch.setattr("echelon_desktop.ui.messages.tell", lambda *args: told.append(args[2]))
    dialog.save_bytes_to(tmp_path / "missing")
    assert "missing" in told[0]


def test_every_number_is_shown(dialog: SendDialog, workspace: Workspace, qtbot: QtBot):
    shown = BytesDialog(dialog.prepared, dialog)
    qtbot.addWidget(shown)
    text = shown.text.toPlainText()
    assert "The schedule to begin with:" in text
    assert len(text.splitlines()) > 20
    assert "Ada Byron" not in text


def test_a_school_with_errors_is_not_sent_without_asking(
    page: SolvePage, workspace: Workspace, desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    asked = []
    monkeypatch.setattr("echelon_desktop.ui.solve.page.ask", lambda *args, **more: asked.append(args[2]))
    workspace.set_findings((Finding("code", Severity.ERROR, "Broken.", "Mend it."),))
    page.start()
    assert "1 error;" in asked[0]
    assert not desk.courier.busy


def test_a_school_may_be_closed_while_it_is_sent(
    window: MainWindow, desk: RemoteDesk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    def send(dialog: SendDialog) -> int:
        qtbot.waitUntil(dialog.send_button.isEnabled, timeout=PATIENCE_MS)
        dialog.accept()
        return 1

    monkeypatch.setattr(SendDialog, "exec", send)
    monkeypatch.setattr(desk, "_wake", lambda: None)  # there is no cloud to ask
    desk.remotes.save(STACK)
    page = window.show_page("solve")
    page.form.place.choose("North")
    window.actions_["solve"].trigger()
    window.close_document()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(page)
    qtbot.waitUntil(lambda: not desk.courier.busy, timeout=PATIENCE_MS)
    assert len(desk.runs) == 1  # it is kept, and will be sent
