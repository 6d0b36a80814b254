"""The form of a rule: what it says, its level and weight, whom it concerns, its number."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from echelon_desktop.errors import RuleError
from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rule_words import KIND_TITLES, rule_sentence, weight_words
from echelon_desktop.model.rules import RULE_KINDS, check_rule
from echelon_desktop.ui.natural import natural
from echelon_desktop.ui.numbers import NumberBox
from echelon_desktop.ui.rules.choices import Choice, ChoiceField
from echelon_desktop.ui.theme import SPACE

FIELD_HEIGHT = 30
HARD = -1  # data of the entry "Hard" of the levels
FIELDS = {
    "courses": ("Courses", "All courses"),
    "departments": ("Departments", "All departments"),
    "teachers": ("Teachers", "All teachers"),
    "sections": ("Sections", "All sections"),
    "grades": ("Grades", "All grades"),
    "periods": ("Periods", "None yet"),
}
LIMITS = {
    "sped-limit": "SPED students at most",
    "teacher-consecutive": "Periods in a row at most",
    "teacher-load": "Sections at most",
    "teacher-preps": "Courses at most",
    "teacher-rooms": "Rooms at most",
    "student-free-periods": "Free periods at most",
    "student-day-balance": "Classes apart at most",
}


class RuleForm(QFrame):
    """
    Shows one rule. ``submitted`` carries it as the user wants it; nothing is changed before.

    The button is enabled while the form says something else than the rule, which a rule can mean.
    """

    submitted = Signal(object)  # Rule
    removed = Signal(str)  # id of the rule to take out

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._school = School()
        self._rule: Rule | None = None
        self._new = False
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        column.setSpacing(SPACE.s)
        self.title, self.sentence = QLabel(), QLabel()
        self.title.setProperty("kind", "lead")
        self.sentence.setProperty("kind", "soft")
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self._make_fields())
        self.error = QLabel()
        self.error.setProperty("kind", "doubt")
        self.error.setMargin(SPACE.s)
        self.error.setWordWrap(True)
        column.addWidget(self.error)
        row = QHBoxLayout()
        self.button = QPushButton("Save changes")
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(lambda: self.submitted.emit(self.rule()))
        self.reset = QPushButton("Reset")
        self.reset.clicked.connect(self._on_reset)
        row.addWidget(self.button)
        row.addWidget(self.reset)
        row.addStretch(1)
        self.remove = QPushButton("Remove")
        self.remove.clicked.connect(self._on_remove)
        row.addWidget(self.remove)
        column.addLayout(row)

    def show_rule(self, rule: Rule, school: School, levels: list[int | None], new: bool = False) -> None:
        """Show a rule of a school, or one that is about to be added."""
        self._school, self._rule, self._new = school, rule, new
        kind = RULE_KINDS[rule.kind]
        self.title.setText(KIND_TITLES.get(rule.kind, rule.kind))
        self.level.blockSignals(True)
        self.level.clear()
        for level in levels:
            if kind.hard if level is None else kind.graded:
                self.level.addItem(
                    "Hard" if level is None else f"Level {level}", HARD if level is None else level
                )
        self.level.blockSignals(False)
        for name, field in self.fields.items():
            self.form.setRowVisible(field, name in kind.uses)
        self.form.setRowVisible(self.limit, "limit" in kind.uses)
        label = self.form.labelForField(self.limit)
        if isinstance(label, QLabel):
            label.setText(LIMITS.get(rule.kind, "At most"))
        self.limit.setAccessibleName(LIMITS.get(rule.kind, "At most"))
        self.form.setRowVisible(self.level, kind.graded)
        self.button.setText("Add this rule" if new else "Save changes")
        self.remove.setVisible(not new and rule.kind != "unmet-requests")  # which there must be
        self._show(rule)

    def rule(self) -> Rule:
        """The rule as the form says it."""
        assert self._rule is not None
        kind, level = RULE_KINDS[self._rule.kind], self.level.currentData()
        values: dict[str, object] = {name: self.fields[name].value for name in FIELDS if name in kind.uses}
        if "limit" in kind.uses:
            values["limit"] = self.limit.value()
        hard = level in (None, HARD)
        values["level"] = None if hard else level
        values["weight"] = 1 if hard else self.weight.value()
        return replace(self._rule, **values)  # type: ignore[arg-type]

    def _make_fields(self) -> QWidget:
        box = QWidget()
        self.form = QFormLayout(box)
        self.form.setContentsMargins(0, SPACE.s, 0, SPACE.s)
        self.form.setSpacing(SPACE.m)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.level = QComboBox()
        self.level.setAccessibleName("Level")
        self.level.currentIndexChanged.connect(lambda _at: self._on_changed())
        self.form.addRow("Importance", self.level)
        weights = QWidget()
        row = QHBoxLayout(weights)
        row.setContentsMargins(0, 0, 0, 0)
        self.weight = NumberBox()
        self.weight.setRange(1, 1000)
        self.weight.setAccessibleName("Weight")
        self.weight.valueChanged.connect(lambda _value: self._on_changed())
        self.weight_words = QLabel()
        self.weight_words.setProperty("kind", "soft")
        row.addWidget(self.weight)
        row.addWidget(self.weight_words, 1)
        self.form.addRow("Weight", weights)
        self.weights = weights
        self.limit = NumberBox()
        self.limit.setRange(0, 999)
        self.limit.valueChanged.connect(lambda _value: self._on_changed())
        self.form.addRow("At most", self.limit)
        self.fields: dict[str, ChoiceField] = {}
        for name, (title, nothing) in FIELDS.items():
            field = self.fields[name] = ChoiceField(title, nothing)
            field.changed.connect(self._on_changed)
            self.form.addRow(title, field)
        for at in range(self.form.rowCount()):
            item = self.form.itemAt(at, QFormLayout.ItemRole.LabelRole)
            label = item.widget() if item is not None else None
            if label is not None:
                label.setMinimumHeight(FIELD_HEIGHT)  # or it would stand above its field's middle
        return box

    def _show(self, rule: Rule) -> None:
        self._rule = rule
        self.level.setCurrentIndex(max(0, self.level.findData(HARD if rule.level is None else rule.level)))
        self.weight.setValue(rule.weight)
        self.limit.setValue(rule.limit or 0)
        for name, field in self.fields.items():
            needed = name in RULE_KINDS[rule.kind].needs
            field.set_value(getattr(rule, name), choices_of(self._school, name), needed)
        self._on_changed()

    def _on_remove(self) -> None:
        if self._rule is not None:
            self.removed.emit(self._rule.id)

    def _on_reset(self) -> None:
        if self._rule is not None:
            self._show(self._rule)

    def _on_changed(self) -> None:
        if self._rule is None:
            return
        rule = self.rule()
        self.form.setRowVisible(self.weights, rule.level is not None)
        self.weight_words.setText(weight_words(rule.weight))
        problem = _lacking(rule)
        if not problem:
            try:
                check_rule(rule)
            except RuleError as error:
                problem = str(error)
        # A rule that lacks something yet says nothing; its kind says what it will be about.
        self.sentence.setText(
            RULE_KINDS[rule.kind].sentence if problem else rule_sentence(rule, self._school)
        )
        self.error.setText(problem)
        self.error.setVisible(bool(problem))
        self.button.setEnabled(not problem and (self._new or rule != self._rule))
        self.reset.setEnabled(rule != self._rule)


def _lacking(rule: Rule) -> str:
    """What is still to be chosen, in words; empty when nothing is."""
    missing = [FIELDS[name][0].lower() for name in RULE_KINDS[rule.kind].needs if getattr(rule, name) == ()]
    return f"Choose the {' and '.join(missing)} first." if missing else ""


def choices_of(school: School, field: str) -> list[Choice]:
    """What a field of a rule can name in a school: ids with their words."""
    if field == "courses":
        return [(c.id, c.title or c.id) for c in school.courses.values()]
    if field == "teachers":
        return [(t.id, f"{t.name} {t.id}" if t.name else t.id) for t in school.teachers.values()]
    if field == "sections":
        titles = {c.id: c.title or c.id for c in school.courses.values()}
        return [(s.id, f"{s.id} {titles.get(s.course, s.course)}") for s in school.sections.values()]
    if field == "departments":
        named = {r.department for t in (school.sections, school.courses, school.teachers) for r in t.values()}
        return [(name, name) for name in sorted(named - {""}, key=natural)]
    if field == "grades":
        grades = {student.grade for student in school.students.values()} - {""}
        return [(grade, f"Grade {grade}") for grade in sorted(grades, key=natural)]
    periods = [(period, period) for period in map(str, school.periods)]
    terms = [(f"{term}:{period}", f"{period} in {term}") for term in school.terms for period, _ in periods]
    return periods + terms
