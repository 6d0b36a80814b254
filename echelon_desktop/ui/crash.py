"""Bugs: kept in a local file without school data, and told in a dialog that can be copied from."""

import faulthandler
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from echelon_desktop import __version__

FOLDER = Path(platformdirs.user_log_dir("Echelon Desktop", appauthor=False))


def install_crash_report(app: QApplication) -> None:
    """Catch what nobody else caught, on the window's thread; the application goes on."""
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        # Kept open for as long as the process lives: the handler writes to it in its last moment.
        faulthandler.enable((FOLDER / "fatal.txt").open("w", encoding="utf-8"))
    except OSError:
        faulthandler.enable()

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            app.quit()
            return
        _tell(report(error, trace))

    sys.excepthook = hook


def report(error: BaseException, trace: TracebackType | None) -> str:
    """
    Text of a bug report: versions, kind of error, and where; no values, which may be a student's.

    Only the kind of the error is named, since its message may quote the data it met.
    """
    lines = [f"Echelon Desktop {__version__}, Python {sys.version.split()[0]}, {sys.platform}"]
    lines += [f"  {Path(f.filename).name}:{f.lineno} in {f.name}" for f in traceback.extract_tb(trace)]
    return "\n".join([*lines, type(error).__name__])


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    when = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"bug-{when}.txt").write_text(text + "\n", encoding="utf-8")
        where = f"The report is in {FOLDER}."
    except OSError:
        where = "The report could not be written to disk."
    box = QMessageBox(
        QMessageBox.Icon.Critical,
        "Something went wrong",
        "Echelon Desktop met a mistake of its own. Your data is safe: every change was saved as you made it.",
    )
    box.setInformativeText(f"You can go on. {where} It holds no data of your school.")
    box.setDetailedText(text)
    copy = box.addButton("Copy report", QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Ok)
    box.exec()
    if box.clickedButton() is copy:
        QGuiApplication.clipboard().setText(text)
