"""A box for a number."""

from PySide6.QtWidgets import QSpinBox

from echelon_desktop.ui.theme import SPACE


class NumberBox(QSpinBox):
    """A spin box whose text keeps off its left edge, where Qt passes over the padding of the style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(SPACE.s, 0, 0, 0)
