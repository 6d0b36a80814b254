"""Leaving a school while a solve runs: it is asked first, and what was found can be kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QMessageBox
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.entities import Section
from echelon_desktop.model.store import SchoolFile, backups
from echelon_desktop.ui.shell.leaving import DISCARD, KEEP, WAIT
from echelon_desktop.ui.shell.restore import RestoreDialog
from echelon_desktop.ui.shell.window import MainWindow
from tests.ui.conftest import small_dataset

SOLVE_MS = 90_000  # a cold machine loads numba and OR-Tools first


class Answers:
    """Answers each question with the next of ``words``, None as Escape does; keeps what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: list[str | None] = []
        self.asked: list[str] = []
        self.buttons: set[str] = set()
        self.default = ""
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._exec(box))
        monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: self._clicked)

    def _exec(self, box: QMessageBox) -> int:
        self.asked.append(box.text())
        self.buttons = {button.text().replace("&", "") for button in box.buttons()}
        self.default = box.defaultButton().text()
        wanted = self.words.pop(0)
        known = {button.text(): button for button in box.buttons()}
        self._clicked: QAbstractButton | None = box.escapeButton() if wanted is None else known[wanted]
        return 0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another school file."""
    path = tmp_path / "other.echelon"
    SchoolFile.create(path, small_dataset(), "Other school").close()
    return path


def begin_solve(window: MainWindow, qtbot: QtBot) -> None:
    """Solve for long: a third section of the same lab teacher leaves much to prove."""
    third = Section("S7", "BIO", ("T1",), 5, "Science")
    window.document.apply(Edit("Add section S7", (RowChange("sections", "S7", third),)))
    window.show_page("solve")
    page = window.pages["solve"]
    page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
    page.form.seconds.setValue(600)
    window.actions_["solve"].trigger()
    bound = page.chart.bound
    qtbot.waitUntil(lambda: bound != [], timeout=SOLVE_MS)
    assert window.workspace.session is not None


def kept(path: Path) -> tuple[int, int]:
    """Scenarios beside the first one, and runs, that a closed file holds."""
    with SchoolFile.open(path) as file:
        return len(file.dataset.scenarios) - 1, len(file.runs())


def closing_the_window(window: MainWindow, other: Path) -> None:
    window.close()


def closing_the_school(window: MainWindow, other: Path) -> None:
    window.actions_["close"].trigger()


def quitting(window: MainWindow, other: Path) -> None:
    window.actions_["quit"].trigger()


def opening_another(window: MainWindow, other: Path) -> None:
    window.files.open_path(other)


@pytest.mark.parametrize("leave", [closing_the_window, closing_the_school, quitting, opening_another])
def test_what_was_found_is_kept(
    window: MainWindow,
    qtbot: QtBot,
    answers: Answers,
    other: Path,
    leave: Callable[[MainWindow, Path], None],
):
    path, document = window.document.path, window.document
    begin_solve(window, qtbot)
    answers.words = [KEEP]
    leave(window, other)
    assert window.document is document, "the window lives until the solve has ended"
    assert window.isVisible()
    assert answers.buttons == {KEEP, DISCARD, "Cancel"}
    assert answers.default == KEEP
    qtbot.waitUntil(lambda: window.document is not document, timeout=SOLVE_MS)
    assert (window.document is not None) == (leave is opening_another)
    assert window.isVisible() == (leave not in {closing_the_window, quitting})
    assert kept(path) == (1, 1)
    assert len(answers.asked) == 1


def test_a_solve_can_be_discarded(window: MainWindow, qtbot: QtBot, answers: Answers):
    path = window.document.path
    begin_solve(window, qtbot)
    answers.words = [DISCARD]
    window.close()
    assert window.document is None
    assert kept(path) == (0, 0)


def test_escape_goes_on_as_if_nothing_had_been_asked(window: MainWindow, qtbot: QtBot, answers: Answers):
    begin_solve(window, qtbot)
    session = window.workspace.session
    answers.words = [None]
    window.close()
    assert window.isVisible()
    assert window.workspace.session is session
    assert not session.stopping
    with qtbot.waitSignal(session.ended, timeout=SOLVE_MS):
        window.actions_["stop"].trigger()
    assert window.document is not None, "nobody wants to leave any more"
    assert window.close(), "and without a solve nothing is asked"


def test_a_solve_that_does_not_end_is_asked_about_again(window: MainWindow, qtbot: QtBot, answers: Answers):
    path = window.document.path
    begin_solve(window, qtbot)
    window.workspace.session.ended.disconnect()  # its end is never told
    answers.words = [KEEP, WAIT, DISCARD]
    window.close()
    for _ in range(2):
        assert window.leaving.patience.isActive()
        window.leaving.patience.timeout.emit()
    assert window.document is None
    assert not window.leaving.patience.isActive()
    assert answers.asked[1].startswith("The solve was stopped")
    with SchoolFile.open(path):
        pass  # nobody else has it


def test_a_solve_that_ends_badly_is_shown_before_one_leaves(
    window: MainWindow, qtbot: QtBot, answers: Answers
):
    begin_solve(window, qtbot)
    session = window.workspace.session
    answers.words = [KEEP]
    window.close()
    session.ended.emit("bad", "What was found no longer fits the school.")
    assert window.document is not None
    assert not window.leaving.patience.isActive()
    assert "no longer fits" in window.pages["solve"].live.message.text()
    assert window.stack.currentWidget() is window.pages["solve"]


def test_a_backup_waits_for_the_solve_as_well(window: MainWindow, qtbot: QtBot, answers: Answers):
    path = window.document.path
    window.document.undo()
    window.close_document()
    window.files.open_path(path)
    document = window.document
    assert backups(path)
    begin_solve(window, qtbot)
    answers.words = ["Restore", None]
    dialog = RestoreDialog(path, window)
    qtbot.addWidget(dialog)
    dialog.list.setCurrentRow(dialog.list.count() - 1)
    dialog.restore()
    assert answers.asked[1] == "A solve is running."
    assert window.document is document
