"""What each action of the window does; those of files and of scenarios are done by commands of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from echelon_desktop.ui.messages import told
from echelon_desktop.ui.page import Page
from echelon_desktop.ui.shell import recent
from echelon_desktop.ui.shell.files import FileCommands
from echelon_desktop.ui.shell.help import AboutDialog, ShortcutsDialog
from echelon_desktop.ui.shell.history import HistoryDialog
from echelon_desktop.ui.shell.scenarios import ScenarioCommands
from echelon_desktop.ui.theme import theme

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow


class Commands:
    """
    The commands of a window.

    Parameters
    ----------
    window
        Shows what they lead to.

    Attributes
    ----------
    files, scenarios
        Those of the File menu and of the menu beside the scenarios.
    """

    def __init__(self, window: "MainWindow") -> None:
        self.window = window
        self.files = FileCommands(window)
        self.scenarios = ScenarioCommands(window)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Action → what it does."""
        window = self.window
        return {
            "open": self.files.open,
            "import": self.files.import_folder,
            "import-workbook": self.files.import_workbook,
            "sample": self.files.sample,
            "export": self.files.export,
            "export-workbook": self.files.export_workbook,
            "export-aeries": self.files.export_for_aeries,
            "snapshot": self.files.snapshot,
            "restore": self.files.restore,
            "close": window.leave_document,
            "quit": window.close,
            "undo": lambda: self._step("undo"),
            "redo": lambda: self._step("redo"),
            "history": self._show_history,
            "copy": self._copy,
            "find": window.find_on_page,
            "replace": window.replace_in_data,
            "search": window.search,
            "next-part": window.next_part,
            "print": self._print,
            "check": lambda: window.show_page("checks"),
            "solve": window.start_solve,
            "stop": window.stop_solve,
            "new-scenario": self.scenarios.new,
            "rename-scenario": self.scenarios.rename,
            "delete-scenario": self.scenarios.delete,
            "remote": self._set_up_remote,
            "light": lambda: self._appear("light"),
            "dark": lambda: self._appear("dark"),
            "system": lambda: self._appear("system"),
            "shortcuts": lambda: _run(ShortcutsDialog(window.actions_, window)),
            "about": lambda: _run(AboutDialog(window)),
        }

    def _step(self, step: str) -> None:
        document = self.window.document
        if document is None:
            return
        with told(self.window, "The change was not made"):
            title = document.undo() if step == "undo" else document.redo()
            if title:
                self.window.notice("note", f"{'Taken back' if step == 'undo' else 'Made again'}: {title}")

    def _show_history(self) -> None:
        if self.window.document is not None:
            _run(HistoryDialog(self.window.document, self.window))

    def _copy(self) -> None:
        page = self.window.stack.currentWidget()
        if isinstance(page, Page) and page.copy():
            self.window.notice("good", "Copied.")

    def _print(self) -> None:
        page = self.window.stack.currentWidget()
        if not (isinstance(page, Page) and page.hand_out()):
            page = self.window.show_page("schedule")
            if page is not None:
                page.hand_out()

    def _set_up_remote(self) -> None:
        from echelon_desktop.ui.remote.dialog import RemoteDialog

        _run(RemoteDialog(self.window.desk, self.window))

    def _appear(self, choice: str) -> None:
        recent.remember_appearance(choice)
        theme().choose(choice)


def _run(dialog: QDialog) -> None:
    dialog.exec()
    dialog.deleteLater()  # or it would live as long as the window
