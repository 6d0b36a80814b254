"""A sheet as a table model: plain rows, sorted and filtered here."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from echelon_desktop.model import cells as c
from echelon_desktop.model.columns import Column
from echelon_desktop.model.dataset import Changes, Dataset
from echelon_desktop.model.entry import Entry, EntryReader
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.sheets import RowId, Sheet
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Marks = Mapping[tuple[str, RowId, str], list[Finding]]

SIGNS = {Severity.ERROR: "circle-x", Severity.WARNING: "triangle-alert", Severity.NOTE: "info"}
TOKENS = {Severity.ERROR: "bad", Severity.WARNING: "doubt", Severity.NOTE: "note"}
_AS_THEY_ARE = (c.Text, c.Identifier)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class GridModel(QAbstractTableModel):
    """
    Shows the rows of a sheet that the filter lets through, in the order sorted by.

    Parameters
    ----------
    dataset
        Read on :meth:`load` and :meth:`follow`.
    sheet
        What to show.
    write
        Called with a row, a column and a value that was typed; says whether it was written. None for a sheet
        that cannot be changed.
    """

    def __init__(
        self,
        dataset: Dataset,
        sheet: Sheet,
        write: Callable[[RowId, Column, Any], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.dataset, self.sheet, self._write = dataset, sheet, write
        self.columns: tuple[Column, ...] = ()
        self._formats: list[Callable[[Any], str] | None] = []
        self.rows: list[RowId] = []
        self._values: list[tuple[Any, ...]] = []
        self._texts: list[tuple[str, ...] | None] = []
        self._found: list[str | None] = []  # what the filter looks through
        self._visible: list[int] = []
        self._place: dict[RowId, int] = {}  # where a row stands on the screen
        self._words: list[str] = []
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._marks: Marks = {}
        self._reader: EntryReader | None = None
        self.load()

    # Rows ----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read everything anew."""
        self.beginResetModel()
        self._reader = None
        self.columns = self.sheet.columns(self.dataset)
        self._formats = [None if isinstance(k.cell, _AS_THEY_ARE) else k.cell.format for k in self.columns]
        self.rows, self._values = [], []
        read = self.sheet.reader(self.columns)
        for record in self.dataset.table(self.sheet.table).values():
            self.rows += self.sheet.rows(record)
            self._values += read(record)
        self._texts = [None] * len(self.rows)
        self._found = [None] * len(self.rows)
        self._arrange()
        self.endResetModel()

    def follow(self, changes: Changes) -> None:
        """Show what an edit changed: cells where no row came or went, otherwise everything."""
        self._reader = None
        table = self.sheet.table
        if table not in changes.keys:
            return
        known = {row: i for i, row in enumerate(self.rows)}
        records = self.dataset.table(table)
        updates: dict[int, tuple[Any, ...]] = {}
        for key in changes.keys[table]:
            rows = self.sheet.rows(records[key]) if key in records else []
            more = RowId(str(key), len(rows)) in known
            if table in changes.reshaped or more or not rows or any(row not in known for row in rows):
                self.load()
                return
            found = self.sheet.reader(self.columns)(records[key])
            updates |= {known[row]: values for row, values in zip(rows, found, strict=True)}
        if self.columns != self.sheet.columns(self.dataset):
            self.load()
            return
        for at, values in updates.items():
            self._values[at], self._texts[at], self._found[at] = values, None, None
        shown = [self._place[self.rows[at]] for at in updates if self.rows[at] in self._place]
        if shown:
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(min(shown), 0), self.index(max(shown), last))

    def filter(self, text: str) -> None:
        """Show only rows that hold every word of ``text`` somewhere."""
        self.beginResetModel()
        self._words = text.casefold().split()
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, numbers within texts as numbers; -1 gives the order of the file."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [(self.row_id(index.row()), index.column()) for index in before]
        self._sorted = (column, order) if 0 <= column < len(self.columns) else None
        self._arrange()
        after = [
            self.index(self._place[row], col) if row in self._place else QModelIndex() for row, col in kept
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def row_id(self, row: int) -> RowId:
        """What stands in a line of the screen."""
        return self.rows[self._visible[row]]

    def place_of(self, row: RowId) -> int:
        """The line of the screen where a row stands; -1 when the filter hides it or it is gone."""
        return self._place.get(row, -1)

    def column_of(self, field: str) -> int:
        """Position of a field's column; 0 when there is none."""
        return next((i for i, column in enumerate(self.columns) if column.key == field), 0)

    def text(self, row: int, column: int) -> str:
        """The text of a cell, as in the file."""
        return self._text_of(self._visible[row])[column]

    def _arrange(self) -> None:
        visible = list(range(len(self.rows)))
        if self._words:
            for word in self._words:
                visible = [i for i in visible if word in self._haystack(i)]
        if self._sorted is not None:
            column, order = self._sorted
            # Blank cells stay at the end, whichever way the others go.
            blank = [i for i in visible if not self._text_of(i)[column]]
            filled = [i for i in visible if self._text_of(i)[column]]
            down = order == Qt.SortOrder.DescendingOrder
            filled.sort(key=lambda i: _place(self._values[i][column], self._text_of(i)[column]), reverse=down)
            visible = filled + blank
        self._visible = visible
        self._place = {self.rows[i]: place for place, i in enumerate(visible)}

    def _text_of(self, at: int) -> tuple[str, ...]:
        texts = self._texts[at]
        if texts is None:
            # Most cells are text already: a list of calls for each would be felt in the filter.
            pairs = zip(self._formats, self._values[at], strict=True)
            texts = self._texts[at] = tuple([value if f is None else f(value) for f, value in pairs])
        return texts

    def _haystack(self, at: int) -> str:
        found = self._found[at]
        if found is None:
            found = self._found[at] = "\n".join(self._text_of(at)).casefold()
        return found

    # Cells ---------------------------------------------------------------------------------------

    def set_marks(self, marks: Marks) -> None:
        """Mark cells with findings."""
        self._marks = marks
        if self._visible:
            bottom = self.index(len(self._visible) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), bottom, [Role.DecorationRole, Role.BackgroundRole])

    def read(self, index: Index, text: str) -> Entry:
        """What a text would mean in a cell."""
        if self._reader is None:
            self._reader = EntryReader(self.dataset, self.sheet)
        return self._reader.read(self.columns[index.column()], text, self.row_id(index.row()))

    # Qt ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Lines on the screen."""
        return 0 if parent.isValid() else len(self._visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns of the sheet."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell shows; called thousands of times a second, so nothing is made here."""
        at, column = self._visible[index.row()], index.column()
        if role == Role.DisplayRole:
            return "" if _is_box(self.columns[column]) else self._text_of(at)[column]
        if role == Role.EditRole:
            return self._text_of(at)[column]
        if role == Role.CheckStateRole:
            if not _is_box(self.columns[column]):
                return None
            return Qt.CheckState.Checked if self._values[at][column] else Qt.CheckState.Unchecked
        if role == Role.TextAlignmentRole:
            return _RIGHT if isinstance(self.columns[column].cell, c.Count | c.Number) else _LEFT
        if role not in (Role.DecorationRole, Role.BackgroundRole, Role.ToolTipRole, Role.AccessibleTextRole):
            return None
        found = self._marks.get((self.sheet.table, self.rows[at], self.columns[column].key))
        if role == Role.AccessibleTextRole:
            return self._spoken(at, column, found or [])
        if not found:
            return None
        worst = max(finding.severity for finding in found)
        if role == Role.DecorationRole:
            return theme().icon(SIGNS[worst], TOKENS[worst])
        if role == Role.BackgroundRole:
            return theme().color(f"{TOKENS[worst]}_soft") if worst > Severity.NOTE else None
        return "\n\n".join(f"{finding.message}\n{finding.remedy}" for finding in found)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Write a typed text or a tick; False when it is refused or changes nothing."""
        if self._write is None or role not in (Role.EditRole, Role.CheckStateRole):
            return False
        column = self.columns[index.column()]
        at = self._visible[index.row()]
        if role == Role.CheckStateRole:
            if not _is_box(column):
                return False
            entered = Qt.CheckState(value) == Qt.CheckState.Checked
        else:
            entry = self.read(index, str(value))
            if entry.refusal:
                return False
            entered = entry.value
        if entered == self._values[at][index.column()]:
            return False
        return self._write(self.rows[at], column, entered)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells can be selected, and edited where the sheet can be changed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if self._write is None:
            return flags
        box = _is_box(self.columns[index.column()])
        return flags | (Qt.ItemFlag.ItemIsUserCheckable if box else Qt.ItemFlag.ItemIsEditable)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Titles as in the file; lines are numbered as they stand on the screen."""
        if role == Role.DisplayRole:
            return self.columns[section].title if orientation == Qt.Orientation.Horizontal else section + 1
        if orientation == Qt.Orientation.Horizontal and role == Role.TextAlignmentRole:
            return _RIGHT if isinstance(self.columns[section].cell, c.Count | c.Number) else _LEFT
        return None

    def _spoken(self, at: int, column: int, found: list[Finding]) -> str:
        text = self._text_of(at)[column] or "blank"
        words = f"{self.columns[column].title}: {text}"
        return f"{words}. {' '.join(finding.message for finding in found)}" if found else words


def _is_box(column: Column) -> bool:
    return isinstance(column.cell, c.YesNo) and column.cell.blank is False


def _place(value: Any, text: str) -> tuple[Any, ...]:
    return (value,) if isinstance(value, int | float) else natural(text)
