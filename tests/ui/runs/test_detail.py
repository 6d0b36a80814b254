"""What the Runs page says of the selected run."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from echelon_desktop.model.store import Run
from echelon_desktop.ui.runs.detail import Detail
from echelon_desktop.ui.runs.entries import local_entry


def test_levels_are_told_by_the_titles_of_their_rules(qtbot: QtBot) -> None:
    levels = [
        {"name": "unmet requests, rank 1", "value": 2, "bound": 0},
        {"name": "section-balance + lab-spacing", "value": 36, "bound": None},
    ]
    moment = "2026-03-01T08:00:00+00:00"
    run = Run(
        f"{moment}/1", "1", moment, moment, "feasible", 1, {"scope": "whole school"}, {"levels": levels}
    )
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_entry(local_entry(run, Path("a.echelon")), [], ("", ""))
    said = detail.facts.toPlainText().split("\n")
    assert said[said.index("Unmet requests, rank 1") + 1] == "2 (at least 0)"
    assert said[said.index("Even section sizes + Labs apart") + 1] == "36"
