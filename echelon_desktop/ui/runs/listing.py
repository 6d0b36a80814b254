"""The table of runs: its columns, and the sign before a run's state."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from cloud_runner.client.runs import Child, State
from echelon_desktop.solver.result import DEFAULT_STRATEGY
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.reading.tables import chosen_colors
from echelon_desktop.ui.runs.entries import CANCELLED, DONE, FAILED, GOING, HERE, STATE_WORDS, Entry
from echelon_desktop.ui.solve.outcomes import seeds_in_words, seeds_of
from echelon_desktop.ui.theme import SPACE, theme

Index = QModelIndex | QPersistentModelIndex
SIGN = 16
SIGNS = {
    GOING: ("clock", "note"),
    DONE: ("circle-check", "good"),
    FAILED: ("circle-x", "bad"),
    CANCELLED: ("ban", "text_faint"),
}
STATE_COLUMN = 0


class EntriesModel(RecordModel[Entry]):
    """Runs as rows; a run that has moved on is repainted in its place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(entry_columns(), lambda entry: entry.key, parent)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these runs; the view keeps its place when they are the same ones in the same order."""
        if [entry.key for entry in entries] != [entry.key for entry in self.rows]:
            self.set_rows(entries)
            return
        for at, entry in enumerate(entries):
            if entry != self.rows[at]:
                self.replace(at, entry)


class ChildrenModel(RecordModel[Child]):
    """The portfolio of a remote run: one row a computer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(child_columns(), lambda child: str(child.index), parent)

    def show_children(self, children: Sequence[Child]) -> None:
        """Show these children, in place where they are the same ones."""
        if [child.index for child in children] != [child.index for child in self.rows]:
            self.set_rows(children)
            return
        for at, child in enumerate(children):
            if child != self.rows[at]:
                self.replace(at, child)


class StatePainter(QStyledItemDelegate):
    """Paints a sign before the text of a state, so that colour is never alone."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        model = index.model()
        assert isinstance(model, RecordModel)
        look, rect = theme(), option.rect
        chosen = chosen_colors(option)
        if chosen is not None:
            painter.fillRect(rect, look.color(chosen[0]))
        name, color = SIGNS[outcome_of(model.row_at(index.row()))]
        sign = QRect(rect.left() + SPACE.s, rect.center().y() - SIGN // 2, SIGN, SIGN)
        look.icon(name, color if chosen is None else chosen[1]).paint(painter, sign)
        room = rect.adjusted(SPACE.s + SIGN + SPACE.s, 0, -SPACE.xs, 0)
        painter.setFont(option.font)
        painter.setPen(look.color("text" if chosen is None else chosen[1]))
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def outcome_of(row: Entry | Child) -> str:
    """By which sign a row is shown."""
    if isinstance(row, Entry):
        return row.outcome
    return {State.DONE: DONE, State.FAILED: FAILED, State.CANCELLED: CANCELLED}.get(row.state, GOING)


def duration(seconds: float | None) -> str:
    """Seconds in words: "45 s", "3:20 min", "2:05 h"."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"


def entry_columns() -> list[Column[Entry]]:
    """The columns of the table of runs."""
    return [
        Column("State", 168, lambda e: e.state),
        Column("School", 136, lambda e: e.school),
        Column("Where", 140, lambda e: e.where if e.where == HERE else f"AWS: {e.where}"),
        Column("Unmet", 72, lambda e: _number(e.unmet), lambda e: _order(e.unmet), True),
        Column("Certainly", 84, lambda e: _number(e.certain), lambda e: _order(e.certain), True),
        Column("Solving", 84, lambda e: duration(e.seconds), lambda e: e.seconds or -1.0, True),
        Column("Started", 132, lambda e: moment(e.started), lambda e: e.started),
        Column("Seeds", 72, lambda e: seeds_in_words(_seeds(e)), _seeds),
        Column("Note", 160, _note),
    ]


def child_columns() -> list[Column[Child]]:
    """The columns of the table of a run's computers."""
    return [
        Column("State", 152, lambda c: STATE_WORDS[c.state]),
        Column("Seed", 52, lambda c: str(c.seed), lambda c: c.seed, True),
        Column("Unmet", 68, lambda c: _number(c.unmet), lambda c: _order(c.unmet), True),
        Column("Certainly", 80, lambda c: _number(c.bound if c.progress else None), lambda c: c.bound, True),
        Column("Solving", 80, lambda c: duration(c.seconds or None), lambda c: c.seconds, True),
        Column("Note", 96, _child_note),
    ]


def _seeds(entry: Entry) -> tuple[int, ...]:
    if entry.remote is not None:
        return entry.remote.order.seeds
    return seeds_of(entry.local) if entry.local is not None else ()


def _note(entry: Entry) -> str:
    if entry.remote is not None and entry.remote.trouble:
        return entry.remote.message
    if entry.local is not None:
        name = str(entry.local.settings.get("name", ""))
        return f"{name} (deleted)" if entry.local.scenario and not entry.scenario else name
    if entry.scenario:
        return entry.scenario_name
    return entry.remote.message if entry.remote is not None else ""


def _child_note(child: Child) -> str:
    again = f"{child.attempts} attempts. " if child.attempts > 1 else ""
    hotter = "For scarce seats. " if child.strategy != DEFAULT_STRATEGY else ""
    return f"{hotter}{again}{child.message}".strip()


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _order(value: int | None) -> tuple[bool, int]:
    return value is None, value or 0
