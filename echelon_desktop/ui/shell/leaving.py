"""Before a school is closed: what becomes of the solve that runs, which would end with it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from echelon_desktop.ui.messages import choose

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow
    from echelon_desktop.ui.solve.session import Session

PATIENCE_MS = 20_000  # a solve that was stopped has mostly ended after a second
KEEP, WAIT, DISCARD = "Stop and keep what was found", "Wait for it", "Discard"


class Leaving(QObject):
    """
    Asks before a solve is thrown away, and leaves once it has ended.

    Parameters
    ----------
    window
        Parent of the question; its Solve page shows how the solve ends.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.window = window
        self._again: Callable[[], object] | None = None
        self.patience = QTimer(self)
        self.patience.setSingleShot(True)
        self.patience.setInterval(PATIENCE_MS)
        self.patience.timeout.connect(self._try_again)

    def ready(self, again: Callable[[], object]) -> bool:
        """
        Whether the school may be closed now.

        When it may not, ``again`` is called once the solve has ended, if that is what the user wants. It is
        to ask here anew.
        """
        session = self._session()
        if session is None:
            return True
        self._stay()
        if session.stopping:
            text = "The solve was stopped, but has not ended yet."
            more = "Its schedule becomes a scenario as soon as it has."
        else:
            text = "A solve is running."
            more = "The best schedule it has found can be kept as a scenario."
        keep = WAIT if session.stopping else KEEP
        chosen = choose(self.window, "A solve is running", text, keep, DISCARD, more)
        if chosen is None:
            return False
        if chosen == DISCARD or self._session() is not session:  # it may have ended meanwhile
            return True
        self._again = again
        session.ended.connect(self._on_ended)
        self.patience.start()
        self.window.stop_solve()
        return False

    def _session(self) -> "Session | None":
        workspace = self.window.workspace
        return workspace.session if workspace is not None else None

    def _on_ended(self, kind: str, text: str) -> None:
        """Leave, unless the solve ended otherwise than it was to: its page says how."""
        if kind == "bad":
            self._stay()
        else:
            # Whoever else hears of the end is to have heard of it before the school is closed.
            QTimer.singleShot(0, self, self._try_again)

    def _try_again(self) -> None:
        again = self._again
        self._stay()
        if again is not None:
            again()

    def _stay(self) -> None:
        self._again = None
        self.patience.stop()
