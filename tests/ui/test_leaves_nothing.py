"""Nothing is left behind by a window that is closed: no thread, process, file, lock, object or listener."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import SIGNAL, QAbstractAnimation, QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.shell.leaving import DISCARD, KEEP
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.theme import theme

TIMES = 5
ENGINE_MS = 60_000
PATIENCE_S = 120

# The application as it is started, its window closed (or its process ended) once a solve goes on; whoever
# closes it is asked what becomes of the solve.
APPLICATION = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from echelon_desktop.app import Application

if __name__ == "__main__":
    app = Application(sys.argv[:1])
    app.begin(Path(sys.argv[1]))
    window, began = app.window, []

    def on_told():
        job, box = app.engine.job, app.activeModalWidget()
        if box is not None:
            next(button for button in box.buttons() if button.text() == sys.argv[2]).click()
        elif not began and job is not None and job.progress is not None and job.progress.unmet is not None:
            began.append(True)
            print("solving", flush=True)
            if sys.argv[2] == "killed":
                os._exit(3)
            QTimer.singleShot(0, window.close)  # the question's own loop lets this timer go on

    timer = QTimer()
    timer.timeout.connect(on_told)
    timer.start(20)
    window.actions_["solve"].trigger()
    sys.exit(app.exec())
"""


def delete_what_waits() -> None:
    """Have done what was asked for with deleteLater."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def visit(window: MainWindow, path: Path) -> None:
    """Open a school, look at every page, close it."""
    window.show_document(Document(SchoolFile.open(path)))
    for page in PAGES:
        window.show_page(page.id)
        QApplication.processEvents()
    window.search()
    window.searching.close()
    window.close_document()
    delete_what_waits()


def test_a_school_that_is_closed_leaves_no_object(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(EngineClient, "start", lambda _engine: None)
    path = window.document.path
    window.close_document()

    def left() -> dict[str, int]:
        # Qt animates its own widgets for a moment after they were shown.
        qtbot.waitUntil(lambda: not window.findChildren(QAbstractAnimation))
        kinds = [type(each).__name__ for each in window.findChildren(QObject)]
        counts = {kind: kinds.count(kind) for kind in set(kinds)}
        listeners = {
            "theme": theme().receivers(SIGNAL("changed()")),
            "engine": window.engine.receivers(SIGNAL("state_changed()")),
        }
        return {**counts, **listeners}

    visit(window, path)
    once = left()
    for _ in range(TIMES):
        visit(window, path)
    assert left() == once


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="threads and open files are counted in /proc")
def test_a_school_that_is_closed_leaves_no_thread_and_no_file(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(EngineClient, "start", lambda _engine: None)
    path = window.document.path
    window.close_document()

    def left() -> tuple[int, int, set[Path]]:
        threads, files = (len(list(Path("/proc/self", each).iterdir())) for each in ("task", "fd"))
        return threads, files, set(tmp_path.rglob("*"))

    visit(window, path)
    once = left()
    assert path in once[2]
    for _ in range(TIMES):
        visit(window, path)
    assert left() == once
    with SchoolFile.open(path):
        pass  # nobody else has it


def test_a_school_closed_during_a_solve_is_forgotten(
    window: MainWindow, engine: EngineClient, qtbot: QtBot, tmp_path: Path
):
    path = window.document.path
    window.actions_["solve"].trigger()
    qtbot.waitUntil(lambda: engine.solving, timeout=ENGINE_MS)
    window.close_document()
    delete_what_waits()
    with SchoolFile.open(path) as file:
        assert file.runs() == []
    window.show_document(Document(SchoolFile.open(path)))
    qtbot.waitUntil(lambda: not engine.solving, timeout=ENGINE_MS)
    assert window.document.file.can_undo is False


@pytest.mark.parametrize("end", [KEEP, DISCARD, "killed"])
def test_the_end_of_the_application_during_a_solve_is_the_end_of_its_engine(tmp_path: Path, end: str):
    sample = make_school(students=200, seed=4)
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    for folder in (home, temporary):
        folder.mkdir()
    school = tmp_path / "school.echelon"
    SchoolFile.create(school, Dataset(sample.school, sample.rules), "Sample").close()
    script = tmp_path / "application.py"
    script.write_text(APPLICATION, encoding="utf-8")
    names = {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    environment = {**os.environ, **names, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    # Both pipes are the engine's as well: they end when the last of the two processes has ended.
    done = subprocess.run(
        [sys.executable, str(script), str(school), end],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("solving\n", 3 if end == "killed" else 0), done.stderr
    assert list(temporary.iterdir()) == []
    with SchoolFile.open(school) as file:
        assert file.can_undo == (end == KEEP)
        assert len(file.runs()) == len(file.dataset.scenarios) == (1 if end == KEEP else 0)
