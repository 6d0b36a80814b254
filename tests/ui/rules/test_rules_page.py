"""The Rules page: reading, ordering, changing; every action one undo step."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from echelon_desktop.model.edits import delete_scenario, set_fields
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rule_edits import add_rule, change_rule
from echelon_desktop.model.rules import load_rules, preset_rules
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.rules.choices import ChoiceDialog
from echelon_desktop.ui.rules.model import MIME
from echelon_desktop.ui.rules.page import RulesPage
from echelon_desktop.ui.rules.preview import PreviewDialog, difference_words
from echelon_desktop.ui.workspace import Workspace

Alt, Key = Qt.KeyboardModifier.AltModifier, Qt.Key


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> RulesPage:
    shown = RulesPage(workspace)
    qtbot.addWidget(shown)
    shown.resize(1200, 800)
    shown.show()
    qtbot.waitUntil(lambda: shown.judge.verdict is not None)
    return shown


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dialogs said; each is closed at once."""
    texts: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.append(box.text()))
    return texts


def texts(page: RulesPage) -> dict[str, str]:
    return {line.rule.id: line.text for line in page.model.lines if line.rule}


def test_rules_stand_under_their_levels(page: RulesPage, qtmodeltester: ModelTester) -> None:
    shown = [line.rule.id if line.rule else line.title for line in page.model.lines]
    assert shown == [
        "Hard rules",
        "sped-limit",
        "Level 1",
        "unmet-requests",
        "Level 2",
        "granted-alternates",
        "Level 3",
        "section-balance",
        "Level 4",
        "lab-spacing",
        "Level 5",
    ]
    qtmodeltester.check(page.model)


def test_each_rule_says_what_it_does_now(qtbot: QtBot, document: Document, page: RulesPage) -> None:
    assert texts(page) == {
        "sped-limit": "0 of 6 sections at the limit",
        "unmet-requests": "Kept everywhere",
        "granted-alternates": "Nobody names alternates",
        "section-balance": "6 students of size spread now",
        "lab-spacing": "1 pair of labs side by side now",
    }
    document.apply(set_fields(document.dataset, "rules", "sped-limit", limit=1))
    document.apply(
        add_rule(document.dataset, Rule("arts", "allowed-periods", courses=("ART",), periods=("R1", "G1")))
    )
    document.apply(change_rule(document.dataset, Rule("lab-spacing", "lab-spacing", 4, 2, teachers=("T9",))))
    page.refresh(None)
    qtbot.waitUntil(lambda: page.judge.verdict is not None)
    found = texts(page)
    assert found["sped-limit"] == "3 of 6 sections at the limit"  # those of P03
    assert found["arts"] == "1 section may stand in 2 of 4 periods"
    assert found["lab-spacing"] == "Kept everywhere  ·  counts twice as much"


def test_without_a_schedule_it_says_whom_a_rule_concerns(document: Document, page: RulesPage) -> None:
    document.apply(delete_scenario(document.dataset, "1"))
    page.refresh(None)
    found = texts(page)
    assert found["unmet-requests"] == "Concerns 24 requests"
    assert found["lab-spacing"] == "Concerns 3 teachers"
    assert found["sped-limit"] == "Concerns 6 sections"


def test_breaches_lead_to_their_record(qtbot: QtBot, workspace: Workspace, page: RulesPage) -> None:
    page.take_to(Target("rules", "rules", "lab-spacing"))
    assert page.breaches.count() == 1
    with qtbot.waitSignal(workspace.go) as gone:
        page.breaches.itemActivated.emit(page.breaches.item(0))
    assert gone.args == [Target("schedule", "teachers", "T1")]


def test_a_rule_goes_back_to_a_level_that_it_has_left_free(
    page: RulesPage, document: Document, qtbot: QtBot
) -> None:
    page.view.choose("unmet-requests")
    for key, level in ((Key.Key_Down, 2), (Key.Key_Down, 3), (Key.Key_Up, 2), (Key.Key_Up, 1)):
        qtbot.keyClick(page.view, key, Alt)
        assert document.dataset.rules["unmet-requests"].level == level


def test_alt_and_arrows_move_a_rule_by_levels(
    qtbot: QtBot, document: Document, page: RulesPage, told: list[str]
) -> None:
    page.view.choose("lab-spacing")
    qtbot.keyClick(page.view, Key.Key_Up, Alt)
    assert document.dataset.rules["lab-spacing"].level == 3
    assert page.view.current == "lab-spacing"
    qtbot.keyClick(page.view, Key.Key_Down, Alt)
    assert document.dataset.rules["lab-spacing"].level == 4
    assert document.undo() == "Move rule lab-spacing to level 4"
    assert document.undo() == "Move rule lab-spacing to level 3"
    page.refresh(None)
    page.view.choose("lab-spacing")
    qtbot.keyClick(page.view, Key.Key_Down, Alt)  # it is the least important already
    assert document.dataset.rules["lab-spacing"].level == 4
    page.view.choose("unmet-requests")
    qtbot.keyClick(page.view, Key.Key_Up, Alt)
    assert "goal, not a limit" in told[0]
    assert document.dataset.rules["unmet-requests"].level == 1


@pytest.mark.parametrize(("onto", "level"), [("Hard rules", None), ("section-balance", 3), ("Level 5", 5)])
def test_a_dropped_rule_takes_the_level_of_the_line(
    document: Document, page: RulesPage, onto: str, level: int | None
) -> None:
    lines = [line.rule.id if line.rule else line.title for line in page.model.lines]
    data = QMimeData()
    data.setData(MIME, b"lab-spacing")
    where = page.view.visualRect(page.model.index(lines.index(onto))).center()
    drop = QDropEvent(
        QPointF(where),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.view.dropEvent(drop)
    assert document.dataset.rules["lab-spacing"].level == level
    assert page.model.row_of("lab-spacing") >= 0


def test_a_drop_below_everything_is_the_last_level(document: Document, page: RulesPage) -> None:
    data = QMimeData()
    data.setData(MIME, b"granted-alternates")
    page.model.dropMimeData(data, Qt.DropAction.MoveAction, -1, 0, QModelIndex())
    assert document.dataset.rules["granted-alternates"].level == 5


def test_the_form_changes_level_weight_and_limit(document: Document, page: RulesPage) -> None:
    page.view.choose("lab-spacing")
    assert not page.form.button.isEnabled()
    page.form.weight.setValue(3)
    assert page.form.weight_words.text() == "counts 3 times as much"
    page.form.level.setCurrentIndex(page.form.level.findText("Level 3"))
    page.form.button.click()
    changed = document.dataset.rules["lab-spacing"]
    assert (changed.level, changed.weight) == (3, 3)
    assert document.undo() == "Change rule lab-spacing"
    page.refresh(None)
    page.view.choose("sped-limit")
    assert page.form.level.isHidden()
    page.form.limit.setValue(9)
    page.form.button.click()
    assert document.dataset.rules["sped-limit"].limit == 9


def test_a_verdict_that_comes_leaves_the_form_alone(page: RulesPage) -> None:
    page.view.choose("lab-spacing")
    page.form.weight.setValue(7)
    page.judge.changed.emit()
    assert page.form.weight.value() == 7
    assert page.form.button.isEnabled()


def test_reset_shows_the_rule_as_it_is(page: RulesPage) -> None:
    page.view.choose("sped-limit")
    page.form.limit.setValue(3)
    page.form.reset.click()
    assert page.form.limit.value() == 12
    assert not page.form.button.isEnabled()


def test_a_new_rule_is_added_once_it_means_something(
    monkeypatch: pytest.MonkeyPatch, document: Document, page: RulesPage, qtbot: QtBot
) -> None:
    page.begin_rule("allowed-periods")
    assert "allowed-periods" not in document.dataset.rules
    assert page.form.error.text() == "Choose the periods first."
    assert not page.form.button.isEnabled()

    def mark(wanted: set[str]) -> Callable[[ChoiceDialog], int]:
        def run(dialog: ChoiceDialog) -> int:
            asked.append(dialog.counts.text())
            for row in range(dialog.list.count()):
                item = dialog.list.item(row)
                if item.data(Qt.ItemDataRole.UserRole) in wanted:
                    item.setCheckState(Qt.CheckState.Checked)
            return int(QDialog.DialogCode.Accepted)

        return run

    asked: list[str] = []
    monkeypatch.setattr(ChoiceDialog, "exec", mark({"R1", "G2"}))
    page.form.fields["periods"].button.click()
    monkeypatch.setattr(ChoiceDialog, "exec", mark({"BAND"}))
    page.form.fields["courses"].button.click()
    assert page.form.sentence.text() == "Sections of Band stand only in R1 or G2."
    assert asked == ["None chosen: the rule needs one at least", "None chosen: all are meant"]
    page.form.button.setFocus()
    qtbot.keyClick(page.form.button, Key.Key_Space)
    assert document.dataset.rules["allowed-periods"] == Rule(
        "allowed-periods", "allowed-periods", courses=("BAND",), periods=("R1", "G2")
    )
    assert page.view.current == "allowed-periods"
    assert texts(page)["allowed-periods"] == "1 section may stand in 2 of 4 periods"
    before = document.rules
    qtbot.keyClick(page.window().focusWidget(), Key.Key_Space)
    assert document.rules == before, "the focus is not on Remove"
    assert page.view.hasFocus()


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("teacher-consecutive", 3), ("sped-limit", 12), ("teacher-load", 5), ("student-free-periods", 1)],
)
def test_a_new_rule_begins_with_a_limit_that_schools_have(page: RulesPage, kind: str, limit: int) -> None:
    page.begin_rule(kind)
    assert page.form.limit.value() == limit


@pytest.mark.parametrize("button", ["button", "remove"])
def test_a_button_that_was_pressed_leaves_the_focus_on_the_rules(
    document: Document, page: RulesPage, qtbot: QtBot, button: str
) -> None:
    page.view.choose("sped-limit")
    page.form.limit.setValue(page.form.limit.value() + 1)
    pressed = getattr(page.form, button)
    pressed.setFocus()
    qtbot.keyClick(pressed, Key.Key_Space)
    after = document.rules
    qtbot.keyClick(page.window().focusWidget(), Key.Key_Space)
    assert document.rules == after
    assert page.view.hasFocus()


def test_choices_are_filtered_and_keep_what_the_school_lacks(qtbot: QtBot, page: RulesPage) -> None:
    dialog = ChoiceDialog("Courses", [("A", "Algebra"), ("B", "Band")], ("B", "GONE"), page)
    assert dialog.marked() == ("GONE", "B")
    dialog.words.setText("alg")
    assert [dialog.list.item(row).isHidden() for row in range(3)] == [True, False, True]
    assert dialog.marked() == ("GONE", "B")


def test_a_rule_is_removed_by_key_and_by_button(
    qtbot: QtBot, document: Document, page: RulesPage, told: list[str]
) -> None:
    page.view.choose("lab-spacing")
    qtbot.keyClick(page.view, Key.Key_Delete)
    assert "lab-spacing" not in document.dataset.rules
    page.view.choose("sped-limit")
    page.form.remove.click()
    assert "sped-limit" not in document.dataset.rules
    page.remove_rule("unmet-requests")
    assert "exactly one unmet-requests" in told[0]


def test_a_preset_shows_what_it_changes_first(
    monkeypatch: pytest.MonkeyPatch, document: Document, page: RulesPage
) -> None:
    seen: list[list[str]] = []

    def answer(code: QDialog.DialogCode) -> None:
        def run(dialog: PreviewDialog) -> int:
            seen.append([dialog.list.item(row).text() for row in range(dialog.list.count())])
            return int(code.value)

        monkeypatch.setattr(PreviewDialog, "exec", run)

    answer(QDialog.DialogCode.Rejected)
    page.use_preset("chico-high")
    assert document.rules == preset_rules("standard")
    assert seen[0][0] == "New, hard: Sections of Medical Career stand only in R1 or G1."
    answer(QDialog.DialogCode.Accepted)
    page.use_preset("chico-high")
    assert document.rules == preset_rules("chico-high")
    assert texts(page)["medical-career"] == "Concerns no section of this school"
    document.undo()
    assert document.rules == preset_rules("standard")


def test_rules_are_exported_and_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document: Document, page: RulesPage
) -> None:
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    page.export_rules()
    written = path.with_suffix(".toml")
    assert load_rules(written) == document.rules
    page.remove_rule("lab-spacing")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(written), ""))
    monkeypatch.setattr(PreviewDialog, "exec", lambda _dialog: 1)
    page.import_rules()
    assert document.rules == preset_rules("standard")
    assert document.undo() == "Use the rules of mine.toml"


def test_a_bad_rule_file_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, document: Document, page: RulesPage, told: list[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('[[rule]]\nkind = "nonsense"\n', encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(bad), ""))
    page.import_rules()
    assert "no kind of rule 'nonsense'" in told[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.toml"), ""))
    page.export_rules()
    assert "x.toml cannot be written" in told[1]


def test_words_of_a_changed_rule(document: Document) -> None:
    from echelon_desktop.model.rule_edits import rule_differences

    lab = document.dataset.rules["lab-spacing"]
    changed = Rule(lab.id, lab.kind, None)
    [difference] = rule_differences([lab], [changed])
    assert difference_words(difference, document.school) == (
        "Changed: The labs of a teacher are not in consecutive periods. (from level 4 to hard)"
    )


def test_rules_are_copied_and_searched(page: RulesPage) -> None:
    assert page.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Level\tRule\tNow"
    assert lines[1] == "hard\tAt most 12 SPED students in a section.\t0 of 6 sections at the limit"
    assert [target.key for _, _, target in page.search_items()] == [r.id for r in page.document.rules]
