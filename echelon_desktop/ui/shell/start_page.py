"""The page before any school is open: make a start, or go on with a recent one."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from echelon_desktop.ui.theme import SPACE, theme

WAYS = (
    ("import", "folder-input", "Import a folder", "Read your CSV or Excel files, see what was found, start."),
    ("sample", "sparkles", "Open the sample school", "A made-up school of 800 students to try things on."),
    ("open", "folder-open", "Open a school file", "Go on with an .echelon file."),
)
LINE_WIDTH = 680  # of a recent file; a long path would make the window wider than a screen


class StartPage(QWidget):
    """``chosen`` carries the id of an action; ``picked`` the path of a recent file."""

    chosen = Signal(str)
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        middle = QHBoxLayout()
        outer.addLayout(middle)
        outer.addStretch(3)
        middle.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(SPACE.s)
        middle.addLayout(column)
        middle.addStretch(1)
        hero = QLabel("Echelon Desktop")
        hero.setProperty("kind", "hero")
        column.addWidget(hero)
        lead = QLabel("From course requests to a master schedule, with proof of how good it is.")
        lead.setProperty("kind", "soft")
        column.addWidget(lead)
        column.addSpacing(SPACE.xl)
        cards = QHBoxLayout()
        cards.setSpacing(SPACE.l)
        self.cards: dict[str, _Card] = {}
        for action, icon, title, text in WAYS:
            card = _Card(icon, title, text)
            card.clicked.connect(lambda _=False, a=action: self.chosen.emit(a))
            self.cards[action] = card
            cards.addWidget(card)
        column.addLayout(cards)
        hint = QLabel("Or drop a folder, an Excel workbook or a school file anywhere on this window.")
        hint.setProperty("kind", "small")
        column.addSpacing(SPACE.s)
        column.addWidget(hint)
        column.addSpacing(SPACE.xl)
        self.recent_title = QLabel("Recent")
        self.recent_title.setProperty("kind", "lead")
        column.addWidget(self.recent_title)
        self.recent = QVBoxLayout()
        self.recent.setSpacing(2)
        column.addLayout(self.recent)
        row = QHBoxLayout()
        for action, words in (
            ("import-workbook", "Import an Excel workbook…"),
            ("restore", "Restore a backup…"),
        ):
            button = QPushButton(words)
            button.setProperty("kind", "quiet")
            button.clicked.connect(lambda _=False, a=action: self.chosen.emit(a))
            row.addWidget(button)
        row.addStretch(1)
        column.addSpacing(SPACE.m)
        column.addLayout(row)

    def show_recent(self, paths: list[Path]) -> None:
        """List files opened lately; those that are gone are shown but cannot be chosen."""
        while self.recent.count():
            item = self.recent.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()  # it goes only when the event loop is back
                widget.deleteLater()
        self.recent_title.setVisible(bool(paths))
        for path in paths:
            button = QToolButton()
            button.setProperty("kind", "quiet")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIcon(theme().icon("school"))
            button.setIconSize(QSize(18, 18))
            gone = not path.exists()
            line = f"{path.stem}    {path.parent}" + ("  (not found)" if gone else "")
            button.setText(button.fontMetrics().elidedText(line, Qt.TextElideMode.ElideMiddle, LINE_WIDTH))
            button.setAccessibleName(line)
            button.setToolTip(str(path))
            button.setEnabled(not gone)
            button.clicked.connect(lambda _=False, p=path: self.picked.emit(str(p)))
            self.recent.addWidget(button)


class _Card(QPushButton):
    """A large button with an icon, a title and a sentence."""

    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setFixedSize(236, 148)
        self.setAutoDefault(True)  # Return presses it, as it does a button of a dialog
        self._icon = icon
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        self._picture = QLabel()
        column.addWidget(self._picture)
        column.addSpacing(SPACE.s)
        head = QLabel(title)
        head.setProperty("kind", "lead")
        column.addWidget(head)
        words = QLabel(text)
        words.setProperty("kind", "soft")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addStretch(1)
        for child in self.findChildren(QFrame):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self._paint_icon)
        self._paint_icon()

    def _paint_icon(self) -> None:
        self._picture.setPixmap(theme().icon(self._icon, "accent", 28).pixmap(28, 28))
