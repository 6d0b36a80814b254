"""A table to read: rows of any kind in columns of text, sorted and filtered in the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from echelon_desktop.ui.natural import natural

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SHARE = Role.UserRole + 1  # how full a cell's bar is, 0 to 1 (more when over); None is no bar
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COPIED = Role.UserRole + 2  # text to copy in place of the one shown, where a spreadsheet would misread that
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """
    A column.

    Parameters
    ----------
    title, width
        In the header; in device-independent pixels.
    text
        What a row shows.
    order
        What it is sorted by; the text, numbers in it as numbers, when not given.
    right
        Whether it stands at the right, as numbers do.
    share
        How full the bar behind the text is, for columns that have one.
    spoken
        What a screen reader says in place of the text, for columns of signs.
    copied
        What is copied in place of the text, where a spreadsheet would take that for a date.
    """

    title: str
    width: int
    text: Callable[[R], str]
    order: Callable[[R], Any] | None = None
    right: bool = False
    share: Callable[[R], float | None] | None = None
    tip: str = ""
    spoken: Callable[[R], str] | None = None
    copied: Callable[[R], str] | None = None


class RecordModel(QAbstractTableModel, Generic[R]):
    """
    Rows in columns.

    Parameters
    ----------
    columns
        What is shown.
    key
        By which a row is found again after a change.
    """

    def __init__(
        self, columns: Sequence[Column[R]], key: Callable[[R], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self.rows: list[R] = []
        self._texts: list[tuple[str, ...]] = []
        self._folded: list[str] = []
        self._shares: dict[tuple[int, int], float | None] = {}
        self.visible: list[int] = []
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self._admits: Callable[[R], bool] | None = None
        self._words: list[str] = []

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; sorting and filter stay."""
        self.beginResetModel()
        self.rows = list(rows)
        self._texts = [tuple(column.text(row) for column in self.columns) for row in self.rows]
        self._folded = [" ".join(texts).casefold() for texts in self._texts]
        self._shares = {
            (i, c): column.share(row)
            for c, column in enumerate(self.columns)
            if column.share is not None
            for i, row in enumerate(self.rows)
        }
        self.visible = self._filtered()
        self.endResetModel()

    def replace(self, at: int, row: R) -> None:
        """Show another record in place of the one given as number ``at``; it keeps its place for now."""
        self.rows[at] = row
        self._texts[at] = tuple(column.text(row) for column in self.columns)
        self._folded[at] = " ".join(self._texts[at]).casefold()
        for c, column in enumerate(self.columns):
            if column.share is not None:
                self._shares[at, c] = column.share(row)
        if at in self.visible:
            shown = self.visible.index(at)
            self.dataChanged.emit(self.index(shown, 0), self.index(shown, len(self.columns) - 1))

    def filter(self, words: str, admits: Callable[[R], bool] | None = None) -> None:
        """Show only rows in whose texts all words occur and which are admitted."""
        self.beginResetModel()
        self._words, self._admits = words.casefold().split(), admits
        self.visible = self._filtered()
        self.endResetModel()

    def key_at(self, row: int) -> str:
        """Key of a row as shown."""
        return self._key(self.rows[self.visible[row]])

    def row_at(self, row: int) -> R:
        """The record of a row as shown."""
        return self.rows[self.visible[row]]

    def find(self, key: str) -> int:
        """Row as shown, -1 when it is not."""
        for row, source in enumerate(self.visible):
            if self._key(self.rows[source]) == key:
                return row
        return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Rows that are not filtered out."""
        return 0 if parent.isValid() else len(self.visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text, side and bar of a cell."""
        if role == Role.DisplayRole:
            return self._texts[self.visible[index.row()]][index.column()]
        if role == Role.TextAlignmentRole:
            return RIGHT if self.columns[index.column()].right else None
        if role == SHARE:
            return self._shares.get((self.visible[index.row()], index.column()))
        if role == COPIED:
            copied = self.columns[index.column()].copied
            return copied(self.rows[self.visible[index.row()]]) if copied is not None else None
        if role == Role.AccessibleTextRole:
            column = self.columns[index.column()]
            source = self.visible[index.row()]
            text = column.spoken(self.rows[source]) if column.spoken else self._texts[source][index.column()]
            return f"{column.title}: {text}"
        if role == Role.ToolTipRole:
            return self._texts[self.visible[index.row()]][index.column()] or None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == Role.DisplayRole:
                return self.columns[section].title
            if role == Role.ToolTipRole:
                return self.columns[section].tip or None
            if role == Role.TextAlignmentRole:
                side = RIGHT if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the order in which the rows were given. The selection stays on its rows."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self.visible[index.row()]) for index in self.persistentIndexList()]
        self._sorted_by = (column, order)
        self.visible = self._filtered()
        row_of = {source: row for row, source in enumerate(self.visible)}
        after = [self.index(row_of[source], index.column()) for index, source in before]
        self.changePersistentIndexList([index for index, _ in before], after)
        self.layoutChanged.emit()

    def _filtered(self) -> list[int]:
        words, admits = self._words, self._admits
        visible = [
            i
            for i, row in enumerate(self.rows)
            if all(word in self._folded[i] for word in words) and (admits is None or admits(row))
        ]
        at, direction = self._sorted_by
        if not 0 <= at < len(self.columns):
            return visible
        order = self.columns[at].order
        if order is not None:
            values = [order(row) for row in self.rows]
        else:
            values = [natural(texts[at]) for texts in self._texts]
        visible.sort(key=values.__getitem__, reverse=direction == Qt.SortOrder.DescendingOrder)
        return visible
