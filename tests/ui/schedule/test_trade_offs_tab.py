"""Trade-offs in the window: looked for when asked, kept as a scenario, gone with the schedule they are of."""

import os
import signal
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.schedule.trade_offs import TradeOffsTab
from echelon_desktop.ui.workspace import Workspace

ENGINE_MS = 90_000


@pytest.fixture
def tab(workspace: Workspace, qtbot: QtBot) -> TradeOffsTab:
    """The tab; English has nobody in one section and six in the other, and could have three in each."""
    page = SchedulePage(workspace)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    workspace.document.changed.connect(page.refresh)
    workspace.document.scenario_changed.connect(lambda _scenario: page.refresh(None))
    page.show_tab("trade-offs")
    made = page.tab("trade-offs")
    assert isinstance(made, TradeOffsTab)
    qtbot.waitUntil(lambda: len(made.model.rows) == 1)  # the schedule on the screen
    return made


def look(tab: TradeOffsTab, qtbot: QtBot) -> None:
    """Look, until nothing more is to come."""
    tab.look.click()
    assert tab.look.text() == "Stop looking"
    qtbot.waitUntil(lambda: tab.trader.looked, timeout=ENGINE_MS)


def test_what_is_found_can_be_kept_as_a_scenario(tab: TradeOffsTab, workspace: Workspace, qtbot: QtBot):
    document = workspace.document
    here = tab.model.rows[0]
    assert (here.words, here.unmet, here.spread) == ("The schedule on the screen", 0, 6)
    assert not tab.keep.isEnabled()
    look(tab, qtbot)
    found = tab.model.rows[1]
    assert (found.words, found.spread) == ("As many requests met, size spread 6 less", 0)
    assert tab.note.text() == "1 trade-off found."
    tab.table.choose(1)
    tab.keep.click()
    qtbot.waitUntil(lambda: document.scenario != "1")
    name = document.dataset.scenarios[document.scenario].name
    assert name == "Draft, 0 unmet, spread 0"
    verdict = verify(document.school, document.rules, document.schedule())
    assert verdict.ok
    assert (verdict.counts.unmet, verdict.counts.size_spread) == (0, 0)
    assert document.dataset.schedule("1").seatings["P01"].seats[1].section == "S4"  # as it was
    assert document.undo() == f"New scenario {name}"
    assert document.scenario == "1"


def test_another_state_of_the_schedule_is_looked_at_anew(
    tab: TradeOffsTab, workspace: Workspace, qtbot: QtBot
):
    look(tab, qtbot)
    assert len(tab.model.rows) == 2
    document = workspace.document
    alone = replace(document.dataset.seatings["1", "P08"], seats=())
    document.apply(Edit("Leave seats", (RowChange("seatings", ("1", "P08"), alone),)))
    qtbot.waitUntil(lambda: len(tab.model.rows) == 1 and tab.judge.is_current)
    assert tab.note.text() == ""
    assert tab.look.text() == "Look for trade-offs"


def test_an_engine_that_dies_is_told_and_another_one_answers(
    tab: TradeOffsTab, workspace: Workspace, qtbot: QtBot
):
    engine = workspace.engine
    with qtbot.waitSignal(engine.state_changed, timeout=ENGINE_MS):
        tab.look.click()  # the question waits for the engine, which is starting
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGTERM)
    qtbot.waitUntil(lambda: "Look again" in tab.note.text(), timeout=ENGINE_MS)
    look(tab, qtbot)
    assert len(tab.model.rows) == 2


def test_looking_can_be_stopped(tab: TradeOffsTab, qtbot: QtBot):
    tab.look.click()
    tab.look.click()
    assert (tab.look.text(), tab.trader.looked) == ("Look for trade-offs", True)
    look(tab, qtbot)  # and begun again
    assert len(tab.model.rows) == 2


def test_where_there_are_none_that_is_said(tab: TradeOffsTab, workspace: Workspace, qtbot: QtBot):
    document = workspace.document
    rows = []
    for student in ("P01", "P03", "P05"):
        seating = document.dataset.seatings["1", student]
        seats = tuple(replace(x, section="S3") if x.section == "S4" else x for x in seating.seats)
        rows.append(RowChange("seatings", ("1", student), replace(seating, seats=seats)))
    document.apply(Edit("Even out", tuple(rows)))
    qtbot.waitUntil(lambda: bool(tab.model.rows) and tab.model.rows[0].spread == 0)
    look(tab, qtbot)
    assert tab.note.text().startswith("No single section put elsewhere")


def test_broken_rules_come_first(tab: TradeOffsTab, workspace: Workspace, qtbot: QtBot):
    document = workspace.document
    away = replace(document.dataset.placements["1", "S6"], periods=("R1",))  # its teacher is not there
    document.apply(Edit("Move", (RowChange("placements", ("1", "S6"), away),)))
    qtbot.waitUntil(lambda: not tab.look.isEnabled() and "Mend that first" in tab.note.text())
