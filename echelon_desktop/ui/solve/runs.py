"""The table of runs: every solve of this school, the newest first."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from echelon_desktop.model.store import Run
from echelon_desktop.ui.moments import moment
from echelon_desktop.ui.reading.records import Column, RecordModel
from echelon_desktop.ui.solve.outcomes import outcome, seeds_in_words, seeds_of


class RunsModel(RecordModel[Run]):
    """Runs as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_columns(), lambda run: run.id, parent)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these runs, which are in the order in which they were made."""
        self.set_rows(list(reversed(runs)))


def _columns() -> list[Column[Run]]:
    return [
        Column("Started", 150, lambda run: moment(run.started), lambda run: run.started),
        Column("Scenario", 170, lambda run: str(run.settings.get("name", "")) if run.scenario else "–"),
        Column("What", 140, lambda run: str(run.settings.get("scope", ""))),
        Column("Unmet", 70, lambda run: _number(_unmet(run)), lambda run: _order(_unmet(run)), True),
        Column("At least", 76, lambda run: _number(_bound(run)), lambda run: _order(_bound(run)), True),
        Column("Time", 70, _time, lambda run: run.figures.get("seconds", -1.0), True),
        Column("Seeds", 60, lambda run: seeds_in_words(seeds_of(run)), seeds_of),
        Column("Method", 140, lambda run: str(run.figures.get("method", ""))),
        Column("Outcome", 160, _outcome),
    ]


def _unmet(run: Run) -> int | None:
    return run.figures.get("unmet")


def _bound(run: Run) -> int | None:
    # Files of earlier versions know of the first rank only.
    levels = run.figures.get("levels") or [{}]
    bound: int | None = run.figures.get("certain", levels[0].get("bound"))
    return bound


def _time(run: Run) -> str:
    seconds = run.figures.get("seconds")
    return "–" if seconds is None else f"{seconds:.0f} s"


def _outcome(run: Run) -> str:
    return outcome(run.status, str(run.figures.get("ended"))) if run.ended else "Not finished"


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _order(value: int | None) -> tuple[bool, int]:
    return value is None, value or 0
