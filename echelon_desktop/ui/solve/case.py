"""What a solve from the window is about: the order, the school as it was then, and what was found so far."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Rule
from echelon_desktop.model.rules import staying_close
from echelon_desktop.solver.assign.asked import Asked
from echelon_desktop.solver.assign.turns import Turn
from echelon_desktop.solver.compile import compile_school
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.known import require_known_names
from echelon_desktop.solver.problem import Keys, Problem, Solution
from echelon_desktop.solver.result import LevelFigure, Params, Progress, Result, Status, StopReason
from echelon_desktop.solver.schedules import schedule_of, solution_of
from echelon_desktop.solver.scopes import Scope, confine, merged
from echelon_desktop.solver.verify import Verdict, verify

if TYPE_CHECKING:
    from echelon_desktop.solver.assign.give import Given
    from echelon_desktop.solver.bounds import Bound


@dataclass(frozen=True, slots=True)
class Order:
    """
    What to solve.

    Parameters
    ----------
    scope, params
        Which part, and how long with how many threads.
    warm
        Whether to start from the schedule on the screen.
    name
        Of the scenario that is made of the result.
    close
        Whether to change as little as can be of the schedule on the screen, right after unmet requests.
    """

    scope: Scope
    params: Params
    warm: bool
    name: str
    close: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An order with the school as it was when it was given."""

    order: Order
    school: School
    rules: tuple[Rule, ...]
    before: Schedule
    confined: School
    baseline: Schedule
    problem: Problem
    keys: Keys
    start: Solution | None
    revision: int
    turn: Turn
    later: tuple[Asked, ...] = ()  # other questions, if no answer to this one is certainly good enough
    placed: "tuple[Result, Bound] | None" = None  # of the first free turn, or of one proven
    kept: tuple[Result, int, tuple[Schedule, Verdict]] | None = None  # the best answer so far


def compile_case(
    order: Order, school: School, rules: tuple[Rule, ...], schedule: Schedule, revision: int
) -> Case:
    """
    The case of an order; ``revision`` is that of the document it was read from.

    Raises
    ------
    InputError
        If no schedule of the school could be used.
    """
    require_known_names(school)
    confined, baseline = confine(school, schedule, order.scope)
    rules = staying_close(rules) if order.close else rules
    asked, *later = Asked.of(confined, rules, baseline)
    problem, keys = compile_school(confined, rules, baseline, asked.placing)
    start = None
    if order.warm and verify(confined, rules, schedule, baseline).ok:
        start = solution_of(schedule, problem, keys)
    return Case(
        *(order, school, rules, schedule, confined, baseline, problem, keys, start, revision),
        turn=Turn.first(asked),
        later=tuple(later),
    )


def asking(case: Case, turn: Turn) -> Case:
    """The case with what is solved for now; it starts from the schedule that is held, or from the best."""
    asked = turn.asked
    problem, keys = compile_school(asked.to_place(), case.rules, asked.baseline, asked.placing)
    known = asked.held
    if known is None and turn.number and case.kept is not None:
        known = case.kept[2][0]
    start = None
    if known is not None and verify(case.confined, case.rules, known, case.baseline).ok:
        start = solution_of(known, problem, keys)
    return replace(case, problem=problem, keys=keys, start=start, turn=turn)


def keeping(case: Case, result: Result, certain: int, checked: tuple[Schedule, Verdict]) -> Case:
    """The case with the better of two answers."""
    if case.kept is not None and case.kept[2][1].score <= checked[1].score:
        return case
    return replace(case, kept=(result, certain, checked))


def turn_after(case: Case, kept: Case, placed: Status, given: "Given") -> Turn | None:
    """
    The turn after that of a case; None where none can bring anything.

    Parameters
    ----------
    case, kept
        Before the outcome of its turn was kept, and after.
    placed, given
        How good the periods were, and what was given out.
    """
    answer = kept.kept
    status, best = (None, given.schedule) if answer is None else (answer[0].status, answer[2][0])
    assert best is not None
    return case.turn.following(given, placed, status, best, bettered=answer is not case.kept)


def unfinished(case: Case, last: Progress, solution: Solution) -> Result:
    """The result of a solve whose process ended: what its last schedule comes to, with nothing proven."""
    values = level_values(case.problem, solution)
    named = zip(case.problem.levels(), values, strict=True)
    return Result(
        status=Status.FEASIBLE,
        stop_reason=StopReason.STOPPED,
        solution=solution,
        levels=tuple(LevelFigure(level.name, value, None) for level, value in named),
        proven="",
        conflict=(),
        method=last.method,
        seed=case.order.params.seed,
        seconds=last.seconds,
        iterations=0,
    )


def placed_schedule(case: Case, solution: Solution) -> Schedule:
    """The schedule that was found, before teachers and rooms are given out."""
    return schedule_of(solution, case.keys, case.confined, case.baseline)


def checked_schedule(case: Case, schedule: Schedule) -> tuple[Schedule, Verdict]:
    """The schedule put into the whole one, and its verdict; EchelonError when it breaks a hard rule."""
    verdict = verify(case.confined, case.rules, schedule, case.baseline)
    if not verdict.ok:
        raise EchelonError(
            f"What was found breaks a hard rule and was not used: {verdict.violations[0].message}"
        )
    whole = merged(case.before, schedule) if case.order.scope != Scope() else schedule
    return whole, verdict
