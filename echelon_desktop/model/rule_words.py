"""A rule in a sentence, with its own courses, teachers, periods and numbers."""

from collections.abc import Iterable

from echelon_desktop.model.dataset import School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import RULE_KINDS
from echelon_desktop.model.wording import counted, few_of

MOST_NAMED = 4

KIND_TITLES = {
    "unmet-requests": "Unmet requests",
    "granted-alternates": "Granted alternates",
    "sped-balance": "SPED students spread",
    "schedule-changes": "Few changes",
    "section-balance": "Even section sizes",
    "sped-limit": "SPED limit",
    "allowed-periods": "Allowed periods",
    "lab-spacing": "Labs apart",
    "teacher-consecutive": "Periods in a row",
    "teacher-travel": "Changes of building",
    "teacher-load": "Teaching load",
    "teacher-preps": "Preps",
    "teacher-load-spread": "Even loads",
    "teacher-rooms": "Rooms of a teacher",
    "section-teachers": "A teacher for every section",
    "section-rooms": "A room for every section",
    "room-fit": "Rooms that fit",
    "room-use": "Few rooms in use",
    "student-free-periods": "Free periods of students",
    "student-holes": "Holes in students' days",
    "student-day-balance": "Even days of students",
}


def rule_sentence(rule: Rule, school: School) -> str:
    """What a rule says, in plain words; the sentence of its kind where it has no parameters."""
    limit = 0 if rule.limit is None else rule.limit
    kind = RULE_KINDS.get(rule.kind)
    if rule.kind == "sped-limit":
        where = _sections(rule, school)
        where = "a section" if where == "all sections" else f"each of the {where}"
        return f"At most {counted(limit, 'SPED student')} in {where}."
    if rule.kind == "allowed-periods":
        who = _sections(rule, school)
        return f"{who[0].upper()}{who[1:]} stand only in {few_of(rule.periods, last='or')}."
    if rule.kind == "lab-spacing":
        who = _teachers(rule, school)
        return f"The labs of {who or 'a teacher'} are not in consecutive periods."
    if rule.kind.startswith("student-"):
        return _of_students(rule, limit)
    if rule.kind in _OF_SECTIONS and (rule.courses or rule.departments or rule.sections):
        return _OF_SECTIONS[rule.kind].format(_sections(rule, school))
    teachers = _teachers(rule, school)
    who = f"Each of {teachers}" if teachers else "A teacher"
    if len(rule.teachers) == 1:
        who = teachers
    if rule.kind == "teacher-consecutive":
        return f"{who} teaches at most {counted(limit, 'period')} in a row."
    if rule.kind == "teacher-load":
        full = f"{who}, when full-time," if teachers else "A full-time teacher"
        return f"{full} teaches at most {counted(limit, 'section')} at a time; part-time in proportion."
    if rule.kind == "teacher-preps":
        return f"{who} prepares at most {counted(limit, 'different course')}."
    if rule.kind == "teacher-rooms":
        return f"{who} teaches in at most {counted(limit, 'room')}."
    if rule.kind == "teacher-travel":
        return f"{who} does not change buildings between consecutive periods."
    if rule.kind == "teacher-load-spread" and teachers:
        return f"Loads are equal within a department, among {teachers}."
    return kind.sentence if kind is not None else rule.kind


_OF_SECTIONS = {
    "section-teachers": "All {} have a teacher.",
    "section-rooms": "All {} have a room.",
    "room-fit": "The rooms of {} have as many seats as these.",
}


def _of_students(rule: Rule, limit: int) -> str:
    who = f"A student of grade {few_of(rule.grades, MOST_NAMED, 'or')}" if rule.grades else "A student"
    if rule.kind == "student-holes":
        return f"{who} has no free period between two classes of a day."
    if rule.kind == "student-day-balance":
        return f"{who} has days that differ by at most {counted(limit, 'class', 'classes')}."
    return f"{who} has at most {counted(limit, 'period')} without a course in a term."


def weight_words(weight: int) -> str:
    """How much a breach counts among the rules of its level: "counts twice as much"."""
    if weight == 1:
        return "counts once"
    return "counts twice as much" if weight == 2 else f"counts {weight:,} times as much"


def level_words(level: int | None) -> str:
    """Where a rule stands."""
    return "hard" if level is None else f"level {level}"


def _sections(rule: Rule, school: School) -> str:
    """Which sections: "sections of Medical Career taught by Ada Byron", "all sections"."""
    parts = []
    if rule.courses:
        titles = [getattr(school.courses.get(c), "title", "") or c for c in rule.courses]
        parts.append(f"of {few_of(titles, MOST_NAMED)}")
    if rule.departments:
        parts.append(f"of {_departments(rule)}")
    if rule.teachers:
        parts.append(f"taught by {few_of(_names(rule.teachers, school), MOST_NAMED, 'or')}")
    if rule.sections:
        return " ".join(["sections", few_of(rule.sections, MOST_NAMED), *parts])
    return " ".join(["sections", *parts]) if parts else "all sections"


def _teachers(rule: Rule, school: School) -> str:
    """Whom a rule about teachers concerns; empty when all."""
    names = few_of(_names(rule.teachers, school), MOST_NAMED)
    departments = _departments(rule)
    if rule.teachers and rule.departments:
        return f"{names} in {departments}"
    return names if rule.teachers else f"the teachers of {departments}" if rule.departments else ""


def _departments(rule: Rule) -> str:
    noun = "department" if len(rule.departments) == 1 else "departments"
    return f"the {noun} {few_of(rule.departments, MOST_NAMED)}"


def _names(teachers: Iterable[str], school: School) -> list[str]:
    return [getattr(school.teachers.get(t), "name", "") or t for t in teachers]
