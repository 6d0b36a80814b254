"""How cards and target cells are painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from echelon_desktop.ui.board.cards import TRAY, Card
from echelon_desktop.ui.board.model import BoardModel
from echelon_desktop.ui.board.targets import Standing, TargetPlace
from echelon_desktop.ui.theme import TYPE, theme

CARD_HEIGHT = 42
GAP = 3
RADIUS = 5
SIGN_ROOM = 16  # for each sign in a card's corner
TRAY_MOST = 12  # cards drawn in the tray before "and 4 more"
TRAY_CARD_HEIGHT = 22  # a line; there may be many cards
Index = QModelIndex | QPersistentModelIndex

FULL = 0.95  # of the seats: from here on a card says that it is full


class BoardDelegate(QStyledItemDelegate):
    """
    Paints a cell: the ground of its day, the target mark of the card in hand, its cards.

    Parameters
    ----------
    days
        Column → which of the token's day colours; the view sets it.
    targets
        Cell (row, column) → target while a card is in hand.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.days: dict[int, int] = {}
        self.targets: dict[tuple[int, int], TargetPlace] = {}
        self.hover: tuple[int, int] | None = None
        self.in_hand = ""
        self.marked: frozenset[str] = frozenset()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Fixed by the view."""
        return QSize(120, CARD_HEIGHT + 2 * GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        look, rect = theme(), option.rect
        model = index.model()
        assert isinstance(model, BoardModel)
        painter.save()
        painter.fillRect(rect, look.color("sunken" if index.column() == TRAY else "surface"))
        target = self.targets.get((index.row(), index.column()))
        hover = self.hover == (index.row(), index.column())
        if target is not None:
            self._paint_ground(painter, rect, target, hover)
        cards = model.cards(index)
        shown, rest = cards_shown(rect, cards, index.column())
        for card, place in shown:
            wrong = card.overfull or card.section in model.against
            self._paint_card(painter, place, card, option.widget, wrong)
        if not rest.isNull():
            painter.setPen(look.color("text_soft"))
            painter.setFont(look.font(TYPE.small))
            painter.drawText(rest, Qt.AlignmentFlag.AlignCenter, f"and {len(cards) - len(shown)} more")
        if target is not None:
            self._paint_badge(painter, rect, target)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.setPen(look.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, target: TargetPlace, hover: bool) -> None:
        """The cell under the cards: hatched where the card in hand may not go, tinted by what it costs."""
        look = theme()
        if target.standing is Standing.CLOSED:
            painter.fillRect(rect, QBrush(look.color("line_strong"), Qt.BrushStyle.BDiagPattern))
        elif target.standing is not Standing.HERE:
            ground, ink = _tones(target)
            painter.fillRect(rect, look.color(ground))
            style = Qt.PenStyle.SolidLine if hover else Qt.PenStyle.DashLine
            painter.setPen(QPen(look.color(ink), 2 if hover else 1, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(2, 2, -3, -3), RADIUS, RADIUS)

    def _paint_badge(self, painter: QPainter, rect: QRect, target: TargetPlace) -> None:
        """What dropping here would cost, over the cards that stand there."""
        if target.standing in {Standing.CLOSED, Standing.HERE}:
            return
        look = theme()
        ground, ink = _tones(target)
        swap = "⇄ " if target.standing is Standing.SWAP else ""
        sure = "= " if target.exact else "≈ "
        text = swap + ("…" if target.unmet is None else sure + _signed(target.unmet))
        painter.setFont(look.font(TYPE.body, QFont.Weight.DemiBold))
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        badge = QRect(rect.right() - width - 7, rect.center().y() - 10, width, 21)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color(ink), 1))
        painter.setBrush(look.color(ground))
        painter.drawRoundedRect(badge, 10, 10)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_card(
        self, painter: QPainter, rect: QRect, card: Card, widget: QWidget | None, wrong: bool
    ) -> None:
        faded = bool(self.in_hand) and card.section != self.in_hand
        scale = widget.devicePixelRatioF() if widget is not None else 1.0
        marked = card.section in self.marked
        looks = f"{rect.width()}x{rect.height()}/{scale}/{faded}/{marked}/{wrong}"
        key = f"card/{theme().tokens.name}/{looks}/{hash(card)}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = card_pixmap(card, rect.size(), scale, faded, marked, wrong)
            QPixmapCache.insert(key, pixmap)
        painter.drawPixmap(rect.topLeft(), pixmap)


def _tones(target: TargetPlace) -> tuple[str, str]:
    """Tokens of surface and text for a cost: better, worse, or as good as now."""
    if target.unmet is None or target.unmet == 0:
        return "accent_soft", "on_accent_soft"
    return ("good_soft", "good") if target.unmet < 0 else ("doubt_soft", "doubt")


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "\N{MINUS SIGN}") if number else "±0"


def card_rects(cell: QRect, count: int) -> list[QRect]:
    """Places of so many cards in a cell, one below the other."""
    room = cell.adjusted(GAP, GAP, -GAP - 1, -GAP - 1)
    height = min(CARD_HEIGHT, (room.height() - GAP * (count - 1)) // max(count, 1))
    return [QRect(room.left(), room.top() + i * (height + GAP), room.width(), height) for i in range(count)]


def cards_shown(cell: QRect, cards: list[Card], column: int) -> tuple[list[tuple[Card, QRect]], QRect]:
    """The cards that are drawn in a cell, where, and the place that says how many more there are, if any."""
    if column != TRAY or len(cards) <= TRAY_MOST:
        return list(zip(cards, card_rects(cell, len(cards)), strict=True)), QRect()
    *places, rest = card_rects(cell, TRAY_MOST)
    return list(zip(cards, places, strict=False)), rest


def card_pixmap(
    card: Card,
    size: QSize,
    scale: float,
    faded: bool = False,
    marked: bool = False,
    wrong: bool = False,
) -> QPixmap:
    """A card: course, section, fill, and signs for "locked", "only section" and "against a hard rule"."""
    look = theme()
    pixmap = QPixmap(size * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if faded:
        painter.setOpacity(0.45)
    rect = QRect(0, 0, size.width(), size.height())
    painter.setPen(QPen(look.color("accent" if marked else "line_strong"), 2 if marked else 1))
    painter.setBrush(look.color("raised"))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    room = rect.adjusted(9, 3, -7, -3)
    if card.only:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent"))
        painter.drawRoundedRect(QRect(2, 6, 3, rect.height() - 12), 1.5, 1.5)
    signs = [("lock", "text_soft")] * card.locked + [("triangle-alert", "doubt")] * wrong
    for at, (sign, ink) in enumerate(signs):
        place = QRect(room.right() - 12 - SIGN_ROOM * at, room.top() + 1, 13, 13)
        look.icon(sign, ink).paint(painter, place)
    painter.setPen(look.color("text"))
    painter.setFont(look.font(TYPE.small + 0.5))
    metrics = painter.fontMetrics()
    two_lines = rect.height() >= 34
    title_room = room.adjusted(0, 0, -SIGN_ROOM * len(signs), -room.height() // 2 if two_lines else 0)
    title = metrics.elidedText(card.title, Qt.TextElideMode.ElideRight, title_room.width())
    painter.drawText(title_room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
    if two_lines:
        _paint_second_line(painter, room.adjusted(0, room.height() // 2, 0, 0), card)
    painter.end()
    return pixmap


def _paint_second_line(painter: QPainter, room: QRect, card: Card) -> None:
    look = theme()
    painter.setFont(look.font(TYPE.small - 0.5))
    full = card.seats > 0 and card.enrolled >= FULL * card.seats
    fill = f"{card.enrolled}/{card.seats}"
    painter.setPen(look.color("doubt" if full else "text_soft"))
    width = painter.fontMetrics().horizontalAdvance(fill)
    painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, fill)
    painter.setPen(look.color("text_soft"))
    words = " ".join([card.section, *card.terms, *(f"+{t}" for t in card.teachers)])
    left = room.adjusted(0, 0, -width - 6, 0)
    words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, left.width())
    painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def day_ground(day: int) -> tuple[QColor, QColor]:
    """Surface and text of a day's column heads."""
    pairs = theme().tokens.day
    surface, ink = pairs[day % len(pairs)]
    return QColor(surface), QColor(ink)
