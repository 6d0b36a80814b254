"""The Checks page: lights, groups, the way to the cell, and mending in one step."""

import csv
import io
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import set_fields
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.ui.checks.lights import LIGHTS, LightsModel
from echelon_desktop.ui.checks.page import ChecksPage
from echelon_desktop.ui.checks.tree import FindingTree, grouped
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.grids.page import DataPage
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.shell.window import MainWindow

FINDINGS = (
    Finding(
        "load-differs",
        Severity.WARNING,
        "T1 has 3.",
        "Fix.",
        column="Current Load",
        table="teachers",
        key="T1",
    ),
    Finding(
        "load-differs",
        Severity.WARNING,
        "T2 has 3.",
        "Fix.",
        column="Current Load",
        table="teachers",
        key="T2",
    ),
    Finding(
        "unknown-id", Severity.ERROR, "S1 names X.", "Mend.", column="Course ID", table="sections", key="S1"
    ),
    Finding("no-such-kind", Severity.NOTE, "=Odd.", "", table="students", key="P1"),
)


def test_groups_come_with_the_worst_first_and_can_be_narrowed() -> None:
    assert [(g.code, len(g.findings)) for g in grouped(FINDINGS)] == [
        ("unknown-id", 1),
        ("load-differs", 2),
        ("no-such-kind", 1),
    ]
    assert [g.code for g in grouped(FINDINGS, "t2 fix")] == ["load-differs"]
    assert [g.code for g in grouped(FINDINGS, severities=(Severity.NOTE,))] == ["no-such-kind"]
    assert [len(g.findings) for g in grouped(FINDINGS, table="teachers")] == [2]
    assert grouped(FINDINGS)[1].title == "Teachers whose load is not their number of sections"


def test_models_behave(qtmodeltester: ModelTester, qapp) -> None:
    tree = FindingTree(qapp)
    tree.show(grouped(FINDINGS))
    qtmodeltester.check(tree)
    lights = LightsModel(qapp)
    lights.show(FINDINGS)
    qtmodeltester.check(lights)
    tree.deleteLater()
    lights.deleteLater()


def test_a_light_says_in_words_what_its_colour_means(qapp) -> None:
    lights = LightsModel(qapp)
    lights.show(FINDINGS)
    said = {title: lights.light(row) for row, (_, title) in enumerate(LIGHTS)}
    assert said["All tables"] == ("bad", "circle-x", "1 error, 2 warnings, 1 note")
    assert said["Teachers"] == ("doubt", "triangle-alert", "2 warnings")
    assert said["Students"] == ("good", "circle-check", "1 note")
    assert said["Rooms"] == ("good", "circle-check", "Nothing to mend")
    lights.deleteLater()


@pytest.fixture
def page(window: MainWindow, document: Document, qtbot: QtBot) -> ChecksPage:
    """The page, once the checks have found two wrong loads."""
    for teacher, load in (("T1", 5), ("T3", 6)):
        document.apply(set_fields(document.dataset, "teachers", teacher, load=load))
    shown = window.show_page("checks")
    assert isinstance(shown, ChecksPage)
    qtbot.waitUntil(lambda: bool(loads(shown)))
    return shown


def loads(page: ChecksPage) -> list[str]:
    return [f.key for g in page.model.groups if g.code == "load-differs" for f in g.findings]


def choose(page: ChecksPage, key: str) -> None:
    finding = next(
        f for g in page.model.groups for f in g.findings if f.key == key and f.code == "load-differs"
    )
    page.tree.setCurrentIndex(page.model.index_of(finding))


def test_one_step_mends_and_the_checks_run_again(page: ChecksPage, document: Document, qtbot: QtBot) -> None:
    assert loads(page) == ["T1", "T3"]
    choose(page, "T1")
    assert page.mend_button.text() == "Set the load of T1 to 2"
    page.mend_button.setFocus()
    page.mend_button.click()
    assert document.school.teachers["T1"].load == 2
    assert page.window().focusWidget() is page.tree
    qtbot.waitUntil(lambda: loads(page) == ["T3"])
    assert document.undo() == "Set the load of T1 to 2"
    qtbot.waitUntil(lambda: loads(page) == ["T1", "T3"])


def test_a_whole_group_is_mended_at_once(page: ChecksPage, document: Document, qtbot: QtBot) -> None:
    row = next(i for i, g in enumerate(page.model.groups) if g.code == "load-differs")
    page.tree.setCurrentIndex(page.model.index(row, 0))
    assert page.mend_button.text() == "Mend all that can be mended"
    page.mend_button.click()
    qtbot.waitUntil(lambda: not loads(page))
    document.undo()
    assert (document.school.teachers["T1"].load, document.school.teachers["T3"].load) == (5, 6)


def test_a_group_is_mended_though_its_first_finding_cannot_be(
    page: ChecksPage, document: Document, qtbot: QtBot
) -> None:
    title = "References that were ignored, for what they name does not exist"
    nobody, lower = e.Unavailability("A9", ("R1",)), e.Unavailability("t2", ("R1",))
    document.apply(
        Edit("", tuple(RowChange("unavailability", a.teacher, a, i) for i, a in enumerate((nobody, lower))))
    )
    qtbot.waitUntil(lambda: any(g.title == title for g in page.model.groups))
    row = next(i for i, g in enumerate(page.model.groups) if g.title == title)
    page.tree.setCurrentIndex(page.model.index(row, 0))
    assert page.model.groups[row].findings[0].value == "A9"
    page.mend_button.click()
    qtbot.waitUntil(lambda: "T2" in document.school.unavailability)
    assert "A9" in document.school.unavailability


def test_take_me_there_ends_at_the_cell(page: ChecksPage, window: MainWindow, qtbot: QtBot) -> None:
    choose(page, "T3")
    page.tree.activated.emit(page.tree.currentIndex())
    data = window.pages["data"]
    assert isinstance(data, DataPage)
    assert window.stack.currentWidget() is data
    row, column = data.panel.here()
    assert row is not None
    assert (row.key, data.panel.model.columns[column].key) == ("T3", "load")


def test_what_is_chosen_narrows_the_list(page: ChecksPage, qtbot: QtBot) -> None:
    page.take_to(Target("checks", "rooms"))
    assert not page.model.groups
    assert page.stack.currentIndex() == 2
    page.take_to(Target("checks", "teachers"))
    assert loads(page) == ["T1", "T3"]
    page.filter.setText("T3")
    qtbot.waitUntil(lambda: loads(page) == ["T3"])
    assert page.count.text().startswith("Showing 1 of ")
    page.filter.clear()
    page.severity.setCurrentText("Errors")
    assert not loads(page)


def test_findings_can_be_copied_and_exported(page: ChecksPage, tmp_path: Path) -> None:
    choose(page, "T1")
    assert page.copy()
    cells = next(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), dialect="excel-tab"))
    assert cells[0] == "Warning"
    assert cells[3:] == ["Teachers", "T1", "Current Load", "5"]
    page.workspace.set_findings(FINDINGS)
    page.export_to(tmp_path / "findings.csv")
    text = (tmp_path / "findings.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "Severity"
    assert len(rows) == 5
    assert rows[4][1] == "'=Odd.", "a spreadsheet must not run it"


def test_nothing_found_is_said(window: MainWindow) -> None:
    page = window.show_page("checks")
    assert isinstance(page, ChecksPage)
    assert window.workspace is not None
    window.workspace.set_findings(())
    assert page.stack.currentIndex() == 1
    assert not page.export_button.isEnabled()
    assert not page.copy()
    assert page.tree.currentIndex().data(Qt.ItemDataRole.DisplayRole) is None
