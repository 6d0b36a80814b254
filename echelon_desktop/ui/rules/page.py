"""The Rules page: the rules by level at the left, the one selected as a form at the right."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.model import rule_edits
from echelon_desktop.model.csv_io import replace_file
from echelon_desktop.model.dataset import Changes, Edit
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rule_words import KIND_TITLES, level_words, rule_sentence
from echelon_desktop.model.rules import (
    RULE_KINDS,
    RULES_FILE,
    format_rules,
    load_rules,
    preset_rules,
    presets,
    usual_limit,
)
from echelon_desktop.ui.messages import told
from echelon_desktop.ui.page import Page, Target, page_header
from echelon_desktop.ui.rules.effects import breaches_of, effect
from echelon_desktop.ui.rules.form import RuleForm
from echelon_desktop.ui.rules.model import RuleListModel
from echelon_desktop.ui.rules.preview import PreviewDialog
from echelon_desktop.ui.rules.view import RuleListView
from echelon_desktop.ui.schedule.judge import Judge
from echelon_desktop.ui.theme import SPACE, theme
from echelon_desktop.ui.workspace import Workspace

FORM_WIDTH = 400
MOST_BREACHES = 200
TOML = "Rules (*.toml)"
SCHEDULE_TABLES = {"sections", "students", "teachers"}


class RulesPage(Page):
    """Shows the rules, and changes them: every action is one change that undo takes back."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.judge = Judge.of(workspace)
        self.judge.changed.connect(self._on_judged)
        self._new: Rule | None = None
        self.model = RuleListModel(self)
        self.model.moved.connect(self.move_rule)
        self.view = RuleListView(self.model)
        self.view.chosen.connect(self._on_chosen)
        self.view.shifted.connect(self.shift_rule)
        self.view.removed.connect(self.remove_rule)
        self.view.opened.connect(lambda _rule: self.form.level.setFocus())
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(
            lambda point: self._menu().exec(self.view.viewport().mapToGlobal(point))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE.l)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.xl, 0, SPACE.xl, 0)
        row.setSpacing(SPACE.l)
        row.addWidget(self.view, 1)
        row.addWidget(self._make_side())
        column.addLayout(row, 1)
        theme().changed.connect(self._paint)
        self._paint()
        self.refresh(None)

    # What the window calls ------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Show the rules, and what they do now."""
        self.judge.look()
        for button in (self.add_button, self.preset_button, self.import_button):
            button.setEnabled(not self.document.read_only)
        before = self.view.current
        self._show_rules()
        if self._new is None:
            self.view.choose(before if self.model.row_of(before) >= 0 else self._first())
            self._on_chosen(self.view.current)

    def take_to(self, target: Target) -> None:
        """Select a rule."""
        if target.table == "rules":
            self.view.choose(str(target.key))
            self.view.setFocus()

    def begin(self) -> None:
        """Begin in the list of rules."""
        self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def search_items(self) -> list[tuple[str, str, Target]]:
        """Every rule by its sentence."""
        return [
            (
                rule_sentence(rule, self.document.school),
                f"Rule · {level_words(rule.level)}",
                Target("rules", "rules", rule.id),
            )
            for rule in self.document.rules
        ]

    def copy(self) -> bool:
        """Copy the rules as a spreadsheet takes them."""
        lines = ["Level\tRule\tNow"]
        lines += [
            f"{level_words(line.level)}\t{line.title}\t{line.text}" for line in self.model.lines if line.rule
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))
        return len(lines) > 1

    # Changing -------------------------------------------------------------------------------------

    def move_rule(self, rule_id: str, level: int | None) -> None:
        """Put a rule at another level; None makes it hard."""
        with told(self, "The rule was not moved"):
            self._apply(rule_edits.move_rule(self.document.dataset, rule_id, level), rule_id)

    def shift_rule(self, rule_id: str, step: int) -> None:
        """Put a rule one level up or down; above level 1 it is hard."""
        levels = self.model.levels()
        at = levels.index(self.document.dataset.rules[rule_id].level) + step
        alone = (
            sum(line.rule is not None and line.level == levels[at - step] for line in self.model.lines) == 1
        )
        if 0 <= at < len(levels) and not (alone and at == len(levels) - 1):  # the last level is the last
            free = levels[at - step] or 1
            # Levels that no rule is at are not in the list; the first may be free.
            self.move_rule(rule_id, free - 1 if levels[at] is None and free > 1 else levels[at])

    def separate_rule(self, rule_id: str) -> None:
        """Give a rule a level of its own."""
        with told(self, "The rule was not moved"):
            self._apply(rule_edits.separate_rule(self.document.dataset, rule_id), rule_id)

    def remove_rule(self, rule_id: str) -> None:
        """Take a rule out."""
        with told(self, "The rule was not removed"):
            self._apply(rule_edits.remove_rule(self.document.dataset, rule_id))

    def begin_rule(self, kind: str) -> None:
        """Show an empty form for a new rule of a kind; it is added when the form is submitted."""
        shape = RULE_KINDS[kind]
        levels = [level for level in self.model.levels() if level is not None]
        level = None if shape.hard else levels[-1]
        self._new = Rule(rule_edits.new_rule_id(self.document.dataset, kind), kind, level)
        if "limit" in shape.uses:
            self._new = Rule(self._new.id, kind, level, limit=usual_limit(kind))
        self.view.clearSelection()
        self.form.show_rule(self._new, self.document.school, self.model.levels(), new=True)
        self._show_side(self._new)
        self.form.level.setFocus()

    def use_preset(self, name: str) -> None:
        """Show what a preset changes, and take its rules over if the user wants them."""
        with told(self, "The rules were not changed"):
            self._offer(preset_rules(name), f"Rules of {presets()[name]}")

    def import_rules(self) -> None:
        """Ask for a rule file, show what it changes, and take it over if the user wants it."""
        name, _ = QFileDialog.getOpenFileName(self, "Import rules", str(self.document.path.parent), TOML)
        if name:
            with told(self, "The rules were not changed"):
                self._offer(load_rules(Path(name)), f"Rules of {Path(name).name}")

    def export_rules(self) -> None:
        """Ask for a file and write the rules to it."""
        asked, _ = QFileDialog.getSaveFileName(
            self, "Export rules", str(self.document.path.parent / RULES_FILE), TOML
        )
        if not asked:
            return
        path = Path(asked)
        path = path if path.suffix else path.with_suffix(".toml")
        with told(self, "The rules were not written"):
            replace_file(path, format_rules(self.document.rules).encode())
            self.workspace.notice.emit("good", f"Rules written to {path.name}.")

    def _offer(self, rules: tuple[Rule, ...], title: str) -> None:
        differences = rule_edits.rule_differences(self.document.rules, rules)
        if PreviewDialog(title, differences, self.document.school, self).exec():
            self._apply(
                rule_edits.adopt_rules(self.document.dataset, rules, f"Use the {title[0].lower()}{title[1:]}")
            )

    def _submit(self, rule: Rule) -> None:
        edit = rule_edits.add_rule if self._new is not None else rule_edits.change_rule
        with told(self, "The rule was not changed"):
            self._apply(edit(self.document.dataset, rule), rule.id)

    def _apply(self, edit: Edit, select: str = "") -> None:
        self._new = None
        focus = QApplication.focusWidget()
        inside = focus is not None and self.form.isAncestorOf(focus)
        self.document.apply(edit)
        self.refresh(None)
        if select:
            self.view.choose(select)
        if inside:
            # The button that was pressed goes, and the focus would go on to Remove, where Space waits.
            self.view.setFocus()

    # Building -------------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        self.add_button = self._menu_button("Add rule", "What a new rule is about")
        menu = self.add_button.menu()
        for kind in RULE_KINDS:
            if kind != "unmet-requests":  # of which there is exactly one
                action = menu.addAction(KIND_TITLES.get(kind, kind))
                action.setToolTip(RULE_KINDS[kind].sentence)
                action.triggered.connect(lambda _=False, k=kind: self.begin_rule(k))
        self.preset_button = self._menu_button("Presets", "Sets of rules that come with the application")
        for name, title in presets().items():
            action = self.preset_button.menu().addAction(f"{title}…")
            action.triggered.connect(lambda _=False, n=name: self.use_preset(n))
        self.import_button, self.export_button = QPushButton("Import…"), QPushButton("Export…")
        self.import_button.clicked.connect(self.import_rules)
        self.export_button.clicked.connect(self.export_rules)
        text = "Hard rules are always kept. Each level is made as good as it can be before the next."
        buttons = (self.import_button, self.export_button, self.preset_button, self.add_button)
        return page_header("Rules", text, *buttons)

    def _menu_button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        button.setMenu(menu)
        return button

    def _make_side(self) -> QWidget:
        side = QWidget()
        side.setProperty("kind", "canvas")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, SPACE.m, 0, 0)
        column.setSpacing(SPACE.m)
        self.form = RuleForm()
        self.form.submitted.connect(self._submit)
        self.form.removed.connect(self.remove_rule)
        column.addWidget(self.form)
        self.where = QLabel("Where it costs now")
        self.where.setProperty("kind", "lead")
        column.addWidget(self.where)
        self.breaches = QListWidget()
        self.breaches.setAccessibleName("Where the rule costs now")
        self.breaches.setWordWrap(True)
        self.breaches.setSpacing(3)
        self.breaches.itemActivated.connect(self._go_to_breach)
        column.addWidget(self.breaches, 1)
        self.hint = QLabel("Drag a rule to another level, or move it with Alt+Up and Alt+Down.")
        self.hint.setProperty("kind", "small")
        self.hint.setWordWrap(True)
        column.addStretch(0)
        column.addWidget(self.hint)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(side)
        scroll.setFixedWidth(FORM_WIDTH)
        return scroll

    def _menu(self) -> QMenu:
        """What can be done with the current rule."""
        menu, rule = QMenu(self), self.view.current
        writable = bool(rule) and not self.document.read_only
        for text, act in (
            ("More important\tAlt+Up", lambda: self.shift_rule(rule, -1)),
            ("Less important\tAlt+Down", lambda: self.shift_rule(rule, 1)),
            ("A level of its own", lambda: self.separate_rule(rule)),
            ("Remove\tDel", lambda: self.remove_rule(rule)),
        ):
            action = menu.addAction(text)
            action.triggered.connect(lambda _=False, run=act: run())
            action.setEnabled(writable)
        return menu

    # Showing --------------------------------------------------------------------------------------

    def _show_rules(self) -> None:
        document, judge = self.document, self.judge
        timetable, verdict = (judge.timetable, judge.verdict) if document.scenario else (None, None)
        effects = {
            rule.id: effect(rule, document.school, document.grid, timetable, verdict)
            for rule in document.rules
        }
        self.model.set_rules(document.rules, document.school, effects)

    def _on_judged(self) -> None:
        """Say what the rules do now; what is being typed in the form stays."""
        self._show_rules()
        rule = self.document.dataset.rules.get(self.view.current)
        if rule is not None and self._new is None:
            self._show_side(rule)

    def _first(self) -> str:
        return next((line.rule.id for line in self.model.lines if line.rule), "")

    def _on_chosen(self, rule_id: str) -> None:
        rule = self.document.dataset.rules.get(rule_id)
        self.form.setVisible(rule is not None)
        if rule is None:
            return
        self._new = None
        self.form.show_rule(rule, self.document.school, self.model.levels())
        self.form.setEnabled(not self.document.read_only)
        self._show_side(rule)

    def _show_side(self, rule: Rule) -> None:
        """List what a graded rule counts in the schedule on the screen."""
        verdict = self.judge.verdict if self.document.scenario else None
        breaches = breaches_of(rule, verdict) if verdict is not None and rule.level is not None else []
        self.breaches.clear()
        for breach in breaches[:MOST_BREACHES]:
            item = QListWidgetItem(breach.message)
            item.setData(Qt.ItemDataRole.UserRole, breach)
            self.breaches.addItem(item)
        if len(breaches) > MOST_BREACHES:
            self.breaches.addItem(f"… and {len(breaches) - MOST_BREACHES:,} more.")
        for widget in (self.where, self.breaches):
            widget.setVisible(bool(breaches))

    def _go_to_breach(self, item: QListWidgetItem) -> None:
        breach = item.data(Qt.ItemDataRole.UserRole)
        if breach is None:
            return
        table = "students" if breach.table == "requests" else breach.table
        page = "schedule" if table in SCHEDULE_TABLES else "data"
        self.workspace.go_to(page, table, breach.key)

    def _paint(self) -> None:
        theme().put_icon(self.add_button, "plus")
        theme().put_icon(self.preset_button, "sliders-horizontal")
