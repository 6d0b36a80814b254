"""The Demand page: courses with their requests, pairs wanted together, with and without a schedule."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import delete_scenario, set_fields
from echelon_desktop.model.entities import Course, CourseRequest, RequestList
from echelon_desktop.ui.demand.page import DemandPage
from echelon_desktop.ui.demand.together_tab import ALL, TOGETHER
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.workspace import Workspace


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> DemandPage:
    made = DemandPage(workspace)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    workspace.document.changed.connect(made.refresh)
    qtbot.waitUntil(lambda: made.courses.model.rowCount() > 0 and made.together.timetable is not None)
    return made


def lines(table) -> list[list[str]]:
    """What a table shows, without the columns that are hidden."""
    model = table.model()
    shown = [c for c in range(model.columnCount()) if not table.isColumnHidden(c)]
    return [[model.index(row, c).data() for c in shown] for row in range(model.rowCount())]


def choose(page: DemandPage, tab, data: int) -> None:
    """Choose in the list above a table, as the user does."""
    box = tab.filters.choice
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_each_course_is_listed_with_its_requests_seats_and_sections(page: DemandPage):
    assert lines(page.courses.table) == [
        ["Biology", "Science", "8", "2", "2", "10", "+2"],
        ["English 9", "English", "6", "2", "1", "13", "+7"],
        ["Art", "Arts", "2", "1", "1", "8", "+6"],
        ["Band", "Arts", "8", "1", "1", "8", "+0"],
    ]


def test_models_keep_the_rules_of_models(page: DemandPage, qtmodeltester: ModelTester):
    for tab in (page.courses, page.together):
        for table in tab.tables():
            qtmodeltester.check(table.model())


def test_the_selected_course_tells_who_wants_it(page: DemandPage, qtbot: QtBot):
    page.courses.select("ENG")
    assert page.courses.title.text() == "English 9"
    assert page.courses.facts.text() == (
        "6 requests; 2 sections with 13 seats. 1 section of 8 seats would do. Grade 9: 3, 10: 3."
    )
    assert [line[:2] for line in lines(page.courses.wish_table)][:2] == [
        ["P01", "Student 1"],
        ["P02", "Student 2"],
    ]
    with qtbot.waitSignal(page.workspace.go) as asked:
        page.courses.wish_table.opened.emit(page.courses.wishes.index(0, 0))
    assert asked.args == [Target("schedule", "students", "P01")]
    with qtbot.waitSignal(page.workspace.go) as asked:
        page.courses.data_button.click()
    assert asked.args == [Target("data", "courses", "ENG")]


def test_courses_with_too_few_seats_can_be_picked_out_and_follow_an_edit(page: DemandPage, qtbot: QtBot):
    document = page.document
    choose(page, page.courses, 1)
    assert lines(page.courses.table) == []
    document.apply(set_fields(document.dataset, "sections", "S6", seats=6))
    qtbot.waitUntil(lambda: page.courses.model.rowCount() == 1)
    assert lines(page.courses.table)[0][0] == "Band"
    assert "2 seats too few." in page.courses.facts.text()
    document.undo()
    qtbot.waitUntil(lambda: page.courses.model.rowCount() == 0)


def test_pairs_say_how_many_want_both_and_where_they_meet(page: DemandPage):
    assert lines(page.together.table) == [["Art", "Band", "2", "1 and 1", "G1 · G2", "0"]]
    choose(page, page.together, ALL)
    assert [line[:3] for line in lines(page.together.table)] == [
        ["Biology", "Band", "8"],
        ["Biology", "English 9", "6"],
        ["English 9", "Band", "6"],
        ["Art", "Band", "2"],
        ["Biology", "Art", "2"],
    ]
    assert lines(page.together.table)[0][4] == "apart"


def test_pairs_that_cost_nobody_a_seat_are_told_in_words(page: DemandPage, qtbot: QtBot):
    qtbot.waitUntil(lambda: lines(page.together.table)[0][-1] == "0")
    choose(page, page.together, ALL)
    assert page.together.facts.text().endswith("None of them misses one.")


def test_pairs_that_collide_are_told_with_whom_that_costs_a_seat(page: DemandPage, qtbot: QtBot):
    document = page.document
    placement = document.dataset.placements["1", "S5"]
    before = document.dataset.seatings["1", "P04"]
    seats = tuple(seat for seat in before.seats if seat.section != "S5")
    moved = (
        RowChange("placements", ("1", "S5"), replace(placement, periods=("G2",))),
        RowChange("seatings", ("1", "P04"), replace(before, seats=seats)),
    )
    document.apply(Edit("Put Art where Band is", moved))
    qtbot.waitUntil(lambda: lines(page.together.table) == [["Art", "Band", "2", "1 and 1", "both G2", "1"]])
    choose(page, page.together, TOGETHER)
    assert page.together.facts.text() == (
        "2 students want both. Art meets in G2. Band meets in G2. 1 of them misses one."
    )
    assert [line[-1] for line in lines(page.together.student_table)] == ["Art", ""]
    with qtbot.waitSignal(page.workspace.go) as asked:
        page.together.board_button.click()
    assert asked.args == [Target("board", "sections", "S5")]
    document.undo()
    qtbot.waitUntil(lambda: lines(page.together.table) == [])


def test_without_a_schedule_pairs_say_nothing_of_times(page: DemandPage, qtbot: QtBot):
    document = page.document
    document.apply(delete_scenario(document.dataset, document.scenario))
    qtbot.waitUntil(lambda: page.together.timetable is None)
    assert lines(page.together.table) == [["Art", "Band", "2", "1 and 1"]]
    assert page.together.facts.text() == "2 students want both. Art: 1 section. Band: 1 section."
    assert not page.together.board_button.isVisibleTo(page.together)
    with qtbot.waitSignal(page.workspace.go) as asked:
        page.together.student_table.opened.emit(page.together.wanting.index(0, 0))
    assert asked.args == [Target("data", "requests", "P04")]


def test_where_no_course_has_one_section_the_pairs_of_the_next_are_shown(page: DemandPage, qtbot: QtBot):
    document = page.document
    art = replace(document.school.sections["S5"], id="S7")
    document.apply(Edit("Second Art", (RowChange("sections", "S7", art),)))
    qtbot.waitUntil(lambda: page.together.filters.choice.currentData() == 2)
    assert ["Art", "Band", "2", "2 and 1", "apart", "0"] in lines(page.together.table)


def test_alternates_and_courses_that_nobody_offers_are_shown(page: DemandPage, qtbot: QtBot):
    document = page.document
    wanted = (CourseRequest("BIO"), CourseRequest("CHESS", 2, ("ART",)))
    changes = (
        RowChange("courses", "CHESS", Course("CHESS", "Chess")),
        RowChange("requests", "P01", RequestList("P01", wanted)),
    )
    document.apply(Edit("Chess", changes))
    qtbot.waitUntil(lambda: page.courses.model.find("CHESS") >= 0)
    found = {line[0]: line[1:] for line in lines(page.courses.table)}
    assert found["Chess"] == ["", "1", "0", "0", "1", "0", "-1"]
    assert found["Art"][2] == "1"
    page.courses.select("CHESS")
    assert page.courses.facts.text().startswith("1 request; no section. 1 section of 8 seats would do.")


def test_the_tab_that_is_shown_is_copied(page: DemandPage, qapp: QApplication):
    assert page.copy()
    assert qapp.clipboard().text().startswith("Course\tDepartment\tRequests")
    page.book.setCurrentIndex(1)
    assert page.copy()
    assert qapp.clipboard().text().startswith("Course\tAnd\tStudents")


def test_without_requests_the_page_says_what_to_do(page: DemandPage, qtbot: QtBot):
    document = page.document
    gone = tuple(RowChange("requests", str(key), None) for key in document.school.requests)
    document.apply(Edit("No requests", gone))
    assert page.stack.currentIndex() == 0
    document.undo()
    assert page.stack.currentIndex() == 1


def test_both_lists_are_written_as_they_are_shown(
    page: DemandPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    page.courses.filters.words.setText("arts")
    qtbot.waitUntil(lambda: page.courses.model.rowCount() == 2)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(tmp_path))
    as_csv, as_workbook = page.export_button.menu().actions()
    as_csv.trigger()
    courses = (tmp_path / "demand_courses.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in courses] == ["Course", "Art", "Band"]
    pairs = (tmp_path / "demand_wanted_together.csv").read_text(encoding="utf-8-sig").splitlines()
    assert pairs[1].startswith("Art,Band,2,")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(tmp_path / "lists.xlsx"), ""))
    as_workbook.trigger()
    as_workbook.trigger()  # its own sheets may be replaced
    sheets = load_workbook(tmp_path / "lists.xlsx")
    assert sheets.sheetnames == ["demand_courses", "demand_wanted_together"]
    assert [cell.value for cell in sheets["demand_courses"]["A"]] == ["Course", "Art", "Band"]
    pair = [cell.value for cell in sheets["demand_wanted_together"][2]]
    assert pair[:3] == ["Art", "Band", 2]  # a number, for a spreadsheet to reckon with
    rows = list(sheets["demand_courses"].values)
    spare = rows[0].index("To spare")
    assert [row[spare] for row in rows[1:]] == [6, 0]  # shown as +6 and +0


def test_both_lists_become_a_pdf_and_the_print_key_leads_there(
    page: DemandPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(QPushButton, "showMenu", lambda button: asked.append(button))
    assert page.hand_out()
    assert asked == [page.print_button]
    file = tmp_path / "demand.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_given: (str(file), ""))
    page.print_button.menu().actions()[0].trigger()
    qtbot.waitUntil(file.exists)
    assert file.read_bytes().startswith(b"%PDF")
