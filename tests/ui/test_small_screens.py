"""The window on a screen of 960 by 580 points, as 150 % leaves them on one of 1440 by 900."""

import pytest
from PySide6.QtCore import QRect, QSize
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import lock_sections, set_fields
from echelon_desktop.model.entities import Period
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.remote.dialog import RemoteDialog
from echelon_desktop.ui.schedule.page import TABS, SchedulePage
from echelon_desktop.ui.shell.help import ShortcutsDialog
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.solve.form import OTHER
from echelon_desktop.ui.solve.page import SolvePage

SCREEN = QSize(960, 580)


def fits(window: MainWindow) -> bool:
    """Whether what the window shows leaves it as small as the screen."""
    return window.minimumSizeHint().boundedTo(SCREEN) == window.minimumSizeHint()


@pytest.fixture
def broken(document: Document) -> Document:
    """Days of eight periods, locked sections, a broken hard rule."""
    rows = [RowChange("periods", f"R{n}", Period(f"R{n}", str(n + 2), "R", n)) for n in range(3, 9)]
    document.apply(Edit("Long days", tuple(rows)))
    document.apply(lock_sections(document.dataset, "1", ("S1", "S2"), True))
    document.apply(set_fields(document.dataset, "placements", ("1", "S5"), periods=("R1",)))  # T3 is away
    return document


def test_every_page_fits(broken: Document, window: MainWindow, qtbot: QtBot) -> None:
    for spec in PAGES:
        page = window.show_page(spec.id)
        if isinstance(page, SolvePage):
            page.form.time.setCurrentIndex(page.form.time.findText(OTHER))
            assert page.form.seconds.isVisible()
            assert page.form.locks.isVisible()
            assert fits(window), f"{spec.id}: {window.minimumSizeHint()}"
            page.form.machines.show(True)  # all there is to ask for, here and on AWS
        if isinstance(page, SchedulePage):
            qtbot.waitUntil(lambda shown=page: shown.judge.verdict is not None)
            page.summary.toggle.click()
            assert page.summary.list.isVisible()
            for name, _, _ in TABS:
                page.show_tab(name)
                assert fits(window), f"tab {name}: {window.minimumSizeHint()}"
        assert fits(window), f"page {spec.id}: {window.minimumSizeHint()}"


def test_the_verdict_stands_beside_the_figures_only_where_there_is_room(
    broken: Document, window: MainWindow, qtbot: QtBot
) -> None:
    page = window.show_page("schedule")
    assert isinstance(page, SchedulePage)
    qtbot.waitUntil(lambda: page.judge.verdict is not None)
    summary = page.summary
    for name in ("met", "whole"):
        summary.figures[name].setText("25,113 of 25,113")
    window.resize(1500, 800)
    qtbot.waitUntil(lambda: summary.strip.isAncestorOf(summary.verdict))
    window.resize(SCREEN)
    assert window.size() == SCREEN
    qtbot.waitUntil(lambda: not summary.strip.isAncestorOf(summary.verdict))
    qtbot.waitUntil(summary.verdict_text.isVisible)
    assert summary.verdict_text.width() >= summary.verdict_text.sizeHint().width()


def test_a_week_is_whole_where_there_is_room(broken: Document, window: MainWindow, qtbot: QtBot) -> None:
    page = window.show_page("schedule")
    assert isinstance(page, SchedulePage)
    qtbot.waitUntil(lambda: page.judge.verdict is not None)
    window.resize(1200, 1000)
    week = page.tab("teachers").pane.week
    page.show_tab("teachers")
    last = week.model().index(week.model().rowCount() - 1, 0)
    qtbot.waitUntil(lambda: week.viewport().rect().contains(week.visualRect(last)))
    assert week.model().rowCount() == 8


def test_dialogs_come_up_within_the_screen(
    window: MainWindow, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen:
        def availableGeometry(self) -> QRect:
            return QRect(0, 0, 960, 600)

    monkeypatch.setattr(MainWindow, "screen", lambda _window: Screen())
    for dialog in (RemoteDialog(window.desk, window), ShortcutsDialog(window.actions_, window)):
        qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.width() <= 950
        assert dialog.height() <= 560  # and the bar of its title
