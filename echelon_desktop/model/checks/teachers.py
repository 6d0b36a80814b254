"""Checks of teachers: what they teach, where it fits, and what their records say of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from echelon_desktop.model import entities as e
from echelon_desktop.model.checks.report import Report
from echelon_desktop.model.checks.sections import or_rules, slots_of
from echelon_desktop.model.checks.staffing import gets_teacher
from echelon_desktop.model.checks.times import Times, crowd
from echelon_desktop.model.checks.unread import rests_on
from echelon_desktop.model.scope import concerns_teacher, is_lab
from echelon_desktop.model.wording import counted, few_of


def check_teachers(report: Report, times: Times) -> None:
    """All checks of teachers."""
    school = report.school
    taught: dict[str, list[e.Section]] = defaultdict(list)
    for section in school.sections.values():
        for teacher_id in section.teachers:
            taught[teacher_id].append(section)
    dedicated: dict[str, list[str]] = defaultdict(list)
    for teacher in school.teachers.values():
        if teacher.dedicated_course:
            dedicated[teacher.dedicated_course].append(teacher.id)
    waiting = any(not s.teachers and gets_teacher(report, s) for s in school.sections.values())
    for teacher in school.teachers.values():
        sections = taught.get(teacher.id, [])
        if not sections and not waiting:
            report.add(
                "teacher-without-sections", f"Teacher {teacher.id} has no section.", "teachers", teacher.id
            )
        _check_numbers(report, times, teacher, sections)
        _check_limits(report, times, teacher, sections)
    for teacher_id, sections in taught.items():
        _check_crowding(report, times, teacher_id, sections)
    for section in school.sections.values():
        _check_assignment(report, section, dedicated)


def _classes(times: Times, sections: Iterable[e.Section]) -> list[str]:
    """The sections as classes to teach: a stack is one."""
    return list(dict.fromkeys(times.stack_of[section.id] for section in sections))


def _check_crowding(report: Report, times: Times, teacher: str, sections: list[e.Section]) -> None:
    classes = [c for c in _classes(times, sections) if times.stack_ways[c]]
    crowded = [classes[i] for i in crowd([times.stack_ways[c] for c in classes])]
    if not crowded:
        return
    slots = slots_of(times, crowded)
    taught = [report.school.sections[c] for c in crowded]
    courses = {section.course for section in taught}
    if len(courses) == 1 and len(slots) < times.free(teacher).bit_count():
        course = courses.pop()
        message = (
            f"{report.course(course)}: teacher {teacher} has {len(crowded)} of its sections "
            f"({few_of(crowded)}), which cannot all meet in {few_of(slots)}."
        )
        remedy = or_rules(report, times, "course-cannot-fit", taught)
        report.add_course("course-cannot-fit", message, course, "allowed_periods", ";".join(slots), remedy)
        return
    message = (
        f"Teacher {teacher} cannot teach the {len(crowded)} sections {few_of(crowded)} "
        f"in the {counted(len(slots), 'period')} open to them ({few_of(slots)})."
    )
    remedy = or_rules(report, times, "teacher-overbooked", taught)
    report.add("teacher-overbooked", message, "teachers", teacher, "id", teacher, remedy=remedy)


def _check_numbers(report: Report, times: Times, teacher: e.Teacher, sections: list[e.Section]) -> None:
    classes = len(_classes(times, sections))
    if teacher.load is not None and teacher.load not in {len(sections), classes}:
        given = counted(len(sections), "section")
        message = f"Teacher {teacher.id} has a load of {teacher.load} and {given}."
        report.add("load-differs", message, "teachers", teacher.id, "load", str(teacher.load))
    labs = [section for section in sections if is_lab(report.school, section)]
    stated = teacher.science_sections
    if stated is not None and stated not in {len(labs), len(_classes(times, labs))}:
        given = counted(len(labs), "science section")
        message = f"Teacher {teacher.id} has {given}; the record says {stated}."
        report.add(
            "science-sections-differ", message, "teachers", teacher.id, "science_sections", str(stated)
        )


def _check_limits(report: Report, times: Times, teacher: e.Teacher, sections: list[e.Section]) -> None:
    rules = [rule for rule in report.rules if concerns_teacher(rule, teacher)]
    load = _least_load(times, _classes(times, sections))
    share = 1.0 if teacher.fte is None else teacher.fte
    preps = len({section.course for section in sections})
    figures = (
        ("teacher-load", "load-exceeded", "max_load", load, share, f"{counted(load, 'section')} at a time"),
        ("teacher-preps", "preps-exceeded", "max_preps", preps, 1.0, counted(preps, "different course")),
    )
    for kind, code, field, value, part, amount in figures:
        own = getattr(teacher, field)
        limits = [
            # As the solver counts it: a share of a section is none.
            (rule, min(x for x in (int(rule.limit * part + 1e-9), own) if x is not None))
            for rule in rules
            if rule.kind == kind and rule.limit is not None
        ]
        broken = [(rule, limit) for rule, limit in limits if value > limit]
        if not limits and own is not None and value > own:
            report.add(
                "limit-will-be-missed",
                f"Teacher {teacher.id} has {amount}, above the maximum of {own}; no rule enforces it.",
                "teachers",
                teacher.id,
                field,
                str(own),
                needs=rests_on(code),
            )
        # One finding, for the strictest rule; a hard one before a graded one.
        for rule, limit in sorted(broken, key=lambda item: (item[0].level is not None, item[1]))[:1]:
            report.add(
                code if rule.level is None else "limit-will-be-missed",
                f"Teacher {teacher.id} has {amount}; rule {rule.id} allows {limit}.",
                "teachers",
                teacher.id,
                field,
                "" if own is None else str(own),
                needs=rests_on(code),
            )


def _least_load(times: Times, classes: list[str]) -> int:
    """How many classes the teacher has at once in the fullest term, in the best case."""
    n_periods, n_terms = len(times.grid.periods), max(1, len(times.grid.terms))
    if n_periods == 0:
        return len(classes)
    term_mask = (1 << n_periods) - 1
    certain: Counter[int] = Counter()
    held = 0
    for c in classes:
        choices = [
            frozenset(t for t in range(n_terms) if way >> t * n_periods & term_mask)
            for way in times.stack_ways[c]
        ]
        if choices:
            held += min(map(len, choices))
            certain.update(frozenset.intersection(*choices))
    return max(*certain.values(), -(-held // n_terms), 0)


def _check_assignment(report: Report, section: e.Section, dedicated: dict[str, list[str]]) -> None:
    school = report.school
    course = school.courses.get(section.course)
    department = section.department or (course.department if course else "")
    if course is not None and _differ(section.department, course.department):
        message = (
            f"Section {section.id} is in the department {section.department}, "
            f"its course {course.id} in {course.department}."
        )
        report.add("department-differs", message, "sections", section.id, "department", section.department)
    owners = dedicated.get(section.course, [])
    if owners and section.teachers and not set(owners) & set(section.teachers):
        message = (
            f"Section {section.id} of {report.course(section.course)} is taught by "
            f"{few_of(list(section.teachers))}; the course is dedicated to {few_of(owners)}."
        )
        report.add(
            "dedicated-course-shared", message, "sections", section.id, "teachers", section.teachers[0]
        )
    teachers = [school.teachers[t] for t in section.teachers if t in school.teachers]
    # Of two teachers one may come from another department, to help.
    is_foreign = all(_differ(department, teacher.department) for teacher in teachers)
    for teacher in teachers:
        if teacher.dedicated_course and teacher.dedicated_course != section.course:
            message = (
                f"Section {section.id} is {report.course(section.course)}, but its teacher {teacher.id} "
                f"is dedicated to {teacher.dedicated_course}."
            )
            report.add("dedicated-elsewhere", message, "sections", section.id, "teachers", teacher.id)
        if is_foreign:
            message = (
                f"Section {section.id} is in the department {department}, "
                f"its teacher {teacher.id} in {teacher.department}."
            )
            report.add("department-differs", message, "sections", section.id, "teachers", teacher.id)


def _differ(a: str, b: str) -> bool:
    return bool(a.strip() and b.strip()) and a.strip().casefold() != b.strip().casefold()
