"""What a run says to its user: what is the matter, what to do, what came back. Knows nothing of Qt."""

from typing import TYPE_CHECKING

from cloud_runner.client.runs import State
from echelon_desktop.ui.runs.entries import ELSEWHERE, GOING, Entry

if TYPE_CHECKING:
    from echelon_desktop.ui.runs.arrivals import Standing

REMEMBERED = (
    "Only the school's file knows of this run: it was sent from another computer, or was removed from the "
    "list of this one."
)


def message_on(entry: Entry, standing: "Standing | None", ours: bool) -> tuple[str, str]:
    """Kind and text of the message on a run; both empty when there is nothing to say."""
    run = entry.remote
    if run is None:
        return ("note", REMEMBERED) if entry.state == ELSEWHERE else ("", "")
    if standing is not None and standing.trouble:
        return "bad", standing.trouble
    if entry.outcome == GOING:
        kind = "doubt" if run.trouble else "note"
        return (kind, run.message) if run.message else ("", "")
    if run.state is State.FAILED:
        return "bad", run.message or "The run failed."
    if not run.keys_here:
        return "doubt", (
            "What the run's numbers stand for is not known on this computer. Look at the run on the "
            "computer that sent it."
        )
    if standing is not None and standing.misfits and not entry.scenario:
        things = (
            "1 thing no longer fits"
            if len(standing.misfits) == 1
            else (f"{len(standing.misfits):,} things no longer fit")
        )
        return "doubt", f"The school was edited after the run was sent; {things}. The rest can be taken over."
    if run.best_unmet is None:
        return "doubt", run.message or "No schedule was found before the run ended."
    if not ours and not entry.scenario:
        return "note", "Open the school to have this schedule there as a scenario. " + run.message
    return ("doubt" if run.message else "", run.message)
