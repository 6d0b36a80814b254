"""What an import would change in the school that is open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import Dataset, Edit
from echelon_desktop.model.reimport import Losses, changes_of, crowded_by, losses_of
from echelon_desktop.model.sheets import SHEETS
from echelon_desktop.model.wording import few_of
from echelon_desktop.ui.theme import SPACE, soften_choice

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMBER_WIDTH = 110
MOST = 200  # keys listed of one kind
TITLES = {sheet.table: sheet.title for sheet in SHEETS} | {"requests": "Request lists", "rules": "Rules"}


class ChangesTab(QWidget):
    """Rows added, deleted and changed, table by table, and what the schedules give up."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE.m, 0, 0)
        column.setSpacing(SPACE.m)
        self.frame = QFrame()
        inner = QVBoxLayout(self.frame)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.words = QLabel()
        self.words.setWordWrap(True)
        inner.addWidget(self.words)
        column.addWidget(self.frame)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Table", "Added", "Deleted", "Changed"])
        self.tree.setAccessibleName("Changes by table")
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setUniformRowHeights(True)
        head = self.tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for n in range(1, 4):
            head.resizeSection(n, NUMBER_WIDTH)
            self.tree.headerItem().setTextAlignment(n, _RIGHT)
        soften_choice(self.tree)
        column.addWidget(self.tree, 1)

    def show_edit(self, now: Dataset, edit: Edit) -> int:
        """Show an edit; returns how many rows it changes."""
        self.tree.clear()
        total = 0
        for change in changes_of(now, edit):
            kinds = (("Added", change.added), ("Deleted", change.deleted), ("Changed", change.changed))
            total += sum(len(keys) for _, keys in kinds)
            numbers = [f"{len(keys):,}" if keys else "" for _, keys in kinds]
            item = QTreeWidgetItem([TITLES.get(change.table, change.table.title()), *numbers])
            for n in range(1, 4):
                item.setTextAlignment(n, _RIGHT)
            self.tree.addTopLevelItem(item)
            for word, keys in kinds:
                item.addChildren([QTreeWidgetItem([f"{word}: {key}"]) for key in keys[:MOST]])
                if len(keys) > MOST:
                    item.addChild(QTreeWidgetItem([f"{word}: {len(keys) - MOST:,} more"]))
        losses, crowded = losses_of(now, edit), crowded_by(now, edit)
        self.frame.setProperty("kind", "doubt" if losses or crowded else "good")
        self.frame.style().unpolish(self.frame)
        self.frame.style().polish(self.frame)
        self.words.setText(_words(now, losses, crowded, bool(total)))
        return total


def _words(now: Dataset, losses: list[Losses], crowded: dict[str, list[str]], changes: bool) -> str:
    if not changes:
        return "The files say what the school says already; nothing would change."
    if not now.scenarios:
        return "There are no schedules yet that could be concerned."
    full = [
        f"{scenario}: {few_of(sections)} would have more students than seats."
        for scenario, sections in crowded.items()
    ]
    if not losses:
        kept = "All schedules are kept as they are: no section loses its place, no student a seat."
        return "\n".join([kept, *full])
    lines = [
        f"{loss.scenario}: {loss.sections:,} section{'' if loss.sections == 1 else 's'} would lose "
        f"their place, {loss.students:,} student{'' if loss.students == 1 else 's'} {loss.seats:,} "
        f"seat{'' if loss.seats == 1 else 's'}."
        for loss in losses
    ]
    return "\n".join(["What no longer fits is dropped; all else stays where it is.", *lines, *full])
