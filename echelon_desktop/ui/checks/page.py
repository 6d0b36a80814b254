"""The Checks page: lights, findings by kind, the way to each, and what can be mended in one step."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model.csv_io import neutralised, replace_file
from echelon_desktop.model.dataset import Changes, Edit
from echelon_desktop.model.findings import Finding, Severity
from echelon_desktop.model.remedies import mend_all, remedy_for
from echelon_desktop.model.sheets import SHEETS, field_of
from echelon_desktop.model.wording import counted
from echelon_desktop.ui.checks.lights import LIGHTS, Lights
from echelon_desktop.ui.checks.tree import NAMES, FindingPainter, FindingTree, grouped
from echelon_desktop.ui.filter_field import FilterField
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.page import Page, Target, empty_state, page_header
from echelon_desktop.ui.theme import SPACE, soften_choice
from echelon_desktop.ui.workspace import Workspace

FILTER_MS = 150
LOOKED_AT = 30  # findings of a group that are asked whether anything of it can be mended in one step
TITLES = ("Severity", "What was found", "What to do", "Table", "Record", "Column", "Value")
TABLES = dict(LIGHTS)
WANTED = (
    ("All findings", tuple(Severity)),
    ("Errors and warnings", (Severity.ERROR, Severity.WARNING)),
    ("Errors", (Severity.ERROR,)),
    ("Warnings", (Severity.WARNING,)),
    ("Notes", (Severity.NOTE,)),
)


class ChecksPage(Page):
    """Everything that was noticed about the school's data."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._edit: Edit | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FILTER_MS)
        self._timer.timeout.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.export_button = QPushButton("Export…")
        self.export_button.clicked.connect(lambda _=False: self.export())
        text = "What is wrong or odd in the school's data. Checked again after every change."
        column.addWidget(page_header("Checks", text, self.export_button))
        line = QFrame()
        line.setProperty("kind", "line")
        column.addWidget(line)
        body = QHBoxLayout()
        body.setContentsMargins(SPACE.m, SPACE.m, SPACE.xl, SPACE.l)
        body.setSpacing(SPACE.m)
        self.lights = Lights()
        body.addWidget(self.lights)
        body.addLayout(self._make_right(), 1)
        column.addLayout(body, 1)
        self.lights.selectionModel().currentChanged.connect(lambda *_: self._show())
        self.lights.setCurrentIndex(self.lights.lights.index(0))
        workspace.findings_changed.connect(self._on_findings)
        soften_choice(self.tree)
        self._on_findings()

    # What the window calls -------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """The findings follow when they have been checked; what mends the one chosen may differ at once."""
        self._show_finding()

    def take_to(self, target: Target) -> None:
        """Show the findings of a table."""
        row = next((i for i, (table, _) in enumerate(LIGHTS) if table == target.table), 0)
        self.lights.setCurrentIndex(self.lights.lights.index(row))

    def begin(self) -> None:
        """Begin in the findings, or in the list of tables when there are none."""
        here = self.tree if self.tree.isVisible() else self.lights
        here.setFocus(Qt.FocusReason.TabFocusReason)

    def copy(self) -> bool:
        """Copy the selected finding, or all of the group, as a spreadsheet takes them."""
        group = self.model.group_at(self.tree.currentIndex())
        if group is None:
            return False
        finding = self.model.finding_at(self.tree.currentIndex())
        rows = [_row(each) for each in ((finding,) if finding else group.findings)]
        text = io.StringIO()
        csv.writer(text, dialect="excel-tab").writerows(rows)
        QGuiApplication.clipboard().setText(text.getvalue())
        return True

    # Commands --------------------------------------------------------------------------------------

    def take_there(self) -> None:
        """Go to the cell that the chosen finding is about."""
        finding = self.model.finding_at(self.tree.currentIndex())
        if finding is None or not finding.table:
            return
        if finding.table == "rules":
            self.workspace.go_to("rules", "rules", finding.key)
        elif finding.table in {sheet.table for sheet in SHEETS}:
            self.workspace.go_to("data", finding.table, finding.key, field_of(finding))

    def mend(self) -> None:
        """Mend the chosen finding, or all of the chosen group, in one change."""
        group = self.model.group_at(self.tree.currentIndex())
        self.tree.setFocus()  # the button goes when nothing is left to mend; the list is where one goes on
        if self._edit is not None:
            self._apply(self._edit)
        elif group is not None:
            # Each remedy builds on the ones before: in a large school that takes longer than a blink.
            dataset, revision = self.document.dataset, self.document.revision
            title = f"Mend {group.title[:1].lower()}{group.title[1:]}"

            def done(edit: Edit) -> None:
                if revision == self.document.revision:
                    self._apply(edit)

            self.mend_button.setEnabled(False)
            self.workspace.background.run(lambda: mend_all(dataset, group.findings, title), done)

    def _apply(self, edit: Edit) -> None:
        with told(self, "The change was not made"):
            self.document.apply(edit)
            self.workspace.notice.emit("good", f"Done: {edit.title}. Undo takes it back.")

    def export(self) -> None:
        """Ask for a file and write the findings shown there."""
        name, _ = QFileDialog.getSaveFileName(
            self, "Write the findings to", str(self.document.path.with_name("findings.csv")), "CSV (*.csv)"
        )
        if name:
            with told(self, "The findings were not written"):
                self.export_to(Path(name))
                self.workspace.notice.emit("good", f"Findings written to {name}.")

    def export_to(self, path: Path) -> None:
        """Write the findings shown, as a CSV file; InputError when that cannot be done."""
        rows = [TITLES, *(_row(finding) for group in self.model.groups for finding in group.findings)]
        text = io.StringIO()
        csv.writer(text).writerows([neutralised(cell) for cell in row] for row in rows)
        replace_file(path, text.getvalue().encode("utf-8-sig"))

    # Showing ---------------------------------------------------------------------------------------

    def _on_findings(self) -> None:
        self.lights.lights.show(self.workspace.findings)
        self._show()

    def _show(self) -> None:
        """Show the findings that are wanted, with what was open and chosen before."""
        self._timer.stop()
        chosen = self.model.finding_at(self.tree.currentIndex())
        known = {group.code for group in self.model.groups}
        closed = {
            group.code
            for row, group in enumerate(self.model.groups)
            if not self.tree.isExpanded(self.model.index(row, 0))
        }
        wanted = WANTED[self.severity.currentIndex()][1]
        groups = grouped(self.workspace.findings, self.filter.text(), wanted, self.lights.table)
        self.model.show(groups)
        few = sum(len(group.findings) for group in groups) <= 40
        for row, group in enumerate(groups):
            open_now = group.code not in closed if group.code in known else few
            self.tree.setExpanded(self.model.index(row, 0), open_now)
        again = self.model.index_of(chosen) if chosen else QModelIndex()
        self.tree.setCurrentIndex(again if again.isValid() else self.model.index(0, 0))
        total = len(self.workspace.findings)
        shown = sum(len(group.findings) for group in groups)
        self.count.setText(f"Showing {shown:,} of {total:,}" if shown != total else counted(total, "finding"))
        self.stack.setCurrentIndex(0 if groups else 2 if total else 1)
        self.export_button.setEnabled(bool(groups))
        self._show_finding()

    def _show_finding(self) -> None:
        """Say what the chosen line is about, and offer what can be done."""
        group = self.model.group_at(self.tree.currentIndex())
        finding = self.model.finding_at(self.tree.currentIndex())
        self.detail.setVisible(group is not None)
        self._edit = None
        if group is None:
            return
        if finding is not None:
            self.message.setText(finding.message)
            self.remedy.setText(finding.remedy)
        else:
            self.message.setText(f"{group.title}: {len(group.findings):,}")
            self.remedy.setText(group.findings[0].remedy)
        one = self._first_remedy([finding] if finding else group.findings[:LOOKED_AT])
        self._edit = one if finding else None
        self.mend_button.setVisible(one is not None and not self.document.read_only)
        self.mend_button.setEnabled(True)
        if one is not None:
            self.mend_button.setText(one.title if finding else "Mend all that can be mended")
        self.go_button.setEnabled(finding is not None and bool(finding.table))

    def _first_remedy(self, findings: Sequence[Finding]) -> Edit | None:
        """Give the first edit that mends one of them."""
        edits = (remedy_for(self.document.dataset, finding) for finding in findings)
        # One without changes is of a finding mended just now; the checks have not run again yet.
        return next((edit for edit in edits if edit is not None and edit.changes), None)

    def _make_right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE.s)
        bar = QHBoxLayout()
        bar.setSpacing(SPACE.s)
        self.filter = FilterField("Filter findings", "Filter findings")
        self.filter.setFixedWidth(260)
        self.filter.textChanged.connect(lambda _text: self._timer.start())
        bar.addWidget(self.filter)
        self.severity = QComboBox()
        self.severity.setAccessibleName("Which findings")
        self.severity.addItems([name for name, _ in WANTED])
        self.severity.currentIndexChanged.connect(lambda _index: self._show())
        bar.addWidget(self.severity)
        self.count = QLabel()
        self.count.setProperty("kind", "soft")
        bar.addWidget(self.count)
        bar.addStretch(1)
        column.addLayout(bar)
        self.model = FindingTree(self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(FindingPainter(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setAccessibleName("Findings by kind")
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._show_finding())
        self.tree.activated.connect(self._on_activated)
        self.filter.below = self.tree
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tree)
        self.stack.addWidget(
            empty_state("circle-check", "Nothing to mend", "The checks found nothing wrong with the data.")
        )
        self.stack.addWidget(
            empty_state("filter", "No such finding", "Choose another table, or clear the filter.")
        )
        column.addWidget(self.stack, 1)
        column.addWidget(self._make_detail())
        return column

    def _make_detail(self) -> QWidget:
        self.detail = QFrame()
        self.detail.setProperty("kind", "card")
        row = QHBoxLayout(self.detail)
        row.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        row.setSpacing(SPACE.m)
        words = QVBoxLayout()
        words.setSpacing(SPACE.xs)
        self.message, self.remedy = QLabel(), QLabel()
        self.remedy.setProperty("kind", "soft")
        for label in (self.message, self.remedy):
            label.setWordWrap(True)
            words.addWidget(label)
        row.addLayout(words, 1)
        self.mend_button = QPushButton()
        self.mend_button.setProperty("kind", "primary")
        self.mend_button.clicked.connect(lambda _=False: self.mend())
        row.addWidget(self.mend_button)
        self.go_button = QPushButton("Take me there")
        self.go_button.clicked.connect(lambda _=False: self.take_there())
        row.addWidget(self.go_button)
        return self.detail

    def _on_activated(self, index: QModelIndex) -> None:
        if self.model.finding_at(index) is not None:
            self.take_there()
        else:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        NAMES[finding.severity],
        finding.message,
        finding.remedy,
        TABLES.get(finding.table, finding.table),
        finding.key,
        finding.column,
        finding.value,
    )
