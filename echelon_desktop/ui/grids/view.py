"""The grid on screen: a table view that walks, selects and resizes as a spreadsheet does."""

from collections.abc import Iterable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QHeaderView, QLineEdit, QTableView, QWidget

from echelon_desktop.ui.grids.cell_editor import REFUSAL, CellEditor
from echelon_desktop.ui.grids.model import GridModel
from echelon_desktop.ui.theme import SPACE, theme

ROW_HEIGHT = 30
SAMPLE = 60  # rows looked at for the width of a column
NARROWEST, WIDEST = 72, 300
VERTICAL = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}  # no field uses them
LEAVING = {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
Hint = QAbstractItemDelegate.EndEditHint


class GridView(QTableView):
    """Shows a :class:`GridModel`; ``said`` passes on what its editor says of a text."""

    said = Signal(str)

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = model
        self.setModel(model)
        self.setItemDelegate(editor := CellEditor(model, self))
        editor.said.connect(self.said)
        self.setAccessibleName(model.sheet.title)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)  # the delegate draws the lines, in the colour of lines
        self.setWordWrap(False)
        self.setCornerButtonEnabled(True)
        self.setIconSize(QSize(16, 16))
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QTableView.EditTrigger.AnyKeyPressed
            | QTableView.EditTrigger.EditKeyPressed
            | QTableView.EditTrigger.DoubleClicked
        )
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.sortIndicatorChanged.connect(model.sort)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Give each column the width of its title and of the texts in the first rows, within bounds."""
        metrics = QFontMetrics(theme().font())
        for column, spec in enumerate(self.grid.columns):
            title = metrics.horizontalAdvance(spec.title) * 1.08 + 3 * SPACE.l
            width = max(NARROWEST, round(title), self._width_of_texts(column, 0))
            self.setColumnWidth(column, min(WIDEST, width))

    def widen_columns(self, first: int, number: int, line: int) -> None:
        """Give columns more width where the texts from a line on want it, within bounds."""
        for column in range(first, min(first + number, len(self.grid.columns))):
            width = min(WIDEST, self._width_of_texts(column, line))
            if width > self.columnWidth(column):
                self.setColumnWidth(column, width)

    def _width_of_texts(self, column: int, line: int) -> int:
        metrics = QFontMetrics(theme().font())
        lines = range(line, min(line + SAMPLE, self.grid.rowCount()))
        texts = (self.grid.text(each, column) for each in lines)
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 2 * SPACE.l

    def lines(self) -> list[int]:
        """The lines of the selection, from the top; that of the current cell when nothing is selected."""
        lines = {n for part in self._parts() for n in range(part.top(), part.bottom() + 1)}
        if not lines and self.currentIndex().isValid():
            lines = {self.currentIndex().row()}
        return sorted(lines)

    def selected_columns(self) -> list[int]:
        """The columns of the selection, from the left; that of the current cell when nothing is selected."""
        found = {n for part in self._parts() for n in range(part.left(), part.right() + 1)}
        if not found and self.currentIndex().isValid():
            found = {self.currentIndex().column()}
        return sorted(found)

    def choose(self, row: int, column: int, height: int = 1, width: int = 1) -> None:
        """Select a block and make its first cell current and visible."""
        first = self.grid.index(row, column)
        if not first.isValid():
            return
        last = self.grid.index(
            min(row + height, self.grid.rowCount()) - 1, min(column + width, self.grid.columnCount()) - 1
        )
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
        self.selectionModel().select(QItemSelection(first, last), flags.ClearAndSelect)
        self.scrollTo(first, QTableView.ScrollHint.EnsureVisible)

    def choose_lines(self, lines: Iterable[int], column: int, width: int) -> None:
        """Select cells of lines that may stand apart, and make the first of them current and visible."""
        lines = sorted(lines)
        right = min(column + width, self.grid.columnCount()) - 1
        chosen = QItemSelection()
        for line in lines:
            chosen.select(self.grid.index(line, column), self.grid.index(line, right))
        if lines:
            self.choose(lines[0], column)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # Qt ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go down with Enter, as a spreadsheet does; Ctrl+Tab leaves, since Tab walks from cell to cell."""
        editing = self.state() == QTableView.State.EditingState
        if event.key() in LEAVING and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._leave(event.key() == Qt.Key.Key_Tab)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self._step(1, 0)
            return
        if editing and event.key() in VERTICAL and not self._end_editing():
            return
        super().keyPressEvent(event)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Choose the cell that Ctrl+Home and its like lead to; Qt would leave the cells chosen before."""
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        keys = event if isinstance(event, QKeyEvent) and event.key() != Qt.Key.Key_Space else None
        if keys is not None and keys.modifiers() & (control | shift) == control:
            return QItemSelectionModel.SelectionFlag.ClearAndSelect
        return super().selectionCommand(index, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Stay with a field whose text is refused: choosing another cell would close it and lose the text."""
        field = next((f for f in self.findChildren(QLineEdit) if f.property(REFUSAL)), None)
        if field is None:
            super().mousePressEvent(event)
        else:
            field.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep an open field and its offers in sight: what is said of its text takes room from the table."""
        super().resizeEvent(event)
        field = self._open_field()
        if field is None:
            return
        self.scrollTo(self.currentIndex())
        completer = field.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None and popup.isVisible():
            completer.complete()  # where the field is now

    def closeEditor(self, editor: QWidget, hint: Hint) -> None:
        """After Enter go one down, after Tab one to the side, as a spreadsheet does."""
        super().closeEditor(
            editor, Hint.NoHint if hint in (Hint.EditNextItem, Hint.EditPreviousItem) else hint
        )
        steps = {Hint.SubmitModelCache: (1, 0), Hint.EditNextItem: (0, 1), Hint.EditPreviousItem: (0, -1)}
        if hint in steps:
            self._step(*steps[hint])
        self.said.emit("")

    def _parts(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(i) for i in range(selection.count())]

    def _end_editing(self) -> bool:
        """Write and close the open field, which a key has left unused; False where its text is refused."""
        field = self._open_field()
        if field is None:
            return True
        if refusal := field.property(REFUSAL):
            self.said.emit(refusal)
            return False
        self.commitData(field)
        self.closeEditor(field, Hint.NoHint)
        return True

    def _open_field(self) -> QLineEdit | None:
        return next((field for field in self.findChildren(QLineEdit) if field.isVisible()), None)

    def _leave(self, forward: bool) -> None:
        self.setTabKeyNavigation(False)
        self.focusNextPrevChild(forward)
        self.setTabKeyNavigation(True)

    def _step(self, down: int, across: int) -> None:
        index = self.currentIndex()
        after: QModelIndex = self.grid.index(index.row() + down, index.column() + across)
        if after.isValid():
            self.setCurrentIndex(after)
