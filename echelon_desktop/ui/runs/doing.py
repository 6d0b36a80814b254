"""Carries out what the user wants done with a run, and asks before what cannot be taken back."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cloud_runner.client.runs import Deletion, Run
from echelon_desktop.errors import InputError
from echelon_desktop.ui.messages import ask, told
from echelon_desktop.ui.remote.courier import alive
from echelon_desktop.ui.runs.again import AgainDialog
from echelon_desktop.ui.runs.deeds import Deed
from echelon_desktop.ui.runs.entries import Entry
from echelon_desktop.ui.workspace import Workspace

NOT_REMOVED = "The run was not removed"


class RunDeeds(QObject):
    """
    Does the deeds of the Runs page.

    ``said`` carries a run's id, and kind and text of a message on it; ``sent`` the id of a new run.

    Parameters
    ----------
    workspace
        Of the school that is open.
    page
        Parent of the dialogs.
    """

    said = Signal(str, str, str)
    sent = Signal(str)

    def __init__(self, workspace: Workspace, page: QWidget) -> None:
        super().__init__(page)
        self.workspace, self.page = workspace, page
        self.desk, self.arrivals, self.document = workspace.desk, workspace.arrivals, workspace.document

    def do(self, deed: Deed, entry: Entry) -> None:
        """Do something with a run."""
        if deed is Deed.OPEN:
            self.workspace.open_school.emit(entry.path)
        elif deed is Deed.STOP:
            self.workspace.act.emit("stop")
        elif deed is Deed.AGAIN and entry.local is not None:
            self.workspace.go_to("solve", "runs", entry.local.id)
        elif deed is Deed.BOARD and entry.scenario:
            self._to_board(entry.scenario)
        elif deed is Deed.FORGET and entry.local is not None:
            self._forget_record(entry.local.id)
        elif entry.remote is not None:
            self._do_remote(deed, entry.remote)

    def _do_remote(self, deed: Deed, run: Run) -> None:
        if deed in (Deed.BOARD, Deed.APPLY):
            self.arrivals.take(run, self._to_board)
        elif deed is Deed.BEST:
            self.said.emit(run.id, "note", "Fetching the best schedule so far…")
            fetched = alive(self, lambda _outcome: self._take_best(run.id))
            self.desk.fetch_best(run.id, fetched, self._refuse(run))
        elif deed is Deed.CANCEL:
            self._cancel(run)
        elif deed is Deed.AGAIN:
            self._solve_again(run)
        elif deed is Deed.DELETE:
            self._delete(run)
        elif deed is Deed.CERTIFICATE:
            self.save_certificate(run)
        elif deed is Deed.FORGET:
            self._forget(run)

    def _to_board(self, scenario: str) -> None:
        self.document.show_scenario(scenario)
        self.workspace.go_to("board")

    def _take_best(self, run_id: str) -> None:
        run = self.desk.runs.get(run_id)
        if run is not None:
            self.arrivals.take(run, lambda scenario: self._tell_taken(run_id, scenario))

    def _tell_taken(self, run_id: str, scenario: str) -> None:
        name = self.document.dataset.scenarios[scenario].name
        self.said.emit(run_id, "good", f"The best so far is scenario “{name}”. The run goes on.")

    def _refuse(self, run: Run) -> Callable[[Exception], None]:
        return alive(self, lambda error: self.said.emit(run.id, "bad", str(error)))

    def _cancel(self, run: Run) -> None:
        if ask(
            self.page,
            "Cancel this run?",
            f"The run of {run.school_name} on “{run.remote.name}” ends now.",
            "Cancel the run",
            "The best schedule found so far is kept and brought back.",
            danger=True,
            no="Go on solving",
        ):
            now = self.desk.runs.get(run.id)
            if now is None or now.state.ended:  # while the question was on the screen
                return
            self.said.emit(run.id, "note", "Cancelling…")
            self.desk.cancel(run.id, self._refuse(run))

    def _solve_again(self, run: Run) -> None:
        dialog = AgainDialog(run, self.page)
        if dialog.exec():
            sent = alive(self, lambda new: self._on_sent_again(run, new))
            self.desk.retry(run.id, dialog.order(), sent, self._refuse(run))
        dialog.deleteLater()

    def _on_sent_again(self, run: Run, new: Run) -> None:
        if self.arrivals.is_ours(new):
            self.arrivals.expect(new, self.arrivals.name_of(run))
        self.sent.emit(new.id)

    def _delete(self, run: Run) -> None:
        if ask(
            self.page,
            "Delete this run's data on AWS?",
            f"All objects of the run in the bucket {run.remote.bucket} are deleted, in all versions.",
            "Delete",
            "What was brought back stays on this computer. You get a confirmation that can be filed.",
            danger=True,
        ):
            self.said.emit(run.id, "note", "Deleting…")
            deleted = alive(self, lambda deletion: self._tell_deleted(run.id, deletion))
            self.desk.delete_remote(run.id, deleted, self._refuse(run))

    def _tell_deleted(self, run_id: str, deletion: Deletion) -> None:
        if deletion.left:
            self.said.emit(run_id, "bad", f"{deletion.left:,} objects are left on AWS. Delete them again.")
        else:
            self.said.emit(
                run_id, "good", "Nothing of the run is left on AWS. The confirmation can be saved."
            )

    def save_certificate(self, run: Run, path: Path | None = None) -> None:
        """Write the confirmation of what was deleted; asks where when not told."""
        if run.deleted is None:
            return
        if path is None:
            name, _ = QFileDialog.getSaveFileName(
                self.page,
                "Save the confirmation",
                str(self.document.path.with_name(f"Deleted {run.school_name} {run.id[:8]}.txt")),
                "Text (*.txt)",
            )
            if not name:
                return
            path = Path(name)
        with told(self.page, "The confirmation was not saved"):
            try:
                path.write_text(run.deleted.text, encoding="utf-8")
            except OSError as error:
                raise InputError(f"{path} cannot be written: {error.strerror}.") from error
            self.workspace.notice.emit("good", f"Saved to {path}.")

    def _forget(self, run: Run) -> None:
        left = "" if run.deleted else " Its data on AWS stays until it expires."
        left += "" if run.state.ended else " Where it still solves there, it does so to its end."
        if ask(
            self.page,
            "Remove this run from the list?",
            "The run, and the table that says what its numbers stand for, are removed from this computer.",
            "Remove",
            f"Scenarios made of it stay in the school.{left}",
            danger=True,
        ):
            with told(self.page, NOT_REMOVED):
                self.desk.forget(run.id)
                if self.arrivals.is_ours(run):
                    self.arrivals.forget(run.id)

    def _forget_record(self, run_id: str) -> None:
        if ask(
            self.page,
            "Remove this run from the list?",
            "What the school's file says of the run is deleted.",
            "Remove",
            "Scenarios made of it stay in the school. The computer that sent it keeps it on its list.",
            danger=True,
        ):
            with told(self.page, NOT_REMOVED):
                self.arrivals.forget(run_id)
