"""The board on screen: pick up a card by pointer or by key, see where it may go, put it down."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QTableView

from echelon_desktop.ui.board.cards import TRAY, Card
from echelon_desktop.ui.board.headers import DayHeader, TeacherHeader
from echelon_desktop.ui.board.model import BoardModel
from echelon_desktop.ui.board.painting import (
    CARD_HEIGHT,
    GAP,
    TRAY_CARD_HEIGHT,
    TRAY_MOST,
    BoardDelegate,
    card_pixmap,
    cards_shown,
)

MIME = "application/x-echelon-section"
TRAY_WIDTH = 132
LEAST_PERIOD_WIDTH = 104


class BoardView(QTableView):
    """
    Shows a :class:`BoardModel`.

    ``picked`` and ``put_back`` begin and end a gesture; ``dropped`` carries section and column; ``opened`` a
    section that was double-clicked; ``menu_wanted`` a section and a point on the screen.
    """

    picked = Signal(str)
    put_back = Signal()
    hovered = Signal(int, int)
    dropped = Signal(str, int)
    opened = Signal(str)
    menu_wanted = Signal(str, QPoint)
    lock_wanted = Signal(str)

    def __init__(self, model: BoardModel) -> None:
        super().__init__()
        self.setModel(model)
        self.board_model = model
        self.delegate = BoardDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Period board")
        self.setTabKeyNavigation(False)  # arrows walk; Tab goes on to the filters, which lie outside
        self.setAcceptDrops(True)
        self.setDragDropMode(QTableView.DragDropMode.DragDrop)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.header = DayHeader(self)
        self.setHorizontalHeader(self.header)
        self.side = TeacherHeader(self)
        self.setVerticalHeader(self.side)
        self.doubleClicked.connect(self._on_double_click)
        self.carrying = ""  # section picked up by key
        self._pressed: tuple[Card, QPoint] | None = None
        model.modelReset.connect(self.fit)

    def set_days(self, days: dict[int, int]) -> None:
        """Column → number of its day."""
        self.header.days = self.delegate.days = days
        self.header.viewport().update()

    def fit(self) -> None:
        """Give the columns the room there is, and each row the height of its fullest cell."""
        columns = self.board_model.columnCount()
        if columns < 2:
            return
        self.side.fit(self.board_model.board.rows)
        room = self.viewport().width() - TRAY_WIDTH
        width = max(LEAST_PERIOD_WIDTH, room // (columns - 1))
        self.setColumnWidth(TRAY, TRAY_WIDTH)
        for column in range(1, columns):
            self.setColumnWidth(column, width)
        for row, source in enumerate(self.board_model.visible):
            most = self.board_model.board.most_in_a_cell(source)
            tray = min(TRAY_MOST, len(self.board_model.board.cards(source, TRAY)))
            height = max(most * (CARD_HEIGHT + GAP), tray * (TRAY_CARD_HEIGHT + GAP)) + GAP + 1
            if self.rowHeight(row) != height:
                self.setRowHeight(row, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room among the periods."""
        super().resizeEvent(event)
        self.fit()

    def card_at(self, point: QPoint) -> Card | None:
        """The card under a point of the viewport."""
        index = self.indexAt(point)
        shown, _rest = cards_shown(self.visualRect(index), self.board_model.cards(index), index.column())
        for card, rect in shown:
            if rect.contains(point):
                return card
        return None

    def show_section(self, section: str) -> None:
        """Make a section's cell the current one and mark its card."""
        index = self.board_model.find(section)
        self.delegate.marked = frozenset({section})
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QTableView.ScrollHint.PositionAtCenter)
        self.viewport().update()

    # Pointer --------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note the card under the pointer."""
        super().mousePressEvent(event)
        self._pressed = None
        point = event.position().toPoint()
        card = self.card_at(point)
        if card is not None:
            self.delegate.marked = frozenset({card.section})
            self.viewport().update()
        if event.button() == Qt.MouseButton.LeftButton and card is not None:
            self._pressed = (card, point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag once the pointer has gone far enough."""
        point = event.position().toPoint()
        over = self.card_at(point)
        self.setCursor(
            Qt.CursorShape.OpenHandCursor if over and not over.locked else Qt.CursorShape.ArrowCursor
        )
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        card, start = self._pressed
        if (point - start).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag(card)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """No drag came of it."""
        self._pressed = None
        super().mouseReleaseEvent(event)

    def drag(self, card: Card) -> None:
        """Carry a card by pointer until it is dropped or let go."""
        data = QMimeData()
        data.setData(MIME, card.section.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        size = QSize(LEAST_PERIOD_WIDTH + 24, CARD_HEIGHT)
        drag.setPixmap(card_pixmap(card, size, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(size.width() // 2, size.height() + GAP))  # above what the cell says it costs
        self.picked.emit(card.section)
        drag.exec(Qt.DropAction.MoveAction)
        self.put_back.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take cards only."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show what a drop here would do; refuse it where there is nothing to drop on."""
        index = self.indexAt(event.position().toPoint())
        self.hovered.emit(index.row(), index.column())
        if event.mimeData().hasFormat(MIME) and (index.row(), index.column()) in self.delegate.targets:
            event.acceptProposedAction()
        else:
            event.ignore()
        self._scroll_near_edges(event.position().toPoint())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The card has left the board."""
        self.hovered.emit(-1, -1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass the drop on; the page decides."""
        index = self.indexAt(event.position().toPoint())
        section = bytes(event.mimeData().data(MIME).data()).decode()
        event.acceptProposedAction()
        self.dropped.emit(section, index.column())

    # Keys -----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """
        Space picks up, arrows walk, Enter puts down, Escape puts back; L locks, Delete takes off the board,
        Menu opens the menu.
        """
        key = event.key()
        cards = self.board_model.cards(self.currentIndex())
        if key == Qt.Key.Key_Space and cards and (not self.carrying or len(cards) > 1):
            sections = [card.section for card in cards]
            after = sections.index(self.carrying) + 1 if self.carrying in sections else 0
            self.carrying = sections[after % len(sections)]
            self.picked.emit(self.carrying)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.carrying:
            section, self.carrying = self.carrying, ""
            self.dropped.emit(section, self.currentIndex().column())
            self.put_back.emit()
        elif key == Qt.Key.Key_Escape and self.carrying:
            self.carrying = ""
            self.put_back.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Menu} and cards:
            below = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_wanted.emit(self._meant(cards), self.viewport().mapToGlobal(below))
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and cards:
            section, self.carrying = self._meant(cards), ""
            self.picked.emit(section)
            self.dropped.emit(section, TRAY)
            self.put_back.emit()
        elif key == Qt.Key.Key_L and cards and not event.modifiers():
            self.lock_wanted.emit(self._meant(cards))
        else:
            super().keyPressEvent(event)
            if self.carrying:
                self.hovered.emit(self.currentIndex().row(), self.currentIndex().column())

    def _meant(self, cards: Sequence[Card]) -> str:
        """The section that a key is meant for: the card in hand, else the marked one, else the first."""
        sections = [card.section for card in cards]
        wanted = (self.carrying, *self.delegate.marked)
        return next((section for section in wanted if section in sections), sections[0])

    def _on_double_click(self, index: QModelIndex) -> None:
        card = self.card_at(self.viewport().mapFromGlobal(self.cursor().pos()))
        cards = self.board_model.cards(index)
        if card or cards:
            self.opened.emit((card or cards[0]).section)

    def _scroll_near_edges(self, point: QPoint) -> None:
        bar, edge = self.verticalScrollBar(), 28
        if point.y() < edge:
            bar.setValue(bar.value() - 12)
        elif point.y() > self.viewport().height() - edge:
            bar.setValue(bar.value() + 12)
