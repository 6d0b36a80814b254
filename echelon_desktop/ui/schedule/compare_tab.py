"""The tab of comparisons: another scenario at the left of every table, the one on the screen at the right."""

from typing import Any

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.solver.comparison import compare_figures
from echelon_desktop.ui.page import empty_state
from echelon_desktop.ui.paper.listed import Listed, ListedTable
from echelon_desktop.ui.reading.tables import ReadingTable, listed_numbers
from echelon_desktop.ui.scenario_names import scenario_names
from echelon_desktop.ui.schedule.compare_lines import figure_lines, headline
from echelon_desktop.ui.schedule.compare_list import (
    GRADE,
    NAME,
    ROOM,
    SECTION_CHOICES,
    STUDENT_CHOICES,
    CompareList,
    figure_columns,
    section_columns,
    student_columns,
)
from echelon_desktop.ui.schedule.comparer import Comparer
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.schedule.tab import ScheduleTab
from echelon_desktop.ui.schedule.timetable import Timetable
from echelon_desktop.ui.theme import SPACE
from echelon_desktop.ui.workspace import Workspace

FIGURES, SECTIONS, STUDENTS = range(3)
VIEWS = ("Figures", "Sections", "Students")
HINTS = (
    "Judged from the top: the first figure that differs decides. Lines without a level only tell.",
    "Double-click a section to see it on the board.",
    "Double-click a student to see the week in the scenario on the screen.",
)


class CompareTab(ScheduleTab):
    """
    Compares the scenario on the screen with another one of the school.

    Parameters
    ----------
    workspace
        Of the document whose scenarios are compared.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._document = workspace.document
        self._timetable: Timetable | None = None
        self._chosen = ""  # by the user
        self._named = ("", "")  # scenarios that the columns stand for
        self.judge = Judge.of(workspace)
        self.comparer = Comparer(workspace, self)
        self.figures = CompareList(
            figure_columns(), lambda line: f"{line.title}\t{line.place}", "figure", "figures"
        )
        self.sections = CompareList(
            section_columns(),
            lambda line: line.section,
            "section that differs",
            "sections that differ",
            "Section, course, teacher or period",
            SECTION_CHOICES,
        )
        self.students = CompareList(
            student_columns(),
            lambda line: line.change.student,
            "student with changes",
            "students with changes",
            "Student, course or section",
            STUDENT_CHOICES,
        )
        self.lists: tuple[CompareList[Any], ...] = (self.figures, self.sections, self.students)
        self.stack = QStackedWidget()
        self.stack.addWidget(
            empty_state(
                "copy",
                "Nothing to compare with",
                "This school has one scenario. Solve again or duplicate this scenario to compare.",
                "New scenario…",
                lambda: workspace.act.emit("new-scenario"),
            )
        )
        self.stack.addWidget(self._make_body())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.comparer.changed.connect(self._fill)
        self.judge.changed.connect(self._fill_figures)
        self.sections.table.opened.connect(
            lambda index: self.leave.emit("board", "sections", self.sections.key_at(index.row()))
        )
        self.students.table.opened.connect(
            lambda index: self.go.emit("students", self.students.key_at(index.row()))
        )

    # What the page calls --------------------------------------------------------------------------

    def show_timetable(self, timetable: Timetable) -> None:
        """Compare another state; what was found of the one before stays until that is done."""
        self._timetable = timetable
        self._offer_others()
        self._look()

    def tables(self) -> tuple[ReadingTable, ...]:
        """The table that is shown, then the others."""
        tables: list[ReadingTable] = [each.table for each in self.lists]
        shown = tables.pop(self.views.currentIndex())
        return shown, *tables

    def copy(self) -> bool:
        """Copy from the table that is shown."""
        return bool(self.other) and super().copy()

    def listed(self) -> Listed | None:
        """The comparison as listed, in full; None while it is being made, or when there is none."""
        known = self.comparer.is_current and self.judge.is_current
        if not (self.other and known and self.figures.model.rows):
            return None
        tables = (
            ListedTable(title, each.texts(), listed_numbers(each.table), each is not self.figures)
            for title, each in zip(VIEWS, self.lists, strict=True)
        )
        return Listed("Comparison", self.headline.text(), tuple(tables))

    @property
    def other(self) -> str:
        """Id of the scenario compared with; empty when there is none."""
        return self.box.currentData() or ""

    def show_view(self, view: int) -> None:
        """Show figures, sections or students."""
        self.buttons[view].setChecked(True)
        self.views.setCurrentIndex(view)
        self.hint.setText(HINTS[view])

    # Building -------------------------------------------------------------------------------------

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE.xl, SPACE.m, SPACE.xl, SPACE.m)
        column.setSpacing(SPACE.s)
        row = QHBoxLayout()
        row.setSpacing(SPACE.xs)
        self.box = QComboBox()
        self.box.setAccessibleName("Compare with")
        self.box.setMinimumWidth(180)
        self.box.activated.connect(self._choose)
        label = QLabel("Compare with")
        label.setBuddy(self.box)
        row.addWidget(label)
        row.addSpacing(SPACE.xs)
        row.addWidget(self.box)
        row.addStretch(1)
        self.views = QStackedWidget()
        self.buttons: list[QPushButton] = []
        group = QButtonGroup(self)
        for at, words in enumerate(VIEWS):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            group.addButton(button, at)
            row.addWidget(button)
            self.buttons.append(button)
        group.idClicked.connect(self.show_view)
        column.addLayout(row)
        self.headline = QLabel()
        self.headline.setProperty("kind", "lead")
        self.headline.setWordWrap(True)
        self.headline.setAccessibleName("Which is better")
        column.addWidget(self.headline)
        for each in self.lists:
            self.views.addWidget(each)
        column.addWidget(self.views, 1)
        self.hint = QLabel()
        self.hint.setProperty("kind", "small")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)
        self.show_view(FIGURES)
        return body

    # Reacting -------------------------------------------------------------------------------------

    def _offer_others(self) -> None:
        """Offer all other scenarios; the one chosen stays, else it is the one made before, or the next."""
        ids = [str(scenario) for scenario in self._document.dataset.scenarios]
        here = self._document.scenario
        self.box.clear()
        for scenario, name in scenario_names(self._document.dataset.scenarios.values()).items():
            if scenario != here:
                self.box.addItem(name, scenario)
        at = self.box.findData(self._chosen)
        self.box.setCurrentIndex(at if at >= 0 else max(0, ids.index(here) - 1))
        self.stack.setCurrentIndex(1 if self.other else 0)

    def _choose(self, _index: int) -> None:
        self._chosen = self.other
        self._look()

    def _look(self) -> None:
        if not self.other or self._timetable is None:
            return
        self._name_columns()
        pair = self.other, self._document.scenario
        known = self.comparer.compared
        if known is None or (known.there, known.here) != pair:
            self.headline.setText("Comparing…")
            self.figures.show_lines([])
            self.sections.show_lines([])
            self.students.show_lines([])
            self._count()
        self.comparer.look(self.other, self._timetable)

    def _names(self) -> tuple[str, str]:
        names = scenario_names(self._document.dataset.scenarios.values())
        return names[self.other], names[self._document.scenario]

    def _name_columns(self) -> None:
        names = self._names()
        if names != self._named:
            self._named = names
            self.figures.show_columns(figure_columns(*names))
            self.sections.show_columns(section_columns(*names))
            self.students.show_columns(student_columns(*names))

    def _fill(self) -> None:
        compared, timetable = self.comparer.compared, self._timetable
        if compared is None or timetable is None or not self.comparer.is_current:
            return
        self.sections.table.setColumnHidden(ROOM, not any(line.room for line in compared.sections))
        everybody = timetable.students.values()
        self.students.table.setColumnHidden(NAME, not any(student.name for student in everybody))
        self.students.table.setColumnHidden(GRADE, not any(student.grade for student in everybody))
        self.sections.show_lines(compared.sections)
        self.students.show_lines(compared.students)
        self._count()
        self._fill_figures()

    def _count(self) -> None:
        """Say on the buttons how many sections and students differ."""
        for view, number in (
            (SECTIONS, len(self.sections.model.rows)),
            (STUDENTS, len(self.students.model.rows)),
        ):
            self.buttons[view].setText(f"{VIEWS[view]} ({number:,})" if number else VIEWS[view])

    def _fill_figures(self) -> None:
        """Both verdicts must be of the present rules, or their figures are not the same ones."""
        compared, verdict, timetable = self.comparer.compared, self.judge.verdict, self._timetable
        if compared is None or verdict is None or timetable is None:
            return
        if not (self.comparer.is_current and self.judge.is_current and self.other):
            return
        names = self._names()
        figures = compare_figures(compared.verdict, verdict)
        rules = {str(rule.id): rule for rule in self._document.rules}
        lines = figure_lines(figures, rules, timetable, *names)
        self.figures.show_lines(lines)
        self.headline.setText(headline(figures, lines, *names))
