"""The last look before a run leaves: what it costs, what leaves, what stays, and the bytes themselves."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cloud_runner.client.estimate import Estimate, estimate
from cloud_runner.client.order import Order
from cloud_runner.client.remotes import Remote
from echelon_desktop.errors import EchelonError, InputError
from echelon_desktop.ui.background import Background
from echelon_desktop.ui.dialogs import headed_column, resize_within_screen
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.theme import SPACE, theme

if TYPE_CHECKING:
    from cloud_runner.client.prepare import Prepared

PREPARING, READY, FAILED = range(3)


class SendDialog(QDialog):
    """
    Prepares a run beside the window and shows what would leave; ``prepared`` is set once it is ready.

    Parameters
    ----------
    school
        Name of the school, for the heading.
    remote, order
        Where it goes, and what is asked for.
    prepare
        Makes the run, on another thread.
    """

    def __init__(
        self,
        school: str,
        remote: Remote,
        order: Order,
        prepare: Callable[[], "Prepared"],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.prepared: Prepared | None = None
        self.estimate: Estimate = estimate(order)
        self._school = school
        self._background = Background(self)
        self.setWindowTitle("Send to AWS")
        resize_within_screen(self, 860, 600)
        where = f"Stack “{remote.name}”: bucket {remote.bucket}, {remote.region}"
        column, _ = headed_column(self, f"Solve {school} on AWS", where)
        column.addWidget(self._make_figures(order))
        self.stack = QStackedWidget()
        self.stack.addWidget(_waiting())
        self.stack.addWidget(self._make_receipt())
        self.failure = QLabel()
        self.failure.setProperty("kind", "bad")
        self.failure.setWordWrap(True)
        self.failure.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack.addWidget(self.failure)
        column.addWidget(self.stack, 1)
        column.addWidget(self._make_buttons())
        self._background.run(prepare, self._on_prepared, self._on_failed)

    def done(self, result: int) -> None:
        """Leave no thread behind."""
        self._background.wait()
        super().done(result)

    def show_bytes(self) -> None:
        """Show every number that would leave."""
        if self.prepared is not None:
            dialog = BytesDialog(self.prepared, self)
            dialog.exec()
            dialog.deleteLater()

    def save_bytes(self) -> None:
        """Ask for a folder and write the objects that would leave, byte for byte."""
        home = str(Path.home())  # without it, it would begin where the program lies
        name = QFileDialog.getExistingDirectory(self, "Folder for the files that would leave", home)
        if name:
            self.save_bytes_to(Path(name))

    def save_bytes_to(self, folder: Path) -> None:
        """Write the objects that would leave, and the receipt, to a folder."""
        prepared = self.prepared
        if prepared is None:
            return
        files = {"input.npz": prepared.input_bytes, "receipt.txt": prepared.receipt.text().encode()}
        if prepared.start_bytes is not None:
            files["start.npz"] = prepared.start_bytes
        with told(self, "The files were not written"):
            try:
                for name, data in files.items():
                    (folder / name).write_bytes(data)
            except OSError as error:
                raise InputError(f"{folder} cannot be written to: {error.strerror}.") from error
            self.saved.setText(f"Saved to {folder}.")

    # Preparing --------------------------------------------------------------------------------------

    def _on_prepared(self, prepared: "Prepared") -> None:
        self.prepared = prepared
        for box, lines in ((self.leaves, prepared.receipt.leaves), (self.stays, prepared.receipt.stays)):
            items = "".join(f"<li style='margin-bottom: {SPACE.s}px'>{escape(line)}</li>" for line in lines)
            box.setText(f"<ul style='margin-left: {SPACE.l}px; -qt-list-indent: 0'>{items}</ul>")
        self.bytes_line.setText(
            f"{prepared.receipt.bytes_out:,} bytes. SHA-256 of the input: {prepared.receipt.sha256}"
        )
        self.stack.setCurrentIndex(READY)
        self.send_button.setEnabled(True)
        self.send_button.setFocus()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, EchelonError):
            raise error
        self.failure.setText(str(error))
        self.stack.setCurrentIndex(FAILED)

    # Building ---------------------------------------------------------------------------------------

    def _make_figures(self, order: Order) -> QWidget:
        frame = QFrame()
        frame.setProperty("kind", "well")
        grid = QGridLayout(frame)
        grid.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        grid.setHorizontalSpacing(SPACE.xl)
        grid.setVerticalSpacing(0)
        told_ = self.estimate
        low, high = (max(1, round(s / 60)) for s in (told_.seconds_low, told_.seconds_high))
        figures = (
            (f"${max(0.01, told_.cost_low):,.2f} – ${max(0.01, told_.cost_high):,.2f}", "estimated cost"),
            (f"{low:,} – {high:,} min", "until it is back"),
            (f"{order.children:,} × {order.vcpu} vCPU", f"computers, {order.memory_mb / 1024:,.0f} GB each"),
        )
        for at, (figure, words) in enumerate(figures):
            label = QLabel(figure)
            label.setProperty("kind", "lead")
            label.setAccessibleName(words)
            soft = QLabel(words)
            soft.setProperty("kind", "small")
            grid.addWidget(label, 0, at)
            grid.addWidget(soft, 1, at)
        grid.setColumnStretch(len(figures), 1)
        return frame

    def _make_receipt(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.m)
        row = QHBoxLayout()
        row.setSpacing(SPACE.m)
        self.leaves, leaves = _lines("What leaves this computer", "upload", "doubt")
        self.stays, stays = _lines("What stays here", "lock", "good")
        row.addWidget(leaves, 1)
        row.addWidget(stays, 1)
        column.addLayout(row, 1)
        self.bytes_line = QLabel()
        self.bytes_line.setProperty("kind", "small")
        self.bytes_line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.bytes_line)
        row = QHBoxLayout()
        show = QPushButton("Show every number…")
        show.clicked.connect(self.show_bytes)
        save = QPushButton("Save these bytes and the receipt…")
        save.clicked.connect(self.save_bytes)
        self.saved = QLabel()
        self.saved.setProperty("kind", "small")
        for widget in (show, save, self.saved):
            row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)
        return box

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.send_button = buttons.addButton("Send", QDialogButtonBox.ButtonRole.AcceptRole)
        self.send_button.setProperty("kind", "primary")
        self.send_button.setDefault(True)
        self.send_button.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons


class BytesDialog(QDialog):
    """Every number that would leave, as text."""

    def __init__(self, prepared: "Prepared", parent: QWidget | None) -> None:
        super().__init__(parent)
        from cloud_runner.client.receipt import readable

        self.setWindowTitle("Every number that would leave")
        resize_within_screen(self, 760, 560)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        words = QLabel(
            "The objects as arrays of whole numbers: the name of each, its shape, and its numbers. "
            "There is nothing else in them."
        )
        words.setProperty("kind", "soft")
        words.setWordWrap(True)
        column.addWidget(words)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Numbers that would leave")
        lines = list(readable(prepared.input_bytes))
        if prepared.start_bytes is not None:
            lines += ["", "The schedule to begin with:", *readable(prepared.start_bytes)]
        self.text.setPlainText("\n".join(lines))
        column.addWidget(self.text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def _lines(title: str, icon: str, kind: str) -> tuple[QLabel, QWidget]:
    frame = QFrame()
    frame.setProperty("kind", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
    row = QHBoxLayout()
    row.setSpacing(SPACE.s)
    picture = QLabel()
    picture.setPixmap(theme().icon(icon, kind, 18).pixmap(18, 18))
    row.addWidget(picture)
    head = QLabel(title)
    head.setProperty("kind", "lead")
    row.addWidget(head, 1)
    column.addLayout(row)
    text = QLabel()
    text.setWordWrap(True)
    text.setTextFormat(Qt.TextFormat.RichText)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setAccessibleName(title)
    text.setAlignment(Qt.AlignmentFlag.AlignTop)
    column.addWidget(text, 1)
    return text, frame


def _waiting() -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, SPACE.m, 0, 0)
    words = QLabel("Turning the school into numbers…")
    words.setProperty("kind", "soft")
    column.addWidget(words)
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setAccessibleName("Preparing")
    bar.setFixedHeight(SPACE.s)
    column.addWidget(bar)
    column.addStretch(1)
    return box
