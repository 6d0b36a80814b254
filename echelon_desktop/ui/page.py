"""What a page of the window is: one thing to do, made when first shown, told of every change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.entities import Key
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.theme import SPACE, theme

if TYPE_CHECKING:
    from echelon_desktop.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Target:
    """Somewhere to take the user: a page, and in it a record and a field of that record."""

    page: str
    table: str = ""
    key: Key = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page in the sidebar: its id, title, icon, group, tables it shows, and how it is made."""

    id: str
    title: str
    icon: str
    group: str
    make: Callable[["Workspace"], "Page"]
    tables: tuple[str, ...] = ()
    words: str = ""  # further words by which the search finds it


class Page(QWidget):
    """
    Base of the pages.

    A page reads from ``self.workspace.document`` (there is one as long as the page lives) and changes it only
    through :meth:`Document.apply`. The window calls :meth:`refresh` after each change while the page is
    visible, and once when it is shown after changes it has not seen; with None everything may have changed.
    """

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.workspace = workspace
        self.document = workspace.document

    def refresh(self, changes: Changes | None) -> None:
        """Show what the document holds now; ``changes`` says what an edit touched, None means all."""

    def show_scenario(self) -> None:
        """Another scenario is on the screen; by default everything is shown anew."""
        self.refresh(None)

    def take_to(self, target: Target) -> None:
        """Select the record that the target names and make it visible."""

    def search_items(self) -> list[tuple[str, str, Target]]:
        """What the search finds here beside records: (title, subtitle, target)."""
        return []

    def copy(self) -> bool:
        """Copy what is selected to the clipboard; False when the page has nothing to copy."""
        return False

    def begin(self) -> None:
        """Put the focus where one goes on: on what the page is mostly about."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def filter_words(self) -> bool:
        """Put the focus in the filter that is shown; False when there is none."""
        field = next((f for f in self.findChildren(FilterField) if f.isVisible()), None)
        if field is not None:
            field.begin()
        return field is not None

    def replace(self) -> None:
        """Open what finds and replaces, on a page of cells."""

    def hand_out(self) -> bool:
        """Open the menu of what can be printed; False when the page has nothing to print."""
        return False

    def shut(self) -> None:
        """The document is about to close: end timers and jobs."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button that has the focus with Enter, as in dialogs; Qt leaves that to Space."""
        button = self.focusWidget()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(button, QPushButton):
            button.showMenu() if button.menu() is not None else button.click()
        else:
            super().keyPressEvent(event)


def page_header(title: str, text: str = "", *actions: QWidget) -> QWidget:
    """The head of a page: its title, a line of explanation, and buttons at the right."""
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(SPACE.xl, SPACE.l, SPACE.xl, SPACE.m)
    row.setSpacing(SPACE.s)
    words = QVBoxLayout()
    words.setSpacing(2)
    label = QLabel(title)
    label.setProperty("kind", "title")
    words.addWidget(label)
    soft = QLabel(text)
    soft.setProperty("kind", "soft")
    soft.setWordWrap(True)
    words.addWidget(soft)
    if not text:  # to show it here would make a window of it, for it has no parent yet
        soft.hide()
    row.addLayout(words, 1)
    for action in actions:
        row.addWidget(action, 0, Qt.AlignmentFlag.AlignBottom)
    return head


def empty_state(
    icon: str, title: str, text: str, button: str = "", on_click: Callable[[], object] | None = None
) -> QWidget:
    """What an empty page shows: what belongs here, and the button that brings it."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(SPACE.xxl, SPACE.xxl, SPACE.xxl, SPACE.xxl)
    column.setSpacing(SPACE.m)
    column.addStretch(1)
    picture = QLabel()
    picture.setPixmap(theme().icon(icon, "text_faint", 48).pixmap(48, 48))
    picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column.addWidget(picture)
    for line, kind in ((title, "lead"), (text, "soft")):
        label = QLabel(line)
        label.setProperty("kind", kind)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        column.addWidget(label)
    if button:
        row = QHBoxLayout()
        push = QPushButton(button)
        push.setProperty("kind", "primary")
        push.setAutoDefault(True)  # Return presses it, as it does a button of a dialog
        if on_click is not None:
            push.clicked.connect(lambda _checked: on_click())
        row.addStretch(1)
        row.addWidget(push)
        row.addStretch(1)
        column.addLayout(row)
    column.addStretch(2)
    return widget
