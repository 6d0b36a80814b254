"""The pages, in the order of the sidebar. Each is imported when it is first shown."""

from importlib import import_module
from typing import TYPE_CHECKING

from echelon_desktop.ui.page import Page, PageSpec

if TYPE_CHECKING:
    from echelon_desktop.ui.workspace import Workspace


def _page(
    page_id: str, title: str, icon: str, group: str, where: str, tables: tuple[str, ...] = (), words: str = ""
) -> PageSpec:
    module, _, name = where.partition(":")

    def make(workspace: "Workspace") -> Page:
        page: Page = getattr(import_module(f"echelon_desktop.ui.{module}"), name)(workspace)
        return page

    return PageSpec(page_id, title, icon, group, make, tables, words)


PAGES = (
    _page(
        "data",
        "Data",
        "table-2",
        "School",
        "grids.page:DataPage",
        (
            "sections",
            "courses",
            "teachers",
            "students",
            "requests",
            "unavailability",
            "periods",
            "terms",
            "patterns",
            "rooms",
            "groups",
            "links",
        ),
        "tables grid edit sections students teachers requests",
    ),
    _page("checks", "Checks", "clipboard-check", "School", "checks.page:ChecksPage", (), "errors findings"),
    _page(
        "demand",
        "Demand",
        "book-open",
        "School",
        "demand.page:DemandPage",
        (),
        "requests tally seats sections needed conflict matrix singletons pairs",
    ),
    _page("rules", "Rules", "scale", "School", "rules.page:RulesPage", ("rules",), "levels weights presets"),
    _page(
        "board", "Board", "layout-grid", "Schedule", "board.page:BoardPage", ("placements",), "periods drag"
    ),
    _page("solve", "Solve", "play", "Schedule", "solve.page:SolvePage", (), "run optimise draft"),
    _page(
        "schedule",
        "Schedule",
        "calendar-days",
        "Schedule",
        "schedule.page:SchedulePage",
        ("seatings",),
        "master grid students teachers rooms heat map unmet",
    ),
    _page(
        "runs",
        "Runs",
        "history",
        "Schedule",
        "runs.page:RunsPage",
        (),
        "aws remote cloud progress log cancel",
    ),
)
