"""The table of runs: every solve of this school, the newest first."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from echelon_desktop.model.store import Run
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.solve.outcomes import outcome, seeds_in_words, seeds_of

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Started", "Scenario", "What", "Unmet", "At least", "Time", "Seeds", "Method", "Outcome")
NUMBERS = {3, 4, 5}


class RunsModel(QAbstractTableModel):
    """Runs as rows of text, made once when they are set."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[Run] = []
        self._rows: list[tuple[str, ...]] = []

    def set_runs(self, runs: list[Run]) -> None:
        """Show these runs, which are in the order in which they were made."""
        self.beginResetModel()
        self.runs = list(reversed(runs))
        self._rows = [_row(run) for run in self.runs]
        self.endResetModel()

    def text(self) -> str:
        """The whole table as Excel takes it."""
        return "\n".join("\t".join(row) for row in (COLUMNS, *self._rows))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Number of runs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a cell; numbers stand at the right."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()]}: {self._rows[index.row()][index.column()]}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _row(run: Run) -> tuple[str, ...]:
    figures, settings = run.figures, run.settings
    levels = figures.get("levels") or [{}]
    bound = levels[0].get("bound")
    seconds = figures.get("seconds")
    return (
        moment(run.started),
        str(settings.get("name", "")),
        str(settings.get("scope", "")),
        f"{figures['unmet']:,}" if "unmet" in figures else "–",
        "–" if bound is None else f"{bound:,}",
        "–" if seconds is None else f"{seconds:.0f} s",
        seeds_in_words(seeds_of(run)),
        str(figures.get("method", "")),
        outcome(run.status, str(figures.get("ended"))) if run.ended else "Not finished",
    )
