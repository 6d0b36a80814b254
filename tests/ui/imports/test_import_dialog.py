"""Importing: what is shown before, that cancel changes nothing, and that one edit brings all of it."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from echelon_desktop.model.csv_io import write_school
from echelon_desktop.model.dataset import Dataset, Edit, RowChange
from echelon_desktop.model.rules import format_rules, preset_rules
from echelon_desktop.solver.output import export_workbook
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.imports.dialog import FAILED, ImportDialog
from echelon_desktop.ui.imports.remembered import remember_titles, remembered_titles
from echelon_desktop.ui.shell.window import MainWindow


@pytest.fixture
def folder(tmp_path: Path, document: Document) -> Path:
    """The files of the small school."""
    made = tmp_path / "files"
    write_school(document.school, made)
    return made


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def opened(qtbot: QtBot, folder: Path, document: Document | None = None) -> ImportDialog:
    dialog = ImportDialog(folder, document, None)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.is_ready)
    return dialog


def show_file(dialog: ImportDialog, name: str) -> None:
    texts = [dialog.files.list.item(i).text() for i in range(dialog.files.list.count())]
    dialog.files.list.setCurrentRow(texts.index(name))


def test_a_new_school_is_the_school_of_the_files(qtbot: QtBot, folder: Path, document: Document) -> None:
    dialog = opened(qtbot, folder)
    assert dialog.rules.currentText().startswith("Standard")
    assert "8 students" in dialog.summary.text()
    show_file(dialog, "Student_Info.csv")
    assert dialog.files.facts.text() == "8 rows, UTF-8, cells separated by commas"
    assert [dialog.files.table.item(0, n).text() for n in range(3)] == ["Student ID", "Student ID", "P01"]
    dialog.accept()
    assert dialog.edit is None
    assert dialog.dataset is not None
    assert dialog.dataset.school == document.school
    assert tuple(dialog.dataset.rules.values()) == preset_rules("standard")


def test_cancel_changes_nothing(qtbot: QtBot, folder: Path, document: Document) -> None:
    change(folder, "Student_Info.csv", "P01,", "P77,")
    revision = document.revision
    dialog = opened(qtbot, folder, document)
    dialog.reject()
    assert (dialog.dataset, dialog.edit, document.revision) == (None, None, revision)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_the_open_school_is_brought_up_to_date_in_one_edit(
    qtbot: QtBot, folder: Path, document: Document
) -> None:
    change(folder, "Student_Info.csv", "P08,No", "P09,No")
    change(folder, "Student_Preference_Info.csv", "P08,BIO;ART;BAND", "P09,BIO;ART;BAND")
    change(folder, "Student_Preference_Info.csv", "P01,BIO;ENG;BAND", "P01,BIO;BAND")
    dialog = opened(qtbot, folder, document)
    rows = [dialog.changes.tree.topLevelItem(i) for i in range(dialog.changes.tree.topLevelItemCount())]
    shown = {row.text(0): [row.text(n) for n in (1, 2, 3)] for row in rows}
    assert shown == {"Students": ["1", "1", ""], "Request lists": ["1", "1", "1"]}
    assert "Draft: 0 sections would lose their place, 2 students 4 seats." in dialog.changes.words.text()
    before = document.schedule()
    dialog.accept()
    assert dialog.edit is not None
    assert dialog.edit.title == "Import files"
    document.apply(dialog.edit)
    assert "P09" in document.school.students
    after = document.schedule()
    assert after.placements == before.placements
    assert after.seatings["P02"] == before.seatings["P02"]
    assert [seat.course for seat in after.seatings["P01"].seats] == ["BIO", "BAND"]
    assert document.undo() == "Import files"
    assert document.schedule() == before


def test_sections_with_fewer_seats_than_students_are_told(
    qtbot: QtBot, folder: Path, document: Document
) -> None:
    change(folder, "Sections_Information.csv", "S6,BAND,T3,8", "S6,BAND,T3,7")
    dialog = opened(qtbot, folder, document)
    assert dialog.changes.words.text() == (
        "All schedules are kept as they are: no section loses its place, no student a seat.\n"
        "Draft: S6 would have more students than seats."
    )
    assert dialog.changes.frame.property("kind") == "doubt"
    dialog.accept()
    document.apply(dialog.edit)
    change(folder, "Sections_Information.csv", "S6,BAND,T3,7", "S6,BAND,T3,6")
    words = opened(qtbot, folder, document).changes.words.text()
    assert "more students" not in words, "they had before"


def test_with_a_school_open_a_new_one_can_be_made(qtbot: QtBot, folder: Path, document: Document) -> None:
    dialog = opened(qtbot, folder, document)
    assert dialog.tabs.isTabVisible(2)
    assert dialog.tabs.currentIndex() == 2
    assert "nothing would change" in dialog.changes.words.text()
    dialog.target.setCurrentIndex(1)
    assert not dialog.tabs.isTabVisible(2)
    dialog.accept()
    assert dialog.edit is None
    assert isinstance(dialog.dataset, Dataset)


def make_other(folder: Path) -> None:
    """Other students, and other courses in sections that are numbered alike."""
    for name in ("Student_Info.csv", "Student_Preference_Info.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        head, *rows = text.splitlines()
        (folder / name).write_text("\n".join([head, *(f"other-{row}" for row in rows)]), encoding="utf-8")
    path = folder / "Sections_Information.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = [row.replace(",", ",other-", 1) for row in rows]
    path.write_text("\n".join([head, *rows]), encoding="utf-8")


def test_another_school_becomes_a_file_of_its_own(qtbot: QtBot, folder: Path, document: Document) -> None:
    make_other(folder)
    dialog = opened(qtbot, folder, document)
    assert dialog.rules.currentText().startswith("Standard")
    dialog.accept()
    assert dialog.edit is None
    assert dialog.dataset is not None
    assert set(document.school.sections) == set(dialog.dataset.school.sections)


def test_another_school_taken_into_the_open_one_keeps_its_rules(
    qtbot: QtBot, folder: Path, document: Document
) -> None:
    make_other(folder)
    dialog = opened(qtbot, folder, document)
    dialog.target.setCurrentIndex(0)
    assert dialog.rules.currentText() == "The rules that the open school has"
    dialog.accept()
    assert dialog.edit is not None


def test_a_column_can_be_explained_and_is_remembered(qtbot: QtBot, folder: Path) -> None:
    change(folder, "Student_Info.csv", "SPED", "IEP")
    dialog = opened(qtbot, folder)
    show_file(dialog, "Student_Info.csv")
    assert "SPED" in dialog.files.missing_words.text()
    box = dialog.files.table.cellWidget(1, 1)
    assert isinstance(box, QComboBox)
    choice = box.findData("SPED")
    box.setCurrentIndex(choice)
    box.activated.emit(choice)
    qtbot.waitUntil(lambda: dialog.is_ready)
    assert dialog.files.missing.isHidden()
    dialog.accept()
    assert dialog.dataset is not None
    assert dialog.dataset.school.students["P03"].sped
    assert remembered_titles() == {"Student_Info.csv": {"IEP": "SPED"}}
    again = opened(qtbot, folder)
    again.accept()
    assert again.dataset is not None
    assert again.dataset.school.students["P03"].sped


def test_what_was_explained_is_not_kept_when_cancelled(qtbot: QtBot, folder: Path) -> None:
    change(folder, "Student_Info.csv", "SPED", "IEP")
    dialog = opened(qtbot, folder)
    dialog.files.titles["Student_Info.csv"] = {"IEP": "SPED"}
    dialog.reject()
    assert remembered_titles() == {}


def test_remembered_titles_that_mean_nothing_are_dropped() -> None:
    remember_titles({"Student_Info.csv": {"IEP": "SPED", "x": "No such column"}, "Old.csv": {"a": "b"}})
    assert remembered_titles() == {"Student_Info.csv": {"IEP": "SPED"}}


def test_rules_are_chosen_by_name_and_bad_ones_are_told(qtbot: QtBot, folder: Path) -> None:
    rules = preset_rules("standard")[:1]
    (folder / "rules.toml").write_text(format_rules(rules), encoding="utf-8")
    dialog = opened(qtbot, folder)
    assert dialog.rules.currentText() == "rules.toml of the folder"
    dialog.accept()
    assert dialog.dataset is not None
    assert tuple(dialog.dataset.rules.values()) == rules
    (folder / "rules.toml").write_text("nonsense =", encoding="utf-8")
    dialog = opened(qtbot, folder)
    assert not dialog.accept_button.isEnabled()
    assert "rules.toml" in dialog.rules_words.text()
    dialog.rules.setCurrentIndex(1)
    assert dialog.accept_button.isEnabled()


def test_a_folder_without_the_files_is_told_and_cannot_be_imported(qtbot: QtBot, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    dialog = ImportDialog(empty, None, None)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.stack.currentIndex() == FAILED)
    assert "none of the files" in dialog.failure.text()
    dialog.accept()
    assert dialog.dataset is None
    dialog.reject()


def test_findings_are_grouped_and_name_their_place(qtbot: QtBot, folder: Path) -> None:
    change(folder, "Sections_Information.csv", "S1,BIO,T1,5", "S1,BIO,T1,many")
    dialog = opened(qtbot, folder)
    codes = [group.code for group in dialog.findings.groups]
    assert codes[0] == "not-a-count"
    finding = dialog.findings.groups[0].findings[0]
    assert finding.place() == "Sections_Information.csv, row 2, column # of Seats Available"
    assert "1 error" in dialog.summary.text()
    # The worst one is chosen, and told with what to do about it.
    assert dialog.remedy.text() == f"{finding.message}\n{finding.remedy}"
    dialog.tree.setCurrentIndex(dialog.findings.index(0, 0))
    assert dialog.remedy.text() == ""
    dialog.reject()


def test_the_window_takes_over_what_the_dialog_made(
    qtbot: QtBot, folder: Path, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def answer(dialog: ImportDialog) -> bool:
        qtbot.waitUntil(lambda: dialog.is_ready)
        dialog.accept()
        return True

    monkeypatch.setattr(ImportDialog, "exec", answer)
    change(folder, "Teacher_Info.csv", "T1,Science", "T1,Biology")
    document = window.document
    assert document is not None
    window.files.open_path(folder)
    assert document.school.teachers["T1"].department == "Biology"
    assert document.file.undo_title == "Import files"
    window.close_document()
    chosen = (str(tmp_path / "new"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    window.files.import_folder(folder)
    assert window.document is not None
    assert window.document.path.name == "new.echelon"
    assert len(window.document.school.students) == 8


def test_a_workbook_is_shown_sheet_by_sheet_and_taken_over_with_its_rules(
    qtbot: QtBot, tmp_path: Path, document: Document
) -> None:
    others = [rule.id for rule in document.rules if rule.kind != "unmet-requests"]
    document.apply(Edit("Rules", tuple(RowChange("rules", key, None) for key in others)))
    book = tmp_path / "Spring.xlsx"
    export_workbook(document.dataset, book, document.scenario)
    dialog = opened(qtbot, book)
    assert dialog.summary.text().startswith(f"{book}\n8 students")
    show_file(dialog, "Student_Info")
    assert dialog.files.name.text() == "Spring.xlsx, sheet Student_Info"
    assert dialog.files.facts.text() == "8 rows, read as Student_Info.csv"
    assert [dialog.files.table.item(0, n).text() for n in range(3)] == ["Student ID", "Student ID", "P01"]
    assert dialog.rules.currentText() == "rules.toml of the workbook"
    dialog.accept()
    assert dialog.dataset is not None
    assert dialog.dataset.school == document.school
    assert tuple(dialog.dataset.rules.values()) == document.rules


def test_a_workbook_brings_the_open_school_up_to_date(
    qtbot: QtBot, tmp_path: Path, document: Document
) -> None:
    book = tmp_path / "Spring.xlsx"
    export_workbook(document.dataset, book, document.scenario)
    dialog = opened(qtbot, book, document)
    assert "nothing would change" in dialog.changes.words.text()
    assert dialog.rules.currentText() == "The rules that the open school has"


def test_a_workbook_that_cannot_be_read_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    book = tmp_path / "Spring.xlsx"
    book.write_bytes(b"\xd0\xcf\x11\xe0")
    dialog = ImportDialog(book, None, None)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.stack.currentIndex() == FAILED)
    assert "Spring.xlsx is a workbook of the old form (.xls)" in dialog.failure.text()
    assert not dialog.accept_button.isEnabled()
