"""The Runs page: every run, here and on AWS, of every school, and what can be done with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cloud_runner.client.runs import Run
from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import Changes
from echelon_desktop.model.store import Run as Record
from echelon_desktop.model.store import has_checkpoint, runs_of
from echelon_desktop.ui.page import Page, Target, empty_state, page_header
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.tables import ReadingTable
from echelon_desktop.ui.remote.courier import alive
from echelon_desktop.ui.runs.deeds import Deed, deeds_for
from echelon_desktop.ui.runs.detail import Detail
from echelon_desktop.ui.runs.doing import RunDeeds
from echelon_desktop.ui.runs.entries import (
    GOING,
    HERE,
    Entry,
    live_entry,
    local_entry,
    newest_first,
    remote_entry,
)
from echelon_desktop.ui.runs.listing import STATE_COLUMN, EntriesModel, StatePainter
from echelon_desktop.ui.runs.saying import message_on
from echelon_desktop.ui.shell.recent import recent_files
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

LOG_MS = 5000
NOTHING = Changes({}, frozenset())
ALL, OURS, GOING_ON, REMOTE = "all", "ours", "going", "remote"
CHOICES = (("All runs", ALL), ("This school", OURS), ("Going on", GOING_ON), ("On AWS", REMOTE))


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered to a deed, the outcome that the run had then, and whether it was in trouble."""

    outcome: str
    message: tuple[str, str]
    trouble: bool = False

    def holds(self, outcome: str, trouble: bool) -> bool:
        """Whether it is still to be shown: new trouble hides it, and a refusal goes with its trouble."""
        refused = self.message[0] == "bad"
        return self.outcome == outcome and (self.trouble == trouble or (self.trouble and not refused))


class RunsPage(Page):
    """A table of runs above, the selected one below."""

    table: ReadingTable
    filters: FilterRow
    _records: list[Record]
    _filtered: tuple[str, str]  # the words and the choice that the table was filtered by last

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.desk, self.arrivals = workspace.desk, workspace.arrivals
        self._said: dict[str, Said] = {}
        self._elsewhere: list[Entry] = []  # local runs of schools opened lately
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE.l)
        column.setSpacing(0)
        settings = QPushButton("Remote settings…")
        settings.clicked.connect(lambda: workspace.act.emit("remote"))
        words = "Every solve, on this computer and on AWS. Runs on AWS go on when the application is closed."
        column.addWidget(page_header("Runs", words, settings))
        self.stack = QStackedWidget()
        self.empty = empty_state(
            "history",
            "No runs yet",
            "Solve finds a schedule on this computer. Schools too large for it can be solved on AWS.",
            "Solve",
            lambda: workspace.go_to("solve"),
        )
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._make_body())
        column.addWidget(self.stack, 1)
        self._log_timer = QTimer(self)
        self._log_timer.setInterval(LOG_MS)
        self._log_timer.timeout.connect(self._read_log)
        self.desk.changed.connect(self._on_run_changed)
        self.desk.listed.connect(self._fill)
        self.arrivals.changed.connect(self._on_run_known)
        workspace.session_changed.connect(self._on_session_changed)
        self._on_session_changed()
        self.refresh(None)

    # What the window calls ----------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show what there is; everything is read anew when all may have changed."""
        self._records = [run for run in self.document.file.runs() if not has_checkpoint(run)]
        if changes is None:
            self.workspace.background.run(self._read_elsewhere(), self._on_elsewhere)
            self.desk.reload()
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that the command line or another window has sent meanwhile."""
        super().showEvent(event)
        self.desk.reload()

    def take_to(self, target: Target) -> None:
        """Select a run by its id."""
        if self.model.find(str(target.key)) < 0:
            self.filters.clear()
        self.table.choose(self.model.find(str(target.key)))

    def copy(self) -> bool:
        """Copy from the table that has the focus, or the list of runs."""
        tables = (self.table, self.detail.children_table)
        return next((table for table in tables if table.hasFocus()), self.table).copy()

    def shut(self) -> None:
        """The document closes."""
        self._log_timer.stop()

    @property
    def selected(self) -> Entry | None:
        """The run that is selected."""
        row = self.table.currentIndex().row()
        return self.model.row_at(row) if 0 <= row < self.model.rowCount() else None

    # Showing ------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """List the runs as they are now; the one selected stays so."""
        document = self.document
        remote = [self._remote_entry(run) for run in self.desk.runs.values()]
        known = {entry.key for entry in remote}
        scenarios = {str(key) for key in document.dataset.scenarios}
        local = [local_entry(run, document.path, scenarios) for run in self._records if run.id not in known]
        if self.workspace.session is not None:
            local.append(live_entry(self.workspace.session, document.path))
        local += [
            entry
            for entry in self._elsewhere
            if entry.path != document.path and (entry.local is None or entry.local.id not in known)
        ]
        key = self.selected.key if self.selected is not None else ""
        self.model.show_entries(newest_first([*remote, *local]))
        self.stack.setCurrentIndex(1 if self.model.rows else 0)
        self._filter(key)

    def _filter(self, key: str = "") -> None:
        key = key or (self.selected.key if self.selected is not None else "")
        chosen = self.filters.choice.currentData()
        ours = self.document.path

        def admits(entry: Entry) -> bool:
            return {
                ALL: True,
                OURS: entry.path == ours,
                GOING_ON: entry.outcome == GOING,
                REMOTE: entry.where != HERE,
            }[chosen]

        if (self.filters.words.text(), chosen) != self._filtered or self.model.find(key) < 0:
            self._filtered = (self.filters.words.text(), chosen)
            self.model.filter(self.filters.words.text(), None if chosen == ALL else admits)
        total = len(self.model.rows)
        self.filters.count(self.model.rowCount(), total, "run")
        row = self.model.find(key) if key else -1
        row = row if row >= 0 else min(0, self.model.rowCount() - 1)
        if row >= 0 and row != self.table.currentIndex().row():
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._show_selected()

    def _on_filter_changed(self) -> None:
        self._filter()

    def _show_selected(self) -> None:
        entry = self.selected
        self.detail.setVisible(entry is not None)
        if entry is None:
            self._log_timer.stop()
            return
        standing = self.arrivals.standing.get(entry.key)
        document = self.document
        ours = entry.path == document.path or (
            entry.remote is not None and self.arrivals.is_ours(entry.remote)
        )
        fits = standing is None or not standing.misfits
        deeds = deeds_for(entry, ours, not document.read_only, fits)
        misfits = standing.misfits if standing is not None and not entry.scenario else ()
        said = self._said.get(entry.key)
        if said is not None and said.holds(entry.outcome, self._trouble(entry.key)):
            message = said.message
        else:
            message = message_on(entry, standing, ours)
        self.detail.show_entry(entry, deeds, message, misfits)
        if self.detail.shows_log and entry.outcome == GOING:
            self._log_timer.start()
        else:
            self._log_timer.stop()

    def _on_run_changed(self, run: Run) -> None:
        self._fill()

    def _on_session_changed(self) -> None:
        session = self.workspace.session
        if session is not None:
            session.progressed.connect(self._on_progressed)
        self.refresh(NOTHING)

    def _on_progressed(self) -> None:
        if self.isVisible():
            self._fill()

    def _on_run_known(self, run_id: str) -> None:
        self.refresh(NOTHING)  # the school's history may say more of it, or nothing any more

    def _remote_entry(self, run: Run) -> Entry:
        scenario = self.arrivals.scenario_of(run.id) if self.arrivals.is_ours(run) else ""
        scenarios = self.document.dataset.scenarios
        return remote_entry(run, scenario, scenarios[scenario].name if scenario in scenarios else "")

    def _read_elsewhere(self) -> Callable[[], list[Entry]]:
        paths = [path for path in recent_files() if path != self.document.path]

        def read() -> list[Entry]:
            found: list[Entry] = []
            for path in paths:
                try:
                    found += [local_entry(run, path) for run in runs_of(path)]
                except EchelonError:
                    continue  # gone, or on a drive that is not there: its runs are not there either
            return found

        return read

    def _on_elsewhere(self, entries: list[Entry]) -> None:
        self._elsewhere = entries
        self._fill()

    # Doing --------------------------------------------------------------------------------------------

    def _do(self, deed: Deed) -> None:
        if self.selected is not None:
            self.deeds.do(deed, self.selected)

    def _on_said(self, run_id: str, kind: str, text: str) -> None:
        """Keep an answer on the screen until the run ends or is in trouble: looks come every few seconds."""
        run = self.desk.runs.get(run_id)
        if run is not None:
            outcome = remote_entry(run, "").outcome
            self._said[run_id] = Said(outcome, (kind, text), self._trouble(run_id))
        self._show_selected()

    def _trouble(self, run_id: str) -> bool:
        run, standing = self.desk.runs.get(run_id), self.arrivals.standing.get(run_id)
        return (run is not None and run.trouble) or (standing is not None and bool(standing.trouble))

    def _on_sent(self, run_id: str) -> None:
        self._fill()
        self.take_to(Target("runs", key=run_id))

    def _open_selected(self) -> None:
        """Enter or a double click: the board."""
        entry = self.selected
        if entry is not None and self.detail.buttons[Deed.BOARD].isVisible():
            self.deeds.do(Deed.BOARD, entry)

    def _read_log(self) -> None:
        entry = self.selected
        if entry is None or entry.remote is None:
            return
        key = entry.key

        def show(lines: Sequence[str]) -> None:
            if self.selected is not None and self.selected.key == key:
                self.detail.show_log(lines)

        self.desk.read_log(key, alive(self, show), alive(self, lambda error: show((str(error),))))
        if entry.outcome == GOING:
            self._log_timer.start()

    # Building -----------------------------------------------------------------------------------------

    def _make_body(self) -> QSplitter:
        self.model = EntriesModel(self)
        self._filtered = ("", ALL)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(SPACE.xl, 0, SPACE.xl, SPACE.m)
        column.setSpacing(SPACE.m)
        self.filters = FilterRow("School, stack or state", "Which runs")
        self.filters.fill([(title, data) for title, data in CHOICES])
        self.filters.changed.connect(self._on_filter_changed)
        column.addWidget(self.filters)
        self.table = ReadingTable(self.model, "Runs")
        self.filters.words.below = self.table
        self.table.setItemDelegateForColumn(STATE_COLUMN, StatePainter(self.table))
        self.table.moved.connect(lambda _row: self._show_selected())
        self.table.opened.connect(lambda _index: self._open_selected())
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        bottom = QWidget()
        row = QHBoxLayout(bottom)
        row.setContentsMargins(SPACE.xl, SPACE.m, SPACE.xl, 0)
        self.detail = Detail()
        self.deeds = RunDeeds(self.workspace, self)
        self.deeds.said.connect(self._on_said)
        self.deeds.sent.connect(self._on_sent)
        self.detail.asked.connect(self._do)
        self.detail.log_wanted.connect(self._read_log)
        row.addWidget(self.detail)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(top)
        splitter.addWidget(bottom)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([260, 420])
        return splitter
