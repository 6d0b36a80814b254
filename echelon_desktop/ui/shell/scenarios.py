"""Making, renaming and deleting scenarios; each is one change that undo takes back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QInputDialog, QLineEdit

from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.edits import adopt_schedule, delete_scenario, new_scenario_id, set_fields
from echelon_desktop.model.entities import Scenario
from echelon_desktop.ui.messages import ask, told

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow


class ScenarioCommands:
    """What the scenario menu does."""

    def __init__(self, window: "MainWindow") -> None:
        self.window = window

    def new(self) -> None:
        """Ask for a name; make an empty scenario or a copy of the one on the screen, and show it."""
        document = self.window.document
        if document is None:
            return
        dialog = QDialog(self.window)
        dialog.setWindowTitle("New scenario")
        form = QFormLayout(dialog)
        name = QLineEdit(f"Scenario {len(document.dataset.scenarios) + 1}")
        name.selectAll()
        form.addRow("Name", name)
        copy = QCheckBox("Copy the schedule on the screen")
        copy.setChecked(bool(document.scenario))
        copy.setEnabled(bool(document.scenario))
        form.addRow("", copy)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(dialog.accept)
        buttons.rejected.connect(dialog.reject)
        form.addRow(buttons)
        if dialog.exec() and name.text().strip():
            self.make(name.text().strip(), document.schedule() if copy.isChecked() else Schedule({}, {}))

    def make(self, name: str, schedule: Schedule) -> None:
        """Make a scenario of that name with that schedule, and show it."""
        document = self.window.document
        if document is None:
            return
        when = datetime.now(UTC).isoformat(timespec="seconds")
        scenario = Scenario(new_scenario_id(document.dataset), name, when)
        with told(self.window, "The scenario was not made"):
            document.apply(adopt_schedule(document.dataset, scenario, schedule, f"New scenario {name}"))
            document.show_scenario(scenario.id)

    def rename(self) -> None:
        """Ask for another name of the scenario on the screen."""
        document = self.window.document
        if document is None or not document.scenario:
            return
        before = document.dataset.scenarios[document.scenario].name
        name, ok = QInputDialog.getText(self.window, "Rename scenario", "Name:", text=before)
        if ok and name.strip() and name.strip() != before:
            with told(self.window, "The scenario was not renamed"):
                edit = set_fields(document.dataset, "scenarios", document.scenario, name=name.strip())
                document.apply(edit)

    def delete(self) -> None:
        """Delete the scenario on the screen, once confirmed."""
        document = self.window.document
        if document is None or not document.scenario:
            return
        name = document.dataset.scenarios[document.scenario].name
        text = f"Delete the scenario “{name}” with all its placements and seats?"
        if ask(self.window, "Delete scenario", text, "Delete", "Undo brings it back.", danger=True):
            with told(self.window, "The scenario was not deleted"):
                document.apply(delete_scenario(document.dataset, document.scenario))
