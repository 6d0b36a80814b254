"""The board as a table: a row a teacher, a column a period, cells full of cards."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.ui.board.cards import TRAY, BoardData, Card

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
TRAY_TITLE = "Not placed"


class BoardModel(QAbstractTableModel):
    """Serves :class:`BoardData`, its rows filtered by department and words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.board = BoardData(School(), Schedule({}, {}))
        self.visible: list[int] = []
        self.department, self.words = "", ""
        self.against: dict[str, str] = {}  # section → why it may not stand where it stands

    def set_board(self, board: BoardData) -> None:
        """Show another state; only changed cells are repainted when rows and columns stay the same."""
        if board.rows == self.board.rows and board.periods == self.board.periods:
            before, self.board = self.board, board
            cells = before.cells.keys() | board.cells.keys()
            changed = {cell for cell in cells if before.cells.get(cell) != board.cells.get(cell)}
            for row, source in enumerate(self.visible):
                columns = [column for at, column in changed if at == source]
                if columns:
                    self.dataChanged.emit(self.index(row, min(columns)), self.index(row, max(columns)))
            return
        self.beginResetModel()
        self.board = board
        self.visible = self._filtered()
        self.endResetModel()

    def filter(self, department: str, words: str) -> None:
        """Show only rows of a department ("" for all) in whose teacher or cards all words occur."""
        self.beginResetModel()
        self.department, self.words = department, words.casefold().strip()
        self.visible = self._filtered()
        self.endResetModel()

    def cards(self, index: Index) -> list[Card]:
        """Cards in a cell."""
        return self.board.cards(self.visible[index.row()], index.column()) if index.isValid() else []

    def find(self, section: str) -> QModelIndex:
        """Cell of a section's card; invalid when it is filtered out."""
        columns = self.board.columns_of.get(section, ())
        for row, source in enumerate(self.visible):
            for column in columns:
                if any(card.section == section for card in self.board.cards(source, column)):
                    return self.index(row, column)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Rows that are not filtered out."""
        return 0 if parent.isValid() else len(self.visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The tray and the periods."""
        return 0 if parent.isValid() else len(self.board.periods) + 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Text of a cell's cards, for copying and for screen readers; the delegate paints."""
        if role == Role.DisplayRole:
            return "\n".join(card.title for card in self.cards(index))
        if role == Role.AccessibleTextRole:
            row = self.board.rows[self.visible[index.row()]]
            cards = "; ".join(self._words(card) for card in self.cards(index)) or "free"
            return f"{row.title}, {self._column_title(index.column())}: {cards}"
        if role == Role.ToolTipRole:
            return "\n".join(self._words(card) for card in self.cards(index)) or None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Periods above, teachers at the left."""
        if orientation == Qt.Orientation.Horizontal:
            return self._column_title(section) if role == Role.DisplayRole else None
        row = self.board.rows[self.visible[section]]
        if role == Role.DisplayRole:
            return f"{row.title}\n{row.department}" if row.department else row.title
        if role == Role.ToolTipRole:
            return "\n".join(line for line in dict.fromkeys((row.title, row.teacher, row.department)) if line)
        return None

    def text(self) -> str:
        """What is shown, as Excel takes it."""
        lines = ["\t".join(["Teacher", *(self._column_title(c) for c in range(self.columnCount()))])]
        for row, source in enumerate(self.visible):
            cells = [
                "; ".join(f"{card.title} {card.section}" for card in self.cards(self.index(row, c)))
                for c in range(self.columnCount())
            ]
            lines.append("\t".join([self.board.rows[source].title, *cells]))
        return "\n".join(lines)

    def _words(self, card: Card) -> str:
        reason = self.against.get(card.section)
        return f"{card.words}, against a hard rule: {reason}" if reason else card.words

    def _column_title(self, column: int) -> str:
        return TRAY_TITLE if column == TRAY else self.board.periods[column - 1]

    def _filtered(self) -> list[int]:
        return [
            i
            for i, row in enumerate(self.board.rows)
            if (not self.department or row.department == self.department)
            and (not self.words or self._matches(i))
        ]

    def _matches(self, row: int) -> bool:
        record = self.board.rows[row]
        cards = [card for column in range(self.columnCount()) for card in self.board.cards(row, column)]
        text = " ".join([record.title, record.teacher, *(f"{c.title} {c.course} {c.section}" for c in cards)])
        return all(word in text.casefold() for word in self.words.split())
