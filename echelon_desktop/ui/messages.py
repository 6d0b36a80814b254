"""Telling the user: errors one can act on as a dialog in plain words, everything else as a bug report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QMessageBox, QWidget

from echelon_desktop.errors import EchelonError


def tell(parent: QWidget | None, title: str, text: str, more: str = "") -> None:
    """Show an error that the user can act on."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.Ok, parent)
    if more:
        box.setInformativeText(more)
    box.exec()
    box.deleteLater()  # or it would live as long as its parent


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    yes: str,
    more: str = "",
    danger: bool = False,
    no: str = "Cancel",
    no_by_esc: bool = True,
) -> bool:
    """
    Ask before something that matters; the safe answer is the default when there is ``danger``.

    ``no_by_esc`` is False where the "no" destroys: Esc and the closing of the dialog then are a "yes".
    """
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    if more:
        box.setInformativeText(more)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    cancel.setText(no)
    box.setDefaultButton(cancel if danger else accept)
    box.setEscapeButton(cancel if no_by_esc else accept)
    box.exec()
    agreed = box.clickedButton() is accept
    box.deleteLater()
    return agreed


def choose(
    parent: QWidget | None, title: str, text: str, safe: str, destructive: str, more: str = ""
) -> str | None:
    """Let the user choose between what is safe (the default) and what destroys; None: neither of them."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    if more:
        box.setInformativeText(more)
    box.setDefaultButton(box.addButton(safe, QMessageBox.ButtonRole.AcceptRole))
    box.addButton(destructive, QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    chosen = None if clicked is None or clicked is cancel else clicked.text()
    box.deleteLater()
    return chosen


@contextmanager
def told(parent: QWidget | None, title: str, after: Callable[[], object] | None = None) -> Iterator[None]:
    """
    Show the errors that a user can act on and go on; let bugs through.

    Parameters
    ----------
    parent
        Window the dialog belongs to.
    title
        What was tried ("The change was not made").
    after
        Called after the dialog, to show again what is still true.
    """
    try:
        yield
    except EchelonError as error:
        tell(parent, title, str(error))
        if after is not None:
            after()
