"""
Proof that an installed program works: the window opens, makes the sample school, solves it, reopens the file.

Run by ``echelon window --selftest`` on the frozen program, where no test can go.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop

from echelon_desktop.app import Application
from echelon_desktop.model.csv_io import read_school, write_school
from echelon_desktop.model.csv_io.school_writer import school_tables
from echelon_desktop.model.csv_io.workbook_writer import write_workbook
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.sample import make_school
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.solver.result import Params
from echelon_desktop.solver.scopes import Scope
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.shell.help import AboutDialog
from echelon_desktop.ui.solve.case import Order
from echelon_desktop.ui.solve.session import Session

PATIENCE_S = 180.0  # a cold machine loads libraries and compiles
SOLVE_S = 5.0


def selftest() -> int:
    """Do it; returns 0, or 1 with the step that failed on stderr."""
    app = Application(sys.argv[:1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            _walk(app, Path(folder) / "Selftest.echelon")
    except Exception as error:
        sys.stderr.write(f"selftest failed: {type(error).__name__}: {error}\n")
        return 1
    finally:
        app.window.close()
        app.engine.shut()
    return 0


def _walk(app: Application, path: Path) -> None:
    sample = make_school(students=120)
    files = path.parent / "files"
    write_school(sample.school, files)
    imported = read_school(files)
    if imported.school != sample.school:
        raise RuntimeError("the sample school's files do not say what the school says")
    book = write_workbook(school_tables(sample.school), path.with_suffix(".xlsx"))
    if read_school(book).school != sample.school:
        raise RuntimeError("the sample school's workbook does not say what the school says")
    SchoolFile.create(path, Dataset(imported.school, sample.rules), "Selftest").close()
    _say("the sample school was written as files and as a workbook, and imported again")
    app.begin(path)
    window = app.window
    _say("the window is open")
    for spec in PAGES:
        window.show_page(spec.id)
    _say(f"{len(PAGES)} pages were shown")
    AboutDialog(window).deleteLater()  # reads the versions of libraries, which an installer may have left out
    workspace, document = window.workspace, window.document
    if workspace is None or document is None:
        raise RuntimeError("the sample school was not opened")
    said: list[str] = []
    session = Session(workspace, Order(Scope(), Params(time_limit_s=SOLVE_S), False, "Selftest"), window)
    session.ended.connect(lambda kind, text: said.append(text))
    session.start()
    _wait(lambda: bool(said))
    _say(f"the solver says: {said[0]}")
    window.close_document()
    window.show_document(Document(SchoolFile.open(path)))
    document = window.document
    if document is None or not document.scenario:
        raise RuntimeError("the schedule is not in the file")
    verdict = verify(document.school, document.rules, document.schedule())
    if not verdict.ok:
        raise RuntimeError("the schedule in the file breaks a rule")
    _say(f"the file was reopened; {verdict.counts.met} of {verdict.counts.requests} requests are met")


def _wait(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError("nothing happened for too long")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)


def _say(text: str) -> None:
    sys.stdout.write(f"ok: {text}\n")
    sys.stdout.flush()
