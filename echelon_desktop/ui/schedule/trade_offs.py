"""The tab of trade-offs: how much more even sections could be for how many more unmet requests."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from echelon_desktop.model.wording import counted
from echelon_desktop.solver.trade_offs import NONE
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.tab import ScheduleTab
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.schedule.trader import Trader
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

LEAD = "What would more even sections cost?"
TEXT = (
    "Solve gives up no request for the sake of even sections. Here some are given up on trial: each line is a"
    " whole schedule, from the one on the screen on. Size spread is the sum over all courses of largest minus"
    " smallest section."
)
HERE = "on the screen"


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of a schedule, and of the one on the screen."""

    unmet: int
    spread: int
    unmet_here: int
    spread_here: int
    is_here: bool = False

    @property
    def words(self) -> str:
        """What it changes."""
        if self.is_here:
            return "The schedule on the screen"
        more, less = self.unmet - self.unmet_here, self.spread_here - self.spread
        cost = f"{counted(more, 'more unmet request')}" if more > 0 else "As many requests met"
        cost = f"{counted(-more, 'request')} more met" if more < 0 else cost
        return f"{cost}, size spread {less:,} less"


class TradeOffsTab(ScheduleTab):
    """
    Schedules to choose from, found when they are asked for; the one selected can be kept as a scenario.

    Parameters
    ----------
    workspace
        Of the schedule on the screen.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.judge = Judge.of(workspace)
        self.trader = Trader(workspace, self)
        self.model: RecordModel[Line] = RecordModel(_columns(), _key, self)
        self.table = ReadingTable(self.model, "Trade-offs")
        self.lead, text, self.note = QLabel(LEAD), QLabel(TEXT), QLabel()
        for label, kind in ((self.lead, "lead"), (text, "soft"), (self.note, "small")):
            label.setProperty("kind", kind)
            label.setWordWrap(True)
        self.note.setAccessibleName("What was found")
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.look, self.keep = QPushButton("Look for trade-offs"), QPushButton("Keep as a scenario")
        self.look.setProperty("kind", "primary")
        self.look.clicked.connect(lambda _=False: self._on_look())
        self.keep.setToolTip("Makes a scenario of the schedule selected and shows it; the present one stays")
        self.keep.clicked.connect(lambda _=False: self._keep())
        row = QHBoxLayout()
        for button in (self.look, self.keep):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.xl, SPACE.m)
        column.setSpacing(SPACE.s)
        column.addWidget(self.lead)
        column.addWidget(text)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(row)
        self.trader.changed.connect(self._fill)
        self.judge.changed.connect(self._fill)
        self.table.moved.connect(lambda _row: self._offer())
        self.table.opened.connect(lambda _index: self._keep())
        self._fill()

    def show_timetable(self, timetable: Timetable) -> None:
        """Begin anew with another state."""
        self.trader.forget()

    def tables(self) -> tuple[ReadingTable, ...]:
        """The one table."""
        return (self.table,)

    @property
    def selected(self) -> int | None:
        """Unmet requests of the trade-off selected; None where none is."""
        row = self.table.currentIndex().row()
        if not 0 <= row < self.model.rowCount() or self.model.row_at(row).is_here:
            return None
        return self.model.row_at(row).unmet

    def _fill(self) -> None:
        verdict, trader = self.judge.verdict, self.trader
        lines = []
        if verdict is not None:
            here = verdict.counts.unmet, verdict.counts.size_spread
            lines = [Line(*here, *here, is_here=True)]
            found = sorted(trader.found.values(), key=lambda each: each.unmet)
            lines += [Line(each.unmet, each.size_spread, *here) for each in found]
        row = self.table.currentIndex().row()
        key = self.model.key_at(row) if 0 <= row < self.model.rowCount() else ""
        self.model.set_rows(lines)
        self.table.choose(self.model.find(key) if key else -1)
        self.look.setText("Stop looking" if trader.looking else "Look for trade-offs")
        self.look.setEnabled(verdict is not None and verdict.ok)
        self.note.setText(self._said())
        self._offer()

    def _said(self) -> str:
        trader, verdict = self.trader, self.judge.verdict
        if verdict is not None and not verdict.ok:
            return "Hard rules are broken. Mend that first; Show them above says where."
        if trader.trouble:
            return trader.trouble
        if trader.looking:
            return "Looking…"
        if trader.looked:
            return f"{counted(len(trader.found), 'trade-off')} found." if trader.found else NONE
        return ""

    def _offer(self) -> None:
        if self.selected is None and self.keep.hasFocus():
            self.look.setFocus()  # a button that is disabled would pass it on to another page's
        self.keep.setEnabled(self.selected is not None)

    def _on_look(self) -> None:
        if self.trader.looking:
            self.trader.stop()
        else:
            self.trader.look()

    def _keep(self) -> None:
        if self.selected is not None:
            self.trader.keep(self.selected)


def _key(line: Line) -> str:
    return HERE if line.is_here else str(line.unmet)


def _columns() -> list[Column[Line]]:
    return [
        Column("Unmet", 96, lambda line: f"{line.unmet:,}", lambda line: line.unmet, True),
        Column("Size spread", 110, lambda line: f"{line.spread:,}", lambda line: line.spread, True),
        Column("What it changes", 420, lambda line: line.words),
    ]
