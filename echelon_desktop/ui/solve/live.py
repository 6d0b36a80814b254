"""How a solve goes: three figures, what it has to say, the curve, the time used."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.ui.solve.chart import ProgressChart
from echelon_desktop.ui.theme import SPACE

HINT = "F5 starts; the chart shows how it goes."
NO_FEWER = "No fewer requests can be unmet; now the levels after that."
FAR_HINT = "F5 shows what would leave, and what it costs. The Runs page then shows how it goes."
STEPS = 1000  # of the bar of time


class Live(QFrame):
    """The card at the right of the Solve page. ``onward``: the button beside the message was pressed."""

    onward = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        column.addLayout(self._make_figures())
        column.addWidget(self._make_message())
        self.chart = ProgressChart()
        column.addWidget(self.chart, 1)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Time used")
        self.bar.setFixedHeight(8)
        column.addWidget(self.bar)
        self._no_fewer = False
        self.phase = QLabel()
        self.phase.setProperty("kind", "soft")
        self.phase.setWordWrap(True)
        column.addWidget(self.phase)
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing was solved yet."""
        for label in (self.unmet, self.certain, self.open):
            label.setText("–")
        self.hint(HINT)
        self.bar.setValue(0)
        self.say("", "")

    def hint(self, text: str) -> None:
        """Say, below the chart, what happens when Solve is pressed; while something runs, how far it is."""
        self.phase.setText(text)

    def begin(self) -> None:
        """A solve begins, and nothing is known yet."""
        self._no_fewer = False
        self.bar.setRange(0, STEPS)
        self.bar.setValue(0)
        for label in (self.unmet, self.certain, self.open):
            label.setText("…")

    def show_time(self, seconds: float, limit_s: float) -> None:
        """Show how much of the time is used, and what the rest of it is for once all is met that can be."""
        self.bar.setValue(round(STEPS * min(1.0, seconds / limit_s)))
        solving = f"Solving: {seconds:.0f} of {limit_s:.0f} s"
        self.phase.setText(f"{solving}. {NO_FEWER}" if self._no_fewer else solving)

    def end(self) -> None:
        """Nothing more will be known of what was not found."""
        self.bar.setValue(self.bar.maximum())
        self.phase.setText("")
        for label in (self.unmet, self.certain, self.open):
            if label.text() == "…":
                label.setText("–")

    def show_figures(self, unmet: int | None, bound: int) -> None:
        """Show what is unmet, what certainly is, and what lies between."""
        self.unmet.setText("…" if unmet is None else f"{unmet:,}")
        sure = bound if unmet is None else min(bound, unmet)
        self.certain.setText(f"{sure:,}")
        self.open.setText("…" if unmet is None else f"{unmet - sure:,}")
        self._no_fewer = unmet == sure

    def say(self, kind: str, text: str, onward: str = "") -> None:
        """Show a message ("good", "doubt", "bad", "note"), and a button on; an empty one hides it."""
        self.message.setText(text)
        self.offer(onward)
        self.message_frame.setVisible(bool(text))
        self.message_frame.setProperty("kind", kind)
        self.message_frame.style().polish(self.message_frame)
        self.message.style().polish(self.message)

    def offer(self, onward: str) -> None:
        """Offer a way on from the message; empty when there is none."""
        self.onward_button.setText(onward)
        self.onward_button.setVisible(bool(onward))

    def _make_figures(self) -> QGridLayout:
        figures = QGridLayout()
        figures.setHorizontalSpacing(SPACE.l)
        self.unmet, self.certain, self.open = QLabel(), QLabel(), QLabel()
        for at, (label, words) in enumerate(
            (
                (self.unmet, "unmet requests"),
                (self.certain, "certainly unavoidable"),
                (self.open, "at most avoidable"),
            )
        ):
            label.setProperty("kind", "hero")
            label.setAccessibleName(words)
            soft = QLabel(words)
            soft.setProperty("kind", "soft")
            figures.addWidget(label, 0, at)
            figures.addWidget(soft, 1, at)
        figures.setColumnStretch(3, 1)
        return figures

    def _make_message(self) -> QWidget:
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message_frame = QFrame()
        inner = QHBoxLayout(self.message_frame)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        inner.setSpacing(SPACE.m)
        inner.addWidget(self.message, 1)
        self.onward_button = QPushButton(self.message_frame)
        self.onward_button.clicked.connect(lambda _=False: self.onward.emit())
        inner.addWidget(self.onward_button, 0, Qt.AlignmentFlag.AlignVCenter)
        return self.message_frame
