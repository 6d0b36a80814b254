"""The Schedule page over the small school: what it shows, where it leads, what it copies."""

import csv
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import delete_scenario, set_fields
from echelon_desktop.model.entities import Link, LinkKind
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.reading.records import SHARE
from echelon_desktop.ui.schedule import judge
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.workspace import Workspace

Show = Callable[[], SchedulePage]


def unseat(document: Document, student: str, course: str) -> None:
    """Take a student's seat for a course away."""
    seating = document.dataset.seatings["1", student]
    seats = tuple(seat for seat in seating.seats if seat.course != course)
    document.apply(Edit("Unseat", (RowChange("seatings", ("1", student), replace(seating, seats=seats)),)))


def explained(page: SchedulePage) -> bool:
    """Whether everything has been found out about the present state."""
    return page.judge.reasons is not None


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace) -> Show:
    def make() -> SchedulePage:
        page = SchedulePage(workspace)
        qtbot.addWidget(page)
        page.resize(1200, 800)
        page.show()
        if workspace.document.scenario:
            qtbot.waitUntil(lambda: explained(page))
        return page

    return make


def test_figures_and_verdict_of_a_good_schedule(show: Show) -> None:
    summary = show().summary
    assert summary.figures["met"].text() == "24 of 24"
    assert summary.figures["unmet"].text() == "0"
    assert summary.figures["whole"].text() == "8 of 8"
    # English has 6 students in one section and none in the other; Biology 4 and 4.
    assert summary.figures["spread"].text() == "6"
    assert summary.verdict_text.text() == "Keeps all hard rules"
    assert summary.toggle.isHidden()


def test_broken_rules_are_listed_and_lead_to_their_record(
    qtbot: QtBot, document: Document, show: Show
) -> None:
    page = show()
    document.apply(set_fields(document.dataset, "placements", ("1", "S5"), periods=("R1",)))
    page.refresh(None)
    qtbot.waitUntil(lambda: page.judge.verdict is not None)
    assert page.summary.verdict_text.text() == "Breaks hard rules in 1 place"
    assert not page.summary.list.isVisible()
    page.summary.toggle.click()
    item = page.summary.list.item(0)
    assert "T3" in item.text()
    page.summary.list.itemActivated.emit(item)
    assert page.current is page.tab("teachers")
    assert page.tab("teachers").selected == "T3"


def test_sections_show_fill_and_students(show: Show) -> None:
    page = show()
    tab = page.tab("sections")
    tab.select("S4")
    row = tab.table.currentIndex().row()
    texts = [tab.model.index(row, c).data() for c in range(tab.model.columnCount())]
    assert texts[:4] == ["S4", "English 9", "Chinua Obi", "G1"]
    assert texts[5] == "6/8"
    assert tab.model.index(row, 5).data(SHARE) == 0.75
    assert tab.model.index(row, 5).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Students: 6 of 8 seats taken"
    )
    assert texts[6] == "1/12"  # P03 is SPED; the standard rules say 12
    assert texts[7] == "+3.0"  # 6 and 0 students: 3 on average
    assert [student.id for student in tab.roster.rows] == ["P01", "P02", "P03", "P05", "P06", "P07"]


def test_sections_are_filtered_by_state(show: Show) -> None:
    tab = show().tab("sections")
    tab.filters.choice.setCurrentIndex(tab.filters.choice.findData("full"))
    tab.filters.choice.activated.emit(tab.filters.choice.currentIndex())
    assert [tab.model.key_at(row) for row in range(tab.model.rowCount())] == ["S6"]
    assert tab.filters.counts.text() == "Showing 1 of 6 sections"
    tab.select("S1")  # which the filter hides
    assert tab.selected == "S1"
    assert tab.model.rowCount() == 6


def test_week_and_unmet_request_of_a_student(qtbot: QtBot, document: Document, show: Show) -> None:
    unseat(document, "P01", "BIO")
    page = show()
    page.take_to(Target("schedule", "students", "P01"))
    tab = page.tab("students")
    assert tab.selected == "P01"
    week = tab.pane.week.week_model
    assert (week.rowCount(), week.columnCount()) == (2, 2)
    assert week.headerData(0, Qt.Orientation.Horizontal) == "R day"
    assert week.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "R1: free"
    assert week.index(0, 1).data() == "English 9, S4  ·  Chinua Obi"
    assert week.index(1, 1).data() == "Band, S6  ·  Frida Sol"
    texts = " ".join(label.text() for label in tab.unmet.widget().findChildren(QLabel))
    assert "1 unmet request" in texts
    assert page.judge.reasons is not None
    assert page.judge.reasons["P01", "BIO"].text in texts


def test_seats_are_moved_as_the_reason_says(qtbot: QtBot, document: Document, show: Show) -> None:
    unseat(document, "P01", "BAND")
    document.apply(set_fields(document.dataset, "sections", "S6", seats=7))
    page = show()
    document.changed.connect(page.refresh)
    page.show_tab("students")
    page.tab("students").select("P01")
    qtbot.waitUntil(lambda: explained(page))
    document.apply(set_fields(document.dataset, "sections", "S6", seats=8))
    qtbot.waitUntil(lambda: explained(page))
    card = page.tab("students").unmet
    button = next(b for b in card.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Give the seat"
    button.click()
    assert {seat.course: seat.section for seat in document.dataset.seatings["1", "P01"].seats} == {
        "BIO": "S1",
        "ENG": "S4",
        "BAND": "S6",
    }
    qtbot.waitUntil(lambda: explained(page))
    assert page.judge.verdict.ok
    assert not page.timetable.unmet
    assert document.file.undo_title == "Seat Student 1 in Band S6"


def test_a_period_conflict_says_what_would_fit_and_leads_to_the_board(
    qtbot: QtBot, document: Document, workspace: Workspace, show: Show
) -> None:
    document.apply(set_fields(document.dataset, "placements", ("1", "S6"), periods=("G1",), teachers=()))
    unseat(document, "P04", "BAND")
    page = show()
    page.take_to(Target("schedule", "students", "P04"))
    qtbot.waitUntil(lambda: explained(page))
    card = page.tab("students").unmet
    texts = " ".join(label.text() for label in card.widget().findChildren(QLabel))
    assert "Band meets only in G1, where Student 4 holds Art (its only section)." in texts
    assert "Others aside, it would fit with S6 in R1, R2 or G2." in texts  # Biology could be held in R1, too
    (button,) = card.widget().findChildren(QPushButton)
    assert button.text() == "Show S6 on the board"
    with qtbot.waitSignal(workspace.go) as gone:
        button.click()
    assert gone.args == [Target("board", "sections", "S6")]


def test_a_full_section_can_be_given_seats_where_the_reason_stands(
    qtbot: QtBot, document: Document, workspace: Workspace, show: Show
) -> None:
    unseat(document, "P01", "BAND")
    document.apply(set_fields(document.dataset, "sections", "S6", seats=7))
    page = show()
    page.take_to(Target("schedule", "students", "P01"))
    qtbot.waitUntil(lambda: explained(page))
    (button,) = page.tab("students").unmet.widget().findChildren(QPushButton)
    assert button.text() == "Show S6 in Data"
    with qtbot.waitSignal(workspace.go) as gone:
        button.click()
    assert gone.args == [Target("data", "sections", "S6")]


def test_filter_of_students_with_unmet_requests(document: Document, show: Show) -> None:
    unseat(document, "P02", "BAND")
    page = show()
    page.show_tab("students")
    tab = page.tab("students")
    tab.filters.choice.setCurrentIndex(1)
    tab.filters.choice.activated.emit(1)
    assert [line.student.id for line in (tab.model.row_at(r) for r in range(tab.model.rowCount()))] == ["P02"]
    assert tab.selected == "P02"


def test_unmet_requests_by_course_lead_to_the_student(document: Document, show: Show) -> None:
    unseat(document, "P02", "BAND")
    unseat(document, "P03", "BAND")
    unseat(document, "P04", "ART")
    page = show()
    page.show_tab("unmet")
    tab = page.tab("unmet")
    lines = [tab.courses.row_at(row) for row in range(tab.courses.rowCount())]
    assert [(line.title, line.unmet, line.requests) for line in lines] == [
        ("All courses", 3, 24),
        ("Band", 2, 8),
        ("Art", 1, 2),
    ]
    assert tab.requests.rowCount() == 3
    tab.select("BAND")
    assert [tab.requests.row_at(r).unmet.student for r in range(tab.requests.rowCount())] == ["P02", "P03"]
    assert all(tab.requests.row_at(r).reason.endswith(".") for r in range(2))
    tab.request_table.opened.emit(tab.requests.index(1, 0))
    assert page.current is page.tab("students")
    assert page.tab("students").selected == "P03"


def test_teachers_have_load_preps_and_students(show: Show) -> None:
    page = show()
    page.take_to(Target("schedule", "teachers", "T3"))
    tab = page.tab("teachers")
    holder = tab.model.row_at(tab.table.currentIndex().row())
    assert (holder.load, holder.preps, holder.students) == (2, 2, 8)
    assert tab.pane.week.week_model.week.away == {(0, 0)}
    assert not page.book.isTabVisible(3)


def test_a_stack_is_one_section_of_a_teachers_load(document: Document, show: Show) -> None:
    stack = Link("L", LinkKind.STACKED, ("S1", "S2"))
    document.apply(Edit("Stack", (RowChange("links", "L", stack),)))
    tab = show().tab("teachers")
    holders = {holder.key: holder.load for holder in tab.model.rows}
    assert holders == {"T1": 1, "T2": 2, "T3": 2}


def test_what_an_edit_overtook_is_not_shown(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, workspace: Workspace, document: Document
) -> None:
    was_read, may_go_on = threading.Event(), threading.Event()
    read = judge.Timetable

    def read_slowly(*tables: Any) -> Timetable:
        timetable = read(*tables)
        was_read.set()
        may_go_on.wait()
        return timetable

    monkeypatch.setattr(judge, "Timetable", read_slowly)
    found = Judge.of(workspace)
    found.look()
    was_read.wait()
    document.apply(set_fields(document.dataset, "sections", "S2", seats=9))
    found.look()
    may_go_on.set()
    qtbot.waitUntil(lambda: found.verdict is not None)
    assert found.timetable is not None
    assert found.timetable.meetings["S2"].seats == 9


def test_rooms_have_a_tab_when_there_are_any(document: Document, show: Show) -> None:
    document.apply(set_fields(document.dataset, "placements", ("1", "S1"), room="B12"))
    page = show()
    assert page.book.isTabVisible(3)
    page.take_to(Target("schedule", "rooms", "B12"))
    assert page.tab("rooms").pane.facts.text().startswith("1 section  ·  1 course")
    week = page.tab("rooms").pane.week.week_model
    assert week.index(0, 0).data() == "Biology, S1  ·  Ada Byron  ·  4 of 5"


def test_taken_to_a_record_before_the_schedule_is_read(
    qtbot: QtBot, workspace: Workspace, document: Document
) -> None:
    page = SchedulePage(workspace)
    qtbot.addWidget(page)
    assert page.judge.timetable is None
    page.take_to(Target("schedule", "sections", "S5"))
    qtbot.waitUntil(lambda: page.tab("sections").selected == "S5")


def test_an_edit_is_shown_and_the_selection_stays(qtbot: QtBot, document: Document, show: Show) -> None:
    page = show()
    tab = page.tab("sections")
    tab.select("S2")
    document.apply(set_fields(document.dataset, "sections", "S2", seats=9))
    page.refresh(None)
    qtbot.waitUntil(lambda: explained(page))
    assert tab.selected == "S2"
    assert tab.model.index(tab.table.currentIndex().row(), 5).data() == "4/9"


def test_copy_is_read_back_by_a_spreadsheet(show: Show) -> None:
    page = show()
    assert page.copy()
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), dialect="excel-tab"))
    assert rows[0][:2] == ["Section", "Course"]
    assert [row[0] for row in rows[1:]] == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert rows[1][5:7] == ["4 of 5", "1 of 12"]  # "1/12" would become a date


def test_copy_of_a_block_takes_only_the_block(qtbot: QtBot, show: Show) -> None:
    page = show()
    page.show_tab("master")
    table = page.tab("master").table
    page.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    model = table.model()
    rows = {model.headerData(row, Qt.Orientation.Vertical): row for row in range(model.rowCount())}
    table.setCurrentIndex(model.index(rows["Biology"], 0))
    qtbot.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "\tR1\tR2\r\nBiology\tAda Byron S1\tAda Byron S2\r\n"


def test_export_and_board_are_asked_of_the_window(qtbot: QtBot, workspace: Workspace, show: Show) -> None:
    page = show()
    with qtbot.waitSignal(workspace.act) as asked:
        page.export_button.menu().actions()[0].trigger()
    assert asked.args == ["export"]
    tab = page.tab("sections")
    tab.select("S3")
    with qtbot.waitSignal(workspace.go) as gone:
        tab.board_button.click()
    assert gone.args == [Target("board", "sections", "S3")]


def test_enter_opens_the_section_in_a_week(qtbot: QtBot, show: Show) -> None:
    page = show()
    page.take_to(Target("schedule", "students", "P02"))
    week = page.tab("students").pane.week
    week.setCurrentIndex(week.model().index(1, 0))  # R2: Biology
    qtbot.keyClick(week, Qt.Key.Key_Return)
    assert page.current is page.tab("sections")
    assert page.tab("sections").selected == "S2"


def test_without_a_scenario_it_says_what_to_do(document: Document, workspace: Workspace, show: Show) -> None:
    document.apply(delete_scenario(document.dataset, "1"))
    page = show()
    assert page.stack.currentWidget() is page.empty
    assert not page.copy()
    assert not page.export_button.isEnabled()


def test_week_fits_its_cells(show: Show) -> None:
    page = show()
    page.take_to(Target("schedule", "students", "P01"))
    week = page.tab("students").pane.week
    corner = week.visualRect(week.model().index(1, 1)).bottomRight()
    assert week.viewport().rect().contains(corner - QPoint(2, 2))


def test_closing_while_it_is_being_read(qtbot: QtBot, window: MainWindow) -> None:
    assert window.show_page("schedule") is not None
    assert window.workspace is not None
    assert window.workspace.background.busy
    window.close_document()
    assert window.document is None


def test_search_finds_a_student_in_the_schedule(qtbot: QtBot, window: MainWindow) -> None:
    window.take_to(Target("schedule", "students", "P07"))
    page = window.pages["schedule"]
    assert isinstance(page, SchedulePage)
    qtbot.waitUntil(lambda: page.timetable is not None)
    assert page.tab("students").selected == "P07"


def test_two_pages_share_what_was_found_out(qtbot: QtBot, workspace: Workspace, show: Show) -> None:
    page = show()
    assert Judge.of(workspace) is page.judge
    verdict = page.judge.verdict
    page.judge.look()
    assert page.judge.verdict is verdict  # nothing has changed
    workspace.document.show_scenario("")
    page.show_scenario()
    assert page.stack.currentWidget() is page.empty


def test_the_window_stays_light() -> None:
    probe = (
        "import json, sys, echelon_desktop.ui.schedule.page;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    loaded = set(json.loads(subprocess.check_output([sys.executable, "-c", probe], encoding="utf-8")))
    assert not loaded & {"numba", "ortools", "pandas", "boto3"}
