"""What one can do with a run, and when. Knows nothing of Qt."""

from enum import Enum

from cloud_runner.client.runs import State
from echelon_desktop.ui.runs.entries import GOING, HERE, LIVE, Entry


class Deed(Enum):
    """
    Something to do with a run: title, what it does, and whether it is what one most likely wants.

    The order is that of the buttons.
    """

    BOARD = ("To the board", "Show the run's schedule on the board", True)
    APPLY = ("Take over what fits", "Make a scenario of what still fits the school", True)
    BEST = (
        "Bring back the best so far",
        "Make a scenario of the best schedule up to now; the run goes on",
        False,
    )
    OPEN = ("Open the school", "Open the school's file, to have its schedule there", True)
    STOP = ("Stop and keep the best", "End the solve on this computer now", False)
    CANCEL = ("Cancel…", "End the run; its best schedule so far is kept", False)
    AGAIN = ("Solve again…", "Solve once more, with other seeds, and more time if you like", False)
    DELETE = ("Delete on AWS…", "Delete the run's objects, all versions of them, and confirm it", False)
    CERTIFICATE = ("Save confirmation…", "Save the confirmation of what was deleted, to file it", False)
    FORGET = ("Remove from list…", "Strike the run off the list on this computer", False)

    def __init__(self, title: str, help_: str, leads: bool) -> None:
        self.title = title
        self.help = help_
        self.leads = leads


def deeds_for(entry: Entry, is_open: bool, writable: bool, fits: bool) -> tuple[Deed, ...]:
    """
    What can be done with a run now, in the order of the buttons.

    Parameters
    ----------
    entry
        The run.
    is_open, writable
        Whether its school is the one that is open, and may be changed.
    fits
        Whether its whole schedule fits the school as it is now.
    """
    run = entry.remote
    if entry.key == LIVE:
        return (Deed.STOP,)
    if run is None:
        found = {Deed.BOARD} if entry.scenario and is_open else set()
        if is_open and writable:
            found |= {Deed.AGAIN} if entry.where == HERE else {Deed.FORGET}
        return _ordered(found | (set() if is_open else {Deed.OPEN}))
    here = run.best_unmet is not None and run.keys_here
    found = set()
    if not is_open:
        found |= {Deed.OPEN}
    elif entry.scenario:
        found |= {Deed.BOARD}
    elif here and writable and run.state.ended:
        found |= {Deed.BOARD} if fits else {Deed.APPLY}
    if entry.outcome == GOING:
        found |= {Deed.CANCEL} if not run.cancelled else set()
        # The stack may be gone for good, and the run would stay on the list for ever.
        found |= {Deed.FORGET} if run.trouble else set()
        running = run.state in (State.RUNNING, State.STARTING, State.DISPATCHED)
        found |= {Deed.BEST} if running and is_open and writable and run.keys_here else set()
    else:
        found |= {Deed.AGAIN, Deed.FORGET}
        if run.deleted is not None:
            found |= {Deed.CERTIFICATE}
        elif not run.gone:
            found |= {Deed.DELETE}
    return _ordered(found)


def _ordered(found: set[Deed]) -> tuple[Deed, ...]:
    return tuple(deed for deed in Deed if deed in found)
