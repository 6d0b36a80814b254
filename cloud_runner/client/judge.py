"""
What a schedule that came back is worth, by the run's own files on this workstation.

Where the rules want teachers and rooms given out, that is done here, since who may teach what does not leave;
the search places periods and students without it.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloud_runner.client.files import write_whole
from cloud_runner.client.keytable import KeyTable
from cloud_runner.client.runs import INPUT_FILE, KEYS_FILE, SCHEDULE_FILE, Run
from echelon_desktop.errors import RemoteError, UnsupportedError
from echelon_desktop.model.codec import record_from_json, record_to_json
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.schedules import schedule_of
from echelon_desktop.solver.verify import Verdict, verify

STAFFING_S = 60.0  # for giving out teachers and rooms; most schools take a second

NO_KEYS = (
    "The key table of this run is not on this workstation, so its numbers mean nothing here. "
    "Bring the schedule back on the workstation that sent the run."
)


class Unusable(Exception):
    """
    A schedule cannot be used.

    Parameters
    ----------
    words
        Why.
    false
        Whether it is not what it claims to be; otherwise the school's own rules are in the way.
    """

    def __init__(self, words: str, false: bool) -> None:
        super().__init__(words)
        self.false = false


@dataclass(frozen=True, slots=True)
class Judged:
    """A schedule of the school as it was sent, which keeps every hard rule, and its verdict."""

    schedule: Schedule
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judge:
    """
    Judges schedules of one run.

    Parameters
    ----------
    problem
        As it was sent.
    table
        What its numbers stand for.
    """

    problem: Problem
    table: KeyTable

    @classmethod
    def of(cls, run: Run) -> "Judge":
        """The judge of a run, from its files; RemoteError when they are not here or cannot be read."""
        if not run.keys_here:
            raise RemoteError(NO_KEYS)
        try:
            problem = Problem.from_bytes((run.path / INPUT_FILE).read_bytes())
            table = KeyTable.from_bytes((run.path / KEYS_FILE).read_bytes())
        except OSError as error:
            raise RemoteError(f"The run's files in {run.folder} cannot be read: {error.strerror}.") from error
        except UnsupportedError as error:
            raise RemoteError(
                "The run was sent by another version of the application; bring it back with that one. "
                f"{error}"
            ) from error
        except RemoteError:
            raise
        except Exception as error:  # a damaged archive can be wrong in any way
            raise RemoteError(f"The run's files in {run.folder} are damaged.") from error
        if table.input_sha256 != run.input_sha256:
            raise RemoteError("The key table is that of another run.")
        return cls(problem, table)

    def judge(self, solution: Solution, values: tuple[int, ...]) -> Judged:
        """
        The schedule that a solution means.

        Parameters
        ----------
        solution
            In the problem's numbers.
        values
            What it costs, counted from the problem.

        Raises
        ------
        Unusable
            If it breaks a hard rule, costs something else, or nobody can be given to its sections.
        """
        table = self.table
        schedule = schedule_of(table.permutation.back(solution), table.keys, table.school, table.baseline)
        asked = Asked.of(table.school, table.rules, table.baseline)[-1]
        mended = False
        if asked.openings:
            # Imported late: OR-Tools stays out of a window that does not need it.
            from echelon_desktop.solver.assign.complete import staff
            from echelon_desktop.solver.cpsat.run import Limits

            given = staff(asked, schedule, Limits(time_limit_s=STAFFING_S), table.baseline)
            if given.schedule is None:
                facts = given.shortage.facts if given.shortage else ()
                why = " ".join(fact.text for fact in facts[:5]) or "There was not enough time."
                words = f"Periods were found for which teachers and rooms cannot be given out. {why}"
                raise Unusable(words, false=False)
            schedule, mended = given.schedule, given.mended
        verdict = verify(table.school, table.rules, schedule, table.baseline)
        if not verdict.ok:
            raise Unusable(f"It breaks {len(verdict.violations)} hard rules.", false=True)
        # Teachers and rooms can only add to what periods and seats cost.
        if verdict.score != values and not mended and not (asked.openings and verdict.score > values):
            raise Unusable("Its figures do not agree with a recount.", false=True)
        return Judged(schedule, verdict)


def keep_schedule(run: Run, schedule: Schedule) -> None:
    """Keep the best schedule of a run in its folder."""
    value = {
        "placements": [record_to_json(p) for p in schedule.placements.values()],
        "seatings": [record_to_json(s) for s in schedule.seatings.values()],
    }
    data = gzip.compress(json.dumps(value, separators=(",", ":")).encode(), 6, mtime=0)
    write_whole(run.path / SCHEDULE_FILE, data)


def kept_schedule(path: Path) -> Schedule:
    """The schedule that :func:`keep_schedule` kept in a run's folder; RemoteError when it cannot be read."""
    try:
        value = json.loads(gzip.decompress((path / SCHEDULE_FILE).read_bytes()))
        placements: list[Any] = [record_from_json("placements", p) for p in value["placements"]]
        seatings: list[Any] = [record_from_json("seatings", s) for s in value["seatings"]]
        return Schedule({p.section: p for p in placements}, {s.student: s for s in seatings})
    except Exception as error:  # a damaged file can be wrong in any way
        raise RemoteError(f"The schedule of the run in {path} cannot be read.") from error
