"""The open school file, as the window sees it: one place to read from, one way to change it, one signal."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Changes, Dataset, Edit, Schedule, School
from echelon_desktop.model.slots import SlotGrid
from echelon_desktop.model.store import SchoolFile


class Document(QObject):
    """
    A school file that is open in the window.

    Every change goes through :meth:`apply`, :meth:`undo`, :meth:`redo` or :meth:`go_to`; when they return, it
    is on disk, and ``changed`` has told every view what to repaint. They raise the errors of the store; the
    window shows those (:mod:`echelon_desktop.ui.messages`).

    Parameters
    ----------
    file
        Open; closed by :meth:`close`.
    """

    changed = Signal(object)  # Changes
    scenario_changed = Signal(str)
    closed = Signal()

    def __init__(self, file: SchoolFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self.revision = 0
        self._scenario = self._newest_scenario()
        self._grid: SlotGrid | None = None

    @property
    def path(self) -> Path:
        """Where the school file is."""
        return self.file.path

    @property
    def dataset(self) -> Dataset:
        """Everything, for reading."""
        return self.file.dataset

    @property
    def school(self) -> School:
        """The facts, for reading."""
        return self.dataset.school

    @property
    def rules(self) -> tuple[e.Rule, ...]:
        """The rules, in their order."""
        return tuple(self.dataset.rules.values())

    @property
    def grid(self) -> SlotGrid:
        """The slots of the school as it is now."""
        if self._grid is None:
            self._grid = SlotGrid(self.school)
        return self._grid

    @property
    def read_only(self) -> bool:
        """Whether somebody else has the file open for writing."""
        return self.file.read_only

    @property
    def scenario(self) -> str:
        """Id of the scenario on the screen; empty when there is none."""
        return self._scenario

    def show_scenario(self, scenario: str) -> None:
        """Put another scenario on the screen (that is no change of the file)."""
        if scenario != self._scenario:
            self._scenario = scenario
            self.scenario_changed.emit(scenario)

    def schedule(self) -> Schedule:
        """The schedule of the scenario on the screen; empty when there is none."""
        return self.dataset.schedule(self._scenario)

    def apply(self, edit: Edit) -> None:
        """Make an edit, unless it has nothing to change."""
        if edit.changes:
            self._announce(self.file.apply(edit))

    def undo(self) -> str:
        """Take the last edit back; returns its title, empty when there was none."""
        return self._stepped(self.file.undo())

    def redo(self) -> str:
        """Make the last edit taken back again; returns its title, empty when there was none."""
        return self._stepped(self.file.redo())

    def go_to(self, seq: int) -> None:
        """Undo or redo until the edit ``seq`` of the history is the last one made."""
        current = next((entry.seq for entry in self.file.history() if entry.current), 0)
        step = self.undo if seq < current else self.redo
        while current != seq and step():
            current = next((entry.seq for entry in self.file.history() if entry.current), 0)

    def restore_snapshot(self, name: str) -> None:
        """Go back to a snapshot; one edit, which undo takes back."""
        self._announce(self.file.restore_snapshot(name))

    def close(self) -> None:
        """Close the file; the document is of no use afterwards."""
        self.file.close()
        self.closed.emit()

    def _newest_scenario(self) -> str:
        return str(list(self.dataset.scenarios)[-1]) if self.dataset.scenarios else ""

    def _stepped(self, step: tuple[str, Changes] | None) -> str:
        if step is None:
            return ""
        self._announce(step[1])
        return step[0]

    def _announce(self, changes: Changes) -> None:
        self.revision += 1
        if changes.keys.keys() & {"periods", "terms", "patterns", "courses"}:
            self._grid = None
        if "scenarios" in changes.keys and self._scenario not in self.dataset.scenarios:
            self._scenario = self._newest_scenario()
            self.changed.emit(changes)
            self.scenario_changed.emit(self._scenario)
            return
        self.changed.emit(changes)
