"""The window without a pointer: where the keys go, and that they can always go on."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit
from echelon_desktop.model.edits import set_fields
from echelon_desktop.model.row_edits import write_rows
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.grids.page import COMMANDS, DataPage
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.shell.help import ShortcutsDialog
from echelon_desktop.ui.shell.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def active(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the keys."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def data(active: MainWindow) -> DataPage:
    page = active.show_page("data")
    assert isinstance(page, DataPage)
    return page


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_a_page_takes_the_keys_to_something_inside_it(active: MainWindow, page: str):
    shown = active.show_page(page)
    focus = QApplication.focusWidget()
    assert shown.isAncestorOf(focus)


def test_who_is_taken_to_a_student_has_the_keys_in_the_list_of_students(active: MainWindow, qtbot: QtBot):
    active.take_to(Target("schedule", "students", "P03"))
    tab = active.pages["schedule"].tab("students")
    qtbot.waitUntil(lambda: tab.selected == "P03")
    assert tab.table.hasFocus()


def test_ctrl_f_goes_to_the_filter_of_the_page(active: MainWindow, qtbot: QtBot):
    for page in ("data", "checks", "board", "schedule"):
        shown = active.show_page(page)
        press(qtbot, Qt.Key.Key_F, CONTROL)
        focus = QApplication.focusWidget()
        assert isinstance(focus, FilterField), page
        assert shown.isAncestorOf(focus)


def test_ctrl_f_where_there_is_no_filter_searches_everywhere(active: MainWindow, qtbot: QtBot):
    active.show_page("rules")
    press(qtbot, Qt.Key.Key_F, CONTROL)
    assert active.searching.isVisible()
    active.searching.close()


def test_a_filter_is_left_downward_and_emptied_by_escape(data: DataPage, qtbot: QtBot):
    data.filter_words()
    qtbot.keyClicks(data.panel.filter, "S3")
    press(qtbot, Qt.Key.Key_Down)
    assert data.panel.view.hasFocus()
    data.filter_words()
    press(qtbot, Qt.Key.Key_Escape)
    assert data.panel.filter.text() == ""


def test_undo_in_a_filter_is_the_schools_when_the_words_are_gone(data: DataPage, qtbot: QtBot):
    document = data.document
    document.apply(set_fields(document.dataset, "sections", "S1", seats=9))
    data.filter_words()
    qtbot.keyClicks(data.panel.filter, "S3")
    press(qtbot, Qt.Key.Key_Z, CONTROL)
    assert data.panel.filter.text() == ""
    assert document.school.sections["S1"].seats == 9
    qtbot.keyClicks(data.panel.filter, "S3")
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Z, CONTROL)
    assert document.school.sections["S1"].seats == 5
    press(qtbot, Qt.Key.Key_Y, CONTROL)
    assert document.school.sections["S1"].seats == 9


def test_ctrl_tab_leaves_a_grid_in_either_direction(data: DataPage, qtbot: QtBot):
    view = data.panel.view
    press(qtbot, Qt.Key.Key_Tab)
    assert view.hasFocus()
    assert view.currentIndex().column() == 1
    press(qtbot, Qt.Key.Key_Tab, CONTROL)
    assert not view.hasFocus()
    view.setFocus()
    press(qtbot, Qt.Key.Key_Backtab, CONTROL)
    assert not view.hasFocus()
    assert view.currentIndex().column() == 1


def test_tab_leaves_the_board(active: MainWindow, qtbot: QtBot):
    page = active.show_page("board")
    assert page.view.hasFocus()
    press(qtbot, Qt.Key.Key_Tab)
    assert not page.view.hasFocus()


def test_f6_goes_round_the_parts_of_the_window(active: MainWindow, qtbot: QtBot):
    page = active.show_page("board")
    press(qtbot, Qt.Key.Key_F6)
    assert active.sidebar.buttons["board"].hasFocus()
    press(qtbot, Qt.Key.Key_F6)
    assert active.top_bar.scenarios.hasFocus()
    press(qtbot, Qt.Key.Key_F6)
    assert page.isAncestorOf(QApplication.focusWidget())


def test_enter_presses_the_button_with_the_focus(active: MainWindow, qtbot: QtBot):
    page = active.show_page("rules")
    pressed = []
    for button in page.findChildren(QPushButton):
        if button.isVisible() and button.isEnabled() and button.menu() is None:
            button.clicked.disconnect()
            button.clicked.connect(lambda _=False, b=button: pressed.append(b))
            button.setFocus()
            press(qtbot, Qt.Key.Key_Return)
            assert pressed == [button]
            return
    raise AssertionError("There is no button to press.")


def test_after_a_deletion_the_next_row_is_the_current_one(data: DataPage, qtbot: QtBot):
    view, model = data.panel.view, data.panel.model
    view.choose(2, 1)
    after = model.row_id(3)
    # Nobody is asked about a row with which nothing else goes.
    data.document.apply(_unused_section(data))
    view.choose(model.rowCount() - 1, 1)
    before = model.row_id(model.rowCount() - 2)
    data.panel.commands.delete()
    assert data.panel.here() == (before, 1)
    assert model.place_of(after) == 3


def test_undo_of_an_added_row_leaves_the_keys_near_it(data: DataPage, active: MainWindow):
    data.document.apply(_unused_section(data))
    data.panel.view.choose(data.panel.model.rowCount() - 1, 2)
    active.actions_["undo"].trigger()
    assert data.panel.here() == (data.panel.model.row_id(data.panel.model.rowCount() - 1), 2)


def test_a_filter_given_up_for_a_new_row_is_seen_to_be_empty(data: DataPage, qtbot: QtBot):
    qtbot.keyClicks(data.panel.filter, "S3")
    data.panel._on_filter()
    heard = []
    data.panel.filter.textChanged.connect(heard.append)  # as does the button that empties it
    data.document.apply(_unused_section(data))
    data.panel.go_last("S9")
    assert heard == [""]
    assert data.panel.here()[0].key == "S9"


def test_the_list_of_keys_has_those_of_pages_and_tables(active: MainWindow, qtbot: QtBot):
    dialog = ShortcutsDialog(active.actions_, active)
    qtbot.addWidget(dialog)
    rows = range(dialog.table.rowCount())
    listed = {dialog.table.item(row, 0).text(): dialog.table.item(row, 1).text() for row in rows}
    data = active.show_page("data")
    for name, title, *_ in COMMANDS:
        assert listed[title] == data.commands[name].shortcut().toString()
    for spec in PAGES:
        assert listed[f"Page {spec.title}"] == active.sidebar.buttons[spec.id].shortcut().toString()
    assert listed["Pick up a card"] == "Space"


def test_no_menu_has_one_letter_for_two_things(active: MainWindow):
    active.show_page("schedule")
    for menu in active.findChildren(QMenu):
        letters = [a.text()[a.text().index("&") + 1].lower() for a in menu.actions() if "&" in a.text()]
        assert len(letters) == len(set(letters)), [a.text() for a in menu.actions()]


def test_ctrl_p_opens_what_can_be_printed(active: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    opened = []
    monkeypatch.setattr(
        "echelon_desktop.ui.schedule.print_menu.PrintButton.showMenu", lambda button: opened.append(button)
    )
    press(qtbot, Qt.Key.Key_P, CONTROL)
    assert len(opened) == 1
    assert active.stack.currentWidget() is active.pages["schedule"]


def _unused_section(data: DataPage) -> Edit:
    sheet = data.panel.sheet
    values = {"id": "S9", "course": "ENG", "seats": 5}
    return write_rows(data.document.dataset, sheet, {}, [values])
