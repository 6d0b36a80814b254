"""The list of what a test of the connection tried, and the words for IT on what is missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from echelon_desktop.ui.theme import SPACE, TYPE, theme

if TYPE_CHECKING:
    from cloud_runner.client.probe import Probe

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 26
SIGN = 16
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ProbesModel(QAbstractListModel):
    """The answers of a test, in the order in which they came."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.probes: list[Probe] = []

    def clear(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self.probes = []
        self.endResetModel()

    def add(self, probe: "Probe") -> None:
        """Add an answer."""
        self.beginInsertRows(QModelIndex(), len(self.probes), len(self.probes))
        self.probes.append(probe)
        self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Number of answers."""
        return 0 if parent.isValid() else len(self.probes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What was tried; as a tip, the words on it."""
        probe = self.probes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _sentence(probe)
        if role == Qt.ItemDataRole.ToolTipRole:
            return probe.words or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            answer = "works" if probe.ok else "does not work"
            return f"{_sentence(probe)}, {probe.action}: {answer}. {probe.words}".strip()
        return None


class ProbePainter(QStyledItemDelegate):
    """A line: a sign, what it is needed for, and softly the permission's own name."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All lines are of the same height."""
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        model = index.model()
        assert isinstance(model, ProbesModel)
        probe, look, rect = model.probes[index.row()], theme(), option.rect
        painter.save()
        sign = QRect(rect.left() + SPACE.xs, rect.center().y() - SIGN // 2, SIGN, SIGN)
        name, color = ("circle-check", "good") if probe.ok else ("circle-x", "bad")
        look.icon(name, color).paint(painter, sign)
        room = rect.adjusted(SPACE.xs + SIGN + SPACE.s, 0, -SPACE.s, 0)
        painter.setFont(look.font(TYPE.small))
        painter.setPen(look.color("text_soft"))
        painter.drawText(room, RIGHT, probe.action)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(probe.action) - SPACE.m)
        painter.setFont(look.font())
        painter.setPen(look.color("text" if probe.ok else "bad"))
        text = _sentence(probe) if probe.ok else f"{_sentence(probe)}: does not work"
        painter.drawText(room, LEFT, painter.fontMetrics().elidedText(text, _END, room.width()))
        painter.restore()


def _sentence(probe: "Probe") -> str:
    return probe.needed_for[:1].upper() + probe.needed_for[1:]


_END = Qt.TextElideMode.ElideRight


def words_for_it(name: str, probes: Sequence["Probe"]) -> str:
    """What does not work, as a text to send to IT; empty when nothing is for IT to mend."""
    missing = [probe for probe in probes if not probe.ok and probe.for_it]
    if not missing:
        return ""
    actions: dict[str, list[str]] = {}  # a setting that is wrong is told of once
    for probe in missing:
        actions.setdefault(probe.words, []).append(f"{probe.action} (to {probe.needed_for})")
    lines = [f"{', '.join(tried)}: {words}" for words, tried in actions.items()]
    return "\n".join((f"Echelon Desktop cannot use the AWS stack “{name}” yet.", "", *lines))
