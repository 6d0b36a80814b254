"""Runs of either kind, here or on AWS, as one kind of row. Knows nothing of Qt."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from cloud_runner.client.runs import Run as RemoteRun
from cloud_runner.client.runs import State
from echelon_desktop.model.store import Run as LocalRun
from echelon_desktop.ui.solve.outcomes import ended, outcome

if TYPE_CHECKING:
    from echelon_desktop.ui.solve.session import Session

HERE = "This computer"
ELSEWHERE = "Not followed here"  # sent from another computer, or removed from the list of this one
LIVE = "live"  # key of the solve that runs beside the window
GOING, DONE, FAILED, CANCELLED = "going", "done", "failed", "cancelled"

STATE_WORDS = {
    State.UPLOADING: "Sending",
    State.QUEUED: "In the queue",
    State.DISPATCHED: "Taken up",
    State.STARTING: "Computer starting",
    State.RUNNING: "Solving",
    State.DOWNLOADING: "Bringing it back",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.CANCELLED: "Cancelled",
}
OUTCOMES = {State.DONE: DONE, State.FAILED: FAILED, State.CANCELLED: CANCELLED}

Points = tuple[tuple[float, int | None, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A run as the page lists it.

    Parameters
    ----------
    key
        Unique among all runs.
    where, school
        The name of the remote, or :data:`HERE`; the name of the school.
    path
        The school's file.
    started
        ISO 8601.
    outcome, state
        "going", "done", "failed" or "cancelled"; the state in words.
    unmet, certain
        Unmet requests of the best schedule, and how many certainly are; None while nothing is known.
    seconds
        Of solving, None while nothing is known.
    points
        The curve: seconds, unmet requests, bound.
    scenario, scenario_name
        In the school's file, empty when there is none; the name only of a run on AWS.
    limit_s
        For solving, while it goes on; None when it has ended.
    remote, local
        The run itself; both are None for the solve that runs beside the window.
    """

    key: str
    where: str
    school: str
    path: Path
    started: str
    outcome: str
    state: str
    unmet: int | None
    certain: int | None
    seconds: float | None
    points: Points
    scenario: str
    scenario_name: str = ""
    limit_s: float | None = None
    remote: RemoteRun | None = None
    local: LocalRun | None = None

    @property
    def avoidable(self) -> int | None:
        """Unmet requests that another schedule might meet, at most."""
        if self.unmet is None or self.certain is None:
            return None
        return max(0, self.unmet - self.certain)


def live_entry(session: "Session", path: Path) -> Entry:
    """The solve that runs beside the window."""
    known = [point for point in session.points if point[1] is not None]
    seconds, unmet, certain = known[-1] if known else (None, None, None)
    return Entry(
        key=LIVE,
        where=HERE,
        school=path.stem,
        path=path,
        started=session.started,
        outcome=GOING,
        state="Stopping" if session.stopping else "Solving",
        unmet=unmet,
        certain=certain,
        seconds=seconds,
        points=tuple(session.points),
        scenario="",
        limit_s=session.order.params.time_limit_s,
    )


def local_entry(run: LocalRun, path: Path, scenarios: Container[str] | None = None) -> Entry:
    """
    A run of the solver beside the window, from the history in its school's file.

    ``scenarios`` are those that the school still has; None when nobody knows.
    """
    figures = run.figures
    levels = figures.get("levels") or [{}]
    certain = figures.get("certain", levels[0].get("bound"))
    why = ended(str(figures.get("ended")))
    where = str(run.settings.get("where", HERE))
    done = bool(run.scenario)
    if where == HERE and not run.ended:
        state = "Cut short"  # or it goes on in another window
    else:
        state = f"Done, {why}" if done and why else "Done" if done else run.status and outcome(run.status, "")
    return Entry(
        key=f"{path}#{run.id}",
        where=where,
        school=path.stem,
        path=path,
        started=run.started,
        outcome=DONE if done else FAILED if where == HERE else CANCELLED,
        state=state or ELSEWHERE,
        unmet=figures.get("unmet"),
        certain=certain,
        seconds=figures.get("seconds"),
        points=tuple((float(s), m, int(b)) for s, m, b in figures.get("progress", ())),
        scenario=run.scenario if scenarios is None or run.scenario in scenarios else "",
        local=run,
    )


def remote_entry(run: RemoteRun, scenario: str, name: str = "") -> Entry:
    """A run on AWS; ``scenario`` and its name are what was made of it in the school that is open."""
    curve = best_curve(run)
    why = ended(run.stop_reason) if run.state is State.DONE else ""
    told = [child.unmet for child in run.children if child.unmet is not None]
    unmet = min([*told, *([run.best_unmet] if run.best_unmet is not None else [])], default=None)
    return Entry(
        key=run.id,
        where=run.remote.name,
        school=run.school_name,
        path=Path(run.school_path),
        started=run.created,
        outcome=OUTCOMES.get(run.state, GOING),
        state=", ".join(part for part in (STATE_WORDS[run.state], why) if part),
        unmet=unmet,
        certain=max([run.certain, *(child.bound for child in run.children)]) if told else None,
        seconds=max((child.seconds for child in run.children), default=0.0) or None,
        points=curve,
        scenario=scenario,
        scenario_name=name,
        limit_s=None if run.state.ended else run.order.time_limit_s,
        remote=run,
    )


def best_curve(run: RemoteRun) -> Points:
    """
    The curve of a portfolio: at each moment the best schedule and the best bound over all children.

    Children start when computers come up, each with a clock of its own; their seconds of solving are laid
    over each other.
    """
    told = sorted((point for child in run.children for point in child.progress), key=itemgetter(0))
    curve: list[tuple[float, int | None, int]] = []
    least: int | None = None
    bound = 0
    for seconds, unmet, certain in told:
        best = [known for known in (least, unmet) if known is not None]
        now = (min(best, default=None), max(bound, certain))
        if now != (least, bound) or not curve:
            least, bound = now
            curve.append((seconds, least, bound))
    last = max([child.seconds for child in run.children] + [point[0] for point in told], default=0.0)
    if told and curve[-1][0] < last:
        curve.append((last, least, bound))
    return tuple(curve)


def newest_first(entries: list[Entry]) -> list[Entry]:
    """Runs that go on before those that have ended, and the newest first in each."""
    entries = sorted(entries, key=lambda entry: _moment(entry.started), reverse=True)
    return sorted(entries, key=lambda entry: entry.outcome != GOING)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
