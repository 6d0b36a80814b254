"""The strip above the tabs: requests met, how even sections are, and whether all hard rules are kept."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.wording import counted
from echelon_desktop.solver.verify import Verdict, Violation
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.theme import SPACE, theme

MOST_LISTED = 500
LEAST_WIDTH = 1  # of the verdict: the window can be made narrower than it, and it goes below the figures
FIGURES = (
    ("met", "requests met"),
    ("unmet", "unmet"),
    ("whole", "students with every request"),
    ("spread", "size spread"),
    ("sped", "SPED spread"),
)
TIPS = {
    "spread": "Sum over all courses of largest minus smallest section; Trade-offs tells what less would cost",
    "sped": "The same of SPED students",
}


class Summary(QWidget):
    """``chosen`` carries a violation that the user wants to be taken to."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.xl, 0, SPACE.xl, SPACE.s)
        outer.setSpacing(SPACE.s)
        self.strip = QFrame()
        self.strip.setProperty("kind", "card")
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        row.setSpacing(SPACE.xl)
        self.figures: dict[str, QLabel] = {}
        for name, words in FIGURES:
            column = QVBoxLayout()
            column.setSpacing(0)
            number, soft = QLabel("–"), QLabel(words)
            number.setProperty("kind", "title")
            number.setAccessibleName(words)
            soft.setProperty("kind", "small")
            for label in (number, soft):
                label.setToolTip(TIPS.get(name, ""))
                column.addWidget(label)
            self.figures[name] = number
            row.addLayout(column)
        row.addStretch(1)
        row.addWidget(self._make_verdict())
        outer.addWidget(self.strip)
        self.list = QListWidget()
        self.list.setAccessibleName("Broken rules")
        self.list.setMinimumHeight(56)  # some lines of it
        self.list.setMaximumHeight(150)
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._on_activated)
        self.list.hide()
        outer.addWidget(self.list)
        theme().changed.connect(self._paint_sign)
        self._sign = ("info", "text_soft")
        self.show_facts(None, None)

    def show_facts(self, timetable: Timetable | None, verdict: Verdict | None) -> None:
        """Show what is known; figures that only the verdict knows follow it."""
        if timetable is not None:
            requests, unmet = sum(timetable.number_of_requests.values()), len(timetable.unmet)
            whole = sum(
                1 for s, n in timetable.number_of_requests.items() if n and s not in timetable.unmet_of
            )
            asking = sum(1 for n in timetable.number_of_requests.values() if n)
            self.figures["met"].setText(f"{requests - unmet:,} of {requests:,}")
            self.figures["unmet"].setText(f"{unmet:,}")
            self.figures["whole"].setText(f"{whole:,} of {asking:,}")
        if verdict is None:
            self.toggle.hide()
            self._say("note", "Checking all hard rules…", "clock", "note")
            return
        self.figures["spread"].setText(f"{verdict.counts.size_spread:,}")
        self.figures["sped"].setText(f"{verdict.counts.sped_spread:,}")
        self.toggle.setVisible(not verdict.ok)
        number = len(verdict.violations)
        if verdict.ok:
            self._say("good", "Keeps all hard rules", "shield-check", "good")
            self.list.hide()
        else:
            words = f"Breaks hard rules in {counted(number, 'place')}"
            self._say("bad", words, "circle-x", "bad")
        self._fill(verdict.violations)

    def _make_verdict(self) -> QFrame:
        self.verdict = QFrame()
        row = QHBoxLayout(self.verdict)
        row.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        row.setSpacing(SPACE.s)
        self.sign, self.verdict_text = QLabel(), QLabel()
        self.verdict_text.setAccessibleName("Verdict")
        self.toggle = QPushButton("Show them")
        self.toggle.setProperty("kind", "quiet")
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self.list_shown)
        row.addWidget(self.sign)
        row.addWidget(self.verdict_text, 1)
        row.addWidget(self.toggle)
        self.verdict.setMinimumWidth(LEAST_WIDTH)
        return self.verdict

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the verdict its place."""
        super().resizeEvent(event)
        self._place_verdict()

    def _place_verdict(self) -> None:
        """Put the verdict beside the figures where there is room, else below them."""
        beside, below = self.strip.layout(), self.layout()
        assert isinstance(beside, QHBoxLayout)
        assert isinstance(below, QVBoxLayout)
        inside = beside.indexOf(self.verdict) >= 0
        taken = beside.minimumSize().width() + (-LEAST_WIDTH if inside else beside.spacing())
        fits = taken + self.verdict.sizeHint().width() <= self.width() - 2 * SPACE.xl
        if fits and not inside:
            beside.addWidget(self.verdict)
        elif inside and not fits:
            below.insertWidget(1, self.verdict)

    def list_shown(self, shown: bool) -> None:
        """Show or hide the list of broken rules."""
        self.list.setVisible(shown)
        self.toggle.setText("Hide them" if shown else "Show them")
        if shown:
            self.list.setFocus()

    def _fill(self, violations: tuple[Violation, ...]) -> None:
        self.list.clear()
        for violation in violations[:MOST_LISTED]:
            item = QListWidgetItem(violation.message)
            item.setData(Qt.ItemDataRole.UserRole, violation)
            self.list.addItem(item)
        if len(violations) > MOST_LISTED:
            self.list.addItem(f"… and {len(violations) - MOST_LISTED:,} more.")

    def _on_activated(self, item: QListWidgetItem) -> None:
        violation = item.data(Qt.ItemDataRole.UserRole)
        if violation is not None:
            self.chosen.emit(violation)

    def _say(self, kind: str, text: str, sign: str, color: str) -> None:
        self.verdict.setProperty("kind", kind)
        self.verdict_text.setText(text)
        self._sign = (sign, color)
        for widget in (self.verdict, self.verdict_text):
            widget.style().polish(widget)
        self._paint_sign()
        self._place_verdict()

    def _paint_sign(self) -> None:
        self.sign.setPixmap(theme().icon(*self._sign).pixmap(16, 16))
