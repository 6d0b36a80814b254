"""The rules as a list: hard ones first, then level by level, each level under its heading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rule_words import KIND_TITLES, rule_sentence, weight_words

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
Flag = Qt.ItemFlag
MIME = "application/x-echelon-rule"


@dataclass(frozen=True, slots=True)
class Line:
    """A heading (``rule`` None) or a rule; both stand at a level, None being the hard ones."""

    level: int | None
    title: str
    text: str
    rule: Rule | None = None


class RuleListModel(QAbstractListModel):
    """``moved`` asks to put a rule at a level (None: hard), as a drop says; the page does it."""

    moved = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def set_rules(self, rules: Sequence[Rule], school: School, effects: Mapping[str, str]) -> None:
        """Show these rules, each with what it does (rule id → words)."""
        lines = _lines(rules, school, effects)
        if [(a.level, a.rule and a.rule.id) for a in lines] == [
            (a.level, a.rule and a.rule.id) for a in self.lines
        ]:
            changed = [row for row, line in enumerate(lines) if line != self.lines[row]]
            self.lines = lines
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def levels(self) -> list[int | None]:
        """Levels that stand in the list, the hard ones and the free one at the end included."""
        return list(dict.fromkeys(line.level for line in self.lines))

    def row_of(self, rule_id: str) -> int:
        """Row of a rule, -1 when there is none."""
        return next((i for i, line in enumerate(self.lines) if line.rule and line.rule.id == rule_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """Headings and rules."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words of a line; the delegate paints."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Role.DisplayRole:
            return line.title
        if role == Role.ToolTipRole:
            return line.title
        if role == Role.AccessibleTextRole:
            if line.rule is None:
                return f"{line.title}: {line.text}"
            kind = KIND_TITLES.get(line.rule.kind, line.rule.kind)
            return f"{kind}. {line.title} {line.text}"
        return None

    def flags(self, index: Index) -> Flag:
        """Rules can be dragged; every line says at which level a drop puts a rule."""
        if not index.isValid():
            return Flag.ItemIsDropEnabled
        if self.lines[index.row()].rule is None:
            return Flag.ItemIsEnabled | Flag.ItemIsDropEnabled
        usual = Flag.ItemIsEnabled | Flag.ItemIsSelectable
        return usual | Flag.ItemIsDragEnabled | Flag.ItemIsDropEnabled | Flag.ItemNeverHasChildren

    def supportedDropActions(self) -> Qt.DropAction:
        """Rules move."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """The id of a rule."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The id of the rule that is dragged."""
        data = QMimeData()
        rules = [self.lines[index.row()].rule for index in indexes]
        data.setData(MIME, next((rule.id for rule in rules if rule is not None), "").encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Ask for the level of the line dropped on, or of the one above a gap; nothing is moved here."""
        at = parent.row() if parent.isValid() else row - 1 if row >= 0 else len(self.lines) - 1
        rule_id = bytes(data.data(MIME).data()).decode()
        if rule_id and self.lines:
            self.moved.emit(rule_id, self.lines[max(0, at)].level)
        return False


def _lines(rules: Sequence[Rule], school: School, effects: Mapping[str, str]) -> list[Line]:
    levels = sorted({rule.level for rule in rules if rule.level is not None})
    places: list[int | None] = [None, *levels]
    lines = []
    for place in places:
        if place is None:
            lines.append(Line(None, "Hard rules", "kept, or there is no schedule"))
        else:
            text = (
                "most important"
                if place == levels[0]
                else f"gives way to level {levels[levels.index(place) - 1]}"
            )
            lines.append(Line(place, f"Level {place}", text))
        for rule in rules:
            if rule.level == place:
                parts = [effects.get(rule.id, "")]
                parts += [weight_words(rule.weight)] if rule.level is not None and rule.weight > 1 else []
                text = "  ·  ".join(part for part in parts if part)
                lines.append(Line(place, rule_sentence(rule, school), text, rule))
    free = (levels[-1] if levels else 0) + 1
    lines.append(Line(free, f"Level {free}", "drop a rule here to make it the least important"))
    return lines
