"""One more section: what it would do stands beside each course with unmet requests, once the engine is up."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.workspace import Workspace

ENGINE_MS = 60_000


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> SchedulePage:
    made = SchedulePage(workspace)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    workspace.document.changed.connect(made.refresh)
    return made


def said(page: SchedulePage) -> dict[str, str]:
    """What stands in the column, by course."""
    model = page.tab("unmet").courses
    return {line.title: line.one_more.words if line.one_more else "" for line in model.rows}


def leave_seats(page: SchedulePage, section: str, *students: str) -> None:
    """Take the seats of some students in a section, as an edit."""
    document = page.document
    changes = []
    for student in students:
        seating = document.dataset.seatings["1", student]
        kept = tuple(seat for seat in seating.seats if seat.section != section)
        changes.append(RowChange("seatings", ("1", student), replace(seating, seats=kept)))
    document.apply(Edit("Leave seats", tuple(changes)))


def test_it_is_told_beside_the_course_and_follows_the_schedule(page: SchedulePage, qtbot: QtBot):
    document = page.document
    band = document.school.sections["S6"]
    document.apply(Edit("Fewer seats", (RowChange("sections", "S6", replace(band, seats=6)),)))
    leave_seats(page, "S6", "P01", "P02")
    page.show_tab("unmet")
    qtbot.waitUntil(lambda: "Band" in said(page))
    assert said(page)["Band"] == ""  # nothing is asked before the engine is up
    page.workspace.engine.start()
    qtbot.waitUntil(lambda: said(page)["Band"] != "", timeout=ENGINE_MS)
    assert said(page)["Band"].startswith("= \N{MINUS SIGN}2 in ")
    leave_seats(page, "S5", "P04")
    qtbot.waitUntil(lambda: said(page).get("Art", "").startswith("= \N{MINUS SIGN}1"), timeout=ENGINE_MS)
    document.undo()
    qtbot.waitUntil(lambda: "Art" not in said(page) and said(page)["Band"] != "", timeout=ENGINE_MS)


def test_where_it_would_not_help_that_is_said(page: SchedulePage, qtbot: QtBot):
    document = page.document
    wish = document.school.students["P01"]
    away = replace(wish, unavailable=("R2", "G2"))  # in class at the other times
    document.apply(Edit("Away", (RowChange("students", "P01", away),)))
    leave_seats(page, "S6", "P01")
    page.workspace.engine.start()
    page.show_tab("unmet")
    qtbot.waitUntil(lambda: said(page).get("Band") == "= ±0", timeout=ENGINE_MS)


def test_a_section_is_added_as_the_figure_is_about_and_shown_on_the_board(page: SchedulePage, qtbot: QtBot):
    document = page.document
    leave_seats(page, "S6", "P01")
    page.show_tab("unmet")
    tab = page.tab("unmet")
    qtbot.waitUntil(lambda: "Band" in said(page))
    assert not tab.add.isEnabled()  # all courses are chosen, and none in particular
    tab.select("BAND")
    assert tab.add.text() == "Add a section of Band"
    shown: list[tuple[str, str, str]] = []
    tab.leave.connect(lambda *where: shown.append(where))
    tab.add.click()
    section = document.school.sections["S7"]
    assert (section.course, section.teachers, section.seats) == ("BAND", (), 8)
    assert shown == [("board", "sections", "S7")]
    assert document.undo() == "Add section S7 of BAND"
    assert "S7" not in document.school.sections
