"""What a preset or a file of rules would change, before it does."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import School
from echelon_desktop.model.rule_edits import RuleDifference
from echelon_desktop.model.rule_words import level_words, rule_sentence, weight_words
from echelon_desktop.ui.theme import SPACE


class PreviewDialog(QDialog):
    """Lists differences; accepted when the user wants them."""

    def __init__(
        self, title: str, differences: Sequence[RuleDifference], school: School, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(560, 380)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.m)
        number = len(differences)
        words = (
            "These are the rules that the school has already."
            if not number
            else (
                f"{number:,} {'rule changes' if number == 1 else 'rules change'}. Undo takes it back at once."
            )
        )
        label = QLabel(words)
        label.setWordWrap(True)
        column.addWidget(label)
        self.list = QListWidget()
        self.list.setAccessibleName("What changes")
        self.list.setWordWrap(True)
        self.list.setSpacing(3)
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.addItems([difference_words(each, school) for each in differences])
        column.addWidget(self.list, 1)
        buttons = QDialogButtonBox()
        if number:
            use = buttons.addButton("Use these rules", QDialogButtonBox.ButtonRole.AcceptRole)
            use.setProperty("kind", "primary")
            use.setDefault(True)
        buttons.addButton(
            QDialogButtonBox.StandardButton.Cancel if number else QDialogButtonBox.StandardButton.Close
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def difference_words(difference: RuleDifference, school: School) -> str:
    """What changes of one rule: "New: ...", "Taken out: ...", or what it says now and said before."""
    before, after = difference.before, difference.after
    if before is None and after is not None:
        return f"New, {level_words(after.level)}: {rule_sentence(after, school)}"
    if after is None and before is not None:
        return f"Taken out: {rule_sentence(before, school)}"
    assert before is not None and after is not None
    parts = []
    if before.level != after.level:
        parts.append(f"from {level_words(before.level)} to {level_words(after.level)}")
    if before.weight != after.weight:
        parts.append(weight_words(after.weight))
    was = rule_sentence(before, school)
    if was != rule_sentence(after, school):
        parts.append(f"was: {was}")
    return f"Changed: {rule_sentence(after, school)} ({'; '.join(parts) or 'other records'})"
