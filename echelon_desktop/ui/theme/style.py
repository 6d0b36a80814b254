"""
The style sheet: only what Fusion and the palette cannot say.

Tables and lists are left alone, since a style sheet on them slows every cell and takes painting away from
delegates. Widgets opt in by an object name or by the property ``kind``.
"""

from pathlib import Path
from string import Template

from echelon_desktop.ui.theme.tokens import SPACE, TYPE, Tokens

CONTROLS = Path(__file__).resolve().parent.parent / "resources" / "controls"

_SHEET = Template("""
QPushButton, QToolButton[kind="button"] {
    background: $surface; color: $text; border: 1px solid $line_strong; border-radius: 6px;
    padding: 5px 14px; min-height: 18px;
}
QPushButton:hover, QToolButton[kind="button"]:hover { background: $sunken; }
QPushButton:pressed, QToolButton[kind="button"]:pressed { background: $line; }
QPushButton:focus, QToolButton[kind="button"]:focus {
    border: 2px solid $accent; padding: 4px 13px; outline: none;
}
QPushButton:disabled, QToolButton[kind="button"]:disabled { color: $text_faint; border-color: $line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton[kind="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[kind="primary"]:hover { background: $on_accent_soft; color: $accent_soft; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $line; color: $text_faint; border-color: $line; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 8px;
}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $sunken; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {
    border: 2px solid $accent; padding: 3px 7px;
}
QPushButton[kind="quiet"]:checked, QToolButton[kind="quiet"]:checked {
    background: $accent_soft; color: $on_accent_soft;
}
QToolButton[kind="quiet"]::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit {
    background: $surface; color: $text; border: 1px solid $line_strong; border-radius: 6px; padding: 4px 8px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid $accent; padding: 3px 7px;
}
QLineEdit[kind="bad"], QLineEdit[kind="bad"]:focus {
    border: 2px solid $bad; padding: 3px 7px; background: $bad_soft;
}
QAbstractItemView QLineEdit { border-radius: 0; padding: 0 4px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    border: none; padding: 0 0 0 6px; background: transparent;
}
QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; border: 1px solid $line_strong; border-radius: 6px;
    padding: 2px 4px 2px 8px; min-height: 22px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QAbstractSpinBox:focus { border: 2px solid $accent; padding: 1px 3px 1px 7px; }
/* A padding here would be the list's too, which then has no room for its last line. */
QComboBox:focus { border: 2px solid $accent; min-height: 20px; }
QComboBox:disabled, QAbstractSpinBox:disabled { color: $text_faint; border-color: $line; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($controls/down-$name.svg); width: 14px; height: 14px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $sunken; }
QAbstractSpinBox::up-arrow { image: url($controls/up-$name.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url($controls/down-$name.svg); width: 12px; height: 12px; }
QCheckBox::indicator {
    width: 15px; height: 15px; background: $surface; border: 1px solid $line_strong; border-radius: 4px;
}
QCheckBox::indicator:focus { border: 2px solid $accent; width: 13px; height: 13px; }
QCheckBox::indicator:checked {
    background: $accent; border-color: $accent; image: url($controls/check-$name.svg);
}
QCheckBox::indicator:disabled { background: $sunken; border-color: $line; }

QFrame[kind="card"] { background: $surface; border: 1px solid $line; border-radius: 10px; }
QFrame[kind="well"] { background: $sunken; border: none; border-radius: 8px; }
QFrame[kind="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="good"] { background: $good_soft; border: none; border-radius: 8px; }
QFrame[kind="doubt"] { background: $doubt_soft; border: none; border-radius: 8px; }
QFrame[kind="bad"] { background: $bad_soft; border: none; border-radius: 8px; }
QFrame[kind="note"] { background: $note_soft; border: none; border-radius: 8px; }
QFrame[kind="good"] QLabel { color: $good; }
QFrame[kind="doubt"] QLabel { color: $doubt; }
QFrame[kind="bad"] QLabel { color: $bad; }
QFrame[kind="note"] QLabel { color: $note; }

QLabel[kind="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[kind="hero"] { font-size: ${hero}pt; font-weight: 600; }
QLabel[kind="lead"] { font-size: ${lead}pt; font-weight: 500; }
QLabel[kind="soft"] { color: $text_soft; }
QLabel[kind="small"] { color: $text_soft; font-size: ${small}pt; }
QLabel[kind="good"] { color: $good; }
QLabel[kind="doubt"] { color: $doubt; }
QLabel[kind="bad"] { color: $bad; }

#sidebar { background: $surface; border-right: 1px solid $line; }
#popup { background: $raised; border: 1px solid $line_strong; }
#topbar { background: $surface; border-bottom: 1px solid $line; }
#sidebar QToolButton {
    border: 1px solid transparent; border-radius: 8px; padding: 7px 10px; color: $text_soft; text-align: left;
    font-weight: 500;
}
#sidebar QToolButton:hover { background: $sunken; color: $text; }
#sidebar QToolButton:checked { background: $accent_soft; color: $on_accent_soft; }
#sidebar QToolButton:focus { border: 2px solid $accent; padding: 6px 9px; }

QMenu { background: $raised; border: 1px solid $line_strong; padding: ${xs}px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $on_accent_soft; }
QMenu::item:disabled { color: $text_faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong; padding: 5px; }
QStatusBar { background: $surface; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QHeaderView { background: $sunken; }
QHeaderView::section {
    background: $sunken; color: $text_soft; border: none; border-right: 1px solid $line;
    border-bottom: 1px solid $line; padding: 5px 8px; font-weight: 600;
}
QHeaderView::section:vertical { font-weight: 400; }
QTableCornerButton::section { background: $sunken; border: none; }
QSplitter::handle { background: $line; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[kind="canvas"] { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $line_strong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTabBar::tab {
    padding: 7px 14px; color: $text_soft; border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $on_accent_soft; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { background: $accent_soft; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QProgressBar {
    background: $sunken; color: transparent; border: none; border-radius: 4px; height: 8px;
}
QProgressBar::chunk { background: $accent; border-radius: 4px; }
""")


def style_sheet(tokens: Tokens, body_points: float) -> str:
    """The style sheet in the colours of ``tokens``; sizes follow the user's size of text (points)."""
    values: dict[str, object] = {name: getattr(tokens, name) for name in tokens.__slots__}
    values |= {name: round(body_points + getattr(TYPE, name), 1) for name in TYPE.__slots__}
    values |= {name: getattr(SPACE, name) for name in SPACE.__slots__}
    values["controls"] = CONTROLS.as_posix()
    return _SHEET.substitute(values)
