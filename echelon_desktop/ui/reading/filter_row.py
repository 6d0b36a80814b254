"""What stands above a table: a choice, a field of words, and how much of it is shown."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from echelon_desktop.model.wording import counted
from echelon_desktop.ui.elided import ElidedLabel
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.theme import SPACE

FILTER_MS = 150
LEAST_CHOICE, LEAST_WORDS, LEAST_COUNTS = 120, 90, 40  # pixels


class FilterRow(QWidget):
    """
    A choice and a field of words above a table, and how much of it is shown.

    ``changed`` is emitted when the user has paused in typing, or has chosen.
    """

    changed = Signal()

    def __init__(self, placeholder: str, choice_name: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        self.choice = QComboBox()
        self.choice.setAccessibleName(choice_name)
        self.choice.setMinimumWidth(LEAST_CHOICE)
        row.addWidget(self.choice)
        if not choice_name:
            self.choice.hide()
        self.words = FilterField(placeholder)
        self.words.setMinimumWidth(LEAST_WORDS)
        self.words.setMaximumWidth(280)
        row.addWidget(self.words, 1)
        self.counts = ElidedLabel(LEAST_COUNTS)
        self.counts.setProperty("kind", "soft")
        row.addWidget(self.counts)
        row.addStretch(1)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(FILTER_MS)
        self.timer.timeout.connect(self.changed)
        self.words.textChanged.connect(lambda _text: self.timer.start())
        self.choice.activated.connect(lambda _index: self.changed.emit())

    def fill(self, choices: list[tuple[str, object]]) -> None:
        """Offer other choices; the present one stays when it is among them."""
        chosen = self.choice.currentData()
        self.choice.clear()
        for title, data in choices:
            self.choice.addItem(title, data)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))

    def clear(self) -> None:
        """Show everything."""
        self.words.clear()
        self.choice.setCurrentIndex(0)
        self.timer.stop()
        self.changed.emit()

    def count(self, shown: int, total: int, what: str, plural: str = "") -> None:
        """Say how much is shown; ``what`` is the noun for one, ``plural`` where an s does not make it."""
        all_of_it = counted(total, what, plural)
        words = all_of_it if shown == total else f"Showing {shown:,} of {all_of_it}"
        self.counts.setText(words)
        self.counts.setToolTip(words)  # where there is no room for all of it
