"""Whatever is edited: memory, disk and history agree, and the way back leads to the start."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from store_examples import MEMORY, RECORDS, add_course, datasets, edits, example, state

from echelon_desktop.model.dataset import Dataset, Edit, RowChange
from echelon_desktop.model.difference import difference
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.model.tables import TABLES


class SchoolFileMachine(RuleBasedStateMachine):
    """A school file beside a list of the states it went through."""

    @initialize(dataset=datasets())
    def create(self, dataset: Dataset) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.path = Path(self.folder.name, "school.echelon")
        self.file = SchoolFile.create(self.path, dataset, "Start")
        self.states = [state(dataset)]
        self.titles: list[str] = []
        self.at = 0
        self.snapshots: list[dict[str, Any]] = []

    def moved_to(self, title: str) -> None:
        self.states[self.at + 1 :] = [state(self.file.dataset)]
        self.titles[self.at :] = [title]
        self.at += 1

    @rule(data=st.data())
    def apply(self, data: st.DataObject) -> None:
        edit = data.draw(edits(self.file.dataset))
        with SchoolFile.open(self.path, read_only=True) as reader:
            wanted = reader.dataset
        wanted.apply(edit)
        self.file.apply(edit)
        assert state(self.file.dataset) == state(wanted)
        self.moved_to(edit.title)

    @rule()
    def undo(self) -> None:
        result = self.file.undo()
        assert (result and result[0]) == (self.titles[self.at - 1] if self.at else None)
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        result = self.file.redo()
        assert (result and result[0]) == (self.titles[self.at] if self.at < len(self.titles) else None)
        self.at = min(self.at + 1, len(self.titles))

    @rule()
    def reopen(self) -> None:
        self.file.close()
        self.file = SchoolFile.open(self.path)

    @rule()
    def snapshot(self) -> None:
        self.file.snapshot(str(len(self.snapshots)))
        self.snapshots.append(state(self.file.dataset))

    @precondition(lambda self: self.snapshots)
    @rule(data=st.data())
    def restore_snapshot(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.snapshots) - 1))
        if self.file.restore_snapshot(str(number)):
            self.moved_to(f"Restore snapshot {number}")
        assert state(self.file.dataset) == self.snapshots[number]

    @invariant()
    def memory_disk_and_history_agree(self) -> None:
        assert state(self.file.dataset) == self.states[self.at]
        reader = SchoolFile.open(self.path, read_only=True)
        assert state(reader.dataset) == self.states[self.at]
        reader.close()
        history = self.file.history()
        assert [entry.title for entry in history[1:]] == self.titles
        assert [entry.current for entry in history].index(True) == self.at
        assert [entry.done for entry in history] == [i <= self.at for i in range(len(history))]

    def teardown(self) -> None:
        if not hasattr(self, "file"):
            return
        for at in reversed(range(self.at)):
            self.file.undo()
            assert state(self.file.dataset) == self.states[at]
        for later in self.states[1:]:
            self.file.redo()
            assert state(self.file.dataset) == later
        self.file.close()
        self.folder.cleanup()


SchoolFileMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=15)
test_school_file_machine = SchoolFileMachine.TestCase


@settings(max_examples=80)
@given(data=st.data())
def test_difference_leads_from_one_dataset_to_the_other(data: st.DataObject) -> None:
    before = data.draw(datasets(("courses", "terms")))
    after = data.draw(datasets(("courses", "terms")))
    start = state(before)
    back, changes = before.apply(difference(before, after, "Go"))
    assert state(before) == state(after)
    assert bool(changes) == (start != state(after))
    before.apply(back)
    assert state(before) == start


def test_difference_moves_one_row_when_one_is_out_of_order() -> None:
    before, after = example(), example()
    after.apply(Edit("", (RowChange("students", "st4", after.school.students["st4"], 0),)))
    (change,) = difference(before, after).changes
    assert (change.key, change.index) == ("st4", 0)


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchoolFile]:
    path = tmp_path_factory.mktemp("kinds") / "school.echelon"
    with SchoolFile.create(path, Dataset(), "Start") as file:
        yield file


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=25)
@given(data=st.data())
def test_each_kind_of_record_survives_the_file(one_file: SchoolFile, table: str, data: st.DataObject) -> None:
    found = data.draw(st.lists(RECORDS[table], unique_by=TABLES[table].key_of, min_size=1, max_size=4))
    one_file.apply(Edit("", tuple(RowChange(table, TABLES[table].key_of(r), r) for r in found)))
    with SchoolFile.open(one_file.path, read_only=True) as reader:
        assert list(reader.dataset.table(table).values()) == found
    one_file.undo()


def test_rows_put_at_one_place_again_and_again_keep_their_order(tmp_path: Path) -> None:
    # Enough to halve the room between two neighbours until there is none.
    path = tmp_path / "school.echelon"
    with SchoolFile.create(path, example(), "Start") as file:
        for i in range(70):
            file.apply(add_course(f"new{i}", 1))
        wanted = state(file.dataset)
    with SchoolFile.open(path) as file:
        assert state(file.dataset) == wanted
        while file.undo():
            pass
        assert state(file.dataset) == state(example())
