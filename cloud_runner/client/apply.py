"""Makes a schedule of the school out of a run that came back."""

from dataclasses import dataclass

from cloud_runner.client.collect import outcome_of
from cloud_runner.client.fit import fit, lost
from cloud_runner.client.keytable import school_digest
from cloud_runner.client.runs import Run
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.solver.verify import Verdict, verify


@dataclass(frozen=True, slots=True)
class Applied:
    """
    A run's best schedule for the school as it is now.

    Parameters
    ----------
    schedule, verdict
        It breaks no hard rule but, where the school was edited, that sections may stand nowhere.
    edited
        Whether the school was edited since the run was sent.
    dropped
        What of the schedule no longer fits, a line each; empty when all does.
    """

    schedule: Schedule
    verdict: Verdict
    edited: bool
    dropped: tuple[str, ...]


def schedule_of_run(run: Run, school: School, rules: tuple[Rule, ...], baseline: Schedule) -> Applied:
    """
    The best schedule of a run, judged anew against the school as it is now.

    Parameters
    ----------
    run
        A run of which a schedule was brought back.
    school, rules, baseline
        As they are now; what the baseline locks and pins holds.

    Raises
    ------
    RemoteError
        If no schedule was brought back, its key table is not here, or it cannot be made to fit.
    """
    outcome = outcome_of(run)
    rules = tuple(rules)
    if school_digest(school, rules, baseline) == run.school_digest:
        return Applied(outcome.schedule, outcome.verdict, edited=False, dropped=())
    schedule = fit(outcome.schedule, school, rules, baseline)
    verdict = verify(school, rules, schedule, baseline)
    return Applied(schedule, verdict, edited=True, dropped=tuple(lost(outcome.schedule, schedule, school)))
