"""The list of pages at the left, with the worst finding beside "Checks"."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from echelon_desktop.ui.page import PageSpec
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.theme import SPACE, theme

WIDTH = 176
ICON = 18
LIGHTS = {"good": "circle-check", "doubt": "triangle-alert", "bad": "circle-x"}


class Sidebar(QFrame):
    """One button a page; ``chosen`` carries the page's id."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, QToolButton] = {}
        self._lights: dict[str, str] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.m, SPACE.l, SPACE.m, SPACE.m)
        column.setSpacing(SPACE.xs)
        group = ""
        for number, spec in enumerate(PAGES, 1):
            if spec.group != group:
                group = spec.group
                column.addSpacing(SPACE.s if number > 1 else 0)
                label = QLabel(group)
                label.setProperty("kind", "small")
                label.setContentsMargins(SPACE.s + 2, 0, 0, 2)
                column.addWidget(label)
            column.addWidget(self._button(spec, number))
        column.addStretch(1)
        theme().changed.connect(self.paint)
        self.paint()

    def _button(self, spec: PageSpec, number: int) -> QToolButton:
        button = QToolButton()
        button.setText(spec.title)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setShortcut(f"Ctrl+{number}")
        button.setToolTip(f"{spec.title} (Ctrl+{number})")
        button.setAccessibleName(spec.title)
        button.clicked.connect(lambda: self.chosen.emit(spec.id))
        self._group.addButton(button)
        self.buttons[spec.id] = button
        return button

    def choose(self, page: str) -> None:
        """Mark a page as the one shown."""
        self.buttons[page].setChecked(True)
        self.paint()

    def begin(self) -> None:
        """Put the focus on the page that is shown."""
        button = self._group.checkedButton() or next(iter(self.buttons.values()))
        button.setFocus(Qt.FocusReason.TabFocusReason)

    def set_light(self, page: str, light: str, words: str) -> None:
        """Show "good", "doubt", "bad" (or nothing) for a page, with what it means."""
        self._lights[page] = light
        spec = next(spec for spec in PAGES if spec.id == page)
        keys = self.buttons[page].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.buttons[page].setToolTip(f"{spec.title} ({keys}){': ' + words if words else ''}")
        self.buttons[page].setAccessibleDescription(words)
        self.paint()

    def paint(self) -> None:
        """Draw the icons in the present colours."""
        for spec in PAGES:
            light = self._lights.get(spec.id, "")
            button = self.buttons[spec.id]
            color = light or ("on_accent_soft" if button.isChecked() else "text_soft")
            theme().put_icon(button, LIGHTS.get(light, spec.icon), color, ICON)
