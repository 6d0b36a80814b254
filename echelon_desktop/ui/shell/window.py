"""The main window: puts the parts together, and passes words between them. It knows no school and no rule."""

import gc
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from cloud_runner.client.runs import Run, State
from echelon_desktop.errors import StoreError
from echelon_desktop.model.csv_io import is_file_of_school, is_workbook
from echelon_desktop.model.dataset import Changes
from echelon_desktop.ui.actions import ACTIONS, Actions
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.engine.client import EngineClient
from echelon_desktop.ui.messages import tell
from echelon_desktop.ui.page import Page, Target
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.shell import recent
from echelon_desktop.ui.shell.checker import Checker
from echelon_desktop.ui.shell.commands import Commands
from echelon_desktop.ui.shell.hits import all_hits
from echelon_desktop.ui.shell.leaving import Leaving
from echelon_desktop.ui.shell.recent_menu import RecentMenu
from echelon_desktop.ui.shell.search import SearchDialog
from echelon_desktop.ui.shell.sidebar import Sidebar
from echelon_desktop.ui.shell.start_page import StartPage
from echelon_desktop.ui.shell.status import StatusBar
from echelon_desktop.ui.shell.top_bar import TopBar
from echelon_desktop.ui.solve.checkpoint import take_up
from echelon_desktop.ui.theme import LIGHT, icon
from echelon_desktop.ui.workspace import Workspace

APPLICATION = "Echelon Desktop"
NOTICE_MS = 8000


class MainWindow(QMainWindow):
    """
    The window.

    Parameters
    ----------
    engine, desk
        The solver beside it, and the one who follows runs on AWS; started and ended by whoever made them.
    """

    def __init__(self, engine: EngineClient, desk: RemoteDesk) -> None:
        super().__init__()
        self.engine, self.desk = engine, desk
        self.document: Document | None = None
        self.workspace: Workspace | None = None
        self.pages: dict[str, Page] = {}
        self._stale: set[str] = set()
        self.leaving = Leaving(self)
        self.commands = Commands(self)
        self.files, self.scenarios = self.commands.files, self.commands.scenarios
        self.actions_ = Actions(self.commands.handlers(), self)
        self._build()
        self._fill_menus()
        engine.state_changed.connect(self._on_engine_state)
        desk.changed.connect(self._on_runs_changed)
        desk.listed.connect(self._on_runs_changed)
        desk.ended.connect(self._on_run_ended)
        self.setAcceptDrops(True)
        self.setWindowIcon(icon("layout-grid", LIGHT.accent, size=64))
        self.resize(1360, 860)
        self.restoreGeometry(recent.geometry())
        self.close_document()

    # Documents ----------------------------------------------------------------------------------

    def show_document(self, document: Document) -> None:
        """Show a document in place of the one shown, which is closed."""
        self.close_document()
        found = self._take_up(document)
        document.setParent(self)
        self.document = document
        self.workspace = Workspace(document, self.engine, self.desk, self)
        self.workspace.go.connect(self.take_to)
        self.workspace.notice.connect(self.notice)
        self.workspace.act.connect(lambda action: self.actions_[action].trigger())
        self.workspace.open_school.connect(self._open_later)
        self.checker = Checker(self.workspace, self.workspace)
        self.checker.checked.connect(self._show_lights)
        document.changed.connect(self._on_changed)
        document.scenario_changed.connect(self._on_scenario_changed)
        self.top_bar.show_document(document)
        self.outer.setCurrentWidget(self.work)
        self._enable()
        self.show_page("board" if document.dataset.scenarios else "data")
        self.checker.check()
        if found:
            QTimer.singleShot(0, self, lambda: tell(self, "A solve was cut short", *found))
        # A school is hundreds of thousands of objects that live until it is closed. Looked through again and
        # again, they cost the window 190 ms each time (5,349 students).
        gc.collect()
        gc.freeze()

    def _take_up(self, document: Document) -> tuple[str, str] | None:
        """Keep what a solve had found when the application ended; what to say of it, None for nothing."""
        try:
            told = take_up(document)
        except StoreError as error:
            return "What it had found is not a scenario yet.", f"{error} Open the school again then."
        return (told, "Undo removes it.") if told else None

    def close_document(self) -> None:
        """Close the document, if one is open, and show the start page."""
        if self.document is not None and self.workspace is not None:
            for page in self.pages.values():
                page.shut()
                self.stack.removeWidget(page)
                page.deleteLater()
            self.pages.clear()
            self._stale.clear()
            self.workspace.background.wait()
            self.document.close()
            self.document.deleteLater()
            self.workspace.deleteLater()
            self.document = self.workspace = None
            gc.unfreeze()
        self.start.show_recent(recent.recent_files())
        self.outer.setCurrentWidget(self.start)
        self._enable()

    def leave_document(self) -> None:
        """Close the document, if the solve that may be running allows it."""
        if self.leaving.ready(self.leave_document):
            self.close_document()

    # Pages --------------------------------------------------------------------------------------

    def show_page(self, page_id: str) -> Page | None:
        """Show a page, made now if it was never shown; None when no document is open."""
        if self.workspace is None:
            return None
        page = self.pages.get(page_id)
        if page is None:
            spec = next(spec for spec in PAGES if spec.id == page_id)
            page = self.pages[page_id] = spec.make(self.workspace)
            self.stack.addWidget(page)
        elif page_id in self._stale:
            page.refresh(None)
        self._stale.discard(page_id)
        self.stack.setCurrentWidget(page)
        self.sidebar.choose(page_id)
        page.begin()
        return page

    def take_to(self, target: Target) -> None:
        """Show a page and a record there."""
        page = self.show_page(target.page)
        if page is not None and (target.table or target.key):
            page.take_to(target)

    def notice(self, kind: str, text: str) -> None:
        """Show a passing message at the foot of the window."""
        self.status.showMessage(text, NOTICE_MS)

    def search(self) -> None:
        """Open the search."""
        self.searching = SearchDialog(self, all_hits(self))
        self.searching.show()
        self.searching.field.setFocus()

    def find_on_page(self) -> None:
        """Go to the filter of the page that is shown, or else to the search."""
        page = self.stack.currentWidget()
        if not (isinstance(page, Page) and page.filter_words()):
            self.search()

    def replace_in_data(self) -> None:
        """Find and replace in the table that Data shows."""
        page = self.show_page("data")
        if page is not None:
            page.replace()

    def next_part(self) -> None:
        """Go on to the next part of the window: pages, the bar above, the page itself."""
        page = self.stack.currentWidget()
        focus = self.focusWidget()
        if focus is not None and self.sidebar.isAncestorOf(focus):
            bar = self.top_bar
            begin = bar.scenarios if bar.scenarios.isEnabled() else bar.search
            begin.setFocus(Qt.FocusReason.TabFocusReason)
        elif focus is not None and self.top_bar.isAncestorOf(focus) and isinstance(page, Page):
            page.begin()
        else:
            self.sidebar.begin()

    def start_solve(self) -> None:
        """Solve what the Solve page says."""
        self._solve("start")

    def stop_solve(self) -> None:
        """End the solve that runs and keep its best; its page shows how it ends."""
        self._solve("stop")

    # Qt -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders, workbooks and school files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, after the drop has ended: its source waits until then."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            QTimer.singleShot(0, self, lambda: self.files.open_path(_meant_by(paths)))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the document and remember where the window stood; a solve that runs is asked about first."""
        if not self.leaving.ready(self.close):
            event.ignore()
            return
        recent.remember_geometry(self.saveGeometry())
        self.close_document()
        event.accept()

    # Building -----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.outer = QStackedWidget()
        self.start = StartPage()
        self.start.chosen.connect(lambda action: self.actions_[action].trigger())
        self.start.picked.connect(lambda path: self.files.open_path(Path(path)))
        self.outer.addWidget(self.start)
        self.sidebar = Sidebar()
        self.sidebar.chosen.connect(self.show_page)
        self.top_bar = TopBar(self.actions_)
        self.top_bar.scenario_chosen.connect(self._on_scenario_chosen)
        self.stack = QStackedWidget()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addWidget(self.stack, 1)
        self.work = QWidget()
        row = QHBoxLayout(self.work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(right, 1)
        self.outer.addWidget(self.work)
        self.setCentralWidget(self.outer)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.recent_menu = RecentMenu(self)
        self.recent_menu.picked.connect(lambda path: self.files.open_path(Path(path)))
        self.recent_menu.cleared.connect(lambda: self.start.show_recent([]))

    def _fill_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for spec in ACTIONS:
            name = spec.menu.removeprefix("-")
            if not name:
                continue
            menu = menus.get(name)
            if menu is None:
                menu = menus[name] = self.menuBar().addMenu(name)
            if spec.menu.startswith("-"):
                menu.addSeparator()
            menu.addAction(self.actions_[spec.id])
            self.addAction(self.actions_[spec.id])
            if spec.id == "open":
                menu.addMenu(self.recent_menu)
                menu.aboutToShow.connect(self.recent_menu.fill)

    # Reacting -----------------------------------------------------------------------------------

    def _on_changed(self, changes: Changes) -> None:
        self.status.clearMessage()  # it was about another change
        current = self.stack.currentWidget()
        for page_id, page in self.pages.items():
            if page is current:
                page.refresh(changes)
            else:
                self._stale.add(page_id)
        if self.document is not None and "scenarios" in changes.keys:
            self.top_bar.show_document(self.document)
        self._enable()
        self.checker.check()

    def _on_scenario_chosen(self, scenario: str) -> None:
        if self.document is not None:
            self.document.show_scenario(scenario)

    def _on_scenario_changed(self) -> None:
        if self.document is not None:
            self.top_bar.show_document(self.document)
        current = self.stack.currentWidget()
        for page_id, page in self.pages.items():
            if page is current:
                page.show_scenario()
            else:
                self._stale.add(page_id)
        self._enable()

    def _on_engine_state(self) -> None:
        self._enable()

    def _on_runs_changed(self) -> None:
        self.status.remote.setText(self.desk.words)

    def _on_run_ended(self, run: Run) -> None:
        """Say how a run ended; that of the open school says it once its schedule is there."""
        if run.state is State.DONE:
            self.notice("good", f"The run of {run.school_name} on “{run.remote.name}” is done.")
        else:
            self.notice(
                "bad", f"The run of {run.school_name} on “{run.remote.name}”: {run.state}. {run.message}"
            )

    def _open_later(self, path: Path) -> None:
        """Open another school once the page that asked for it has returned: it is closed with this one."""
        QTimer.singleShot(0, self, lambda: self.files.open_path(path))

    def _show_lights(self) -> None:
        self.sidebar.set_light("checks", self.checker.light, self.checker.words)

    def _solve(self, command: str) -> None:
        page = self.show_page("solve")
        if page is not None:
            getattr(page, command)()

    def _enable(self) -> None:
        document = self.document
        facts: set[str] = set()
        if document is not None:
            facts.add("file")
            facts |= set() if document.read_only else {"writable"}
            facts |= {"scenario"} if document.scenario else set()
            facts |= {"undo"} if document.file.can_undo and not document.read_only else set()
            facts |= {"redo"} if document.file.can_redo and not document.read_only else set()
            facts.add("solving" if self.engine.solving else "idle")
        self.actions_.enable(frozenset(facts))
        for step in ("undo", "redo"):
            title = ""
            if document is not None:
                title = (document.file.undo_title if step == "undo" else document.file.redo_title) or ""
            self.actions_[step].setText(f"&{step.title()} {title}".strip().replace("…", ""))
        self._show_facts()

    def _show_facts(self) -> None:
        document = self.document
        self.setWindowTitle(f"{document.path.stem} – {APPLICATION}" if document else APPLICATION)
        self.status.running.setText(self.engine.words if document else "")
        self.status.saved.setText(
            "" if document is None else "Read only" if document.read_only else "All changes saved"
        )
        self.status.unmet.setText(self.checker.unmet_words() if document else "")


def _meant_by(dropped: Sequence[Path]) -> Path:
    """A school file, a folder or a workbook of a whole school; else the folder that the files lie in."""
    first = dropped[0]
    whole = is_workbook(first) and len(dropped) == 1 and not is_file_of_school(first)
    return first if first.is_dir() or first.suffix == ".echelon" or whole else first.parent
