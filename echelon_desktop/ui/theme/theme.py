"""The present appearance: palette, font and style sheet made of the tokens, and the switch between them."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPixmapCache
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication

from echelon_desktop.ui.theme.icons import icon
from echelon_desktop.ui.theme.style import style_sheet
from echelon_desktop.ui.theme.tokens import DARK, LIGHT, SPACE, TYPE, Tokens

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FAMILY = "Inter"
CHOICES = ("system", "light", "dark")


class Theme(QObject):
    """
    The appearance of the application; ``changed`` is emitted after everything is repainted in new colours.

    There is one, :func:`theme`.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = LIGHT
        self.choice = "system"
        self._shown: Tokens | None = None
        self._body_points = 10.0

    def install(self, app: QApplication, choice: str = "system") -> None:
        """Give the application its style, font and colours; follows the system's appearance if told so."""
        app.setStyle("Fusion")
        self._body_points = max(9.0, app.font().pointSizeF())
        for file in sorted(FONTS.glob("*.otf")):
            QFontDatabase.addApplicationFont(str(file))
        app.setFont(self.font())
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Take "light", "dark" or "system" as the appearance."""
        self.choice = choice if choice in CHOICES else "system"
        dark = self.choice == "dark" or (self.choice == "system" and _system_is_dark())
        self.tokens = DARK if dark else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            if self._shown is self.tokens:
                return  # every widget would be styled anew, for nothing
            self._shown = self.tokens
            QPixmapCache.clear()
            app.setPalette(self.palette())
            app.setStyleSheet(style_sheet(self.tokens, self._body_points))
        self.changed.emit()

    def font(self, size: float = TYPE.body, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The bundled font at a step of the type scale, with figures of equal width."""
        font = QFont(FAMILY)
        font.setPointSizeF(self._body_points + size)
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, color: str = "text_soft", size: int = 0, gap: int = 0) -> QIcon:
        """A bundled icon in the colour of a token."""
        return icon(name, getattr(self.tokens, color), self.tokens.text_faint, size, gap)

    def put_icon(self, button: QAbstractButton, name: str, color: str = "text_soft", size: int = 16) -> None:
        """Put an icon before the words of a button, a little apart from them: Qt lets them almost touch."""
        button.setIcon(self.icon(name, color, size, SPACE.xs))
        button.setIconSize(QSize(size + SPACE.xs, size))

    def color(self, token: str) -> QColor:
        """A token's colour, as an object that is made once."""
        return _color(getattr(self.tokens, token))

    def palette(self) -> QPalette:
        """The tokens as Qt's own roles, so that standard widgets need no style sheet."""
        t = self.tokens
        palette = QPalette()
        role = QPalette.ColorRole
        for name, value in (
            (role.Window, t.window),
            (role.WindowText, t.text),
            (role.Base, t.surface),
            (role.AlternateBase, t.sunken),
            (role.Text, t.text),
            (role.PlaceholderText, t.text_soft),
            (role.Button, t.surface),
            (role.ButtonText, t.text),
            (role.BrightText, t.on_accent),
            (role.ToolTipBase, t.raised),
            (role.ToolTipText, t.text),
            (role.Highlight, t.accent),
            (role.HighlightedText, t.on_accent),
            (role.Accent, t.accent),
            (role.Link, t.accent),
            (role.LinkVisited, t.accent),
            (role.Light, t.surface),
            (role.Midlight, t.line),
            (role.Mid, t.line_strong),
            (role.Dark, t.line_strong),
            (role.Shadow, t.line_strong),
        ):
            palette.setColor(name, QColor(value))
        for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(t.text_faint))
        palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(t.line_strong))
        return palette

    def _on_system_changed(self) -> None:
        if self.choice == "system":
            self.choose("system")


@lru_cache(maxsize=1)
def theme() -> Theme:
    """The application's one theme."""
    return Theme()


class _Softener(QObject):
    """Keeps a view's palette: a view that gets another parent loses it to the style sheet."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)
        theme().changed.connect(self.paint)
        self.paint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.paint()
        return False

    def paint(self) -> None:
        palette = theme().palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme().color("accent_soft"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme().color("on_accent_soft"))
        self._view.setPalette(palette)


def soften_choice(view: QAbstractItemView) -> None:
    """Let a view mark what is chosen by the pale accent, on which signs keep their colours."""
    _Softener(view)


@lru_cache(maxsize=256)
def _color(value: str) -> QColor:
    return QColor(value)


def _system_is_dark() -> bool:
    hints = QApplication.styleHints()
    return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
