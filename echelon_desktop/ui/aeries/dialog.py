"""The step before files for Aeries are written: what they hold, and what they cannot."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.aeries import Codes, ForAeries, NotWritten, Why, for_aeries, school_code_problem
from echelon_desktop.model.csv_io import NOT_WRITTEN, write_for_aeries
from echelon_desktop.ui.aeries.preview import RowsModel
from echelon_desktop.ui.aeries.remembered import remember_codes, remembered_codes
from echelon_desktop.ui.dialogs import headed_column, resize_within_screen
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.scenario_names import scenario_names
from echelon_desktop.ui.theme import SPACE, soften_choice

MOST = 200  # things listed of one kind
CODE_WIDTH, NUMBER_WIDTH = 90, 80
CODES_WIDTH = 300
TABS = ("Sections: SMS", "Requests: SSS", "Not written")
NOT_WRITTEN_TAB = 2
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
LEAD = (
    "Writes SMS.csv and SSS.csv, which “Import Data to Aeries” reads. What Aeries takes is known from its "
    "public documents; nothing of this was tried against an Aeries. Try it on a copy first."
)


class AeriesDialog(QDialog):
    """
    Shows what would be written of a scenario, and writes it.

    After it is accepted, ``folder`` is where the files are.

    Parameters
    ----------
    document
        Whose scenario on the screen is written.
    """

    def __init__(self, document: Document, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.document = document
        self.folder: Path | None = None
        self.rows: ForAeries | None = None
        codes = remembered_codes(document.path, document.school)
        self.setWindowTitle("Export for Aeries")
        resize_within_screen(self, 980, 660)
        names = scenario_names(document.dataset.scenarios.values())
        column, _ = headed_column(self, f"Export {names[document.scenario]} for Aeries", LEAD)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self._make_codes(codes, names))
        row.addLayout(self._make_review(), 1)
        column.addLayout(row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.write_button = buttons.addButton("Write files…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.write_button.setProperty("kind", "primary")
        self.write_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._show()
        if (
            not any(model.rowCount() for model in (self.sections, self.requests))
            and self.tree.topLevelItemCount()
        ):
            self.tabs.setCurrentIndex(NOT_WRITTEN_TAB)

    def codes(self) -> Codes:
        """What is entered."""
        terms = _entered(self.terms)
        all_year = terms.pop("", "")
        return Codes(self.code.text().strip(), _entered(self.periods), terms, all_year)

    def accept(self) -> None:
        """Ask for a folder and write there; the dialog stays when that fails."""
        if self.rows is None:
            return
        beside = str(self.document.path.parent)
        name = QFileDialog.getExistingDirectory(self, "Folder to write to", beside)
        if not name:
            return
        with told(self, "The files were not written"):
            write_for_aeries(self.rows, name)
            remember_codes(self.document.path, self.codes())
            self.folder = Path(name)
            super().accept()

    # Showing ---------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show what would be written with what is entered now."""
        codes = self.codes()
        problem = school_code_problem(codes.school)
        self.code_words.setText(problem)
        self.code_words.setVisible(bool(problem))
        self.write_button.setEnabled(not problem)
        since = self.since.currentData()
        document = self.document
        # Without a school code the rest is shown all the same.
        shown = for_aeries(
            document.school,
            document.schedule(),
            codes if not problem else Codes("1", codes.periods, codes.terms, codes.all_year),
            document.dataset.schedule(since) if since else None,
        )
        self.rows = None if problem else shown
        self.summary.setText(shown.summary)
        self.frame.setProperty("kind", "doubt" if shown.not_written else "good")
        for widget in (self.frame, self.summary):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.sections.show_rows(shown.sections)
        self.requests.show_rows(shown.requests)
        self._list(shown.not_written)
        for n, number in enumerate(
            (len(shown.sections) - 1, len(shown.requests) - 1, len(shown.not_written))
        ):
            self.tabs.setTabText(n, f"{TABS[n]} ({number:,})")

    def _list(self, not_written: list[NotWritten]) -> None:
        self.tree.clear()
        groups: dict[Why, list[NotWritten]] = {}
        for each in not_written:
            groups.setdefault(each.why, []).append(each)
        for why, things in groups.items():
            item = QTreeWidgetItem([why.words, f"{len(things):,}"])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, f"{why.words}. {why.remedy}")
            self.tree.addTopLevelItem(item)
            remedy = QTreeWidgetItem([why.remedy])
            font = remedy.font(0)
            font.setItalic(True)
            remedy.setFont(0, font)
            item.addChild(remedy)
            item.addChildren([QTreeWidgetItem([each.words]) for each in things[:MOST]])
            if len(things) > MOST:
                item.addChild(QTreeWidgetItem([f"{len(things) - MOST:,} more, listed in {NOT_WRITTEN}"]))
            item.setExpanded(len(groups) == 1 and len(things) <= MOST)

    # Building --------------------------------------------------------------------------------------

    def _make_codes(self, codes: Codes, names: Mapping[str, str]) -> QWidget:
        holder = QWidget()
        holder.setFixedWidth(CODES_WIDTH)
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE.s)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self.code = QLineEdit(codes.school)
        self.code.setAccessibleName("School code")
        self.code.textChanged.connect(lambda _text: self._show())
        form.addRow("School code", self.code)
        self.code_words = QLabel()
        self.code_words.setProperty("kind", "small")
        self.code_words.setWordWrap(True)
        form.addRow(self.code_words)
        self.since = QComboBox()
        self.since.setAccessibleName("Rows to write")
        self.since.addItem("All rows", "")
        for id_, name in names.items():
            if id_ != self.document.scenario:
                self.since.addItem(f"What changed since {name}", id_)
        self.since.currentIndexChanged.connect(lambda _index: self._show())
        form.addRow("Rows to write", self.since)
        self.periods = _table("Period", "In Aeries", codes.periods, dict.fromkeys(codes.periods, ""))
        form.addRow("Periods", self.periods)
        terms = {"": codes.all_year, **codes.terms}
        self.terms = _table("Term", "Semester", terms, {"": "All year"})
        form.addRow("Terms", self.terms)
        for table in (self.periods, self.terms):
            table.itemChanged.connect(lambda _item: self._show())
        self.terms.setMaximumHeight(120)
        return holder

    def _make_review(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE.m)
        self.frame = QFrame()
        inner = QVBoxLayout(self.frame)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        inner.addWidget(self.summary)
        column.addWidget(self.frame)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.sections, self.requests = RowsModel(self), RowsModel(self)
        for model, title in ((self.sections, TABS[0]), (self.requests, TABS[1])):
            self.tabs.addTab(_view(model, title), title)
        self.tabs.addTab(self._make_not_written(), TABS[NOT_WRITTEN_TAB])
        column.addWidget(self.tabs, 1)
        return column

    def _make_not_written(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, SPACE.m, 0, 0)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Why", "How many"])
        self.tree.setAccessibleName("What is not written")
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setUniformRowHeights(True)
        head = self.tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(1, NUMBER_WIDTH)
        soften_choice(self.tree)
        column.addWidget(self.tree, 1)
        below = QLabel(f"What is listed here is left out, and stands in {NOT_WRITTEN} beside the files.")
        below.setProperty("kind", "small")
        column.addWidget(below)
        return holder


def _view(model: RowsModel, title: str) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(f"Rows of {title}")
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.verticalHeader().hide()
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    view.horizontalHeader().setDefaultAlignment(_LEFT)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    soften_choice(view)
    return view


def _table(title: str, code_title: str, codes: Mapping[str, str], shown: Mapping[str, str]) -> QTableWidget:
    """Names with their codes, of which the latter can be edited."""
    table = QTableWidget(len(codes), 2)
    table.setAccessibleName(f"{title}s and what Aeries calls them")
    table.setHorizontalHeaderLabels([title, code_title])
    table.verticalHeader().hide()
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    for line, (name, code) in enumerate(codes.items()):
        item = QTableWidgetItem(shown.get(name) or name)
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        table.setItem(line, 0, item)
        table.setItem(line, 1, QTableWidgetItem(code))
    head = table.horizontalHeader()
    head.setDefaultAlignment(_LEFT)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.resizeSection(1, CODE_WIDTH)
    soften_choice(table)
    return table


def _entered(table: QTableWidget) -> dict[str, str]:
    lines = range(table.rowCount())
    model = table.model()
    names = [str(model.index(line, 0).data(Qt.ItemDataRole.UserRole)) for line in lines]
    return {
        name: str(model.index(line, 1).data() or "").strip() for name, line in zip(names, lines, strict=True)
    }
