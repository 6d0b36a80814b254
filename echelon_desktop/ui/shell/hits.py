"""What the search can find: actions, pages, and the records of the school."""

from typing import TYPE_CHECKING

from echelon_desktop.ui.actions import ACTIONS, plain_title
from echelon_desktop.ui.page import Target
from echelon_desktop.ui.pages import PAGES
from echelon_desktop.ui.shell.search import Hit

if TYPE_CHECKING:
    from echelon_desktop.ui.shell.window import MainWindow


def all_hits(window: "MainWindow") -> list[Hit]:
    """Everything that can be done or gone to now."""
    hits = []
    if window.document is not None:
        hits += [
            Hit(
                spec.title,
                "Page",
                spec.icon,
                lambda p=spec.id: window.show_page(p),  # type: ignore[misc]
                spec.words,
            )
            for spec in PAGES
        ]
    hits += [
        Hit(
            plain_title(spec),
            window.actions_[spec.id].shortcut().toString() or "Command",
            spec.icon,
            window.actions_[spec.id].trigger,
            f"{spec.words} {spec.help}",
        )
        for spec in ACTIONS
        if window.actions_[spec.id].isEnabled() and spec.id != "search"
    ]
    for page in window.pages.values():
        for title, subtitle, target in page.search_items():
            hits.append(Hit(title, subtitle, "arrow-right", lambda t=target: window.take_to(t)))  # type: ignore[misc]
    return hits + _records(window)


def _records(window: "MainWindow") -> list[Hit]:
    document = window.document
    if document is None:
        return []
    school = document.school

    def hit(title: str, subtitle: str, icon: str, table: str, key: str, words: str = "") -> Hit:
        page = "schedule" if table in {"students", "teachers", "sections"} and document.scenario else "data"
        return Hit(title, subtitle, icon, lambda: window.take_to(Target(page, table, key)), words)

    hits = []
    for course in school.courses.values():
        title = f"{course.id} {course.title}".strip()
        hits.append(hit(title, f"Course · {course.department}", "book-open", "courses", course.id))
    for section in school.sections.values():
        who = ", ".join(section.teachers)
        hits.append(
            hit(f"{section.course} {section.id}", f"Section · {who}", "presentation", "sections", section.id)
        )
    for teacher in school.teachers.values():
        title = f"{teacher.name} {teacher.id}".strip()
        hits.append(hit(title, f"Teacher · {teacher.department}", "user", "teachers", teacher.id))
    for student in school.students.values():
        title = f"{student.name} {student.id}".strip()
        grade = f" · grade {student.grade}" if student.grade else ""
        hits.append(hit(title, f"Student{grade}", "graduation-cap", "students", student.id))
    return hits
