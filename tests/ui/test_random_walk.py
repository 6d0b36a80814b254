"""
Random walks over what a user can do: nothing raises, memory, disk and screen agree, every way back is exact.

Each walk is drawn from a seed, so that one that fails can be walked again. The engine stays off: a drop that
waits for its answer waits for ever, as it would beside a slow one.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from echelon_desktop.model.dataset import Dataset, Schedule
from echelon_desktop.model.rules import RULE_KINDS, presets
from echelon_desktop.model.sheets import SHEETS, names_for
from echelon_desktop.model.store import SchoolFile, Snapshot
from echelon_desktop.model.tables import TABLES
from echelon_desktop.solver.output import export_dataset
from echelon_desktop.ui.board.cards import BoardData
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.grids.model import GridModel
from echelon_desktop.ui.grids.row_dialog import RowDialog
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.rules.preview import PreviewDialog
from echelon_desktop.ui.shell.history import HistoryDialog
from echelon_desktop.ui.shell.restore import RestoreDialog
from echelon_desktop.ui.shell.window import MainWindow

STEPS = 200
LOOK_EVERY = 10  # steps from one look at the disk and the screen to the next
SETTLE_MS = 10_000
WORDS = (
    "",
    "1",
    "3",
    "no",
    "R1",
    "R1 R2",
    "S2",
    "T1",
    "T9",
    "ENG",
    "Ünï – x",
    "=1+1",
    "9",
    "yes",
    "-1",
    "2.5",
)

State = dict[str, list[tuple[Any, Any]]]
Step = tuple[int, str, str]  # a line of the history: number, when, title


def state(dataset: Dataset) -> State:
    """Every table's rows in their order."""
    return {name: list(dataset.table(name).items()) for name in TABLES}


class Walker:
    """Does things at random, and knows from the history what each of them must have left."""

    def __init__(self, window: MainWindow, qtbot: QtBot, seed: int, answers: dict[str, str]) -> None:
        self.window, self.qtbot, self.answers = window, qtbot, answers
        self.document = window.document
        self.draw = random.Random(seed)
        self.states: dict[Step, State] = {}
        self.kept: dict[str, State] = {}  # snapshots
        self.trail: list[str] = []
        self.seen: set[Step] = set()  # every line the history has ever had
        self.look()
        self.ways: tuple[tuple[int, Callable[[], object]], ...] = (
            (8, self.type_a_cell),
            (2, self.tick_a_cell),
            (3, self.add_row),
            (2, self.duplicate_rows),
            (2, self.delete_rows),
            (2, self.paste),
            (1, self.fill_down),
            (1, self.clear_cells),
            (1, self.sort_a_sheet),
            (1, self.filter_a_sheet),
            (6, self.move_a_card),
            (2, self.lock_a_card),
            (2, self.filter_the_board),
            (2, self.shift_a_rule),
            (1, self.separate_a_rule),
            (1, self.remove_a_rule),
            (2, self.add_a_rule),
            (2, self.change_a_rule),
            (1, self.use_a_preset),
            (1, self.mend),
            (2, self.new_scenario),
            (1, self.rename_scenario),
            (1, self.delete_scenario),
            (2, self.choose_scenario),
            (6, self.undo),
            (4, self.redo),
            (1, self.jump),
            (1, self.keep_snapshot),
            (1, self.restore_snapshot),
            (5, self.switch_page),
            (1, self.switch_theme),
            (1, self.search),
            (2, self.copy),
            (1, self.look_at_schedule),
            (3, self.settle),
        )

    def walk(self, steps: int) -> None:
        ways = [way for _, way in self.ways]
        weights = [weight for weight, _ in self.ways]
        for number in range(steps):
            way = self.draw.choices(ways, weights)[0]
            self.trail.append(way.__name__)
            way()
            QApplication.processEvents()
            self.look()
            if number % LOOK_EVERY == 0:
                self.compare_with_disk()
                self.compare_with_screen()

    # What must hold --------------------------------------------------------------------------------

    def place(self) -> tuple[list[Step], int]:
        """The lines of the history, and which of them is the present."""
        entries = self.document.file.history()
        return [(x.seq, x.when, x.title) for x in entries], next(
            i for i, x in enumerate(entries) if x.current
        )

    def look(self) -> None:
        """The present line of the history has the state it had whenever it was the present before."""
        lines, at = self.place()
        now = state(self.document.dataset)
        assert self.states.setdefault(lines[at], now) == now, lines[at]
        self.states = {line: self.states[line] for line in lines}
        self.seen.update(lines)
        file = self.document.file
        assert (file.can_undo, file.can_redo) == (at > 0, at < len(lines) - 1)
        for action, can in (("undo", at > 0), ("redo", at < len(lines) - 1)):
            assert self.window.actions_[action].isEnabled() == can
        scenario = self.document.scenario
        assert scenario in self.document.dataset.scenarios or not (
            scenario or self.document.dataset.scenarios
        )
        assert (self.window.top_bar.scenarios.currentData() or "") == scenario

    def compare_with_disk(self) -> None:
        with SchoolFile.open(self.document.path, read_only=True) as file:
            assert state(file.dataset) == state(self.document.dataset)

    def compare_with_screen(self) -> None:
        """The page on the screen shows what one made now would."""
        data, board = self.window.pages.get("data"), self.window.pages.get("board")
        page = self.window.stack.currentWidget()
        if page is data:
            shown = data.panel.model
            fresh = GridModel(self.document.dataset, shown.sheet)
            assert shown.columns == fresh.columns
            assert set(shown.rows) == set(fresh.rows)
            for line in range(fresh.rowCount()):
                place = shown.place_of(fresh.row_id(line))
                if place >= 0:
                    for column in range(fresh.columnCount()):
                        assert shown.text(place, column) == fresh.text(line, column)
        if page is board and self.document.scenario:
            fresh = BoardData(self.document.school, self.document.schedule())
            assert (board.model.board.rows, board.model.board.cells) == (fresh.rows, fresh.cells)

    # Data ------------------------------------------------------------------------------------------

    def sheet(self, least: int = 1) -> Any:
        """The panel of a sheet with some rows in sight; None when the one drawn has not."""
        page = self.window.show_page("data")
        page.list.setCurrentIndex(page.list.sheets.index(self.draw.randrange(len(SHEETS))))
        return page.panel if page.panel.model.rowCount() >= least else None

    def select(self, panel: Any) -> None:
        model = panel.model
        row, column = self.draw.randrange(model.rowCount()), self.draw.randrange(model.columnCount())
        panel.view.choose(row, column, self.draw.choice((1, 1, 2, 4)), self.draw.choice((1, 1, 2, 5)))

    def text_for(self, panel: Any, column: int) -> str:
        """Something to type: often what fits, now and then what does not."""
        model, spec = panel.model, panel.model.columns[column]
        names = names_for(self.document.dataset, spec)
        seen = [model.text(row, column) for row in range(model.rowCount())]
        return self.draw.choice(
            [*self.draw.sample(WORDS, 3), *names[:5], *seen[:5], f"X{self.draw.random()}"]
        )

    def type_a_cell(self) -> None:
        panel = self.sheet()
        if panel is None:
            return
        self.select(panel)
        index = panel.view.currentIndex()
        text = self.text_for(panel, index.column())
        row, field = panel.model.row_id(index.row()), panel.model.columns[index.column()].key
        entry = panel.model.read(index, text)
        if panel.model.setData(index, text):
            assert not entry.refusal
            assert self.document.file.can_undo
            if field != panel.sheet.id_field:
                record = self.document.dataset.table(panel.sheet.table)[row.key]
                part = panel.sheet._parts_of(record)[row.part]
                assert panel.sheet.value(record, part, field) == entry.value

    def tick_a_cell(self) -> None:
        panel = self.sheet()
        if panel is None:
            return
        index = panel.model.index(
            self.draw.randrange(panel.model.rowCount()), self.draw.randrange(panel.model.columnCount())
        )
        if panel.model.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            before = index.data(Qt.ItemDataRole.CheckStateRole)
            after = Qt.CheckState.Unchecked if before == Qt.CheckState.Checked else Qt.CheckState.Checked
            assert panel.model.setData(index, after, Qt.ItemDataRole.CheckStateRole)

    def add_row(self) -> None:
        panel = self.sheet(least=0)
        if panel is None:
            return

        def fill(dialog: RowDialog) -> bool:
            columns = {column.key: column for column in panel.model.columns}
            for key, field in dialog.fields.items():
                names = names_for(self.document.dataset, columns[key]) or WORDS
                text = self.draw.choice(names)
                if self.draw.random() < 0.7:
                    field.setEditText(text) if hasattr(field, "setEditText") else field.setText(text)
            return dialog.add.isEnabled()

        self.answers["row"] = fill
        panel.commands.add_row()

    def duplicate_rows(self) -> None:
        if (panel := self.sheet()) is not None:
            self.select(panel)
            panel.commands.duplicate()

    def delete_rows(self) -> None:
        if (panel := self.sheet(least=3)) is not None:
            self.select(panel)
            panel.commands.delete()

    def paste(self) -> None:
        if (panel := self.sheet()) is not None:
            self.select(panel)
            assert panel.commands.copy()
            self.select(panel)
            panel.commands.paste()

    def fill_down(self) -> None:
        if (panel := self.sheet(least=2)) is not None:
            self.select(panel)
            panel.commands.fill_down()

    def clear_cells(self) -> None:
        if (panel := self.sheet()) is not None:
            self.select(panel)
            panel.commands.clear()

    def sort_a_sheet(self) -> None:
        if (panel := self.sheet()) is not None:
            order = self.draw.choice((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder))
            column = self.draw.randrange(-1, panel.model.columnCount())
            panel.view.horizontalHeader().setSortIndicator(column, order)

    def filter_a_sheet(self) -> None:
        if (panel := self.sheet(least=0)) is not None:
            panel.filter.setText(self.draw.choice(("", "", "1", "s", "bio")))
            panel._on_filter()

    # Board -----------------------------------------------------------------------------------------

    def card(self) -> tuple[Any, str]:
        """The board, and a section; ("", …) when there is no board."""
        page = self.window.show_page("board")
        sections = list(self.document.school.sections)
        return page, self.draw.choice(sections) if sections and self.document.scenario else ""

    def move_a_card(self) -> None:
        page, section = self.card()
        if section:
            page.view.picked.emit(section)
            if page.targets.section:
                page.move_section(section, self.draw.randrange(page.model.columnCount()))
            page.view.put_back.emit()

    def lock_a_card(self) -> None:
        page, section = self.card()
        if section:
            page.view.lock_wanted.emit(section)

    def filter_the_board(self) -> None:
        page, _ = self.card()
        page.words.setText(self.draw.choice(("", "", "t1", "bio")))
        page._filter()

    # Rules -----------------------------------------------------------------------------------------

    def rule(self) -> tuple[Any, str]:
        return self.window.show_page("rules"), self.draw.choice([rule.id for rule in self.document.rules])

    def shift_a_rule(self) -> None:
        page, rule = self.rule()
        page.shift_rule(rule, self.draw.choice((1, -1)))

    def separate_a_rule(self) -> None:
        page, rule = self.rule()
        page.separate_rule(rule)

    def remove_a_rule(self) -> None:
        page, rule = self.rule()
        page.remove_rule(rule)

    def add_a_rule(self) -> None:
        page, _ = self.rule()
        page.begin_rule(self.draw.choice([kind for kind in RULE_KINDS if kind != "unmet-requests"]))
        self._fill_form(page.form)

    def change_a_rule(self) -> None:
        page, rule = self.rule()
        page.view.choose(rule)
        self._fill_form(page.form)

    def _fill_form(self, form: Any) -> None:
        form.level.setCurrentIndex(self.draw.randrange(max(1, form.level.count())))
        form.weight.setValue(self.draw.randint(1, 9))
        form.limit.setValue(self.draw.randint(1, 5))
        if form.button.isEnabled():
            form.button.click()

    def use_a_preset(self) -> None:
        page, _ = self.rule()
        page.use_preset(self.draw.choice(list(presets())))

    def mend(self) -> None:
        page = self.window.show_page("checks")
        self.settle()
        model = page.model
        if model.rowCount():
            group = model.index(self.draw.randrange(model.rowCount()), 0)
            page.tree.setCurrentIndex(self.draw.choice((group, model.index(0, 0, group))))
            page.mend()

    # Scenarios -------------------------------------------------------------------------------------

    def new_scenario(self) -> None:
        schedule = self.document.schedule() if self.draw.random() < 0.7 else Schedule({}, {})
        self.window.scenarios.make(f"Draft {self.draw.randint(1, 99)}", schedule)
        assert self.document.schedule().placements.keys() == schedule.placements.keys()

    def rename_scenario(self) -> None:
        self.answers["text"] = f"Name {self.draw.randint(1, 99)}"
        self.window.actions_["rename-scenario"].trigger()

    def delete_scenario(self) -> None:
        self.window.actions_["delete-scenario"].trigger()

    def choose_scenario(self) -> None:
        box = self.window.top_bar.scenarios
        box.setCurrentIndex(self.draw.randrange(box.count()))
        box.activated.emit(box.currentIndex())

    # History ---------------------------------------------------------------------------------------

    def undo(self) -> None:
        lines, at = self.place()
        self.window.actions_["undo"].trigger()
        assert self.place() == (lines, max(0, at - 1))

    def redo(self) -> None:
        lines, at = self.place()
        self.window.actions_["redo"].trigger()
        assert self.place() == (lines, min(len(lines) - 1, at + 1))

    def jump(self) -> None:
        lines, _ = self.place()
        to = self.draw.randrange(len(lines))
        dialog = HistoryDialog(self.document, self.window)
        dialog.list.itemActivated.emit(dialog.list.item(len(lines) - 1 - to))
        dialog.deleteLater()
        assert self.place() == (lines, to)

    def keep_snapshot(self) -> None:
        self.answers["text"] = f"Snapshot {len(self.kept)}"
        self.kept[self.answers["text"]] = state(self.document.dataset)
        self.window.actions_["snapshot"].trigger()

    def restore_snapshot(self) -> None:
        dialog = RestoreDialog(self.document.path, self.window)
        points = [dialog.list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(dialog.list.count())]
        snapshots = [i for i, point in enumerate(points) if isinstance(point, Snapshot)]
        assert len(snapshots) == len(self.kept)
        if snapshots:
            row = self.draw.choice(snapshots)
            dialog.list.setCurrentRow(row)
            dialog.restore()
            assert state(self.document.dataset) == self.kept[points[row].name]
        dialog.deleteLater()

    # Looking ---------------------------------------------------------------------------------------

    def switch_page(self) -> None:
        self.window.sidebar.buttons[self.draw.choice(PAGES).id].click()

    def switch_theme(self) -> None:
        self.window.actions_[self.draw.choice(("light", "dark"))].trigger()

    def search(self) -> None:
        self.window.search()
        searching = self.window.searching
        for letter in self.draw.choice(("bio", "s1", "t", "board", "student 3")):
            self.qtbot.keyClick(searching.field, letter)
        hits = [hit for hit in searching.model.hits if hit.subtitle.startswith(("Page", "Course", "Section"))]
        searching.close()
        searching.deleteLater()
        if hits:
            self.draw.choice(hits).run()

    def copy(self) -> None:
        QGuiApplication.clipboard().clear()
        self.window.actions_["copy"].trigger()

    def look_at_schedule(self) -> None:
        page = self.window.show_page("schedule")
        page.book.setCurrentIndex(self.draw.randrange(page.book.count()))

    def settle(self) -> None:
        """Let what runs beside the window come to an end."""
        workspace = self.window.workspace
        self.qtbot.waitUntil(lambda: not workspace.background.busy, timeout=SETTLE_MS)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers every dialog; "row" and "text" say what is filled in, "told" lists what was refused."""
    given: dict[str, Any] = {"text": "", "row": lambda _dialog: False, "told": []}
    monkeypatch.setattr(EngineClient, "start", lambda _engine: None)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: given["told"].append(box.text()) or 0)
    for module in ("grids.commands", "shell.scenarios"):
        monkeypatch.setattr(f"echelon_desktop.ui.{module}.ask", lambda *_, **__: True)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (given["text"], True))
    monkeypatch.setattr(RowDialog, "exec", lambda dialog: given["row"](dialog))
    monkeypatch.setattr(PreviewDialog, "exec", lambda _dialog: True)
    return given


@pytest.mark.parametrize("seed", range(3))
def test_a_random_walk_leads_back_to_its_start(
    window: MainWindow, qtbot: QtBot, answers: dict[str, Any], tmp_path: Path, seed: int
):
    walker = Walker(window, qtbot, seed, answers)
    dataset, file = window.document.dataset, window.document.file
    start = state(dataset)
    before = exported(dataset, tmp_path / "before")
    walker.walk(STEPS)
    end, lines = state(dataset), walker.place()[0]
    assert len(walker.seen) > STEPS // 5, "the walk has hardly changed anything"

    while file.can_undo:
        window.actions_["undo"].trigger()
        walker.look()
    assert state(dataset) == start
    assert exported(dataset, tmp_path / "after") == before
    walker.compare_with_disk()

    while file.can_redo:
        window.actions_["redo"].trigger()
        walker.look()
    assert walker.place()[0] == lines
    walker.compare_with_disk()
    window.document.go_to(lines[-1][0])
    assert state(dataset) == walker.states[lines[-1]]
    assert end in walker.states.values()


def exported(dataset: Dataset, folder: Path) -> dict[str, bytes]:
    """The files of a school and its first scenario."""
    export_dataset(dataset, folder, str(next(iter(dataset.scenarios), "")))
    return {path.name: path.read_bytes() for path in folder.iterdir()}
