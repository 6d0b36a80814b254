"""What the parts of the window share: the document, the engine, the way to other pages, messages."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from echelon_desktop.model.findings import Finding
from echelon_desktop.ui.background import Background
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.runs.arrivals import Arrivals

if TYPE_CHECKING:
    from echelon_desktop.ui.engine.client import EngineClient
    from echelon_desktop.ui.remote.desk import RemoteDesk
    from echelon_desktop.ui.solve.session import Session


class Workspace(QObject):
    """
    Handed to every page.

    Parameters
    ----------
    document
        The open school file.
    engine
        The solver beside the window.
    desk
        Follows the runs on AWS.
    """

    go = Signal(object)  # Target: the window shows that page and takes it there
    notice = Signal(str, str)  # kind ("good", "note", "doubt", "bad"), text: shown for a while
    act = Signal(str)  # id of an action to run, as if chosen from the menu
    open_school = Signal(object)  # Path of a school file to open in place of this one
    findings_changed = Signal()
    session_changed = Signal()

    def __init__(
        self, document: Document, engine: "EngineClient", desk: "RemoteDesk", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.engine = engine
        self.desk = desk
        self.background = Background(self)
        self.findings: tuple[Finding, ...] = ()
        self.session: Session | None = None  # the solve that runs beside the window
        self.arrivals = Arrivals(self, desk, self)

    def go_to(self, page: str, table: str = "", key: object = "", field: str = "") -> None:
        """Ask the window to show a page, and a record and field there."""
        self.go.emit(Target(page, table, key, field))  # type: ignore[arg-type]

    def set_session(self, session: "Session | None") -> None:
        """Say which solve runs beside the window now."""
        self.session = session
        self.session_changed.emit()

    def set_findings(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings of the last check, for whoever marks records with them."""
        self.findings = findings
        self.findings_changed.emit()
