"""
Brings schedules back from the bucket, and believes none before it has been counted again.

A schedule must have the bytes its result names, be one of the problem that was sent, cost what its result
says, and pass ``verify`` against the school as it was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from cloud_runner import solutions
from cloud_runner.client.keytable import KeyTable
from cloud_runner.client.runs import BEST_FILE, INPUT_FILE, KEYS_FILE, Child, Run, State, write_whole
from cloud_runner.objects import RunObjects
from cloud_runner.wire.documents import Checkpoint, ChildResult, Level
from cloud_runner.wire.errors import VersionError, WireError
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.dataset import Schedule
from echelon_desktop.solver.compile import schedule_of
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Problem, Solution
from echelon_desktop.solver.verify import Verdict, verify


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
    problem, table = _own_files(run)
    children = {child.index: child for child in run.children}
    names = [level.name for level in problem.levels()]
    found: list[_Found] = []
    results: list[ChildResult] = []
    for child in run.children:
        try:
            result, one = _of_child(run, objects, set(there), child.index, problem)
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
                unmet=child.unmet if one is None else int((one.solution.seat < 0).sum()),
                bound=result.certain,
                seconds=result.seconds,
                attempts=result.attempts,
            )
    best = None
    for one in sorted(found, key=lambda one: (one.values, one.child)):
        refusal = _judged(one, problem, table)
        if not refusal:
            best = one
            break
        children[one.child] = _refused(children[one.child], refusal)
        results = [result for result in results if result.index != one.child]
    run = replace(run, children=tuple(children[index] for index in sorted(children)))
    if best is None:
        status, stop_reason = _without_schedule(results)
        return replace(run, status=status, stop_reason=stop_reason)
    path = run.path / BEST_FILE
    write_whole(path, solutions.to_bytes(best.solution))
    unmet = int((best.solution.seat < 0).sum())
    # A proof that says more than a schedule that was counted is none.
    certain = [result.certain for result in results if result.certain <= unmet]
    return replace(
        run,
        best_unmet=unmet,
        best_child=best.child,
        levels=_levels(names, best.values, results),
        certain=max([0, *certain]),
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
        raise RemoteError(f"No schedule of this run has been brought back yet. {run.message}".strip())
    problem, table = _own_files(run)
    try:
        solution = solutions.from_bytes((run.path / BEST_FILE).read_bytes(), problem)
    except (OSError, WireError) as error:
        raise RemoteError(f"The schedule of the run cannot be read: {error}.") from error
    schedule, verdict = _judge(solution, problem, table)
    if not verdict.ok or verdict.score != tuple(level.value for level in run.levels):
        raise RemoteError("The schedule of the run is not the one that was brought back; it was not used.")
    return Outcome(run, run.best_child, schedule, verdict, run.levels, run.certain)


def _own_files(run: Run) -> tuple[Problem, KeyTable]:
    if not run.keys_here:
        raise RemoteError(NO_KEYS)
    try:
        problem = Problem.from_bytes((run.path / INPUT_FILE).read_bytes())
        table = KeyTable.from_bytes((run.path / KEYS_FILE).read_bytes())
    except OSError as error:
        raise RemoteError(f"The run's files in {run.folder} cannot be read: {error.strerror}.") from error
    if table.input_sha256 != run.input_sha256:
        raise RemoteError("The key table is that of another run.")
    return problem, table


NO_KEYS = (
    "The key table of this run is not on this workstation, so its numbers mean nothing here. "
    "Bring the schedule back on the workstation that sent the run."
)


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
        solution = solutions.from_bytes(objects.read_blob(result.solution), problem)
        values = level_values(problem, solution)
        if values != tuple(level.value for level in result.levels):
            raise WireError("Its figures are not those of its schedule.")
        return result, _Found(index, values, solution, result)
    if keys.checkpoint(index) in there:
        head, solution = solutions.checkpoint_from_bytes(objects.read(keys.checkpoint(index)), problem)
        values = level_values(problem, solution)
        _check_head(head, run, index, values)
        return None, _Found(index, values, solution, None)
    return None, None


def _check_head(head: Checkpoint, run: Run, index: int, values: tuple[int, ...]) -> None:
    if (head.run, head.index, head.input_sha256) != (run.id, index, run.input_sha256):
        raise WireError("It is the checkpoint of another problem.")
    if head.values != values:
        raise WireError("Its figures are not those of its schedule.")


def _judge(solution: Solution, problem: Problem, table: KeyTable) -> tuple[Schedule, Verdict]:
    plain = table.permutation.back(solution)
    schedule = schedule_of(plain, problem, table.keys, table.school, table.baseline)
    return schedule, verify(table.school, table.rules, schedule, table.baseline)


def _judged(found: _Found, problem: Problem, table: KeyTable) -> str:
    """What is wrong with a schedule, in words; empty when nothing is."""
    _, verdict = _judge(found.solution, problem, table)
    if not verdict.ok:
        return f"It breaks {len(verdict.violations)} hard rules."
    if verdict.score != found.values:
        return "Its figures do not agree with a recount."
    return ""


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


def _levels(names: list[str], values: tuple[int, ...], results: list[ChildResult]) -> tuple[Level, ...]:
    """
    Figures with the best bound that any child proved.

    A bound holds given the values before it, so that of the first figure is anybody's, and of a later one
    only those children count whose earlier figures are the same.
    """
    levels = []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        bounds = [
            bound
            for result in results
            if len(result.levels) == len(values)
            and all(
                level.value == before for level, before in zip(result.levels[:i], values[:i], strict=True)
            )
            and (bound := result.levels[i].bound) is not None
            and bound <= value
        ]
        levels.append(Level(name, value, max(bounds, default=None)))
    return tuple(levels)
