"""Whom a rule concerns, who may sit and teach where, and what records say of a section by default."""

from collections.abc import Iterable

from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import School


def department_of(school: School, section: e.Section) -> str:
    """The section's department, else its course's."""
    course = school.courses.get(section.course)
    return section.department or (course.department if course else "")


def concerns(rule: e.Rule, school: School, section: e.Section) -> bool:
    """Whether a section is in a rule's scope: it matches every scope that is given."""
    return (
        (not rule.courses or section.course in rule.courses)
        and (not rule.departments or department_of(school, section) in rule.departments)
        and (not rule.teachers or any(t in rule.teachers for t in section.teachers))
        and (not rule.sections or section.id in rule.sections)
    )


def concerns_teacher(rule: e.Rule, teacher: e.Teacher) -> bool:
    """Whether a teacher is in a rule's scope."""
    return (not rule.teachers or teacher.id in rule.teachers) and (
        not rule.departments or teacher.department in rule.departments
    )


def is_lab(school: School, section: e.Section) -> bool:
    """What the course says; unless it says anything, sections of the department Science are labs."""
    course = school.courses.get(section.course)
    if course is not None and course.lab is not None:
        return course.lab
    return department_of(school, section).strip().casefold() == "science"


def may_teach(school: School, teacher: e.Teacher, section: e.Section) -> bool:
    """
    Whether a teacher may be given a section that names nobody.

    A teacher with a dedicated course takes that one; one with a list takes the courses on it; any other those
    of his department.
    """
    if teacher.dedicated_course:
        return section.course == teacher.dedicated_course
    if teacher.courses:
        return section.course in teacher.courses
    return bool(teacher.department) and teacher.department == department_of(school, section)


def admits(section: e.Section, grade: str, groups: tuple[str, ...]) -> bool:
    """Whether a student of that grade and those groups may sit in the section."""
    return (not section.grades or grade in section.grades) and (
        not section.groups or not set(section.groups).isdisjoint(groups)
    )


def students_of(school: School) -> tuple[e.Student, ...]:
    """Students of the table, then those that only have requests; the order in which they are numbered."""
    strangers = (student for student in school.requests if student not in school.students)
    return (*school.students.values(), *(e.Student(str(student)) for student in strangers))


def room_type(school: School, section: e.Section) -> str:
    """The type of room that a section needs, empty for a room without a type."""
    course = school.courses.get(section.course)
    return course.room_type if course else ""


def stacks(school: School) -> dict[str, str]:
    """Every section with the first section of its stack (itself when it is in none), in the table's order."""
    position = {str(section): i for i, section in enumerate(school.sections)}
    first = {section: section for section in position}
    stack_of = {section: [section] for section in position}
    for link in school.links.values():
        heads = {first[section] for section in link.sections if section in first}
        if link.kind is e.LinkKind.STACKED and heads:
            head = min(heads, key=position.__getitem__)
            for other in heads - {head}:
                stack_of[head] += stack_of[other]
                first.update(dict.fromkeys(stack_of.pop(other), head))
    return first


def sped_limit(school: School, rules: Iterable[e.Rule], section: e.Section) -> int | None:
    """The section's own SPED limit, else its course's, else that of the narrowest rule that concerns it."""
    course = school.courses.get(section.course)
    if section.sped_limit is not None:
        return section.sped_limit
    if course is not None and course.sped_limit is not None:
        return course.sped_limit
    limits = [
        ((not rule.sections, not rule.courses, not rule.departments), rule.limit)
        for rule in rules
        if rule.kind == "sped-limit" and rule.limit is not None and concerns(rule, school, section)
    ]
    return min(limits)[1] if limits else None
