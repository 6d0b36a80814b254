"""Editing a cell in its place: choice lists, completion, and a word on every text that cannot be taken."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QEvent,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from echelon_desktop.model import cells as c
from echelon_desktop.model.cells import SEPARATOR
from echelon_desktop.model.columns import Column
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.entities import LinkKind
from echelon_desktop.model.sheets import holds_several, names_for, title_of
from echelon_desktop.ui.grids.model import GridModel, Index, Role
from echelon_desktop.ui.theme import SPACE, theme

ENDING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
REFUSAL = "refusal"  # property of a field: why its text cannot be taken
SHOWN = "shown"  # property of a field: the text that it was given
SIGN = 16  # side of the signs in cells
_MOST_SHOWN = 12
_NAME = Qt.ItemDataRole.UserRole  # of an offer: what is written when it is chosen
_TITLES_WIDTH = 280


class NameCompleter(QCompleter):
    """
    Offers names by any part of them or of what they are called; in a list, for the item the text ends with.

    Parameters
    ----------
    names
        What can be taken, with what people call it (``0302``: ``Biology``), or an empty text.
    several
        Whether the text is a list.
    """

    def __init__(self, names: Mapping[str, str], several: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.several = several
        model = QStandardItemModel(self)
        for name, title in names.items():
            item = QStandardItem(f"{name}  {title}" if title and title != name else name)
            item.setData(name, _NAME)
            model.appendRow(item)
        self.setModel(model)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(_MOST_SHOWN)
        popup = self.popup()
        if popup is not None and any(names.values()):
            popup.setMinimumWidth(_TITLES_WIDTH)  # a cell may be as narrow as an id

    def splitPath(self, path: str) -> list[str]:
        """Look for the last item only."""
        return [path.rpartition(SEPARATOR)[2].strip() if self.several else path]

    def pathFromIndex(self, index: Index) -> str:
        """Keep the items before it."""
        name = str(index.data(_NAME))
        if not self.several:
            return name
        widget = self.widget()
        before, mark, _ = (widget.text() if isinstance(widget, QLineEdit) else "").rpartition(SEPARATOR)
        return f"{before}{mark}{name}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that end a field end it, too, when the list is open and nothing in it is chosen."""
        field, popup = self.widget(), self.popup()
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in ENDING
            and field is not None
            and popup is not None
            and watched is popup
            and not popup.currentIndex().isValid()
        ):
            popup.hide()
            QCoreApplication.sendEvent(field, event)  # the completer itself goes round the field's filters
            return True
        return super().eventFilter(watched, event)


def choices_of(column: Column) -> tuple[str, ...]:
    """The texts of a column that has few; empty where texts are free."""
    if isinstance(column.cell, LinkKind | c.LinkKindCell):
        return tuple(column.cell.format(kind) for kind in LinkKind)
    if isinstance(column.cell, c.YesNo):
        return ("Yes", "No") if column.cell.blank is False else ("", "Yes", "No")
    return ()


def make_field(dataset: Dataset, column: Column, parent: QWidget | None) -> QLineEdit | QComboBox:
    """A field for texts of a column, with its choices or completion."""
    choices = choices_of(column)
    if choices:
        box = QComboBox(parent)
        box.addItems(list(choices))
        return box
    line = QLineEdit(parent)
    names = names_for(dataset, column)
    if names:
        records = dataset.table(column.refers) if column.refers else {}
        titles = {name: title_of(records.get(name)) for name in names}
        line.setCompleter(NameCompleter(titles, holds_several(column), line))
    return line


def tick_rect(cell: QRect) -> QRect:
    """Where the tick of a cell stands."""
    center = cell.center()
    return QRect(center.x() - SIGN // 2, center.y() - SIGN // 2, SIGN, SIGN)


def show_refused(field: QLineEdit, refused: bool) -> None:
    """Mark a field whose text cannot be taken; the words are said elsewhere."""
    kind = "bad" if refused else ""
    if (field.property("kind") or "") != kind:
        field.setProperty("kind", kind)
        field.style().unpolish(field)
        field.style().polish(field)


class CellEditor(QStyledItemDelegate):
    """
    Opens fields in cells. ``said`` carries why the present text is refused, or an empty text.

    A field whose text is refused keeps the focus until the text is mended or Esc gives up the change.
    """

    said = Signal(str)

    def __init__(self, model: GridModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell: ground, sign of a finding, tick or text, lines."""
        look, rect = theme(), option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = index.data(Role.BackgroundRole)
        if chosen:
            painter.fillRect(rect, look.color("accent_soft"))
        elif ground is not None:
            painter.fillRect(rect, ground)
        painter.setPen(look.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(look.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        inner = rect.adjusted(SPACE.s, 0, -SPACE.s, 0)
        sign = index.data(Role.DecorationRole)
        if sign is not None:
            sign.paint(painter, inner.left(), inner.center().y() - SIGN // 2, SIGN, SIGN)
            inner.setLeft(inner.left() + SIGN + SPACE.xs)
        tick = index.data(Role.CheckStateRole)
        if tick is not None:
            box = tick_rect(rect)
            done = tick == Qt.CheckState.Checked
            look.icon("square", "accent" if done else "text_faint").paint(painter, box)
            if done:
                look.icon("check", "accent").paint(painter, box.adjusted(3, 3, -3, -3))
            return
        text = index.data()
        if text:
            painter.setPen(look.color("on_accent_soft" if chosen else "text"))
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag(index.data(Role.TextAlignmentRole)), words)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Turn a tick where it is clicked, or with the space bar."""
        tick = index.data(Role.CheckStateRole)
        if tick is None or not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        clicked = (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and tick_rect(option.rect)
            .adjusted(-SPACE.xs, -SPACE.xs, SPACE.xs, SPACE.xs)
            .contains(event.pos())
        )
        pressed = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
        )
        if not clicked and not pressed:
            return False
        done = tick == Qt.CheckState.Checked
        return model.setData(
            index, Qt.CheckState.Unchecked if done else Qt.CheckState.Checked, Role.CheckStateRole
        )

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Open a field."""
        column = self.model.columns[index.column()]
        field = make_field(self.model.dataset, column, parent)
        field.setAccessibleName(column.title)
        if isinstance(field, QLineEdit):
            field.textChanged.connect(self._judge(field, index))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """
        Show the present text, where the user has not put another.

        The view asks for it again when the row changes or gets findings, and a text chosen from the offers is
        none that the field itself calls modified.
        """
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit) and editor.property(SHOWN) in (None, editor.text()):
            editor.setProperty(SHOWN, text)
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Write the text, unless it is refused, once the field is closed: the view may change with it."""
        if editor.property(REFUSAL):
            return
        text = editor.currentText() if isinstance(editor, QComboBox) else editor.text()  # type: ignore[attr-defined]
        place = QPersistentModelIndex(index)
        QTimer.singleShot(0, self, lambda: self.model.setData(place, text) if place.isValid() else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a refused text open, whatever would close it but Esc."""
        refusal = watched.property(REFUSAL)
        if refusal and isinstance(watched, QLineEdit):
            if (
                isinstance(event, QKeyEvent)
                and event.type() == QEvent.Type.KeyPress
                and event.key() in ENDING
            ):
                self.said.emit(refusal)
                return True
            if (
                isinstance(event, QFocusEvent)
                and event.type() == QEvent.Type.FocusOut
                and watched.isVisible()
            ):
                self.said.emit(refusal)
                if watched.window().isActiveWindow():
                    QTimer.singleShot(0, watched, watched.setFocus)
                return True
        return super().eventFilter(watched, event)

    def _judge(self, field: QLineEdit, index: Index) -> Callable[[str], None]:
        def judge(text: str) -> None:
            entry = self.model.read(index, text)
            # What stands in the cell already may stay, however wrong it is.
            refusal = entry.refusal if text != index.data(Qt.ItemDataRole.EditRole) else ""
            field.setProperty(REFUSAL, refusal)
            show_refused(field, bool(refusal))
            self.said.emit(refusal)

        return judge
