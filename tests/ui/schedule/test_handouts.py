"""Handouts: what they say, that each begins on a page of its own, and that they reach the file."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Edit, RowChange, Schedule, School
from echelon_desktop.model.edits import set_fields
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.paper.asking import paper_font
from echelon_desktop.ui.paper.looks import Heading
from echelon_desktop.ui.paper.printing import write_pdf
from echelon_desktop.ui.schedule.handouts import (
    master_pages,
    room_page,
    section_page,
    student_page,
    teacher_page,
)
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.schedule.print_menu import HANDOUTS
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.workspace import Workspace

HEADING = Heading("Small <school>", "Draft", "today")


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> SchedulePage:
    shown = SchedulePage(workspace)
    qtbot.addWidget(shown)
    qtbot.waitUntil(lambda: shown.judge.reasons is not None)
    return shown


def read(document: Document) -> Timetable:
    return Timetable(document.school, document.rules, document.schedule())


def test_page_of_a_student(document: Document) -> None:
    document.apply(set_fields(document.dataset, "students", "P01", name="O'Neil & <Sons>"))
    seating = document.dataset.seatings["1", "P01"]
    document.apply(
        set_fields(document.dataset, "seatings", ("1", "P01"), seats=replace(seating, seats=()).seats)
    )
    html = student_page(read(document), HEADING, "P01")
    assert "O&#x27;Neil &amp; &lt;Sons&gt;" in html
    assert "Small &lt;school&gt;" in html
    assert "Biology, English 9, Band" in html  # what he lacks
    other = student_page(read(document), HEADING, "P02")
    assert "without a seat" not in other
    assert "Ada Byron" in other


def test_page_of_a_teacher(document: Document) -> None:
    html = teacher_page(read(document), HEADING, "T3")
    assert "Frida Sol" in html
    assert "8 of 8" in html
    assert "Unavailable" in html


def test_page_of_a_room(document: Document) -> None:
    document.apply(set_fields(document.dataset, "placements", ("1", "S1"), room="B2"))
    html = room_page(read(document), HEADING, "B2")
    assert "Room B2" in html
    assert "S1" in html
    assert "S2" not in html
    assert html.count(">Teacher</th>") == 1
    assert ">Room</th>" not in html


def test_class_list_of_a_section(document: Document, tmp_path: Path) -> None:
    document.apply(set_fields(document.dataset, "students", "P03", name="Zoe <Abel>"))
    document.apply(set_fields(document.dataset, "students", "P01", name="Adams, Jo"))
    html = section_page(read(document), HEADING, "S1")
    assert "Section S1  ·  Ada Byron  ·  R1  ·  4 of 5 seats" in html
    names = ["Adams, Jo", "Student 5", "Student 7", "Zoe &lt;Abel&gt;"]
    assert sorted(names, key=html.index) == names
    assert "Student 2" not in html
    assert "SPED" not in html  # P03 is
    for student in ("P01", "P03", "P05", "P07"):
        seating = replace(document.dataset.seatings["1", student], seats=())
        document.apply(Edit("Unseat", (RowChange("seatings", ("1", student), seating),)))
    assert "Nobody sits in it." in section_page(read(document), HEADING, "S1")


def test_a_class_of_thirty_five_fits_on_a_page(document: Document, tmp_path: Path) -> None:
    school = document.school
    students = [e.Student(f"N{n:02}", name=f"Student {n}") for n in range(35)]
    seatings = {s.id: e.Seating("", s.id, (e.Seat("BIO", "S1"),)) for s in students}
    requests = [e.RequestList(s.id, (e.CourseRequest("BIO"),)) for s in students]
    full = School(
        periods=school.periods.values(),
        courses=school.courses.values(),
        teachers=school.teachers.values(),
        sections=school.sections.values(),
        students=students,
        requests=requests,
    )
    placements = {"S1": e.Placement("", "S1", ("R1",), (), ("T1",))}
    timetable = Timetable(full, (), Schedule(placements, seatings))
    assert write_pdf(tmp_path / "a.pdf", [section_page(timetable, HEADING, "S1")], paper_font(), "x") == 1


def test_each_handout_begins_a_page(document: Document, tmp_path: Path) -> None:
    timetable = read(document)
    handouts = [student_page(timetable, HEADING, student) for student in ("P01", "P02", "P03")]
    assert write_pdf(tmp_path / "a.pdf", handouts, QFont(), "x") == 3
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    assert write_pdf(tmp_path / "b.pdf", [master_pages(timetable, HEADING)], QFont(), "x", wide=True) == 1


@pytest.mark.parametrize("what", [what for what in HANDOUTS if what != "comparison"])  # there is none
def test_save_as_pdf(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    workspace: Workspace,
    page: SchedulePage,
    what: str,
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    pages = {
        "students": 8,
        "student": 1,
        "teachers": 3,
        "teacher": 1,
        "rooms": 2,
        "room": 1,
        "master": 1,
        "sections": 6,
        "section": 1,
    }[what]
    if "room" in what:
        document = page.document
        for section, room in (("S1", "B2"), ("S2", "B10")):
            document.apply(set_fields(document.dataset, "placements", ("1", section), room=room))
        page.refresh(None)
        qtbot.waitUntil(lambda: page.timetable is not None and len(page.timetable.of_room) == 2)
    with qtbot.waitSignal(
        workspace.notice, check_params_cb=lambda kind, text: kind == "good" and text.startswith("out.pdf:")
    ) as noticed:
        page.print_button.save(what)
    assert noticed.args[1] == f"out.pdf: {pages} {'page' if pages == 1 else 'pages'} written."
    assert (tmp_path / "out.pdf").stat().st_size > 1000


def test_rooms_can_be_printed_where_there_are_any(qtbot: QtBot, page: SchedulePage) -> None:
    def offered() -> list[str]:
        menu = page.print_button.menu()
        menu.aboutToShow.emit()
        part = menu.actions()[0].menu()
        return [action.text().replace("&", "") for action in part.actions() if action.isVisible()]

    assert "Rooms listed…" not in offered()
    document = page.document
    document.apply(set_fields(document.dataset, "placements", ("1", "S1"), room="B2"))
    page.refresh(None)
    qtbot.waitUntil(lambda: page.timetable is not None and bool(page.timetable.of_room))
    assert {"Rooms listed…", "Selected room…"} <= set(offered())


def test_listed_students_are_those_the_filter_leaves(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    workspace: Workspace,
    page: SchedulePage,
) -> None:
    tab = page.tab("students")
    tab.filters.choice.setCurrentIndex(tab.filters.choice.findText("Grade 10"))
    tab.filters.choice.activated.emit(tab.filters.choice.currentIndex())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "g.pdf"), ""))
    with qtbot.waitSignal(workspace.notice, check_params_cb=lambda kind, _text: kind == "good") as noticed:
        page.print_button.save("students")
    assert noticed.args[1].startswith("g.pdf: 4 pages")


def test_save_where_one_cannot_is_told(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: SchedulePage
) -> None:
    (tmp_path / "taken.pdf").mkdir()
    told: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "taken.pdf"), ""))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    page.print_button.save("master")
    qtbot.waitUntil(lambda: bool(told))
    assert "taken.pdf cannot be written" in told[0]


def test_cancelled_dialogs_write_nothing(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace, page: SchedulePage
) -> None:
    said: list[str] = []
    workspace.notice.connect(lambda _kind, text: said.append(text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QPrintDialog, "exec", lambda _dialog: 0)
    page.print_button.save("students")
    page.print_button.print("students")
    assert not said
    assert not workspace.background.busy
