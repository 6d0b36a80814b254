"""
The checkpoint of a solve: its best schedule so far, kept with its run until it ends.

Should the application end before the solve does, the run is still in the school file at the next opening, and
the schedule with it.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from echelon_desktop.model.codec import record_from_json, record_to_json
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.model.entities import Placement, Seating
from echelon_desktop.model.store.runs import Run

CHECKPOINT = "checkpoint"  # among the figures of a run


def with_checkpoint(run: Run, schedule: Schedule, figures: Mapping[str, Any]) -> Run:
    """The run with a schedule and the figures of that."""
    rows = {"placements": schedule.placements, "seatings": schedule.seatings}
    tables = {table: [record_to_json(record) for record in of.values()] for table, of in rows.items()}
    packed = zlib.compress(json.dumps(tables, separators=(",", ":")).encode(), 1)
    return replace(run, figures={**figures, CHECKPOINT: base64.b64encode(packed).decode()})


def has_checkpoint(run: Run) -> bool:
    """Whether a solve goes on, or was cut short and its schedule not taken up yet."""
    return CHECKPOINT in run.figures


def checkpoint_of(run: Run) -> Schedule | None:
    """
    The schedule kept with a run, None where there is none.

    Raises
    ------
    zlib.error, KeyError, TypeError, ValueError
        If the text describes no schedule.
    """
    text = run.figures.get(CHECKPOINT)
    if text is None:
        return None
    tables = json.loads(zlib.decompress(base64.b64decode(text)))
    placements, seatings = (
        [record_from_json(table, row) for row in tables[table]] for table in ("placements", "seatings")
    )
    return Schedule(
        {placement.section: placement for placement in cast("list[Placement]", placements)},
        {seating.student: seating for seating in cast("list[Seating]", seatings)},
    )


def without_checkpoint(run: Run, scenario: str) -> Run:
    """The run once its checkpoint has become a scenario."""
    figures = {name: value for name, value in run.figures.items() if name != CHECKPOINT}
    return replace(run, scenario=scenario, figures=figures)
