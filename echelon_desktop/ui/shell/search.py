"""Search everywhere: any student, teacher, section, course, page or action, by a few letters (Ctrl+K)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.ui.theme import SPACE, TYPE, theme

MOST = 60  # lines shown
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that can be found: what it is, words to find it by, and what choosing it does."""

    title: str
    subtitle: str
    icon: str
    run: Callable[[], object]
    words: str = ""


def find(hits: Iterable[Hit], text: str, most: int = MOST) -> list[Hit]:
    """
    The hits for what was typed, best first.

    Every word typed must occur somewhere; what begins with it comes before what contains it, and a match in
    the title before one in the other words.
    """
    typed = text.casefold().split()
    found: list[tuple[int, int, Hit]] = []
    for number, hit in enumerate(hits):
        title = hit.title.casefold()
        rest = f"{hit.subtitle} {hit.words}".casefold()
        worst = 0
        for word in typed:
            if title == word:
                rank = 0
            elif title.startswith(word):
                rank = 1
            elif f" {word}" in title:
                rank = 2
            elif word in title:
                rank = 3
            elif word in rest:
                rank = 4
            else:
                break
            worst = max(worst, rank)
        else:
            found.append((worst, number, hit))
    return [hit for _, _, hit in sorted(found, key=lambda item: item[:2])[:most]]


class _Hits(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def show(self, hits: list[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.hits[index.row()].title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            hit = self.hits[index.row()]
            return f"{hit.title}, {hit.subtitle}"
        return None


class _Painter(QStyledItemDelegate):
    """A line: icon, title, and softly what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, 34)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Hits)
        hit, look = model.hits[index.row()], theme()
        rect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, look.color("accent_soft"))
        ink = "on_accent_soft" if chosen else "text"
        look.icon(hit.icon or "arrow-right", ink).paint(
            painter, rect.adjusted(SPACE.m, 8, 0, -8).left(), rect.top() + 8, 18, 18
        )
        painter.setFont(look.font())
        painter.setPen(look.color(ink))
        room = rect.adjusted(SPACE.m + 28, 0, -SPACE.m, 0)
        title = painter.fontMetrics().elidedText(
            hit.title, Qt.TextElideMode.ElideRight, room.width() * 2 // 3
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        used = painter.fontMetrics().horizontalAdvance(title) + SPACE.m
        painter.setFont(look.font(TYPE.small))
        painter.setPen(look.color("on_accent_soft" if chosen else "text_soft"))
        left = room.adjusted(used, 0, 0, 0)
        text = painter.fontMetrics().elidedText(hit.subtitle, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()


class SearchDialog(QDialog):
    """
    A field and the list of what it finds; Enter or a click runs the hit.

    Parameters
    ----------
    hits
        Everything that can be found, actions and pages first.
    """

    def __init__(self, parent: QWidget, hits: list[Hit]) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName("Search everywhere")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._all = hits
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = QFrame()
        frame.setObjectName("popup")
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(SPACE.s, SPACE.s, SPACE.s, SPACE.s)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Student, teacher, section, course, page or command")
        self.field.setFont(theme().font(TYPE.lead))
        self.field.installEventFilter(self)
        column.addWidget(self.field)
        self.model = _Hits(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda _index: self.run())
        column.addWidget(self.list)
        self.nothing = QLabel()
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("kind", "soft")
        self.nothing.setMargin(SPACE.m)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.nothing, 1)
        self.field.textChanged.connect(self._on_typed)
        self._on_typed("")
        self.resize(620, 460)
        top = parent.mapToGlobal(parent.rect().topLeft())
        self.move(top.x() + (parent.width() - self.width()) // 2, top.y() + 70)

    def run(self) -> None:
        """Do what the selected line says."""
        index = self.list.currentIndex()
        if index.isValid():
            hit = self.model.hits[index.row()]
            self.accept()
            hit.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys walk the list while the field has the focus."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            if event.key() in steps:
                row = self.list.currentIndex().row() + steps[Qt.Key(event.key())]
                row = max(0, min(self.model.rowCount() - 1, row))
                self.list.setCurrentIndex(self.model.index(row))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.run()
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self, text: str) -> None:
        hits = find(self._all, text)
        self.model.show(hits)
        self.list.setVisible(bool(hits))
        self.nothing.setVisible(not hits)
        self.nothing.setText(
            f"Nothing is found by “{text.strip()}”. Names, ids and titles are looked through for each word."
        )
        self.list.setCurrentIndex(self.model.index(0))
