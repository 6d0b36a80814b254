"""Locks many sections at once: all that the board shows, as its filters leave them."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QPushButton

from echelon_desktop.ui.board.cards import TRAY
from echelon_desktop.ui.board.model import BoardModel
from echelon_desktop.ui.theme import theme


class LockMenu(QPushButton):
    """
    A button with what can be locked and unlocked of the sections that are shown.

    Parameters
    ----------
    model
        The board.
    lock
        Called with sections, and whether they are to be locked.
    """

    def __init__(self, model: BoardModel, lock: Callable[[tuple[str, ...], bool], None]) -> None:
        super().__init__("Lock")
        self.model, self._lock = model, lock
        self.setToolTip("Lock or unlock all sections that are shown; locked ones stay in every solve")
        self.menu_of_locks = QMenu(self)
        self.menu_of_locks.aboutToShow.connect(self._fill)
        self.setMenu(self.menu_of_locks)
        theme().changed.connect(self._paint)
        self._paint()

    def _fill(self) -> None:
        self.menu_of_locks.clear()
        filtered = self.model.rowCount() < len(self.model.board.rows)
        which = "shown" if filtered else "on the board"
        for locked, verb in ((True, "Lock"), (False, "Unlock")):
            sections = self._sections(not locked)
            action = self.menu_of_locks.addAction(f"{verb} all {which} ({len(sections):,})")
            action.setEnabled(bool(sections))
            action.triggered.connect(lambda _=False, s=sections, to=locked: self._lock(s, to))

    def _sections(self, locked: bool) -> tuple[str, ...]:
        """The sections shown that have a place and are locked, or are not."""
        found = (
            card.section
            for row in range(self.model.rowCount())
            for column in range(self.model.columnCount())
            if column != TRAY
            for card in self.model.cards(self.model.index(row, column))
            if card.locked == locked
        )
        return tuple(dict.fromkeys(found))  # a section of two teachers has a card with each

    def _paint(self) -> None:
        theme().put_icon(self, "lock")
