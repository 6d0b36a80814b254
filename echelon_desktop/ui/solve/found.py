"""What a solve left in the school, and where one goes on from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from echelon_desktop.ui.solve.session import Session


@dataclass(frozen=True, slots=True)
class Found:
    """A scenario that a solve left, and how many requests are unmet in it."""

    scenario: str
    unmet: int

    @property
    def onward(self) -> str:
        """What the button on says."""
        return "Show who misses what" if self.unmet else "Show on the board"

    def show(self, workspace: Workspace) -> None:
        """Show who misses what in it, or where all stands when nobody misses anything."""
        workspace.document.show_scenario(self.scenario)
        if self.unmet:
            workspace.go_to("schedule", "unmet")
        else:
            workspace.go_to("board")


def found_by(session: "Session") -> Found | None:
    """What a solve that has ended left; None when it left nothing."""
    document = session.workspace.document
    for run in document.file.runs():
        if run.started == session.started and run.scenario in document.dataset.scenarios:
            return Found(run.scenario, run.figures.get("unmet", 0))
    return None
