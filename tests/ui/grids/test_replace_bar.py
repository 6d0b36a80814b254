"""Find and replace above a grid, in the real window, by its keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from echelon_desktop.ui.document import Document
from echelon_desktop.ui.grids import refused
from echelon_desktop.ui.grids.panel import SheetPanel
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.shell.window import MainWindow

Key = Qt.Key


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> SheetPanel:
    """The sections, with the teacher of the first (T1) as the current cell, and the bar open."""
    with qtbot.waitActive(window):
        window.activateWindow()
    page = window.show_page("data")
    assert page is not None
    page.take_to(Target("data", "sections", "S1", "teachers"))
    window.actions_["replace"].trigger()
    return page.panel  # type: ignore[attr-defined]


def teachers(document: Document) -> list[tuple[str, ...]]:
    return [section.teachers for section in document.school.sections.values()]


def put(field: QLineEdit, text: str, qtbot: QtBot) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_it_opens_with_the_current_cell_and_its_column(panel: SheetPanel) -> None:
    bar = panel.replace_bar
    assert bar.isVisible()
    assert bar.sought.hasFocus()
    assert (bar.sought.text(), bar.where.currentText()) == ("T1", "Teacher Assigned")
    assert bar.words.text().endswith("cell") or bar.words.text().endswith("cells")


def test_all_is_one_change_that_one_undo_takes_back(
    panel: SheetPanel, document: Document, window: MainWindow, qtbot: QtBot
) -> None:
    before, bar = teachers(document), panel.replace_bar
    assert any("T1" in each for each in before)
    put(bar.by, "T2", qtbot)
    bar.all.click()
    assert not any("T1" in each for each in teachers(document))
    assert panel.view.hasFocus()  # or Ctrl+Z would take back letters of a field
    window.actions_["undo"].trigger()
    assert teachers(document) == before


def test_enter_goes_from_one_cell_to_the_next_and_round(panel: SheetPanel, qtbot: QtBot) -> None:
    bar, view = panel.replace_bar, panel.view
    put(bar.sought, "BIO", qtbot)
    bar.where.setCurrentIndex(0)
    column = panel.model.column_of("course")
    lines = [n for n in range(panel.model.rowCount()) if panel.model.text(n, column) == "BIO"]
    assert len(lines) > 1
    walked = []
    for _ in range(len(lines) + 1):
        qtbot.keyClick(bar.sought, Key.Key_Return)
        walked.append((view.currentIndex().row(), view.currentIndex().column()))
    start = 0 if walked[0][0] == lines[0] else 1  # the cell below or right of the current one comes first
    assert walked == [(n, column) for n in (lines * 3)[start : start + len(lines) + 1]]
    qtbot.keyClick(bar.sought, Key.Key_Escape)
    assert not bar.isVisible()
    assert view.hasFocus()


def test_enter_in_the_second_field_replaces_here_alone(
    panel: SheetPanel, document: Document, qtbot: QtBot
) -> None:
    before, bar = teachers(document), panel.replace_bar
    put(bar.by, "T2", qtbot)
    qtbot.keyClick(bar.by, Key.Key_Return)
    after = teachers(document)
    assert [n for n, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [0]
    assert bar.by.hasFocus()


def test_what_a_cell_refuses_is_told_and_nothing_is_changed(
    panel: SheetPanel, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(refused, "tell", lambda *words: said.append("|".join(map(str, words[1:]))))
    before, bar = teachers(document), panel.replace_bar
    put(bar.by, "T9", qtbot)
    bar.all.click()
    assert teachers(document) == before
    assert "Replace was not done" in said[0]
    assert "There is no teacher 'T9'" in said[0]


def test_where_none_is_found_it_says_where_there_are(panel: SheetPanel, qtbot: QtBot) -> None:
    bar = panel.replace_bar
    put(bar.sought, "BIO", qtbot)
    qtbot.waitUntil(lambda: bar.words.text().startswith("No cell; "))
    assert bar.words.text().endswith("in other columns")
    assert not bar.all.isEnabled()
    put(bar.sought, "zebra", qtbot)
    qtbot.waitUntil(lambda: bar.words.text() == "No cell")


def test_only_the_rows_that_are_shown_are_looked_through(panel: SheetPanel, qtbot: QtBot) -> None:
    bar = panel.replace_bar
    panel.filter.setText("S1")
    panel._on_filter()
    assert panel.model.rowCount() < len(panel.model.rows)
    qtbot.waitUntil(lambda: bar.words.text() == "1 cell of the rows shown")
