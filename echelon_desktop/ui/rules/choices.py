"""A field for several records of the school (courses, teachers, periods...), chosen in a dialog."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.ui.theme import SPACE

Choice = tuple[str, str]  # id, words
KEY = Qt.ItemDataRole.UserRole
MOST_SHOWN = 3
ALL_MEANT, ONE_NEEDED = "all are meant", "the rule needs one at least"


class ChoiceDialog(QDialog):
    """
    A list with marks to set, and a filter.

    Parameters
    ----------
    title
        What is chosen ("Courses").
    choices
        All there are; marked ones that the school does not have are kept among them.
    marked
        Ids that are marked at first.
    nothing
        What it means when none is marked.
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        marked: Iterable[str],
        parent: QWidget,
        nothing: str = ALL_MEANT,
    ) -> None:
        super().__init__(parent)
        self._nothing = nothing
        self.setWindowTitle(title)
        self.resize(380, 460)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.s)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Filter")
        self.words.setAccessibleName("Filter")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._filter)
        column.addWidget(self.words)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setSpacing(2)
        self.list.itemChanged.connect(lambda _item: self._count())
        column.addWidget(self.list, 1)
        self.counts = QLabel()
        self.counts.setProperty("kind", "small")
        column.addWidget(self.counts)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        marked = list(marked)
        known = {key for key, _ in choices}
        strange = [(key, f"{key} (not in the school)") for key in marked if key not in known]
        for key, words in [*strange, *choices]:
            item = QListWidgetItem(words)
            item.setData(KEY, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in marked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self._count()

    def marked(self) -> tuple[str, ...]:
        """Ids that are marked, in the order of the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.data(KEY) for item in items if item.checkState() == Qt.CheckState.Checked)

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(not all(word in item.text().casefold() for word in wanted))

    def _count(self) -> None:
        number = len(self.marked())
        self.counts.setText(f"{number:,} chosen" if number else f"None chosen: {self._nothing}")


class ChoiceField(QWidget):
    """Shows what is chosen in words, and a button to choose; ``changed`` follows a choice."""

    changed = Signal()

    def __init__(self, title: str, nothing: str) -> None:
        super().__init__()
        self.title, self._nothing = title, nothing
        self._choices: Sequence[Choice] = ()
        self._meaning = ALL_MEANT
        self.value: tuple[str, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        self.words = QLabel()
        self.words.setWordWrap(True)
        row.addWidget(self.words, 1)
        self.button = QPushButton("Choose…")
        self.button.setAccessibleName(f"Choose {title.lower()}")
        self.button.clicked.connect(self.choose)
        row.addWidget(self.button)
        self.setFocusProxy(self.button)

    def set_value(self, value: tuple[str, ...], choices: Sequence[Choice], needed: bool = False) -> None:
        """Show a value, and offer these choices, of which the rule may need one at least."""
        self.value, self._choices = value, choices
        self._meaning = ONE_NEEDED if needed else ALL_MEANT
        self._show()

    def choose(self) -> None:
        """Let the user choose."""
        dialog = ChoiceDialog(self.title, self._choices, self.value, self, self._meaning)
        if dialog.exec() and dialog.marked() != self.value:
            self.value = dialog.marked()
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        words = dict(self._choices)
        named = [words.get(key, key) for key in self.value]
        if len(named) > MOST_SHOWN:
            named = [*named[: MOST_SHOWN - 1], f"{len(named) - MOST_SHOWN + 1} more"]
        self.words.setText(", ".join(named) or self._nothing)
        self.button.setAccessibleDescription(self.words.text())
