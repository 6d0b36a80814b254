"""The unmet requests of a student, each with its reason and what would do instead."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from echelon_desktop.solver.explain import Reason, ReasonKind
from echelon_desktop.ui.schedule.tab import Reasons
from echelon_desktop.ui.schedule.timetable import Timetable, Unmet
from echelon_desktop.ui.theme import SPACE

ASKING = "Finding out why…"
# Where a section named in a reason is shown: on the board what moving it would cost, in the data its seats.
PLACES = {
    ReasonKind.PERIOD_CONFLICT: ("board", "on the board", "The board says what each period would cost"),
    ReasonKind.SEATS_FULL: ("data", "in Data", "A number of seats can be changed there"),
    ReasonKind.SPED_LIMIT: ("data", "in Data", "A SPED limit can be changed there"),
}
MOST_SHOWN = 3


class UnmetCards(QScrollArea):
    """
    A card for each unmet request.

    ``seats_wanted`` carries a student and the :class:`Reason` whose moves of seats are to be made; ``leave``
    asks for a record on another page: page, table and key.
    """

    seats_wanted = Signal(str, object)
    leave = Signal(str, str, str)

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
        buttons = self._buttons(timetable, unmet, reason) if reason is not None else []
        if buttons:
            row = QHBoxLayout()
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            column.addLayout(row)
        return card

    def _buttons(self, timetable: Timetable, unmet: Unmet, reason: Reason) -> list[QPushButton]:
        """What leads to a remedy, or is one."""
        if reason.kind is ReasonKind.MOVABLE:
            return [self._move_button(unmet.student, reason)] if self.writable else []
        if reason.kind not in PLACES:
            return []
        page, where, tip = PLACES[reason.kind]
        sections = reason.sections
        if reason.kind is ReasonKind.PERIOD_CONFLICT:  # the courses in the way are named, too
            wanted = {unmet.course, *unmet.alternates}
            meetings = timetable.meetings
            sections = tuple(s for s in sections if s in meetings and meetings[s].course in wanted)
        return [self._section_button(section, page, where, tip) for section in sections[:MOST_SHOWN]]

    def _section_button(self, section: str, page: str, where: str, tip: str) -> QPushButton:
        button = QPushButton(f"Show {section} {where}")
        button.setToolTip(tip)
        button.clicked.connect(lambda _=False: self.leave.emit(page, "sections", section))
        return button

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
