"""The files of the folder: how each was read, what its columns mean, and its first rows."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.columns import FILES, SCHOOL_FILES, Column, FileSpec, Need
from echelon_desktop.model.csv_io import Imported, SourceFile
from echelon_desktop.model.csv_io.reading import SHOWN_ROWS
from echelon_desktop.model.findings import Severity
from echelon_desktop.ui.imports.remembered import Titles
from echelon_desktop.ui.theme import SPACE, soften_choice, theme

KEEP = "Kept as it is"
NOT_USED = "Not used"
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
LIST_WIDTH = 260


def missing_columns(source: SourceFile) -> list[Column]:
    """Columns that a file should have and does not."""
    spec = FILES[source.role]
    return [c for c in spec.columns if c.need is not Need.OPTIONAL and c.key not in source.titles]


class FilesTab(QWidget):
    """
    Shows what was read; ``explained`` says that the user gave a title a meaning.

    ``titles`` has what was explained so far.
    """

    explained = Signal()

    def __init__(self, titles: Titles) -> None:
        super().__init__()
        self.titles = titles
        self.sources: dict[str, SourceFile] = {}
        self.worst: dict[str, Severity] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE.m, 0, 0)
        row.setSpacing(SPACE.l)
        self.list = QListWidget()
        self.list.setAccessibleName("Files of a school")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setIconSize(QSize(16, 16))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSpacing(3)
        self.list.currentRowChanged.connect(lambda _row: self._show_file())
        row.addWidget(self.list)
        column = QVBoxLayout()
        column.setSpacing(SPACE.s)
        self.name = QLabel()
        self.name.setProperty("kind", "lead")
        column.addWidget(self.name)
        self.facts = QLabel()
        self.facts.setProperty("kind", "soft")
        column.addWidget(self.facts)
        self.missing = QFrame()
        self.missing.setProperty("kind", "doubt")
        inner = QVBoxLayout(self.missing)
        inner.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.missing_words = QLabel()
        self.missing_words.setWordWrap(True)
        inner.addWidget(self.missing_words)
        column.addWidget(self.missing)
        self.table = QTableWidget()
        self.table.setAccessibleName("Columns of the file")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(34)
        column.addWidget(self.table, 1)
        row.addLayout(column, 1)
        soften_choice(self.list)
        soften_choice(self.table)

    def show_files(self, imported: Imported) -> None:
        """Show what was read, staying with the file that was shown."""
        before = self.list.currentRow()
        first_bad = 0
        self.sources = {source.role: source for source in imported.files}
        self.worst = _worst_by_file(imported)
        self.list.clear()
        for spec in _in_order(self.sources):
            source = self.sources.get(spec.name)
            item = QListWidgetItem(spec.name if source is None else source.sheet or source.name)
            item.setData(Qt.ItemDataRole.UserRole, spec.name)
            sign, token, words = _state(spec, source, self.sources, self.worst)
            if token == "bad" and not first_bad:
                first_bad = self.list.count()
            item.setIcon(theme().icon(sign, token))
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}: {words}")
            if source is None:
                item.setForeground(theme().color("text_soft"))
            self.list.addItem(item)
        self.list.setCurrentRow(min(before if before >= 0 else first_bad, self.list.count() - 1))

    def _show_file(self) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        role = item.data(Qt.ItemDataRole.UserRole)
        spec, source = FILES[role], self.sources.get(role)
        self.name.setText(item.text() if source is None else source.name)
        _, _, words = _state(spec, source, self.sources, self.worst)
        self.table.setVisible(source is not None)
        if source is None:
            self.facts.setText(words)
            self.missing.hide()
            return
        rows = f"{source.rows:,} row{'' if source.rows == 1 else 's'}"
        as_role = "" if source.name == role else f", read as {role}"
        self.facts.setText(f"{rows}{_form(source)}{as_role}")
        lacking = missing_columns(source)
        self.missing.setVisible(bool(lacking))
        names = ", ".join(column.title for column in lacking)
        self.missing_words.setText(
            f"Not found: {names}. If a column below holds it under another title, say so there."
        )
        self._fill(spec, source)

    def _fill(self, spec: FileSpec, source: SourceFile) -> None:
        """A line for each column of the file: its title, what it is read as, and its first cells."""
        shown = min(SHOWN_ROWS, len(source.first_rows))
        self.table.clear()
        self.table.setColumnCount(2 + shown)
        heads = ["Column in the file", "Read as", *(f"Row {n + 1}" for n in range(shown))]
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(source.header))
        by_title = {title: spec.column(key) for key, title in source.titles.items()}
        explained = self.titles.get(spec.name, {})
        for line, title in enumerate(source.header):
            self.table.setItem(line, 0, QTableWidgetItem(title or f"(column {line + 1}, without a title)"))
            column = by_title.get(title)
            if column is not None and title not in explained:
                item = QTableWidgetItem(column.title)
                item.setIcon(theme().icon("check", "good"))
                self.table.setItem(line, 1, item)
            elif title:
                self.table.setCellWidget(line, 1, self._make_choice(spec, source, title))
            else:
                self.table.setItem(line, 1, QTableWidgetItem(KEEP))
            for n in range(shown):
                cells = source.first_rows[n]
                text = cells[line] if line < len(cells) else ""
                self.table.setItem(line, 2 + n, QTableWidgetItem(text))
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(0, 170)
        self.table.setColumnWidth(1, 180)
        for n in range(shown):
            self.table.setColumnWidth(2 + n, 110)
        head.setSectionResizeMode(self.table.columnCount() - 1, QHeaderView.ResizeMode.Stretch)

    def _make_choice(self, spec: FileSpec, source: SourceFile, title: str) -> QComboBox:
        """What a title that is not known may be read as."""
        box = QComboBox()
        box.setAccessibleName(f"Read {title} as")
        meant = self.titles.get(spec.name, {}).get(title, "")
        free = [c for c in spec.columns if c.key not in source.titles or c.title == meant]
        free.sort(key=lambda column: column.need is Need.OPTIONAL)
        box.addItem(KEEP if source.titles else NOT_USED, "")
        for column in free:
            box.addItem(column.title, column.title)
        box.setCurrentIndex(max(0, box.findData(meant)))
        box.activated.connect(lambda _index: self._explain(spec.name, title, str(box.currentData())))
        return box

    def _explain(self, role: str, title: str, meant: str) -> None:
        titles = self.titles.setdefault(role, {})
        for other in [found for found, what in titles.items() if what == meant]:
            del titles[other]
        if meant:
            titles[title] = meant
        else:
            titles.pop(title, None)
        self.explained.emit()


def _form(source: SourceFile) -> str:
    """How a file is written; nothing of a sheet, as all are alike."""
    if source.sheet:
        return ""
    encoding = ENCODINGS.get(source.encoding, source.encoding)
    delimiter = DELIMITERS.get(source.delimiter, repr(source.delimiter))
    return f", {encoding}, cells separated by {delimiter}"


def _in_order(sources: dict[str, SourceFile]) -> list[FileSpec]:
    """Files that are there, then those that should be, then the optional ones."""

    def rank(spec: FileSpec) -> int:
        return 0 if spec.name in sources else 1 if spec.need is not Need.OPTIONAL else 2

    return sorted(SCHOOL_FILES, key=rank)


def _worst_by_file(imported: Imported) -> dict[str, Severity]:
    """File → the worst that was found in it."""
    found: dict[str, Severity] = {}
    for finding in imported.findings:
        found[finding.file] = max(finding.severity, found.get(finding.file, finding.severity))
    return found


def _state(
    spec: FileSpec, source: SourceFile | None, sources: dict[str, SourceFile], worst: dict[str, Severity]
) -> tuple[str, str, str]:
    """Sign, token of its colour, and words for a file."""
    if source is not None:
        lacking = missing_columns(source)
        if any(column.need is Need.REQUIRED for column in lacking):
            return "circle-x", "bad", "A column that is needed was not found."
        if lacking:
            return "triangle-alert", "doubt", "A column was not found."
        severity = worst.get(source.name)
        if severity is Severity.ERROR:
            return "circle-x", "bad", "Read, but some of it cannot be used; see Findings."
        if severity is Severity.WARNING:
            return "triangle-alert", "doubt", "Read, with doubts; see Findings."
        return "circle-check", "good", "Read."
    other = {"Student_Preference_Info.csv": "Course_Requests.csv"}.get(spec.name, "")
    if spec.need is Need.REQUIRED and other not in sources:
        return "circle-x", "bad", "Missing: without it the school cannot be scheduled."
    if spec.need is Need.EXPECTED:
        return "triangle-alert", "doubt", "Not there: what it says is not heeded."
    return "square", "text_faint", "Not there; it is optional."
