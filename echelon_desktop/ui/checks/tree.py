"""Findings by kind as a tree of two levels, filtered here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from echelon_desktop.model.code_words import words_of
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.grids.model import SIGNS, TOKENS
from echelon_desktop.ui.theme import SPACE, TYPE, theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
LINE = 30
SIGN = 16
NAMES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one kind."""

    code: str
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """What they are, in words."""
        words = words_of(self.code)
        return words[:1].upper() + words[1:]


def grouped(
    findings: Iterable[Finding], text: str = "", severities: Iterable[Severity] = Severity, table: str = ""
) -> list[Group]:
    """
    The findings by kind, the worst kinds first.

    Parameters
    ----------
    text
        Words that all must stand in a finding.
    severities
        Which are wanted.
    table
        The table they are about; empty for all.
    """
    words, wanted = text.casefold().split(), set(severities)
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity not in wanted or (table and finding.table != table):
            continue
        if words:
            hay = f"{finding.message} {finding.remedy} {finding.place()} {finding.key}".casefold()
            if not all(word in hay for word in words):
                continue
        by_code.setdefault(finding.code, []).append(finding)
    groups = [Group(code, found[0].severity, tuple(found)) for code, found in by_code.items()]
    return sorted(groups, key=lambda group: -group.severity)


class FindingTree(QAbstractItemModel):
    """Groups, and below each its findings. The number in an index is that of its group, plus 1, or 0."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.groups: list[Group] = []

    def show(self, groups: list[Group]) -> None:
        """Show other findings."""
        self.beginResetModel()
        self.groups = groups
        self.endResetModel()

    def group_at(self, index: Index) -> Group | None:
        """The group of a line, be it the group's own or that of a finding."""
        if not index.isValid():
            return None
        number = index.internalId()
        return self.groups[number - 1 if number else index.row()]

    def finding_at(self, index: Index) -> Finding | None:
        """The finding of a line; None for the line of a group."""
        if not index.isValid() or not index.internalId():
            return None
        return self.groups[index.internalId() - 1].findings[index.row()]

    def index_of(self, finding: Finding) -> QModelIndex:
        """Where a finding stands; an invalid index when it is not shown."""
        for number, group in enumerate(self.groups):
            if finding in group.findings:
                return self.index(group.findings.index(finding), 0, self.index(number, 0))
        return QModelIndex()

    # Qt ------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a line."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # QObject has a parent() too
        """The group of a finding."""
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Groups, or findings of a group."""
        if not parent.isValid():
            return len(self.groups)
        return 0 if parent.internalId() or parent.column() else len(self.groups[parent.row()].findings)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One, which the delegate paints."""
        return 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """The words of a line."""
        group, finding = self.group_at(index), self.finding_at(index)
        if group is None:
            return None
        if role == Role.DisplayRole:
            return finding.message if finding else f"{group.title} ({len(group.findings):,})"
        if role == Role.AccessibleTextRole:
            name = NAMES[group.severity]
            if finding:
                return f"{name}: {finding.message} {finding.remedy}"
            return f"{name}: {group.title}, {counted(len(group.findings), 'finding')}"
        if role == Role.ToolTipRole and finding:
            return f"{finding.message}\n{finding.remedy}"
        return None


class FindingPainter(QStyledItemDelegate):
    """
    A group with its sign and number; a finding with its place softly at the right.

    Parameters
    ----------
    place
        Words for where a finding is; by default its record and column.
    """

    def __init__(self, parent: QObject, place: Callable[[Finding], str] | None = None) -> None:
        super().__init__(parent)
        self._place = place or where

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All lines are of one height."""
        return QSize(200, LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        model = index.model()
        assert isinstance(model, FindingTree)
        group, finding = model.group_at(index), model.finding_at(index)
        if group is None:
            return
        look, rect = theme(), option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, look.color("accent_soft"))
        painter.setPen(look.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        room = rect.adjusted(SPACE.s, 0, -SPACE.m, 0)
        ink = look.color("on_accent_soft" if chosen else "text")
        middle = Qt.AlignmentFlag.AlignVCenter
        if finding is None:
            sign = look.icon(SIGNS[group.severity], TOKENS[group.severity])
            sign.paint(painter, room.left(), rect.center().y() - SIGN // 2, SIGN, SIGN)
            room.setLeft(room.left() + SIGN + SPACE.s)
            aside = f"{len(group.findings):,}"
            words = group.title
            painter.setFont(look.font(TYPE.body, look.font().Weight.DemiBold))
        else:
            aside, words = self._place(finding), finding.message
            painter.setFont(look.font())
        soft = look.font(TYPE.small)
        painter.save()
        painter.setFont(soft)
        painter.setPen(look.color("on_accent_soft" if chosen else "text_soft"))
        width = painter.fontMetrics().horizontalAdvance(aside) if aside else 0
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, aside)
        painter.restore()
        painter.setPen(ink)
        left = room.adjusted(0, 0, -(width + SPACE.l), 0)
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


def where(finding: Finding) -> str:
    """Where to look: the record and the column."""
    parts = [finding.key, finding.column]
    return " · ".join(part for part in parts if part)
