"""The board: cards where the schedule has them, moved by key and by drop, locked, filtered, found again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Edit, RowChange
from echelon_desktop.model.edits import delete_scenario, lock_sections, set_fields
from echelon_desktop.model.entities import Period, Rule
from echelon_desktop.model.rule_edits import add_rule
from echelon_desktop.solver.verify import verify
from echelon_desktop.ui.board.cards import TRAY
from echelon_desktop.ui.board.page import BoardPage
from echelon_desktop.ui.board.painting import TRAY_CARD_HEIGHT, cards_shown
from echelon_desktop.ui.board.targets import Standing
from echelon_desktop.ui.board.view import MIME
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.theme import SPACE, TYPE, theme
from echelon_desktop.ui.workspace import Workspace

ENGINE_MS = 60_000


@pytest.fixture
def page(workspace: Workspace, qtbot: QtBot) -> BoardPage:
    made = BoardPage(workspace)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    workspace.document.changed.connect(made.refresh)
    return made


def periods(page: BoardPage, section: str) -> tuple[str, ...]:
    document = page.document
    return document.dataset.placements[document.scenario, section].periods


def stand(page: BoardPage, section: str, *where: str) -> None:
    """Let a section stand somewhere, whatever forbids it, as a file that was imported may say."""
    document = page.document
    key = (document.scenario, section)
    placement = replace(document.dataset.placements[key], periods=where)
    document.apply(Edit("Place", (RowChange("placements", key, placement),)))


def ready(page: BoardPage, qtbot: QtBot) -> None:
    """Wait until the engine knows the schedule on the screen."""
    page.workspace.engine.start()
    qtbot.waitUntil(lambda: page.targets.prepared, timeout=ENGINE_MS)


def take_off(page: BoardPage, qtbot: QtBot, section: str) -> None:
    ready(page, qtbot)
    page.view.picked.emit(section)
    page.move_section(section, TRAY)
    page.view.put_back.emit()
    qtbot.waitUntil(lambda: periods(page, section) == (), timeout=ENGINE_MS)


def free_place(page: BoardPage, qtbot: QtBot) -> tuple[str, int]:
    """Pick up the first card that may go somewhere; returns it and that column, its cost known."""
    for section in page.document.school.sections:
        page.view.picked.emit(section)
        for column in range(1, page.model.columnCount()):
            place = page._place_at(column)
            if place is not None and place.standing is Standing.FREE:
                qtbot.waitUntil(lambda c=column: page._place_at(c).move is not None, timeout=ENGINE_MS)
                return section, column
    raise AssertionError("no card may go anywhere")


def test_every_section_has_a_card_where_it_stands(page: BoardPage):
    for section in page.document.school.sections:
        index = page.model.find(section)
        assert page.model.headerData(index.column(), Qt.Orientation.Horizontal) in periods(page, section)


def test_model_keeps_the_rules_of_models(page: BoardPage, qtmodeltester: ModelTester):
    qtmodeltester.check(page.model)


def test_cells_say_what_is_in_them(page: BoardPage):
    index = page.model.find(next(iter(page.document.school.sections)))
    spoken = page.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    card = page.model.cards(index)[0]
    assert card.title in spoken
    assert f"{card.enrolled} of {card.seats} seats" in spoken


def test_a_long_department_is_shown_whole(page: BoardPage):
    side = page.view.side
    before = side.width()
    document, teacher = page.document, page.model.board.rows[0].teacher
    name = "Career and Technical Education"
    document.apply(set_fields(document.dataset, "teachers", teacher, department=name))
    shown = [row.department for row in page.model.board.rows].index(name)
    assert name in page.model.headerData(shown, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
    assert side.width() > before
    font = theme().font(TYPE.small)
    assert QFontMetrics(font).horizontalAdvance(name) + SPACE.m + SPACE.s <= side.width()


def test_a_drop_moves_the_section_and_its_students_in_one_step(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    before = page.document.schedule()
    section, column = free_place(page, qtbot)
    place = page._place_at(column)
    drop(page, section, column)
    assert periods(page, section) == place.choice.periods
    document = page.document
    verdict = verify(document.school, document.rules, document.schedule())
    assert verdict.ok
    assert verdict.counts.unmet == place.unmet  # the planted schedule misses none
    document.undo()
    assert document.schedule() == before


def test_a_cost_becomes_exact_and_says_so(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    section, column = free_place(page, qtbot)
    qtbot.waitUntil(lambda: page._place_at(column).exact, timeout=ENGINE_MS)
    place = page._place_at(column)
    assert "(=)" in place.words
    assert "≈" not in place.words
    drop(page, section, column)
    assert page.line_text.text().endswith(place.words)


def test_a_card_is_carried_by_keys(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    section, column = free_place(page, qtbot)
    page.targets.drop()
    index = page.model.find(section)
    page.view.setCurrentIndex(index)
    for _ in page.model.cards(index):
        qtbot.keyClick(page.view, Qt.Key.Key_Space)
        if page.view.carrying == section:
            break
    assert page.view.carrying == section
    qtbot.waitUntil(lambda: page._place_at(column).move is not None, timeout=ENGINE_MS)
    target = page._place_at(column).choice.periods
    step = Qt.Key.Key_Right if column > index.column() else Qt.Key.Key_Left
    for _ in range(abs(column - index.column())):
        qtbot.keyClick(page.view, step)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert periods(page, section) == target
    assert not page.view.carrying


def test_a_card_in_hand_is_answered_in_the_end(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    page.view.picked.emit("S1")
    assert page.targets.busy
    qtbot.waitUntil(lambda: not page.targets.busy, timeout=ENGINE_MS)
    open_places = [p for p in page.targets.places.values() if p.standing in {Standing.FREE, Standing.SWAP}]
    assert open_places
    assert all(place.exact for place in open_places)


def test_a_key_is_for_the_card_in_hand_where_a_cell_has_several(page: BoardPage, qtbot: QtBot):
    document = page.document
    stand(page, "S2", "R1")
    index = page.model.find("S1")
    assert [card.section for card in page.model.cards(index)] == ["S1", "S2"]
    page.view.setCurrentIndex(index)
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    assert page.view.carrying == "S2"
    qtbot.keyClick(page.view, Qt.Key.Key_L)
    assert document.dataset.placements[document.scenario, "S2"].locked
    assert not document.dataset.placements[document.scenario, "S1"].locked


def test_escape_puts_the_card_back(page: BoardPage, qtbot: QtBot):
    section = next(iter(page.document.school.sections))
    before = periods(page, section)
    page.view.setCurrentIndex(page.model.find(section))
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    assert page.targets.places
    qtbot.keyClick(page.view, Qt.Key.Key_Escape)
    assert not page.targets.places
    assert periods(page, section) == before


def test_a_locked_card_cannot_be_picked_up(page: BoardPage, qtbot: QtBot):
    section = next(iter(page.document.school.sections))
    page.view.setCurrentIndex(page.model.find(section))
    page.set_locked(section)
    assert page.document.dataset.placements[page.document.scenario, section].locked
    page.view.picked.emit(section)
    assert not page.targets.places
    assert "locked" in page.line_text.text()
    page.set_locked(section)
    page.view.picked.emit(section)
    assert page.targets.places


def test_all_that_is_shown_is_locked_and_unlocked_in_one_change(page: BoardPage):
    document = page.document

    def locked() -> set[str]:
        rows = document.dataset.placements.items()
        return {section for (scenario, section), row in rows if scenario == document.scenario and row.locked}

    def choose(words: str) -> str:
        page.locks.menu_of_locks.aboutToShow.emit()
        action = next(a for a in page.locks.menu_of_locks.actions() if a.text().startswith(words))
        assert action.isEnabled()
        action.trigger()
        return action.text()

    first = next(iter(document.school.sections))
    teacher = document.dataset.placements[document.scenario, first].teachers[0]
    page.words.setText(first)
    page._filter()
    assert page.model.rowCount() < len(page.model.board.rows)
    choose("Lock all shown")
    own = locked()
    assert first in own
    assert all(teacher in document.dataset.placements[document.scenario, section].teachers for section in own)
    page.words.clear()
    page._filter()
    left = len(document.school.sections) - len(own)
    assert choose("Lock all on the board") == f"Lock all on the board ({left})"
    assert locked() == set(document.school.sections)
    document.undo()
    assert locked() == own
    choose("Unlock all on the board")
    assert not locked()


def test_a_closed_place_says_why_and_changes_nothing(page: BoardPage):
    document = page.document
    section = next(s for s in document.school.sections.values() if s.teachers)
    others = [p for p in document.school.periods if p not in periods(page, section.id)]
    here = periods(page, section.id)
    document.apply(set_fields(document.dataset, "sections", section.id, allowed_periods=here))
    page.view.picked.emit(section.id)
    column = page.model.board.periods.index(others[0]) + 1
    assert page._place_at(column).standing is Standing.CLOSED
    revision = document.revision
    page.move_section(section.id, column)
    assert document.revision == revision
    assert "meets only in" in page.line_text.text()


def test_the_tray_takes_a_section_off_the_board(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    section = next(iter(page.document.school.sections))
    page.view.picked.emit(section)
    qtbot.waitUntil(lambda: page._place_at(TRAY).exact, timeout=ENGINE_MS)
    hover(page, section, TRAY)
    assert page.line_text.text() == "Not placed: 3 unmet requests more (=), 4 students move."
    drop(page, section, TRAY)
    assert periods(page, section) == ()
    assert page.model.find(section).column() == TRAY
    held = [seat for s in page.document.schedule().seatings.values() for seat in s.seats]
    assert all(seat.section != section for seat in held)


@pytest.mark.parametrize("most", [2, 12])
def test_the_card_under_the_pointer_is_the_one_drawn_there(
    page: BoardPage, monkeypatch: pytest.MonkeyPatch, most: int
):
    monkeypatch.setattr("echelon_desktop.ui.board.painting.TRAY_MOST", most)
    document = page.document
    teacher = next(iter(document.school.teachers))
    for section in list(document.school.sections)[:4]:
        document.apply(set_fields(document.dataset, "sections", section, teachers=(teacher,)))
        stand(page, section)
    index = page.model.find(next(iter(document.school.sections)))
    cards, cell = page.model.cards(index), page.view.visualRect(index)
    assert len(cards) == 4
    assert index.column() == TRAY
    shown, rest = cards_shown(cell, cards, TRAY)
    assert [page.view.card_at(place.center()) for _card, place in shown] == cards[
        : 4 if most > 4 else most - 1
    ]
    assert page.view.card_at(rest.center()) is None or rest.isNull()
    if most > 4:
        assert all(place.height() >= TRAY_CARD_HEIGHT for _card, place in shown)


def test_a_card_off_the_board_says_what_each_place_would_give_and_takes_its_students_there(
    page: BoardPage, qtbot: QtBot
):
    where = periods(page, "S1")
    take_off(page, qtbot, "S1")
    ready(page, qtbot)
    page.view.picked.emit("S1")
    column = page.model.board.periods.index(where[0]) + 1
    qtbot.waitUntil(lambda: page._place_at(column).exact, timeout=ENGINE_MS)
    hover(page, "S1", column)
    assert page.line_text.text() == "R1: 3 unmet requests fewer (=), 3 students move."
    drop(page, "S1", column)
    document = page.document
    assert periods(page, "S1") == where
    assert verify(document.school, document.rules, document.schedule()).counts.unmet == 0


def test_costs_are_told_while_another_section_has_no_place(page: BoardPage, qtbot: QtBot):
    take_off(page, qtbot, "S6")
    ready(page, qtbot)
    section, column = free_place(page, qtbot)
    before = page.document.schedule()
    place = page._place_at(column)
    drop(page, section, column)
    assert periods(page, section) == place.choice.periods
    assert periods(page, "S6") == ()
    now, then = ({n: len(x.seats) for n, x in s.seatings.items()} for s in (page.document.schedule(), before))
    assert sum(now.values()) - sum(then.values()) == -place.unmet


def test_a_card_off_the_board_can_take_the_place_of_one_on_it(page: BoardPage, qtbot: QtBot):
    where = periods(page, "S2")  # of the same teacher
    take_off(page, qtbot, "S1")
    ready(page, qtbot)
    page.view.picked.emit("S1")
    column = page.model.board.periods.index(where[0]) + 1
    qtbot.waitUntil(lambda: page._place_at(column).exact, timeout=ENGINE_MS)
    assert page._place_at(column).standing is Standing.SWAP
    hover(page, "S1", column)
    assert page.line_text.text().startswith(f"{where[0]}: S2 leaves the board. ")
    drop(page, "S1", column)
    assert (periods(page, "S1"), periods(page, "S2")) == (where, ())


def test_delete_takes_a_card_off_the_board_and_undo_brings_it_back(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    before = page.document.schedule()
    page.view.setCurrentIndex(page.model.find("S1"))
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: periods(page, "S1") == (), timeout=ENGINE_MS)
    page.document.undo()
    assert page.document.schedule() == before


def test_a_board_can_be_filled_from_nothing(page: BoardPage, qtbot: QtBot):
    """Card by card, each where it stood in the schedule that meets all: so does this in the end."""
    document = page.document
    where = {s: periods(page, s) for s in document.school.sections}
    for section in where:
        take_off(page, qtbot, section)
    assert not any(x.seats for x in document.schedule().seatings.values())
    for section, place in where.items():
        ready(page, qtbot)
        page.view.picked.emit(section)
        page.move_section(section, page.model.board.periods.index(place[0]) + 1)
        page.view.put_back.emit()
        qtbot.waitUntil(lambda s=section, p=place: periods(page, s) == p, timeout=ENGINE_MS)
    verdict = verify(document.school, document.rules, document.schedule())
    assert verdict.ok
    assert verdict.counts.unmet == 0


def test_a_drop_before_the_engine_has_answered_waits_for_it(page: BoardPage, qtbot: QtBot):
    ready(page, qtbot)
    section, column = free_place(page, qtbot)
    target = page._place_at(column).choice.periods
    page.targets.situation = None  # as right after an edit
    page.view.picked.emit(section)
    page.move_section(section, column)
    page.view.put_back.emit()
    assert "…" in page.line_text.text()
    qtbot.waitUntil(lambda: periods(page, section) == target, timeout=ENGINE_MS)
    assert not page.targets.section


def test_a_school_too_large_to_solve_is_told_not_reported_as_a_bug(page: BoardPage, qtbot: QtBot):
    document = page.document
    rows = [Period(f"X{i}", "", "X", i) for i in range(1, 80)]
    changes = tuple(RowChange("periods", period.id, period) for period in rows)
    with qtbot.waitSignal(page.workspace.notice) as told:
        document.apply(Edit("Many periods", changes))
    assert "slots" in told.args[1]


def hover(page: BoardPage, section: str, column: int) -> None:
    """Hold the card in hand over a place."""
    page.view.hovered.emit(page.model.find(section).row(), column)


def test_costs_are_told_while_another_section_stands_where_it_must_not(page: BoardPage, qtbot: QtBot):
    document = page.document
    document.apply(set_fields(document.dataset, "sections", "S5", allowed_periods=("G2",)))  # it is in G1
    ready(page, qtbot)
    before = verify(document.school, document.rules, document.schedule())
    section, column = free_place(page, qtbot)
    assert section != "S5"
    place = page._place_at(column)
    drop(page, section, column)
    assert periods(page, section) == place.choice.periods
    assert periods(page, "S5") == ("G1",)
    verdict = verify(document.school, document.rules, document.schedule())
    assert verdict.violations == before.violations
    assert verdict.counts.unmet - before.counts.unmet == place.unmet


def test_a_card_against_a_hard_rule_is_marked_and_says_why(page: BoardPage, qtbot: QtBot):
    document, index = page.document, page.model.find("S5")
    view = page.view

    def shown() -> bytes:
        image = (
            view.viewport().grab(view.visualRect(index)).toImage().convertToFormat(QImage.Format.Format_RGB32)
        )
        return bytes(image.constBits())

    whole = shown()
    document.apply(set_fields(document.dataset, "sections", "S5", allowed_periods=("G2",)))
    ready(page, qtbot)
    assert "S5 meets only in G2." in page.model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "against a hard rule" in page.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert shown() != whole
    page.view.picked.emit("S5")
    hover(page, "S5", index.column())
    assert page.line_text.text() == "G1: It stands here, against a hard rule: S5 meets only in G2."
    document.undo()
    qtbot.waitUntil(lambda: page.targets.prepared, timeout=ENGINE_MS)
    assert "against" not in page.model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert shown() == whole


def against(page: BoardPage) -> set[str]:
    """Sections whose cards say that they stand against a hard rule."""
    return {s for s in page.document.school.sections if "against a hard rule" in words_of(page, s)}


def words_of(page: BoardPage, section: str) -> str:
    return str(page.model.data(page.model.find(section), Qt.ItemDataRole.ToolTipRole))


def test_cards_that_cannot_stand_together_are_marked_and_say_why(page: BoardPage, qtbot: QtBot):
    document = page.document
    ready(page, qtbot)
    assert against(page) == set()
    stand(page, "S4", "R2")  # where its teacher has S3
    ready(page, qtbot)
    assert against(page) == {"S3", "S4"}
    assert "Teacher T2 teaches S3 and S4 in R2." in words_of(page, "S4")
    page.view.picked.emit("S4")
    hover(page, "S4", page.model.find("S4").column())
    assert page.line_text.text().startswith("R2: It stands here, against a hard rule: Teacher T2 teaches")
    document.undo()
    document.apply(add_rule(document.dataset, Rule("breaks", "teacher-consecutive", limit=1)))
    ready(page, qtbot)
    assert against(page) == {"S1", "S2", "S5", "S6"}  # T1 in R1 and R2, T3 in G1 and G2
    assert "(rule breaks)" in words_of(page, "S1")


def test_a_card_with_more_students_than_seats_is_marked(page: BoardPage):
    document, index = page.document, page.model.find("S6")
    document.apply(set_fields(document.dataset, "sections", "S6", seats=3))
    assert "more students than seats" in page.model.data(index, Qt.ItemDataRole.ToolTipRole)


def test_taking_a_card_off_the_board_says_what_that_costs(page: BoardPage, qtbot: QtBot):
    take_off(page, qtbot, "S1")
    assert "Biology S1 is off the board. 3 unmet requests more" in page.line_text.text()
    assert page.line.property("kind") == "doubt"


def test_the_line_is_about_the_card_in_hand_only(page: BoardPage, qtbot: QtBot):
    hint = page.line_text.text()
    page.view.setCurrentIndex(page.model.find("S1"))
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    hover(page, "S1", 3)
    assert page.line_text.text().startswith("G1: ")
    page.view.hovered.emit(-1, -1)
    assert page.line_text.text() == hint
    hover(page, "S1", 3)
    qtbot.keyClick(page.view, Qt.Key.Key_Escape)
    assert page.line_text.text() == hint
    assert not page.line.property("kind")


def test_filter_by_department_and_words(page: BoardPage, qtbot: QtBot):
    department = page.model.board.rows[0].department
    page.department.setCurrentIndex(page.department.findData(department))
    page.department.activated.emit(page.department.currentIndex())
    assert {page.model.board.rows[i].department for i in page.model.visible} == {department}
    page.department.setCurrentIndex(0)
    page.department.activated.emit(0)
    section = next(iter(page.document.school.sections))
    page.words.setText(section)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.find(section).isValid()
    page.take_to(Target("board", "sections", section))
    assert page.model.rowCount() == len(page.model.board.rows)
    assert page.view.currentIndex() == page.model.find(section)


def test_copying_gives_excel_a_row_a_teacher(page: BoardPage, qapp: QApplication):
    assert page.copy()
    lines = qapp.clipboard().text().split("\n")
    assert len(lines) == 1 + page.model.rowCount()
    assert lines[0].split("\t")[2:] == list(page.model.board.periods)


def test_without_a_scenario_the_page_says_what_to_do(page: BoardPage):
    page.document.apply(delete_scenario(page.document.dataset, page.document.scenario))
    assert page.stack.currentWidget() is page.empty
    assert not page.words.isVisible()
    assert not page.line.isVisible()
    page.document.undo()
    assert page.words.isVisible()
    assert page.line.isVisible()


def test_edits_of_the_board_are_taken_back_exactly(page: BoardPage):
    document = page.document
    before = document.schedule()
    sections = tuple(document.school.sections)[:3]
    document.apply(lock_sections(document.dataset, document.scenario, sections, True))
    stand(page, sections[1])
    document.undo()
    document.undo()
    assert document.schedule() == before


def drop(page: BoardPage, section: str, column: int) -> None:
    """Carry a card over the board and let it go, as the system reports it."""
    view = page.view
    row = page.model.find(section).row()
    view.scrollTo(page.model.index(row, column))
    point = view.visualRect(page.model.index(row, column)).center()
    data = QMimeData()
    data.setData(MIME, section.encode())
    move, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDragMoveEvent):
        event = kind(QPoint(point), move, data, left, none)
        QApplication.sendEvent(view.viewport(), event)
        assert event.isAccepted()
    QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(point), move, data, left, none))
