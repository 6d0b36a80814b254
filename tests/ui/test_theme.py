"""The tokens: text can be read on what it stands on, in light and in dark; icons exist."""

import re
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from echelon_desktop.ui.actions import ACTIONS
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.theme import DARK, LIGHT, Tokens, theme
from echelon_desktop.ui.theme.icons import FOLDER, icon
from echelon_desktop.ui.theme.style import style_sheet

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
VISIBLE = 3.0  # criterion 1.4.11, for the edges of controls and signs

PAIRS = [
    ("text", "window"),
    ("text", "surface"),
    ("text", "raised"),
    ("text", "sunken"),
    ("text_soft", "window"),
    ("text_soft", "surface"),
    ("text_soft", "sunken"),
    ("on_accent", "accent"),
    ("on_accent_soft", "accent_soft"),
    ("good", "good_soft"),
    ("doubt", "doubt_soft"),
    ("bad", "bad_soft"),
    ("note", "note_soft"),
    ("good", "surface"),
    ("doubt", "surface"),
    ("bad", "surface"),
]


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""

    def luminance(color: QColor) -> float:
        parts = [color.redF(), color.greenF(), color.blueF()]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(QColor(a)), luminance(QColor(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("ink, ground", PAIRS)
def test_text_can_be_read(tokens: Tokens, ink: str, ground: str):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= READABLE


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_days_can_be_read_and_focus_be_seen(tokens: Tokens):
    assert all(contrast(surface, ink) >= READABLE for surface, ink in tokens.day)
    assert contrast(tokens.accent, tokens.surface) >= VISIBLE


def test_light_and_dark_have_the_same_tokens():
    for field in fields(Tokens):
        a, b = getattr(LIGHT, field.name), getattr(DARK, field.name)
        assert type(a) is type(b)
        assert field.name == "name" or not isinstance(a, tuple) or len(a) == len(b)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_style_sheet_takes_every_colour_from_the_tokens(tokens: Tokens):
    sheet = style_sheet(tokens, 10.0)
    assert "$" not in sheet
    colors = {value for f in fields(Tokens) if isinstance(value := getattr(tokens, f.name), str)}
    assert set(re.findall(r"#[0-9a-f]{6}\b", sheet)) <= colors


def test_every_icon_named_is_there(qapp):
    for name in {spec.icon for spec in (*ACTIONS, *PAGES)} - {""}:
        assert (FOLDER / f"{name}.svg").is_file(), name
    assert not icon("play", "#000000").isNull()


def test_changing_the_appearance_tells_those_who_paint(qapp, qtbot):
    with qtbot.waitSignal(theme().changed):
        theme().choose("dark")
    assert theme().tokens is DARK
    assert qapp.palette().window().color() == QColor(DARK.window)
    theme().choose("light")


def test_the_list_of_a_box_with_the_focus_has_room_for_all_its_lines(qtbot: QtBot):
    box = QComboBox()
    qtbot.addWidget(box)
    box.setStyleSheet(style_sheet(LIGHT, 9.0))
    box.addItems(["here", "there", "elsewhere"])
    with qtbot.waitExposed(box):
        box.show()
    box.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    assert box.view().viewport().height() >= sum(box.view().sizeHintForRow(row) for row in range(3))
    box.hidePopup()
