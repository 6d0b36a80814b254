"""The list of rules on screen: cards under headings, to drag or to move with the keyboard."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from echelon_desktop.ui.rules.model import Line, RuleListModel
from echelon_desktop.ui.theme import SPACE, TYPE, theme

Index = QModelIndex | QPersistentModelIndex
HEADING_HEIGHT = 44
RULE_HEIGHT = 64
GRIP = 16
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RuleDelegate(QStyledItemDelegate):
    """Paints headings and cards."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Cards are higher than headings."""
        return QSize(200, HEADING_HEIGHT if _line(index).rule is None else RULE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = _line(index)
        if line.rule is None:
            self._paint_heading(painter, option.rect, line)
        else:
            self._paint_rule(painter, option, line)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look = theme()
        inner = rect.adjusted(2, SPACE.m, -SPACE.s, 0)
        painter.setFont(look.font(TYPE.body, QFont.Weight.DemiBold))
        painter.setPen(look.color("text"))
        painter.drawText(inner, LEFT, line.title)
        inner.setLeft(inner.left() + painter.fontMetrics().horizontalAdvance(line.title) + SPACE.s)
        painter.setFont(look.font(TYPE.small))
        painter.setPen(look.color("text_soft"))
        painter.drawText(inner, LEFT, line.text)

    def _paint_rule(self, painter: QPainter, option: QStyleOptionViewItem, line: Line) -> None:
        look = theme()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        card = option.rect.adjusted(1, 3, -2, -3)
        painter.setBrush(look.color("accent_soft" if chosen else "surface"))
        painter.setPen(QPen(look.color("accent" if chosen else "line"), 2 if focus else 1))
        painter.drawRoundedRect(card, 8, 8)
        inner = card.adjusted(SPACE.s, SPACE.s, -SPACE.m, -SPACE.s)
        grip = QRect(inner.left(), inner.center().y() - GRIP // 2, GRIP, GRIP)
        look.icon("grip-vertical", "text_soft").paint(painter, grip)
        inner.setLeft(grip.right() + SPACE.s)
        top = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        bottom = QRect(inner.left(), inner.center().y() + 1, inner.width(), inner.height() // 2)
        painter.setPen(look.color("on_accent_soft" if chosen else "text"))
        painter.setFont(look.font(TYPE.body, QFont.Weight.Medium))
        _draw(painter, top, line.title)
        painter.setFont(look.font(TYPE.small))
        painter.setPen(look.color("on_accent_soft" if chosen else "text_soft"))
        _draw(painter, bottom, line.text)


class RuleListView(QListView):
    """
    Shows a :class:`RuleListModel`.

    ``chosen`` carries the id of the rule that has become the current one ("" for none); ``shifted`` a rule
    and -1 or 1, to move it a level up or down; ``removed`` a rule to take out; ``opened`` one to edit.
    """

    chosen = Signal(str)
    shifted = Signal(str, int)
    removed = Signal(str)
    opened = Signal(str)

    def __init__(self, model: RuleListModel) -> None:
        super().__init__()
        self.setModel(model)
        self._model = model
        self.setItemDelegate(RuleDelegate(self))
        self.setAccessibleName("Rules")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QListView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(True)
        self.setDropIndicatorShown(True)
        self.setUniformItemSizes(False)
        self.selectionModel().currentChanged.connect(lambda now, _before: self.chosen.emit(_rule_id(now)))
        self.doubleClicked.connect(lambda index: self.opened.emit(_rule_id(index)))

    @property
    def current(self) -> str:
        """Id of the current rule, empty when there is none."""
        return _rule_id(self.currentIndex())

    def choose(self, rule_id: str) -> None:
        """Make a rule the current one."""
        row = self._model.row_of(rule_id)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand a drop to the model; the list's own way would move rows by itself."""
        index = self.indexAt(event.position().toPoint())
        self._model.dropMimeData(event.mimeData(), event.dropAction(), -1, 0, index)
        event.setDropAction(Qt.DropAction.CopyAction)  # or the view would clear the row that was dragged
        event.accept()
        self.setState(QListView.State.NoState)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with Up or Down moves a level; Delete removes; Enter edits."""
        key, rule = event.key(), self.current
        if (
            rule
            and event.modifiers() & Qt.KeyboardModifier.AltModifier
            and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}
        ):
            self.shifted.emit(rule, -1 if key == Qt.Key.Key_Up else 1)
        elif rule and key == Qt.Key.Key_Delete:
            self.removed.emit(rule)
        elif rule and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(rule)
        else:
            super().keyPressEvent(event)


def _line(index: Index) -> Line:
    model = index.model()
    assert isinstance(model, RuleListModel)
    return model.lines[index.row()]


def _rule_id(index: Index) -> str:
    if not index.isValid():
        return ""
    rule = _line(index).rule
    return rule.id if rule is not None else ""


def _draw(painter: QPainter, rect: QRect, text: str) -> None:
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, LEFT, text)
