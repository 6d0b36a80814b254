"""Find and replace in a sheet: a bar above the grid."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.find_replace import Sought, Written, replace_title
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.grids.view import GridView
from echelon_desktop.ui.theme import SPACE, theme

PAUSE_MS = 150
ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
FIELD = 180


class ReplaceBar(QWidget):
    """
    Finds a text in the rows that are shown, and puts another in its place: in one cell, or in all at once.

    Parameters
    ----------
    view
        The grid that is looked through.
    write
        Called with texts for cells and what that is called; says whether they were written. None for a sheet
        that cannot be changed.
    """

    def __init__(self, view: GridView, write: Callable[[Sequence[Written], str], bool] | None) -> None:
        super().__init__()
        self.view, self.model, self._write = view, view.grid, write
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._count)
        self.sought = _field("Find")
        self.by = _field("Replace with")
        self.where = QComboBox()
        self.where.setAccessibleName("In which column")
        self.where.setMinimumWidth(120)
        self.where.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.whole = QCheckBox("Whole entries")
        self.whole.setChecked(True)
        self.whole.setToolTip("All of a cell, or of an item of a list: T1 is not found in T10")
        self.words = QLabel()
        self.words.setProperty("kind", "soft")
        self.next = QPushButton("Next")
        self.one = QPushButton("Replace")
        self.all = QPushButton("Replace all")
        self.shut = QToolButton()
        self.shut.setProperty("kind", "quiet")
        self.shut.setToolTip("Close (Esc)")
        self.shut.setAccessibleName("Close")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE.s)
        column.setSpacing(SPACE.s)
        for widgets in (
            (self.sought, self.where, self.whole, self.words),
            (self.by, self.next, self.one, self.all, self.shut),
        ):
            row = QHBoxLayout()
            row.setSpacing(SPACE.s)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
            column.addLayout(row)
        self.sought.textChanged.connect(lambda _text: self._timer.start())
        self.where.activated.connect(lambda _index: self._count())
        self.whole.toggled.connect(lambda _on: self._count())
        self.next.clicked.connect(lambda _=False: self.find_next())
        self.one.clicked.connect(lambda _=False: self.replace_one())
        self.all.clicked.connect(lambda _=False: self.replace_all())
        self.shut.clicked.connect(lambda _=False: self.close_bar())
        for changed in (self.model.dataChanged, self.model.modelReset, self.model.layoutChanged):
            changed.connect(lambda *_: self._timer.start() if self.isVisible() else None)
        theme().changed.connect(self._paint)
        self._paint()
        self.hide()

    def begin(self) -> None:
        """Open, with what stands in the current cell as what is looked for, and its column."""
        here = self.view.currentIndex()
        titles = [column.title for column in self.model.columns]
        self.where.clear()
        self.where.addItems(["All columns", *titles])
        self.where.setCurrentIndex(here.column() + 1 if here.isValid() else 0)
        if here.isValid():
            text = self.model.text(here.row(), here.column())
            if ";" not in text:  # of a list, it would be one item
                self.sought.setText(text)
        self.show()
        self._count()
        self.sought.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.selectAll()

    def find_next(self) -> bool:
        """Go to the next cell that holds the text, after the last from the first on; False without one."""
        here = self.view.currentIndex()
        at = (here.row(), here.column()) if here.isValid() else (-1, -1)
        first = None
        for place in self._places():
            if place > at:
                self.view.choose(*place)
                return True
            first = first or place
        if first is not None:
            self.view.choose(*first)
        self._count()
        return first is not None

    def replace_one(self) -> None:
        """Replace in the current cell if it holds the text, and go to the next that does."""
        here = self.view.currentIndex()
        place = (here.row(), here.column())
        if here.isValid() and place in set(self._places(range(place[0], place[0] + 1))):
            self._replace([place])
        self.find_next()

    def replace_all(self) -> None:
        """Replace in all cells that hold the text, as one change; the grid then has the keys, for an undo."""
        if self._replace(list(self._places())):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_bar(self) -> None:
        """Close, and go back to the grid."""
        self.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc; go on with Enter: from the fields to the next cell, or press the button."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in ENTER and focus is self.by and self._write is not None:
            self.replace_one()
        elif event.key() in ENTER and focus in (self.sought, self.by):
            self.find_next()
        elif event.key() in ENTER and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)

    def _look(self) -> Sought:
        return Sought(self.sought.text(), self.whole.isChecked())

    def _columns(self) -> range:
        chosen = self.where.currentIndex()
        return range(self.model.columnCount()) if chosen <= 0 else range(chosen - 1, chosen)

    def _places(self, lines: range | None = None) -> Iterator[tuple[int, int]]:
        """The cells that hold the text, line by line."""
        yield from self._found(self._look(), self._columns(), lines)

    def _found(self, look: Sought, columns: range, lines: range | None = None) -> Iterator[tuple[int, int]]:
        specs = [(n, self.model.columns[n]) for n in columns if n < self.model.columnCount()]
        for line in lines if lines is not None else range(self.model.rowCount()):
            for n, column in specs:
                if look.is_in(self.model.text(line, n), column):
                    yield line, n

    def _replace(self, places: list[tuple[int, int]]) -> bool:
        if not places or self._write is None:
            return False
        look, by, model = self._look(), self.by.text().strip(), self.model
        cells = [
            Written(
                line + 1,
                model.row_id(line),
                model.columns[n],
                look.replaced(model.text(line, n), model.columns[n], by),
            )
            for line, n in places
        ]
        return self._write(cells, replace_title(look.text.strip(), by, len(cells)))

    def _count(self) -> None:
        """Say in how many cells the text stands, or where else it does."""
        self._timer.stop()
        look = self._look()
        number = sum(1 for _ in self._places())
        self.next.setEnabled(number > 0)
        for button in (self.one, self.all):
            button.setEnabled(number > 0 and self._write is not None)
        filtered = self.model.rowCount() < len(self.model.rows)
        if not look.text.strip():
            words = ""
        elif number:
            words = f"{counted(number, 'cell')}{' of the rows shown' if filtered else ''}"
        else:
            words = f"No cell{self._elsewhere(look)}"
        self.words.setText(words)

    def _elsewhere(self, look: Sought) -> str:
        every = range(self.model.columnCount())
        for other, columns, where in (
            (Sought(look.text, False), self._columns(), "as a part"),
            (look, every, "in other columns"),
            (Sought(look.text, False), every, "as a part in other columns"),
        ):
            number = sum(1 for _ in self._found(other, columns))
            if number:
                return f"; {number:,} {where}"
        return ""

    def _paint(self) -> None:
        self.shut.setIcon(theme().icon("x"))


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setFixedWidth(FIELD)
    return field
