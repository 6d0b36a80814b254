"""One solve from the window: compile, run, check, adopt; whatever happens, it ends once and says how."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from echelon_desktop.errors import EchelonError
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.edits import adopt_schedule, new_scenario_id
from echelon_desktop.model.entities import Rule, Scenario
from echelon_desktop.model.store import Run
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.assign.asked import Asked, staffed_result
from echelon_desktop.solver.assign.openings import find_openings
from echelon_desktop.solver.compile import compile_school, schedule_of, solution_of
from echelon_desktop.solver.figures import level_values
from echelon_desktop.solver.problem import Keys, Problem, Solution
from echelon_desktop.solver.result import LevelFigure, Params, Progress, Result, Status, StopReason
from echelon_desktop.solver.scopes import Scope, confine, merged
from echelon_desktop.solver.verify import Verdict, verify
from echelon_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from echelon_desktop.solver.assign.give import Given
    from echelon_desktop.solver.solve import Run as SolverRun


Point = tuple[float, int | None, int]  # seconds, missed requests, bound


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
    """

    scope: Scope
    params: Params
    warm: bool
    name: str


@dataclass(frozen=True, slots=True)
class _Case:
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
    asked: Asked
    first: tuple[LevelFigure, ...] = ()  # of the first attempt, where teachers and rooms are given out
    shortage: tuple[str, ...] = ()  # why they could not be given at the last attempt


class Session(QObject):
    """
    Runs one order. ``ended`` comes exactly once, with a kind ("good", "doubt", "bad") and a sentence.

    Parameters
    ----------
    workspace
        Of the document that is solved.
    order
        What to solve.
    """

    progressed = Signal(object)  # Progress
    ended = Signal(str, str)

    def __init__(self, workspace: Workspace, order: Order, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace, self.order = workspace, order
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.stopping = False
        self._over = False
        self._case: _Case | None = None
        self._last: Progress | None = None  # the last one that brought a schedule
        self.points: list[Point] = []

    def start(self) -> None:
        """Compile the school beside the window, then hand it to the engine."""
        document = self.workspace.document
        # The school may be edited meanwhile; what is found is judged by what was asked.
        school = School(**{spec.name: getattr(document.school, spec.name).values() for spec in SCHOOL_TABLES})
        tables = (school, document.rules, document.schedule(), document.revision)
        self.workspace.background.run(lambda: _compile(self.order, *tables), self._solve, self._fail)

    def abandon(self) -> None:
        """End it now and hear no more of it: the document closes, and there is nobody left to tell."""
        self._over = True
        self.stop()

    def stop(self) -> None:
        """End it now and keep the best."""
        self.stopping = True
        job = self.workspace.engine.job
        if job is not None:
            job.stop()

    def _solve(self, case: _Case) -> None:
        if self.stopping:
            self._end("doubt", "Stopped before it began.")
            return
        self._case = case
        job = self.workspace.engine.solve(case.problem, case.order.params, case.start)
        job.progressed.connect(self._on_progress)
        job.succeeded.connect(lambda run: self._check(case, run))
        job.failed.connect(lambda text: self._on_failed())
        job.died.connect(self._on_died)

    def _check(self, case: _Case, run: "SolverRun") -> None:
        if self._over:
            return
        if run.result.solution is None and case.shortage:
            self._tell_shortage(run.result, case.shortage)
            return
        if run.result.solution is None:
            self.workspace.engine.ask_apart(
                "conflict",
                case.confined,
                case.rules,
                case.baseline,
                answer=lambda facts: self._tell_nothing(run.result, tuple(fact.text for fact in facts)),
            )
            return
        self._finish(case, run.result, run.certain, run.result.solution)

    def _finish(self, case: _Case, result: Result, certain: int, solution: Solution, lead: str = "") -> None:
        """Give out teachers and rooms where some are wanted, check the schedule, and keep it."""
        if not case.asked.openings:
            self.workspace.background.run(
                lambda: _checked(case, _placed(case, solution)),
                lambda checked: self._adopt(case, result, certain, checked, lead),
                self._fail,
            )
            return

        def ask(schedule: Schedule) -> None:
            self.workspace.engine.ask_apart(
                "staff",
                *(case.asked, schedule, case.order.params, case.before),
                answer=lambda answer: self._on_staffed(case, result, certain, lead, *answer),
            )

        self.workspace.background.run(lambda: _placed(case, solution), ask, self._fail)

    def _on_staffed(
        self, case: _Case, result: Result, certain: int, lead: str, given: "Given", again: Asked | None
    ) -> None:
        if self._over:
            return
        first = case.first or result.levels
        staffed = given.schedule
        if staffed is not None:
            self.workspace.background.run(
                lambda: _checked(case, staffed),
                lambda checked: self._adopt(
                    case, staffed_result(result, checked[1], first), certain, checked, lead
                ),
                self._fail,
            )
            return
        facts = tuple(fact.text for fact in given.shortage.facts) if given.shortage is not None else ()
        if again is None or self.stopping:
            self._tell_shortage(result, facts)
            return
        self.workspace.background.run(lambda: _again(case, again, first, facts), self._solve, self._fail)

    def _tell_shortage(self, result: Result, facts: tuple[str, ...]) -> None:
        self._record(replace(result, levels=()), "", {})
        listed = "\n".join(f"• {fact}" for fact in facts)
        lead = "No periods were found for which all sections can be given teachers and rooms."
        self._end("bad", f"{lead} At the last ones:\n{listed}" if facts else f"{lead} Give it more time.")

    def _tell_nothing(self, result: Result, facts: tuple[str, ...]) -> None:
        if self._over:
            return
        self._record(result, "", {})
        if facts:
            listed = "\n".join(f"• {fact}" for fact in facts)
            self._end("bad", f"No schedule keeps all hard rules. These cannot hold together:\n{listed}")
        else:
            self._end("bad", f"Nothing was found in {result.seconds:.0f} s. Give it more time.")

    def _adopt(
        self, case: _Case, result: Result, certain: int, checked: tuple[Schedule, Verdict], lead: str = ""
    ) -> None:
        schedule, verdict = checked
        document = self.workspace.document
        scenario = Scenario(new_scenario_id(document.dataset), self.order.name, self.started)
        title = f"Solve {self.order.scope.words} into {self.order.name}"
        try:
            document.apply(adopt_schedule(document.dataset, scenario, schedule, title))
        except EchelonError as error:
            self._end("bad", f"What was found no longer fits the school, which was edited meanwhile. {error}")
            return
        self._record(
            result, scenario.id, {"unmet": verdict.counts.unmet, "requests": verdict.counts.requests}
        )
        document.show_scenario(scenario.id)
        stale = document.revision != case.revision + 1
        note = " The school was edited meanwhile; some of it may no longer fit." if stale else ""
        sentence = lead + _sentence(result, verdict, certain)
        part = "" if self.order.scope == Scope() else f"{self.order.scope.words}: "
        self._end("doubt" if stale or lead else "good", part + sentence + note)

    def _record(self, result: Result, scenario: str, figures: dict[str, Any]) -> None:
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        params = self.order.params
        levels = [{"name": f.name, "value": f.value, "bound": f.bound} for f in result.levels]
        self.workspace.document.file.record_run(
            Run(
                id=self.started + f"/{params.seed}",
                scenario=scenario,
                started=self.started,
                ended=ended,
                status=result.status,
                seed=params.seed,
                settings={
                    "scope": self.order.scope.words,
                    "time_limit_s": params.time_limit_s,
                    "workers": params.workers,
                    "warm": self.order.warm,
                    "name": self.order.name,
                },
                figures={
                    **figures,
                    "levels": levels,
                    "ended": result.stop_reason,
                    "seconds": round(result.seconds, 1),
                    "method": result.method,
                    "progress": thinned(self.points),
                },
            )
        )

    def _on_progress(self, progress: Progress) -> None:
        self.points.append((round(progress.seconds, 1), progress.unmet, progress.bound))
        if progress.solution is not None:
            self._last = progress
        self.progressed.emit(progress)

    def _on_failed(self) -> None:
        self._end("bad", "The solver met a mistake of its own. Nothing was changed; the school is as it was.")

    def _on_died(self) -> None:
        """Keep the last schedule that the engine told of, if it told of one."""
        case, last = self._case, self._last
        if case is not None and last is not None and last.solution is not None and not self._over:
            solution = last.solution
            result = _unfinished(case, last, solution)
            lead = "The solver's process ended unexpectedly; the last schedule it told of is kept. "
            self._finish(case, result, last.bound, solution, lead)
            return
        self._end(
            "bad",
            "The solver's process ended unexpectedly and was started again. The school is as it was; what "
            "this solve had found is gone. Solve again.",
        )

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EchelonError):
            self._end("bad", "The solve met a mistake of the application. Nothing was changed.")
            raise error
        self._end("bad", str(error))

    def _end(self, kind: str, text: str) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(kind, text)


def thinned(points: Sequence[Point], most: int = 240) -> list[Point]:
    """The points of a curve at which something changes, and its ends; no more than ``most`` or so."""
    told = [
        point
        for before, point in zip([None, *points], points, strict=False)
        if before is None or before[1:] != point[1:] or point is points[-1]
    ]
    step = -(-len(told) // most) or 1
    return [*told[:-1:step], *told[-1:]]


def _compile(
    order: Order, school: School, rules: tuple[Rule, ...], schedule: Schedule, revision: int
) -> _Case:
    confined, baseline = confine(school, schedule, order.scope)
    problem, keys = compile_school(confined, rules, baseline)
    start = None
    if order.warm and verify(confined, rules, schedule, baseline).ok:
        start = solution_of(schedule, problem, keys)
    asked = Asked(confined, rules, find_openings(confined, rules, baseline), baseline)
    return _Case(order, school, rules, schedule, confined, baseline, problem, keys, start, revision, asked)


def _again(case: _Case, asked: Asked, first: tuple[LevelFigure, ...], shortage: tuple[str, ...]) -> _Case:
    """The case at other periods, for those of the last attempt could not be staffed."""
    problem, keys = compile_school(asked.to_place(), case.rules, asked.baseline, asked.openings)
    return replace(case, problem=problem, keys=keys, start=None, asked=asked, first=first, shortage=shortage)


def _unfinished(case: _Case, last: Progress, solution: Solution) -> Result:
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


def _placed(case: _Case, solution: Solution) -> Schedule:
    """The schedule that was found, before teachers and rooms are given out."""
    return schedule_of(solution, case.problem, case.keys, case.confined, case.baseline)


def _checked(case: _Case, schedule: Schedule) -> tuple[Schedule, Verdict]:
    """The schedule put into the whole one, and its verdict; EchelonError when it breaks a hard rule."""
    verdict = verify(case.confined, case.rules, schedule, case.baseline)
    if not verdict.ok:
        raise EchelonError(
            f"What was found breaks a hard rule and was not used: {verdict.violations[0].message}"
        )
    whole = merged(case.before, schedule) if case.order.scope != Scope() else schedule
    return whole, verdict


def _sentence(result: Result, verdict: Verdict, bound: int) -> str:
    unmet, requests = verdict.counts.unmet, verdict.counts.requests
    if unmet == 0:
        return f"All {requests:,} requests are met."
    sure = min(bound, unmet)
    avoidable = unmet - sure
    if avoidable == 0:
        return f"{unmet:,} of {requests:,} requests are missed; no schedule misses fewer."
    levels = [level for level in result.levels if level.name.startswith("unmet requests")]
    if levels and all(level.proven for level in levels):
        return f"{unmet:,} of {requests:,} requests are missed; proven: no schedule is better by the rules."
    return (
        f"{unmet:,} of {requests:,} requests are missed: {sure:,} certainly, "
        f"at most {avoidable:,} of them avoidable."
    )
