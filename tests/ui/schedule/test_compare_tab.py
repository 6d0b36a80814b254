"""The tab that compares scenarios: what it offers, what it shows, how it follows edits, where it leads."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import adopt_schedule, delete_scenario, set_fields
from echelon_desktop.model.entities import Scenario
from echelon_desktop.ui import messages
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.paper.listed import listed_pages
from echelon_desktop.ui.paper.looks import Heading
from echelon_desktop.ui.schedule import comparer as comparing
from echelon_desktop.ui.schedule.compare_tab import FIGURES, SECTIONS, STUDENTS, CompareTab
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.workspace import Workspace

Open = Callable[[], tuple[SchedulePage, CompareTab]]


def copy_of(document: Document, scenario: str, name: str) -> None:
    """Keep the schedule on the screen as another scenario too."""
    document.apply(adopt_schedule(document.dataset, Scenario(scenario, name), document.schedule(), "Copy"))


def unseat(document: Document, scenario: str, student: str, course: str) -> None:
    """Take a student's seat for a course away."""
    seating = document.dataset.seatings[scenario, student]
    seats = tuple(seat for seat in seating.seats if seat.course != course)
    row = RowChange("seatings", (scenario, student), replace(seating, seats=seats))
    document.apply(Edit("Unseat", (row,)))


def reseat(document: Document, scenario: str, student: str, course: str, section: str) -> None:
    """Give a student another section of a course."""
    seating = document.dataset.seatings[scenario, student]
    seats = tuple(replace(s, section=section) if s.course == course else s for s in seating.seats)
    row = RowChange("seatings", (scenario, student), replace(seating, seats=seats))
    document.apply(Edit("Reseat", (row,)))


def put(document: Document, scenario: str, section: str, **fields: object) -> None:
    """Change a placement."""
    document.apply(set_fields(document.dataset, "placements", (scenario, section), **fields))


def read_csv(path: Path) -> list[list[str]]:
    """Rows of a file for people."""
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def settled(page: SchedulePage, tab: CompareTab) -> bool:
    """Whether both schedules have been compared and judged as they are now."""
    return page.judge.is_current and page.judge.verdict is not None and tab.comparer.is_current


def shown(tab: CompareTab, view: int) -> list[list[str]]:
    """Texts of the list of a view, as listed."""
    model = tab.lists[view].model
    return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]


@pytest.fixture
def open_tab(qtbot: QtBot, workspace: Workspace) -> Open:
    def make() -> tuple[SchedulePage, CompareTab]:
        page = SchedulePage(workspace)
        qtbot.addWidget(page)
        page.resize(1200, 800)
        page.show()
        page.show_tab("compare")
        tab = page.tab("compare")
        assert isinstance(tab, CompareTab)
        workspace.document.changed.connect(page.refresh)
        workspace.document.scenario_changed.connect(lambda _scenario: page.show_scenario())
        qtbot.waitUntil(lambda: page.judge.verdict is not None)
        if len(workspace.document.dataset.scenarios) > 1:
            qtbot.waitUntil(lambda: settled(page, tab))
        return page, tab

    return make


def test_one_scenario_alone_says_how_to_get_another(
    qtbot: QtBot, workspace: Workspace, document: Document, open_tab: Open
) -> None:
    page, tab = open_tab()
    assert tab.stack.currentIndex() == 0
    assert not page.copy()
    asked = []
    workspace.act.connect(asked.append)
    button = tab.stack.widget(0).findChildren(type(tab.buttons[0]))[0]
    button.click()
    assert asked == ["new-scenario"]
    copy_of(document, "2", "Second")
    qtbot.waitUntil(lambda: settled(page, tab))
    assert tab.stack.currentIndex() == 1
    assert tab.box.currentText() == "Second"
    assert tab.headline.text() == "“Second” and “Draft” are equally good at every level."
    document.apply(delete_scenario(document.dataset, "2"))
    qtbot.waitUntil(lambda: tab.stack.currentIndex() == 0)


def test_the_scenario_made_before_is_offered_until_another_is_chosen(
    qtbot: QtBot, document: Document, open_tab: Open
) -> None:
    copy_of(document, "2", "Second")
    copy_of(document, "3", "Third")
    unseat(document, "1", "P01", "BAND")
    document.show_scenario("3")
    page, tab = open_tab()
    assert [tab.box.itemText(i) for i in range(tab.box.count())] == ["Draft", "Second"]
    assert tab.box.currentText() == "Second"
    assert not shown(tab, STUDENTS)
    tab.box.setCurrentIndex(0)
    tab.box.activated.emit(0)
    qtbot.waitUntil(lambda: settled(page, tab))
    assert [row[0] for row in shown(tab, STUDENTS)] == ["P01"]
    document.show_scenario("2")
    qtbot.waitUntil(lambda: settled(page, tab))
    assert tab.box.currentText() == "Draft"  # what was chosen stays
    document.show_scenario("1")
    qtbot.waitUntil(lambda: settled(page, tab))
    assert tab.box.currentText() == "Second"  # none was made before the first
    assert tab.headline.text() == "“Second” is better at level 1: unmet requests, 0 against 1."


def test_two_of_one_name_are_told_apart_wherever_they_are_named(
    qtbot: QtBot, document: Document, open_tab: Open
) -> None:
    copy_of(document, "2", "Second")
    copy_of(document, "3", "Draft")
    document.show_scenario("3")
    unseat(document, "3", "P01", "BAND")
    page, tab = open_tab()
    tab.box.setCurrentIndex(0)
    tab.box.activated.emit(0)
    qtbot.waitUntil(lambda: settled(page, tab))
    first = f"Draft no. 1 ({moment('2026-01-02T03:04:05+00:00')})"
    assert [tab.box.itemText(i) for i in range(tab.box.count())] == [first, "Second"]
    assert tab.headline.text().startswith(f"“{first}” is better at level 1")
    model = tab.figures.model
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in (2, 3)] == [first, "Draft no. 2"]


def test_figures_stand_side_by_side_with_the_better_one_in_words(document: Document, open_tab: Open) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    unseat(document, "2", "P01", "BAND")
    unseat(document, "2", "P02", "BAND")
    _, tab = open_tab()
    rows = {row[0]: row[1:] for row in shown(tab, FIGURES)}
    assert rows["Hard rules"] == ["First of all", "0", "0", "=  No difference"]
    assert rows["Unmet requests"] == ["Level 1", "0", "2", "◀  Draft, by 2"]
    assert rows["Students with every request"] == ["", "8", "6", "◀  Draft, by 2"]
    model = tab.figures.model
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in (2, 3)] == ["Draft", "Second"]
    spoken = model.index(1, 4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Better: Draft, by 2"
    assert tab.headline.text() == "“Draft” is better at level 1: unmet requests, 0 against 2."


def test_broken_hard_rules_come_before_every_level(document: Document, open_tab: Open) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    unseat(document, "1", "P01", "BAND")  # one request less, and yet better
    put(document, "2", "S5", periods=("R1",))  # T3 is away then
    _, tab = open_tab()
    assert shown(tab, FIGURES)[0] == ["Hard rules", "First of all", "0", "1", "◀  Draft, by 1"]
    assert tab.headline.text() == "“Draft” is better: “Second” breaks hard rules in 1 place."


def test_sections_and_students_that_differ(qtbot: QtBot, document: Document, open_tab: Open) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    put(document, "2", "S3", periods=("G2",))  # nobody sits in it
    put(document, "2", "S6", teachers=("T2",))
    reseat(document, "2", "P01", "BIO", "S2")
    unseat(document, "2", "P04", "ART")
    unseat(document, "1", "P06", "BAND")
    _, tab = open_tab()
    assert tab.sections.table.isColumnHidden(3)  # there are no rooms
    assert shown(tab, SECTIONS) == [
        ["S3", "English 9", "Chinua Obi", "", "R2", "G2"],
        ["S6", "Band", "Frida Sol → Chinua Obi", "", "G2", "G2"],
    ]
    assert shown(tab, STUDENTS) == [
        ["P04", "Student 4", "9", "Art", "", ""],
        ["P06", "Student 6", "10", "", "Band", ""],
        ["P01", "Student 1", "9", "", "", "Biology: S1 R1 → S2 R2"],
    ]
    assert [button.text() for button in tab.buttons] == ["Figures", "Sections (2)", "Students (3)"]
    choice = tab.students.filters.choice
    choice.setCurrentIndex(choice.findText("Lose a request"))
    choice.activated.emit(choice.currentIndex())
    assert [row[0] for row in shown(tab, STUDENTS)] == ["P04"]
    assert tab.students.filters.counts.text() == "Showing 1 of 3 students with changes"
    document.undo()
    document.undo()
    document.undo()
    qtbot.waitUntil(lambda: len(shown(tab, SECTIONS)) == 2 and not shown(tab, STUDENTS))
    document.undo()
    qtbot.waitUntil(lambda: tab.sections.filters.counts.text() == "1 section that differs")


def test_an_edit_updates_the_comparison_and_verifies_the_other_one_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, document: Document, open_tab: Open
) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    judged, verify = [], comparing.verify

    def counted(*tables):
        judged.append(tables)
        return verify(*tables)

    monkeypatch.setattr(comparing, "verify", counted)
    page, tab = open_tab()
    assert not shown(tab, SECTIONS)
    put(document, "2", "S3", periods=("G2",))
    qtbot.waitUntil(lambda: settled(page, tab))
    assert [row[0] for row in shown(tab, SECTIONS)] == ["S3"]
    assert len(judged) == 1  # what was dropped elsewhere leaves its verdict true
    unseat(document, "1", "P01", "BAND")
    qtbot.waitUntil(lambda: settled(page, tab))
    assert [row[0] for row in shown(tab, STUDENTS)] == ["P01"]
    assert tab.headline.text() == "“Second” is better at level 1: unmet requests, 0 against 1."
    assert len(judged) == 2
    document.undo()
    qtbot.waitUntil(lambda: settled(page, tab))
    assert not shown(tab, STUDENTS)


def test_rows_lead_to_the_board_and_to_the_week(document: Document, open_tab: Open) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    put(document, "2", "S4", periods=("G2",))
    page, tab = open_tab()
    left = []
    tab.leave.connect(lambda *where: left.append(where))
    tab.show_view(SECTIONS)
    tab.sections.table.choose(0)
    QTest.keyClick(tab.sections.table, Qt.Key.Key_Return)
    assert left == [("board", "sections", "S4")]
    tab.show_view(STUDENTS)
    tab.students.table.choose(tab.students.model.find("P03"))
    QTest.keyClick(tab.students.table, Qt.Key.Key_Return)
    assert page.current is page.tab("students")
    assert page.tab("students").selected == "P03"


def test_the_comparison_is_exported_as_listed(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    workspace: Workspace,
    document: Document,
    open_tab: Open,
) -> None:
    copy_of(document, "2", "=Second")
    document.show_scenario("2")
    unseat(document, "2", "P01", "BAND")
    unseat(document, "1", "P02", "BAND")
    put(document, "2", "S3", periods=("G2",))
    page, tab = open_tab()
    choice = tab.students.filters.choice
    choice.setCurrentIndex(choice.findText("Lose a request"))
    choice.activated.emit(choice.currentIndex())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    with qtbot.waitSignal(workspace.notice) as noticed:
        page.export_button.menu().actions()[-2].trigger()
    assert noticed.args == ["good", f"Written to {tmp_path / 'out'}."]
    rows = {path.name: read_csv(path) for path in (tmp_path / "out").iterdir()}
    assert rows["comparison_figures.csv"][0] == ["Figure", "Counts at", "Draft", "'=Second", "Better"]
    assert rows["comparison_figures.csv"][1] == ["Hard rules", "First of all", "0", "0", "No difference"]
    assert rows["comparison_sections.csv"] == [
        ["Section", "Course", "Teacher", "Draft", "'=Second"],  # no room is named anywhere
        ["S3", "English 9", "Chinua Obi", "R2", "G2"],
    ]
    assert [row[0] for row in rows["comparison_students.csv"]] == ["Student", "P01"]
    assert len(rows) == 3
    asked = str(tmp_path / "both.xlsx"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: asked)
    with qtbot.waitSignal(workspace.notice) as noticed:
        page.export_button.menu().actions()[-1].trigger()
    assert noticed.args == ["good", f"Written to {asked[0]}."]
    book = load_workbook(asked[0])
    assert book.sheetnames == [f"comparison_{title}" for title in ("figures", "sections", "students")]
    figures = list(book["comparison_figures"].values)
    assert figures[0] == ("Figure", "Counts at", "Draft", "=Second", "Better")
    assert book["comparison_figures"]["D1"].data_type == "s"  # no formula
    assert figures[1][2:4] == (0, 0)


def test_a_workbook_of_the_users_own_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document: Document, open_tab: Open
) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    page, _ = open_tab()
    own = Workbook()
    own.active.title = "Budget"
    own.save(tmp_path / "own.xlsx")
    before = (tmp_path / "own.xlsx").read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "own.xlsx"), ""))
    told: list[str] = []
    monkeypatch.setattr(messages, "tell", lambda _owner, *words, **_more: told.append(" ".join(words)))
    page.export_button.menu().actions()[-1].trigger()
    assert "would be lost: Budget" in told[0]
    assert (tmp_path / "own.xlsx").read_bytes() == before


def test_the_comparison_is_printed_as_listed(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    workspace: Workspace,
    document: Document,
    open_tab: Open,
) -> None:
    copy_of(document, "2", "<Second>")
    document.show_scenario("2")
    unseat(document, "2", "P01", "BAND")
    page, tab = open_tab()
    html = listed_pages(tab.listed(), Heading("School", "<Second>", "today"))
    assert "“Draft” is better at level 1: unmet requests, 0 against 1." in html
    assert "Sections (0)" in html
    assert "Students (1)" in html
    assert "<td>P01</td>" in html
    assert "Met only in &lt;Second&gt;" in html
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    with qtbot.waitSignal(workspace.notice, check_params_cb=lambda kind, _text: kind == "good") as noticed:
        page.print_button.save("comparison")
    assert noticed.args[1] == "out.pdf: 1 page written."
    assert (tmp_path / "out.pdf").stat().st_size > 1000


def test_without_a_comparison_the_tab_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace, open_tab: Open
) -> None:
    page, tab = open_tab()
    page.show_tab("sections")
    said: list[str] = []
    workspace.notice.connect(lambda kind, _text: said.append(kind))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: pytest.fail("nothing to write"))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("nothing to write"))
    for action in page.export_button.menu().actions()[-2:]:
        action.trigger()
    assert page.current is tab
    page.print_button.save("comparison")
    assert said == ["doubt", "doubt", "doubt"]


def test_what_is_shown_is_copied_as_a_table(document: Document, open_tab: Open) -> None:
    copy_of(document, "2", "Second")
    document.show_scenario("2")
    unseat(document, "2", "P01", "BAND")
    page, tab = open_tab()
    assert page.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["Figure", "Counts at", "Draft", "Second", "Better"]
    assert lines[1].split("\t")[-1] == "No difference"
    tab.show_view(STUDENTS)
    assert page.copy()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert [line[:4] for line in lines] == [
        ["Student", "Name", "Grade", "Met only in Draft"],
        ["P01", "Student 1", "9", "Band"],
    ]
