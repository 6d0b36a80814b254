"""The step before a folder is taken over: nothing is changed until it is accepted, and then in one edit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.errors import EchelonError, RuleError
from echelon_desktop.model.checks import check_school
from echelon_desktop.model.csv_io import Imported, read_school
from echelon_desktop.model.dataset import Dataset, Edit, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.reimport import reimport
from echelon_desktop.model.rules import RULES_FILE, STANDARD, load_rules, parse_rules, preset_rules, presets
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.background import Background
from echelon_desktop.ui.checks.tree import FindingPainter, FindingTree, grouped
from echelon_desktop.ui.dialogs import headed_column, resize_within_screen
from echelon_desktop.ui.document import Document
from echelon_desktop.ui.imports.changes_tab import ChangesTab
from echelon_desktop.ui.imports.files_tab import FilesTab
from echelon_desktop.ui.imports.remembered import Titles, remember_titles, remembered_titles
from echelon_desktop.ui.theme import SPACE, soften_choice

READING, SHOWN, FAILED = range(3)


@dataclass(frozen=True, slots=True)
class _Read:
    imported: Imported
    findings: tuple[Finding, ...]


def _read(folder: Path, titles: Titles, rules: tuple[Rule, ...]) -> _Read:
    imported = read_school(folder, titles)
    return _Read(imported, (*imported.findings, *check_school(imported.school, rules, imported, fold=False)))


class ImportDialog(QDialog):
    """
    Shows what a folder or a workbook holds and what taking it over would do.

    After it is accepted, ``edit`` brings the open school up to date, or, when that is None, ``dataset`` is
    a new school.

    Parameters
    ----------
    folder
        Of files, or a workbook that has them as sheets.
    document
        The school that is open, if one is.
    """

    def __init__(self, folder: Path, document: Document | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.folder, self.document = folder, document
        self.dataset: Dataset | None = None
        self.edit: Edit | None = None
        self._read: _Read | None = None
        self._titles = remembered_titles()
        self._background = Background(self)
        self.setWindowTitle("Import a school")
        resize_within_screen(self, 980, 680)
        column, self.summary = headed_column(self, f"Import {folder.name}", str(folder))
        self.stack = QStackedWidget()
        self.stack.addWidget(_waiting())
        self.stack.addWidget(self._make_tabs())
        self.failure = QLabel()
        self.failure.setProperty("kind", "bad")
        self.failure.setWordWrap(True)
        self.failure.setContentsMargins(SPACE.m, SPACE.m, SPACE.m, SPACE.m)
        self.stack.addWidget(_on_top(self.failure))
        column.addWidget(self.stack, 1)
        column.addLayout(self._make_choices())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setProperty("kind", "primary")
        self.accept_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._start()

    @property
    def is_ready(self) -> bool:
        """Whether the folder has been read."""
        return self._read is not None

    def accept(self) -> None:
        """Make what was chosen available, and remember what was explained."""
        if self._read is None:
            return
        rules = self._chosen_rules()
        if rules is None:
            return
        self.edit = self._make_edit(rules)
        self.dataset = Dataset(self._read.imported.school, rules)
        remember_titles(self._titles)
        super().accept()

    def done(self, result: int) -> None:
        """Leave no thread behind."""
        self._background.wait()
        super().done(result)

    # Reading ---------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Read the folder, beside the window."""
        self._read = None
        self.accept_button.setEnabled(False)
        if self.stack.currentIndex() != SHOWN:
            self.stack.setCurrentIndex(READING)
        folder, titles = self.folder, {file: dict(pairs) for file, pairs in self._titles.items()}
        standard = preset_rules(STANDARD)
        self._background.run(lambda: _read(folder, titles, standard), self._on_read, self._on_failed)

    def _on_read(self, read: _Read) -> None:
        self._read = read
        self.files.show_files(read.imported)
        self.findings.show(grouped(read.findings))
        for row, group in enumerate(self.findings.groups):
            few = len(group.findings) <= 10 and group.severity is not Severity.NOTE
            self.tree.setExpanded(self.findings.index(row, 0), few)
        worst = self.findings.index(0, 0)
        self.tree.setCurrentIndex(self.findings.index(0, 0, worst) if self.tree.isExpanded(worst) else worst)
        self._show_remedy()
        self.tabs.setTabText(1, f"Findings ({len(read.findings):,})")
        self.summary.setText(f"{self.folder}\n{_summary(read)}")
        first = self.stack.currentIndex() != SHOWN
        if first:
            self._offer_own_rules(read.imported.rules_text)
        self.stack.setCurrentIndex(SHOWN)
        if first and self.document is not None and not _akin(read.imported.school, self.document.school):
            self.target.setCurrentIndex(1)
            self.rules.setCurrentIndex(1)  # the first that is not another school's
        self._show_changes()
        if first and self.tabs.isTabVisible(2):
            # What would be lost is seen before Import is pressed, not after.
            self.tabs.setCurrentIndex(2)

    def _show_remedy(self) -> None:
        """The finding with the focus in full, as its line may be cut, and what to do about it."""
        finding = self.findings.finding_at(self.tree.currentIndex())
        self.remedy.setText(f"{finding.message}\n{finding.remedy}" if finding is not None else "")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, EchelonError):
            raise error
        self.failure.setText(str(error))
        self.stack.setCurrentIndex(FAILED)
        self.accept_button.setEnabled(False)

    def _offer_own_rules(self, text: str) -> None:
        """Offer the rules that came in a workbook, as those of a folder: before the presets."""
        if text and not (self.folder / RULES_FILE).is_file():
            source = f"{RULES_FILE} of the workbook"
            own = 0 if self.document is None else 1  # behind the rules of the open school
            with QSignalBlocker(self.rules):
                self.rules.insertItem(own, source, lambda: parse_rules(text, source))
                if self.document is None:
                    self.rules.setCurrentIndex(0)

    # Choosing --------------------------------------------------------------------------------------

    def _chosen_rules(self) -> tuple[Rule, ...] | None:
        """The rules chosen; None, with a word, when they cannot be read."""
        load: Callable[[], tuple[Rule, ...]] = self.rules.currentData()
        try:
            rules = load()
        except RuleError as error:
            self.rules_words.setText(str(error))
            self.rules_words.show()
            return None
        self.rules_words.hide()
        return rules

    def _make_edit(self, rules: tuple[Rule, ...]) -> Edit | None:
        if self.document is None or self._read is None or self.target.currentIndex() > 0:
            return None
        school = self._read.imported.school
        return reimport(self.document.dataset, school, rules, f"Import {self.folder.name}")

    def _show_changes(self) -> None:
        """Show what would change, for the rules and the school chosen."""
        rules = self._chosen_rules()
        self.accept_button.setEnabled(self.is_ready and rules is not None)
        edit = None if rules is None else self._make_edit(rules)
        if self.document is None:
            return
        self.tabs.setTabVisible(2, edit is not None)
        if edit is not None:
            number = self.changes.show_edit(self.document.dataset, edit)
            self.tabs.setTabText(2, f"Changes ({number:,})")

    def _make_choices(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(SPACE.s)
        self.target = QComboBox()
        self.target.setAccessibleName("Into")
        document = self.document
        if document is not None:
            self.target.addItem(f"Bring “{document.path.stem}” up to date")
            self.target.addItem("Make a new school file")
            self.target.setEnabled(not document.read_only)
            self.target.setCurrentIndex(int(document.read_only))
            form.addRow("Into", self.target)
        self.rules = QComboBox()
        self.rules.setAccessibleName("Rules")
        if document is not None:
            self.rules.addItem("The rules that the open school has", lambda: document.rules)
        beside = self.folder / RULES_FILE
        if beside.is_file():
            self.rules.addItem(f"{RULES_FILE} of the folder", lambda: load_rules(beside))
        for name, title in sorted(presets().items(), key=lambda item: item[0] != STANDARD):
            self.rules.addItem(f"{title} (preset)", lambda n=name: preset_rules(n))
        form.addRow("Rules", self.rules)
        self.rules_words = QLabel()
        self.rules_words.setProperty("kind", "bad")
        self.rules_words.setWordWrap(True)
        form.addRow("", self.rules_words)
        self.rules_words.hide()
        self.rules.currentIndexChanged.connect(lambda _index: self._show_changes())
        self.target.currentIndexChanged.connect(self._on_target)
        return form

    def _on_target(self, index: int) -> None:
        if index == 0:
            self.rules.setCurrentIndex(0)  # what a new school would have is not put into this one unasked
        self._show_changes()

    def _make_tabs(self) -> QTabWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.files = FilesTab(self._titles)
        self.files.explained.connect(self._start)
        self.tabs.addTab(self.files, "Files")
        self.findings = FindingTree(self)
        self.tree = QTreeView()
        self.tree.setModel(self.findings)
        self.tree.setItemDelegate(FindingPainter(self.tree, Finding.place))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setAccessibleName("What was found")
        soften_choice(self.tree)
        self.tree.selectionModel().currentChanged.connect(lambda _now, _before: self._show_remedy())
        self.remedy = QLabel()
        self.remedy.setWordWrap(True)
        self.remedy.setProperty("kind", "soft")
        self.remedy.setMinimumHeight(3 * self.remedy.fontMetrics().lineSpacing())
        self.remedy.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.remedy.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addWidget(self.remedy)
        self.tabs.addTab(found, "Findings")
        self.changes = ChangesTab()
        if self.document is not None:
            self.tabs.addTab(self.changes, "Changes")
        return self.tabs


def _akin(found: School, opened: School) -> bool:
    """
    Whether it may be the same school at another time: some student, or some section of a course, is in both.

    The ids of sections alone say little: many schools number them.
    """
    if not opened.students and not opened.sections:
        return True
    ours, theirs = ({(s.id, s.course) for s in school.sections.values()} for school in (opened, found))
    return bool(found.students.keys() & opened.students.keys() or ours & theirs)


def _summary(read: _Read) -> str:
    """How many of what was read, and how good it is."""
    school = read.imported.school
    requests = sum(len(each.requests) for each in school.requests.values())
    what = ", ".join(
        (
            counted(len(school.students), "student"),
            counted(requests, "request"),
            f"{counted(len(school.sections), 'section')} of {counted(len(school.courses), 'course')}",
            counted(len(school.teachers), "teacher"),
        )
    )
    counts = {severity: sum(f.severity is severity for f in read.findings) for severity in Severity}
    found = [
        f"{counts[severity]:,} {one if counts[severity] == 1 else many}"
        for severity, one, many in (
            (Severity.ERROR, "error", "errors"),
            (Severity.WARNING, "warning", "warnings"),
            (Severity.NOTE, "note on what was repaired or taken for granted", "notes on what was repaired"),
        )
        if counts[severity]
    ]
    return f"{what}. {', '.join(found) or 'Nothing to mend'}."


def _waiting() -> QWidget:
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setAccessibleName("Reading the files")
    bar.setFixedHeight(SPACE.s)
    return _on_top(bar)


def _on_top(widget: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, SPACE.m, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder
