"""Runs the checks beside the window after every change, and sums up what they and the schedule say."""

from PySide6.QtCore import QObject, QTimer, Signal

from echelon_desktop.model.checks import check_school
from echelon_desktop.model.findings import Finding, Severity, worst
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.workspace import Workspace

AFTER_MS = 250  # a burst of edits is checked once

LIGHTS = {Severity.ERROR: "bad", Severity.WARNING: "doubt", Severity.NOTE: "good", None: "good"}


class Checker(QObject):
    """
    Keeps the workspace's findings up to date; ``checked`` follows each check.

    Parameters
    ----------
    workspace
        Whose document is checked. The check reads it on another thread; as edits replace records and never
        change them, a check that an edit overtakes is at worst out of date, and is made again.
    """

    checked = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.light, self.words = "", ""
        self._unmet, self._counted = "", (-1, "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._run)
        workspace.document.closed.connect(self._timer.stop)

    def check(self) -> None:
        """Check soon."""
        self._timer.start()

    def unmet_words(self) -> str:
        """How many requests are unmet in the scenario on the screen."""
        document = self.workspace.document
        if not document.scenario:
            return ""
        state = (document.revision, document.scenario)
        if state != self._counted:  # the window asks whenever anything happens
            self._counted, self._unmet = state, self._count_unmet()
        return self._unmet

    def _count_unmet(self) -> str:
        document = self.workspace.document
        asked = sum(len(x.requests) for x in document.school.requests.values())
        seated = sum(
            len(s.seats) for s in document.dataset.seatings.values() if s.scenario == document.scenario
        )
        return f"{asked - seated:,} of {asked:,} requests unmet"

    def _run(self) -> None:
        document = self.workspace.document
        revision = document.revision

        def done(findings: list[Finding]) -> None:
            if revision == document.revision:
                self._show(tuple(findings))
            else:
                self.check()

        def failed(error: Exception) -> None:
            # Rows came and went while they were read; the next check sees them as they are.
            if revision == document.revision:
                raise error
            self.check()

        def work() -> list[Finding]:
            return check_school(document.school, document.rules, fold=False)  # pages group them themselves

        self.workspace.background.run(work, done, failed)

    def _show(self, findings: tuple[Finding, ...]) -> None:
        self.light = LIGHTS[worst(findings)]
        counts = [
            counted(n, name)
            for severity, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
            if (n := sum(f.severity is severity for f in findings))
        ]
        self.words = ", ".join(counts) or "nothing to mend"
        self.workspace.set_findings(findings)
        self.checked.emit()
