"""A light for each table: whether something is wrong with it, in words, sign and colour."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter

from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.sheets import SHEETS
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.table_list import Index, TableList
from echelon_desktop.ui.theme import SPACE, TYPE, theme

Role = Qt.ItemDataRole
LIGHTS = (("", "All tables"), *((sheet.table, sheet.title) for sheet in SHEETS), ("rules", "Rules"))
HEIGHT, WIDTH, SIGN = 46, 232, 18


class LightsModel(QAbstractListModel):
    """A line for all tables together and one for each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counts: dict[str, dict[Severity, int]] = {}

    def show(self, findings: Iterable[Finding]) -> None:
        """Count anew."""
        self.counts = {table: dict.fromkeys(Severity, 0) for table, _ in LIGHTS}
        for finding in findings:
            self.counts[""][finding.severity] += 1
            if finding.table in self.counts:
                self.counts[finding.table][finding.severity] += 1
        self.dataChanged.emit(self.index(0), self.index(len(LIGHTS) - 1))

    def light(self, row: int) -> tuple[str, str, str]:
        """Token of the colour, sign and words of a line."""
        counts = self.counts.get(LIGHTS[row][0], {})
        words = [
            counted(number, name)
            for severity, name in (
                (Severity.ERROR, "error"),
                (Severity.WARNING, "warning"),
                (Severity.NOTE, "note"),
            )
            if (number := counts.get(severity, 0))
        ]
        if counts.get(Severity.ERROR):
            return "bad", "circle-x", ", ".join(words)
        if counts.get(Severity.WARNING):
            return "doubt", "triangle-alert", ", ".join(words)
        return "good", "circle-check", ", ".join(words) or "Nothing to mend"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        """As many as there are lights."""
        return 0 if parent.isValid() else len(LIGHTS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """The title, and what is said of it."""
        title = LIGHTS[index.row()][1]
        if role == Role.DisplayRole:
            return title
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return f"{title}: {self.light(index.row())[2]}"
        return None


class Lights(TableList):
    """Shows the lights; the current one says which findings are wanted."""

    def __init__(self) -> None:
        self.lights = LightsModel()
        super().__init__(
            self.lights, partial(_paint, self.lights), QSize(WIDTH, HEIGHT), "State of each table"
        )

    @property
    def table(self) -> str:
        """The table of the current light; empty for all."""
        return LIGHTS[max(0, self.currentIndex().row())][0]


def _paint(model: LightsModel, painter: QPainter, rect: QRect, row: int, chosen: bool) -> None:
    look = theme()
    token, sign, words = model.light(row)
    top = rect.center().y() - SIGN // 2
    look.icon(sign, token).paint(painter, rect.left() + SPACE.s, top, SIGN, SIGN)
    text = rect.adjusted(SPACE.s + SIGN + SPACE.m, SPACE.xs, -SPACE.s, -SPACE.xs)
    painter.setFont(look.font())
    painter.setPen(look.color("on_accent_soft" if chosen else "text"))
    left = Qt.AlignmentFlag.AlignLeft
    painter.drawText(text, left | Qt.AlignmentFlag.AlignTop, LIGHTS[row][1])
    painter.setFont(look.font(TYPE.small))
    painter.setPen(look.color("on_accent_soft" if chosen else "text_soft"))
    painter.drawText(text, left | Qt.AlignmentFlag.AlignBottom, words)
