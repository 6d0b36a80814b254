"""
Brings schedules back from the bucket, and believes none before it has been counted again.

A schedule must have the bytes its result names, be one of the problem that was sent, cost what its result
says, and pass ``verify`` against the school as it was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from cloud_runner import solutions
from cloud_runner.client.files import write_whole
from cloud_runner.client.judge import Judge, Unusable, keep_schedule, kept_schedule
from cloud_runner.client.runs import BEST_FILE, Child, Run, State
from cloud_runner.objects import RunObjects
from cloud_runner.wire.documents import Checkpoint, ChildResult, Level
from cloud_runner.wire.errors import VersionError, WireError
from echelon_desktop import __version__
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.verify import Verdict, verify

NONE_YET = (
    "No computer of this run has put a schedule where it can be fetched yet: each does so about a minute "
    "after it has begun, and again and again from then on. Try again a little later."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The best schedule brought back, in the school's own words.

    Parameters
    ----------
    run, child
        Where it is from.
    schedule, verdict
        Of the school as it was sent; it keeps every hard rule.
    levels
        Its figures, each with the best bound of all children.
    certain
        Requests that certainly stay unmet.
    """

    run: Run
    child: int
    schedule: Schedule
    verdict: Verdict
    levels: tuple[Level, ...]
    certain: int


class _Found(NamedTuple):
    """A schedule of a child whose figures were counted again."""

    child: int
    values: tuple[int, ...]
    solution: Solution
    result: ChildResult | None  # None: it is a checkpoint

    @property
    def unmet(self) -> int:
        """Requests without a seat."""
        return int((self.solution.seat < 0).sum())


def collect(run: Run, objects: RunObjects, there: Iterable[str]) -> Run:
    """
    Bring back the best of all children, results or else checkpoints.

    Parameters
    ----------
    run
        A run whose keys are here.
    objects, there
        Its objects, and the keys that are in the bucket.

    Returns
    -------
    Run
        With the best schedule kept in its folder, and with words for each child whose result was refused.

    Raises
    ------
    VersionError
        If a result is of a newer version; it stays in the bucket for a newer desktop.
    RemoteError
        If the run's own files cannot be read.
    """
    judge = Judge.of(run)
    children = {child.index: child for child in run.children}
    found: list[_Found] = []
    results: list[ChildResult] = []
    for child in run.children:
        try:
            result, one = _of_child(run, objects, set(there), child.index, judge.problem)
        except VersionError:
            raise
        except WireError as error:
            children[child.index] = _refused(child, str(error))
            continue
        if one is not None:
            found.append(one)
        if result is not None:
            results.append(result)
            children[child.index] = replace(
                child,
                has_result=True,
                unmet=child.unmet if one is None else one.unmet,
                bound=result.certain,
                seconds=result.seconds,
                attempts=result.attempts,
            )
    best, judged = None, None
    for one in sorted(found, key=lambda one: (one.values, one.child)):
        try:
            judged = judge.judge(one.solution, one.values)
        except Unusable as why:
            child = children[one.child]
            children[one.child] = _refused(child, str(why)) if why.false else replace(child, message=str(why))
            results = [result for result in results if result.index != one.child]
        else:
            best = one
            break
    run = replace(run, children=tuple(children[index] for index in sorted(children)))
    if best is None or judged is None:
        status, stop_reason = _without_schedule(results)
        return replace(run, status=status, stop_reason=stop_reason)
    write_whole(run.path / BEST_FILE, solutions.to_bytes(best.solution))
    keep_schedule(run, judged.schedule)
    return replace(
        run,
        best_unmet=best.unmet,
        best_child=best.child,
        levels=_levels(judged.verdict, best.values, results),
        # A proof that says more than a schedule that was counted is none.
        certain=max([0, *(result.certain for result in results if result.certain <= best.unmet)]),
        status="" if best.result is None else best.result.status,
        stop_reason="" if best.result is None else best.result.stop_reason,
    )


def outcome_of(run: Run) -> Outcome:
    """
    The best schedule that was brought back, judged once more.

    Raises
    ------
    RemoteError
        If none was, the key table is not here, or the file was changed.
    """
    if run.best_child is None:
        raise RemoteError(run.message if run.state.ended and run.message else NONE_YET)
    table = Judge.of(run).table
    schedule = kept_schedule(run.path)
    verdict = verify(table.school, table.rules, schedule, table.baseline)
    if not verdict.ok or verdict.score != tuple(level.value for level in run.levels):
        raise RemoteError("The schedule of the run is not the one that was brought back; it was not used.")
    return Outcome(run, run.best_child, schedule, verdict, run.levels, run.certain)


def _of_child(
    run: Run, objects: RunObjects, there: set[str], index: int, problem: Problem
) -> tuple[ChildResult | None, _Found | None]:
    keys = objects.keys
    if keys.result(index) in there:
        result = objects.read_document(ChildResult, keys.result(index))
        if result.index != index or result.input_sha256 != run.input_sha256:
            raise WireError("It is the result of another problem.")
        if result.solution is None:
            return result, None
        data = objects.read_blob(result.solution, solutions.most_bytes(problem))
        solution = solutions.from_bytes(data, problem)
        values = level_values(problem, solution)
        if values != tuple(level.value for level in result.levels):
            other = "" if result.app_version == __version__ else f"; the stack runs {result.app_version}"
            raise WireError(f"Its figures are not those of its schedule, by version {__version__}{other}.")
        return result, _Found(index, values, solution, result)
    if keys.checkpoint(index) in there:
        data = objects.read(keys.checkpoint(index), solutions.most_bytes(problem))
        head, solution = solutions.checkpoint_from_bytes(data, problem)
        values = level_values(problem, solution)
        _check_head(head, run, index, values)
        return None, _Found(index, values, solution, None)
    return None, None


def _check_head(head: Checkpoint, run: Run, index: int, values: tuple[int, ...]) -> None:
    if (head.run, head.index, head.input_sha256) != (run.id, index, run.input_sha256):
        raise WireError("It is the checkpoint of another problem.")
    if head.values != values:
        raise WireError("Its figures are not those of its schedule.")


def _refused(child: Child, why: str) -> Child:
    return replace(
        child, state=State.FAILED, has_result=False, unmet=None, message=f"Its result was refused: {why}"
    )


def _without_schedule(results: list[ChildResult]) -> tuple[str, str]:
    """Status and stop reason when nobody has a schedule: a proof that there is none says most."""
    for result in sorted(results, key=lambda result: result.status != "infeasible"):
        if result.solution is None:
            return result.status, result.stop_reason
    return "", ""


def _levels(verdict: Verdict, values: tuple[int, ...], results: list[ChildResult]) -> tuple[Level, ...]:
    """
    Figures with the best bound that any child proved.

    A bound holds given the values before it: that of the first figure is anybody's, and of a later one only
    those children count whose earlier figures are the same as those of the schedule, teachers and rooms
    included.
    """
    levels = []
    told = [result.levels for result in results if len(result.levels) == len(values)]
    for i, figure in enumerate(verdict.figures):
        before = verdict.score[:i]
        alike = [each[i].bound for each in told if tuple(level.value for level in each[:i]) == before]
        bounds = [bound for bound in alike if bound is not None and bound <= figure.value]
        levels.append(Level(figure.name, figure.value, max(bounds, default=None)))
    return tuple(levels)
