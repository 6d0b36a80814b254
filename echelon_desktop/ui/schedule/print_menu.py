"""The button that prints schedules, or saves them as PDF."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from echelon_desktop.ui.paper.asking import PaperButton, heading_of, print_out, save_as_pdf
from echelon_desktop.ui.paper.listed import listed_pages
from echelon_desktop.ui.paper.looks import Heading
from echelon_desktop.ui.reading.list_tab import ListTab
from echelon_desktop.ui.schedule.handouts import (
    master_pages,
    room_page,
    section_page,
    student_page,
    teacher_page,
)
from echelon_desktop.ui.schedule.timetable import Timetable

if TYPE_CHECKING:
    from echelon_desktop.ui.schedule.page import SchedulePage

# What can be printed: id → title in the menu, name of the file, whether the paper lies wide.
HANDOUTS = {
    "students": ("Students &listed", "Student schedules", False),
    "student": ("Selected &student", "Student schedule", False),
    "teachers": ("T&eachers listed", "Teacher schedules", False),
    "teacher": ("Selected &teacher", "Teacher schedule", False),
    "rooms": ("&Rooms listed", "Room schedules", False),
    "room": ("Selected r&oom", "Room schedule", False),
    "sections": ("Cl&ass lists of sections listed", "Class lists", False),
    "section": ("Class list of the selected sect&ion", "Class list", False),
    "master": ("&Master grid", "Master schedule", True),
    "comparison": ("&Comparison as listed", "Comparison", True),
}
PAGES: dict[str, Callable[[Timetable, Heading, str], str]] = {
    "student": student_page,
    "teacher": teacher_page,
    "room": room_page,
    "section": section_page,
}


class PrintButton(PaperButton):
    """
    Opens the menu of what can be printed.

    "Listed" are those whom the filter of the tab lets through, so that one can print a grade, or those with
    unmet requests.
    """

    def __init__(self, page: "SchedulePage") -> None:
        super().__init__("Print schedules, or save them as PDF")
        self._page = page
        menu = QMenu(self)
        self._of_rooms: list[QAction] = []
        for title, act in (("&Save as PDF", self.save), ("&Print", self.print)):
            part = menu.addMenu(title)
            for name, (words, _, _) in HANDOUTS.items():
                action = part.addAction(f"{words}…")
                action.triggered.connect(lambda _=False, run=act, what=name: run(what))
                if "room" in name:
                    self._of_rooms.append(action)
        menu.aboutToShow.connect(self._show_what_there_is)
        self.setMenu(menu)

    def save(self, what: str) -> None:
        """Ask for a file and write a handout to it, beside the window."""
        self._hand_out(what, save_as_pdf)

    def print(self, what: str) -> None:
        """Ask for a printer and print a handout."""
        self._hand_out(what, print_out)

    def _hand_out(self, what: str, put: Callable[..., None]) -> None:
        make, (_, name, wide) = self._maker(what), HANDOUTS[what]
        if make is not None:
            put(self, self._page.workspace, make, name, wide)

    def _maker(self, what: str) -> Callable[[], list[str]] | None:
        """What makes the handouts, None while the schedule is being read or nothing is selected."""
        timetable = self._page.timetable
        if timetable is None:
            return None
        heading = heading_of(self._page.document)
        if what == "master":
            return lambda: [master_pages(timetable, heading)]
        if what == "comparison":
            listed = self._page.listed_comparison()
            return None if listed is None else lambda: [listed_pages(listed, heading)]
        kind, keys = what.removesuffix("s"), self._keys(what)
        if not keys:
            self._page.workspace.notice.emit("doubt", f"There is no {kind} to print.")
            return None
        page = PAGES[kind]
        return lambda: [page(timetable, heading, key) for key in keys]

    def _keys(self, what: str) -> list[str]:
        tab = self._page.tab(f"{what.removesuffix('s')}s")
        assert isinstance(tab, ListTab)
        if what in PAGES:
            return [tab.selected] if tab.selected else []
        return [tab.model.key_at(row) for row in range(tab.model.rowCount())]

    def _show_what_there_is(self) -> None:
        """Rooms only where the school names any."""
        timetable = self._page.timetable
        for action in self._of_rooms:
            action.setVisible(timetable is not None and bool(timetable.of_room))
