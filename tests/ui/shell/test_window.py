"""The shell: pages, undo and redo, history, search, scenarios, opening and closing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
    QTabBar,
)
from pytestqt.qtbot import QtBot

from echelon_desktop.model.csv_io import read_schedule, read_school
from echelon_desktop.model.edits import set_fields
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.ui.actions import ACTIONS
from echelon_desktop.ui.imports.dialog import ImportDialog
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.shell import recent
from echelon_desktop.ui.shell.history import HistoryDialog
from echelon_desktop.ui.shell.search import Hit, find
from echelon_desktop.ui.shell.window import MainWindow

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def rename_a_student(window: MainWindow, name: str) -> str:
    document = window.document
    key = next(iter(document.school.students))
    document.apply(set_fields(document.dataset, "students", key, name=name))
    return key


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_every_page_opens_and_survives_a_change(window: MainWindow, page: str, qtbot: QtBot):
    window.sidebar.buttons[page].click()
    assert window.stack.currentWidget() is window.pages[page]
    rename_a_student(window, "Renamed")
    window.actions_["undo"].trigger()


def test_undo_and_redo_name_what_they_do(window: MainWindow):
    key = rename_a_student(window, "Renamed")
    before = window.document.school.students[key].name
    assert "Change name" in window.actions_["undo"].text()
    window.actions_["undo"].trigger()
    assert window.document.school.students[key].name != before
    assert "Change name" in window.actions_["redo"].text()
    window.actions_["redo"].trigger()
    assert window.document.school.students[key].name == before


@pytest.mark.parametrize(
    "keys",
    [(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier), (Qt.Key.Key_Z, CONTROL_SHIFT)],
    ids=["ctrl+y", "ctrl+shift+z"],
)
def test_redo_by_the_keys_of_either_platform(
    window: MainWindow, keys: tuple[Qt.Key, Qt.KeyboardModifier], qtbot: QtBot
):
    key = rename_a_student(window, "Renamed")
    window.actions_["undo"].trigger()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, *keys)
    assert window.document.school.students[key].name == "Renamed"


def test_undo_is_off_when_there_is_nothing_to_undo(window: MainWindow):
    assert not window.actions_["undo"].isEnabled()
    rename_a_student(window, "Renamed")
    assert window.actions_["undo"].isEnabled()
    assert not window.actions_["redo"].isEnabled()


def test_history_goes_back_to_any_change(window: MainWindow, qtbot: QtBot):
    key = rename_a_student(window, "One")
    rename_a_student(window, "Two")
    dialog = HistoryDialog(window.document, window)
    qtbot.addWidget(dialog)
    assert dialog.list.count() == 3
    dialog.list.itemActivated.emit(dialog.list.item(1))
    assert window.document.school.students[key].name == "One"
    dialog.list.itemActivated.emit(dialog.list.item(0))
    assert window.document.school.students[key].name == "Two"


def test_search_finds_records_pages_and_commands(window: MainWindow, qtbot: QtBot):
    section = next(iter(window.document.school.sections.values()))
    for typed, expected in ((section.id, section.id), ("board", "Board"), ("snapshot", "Keep a snapshot…")):
        window.search()
        qtbot.keyClicks(window.searching.field, typed)
        assert expected in window.searching.model.hits[0].title
        window.searching.close()


def test_search_without_a_hit_says_so(window: MainWindow, qtbot: QtBot):
    window.search()
    dialog = window.searching
    qtbot.keyClicks(dialog.field, "nobody of this name")
    assert dialog.nothing.isVisible()
    assert "nobody of this name" in dialog.nothing.text()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.field.clear()
    assert dialog.list.isVisible()
    assert not dialog.nothing.isVisible()
    dialog.close()


def test_choosing_a_found_page_shows_it(window: MainWindow, qtbot: QtBot):
    window.search()
    qtbot.keyClicks(window.searching.field, "rules")
    qtbot.keyClick(window.searching.field, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.pages["rules"]


def test_what_begins_with_the_word_is_found_first():
    hits = [Hit(title, "", "", lambda: None) for title in ("Jazz Band", "Band", "Bandana", "Algebra")]
    assert [hit.title for hit in find(hits, "band")] == ["Band", "Bandana", "Jazz Band"]
    assert [hit.title for hit in find(hits, "ja ba")] == ["Jazz Band"]
    assert find(hits, "band algebra") == []


def test_a_closed_school_is_among_the_recent_ones(window: MainWindow, tmp_path: Path):
    path = window.document.path
    window.files.open_path(path) if window.document is None else window.close_document()
    recent.remember_file(path)
    window.close_document()
    assert window.outer.currentWidget() is window.start
    assert recent.recent_files() == [path]
    window.start.picked.emit(str(path))
    assert window.document.path == path


def file_menu(window: MainWindow) -> QMenu:
    """The File menu, filled as when somebody opens it."""
    menu = window.menuBar().actions()[0].menu()
    menu.aboutToShow.emit()
    return menu


def test_the_file_menu_opens_a_recent_school(window: MainWindow, tmp_path: Path):
    other, gone = tmp_path / "R&D school.echelon", tmp_path / "gone.echelon"
    SchoolFile.create(other, window.document.dataset, "Import").close()
    for path in (gone, other):
        recent.remember_file(path)
    assert window.recent_menu.menuAction() in file_menu(window).actions()
    first, second = window.recent_menu.actions()[:2]
    assert (first.text(), first.statusTip(), first.toolTip()) == (
        "&1  R&&D school",
        str(tmp_path),
        str(tmp_path),
    )
    assert second.text() == "&2  gone  (not found)"
    assert not second.isEnabled()
    first.trigger()
    assert window.document.path == other


def test_the_list_of_recent_schools_can_be_cleared(window: MainWindow):
    recent.remember_file(window.document.path)
    window.close_document()
    file_menu(window)
    assert window.start.recent.count() == 1
    window.recent_menu.actions()[-1].trigger()
    assert recent.recent_files() == []
    assert window.start.recent.count() == 0
    file_menu(window)
    assert not window.recent_menu.menuAction().isEnabled()


def test_a_long_name_of_a_school_does_not_widen_the_window(window: MainWindow, tmp_path: Path):
    usual = window.minimumSizeHint().width()
    path = tmp_path / f"{'A school of many words ' * 8}.echelon"
    SchoolFile.create(path, window.document.dataset, "Import").close()
    window.files.open_path(path)
    assert window.document.path == path
    assert window.top_bar.school.toolTip() == str(path)
    assert window.minimumSizeHint().width() <= max(usual, 1000)


def test_a_file_dropped_on_the_window_is_opened(window: MainWindow, qtbot: QtBot):
    path = window.document.path
    window.close_document()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPoint(50, 50), copy, data, left, none))
    qtbot.waitUntil(lambda: window.document is not None)
    assert window.document.path == path


def test_a_second_window_may_read(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    path = window.document.path
    window.close_document()
    said = []

    def agree(box: QMessageBox) -> int:
        said.append(box.text())
        box.buttons()[0].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", agree)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: box.buttons()[0])
    with SchoolFile.open(path):
        window.files.open_path(path)
    assert window.document.read_only
    assert said
    assert not window.actions_["solve"].isEnabled()


def test_opening_what_is_open_leaves_it_writable(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    document = window.document
    monkeypatch.setattr(QMessageBox, "exec", lambda box: pytest.fail(box.text()))
    window.files.open_path(document.path)
    assert window.document is document
    rename_a_student(window, "Renamed")


def test_a_new_school_never_replaces_the_open_one_or_an_earlier_copy(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()) or 0)
    found, target = window.document.dataset, window.document.path

    def agree(dialog: ImportDialog) -> bool:
        dialog.dataset = found
        dialog.done(1)
        return True

    monkeypatch.setattr(ImportDialog, "exec", agree)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(target), ""))
    (tmp_path / "files").mkdir()
    window.files.import_folder(tmp_path / "files")
    assert "is open" in told[-1]
    rename_a_student(window, "Renamed")

    target = tmp_path / "other.echelon"
    for text in ("first", "second"):
        window.close_document()
        target.write_text(text, encoding="utf-8")
        window.files.import_folder(tmp_path / "files")
    assert (tmp_path / "other (replaced).echelon").read_text(encoding="utf-8") == "first"
    assert (tmp_path / "other (replaced) 2.echelon").read_text(encoding="utf-8") == "second"


def test_a_file_that_cannot_be_opened_is_told(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()) or 0)
    wrong = tmp_path / "wrong.echelon"
    wrong.write_text("nonsense", encoding="utf-8")
    before = window.document.path
    window.files.open_path(wrong)
    assert "wrong.echelon" in told[0]
    assert window.document.path == before


def test_scenarios_are_made_renamed_and_deleted(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    document = window.document
    window.scenarios.make("Copy", document.schedule())
    assert document.dataset.scenarios[document.scenario].name == "Copy"
    assert document.schedule().placements.keys() == document.school.sections.keys()
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("Spring", True))
    window.actions_["rename-scenario"].trigger()
    assert window.top_bar.scenarios.currentText() == "Spring"
    monkeypatch.setattr("echelon_desktop.ui.shell.scenarios.ask", lambda *a, **k: True)
    window.actions_["delete-scenario"].trigger()
    assert window.top_bar.scenarios.currentText() == "Draft"
    window.actions_["undo"].trigger()
    assert window.top_bar.scenarios.findText("Spring") >= 0


def test_scenarios_of_one_name_can_be_told_apart_in_the_bar(window: MainWindow) -> None:
    box = window.top_bar.scenarios
    assert [box.itemText(i) for i in range(box.count())] == ["Draft"]
    window.scenarios.make("Draft", window.document.schedule())
    window.scenarios.make("Other", window.document.schedule())
    first, second, third = (box.itemText(i) for i in range(box.count()))
    assert first.startswith("Draft no. 1 (2 Jan 2026")
    assert second.startswith("Draft no. 2 (")
    assert third == "Other"


def test_snapshots_come_back(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("before", True))
    window.actions_["snapshot"].trigger()
    key = rename_a_student(window, "Renamed")
    window.document.restore_snapshot("before")
    assert window.document.school.students[key].name != "Renamed"
    window.actions_["undo"].trigger()
    assert window.document.school.students[key].name == "Renamed"


def test_the_sample_school_opens_with_one_click(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "Documents"))
    window.close_document()
    window.start.cards["sample"].click()
    assert len(window.document.school.students) > 500
    assert window.document.path.parent == tmp_path / "Documents" / "Echelon"


def test_every_action_has_a_name_of_its_own_and_help():
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    shortcuts = [spec.shortcut for spec in ACTIONS if spec.shortcut is not None]
    assert len(set(shortcuts)) == len(shortcuts)
    assert all(spec.help.endswith(".") for spec in ACTIONS)


def letter(text: str) -> str:
    """The letter that Alt chooses, empty for none."""
    at = text.replace("&&", "  ").find("&")
    return text[at + 1].casefold() if at >= 0 else ""


@pytest.mark.parametrize("page", [spec.id for spec in PAGES])
def test_alt_and_a_letter_means_one_thing_on_a_page(window: MainWindow, page: str):
    shown = window.show_page(page)
    words = [action.text() for action in window.menuBar().actions()]
    words += [bar.tabText(i) for bar in shown.findChildren(QTabBar) for i in range(bar.count())]
    words += [button.text() for button in shown.findChildren(QAbstractButton)]
    letters = [letter(text) for text in words if letter(text)]
    assert len(letters) >= len(window.menuBar().actions())
    assert sorted(letters) == sorted(set(letters)), words


def test_a_message_goes_with_the_next_change(window: MainWindow):
    rename_a_student(window, "One")
    window.actions_["undo"].trigger()
    window.actions_["redo"].trigger()
    assert window.status.currentMessage().startswith("Made again: ")
    rename_a_student(window, "Two")
    assert not window.status.currentMessage()


def test_dialogs_begin_at_home_where_there_are_no_documents(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    began: list[str] = []
    monkeypatch.setattr("echelon_desktop.ui.shell.files.recent_files", list)
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "Documents"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (began.append(a[2]), ("", ""))[1])
    window.files.open()
    (tmp_path / "Documents").mkdir()
    window.files.open()
    assert began == [str(tmp_path), str(tmp_path / "Documents")]


def test_export_writes_school_and_schedule(window: MainWindow, tmp_path: Path):
    window.files.export_to(tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"Sections_Information.csv", "rules.toml", "section_schedule.csv", "unmet_requests.csv"} <= names


def test_a_workbook_written_from_the_menu_is_the_school_with_its_schedule(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    offered = []
    chosen = str(tmp_path / "Spring")
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *words: (offered.append(words[2]), (chosen, ""))[1]
    )
    window.actions_["export-workbook"].trigger()
    assert offered == [str(window.document.path.with_suffix(".xlsx"))]
    book = tmp_path / "Spring.xlsx"
    assert read_school(book).school == window.document.school
    assert read_schedule(window.document.school, book).schedule.placements.keys() == (
        window.document.schedule().placements.keys()
    )


def test_a_workbook_that_the_dialog_did_not_ask_about_is_asked_about(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "Spring"), ""))
    window.files.export_workbook()
    before = (tmp_path / "Spring.xlsx").read_bytes()
    window.files.export_workbook()
    assert asked == ["There is a file Spring.xlsx already."]
    assert (tmp_path / "Spring.xlsx").read_bytes() == before


def test_a_workbook_of_the_users_own_is_not_replaced(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    texts: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.append(box.text()))
    book = tmp_path / "Spring.xlsx"
    book.write_bytes(b"mine")
    window.files.export_workbook_to(book)
    assert texts == ["Spring.xlsx is there, and is no workbook that Echelon wrote. Choose another name."]
    assert book.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["School.xlsx"], "School.xlsx"),
        (["Students.xlsx"], "."),
        (["Period.csv"], "."),
        (["a.xlsx", "b.xlsx"], "."),
    ],
)
def test_a_workbook_dropped_on_the_window_is_imported(
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    meant: str,
):
    taken: list[Path] = []
    monkeypatch.setattr(window.files, "import_folder", taken.append)
    data = QMimeData()
    for name in names:
        (tmp_path / name).write_bytes(b"")
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPoint(50, 50), copy, data, left, none))
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == [tmp_path / meant]


def test_files_that_are_there_are_replaced_only_when_the_user_says_so(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    answers, asked = ["Cancel", "Replace"], []

    def answer(box: QMessageBox) -> None:
        asked.append(f"{box.text()} {box.informativeText()}")
        assert box.defaultButton().text() == "Cancel"
        wanted = answers.pop(0)
        next(b for b in box.buttons() if b.text() == wanted).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    (tmp_path / "out").mkdir()
    periods = tmp_path / "out" / "Period.csv"
    periods.write_text("mine", encoding="utf-8")
    window.files.export()
    assert asked == ["out already holds 1 file of a school. Those of this school would replace Period.csv."]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Period.csv"]
    assert periods.read_text(encoding="utf-8") == "mine"
    window.files.export()
    assert "R1" in periods.read_text(encoding="utf-8")
    assert not answers


def test_an_export_that_cannot_be_written_is_told(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    texts: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.append(box.text()))
    (tmp_path / "file").write_bytes(b"")
    window.files.export_to(tmp_path / "file" / "out")
    (tmp_path / "out" / "rules.toml").mkdir(parents=True)
    window.files.export_to(tmp_path / "out")
    assert "cannot be written to" in texts[0]
    assert texts[1].startswith("rules.toml cannot be written")


def test_the_status_bar_counts_what_is_unmet(window: MainWindow):
    assert window.status.unmet.text().startswith("0 of ")
    assert window.status.saved.text() == "All changes saved"
