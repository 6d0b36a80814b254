"""Opening, importing, exporting and restoring: the dialogs of the File menu, and what they lead to."""

from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtWidgets import QFileDialog, QInputDialog

from echelon_desktop.errors import FileLockedError, StoreError
from echelon_desktop.model.columns import FILES
from echelon_desktop.model.csv_io import RESULT_FILES, WORKBOOK, WORKBOOKS, holds_files, is_workbook
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.rules import RULES_FILE
from echelon_desktop.model.store import SchoolFile
from echelon_desktop.model.wording import counted, few_of
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.messages import ask, tell, told
from echelon_desktop.ui.shell.recent import recent_files, remember_file
from echelon_desktop.ui.workbook_name import ask_for_workbook

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow

FILTER = "School files (*.echelon)"
READ_WORKBOOKS = f"Excel workbooks ({' '.join(f'*{suffix}' for suffix in WORKBOOKS)})"
MOST_NAMED = 6  # files in a question


class FileCommands:
    """
    What the File menu does.

    Parameters
    ----------
    window
        Parent of the dialogs; shows the document that a command opens.
    """

    def __init__(self, window: "MainWindow") -> None:
        self.window = window

    def open(self) -> None:
        """Ask for a school file and open it."""
        name, _ = QFileDialog.getOpenFileName(self.window, "Open school file", str(self._folder()), FILTER)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a school file, or import a folder or a workbook."""
        if holds_files(path):
            self.import_folder(path)
            return
        if self._is_open(path):
            # Its own lock would be found, and the school offered for reading only.
            self.window.notice("good", f"{path.stem} is open already.")
            return
        if not self.window.leaving.ready(lambda: self.open_path(path)):
            return
        with told(self.window, "The file cannot be opened"):
            try:
                file = SchoolFile.open(path)
            except FileLockedError as error:
                if not ask(self.window, "In use", str(error), "Open to read only"):
                    return
                file = SchoolFile.open(path, read_only=True)
            self._show(file)

    def import_workbook(self) -> None:
        """Ask for a workbook, show what is in it, and take it over."""
        name, _ = QFileDialog.getOpenFileName(
            self.window, "Workbook of the school", str(self._folder()), READ_WORKBOOKS
        )
        if name:
            self.import_folder(Path(name))

    def import_folder(self, folder: Path | None = None) -> None:
        """Ask for a folder of files unless one (or a workbook) is given, show what is in it, take it over."""
        from echelon_desktop.ui.imports.dialog import ImportDialog

        if folder is None:
            name = QFileDialog.getExistingDirectory(
                self.window, "Folder of the school's files", str(self._folder())
            )
            if not name:
                return
            folder = Path(name)
        with told(self.window, f"{folder.name} cannot be imported"):
            dialog = ImportDialog(folder, self.window.document, self.window)
            if not dialog.exec():
                return
            if dialog.edit is not None and self.window.document is not None:
                self.window.document.apply(dialog.edit)
                self.window.notice("good", f"{folder.name} imported. Undo takes it back.")
                return
            own = folder.stem if is_workbook(folder) else folder.name
            name, _ = QFileDialog.getSaveFileName(
                self.window, "Keep the school in", str(self._folder() / f"{own}.echelon"), FILTER
            )
            if name and dialog.dataset is not None:
                self._create(Path(name), dialog.dataset, f"Import of {folder.name}")

    def sample(self) -> None:
        """Open the sample school, made when it is not there yet."""
        from echelon_desktop.model.sample import make_school

        with told(self.window, "The sample school cannot be made"):
            path = Path(platformdirs.user_documents_dir()) / "Echelon" / "Sample school.echelon"
            if path.exists():
                self.open_path(path)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            sample = make_school()
            self._create(path, Dataset(sample.school, sample.rules), "Sample school")

    def export(self) -> None:
        """Ask for a folder and write the school's files there, with the schedule on the screen."""
        document = self.window.document
        if document is None:
            return
        name = QFileDialog.getExistingDirectory(self.window, "Folder to write to", str(document.path.parent))
        if name and self._may_replace(Path(name)):
            self.export_to(Path(name))

    def _may_replace(self, folder: Path) -> bool:
        """Whether an export may replace files that are there; they may be those that were imported."""
        there = sorted(n for n in {*FILES, RULES_FILE, *RESULT_FILES} if (folder / n).exists())
        return not there or ask(
            self.window,
            "Replace files?",
            f"{folder.name} already holds {counted(len(there), 'file')} of a school.",
            "Replace",
            f"Those of this school would replace {few_of(there, MOST_NAMED)}.",
            danger=True,
        )

    def export_to(self, folder: Path) -> None:
        """Write the school's files and the schedule on the screen to a folder."""
        from echelon_desktop.solver.output import export_dataset

        document = self.window.document
        if document is None:
            return
        with told(self.window, "The files were not written"):
            export_dataset(document.dataset, folder, document.scenario)
            self.window.notice("good", f"Written to {folder}.")

    def export_workbook(self) -> None:
        """Ask for a workbook and write the school there, with the schedule on the screen."""
        document = self.window.document
        if document is None:
            return
        path = ask_for_workbook(self.window, document.path.with_suffix(WORKBOOK))
        if path is not None:
            self.export_workbook_to(path)

    def export_workbook_to(self, path: Path) -> None:
        """Write the school and the schedule on the screen to a workbook."""
        from echelon_desktop.solver.output import export_workbook

        document = self.window.document
        if document is None:
            return
        with told(self.window, "The workbook was not written"):
            export_workbook(document.dataset, path, document.scenario)
            self.window.notice("good", f"Written to {path}.")

    def export_for_aeries(self) -> None:
        """Show what Aeries would get of the schedule on the screen, and write it."""
        from echelon_desktop.ui.aeries.dialog import AeriesDialog

        document = self.window.document
        if document is None or not document.scenario:
            return
        dialog = AeriesDialog(document, self.window)
        if dialog.exec():
            self.window.notice("good", f"Written to {dialog.folder}.")
        dialog.deleteLater()

    def snapshot(self) -> None:
        """Ask for a name and keep the present state under it."""
        document = self.window.document
        if document is None:
            return
        name, ok = QInputDialog.getText(self.window, "Keep a snapshot", "Name of the snapshot:")
        if ok and name.strip():
            with told(self.window, "The snapshot was not kept"):
                document.file.snapshot(name.strip())
                self.window.notice("good", f"Snapshot “{name.strip()}” kept. File → Restore goes back to it.")

    def restore(self) -> None:
        """Choose a snapshot or a backup to go back to."""
        from echelon_desktop.ui.shell.restore import RestoreDialog

        path = self.window.document.path if self.window.document else None
        if path is None:
            name, _ = QFileDialog.getOpenFileName(
                self.window, "School file to restore", str(self._folder()), FILTER
            )
            if not name:
                return
            path = Path(name)
        with told(self.window, "Nothing was restored"):
            RestoreDialog(path, self.window).exec()

    def _create(self, path: Path, dataset: Dataset, title: str) -> None:
        with told(self.window, "The school file was not made"):
            self._replace(path, dataset, title)

    def _replace(self, path: Path, dataset: Dataset, title: str) -> None:
        if path.suffix != ".echelon":
            path = path.with_name(path.name + ".echelon")
        if self._is_open(path):
            raise StoreError(
                f"{path.name} is the school that is open. Choose another name, or close it first."
            )
        if not self.window.leaving.ready(lambda: self._create(path, dataset, title)):
            return
        if path.exists():
            # The save dialog has asked whether to replace it; a backup is cheaper than a regret.
            aside = _unused(path.with_name(f"{path.stem} (replaced){path.suffix}"))
            path.replace(aside)
            tell(self.window, "Replaced", f"The file that was there is kept as {aside.name}.")
        self._show(SchoolFile.create(path, dataset, title))

    def _show(self, file: SchoolFile) -> None:
        remember_file(file.path)
        self.window.show_document(Document(file))

    def _is_open(self, path: Path) -> bool:
        document = self.window.document
        return document is not None and not document.read_only and path.resolve() == document.path.resolve()

    def _folder(self) -> Path:
        """Where dialogs begin: beside the file used last."""
        for path in recent_files():
            if path.parent.is_dir():
                return path.parent
        documents = Path(platformdirs.user_documents_dir())
        return documents if documents.is_dir() else Path.home()  # a dialog would begin where the program is


def _unused(path: Path) -> Path:
    """``path``, or, when there is such a file, the first "… 2", "… 3" that is not there."""
    names = (path.with_name(f"{path.stem} {n}{path.suffix}") for n in count(2))
    return next(name for name in chain([path], names) if not name.exists())
