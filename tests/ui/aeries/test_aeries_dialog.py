"""Exporting for Aeries: what is shown before, what is written, and what is remembered."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Dataset, Edit, RowChange, School
from echelon_desktop.model.edits import set_fields
from echelon_desktop.model.entities import Scenario
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.ui.aeries.dialog import AeriesDialog
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.shell.window import MainWindow


def numbered(value: Any) -> Any:
    """A record with numbers where the small school has ids such as S1, T2 and P03."""
    if isinstance(value, str):
        return re.sub(r"^[STP]0?(\d)$", r"\1", value)
    if isinstance(value, tuple):
        return tuple(map(numbered, value))
    if is_dataclass(value):
        return replace(value, **{field.name: numbered(getattr(value, field.name)) for field in fields(value)})
    return value


@pytest.fixture
def document(tmp_path: Path, qapp: QApplication, document: Document) -> Iterator[Document]:
    """The small school with numbers, as Aeries has them."""
    old = document.dataset
    school = School(
        **{name: [numbered(r) for r in table.values()] for name, table in vars(old.school).items()}
    )
    schedules = [[numbered(r) for r in table.values()] for table in (old.placements, old.seatings)]
    dataset = Dataset(school, document.rules, old.scenarios.values(), *schedules)
    opened = Document(SchoolFile.create(tmp_path / "numbers.echelon", dataset, "Numbers"))
    yield opened
    opened.file.close()


def opened(qtbot: QtBot, document: Document) -> AeriesDialog:
    dialog = AeriesDialog(document, None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def shown(dialog: AeriesDialog) -> list[str]:
    return [dialog.tabs.tabText(n) for n in range(dialog.tabs.count())]


def test_what_is_shown_is_written(
    qtbot: QtBot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = opened(qtbot, document)
    assert not dialog.write_button.isEnabled()
    assert "whole number" in dialog.code_words.text()
    dialog.code.setText("12")
    assert dialog.write_button.isEnabled()
    assert dialog.summary.text() == "6 sections, 24 requests with a section, 0 without."
    assert shown(dialog) == ["Sections: SMS (6)", "Requests: SSS (24)", "Not written (0)"]
    cells = [dialog.sections.index(0, n).data() for n in range(7)]
    assert cells == ["12", "1", "BIO", "1", "1", "Y", ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    dialog.accept()
    assert dialog.folder == tmp_path / "out"
    first = (tmp_path / "out" / "SMS.csv").read_text(encoding="utf-8").splitlines()[1]
    assert first.split(",") == cells
    assert not (tmp_path / "out" / "Not_Written.csv").exists()


def test_what_cannot_be_written_is_listed_by_its_kind(qtbot: QtBot, document: Document) -> None:
    document.apply(set_fields(document.dataset, "sections", "1", room="Laboratory"))
    dialog = opened(qtbot, document)
    dialog.code.setText("12")
    groups = [dialog.tree.topLevelItem(n) for n in range(dialog.tree.topLevelItemCount())]
    assert [(item.text(0), item.text(1)) for item in groups] == [
        ("Room ids of more than 6 characters", "1"),
        ("Requests whose section is not written", "4"),
    ]
    assert groups[0].child(1).text(0) == "Section 1, course BIO – RM: Laboratory"
    assert dialog.summary.text().startswith("5 sections, 20 requests with a section, 0 without. 5 things")


def test_where_nothing_can_be_written_it_opens_with_what_is_not(qtbot: QtBot, document: Document) -> None:
    assert opened(qtbot, document).tabs.currentIndex() == 0
    for section in list(document.school.sections):
        document.apply(set_fields(document.dataset, "sections", section, room="Laboratory"))
    for student in list(document.school.requests):
        document.apply(Edit("Ask for nothing", (RowChange("requests", student, None),)))
    dialog = opened(qtbot, document)
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()).startswith("Not written (")
    assert dialog.tree.isVisible()


def test_codes_are_edited_and_remembered_for_the_school(
    qtbot: QtBot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = opened(qtbot, document)
    dialog.code.setText("12")
    dialog.periods.item(0, 1).setText("2")
    assert shown(dialog)[2] == "Not written (11)", "three sections in R1 and R2, and their eight seats"
    dialog.periods.item(0, 1).setText(" 41 ")
    dialog.terms.item(0, 1).setText("A")
    assert [dialog.sections.index(0, n).data() for n in (4, 5)] == ["41", "A"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    dialog.accept()
    again = opened(qtbot, document)
    assert again.codes() == dialog.codes()
    assert again.codes().school == "12"
    assert again.codes().periods["R1"] == "41"


def test_only_what_changed_since_another_scenario_is_written(qtbot: QtBot, document: Document) -> None:
    copies = [
        RowChange(table, ("2", key[1]), replace(record, scenario="2"))
        for table in ("placements", "seatings")
        for key, record in getattr(document.dataset, table).items()
    ]
    document.apply(Edit("Copy", (RowChange("scenarios", "2", Scenario("2", "Later")), *copies)))
    document.show_scenario("2")
    document.apply(set_fields(document.dataset, "placements", ("2", "5"), periods=("G2",)))
    dialog = opened(qtbot, document)
    dialog.code.setText("12")
    assert shown(dialog)[0] == "Sections: SMS (6)"
    dialog.since.setCurrentIndex(1)
    assert dialog.since.currentText() == "What changed since Draft"
    assert shown(dialog) == ["Sections: SMS (1)", "Requests: SSS (0)", "Not written (0)"]
    assert dialog.sections.index(0, 1).data() == "5"


def test_a_folder_of_school_files_is_refused_and_the_dialog_stays(
    qtbot: QtBot, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    (tmp_path / "Period.csv").write_bytes(b"")
    dialog = opened(qtbot, document)
    dialog.code.setText("12")
    dialog.accept()
    assert "Choose another folder" in told[0]
    assert dialog.isVisible()


def test_it_is_in_the_menu_of_a_school_with_a_schedule(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(AeriesDialog, "exec", lambda dialog: asked.append(dialog.windowTitle()) or 0)
    window.actions_["export-aeries"].trigger()
    assert asked == ["Export for Aeries"]
