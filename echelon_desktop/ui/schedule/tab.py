"""What the tabs of the page have in common."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from echelon_desktop.solver.explain import Reason
from echelon_desktop.ui.reading.filter_row import FilterRow
from echelon_desktop.ui.reading.list_tab import ListTab
from echelon_desktop.ui.reading.records import RecordModel
from echelon_desktop.ui.reading.tab import Tab
from echelon_desktop.ui.schedule.timetable import Timetable

R = TypeVar("R")
Reasons = Mapping[tuple[str, str], Reason]


class ScheduleTab(Tab):
    """One view of the schedule."""

    def show_timetable(self, timetable: Timetable) -> None:
        """Show another state of the schedule; what was selected stays so where it still is."""

    def show_reasons(self, reasons: Reasons | None) -> None:
        """Show why requests are unmet; None while that is being found out."""


class ScheduleListTab(ListTab[R], ScheduleTab, Generic[R]):
    """A list of the schedule; ``timetable`` is the state that is shown."""

    def __init__(self, model: RecordModel[R], filters: FilterRow, what: str) -> None:
        super().__init__(model, filters, what)
        self.timetable: Timetable | None = None
