"""The Data page: what is typed, pasted, deleted and found, in the real window."""

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.entities import CourseRequest, Section, Student
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.sheets import SHEETS, RowId
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.grids import commands, refused
from echelon_desktop.ui.grids.cell_editor import NameCompleter
from echelon_desktop.ui.grids.model import GridModel
from echelon_desktop.ui.grids.page import DataPage
from echelon_desktop.ui.grids.panel import SheetPanel
from echelon_desktop.ui.grids.view import ROW_HEIGHT
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.shell.window import MainWindow

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
Role = Qt.ItemDataRole


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DataPage:
    with qtbot.waitActive(window):
        window.activateWindow()
    shown = window.show_page("data")
    assert isinstance(shown, DataPage)
    return shown


def show(page: DataPage, table: str, key: str = "", field: str = "") -> SheetPanel:
    page.take_to(Target("data", table, key, field))
    return page.panel


def texts(panel: SheetPanel, field: str) -> list[str]:
    column = panel.model.column_of(field)
    return [panel.model.text(row, column) for row in range(panel.model.rowCount())]


def type_into(qtbot: QtBot, panel: SheetPanel, text: str) -> QLineEdit:
    qtbot.keyClick(panel.view, Key.Key_F2)
    field = panel.view.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    qtbot.keyClicks(field, text)
    return field


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the user was told, in place of dialogs that would wait for one."""
    said: list[str] = []

    def tell(_parent: object, title: str, text: str, more: str = "") -> None:
        said.append(f"{title}|{text}|{more}")

    def ask(_parent: object, title: str, text: str, *_: object, **__: object) -> bool:
        said.append(f"{title}|{text}|{_[1] if len(_) > 1 else ''}")
        return True

    monkeypatch.setattr(refused, "tell", tell)
    monkeypatch.setattr(commands, "ask", ask)
    return said


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.table)
def test_models_behave(document: Document, qtmodeltester: ModelTester, sheet) -> None:
    qtmodeltester.check(GridModel(document.dataset, sheet, lambda *_: True))


def test_every_record_of_every_table_is_shown(page: DataPage, document: Document) -> None:
    for sheet in SHEETS:
        panel = show(page, sheet.table)
        rows = [row for record in document.dataset.table(sheet.table).values() for row in sheet.rows(record)]
        assert panel.model.rowCount() == len(rows)
        assert panel.stack.currentIndex() == (0 if rows else 1)
        title = page.list.currentIndex().data(Role.AccessibleTextRole)
        assert title.startswith(f"{sheet.title}, {len(rows):,} rows")
    assert texts(show(page, "requests"), "course")[:3] == ["BIO", "ENG", "BAND"]


def test_what_is_typed_is_one_change_that_undo_takes_back(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S2", "seats")
    field = type_into(qtbot, panel, "7")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: document.school.sections["S2"].seats == 7)
    assert panel.model.text(1, panel.model.column_of("seats")) == "7"
    assert panel.view.currentIndex().row() == 2
    assert document.undo() == "Change seats of section S2"
    assert texts(panel, "seats")[1] == "5"


def test_a_text_that_means_nothing_keeps_the_field_and_says_why(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S2", "course")
    field = type_into(qtbot, panel, "CHEM")
    assert "no course 'CHEM'" in panel.words.text()
    qtbot.keyClick(field, Key.Key_Return)
    assert panel.view.findChild(QLineEdit) is field
    assert field.isVisible()
    qtbot.keyClick(field, Key.Key_Escape)
    assert document.school.sections["S2"].course == "BIO"
    assert not panel.words.isVisible()


def test_neither_tab_nor_a_click_elsewhere_takes_a_refused_text(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S2", "seats")
    field = type_into(qtbot, panel, "many")
    qtbot.keyClick(field, Key.Key_Tab)
    rect = panel.view.visualRect(panel.model.index(4, 0))
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    panel.filter.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    assert field.text() == "many"
    assert "whole number" in panel.words.text()
    field.selectAll()
    qtbot.keyClicks(field, "9")
    assert not panel.words.text()
    qtbot.keyClick(field, Key.Key_Tab)
    qtbot.waitUntil(lambda: document.school.sections["S2"].seats == 9)
    assert panel.view.currentIndex().column() == panel.model.column_of("seats") + 1


def test_ctrl_home_leaves_no_other_cells_chosen(page: DataPage, qtbot: QtBot) -> None:
    panel = show(page, "sections", "S3", "seats")
    qtbot.keyClick(panel.view, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(panel.selected_rows()) == 2
    qtbot.keyClick(panel.view, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert panel.selected_rows() == [RowId("S1")], "or Delete would take what is out of sight"


def test_down_in_an_open_field_writes_it_and_goes_one_down(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S2", "seats")
    field = type_into(qtbot, panel, "many")
    qtbot.keyClick(field, Key.Key_Down)
    assert field.isVisible(), "a refused text is neither left nor lost"
    assert field.text() == "many"
    assert "whole number" in panel.words.text()
    field.selectAll()
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Key.Key_Down)
    qtbot.waitUntil(lambda: document.school.sections["S2"].seats == 9)
    assert panel.here() == (RowId("S3"), panel.model.column_of("seats"))
    qtbot.waitUntil(panel.view.hasFocus)


def test_references_are_offered_by_any_part_of_their_name(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    completer = NameCompleter({"T1": "", "T2": "Ada Byron", "Art room": ""}, True, field)
    completer.setWidget(field)
    field.setText("T2;ROOM")
    completer.setCompletionPrefix(completer.splitPath(field.text())[0])
    assert completer.completionCount() == 1
    assert completer.pathFromIndex(completer.completionModel().index(0, 0)) == "T2;Art room"
    completer.setCompletionPrefix(completer.splitPath("T1;byr")[0])
    assert completer.completionModel().index(0, 0).data() == "T2  Ada Byron"
    field.setText("T1;byr")
    assert completer.pathFromIndex(completer.completionModel().index(0, 0)) == "T1;T2"


def test_a_course_is_found_by_its_title_and_written_by_its_id(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S1", "course")
    field = type_into(qtbot, panel, "band")
    popup = field.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    assert [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())] == ["BAND  Band"]
    qtbot.keyClick(popup, Key.Key_Down)
    qtbot.keyClick(popup, Key.Key_Return)
    assert field.text() == "BAND"
    place = panel.view.currentIndex()
    panel.model.dataChanged.emit(place, place)  # as when findings come
    assert field.text() == "BAND"
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: document.school.sections["S1"].course == "BAND")


def test_an_open_list_of_offers_does_not_swallow_enter(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    panel = show(page, "sections", "S1", "course")
    field = type_into(qtbot, panel, "ART")
    popup = field.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Key.Key_Return)
    qtbot.waitUntil(lambda: document.school.sections["S1"].course == "ART")


def test_a_field_in_the_last_row_in_sight_stays_so_when_its_text_is_refused(
    page: DataPage, document: Document, qtbot: QtBot
) -> None:
    more = [RowChange("sections", f"X{n}", Section(f"X{n}", "ART", ("T3",), 8)) for n in range(60)]
    document.apply(Edit("Many sections", tuple(more)))
    panel = show(page, "sections", "S1", "course")
    view = panel.view
    last = view.rowAt(view.viewport().height() - ROW_HEIGHT)
    view.setCurrentIndex(view.model().index(last, panel.model.column_of("course")))
    field = type_into(qtbot, panel, "a")
    popup = field.completer().popup()
    qtbot.waitUntil(lambda: panel.words.isVisible() and popup.isVisible())
    qtbot.waitUntil(lambda: view.viewport().rect().contains(field.geometry()))
    on_screen = QRect(field.mapToGlobal(QPoint()), field.size())
    assert not popup.geometry().intersects(on_screen.adjusted(0, 3, 0, -3))  # but for its frame


def test_a_tick_is_set_by_the_space_bar(page: DataPage, document: Document, qtbot: QtBot) -> None:
    panel = show(page, "students", "P02", "sped")
    qtbot.keyClick(panel.view, Key.Key_Space)
    assert document.school.students["P02"].sped
    assert not panel.model.setData(panel.model.index(1, 0), Qt.CheckState.Checked, Role.CheckStateRole)
    assert panel.view.currentIndex().data(Role.CheckStateRole) == Qt.CheckState.Checked


def test_a_new_id_is_followed_and_stays_in_sight(page: DataPage, document: Document, qtbot: QtBot) -> None:
    panel = show(page, "teachers", "T1", "id")
    show(page, "sections")
    panel = show(page, "teachers", "T1", "id")
    field = type_into(qtbot, panel, "T9")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: document.school.sections["S1"].teachers == ("T9",))
    assert texts(panel, "id") == ["T9", "T2", "T3"]
    assert texts(show(page, "sections"), "teachers")[0] == "T9"
    document.undo()
    assert texts(show(page, "sections"), "teachers")[0] == "T1"


def test_filter_wants_all_words_and_says_how_many(page: DataPage, qtbot: QtBot) -> None:
    panel = show(page, "students")
    panel.filter.setText("student 10")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4)
    assert panel.count.text() == "Showing 4 of 8"
    panel.filter.setText("student 10 8")
    qtbot.waitUntil(lambda: texts(panel, "id") == ["P08"])
    assert panel.show_row(RowId("P01"), "name"), "a filter gives way to who is looked for"
    assert panel.model.rowCount() == 8


def test_sorting_takes_numbers_as_numbers_and_keeps_the_selection(
    page: DataPage, document: Document, told: list[str]
) -> None:
    panel = show(page, "sections", "S4", "id")
    panel.model.sort(panel.model.column_of("seats"), Qt.SortOrder.DescendingOrder)
    assert texts(panel, "seats") == ["8", "8", "8", "5", "5", "5"]
    assert panel.here()[0] == RowId("S4")
    panel.model.sort(-1)
    assert texts(panel, "id") == ["S1", "S2", "S3", "S4", "S5", "S6"]
    QGuiApplication.clipboard().setText("S10")
    show(page, "sections", "S2", "id")
    panel.commands.paste()
    panel.model.sort(0)
    assert texts(panel, "id") == ["S1", "S3", "S4", "S5", "S6", "S10"]


def test_copy_and_paste_speak_with_spreadsheets(page: DataPage, document: Document, qtbot: QtBot) -> None:
    panel = show(page, "sections")
    panel.view.choose(0, panel.model.column_of("teachers"), 2, 2)
    assert page.copy()
    assert QGuiApplication.clipboard().text() == "T1\t5\r\nT1\t5\r\n"
    panel.view.choose(2, panel.model.column_of("teachers"), 4, 2)
    qtbot.keyClick(panel.view, Key.Key_V, Ctrl)
    assert [s.teachers for s in document.school.sections.values()] == [("T1",)] * 6
    assert document.undo() == "Paste 8 cells into sections"
    assert document.school.sections["S6"].teachers == ("T3",)


def test_a_paste_beyond_the_last_row_adds_rows(page: DataPage, document: Document, told: list[str]) -> None:
    panel = show(page, "students", "P08", "id")
    QGuiApplication.clipboard().setText("Student ID\tSPED\tName\nP08\tNo\tAda\nP09\tYes\tBob\n")
    panel.commands.paste()
    assert told == []
    assert document.school.students["P09"] == Student("P09", True, "Bob")
    assert panel.model.rowCount() == 9


def test_what_was_pasted_is_selected_under_its_new_ids(
    page: DataPage, document: Document, told: list[str]
) -> None:
    panel = show(page, "students", "P08", "id")
    QGuiApplication.clipboard().setText("P10\tNo\nP11\tYes\n")
    panel.commands.paste()
    assert told == []
    assert list(document.school.students)[-2:] == ["P10", "P11"]
    assert [row.key for row in panel.selected_rows()] == ["P10", "P11"]


def test_lines_are_pasted_as_new_rows_below_the_last(page: DataPage, document: Document) -> None:
    heard: list[str] = []
    page.workspace.notice.connect(lambda _kind, text: heard.append(text))
    panel = show(page, "courses", "BAND", "id")
    before = dict(document.school.courses.items())
    QGuiApplication.clipboard().setText("LAT\tLatin\nGRE\tGreek")
    page.commands["paste_new"].trigger()
    added = {key: course.title for key, course in document.school.courses.items() if key not in before}
    assert added == {"LAT": "Latin", "GRE": "Greek"}
    assert all(document.school.courses[key] == course for key, course in before.items())
    assert heard == ["Pasted: 2 rows added."]
    assert panel.here()[0] == RowId("LAT")
    QGuiApplication.clipboard().setText("GRK")
    show(page, "courses", "GRE", "id")
    page.commands["paste"].trigger()
    assert heard[1] == "Pasted: 1 row changed. Ctrl+Shift+V pastes as new rows."


def test_pasted_rows_are_selected_wherever_they_come_to_stand(page: DataPage, document: Document) -> None:
    """A request stands with the others of its student: the last rows of the table are not those pasted."""
    heard: list[str] = []
    page.workspace.notice.connect(lambda _kind, text: heard.append(text))
    panel = show(page, "requests", "P03")
    held = {key: requests.requests for key, requests in document.school.requests.items()}
    QGuiApplication.clipboard().setText("P01\tART\nP04\tART")
    page.commands["paste_new"].trigger()
    rows = [RowId(key, len(held[key])) for key in ("P01", "P04")]
    assert panel.selected_rows() == rows
    assert panel.here()[0] == rows[0]
    document.undo()
    panel.filter.setText("P04")
    panel._on_filter()
    page.commands["paste_new"].trigger()
    assert panel.selected_rows() == rows[1:]
    assert heard[-1] == "Pasted: 2 rows added. The filter does not show all of them."


def test_a_refused_paste_changes_nothing_and_names_the_cells(
    page: DataPage, document: Document, told: list[str]
) -> None:
    panel = show(page, "sections", "S1", "course")
    before = document.revision
    QGuiApplication.clipboard().setText("ENG\nCHEM")
    panel.commands.paste()
    assert document.revision == before
    assert "Line 2, Course ID: There is no course 'CHEM'" in told[0]
    panel = show(page, "students", "P01", "unavailable")
    QGuiApplication.clipboard().setText("\tAda")
    panel.commands.paste()
    assert "Line 1: There is no column for 'Ada'. Paste it further left, or leave it out." in told[1]


def test_columns_grow_with_what_is_pasted(page: DataPage, told: list[str]) -> None:
    panel = show(page, "students", "P03", "counselor")
    column = panel.model.column_of("counselor")
    before = [panel.view.columnWidth(n) for n in range(panel.model.columnCount())]
    QGuiApplication.clipboard().setText("Featherstonehaugh, Bartholomew")
    panel.commands.paste()
    after = [panel.view.columnWidth(n) for n in range(panel.model.columnCount())]
    assert told == []
    assert after[column] > before[column]
    assert [n for n in range(len(after)) if after[n] != before[n]] == [column]


def test_fill_down_and_clear(page: DataPage, document: Document, told: list[str]) -> None:
    panel = show(page, "teachers")
    panel.view.choose(0, panel.model.column_of("department"), 3, 1)
    panel.commands.fill_down()
    assert {t.department for t in document.school.teachers.values()} == {"Science"}
    panel.commands.clear()
    assert {t.department for t in document.school.teachers.values()} == {""}
    document.undo()
    document.undo()
    assert document.school.teachers["T3"].department == "Arts"
    panel = show(page, "sections", "S1", "course")
    panel.commands.clear()
    assert "cannot be blank" in told[0]


def test_deleting_names_what_depends_and_takes_it_along(
    page: DataPage, document: Document, told: list[str]
) -> None:
    panel = show(page, "courses", "BIO", "id")
    panel.commands.delete()
    assert "2 sections are deleted" in told[0]
    assert "8 request lists change" in told[0]
    assert list(document.school.sections) == ["S3", "S4", "S5", "S6"]
    assert document.undo() == "Delete course BIO"
    assert len(document.school.sections) == 6
    assert len(document.schedule().seatings["P01"].seats) == 3


def test_refusing_to_delete_changes_nothing(
    page: DataPage, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "ask", lambda *_a, **_k: False)
    show(page, "courses", "BIO", "id").commands.delete()
    assert "BIO" in document.school.courses


@pytest.mark.parametrize(
    ("table", "key", "field", "text", "words"),
    [
        (
            "courses",
            "BIO",
            "id",
            "LIFE",
            "Change id of course BIO. With it: 2 sections change; 8 request lists change; "
            "seats of 8 students change.",
        ),
        (
            "sections",
            "S1",
            "course",
            "ART",
            "Change course of section S1. With it: seats of 4 students change.",
        ),
    ],
)
def test_what_changes_with_a_cell_is_told(
    page: DataPage, qtbot: QtBot, table: str, key: str, field: str, text: str, words: str
) -> None:
    panel = show(page, table, key, field)
    with qtbot.waitSignal(page.workspace.notice) as told:
        qtbot.keyClick(type_into(qtbot, panel, text), Key.Key_Return)
    assert told.args == ["note", f"{words} Undo takes all of it back."]


def test_a_row_is_added_by_a_form_that_judges_as_one_types(
    page: DataPage, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show(page, "sections")
    seen = []

    def fill(dialog) -> bool:
        seen.append((dialog.fields["id"].text(), dialog.add.isEnabled()))
        assert dialog.fields["seats"].text() == "8"  # as most sections have: 5 or 8, the more of two
        dialog.fields["course"].setText("NONE")
        seen.append((dialog.words.text(), dialog.add.isEnabled()))
        dialog.fields["course"].setText("ART")
        dialog.fields["seats"].setText("12")
        assert dialog.add.isEnabled()
        return True

    monkeypatch.setattr(commands.RowDialog, "exec", fill)
    panel.commands.add_row()
    assert seen[0] == ("S7", False)
    assert "no course 'NONE'" in seen[1][0]
    assert not seen[1][1]
    assert (document.school.sections["S7"].course, document.school.sections["S7"].seats) == ("ART", 12)
    assert panel.here()[0] == RowId("S7")
    panel = show(page, "requests", "P01")

    def fill_request(dialog) -> bool:
        assert dialog.fields["student"].text() == "P01"
        dialog.fields["course"].setText("ART")
        return True

    monkeypatch.setattr(commands.RowDialog, "exec", fill_request)
    panel.commands.add_row()
    assert document.school.requests["P01"].requests[-1] == CourseRequest("ART")
    panel.view.choose(0, 0)
    show(page, "sections", "S1").commands.duplicate()
    assert document.school.sections["S8"].course == "BIO"


def test_findings_are_marked_by_sign_and_words_and_can_be_walked(
    page: DataPage, qtbot: QtBot, window: MainWindow
) -> None:
    assert window.workspace is not None
    findings = (
        Finding(
            "x", Severity.ERROR, "Wrong course.", "Mend it.", column="Course ID", table="sections", key="S2"
        ),
        Finding(
            "y", Severity.WARNING, "Odd load.", "See.", column="Current Load", table="teachers", key="T2"
        ),
        Finding("z", Severity.NOTE, "No seats.", "", column="", table="requests", key="P03", value="BAND"),
    )
    window.workspace.set_findings(findings)
    panel = show(page, "sections", "S1", "id")
    cell = panel.model.index(1, 1)
    assert not cell.data(Role.DecorationRole).isNull()
    assert cell.data(Role.ToolTipRole) == "Wrong course.\nMend it."
    assert cell.data(Role.AccessibleTextRole) == "Course ID: BIO. Wrong course."
    assert panel.findings.text() == "1 finding"
    seen = []
    for _ in range(4):
        qtbot.keyClick(page.panel.view, Key.Key_F8)
        row, column = page.panel.here()
        seen.append((page.panel.sheet.table, row, page.panel.model.columns[column].key))
    assert seen == [
        ("sections", RowId("S2"), "course"),
        ("teachers", RowId("T2"), "load"),
        ("requests", RowId("P03", 2), "student"),
        ("sections", RowId("S2"), "course"),
    ]
    qtbot.keyClick(page.panel.view, Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert page.panel.sheet.table == "requests"


def test_another_page_is_taken_to_its_cell(window: MainWindow) -> None:
    assert window.workspace is not None
    window.workspace.go_to("data", "students", "P05", "grade")
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    assert page.panel.here() == (RowId("P05"), page.panel.model.column_of("grade"))


def test_a_page_that_was_hidden_shows_what_changed_meanwhile(window: MainWindow, document: Document) -> None:
    page = window.show_page("data")
    assert isinstance(page, DataPage)
    panel = show(page, "students")
    window.show_page("checks") if "checks" in window.pages else show(page, "sections")
    from echelon_desktop.model.edits import set_fields

    document.apply(set_fields(document.dataset, "students", "P01", name="Zoe"))
    assert texts(show(page, "students"), "name")[0] == "Zoe"
    assert panel is page.panel


def test_nothing_is_editable_where_somebody_else_has_the_file(document: Document) -> None:
    model = GridModel(document.dataset, SHEETS[0])
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0, 3), "9")
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.index(0, 0).parent() == QModelIndex()
    assert QApplication.instance() is not None
