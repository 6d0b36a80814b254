"""Where a solve runs: on this computer, or on one of the stacks that the user has set up."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from cloud_runner.client.order import Order
from cloud_runner.client.remotes import Remote
from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import School
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.remote.send import SendDialog
from echelon_desktop.ui.theme import theme
from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from cloud_runner.client.prepare import Prepared

HERE = "This computer"
SET_UP = "Set up AWS…"


class PlaceBox(QComboBox):
    """
    Offers this computer and every remote; ``chosen`` follows a choice.

    Parameters
    ----------
    desk
        Whose remotes they are.
    """

    chosen = Signal()
    set_up_wanted = Signal()

    def __init__(self, desk: RemoteDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAccessibleName("Where")
        self.fill()
        self.activated.connect(self._on_activated)
        desk.remotes_changed.connect(self.fill)
        theme().changed.connect(self._paint)

    @property
    def remote(self) -> Remote | None:
        """The remote that is chosen, None for this computer."""
        remote: Remote | None = self.currentData()
        return remote

    def fill(self) -> None:
        """Offer the remotes as they are now; the one chosen stays so while it is there."""
        before = self.remote
        try:
            remotes = self._desk.remotes.all()
        except EchelonError:
            remotes = ()  # the settings' page says what is wrong with them
        self.clear()
        self.addItem(HERE, None)
        for remote in remotes:
            self.addItem(f"AWS: {remote.name}", remote)
        self.addItem(SET_UP, None)
        names = [remote.name for remote in remotes]
        self.setCurrentIndex(1 + names.index(before.name) if before and before.name in names else 0)
        self._paint()
        if before != self.remote:
            self.chosen.emit()

    def choose(self, name: str) -> None:
        """Choose a remote by its name, or this computer by an empty one."""
        self.setCurrentIndex(max(0, self.findText(f"AWS: {name}")) if name else 0)
        self.chosen.emit()

    def _on_activated(self, index: int) -> None:
        if self.itemText(index) == SET_UP:
            self.setCurrentIndex(0)
            self.set_up_wanted.emit()
        self.chosen.emit()

    def _paint(self) -> None:
        for index in range(self.count()):
            text = self.itemText(index)
            name = "cpu" if text == HERE else "settings" if text == SET_UP else "cloud"
            self.setItemIcon(index, theme().icon(name))


def send_dialog(
    workspace: Workspace, remote: Remote, order: Order, warm: bool, parent: QWidget
) -> SendDialog:
    """The last look before the open school is sent."""
    document = workspace.document
    # The school may be edited meanwhile; what leaves is what was asked for.
    school = School(**{spec.name: getattr(document.school, spec.name).values() for spec in SCHOOL_TABLES})
    rules, schedule = document.rules, document.schedule()

    def work() -> "Prepared":
        from cloud_runner.client.prepare import prepare

        return prepare(school, rules, schedule, order, schedule if warm else None)

    return SendDialog(document.path.stem, remote, order, work, parent)
