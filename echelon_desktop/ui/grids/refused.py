"""Tells which cells refused what was to be written into them."""

from PySide6.QtWidgets import QWidget

from echelon_desktop.model.pasting import Pasted, Refusal
from echelon_desktop.ui.messages import tell

MOST_TOLD = 10  # refused cells listed in a message


def tell_refused(parent: QWidget, title: str, pasted: Pasted) -> None:
    """Say that nothing was written, and why, cell by cell; ``title`` is what the user did ("Paste")."""
    lines = [_in_words(refusal) for refusal in pasted.refusals[:MOST_TOLD]]
    more = len(pasted.refusals) - MOST_TOLD
    if more > 0:
        lines.append(f"… and {more:,} more.")
    number = len(pasted.refusals)
    text = f"{number:,} cell{' was' if number == 1 else 's were'} refused, so nothing was changed."
    tell(parent, f"{title} was not done", text, "\n".join(lines))


def _in_words(refusal: Refusal) -> str:
    place = ", ".join([f"Line {refusal.line}", *([refusal.column] if refusal.column else [])])
    return f"{place}: {refusal.why}" if refusal.line else refusal.why
