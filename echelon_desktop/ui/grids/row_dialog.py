"""A row as a form: for a new one, with each field judged as one types."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.columns import Column
from echelon_desktop.model.dataset import Dataset
from echelon_desktop.model.entry import EntryReader
from echelon_desktop.model.sheets import Sheet, is_required
from echelon_desktop.model.wording import an
from echelon_desktop.ui.grids.cell_editor import make_field, show_refused
from echelon_desktop.ui.theme import SPACE


class RowDialog(QDialog):
    """
    Asks for the cells of a new row; after it is accepted, ``values`` has them by field.

    Parameters
    ----------
    dataset, sheet
        Where the row will go.
    texts
        Field → text to begin with.
    """

    def __init__(self, dataset: Dataset, sheet: Sheet, texts: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.values: dict[str, Any] = {}
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self._reader = EntryReader(dataset, sheet)
        self._columns: dict[str, Column] = {column.key: column for column in sheet.columns(dataset)}
        self.setWindowTitle(f"Add {an(sheet.singular)}")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE.xl, SPACE.l, SPACE.xl, SPACE.l)
        outer.setSpacing(SPACE.m)
        inner = QWidget()
        inner.setProperty("kind", "canvas")
        form = QFormLayout(inner)
        form.setContentsMargins(0, 0, SPACE.s, 0)
        form.setSpacing(SPACE.s)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for key, column in self._columns.items():
            field = self.fields[key] = make_field(dataset, column, inner)
            field.setAccessibleName(column.title)
            _set_text(field, texts.get(key, column.cell.format(column.cell.blank)))
            signal = field.currentTextChanged if isinstance(field, QComboBox) else field.textChanged
            signal.connect(lambda _text: self._judge())
            form.addRow(f"{column.title} *" if is_required(sheet, column) else column.title, field)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(area, 1)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setContentsMargins(SPACE.m, SPACE.xs, SPACE.m, SPACE.xs)
        self.words.setMinimumHeight(self.words.fontMetrics().height() * 2)
        self.words.setAccessibleName("What is still to be done")
        outer.addWidget(self.words)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add = self.buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setProperty("kind", "primary")
        self.add.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        outer.addWidget(self.buttons)
        height = inner.sizeHint().height() + 150
        self.resize(520, min(height, parent.window().height() * 4 // 5))
        first = next((f for k, f in self.fields.items() if not _text(f)), self.fields[sheet.id_field])
        first.setFocus()
        self._judge()

    def _judge(self) -> None:
        """Read all fields; the first refusal is said and keeps the row from being added."""
        self.values = {}
        first = ""
        for key, field in self.fields.items():
            text = _text(field)
            blank = not text.strip()
            if blank and (self.sheet.table, key) == ("periods", "order"):
                continue  # the next place in its day
            entry = self._reader.read(self._columns[key], text)
            if entry.refusal:
                first = first or entry.refusal
            else:
                self.values[key] = entry.value
            if isinstance(field, QLineEdit):
                show_refused(field, bool(entry.refusal) and not blank)
        self.words.setText(first)
        self.words.setProperty("kind", "soft" if not first or first.endswith("cannot be blank.") else "bad")
        self.words.style().polish(self.words)
        self.add.setEnabled(not first)


def _text(field: QLineEdit | QComboBox) -> str:
    return field.currentText() if isinstance(field, QComboBox) else field.text()


def _set_text(field: QLineEdit | QComboBox, text: str) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentText(text)
    else:
        field.setText(text)
