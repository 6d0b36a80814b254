"""Compares the scenario on the screen with another one, on another thread, once for each state of both."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from echelon_desktop.model.dataset import Changes
from echelon_desktop.solver.comparison import compare, meets_requests
from echelon_desktop.solver.verify import Verdict, verify
from echelon_desktop.ui.schedule.compare_lines import SectionLine, StudentLine, section_lines, student_lines
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.workspace import Workspace

SCHEDULES = {"placements", "seatings"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known of two scenarios: what differs, and what the other one is worth."""

    there: str  # id of the other one
    here: str
    sections: tuple[SectionLine, ...]
    students: tuple[StudentLine, ...]
    verdict: Verdict  # of the other one


class Comparer(QObject):
    """
    Compares beside the window; ``changed`` follows each comparison made.

    What is found out may be overtaken by then; it is kept until the present state has been looked at.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.compared: Compared | None = None
        self._other = ""
        self._timetable: Timetable | None = None
        self._verdict: tuple[str, Verdict] | None = None  # what is known of the other one still
        self._state: tuple[int, str, str] | None = None
        self._busy = False
        workspace.document.changed.connect(self._forget)

    def look(self, other: str, timetable: Timetable) -> None:
        """
        Compare with that scenario, unless this has been done since the last change.

        ``timetable`` is that of the scenario on the screen, for the words of the lines.
        """
        self._other, self._timetable = other, timetable
        if not self.is_current:
            self._next()

    @property
    def is_current(self) -> bool:
        """Whether what is known is true of both schedules as they are now."""
        return self._state == self._present()

    def _present(self) -> tuple[int, str, str]:
        document = self.workspace.document
        return document.revision, document.scenario, self._other

    def _forget(self, changes: Changes) -> None:
        """Drop the other one's verdict; changes of other schedules alone, as by drops, leave it true."""
        if self._verdict is None:
            return
        known = self._verdict[0]
        for name, keys in changes.keys.items():
            if name not in SCHEDULES or any(key[0] == known for key in keys):
                self._verdict = None
                return

    def _next(self) -> None:
        document, state = self.workspace.document, self._present()
        _, here, other = state
        timetable = self._timetable
        if self._busy or timetable is None or not {here, other} <= set(document.dataset.scenarios):
            return
        school, rules, grid = document.school, document.rules, document.grid
        before, after = document.dataset.schedule(other), document.schedule()
        known = self._verdict[1] if self._verdict is not None and self._verdict[0] == other else None

        def work() -> Compared:
            found = compare(grid, before, after, meets_requests(school))
            return Compared(
                other,
                here,
                tuple(section_lines(found, timetable)),
                tuple(student_lines(found, timetable, before.placements, after.placements)),
                known or verify(school, rules, before),
            )

        def done(compared: Compared) -> None:
            self._busy = False
            if state != self._present():
                self._next()
                return
            self._state = state
            self._verdict = other, compared.verdict
            self.compared = compared
            self.changed.emit()

        def failed(error: Exception) -> None:
            # Rows that came and went while they were read; the next look sees them as they are.
            self._busy = False
            if state == self._present():
                raise error
            self._next()

        self._busy = True
        self.workspace.background.run(work, done, failed)
