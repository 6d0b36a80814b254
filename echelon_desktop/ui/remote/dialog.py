"""Settings → Remote: the stacks that runs can be sent to, and whether they can be reached."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cloud_runner.client.remotes import Remote
from echelon_desktop.credentials import forget_secret, keep_secret
from echelon_desktop.errors import EchelonError, RemoteError
from echelon_desktop.ui.dialogs import headed_column, resize_within_screen
from echelon_desktop.ui.messages import ask, told
from echelon_desktop.ui.page import empty_state
from echelon_desktop.ui.remote.courier import alive
from echelon_desktop.ui.remote.desk import RemoteDesk
from echelon_desktop.ui.remote.form import RemoteForm
from echelon_desktop.ui.remote.probes import ROW_HEIGHT, ProbePainter, ProbesModel, words_for_it
from echelon_desktop.ui.theme import SPACE, soften_choice, theme

NEW = "New stack"
COPY = "Copy for IT"
LISTED = 3  # permissions in sight at once, at least; all that a test tries where there is room
SETTINGS, ANSWERS = range(2)  # tabs
ABOUT = (
    "A school's stack in its own AWS account solves what is too large for this computer. Your IT department "
    "sets it up once and sends you a few lines of settings. No student's name or id ever leaves here."
)


class RemoteDialog(QDialog):
    """
    Lists the remotes at the left; at the right the settings of the one chosen, and the test of it.

    Parameters
    ----------
    desk
        Whose remotes they are.
    """

    def __init__(self, desk: RemoteDesk, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._shown: Remote | None = None
        self.setWindowTitle("Settings: Remote")
        resize_within_screen(self, 940, 700)
        outer, _ = headed_column(self, "Remote solving on AWS", ABOUT)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self._make_list())
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_empty())
        self.stack.addWidget(self._make_body())
        row.addWidget(self.stack, 1)
        outer.addLayout(row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save_button = buttons.addButton("Save", QDialogButtonBox.ButtonRole.ApplyRole)
        self.save_button.setProperty("kind", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        buttons.rejected.connect(self.reject)
        outer.addWidget(buttons)
        desk.probed.connect(self._on_probed)
        self.refresh()
        self.list.setFocus()

    # What the user does -----------------------------------------------------------------------------

    def refresh(self, chosen: str = "") -> None:
        """List the remotes as they are now, and show the one of that name, or the first."""
        with told(self, "The remotes cannot be read"):
            remotes = self.desk.remotes.all()
            self.list.blockSignals(True)
            self.list.clear()
            for remote in remotes:
                item = QListWidgetItem(theme().icon("cloud"), remote.name)
                item.setData(Qt.ItemDataRole.UserRole, remote)
                item.setToolTip(f"{remote.bucket}, {remote.region}")
                self.list.addItem(item)
            self.list.blockSignals(False)
            names = [remote.name for remote in remotes]
            self.list.setCurrentRow(names.index(chosen) if chosen in names else min(0, len(names) - 1))
            self._show_chosen()

    def add(self) -> None:
        """Begin with empty fields."""
        self.list.setCurrentRow(-1)
        self._show(None)
        self.form.fields["name"].setFocus()

    def paste(self) -> None:
        """Take the settings that the stack's set-up printed from the clipboard."""
        with told(self, "The settings were not taken over"):
            remote = Remote.from_text(QGuiApplication.clipboard().text())
            self.list.setCurrentRow(-1)
            self._show(remote)
            self._say("note", "Settings pasted. Choose how to sign in, then save and test the connection.")
            self.save_button.setEnabled(True)

    def save(self) -> None:
        """Keep what the fields hold, or say why that cannot be."""
        with told(self, "The settings were not saved"):
            filled = self.form.filled()
            before = self._shown.name if self._shown is not None else ""
            others = {remote.name for remote in self.desk.remotes.all()} - {before}
            if filled.remote.name in others:
                raise RemoteError(
                    f"There is another stack {filled.remote.name!r}. Give this one another name."
                )
            if filled.secret:
                keep_secret(filled.remote.sign_in.secret_name, filled.secret)
            self.desk.remotes.save(filled.remote)
            if before and before != filled.remote.name:
                self.desk.remotes.remove(before)
            self.desk.remotes_changed.emit()
            self.refresh(filled.remote.name)
            self._say("good", "Saved.")

    def remove(self) -> None:
        """Forget the remote that is shown, and the secret of its key."""
        remote = self._shown
        if remote is None or not ask(
            self,
            "Remove this stack?",
            f"“{remote.name}” is removed from this computer.",
            "Remove",
            "Nothing on AWS is changed; runs sent to it stay in the list.",
            danger=True,
        ):
            return
        with told(self, "The stack was not removed"):
            self.desk.remotes.remove(remote.name)
            if remote.sign_in.kind == "keyring":
                forget_secret(remote.sign_in.secret_name)
        self.desk.remotes_changed.emit()
        self.refresh()

    def test(self) -> None:
        """Try each permission, one after the other."""
        self.save()
        if self._shown is None or self.save_button.isEnabled():
            return  # what cannot be saved cannot be tested
        self.probes.clear()
        self._show_words("")
        self.tabs.setTabVisible(ANSWERS, True)
        self.tabs.setCurrentIndex(ANSWERS)
        self.test_button.setEnabled(False)
        self._say("note", "Trying each permission…")
        tested = alive(self, lambda _nothing: self._on_tested())
        self.desk.probe(self._shown, tested, alive(self, self._on_refused))

    # Reacting ---------------------------------------------------------------------------------------

    def _on_probed(self, probe: Any) -> None:
        self.probes.add(probe)
        self.answers.scrollToBottom()

    def _on_tested(self) -> None:
        self.test_button.setEnabled(True)
        self._show_words(
            words_for_it(self._shown.name if self._shown is not None else "", self.probes.probes)
        )
        failed = [probe for probe in self.probes.probes if not probe.ok]
        own = next((probe.words for probe in failed if not probe.for_it), "")
        if own:
            self._say("bad", own)
        elif failed:
            verb = "does" if len(failed) == 1 else "do"
            number = len(self.probes.probes)
            self._say("bad", f"{len(failed)} of {number} {verb} not work. Send IT the words in Test.")
        else:
            self._say("good", "Everything works. Runs can be sent to this stack.")

    def _on_refused(self, error: EchelonError) -> None:
        self.test_button.setEnabled(True)
        self._say("bad", str(error))

    def _on_edited(self) -> None:
        self.save_button.setEnabled(True)
        self._say("", "")

    def _show_chosen(self) -> None:
        if self.list.currentRow() < 0:
            self._shown = None
            self.stack.setCurrentIndex(0)
            self.save_button.setEnabled(False)
            self.remove_button.setEnabled(False)
            return
        self._show(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def _show(self, remote: Remote | None) -> None:
        known = self.list.currentRow() >= 0
        self._shown = remote if known else None
        self.form.show_remote(remote)
        self.head.setText(remote.name if remote is not None else NEW)
        self.stack.setCurrentIndex(1)
        self.save_button.setEnabled(False)
        self.remove_button.setEnabled(known)
        self.probes.clear()
        self._show_words("")
        self.tabs.setTabVisible(ANSWERS, False)
        self.tabs.setCurrentIndex(SETTINGS)
        self._say("", "")

    def _show_words(self, words: str) -> None:
        """Show what to send to IT; nothing when nothing is missing."""
        self.for_it.setPlainText(words)
        self.for_it.setVisible(bool(words))
        self.copy_button.setVisible(bool(words))
        self.copy_button.setText(COPY)

    def _say(self, kind: str, text: str) -> None:
        self.words.setText(text)
        self.words_frame.setVisible(bool(text))
        self.words_frame.setProperty("kind", kind)
        self.words_frame.style().polish(self.words_frame)
        self.words.style().polish(self.words)

    # Building ---------------------------------------------------------------------------------------

    def _make_list(self) -> QWidget:
        box = QWidget()
        box.setFixedWidth(216)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        self.list = QListWidget()
        self.list.setAccessibleName("Stacks")
        soften_choice(self.list)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        column.addWidget(self.list, 1)
        self.paste_button = QPushButton("Paste settings")
        self.paste_button.setToolTip("Take the lines that the stack's set-up printed from the clipboard")
        self.paste_button.clicked.connect(self.paste)
        column.addWidget(self.paste_button)
        row = QHBoxLayout()
        self.add_button = QPushButton("Add")
        self.add_button.clicked.connect(self.add)
        self.remove_button = QPushButton("Remove…")
        self.remove_button.clicked.connect(self.remove)
        row.addWidget(self.add_button, 1)
        row.addWidget(self.remove_button, 1)
        column.addLayout(row)
        return box

    def _make_empty(self) -> QWidget:
        return empty_state(
            "cloud",
            "No stack yet",
            "Copy the settings that IT has sent you, then press Paste settings. "
            "docs/cloud-it-guide.md tells IT how to set one up; “echelon cloud-demo” shows it all on this "
            "computer, without an AWS account.",
            "Paste settings",
            self.paste,
        )

    def _make_body(self) -> QWidget:
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        column.setSpacing(SPACE.m)
        row = QHBoxLayout()
        self.head = QLabel()
        self.head.setProperty("kind", "lead")
        row.addWidget(self.head, 1)
        self.test_button = QPushButton("Test connection")
        self.test_button.setToolTip("Try each permission that a run needs; takes a few seconds")
        self.test_button.clicked.connect(self.test)
        row.addWidget(self.test_button)
        column.addLayout(row)
        self.words_frame = QFrame()
        inner = QHBoxLayout(self.words_frame)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.s, SPACE.s)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("Connection")
        inner.addWidget(self.words, 1)
        self.copy_button = QPushButton(COPY)
        self.copy_button.clicked.connect(self._copy_for_it)
        inner.addWidget(self.copy_button)
        column.addWidget(self.words_frame)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.form = RemoteForm()
        self.form.edited.connect(self._on_edited)
        self.tabs.addTab(self.form, "Settings")
        self.tabs.addTab(self._make_answers(), "Test")
        column.addWidget(self.tabs, 1)
        return card

    def _make_answers(self) -> QWidget:
        """What a test has tried, and the words for IT; apart from the fields, which need the whole height."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, SPACE.s, 0, 0)
        column.setSpacing(SPACE.m)
        self.probes = ProbesModel(self)
        self.answers = QListView()
        self.answers.setModel(self.probes)
        self.answers.setItemDelegate(ProbePainter(self.answers))
        self.answers.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.answers.setFrameShape(QListView.Shape.NoFrame)
        self.answers.setAccessibleName("Permissions tried")
        self.answers.setMinimumHeight(LISTED * ROW_HEIGHT)
        column.addWidget(self.answers, 3)
        self.for_it = QPlainTextEdit()
        self.for_it.setReadOnly(True)
        self.for_it.setAccessibleName("Words for IT")
        column.addWidget(self.for_it, 1)
        return box

    def _copy_for_it(self) -> None:
        QGuiApplication.clipboard().setText(self.for_it.toPlainText())
        self.copy_button.setText("Copied")
