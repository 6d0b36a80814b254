"""The unmet requests of a student, each with its reason and what would do instead."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from echelon_desktop.solver.explain import Reason, ReasonKind
from echelon_desktop.ui.schedule.tab import Reasons
from echelon_desktop.ui.schedule.timetable import Timetable, Unmet
from echelon_desktop.ui.theme import SPACE

ASKING = "Finding out why…"


class UnmetCards(QScrollArea):
    """
    A card for each unmet request.

    ``seats_wanted`` carries a student and the :class:`Reason` whose moves of seats are to be made.
    """

    seats_wanted = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("Unmet requests")
        self.writable = True

    def show_unmet(
        self, timetable: Timetable | None, student: str, unmet: Sequence[Unmet], reasons: Reasons | None
    ) -> None:
        """Show the unmet requests of a student; ``reasons`` None while they are being found out."""
        canvas = QWidget()
        canvas.setProperty("kind", "canvas")
        column = QVBoxLayout(canvas)
        column.setContentsMargins(0, SPACE.s, 0, 0)
        column.setSpacing(SPACE.s)
        if timetable is not None:
            number = len(unmet)
            words = (
                "Every request is met."
                if not unmet
                else f"{number} unmet request{'' if number == 1 else 's'}"
            )
            if not timetable.number_of_requests.get(student):
                words = "This student requests nothing."
            column.addWidget(_label(words, "soft" if not unmet else "lead"))
            for each in unmet:
                column.addWidget(self._card(timetable, each, reasons))
        column.addStretch(1)
        self.setWidget(canvas)

    def _card(self, timetable: Timetable, unmet: Unmet, reasons: Reasons | None) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "bad")
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        column.setSpacing(2)
        column.addWidget(_label(f"{timetable.course_title(unmet.course)}  ·  rank {unmet.rank}", "lead"))
        reason = reasons.get((unmet.student, unmet.course)) if reasons is not None else None
        column.addWidget(_label(reason.text if reason is not None else ASKING if reasons is None else "", ""))
        if unmet.alternates:
            names = ", ".join(map(timetable.course_title, unmet.alternates))
            column.addWidget(_label(f"Would take instead: {names}", ""))
        if reason is not None and reason.kind is ReasonKind.MOVABLE and self.writable:
            row = QHBoxLayout()
            row.addWidget(self._move_button(unmet.student, reason))
            row.addStretch(1)
            column.addLayout(row)
        return card

    def _move_button(self, student: str, reason: Reason) -> QPushButton:
        button = QPushButton("Move the seats" if len(reason.sections) > 1 else "Give the seat")
        button.setToolTip("Does what the sentence says; undo takes it back")
        button.clicked.connect(lambda _=False: self.seats_wanted.emit(student, reason))
        return button


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("kind", kind)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
