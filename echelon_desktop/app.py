"""Composition root of the window: makes the application and what works beside it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from echelon_desktop import __version__
from echelon_desktop.ui.crash import install_crash_report
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.shell import recent
from echelon_desktop.ui.shell.window import APPLICATION, MainWindow
from echelon_desktop.ui.theme import theme

SWITCH_S = 0.0005
"""
How long another thread of Python (the checks, a judgement) may hold the interpreter while the window waits
for it. Painting asks for it many times, so that Python's usual 5 ms add up to tenths of a second.
"""


class Application(QApplication):
    """The application; opens files that the system hands it (Finder, a double click on Windows)."""

    def __init__(self, argv: Sequence[str]) -> None:
        super().__init__(list(argv))
        sys.setswitchinterval(SWITCH_S)
        self.setApplicationName(APPLICATION)
        self.setApplicationVersion(__version__)
        self.setOrganizationName("Echelon")
        self.setDesktopFileName("echelon-desktop")
        theme().install(self, recent.appearance())
        self.engine = EngineClient(self)
        self.desk = RemoteDesk(parent=self)
        self.window = MainWindow(self.engine, self.desk)
        self.aboutToQuit.connect(self.engine.shut)
        self.aboutToQuit.connect(self.desk.shut)

    def event(self, event: QEvent) -> bool:
        """Open a file that the Mac's Finder passes on."""
        if isinstance(event, QFileOpenEvent):
            path = Path(event.file())
            QTimer.singleShot(0, self, lambda: self.window.files.open_path(path))
            return True
        return super().event(event)

    def begin(self, path: Path | None) -> None:
        """Show the window, open a file if one is given; once that is on the screen, start the rest."""
        self.window.show()
        if path is not None:
            self.window.files.open_path(path)
        QTimer.singleShot(0, self, self.engine.start)
        QTimer.singleShot(0, self, self.desk.start)


def run(path: Path | None = None) -> int:
    """Show the window and run until it is closed; returns the exit code."""
    app = Application(sys.argv[:1])
    install_crash_report(app)
    app.begin(path)
    return app.exec()
