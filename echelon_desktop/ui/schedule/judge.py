"""Reads, verifies and explains the schedule on the screen on another thread, once for each state of it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from echelon_desktop.solver.explain import Reason, explain_unmet
from echelon_desktop.solver.verify import Verdict, verify
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.workspace import Workspace


class Judge(QObject):
    """
    What is known of the schedule on the screen; ``changed`` follows each thing found out.

    All three are None until they are known of the present state; whoever shows them may go on showing what
    was true before. One judge serves all pages of a workspace, see :meth:`of`.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.workspace = workspace
        self.timetable: Timetable | None = None
        self.verdict: Verdict | None = None
        self.reasons: dict[tuple[str, str], Reason] | None = None
        self._state: tuple[int, str] | None = None
        self._reasons_wanted = False
        self._busy = False

    @staticmethod
    def of(workspace: Workspace) -> "Judge":
        """The judge of a workspace."""
        found = workspace.findChild(Judge)
        return found if isinstance(found, Judge) else Judge(workspace)

    def look(self, reasons: bool = False) -> None:
        """Find out what is not known yet; with ``reasons`` also why requests are unmet."""
        self._reasons_wanted = self._reasons_wanted or reasons
        if not self.is_current:
            self._state = self._present()
            self.timetable = self.verdict = self.reasons = None
        self._next()

    @property
    def is_current(self) -> bool:
        """Whether what is known is true of the schedule as it is now; a look makes it so."""
        return self._state == self._present()

    def _present(self) -> tuple[int, str]:
        document = self.workspace.document
        return document.revision, document.scenario

    def _next(self) -> None:
        document, state = self.workspace.document, self._state
        if self._busy or state is None or state != self._present() or not document.scenario:
            return
        tables = (document.school, document.rules, document.schedule())
        work: Callable[[], Any]
        if self.timetable is None:
            name, work = "timetable", lambda: Timetable(*tables)
        elif self.verdict is None:
            name, work = "verdict", lambda: verify(*tables)
        elif self.reasons is None and self._reasons_wanted:
            name, work = "reasons", lambda: explain_unmet(*tables)
        else:
            return
        self._busy = True

        def done(result: object) -> None:
            self._busy = False
            if state == self._state == self._present():
                setattr(self, name, result)
                self.changed.emit()
            self._next()

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read; the next look sees them as they are.
            self._busy = False
            if state == self._present():
                raise error
            self._next()

        self.workspace.background.run(work, done, failed)
