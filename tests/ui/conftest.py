"""A real window over a small school in a real file; the engine is started only by tests that ask for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from cloud_runner.client.order import Pace
from cloud_runner.client.remotes import Remote
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, School
from echelon_desktop.model.rules import preset_rules
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.theme import theme
from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from cloud_runner.emulator.cloud import Cloud

PACE = Pace(poll_min_s=0.05, poll_max_s=0.2, connect_s=2.0, read_s=10.0, attempts=1)


@pytest.fixture(scope="session", autouse=True)
def empty_clipboard() -> Iterator[None]:
    """Empty it: the offscreen platform destroys what is in it after Python has ended, and crashes then."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session", autouse=True)
def appearance(qapp: QApplication) -> None:
    """The house's font and colours, as in the application."""
    theme().install(qapp, "light")


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """Keep what the window remembers out of the user's own settings."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for layout in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(layout, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def no_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail on a message that nobody would answer; tests that expect one put their own answer here."""

    def unexpected(box: QMessageBox) -> int:
        raise AssertionError(f"A message came up: {box.text()} {box.informativeText()}")

    monkeypatch.setattr(QMessageBox, "exec", unexpected)


def small_dataset() -> Dataset:
    """
    Six sections, four periods, three teachers, eight students, and one scenario that meets all requests.

    S1 (Biology) is in R1, S2 (Biology) in R2, S3 and S4 (English) in R2 and G1, S5 (Art) in G1, S6 (Band) in
    G2. Students with odd numbers sit in S1, S4 and S6; those with even ones in S2, S4 or S5 and S6.
    """
    periods = [
        e.Period(name, str(i + 1), name[0], i % 2 + 1) for i, name in enumerate(("R1", "R2", "G1", "G2"))
    ]
    teachers = [
        e.Teacher("T1", "Science", load=2, science_sections=2, name="Ada Byron"),
        e.Teacher("T2", "English", load=2, science_sections=0, name="Chinua Obi"),
        e.Teacher("T3", "Arts", load=2, science_sections=0, name="Frida Sol"),
    ]
    courses = [
        e.Course("BIO", "Biology", "Science"),
        e.Course("ENG", "English 9", "English"),
        e.Course("ART", "Art", "Arts"),
        e.Course("BAND", "Band", "Arts"),
    ]
    sections = [
        e.Section("S1", "BIO", ("T1",), 5, "Science"),
        e.Section("S2", "BIO", ("T1",), 5, "Science"),
        e.Section("S3", "ENG", ("T2",), 5, "English"),
        e.Section("S4", "ENG", ("T2",), 8, "English"),
        e.Section("S5", "ART", ("T3",), 8, "Arts"),
        e.Section("S6", "BAND", ("T3",), 8, "Arts"),
    ]
    places = {"S1": "R1", "S2": "R2", "S3": "R2", "S4": "G1", "S5": "G1", "S6": "G2"}
    students, requests, seatings = [], [], []
    for n in range(1, 9):
        student = f"P{n:02}"
        students.append(e.Student(student, sped=n == 3, name=f"Student {n}", grade="9" if n < 5 else "10"))
        second = "ENG" if n % 2 else ("ENG", "ART")[n % 4 == 0]
        wanted = ("BIO", second, "BAND")
        requests.append(e.RequestList(student, tuple(e.CourseRequest(course) for course in wanted)))
        held = ("S1" if n % 2 else "S2", "S4" if second == "ENG" else "S5", "S6")
        seats = tuple(e.Seat(c, s) for c, s in zip(wanted, held, strict=True))
        seatings.append(e.Seating("1", student, seats))
    school = School(
        periods=periods,
        courses=courses,
        teachers=teachers,
        sections=sections,
        unavailability=[e.Unavailability("T3", ("R1",))],
        students=students,
        requests=requests,
    )
    placements = [
        e.Placement("1", section.id, (places[section.id],), (), section.teachers) for section in sections
    ]
    scenario = e.Scenario("1", "Draft", "2026-01-02T03:04:05+00:00")
    return Dataset(school, preset_rules("standard"), [scenario], placements, seatings)


@pytest.fixture
def document(tmp_path: Path, qapp: QApplication) -> Iterator[Document]:
    """The small school, open in a file of its own."""
    opened = Document(SchoolFile.create(tmp_path / "school.echelon", small_dataset(), "Small school"))
    yield opened
    opened.file.close()


@pytest.fixture
def engine(qapp: QApplication) -> Iterator[EngineClient]:
    """An engine that is off until a test starts it, and never left behind."""
    client = EngineClient()
    yield client
    client.shut()


@pytest.fixture
def desk(tmp_path: Path, qapp: QApplication) -> Iterator[RemoteDesk]:
    """Runs and remotes of a user who has none yet; nobody follows them until a test starts it."""
    made = RemoteDesk(tmp_path / "remote runs", tmp_path / "remotes.toml", PACE)
    yield made
    made.shut(patience_s=10.0)


@pytest.fixture
def workspace(document: Document, engine: EngineClient, desk: RemoteDesk) -> Iterator[Workspace]:
    """What a page is made with; no thread of it is left running."""
    shared = Workspace(document, engine, desk)
    yield shared
    shared.background.wait()


@pytest.fixture
def window(qtbot: QtBot, document: Document, engine: EngineClient, desk: RemoteDesk) -> Iterator[MainWindow]:
    """The main window showing the small school."""
    shown = MainWindow(engine, desk)
    # A test that fails during a solve would be asked what becomes of it.
    qtbot.addWidget(shown, before_close_func=MainWindow.close_document)
    shown.show_document(document)
    shown.show()
    yield shown
    shown.close_document()


@pytest.fixture
def remote(cloud: "Cloud", desk: RemoteDesk) -> Remote:
    """The emulated cloud among the user's remotes."""
    from cloud_runner.emulator.demo import remote_of

    made = remote_of(cloud, "North High")
    desk.remotes.save(made)
    desk.remotes_changed.emit()
    return made
