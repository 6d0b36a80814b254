"""The Solve page: a solve ends as a scenario in one step; it can be stopped; what cannot be is explained."""

import os
import signal
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QStyle, QStyleOptionComboBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from cloud_runner.client.follow import Follower
from cloud_runner.client.order import Order as RemoteOrder
from cloud_runner.client.prepare import prepare
from cloud_runner.client.remotes import Remote
from cloud_runner.client.runs import State
from echelon_desktop.errors import StoreError
from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import lock_sections, set_fields
from echelon_desktop.model.entities import Rule, Section, Unavailability
from echelon_desktop.model.row_edits import delete_rows
from echelon_desktop.model.rule_edits import add_rule
from echelon_desktop.model.sheets import RowId, sheet_of
from echelon_desktop.solver.scopes import Part, Scope
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.board.page import BoardPage
from echelon_desktop.ui.engine.client import READY
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.schedule.page import SchedulePage
from echelon_desktop.ui.schedule.unmet import UnmetTab
from echelon_desktop.ui.shell.window import MainWindow
from echelon_desktop.ui.solve import session
from echelon_desktop.ui.solve.case import keeping
from echelon_desktop.ui.solve.changes import changes_in_words
from echelon_desktop.ui.solve.chart import MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT, ProgressChart
from echelon_desktop.ui.solve.page import SolvePage
from echelon_desktop.ui.theme import theme
from echelon_desktop.ui.workspace import Workspace

STACK = Remote("North", "us-east-1", "north-runs", "https://sqs/north", "north", "/echelon/north")
SOLVE_MS = 90_000  # a cold machine loads numba and OR-Tools first


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> SolvePage:
    made = SolvePage(workspace)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    workspace.document.changed.connect(made.refresh)
    return made


def solve(page: SolvePage, qtbot: QtBot, seconds: int = 3) -> tuple[str, str]:
    page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
    page.form.seconds.setValue(seconds)
    page.start()
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS) as ended:
        pass
    return tuple(ended.args)


def test_a_solve_becomes_a_scenario_that_undo_takes_back(page: SolvePage, qtbot: QtBot):
    document = page.document
    before = list(document.dataset.scenarios)
    page.form.name.setText("Spring draft")
    kind, text = solve(page, qtbot)
    assert kind == "good"
    assert "All 24 requests are met." in text
    assert document.dataset.scenarios[document.scenario].name == "Spring draft"
    assert verify(document.school, document.rules, document.schedule()).ok
    assert page.runs.rowCount() == 1
    assert page.copy()
    assert "Spring draft" in QGuiApplication.clipboard().text()
    document.undo()
    assert list(document.dataset.scenarios) == before


def test_the_start_of_the_engine_is_no_time_of_solving(
    page: SolvePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    now = [1000.0]
    monkeypatch.setattr("echelon_desktop.ui.solve.session.time", SimpleNamespace(monotonic=lambda: now[0]))
    engine, phases = page.workspace.engine, []

    def on_state() -> None:
        page._on_tick()
        phases.append(page.live.phase.text())
        if engine.state == READY and now == [1000.0]:
            now[0] += 9.0  # that is how long it took

    engine.state_changed.connect(on_state)
    kind, _ = solve(page, qtbot, seconds=5)
    assert kind == "good"
    assert phases[0] == "The solver is starting…"
    (run,) = page.document.file.runs()
    assert run.figures["seconds"] == 0.0
    assert all(point[0] < 9.0 for point in run.figures["progress"])


def test_the_page_says_when_no_fewer_requests_can_be_unmet(page: SolvePage):
    live = page.live
    live.begin()
    for unmet, bound, settled in ((None, 0, False), (3, 1, False), (3, 3, True)):
        live.show_figures(unmet, bound)
        live.show_time(20, 60)
        assert ("the levels after that" in live.phase.text()) == settled
    live.begin()
    live.show_time(0, 60)
    assert live.phase.text() == "Solving: 0 of 60 s"


def test_stopping_keeps_what_was_found(page: SolvePage, qtbot: QtBot):
    # Nobody can be in two places: a student with more requests than periods keeps the search busy.
    document = page.document
    requests = document.school.requests["P01"]
    more = tuple(type(requests.requests[0])(course) for course in document.school.courses)
    document.apply(set_fields(document.dataset, "requests", "P01", requests=more))
    document.apply(set_fields(document.dataset, "courses", "ART", lab=True))
    page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
    page.form.seconds.setValue(600)
    page.start()
    session = page.session
    qtbot.waitUntil(lambda: page.chart.bound != [] or page.session is None, timeout=SOLVE_MS)
    if page.session is not None:
        with qtbot.waitSignal(session.ended, timeout=SOLVE_MS):
            page.stop()
    assert document.schedule().placements.keys() == document.school.sections.keys()


def test_locked_sections_stay(page: SolvePage, qtbot: QtBot):
    document = page.document
    document.apply(lock_sections(document.dataset, "1", ("S1", "S5"), True))
    assert "2 locked sections" in page.form.locks.text()
    assert page.form.scope.currentText() == "Only what is not locked"
    solve(page, qtbot)
    placements = document.schedule().placements
    assert placements["S1"].periods == ("R1",)
    assert placements["S5"].periods == ("G1",)
    assert placements["S1"].locked
    assert page.table.model().index(0, 2).data() == "what is not locked"
    page.take_to(Target("solve", "runs", document.file.runs()[-1].id))
    assert page.form.order().scope == Scope(), "repeated, it keeps the locks there are then"


def test_a_department_alone_leaves_the_rest(page: SolvePage, qtbot: QtBot):
    document = page.document
    before = document.schedule()
    page.form.scope.setCurrentIndex(page.form.scope.findText("Science only"))
    assert page.form.order().scope == Scope(Part.DEPARTMENT, "Science")
    kind, text = solve(page, qtbot)
    assert kind == "good"
    assert text.startswith("Science only: ")
    after = document.schedule()
    for section in ("S3", "S4", "S5", "S6"):
        assert after.placements[section].periods == before.placements[section].periods
        assert not after.placements[section].locked
    assert verify(document.school, document.rules, after).ok
    page.form.scope.setCurrentIndex(0)
    page.take_to(Target("solve", "runs", document.file.runs()[-1].id))
    assert page.form.order().scope == Scope(Part.DEPARTMENT, "Science"), "a run is repeated for the same part"


def test_a_repair_changes_only_what_must(page: SolvePage, qtbot: QtBot):
    document = page.document
    before = document.schedule()
    section = next(s for s in document.school.sections.values() if s.teachers)
    period = before.placements[section.id].periods[0]
    document.apply(
        Edit(
            "Away",
            (
                RowChange(
                    "unavailability", section.teachers[0], Unavailability(section.teachers[0], (period,))
                ),
            ),
        )
    )
    page.form.repair.setChecked(True)
    assert page.form.order().close
    kind, text = solve(page, qtbot)
    assert kind == "good"
    after = document.schedule()
    assert text.endswith(changes_in_words(document.grid, before, after))
    moved = [s for s, placed in after.placements.items() if placed.periods != before.placements[s].periods]
    assert section.id in moved
    assert len(moved) <= 2
    assert verify(document.school, document.rules, after).ok


def test_what_cannot_be_is_explained_and_changes_nothing(page: SolvePage, qtbot: QtBot):
    document = page.document
    document.apply(set_fields(document.dataset, "sections", "S5", allowed_periods=("R1",)))
    scenarios = list(document.dataset.scenarios)
    kind, text = solve(page, qtbot)
    assert kind == "bad"
    assert "T3" in text
    assert list(document.dataset.scenarios) == scenarios
    assert page.live.unmet.text() == "–", "nothing more will be known"
    assert page.runs.index(0, 1).data() == "–", "no scenario came of it"
    assert page.runs.index(0, 8).data() == "No schedule exists, proven"


def test_an_edit_during_the_solve_does_not_spoil_it(page: SolvePage, qtbot: QtBot):
    document = page.document
    page.form.seconds.setValue(3)
    page.start()

    def edit() -> None:
        if document.school.sections["S5"].seats != 1:
            document.apply(set_fields(document.dataset, "sections", "S5", seats=1))

    page.session.progressed.connect(edit)
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS) as ended:
        pass
    kind, text = ended.args
    assert kind == "doubt"
    assert "edited meanwhile" in text
    assert document.schedule().placements.keys() == document.school.sections.keys()


def test_a_section_deleted_during_the_solve_leaves_no_trace(page: SolvePage, qtbot: QtBot):
    document = page.document
    page.form.seconds.setValue(3)
    page.start()

    def delete() -> None:
        if "S5" in document.school.sections:
            document.apply(delete_rows(document.dataset, sheet_of("sections"), [RowId("S5")]))

    page.session.progressed.connect(delete)
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS) as ended:
        pass
    assert "left out" in ended.args[1]
    schedule = document.schedule()
    assert schedule.placements.keys() == document.school.sections.keys()
    assert all(seat.section != "S5" for seating in schedule.seatings.values() for seat in seating.seats)


@pytest.mark.parametrize("again", [True, False])
def test_what_was_found_is_not_lost_on_a_full_disk(
    page: SolvePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, again: bool
):
    document, asked = page.document, []
    scenarios, apply = list(document.dataset.scenarios), document.file.apply

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    def ask(_window: object, _title: str, _text: str, _yes: str, more: str, no: str, no_by_esc: bool) -> bool:
        asked.append(more)
        monkeypatch.setattr(document.file, "apply", apply)
        return again

    monkeypatch.setattr(document.file, "apply", full)
    monkeypatch.setattr(session, "ask", ask)
    kind, text = solve(page, qtbot)
    assert asked == ["The disk is full."]
    assert (len(document.dataset.scenarios) > len(scenarios)) == again
    assert (kind, "not kept. The disk is full." in text) == (("good", False) if again else ("bad", True))


def test_no_time_goes_into_a_school_whose_schedules_could_not_be_used(page: SolvePage, qtbot: QtBot):
    document = page.document
    document.apply(set_fields(document.dataset, "sections", "S1", teachers=("T9",)))
    document.apply(set_fields(document.dataset, "sections", "S2", room="B2"))
    kind, text = solve(page, qtbot, 30)
    assert kind == "bad"
    assert "S1 names teacher T9 and S2 names room B2. Correct the id in Data" in text
    assert page.live.unmet.text() == "–"  # nothing was tried
    assert len(document.dataset.scenarios) == 1


def test_esc_does_not_discard_what_was_found(page: SolvePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    document, apply = page.document, page.document.file.apply
    scenarios = len(document.dataset.scenarios)

    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    def press_esc(box: QMessageBox) -> None:
        monkeypatch.setattr(document.file, "apply", apply)
        later = time.monotonic() + 900.0  # the user was away
        monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: later))
        box.escapeButton().click()

    monkeypatch.setattr(document.file, "apply", full)
    monkeypatch.setattr(QMessageBox, "exec", press_esc)
    assert solve(page, qtbot)[0] == "good"
    assert len(document.dataset.scenarios) == scenarios + 1
    assert document.file.runs()[-1].figures["seconds"] < 100


def test_a_run_that_cannot_be_recorded_is_told(
    page: SolvePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    told: list[str] = []
    page.workspace.notice.connect(lambda _kind, text: told.append(text))
    monkeypatch.setattr(page.document.file, "record_run", full)
    assert solve(page, qtbot)[0] == "good"
    assert "The solve is not among the runs. The disk is full." in told


def test_what_is_certain_is_told_of_all_ranks_together(page: SolvePage, qtbot: QtBot):
    document = page.document
    entry = document.school.requests["P01"]
    requests = tuple(replace(request, rank=2) for request in entry.requests)
    document.apply(set_fields(document.dataset, "requests", "P01", requests=requests))
    document.apply(set_fields(document.dataset, "sections", "S6", seats=1))  # the only one of BAND
    solve(page, qtbot)
    certain = int(page.live.certain.text())
    assert certain > 0
    assert page.runs.index(0, 4).data() == str(certain)
    assert document.file.runs()[-1].figures["certain"] == certain


def test_a_school_without_requests_is_not_praised(page: SolvePage, qtbot: QtBot):
    document = page.document
    rows = [
        RowId(student, n) for student, r in document.school.requests.items() for n in range(len(r.requests))
    ]
    document.apply(delete_rows(document.dataset, sheet_of("requests"), rows))
    assert solve(page, qtbot)[1] == "No student requests anything."


def busy(page: SolvePage) -> None:
    """Give T1 a third lab: two must be side by side, which only a long proof could tell."""
    third = Section("S7", "BIO", ("T1",), 5, "Science")
    page.document.apply(Edit("Add section S7", (RowChange("sections", "S7", third),)))
    page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
    page.form.seconds.setValue(600)


def test_an_engine_that_dies_leaves_the_last_schedule_it_told_of(page: SolvePage, qtbot: QtBot):
    busy(page)
    page.start()
    told = []
    page.session.progressed.connect(lambda progress: told.append(progress.solution))
    qtbot.waitUntil(lambda: any(solution is not None for solution in told), timeout=SOLVE_MS)
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS) as ended:
        os.kill(page.workspace.engine.pid, signal.SIGTERM)
    kind, text = ended.args
    assert kind == "doubt"
    assert "ended unexpectedly" in text
    document = page.document
    assert document.dataset.scenarios[document.scenario].name == "Draft 2"
    assert verify(document.school, document.rules, document.schedule()).ok
    assert page.form.start_button.isEnabled()


def test_an_engine_that_dies_before_it_told_of_any_changes_nothing(page: SolvePage, qtbot: QtBot):
    busy(page)
    scenarios = list(page.document.dataset.scenarios)
    page.start()
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS) as ended:
        qtbot.waitUntil(lambda: page.workspace.engine.job is not None, timeout=SOLVE_MS)
        os.kill(page.workspace.engine.pid, signal.SIGTERM)
    assert ended.args[0] == "bad"
    assert list(page.document.dataset.scenarios) == scenarios


def test_that_a_run_was_sent_is_no_news_once_it_has_ended(page: SolvePage, desk: RemoteDesk):
    order = RemoteOrder(seeds=(1,))
    document = page.document
    prepared = prepare(document.school, document.rules, document.schedule(), order)
    run = Follower(desk.store).submit(prepared, STACK, document.path, document.path.stem)
    page._on_sent(run, "Autumn")
    assert "Sent to “North”" in page.live.message.text()
    desk.ended.emit(replace(run, id="another"))
    assert page.live.message.text()
    desk.ended.emit(replace(run, state=State.DONE))
    assert not page.live.message.text()


def test_runs_keep_the_rules_of_models(page: SolvePage, qtmodeltester: ModelTester, qtbot: QtBot):
    solve(page, qtbot, seconds=1)
    qtmodeltester.check(page.runs)
    spoken = page.runs.data(page.runs.index(0, 3), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Unmet: ")


def test_the_chart_says_its_last_figures(qtbot: QtBot):
    chart = ProgressChart()
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    chart.clear(60)
    chart.add(1.0, None, 3)
    chart.add(2.0, 120, 3)
    chart.add(9.0, 21, 6)
    assert not chart.grab().isNull()
    assert chart.accessibleDescription() == "After 9 s: 21 unmet, 6 certainly"


def drawn(chart: ProgressChart, seconds: float) -> bool:
    """Whether the line of unmet requests is drawn at a moment."""
    image, color = chart.grab().toImage(), QColor(theme().tokens.series[0])
    x = round(MARGIN_LEFT + (image.width() - MARGIN_LEFT - MARGIN_RIGHT) * seconds / chart.limit_s)
    return any(image.pixelColor(x, y) == color for y in range(image.height() - MARGIN_BOTTOM))


def test_the_lines_reach_to_now(qtbot: QtBot):
    chart = ProgressChart()
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    chart.clear(60)
    chart.add(2.0, 20, 3)
    assert not drawn(chart, 20)
    chart.reach(30.0)
    assert drawn(chart, 20)
    assert not drawn(chart, 50)
    chart.clear(60)
    assert not drawn(chart, 20)


def test_time_goes_on_in_the_chart_without_any_news(page: SolvePage, qtbot: QtBot):
    busy(page)
    page.start()
    session = page.session
    qtbot.waitUntil(lambda: page.chart.now > 0.0, timeout=SOLVE_MS)
    with qtbot.waitSignal(session.ended, timeout=SOLVE_MS):
        page.stop()
    assert page.chart.now >= max([at for at, _ in page.chart.bound], default=0.0)


def test_the_scale_of_the_chart_stays_once_the_first_rush_is_over(qtbot: QtBot):
    chart = ProgressChart()
    qtbot.addWidget(chart)
    chart.clear(60)
    chart.add(0.5, 5000, 0)
    assert chart.top() > 5000
    tops = []
    for seconds, unmet in ((2.0, 150), (4.0, 120), (30.0, 8), (55.0, 4)):
        chart.add(seconds, unmet, 4)
        chart.reach(seconds + 1.5)
        tops.append(chart.top())
    assert tops[0] == tops[1] == tops[2] == tops[3], "150 is what is left of the rush"
    assert 150 < tops[0] < 200
    chart.clear(60)
    chart.add(0.5, 144, 0)
    before = chart.top()
    chart.add(1.0, 0, 0)
    chart.reach(60.0)
    assert chart.top() == before


def test_the_words_of_a_part_are_shown_whole(page: SolvePage):
    document = page.document
    document.apply(lock_sections(document.dataset, "1", ("S1",), True))
    assert page.form.scope.currentText() == "Only what is not locked"
    option = QStyleOptionComboBox()
    page.form.scope.initStyleOption(option)
    style, part = page.form.scope.style(), QStyle.SubControl.SC_ComboBoxEditField
    room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, page.form.scope)
    assert page.form.scope.fontMetrics().horizontalAdvance(page.form.scope.currentText()) <= room.width()


def test_sections_without_a_teacher_get_one_where_a_rule_wants_it(page: SolvePage, qtbot: QtBot):
    document = page.document
    section = next(x for x in document.school.sections.values() if x.teachers)
    teacher = section.teachers[0]
    document.apply(set_fields(document.dataset, "teachers", teacher, courses=(section.course,)))
    document.apply(set_fields(document.dataset, "sections", section.id, teachers=()))
    document.apply(add_rule(document.dataset, Rule("staffed", "section-teachers")))
    kind, text = solve(page, qtbot)
    assert kind == "good", text
    schedule = document.schedule()
    assert teacher in schedule.placements[section.id].teachers
    assert verify(document.school, document.rules, schedule).ok
    document.apply(set_fields(document.dataset, "teachers", teacher, courses=("nothing",)))
    kind, text = solve(page, qtbot)
    assert (kind, document.schedule()) == ("bad", schedule)
    assert f"{section.id} needs a teacher" in text


def test_rules_that_leave_nobody_to_teach_a_section_are_told(page: SolvePage, qtbot: QtBot):
    document = page.document
    section = next(x for x in document.school.sections.values() if x.teachers)
    others = [x for x in document.school.sections.values() if x.teachers and x.course != section.course]
    document.apply(set_fields(document.dataset, "sections", section.id, teachers=()))
    document.apply(add_rule(document.dataset, Rule("staffed", "section-teachers")))
    able = sorted({x.teachers[0] for x in others})[:2]
    for teacher in list(document.school.teachers):
        courses = (section.course if teacher in able else "nothing",)
        document.apply(set_fields(document.dataset, "teachers", teacher, courses=courses))
    for teacher in able:
        courses = {x.course for x in others if teacher in x.teachers}
        full = Rule(f"full {teacher}", "teacher-preps", teachers=(teacher,), limit=len(courses))
        document.apply(add_rule(document.dataset, full))
    kind, text = solve(page, qtbot)
    assert kind == "bad"
    assert text.startswith("No schedule keeps all hard rules. These cannot hold together:")
    assert f"{section.id} ({section.course}) needs a teacher: " in text


def test_a_run_took_as_long_as_all_its_turns(page: SolvePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    document = page.document
    section = next(x for x in document.school.sections.values() if x.teachers)
    document.apply(set_fields(document.dataset, "teachers", section.teachers[0], courses=(section.course,)))
    document.apply(set_fields(document.dataset, "sections", section.id, teachers=()))
    document.apply(add_rule(document.dataset, Rule("staffed", "section-teachers")))
    # A result tells of its own turn only, so that it must not be asked; this one tells nonsense.
    monkeypatch.setattr(
        session, "keeping", lambda case, result, *more: keeping(case, replace(result, seconds=-1.0), *more)
    )
    assert solve(page, qtbot)[0] == "good"
    figures = page.runs.rows[0].figures
    assert figures["seconds"] >= figures["progress"][-1][0]


def show_solve(window: MainWindow, qtbot: QtBot, seconds: int = 3) -> SolvePage:
    """The page in the window itself, which has the keys."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page = window.show_page("solve")
    assert isinstance(page, SolvePage)
    page.form.time.setCurrentIndex(page.form.time.findText("Other…"))
    page.form.seconds.setValue(seconds)
    return page


def solve_by_keys(window: MainWindow, qtbot: QtBot) -> SolvePage:
    """Solve in the window itself, with Enter on the button that has the focus."""
    page = show_solve(window, qtbot)
    assert page.form.start_button.hasFocus()
    qtbot.keyClick(page.form.start_button, Qt.Key.Key_Return)
    assert page.form.stop_button.hasFocus()
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS):
        pass
    return page


def test_a_solve_leads_on_to_who_misses_what(window: MainWindow, qtbot: QtBot):
    document = window.document
    document.apply(set_fields(document.dataset, "sections", "S6", seats=3))  # 8 want it
    page = solve_by_keys(window, qtbot)
    assert "5 of 24 requests are unmet" in page.live.message.text()
    onward = page.live.onward_button
    assert onward.hasFocus()
    found = document.scenario
    document.show_scenario("1")
    qtbot.keyClick(onward, Qt.Key.Key_Return)
    schedule = window.stack.currentWidget()
    assert isinstance(schedule, SchedulePage)
    assert document.scenario == found
    qtbot.waitUntil(lambda: schedule.judge.timetable is not None)
    tab = schedule.current
    assert isinstance(tab, UnmetTab)
    assert tab.requests.rowCount() == 5
    assert tab.isAncestorOf(window.focusWidget())


def test_a_solve_that_is_stopped_leads_on_too(window: MainWindow, qtbot: QtBot):
    document = window.document
    document.apply(set_fields(document.dataset, "sections", "S6", seats=3))
    document.apply(set_fields(document.dataset, "courses", "ART", lab=True))
    page = show_solve(window, qtbot, seconds=600)
    page.start()
    session = page.session
    qtbot.waitUntil(lambda: page.chart.bound != [] or page.session is None, timeout=SOLVE_MS)
    if page.session is not None:
        with qtbot.waitSignal(session.ended, timeout=SOLVE_MS):
            window.stop_solve()
    assert page.live.onward_button.hasFocus()


def test_where_nobody_misses_anything_a_solve_leads_on_to_the_board(window: MainWindow, qtbot: QtBot):
    page = solve_by_keys(window, qtbot)
    onward = page.live.onward_button
    assert onward.hasFocus()
    qtbot.keyClick(onward, Qt.Key.Key_Return)
    assert isinstance(window.stack.currentWidget(), BoardPage)
    window.show_page("solve")
    window.document.undo()
    assert onward.isHidden(), "what it led to is gone"


def test_a_solve_that_finds_nothing_leaves_the_focus_where_one_solves_again(window: MainWindow, qtbot: QtBot):
    document = window.document
    everywhere = Unavailability("T1", tuple(document.school.periods))
    document.apply(Edit("Away", (RowChange("unavailability", "T1", everywhere),)))
    page = solve_by_keys(window, qtbot)
    assert page.live.onward_button.isHidden()
    assert page.form.start_button.hasFocus()


def test_the_end_of_a_solve_leaves_the_focus_to_who_went_elsewhere(window: MainWindow, qtbot: QtBot):
    window.activateWindow()
    page = window.show_page("solve")
    assert isinstance(page, SolvePage)
    page.start()
    page.form.name.setFocus()
    with qtbot.waitSignal(page.session.ended, timeout=SOLVE_MS):
        pass
    assert page.form.name.hasFocus()
