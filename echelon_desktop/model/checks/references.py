"""Checks of the calendar, of ids, and of everything that names something else."""

from collections.abc import Iterable, Iterator, Sequence

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.spelling import by_loose_spelling, plain, suggestion
from echelon_desktop.model.checks.unread import names_of
from echelon_desktop.model.dataset import School
from echelon_desktop.model.scope import department_of
from echelon_desktop.model.slots import MAX_SLOTS, SlotGrid
from echelon_desktop.model.tables import SCHOOL_TABLES, TableSpec
from echelon_desktop.model.wording import counted

# A wrong reference here leaves no way to know what was meant; elsewhere the reference can be ignored.
_VITAL = {("sections", "course"), ("sections", "teachers"), ("links", "sections")}


def check_calendar(report: Report, grid: SlotGrid) -> None:
    """The school has periods, not too many, and each has its place in the day; it has sections."""
    school = report.school
    if not school.periods:
        report.add("no-periods", "The school has no periods.", "periods")
    if not school.sections:
        report.add("no-sections", "The school has no sections.", "sections")
    if grid.n_slots > MAX_SLOTS:
        report.add(
            "too-many-slots",
            f"{counted(len(school.periods), 'period')} in {counted(max(1, len(school.terms)), 'term')} make "
            f"{counted(grid.n_slots, 'slot')}; "
            f"at most {MAX_SLOTS} can be scheduled.",
            "periods",
        )
    places: dict[tuple[str, int], str] = {}
    for period in school.periods.values():
        other = places.setdefault((period.day, period.order), period.id)
        if other != period.id:
            report.add(
                "period-order-twice",
                f"Periods {other} and {period.id} have the same place ({period.order}) in their day.",
                "periods",
                period.id,
                "order",
                str(period.order),
            )


def check_ids(report: Report) -> None:
    """Every row has an id, and no two ids of a table could be taken for one another."""
    for spec in SCHOOL_TABLES:
        seen: dict[str, str] = {}
        for key in getattr(report.school, spec.name):
            if not key.strip():
                report.add("id-missing", f"A {spec.singular} has no id.", spec.name, key, spec.key[0], key)
                continue
            other = seen.setdefault(plain(key), key)
            if other != key:
                report.add(
                    "similar-ids",
                    f"There are a {spec.singular} {other!r} and a {spec.singular} {key!r}.",
                    spec.name,
                    key,
                    spec.key[0],
                    key,
                )


def check_courses_named(report: Report) -> None:
    """Every section and every request names a course."""
    for section in report.school.sections.values():
        if not section.course.strip():
            report.add(
                "no-course", f"Section {section.id} names no course.", "sections", section.id, "course"
            )
    for entry in report.school.requests.values():
        blank = sum(not request.course.strip() for request in entry.requests)
        if blank:
            message = f"Student {entry.student} has {counted(blank, 'request')} without a course."
            remedy = "Enter the course, or remove the request."
            report.add("no-course", message, "requests", entry.student, "requests", remedy=remedy)


def check_references(report: Report) -> None:
    """Whatever a record refers to exists."""
    school = report.school
    guesses: dict[str, dict[str, list[str]]] = {}
    for spec, key, field, target, value in _references(school):
        known = getattr(school, target)
        if value in known or not value.strip():
            continue
        if target not in guesses:
            guesses[target] = by_loose_spelling(known)
        singular = _SINGULAR[target]
        code = "unknown-id" if (spec.name, field) in _VITAL else "unknown-id-ignored"
        subject = f"{spec.singular.capitalize()} {key}"
        report.add(
            code,
            f"{subject} names the {singular} {value!r}, which does not exist.",
            spec.name,
            key,
            field,
            value,
            suggestion(value, guesses[target]),
            needs=names_of(target),
        )


def check_times(report: Report, grid: SlotGrid) -> None:
    """Periods, slots, terms and patterns are named as they are."""
    school = report.school
    periods = set(map(str, school.periods))
    patterns = set(map(str, school.patterns))
    for table, key, field, texts in _slot_texts(report):
        for text in texts if periods else ():  # that there are none at all is one finding, not dozens
            if grid.parse(text) is None:
                message = f"{_owner(table, key)} names the period {text!r}, which does not exist."
                report.add("unknown-period", message, table, key, field, text)
    for pattern in school.patterns.values():
        for period in dict.fromkeys(p for choice in pattern.choices for p in choice if p not in periods):
            message = f"{_owner('patterns', pattern.id)} names the period {period!r}, which does not exist."
            report.add("unknown-period", message, "patterns", pattern.id, "choices", period)
    records: Iterable[tuple[str, e.Course | e.Section]] = [
        *(("courses", course) for course in school.courses.values()),
        *(("sections", section) for section in school.sections.values()),
    ]
    for table, record in records:
        for term in dict.fromkeys(t for choice in record.term_choices for t in choice):
            if term not in school.terms:
                message = f"{_owner(table, record.id)} names the term {term!r}, which does not exist."
                report.add("unknown-term", message, table, record.id, "term_choices", term)
        pattern_id = record.pattern
        counts = pattern_id.isdecimal() and pattern_id.strip("0") != ""
        if pattern_id and pattern_id not in patterns and not counts:
            message = f"{_owner(table, record.id)} has the pattern {pattern_id!r}, which does not exist."
            report.add("unknown-pattern", message, table, record.id, "pattern", pattern_id)


def check_rule_names(report: Report) -> None:
    """Rules speak of things that the school has."""
    school = report.school
    departments = {teacher.department for teacher in school.teachers.values()}
    departments |= {department_of(school, section) for section in school.sections.values()}
    known: dict[str, tuple[set[str], tuple[str, ...]]] = {
        "courses": (set(map(str, school.courses)), names_of("courses")),
        "departments": (departments, ("teachers", *names_of("courses"))),
        "teachers": (set(map(str, school.teachers)), names_of("teachers")),
        "sections": (set(map(str, school.sections)), names_of("sections")),
        "grades": ({student.grade for student in school.students.values()}, names_of("students")),
    }
    for rule in report.rules:
        for field, (names, needs) in known.items():
            for name in getattr(rule, field):
                if name not in names:
                    message = (
                        f"Rule {rule.id} speaks of {field[:-1]} {name!r}, which this school does not have."
                    )
                    report.add("rule-names-unknown", message, "rules", rule.id, field, name, needs=needs)


def _references(school: School) -> Iterator[tuple[TableSpec, str, str, str, str]]:
    """All references: table, key, field, table referred to, id referred to."""
    for spec in SCHOOL_TABLES:
        for field, target in spec.references:
            for key, record in getattr(school, spec.name).items():
                value = getattr(record, field)
                for item in (value,) if isinstance(value, str) else value:
                    yield spec, key, field, target, item


def _slot_texts(report: Report) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    school = report.school
    for course in school.courses.values():
        yield "courses", course.id, "allowed_periods", course.allowed_periods
    for section in school.sections.values():
        yield "sections", section.id, "allowed_periods", section.allowed_periods
    for absence in school.unavailability.values():
        yield "unavailability", absence.teacher, "slots", absence.slots
    for student in school.students.values():
        yield "students", student.id, "unavailable", student.unavailable
    for rule in report.rules:
        yield "rules", rule.id, "periods", rule.periods


_SINGULAR = {spec.name: spec.singular for spec in SCHOOL_TABLES} | {"rules": "rule"}


def _owner(table: str, key: str) -> str:
    return f"{_SINGULAR[table].capitalize()} {key}"
