"""Colours, type, spacing and icons: one set of tokens, from which everything on screen is painted."""

from echelon_desktop.ui.theme.icons import icon
from echelon_desktop.ui.theme.theme import Theme, soften_choice, theme
from echelon_desktop.ui.theme.tokens import DARK, LIGHT, SPACE, TYPE, Tokens

__all__ = ["DARK", "LIGHT", "SPACE", "TYPE", "Theme", "Tokens", "icon", "soften_choice", "theme"]
